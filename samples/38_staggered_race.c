/* 38_staggered_race.c - the first success is enough. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: weft_race takes the first of several tasks that succeeds, cancels the others, and waits
 * for them. With a delay it is polite: the next mirror is asked only when the one before has had so
 * much time, or has failed. Here the second begins at 50 ms; it fails at 70, so the third begins at
 * once; that succeeds at 90, and the fourth never begins.
 * Next: 39_shield_a_task.c, waiting that can be given up.
 */
#include <errno.h>
#include <stdio.h>
#include <weft.h>

struct mirror {
    WEFT_FRAME;
    const char *host;
    weft_time takes;
    int status;
    struct weft_sleep nap;
};

static WEFT_ASYNC(mirror, self)
{
    printf("%s is asked\n", self->host);
    WEFT_TRY(self->nap, weft_sleep, self->takes);
    WEFT_RETURN(self->status);
WEFT_FINALLY:
    printf("%s: %s\n", self->host, WEFT_OUTCOME() < 0 ? weft_strstatus(WEFT_OUTCOME()) : "here");
}
WEFT_END

struct download {
    WEFT_FRAME;
    weft_group group;
    WEFT_TASK(mirror) mirrors[4];
    weft_watch watches[4];
    struct weft_race race;
};

static WEFT_ASYNC(download, self)
{
    WEFT_GROUP(self->group, .keep_going = true) {
        WEFT_TRY(self->race, weft_race,
                 weft_watch_tasks(
                     self->watches,
                     weft_prepare(&self->mirrors[0], mirror, "slow.example", WEFT_S(3600)),
                     weft_prepare(&self->mirrors[1], mirror, "full.example", WEFT_MS(20), -EBUSY),
                     weft_prepare(&self->mirrors[2], mirror, "good.example", WEFT_MS(20)),
                     weft_prepare(&self->mirrors[3], mirror, "last.example", WEFT_MS(20))),
                 .delay = WEFT_MS(50), .group = &self->group);
    }
    printf("taken from %s\n", self->mirrors[self->race.winner - self->watches].frame.host);
}
WEFT_END

int main(void)
{
    return weft_run(download);
}

/* prints:
 * slow.example is asked
 * full.example is asked
 * full.example: Device or resource busy
 * good.example is asked
 * good.example: here
 * slow.example: cancelled: the wait did not happen
 * taken from good.example
 */
