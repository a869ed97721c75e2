/* signal.c - signals become callbacks of the loop, and SIGINT a cancellation. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>
#include <string.h>

/* One loop a signal: what a process does with a signal is the process's, not a thread's. */
static struct entry {
    weft_loop *loop;
    weft_handle *handle;
    void (*call)(void *);
    void *argument;
    weft_remote remote;
    struct sigaction before;
} table[NSIG];

static void on_signal(int number)
{
    const int saved = errno;
    struct entry *const entry = &table[number];
    if (entry->loop != NULL) {
        weft_post(&entry->loop->executor.core, &entry->remote);
    }
    errno = saved;
}

static void arrived(weft_remote *remote)
{
    const struct entry *const entry = WEFT__CONTAINER(remote, struct entry, remote);
    if (entry->loop != NULL) {
        weft_call_soon(entry->loop, entry->handle, entry->call, entry->argument);
    }
}

static int take(weft_loop *loop, int number, void (*action)(int))
{
    struct sigaction new_action;
    if (number <= 0 || number >= NSIG) {
        return -EINVAL;
    }
    struct entry *const entry = &table[number];
    if (entry->loop != NULL && entry->loop != loop) {
        return WEFT_EBUSY;
    }
    memset(&new_action, 0, sizeof new_action);
    new_action.sa_handler = action;
    new_action.sa_flags = SA_RESTART;
    sigemptyset(&new_action.sa_mask);
    if (sigaction(number, &new_action, entry->loop == loop ? NULL : &entry->before) < 0) {
        return -errno;
    }
    entry->loop = loop;
    return 0;
}

static void give_back(int number)
{
    sigaction(number, &table[number].before, NULL);
    table[number].loop = NULL;
}

int weft_add_signal_handler(weft_loop *loop, int number, weft_handle *handle,
                            void (*call)(void *), void *argument)
{
    weft__loop_check_thread(loop, __func__);
    if (number <= 0 || number >= NSIG) {
        return -EINVAL;
    }
    struct entry *const entry = &table[number];
    const bool is_new = entry->loop != loop;
    if (is_new && entry->loop == NULL) {
        entry->remote.run = arrived;
    }
    const int status = take(loop, number, on_signal);
    if (status == 0) {
        entry->handle = handle;
        entry->call = call;
        entry->argument = argument;
        loop->signal_handlers += is_new;
    }
    return status;
}

bool weft_remove_signal_handler(weft_loop *loop, int number)
{
    weft__loop_check_thread(loop, __func__);
    if (number <= 0 || number >= NSIG || table[number].loop != loop) {
        return false;
    }
    give_back(number);
    weft_remote_run(&loop->executor.core.remote); /* one that came before is forgotten */
    weft_handle_cancel(table[number].handle);
    loop->signal_handlers--;
    return true;
}

void weft__signals_close(weft_loop *loop)
{
    for (int number = 1; number < NSIG; number++) {
        if (table[number].loop == loop) {
            give_back(number);
        }
    }
}

/* A dump is asked for from the handler, and printed by the loop. */
static struct dumper {
    weft_handle handle;
} dumpers[NSIG];

static void dump_now(void *loop)
{
    weft__loop_dump(loop);
}

int weft_loop_dump_on(weft_loop *loop, int number)
{
    if (number <= 0 || number >= NSIG) {
        return -EINVAL;
    }
    const int status =
        weft_add_signal_handler(loop, number, &dumpers[number].handle, dump_now, loop);
    if (status == 0) {
        loop->signal_handlers--; /* this one ends no wait */
    }
    return status;
}

/* SIGINT in weft_run(): the first cancels the main task, the second ends the process at once. */
static struct {
    weft_task *main_task;
    weft_remote remote;
    volatile sig_atomic_t count;
    bool was_delivered;
} interrupt;

static void interrupted(weft_remote *remote)
{
    (void)remote;
    if (interrupt.main_task != NULL) {
        interrupt.was_delivered = weft_task_cancel(interrupt.main_task);
    }
}

static void on_interrupt(int number)
{
    const int saved = errno;
    weft_loop *const loop = table[number].loop;
    if (++interrupt.count > 1 || loop == NULL) {
        signal(number, SIG_DFL);
        raise(number);
    } else {
        weft_post(&loop->executor.core, &interrupt.remote);
    }
    errno = saved;
}

int weft__interrupt_begin(weft_loop *loop, weft_task *main_task)
{
    struct sigaction now;
    if (interrupt.main_task != NULL || sigaction(SIGINT, NULL, &now) < 0 ||
        now.sa_handler != SIG_DFL) {
        return WEFT_EBUSY; /* somebody else handles it: leave it alone */
    }
    interrupt.main_task = main_task;
    interrupt.remote.run = interrupted;
    interrupt.count = 0;
    interrupt.was_delivered = false;
    return take(loop, SIGINT, on_interrupt);
}

/* True if SIGINT is why the main task was cancelled, and the only reason. */
bool weft__interrupt_end(weft_loop *loop)
{
    if (table[SIGINT].loop != loop || interrupt.main_task == NULL) {
        return false;
    }
    const bool was_it = interrupt.was_delivered && weft_cancelling(interrupt.main_task) == 1;
    if (interrupt.remote.run == interrupted) {
        give_back(SIGINT);
    }
    interrupt.main_task = NULL;
    return was_it;
}
