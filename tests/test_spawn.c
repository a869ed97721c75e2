/* test_spawn.c - starting a task: its slot, and pools of slots. */
/* SPDX-License-Identifier: MIT */
#include "workers.h"
#ifndef __has_feature /* which clang has */
#define __has_feature(what) 0
#endif
/* AddressSanitizer reads what is written. */
#if __STDC_HOSTED__ && !defined __SANITIZE_ADDRESS__ && !__has_feature(address_sanitizer)
#define COUNTS_FAULTS 1
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#endif

/* Spawning. */

struct spawns_late {
    WEFT_FRAME;
    int status, after;
    weft_group group;
    WEFT_TASK(worker) first, second;
};

static WEFT_ASYNC(spawns_late, self)
{
    self->status = weft_spawn(&self->group, &self->first, worker, 'x');
    WEFT_GROUP(self->group) {
        weft_group_cancel(&self->group);
        self->after = weft_spawn(&self->group, &self->first, worker, 'y');
    }
    say("%d ", weft_spawn(&self->group, &self->second, worker, 'z'));
    say("%d", weft_task_is_running(&self->second.task));
}
WEFT_END

START_TEST(spawning_fails_outside_of_the_block_and_in_a_cancelled_group)
{
    WEFT_TASK(spawns_late) task = {0};
    begin();
    START(&task, spawns_late);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(task.frame.status, WEFT_EGROUP);
    ck_assert_int_eq(task.frame.after, WEFT_ECANCELED);
    ck_assert_str_eq(trace, "-4111 0");
}
END_TEST

struct chain_slot;

struct chain_spawner {
    WEFT_FRAME;
    weft_group *group;
    int left;
    struct chain_slot *slots;
    struct weft_sleep nap;
};

struct chain_slot {
    weft_task task;
    struct chain_spawner frame;
};

static WEFT_ASYNC(chain_spawner, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    if (self->left > 0) {
        WEFT_CHECK(weft_spawn(self->group, self->slots, chain_spawner, self->group, self->left - 1,
                              self->slots + 1));
    }
    say("%d@%d ", self->left, seconds());
}
WEFT_END

struct chain_parent {
    WEFT_FRAME;
    weft_group group;
    struct chain_slot slots[4];
};

static WEFT_ASYNC(chain_parent, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->slots[0], chain_spawner, &self->group, 3,
                              &self->slots[1]));
    }
    say("behind");
}
WEFT_END

START_TEST(a_child_may_start_siblings_while_the_block_waits)
{
    WEFT_TASK(chain_parent) task = {0};
    begin();
    START(&task, chain_parent);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "3@1 2@2 1@3 0@4 behind");
}
END_TEST

struct reuses {
    WEFT_FRAME;
    int i;
    weft_group group;
    WEFT_TASK(worker) slot;
};

static WEFT_ASYNC(reuses, self)
{
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_GROUP(self->group) {
            WEFT_CHECK(weft_spawn(&self->group, &self->slot, worker, (char)('a' + self->i), 1));
        }
        say("%d ", self->slot.task.status);
    }
}
WEFT_END

START_TEST(a_slot_and_a_group_can_be_used_again)
{
    WEFT_TASK(reuses) task = {0};
    begin();
    START(&task, reuses);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 0 b0@2 0 c0@3 0 ");
}
END_TEST

struct empty_group {
    WEFT_FRAME;
    weft_group group;
};

static WEFT_ASYNC(empty_group, self)
{
    WEFT_GROUP(self->group) {
    }
    say("behind");
}
WEFT_END

START_TEST(a_group_without_children_does_not_wait)
{
    WEFT_TASK(empty_group) task = {0};
    begin();
    START(&task, empty_group);
    run_one_pass();
    ck_assert_str_eq(trace, "behind");
    ck_assert(!weft_group_is_busy(&executor.group));
}
END_TEST

/* Pools. */

static int calls;

static int counted(int value)
{
    calls++;
    return value;
}

START_TEST(a_pool_has_room_for_as_many_as_it_has_slots)
{
    WEFT_TASKS(worker, 3) pool = {0};
    begin();
    calls = 0;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, (char)('a' + i), counted(1)),
                         0);
    }
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'x', counted(1)), WEFT_EBUSY);
    ck_assert_int_eq(calls, 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@1 c0@1 ");
}
END_TEST

START_TEST(a_pool_uses_a_slot_again_when_its_task_has_ended)
{
    WEFT_TASKS(worker, 2) pool = {0};
    begin();
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'a', 9), 0);
        ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'b', 1), 0);
        ck_assert_int_eq(run(), 0);
    }
    ck_assert_int_eq(seconds(), 90);
}
END_TEST

START_TEST(a_pool_of_one_works)
{
    WEFT_TASKS(worker, 1) pool = {0};
    begin();
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'a', 1), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'b', 1), WEFT_EBUSY);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'c', 1), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 c0@2 ");
}
END_TEST

START_TEST(any_slot_of_a_pool_that_is_free_is_found)
{
    WEFT_TASKS(worker, 8) pool = {0};
    begin();
    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(
            weft_spawn_in(&executor.group, &pool, worker, (char)('a' + i), i == 5 ? 1 : 9), 0);
    }
    ck_assert_int_eq(weft_executor_run_until(&executor, &pool.slots[(5 + 1) % 8].task), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'x', 1), 0);
    ck_assert_int_eq(weft_spawn_in(&executor.group, &pool, worker, 'y', 1), WEFT_EBUSY);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f0@1 x0@2 a0@9 b0@9 c0@9 d0@9 e0@9 g0@9 h0@9 ");
}
END_TEST

START_TEST(a_slot_whose_task_has_ended_may_be_moved_and_used_again)
{
    worker_task slot = {0}, moved;
    begin();
    START(&slot, worker, 'a', 1);
    ck_assert_int_eq(run(), 0);
    moved = slot;
    START(&moved, worker, 'b', 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a0@1 b0@2 ");
}
END_TEST

/* Prepared, and started later. */

START_TEST(a_slot_is_first_prepared_then_it_runs_then_it_has_ended)
{
    worker_task slot = {0};
    begin();
    ck_assert(!weft_task_is_prepared(&slot.task)); /* zeroed */
    ck_assert_ptr_eq(weft_prepare(&slot, worker, 'a', 1), &slot.task);
    ck_assert(weft_task_is_prepared(&slot.task));
    ck_assert(!weft_task_is_running(&slot.task) && !weft_task_is_done(&slot.task));
    ck_assert(!weft_group_is_busy(&executor.group));
    ck_assert_int_eq(weft_spawn_prepared(&executor.group, &slot.task), 0);
    ck_assert(!weft_task_is_prepared(&slot.task) && weft_task_is_running(&slot.task));
    ck_assert_int_eq(run(), 0);
    ck_assert(!weft_task_is_prepared(&slot.task) && weft_task_is_done(&slot.task));
    ck_assert_str_eq(trace, "a0@1 ");
}
END_TEST

START_TEST(tasks_that_were_prepared_run_in_the_order_in_which_they_are_started)
{
    worker_task a = {0}, b = {0};
    begin();
    (void)weft_prepare(&a, worker, 'a', 1);
    (void)weft_prepare(&b, worker, 'b', 1);
    ck_assert_int_eq(weft_spawn_prepared(&executor.group, &b.task), 0);
    ck_assert_int_eq(weft_spawn_prepared(&executor.group, &a.task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b0@1 a0@1 ");
}
END_TEST

START_TEST(the_arguments_are_evaluated_once_when_it_is_prepared)
{
    worker_task slot = {0};
    begin();
    calls = 0;
    (void)weft_prepare(&slot, worker, 'a', counted(1));
    ck_assert_int_eq(calls, 1);
    ck_assert_int_eq(weft_spawn_prepared(&executor.group, &slot.task), 0);
    ck_assert_int_eq(run(), 0);
    ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(one_that_is_never_started_never_ran_and_its_slot_may_be_used_again)
{
    worker_task slot = {0};
    begin();
    (void)weft_prepare(&slot, worker, 'a', 1);
    ck_assert(!weft_task_cancel(&slot.task));
    (void)weft_prepare(&slot, worker, 'b', 1);
    START(&slot, worker, 'c', 1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c0@1 ");
}
END_TEST

START_TEST(one_that_the_group_refuses_has_ended_with_that_status)
{
    worker_task slot = {0};
    weft_group closed = {0};
    begin();
    (void)weft_prepare(&slot, worker, 'a', 1);
    ck_assert_int_eq(weft_spawn_prepared(&closed, &slot.task), WEFT_EGROUP);
    ck_assert(!weft_task_is_prepared(&slot.task) && weft_task_is_done(&slot.task));
    ck_assert_int_eq(slot.task.status, WEFT_EGROUP);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "");
}
END_TEST

#if WEFT_CONTEXT
START_TEST(it_may_have_a_name_before_it_is_started)
{
    worker_task slot = {0};
    begin();
    weft_task_set_name(weft_prepare(&slot, worker, 'a', 1), "Ann");
    ck_assert_int_eq(weft_spawn_prepared(&executor.group, &slot.task), 0);
    ck_assert_str_eq(weft_task_name(&slot.task), "Ann");
    ck_assert_int_eq(run(), 0);
    START(&slot, worker, 'b', 1);
    ck_assert_str_eq(weft_task_name(&slot.task), "worker");
}
END_TEST
#endif

START_TEST(starting_it_twice_stops)
{
    worker_task slot = {0};
    begin();
    (void)weft_prepare(&slot, worker, 'a', 1);
    (void)weft_spawn_prepared(&executor.group, &slot.task);
    (void)weft_spawn_prepared(&executor.group, &slot.task);
}
END_TEST

START_TEST(starting_what_was_not_prepared_stops)
{
    worker_task slot = {0};
    begin();
    (void)weft_spawn_prepared(&executor.group, &slot.task);
}
END_TEST

START_TEST(preparing_a_slot_that_is_in_use_stops)
{
    worker_task slot = {0};
    begin();
    START(&slot, worker, 'a', 1);
    (void)weft_prepare(&slot, worker, 'b', 1);
}
END_TEST

struct leaves {
    WEFT_FRAME;
    weft_group group;
    worker_task slot;
};

static WEFT_ASYNC(leaves, self)
{
    WEFT_SPAWN(&self->group, &self->slot, worker, 'a');
    say("never ");
WEFT_FINALLY:
    say("f%d", WEFT_OUTCOME());
}
WEFT_END

START_TEST(as_a_statement_a_spawn_that_is_refused_leaves)
{
    WEFT_TASK(leaves) slot = {0};
    begin();
    START(&slot, leaves);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f-4111");
}
END_TEST

/* Misuse; the messages are in tests/misuse. */

START_TEST(spawning_into_a_slot_that_is_in_use_stops)
{
    WEFT_TASK(worker) task = {0};
    begin();
    START(&task, worker, 'a', 1);
    START(&task, worker, 'b', 1);
}
END_TEST

#ifdef COUNTS_FAULTS
static size_t faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_minflt;
}

/* valgrind's memory is the process's, and counted with it. */
static bool counts_those_of_valgrind(void)
{
    const char *const preloaded = getenv("LD_PRELOAD");
    return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
}

START_TEST(slots_in_fresh_memory_fault_once_for_each_page)
{
    enum { PAGE = 4096, PAGES = 128, SLOTS = PAGES * PAGE / sizeof(worker_task) };
    worker_task *const slots = (worker_task *)mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
                                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t before;
    ck_assert_ptr_ne(slots, MAP_FAILED);
    (void)madvise(slots, (size_t)PAGES * PAGE, MADV_NOHUGEPAGE);
    begin();
    START(&slots[0], worker);
    before = faults();
    for (size_t i = 1; i < SLOTS; i++) {
        START(&slots[i], worker);
    }
    if (!counts_those_of_valgrind()) {
        ck_assert_uint_le(faults() - before, PAGES + PAGES / 8);
    }
    ck_assert_int_eq(run(), 0);
    munmap(slots, (size_t)PAGES * PAGE);
}
END_TEST
#endif

SUITE_TOGETHER(spawn)
{
    TEST(spawning_fails_outside_of_the_block_and_in_a_cancelled_group);
    TEST(a_child_may_start_siblings_while_the_block_waits);
    TEST(a_slot_and_a_group_can_be_used_again);
    TEST(a_group_without_children_does_not_wait);
    TEST(a_pool_has_room_for_as_many_as_it_has_slots);
    TEST(a_pool_uses_a_slot_again_when_its_task_has_ended);
    TEST(a_pool_of_one_works);
    TEST(any_slot_of_a_pool_that_is_free_is_found);
    TEST(a_slot_whose_task_has_ended_may_be_moved_and_used_again);
    TEST(a_slot_is_first_prepared_then_it_runs_then_it_has_ended);
    TEST(tasks_that_were_prepared_run_in_the_order_in_which_they_are_started);
    TEST(the_arguments_are_evaluated_once_when_it_is_prepared);
    TEST(one_that_is_never_started_never_ran_and_its_slot_may_be_used_again);
    TEST(one_that_the_group_refuses_has_ended_with_that_status);
#if WEFT_CONTEXT
    TEST(it_may_have_a_name_before_it_is_started);
#endif
    TEST_STOPS(starting_it_twice_stops);
    TEST_STOPS(starting_what_was_not_prepared_stops);
    TEST_STOPS(preparing_a_slot_that_is_in_use_stops);
    TEST(as_a_statement_a_spawn_that_is_refused_leaves);
    TEST_STOPS(spawning_into_a_slot_that_is_in_use_stops);
#ifdef COUNTS_FAULTS
    TEST(slots_in_fresh_memory_fault_once_for_each_page);
#endif
}
