/* 45_channel.c - when the other side has gone. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: the ends of a channel are counted. Each task has a sender or receiver of its own, a clone,
 * and closes it in FINALLY. After the last sender the receivers come to the end (WEFT_EEND); after the
 * last receiver a send fails (WEFT_EBROKEN): nobody works for nobody. A channel without room hands
 * over from task to task.
 * Next: 46_full_and_empty.c, without waiting.
 */
#include <stdio.h>
#include <weft.h>
#include <weft/testing.h>

struct baker {
    WEFT_FRAME;
    const char *name;
    weft_sender out;
    int loaf, loaves;
    struct weft_send send;
};

static WEFT_ASYNC(baker, self)
{
    for (self->loaf = 1; self->loaf <= self->loaves; self->loaf++) {
        WEFT_AWAIT(self->send, weft_send, &self->out, &self->loaf);
        if (WEFT_STATUS() == WEFT_EBROKEN) {
            printf("%s: nobody wants loaf %d\n", self->name, self->loaf);
            break;
        }
    }
WEFT_FINALLY:
    weft_sender_close(&self->out);
}
WEFT_END

struct market {
    WEFT_FRAME;
    weft_channel channel;
    weft_sender out;
    weft_receiver in;
    weft_group group;
    WEFT_TASK(baker) ann, bob;
    int loaf;
    struct weft_receive receive;
};

static WEFT_ASYNC(market, self)
{
    weft_channel_open(&self->channel, NULL, sizeof self->loaf, 0, &self->out, &self->in);
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->ann, baker, "Ann", weft_sender_clone(&self->out),
                   .loaves = 2);
        WEFT_SPAWN(&self->group, &self->bob, baker, "Bob", weft_sender_clone(&self->out),
                   .loaves = 9);
        weft_sender_close(&self->out);
        while (self->loaf < 3) {
            WEFT_TRY(self->receive, weft_receive, &self->in, &self->loaf);
            printf("bought loaf %d, %zu sell\n", self->loaf,
                   weft_channel_statistics(&self->channel).open_senders);
        }
        weft_receiver_close(&self->in);
    }
}
WEFT_END

int main(void)
{
    static weft_test test;
    weft_test_init(&test, NULL);
    return weft_test_run(&test, market);
}

/* prints:
 * bought loaf 1, 2 sell
 * bought loaf 2, 2 sell
 * bought loaf 1, 2 sell
 * bought loaf 2, 1 sell
 * bought loaf 3, 1 sell
 * Bob: nobody wants loaf 4
 */
