/* 14_background.c - tasks that nobody waits for. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a detached task belongs to the loop's own group, and its slot must outlive it: here it
 * is static. It may be joined later, and gives its status. One that fails unread is reported, once:
 * to a handler of yours, or on stderr. What still runs when the main task ends is cancelled.
 * Next: 15_threads.c, functions that block.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>

struct job {
    WEFT_FRAME;
    const char *name;
    weft_time takes;
    int status;
    struct weft_sleep nap;
};

static WEFT_ASYNC(job, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->takes);
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    printf("%s: %s\n", self->name, weft_strstatus(WEFT_OUTCOME()));
}
WEFT_END

static WEFT_TASK(job) joined, forgotten, endless;

static void tell(void *context, const weft_report *report)
{
    (void)context;
    printf("report: %s in %s\n", report->message, report->function);
}

struct program {
    WEFT_FRAME;
    weft_group *loose;
    union {
        struct weft_join join;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(program, self)
{
    self->loose = weft_loop_group(WEFT_LOOP());
    weft_loop_set_exception_handler(WEFT_LOOP(), tell, NULL);
    WEFT_SPAWN(self->loose, &endless, job, "endless", WEFT_FOREVER);
    WEFT_SPAWN(self->loose, &forgotten, job, "forgotten", WEFT_MS(10), -EIO);
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(20));
    WEFT_SPAWN(self->loose, &joined, job, "joined", WEFT_MS(10), -ENOSPC);
    WEFT_AWAIT(self->join, weft_join, &joined.task);
    printf("join: %s\n", weft_strstatus(WEFT_STATUS()));
    printf("the main task ends\n");
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * forgotten: Input/output error
 * report: a detached task failed, and nobody awaited it in job
 * joined: No space left on device
 * join: No space left on device
 * the main task ends
 * endless: cancelled: the wait did not happen
 */
