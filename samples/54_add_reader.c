/* 54_add_reader.c - callbacks for descriptors and signals. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a descriptor of your own becomes a source; a function is called whenever it can be read,
 * or a task waits until it can be written. A signal becomes a callback of the loop, too, where it may
 * do everything: nothing is done in the handler of the system.
 * Next: 55_send_and_throw.c, talking to a generator.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <weft.h>

struct program {
    WEFT_FRAME;
    int ends[2];
    weft_source in, out;
    weft_handle reader, on_signal;
    weft_event has_read, has_come;
    union {
        struct weft_wait_writable writable;
        struct weft_event_wait wait;
    };
};

static void read_it(void *pointer)
{
    struct program *const program = pointer;
    char text[16];
    const ssize_t length = read(program->ends[0], text, sizeof text);
    if (length > 0) {
        printf("read %.*s\n", (int)length, text);
        weft_event_set(&program->has_read);
    }
}

static void signalled(void *event)
{
    printf("SIGUSR1\n");
    weft_event_set(event);
}

static WEFT_ASYNC(program, self)
{
    WEFT_CHECK(pipe2(self->ends, O_NONBLOCK | O_CLOEXEC));
    WEFT_CHECK(weft_source_open(&self->in, WEFT_LOOP(), self->ends[0]));
    WEFT_CHECK(weft_source_open(&self->out, WEFT_LOOP(), self->ends[1]));
    weft_add_reader(&self->in, &self->reader, read_it, self);
    WEFT_TRY(self->writable, weft_wait_writable, &self->out);
    WEFT_CHECK(write(self->ends[1], "a line", 6) == 6 ? 0 : -1);
    WEFT_TRY(self->wait, weft_event_wait, &self->has_read);
    WEFT_CHECK(weft_add_signal_handler(WEFT_LOOP(), SIGUSR1, &self->on_signal, signalled,
                                       &self->has_come));
    raise(SIGUSR1);
    WEFT_TRY(self->wait, weft_event_wait, &self->has_come);
WEFT_FINALLY:
    weft_remove_signal_handler(WEFT_LOOP(), SIGUSR1);
    weft_source_close(&self->in); /* with its reader */
    weft_source_close(&self->out);
    close(self->ends[0]);
    close(self->ends[1]);
}
WEFT_END

int main(void)
{
    return weft_run(program);
}

/* prints:
 * read a line
 * SIGUSR1
 */
