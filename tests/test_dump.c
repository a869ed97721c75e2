/* test_dump.c - what every task waits for, as text. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <stdio.h>
#include <weft/dump.h>
#include <weft/queue.h>
#include <weft/sync.h>

static weft_time clock_now;
static weft_executor executor;
static char text[SIZED(16384, 2048)];

static weft_time now(void *context)
{
    (void)context;
    return clock_now;
}

static bool sleep_until(void *context, weft_time at)
{
    (void)context;
    clock_now = at != WEFT_FOREVER ? at : clock_now;
    return at != WEFT_FOREVER;
}

static const weft_port port = {now, sleep_until, NULL};

static void put(void *context, const char *piece, size_t length)
{
    strncat(context, piece, length);
}

/* Lines and folders change with each edit: "at include/weft/timer.h:190" becomes "at timer.h:N". */
static void forget_places(void)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        const bool is_line = from != text && (from[-1] == ':' || from[-1] == ' ') &&
                             strspn(from, "0123456789") == strcspn(from, "\n");
        if (*from == '/') {
            while (to[-1] != ' ') {
                to--;
            }
        } else if (is_line && *from != '\n') {
            *to++ = 'N';
            from += strcspn(from, "\n") - 1;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static void dump(void)
{
    text[0] = '\0';
    weft_dump(&executor, put, text);
    forget_places();
}

struct request {
    WEFT_FRAME;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(request, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
}
WEFT_END

struct client {
    WEFT_FRAME;
    weft_time patience;
    weft_scope limit;
    struct request request;
};

static WEFT_ASYNC(client, self)
{
    if (self->patience > 0) {
        WEFT_TIMEOUT(self->limit, self->patience) {
            WEFT_TRY(self->request, request, WEFT_S(5));
        }
    } else {
        WEFT_TRY(self->request, request, WEFT_MS(3200));
    }
}
WEFT_END

static WEFT_TASK(client) one, other;

static void begin(void)
{
    memset(&one, 0, sizeof one);
    memset(&other, 0, sizeof other);
    clock_now = WEFT_S(1000);
    weft_executor_init(&executor, &port, NULL);
}

/* Runs what is ready now, and once more what that has made ready, and so on. */
static void run_passes(int count)
{
    for (; count > 0; count--) {
        weft_executor_stop(&executor);
        ck_assert_int_eq(weft_executor_run(&executor), WEFT_ESTOPPED);
    }
}

START_TEST(an_executor_without_tasks_says_so)
{
    begin();
    dump();
    ck_assert_str_eq(text, "0 tasks\n");
}
END_TEST

START_TEST(a_task_shows_what_it_waits_for_and_its_awaits_outermost_first)
{
    begin();
    weft_spawn(&executor.group, &one, client, .patience = 0);
    run_passes(1);
    dump();
    ck_assert_str_eq(text, "1 task\n"
                           "`-- client: waits in weft_sleep, 3.2 s left\n"
                           "        client at test_dump.c:N\n"
                           "        request at test_dump.c:N\n"
                           "        weft_sleep at timer.h:N\n");
}
END_TEST

START_TEST(a_deadline_around_the_wait_is_shown)
{
    begin();
    weft_spawn(&executor.group, &one, client, .patience = WEFT_MS(250));
    run_passes(1);
    clock_now += WEFT_MS(50);
    dump();
    ck_assert_str_eq(text, "1 task\n"
                           "`-- client: waits in weft_sleep, 4.9 s left, deadline in 200 ms\n"
                           "        client at test_dump.c:N\n"
                           "        request at test_dump.c:N\n"
                           "        weft_sleep at timer.h:N\n");
}
END_TEST

START_TEST(what_is_due_has_nothing_left)
{
    begin();
    weft_spawn(&executor.group, &one, client, .patience = WEFT_MS(250));
    run_passes(1);
    clock_now += WEFT_S(60);
    dump();
    ck_assert_ptr_nonnull(strstr(text, "weft_sleep, 0.0 s left, deadline in 0.0 s\n"));
}
END_TEST

START_TEST(a_task_that_has_not_run_yet_has_not_begun)
{
    begin();
    weft_spawn(&executor.group, &one, client, .patience = 0);
    weft_spawn(&executor.group, &other, client, .patience = 0);
    weft_task_cancel(&other.task);
    dump();
    ck_assert_str_eq(text, "2 tasks\n"
                           "|-- client: not begun\n"
                           "|       client in test_dump.c\n"
                           "`-- client: not begun, cancelled\n"
                           "        client in test_dump.c\n");
}
END_TEST

/* Stands at a line that is known. */
struct at_line {
    WEFT_FRAME;
    weft_link list;
};
enum { AT_LINE = __LINE__ + 3 };
static WEFT_ASYNC(at_line, self)
{
    WEFT_PARK(&self->list);
}
WEFT_END

START_TEST(a_frame_shows_its_file_as_compiled_and_its_line)
{
    static WEFT_TASK(at_line) slot;
    char expected[512];
    begin();
    weft_spawn(&executor.group, &slot, at_line);
    run_passes(1);
    text[0] = '\0';
    weft_dump(&executor, put, text);
    snprintf(expected, sizeof expected,
             "1 task\n`-- at_line: waits in at_line\n        at_line at %s:%d\n", __FILE__,
             AT_LINE);
    ck_assert_str_eq(text, expected);
}
END_TEST

struct worker {
    WEFT_FRAME;
    weft_queue *queue;
    bool dumps;
    int item;
    struct weft_get get;
};

static WEFT_ASYNC(worker, self)
{
    WEFT_TRY(self->get, weft_get, self->queue, &self->item);
    if (self->dumps) {
        dump();
    }
    WEFT_TRY(self->get, weft_get, self->queue, &self->item);
}
WEFT_END

struct server {
    WEFT_FRAME;
    weft_queue *queue;
    weft_group inner, outer;
    WEFT_TASK(worker) a, b, c;
    struct request request;
};

static WEFT_ASYNC(server, self)
{
    WEFT_GROUP(self->outer) {
        WEFT_CHECK(weft_spawn(&self->outer, &self->a, worker, self->queue, .dumps = true));
        WEFT_GROUP(self->inner) {
            WEFT_CHECK(weft_spawn(&self->inner, &self->b, worker, self->queue));
            WEFT_CHECK(weft_spawn(&self->inner, &self->c, worker, self->queue));
        }
    }
}
WEFT_END

static int items[4];
static weft_queue queue;
static WEFT_TASK(server) house;

static void begin_server(void)
{
    begin();
    memset(&house, 0, sizeof house);
    weft_queue_init(&queue, items, sizeof items[0], 4);
    weft_spawn(&executor.group, &house, server, &queue);
    weft_spawn(&executor.group, &one, client, .patience = 0);
}

START_TEST(children_stand_below_their_parent_those_of_the_outer_group_first)
{
    begin_server();
    run_passes(2);
    weft_put_nowait(&queue, &(int){1});
    weft_put_nowait(&queue, &(int){2});
    run_passes(1); /* the first worker dumps, while the second is ready */
    ck_assert_str_eq(text, "5 tasks\n"
                           "|-- server: waits for its 2 tasks\n"
                           "|   |   server at test_dump.c:N\n"
                           "|   |-- worker: runs\n"
                           "|   |       worker in test_dump.c, past line N\n"
                           "|   |-- worker: ready\n"
                           "|   |       worker at test_dump.c:N\n"
                           "|   |       weft_get at queue.h:N\n"
                           "|   `-- worker: waits in weft_get\n"
                           "|           worker at test_dump.c:N\n"
                           "|           weft_get at queue.h:N\n"
                           "`-- client: waits in weft_sleep, 3.2 s left\n"
                           "        client at test_dump.c:N\n"
                           "        request at test_dump.c:N\n"
                           "        weft_sleep at timer.h:N\n");
}
END_TEST

START_TEST(who_was_woken_or_cancelled_is_ready_and_requests_are_counted)
{
    begin_server();
    run_passes(2);
    weft_task_cancel(&one.task);
    weft_task_cancel(&one.task);
    weft_queue_shutdown(&queue, false); /* all workers fail, in the next pass */
    weft_task_cancel(&house.task);
    dump();
    ck_assert_str_eq(text, "5 tasks\n"
                           "|-- server: ready, cancelled\n"
                           "|   |   server at test_dump.c:N\n"
                           "|   |-- worker: ready\n"
                           "|   |       worker at test_dump.c:N\n"
                           "|   |       weft_get at queue.h:N\n"
                           "|   |-- worker: ready\n"
                           "|   |       worker at test_dump.c:N\n"
                           "|   |       weft_get at queue.h:N\n"
                           "|   `-- worker: ready\n"
                           "|           worker at test_dump.c:N\n"
                           "|           weft_get at queue.h:N\n"
                           "`-- client: ready, cancelled 2 times\n"
                           "        client at test_dump.c:N\n"
                           "        request at test_dump.c:N\n"
                           "        weft_sleep at timer.h:N\n");
}
END_TEST

struct careful {
    WEFT_FRAME;
    weft_link device;
    weft_scope limit;
    struct weft_sleep nap;
};

static WEFT_ASYNC(careful, self)
{
    WEFT_SHIELD(self->limit, WEFT_S(2)) {
        WEFT_HOLD(&self->device);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

START_TEST(a_wait_that_cannot_be_cancelled_is_held)
{
    static WEFT_TASK(careful) slot;
    begin();
    weft_spawn(&executor.group, &slot, careful);
    run_passes(1);
    weft_task_cancel(&slot.task);
    dump();
    ck_assert_str_eq(text, "1 task\n"
                           "`-- careful: waits in careful, held, deadline in 2.0 s, cancelled\n"
                           "        careful at test_dump.c:N\n");
}
END_TEST

struct locker {
    WEFT_FRAME;
    weft_lock *lock;
    weft_hold hold;
    struct weft_lock_acquire acquire;
};

static WEFT_ASYNC(locker, self)
{
    WEFT_TRY(self->acquire, weft_lock_acquire, self->lock, &self->hold);
    WEFT_PARK(NULL);
WEFT_FINALLY:
    weft_release(&self->hold);
}
WEFT_END

START_TEST(who_waits_for_a_lock_says_which_task_has_it)
{
    static WEFT_TASK(locker) slots[2];
    static weft_lock lock;
    begin();
    weft_spawn(&executor.group, &slots[0], locker, &lock);
    weft_spawn(&executor.group, &slots[1], locker, &lock);
    weft_task_set_name(&slots[0].task, "a");
    run_passes(1);
    dump();
    ck_assert_str_eq(text, "2 tasks\n"
                           "|-- a (locker): waits in locker\n"
                           "|       locker at test_dump.c:N\n"
                           "`-- locker: waits in weft_lock_acquire, which a (locker) has\n"
                           "        locker at test_dump.c:N\n"
                           "        weft_lock_acquire at lock.h:N\n");
}
END_TEST

START_TEST(a_cleanup_says_so_and_so_does_a_cancelled_scope)
{
    static WEFT_TASK(careful) slot;
    begin();
    weft_spawn(&executor.group, &slot, careful);
    run_passes(1);
    weft_scope_cancel(&slot.frame.limit);
    dump();
    ck_assert_ptr_nonnull(strstr(text, "held, deadline in 2.0 s, a scope cancelled\n"));
    weft_wake_first(&slot.frame.device);
    run_passes(1);
    dump();
    ck_assert_str_eq(text, "1 task\n"
                           "`-- careful: waits in weft_sleep, 1.0 s left, cleans up\n"
                           "        careful at test_dump.c:N\n"
                           "        weft_sleep at timer.h:N\n");
}
END_TEST

struct joins {
    WEFT_FRAME;
    weft_task *task;
    struct weft_join join;
};

static WEFT_ASYNC(joins, self)
{
    WEFT_TRY(self->join, weft_join, self->task);
}
WEFT_END

START_TEST(a_joined_task_stays_where_it_was_spawned)
{
    static WEFT_TASK(joins) slot;
    begin();
    weft_spawn(&executor.group, &one, client, .patience = 0);
    weft_spawn(&executor.group, &slot, joins, &one.task);
    run_passes(1);
    dump();
    ck_assert_str_eq(text, "2 tasks\n"
                           "|-- client: waits in weft_sleep, 3.2 s left\n"
                           "|       client at test_dump.c:N\n"
                           "|       request at test_dump.c:N\n"
                           "|       weft_sleep at timer.h:N\n"
                           "`-- joins: waits in weft_join\n"
                           "        joins at test_dump.c:N\n"
                           "        weft_join at join.h:N\n");
}
END_TEST

/* Calls itself, in frames of a static array, as deep as it is long. */
struct deep {
    WEFT_FRAME;
    size_t level;
    weft_link list;
};
static struct deep frames[100];

static WEFT_ASYNC(deep, self)
{
    if (self->level + 1 < sizeof frames / sizeof frames[0]) {
        WEFT_TRY(frames[self->level + 1], deep, .level = self->level + 1);
    } else {
        WEFT_PARK(&self->list);
    }
}
WEFT_END

START_TEST(a_long_chain_is_shortened_in_the_middle)
{
    static WEFT_TASK(deep) slot;
    const char *line = text;
    int lines = 0;
    begin();
    weft_spawn(&executor.group, &slot, deep, .level = 0);
    run_passes(1);
    dump();
    for (; *line != '\0'; line = strchr(line, '\n') + 1) {
        lines++;
        ck_assert_int_eq(strncmp(line, "        ... 68 more\n", 20) == 0, lines == 2 + 8 + 1);
    }
    ck_assert_int_eq(lines, 2 + 8 + 1 + 24);
}
END_TEST

/* A task with a group with a task with a group … */
struct nest {
    WEFT_FRAME;
    int level;
    weft_link list;
    weft_group group;
};
static WEFT_TASK(nest) nests[20];

static WEFT_ASYNC(nest, self)
{
    if (self->level < 20) {
        WEFT_GROUP(self->group) {
            WEFT_CHECK(weft_spawn(&self->group, &nests[self->level], nest, self->level + 1));
        }
    } else {
        WEFT_PARK(&self->list);
    }
}
WEFT_END

START_TEST(sixteen_groups_in_each_other_are_shown)
{
    begin();
    weft_spawn(&executor.group, &nests[0], nest, 1);
    run_passes(20);
    dump();
    ck_assert_int_eq(strncmp(text, "16 tasks\n", 9), 0);
    ck_assert_ptr_nonnull(strstr(text, "\n            `-- nest: waits for its task\n"
                                       "                |   nest at test_dump.c:N\n"));
}
END_TEST

SUITE_TOGETHER(dump)
{
    TEST(an_executor_without_tasks_says_so);
    TEST(a_task_shows_what_it_waits_for_and_its_awaits_outermost_first);
    TEST(a_deadline_around_the_wait_is_shown);
    TEST(what_is_due_has_nothing_left);
    TEST(a_task_that_has_not_run_yet_has_not_begun);
    TEST(a_frame_shows_its_file_as_compiled_and_its_line);
    TEST(children_stand_below_their_parent_those_of_the_outer_group_first);
    TEST(who_was_woken_or_cancelled_is_ready_and_requests_are_counted);
    TEST(a_wait_that_cannot_be_cancelled_is_held);
    TEST(who_waits_for_a_lock_says_which_task_has_it);
    TEST(a_cleanup_says_so_and_so_does_a_cancelled_scope);
    TEST(a_joined_task_stays_where_it_was_spawned);
    TEST(a_long_chain_is_shortened_in_the_middle);
    TEST(sixteen_groups_in_each_other_are_shown);
}
