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

#define WEFT__FIRST_OF_weft_send , WEFT__CALL_FIRST
#define WEFT__FIRST_OF_weft_receive , WEFT__CALL_FIRST

WEFT__BEGIN_C

static WEFT_DECLARE(weft_send);
static WEFT_DECLARE(weft_receive);

/** Sends if that needs no wait. @return as weft_send; WEFT_EFULL: it would wait. Context: loop. */
static inline int weft_send_nowait(weft_sender *sender, const void *item);

/** Receives if that needs no wait. @return as weft_receive; WEFT_EEMPTY: it would wait. */
static inline int weft_receive_nowait(weft_receiver *receiver, void *item);

/* How it is done. */

/* Where the next item goes, if there is room. */
static inline unsigned char *weft__channel_end(const weft_channel *channel)
{
    const size_t at = channel->first + channel->size;
    return &channel->items[(at < channel->capacity ? at : at - channel->capacity) *
                           channel->item_bytes];
}

/* Where the first item is. */
static inline unsigned char *weft__channel_begin(const weft_channel *channel)
{
    return &channel->items[channel->first * channel->item_bytes];
}

/* It has been taken: what follows it is the first. */
static inline void weft__channel_advance(weft_channel *channel)
{
    const size_t next = channel->first + 1;
    channel->first = next < channel->capacity ? next : 0;
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
        weft__item_copy(weft__channel_end(channel), item, channel->item_bytes);
        channel->size++;
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
        unsigned char *const place = weft__channel_begin(channel);
        weft__item_copy(item, place, channel->item_bytes);
        weft__channel_advance(channel);
        if (sender != NULL) { /* so there was no room: its item goes there */
            weft__item_copy(place, sender->from, channel->item_bytes);
        } else {
            channel->size--;
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

/* --- their first steps: see at_once.h ---------------------------------------------------------- */

static WEFT__APART weft_step weft__send_slowly(struct weft_send *self, weft_chain *chain,
                                               weft_sender *sender, const void *item)
{
    return WEFT__NOT_AT_ONCE(self, chain, weft_send, .sender = sender, .item = item);
}

/* An item of any size, or to a select; it can be done. */
static WEFT__APART weft_step weft__send_any(struct weft_send *self, weft_chain *chain,
                                            weft_sender *sender, const void *item)
{
    if (WEFT__OFTEN(weft_send_nowait(sender, item) == 0)) {
        return weft__done_at_once(&self->weft, chain);
    }
    return weft__send_slowly(self, chain, sender, item); /* no, who stands first was cancelled */
}

static WEFT__APART weft_step weft__first_weft_send(struct weft_send *self, weft_chain *chain,
                                                   weft_sender *sender, const void *item)
{
    weft_core *const core = weft__begins_at_once(chain);
    weft_channel *channel = NULL;
    if (WEFT__RARE(core == NULL || sender == NULL || item == NULL ||
                   (channel = sender->channel) == NULL)) {
        return weft__send_slowly(self, chain, sender, item);
    }
    weft_link *const first = channel->receivers.next;
    if (first != &channel->receivers) {
        weft__at_channel *const receiver = WEFT_CONTAINER(first, weft__at_channel, waiter.link);
        if (WEFT__RARE(!weft__channel_is_plain(receiver, core) ||
                       !weft__item_move(receiver->to, item, channel->item_bytes))) {
            return weft__send_any(self, chain, sender, item);
        }
        weft__channel_serve_plain(receiver, core);
        return weft__done_at_once(&self->weft, chain);
    }
    if (WEFT__RARE(channel->open_receivers == 0)) {
        return weft__send_slowly(self, chain, sender, item);
    }
    if (channel->size < channel->capacity) {
        if (WEFT__RARE(!weft__item_move(weft__channel_end(channel), item, channel->item_bytes))) {
            return weft__send_any(self, chain, sender, item);
        }
        channel->size++;
        return weft__done_at_once(&self->weft, chain);
    }
    self->wait.from = item;
    weft__channel_wait_alone(&self->wait, &channel->senders, &sender->waiting, weft__task(chain));
    return WEFT__WAIT_FIRST(&self->weft, weft_send, chain, NULL);
}
WEFT__FIRST_STEP(weft_send, given.sender, given.item)

static WEFT__APART weft_step weft__receive_slowly(struct weft_receive *self, weft_chain *chain,
                                                  weft_receiver *receiver, void *item)
{
    return WEFT__NOT_AT_ONCE(self, chain, weft_receive, .receiver = receiver, .item = item);
}

static WEFT__APART weft_step weft__receive_any(struct weft_receive *self, weft_chain *chain,
                                               weft_receiver *receiver, void *item)
{
    if (WEFT__OFTEN(weft_receive_nowait(receiver, item) == 0)) {
        return weft__done_at_once(&self->weft, chain);
    }
    return weft__receive_slowly(self, chain, receiver, item);
}

/* A sender waits. */
static WEFT__APART weft_step weft__receive_from(struct weft_receive *self, weft_chain *chain,
                                                weft_receiver *receiver, void *item)
{
    weft_channel *const channel = receiver->channel;
    weft__at_channel *const sender =
        WEFT_CONTAINER(channel->senders.next, weft__at_channel, waiter.link);
    weft_core *const core = weft__core(chain);
    unsigned char *const place = weft__channel_begin(channel);
    const bool is_buffered = channel->size > 0;
    if (WEFT__RARE(!weft__channel_is_plain(sender, core) ||
                   !weft__item_move(item, is_buffered ? place : (const void *)sender->from,
                                    channel->item_bytes))) {
        return weft__receive_any(self, chain, receiver, item);
    }
    if (is_buffered) {
        (void)weft__item_move(place, sender->from, channel->item_bytes);
        weft__channel_advance(channel);
    }
    weft__channel_serve_plain(sender, core);
    return weft__done_at_once(&self->weft, chain);
}

static WEFT__APART weft_step weft__first_weft_receive(struct weft_receive *self, weft_chain *chain,
                                                      weft_receiver *receiver, void *item)
{
    weft_channel *channel = NULL;
    if (WEFT__RARE(!weft__begins_at_once(chain) || receiver == NULL || item == NULL ||
                   (channel = receiver->channel) == NULL)) {
        return weft__receive_slowly(self, chain, receiver, item);
    }
    if (channel->senders.next != &channel->senders) {
        return weft__receive_from(self, chain, receiver, item);
    }
    if (channel->size > 0) {
        if (WEFT__RARE(!weft__item_move(item, weft__channel_begin(channel), channel->item_bytes))) {
            return weft__receive_any(self, chain, receiver, item);
        }
        weft__channel_advance(channel);
        channel->size--;
        return weft__done_at_once(&self->weft, chain);
    }
    if (WEFT__RARE(channel->open_senders == 0)) {
        return weft__receive_slowly(self, chain, receiver, item);
    }
    self->wait.to = item;
    weft__channel_wait_alone(&self->wait, &channel->receivers, &receiver->waiting,
                             weft__task(chain));
    return WEFT__WAIT_FIRST(&self->weft, weft_receive, chain, NULL);
}
WEFT__FIRST_STEP(weft_receive, given.receiver, given.item)

static inline WEFT_ASYNC(weft_send, self)
{
    WEFT_ASSERT(self->sender != NULL && self->item != NULL, "a sender, and an item for it");
    WEFT_CHECKPOINT();
    weft__c->status = (int16_t)weft_send_nowait(self->sender, self->item);
    if (WEFT_STATUS() == WEFT_EFULL) {
        self->wait.from = self->item;
        weft__channel_wait_alone(&self->wait, &self->sender->channel->senders,
                                 &self->sender->waiting, WEFT_SELF());
        WEFT__PARK_FIRST(NULL);
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
        WEFT__PARK_FIRST(NULL);
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
