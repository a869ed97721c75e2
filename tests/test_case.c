/* test_case.c - waits of one's own kind, of which exactly one happens. */
/* SPDX-License-Identifier: MIT */
#include <weft/explore.h>
#include <weft/select.h>

#include "virtual.h" /* its names would hide those of parameters in the headers */

/* A gong rings once for each who waits. Each function of its kind says its name. */
struct gong {
    char name;
    unsigned rings;
    int told;
    weft_link waiters;
};

static bool gong_is_ready(weft_case *self)
{
    const struct gong *const gong = self->of;
    say("%c? ", gong->name);
    return gong->rings > 0;
}

static void gong_arm(weft_case *self)
{
    struct gong *const gong = self->of;
    say("%c+ ", gong->name);
    weft_case_hang(self, &gong->waiters);
}

static int gong_take(weft_case *self)
{
    struct gong *const gong = self->of;
    say("%c! ", gong->name);
    gong->rings--;
    return gong->told;
}

static int gong_told(weft_case *self)
{
    const struct gong *const gong = self->of;
    ck_assert(self->happened && !self->is_armed);
    say("%c~ ", gong->name);
    return gong->told;
}

static void gong_disarm(weft_case *self)
{
    const struct gong *const gong = self->of;
    ck_assert(!self->happened && !self->is_armed);
    ck_assert(weft_link_is_empty(&self->waiter.link));
    say("%c- ", gong->name);
}

static weft_case *on_gong(weft_case *place, struct gong *gong)
{
    static const weft_case_kind kind = {.is_ready = gong_is_ready,
                                        .arm = gong_arm,
                                        .take = gong_take,
                                        .told = gong_told,
                                        .disarm = gong_disarm};
    return weft_case_init(place, &kind, gong);
}

static void ring(struct gong *gong)
{
    weft_waiter *const waiter = weft_waiter_next(&gong->waiters);
    if (waiter != NULL) {
        weft_waiter_wake(waiter);
    } else {
        gong->rings++;
    }
}

static struct gong left, right;

struct monk {
    WEFT_FRAME;
    char name;
    bool biased;
    weft_case cases[3];
    struct weft_select select;
};

static WEFT_ASYNC(monk, self)
{
    WEFT_CATCH(self->select, weft_select,
               WEFT_CASES(on_gong(&self->cases[0], &left), NULL, on_gong(&self->cases[1], &right)),
               .biased = self->biased);
    say("%c%d%d%d ", self->name, self->cases[0].happened, self->cases[1].happened, WEFT_STATUS());
    ck_assert_int_eq(self->cases[0].status + self->cases[1].status,
                     WEFT_STATUS() == WEFT_ECANCELED ? 0 : WEFT_STATUS());
}
WEFT_END

typedef WEFT_TASK(monk) monk_task;

static void begin_gongs(void)
{
    begin();
    left = (struct gong){.name = 'l'};
    right = (struct gong){.name = 'r'};
}

START_TEST(one_that_is_ready_is_taken_and_none_is_armed)
{
    monk_task a = {0};
    begin_gongs();
    ring(&right);
    START(&a, monk, 'a');
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? r? r! a010 ");
    ck_assert_uint_eq(right.rings, 0);
}
END_TEST

START_TEST(biased_nobody_is_asked_behind_one_that_is_ready)
{
    monk_task a = {0};
    begin_gongs();
    ring(&left);
    START(&a, monk, 'a', .biased = true);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? l! a100 ");
}
END_TEST

START_TEST(taking_may_fail_and_that_is_the_status)
{
    monk_task a = {0};
    begin_gongs();
    ring(&right);
    right.told = -7;
    START(&a, monk, 'a');
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? r? r! a01-7 ");
}
END_TEST

START_TEST(when_one_is_told_the_others_are_disarmed_at_once)
{
    monk_task a = {0};
    begin_gongs();
    START(&a, monk, 'a');
    run_one_pass();
    ring(&left);
    ck_assert_str_eq(trace, "l? r? l+ r+ r- l~ ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? r? l+ r+ r- l~ a100 ");
}
END_TEST

START_TEST(the_last_look_of_the_one_that_was_told_is_the_status)
{
    monk_task a = {0};
    begin_gongs();
    START(&a, monk, 'a');
    run_one_pass();
    left.told = -7;
    ring(&left);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? r? l+ r+ r- l~ a10-7 ");
}
END_TEST

START_TEST(a_status_with_which_it_was_told_is_the_status)
{
    monk_task a = {0};
    begin_gongs();
    left.told = -7;
    START(&a, monk, 'a');
    run_one_pass();
    weft_waiter_choose(weft_waiter_first(&left.waiters), -8);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? r? l+ r+ r- l~ a10-8 ");
}
END_TEST

START_TEST(cancelled_all_are_disarmed_when_the_task_runs)
{
    monk_task a = {0};
    begin_gongs();
    START(&a, monk, 'a');
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_str_eq(trace, "l? r? l+ r+ ");
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? r? l+ r+ l- r- a00-4097 ");
}
END_TEST

START_TEST(who_tells_one_that_was_cancelled_tells_nobody)
{
    monk_task a = {0};
    begin_gongs();
    START(&a, monk, 'a');
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    weft_waiter_wake(weft_waiter_first(&left.waiters));
    weft_waiter_choose(weft_waiter_first(&right.waiters), -8);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? r? l+ r+ l- r- a00-4097 ");
}
END_TEST

START_TEST(what_could_be_lost_is_given_to_the_next_who_waits)
{
    monk_task a = {0}, b = {0};
    begin_gongs();
    START(&a, monk, 'a');
    START(&b, monk, 'b');
    run_one_pass();
    ck_assert(weft_task_cancel(&a.task));
    ring(&left);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace + strlen("l? r? l+ r+ l? r? l+ r+ "), "r- l~ l- r- a00-4097 b100 ");
    ck_assert_uint_eq(left.rings, 0);
}
END_TEST

START_TEST(told_and_then_cancelled_it_has_happened)
{
    monk_task a = {0};
    begin_gongs();
    START(&a, monk, 'a');
    run_one_pass();
    ring(&right);
    ck_assert(weft_task_cancel(&a.task));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? r? l+ r+ l- r~ a010 ");
}
END_TEST

/* A kind that has no more than it must. */
static bool never(weft_case *self)
{
    (void)self;
    return false;
}

static void hang_only(weft_case *self)
{
    weft_case_hang(self, self->of);
}

struct plain {
    WEFT_FRAME;
    weft_link *list;
    weft_case mine, gong;
    struct weft_select select;
};

static WEFT_ASYNC(plain, self)
{
    static const weft_case_kind kind = {.is_ready = never, .arm = hang_only};
    WEFT_TRY(
        self->select, weft_select,
        WEFT_CASES(weft_case_init(&self->mine, &kind, self->list), on_gong(&self->gong, &left)));
    say("%d%d ", self->mine.happened, self->gong.happened);
}
WEFT_END

START_TEST(a_kind_may_leave_out_what_it_does_not_need)
{
    weft_link list = {0};
    WEFT_TASK(plain) task = {0};
    begin_gongs();
    START(&task, plain, &list);
    run_one_pass();
    weft_waiter_wake(weft_waiter_next(&list));
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? l+ l- 10 ");
    START(&task, plain, &list);
    run_one_pass();
    ring(&left);
    ck_assert_int_eq(run(), 0);
    ck_assert_str_eq(trace, "l? l+ l- 10 l? l+ l~ 01 ");
    ck_assert(weft_link_is_empty(&list));
}
END_TEST

START_TEST(a_case_twice_in_one_select_stops)
{
    weft_case one;
    (void)WEFT_CASES(on_gong(&one, &left), on_gong(&one, &left));
}
END_TEST

START_TEST(a_case_that_was_not_set_up_anew_stops)
{
    weft_case one;
    weft_case *const first = WEFT_CASES(on_gong(&one, &left));
    (void)WEFT_CASES(first);
}
END_TEST

struct again {
    WEFT_FRAME;
    weft_case one;
    weft_case *cases;
    struct weft_select select;
};

static WEFT_ASYNC(again, self)
{
    self->cases = WEFT_CASES(weft_on_timer(&self->one, 0));
    WEFT_TRY(self->select, weft_select, self->cases);
    WEFT_TRY(self->select, weft_select, self->cases);
}
WEFT_END

START_TEST(the_same_cases_in_a_second_select_stop)
{
    WEFT_TASK(again) task = {0};
    begin();
    START(&task, again);
    (void)run();
}
END_TEST

/* --- chance is part of a test's schedule ------------------------------------------------------ */

static weft_test test;
static char recorded[256];

struct dice {
    WEFT_FRAME;
    weft_case cases[3];
    struct weft_select select;
};

static WEFT_ASYNC(dice, self)
{
    WEFT_TRY(self->select, weft_select,
             WEFT_CASES(weft_on_timer(&self->cases[0], 0),
                        weft_on_timer(&self->cases[1], WEFT_S(1)),
                        weft_on_timer(&self->cases[2], 0)));
    weft_trace(&test, self->cases[0].happened ? "first" : "third");
}
WEFT_END

static void roll(weft_test *of, void *context)
{
    (void)context;
    ck_assert_int_eq(weft_test_run(of, dice), 0);
    strcat(recorded, of->trace);
}

START_TEST(each_that_is_ready_is_a_schedule_of_its_own)
{
    weft_test_init(&test, NULL);
    ck_assert_int_eq(weft_test_schedules(&test, 100, roll, NULL), 2);
    ck_assert_str_eq(recorded, "first third ");
}
END_TEST

START_TEST(with_a_seed_chance_depends_on_the_seed_alone)
{
    char traces[2][256] = {"", ""};
    for (int i = 0; i < 2; i++) {
        for (uint32_t seed = 1; seed <= 20; seed++) {
            weft_test_init(&test, &(weft_test_desc){.seed = seed});
            roll(&test, NULL);
            strcat(traces[i], test.trace);
        }
    }
    ck_assert_str_eq(traces[0], traces[1]);
    ck_assert_ptr_nonnull(strstr(traces[0], "first"));
    ck_assert_ptr_nonnull(strstr(traces[0], "third"));
}
END_TEST

SUITE_TOGETHER(case)
{
    TEST(one_that_is_ready_is_taken_and_none_is_armed);
    TEST(biased_nobody_is_asked_behind_one_that_is_ready);
    TEST(taking_may_fail_and_that_is_the_status);
    TEST(when_one_is_told_the_others_are_disarmed_at_once);
    TEST(the_last_look_of_the_one_that_was_told_is_the_status);
    TEST(a_status_with_which_it_was_told_is_the_status);
    TEST(cancelled_all_are_disarmed_when_the_task_runs);
    TEST(who_tells_one_that_was_cancelled_tells_nobody);
    TEST(what_could_be_lost_is_given_to_the_next_who_waits);
    TEST(told_and_then_cancelled_it_has_happened);
    TEST(a_kind_may_leave_out_what_it_does_not_need);
    TEST_STOPS(a_case_twice_in_one_select_stops);
    TEST_STOPS(a_case_that_was_not_set_up_anew_stops);
    TEST_STOPS(the_same_cases_in_a_second_select_stop);

    TEST(each_that_is_ready_is_a_schedule_of_its_own);
    TEST(with_a_seed_chance_depends_on_the_seed_alone);
}
