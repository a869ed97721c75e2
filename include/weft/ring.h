/* ring.h - bytes that an interrupt puts and a coroutine takes. */
/* SPDX-License-Identifier: MIT */
/*
 *     static uint8_t room[64];
 *     static weft_ring line;
 *
 *     weft_ring_init(&line, room, sizeof room, core);
 *
 *     void UART_Handler(void)                      WEFT_TRY(self->read, weft_ring_read, &line,
 *     {                                                     self->text, sizeof self->text);
 *         weft_ring_put(&line, UART->data);        use(self->text, self->read.count);
 *     }
 *
 *     room   [ . . a b c d . . ]      taken and put are counts that only grow, and wrap; each is
 *                  ^ taken ^ put      written by one side alone: so neither side ever waits
 *
 * One interrupt (or thread) puts, one coroutine takes. What finds no room is lost, and counted.
 */
#ifndef WEFT_RING_H
#define WEFT_RING_H

#include <weft/remote_signal.h>

/* What one instruction reads and writes. */
#if defined __AVR__
typedef uint8_t weft__ring_count;
#else
typedef uint16_t weft__ring_count;
#endif

/** A ring of bytes. weft_ring_init() first. It outlives who puts and who takes. */
typedef struct weft_ring {
    /* private: */
    uint8_t *room; /* the caller's */
    weft__ring_count size, put, taken, lost;
    weft_signal signal;
} weft_ring;

/**
 * Waits until there is something, and takes as much of it as is there and fits.
 *
 * Status:  0, then `count` bytes are in `bytes`; WEFT_ECANCELED: nothing was taken.
 * Context: coroutine, one at a time.
 * Cost:    O(count), no allocation.
 */
struct weft_ring_read {
    WEFT_FRAME;
    weft_ring *ring;
    uint8_t *bytes;
    size_t size_bytes;
    /* out */
    size_t count;
    /* private: */
    struct weft_signal_wait wait;
};

WEFT__BEGIN_C

/**
 * Prepares a ring over `size_bytes` of storage, which stays the caller's.
 *
 * @param size_bytes  A power of two, at most 32,768; on AVR 128.
 * @param core        Of the loop in which the coroutine runs: &executor->core.
 */
static inline void weft_ring_init(weft_ring *ring, uint8_t *room, size_t size_bytes,
                                  weft_core *core)
{
    WEFT_ASSERT(size_bytes > 0 && (size_bytes & (size_bytes - 1)) == 0 &&
                    size_bytes <= ((weft__ring_count)-1 / 2 + 1U),
                "the size of a ring is a power of two, at most 32,768; on AVR 128");
    __builtin_memset(ring, 0, sizeof *ring);
    ring->room = room;
    ring->size = (weft__ring_count)size_bytes;
    weft_signal_init(&ring->signal, core);
}

/** How many bytes are in it. Context: any. */
static inline size_t weft_ring_count(const weft_ring *ring)
{
    return (weft__ring_count)(__atomic_load_n(&ring->put, __ATOMIC_ACQUIRE) -
                              __atomic_load_n(&ring->taken, __ATOMIC_ACQUIRE));
}

/** How many bytes found no room; it stays at the highest number there is. Context: any. */
static inline size_t weft_ring_lost(const weft_ring *ring)
{
    return __atomic_load_n(&ring->lost, __ATOMIC_RELAXED);
}

/**
 * Puts a byte, and wakes who waits for one.
 *
 * @return false if there was no room: it is lost, and counted.
 * Context: interrupt, another thread, loop: one of them. Cost: O(1), never waits.
 */
static inline bool weft_ring_put(weft_ring *ring, uint8_t byte)
{
    const weft__ring_count put = ring->put;
    if (weft_ring_count(ring) == ring->size) {
        if ((weft__ring_count)(ring->lost + 1) != 0) {
            __atomic_store_n(&ring->lost, (weft__ring_count)(ring->lost + 1), __ATOMIC_RELAXED);
        }
        return false;
    }
    ring->room[put & (ring->size - 1U)] = byte;
    __atomic_store_n(&ring->put, (weft__ring_count)(put + 1), __ATOMIC_RELEASE);
    weft_signal_set(&ring->signal);
    return true;
}

/** Takes what is there and fits: the number of bytes, or 0. Context: loop. */
static inline size_t weft_ring_read_nowait(weft_ring *ring, uint8_t *bytes, size_t size_bytes)
{
    const size_t there = weft_ring_count(ring), count = there < size_bytes ? there : size_bytes;
    const weft__ring_count taken = ring->taken;
    for (size_t i = 0; i < count; i++) {
        bytes[i] = ring->room[(taken + i) & (ring->size - 1U)];
    }
    __atomic_store_n(&ring->taken, (weft__ring_count)(taken + count), __ATOMIC_RELEASE);
    return count;
}

static inline WEFT_ASYNC(weft_ring_read, self)
{
    WEFT_ASSERT(self->ring != NULL && self->bytes != NULL && self->size_bytes > 0,
                "a ring, and room for what comes");
    WEFT_CHECKPOINT();
    while (weft_ring_count(self->ring) == 0) {
        WEFT_TRY(self->wait, weft_signal_wait, .signal = &self->ring->signal);
    }
    self->count = weft_ring_read_nowait(self->ring, self->bytes, self->size_bytes);
}
WEFT_END

WEFT__END_C

#endif
