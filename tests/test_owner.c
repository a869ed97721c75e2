/* test_owner.c - who is told when a task ends: a row, whose last member is the owner proper. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <weft/owner.h>

static weft_core core;
static weft_task task;
static weft_owner group, other, watchers[3];
static weft_link children; /* of the group */
static char told[8];

static weft_time now(void *context)
{
    (void)context;
    return 0;
}

static const weft_port port = {.now = now};

/* `g` and `o` are owners proper, `0` to `2` watch. */
static void take_end(weft_owner *owner, weft_task *ended)
{
    const ptrdiff_t at = owner - watchers;
    ck_assert_ptr_eq(ended, &task);
    told[strlen(told)] = owner == &group ? 'g' : owner == &other ? 'o' : (char)('0' + at);
}

static void begin(size_t count)
{
    const weft_owner proper = {.core = &core, .ended = take_end};
    weft_core_init(&core, &port, NULL);
    memset(told, 0, sizeof told);
    memset(&task, 0, sizeof task);
    group = other = proper;
    task.owner = &group;
    weft_link_init(&children);
    weft_link_insert(&children, &task.sibling);
    for (size_t i = 0; i < count; i++) {
        watchers[i] = (weft_owner){.ended = take_end};
        weft__watch_end(&task, &watchers[i]);
    }
}

static const char *end(void)
{
    ck_assert_ptr_eq(weft_task_core(&task), &core);
    weft__tell_end(&task);
    ck_assert(weft_link_is_empty(&children));
    ck_assert_ptr_null(task.sibling.next);
    return told;
}

START_TEST(those_who_watch_are_told_in_their_order_and_the_owner_proper_last)
{
    begin(3);
    ck_assert_ptr_eq(weft__owner_proper(&task), &group);
    ck_assert_str_eq(end(), "012g");
}
END_TEST

START_TEST(alone_the_owner_proper_is_told)
{
    begin(0);
    ck_assert_ptr_eq(weft__owner_proper(&task), &group);
    ck_assert_str_eq(end(), "g");
}
END_TEST

START_TEST(after_its_end_a_task_still_knows_its_core)
{
    begin(1);
    (void)end();
    ck_assert_ptr_eq(weft_task_core(&task), &core);
}
END_TEST

/* Each subset of three is taken out, in ascending order and in descending order. */
START_TEST(who_is_taken_out_is_not_told_whichever_it_is)
{
    const unsigned out = (unsigned)_i / 2;
    char expected[8] = "";
    begin(3);
    for (size_t i = 0; i < 3; i++) {
        const size_t at = _i % 2 == 0 ? i : 2 - i;
        if ((out >> at & 1) != 0) {
            weft__unwatch_end(&task, &watchers[at]);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        if ((out >> i & 1) == 0) {
            expected[strlen(expected)] = (char)('0' + i);
        }
    }
    expected[strlen(expected)] = 'g';
    ck_assert_ptr_eq(weft__owner_proper(&task), &group);
    ck_assert_str_eq(end(), expected);
}
END_TEST

START_TEST(who_is_taken_out_can_stand_at_the_end_again)
{
    begin(3);
    weft__unwatch_end(&task, &watchers[_i]);
    watchers[_i] = (weft_owner){.ended = take_end};
    weft__watch_end(&task, &watchers[_i]);
    ck_assert_str_eq(end(), ((const char *[]){"120g", "021g", "012g"})[_i]);
}
END_TEST

START_TEST(the_owner_proper_changes_and_those_who_watch_stay)
{
    begin((size_t)_i);
    weft__change_owner(&task, &other);
    ck_assert_ptr_eq(weft__owner_proper(&task), &other);
    ck_assert_str_eq(end(), ((const char *[]){"o", "0o", "01o", "012o"})[_i]);
}
END_TEST

SUITE(owner)
{
    TEST(those_who_watch_are_told_in_their_order_and_the_owner_proper_last);
    TEST(alone_the_owner_proper_is_told);
    TEST(after_its_end_a_task_still_knows_its_core);
    TEST_EACH(who_is_taken_out_is_not_told_whichever_it_is, 16);
    TEST_EACH(who_is_taken_out_can_stand_at_the_end_again, 3);
    TEST_EACH(the_owner_proper_changes_and_those_who_watch_stay, 4);
}
