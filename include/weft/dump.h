/* dump.h - what every task waits for, and where: a tree of all tasks as text. */
/* SPDX-License-Identifier: MIT */
/*
 * Callable at any time, from a running task too. It costs nothing before, neither memory nor time:
 * it reads what the frames and scopes hold anyway.
 *
 *     weft_dump(&executor, put, NULL);
 *
 *     4 tasks
 *     |-- client: waits in weft_sleep, 3.2 s left
 *     |       client at demo.c:27
 *     |       request at demo.c:20
 *     |       weft_sleep at weft/timer.h:190
 *     `-- server: waits for its 2 tasks, cancelled
 *         |   server at demo.c:41
 *         |-- worker: waits in weft_get, deadline in 250 ms
 *         |       worker at demo.c:33
 *         |       weft_get at weft/queue.h:221
 *         `-- worker: runs
 *                 worker in demo.c, past line 31
 *
 * Below each task stands its chain of awaits, outermost first, then the tasks of the groups that
 * are open in it, outermost group first, in the order in which they were spawned. The words:
 *
 *     a (b)                a task of the coroutine b that is named a
 *     not begun            its first step is still to come
 *     ready                it will run in this pass or the next
 *     runs                 it, or the one that started it eagerly, called weft_dump()
 *     waits in f           parked; f is the innermost coroutine
 *     , held               nothing can cancel this wait: the kernel, a DMA holds what it waits for
 *     , 3.2 s left         until its weft_sleep() ends
 *     , which a has        the task that holds the lock of its weft_lock_acquire()
 *     , deadline in 3.2 s  of the nearest scope around it
 *     , cancelled          with weft_task_cancel(); , cancelled 2 times: so many requests stand
 *     , a scope cancelled  no request on the task itself, but on a scope that is open in it
 *     , cleans up          one of its coroutines is in FINALLY
 *
 * Limits: groups 16 deep; of more than 32 awaits of one task those in the middle are counted, not
 * shown; where WEFT_NAMES is 0 the addresses of the functions stand for their names.
 */
#ifndef WEFT_DUMP_H
#define WEFT_DUMP_H

#include <weft/lock.h>
#include <weft/text.h>
#include <weft/tree.h>

#if !WEFT_BARE /* see bare.h */

WEFT__BEGIN_C

/**
 * Prints all tasks of an executor.
 *
 * @param write  Called with pieces of the text, a line or less each; they are not zero-terminated.
 *               NULL: stderr; freestanding: nowhere.
 * @param context  Handed to `write`.
 *
 * Context: loop, its tasks; not an interrupt or another thread, which may find a list half changed.
 * Cost:    O(text), 0.4 KiB of C stack, no allocation.
 */
static void weft_dump(weft_executor *executor,
                      void (*write)(void *context, const char *text, size_t length), void *context);

/* How it is done. */

enum {
    WEFT__DUMP_FIRST = 8, /* of a long chain, so many outermost frames */
    WEFT__DUMP_LAST = 24  /* and so many innermost */
};

static inline void weft__print_function(weft__print *print, weft_step_function *step)
{
    const weft_site *const site = weft_describe(step);
    if (site != NULL) {
        weft__print_text(print, weft_site_name(site));
    } else {
        weft__print_text(print, WEFT_TEXT("0x"));
        weft__print_number(print, (weft__amount)(uintptr_t)step, 16);
    }
}

static inline weft_step_function *weft__first_function(const weft_task *task)
{
    return weft__frame_above(&task->chain, SIZE_MAX)->step;
}

/* "worker 3 (worker)", "worker" */
static inline void weft__print_task(weft__print *print, const weft_task *task)
{
#if WEFT_CONTEXT
    if (task->name != NULL) {
        weft__print_text(print, task->name);
        weft__print_text(print, WEFT_TEXT(" ("));
        weft__print_function(print, weft__first_function(task));
        weft__print_text(print, WEFT_TEXT(")"));
        return;
    }
#endif
    weft__print_function(print, weft__first_function(task));
}

/* The left edge of a line: of the task itself, or of what stands below it. */
static inline void weft__dump_edge(weft__print *print, weft_task_walk *walk, bool below)
{
    for (size_t level = 0; level < walk->depth; level++) {
        const bool is_own = level + 1 == walk->depth;
        const weft_task *const task = is_own ? walk->task : walk->groups[level + 1]->scope.task;
        const bool is_last = weft__walk_sibling(walk, level, task, false) == NULL;
        weft__print_text(print, is_own && !below ? (is_last ? WEFT_TEXT("`-- ") : WEFT_TEXT("|-- "))
                                : is_last        ? WEFT_TEXT("    ")
                                                 : WEFT_TEXT("|   "));
    }
    if (below) {
        weft__print_text(print, weft__group_inside(&walk->task->chain, NULL) ? WEFT_TEXT("|   ")
                                                                             : WEFT_TEXT("    "));
    }
}

static inline void weft__dump_left(weft__print *print, weft_time now, weft_time at,
                                   const char *before, const char *behind)
{
    weft__print_text(print, before);
    weft__print_duration(print, weft__time_left(now, at));
    weft__print_text(print, behind);
}

/* Names are what a function has in common with itself in another source file. */
static inline bool weft__is_in(const weft_chain *chain, const char *function)
{
    const weft_site *const site = weft_describe(chain->top->step);
    const char *name = site != NULL ? weft_site_name(site) : WEFT_TEXT("");
    while (weft_text_char(name) != '\0' && weft_text_char(name) == weft_text_char(function)) {
        name++, function++;
    }
    return weft_text_char(name) == weft_text_char(function);
}

/* What is known of some waits. */
static inline void weft__dump_details(weft__print *print, const weft_chain *chain, weft_time now)
{
    const void *const frame = chain->top;
    if (weft__is_in(chain, WEFT_TEXT("weft_sleep"))) {
        const struct weft_sleep *const sleep = (const struct weft_sleep *)frame;
        weft__dump_left(print, now, sleep->timer.at, WEFT_TEXT(", "), WEFT_TEXT(" left"));
    } else if (weft__is_in(chain, WEFT_TEXT("weft_lock_acquire"))) {
        const struct weft_lock_acquire *const acquire = (const struct weft_lock_acquire *)frame;
        weft__print_text(print, WEFT_TEXT(", which "));
        weft__print_task(print, acquire->lock->owner);
        weft__print_text(print, WEFT_TEXT(" has"));
    }
}

/* When the nearest scope ends that no shield hides; WEFT_FOREVER: none does. */
static inline weft_time weft__nearest_deadline(const weft_chain *chain)
{
    weft_time at = WEFT_FOREVER;
    for (weft_block *block = chain->block; block != NULL; block = block->outer) {
        const weft_scope *const scope = weft__scope_of(block);
        if (scope->has_deadline && !scope->expired &&
            (at == WEFT_FOREVER || weft_time_is_before(scope->timer.at, at))) {
            at = scope->timer.at;
        }
        if (scope->shielded) {
            break;
        }
    }
    return at;
}

/* "waits for its 2 tasks"; false: it does not wait for the end of a group. */
static inline bool weft__dump_group_wait(weft__print *print, const weft_chain *chain)
{
    weft__amount count = 0;
    weft_block *const block = chain->block;
    if (block == NULL || block->frame != chain->top) {
        return false;
    }
    weft_scope *const scope = weft__scope_of(block);
    const weft_group *const group = WEFT_CONTAINER(scope, weft_group, scope);
    if (!scope->is_group || !group->is_leaving) {
        return false;
    }
    for (weft_link *link = group->children.next; link != &group->children; link = link->next) {
        count++;
    }
    count += group->starting;
    weft__print_text(print, WEFT_TEXT("waits for its "));
    if (count != 1) {
        weft__print_number(print, count, 10);
    }
    weft__print_text(print, count == 1 ? WEFT_TEXT("task") : WEFT_TEXT(" tasks"));
    return true;
}

static inline void weft__dump_wait(weft__print *print, const weft_chain *chain, weft_time now)
{
    const weft_time deadline = weft__nearest_deadline(chain);
    if (!weft__dump_group_wait(print, chain)) {
        weft__print_text(print, WEFT_TEXT("waits in "));
        weft__print_function(print, chain->top->step);
        if ((chain->wait & WEFT__HOLDS) != 0) {
            weft__print_text(print, WEFT_TEXT(", held"));
        }
        weft__dump_details(print, chain, now);
    }
    if (deadline != WEFT_FOREVER) {
        weft__dump_left(print, now, deadline, WEFT_TEXT(", deadline in "), WEFT_TEXT(""));
    }
}

static inline bool weft__has_begun(const weft_chain *chain)
{
    return chain->top->caller != NULL || (chain->wait & WEFT__READY) == 0 ||
           (chain->top->state != WEFT__START && chain->top->state != WEFT__UNWIND);
}

static inline void weft__dump_state(weft__print *print, const weft_chain *chain, weft_time now)
{
    if ((chain->wait & WEFT__PARKED) != 0) {
        weft__dump_wait(print, chain, now);
    } else if ((chain->wait & WEFT__READY) != 0) {
        weft__print_text(print,
                         weft__has_begun(chain) ? WEFT_TEXT("ready") : WEFT_TEXT("not begun"));
    } else {
        weft__print_text(print, WEFT_TEXT("runs"));
    }
    if (chain->requests > 0) {
        weft__print_text(print, WEFT_TEXT(", cancelled"));
    } else if (chain->newest > 0) {
        weft__print_text(print, WEFT_TEXT(", a scope cancelled"));
    }
    if (chain->requests > 1) {
        weft__print_text(print, WEFT_TEXT(" "));
        weft__print_number(print, chain->requests, 10);
        weft__print_text(print, WEFT_TEXT(" times"));
    }
    if (chain->newest > 0 && weft__reason_of(chain) != NULL &&
        weft__reason_of(chain)->why != NULL) {
        weft__print_text(print, WEFT_TEXT(": "));
        weft__print_text(print, weft__reason_of(chain)->why);
    }
    weft__print_text(print, chain->note > 0 ? WEFT_TEXT(", cleans up\n") : WEFT_TEXT("\n"));
}

static inline void weft__dump_frame(weft__print *print, const weft_frame *frame, bool runs)
{
    const weft_site *const site = weft_describe(frame->step);
    weft__print_function(print, frame->step);
    if (site != NULL) {
#if WEFT_LINES
        const weft__amount line = frame->line;
#else
        const weft__amount line = 0;
#endif
        weft__print_text(print, line > 0 && !runs ? WEFT_TEXT(" at ") : WEFT_TEXT(" in "));
        weft__print_text(print, weft_site_file(site));
        if (line > 0) {
            weft__print_text(print, runs ? WEFT_TEXT(", past line ") : WEFT_TEXT(":"));
            weft__print_number(print, line, 10);
        }
    }
    weft__print_text(print, WEFT_TEXT("\n"));
}

/* The awaits, outermost first. They are linked the other way, so each is looked for from the
 * innermost: that is why a long chain is shortened. */
static inline void weft__dump_chain(weft__print *print, weft_task_walk *walk)
{
    const weft_chain *const chain = &walk->task->chain;
    const bool runs = (chain->wait & (WEFT__PARKED | WEFT__READY)) == 0;
    size_t length = 0, level;
    for (const weft_frame *frame = chain->top; frame != NULL; frame = frame->caller) {
        length++;
    }
    for (level = length; level-- > 0;) {
        weft__dump_edge(print, walk, true);
        if (length - level > WEFT__DUMP_FIRST && level >= WEFT__DUMP_LAST) {
            weft__print_text(print, WEFT_TEXT("... "));
            weft__print_number(print, (weft__amount)(level + 1 - WEFT__DUMP_LAST), 10);
            weft__print_text(print, WEFT_TEXT(" more\n"));
            level = WEFT__DUMP_LAST;
        } else {
            weft__dump_frame(print, weft__frame_above(chain, level), runs && level == 0);
        }
    }
}

__attribute__((cold, noinline, unused)) static void
weft_dump(weft_executor *executor, void (*write)(void *context, const char *text, size_t length),
          void *context)
{
    const weft_time now = executor->core.port->now(executor->core.context);
    weft__print print = weft__print_to(write, context);
    weft__amount count = 0;
    weft_task_walk walk;
    for (walk = weft_all_tasks(&executor->core); weft_next_task(&walk);) {
        count++;
    }
    weft__print_number(&print, count, 10);
    weft__print_text(&print, count == 1 ? WEFT_TEXT(" task\n") : WEFT_TEXT(" tasks\n"));
    for (walk = weft_all_tasks(&executor->core); weft_next_task(&walk);) {
        weft__dump_edge(&print, &walk, false);
        weft__print_task(&print, walk.task);
        weft__print_text(&print, WEFT_TEXT(": "));
        weft__dump_state(&print, &walk.task->chain, now);
        weft__dump_chain(&print, &walk);
    }
}

WEFT__END_C

#endif
#endif
