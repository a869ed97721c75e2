/* report.h - what is told to a person: failures that nobody else sees. */
/* SPDX-License-Identifier: MIT */
/*
 * A failure comes to whoever awaits. One that nobody awaits would be lost; so it is reported, and where it
 * began, to a function of the loop's:
 *
 *     static void tell(weft_core *core, const weft_report *report)
 *     {
 *         log("%s: %d, in %s (%s:%d)", report->message, report->status, report->function,
 *             report->file, report->line);
 *     }
 *
 *     executor.core.report = tell;
 *
 * In a program on an operating system it is printed: weft_loop_set_exception_handler() takes that over.
 * With WEFT_REPORTS=0 nothing of it is compiled.
 */
#ifndef WEFT_REPORT_H
#define WEFT_REPORT_H

#include <weft/core.h>

/** Something to be told to a person: a failure nobody reads, a task that does not yield. */
struct weft_report {
    const char *message;
    const weft_task *task;       /* or NULL */
    const char *function, *file; /* the coroutine; "?": not known */
    int line;                    /* 0: not known */
    int status;                  /* 0: none */
};

WEFT__BEGIN_C

/* Tells somebody, and where: the line at which a frame stands, or where the task's failure began. */
__attribute__((cold, noinline, unused)) static void weft__report(weft_core *core,
                                                                 const weft_task *task,
                                                                 const weft_frame *frame,
                                                                 const char *message, int status)
{
    if (WEFT_REPORTS && core->report != NULL) {
        weft_step_function *step = frame != NULL ? frame->step : NULL;
        const weft_reason *reason = NULL;
        weft_report report = WEFT__ZERO;
#if WEFT_LINES
        report.line = frame != NULL ? (int)frame->line : 0;
#endif
#if WEFT_ORIGINS
        if (frame == NULL && task != NULL) {
            reason = weft__reason_of(&task->chain);
            step = task->chain.failed_line != 0 ? task->chain.failed_in : NULL;
            report.line = reason != NULL ? reason->line
                          : step != NULL ? (int)task->chain.failed_line
                                         : 0;
        }
#endif
        const weft_site *const site = step != NULL ? weft_describe(step) : NULL;
        report.message = message;
        report.task = task;
        report.status = status;
        report.function = site != NULL ? weft_site_name(site) : WEFT_TEXT("?");
        report.file = site != NULL ? weft_site_file(site) : reason != NULL ? reason->file : "?";
        core->report(core, &report);
    }
}

/* A failure that nobody awaited is told once. */
static inline void weft__tell_unheard(weft_core *core, const weft_task *task)
{
    if (task->status < 0 && task->status != WEFT_ECANCELED &&
        (task->chain.flags & WEFT__WAS_JOINED) == 0) {
        weft__report(core, task, NULL, WEFT_TEXT("a detached task failed, and nobody awaited it"),
                     task->status);
    }
}

WEFT__END_C

#endif
