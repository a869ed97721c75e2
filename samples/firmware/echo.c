/* echo.c - what comes in by the serial line goes out again; after a pause it ends. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: bytes. The handler of the interrupt puts each into a ring; the task reads as many as
 * are there, under a timeout.
 * Next: sensor.c, a peripheral that works by itself.
 */
#include "board.h"
#include <weft/ring.h>

static weft_ring line;

void board_received(uint8_t byte)
{
    (void)weft_ring_put(&line, byte);
}

struct echo {
    WEFT_FRAME;
    uint8_t bytes[8];
    size_t at;
    weft_scope patience;
    struct weft_ring_read read;
};

static WEFT_ASYNC(echo, self)
{
    do {
        WEFT_MOVE_ON(self->patience, WEFT_S(2)) {
            WEFT_TRY(self->read, weft_ring_read, .ring = &line, .bytes = self->bytes,
                     .size_bytes = sizeof self->bytes);
            for (self->at = 0; self->at < self->read.count; self->at++) {
                board_put((char)self->bytes[self->at]);
            }
        }
    } while (!self->patience.expired);
    board_print("nothing for two seconds\n");
}
WEFT_END

int main(void)
{
    static uint8_t room[64];
    static WEFT_TASK(echo) task;
    weft_executor *const executor = board_start();
    weft_ring_init(&line, room, sizeof room, &executor->core);
    weft_spawn(&executor->group, &task, echo);
    board_listen();
    board_print("say something\n");
    board_exit(weft_executor_run(executor));
}

/* reads: the quick brown fox jumps over the lazy dog */
/* prints:
 * say something
 * the quick brown fox jumps over the lazy dog
 * nothing for two seconds
 */
