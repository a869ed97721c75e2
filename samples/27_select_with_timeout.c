/* 27_select_with_timeout.c - waiting for one of several things. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a select waits for several cases, of which exactly one happens: an item comes, an event
 * is set, or time is up. A case is a member of the frame; `happened` tells. The others leave no
 * trace: a job that comes a moment too late is still in the channel. (The clock is a virtual one, as
 * in 16_virtual_clock.c: the seconds take no time.)
 * Next: 28_rate_limiter.c, so many in a second.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct worker {
    WEFT_FRAME;
    weft_receiver jobs;
    weft_event *closing_time;
    int job;
    weft_case came, closing, idle;
    struct weft_select select;
};

static WEFT_ASYNC(worker, self)
{
    do {
        WEFT_TRY(self->select, weft_select,
                 WEFT_CASES(weft_on_receive(&self->came, &self->jobs, &self->job),
                            weft_on_event(&self->closing, self->closing_time),
                            weft_on_timer(&self->idle, WEFT_S(1))));
        if (self->came.happened) {
            printf("job %d\n", self->job);
        } else if (self->idle.happened) {
            printf("nothing to do for a second\n");
        }
    } while (!self->closing.happened);
    printf("closed\n");
WEFT_FINALLY:
    weft_receiver_close(&self->jobs);
}
WEFT_END

struct office {
    WEFT_FRAME;
    int job;
    weft_event closing_time;
    weft_channel channel; /* without room: a job is handed over when the worker takes it */
    weft_sender jobs;
    weft_receiver to_do; /* handed on to the worker, who closes it */
    weft_group group;
    WEFT_TASK(worker) worker;
    struct weft_send send;
    struct weft_sleep nap;
};

static WEFT_ASYNC(office, self)
{
    weft_channel_open(&self->channel, NULL, sizeof self->job, 0, &self->jobs, &self->to_do);
    WEFT_GROUP(self->group) {
        WEFT_CHECK(
            weft_spawn(&self->group, &self->worker, worker, self->to_do, &self->closing_time));
        for (self->job = 1; self->job <= 3; self->job++) {
            WEFT_TRY(self->send, weft_send, &self->jobs, &self->job);
            WEFT_TRY(self->nap, weft_sleep, self->job * WEFT_MS(900));
        }
        weft_event_set(&self->closing_time);
    }
WEFT_FINALLY:
    weft_sender_close(&self->jobs);
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, office);
}

/* prints:
 * job 1
 * job 2
 * nothing to do for a second
 * job 3
 * nothing to do for a second
 * nothing to do for a second
 * closed
 */
