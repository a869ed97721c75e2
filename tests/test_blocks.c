/* test_blocks.c - blocks nested in every order and left in every way. */
/* SPDX-License-Identifier: MIT */
/*
 * Five kinds of blocks, T(imeout), M(ove on), S(hield), G(roup) and F(or each), in pairs, in a body
 * and in a cleanup, once and in a loop:
 *
 *     limit {                            m: what it ends with
 *         outer {                        a: a group's child has ended, a generator was closed
 *             inner {                    b: the same
 *                 ten ways to leave
 *             }
 *             i
 *         }
 *         o, and a wait
 *     }
 */
#include "virtual.h"

enum way {
    BY_END,
    BY_BREAK,
    BY_CONTINUE,
    BY_TRY,
    BY_AWAIT, /* in a task that has cancelled itself */
    BY_CHECK,
    BY_RETURN,
    BY_RETURN_0,
    BY_CANCEL,  /* while it waits */
    BY_TIMEOUT, /* of the limit around both, while it waits */
    WAYS
};

struct failing {
    WEFT_FRAME;
    int status;
};

static WEFT_ASYNC(failing, self)
{
    WEFT_RETURN(self->status);
}
WEFT_END

/* A generator of one value; its cleanup waits. */
struct one_value {
    WEFT_FRAME;
    char name;
    struct weft_sleep nap;
};

static WEFT_ASYNC(one_value, self)
{
    WEFT_YIELD((void)0);
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, 0);
    say("%c", self->name);
}
WEFT_END

/* A child of a group: the one of the inner group works for 5 seconds, that of the outer for 10. */
struct child {
    WEFT_FRAME;
    char name;
    struct weft_sleep nap;
};

static WEFT_ASYNC(child, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->name == 'a' ? 10 : 5));
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, 0);
    say("%c", self->name);
}
WEFT_END

#define FIELDS                                                                                     \
    WEFT_FRAME;                                                                                    \
    enum way way;                                                                                  \
    int rounds, i;                                                                                 \
    weft_scope limit, a_scope, b_scope;                                                            \
    weft_group a_group, b_group;                                                                   \
    struct one_value a_each, b_each;                                                               \
    WEFT_TASK(child) a_child, b_child;                                                             \
    struct failing failing;                                                                        \
    struct weft_sleep nap

/* One of all these coroutines runs at a time, and each takes as much room. */
struct any {
    FIELDS;
};
static WEFT_TASK(any) room[1];

#define OPEN_T(x) WEFT_TIMEOUT(self->x##_scope, WEFT_S(100))
#define OPEN_M(x) WEFT_MOVE_ON(self->x##_scope, WEFT_S(100))
#define OPEN_S(x) WEFT_SHIELD(self->x##_scope, 0)
#define OPEN_G(x) WEFT_GROUP(self->x##_group)
#define OPEN_F(x) WEFT_FOR_EACH(self->x##_each, one_value, #x[0])
#define FILL_T(x) (void)0
#define FILL_M(x) (void)0
#define FILL_S(x) (void)0
#define FILL_G(x) WEFT_CHECK(weft_spawn(&self->x##_group, &self->x##_child, child, #x[0]))
#define FILL_F(x) (void)0

#define LEAVE                                                                                      \
    if (self->way == BY_BREAK) {                                                                   \
        break;                                                                                     \
    } else if (self->way == BY_CONTINUE) {                                                         \
        continue;                                                                                  \
    } else if (self->way == BY_TRY) {                                                              \
        WEFT_TRY(self->failing, failing, -5);                                                      \
    } else if (self->way == BY_AWAIT) {                                                            \
        (void)weft_task_cancel(WEFT_SELF());                                                       \
        WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(3));                                              \
    } else if (self->way == BY_CHECK) {                                                            \
        WEFT_CHECK(-6);                                                                            \
    } else if (self->way == BY_RETURN) {                                                           \
        WEFT_RETURN(-7);                                                                           \
    } else if (self->way == BY_RETURN_0) {                                                         \
        WEFT_RETURN(0);                                                                            \
    } else if (self->way == BY_CANCEL || self->way == BY_TIMEOUT) {                                \
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(3));                                                \
    }

/* clang-format off */
#define BLOCKS(OUTER, INNER)                                                                       \
    for (self->i = 0; self->i < self->rounds; self->i++) {                                         \
        WEFT_MOVE_ON(self->limit, self->way == BY_TIMEOUT ? WEFT_S(1) : WEFT_FOREVER) {            \
            OPEN_##OUTER(a) {                                                                      \
                FILL_##OUTER(a);                                                                   \
                OPEN_##INNER(b) {                                                                  \
                    FILL_##INNER(b);                                                               \
                    LEAVE                                                                          \
                }                                                                                  \
                say("i");                                                                          \
            }                                                                                      \
            say("o");                                                                              \
            WEFT_TRY(self->nap, weft_sleep, 0);                                                    \
        }                                                                                          \
        say("m%d ", WEFT_STATUS());                                                                \
    }

#define START_IN_ROOM(name)                                                                        \
    static weft_task *start_##name(enum way way, int rounds)                                       \
    {                                                                                              \
        typedef WEFT_TASK(name) slot_of_it;                                                        \
        slot_of_it *const slot = (slot_of_it *)(void *)room;                                       \
        WEFT__STATIC_ASSERT(sizeof *slot == sizeof room, "all take as much");                      \
        memset(room, 0, sizeof room);                                                              \
        START(slot, name, way, rounds);                                                            \
        return &slot->task;                                                                        \
    }

#define PAIR(OUTER, INNER)                                                                         \
    struct body_##OUTER##INNER {                                                                   \
        FIELDS;                                                                                    \
    };                                                                                             \
    struct cleanup_##OUTER##INNER {                                                                \
        FIELDS;                                                                                    \
    };                                                                                             \
    static WEFT_ASYNC(body_##OUTER##INNER, self)                                                   \
    {                                                                                              \
        BLOCKS(OUTER, INNER)                                                                       \
    }                                                                                              \
    WEFT_END                                                                                       \
    static WEFT_ASYNC(cleanup_##OUTER##INNER, self)                                                \
    {                                                                                              \
        WEFT_RETURN(0);                                                                            \
    WEFT_FINALLY:                                                                                  \
        BLOCKS(OUTER, INNER)                                                                       \
    }                                                                                              \
    WEFT_END                                                                                       \
    START_IN_ROOM(body_##OUTER##INNER)                                                             \
    START_IN_ROOM(cleanup_##OUTER##INNER)
/* clang-format on */

enum { IS_T = 'T', IS_M = 'M', IS_S = 'S', IS_G = 'G', IS_F = 'F' };

#define ROW(OUTER, INNER)                                                                          \
    {IS_##OUTER, IS_##INNER, start_body_##OUTER##INNER, start_cleanup_##OUTER##INNER},

#define ALL_IN(DO, OUTER) DO(OUTER, T) DO(OUTER, M) DO(OUTER, S) DO(OUTER, G) DO(OUTER, F)

ALL_IN(PAIR, T)
ALL_IN(PAIR, M)
ALL_IN(PAIR, S)
ALL_IN(PAIR, G)
ALL_IN(PAIR, F)

struct pair {
    char outer, inner;
    weft_task *(*start_body)(enum way, int);
    weft_task *(*start_cleanup)(enum way, int);
};

static const struct pair pairs[] = {ALL_IN(ROW, T) ALL_IN(ROW, M) ALL_IN(ROW, S) ALL_IN(ROW, G)
                                        ALL_IN(ROW, F)};
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

struct canceller {
    WEFT_FRAME;
    weft_task *victim;
    struct weft_sleep nap;
};

static WEFT_ASYNC(canceller, self)
{
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
    (void)weft_task_cancel(self->victim);
}
WEFT_END

/* What must happen. */

static bool is_asked_from_outside(enum way way)
{
    return way == BY_CANCEL || way == BY_TIMEOUT || way == BY_AWAIT;
}

static bool speaks(char kind)
{
    return kind == 'G' || kind == 'F';
}

/* The trace of one round; true if another one may follow. */
static bool expect_round(char *expected, const struct pair *pair, enum way way)
{
    const bool shielded = is_asked_from_outside(way) && (pair->outer == 'S' || pair->inner == 'S');
    const bool ends = way <= BY_CONTINUE;
    /* What a shield kept out meets the end of a group around it: that is a wait. */
    const bool group_is_asked = shielded && pair->inner == 'S' && pair->outer == 'G';
    strcat(expected, speaks(pair->inner) ? "b" : "");
    strcat(expected, ends || shielded ? "i" : "");
    strcat(expected, speaks(pair->outer) ? "a" : "");
    strcat(expected, (ends || shielded) && !group_is_asked ? "o" : "");
    strcat(expected, ends ? "m0 " : way == BY_TIMEOUT ? "m-4098 " : "");
    return ends || way == BY_TIMEOUT;
}

static int expected_status(enum way way)
{
    static const int statuses[WAYS] = {0, 0, 0, -5, WEFT_ECANCELED, -6, -7, 0, WEFT_ECANCELED, 0};
    return statuses[way];
}

/* Runs one pair, left in one way, and checks the trace, the status and that nothing is left over. */
static void check(const struct pair *pair, bool in_cleanup, enum way way, int rounds)
{
    char expected[64] = "";
    WEFT_TASK(canceller) asker = {0};
    begin();
    weft_task *const task = (in_cleanup ? pair->start_cleanup : pair->start_body)(way, rounds);
    if (way == BY_CANCEL) {
        START(&asker, canceller, task);
    }
    for (int i = 0; i < rounds && expect_round(expected, pair, way); i++) {
    }
    ck_assert_int_eq(run(), 0);
    ck_assert_msg(strcmp(trace, expected) == 0, "%c{%c{}} way %d: %s, not %s", pair->outer,
                  pair->inner, (int)way, trace, expected);
    ck_assert_int_eq(task->status, expected_status(way));
    ck_assert_ptr_null(task->chain.block);
    ck_assert_int_eq(task->chain.note, 0);
    ck_assert(weft_executor_next(&executor) == WEFT_FOREVER);
}

START_TEST(two_blocks_of_a_body_are_left_inner_first)
{
    check(&pairs[_i / WAYS], false, (enum way)(_i % WAYS), 1);
}
END_TEST

START_TEST(two_blocks_of_a_cleanup_are_left_inner_first)
{
    const enum way way = (enum way)(_i % WAYS);
    if (way != BY_AWAIT) { /* which never leaves a cleanup */
        check(&pairs[_i / WAYS], true, way, 1);
    }
}
END_TEST

START_TEST(two_blocks_of_a_loop_are_entered_anew_each_time)
{
    check(&pairs[_i / WAYS], false, (enum way)(_i % WAYS), 3);
}
END_TEST

SUITE_TOGETHER(blocks)
{
    TEST_EACH(two_blocks_of_a_body_are_left_inner_first, PAIRS * WAYS);
    TEST_EACH(two_blocks_of_a_cleanup_are_left_inner_first, PAIRS * WAYS);
    TEST_EACH(two_blocks_of_a_loop_are_entered_anew_each_time, PAIRS * WAYS);
}
