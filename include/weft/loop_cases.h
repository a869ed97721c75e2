/* loop_cases.h - cases of a select for what the operating system tells. */
/* SPDX-License-Identifier: MIT */
/*
 * A descriptor, a signal, a child process, beside whatever else a select can wait for:
 *
 *     WEFT_CHECK(weft_posix_signal_open(&self->sigterm, WEFT_LOOP(), SIGTERM));
 *     WEFT_CHECK(weft_child_open(&self->child, WEFT_LOOP(), pid));
 *     ...
 *     WEFT_TRY(self->select, weft_select,
 *              WEFT_CASES(weft_on_readable(&self->came, &self->source),
 *                         weft_on_posix_signal(&self->term, &self->sigterm),
 *                         weft_on_child(&self->ended, &self->child),
 *                         weft_on_timer(&self->late, WEFT_S(5))));
 *     if (self->ended.happened) {
 *         printf("exited with %d\n", WEXITSTATUS(self->child.wait_status));
 *     }
 *
 * Signals and children are opened once, not for each select, so that none is missed between two.
 */
#ifndef WEFT_LOOP_CASES_H
#define WEFT_LOOP_CASES_H

#include <sys/types.h>
#include <weft/select.h>
#include <weft/source.h>

/** The arrivals of a signal. Zeroed: closed. It must stay where it is while it is open. */
typedef struct weft_posix_signal {
    int number;
    /* private: */
    weft_loop *loop; /* NULL: closed */
    bool has_come;   /* and nobody waited */
    weft_handle handle;
    weft_link waiters;
} weft_posix_signal;

/** A child of this process. Zeroed: closed. It must stay where it is while it is open. */
typedef struct weft_child {
    pid_t pid;
    bool has_ended;
    int wait_status; /* then: as waitpid() tells it, for WIFEXITED() and so on */
    /* private: */
    int status;      /* 0, or why that is not known */
    weft_loop *loop; /* NULL: closed, or it has ended */
    weft_source source;
    weft_handle handle;
    weft_link waiters;
} weft_child;

WEFT__BEGIN_C

/** A read will not block. Looks at the descriptor first. 0, WEFT_ECLOSED, -errno. */
WEFT_API weft_case *weft_on_readable(weft_case *place, weft_source *source);

/** A write will not block. The same. */
WEFT_API weft_case *weft_on_writable(weft_case *place, weft_source *source);

/** The signal has come, since it was opened or taken the last time; several that come together count
 *  as one. It is taken by one select: the one that waits longest. 0, WEFT_ECLOSED. */
WEFT_API weft_case *weft_on_posix_signal(weft_case *place, weft_posix_signal *signal);

/** The child has ended: child.wait_status tells how. All that wait for it are told. 0; -ECHILD:
 *  somebody else has waited for it; WEFT_ECLOSED. */
WEFT_API weft_case *weft_on_child(weft_case *place, weft_child *child);

/**
 * Catches a signal from now on, as weft_add_signal_handler(); one that the same loop has a handler
 * for already goes to this one instead.
 *
 * @return 0; -EINVAL; WEFT_EBUSY. Context: loop.
 */
WEFT_API int weft_posix_signal_open(weft_posix_signal *signal, weft_loop *loop, int number);

/** Puts back what the signal did before; who waits is told WEFT_ECLOSED. Accepts a closed one. */
WEFT_API void weft_posix_signal_close(weft_posix_signal *signal);

/**
 * Watches a child, from fork() or posix_spawn(); when it ends it is waited for. Nobody else calls
 * waitpid() for it, and SIGCHLD is not ignored.
 *
 * @return 0; -ESRCH: no such process; -EMFILE, -ENOMEM and what else the system says. Context: loop.
 * Cost:   a descriptor; where the system has no pidfd (Linux before 5.3) it looks every 20 ms.
 */
WEFT_API int weft_child_open(weft_child *child, weft_loop *loop, pid_t pid);

/** Ceases to watch a child, which goes on; if it has not ended who waits is told WEFT_ECLOSED, and
 *  waiting for it is the caller's again. Accepts a closed one. Context: loop. */
WEFT_API void weft_child_close(weft_child *child);

WEFT__END_C

#endif
