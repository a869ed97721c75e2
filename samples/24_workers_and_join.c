/* 24_workers_and_join.c - workers that share a queue, and when all of the work is done. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a loop over a queue takes items until it is shut down. An item that was taken is not
 * done yet: the worker says when it is, and weft_queue_join waits until all of them are. Only then
 * the queue is shut down, and the workers' loops end by themselves: nobody is cancelled.
 * Next: 25_priority_scheduler.c, what is urgent comes first.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct worker {
    WEFT_FRAME;
    const char *name;
    weft_queue *jobs;
    int hours;
    struct weft_queue_each each;
    struct weft_sleep work;
};

static WEFT_ASYNC(worker, self)
{
    WEFT_FOR_EACH(self->each, weft_queue_each, self->jobs, &self->hours) {
        WEFT_TRY(self->work, weft_sleep, WEFT_S(3600 * self->hours));
        printf("%s has worked for %d h\n", self->name, self->hours);
        weft_queue_task_done(self->jobs);
    }
    printf("%s goes home\n", self->name);
}
WEFT_END

struct office {
    WEFT_FRAME;
    int room[2], hours;
    weft_queue jobs;
    weft_group group;
    WEFT_TASK(worker) ann, bob;
    struct weft_put put;
    struct weft_queue_join join;
};

static WEFT_ASYNC(office, self)
{
    weft_queue_init(&self->jobs, self->room, sizeof self->room[0], 2);
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->ann, worker, "Ann", &self->jobs));
        WEFT_CHECK(weft_spawn(&self->group, &self->bob, worker, "Bob", &self->jobs));
        for (self->hours = 1; self->hours <= 6; self->hours++) {
            WEFT_TRY(self->put, weft_put, &self->jobs, &self->hours);
        }
        WEFT_TRY(self->join, weft_queue_join, &self->jobs);
        printf("21 h of work are done after %d h\n", (int)(WEFT_NOW() / WEFT_S(3600)));
        weft_queue_shutdown(&self->jobs, false);
    }
}
WEFT_END

int main(void)
{
    static weft_test test; /* a clock that jumps: see 16_virtual_clock.c */
    weft_test_init(&test, NULL);
    return weft_test_run(&test, office);
}

/* prints:
 * Ann has worked for 1 h
 * Bob has worked for 2 h
 * Ann has worked for 3 h
 * Bob has worked for 4 h
 * Ann has worked for 5 h
 * Bob has worked for 6 h
 * 21 h of work are done after 12 h
 * Ann goes home
 * Bob goes home
 */
