/* weft.h - all of Weft, and the tour. */
/* SPDX-License-Identifier: MIT */
/*
 * Stackless coroutines in plain C: functions that stop in the middle and go on later, with their
 * state in structs that you can see. Read the headers in this order; each stands on those before.
 *
 *   weft/resume.h     a function that resumes: one byte of state (a protothread)
 *   weft/frame.h      coroutines that await each other, with explicit frames; FINALLY
 *   weft/generator.h  coroutines that yield; FOR_EACH
 *   weft/scope.h      who asked a coroutine to stop: cancellation, as arithmetic
 *   weft/context.h    values that a task and all that it starts can see
 *   weft/core.h       a task, and what the tasks of one loop share
 *   weft/owner.h      who is told when a task ends
 *   weft/report.h     what is told to a person: failures that nobody else sees
 *   weft/task.h       a chain of frames that is scheduled: park and wake
 *   weft/cancel.h     asking a task to stop
 *   weft/callback.h   a function that the loop calls in its next pass
 *   weft/done_callback.h  a function that is told how a task ended
 *   weft/future.h     a result that is still to come
 *   weft/promise.h    the end of a future that an interrupt or another thread holds
 *   weft/timer.h      sleep, and blocks with a deadline: TIMEOUT, MOVE_ON, SHIELD
 *   weft/bare.h       the choice of programs whose tasks stand in no group
 *   weft/group.h      tasks belong to a group, which ends after the last of them
 *   weft/spawn.h      starting a task: slots, pools, tasks that are prepared
 *   weft/join.h       waiting for the end of a task; shield, wait_for
 *   weft/wait.h       waiting for several tasks: all, the first, so long
 *   weft/gather.h     all of them, or the first failure
 *   weft/as_completed.h  one after the other as they end
 *   weft/race.h       the first success; also staggered
 *   weft/finished.h   the tasks of a group as they end, without arrays; all its failures
 *   weft/start.h      starting a task, and waiting until it is ready
 *   weft/executor.h   runs what is ready, sleeps until the next deadline; a port of 3 functions
 *   weft/interrupt_executor.h  an executor in an interrupt, whose tasks preempt those of main()
 *   weft/bridge.h     between callbacks and coroutines, in both directions
 *   weft/sync.h       event, semaphore, lock, condition, barrier: the tour of them
 *   weft/ring.h       bytes from an interrupt
 *   weft/transfer.h   a peripheral works on memory of yours, and says so by an interrupt
 *   weft/queue.h      a bounded queue
 *   weft/lifo_queue.h, priority_queue.h   in other orders
 *   weft/channel.h    items with a sender's and a receiver's end, and a rendezvous
 *   weft/select.h     waits for several things, of which exactly one happens
 *   weft/dump.h       what is every task waiting for?
 *
 * For tests, yours too; included by name:
 *
 *   weft/testing.h    a clock that jumps, a trace, resources that must be released; it brings
 *                     trace.h, leak.h, virtual_clock.h, sequencer.h
 *   weft/explore.h    many seeds, every schedule, a cancellation at every suspension
 *   weft/injection.h  everything that can fail fails once
 *
 * So far nothing needs an operating system, a heap or a libc. From here on a library, libweft:
 *
 *   weft/loop.h       the event loop: weft_run(), callbacks, signals, embedding
 *   weft/source.h     a descriptor that the loop watches
 *   weft/loop_cases.h descriptors, signals and children in a select
 *   weft/pool.h       functions that block, in a few threads
 *   weft/dns.h        names become addresses
 *   weft/stream.h     bytes in order: read, write, flow control
 *   weft/socket.h     connect, listen, accept, serve: TCP and Unix-domain
 *
 * For tests of what needs it: weft/descriptors.h. Adapters are included by name: weft/curl.h.
 */
#ifndef WEFT_H
#define WEFT_H

#include <weft/as_completed.h>
#include <weft/bridge.h>
#include <weft/dump.h>
#include <weft/executor.h>
#include <weft/finished.h>
#include <weft/gather.h>
#include <weft/lifo_queue.h>
#include <weft/priority_queue.h>
#include <weft/promise.h>
#include <weft/queue.h>
#include <weft/race.h>
#include <weft/resume.h>
#include <weft/select.h>
#include <weft/start.h>
#include <weft/sync.h>

#if __STDC_HOSTED__ && defined __unix__ && !defined WEFT_FREESTANDING && !WEFT_BARE
#include <weft/loop_cases.h>
#include <weft/socket.h>
#endif

#endif
