/* 52_next_finished.c - each task as it ends, and further ones meanwhile. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a group with a list of those that have ended. A loop takes them one by one, in the order
 * of their ends, and may start further ones: a slot that was taken is free again. So a pool of two
 * works through any number, and nobody keeps a list of tasks.
 * Next: 53_from_a_thread.c, results from outside of the loop.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct job {
    WEFT_FRAME;
    int number;
    struct weft_sleep work;
};

static WEFT_ASYNC(job, self)
{
    WEFT_TRY(self->work, weft_sleep, WEFT_S(self->number == 1 ? 5 : 2));
    WEFT_RETURN(self->number == 3 ? -EIO : 0);
}
WEFT_END

typedef WEFT_TASK(job) job_task;

static int number_of(weft_task *task)
{
    return WEFT_CONTAINER(task, job_task, task)->frame.number;
}

struct program {
    WEFT_FRAME;
    int last;
    weft_finished finished;
    weft_group group;
    WEFT_TASKS(job, 2) jobs;
    struct weft_group_next_finished each;
};

static WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group, .keep_going = true, .finished = &self->finished) {
        while (weft_spawn_in(&self->group, &self->jobs, job, self->last + 1) == 0) {
            self->last++;
        }
        WEFT_FOR_EACH(self->each, weft_group_next_finished, &self->group) {
            printf("job %d: %s\n", number_of(self->each.task),
                   self->each.task->status == 0 ? "done" : "failed");
            if (self->last < 5) {
                WEFT_CHECK(weft_spawn_in(&self->group, &self->jobs, job, ++self->last));
            }
        }
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, program);
}

/* prints:
 * job 2: done
 * job 3: failed
 * job 1: done
 * job 4: done
 * job 5: done
 */
