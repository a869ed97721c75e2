/* 36_start_and_ready.c - a task that is of use once it is ready. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_start starts a task and waits until it says weft_started(). What others must know
 * by then stands in its frame, here the port. A task that fails before that is a failure of the
 * weft_start alone; from then on it is one of the group.
 * Next: 37_future.c, a result that is still to come.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>

struct server {
    WEFT_FRAME;
    bool is_busy;     /* in: the port */
    weft_ready ready; /* the member by which it says so */
    int port;         /* out, once it is ready */
    struct weft_sleep nap;
};

static WEFT_ASYNC(server, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(20)); /* opens its socket */
    if (self->is_busy) {
        WEFT_RETURN(-EADDRINUSE);
    }
    self->port = 8080;
    weft_started(&self->ready);
    WEFT_TRY(self->nap, weft_sleep, WEFT_FOREVER); /* serves */
WEFT_FINALLY:
    printf("server: %s\n", weft_strstatus(WEFT_OUTCOME()));
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(server) first, second;
    struct weft_start start;
};

static WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group) {
        WEFT_TRY(self->start, weft_start, &self->group, weft_prepare(&self->first, server),
                 &self->first.frame.ready);
        printf("it listens on port %d\n", self->first.frame.port);
        WEFT_AWAIT(self->start, weft_start, &self->group,
                   weft_prepare(&self->second, server, .is_busy = true), &self->second.frame.ready);
        printf("the second: %s; the first still runs: %d\n", weft_strstatus(WEFT_STATUS()),
               weft_task_is_running(&self->first.task));
        weft_group_cancel(&self->group);
    }
    printf("all of them have ended\n");
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * it listens on port 8080
 * server: Address already in use
 * the second: Address already in use; the first still runs: 1
 * server: cancelled: the wait did not happen
 * all of them have ended
 */
