/* 57_select_default.c - looking without waiting, and choosing in order. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a select with `.or_default` never waits; if none of its cases is ready, none happens.
 * With `.biased` the first that is ready in the order written is taken: what is urgent comes first. A
 * case with a guard (weft_when) is there only when it is wanted.
 * Next: 58_dump.c, what everybody waits for.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct post {
    WEFT_FRAME;
    int room[2][4];
    weft_channel express, letters;
    weft_sender express_out, letters_out;
    weft_receiver express_in, letters_in;
    int item, taken;
    weft_case urgent, ordinary;
    struct weft_select select;
};

static WEFT_ASYNC(post, self)
{
    weft_channel_open(&self->express, self->room[0], sizeof(int), 4, &self->express_out,
                      &self->express_in);
    weft_channel_open(&self->letters, self->room[1], sizeof(int), 4, &self->letters_out,
                      &self->letters_in);
    for (self->item = 1; self->item <= 2; self->item++) {
        WEFT_CHECK(weft_send_nowait(&self->letters_out, &self->item));
        WEFT_CHECK(weft_send_nowait(&self->express_out, &self->item));
    }
    do {
        WEFT_TRY(
            self->select, weft_select,
            WEFT_CASES(weft_on_receive(&self->urgent, &self->express_in, &self->item),
                       weft_when(self->taken < 3,
                                 weft_on_receive(&self->ordinary, &self->letters_in, &self->item))),
            .biased = true, .or_default = true);
        if (self->urgent.happened) {
            printf("express %d\n", self->item);
        } else if (self->ordinary.happened) {
            printf("letter %d\n", self->item);
        }
        self->taken++;
    } while (self->urgent.happened || self->ordinary.happened);
    printf("enough for today\n");
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, post);
}

/* prints:
 * express 1
 * express 2
 * letter 1
 * enough for today
 */
