/* ok_cpp_several.c - several tasks at once, in C++20. */
/* SPDX-License-Identifier: MIT */
/* flags: -xc++ -std=c++20 -Wshadow -Wpedantic */
#include <weft.h>

struct job {
    WEFT_FRAME;
    int number;
    weft_ready ready;
    struct weft_sleep nap;
};

static WEFT_ASYNC(job, self)
{
    weft_started(&self->ready);
    WEFT_TRY(self->nap, weft_sleep, .after = WEFT_MS(10));
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_group group;
    weft_finished finished;
    WEFT_TASK(job) a, b, more[3];
    weft_watch watches[3];
    weft_scope scope;
    int count;
    struct weft_gather gather;
    struct weft_wait wait;
    struct weft_race race;
    struct weft_as_completed next;
    struct weft_start start;
    struct weft_group_next_finished ended;
    struct weft_wait_for wait_for;
    struct weft_shield shield;
};

WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group, .keep_going = true, .finished = &self->finished) {
        WEFT_TRY(self->gather, weft_gather,
                 .tasks = weft_watch_tasks(self->watches, weft_prepare(&self->a, job, .number = 1),
                                           weft_prepare(&self->b, job, .number = 2)),
                 .collect = true, .group = &self->group);
        WEFT_FOR_EACH(self->ended, weft_group_next_finished, .group = &self->group) {
            self->count++;
        }
        WEFT_SPAWN(&self->group, &self->a, job, .number = 3);
        WEFT_TRY(self->wait, weft_wait, .tasks = weft_watch_tasks(self->watches, &self->a.task),
                 .until = WEFT_FIRST_COMPLETED, .timeout = WEFT_S(1));
        WEFT_FOR_EACH(self->next, weft_as_completed,
                      .tasks = weft_watch_slots(self->watches, self->more, 3)) {
            self->count++;
        }
        WEFT_TRY(self->race, weft_race,
                 .tasks = weft_watch_tasks(self->watches, weft_prepare(&self->b, job, .number = 4)),
                 .delay = WEFT_MS(5), .group = &self->group);
        WEFT_TRY(self->start, weft_start, .group = &self->group,
                 .task = weft_prepare(&self->b, job, .number = 5), .ready = &self->b.frame.ready);
        WEFT_TRY(self->shield, weft_shield, .task = &self->b.task);
        WEFT_TRY(self->wait_for, weft_wait_for, .task = &self->b.task, .limit = WEFT_S(1));
        WEFT_TIMEOUT_AT(self->scope, WEFT_NOW() + WEFT_S(1)) {
            self->count++;
        }
    }
}
WEFT_END
