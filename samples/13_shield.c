/* 13_shield.c - what must not be interrupted. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: into WEFT_SHIELD no cancellation comes from outside, neither a timeout nor a request.
 * What was asked meanwhile is not forgotten: it meets the first wait behind the block. Give it a
 * limit in place of the 0, and a thing that hangs cannot hold up everybody.
 * Next: 14_background.c, tasks that nobody waits for.
 */
#include <stdio.h>
#include <weft.h>

struct payment {
    WEFT_FRAME;
    bool is_booked; /* out */
    weft_scope booking;
    struct weft_sleep nap;
};

static WEFT_ASYNC(payment, self)
{
    WEFT_SHIELD(self->booking, 0) {
        printf("debit\n");
        WEFT_TRY(self->nap, weft_sleep, WEFT_MS(60)); /* the timeout comes here, */
        printf("credit\n");
        self->is_booked = true;
    }
    WEFT_TRY(self->nap, weft_sleep, WEFT_MS(60)); /* and has its effect here */
    printf("never printed: send a receipt\n");
}
WEFT_END

struct shop {
    WEFT_FRAME;
    weft_scope patience;
    struct payment payment;
};

static WEFT_ASYNC(shop, self)
{
    WEFT_MOVE_ON(self->patience, WEFT_MS(20)) {
        WEFT_TRY(self->payment, payment);
    }
    printf("late: %d, booked: %d\n", self->patience.expired, self->payment.is_booked);
}
WEFT_END

int main(void)
{
    return weft_run(shop);
}

/* prints:
 * debit
 * credit
 * late: 1, booked: 1
 */
