/* generators.h - generators for the tests of generators. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TEST_GENERATORS_H
#define WEFT_TEST_GENERATORS_H

#include "virtual.h"
#include <weft/generator.h>

/* Yields 1, 4, 9 …; what is sent comes back, negated, as the next value. */
struct squares {
    WEFT_FRAME;
    int limit;    /* in */
    int failing;  /* in: how it ends */
    int sent;     /* in, each time */
    int i, value; /* out: value */
};

__attribute__((unused)) static WEFT_ASYNC(squares, self)
{
    for (self->i = 1; self->i <= self->limit; self->i++) {
        WEFT_YIELD(self->value = self->i * self->i);
        if (self->sent != 0) {
            WEFT_YIELD(self->value = -self->sent);
            self->sent = 0;
        }
    }
    WEFT_RETURN(self->failing);
WEFT_FINALLY:
    say("[%d]", WEFT_OUTCOME());
}
WEFT_END

/* Goes on when something is thrown into it, and yields what that was. */
struct catcher {
    WEFT_FRAME;
    int value;
};

__attribute__((unused)) static WEFT_ASYNC(catcher, self)
{
    WEFT_YIELD_CATCH(self->value = 1);
    while (WEFT_STATUS() != WEFT_ECLOSED) {
        WEFT_YIELD_CATCH(self->value = WEFT_STATUS());
    }
    say("[caught]");
}
WEFT_END

/* Ticks once a second; its cleanup takes a second, too. */
struct ticker {
    WEFT_FRAME;
    int to, value;
    struct weft_sleep nap;
};

__attribute__((unused)) static WEFT_ASYNC(ticker, self)
{
    for (self->value = 1; self->value <= self->to; self->value++) {
        WEFT_TRY(self->nap, weft_sleep, WEFT_S(1));
        WEFT_YIELD((void)0);
    }
WEFT_FINALLY:
    WEFT_AWAIT(self->nap, weft_sleep, WEFT_S(1));
    say("[%d@%d]", WEFT_OUTCOME(), seconds());
}
WEFT_END

/* Yields again when it is closed, which must not be. */
struct stubborn {
    WEFT_FRAME;
    int value;
};

__attribute__((unused)) static WEFT_ASYNC(stubborn, self)
{
    for (;;) {
        WEFT_YIELD_CATCH(self->value++);
    }
}
WEFT_END

/* How a loop over one is left. */
enum way { TO_THE_END, BY_BREAK, BY_CONTINUE, BY_TRY, BY_RETURN, BY_CHECK };

struct failure {
    WEFT_FRAME;
    int status;
};

__attribute__((unused)) static WEFT_ASYNC(failure, self)
{
    WEFT_RETURN(self->status);
}
WEFT_END

struct canceller {
    WEFT_FRAME;
    weft_task *victim;
    weft_time after;
    struct weft_sleep nap;
};

__attribute__((unused)) static WEFT_ASYNC(canceller, self)
{
    WEFT_TRY(self->nap, weft_sleep, self->after);
    (void)weft_task_cancel(self->victim);
}
WEFT_END

#endif
