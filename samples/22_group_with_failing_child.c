/* 22_group_with_failing_child.c - when one of several fails. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a task that fails takes its group with it: the others are cancelled, and so is the body;
 * the block waits for their cleanup, and leaves with the status of the first that failed. Told to
 * keep going it does none of that, and a list of those that have ended tells all failures.
 * Next: 23_crawler.c, many at a time.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>

struct upload {
    WEFT_FRAME;
    const char *name;
    weft_time takes;
    int status;
    struct weft_sleep nap;
};

typedef WEFT_TASK(upload) upload_task;

static WEFT_ASYNC(upload, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->takes);
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    printf("  %s: %s\n", self->name, WEFT_OUTCOME() < 0 ? weft_strstatus(WEFT_OUTCOME()) : "done");
}
WEFT_END

struct backup {
    WEFT_FRAME;
    bool keep_going;
    weft_group group;
    weft_finished finished;
    upload_task slots[3];
    weft_task *task;
};

static WEFT_ASYNC(backup, self)
{
    WEFT_GROUP(self->group, .keep_going = self->keep_going, .finished = &self->finished) {
        WEFT_SPAWN(&self->group, &self->slots[0], upload, "letters", WEFT_MS(20));
        WEFT_SPAWN(&self->group, &self->slots[1], upload, "photos", WEFT_MS(60), -ENOSPC);
        WEFT_SPAWN(&self->group, &self->slots[2], upload, "films", WEFT_MS(100), -EIO);
    }
WEFT_FINALLY: /* as Python goes through an ExceptionGroup */
    while ((self->task = weft_group_next_finished_nowait(&self->group)) != NULL) {
        if (self->task->status < 0 && self->task->status != WEFT_ECANCELED) {
            printf("failed: %s\n", WEFT_CONTAINER(self->task, upload_task, task)->frame.name);
        }
    }
}
WEFT_END

struct program {
    WEFT_FRAME;
    struct backup backup;
};

static WEFT_ASYNC(program, self)
{
    WEFT_AWAIT(self->backup, backup, .keep_going = false);
    printf("backup: %s\n", weft_strstatus(WEFT_STATUS()));
    WEFT_AWAIT(self->backup, backup, .keep_going = true);
    printf("backup: %d\n", WEFT_STATUS());
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 *   letters: done
 *   photos: No space left on device
 *   films: cancelled: the wait did not happen
 * failed: photos
 * backup: No space left on device
 *   letters: done
 *   photos: No space left on device
 *   films: Input/output error
 * failed: photos
 * failed: films
 * backup: 0
 */
