/* 31_chain.c - coroutines whose results feed each other. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: nothing but how it reads. A result is a member of the callee's frame, which stays there
 * after the call has ended, so that what comes next can be called with it. One chain waits for its
 * own steps, and several of them run at once. An error in a step leaves the chain.
 * Next: the sample with the next number.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct find_user {
    WEFT_FRAME;
    const char *name;
    int id; /* the result */
    struct weft_sleep query;
};

static WEFT_ASYNC(find_user, self)
{
    WEFT_TRY(self->query, weft_sleep, WEFT_S(2));
    if (self->name[0] == '?') {
        WEFT_RETURN(-ENOENT);
    }
    self->id = 100 + self->name[0];
}
WEFT_END

struct count_orders {
    WEFT_FRAME;
    int user_id;
    int count; /* the result */
    struct weft_sleep query;
};

static WEFT_ASYNC(count_orders, self)
{
    WEFT_TRY(self->query, weft_sleep, WEFT_S(self->user_id % 4));
    self->count = self->user_id % 10;
}
WEFT_END

struct chain {
    WEFT_FRAME;
    const char *name;
    struct find_user find;
    struct count_orders orders;
};

static WEFT_ASYNC(chain, self)
{
    WEFT_TRY(self->find, find_user, self->name);
    printf("%s is user %d\n", self->name, self->find.id);
    WEFT_TRY(self->orders, count_orders, self->find.id);
    printf("%s has %d orders after %d s\n", self->name, self->orders.count,
           (int)(WEFT_NOW() / WEFT_S(1)));
}
WEFT_END

struct program {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(chain) chains[3];
};

static WEFT_ASYNC(program, self)
{
    static const char *const names[] = {"Ann", "Bob", "?"};
    WEFT_GROUP(self->group, .keep_going = true) {
        for (int i = 0; i < 3; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->chains[i], chain, names[i]));
        }
    }
    if (self->chains[2].task.status == -ENOENT) {
        printf("nobody is called %s\n", names[2]);
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, program);
}

/* prints:
 * Ann is user 165
 * Bob is user 166
 * Ann has 5 orders after 3 s
 * Bob has 6 orders after 4 s
 * nobody is called ?
 */
