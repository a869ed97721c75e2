/* 26_publish_subscribe.c - news for all who want them. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a channel has two ends, and knows whether the other is still held. Each subscriber has
 * a channel of its own, with room for what it has not read yet. It closes its receiver when it has
 * read enough: the next send tells the publisher. When the publisher closes the senders the loops of
 * the subscribers end, behind the last item.
 * Next: 27_select_with_timeout.c, waiting for one of several things.
 */
#include <stdio.h>
#include <weft.h>

struct subscriber {
    WEFT_FRAME;
    const char *name;
    int wanted;
    weft_receiver news;
    const char *headline;
    struct weft_channel_each each;
};

static WEFT_ASYNC(subscriber, self)
{
    WEFT_FOR_EACH(self->each, weft_channel_each, &self->news, &self->headline) {
        printf("%s reads: %s\n", self->name, self->headline);
        if (--self->wanted == 0) {
            break;
        }
    }
WEFT_FINALLY:
    weft_receiver_close(&self->news);
}
WEFT_END

enum { READERS = 2, ROOM = 4 };

struct publisher {
    WEFT_FRAME;
    const char *rooms[READERS][ROOM];
    weft_channel channels[READERS];
    weft_sender to[READERS];
    int reader;
    const char *const *headline;
    weft_group group;
    WEFT_TASK(subscriber) readers[READERS];
    struct weft_send send;
};

static WEFT_ASYNC(publisher, self)
{
    static const char *const names[READERS] = {"Ann", "Bob"};
    static const int wanted[READERS] = {1, 99};
    static const char *const news[] = {"rain", "more rain", "sun", NULL};
    WEFT_GROUP(self->group) {
        for (int i = 0; i < READERS; i++) {
            weft_receiver from;
            weft_channel_open(&self->channels[i], self->rooms[i], sizeof self->rooms[i][0], ROOM,
                              &self->to[i], &from);
            WEFT_CHECK(weft_spawn(&self->group, &self->readers[i], subscriber, names[i], wanted[i],
                                  from)); /* the receiver moves into its frame */
        }
        for (self->headline = news; *self->headline != NULL; self->headline++) {
            for (self->reader = 0; self->reader < READERS; self->reader++) {
                WEFT_AWAIT(self->send, weft_send, &self->to[self->reader], self->headline);
                if (WEFT_STATUS() == WEFT_EBROKEN) {
                    printf("%s has read enough\n", names[self->reader]);
                    weft_sender_close(&self->to[self->reader]);
                }
            }
            WEFT_PASS(); /* the readers' turn */
        }
        weft_sender_close(&self->to[0]); /* a closed one is fine, too */
        weft_sender_close(&self->to[1]);
    }
}
WEFT_END

int main(void)
{
    return weft_run(publisher);
}

/* prints:
 * Ann reads: rain
 * Bob reads: rain
 * Ann has read enough
 * Bob reads: more rain
 * Bob reads: sun
 */
