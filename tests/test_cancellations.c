/* test_cancellations.c - a program is cancelled at every place where it can be. */
/* SPDX-License-Identifier: MIT */
#include "tested.h"
#include <weft/queue.h>
#include <weft/sync.h>

static char recorded[SIZED(4096, 512)]; /* by the programs: one trace a run */
static weft_test_resource file = {.name = "file"};
static weft_test_resource lock = {.name = "lock"};

static void begin_recording(void)
{
    recorded[0] = '\0';
    begin_with((weft_test_desc){.seed = 0});
}

/* Records the trace of this run without its last space, and a bar. */
static void record(void)
{
    if (test.length > 0) {
        strncat(recorded, test.trace, test.length - 1);
    }
    strcat(recorded, "|");
}

/* Holds two things, one after the other, and gives them back in a cleanup that waits. */
struct tidy {
    WEFT_FRAME;
    bool has_file, has_lock;
    struct weft_sleep nap;
};

static WEFT_ASYNC(tidy, self)
{
    weft_test_acquire(&test, &file);
    self->has_file = true;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_test_acquire(&test, &lock);
    self->has_lock = true;
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_trace(&test, "done");
WEFT_FINALLY:
    if (self->has_lock) {
        weft_test_release(&test, &lock);
    }
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    if (self->has_file) {
        weft_test_release(&test, &file);
    }
    weft_trace(&test, WEFT_OUTCOME() == WEFT_ECANCELED ? "cancelled" : "ended");
}
WEFT_END

static void run_tidy(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, tidy);
    record();
}

/* Three waits, the last in the cleanup: before the first step, and on both sides of each wait. */
START_TEST(a_main_task_is_cancelled_once_at_each_place_and_then_left_alone)
{
    begin_recording();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_tidy, NULL), 7);
    ck_assert_str_eq(recorded, "cancelled|cancelled|cancelled|cancelled|cancelled|"
                               "done ended|done ended|done ended|");
}
END_TEST

/* Forgets its file when it is cancelled in the second wait. */
struct leaky {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(leaky, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_test_acquire(&test, &file);
    weft_trace(&test, "acquired");
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    weft_test_release(&test, &file);
}
WEFT_END

static void run_leaky(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, leaky);
}

START_TEST(a_place_where_a_cancellation_leaks_is_found)
{
    begin_recording();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_leaky, NULL), -4);
    ck_assert_str_eq(test.failure, "not released");
    ck_assert_str_eq(printed,
                     "place 4 (leaky.weft_sleep): not released: file\n    trace: acquired \n");
}
END_TEST

START_TEST(a_failed_search_leaves_nothing_behind_for_the_next)
{
    begin_recording();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_leaky, NULL), -4);
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_tidy, NULL), 7);
}
END_TEST

/* Releases twice when it is cancelled. */
struct eager_to_release {
    WEFT_FRAME;
    struct weft_sleep nap;
};

static WEFT_ASYNC(eager_to_release, self)
{
    weft_test_acquire(&test, &file);
    WEFT_CATCH(self->nap, weft_sleep, WEFT_S(1));
    if (WEFT_STATUS() < 0) {
        weft_test_release(&test, &file);
    }
    weft_test_release(&test, &file);
}
WEFT_END

static void run_eager_to_release(weft_test *of, void *context)
{
    (void)context;
    (void)weft_test_run(of, eager_to_release);
}

START_TEST(what_is_released_twice_is_found)
{
    begin_recording();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_MAIN, run_eager_to_release, NULL),
                     -2);
    ck_assert_str_eq(test.failure, "released, but not held");
}
END_TEST

static void run_without(weft_test *of, void *context)
{
    (void)of, (void)context;
}

START_TEST(a_program_that_runs_nothing_has_no_place)
{
    begin_recording();
    ck_assert_int_eq(weft_test_cancellations(&test, WEFT_TEST_ANY, run_without, NULL), 0);
}
END_TEST

/* --- an item that is lost --------------------------------------------------------------------- */

/* A box for one item, which is handed to the one who waits. Planted, unless it is told to give
 * back: who was chosen, and is cancelled before it runs, forgets its item. */
struct box {
    int items; /* in it */
    bool gives_back;
    weft_link takers;
};

struct take {
    WEFT_FRAME;
    struct box *box;
    bool was_chosen;
};

static void put_into(struct box *box)
{
    weft_task *const taker = weft_first_waiter(&box->takers);
    if (taker != NULL) {
        ((struct take *)(void *)taker->chain.top)->was_chosen = true;
        weft_wake(taker);
    } else {
        box->items++;
    }
}

static WEFT_ASYNC(take, self)
{
    if (self->box->items > 0) {
        self->box->items--;
        WEFT_RETURN(0);
    }
    WEFT_PARK(&self->box->takers);
    if (WEFT_STATUS() < 0 && self->was_chosen && self->box->gives_back) {
        put_into(self->box);
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

struct taker {
    WEFT_FRAME;
    struct box *box;
    int *taken;
    struct take take;
};

static WEFT_ASYNC(taker, self)
{
    WEFT_TRY(self->take, take, self->box);
    ++*self->taken;
}
WEFT_END

struct post {
    WEFT_FRAME;
    struct box *box;
    int *taken;
    weft_group group;
    WEFT_TASK(taker) taker;
    struct weft_sleep nap;
};

static WEFT_ASYNC(post, self)
{
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->taker, taker, self->box, self->taken));
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        put_into(self->box);
        weft_trace(&test, "put");
    }
}
WEFT_END

static void run_post(weft_test *of, void *context)
{
    struct box box = {.gives_back = *(bool *)context};
    int taken = 0;
    (void)weft_test_run(of, post, &box, &taken);
    if (of->length > 0 && taken + box.items != 1) {
        weft_test_fail(of, "an item was lost", NULL);
    }
}

START_TEST(an_item_that_is_lost_by_a_cancellation_is_found)
{
    begin();
    const int run = weft_test_cancellations(&test, WEFT_TEST_ANY, run_post, &(bool){false});
    ck_assert_int_lt(run, 0);
    ck_assert_str_eq(test.failure, "an item was lost");
    ck_assert_ptr_nonnull(strstr(printed, " (taker.take): an item was lost\n    trace: put@1s \n"));
}
END_TEST

START_TEST(one_that_is_given_back_is_not_lost)
{
    begin();
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_post, &(bool){true}), 5);
    ck_assert_clean();
}
END_TEST

/* --- a larger program ------------------------------------------------------------------------ */

/* A producer and two consumers over a queue, and a semaphore: cancelled at any place, no item is
 * in two hands and no permit is lost. */
struct consumer {
    WEFT_FRAME;
    weft_queue *queue;
    weft_semaphore *limit;
    int *sum;
    int item;
    weft_hold turn;
    union {
        struct weft_get get;
        struct weft_acquire acquire;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(consumer, self)
{
    for (;;) {
        WEFT_TRY(self->get, weft_get, self->queue, &self->item);
        *self->sum += self->item;
        WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
        weft_test_acquire(&test, &lock);
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
        weft_test_release(&test, &lock);
        weft_release(&self->turn);
    }
WEFT_FINALLY:
    if (self->turn.of != NULL && lock.held > 0) {
        weft_test_release(&test, &lock);
    }
    weft_release(&self->turn);
}
WEFT_END

struct factory {
    WEFT_FRAME;
    weft_queue *queue;
    weft_semaphore *limit;
    int *sum;
    int item;
    weft_group group;
    WEFT_TASK(consumer) a, b;
    union {
        struct weft_put put;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(factory, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_CHECK(
            weft_spawn(&self->group, &self->a, consumer, self->queue, self->limit, self->sum));
        WEFT_CHECK(
            weft_spawn(&self->group, &self->b, consumer, self->queue, self->limit, self->sum));
        for (self->item = 1; self->item <= 4; self->item++) {
            if (self->item % 2 == 1) { /* at first the consumers wait, then the producer */
                WEFT_TRY(self->nap, weft_sleep, WEFT_S(3));
            }
            WEFT_TRY(self->put, weft_put, self->queue, &self->item);
        }
        weft_queue_shutdown(self->queue, false);
    }
}
WEFT_END

static void run_factory(weft_test *of, void *context)
{
    int room[1], sum = 0, rest = 0, item;
    weft_queue queue;
    weft_semaphore limit = {.permits = 1};
    weft_queue_init(&queue, room, sizeof room[0], 1);
    (void)context;
    const int status = weft_test_run(of, factory, &queue, &limit, &sum);
    while (weft_get_nowait(&queue, &item) == 0) {
        rest += item;
    }
    if (limit.permits != 1) {
        weft_test_fail(of, "a permit was lost", NULL);
    }
    if (status == 0 && sum + rest != 1 + 2 + 3 + 4) {
        weft_test_fail(of, "an item was lost", NULL);
    }
    if (status != 0 && status != WEFT_ECANCELED) {
        weft_test_fail(of, "it failed", weft_status_text(status));
    }
}

START_TEST(any_task_of_a_program_is_cancelled_at_each_of_its_places)
{
    begin_recording();
    const int of_main = weft_test_cancellations(&test, WEFT_TEST_MAIN, run_factory, NULL);
    ck_assert_int_gt(of_main, 0);
    ck_assert_int_gt(weft_test_cancellations(&test, WEFT_TEST_ANY, run_factory, NULL), of_main);
    ck_assert_str_eq(printed, "");
}
END_TEST

START_TEST(every_schedule_of_a_program_leaves_nothing_behind)
{
    begin_recording();
    ck_assert_int_gt(weft_test_schedules(&test, 10000, run_factory, NULL), 1);
    ck_assert_str_eq(printed, "");
}
END_TEST

SUITE_TOGETHER(cancellations)
{
    TEST(a_main_task_is_cancelled_once_at_each_place_and_then_left_alone);
    TEST(a_place_where_a_cancellation_leaks_is_found);
    TEST(a_failed_search_leaves_nothing_behind_for_the_next);
    TEST(what_is_released_twice_is_found);
    TEST(a_program_that_runs_nothing_has_no_place);
    TEST(an_item_that_is_lost_by_a_cancellation_is_found);
    TEST(one_that_is_given_back_is_not_lost);
    TEST(any_task_of_a_program_is_cancelled_at_each_of_its_places);
    TEST(every_schedule_of_a_program_leaves_nothing_behind);
}
