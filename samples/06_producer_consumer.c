/* 06_producer_consumer.c - a bounded queue between tasks. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: a queue over storage of yours. Who puts into a full one waits until there is room, so a
 * fast producer cannot run ahead. Shut down, it still gives what is in, then WEFT_ESHUTDOWN: so
 * consumers end. The union is room for calls that are made one after the other.
 * Next: 07_lost_local_broken.c, the mistake that everybody makes once.
 */
#include <stdio.h>
#include <weft.h>

struct producer {
    WEFT_FRAME;
    weft_queue *queue;
    int item;
    struct weft_put put;
};

static WEFT_ASYNC(producer, self)
{
    for (self->item = 1; self->item <= 5; self->item++) {
        WEFT_TRY(self->put, weft_put, self->queue, &self->item);
        printf("%d put\n", self->item);
    }
WEFT_FINALLY:
    weft_queue_shutdown(self->queue, false);
}
WEFT_END

struct consumer {
    WEFT_FRAME;
    int items[2], item; /* the queue has room for two */
    weft_queue queue;
    weft_group group;
    WEFT_TASK(producer) producer;
    union {
        struct weft_get get;
        struct weft_sleep work;
    };
};

static WEFT_ASYNC(consumer, self)
{
    weft_queue_init(&self->queue, self->items, sizeof self->items[0], 2);
    WEFT_GROUP(self->group) {
        WEFT_SPAWN(&self->group, &self->producer, producer, &self->queue);
        for (;;) {
            WEFT_AWAIT(self->get, weft_get, &self->queue, &self->item);
            if (WEFT_STATUS() == WEFT_ESHUTDOWN) {
                break;
            }
            WEFT_TRY(self->work, weft_sleep, WEFT_MS(10));
            printf("%d done\n", self->item);
        }
    }
}
WEFT_END

int main(void)
{
    return weft_run(consumer);
}

/* prints:
 * 1 put
 * 2 put
 * 3 put
 * 1 done
 * 4 put
 * 2 done
 * 5 put
 * 3 done
 * 4 done
 * 5 done
 */
