/* signal.c - signals become callbacks of the loop, and SIGINT a cancellation. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>
#include <string.h>

/* One loop a signal: what a process does with a signal is the process's, not a thread's. */
static struct entry {
    weft_loop *loop; /* NULL: nobody's */
    weft_handle *handle;
    bool ends_waits; /* counted in loop->signal_handlers */
    weft_remote remote;
    struct sigaction before;
} table[NSIG];

/* SIGINT in weft_run(): the first cancels the main task, the second ends the process at once. */
static struct {
    weft_loop *loop; /* NULL: nobody's */
    weft_task *main_task;
    weft_remote remote;
    struct sigaction before;
    volatile sig_atomic_t count;
    bool was_delivered;
} interrupt;

/* A dump is asked for from the handler, and printed by the loop. */
static weft_handle dumpers[NSIG];

/* Loops of several threads may want the same. True if it was nobody's. */
static bool claim(weft_loop **place, weft_loop *loop)
{
    weft_loop *nobody = NULL;
    return __atomic_compare_exchange_n(place, &nobody, loop, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

static weft_loop *owner(weft_loop *const *place)
{
    return __atomic_load_n(place, __ATOMIC_RELAXED);
}

static void disown(weft_loop **place)
{
    __atomic_store_n(place, (weft_loop *)NULL, __ATOMIC_SEQ_CST);
}

static int install(int number, void (*handler)(int), struct sigaction *before)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, before) < 0 ? -errno : 0;
}

/* --- handlers --------------------------------------------------------------------------------- */

static void on_signal(int number)
{
    const int saved = errno;
    struct entry *const entry = &table[number];
    weft_loop *const loop = owner(&entry->loop);
    if (loop != NULL) {
        weft_post(&loop->executor.core, &entry->remote);
    }
    errno = saved;
}

static void arrived(weft_remote *remote)
{
    const struct entry *const entry = WEFT_CONTAINER(remote, struct entry, remote);
    if (entry->loop != NULL) {
        weft__handle_post(entry->handle);
    }
}

static void fill(struct entry *entry, weft_handle *handle, void (*call)(void *), void *argument,
                 bool ends_waits)
{
    entry->handle = handle;
    weft__handle_begin(entry->loop, handle, call, argument);
    entry->remote.run = arrived;
    entry->ends_waits = ends_waits;
    entry->loop->signal_handlers += ends_waits;
}

static void drop(weft_handle *handle)
{
    handle->stays = false;
    weft_handle_cancel(handle);
}

/* Nobody's any more; one that came before is forgotten. */
static void give_back(struct entry *entry)
{
    weft_loop *const loop = entry->loop;
    drop(entry->handle);
    sigaction((int)(entry - table), &entry->before, NULL);
    loop->signal_handlers -= entry->ends_waits;
    disown(&entry->loop);
    weft_remote_run(&loop->executor.core.remote);
}

static int take(weft_loop *loop, int number, weft_handle *handle, void (*call)(void *),
                void *argument, bool ends_waits)
{
    weft__loop_check_thread(loop, "weft_add_signal_handler");
    if (number <= 0 || number >= NSIG) {
        return -EINVAL;
    }
    struct entry *const entry = &table[number];
    if (owner(&entry->loop) == loop) { /* another one instead */
        if (entry->handle != handle) {
            drop(entry->handle);
        }
        loop->signal_handlers -= entry->ends_waits;
        fill(entry, handle, call, argument, ends_waits);
        return 0;
    }
    if (!claim(&entry->loop, loop)) {
        return WEFT_EBUSY;
    }
    fill(entry, handle, call, argument, ends_waits);
    const int status = install(number, on_signal, &entry->before);
    if (status < 0) {
        drop(handle);
        loop->signal_handlers -= ends_waits;
        disown(&entry->loop);
    }
    return status;
}

int weft_add_signal_handler(weft_loop *loop, int number, weft_handle *handle, void (*call)(void *),
                            void *argument)
{
    return take(loop, number, handle, call, argument, true);
}

bool weft_remove_signal_handler(weft_loop *loop, int number)
{
    weft__loop_check_thread(loop, __func__);
    if (number <= 0 || number >= NSIG || owner(&table[number].loop) != loop) {
        return false;
    }
    give_back(&table[number]);
    return true;
}

void weft__signals_close(weft_loop *loop)
{
    for (int number = 1; number < NSIG; number++) {
        if (owner(&table[number].loop) == loop) {
            give_back(&table[number]);
        }
    }
}

static void dump_now(void *loop)
{
    weft__loop_dump(loop);
}

int weft_loop_dump_on(weft_loop *loop, int number)
{
    weft_handle *const handle = number > 0 && number < NSIG ? &dumpers[number] : NULL;
    return take(loop, number, handle, dump_now, loop, false);
}

/* --- SIGINT ----------------------------------------------------------------------------------- */

static void interrupted(weft_remote *remote)
{
    (void)remote;
    interrupt.was_delivered = weft_task_cancel_because(interrupt.main_task, "SIGINT");
}

static void on_interrupt(int number)
{
    const int saved = errno;
    weft_loop *const loop = owner(&interrupt.loop);
    if (interrupt.count > 0 || loop == NULL) {
        signal(number, SIG_DFL);
        raise(number);
    } else {
        interrupt.count = 1;
        weft_post(&loop->executor.core, &interrupt.remote);
    }
    errno = saved;
}

int weft__interrupt_begin(weft_loop *loop, weft_task *main_task)
{
    struct sigaction now;
    if (!claim(&interrupt.loop, loop)) {
        return WEFT_EBUSY;
    }
    if (sigaction(SIGINT, NULL, &now) < 0 || now.sa_handler != SIG_DFL) {
        disown(&interrupt.loop);
        return WEFT_EBUSY; /* somebody else handles it: leave it alone */
    }
    interrupt.main_task = main_task;
    interrupt.remote.run = interrupted;
    interrupt.count = 0;
    interrupt.was_delivered = false;
    (void)install(SIGINT, on_interrupt,
                  &interrupt.before); /* cannot fail: there is such a signal */
    return 0;
}

/* Puts SIGINT back, also from under a handler of the user's. */
static void restore_interrupt(void)
{
    struct sigaction now;
    struct sigaction *const covered = &table[SIGINT].before;
    if (sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler == on_interrupt) {
        sigaction(SIGINT, &interrupt.before, NULL);
    } else if (owner(&table[SIGINT].loop) != NULL && covered->sa_handler == on_interrupt) {
        *covered = interrupt.before;
    }
}

/* True if SIGINT is why the main task was cancelled, and the only reason. */
bool weft__interrupt_end(weft_loop *loop)
{
    restore_interrupt();
    weft_remote_run(&loop->executor.core.remote); /* one that came too late is forgotten */
    const bool was_it = interrupt.was_delivered && weft_cancelling(interrupt.main_task) == 1;
    disown(&interrupt.loop);
    return was_it;
}

/* In the child of a fork(): its signals are not the business of its parent's loops. */
void weft__signals_forked(void)
{
    for (int number = 1; number < NSIG; number++) {
        if (table[number].loop != NULL) {
            sigaction(number, &table[number].before, NULL);
        }
    }
    if (interrupt.loop != NULL) {
        restore_interrupt();
    }
    memset(table, 0, sizeof table);
    memset(dumpers, 0, sizeof dumpers);
    memset(&interrupt, 0, sizeof interrupt);
}
