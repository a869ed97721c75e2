/* channel.h - items that pass from those who hold one end to those who hold the other. */
/* SPDX-License-Identifier: MIT */
/*
 * A channel has two ends, and each can be cloned: it knows who may still send, and who may still
 * receive. After the last sender has closed, and what was sent is received, the receivers are told
 * WEFT_EEND: that is how consumers end. After the last receiver has closed the senders are told
 * WEFT_EBROKEN: that is how producers end.
 *
 *     struct job jobs[16];                                   // 0: no storage, a rendezvous
 *     weft_channel_open(&self->channel, self->jobs, sizeof self->jobs[0], 16, &self->out, &self->in);
 *
 *     WEFT_TRY(self->send, weft_send, &self->out, &job);     // producer, which has self->out
 *   WEFT_FINALLY:
 *     weft_sender_close(&self->out);
 *
 *     WEFT_FOR_EACH(self->each, weft_channel_each, &self->in, &self->job) {   // consumer
 *         work_on(&self->job);
 *     }
 *   WEFT_FINALLY:
 *     weft_receiver_close(&self->in);
 *
 * An item is copied, and goes straight to the receiver that waits longest, if one waits; it is in
 * its place before that runs. Where there is no room the sender waits, and a receiver takes straight
 * from the one that waits longest. With capacity 0 that is the only way: a send ends when somebody
 * has received. Both sides are served in order, and nobody can come between.
 *
 * What was chosen is final: the other side has gone on. A receive whose item has come and that is
 * cancelled before it ran has received; the cancellation meets the next wait. One that is cancelled
 * before has neither received nor sent.
 */
#ifndef WEFT_CHANNEL_H
#define WEFT_CHANNEL_H

#include <weft/channel_ends.h>
#include <weft/generator.h>
#include <weft/item.h>

/**
 * Sends a copy of *item: to the receiver that waits longest, or into free room; else waits.
 *
 * Status:  0; WEFT_EBROKEN: nobody can receive it any more; WEFT_ECLOSED: this end was closed, before
 *          or meanwhile; WEFT_ECANCELED. With a failure it was not sent.
 * Context: coroutine.
 * Cost:    O(1) and a copy, no allocation.
 */
struct weft_send {
    WEFT_FRAME;
    weft_sender *sender; /* outlives the wait, or is closed before */
    const void *item;    /* one item, until the await has ended */
    /* private: */
    weft__at_channel wait;
};

/**
 * Receives the next item into *item: one that is buffered, or of the sender that waits longest; else
 * waits.
 *
 * Status:  0; WEFT_EEND: everything was received, and nobody can send any more; WEFT_ECLOSED: this
 *          end was closed, before or meanwhile; WEFT_ECANCELED. With a failure *item is untouched.
 * Context: coroutine.
 * Cost:    O(1) and a copy, no allocation.
 */
struct weft_receive {
    WEFT_FRAME;
    weft_receiver *receiver; /* outlives the wait, or is closed before */
    void *item;              /* room for one, until the await has ended */
    /* private: */
    weft__at_channel wait;
};

/**
 * For WEFT_FOR_EACH: runs the block for each item, which is in *item, until WEFT_EEND. The receiver
 * stays open. Leaves on WEFT_ECLOSED and WEFT_ECANCELED.
 */
struct weft_channel_each {
    WEFT_FRAME;
    weft_receiver *receiver;
    void *item;
    /* private: */
    struct weft_receive receive;
};

WEFT__BEGIN_C

/** Sends if that needs no wait. @return as weft_send; WEFT_EFULL: it would wait. Context: loop. */
static inline int weft_send_nowait(weft_sender *sender, const void *item);

/** Receives if that needs no wait. @return as weft_receive; WEFT_EEMPTY: it would wait. */
static inline int weft_receive_nowait(weft_receiver *receiver, void *item);

/* How it is done. */

static inline unsigned char *weft__channel_at(const weft_channel *channel, size_t index)
{
    const size_t left = channel->capacity - channel->first;
    return &channel->items[(index < left ? channel->first + index : index - left) *
                           channel->item_bytes];
}

static inline void weft__channel_push(weft_channel *channel, const void *item)
{
    weft__item_copy(weft__channel_at(channel, channel->size), item, channel->item_bytes);
    channel->size++;
}

static inline int weft_send_nowait(weft_sender *sender, const void *item)
{
    weft_channel *const channel = sender->channel;
    if (channel == NULL) {
        return WEFT_ECLOSED;
    }
    if (channel->open_receivers == 0) {
        return WEFT_EBROKEN;
    }
    weft__at_channel *const receiver = weft__channel_first(&channel->receivers);
    if (receiver != NULL) {
        void *const to = receiver->to;
        weft__channel_serve(receiver);
        weft__item_copy(to, item, channel->item_bytes);
    } else if (channel->size < channel->capacity) {
        weft__channel_push(channel, item);
    } else {
        return WEFT_EFULL;
    }
    return 0;
}

static inline int weft_receive_nowait(weft_receiver *receiver, void *item)
{
    weft_channel *const channel = receiver->channel;
    if (channel == NULL) {
        return WEFT_ECLOSED;
    }
    weft__at_channel *const sender = weft__channel_first(&channel->senders);
    if (channel->size > 0) {
        weft__item_copy(item, weft__channel_at(channel, 0), channel->item_bytes);
        channel->first = channel->first + 1 < channel->capacity ? channel->first + 1 : 0;
        channel->size--;
        if (sender != NULL) {
            weft__channel_push(channel, sender->from);
        }
    } else if (sender != NULL) {
        weft__item_copy(item, sender->from, channel->item_bytes);
    } else {
        return channel->open_senders > 0 ? WEFT_EEMPTY : WEFT_EEND;
    }
    if (sender != NULL) {
        weft__channel_serve(sender);
    }
    return 0;
}

static inline WEFT_ASYNC(weft_send, self)
{
    WEFT_ASSERT(self->sender != NULL && self->item != NULL, "a sender, and an item for it");
    WEFT_CHECKPOINT();
    weft__c->status = (int16_t)weft_send_nowait(self->sender, self->item);
    if (WEFT_STATUS() == WEFT_EFULL) {
        self->wait.from = self->item;
        weft__channel_wait_alone(&self->wait, &self->sender->channel->senders,
                                 &self->sender->waiting, WEFT_SELF());
        WEFT_PARK(NULL);
        weft__channel_unwait(&self->wait);
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

static inline WEFT_ASYNC(weft_receive, self)
{
    WEFT_ASSERT(self->receiver != NULL && self->item != NULL, "a receiver, and room for an item");
    WEFT_CHECKPOINT();
    weft__c->status = (int16_t)weft_receive_nowait(self->receiver, self->item);
    if (WEFT_STATUS() == WEFT_EEMPTY) {
        self->wait.to = self->item;
        weft__channel_wait_alone(&self->wait, &self->receiver->channel->receivers,
                                 &self->receiver->waiting, WEFT_SELF());
        WEFT_PARK(NULL);
        weft__channel_unwait(&self->wait);
    }
    WEFT_RETURN_STATUS(WEFT_STATUS());
}
WEFT_END

static inline WEFT_ASYNC(weft_channel_each, self)
{
    for (;;) {
        WEFT_CATCH(self->receive, weft_receive, .receiver = self->receiver, .item = self->item);
        if (WEFT_STATUS() < 0) {
            WEFT_RETURN_STATUS(WEFT_STATUS() == WEFT_EEND ? 0 : WEFT_STATUS());
        }
        WEFT_YIELD((void)0);
    }
}
WEFT_END

WEFT__END_C

#endif
