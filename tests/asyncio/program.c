/* program.c - runs the random programs of tests/asyncio/run, and says what each task did, and when. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <weft/gather.h>
#include <weft/queue.h>
#include <weft/sync.h>
#include <weft/testing.h>

enum { TASKS = 64, OPERATIONS = 512, LEVELS = 4, TEXT = 16384, FAILURE = -5 };

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
static int task_count, speakers; /* the tasks, and with them the children of their groups */

static weft_test test;
static weft_lock locks[2];
static weft_semaphore permits;
static weft_event events[2];
static weft_queue queue;
static weft_barrier barriers[2];
static weft_lock level_lock;
static weft_condition changed = {.lock = &level_lock}, bell = {.lock = &locks[0]};
static int level;

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
                   (int)(test.executor.core.now / WEFT_US(1)));
}

/* A generator that takes time for each value, and for its cleanup. */
struct ticks {
    WEFT_FRAME;
    int task, count, time;
    int value;
    struct weft_sleep nap;
};

static WEFT_ASYNC(ticks, self)
{
    for (; self->value < self->count; self->value++) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_US(self->time));
        WEFT_YIELD(self->value);
    }
WEFT_FINALLY:
    say(self->task, "closing");
    WEFT_TRY(self->nap, weft_sleep, WEFT_US(self->time / 2));
    say(self->task, "closed");
}
WEFT_END

/* One operation. */
struct one {
    WEFT_FRAME;
    int task;
    const struct operation *at;
    union {
        struct weft_sleep nap;
        struct weft_event_wait wait;
        struct weft_join join;
        struct weft_put put;
        struct weft_get get;
        struct weft_gather gather;
        struct weft_wait first;
        struct weft_barrier_wait meet;
    };
    weft_watch watches[2];
    int item;
};

/* One that holds something meanwhile. */
struct holder {
    WEFT_FRAME;
    int task;
    const struct operation *at;
    weft_with with;
    union {
        struct weft_sleep nap;
        struct weft_condition_wait rest;
        struct weft_condition_wait_for until;
    };
};

/* A group: its children, then its body. */
struct family {
    WEFT_FRAME;
    int task, level, children, length;
    const struct operation *at;
    weft_group group;
};

/* So many operations of a task; those inside of others are a part one level deeper. */
struct part {
    WEFT_FRAME;
    int task, level;
    const struct operation *at, *end;
    weft_scope scope;
    struct ticks ticks;
    const char *text;
    union {
        struct one one;
        struct holder holder;
        struct family family;
        struct weft_sleep nap;
    };
};

struct runner {
    WEFT_FRAME;
    int task;
    const struct operation *at, *end;
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
static weft_watches watch(struct one *self)
{
    return weft_watch_tasks(self->watches, &slots[self->at->a].task, &slots[self->at->b].task);
}

#define IS(word) (strcmp(self->at->kind, word) == 0)

static WEFT_ASYNC(one, self)
{
    if (IS("sleep")) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_US(self->at->a));
        say(self->task, "slept");
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
        WEFT_TRY(self->nap, weft_sleep, 0);
        say(self->task, "first");
    } else if (IS("join")) {
        WEFT_AWAIT(self->join, weft_join, &slots[self->at->a].task);
        if (WEFT_STATUS() == 0) {
            WEFT_TRY(self->nap, weft_sleep, 0);
            say(self->task, "joined");
        } else {
            say(self->task, "joined-cancelled");
        }
    } else if (IS("meet")) {
        WEFT_AWAIT(self->meet, weft_barrier_wait, &barriers[self->at->a]);
        say(self->task, WEFT_STATUS() == 0 ? "met" : "broken");
    } else if (IS("reset")) {
        weft_barrier_reset(&barriers[self->at->a]);
    } else if (IS("abort")) {
        weft_barrier_abort(&barriers[self->at->a]);
    } else if (IS("fail")) {
        WEFT_RETURN(FAILURE);
    }
}
WEFT_END

static bool is_reached(void *operation)
{
    return level >= ((const struct operation *)operation)->a;
}

static WEFT_ASYNC(holder, self)
{
    if (IS("lock")) {
        WEFT_WITH(self->with, &locks[self->at->a]) {
            say(self->task, "locked");
            WEFT_TRY(self->nap, weft_sleep, WEFT_US(self->at->b));
        }
        say(self->task, "unlocked");
    } else if (IS("permit")) {
        WEFT_WITH(self->with, &permits) {
            say(self->task, "acquired");
            WEFT_TRY(self->nap, weft_sleep, WEFT_US(self->at->a));
        }
        say(self->task, "released");
    } else if (IS("until")) {
        WEFT_WITH(self->with, &changed) {
            WEFT_TRY(self->until, weft_condition_wait_for, &changed, &self->with.hold, is_reached,
                     (void *)(uintptr_t)self->at);
            say(self->task, "reached");
        }
    } else if (IS("raise")) {
        WEFT_WITH(self->with, &changed) {
            level++;
            weft_condition_notify_all(&changed);
            WEFT_TRY(self->nap, weft_sleep, WEFT_US(self->at->b));
        }
        say(self->task, "raised");
    } else if (IS("rest")) {
        WEFT_WITH(self->with, &bell) {
            WEFT_TRY(self->rest, weft_condition_wait, &bell, &self->with.hold);
            say(self->task, "woken");
            WEFT_TRY(self->nap, weft_sleep, WEFT_US(self->at->b));
        }
        say(self->task, "rested");
    } else {
        WEFT_WITH(self->with, &bell) {
            weft_condition_notify(&bell, (size_t)self->at->a);
            WEFT_TRY(self->nap, weft_sleep, WEFT_US(self->at->b));
        }
        say(self->task, "rung");
    }
}
WEFT_END

static bool holds(const struct operation *operation)
{
    static const char *const kinds[] = {"lock", "permit", "until", "raise", "rest", "wake"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(operation->kind, kinds[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The last operation of a group. */
static const struct operation *last_of_family(const struct operation *group)
{
    const struct operation *at = group;
    for (int i = 0; i < group->a; i++) {
        at += 1 + at[1].b;
    }
    return at + group->b;
}

static WEFT_DECLARE(runner);
static WEFT_DECLARE(family);

static WEFT_ASYNC(part, self)
{
    for (; self->at < self->end; self->at++) {
        if (holds(self->at)) {
            WEFT_TRY(self->holder, holder, self->task, self->at);
        } else if (IS("timeout")) {
            WEFT_MOVE_ON(self->scope, WEFT_US(self->at->a)) {
                WEFT_TRY(parts[self->task][self->level + 1], part, self->task, self->level + 1,
                         self->at + 1, self->at + 1 + self->at->b);
            }
            say(self->task, self->scope.expired && WEFT_STATUS() < 0 ? "late" : "in-time");
            self->at += self->at->b;
        } else if (IS("each")) {
            WEFT_FOR_EACH(self->ticks, ticks, self->task, self->at->a, self->at[1].a) {
                say(self->task, "tick-%d", self->ticks.value);
                if (self->ticks.value == self->at[1].b) {
                    break;
                }
                WEFT_TRY(parts[self->task][self->level + 1], part, self->task, self->level + 1,
                         self->at + 2, self->at + 1 + self->at->b);
            }
            say(self->task, "over");
            self->at += self->at->b;
        } else if (IS("group")) {
            WEFT_AWAIT(self->family, family, self->task, self->level + 1, self->at->a, self->at->b,
                       self->at + 1);
            self->text = WEFT_STATUS() == 0 ? "grouped" : "failed";
            WEFT_TRY(self->nap, weft_sleep, 0);
            say(self->task, "%s", self->text);
            self->at = last_of_family(self->at);
        } else {
            WEFT_TRY(self->one, one, self->task, self->at);
        }
    }
}
WEFT_END

static WEFT_ASYNC(family, self)
{
    WEFT_GROUP(self->group) {
        for (; self->children > 0; self->children--, self->at += 1 + self->at->b) {
            WEFT_SPAWN(&self->group, &slots[self->at->a], runner, self->at->a, self->at + 1,
                       self->at + 1 + self->at->b);
        }
        WEFT_TRY(parts[self->task][self->level], part, self->task, self->level, self->at,
                 self->at + self->length);
    }
}
WEFT_END

static WEFT_ASYNC(runner, self)
{
    tasks[self->task].has_begun = true;
    WEFT_TRY(parts[self->task][0], part, self->task, 0, self->at, self->end);
    say(self->task, "end");
WEFT_FINALLY:
    if (WEFT_OUTCOME() < 0 && tasks[self->task].has_begun) {
        say(self->task, WEFT_OUTCOME() == WEFT_ECANCELED ? "cancelled" : "failed");
    }
}
WEFT_END

struct program {
    WEFT_FRAME;
    int rounds;
    weft_group group;
    struct weft_sleep nap;
};

static WEFT_ASYNC(program, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        for (int i = 0; i < task_count; i++) {
            WEFT_SPAWN(&self->group, &slots[i], runner, i, tasks[i].operations,
                       tasks[i].operations + tasks[i].count);
        }
        for (self->rounds = 0; self->rounds < task_count; self->rounds++) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(100));
            for (int i = 0; i < task_count; i++) {
                if (may_be_cancelled(i)) {
                    (void)weft_task_cancel(&slots[i].task);
                }
            }
        }
    }
}
WEFT_END

/* Reads a program: how many tasks, and of each how many operations, and those. */
static bool read_program(void)
{
    if (scanf("%d %d", &task_count, &speakers) != 2 || speakers > TASKS) {
        return false;
    }
    for (int i = 0; i < speakers; i++) {
        tasks[i].has_begun = false;
        tasks[i].text[0] = '\0';
    }
    for (int i = 0; i < task_count; i++) {
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
        memset(&level_lock, 0, sizeof level_lock);
        level = 0;
        barriers[0] = (weft_barrier){.parties = 2};
        barriers[1] = (weft_barrier){.parties = 3};
        weft_test_init(&test, NULL);
        if (weft_test_run(&test, program) != 0) {
            return 1;
        }
        for (int i = 0; i < speakers; i++) {
            printf("%d: %s\n", i, tasks[i].text);
        }
    }
}
