/* 47_call_later.c - functions that the loop calls. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a function called by the loop, in its next pass, after a while, or at a time. The handle is
 * yours, so nothing is allocated; until it was called it can be taken back. A callback sees the context
 * variables of who asked for it, and behind that block what is bound around it.
 * Next: 48_runner.c, several runs on one loop.
 */
#include <stdio.h>
#include <weft.h>

static const weft_variable request = {.unbound = "-"};

static void tell(void *text)
{
    weft_core *const core = weft_loop_core(weft_loop_running());
    printf("[%s] %s\n", (const char *)weft_context_get(weft_current_context(core), &request),
           (const char *)text);
}

static char soon[] = "soon", later[] = "later", at[] = "at its time", never[] = "never",
            last[] = "behind the block";

struct program {
    WEFT_FRAME;
    weft_binding binding;
    weft_handle soon, later, at, never, last;
    struct weft_sleep nap;
};

static WEFT_ASYNC(program, self)
{
    WEFT_BIND(self->binding, &request, "17")
    {
        weft_call_at(WEFT_LOOP(), &self->at, WEFT_NOW() + WEFT_MS(20), tell, at);
        weft_call_later(WEFT_LOOP(), &self->later, WEFT_MS(10), tell, later);
        weft_call_soon(WEFT_LOOP(), &self->soon, tell, soon);
        weft_call_soon(WEFT_LOOP(), &self->never, tell, never);
        printf("taken back: %d\n", weft_handle_cancel(&self->never));
        while (weft_handle_is_pending(&self->at)) {
            WEFT_TRY(self->nap, weft_sleep, WEFT_MS(1));
        }
        weft_call_soon(WEFT_LOOP(), &self->last, tell, last);
    }
    WEFT_TRY(self->nap, weft_sleep, 0);
WEFT_FINALLY:
    weft_handle_cancel(&self->soon);
    weft_handle_cancel(&self->later);
    weft_handle_cancel(&self->at);
    weft_handle_cancel(&self->last);
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * taken back: 1
 * [17] soon
 * [17] later
 * [17] at its time
 * [-] behind the block
 */
