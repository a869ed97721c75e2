/* preempt.c - an executor in an interrupt wakes the one in main(), at every instruction of it. */
/* SPDX-License-Identifier: MIT */
/*
 * A timer of the chip interrupts a fixed time after it was told to, one instruction earlier from
 * round to round, and after that by chance: so in the midst of what main()'s executor does to its
 * lists. It wakes a task of the executor in the interrupt, and that wakes a task of main(). None may
 * be lost, and nothing that main()'s tasks hand to each other; with -DBROKEN (see wakes.c) some are.
 *
 * With -DWRONG=1 the task in the interrupt sets an event that is main()'s, with -DWRONG=2 main()
 * spawns a task there: each must stop, and say so.
 */
_Noreturn static void stopped(const char *cure);
#define WEFT_STOP(file, line, function, cure) stopped(cure)
#include "board.h"
#include "inject.h"
#include <weft/queue.h>
#include <weft/sync.h>

enum { EACH = 1500, BY_CHANCE = 1500 };

static weft_signal interrupted, answered; /* the interrupt's; the urgent task's */
#if WRONG == 1
static weft_event changed; /* of main() */
#endif
static weft_queue items;
static uint16_t rounds, seen, answers;

_Noreturn static void stopped(const char *cure)
{
    board_print(cure);
    board_print("\n");
    board_exit(3);
}

void injected(void)
{
    weft_signal_set(&interrupted);
}

struct answerer {
    WEFT_FRAME;
    struct weft_signal_wait wait;
};

static WEFT_ASYNC(answerer, self)
{
    for (;;) {
        WEFT_TRY(self->wait, weft_signal_wait, &interrupted);
        answers++;
#if WRONG == 1
        weft_event_set(&changed);
#endif
        weft_signal_set(&answered);
    }
}
WEFT_END

/* Works with what main()'s tasks share, all the time. */
struct taker {
    WEFT_FRAME;
    uint16_t item, next;
    struct weft_get get;
};

static WEFT_ASYNC(taker, self)
{
    for (;;) {
        WEFT_AWAIT(self->get, weft_get, &items, &self->item);
        if (WEFT_STATUS() == WEFT_ESHUTDOWN) {
            WEFT_RETURN(0);
        }
        self->next = (uint16_t)(self->next + 2);
        seen = (uint16_t)(seen + (self->item + 2 == self->next));
    }
}
WEFT_END

struct giver {
    WEFT_FRAME;
    weft_executor *urgent;
    uint16_t lost;
    uint32_t random;
    weft_scope patience;
    union {
        struct weft_signal_wait wait;
        struct weft_put put;
#if WRONG == 1
        struct weft_event_wait change;
#endif
    };
};

#if WRONG == 2
static WEFT_TASK(taker) astray;
#endif

static WEFT_ASYNC(giver, self)
{
    self->random = 2463534242U;
    for (rounds = 0; rounds < EACH + BY_CHANCE; rounds++) {
        self->random = self->random * 1664525U + 1013904223U;
        inject();
        spend(rounds < EACH ? rounds : (uint16_t)(self->random >> 16) % EACH);
        if (rounds % 2 == 0) { /* else it comes to where it sleeps before the interrupt does */
            WEFT_TRY(self->put, weft_put, &items, &rounds);
        }
#if WRONG == 1
        WEFT_TRY(self->change, weft_event_wait, &changed);
#elif WRONG == 2
        weft_spawn(&self->urgent->group, &astray, taker);
#endif
        WEFT_MOVE_ON(self->patience, WEFT_MS(5)) {
            WEFT_TRY(self->wait, weft_signal_wait, &answered);
        }
        self->lost = (uint16_t)(self->lost + self->patience.expired);
    }
    weft_queue_shutdown(&items, false);
}
WEFT_END

int main(void)
{
    static uint16_t room[2];
    static WEFT_TASK(answerer) answering;
    static WEFT_TASK(taker) taking;
    static WEFT_TASK(giver) giving;
    weft_executor *const executor = board_start();
    weft_executor *const urgent = board_prepare_urgent();
    inject_start(executor);
    weft_signal_init(&interrupted, &urgent->core);
    weft_signal_init(&answered, &executor->core);
    weft_queue_init(&items, room, sizeof room[0], 2);
    weft_spawn(&urgent->group, &answering, answerer);
    weft_spawn(&executor->group, &taking, taker);
    weft_spawn(&executor->group, &giving, giver, urgent);
    board_begin_urgent();
    if (weft_executor_run(executor) != 0) {
        board_exit(1);
    }
    board_print_number(rounds);
    board_print(" interrupts, ");
    board_print_number(giving.frame.lost);
    board_print(" answers lost, ");
    board_print_number(answers);
    board_print(" given, ");
    board_print_number(seen);
    board_print(" items in order\n");
    board_exit(giving.frame.lost == 0 && answers == rounds && seen == rounds / 2 ? 0 : 2);
}
