/* programs.h - what the programs of tests/model/run have in common. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <weft/testing.h>

enum { FAILED = -5, CHILD_FAILED = -7, CANCELS = 3 };

static const bool always = true; /* what stands behind a way out is no dead code */

static void say(const char *text)
{
    printf("%s ", text);
}

static void told(int status)
{
    printf("s%s ", status == 0                ? "0"
                   : status == WEFT_ECANCELED ? "C"
                   : status == WEFT_ETIMEDOUT ? "T"
                   : status == FAILED         ? "F"
                                              : "K");
}

/* Says its name when it is done; behind an x, if it was cancelled. */
struct child {
    WEFT_FRAME;
    weft_time after;
    const char *name;
    int fails;
    bool is_done;
    struct weft_sleep nap;
};

static WEFT_ASYNC(child, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    self->is_done = true;
    if (self->fails) {
        WEFT_RETURN(CHILD_FAILED);
    }
WEFT_FINALLY:
    printf("%s%s ", self->is_done ? "" : "x", self->name);
}
WEFT_END

/* Yields some values, may wait before each, and in its cleanup. */
struct values {
    WEFT_FRAME;
    const char *name;
    int count;
    weft_time before, in_cleanup;
    int i;
    struct weft_sleep nap;
};

static WEFT_ASYNC(values, self)
{
    for (self->i = 0; self->i < self->count; self->i++) {
        if (self->before != 0) {
            WEFT_TRY(self->nap, weft_sleep, self->before);
        }
        WEFT_YIELD((void)0);
    }
WEFT_FINALLY:
    printf("c%s ", self->name);
    if (self->in_cleanup != 0) {
        WEFT_AWAIT(self->nap, weft_sleep, self->in_cleanup);
        printf("d%s ", self->name);
    }
}
WEFT_END

/* Cancels a task, at up to so many times. */
struct canceller {
    WEFT_FRAME;
    weft_task *task;
    weft_time at[CANCELS];
    int i;
    struct weft_sleep_until nap;
};

static WEFT_ASYNC(canceller, self)
{
    for (self->i = 0; self->i < CANCELS && self->at[self->i] != 0; self->i++) {
        WEFT_TRY(self->nap, weft_sleep_until, self->at[self->i]);
        (void)weft_task_cancel(self->task);
    }
}
WEFT_END

/* A program beside its canceller: PROGRAM(p7_first, WEFT_US(31002)) defines p7_first_run(). */
#define PROGRAM(first, ...)                                                                        \
    struct first##_both {                                                                          \
        WEFT_FRAME;                                                                                \
        weft_group group;                                                                          \
        WEFT_TASK(first) program;                                                                  \
        WEFT_TASK(canceller) canceller;                                                            \
    };                                                                                             \
    static WEFT_ASYNC(first##_both, self)                                                          \
    {                                                                                              \
        WEFT_GROUP(self->group, .keep_going = true) {                                              \
            WEFT_SPAWN(&self->group, &self->program, first);                                       \
            WEFT_SPAWN(&self->group, &self->canceller, canceller, &self->program.task,             \
                       {__VA_ARGS__});                                                             \
        }                                                                                          \
        WEFT_RETURN(self->program.task.status);                                                    \
    }                                                                                              \
    WEFT_END                                                                                       \
    static void first##_run(void)                                                                  \
    {                                                                                              \
        weft_test test;                                                                            \
        weft_test_init(&test, NULL);                                                               \
        told(weft_test_run(&test, first##_both));                                                  \
        puts("");                                                                                  \
    }
