/* test_sequencer.c - coroutines that reach numbered places in order. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"

static weft_sequencer sequencer;

static void begin_fresh(void)
{
    sequencer = (weft_sequencer){0};
    begin_with((weft_test_desc){.seed = 0});
}

/* Takes the turns of its places, one after the other, and says their names. */
struct actor {
    WEFT_FRAME;
    const char *places; /* "025" */
    weft_turn turn;
    struct weft_take_turn take;
};

static WEFT_ASYNC(actor, self)
{
    for (; *self->places != '\0'; self->places++) {
        WEFT_TRY(self->take, weft_take_turn, &sequencer, &self->turn,
                 (size_t)(*self->places - '0'));
        weft_trace(&test, (const char[]){*self->places, '\0'});
        weft_end_turn(&self->turn);
    }
WEFT_FINALLY:
    weft_end_turn(&self->turn);
}
WEFT_END

struct actors {
    WEFT_FRAME;
    const char *each[3];
    weft_group group;
    WEFT_TASK(actor) one, two, three;
};

static WEFT_ASYNC(actors, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->one, actor, self->each[0]));
        WEFT_CHECK(weft_spawn(&self->group, &self->two, actor, self->each[1]));
        WEFT_CHECK(weft_spawn(&self->group, &self->three, actor, self->each[2]));
    }
}
WEFT_END

START_TEST(a_zeroed_sequencer_begins_with_place_0)
{
    begin_fresh();
    ck_assert_int_eq(weft_test_run(&test, actor, "0"), 0);
    ck_assert_str_eq(test.trace, "0 ");
    ck_assert_uint_eq(sequencer.next, 1);
}
END_TEST

START_TEST(places_are_reached_in_order_whoever_comes_first)
{
    begin_fresh();
    ck_assert_int_eq(weft_test_run(&test, actors, {"2", "1", "0"}), 0);
    ck_assert_str_eq(test.trace, "0 1 2 ");
}
END_TEST

START_TEST(a_task_may_have_several_places)
{
    begin_fresh();
    ck_assert_int_eq(weft_test_run(&test, actors, {"36", "0257", "148"}), 0);
    ck_assert_str_eq(test.trace, "0 1 2 3 4 5 6 7 8 ");
}
END_TEST

START_TEST(two_places_in_a_row_may_be_one_tasks)
{
    begin_fresh();
    ck_assert_int_eq(weft_test_run(&test, actors, {"01", "2", "34"}), 0);
    ck_assert_str_eq(test.trace, "0 1 2 3 4 ");
}
END_TEST

static void run_actors(weft_test *of, void *context)
{
    (void)context;
    sequencer = (weft_sequencer){0};
    const int status = weft_test_run(of, actors, {"03", "14", "25"});
    if (status == 0 && strcmp(of->trace, "0 1 2 3 4 5 ") != 0) {
        weft_test_fail(of, "out of order", NULL);
    }
    if (sequencer.is_taken || !weft_link_is_empty(&sequencer.waiters)) {
        weft_test_fail(of, "somebody is left", NULL);
    }
}

START_TEST(in_every_schedule_the_order_is_that_of_the_places)
{
    begin_fresh();
    ck_assert_int_gt(weft_test_schedules(&test, 1000, run_actors, NULL), 5);
    ck_assert_clean();
}
END_TEST

/* Places are left out then, and the others may wait for ever. */
static void run_cancelled(weft_test *of, void *context)
{
    (void)context;
    sequencer = (weft_sequencer){0};
    (void)weft_test_run(of, actors, {"03", "14", "25"});
    for (size_t i = 2; i < of->length; i += 2) {
        if (of->trace[i] <= of->trace[i - 2]) {
            weft_test_fail(of, "out of order", NULL);
        }
    }
    if (sequencer.is_taken || !weft_link_is_empty(&sequencer.waiters)) {
        weft_test_fail(of, "somebody is left", NULL);
    }
}

START_TEST(cancelled_at_any_place_it_leaves_nobody_in_it)
{
    begin_with((weft_test_desc){.may_deadlock = true});
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_cancelled, NULL), 10);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_cancelled, NULL), 2);
    ck_assert_clean();
}
END_TEST

/* Has its turn for a while. */
struct slow {
    WEFT_FRAME;
    size_t place;
    weft_turn turn;
    struct weft_take_turn take;
    struct weft_sleep nap;
};

static WEFT_ASYNC(slow, self)
{
    WEFT_TRY(self->take, weft_take_turn, &sequencer, &self->turn, self->place);
    weft_trace(&test, "begins");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_trace(&test, "ends");
WEFT_FINALLY:
    weft_end_turn(&self->turn);
}
WEFT_END

static WEFT_TASK(slow) a, b, c;

START_TEST(a_turn_lasts_until_it_is_ended)
{
    begin();
    sequencer = (weft_sequencer){0};
    START(&b, slow, 1);
    START(&a, slow, 0);
    ck_assert_int_eq(weft_test_run_until(&test, &b.task), 0);
    ck_assert_str_eq(test.trace, "begins@0s ends@1s begins@1s ends@2s ");
}
END_TEST

START_TEST(ending_no_turn_does_nothing)
{
    weft_turn none = {0};
    begin_fresh();
    weft_end_turn(&none);
    ck_assert_uint_eq(sequencer.next, 0);
}
END_TEST

/* Runs so long, then cancels. */
struct canceller {
    WEFT_FRAME;
    weft_task *victim;
    weft_time after;
    struct weft_sleep nap;
};

static WEFT_ASYNC(canceller, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    weft_task_cancel(self->victim);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(9));
}
WEFT_END

START_TEST(a_task_that_is_cancelled_in_its_turn_ends_it_in_finally)
{
    begin_fresh();
    START(&a, slow, 0);
    START(&b, slow, 1);
    ck_assert_int_eq(weft_test_run(&test, canceller, &a.task, WEFT_MS(1)), 0);
    ck_assert_str_eq(test.trace, "begins begins ends ");
    ck_assert_int_eq(a.task.status, WEFT_ECANCELED);
    ck_assert_int_eq(b.task.status, 0);
}
END_TEST

START_TEST(the_place_of_one_who_was_cancelled_while_waiting_may_still_be_taken)
{
    begin_fresh();
    START(&a, slow, 0);
    START(&b, slow, 1);
    ck_assert_int_eq(weft_test_run(&test, canceller, &b.task, WEFT_MS(1)), 0);
    ck_assert_int_eq(b.task.status, WEFT_ECANCELED);
    ck_assert_int_eq(weft_test_run(&test, slow, 1), 0);
    ck_assert_str_eq(test.trace, "begins ends begins ends ");
}
END_TEST

/* Ends its turn, and in the same step cancels the one that has it now, which has not run. */
struct snatches {
    WEFT_FRAME;
    weft_turn turn;
    struct weft_take_turn take;
    struct weft_sleep nap;
};

static WEFT_ASYNC(snatches, self)
{
    WEFT_TRY(self->take, weft_take_turn, &sequencer, &self->turn, 0);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_end_turn(&self->turn);
    weft_task_cancel(&b.task);
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
}
WEFT_END

START_TEST(chosen_and_then_cancelled_before_it_runs_gives_the_turn_back)
{
    begin_fresh();
    START(&b, slow, 1);
    ck_assert_int_eq(weft_test_run(&test, snatches), 0);
    ck_assert_int_eq(b.task.status, WEFT_ECANCELED);
    ck_assert_ptr_null(b.frame.turn.of);
    ck_assert_uint_eq(sequencer.next, 1);
    ck_assert_int_eq(weft_test_run(&test, slow, 1), 0);
    ck_assert_str_eq(test.trace, "begins ends ");
}
END_TEST

START_TEST(a_place_that_nobody_takes_is_a_deadlock)
{
    begin_fresh();
    ck_assert_int_eq(weft_test_run(&test, actors, {"0", "2", "3"}), WEFT_EDEADLOCK);
    ck_assert_str_eq(test.trace, "0 ");
    ck_assert_ptr_nonnull(strstr(printed, "actor: waits in weft_take_turn"));
}
END_TEST

START_TEST(a_place_behind_the_present_one_stops)
{
    begin_fresh();
    (void)weft_test_run(&test, actor, "00");
}
END_TEST

START_TEST(a_place_whose_turn_somebody_has_stops)
{
    begin_fresh();
    START(&a, slow, 0);
    (void)weft_test_run(&test, slow, 0);
}
END_TEST

START_TEST(a_place_for_which_somebody_waits_stops)
{
    begin_fresh();
    START(&a, slow, 3);
    START(&b, slow, 4);
    START(&c, slow, 2);
    (void)weft_test_run(&test, slow, 3);
}
END_TEST

struct greedy {
    WEFT_FRAME;
    weft_turn turn;
    struct weft_take_turn take;
};

static WEFT_ASYNC(greedy, self)
{
    WEFT_TRY(self->take, weft_take_turn, &sequencer, &self->turn, 0);
    WEFT_TRY(self->take, weft_take_turn, &sequencer, &self->turn, 1);
}
WEFT_END

START_TEST(taking_a_turn_before_ending_the_last_stops)
{
    begin_fresh();
    (void)weft_test_run(&test, greedy);
}
END_TEST

enum { MANY = SIZED(10000, 30) };

struct quiet {
    WEFT_FRAME;
    size_t place;
    size_t *next;
    weft_turn turn;
    struct weft_take_turn take;
};

static WEFT_ASYNC(quiet, self)
{
    WEFT_TRY(self->take, weft_take_turn, &sequencer, &self->turn, self->place);
    ck_assert_uint_eq(*self->next, self->place);
    ++*self->next;
    weft_end_turn(&self->turn);
}
WEFT_END

START_TEST(ten_thousand_that_come_in_order_cost_two_steps_each)
{
    static WEFT_TASK(quiet) many[MANY];
    size_t next = 0;
    begin_fresh();
    for (size_t i = 1; i < MANY; i++) {
        START(&many[i], quiet, i, &next);
    }
    START(&many[0], quiet, 0, &next);
    ck_assert_int_eq(weft_test_run_until(&test, &many[MANY - 1].task), 0);
    ck_assert_uint_eq(test.steps, 2 * MANY - 1);
}
END_TEST

SUITE_TOGETHER(sequencer)
{
    TEST(a_zeroed_sequencer_begins_with_place_0);
    TEST(places_are_reached_in_order_whoever_comes_first);
    TEST(a_task_may_have_several_places);
    TEST(two_places_in_a_row_may_be_one_tasks);
    TEST(in_every_schedule_the_order_is_that_of_the_places);
    TEST(cancelled_at_any_place_it_leaves_nobody_in_it);
    TEST(a_turn_lasts_until_it_is_ended);
    TEST(ending_no_turn_does_nothing);
    TEST(a_task_that_is_cancelled_in_its_turn_ends_it_in_finally);
    TEST(the_place_of_one_who_was_cancelled_while_waiting_may_still_be_taken);
    TEST(chosen_and_then_cancelled_before_it_runs_gives_the_turn_back);
    TEST(a_place_that_nobody_takes_is_a_deadlock);
    TEST_STOPS(a_place_behind_the_present_one_stops);
    TEST_STOPS(a_place_whose_turn_somebody_has_stops);
    TEST_STOPS(a_place_for_which_somebody_waits_stops);
    TEST_STOPS(taking_a_turn_before_ending_the_last_stops);
    TEST(ten_thousand_that_come_in_order_cost_two_steps_each);
}
