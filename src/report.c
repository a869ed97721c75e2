/* report.c - what is told to a person: failures that nobody reads, and the dump. */
/* SPDX-License-Identifier: MIT */
#include "loop_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *weft_strstatus(int status)
{
    static _Thread_local char text[64];
    const char *const own = weft_status_text(status);
    if (status >= 0) {
        return "success";
    }
    if (own != NULL) {
        return own;
    }
    return strerror_r(-status, text, sizeof text);
}

int weft_exit_code(int status)
{
    return status >= 0 ? status : status == -EINTR ? 128 + SIGINT : 1;
}

void weft__print_report(const weft_report *report)
{
    fprintf(stderr, "weft: %s", report->message);
    if (report->status != 0) {
        fprintf(stderr, ": %s", weft_strstatus(report->status));
    }
    if (report->line != 0) {
        fprintf(stderr, " (%s at %s:%d)", report->function, report->file, report->line);
    } else if (report->function != NULL && strcmp(report->function, "?") != 0) {
        fprintf(stderr, " (%s in %s)", report->function, report->file);
    }
    fputc('\n', stderr);
}

void weft__loop_report(weft_core *core, const weft_report *report)
{
    weft_loop *const loop = weft__loop_of(core);
    if (loop->exception_handler != NULL) {
        loop->exception_handler(loop->exception_context, report);
        return;
    }
    weft__print_report(report);
}

static void write_text(void *context, const char *text, size_t length)
{
    fwrite(text, 1, length, context);
}

void weft__loop_dump(weft_loop *loop)
{
    weft_dump(&loop->executor, write_text, stderr);
    fflush(stderr);
}

void weft_loop_set_exception_handler(weft_loop *loop,
                                     void (*handler)(void *context, const weft_report *),
                                     void *context)
{
    weft__loop_check_thread(loop, __func__);
    loop->exception_handler = handler;
    loop->exception_context = context;
}
