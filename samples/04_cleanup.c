/* 04_cleanup.c - whatever happens, FINALLY runs. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: an operation ends with a status, 0 or a negative number. WEFT_TRY leaves on a failure,
 * WEFT_CATCH goes on with WEFT_STATUS(). Every way out leads through WEFT_FINALLY, which may wait.
 * When a task of a group fails, the group cancels the others: their wait ends with WEFT_ECANCELED,
 * they clean up, and only then does the block leave, with the status of the one that failed.
 * Next: 05_timeout.c, cancelled by the clock.
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
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_MS(5)); /* waits also in a task that was cancelled */
    printf("%s: %s\n", self->name, weft_strstatus(WEFT_OUTCOME()));
}
WEFT_END

struct all {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(job) jobs[3];
};

static WEFT_ASYNC(all, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->jobs[0], job, "quick", WEFT_MS(10));
        WEFT_SPAWN(&self->group, &self->jobs[1], job, "broken", WEFT_MS(30), -EIO);
        WEFT_SPAWN(&self->group, &self->jobs[2], job, "slow", WEFT_S(3600));
    }
    printf("never printed: the block has left\n");
}
WEFT_END

struct program {
    WEFT_FRAME;
    struct all all;
};

static WEFT_ASYNC(program, self)
{
    WEFT_CATCH(self->all, all);
    printf("all: %s\n", weft_strstatus(WEFT_STATUS()));
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * quick: success
 * broken: Input/output error
 * slow: cancelled: the wait did not happen
 * all: Input/output error
 */
