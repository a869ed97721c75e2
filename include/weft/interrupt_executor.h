/* interrupt_executor.h - an executor inside an interrupt: its tasks preempt those of main(). */
/* SPDX-License-Identifier: MIT */
/*
 * Build the whole program with -DWEFT_PRIORITIES=1. The port of the core does the rest:
 *
 *     WEFT_PORT_HERE
 *
 *     static weft_executor executor;
 *     static weft_interrupt_executor urgent;
 *
 *     void PendSV_Handler(void)                      // its interrupt: of a low priority
 *     {
 *         weft_port_interrupt_executor(&urgent);
 *     }
 *
 *     weft_port_start(&executor);
 *     weft_port_prepare_interrupt(&urgent, WEFT_PENDSV, 255);
 *     weft_spawn(&urgent.executor.group, &motor, control);
 *     weft_port_begin_interrupt(&urgent);            // from here on it runs, at once
 *     weft_executor_run(&executor);
 *
 *     wake, alarm of the clock ──> the interrupt is pended ──> runs all that is ready, and returns
 *     main()      ───computes────┐                        ┌───goes on───
 *
 * | between two executors                                    |                                  |
 * |----------------------------------------------------------|----------------------------------|
 * | weft_signal_set, weft_ring_put, weft_transfer_end,       | yes: these are for interrupts    |
 * | weft_post; a volatile variable that one instruction      |                                  |
 * | writes                                                   |                                  |
 * | spawn; wake, and so: an event, future, lock, semaphore,  | no: it stops, if a task would be |
 * | queue, channel or cancellation whose tasks are another's | woken; where none waits nobody   |
 * |                                                          | notices, so do not               |
 * | join, group, scope, WEFT_NOW, current task               | no: of one executor each         |
 *
 * A task here is never preempted by one of its own executor or of main(), only by interrupts of
 * higher priority, and executors in those. One that does not give way keeps main() from running.
 */
#ifndef WEFT_INTERRUPT_EXECUTOR_H
#define WEFT_INTERRUPT_EXECUTOR_H

#include <weft/executor.h>

#if WEFT_PRIORITIES /* else there is nothing here */

/**
 * An executor that never sleeps. For a port of your own: WEFT_PRIORITIES_HERE at file level in one
 * source, and weft_executor_init(&urgent.executor, …)
 * with three functions, of which sleep_until() returns at once, having seen to it that the
 * interrupt is pended at `at`, or before; at once, if `at` has come. wake() pends the interrupt.
 */
typedef struct weft_interrupt_executor {
    weft_executor executor;
    /* private: the port's */
    struct weft_interrupt_executor *next;
    weft_time alarm; /* WEFT_FOREVER: none */
    int16_t line;    /* which interrupt */
    bool has_begun;
} weft_interrupt_executor;

WEFT__BEGIN_C

/**
 * Runs all that is ready, until nothing is, and sets the alarm for what is due next. After
 * weft_executor_stop() it does nothing any more.
 *
 * Context: the interrupt of this executor. Cost: that of the tasks.
 */
static inline void weft_interrupt_executor_run(weft_interrupt_executor *urgent)
{
    weft_executor *const executor = &urgent->executor;
    weft_core *const core = &executor->core;
    weft_core *const preempted = weft__set_at_work(core);
    while (!executor->is_stopped) {
        core->now = core->port->now(core->context);
        weft__run_posted(core);
        (void)weft_timers_fire(&core->timers, core->now);
        if (weft_link_is_empty(&core->ready)) {
            (void)core->port->sleep_until(core->context, weft_executor_next(executor));
            break; /* what came in since has pended the interrupt again */
        }
        weft__run_ready(executor);
        weft__rest(core);
    }
    (void)weft__set_at_work(preempted);
}

/* How a port has several of them on one clock. Interrupts are held off in all of it. */

extern weft_interrupt_executor *weft__urgent; /* all of them: WEFT_PORT_HERE */

/** What all of them share: at file level, in one source of the program; a WEFT_PORT_HERE has it. */
#define WEFT_PRIORITIES_HERE                                                                       \
    weft_core *weft__at_work;                                                                      \
    weft_interrupt_executor *weft__urgent;

/* Wakes those whose alarm has come. @return the next alarm; WEFT_FOREVER: none. */
static inline weft_time weft__alarms(weft_time now)
{
    weft_time next = WEFT_FOREVER;
    for (weft_interrupt_executor *each = weft__urgent; each != NULL; each = each->next) {
        if (each->alarm == WEFT_FOREVER) {
            continue;
        }
        if (!weft_time_is_before(now, each->alarm)) {
            each->alarm = WEFT_FOREVER;
            each->executor.core.port->wake(&each->executor);
        } else if (next == WEFT_FOREVER || weft_time_is_before(each->alarm, next)) {
            next = each->alarm;
        }
    }
    return next;
}

static inline weft_interrupt_executor *weft__urgent_of(void *executor)
{
    return WEFT_CONTAINER(executor, weft_interrupt_executor, executor);
}

/* Prepares one. It is in the list from here on. */
static inline void weft__urgent_prepare(weft_interrupt_executor *urgent, const weft_port *port,
                                        int16_t line)
{
    WEFT_ASSERT(urgent->executor.core.port == NULL, "an executor in an interrupt is prepared once");
    weft_executor_init(&urgent->executor, port, &urgent->executor);
    urgent->executor.is_running = true;
    urgent->alarm = WEFT_FOREVER;
    urgent->line = line;
    urgent->next = weft__urgent;
    weft__urgent = urgent;
}

WEFT__END_C

#else
#define WEFT_PRIORITIES_HERE
#endif
#endif
