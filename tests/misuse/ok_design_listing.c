/* ok_design_listing.c - the program that the design page shows, word for word. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <weft/executor.h>
#include <weft/sync.h>

/* clang-format off */

struct body {
    size_t size;
};

struct fetch {
    WEFT_FRAME;
    const char *url;
    struct body *body;
};
WEFT_DECLARE(fetch);

struct fetch_retry {
    WEFT_FRAME;
    const char *url;                 /* in */
    weft_semaphore *limit;
    struct body body;                /* out */
    int attempts;
    weft_hold turn;                  /* zero = nothing held */
    weft_scope patience;
    union {                          /* calls made one after the other share their room */
        struct weft_acquire acquire;
        struct fetch fetch;
        struct weft_sleep sleep;
    };
};

static WEFT_ASYNC(fetch_retry, self)
{
    WEFT_TRY(self->acquire, weft_acquire, self->limit, &self->turn);
    for (self->attempts = 1;; self->attempts++) {
        WEFT_MOVE_ON(self->patience, WEFT_S(10)) {
            WEFT_AWAIT(self->fetch, fetch, self->url, &self->body);
        }
        if (WEFT_STATUS() == 0 || self->attempts == 3) {
            WEFT_RETURN(WEFT_STATUS());
        }
        WEFT_TRY(self->sleep, weft_sleep, WEFT_S(1) << self->attempts);
    }
WEFT_FINALLY:                        /* on return, on error and on cancellation */
    weft_release(&self->turn);
}
WEFT_END

struct download {
    WEFT_FRAME;
    const char **urls;
    size_t count;
    weft_semaphore limit;
    weft_group group;
    WEFT_TASK(fetch_retry) each[100];
};
WEFT_DECLARE(download);

WEFT_ASYNC(download, self)
{
    self->limit = (weft_semaphore){ .permits = 8 };
    WEFT_GROUP(self->group, .keep_going = true) {
        for (size_t i = 0; i < self->count; i++) {
            WEFT_CHECK(weft_spawn(&self->group, &self->each[i], fetch_retry, self->urls[i], &self->limit));
        }
    }                                /* here all of them have ended, whatever happened */
    for (size_t i = 0; i < self->count; i++) {
        printf("%s: %d after %d\n", self->urls[i], self->each[i].task.status, self->each[i].frame.attempts);
    }
}
WEFT_END
