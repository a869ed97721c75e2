/* context.h - values that a task and all that it starts can see: context variables. */
/* SPDX-License-Identifier: MIT */
/*
 * A request's number, a user's language, a logger: what many functions want to know and none wants
 * to hand on. A variable is bound in a block, and everything in that block sees the value, however
 * deep: the calls, the tasks that are spawned in it, the callbacks that are posted in it.
 *
 *     static const weft_variable request = { .unbound = "none" };
 *
 *     WEFT_BIND(self->binding, &request, self->id) {
 *         WEFT_TRY(self->handle, handle);            // in it, and in tasks that it spawns:
 *     }                                              // const char *id = WEFT_GET(&request);
 *
 * A binding is never changed: bind anew, in a block inside. So a task that captured it when it was
 * spawned sees the same value as long as it lives, as asyncio's copy of the context does, and the
 * copy is one pointer:
 *
 *     parent.context --> binding: language --outer--> binding: request --outer--> NULL
 *     child.context  -------------------------------------^      spawned before the inner block
 *
 * The binding is a member of your frame and dies with its block. A task that sees it must have ended
 * by then: put a group inside the block. One that outlives it stops the program; a task that must go
 * on is spawned outside of the block, or with weft_task_set_context(&slot.task, NULL). A callback
 * that is still to be called (weft_call_later() and its kin, too) sees what is bound around the
 * block from then on.
 */
#ifndef WEFT_CONTEXT_H
#define WEFT_CONTEXT_H

#include <weft/frame.h>
#include <weft/link.h>

struct weft_task;

/** A context variable: a constant, told by its address. */
typedef struct weft_variable {
    const void *unbound; /* its value where no block binds it */
} weft_variable;

/** A value of a variable: a member of the frame whose block it is. Private but for its room. */
typedef struct weft_binding {
    struct weft_binding *outer;
    const weft_variable *variable;
    const void *value;
    size_t seen;     /* by so many tasks and bindings: they keep it */
    weft_link views; /* who only looks: callbacks */
} weft_binding;

/* Who sees a context, and does not keep it. Zeroed: none. */
typedef struct weft__view {
    weft_link link; /* in the ring of the innermost binding that it sees */
    weft_binding *context;
} weft__view;

/**
 * A block in which a variable has a value.
 *
 * @param binding   A weft_binding of the frame; evaluated more than once.
 * @param variable  A const weft_variable *, of static storage.
 * @param value     A const void *: what it points to outlives the block.
 * Cost: O(1), no allocation; its end O(callbacks that saw it and are still to be called).
 */
#if WEFT_CONTEXT
#define WEFT_BIND(binding, variable, value) WEFT__BIND(WEFT__N, WEFT__N, binding, variable, value)
#else
#define WEFT_BIND(binding, variable, value)                                                        \
    WEFT__STATIC_ASSERT(0, "context variables need -DWEFT_CONTEXT=1");
#endif

/** In a coroutine: the value of a variable, or its `unbound`. Cost: O(open bindings). */
#define WEFT_GET(variable) weft_context_get(WEFT_CONTEXT_NOW(), variable)

/** In a coroutine: its context, as weft_task_set_context() takes it. NULL: nothing is bound. */
#define WEFT_CONTEXT_NOW() (*weft__context_of(WEFT_SELF()))

WEFT__BEGIN_C

/** The value of a variable in a context. Context: any. */
static inline const void *weft_context_get(const weft_binding *context,
                                           const weft_variable *variable)
{
    for (; context != NULL; context = context->outer) {
        if (context->variable == variable) {
            return context->value;
        }
    }
    return variable->unbound;
}

/* How it is done. */

/* A pointer moves from one binding to another. */
static inline void weft__context_move(weft_binding **place, weft_binding *context)
{
    if (*place != NULL) {
        (*place)->seen--;
    }
    if (context != NULL) {
        context->seen++;
    }
    *place = context;
}

/* A view is of this context from now on. */
static inline void weft__view_set(weft__view *view, weft_binding *context)
{
    if (view->context != NULL) {
        weft_link_remove(&view->link);
    }
    view->context = context;
    if (context != NULL) {
        weft_link_insert(&context->views, &view->link);
    }
}

static inline void weft__bind(weft_binding **context, weft_binding *binding,
                              const weft_variable *variable, const void *value)
{
    binding->outer = *context;
    binding->variable = variable;
    binding->value = value;
    binding->seen = 1;
    weft_link_init(&binding->views);
    *context = binding;
}

static inline void weft__unbind(const weft_frame *frame, weft_binding **context,
                                weft_binding *binding)
{
    if (WEFT__RARE(*context != binding || binding->seen != 1)) {
        weft__stop_in(frame, NULL,
                      "a task that sees this WEFT_BIND outlives it: put a group inside the block, "
                      "or weft_task_set_context(task, NULL)");
    }
    while (WEFT__RARE(!weft_link_is_empty(&binding->views))) {
        weft__view_set(WEFT_CONTAINER(binding->views.next, weft__view, link), binding->outer);
    }
    *context = binding->outer;
}

#define WEFT__BIND(n, u, binding, variable, value) WEFT__BIND_(n, u, binding, variable, value)
#define WEFT__BIND_(n, u, binding, variable, value)                                                \
    WEFT__BLOCK(                                                                                   \
        n, u, weft__bind(weft__context_of(WEFT_SELF()), &(binding), variable, value),              \
        weft__unbind(weft__f, weft__context_of(WEFT_SELF()), &(binding));                          \
        if (weft__f->state == WEFT__STATE(u)) { WEFT__LEAVE(); })

WEFT__END_C

#endif
