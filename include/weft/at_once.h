/* at_once.h - awaits of what mostly needs no wait: its frame is written only for one. */
/* SPDX-License-Identifier: MIT */
/*
 * An await writes a frame and calls a coroutine, which finds where it stands, counts against the budget,
 * does its work and ends. Where that work is to move an item or to take a permit, the rest is most of
 * it. So what mostly needs no wait has a *first step*, a function to which an await of it gives the
 * arguments in registers:
 *
 *     WEFT_TRY(self->get, weft_get, &queue, &item)
 *
 *         first step:  it can be done              done; the frame is marked as ended
 *                      it must wait                the frame is written, standing at the wait
 *                      the budget is used up,      the frame is written, and the coroutine called
 *                      a failure, what is rare
 *
 * The coroutine does the same by itself: that is what is spawned, what -Os has alone, and what goes on
 * behind the wait. If there is nothing to do behind it, who ends the wait ends the frame as well, and
 * the task goes on in who awaits it (weft__wake_caller). What was done at once has left its arguments
 * nowhere: of its frame only weft_has_ended() and weft_outcome() are of use.
 *
 * Beside a coroutine `name` stand
 *
 *     #define WEFT__FIRST_OF_name , WEFT__CALL_FIRST
 *     static WEFT__APART weft_step weft__first_name(struct name *self, weft_chain *chain,
 *                                                   its arguments);
 *     WEFT__FIRST_STEP(name, given.one, given.other)
 *
 * and it waits by WEFT__PARK_FIRST. What the coroutine does not count against the budget (a join) its first
 * step does not, either. A first step calls nothing but as its last act: so it keeps no registers.
 */
#ifndef WEFT_AT_ONCE_H
#define WEFT_AT_ONCE_H

#include <weft/item.h>
#include <weft/task.h>

/* The await at which a frame stands that its first step made wait. */
#define WEFT__FIRST_WAIT 100
#if WEFT__SMALL
#define WEFT__PARK_FIRST(list) WEFT_PARK(list)
#else
#define WEFT__PARK_FIRST(list) WEFT__PARK(WEFT__FIRST_WAIT, list, WEFT__PARKED)
#endif

/* The way from an await, whose arguments are in `given`. */
#define WEFT__FIRST_STEP(name, ...)                                                                \
    static WEFT__WITHIN weft_step weft__enter_##name(struct name *self, weft_chain *chain,         \
                                                     const struct name given)                      \
    {                                                                                              \
        return weft__first_##name(self, chain, __VA_ARGS__);                                       \
    }

WEFT__STATIC_ASSERT(WEFT_BUDGET > 0, "WEFT_BUDGET is 1 at least");

WEFT__BEGIN_C

/* Counts a first step against the budget: its core. NULL: not at once, it is used up, or this is no
 * task. */
static inline weft_core *weft__begins_at_once(weft_chain *chain)
{
    if (WEFT_ASSERTS && WEFT__RARE((chain->flags & WEFT__IS_TASK) == 0)) {
        return NULL;
    }
    weft_core *const core = weft_task_core(WEFT_CONTAINER(chain, weft_task, chain));
    return WEFT__OFTEN(--core->budget != 0) ? core : NULL;
}

/* It is not done at once: calls the coroutine, in its whole frame. */
#define WEFT__NOT_AT_ONCE(self, chain, fn, ...)                                                    \
    (weft__uncount(chain), WEFT__NOT_COUNTED(self, chain, fn, __VA_ARGS__))

/* The same, if it was not counted. */
#define WEFT__NOT_COUNTED(self, chain, fn, ...)                                                    \
    (*(self) = WEFT__NEW(fn, (chain)->top, __VA_ARGS__),                                           \
     weft__call_whole(&(self)->weft, chain, fn))

/* The coroutine counts by itself. */
static inline void weft__uncount(weft_chain *chain)
{
    if (!WEFT_ASSERTS || WEFT__OFTEN((chain->flags & WEFT__IS_TASK) != 0)) {
        weft_task_core(WEFT_CONTAINER(chain, weft_task, chain))->budget++;
    }
}

static inline weft_step weft__call_whole(weft_frame *frame, weft_chain *chain,
                                         weft_step_function *step)
{
    chain->top = frame;
    weft_step verdict = weft__call(chain, step);
    if (verdict.suspended == 0) {
        verdict.suspended = WEFT__ENDED_NOW;
    }
    return verdict;
}

/* It is done. Nobody has seen the frame, or will. */
static inline weft_step weft__done_at_once(weft_frame *frame, weft_chain *chain)
{
    frame->state = WEFT__ENDED;
#if WEFT_LINES
    frame->line = 0;
#endif
    frame->note = 0;
    frame->outcome = 0;
    chain->status = 0;
    return weft__back();
}

/* It waits: the frame stands at WEFT__PARK_FIRST, in this line. The rest of it is written. */
#define WEFT__WAIT_FIRST(frame, step, chain, list)                                                 \
    weft__wait_first(frame, step, chain, list, __LINE__ & 0xffff)

static inline weft_step weft__wait_first(weft_frame *frame, weft_step_function *step,
                                         weft_chain *chain, weft_link *list, int line)
{
    frame->step = step;
    frame->caller = chain->top;
    frame->state = (weft__state)WEFT__STATE(WEFT__FIRST_WAIT);
#if WEFT_LINES
    frame->line = (uint16_t)line;
#else
    (void)line;
#endif
    frame->note = 0;
    frame->outcome = 0;
#if WEFT_DEBUG
    weft_link_init(&frame->holds);
    weft_link_init(&frame->held.link);
#endif
    chain->top = frame;
    return weft__park(chain, list, WEFT__PARKED);
}

/* As weft_wake_final(task, 0), and the coroutine that waits ends with it: weft__end_for(). */
static inline void weft__wake_caller(weft_task *task)
{
    weft__touches_no_more(task);
    weft__make_ready(task, 0, WEFT__READY | WEFT__HOLDS);
    weft__end_for(task);
}

/* The same where it hangs in no list, by a task of `core`, which is its own: see weft__wake_near(). Its
 * status is 0 since it parked. */
static inline void weft__wake_caller_alone(weft_task *task, weft_core *core)
{
    weft__is_at_hand(core);
    task->chain.wait = WEFT__READY | WEFT__HOLDS;
    weft__link_append(core->place, &task->link);
    weft__end_for(task);
}

WEFT__END_C

#endif
