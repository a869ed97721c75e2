/* users.h - tasks that hold one of something for a while: a permit, a token. */
/* SPDX-License-Identifier: MIT */
/*
 *     #define THING weft_limiter               what is shared
 *     #define ACQUIRE weft_limiter_acquire     and how one of it is had
 *     #include "users.h"
 *
 *     start_users(tasks, 3, &limiter, 5);      a, b, c: each holds one for five seconds
 *     ck_assert_str_eq(trace, "a@0 b@5 c@10 ");
 */
#ifndef WEFT_TEST_USERS_H
#define WEFT_TEST_USERS_H

#include "virtual.h"

/** Says "a@3 " when it has one; how it ended, unless well. */
struct user {
    WEFT_FRAME;
    char name;
    THING *of;
    int seconds;
    weft_hold hold;
    union {
        struct ACQUIRE acquire;
        struct weft_sleep nap;
    };
};

static WEFT_ASYNC(user, self)
{
    WEFT_TRY(self->acquire, ACQUIRE, self->of, &self->hold);
    say("%c@%d ", self->name, seconds());
    WEFT_TRY(self->nap, weft_sleep, WEFT_S(self->seconds));
WEFT_FINALLY:
    weft_release(&self->hold);
    if (WEFT_OUTCOME() != 0) {
        say("%c%d ", self->name, WEFT_OUTCOME());
    }
}
WEFT_END

typedef WEFT_TASK(user) user_task;

/** A fresh executor, and so many of them. */
static void start_users(user_task *tasks, int count, THING *of, int each)
{
    begin();
    for (int i = 0; i < count; i++) {
        START(&tasks[i], user, (char)('a' + i), of, each);
    }
}

#endif
