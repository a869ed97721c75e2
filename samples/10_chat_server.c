/* 10_chat_server.c - connections that talk to each other. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a member has two tasks, one that reads and one that writes, and between them a bounded
 * queue, its outbox: what is said is put there and nobody waits for the slowest. Whose outbox is
 * full is dropped: weft_group_cancel() ends both tasks, and the group's block ends quietly.
 *
 *     10_chat_server PORT    serves. Say who you are, and in which room: nc localhost PORT
 *     10_chat_server         is a demonstration, and ends by itself
 *
 * Next: 11_semaphore.c, so many at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <weft.h>

/* --- the server ----------------------------------------------------------------------------- */

struct message {
    char text[512];
};

struct chat {
    struct member *members;
};

struct deliver {
    WEFT_FRAME;
    weft_queue *outbox;
    weft_stream *stream;
    struct message message;
    union {
        struct weft_get get;
        struct weft_write write;
    };
};

static WEFT_ASYNC(deliver, self)
{
    for (;;) {
        WEFT_TRY(self->get, weft_get, self->outbox, &self->message);
        WEFT_TRY(self->write, weft_write, self->stream, self->message.text,
                 strlen(self->message.text));
    }
}
WEFT_END

struct member {
    WEFT_FRAME;
    weft_stream *stream;
    struct chat *context;
    struct member *next; /* in the chat */
    char name[16], room[16], line[400];
    struct message waiting[16];
    weft_queue outbox;
    weft_group group;
    WEFT_TASK(deliver) deliver;
    union {
        struct weft_read_line read;
        struct weft_close close;
    };
};

static void say(const struct member *from, const char *verb, const char *line)
{
    struct message message;
    snprintf(message.text, sizeof message.text, "%s%s%s", from->name, verb, line);
    for (struct member *to = from->context->members; to != NULL; to = to->next) {
        if (strcmp(to->room, from->room) == 0 && weft_put_nowait(&to->outbox, &message) < 0) {
            weft_group_cancel(&to->group); /* too slow */
        }
    }
}

static void enter(struct member *self)
{
    weft_queue_init(&self->outbox, self->waiting, sizeof self->waiting[0], 16);
    self->next = self->context->members;
    self->context->members = self;
    say(self, " is here\n", "");
}

static void leave(struct member *self)
{
    struct member **place = &self->context->members;
    while (*place != NULL && *place != self) {
        place = &(*place)->next;
    }
    if (*place == self) {
        *place = self->next;
        say(self, " has left\n", "");
    }
}

static WEFT_ASYNC(member, self)
{
    WEFT_TRY(self->read, weft_read_line, self->stream, self->line, sizeof self->line);
    if (sscanf(self->line, "%15s %15s", self->name, self->room) != 2) {
        WEFT_RETURN(0);
    }
    WEFT_GROUP(self->group) {
        enter(self);
        WEFT_SPAWN(&self->group, &self->deliver, deliver, &self->outbox, self->stream);
        for (;;) {
            WEFT_TRY(self->read, weft_read_line, self->stream, self->line, sizeof self->line);
            if (self->read.n == 0) {
                break;
            }
            say(self, ": ", self->line);
            WEFT_PASS(); /* who says much at once: first let the others deliver this */
        }
        weft_group_cancel(&self->group); /* nobody is there to deliver to */
    }
WEFT_FINALLY:
    leave(self);
    WEFT_AWAIT(self->close, weft_close, &self->stream);
}
WEFT_END

/* --- the demonstration ---------------------------------------------------------------------- */

enum { ALICE, BOB, CAROL, MUTE, GUESTS };

static const char *const names[GUESTS] = {"alice", "bob", "carol", "mute"};

static const struct {
    int who;
    const char *says; /* NULL: hears a line */
} script[] = {
    {ALICE, "alice tea\n"}, /* she is told so */
    {ALICE, NULL},
    {BOB, "bob tea\n"}, /* both are told */
    {BOB, NULL},
    {ALICE, NULL},
    {CAROL, "carol coffee\n"}, /* another room */
    {CAROL, NULL},
    {BOB, "hello\n"}, /* those in his room hear it, he too */
    {BOB, NULL},
    {ALICE, NULL},
    {MUTE, "mute coffee\n"}, /* never reads */
    {CAROL, NULL},
};

struct turn {
    WEFT_FRAME;
    weft_stream **guest;
    const char *says;
    uint16_t port;
    char line[512]; /* out: what was heard */
    union {
        struct weft_connect connect;
        struct weft_write write;
        struct weft_read_line read;
    };
};

static WEFT_ASYNC(turn, self)
{
    if (*self->guest == NULL) {
        WEFT_TRY(self->connect, weft_connect, self->guest, "127.0.0.1", self->port);
    }
    if (self->says != NULL) {
        WEFT_TRY(self->write, weft_write, *self->guest, self->says, strlen(self->says));
    } else {
        WEFT_TRY(self->read, weft_read_line, *self->guest, self->line, sizeof self->line);
    }
}
WEFT_END

struct demo {
    WEFT_FRAME;
    uint16_t port;
    size_t i;
    weft_stream *guests[GUESTS];
    union {
        struct turn turn;
        struct weft_close close;
    };
};

static WEFT_ASYNC(demo, self)
{
    for (self->i = 0; self->i < sizeof script / sizeof script[0]; self->i++) {
        WEFT_TRY(self->turn, turn, &self->guests[script[self->i].who], script[self->i].says,
                 self->port);
        if (script[self->i].says == NULL) {
            printf("%s hears: %s", names[script[self->i].who], self->turn.line);
        }
    }
    do { /* Mute does not read. Carol talks until the room has lost patience. */
        WEFT_TRY(self->turn, turn, &self->guests[CAROL], "bla bla bla bla bla bla bla bla bla\n");
        WEFT_TRY(self->turn, turn, &self->guests[CAROL]);
    } while (strcmp(self->turn.line, "mute has left\n") != 0);
    printf("carol hears: %s", self->turn.line);
WEFT_FINALLY:
    for (self->i = 0; self->i < GUESTS; self->i++) {
        WEFT_AWAIT(self->close, weft_close, &self->guests[self->i]);
    }
}
WEFT_END

/* --- both ------------------------------------------------------------------------------------ */

struct program {
    WEFT_FRAME;
    uint16_t port; /* 0: any, for a demonstration */
    struct chat chat;
    weft_listener *listener;
    weft_group group;
    WEFT_TASK(weft_serve) server;
    union {
        struct weft_listen listen;
        struct demo demo;
    };
};

static WEFT_ASYNC(program, self)
{
    WEFT_TRY(self->listen, weft_listen, &self->listener, NULL, self->port);
    /* 64 KiB under way to a member are enough: so the slow are noticed early. */
    setsockopt(weft_listener_fd(self->listener), SOL_SOCKET, SO_SNDBUF, &(int){65536}, sizeof(int));
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->server, weft_serve, self->listener, WEFT_HANDLER(member),
                   &self->chat);
        if (self->port == 0) {
            WEFT_TRY(self->demo, demo, weft_listener_port(self->listener));
            weft_listener_close(&self->listener);
        }
    }
WEFT_FINALLY:
    weft_listener_close(&self->listener);
}
WEFT_END

int main(int argc, char **argv)
{
    return weft_run(program, argc > 1 ? (uint16_t)atoi(argv[1]) : 0);
}

/* prints:
 * alice hears: alice is here
 * bob hears: bob is here
 * alice hears: bob is here
 * carol hears: carol is here
 * bob hears: bob: hello
 * alice hears: bob: hello
 * carol hears: mute is here
 * carol hears: mute has left
 */
