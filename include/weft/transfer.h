/* transfer.h - a peripheral works on memory of yours: await its interrupt, keep the memory till then. */
/* SPDX-License-Identifier: MIT */
/*
 *     static void start(weft_transfer *transfer);    // tells the DMA: go
 *     static void stop(weft_transfer *transfer);     // tells the DMA: stop
 *
 *     weft_transfer_init(&spi, start, stop, core);
 *
 *     WEFT_TRY(self->wait, weft_transfer_wait, &spi);
 *
 *     void DMA_Handler(void)                         // the hardware has let go
 *     {
 *         weft_transfer_end(&spi, status);
 *     }
 *
 * The await ends when the hardware has let go, and never before: the buffer may lie in the frame
 * that awaits. A cancellation asks the hardware to stop, and waits for its interrupt all the same.
 *
 *            start()                          weft_transfer_end(): interrupt
 *     idle ──────────> the hardware has it ───────────────────────────────────> idle, status
 *                          │        ^
 *          cancelled: stop()        │  the wait goes on; nothing can cancel it any more
 *                          └────────┘
 */
#ifndef WEFT_TRANSFER_H
#define WEFT_TRANSFER_H

#include <weft/task.h>

/** What a peripheral does by itself. weft_transfer_init() first. It outlives the await, and so the
 *  hardware's part in it. */
typedef struct weft_transfer {
    /* private: */
    weft_remote remote;
    void (*start)(struct weft_transfer *);
    void (*stop)(struct weft_transfer *);
    weft_core *core;
    weft_task *task; /* that waits */
    int16_t status;
    bool is_under_way;
} weft_transfer;

/**
 * Starts the transfer, and waits until the hardware has let go.
 *
 * Status:  what weft_transfer_end() was given. If the task was cancelled and the hardware got done
 *          all the same, that is 0: what has been done is not lost, and the cancellation meets the
 *          next wait. Cancelled before the start: WEFT_ECANCELED, and it is not started.
 * Context: coroutine; one at a time.
 * Cost:    O(1), no allocation.
 */
struct weft_transfer_wait {
    WEFT_FRAME;
    weft_transfer *transfer; /* and all that the hardware works on: until the await has ended */
};

WEFT__BEGIN_C

static inline void weft__transfer_run(weft_remote *remote)
{
    weft_transfer *const transfer = WEFT_CONTAINER(remote, weft_transfer, remote);
    if (transfer->is_under_way) {
        transfer->is_under_way = false;
        transfer->core->outside--;
        weft_wake_final(transfer->task, transfer->status);
        weft__still_touches(transfer->task, transfer);
    }
}

/**
 * Prepares a transfer.
 *
 * @param start  Tells the hardware to begin. Context: loop.
 * @param stop   Asks it to let go, which it says by its interrupt (weft_transfer_end() with
 *               WEFT_ECANCELED if nothing came of it). NULL: it cannot; then a cancelled await
 *               lasts until it is done. Context: loop.
 */
static inline void weft_transfer_init(weft_transfer *transfer, void (*start)(weft_transfer *),
                                      void (*stop)(weft_transfer *), weft_core *core)
{
    WEFT_ASSERT(start != NULL, "what starts this transfer?");
    __builtin_memset(transfer, 0, sizeof *transfer);
    transfer->remote.run = weft__transfer_run;
    transfer->start = start;
    transfer->stop = stop;
    transfer->core = core;
}

/** True while the hardware has it. Context: loop. */
static inline bool weft_transfer_is_under_way(const weft_transfer *transfer)
{
    return transfer->is_under_way;
}

/** Says that the hardware has let go. Once for each start; a further one is ignored.
 *  Context: interrupt, loop (in `start` and `stop`, too). Cost: O(1), never fails. */
static inline void weft_transfer_end(weft_transfer *transfer, int status)
{
    transfer->status = (int16_t)status;
    weft_post(transfer->core, &transfer->remote);
}

static inline WEFT_ASYNC(weft_transfer_wait, self)
{
    WEFT_ASSERT(self->transfer != NULL && self->transfer->start != NULL,
                "weft_transfer_init() it first");
    WEFT_ASSERT(!self->transfer->is_under_way,
                "this transfer is under way: await it once at a time");
    WEFT_CHECKPOINT();
    if (weft__is_pending(weft__c)) {
        WEFT_PARK(NULL); /* refused */
        WEFT_RETURN_STATUS(WEFT_STATUS());
    }
    self->transfer->task = WEFT_SELF();
    self->transfer->is_under_way = true;
    self->transfer->core->outside++;
    self->transfer->start(self->transfer);
    weft__still_touches(self->transfer->task, self->transfer);
    WEFT_PARK(NULL);
    if (self->transfer->is_under_way) { /* so this was a cancel */
        if (self->transfer->stop != NULL) {
            self->transfer->stop(self->transfer);
        }
        weft__still_touches(self->transfer->task, self->transfer);
        WEFT_HOLD(NULL);
    }
    WEFT_RETURN_STATUS(self->transfer->status);
}
WEFT_END

WEFT__END_C

#endif
