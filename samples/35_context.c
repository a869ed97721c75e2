/* 35_context.c - what a request and all that works for it can see. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a context variable. WEFT_BIND gives it a value in a block; every call and every task
 * that is started in the block sees it by WEFT_GET, without being handed it. Two requests run side
 * by side, and each log line knows whose it is.
 * Next: 36_start_and_ready.c, waiting until a server is ready.
 */
#include <stdio.h>
#include <weft.h>

static const weft_variable request = {.unbound = "-"};

/* Any coroutine may look, however deep it stands. */
#define LOG(text) printf("[%s] %s\n", (const char *)WEFT_GET(&request), text)

struct query {
    WEFT_FRAME;
    const char *table;
    struct weft_sleep wait;
};

static WEFT_ASYNC(query, self)
{
    WEFT_TRY(self->wait, weft_sleep, WEFT_MS(10));
    LOG(self->table);
}
WEFT_END

struct handle {
    WEFT_FRAME;
    const char *id;
    weft_binding binding;
    weft_group group;
    WEFT_TASK(query) users, orders;
};

static WEFT_ASYNC(handle, self)
{
    LOG("accepted");
    WEFT_BIND(self->binding, &request, self->id)
    {
        WEFT_GROUP(self->group) {
            WEFT_SPAWN(&self->group, &self->users, query, "users");
            WEFT_SPAWN(&self->group, &self->orders, query, "orders");
        }
        LOG("answered");
    }
}
WEFT_END

struct server {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(handle) first, second;
};

static WEFT_ASYNC(server, self)
{
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->first, handle, "first");
        WEFT_SPAWN(&self->group, &self->second, handle, "second");
    }
}
WEFT_END

int main(void)
{
    return weft_run(server);
}

/* prints:
 * [-] accepted
 * [-] accepted
 * [first] users
 * [first] orders
 * [second] users
 * [second] orders
 * [first] answered
 * [second] answered
 */
