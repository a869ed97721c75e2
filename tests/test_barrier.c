/* test_barrier.c - nobody goes on before all have come. */
/* SPDX-License-Identifier: MIT */
#include "virtual.h"
#include <weft/barrier.h>

static weft_barrier barrier;

/* Comes so many times, each time after some seconds; says its index. */
struct party {
    WEFT_FRAME;
    char name;
    int after, times;
    struct weft_barrier_wait wait;
    struct weft_sleep nap;
};

static WEFT_ASYNC(party, self)
{
    do {
        if (self->after > 0) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->after));
        }
        WEFT_CATCH(self->wait, weft_barrier_wait, &barrier);
        if (WEFT_STATUS() == 0) {
            say("%c%zu@%d ", self->name, self->wait.index, seconds());
        } else {
            say("%c%d ", self->name, WEFT_STATUS());
        }
    } while (--self->times > 0 && WEFT_STATUS() == 0);
}
WEFT_END

typedef WEFT_TASK(party) party_task;
static party_task p[6];

static void start_parties(int count, size_t parties)
{
    begin();
    barrier = (weft_barrier){.parties = parties};
    for (int i = 0; i < count; i++) {
        START(&p[i], party, (char)('a' + i));
    }
    if (count > 0) {
        run_one_pass();
    }
}

static void join_in(int i)
{
    START(&p[i], party, (char)('a' + i));
}

START_TEST(all_go_on_when_the_last_has_come)
{
    begin();
    barrier = (weft_barrier){.parties = 3};
    START(&p[0], party, 'a', .after = 3);
    START(&p[1], party, 'b', .after = 1);
    START(&p[2], party, 'c', .after = 2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a2@3 b0@3 c1@3 ");
}
END_TEST

START_TEST(nobody_goes_on_as_long_as_one_is_missing)
{
    start_parties(2, 3);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "");
    ck_assert_uint_eq(weft_barrier_waiting(&barrier), 2);
}
END_TEST

START_TEST(the_last_to_come_does_not_wait)
{
    start_parties(3, 3);
    ck_assert_str_eq(trace, "c2@0 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c2@0 a0@0 b1@0 ");
}
END_TEST

START_TEST(a_barrier_of_one_never_waits)
{
    begin();
    barrier = (weft_barrier){.parties = 1};
    START(&p[0], party, 'a', .times = 3);
    run_one_pass();
    ck_assert_str_eq(trace, "a0@0 a0@0 a0@0 ");
}
END_TEST

START_TEST(a_barrier_can_be_used_again_and_again)
{
    begin();
    barrier = (weft_barrier){.parties = 2};
    START(&p[0], party, 'a', .after = 1, .times = 3);
    START(&p[1], party, 'b', .after = 2, .times = 3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1@2 a0@2 b1@4 a0@4 b1@6 a0@6 ");
}
END_TEST

/* Draining. */

START_TEST(nobody_enters_the_next_round_before_all_have_left_the_last)
{
    start_parties(3, 3); /* c goes on, a and b have been let go */
    ck_assert_uint_eq(weft_barrier_waiting(&barrier), 0);
    barrier.parties = 1; /* a round of one would not wait */
    weft_link batch = {0};
    weft_link_splice(&batch, &executor.core.ready);
    join_in(3);
    run_one_pass();
    ck_assert_str_eq(trace, "c2@0 "); /* but it waits, since a and b are not gone */
    weft_link_splice(&executor.core.ready, &batch);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "c2@0 a0@0 b1@0 d0@0 ");
}
END_TEST

START_TEST(those_that_come_while_a_round_leaves_make_the_next_one)
{
    start_parties(1, 2);
    for (int i = 1; i < 6; i++) {
        join_in(i); /* b lets a go, who runs behind all of them; c, d, e and f wait for that */
    }
    run_one_pass();
    ck_assert_str_eq(trace, "b1@0 ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1@0 a0@0 c0@0 d1@0 e0@0 f1@0 ");
}
END_TEST

START_TEST(while_a_round_leaves_nobody_is_said_to_wait)
{
    start_parties(1, 2);
    join_in(1);
    join_in(2);
    run_one_pass();
    ck_assert_uint_eq(weft_barrier_waiting(&barrier), 0);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_uint_eq(weft_barrier_waiting(&barrier), 1);
}
END_TEST

/* Cancelling. */

START_TEST(a_cancelled_party_leaves_and_another_one_is_needed)
{
    start_parties(2, 3);
    ck_assert(weft_task_cancel(&p[0].task));
    run_one_pass();
    ck_assert_uint_eq(weft_barrier_waiting(&barrier), 1);
    join_in(2);
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    join_in(3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 d2@0 b0@0 c1@0 ");
}
END_TEST

START_TEST(a_party_that_was_cancelled_and_has_not_run_does_not_count)
{
    start_parties(2, 3);
    join_in(2); /* stands before the cancelled one in the queue */
    ck_assert(weft_task_cancel(&p[0].task));
    ck_assert_int_eq(run(), WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, "a-4097 ");
    join_in(3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 d2@0 b0@0 c1@0 ");
}
END_TEST

START_TEST(as_many_new_ones_as_were_cancelled_fill_the_round_in_the_same_pass)
{
    start_parties(3, 4);
    join_in(3);
    join_in(4);
    join_in(5);
    ck_assert(weft_task_cancel(&p[0].task));
    ck_assert(weft_task_cancel(&p[2].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "f3@0 a-4097 c-4097 b0@0 d1@0 e2@0 ");
}
END_TEST

struct final {
    WEFT_FRAME;
    struct weft_barrier_wait wait;
};

static WEFT_ASYNC(final, self)
{
    WEFT_CATCH(self->wait, weft_barrier_wait, &barrier);
    say("%d ", WEFT_STATUS());
    WEFT_CATCH(self->wait, weft_barrier_wait, &barrier);
    say("%d ", WEFT_STATUS());
}
WEFT_END

START_TEST(who_was_let_go_has_passed_and_a_cancellation_meets_its_next_wait)
{
    WEFT_TASK(final) task = {0};
    start_parties(0, 2);
    START(&task, final);
    join_in(0);
    run_one_pass();
    ck_assert(weft_task_cancel(&task.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a1@0 0 -4097 ");
    ck_assert_uint_eq(weft_barrier_waiting(&barrier), 0);
}
END_TEST

/* Waits 5 seconds for the others. */
struct patient {
    WEFT_FRAME;
    weft_scope patience;
    struct weft_barrier_wait wait;
};

static WEFT_ASYNC(patient, self)
{
    WEFT_TIMEOUT(self->patience, WEFT_S(5)) {
        WEFT_TRY(self->wait, weft_barrier_wait, &barrier);
    }
WEFT_FINALLY:
    say("%d ", WEFT_OUTCOME());
}
WEFT_END

START_TEST(a_timeout_in_the_same_pass_as_the_last_one_comes_is_one_or_the_other)
{
    const bool let_go_first = _i == 0;
    WEFT_TASK(patient) task = {0};
    start_parties(0, 2);
    START(&task, patient);
    run_one_pass();
    join_in(0);
    if (let_go_first) {
        run_one_pass();
    }
    virtual_now = WEFT_S(5);
    ck_assert_int_eq(run(), let_go_first ? 0 : WEFT_EDEADLOCK);
    ck_assert_str_eq(trace, let_go_first ? "a1@0 0 " : "-4098 ");
}
END_TEST

/* Broken. */

START_TEST(a_reset_tells_those_that_wait_and_the_next_round_can_begin)
{
    start_parties(2, 3);
    weft_barrier_reset(&barrier);
    ck_assert(!weft_barrier_is_broken(&barrier));
    for (int i = 3; i < 6; i++) {
        join_in(i);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4112 b-4112 f2@0 d0@0 e1@0 ");
}
END_TEST

START_TEST(after_a_reset_the_next_round_waits_until_those_that_were_told_have_left)
{
    start_parties(2, 3);
    barrier.parties = 1;
    join_in(3);
    weft_barrier_reset(&barrier);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4112 b-4112 d0@0 ");
}
END_TEST

START_TEST(a_reset_of_an_empty_barrier_does_nothing)
{
    start_parties(0, 2);
    weft_barrier_reset(&barrier);
    join_in(0);
    join_in(1);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1@0 a0@0 ");
}
END_TEST

START_TEST(who_was_let_go_goes_on_whatever_happens_then)
{
    start_parties(2, 2);
    if (_i == 0) {
        weft_barrier_reset(&barrier);
    } else {
        weft_barrier_abort(&barrier);
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "b1@0 a0@0 ");
}
END_TEST

START_TEST(an_aborted_barrier_is_broken_for_those_that_wait_and_those_that_come)
{
    start_parties(2, 3);
    weft_barrier_abort(&barrier);
    ck_assert(weft_barrier_is_broken(&barrier));
    join_in(2);
    ck_assert_int_eq(run(), 0);
    join_in(3);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4112 b-4112 c-4112 d-4112 ");
}
END_TEST

START_TEST(a_reset_mends_a_broken_barrier)
{
    start_parties(1, 2);
    weft_barrier_abort(&barrier);
    weft_barrier_reset(&barrier);
    ck_assert(!weft_barrier_is_broken(&barrier));
    join_in(1);
    join_in(2);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4112 c1@0 b0@0 ");
}
END_TEST

START_TEST(who_was_told_that_it_is_broken_and_is_cancelled_then_has_been_told)
{
    start_parties(1, 2);
    weft_barrier_abort(&barrier);
    ck_assert(weft_task_cancel(&p[0].task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4112 ");
}
END_TEST

START_TEST(who_was_cancelled_before_it_broke_is_cancelled)
{
    start_parties(2, 3);
    ck_assert(weft_task_cancel(&p[0].task));
    weft_barrier_abort(&barrier);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "a-4097 b-4112 ");
    weft_barrier_reset(&barrier);
    ck_assert_uint_eq(weft_barrier_waiting(&barrier), 0);
}
END_TEST

/* Misuse. */

START_TEST(a_barrier_of_no_parties_stops)
{
    start_parties(1, 0);
}
END_TEST

struct forgetful {
    WEFT_FRAME;
    struct weft_barrier_wait wait;
};

static WEFT_ASYNC(forgetful, self)
{
    WEFT_TRY(self->wait, weft_barrier_wait);
}
WEFT_END

START_TEST(a_forgotten_barrier_stops)
{
    WEFT_TASK(forgetful) task = {0};
    begin();
    START(&task, forgetful);
    (void)run();
}
END_TEST

SUITE(barrier)
{
    TEST(all_go_on_when_the_last_has_come);
    TEST(nobody_goes_on_as_long_as_one_is_missing);
    TEST(the_last_to_come_does_not_wait);
    TEST(a_barrier_of_one_never_waits);
    TEST(a_barrier_can_be_used_again_and_again);
    TEST(nobody_enters_the_next_round_before_all_have_left_the_last);
    TEST(those_that_come_while_a_round_leaves_make_the_next_one);
    TEST(while_a_round_leaves_nobody_is_said_to_wait);
    TEST(a_cancelled_party_leaves_and_another_one_is_needed);
    TEST(a_party_that_was_cancelled_and_has_not_run_does_not_count);
    TEST(as_many_new_ones_as_were_cancelled_fill_the_round_in_the_same_pass);
    TEST(who_was_let_go_has_passed_and_a_cancellation_meets_its_next_wait);
    TEST_EACH(a_timeout_in_the_same_pass_as_the_last_one_comes_is_one_or_the_other, 2);
    TEST(a_reset_tells_those_that_wait_and_the_next_round_can_begin);
    TEST(after_a_reset_the_next_round_waits_until_those_that_were_told_have_left);
    TEST(a_reset_of_an_empty_barrier_does_nothing);
    TEST_EACH(who_was_let_go_goes_on_whatever_happens_then, 2);
    TEST(an_aborted_barrier_is_broken_for_those_that_wait_and_those_that_come);
    TEST(a_reset_mends_a_broken_barrier);
    TEST(who_was_told_that_it_is_broken_and_is_cancelled_then_has_been_told);
    TEST(who_was_cancelled_before_it_broke_is_cancelled);
    TEST_STOPS(a_barrier_of_no_parties_stops);
    TEST_STOPS(a_forgotten_barrier_stops);
}
