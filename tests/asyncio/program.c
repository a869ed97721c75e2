/* program.c - runs the random programs of tests/asyncio/run, and says what each task did, and when. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <weft/gather.h>
#include <weft/queue.h>
#include <weft/sync.h>
#include <weft/testing.h>

enum { TASKS = 8, OPERATIONS = 256, LEVELS = 4, TEXT = 16384 };

/* What they mean stands in `run`. */
struct operation {
    char kind[8];
    int a, b;
};

static struct {
    struct operation operations[OPERATIONS];
    int count;
    bool has_begun;
    char text[TEXT];
} tasks[TASKS];
static int task_count;

static weft_test test;
static weft_lock locks[2];
static weft_semaphore permits;
static weft_event events[2];
static weft_queue queue;

__attribute__((format(printf, 2, 3))) static void say(int task, const char *format, ...)
{
    char *const text = tasks[task].text;
    size_t length = strlen(text);
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text + length, TEXT - length, format, values);
    va_end(values);
    length = strlen(text);
    (void)snprintf(text + length, TEXT - length, "@%d ",
                   (int)(test.executor.core.now / WEFT_MS(1)));
}

/* So many operations of a task; those in a timeout are a part one level deeper. */
struct part {
    WEFT_FRAME;
    int task, level;
    const struct operation *at, *end;
    weft_scope scope;
    weft_with with;
    union {
        struct weft_sleep nap;
        struct weft_event_wait wait;
        struct weft_join join;
        struct weft_put put;
        struct weft_get get;
        struct weft_gather gather;
        struct weft_wait first;
    };
    weft_watch watches[2];
    int item;
};

struct runner {
    WEFT_FRAME;
    int task;
};

static struct part parts[TASKS][LEVELS];
static WEFT_TASK(runner) slots[TASKS];

/* It has begun, and hands nothing on. */
static bool may_be_cancelled(int task)
{
    const weft_task *const victim = &slots[task].task;
    return tasks[task].has_begun &&
           (weft_task_is_done(victim) ||
            (victim->chain.top->step != weft_join && victim->chain.top->step != weft_gather));
}

/* The two tasks of an operation. */
static weft_watches watch(struct part *self)
{
    return weft_watch_tasks(self->watches, &slots[self->at->a].task, &slots[self->at->b].task);
}

#define IS(word) (strcmp(self->at->kind, word) == 0)

static WEFT_ASYNC(part, self)
{
    for (; self->at < self->end; self->at++) {
        if (IS("sleep")) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_MS(self->at->a));
            say(self->task, "slept");
        } else if (IS("lock")) {
            WEFT_WITH(self->with, &locks[self->at->a]) {
                say(self->task, "locked");
                WEFT_TRY(self->nap, weft_sleep, WEFT_MS(self->at->b));
            }
            say(self->task, "unlocked");
        } else if (IS("permit")) {
            WEFT_WITH(self->with, &permits) {
                say(self->task, "acquired");
                WEFT_TRY(self->nap, weft_sleep, WEFT_MS(self->at->a));
            }
            say(self->task, "released");
        } else if (IS("wait")) {
            WEFT_TRY(self->wait, weft_event_wait, &events[self->at->a]);
            say(self->task, "told");
        } else if (IS("set")) {
            weft_event_set(&events[self->at->a]);
        } else if (IS("clear")) {
            weft_event_clear(&events[self->at->a]);
        } else if (IS("cancel") && may_be_cancelled(self->at->a)) {
            say(self->task, "asked-%d", weft_task_cancel(&slots[self->at->a].task));
        } else if (IS("put")) {
            WEFT_TRY(self->put, weft_put, &queue, &self->at->a);
            say(self->task, "put");
        } else if (IS("get")) {
            WEFT_TRY(self->get, weft_get, &queue, &self->item);
            say(self->task, "got-%d", self->item);
        } else if (IS("both")) {
            WEFT_TRY(self->gather, weft_gather, watch(self), .collect = true);
            WEFT_TRY(self->nap, weft_sleep, 0);
            say(self->task, "both");
        } else if (IS("first")) {
            WEFT_TRY(self->first, weft_wait, watch(self), .until = WEFT_FIRST_COMPLETED);
            say(self->task, "first");
        } else if (IS("join")) {
            WEFT_AWAIT(self->join, weft_join, &slots[self->at->a].task);
            if (WEFT_STATUS() == 0) {
                WEFT_TRY(self->nap, weft_sleep, 0);
                say(self->task, "joined");
            } else {
                say(self->task, "joined-cancelled");
            }
        } else if (IS("timeout")) {
            WEFT_MOVE_ON(self->scope, WEFT_MS(self->at->a)) {
                WEFT_TRY(parts[self->task][self->level + 1], part, self->task, self->level + 1,
                         self->at + 1, self->at + 1 + self->at->b);
            }
            say(self->task, self->scope.expired && WEFT_STATUS() < 0 ? "late" : "in-time");
            self->at += self->at->b;
        }
    }
}
WEFT_END

static WEFT_ASYNC(runner, self)
{
    tasks[self->task].has_begun = true;
    WEFT_TRY(parts[self->task][0], part, self->task, 0, tasks[self->task].operations,
             tasks[self->task].operations + tasks[self->task].count);
    say(self->task, "end");
WEFT_FINALLY:
    if (WEFT_OUTCOME() < 0) {
        say(self->task, WEFT_OUTCOME() == WEFT_ECANCELED ? "cancelled" : "failed");
    }
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_group group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        for (int i = 0; i < task_count; i++) {
            WEFT_SPAWN(&self->group, &slots[i], runner, i);
        }
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
        for (int i = 0; i < task_count; i++) {
            (void)weft_task_cancel(&slots[i].task);
        }
    }
}
WEFT_END

/* Reads a program: how many tasks, and of each how many operations, and those. */
static bool read_program(void)
{
    if (scanf("%d", &task_count) != 1 || task_count > TASKS) {
        return false;
    }
    for (int i = 0; i < task_count; i++) {
        tasks[i].has_begun = false;
        tasks[i].text[0] = '\0';
        if (scanf("%d", &tasks[i].count) != 1 || tasks[i].count > OPERATIONS) {
            return false;
        }
        for (int n = 0; n < tasks[i].count; n++) {
            struct operation *const operation = &tasks[i].operations[n];
            if (scanf("%7s %d %d", operation->kind, &operation->a, &operation->b) != 3) {
                return false;
            }
        }
    }
    return true;
}

int main(void)
{
    int room[2];
    while (read_program()) {
        weft_queue_init(&queue, room, sizeof room[0], 2);
        memset(locks, 0, sizeof locks);
        memset(events, 0, sizeof events);
        memset(slots, 0, sizeof slots);
        permits = (weft_semaphore){.permits = 2};
        weft_test_init(&test, NULL);
        if (weft_test_run(&test, program) != 0) {
            return 1;
        }
        for (int i = 0; i < task_count; i++) {
            printf("%d: %s\n", i, tasks[i].text);
        }
    }
}
