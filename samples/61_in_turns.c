/* 61_in_turns.c - callbacks, and an order of your own. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_callback_post() is call_soon() for every executor, also without an operating system.
 * And for tests a sequencer: coroutines come to numbered places one after the other, whatever the
 * loop would have done. (weft_handle, in 47_call_later.c, is a callback with a timer.)
 * Next: include/weft.h, the tour of the headers.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct speaker {
    WEFT_FRAME;
    const char *name;
    size_t place;
    weft_sequencer *sequencer;
    weft_turn turn;
    struct weft_take_turn take;
};

static WEFT_ASYNC(speaker, self)
{
    for (; self->place < 4; self->place += 2) {
        WEFT_TRY(self->take, weft_take_turn, self->sequencer, &self->turn, self->place);
        printf("%zu: %s\n", self->place, self->name);
        weft_end_turn(&self->turn);
    }
}
WEFT_END

static void applaud(void *text)
{
    printf("%s\n", (const char *)text);
}

static char clap[] = "clap", never[] = "boo";

struct debate {
    WEFT_FRAME;
    weft_sequencer sequencer;
    weft_callback applause, boos;
    weft_group group;
    WEFT_TASK(speaker) ann, bob;
};

static WEFT_ASYNC(debate, self)
{
    weft_core *const core = weft_task_core(WEFT_SELF());
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->bob, speaker, "Bob", 1, &self->sequencer);
        WEFT_SPAWN(&self->group, &self->ann, speaker, "Ann", 0, &self->sequencer);
        weft_callback_post(core, &self->applause, applaud, clap);
        weft_callback_post(core, &self->boos, applaud, never);
        weft_callback_cancel(&self->boos);
    }
WEFT_FINALLY:
    weft_callback_cancel(&self->applause);
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, debate);
}

/* prints:
 * 0: Ann
 * clap
 * 1: Bob
 * 2: Ann
 * 3: Bob
 */
