/* 46_full_and_empty.c - a queue without waiting. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_put_nowait and weft_get_nowait never wait: what would have to is a status. They are
 * for callbacks, and for all that is no coroutine. A queue that was shut down takes nothing more, and
 * gives what is in. This one gives the newest first.
 * Next: 47_call_later.c, callbacks.
 */
#include <stdio.h>
#include <weft.h>

static const char *tell(int status)
{
    return status == 0                ? "ok"
           : status == WEFT_EFULL     ? "full"
           : status == WEFT_EEMPTY    ? "empty"
           : status == WEFT_ESHUTDOWN ? "shut down"
                                      : "?";
}

int main(void)
{
    const char *room[2], *plate = NULL;
    const char *const plates[] = {"white", "blue", "green"};
    weft_queue pile;
    weft_lifo_queue_init(&pile, room, sizeof room[0], 2);
    for (int i = 0; i < 3; i++) {
        printf("put %s: %s\n", plates[i], tell(weft_put_nowait(&pile, &plates[i])));
    }
    printf("%zu of %zu, full: %d\n", weft_queue_size(&pile), weft_queue_maxsize(&pile),
           weft_queue_is_full(&pile));
    printf("get: %s", tell(weft_get_nowait(&pile, &plate)));
    printf(", %s\n", plate);

    weft_queue_shutdown(&pile, false);
    printf("put green: %s\n", tell(weft_put_nowait(&pile, &plates[2])));
    printf("get: %s", tell(weft_get_nowait(&pile, &plate)));
    printf(", %s\n", plate);
    printf("get: %s\n", tell(weft_get_nowait(&pile, &plate)));
}

/* prints:
 * put white: ok
 * put blue: ok
 * put green: full
 * 2 of 2, full: 1
 * get: ok, blue
 * put green: shut down
 * get: ok, white
 * get: shut down
 */
