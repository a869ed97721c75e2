/* 25_priority_scheduler.c - what is urgent comes first. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a queue that gives the best item first, by a function of yours that says which of two
 * comes before the other. Equal ones come in the order in which they were put. Everything else is
 * as with any queue: only the storage is declared, and the queue prepared, in another way.
 * Next: 26, one who sends, and many who listen.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct patient {
    int urgency; /* 1: now */
    const char *name;
};

static bool is_more_urgent(const void *left, const void *right)
{
    return ((const struct patient *)left)->urgency < ((const struct patient *)right)->urgency;
}

static weft_queue waiting;
static WEFT_PRIORITY_QUEUE_ITEMS(struct patient, 16) waiting_room;

struct doctor {
    WEFT_FRAME;
    struct patient patient;
    struct weft_queue_each each;
    struct weft_sleep treatment;
};

static WEFT_ASYNC(doctor, self)
{
    WEFT_FOR_EACH(self->each, weft_queue_each, &waiting, &self->patient) {
        printf("%2d min: %s\n", (int)(WEFT_NOW() / WEFT_S(60)), self->patient.name);
        WEFT_TRY(self->treatment, weft_sleep, WEFT_S(10 * 60));
    }
}
WEFT_END

struct morning {
    WEFT_FRAME;
    int i;
    weft_group group;
    WEFT_TASK(doctor) doctor;
    struct weft_put put;
    struct weft_sleep nap;
};

static WEFT_ASYNC(morning, self)
{
    static const struct patient patients[] = {
        {3, "a cough"}, {3, "a cold"}, {2, "a cut"}, {3, "a headache"}, {1, "a heart attack"},
    };
    weft_priority_queue_init(&waiting, &waiting_room, is_more_urgent);
    WEFT_GROUP(self->group) {
        WEFT_CHECK(weft_spawn(&self->group, &self->doctor, doctor));
        for (self->i = 0; self->i < 5; self->i++) {
            WEFT_TRY(self->put, weft_put, &waiting, &patients[self->i]);
            WEFT_TRY(self->nap, weft_sleep, WEFT_S(4 * 60)); /* until the next one comes */
        }
        weft_queue_shutdown(&waiting, false); /* who is in is still treated */
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, morning);
}

/* prints:
 *  0 min: a cough
 * 10 min: a cut
 * 20 min: a heart attack
 * 30 min: a cold
 * 40 min: a headache
 */
