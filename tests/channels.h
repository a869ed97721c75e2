/* channels.h - a channel of numbers, and tasks that send and receive and say what came of it. */
/* SPDX-License-Identifier: MIT */
/*
 *     begin_with_room_for(2);
 *     SEND(&a, 'a', 1, 3);                 the task `a` sends 1, 2, 3 by the sender `out`
 *     RECEIVE(&x, 'x', 3);                 the task `x` receives three by the receiver `in`
 *     ck_assert_int_eq(run(), 0);
 *     ck_assert_str_eq(trace, "a1 x1 a2 ... ");
 */
#ifndef WEFT_TEST_CHANNELS_H
#define WEFT_TEST_CHANNELS_H

#include "virtual.h"
#include <weft/channel.h>

static int room[64];
static weft_channel channel;
static weft_sender out;
static weft_receiver in;

__attribute__((unused)) static void begin_with_room_for(size_t capacity)
{
    begin();
    weft_channel_open(&channel, capacity > 0 ? room : NULL, sizeof room[0], capacity, &out, &in);
}

static const char *how(int status)
{
    return status == WEFT_ECANCELED   ? "cancelled"
           : status == WEFT_ETIMEDOUT ? "timeout"
           : status == WEFT_ECLOSED   ? "closed"
           : status == WEFT_EEND      ? "end"
           : status == WEFT_EBROKEN   ? "broken"
           : status == WEFT_EFULL     ? "full"
           : status == WEFT_EEMPTY    ? "empty"
           : status == 0              ? "ok"
                                      : "?";
}

/* Sends `count` numbers from `first` on, and says each that was sent. */
struct talker {
    WEFT_FRAME;
    char name;
    weft_sender *by;
    int first, count;
    struct weft_send send;
};

__attribute__((unused)) static WEFT_ASYNC(talker, self)
{
    for (; self->count > 0; self->count--, self->first++) {
        WEFT_CATCH(self->send, weft_send, self->by, &self->first);
        if (WEFT_STATUS() < 0) {
            say("%c-%s ", self->name, how(WEFT_STATUS()));
            WEFT_RETURN(0);
        }
        say("%c%d ", self->name, self->first);
    }
}
WEFT_END

/* Receives `count` numbers, and says each. */
struct listener {
    WEFT_FRAME;
    char name;
    weft_receiver *by;
    int count, item;
    struct weft_receive receive;
};

__attribute__((unused)) static WEFT_ASYNC(listener, self)
{
    for (; self->count > 0; self->count--) {
        WEFT_CATCH(self->receive, weft_receive, self->by, &self->item);
        if (WEFT_STATUS() < 0) {
            say("%c-%s ", self->name, how(WEFT_STATUS()));
            WEFT_RETURN(0);
        }
        say("%c%d ", self->name, self->item);
    }
}
WEFT_END

typedef WEFT_TASK(talker) talker_task;
typedef WEFT_TASK(listener) listener_task;

#define SEND_BY(slot, name, sender, first, count) START(slot, talker, name, sender, first, count)
#define RECEIVE_BY(slot, name, receiver, count) START(slot, listener, name, receiver, count)
#define SEND(slot, name, first, count) SEND_BY(slot, name, &out, first, count)
#define RECEIVE(slot, name, count) RECEIVE_BY(slot, name, &in, count)

/** Without waiting: what came of it. */
__attribute__((unused)) static const char *send_now(int item)
{
    return how(weft_send_nowait(&out, &item));
}

/** Without waiting: the item, or -1 and how it failed is said. */
__attribute__((unused)) static int receive_now(void)
{
    int item = -1;
    const int status = weft_receive_nowait(&in, &item);
    if (status < 0) {
        say("%s ", how(status));
    }
    return item;
}

#endif
