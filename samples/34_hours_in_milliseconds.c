/* 34_hours_in_milliseconds.c - a test of a program that sleeps for days. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: the drivers of weft/explore.h and injection.h. Two jobs send something every night, over one line, to
 * a server that is down for a while, so they try again after ever longer pauses. The test runs two
 * nights of that on the virtual clock; then again in a hundred orders; cancelled at every place; with
 * everything failing once that can fail; and with each of those faults cancelled at every place.
 * Next: 35_context.c, what a request and all that works for it can see.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>
#include <weft/injection.h>

#define HOURS(n) WEFT_S((n)*INT64_C(3600))

static weft_test test;
static weft_test_resource connection = {.name = "connection"};

/* What stands for the world: it counts what is held, and can fail. */
static int fake_connect(void)
{
    WEFT_TEST_POINT(&test, -ECONNREFUSED);
    if (test.now < HOURS(30)) {
        return -ECONNREFUSED;
    }
    weft_test_acquire(&test, &connection);
    return 0;
}

/* The program under test. */
struct job {
    WEFT_FRAME;
    const char *name;
    weft_semaphore *line;
    int nights;
    weft_time pause;
    bool is_connected;
    weft_hold turn;
    struct weft_acquire acquire;
    struct weft_sleep nap;
};

static WEFT_ASYNC(job, self)
{
    for (; self->nights > 0; self->nights--) {
        WEFT_TRY(self->nap, weft_sleep, HOURS(24));
        WEFT_TRY(self->acquire, weft_acquire, self->line, &self->turn);
        for (self->pause = HOURS(1); fake_connect() < 0; self->pause *= 2) {
            weft_trace(&test, "down");
            WEFT_TRY(self->nap, weft_sleep, self->pause);
        }
        self->is_connected = true;
        WEFT_CHECK(weft_test_fault(&test, -EPIPE));
        weft_trace(&test, self->name);
        weft_test_release(&test, &connection);
        self->is_connected = false;
        weft_release(&self->turn);
    }
WEFT_FINALLY:
    if (self->is_connected) {
        weft_test_release(&test, &connection);
    }
    weft_release(&self->turn);
}
WEFT_END

struct jobs {
    WEFT_FRAME;
    weft_semaphore line;
    weft_group group;
    WEFT_TASK(job) report, backup;
};

static WEFT_ASYNC(jobs, self)
{
    self->line.permits = 1;
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_CHECK(weft_spawn(&self->group, &self->report, job, "report", &self->line, 2));
        WEFT_CHECK(weft_spawn(&self->group, &self->backup, job, "backup", &self->line, 2));
    }
}
WEFT_END

/* A run of it, and all its cancellations. */
static void program(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, jobs);
}

static void cancelled(weft_test *of, void *context)
{
    (void)weft_test_cancellations(of, WEFT_TEST_ANY, program, context);
}

int main(void)
{
    weft_test_init(&test, &(weft_test_desc){.trace_times = true});
    program(&test, NULL);
    puts(test.trace);
    printf("%d orders\n", weft_test_seeds(&test, 100, program, NULL));
    printf("%d places\n", weft_test_cancellations(&test, WEFT_TEST_ANY, program, NULL));
    printf("%d faults\n", weft_test_faults(&test, program, NULL));
    printf("%d faults, each with all places\n", weft_test_faults(&test, cancelled, NULL));
    return test.failure != NULL;
}

/* prints:
 * down@86400s down@90000s down@97200s report@111600s backup@111600s report@198000s backup@198000s
 * 100 orders
 * 21 places
 * 11 faults
 * 11 faults, each with all places
 */
