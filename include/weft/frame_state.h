/* frame_state.h - what a frame and a chain hold. */
/* SPDX-License-Identifier: MIT */
/*
 * Read frame.h first. A frame's state is one small integer:
 *
 *     0            zeroed storage: nothing was ever called in it
 *     1, ENDED     the coroutine has ended; the frame may be used again
 *     UNWIND       on its way to FINALLY, with the chain's status
 *     START        called, not yet begun
 *     START + n    stands at its n-th await
 *
 * The others are above 0x6000, so that neither the labels of an await nor the values of a `switch`
 * of the user's can meet (in 8 bits there is no room for that).
 */
#ifndef WEFT_FRAME_STATE_H
#define WEFT_FRAME_STATE_H

#include <weft/built_with.h>
#include <weft/flash.h>
#include <weft/link.h>
#include <weft/status.h>

#if WEFT_STATE_BITS == 16
typedef uint16_t weft__state;
typedef uint16_t weft__serial; /* numbers cancel requests: see scope.h; 15 bits of it */
enum {
    WEFT__START = 0x6000,
    WEFT__LAST = __INT_MAX__ > 0xbfff ? 0xbfff : __INT_MAX__,
    WEFT__SERIAL_LAST = 0x7fff
};
#else
typedef uint8_t weft__state;
typedef uint8_t weft__serial;
enum { WEFT__START = 16, WEFT__LAST = 250, WEFT__SERIAL_LAST = 0xff };
#endif
enum {
    WEFT__ENDED = 1, /* beside 0: that a frame is free is one comparison */
    WEFT__UNWIND = WEFT__START - 1,
    WEFT__DESCRIBE = WEFT__START - 3, /* asked for its name */
    WEFT__FINISH = WEFT__START - 4,   /* no state: the exit of what stands in FINALLY */
    WEFT__INSIDE = WEFT__START - 5,   /* no label: in the body of a block */
    WEFT__NEXT = WEFT__START - 6,     /* no label: FOR_EACH wants the next value */
    WEFT__VALUE = WEFT__START - 7     /* no label: FOR_EACH has one, or the end */
};
#define WEFT__WAS_SEALED 0x8000U /* in a frame's note: see WEFT__SEALED */

typedef struct weft_frame weft_frame;
typedef struct weft_chain weft_chain;

#if WEFT__TINY
typedef int8_t weft__verdict_word;
#else
typedef int weft__verdict_word; /* as wide as a register: nobody has to cut it off */
#endif

/** What a step tells. Not suspended: it has ended or yielded, and `top` is its caller. */
typedef struct weft_step {
    weft__verdict_word suspended; /* 0, or one of these */
} weft_step;

enum {
    WEFT__ENTERS = -1,   /* only for the trampoline to enter `top`: the C stack is deep enough */
    WEFT__ENDED_NOW = 2, /* only for an await: it has ended; look at the status */
    WEFT__PASSES = 0x20, /* for its next turn: it keeps its place in the ready queue */
    WEFT__WAITS = 0x40   /* until somebody wakes it; the two are the bits of weft_chain.wait */
};

/** A coroutine: one step of it, from where its frame stands. */
typedef weft_step weft_step_function(weft_frame *frame, weft_chain *chain);

/** Name and file of a coroutine: weft_site_name(), weft_site_file(). */
typedef struct weft_site {
    const char *name, *file;
#if WEFT_DEBUG
    size_t frame_bytes;
#endif
} weft_site;

#if WEFT_DEBUG
/* A note: what begins there must not be gone, or written over, as long as it stands. See held.h. */
typedef struct weft__held {
    weft_link link;
    const void *begin;
    uint8_t kind;
} weft__held;
enum {                       /* at one place the first of these says most */
       WEFT__HELD_GENERATOR, /* it is open */
       WEFT__HELD_TASK,      /* it runs */
       WEFT__HELD_PERMIT,    /* a hold that holds something */
       WEFT__HELD_CALLBACK,  /* it is to be called */
       WEFT__HELD_PROMISE,   /* it is out */
       WEFT__HELD_WAIT,      /* somebody waits for it, or for what stands in it */
       WEFT__HELD_LENT,      /* somebody holds it, or a permit of it */
       WEFT__HELD_FUTURE     /* its promise is out */
};

/* All notes of a loop, by their places: so which tasks they are of does not matter. */
enum { WEFT__NOTE_LISTS = sizeof(void *) < 4 ? 8 : sizeof(void *) < 8 ? 64 : 512 };
typedef struct weft__notes {
    weft_link lists[WEFT__NOTE_LISTS];
} weft__notes;
#endif

/** The head of a frame. 64 bit: 24 bytes. 32 bit: 16, without lines 12. AVR: 10, without 8. */
struct weft_frame {
    weft_step_function *step;
    weft_frame *caller;
#if WEFT_LINES && WEFT_STATE_BITS == 16
    __extension__ union {
        __extension__ struct {
            weft__state state;
            uint16_t line; /* of the await it stands at */
        };
        uint32_t place; /* both, in one store: WEFT__PLACE() */
    };
#else
    weft__state state;
#if WEFT_LINES
    uint16_t line;
#endif
#endif
    weft__serial note; /* the chain's note before FINALLY */
    int16_t outcome;   /* of the body; once FINALLY begins it is decided */
#if WEFT_DEBUG
    weft_link holds; /* notes of what lies inside this frame, where plain C drives it */
    weft__held held; /* this frame, if it is a generator's that is open */
#endif
};

/** Why somebody was asked to stop, and where: see cancel.h. */
typedef struct weft_reason {
    const char *why; /* or NULL */
    const char *file;
    int line;
} weft_reason;

/** An open cancel scope or group: the chain keeps the innermost, each the next one out. */
typedef struct weft_block {
    struct weft_block *outer;
    weft_frame *frame;
} weft_block;

enum {                       /* weft_chain.flags */
       WEFT__IS_TASK = 1,    /* has a weft_task around it; else it is driven from plain C */
       WEFT__UNARMED = 2,    /* an open scope has a deadline for which no timer runs yet */
       WEFT__DONE = 4,       /* a task that has ended */
       WEFT__WAS_JOINED = 8, /* and whose status somebody awaited */
       WEFT__SEALED = 16,    /* in the cleanup of a failure: where that began is not overwritten */
       WEFT__PENDING = 32,   /* newest > note; here, so that a wait looks at one byte */
       WEFT__DRIVEN = 64,    /* plain C: it drives a generator, which cannot wait; or is a callback */
       WEFT__TIDIES = 128    /* at its end: it sees a context, or waits of it were refused */
};

/* weft_chain.wait, of a task that does not run. Its own byte: who changes it need not read it, and
 * a resume does not wait for the last park. While it runs the byte counts levels of C stack. */
enum {
    /* with PARKED: in a select; who tells a case of it takes the others out */
    WEFT__SELECTS = 1,
    WEFT__READY = WEFT__PASSES, /* in the ready queue */
    WEFT__PARKED = WEFT__WAITS, /* in a wait that has not ended */
    WEFT__HOLDS = 0x80          /* in a wait that cannot be undone, or one whose end is final */
};
WEFT__STATIC_ASSERT(WEFT_EAGER + 1 < WEFT__READY, "WEFT_EAGER is 30 at most");

/* On 64 bit there is a byte to spare: with it, a park is written by one store instead of two. */
#define WEFT__ONE_STORE (__SIZEOF_POINTER__ == 8)

/** Frames that wait for each other. 64 bit: 40 bytes. 32 bit without lines: 16. AVR: 12. */
struct weft_chain {
    weft_frame *top;   /* the innermost; NULL when all have ended */
    weft_block *block; /* the innermost that is open */
    int16_t status;    /* of the last await, park or yield: here, not in each frame */
    union {
        uint8_t depth; /* while it runs: levels of C stack in use, at most WEFT_EAGER */
        uint8_t wait;  /* else: WEFT__READY, WEFT__PARKED, WEFT__HOLDS */
    };
#if WEFT__ONE_STORE
    uint8_t beside; /* 0: with it, status and wait are one store */
#else
    uint8_t flags;
#endif
    weft__serial note;            /* cancel requests up to this one are acknowledged */
    weft__serial newest;          /* the newest that no shield hides */
    weft__serial requests, asked; /* the task's own scope: how many, and the newest of them */
#if WEFT_ORIGINS
    uint16_t failed_line; /* where the status turned negative; 0: it is a cancellation's */
#endif
#if WEFT__ONE_STORE
    uint8_t flags;
#endif
#if WEFT_ORIGINS
    union {
        weft_step_function *failed_in; /* NULL: in a function of the library, or in plain C */
        const weft_reason *reason;     /* of a cancellation */
    };
#endif
#if WEFT_DEBUG
    weft__notes *notes; /* of its loop; NULL: plain C drives it */
#endif
};

WEFT__BEGIN_C

/* The chain of a task that is ready to run its first frame: all but that. */
static inline void weft__chain_fresh(weft_chain *chain)
{
#if WEFT__ONE_STORE && WEFT_ORIGINS
    /* Copied from a constant: fewer stores than zeros and what is not zero. */
    static const struct { /* as in the chain */
        int16_t status;
        uint8_t wait, beside;
        weft__serial note, newest, requests, asked;
        uint16_t failed_line;
        uint8_t flags;
    } fresh = {0, WEFT__READY, 0, 0, 0, 0, 0, 0, WEFT__IS_TASK};
    WEFT__STATIC_ASSERT(
        sizeof fresh == offsetof(weft_chain, failed_in) - offsetof(weft_chain, status),
        "what a chain begins with is all of it from its status to failed_in");
    chain->block = NULL;
    __builtin_memcpy(&chain->status, &fresh, sizeof fresh);
    chain->failed_in = NULL;
#else
    __builtin_memset(&chain->block, 0, sizeof *chain - offsetof(weft_chain, block));
    chain->wait = WEFT__READY;
    chain->flags = WEFT__IS_TASK;
#endif
}

static inline bool weft__has_ended(const weft_frame *frame)
{
    return frame->state == WEFT__ENDED;
}

static inline bool weft__is_idle(const weft_frame *frame)
{
    return frame->state <= WEFT__ENDED;
}

/* A cancellation stands that this chain has not acknowledged. */
static inline bool weft__is_pending(const weft_chain *chain)
{
    return (chain->flags & WEFT__PENDING) != 0;
}

/* A wait begins, as the success that it may become. */
static inline void weft__set_wait(weft_chain *chain, int how)
{
    chain->status = 0;
    chain->wait = (uint8_t)how;
#if WEFT__ONE_STORE
    chain->beside = 0;
#endif
}

/* After a change of newest or note. */
static inline void weft__judge(weft_chain *chain)
{
    chain->flags = (uint8_t)(chain->newest > chain->note ? chain->flags | WEFT__PENDING
                                                         : chain->flags & ~WEFT__PENDING);
}

static inline weft_step weft__back(void)
{
    const weft_step back = {0};
    return back;
}

static inline weft_frame weft__head(weft_step_function *step, weft_frame *caller)
{
    weft_frame head = WEFT__ZERO;
    head.step = step;
    head.caller = caller;
    head.state = WEFT__START;
    return head;
}

WEFT__END_C

#endif
