/* sync.h - waiting for each other: all of it, and which to take. */
/* SPDX-License-Identifier: MIT */
/*
 *   weft/event.h          something has happened: wakes all that wait for it
 *   weft/hold.h           what is held and must be given back; weft_release()
 *   weft/semaphore.h      so many at a time; or: so many have come
 *   weft/limiter.h        so many at a time, and the number can be changed
 *   weft/lock.h           one at a time, and it is known who
 *   weft/condition.h      waiting, with a lock, for what it guards to change
 *   weft/with.h           WEFT_WITH: a block that holds one of these
 *   weft/barrier.h        nobody goes on before all have come
 *   weft/remote_signal.h  what an interrupt or another thread tells
 *
 * All of them: what is zeroed is ready to use (a weft_signal has an init), nothing is allocated,
 * each operation is O(1), and who waits is served in the order in which it came. Between two awaits
 * nobody else runs, so plain variables that are changed there need none of this.
 */
#ifndef WEFT_SYNC_H
#define WEFT_SYNC_H

#include <weft/barrier.h>
#include <weft/event.h>
#include <weft/remote_signal.h>
#include <weft/with.h>

#endif
