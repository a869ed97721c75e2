/* bare.h - tasks of a program that has one executor and no groups. */
/* SPDX-License-Identifier: MIT */
/*
 * Build the whole program with -DWEFT_BARE=1. What is spawned as ever,
 *
 *     weft_spawn(&executor.group, &red, blink, WEFT_MS(250));
 *
 * is a task that no group owns, and of whose end nobody is told: the executor counts those that run.
 *
 *     a task:   chain | link                       24 bytes on 32 bit, 16 on AVR
 *     without:  chain | link | owner | sibling     36 and 22
 *
 * | with bare tasks                                      |                                          |
 * |------------------------------------------------------|------------------------------------------|
 * | sleep, timeout, shield, cancel; event, semaphore,    | as ever                                  |
 * | limiter, barrier, queue, channel, select, future,    |                                          |
 * | callback; signal, ring, transfer; generator; pool    |                                          |
 * | lock, condition                                      | as ever, but one whose owner ends stays  |
 * |                                                      | locked: release it in FINALLY            |
 * | group, join, wait, gather, as_completed, race,       | not there: they are about the end of a   |
 * | finished, start; weft_spawn_then, weft_on_task, done | task. One that others wait for sets a    |
 * | callbacks of tasks                                   | weft_event when it is done               |
 * | dump, and the test tools that walk through all tasks | not there: nobody has a list of them     |
 * | an executor in an interrupt, the hosted loop         | not there: there is one executor         |
 *
 * For a chip whose tasks begin with main() and never end. Where tasks come and go, or one fails for
 * all, the 12 bytes are well spent.
 */
#ifndef WEFT_BARE_H
#define WEFT_BARE_H

#include <weft/cancel.h>

#if WEFT_BARE /* else there is nothing here */

/** The executor's, in which all tasks are: a name for weft_spawn(). */
typedef weft_core weft_group;

WEFT__BEGIN_C

static inline int weft__group_start(weft_group *group, weft_task *task, weft_frame *frame)
{
    weft__chain_begin(task, frame);
    weft__task_begin(group, task);
    group->tasks++;
    return 0;
}

WEFT__END_C

#endif
#endif
