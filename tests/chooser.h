/* chooser.h - a task that selects among cases that are named by letters, and says which happened. */
/* SPDX-License-Identifier: MIT */
/*
 *     r s   receives by `in`, sends `item` by `out`         e f   the events `bell` and `alarm`
 *     q p   the same by `other_in`, `other_out`             t u   one second, two seconds
 *     k     the end of `victim`                             n     a duration of 0
 *     g     the future `answer`                             h     the signal `button`
 *
 * An upper-case letter is guarded away. Behind its name stand the letter and the item, or how it
 * failed; without a letter: none happened.
 *
 *     CHOOSE(&a, 'a', "ret", 2);           twice; "ar5 " then "a-cancelled "
 */
#ifndef WEFT_TEST_CHOOSER_H
#define WEFT_TEST_CHOOSER_H

#include <weft/select.h>

#include "channels.h" /* its names would hide those of parameters in the headers */

static int other_room[8];
static weft_channel other;
static weft_sender other_out;
static weft_receiver other_in;
static weft_event bell, alarm_bell;
static WEFT_FUTURE(int) answer;
static weft_signal button;

struct sleeper {
    WEFT_FRAME;
    weft_time after;
    int status;
    struct weft_sleep nap;
};

__attribute__((unused)) static WEFT_ASYNC(sleeper, self)
{
    WEFT_CATCH(self->nap, weft_sleep, self->after);
    WEFT_RETURN(WEFT_STATUS() < 0 ? WEFT_STATUS() : self->status);
}
WEFT_END

static WEFT_TASK(sleeper) victim;

struct chooser {
    WEFT_FRAME;
    char name;
    const char *letters;
    int times;
    int item; /* to be sent; then the next number */
    bool biased, or_default;
    int received;
    weft_case cases[4];
    struct weft_select select;
};

static weft_case *case_of(weft_case *place, char letter, const int *sent, int *received)
{
    switch (letter) {
    case 'r':
        return weft_on_receive(place, &in, received);
    case 's':
        return weft_on_send(place, &out, sent);
    case 'q':
        return weft_on_receive(place, &other_in, received);
    case 'p':
        return weft_on_send(place, &other_out, sent);
    case 'e':
        return weft_on_event(place, &bell);
    case 'f':
        return weft_on_event(place, &alarm_bell);
    case 'g':
        return weft_on_future(place, &answer.future);
    case 'h':
        return weft_on_signal(place, &button);
    case 'n':
        return weft_on_timer(place, 0);
    case 't':
        return weft_on_timer(place, WEFT_S(1));
    case 'u':
        return weft_on_timer(place, WEFT_S(2));
    case 'k':
        return weft_on_task(place, &victim.task);
    default:
        ck_assert_msg(false, "no case is named %c", letter);
        return NULL;
    }
}

static weft_case *nth_case(struct chooser *self, size_t n)
{
    const char letter = n < strlen(self->letters) ? self->letters[n] : '\0';
    const bool is_off = letter >= 'A' && letter <= 'Z';
    if (letter == '\0') {
        return NULL;
    }
    return weft_when(!is_off, case_of(&self->cases[n], (char)(is_off ? letter - 'A' + 'a' : letter),
                                      &self->item, &self->received));
}

static void say_choice(struct chooser *self, int status)
{
    int happened = 0;
    say("%c", self->name);
    for (size_t i = 0; i < strlen(self->letters); i++) {
        const weft_case *const each = &self->cases[i];
        if (each->happened) {
            happened++;
            ck_assert_int_eq(each->status, status);
            say("%c", self->letters[i]);
            if (status == 0 && strchr("rq", self->letters[i]) != NULL) {
                say("%d", self->received);
            } else if (status == 0 && strchr("sp", self->letters[i]) != NULL) {
                say("%d", self->item++);
            }
        }
    }
    if (status != 0) {
        say("-%s", how(status));
    }
    say(" ");
    ck_assert_int_le(happened, 1);
}

static WEFT_ASYNC(chooser, self)
{
    for (; self->times > 0; self->times--) {
        WEFT_CATCH(
            self->select, weft_select,
            WEFT_CASES(nth_case(self, 0), nth_case(self, 1), nth_case(self, 2), nth_case(self, 3)),
            .biased = self->biased, .or_default = self->or_default);
        say_choice(self, WEFT_STATUS());
        if (WEFT_STATUS() == WEFT_ECANCELED) {
            break;
        }
    }
}
WEFT_END

typedef WEFT_TASK(chooser) chooser_task;

#define CHOOSE(slot, ...) START(slot, chooser, __VA_ARGS__)

/** Two channels, of which neither has room; two events that are not set. */
static void begin_with_rooms_for(size_t capacity, size_t other_capacity)
{
    const weft_event unset = {0};
    begin_with_room_for(capacity);
    weft_channel_open(&other, other_capacity > 0 ? other_room : NULL, sizeof other_room[0],
                      other_capacity, &other_out, &other_in);
    bell = alarm_bell = unset;
    memset(&victim, 0, sizeof victim);
    memset(&answer, 0, sizeof answer);
    weft_signal_init(&button, &executor.core);
}

__attribute__((unused)) static void begin_choice(void)
{
    begin_with_rooms_for(0, 0);
}

/** At an end: the list of its side is empty, and the end knows of no one. (Of several it knows the list.) */
static inline void check_end(const weft_link *waiting, const weft_link *list)
{
    ck_assert(weft_link_is_empty(list));
    ck_assert(waiting == NULL || waiting == list);
}

/** Nobody waits for anything any more. */
__attribute__((unused)) static void check_no_trace(void)
{
    weft_time at;
    const weft_channel_stats stats[] = {weft_channel_statistics(&channel),
                                        weft_channel_statistics(&other)};
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(stats[i].waiting_senders, 0);
        ck_assert_uint_eq(stats[i].waiting_receivers, 0);
    }
    check_end(in.waiting, &channel.receivers);
    check_end(out.waiting, &channel.senders);
    check_end(other_in.waiting, &other.receivers);
    check_end(other_out.waiting, &other.senders);
    ck_assert(weft_link_is_empty(&bell.waiters) && weft_link_is_empty(&alarm_bell.waiters));
    ck_assert(weft_link_is_empty(&answer.future.waiters) && weft_link_is_empty(&button.waiters));
    ck_assert_uint_eq(executor.core.outside, 0);
    ck_assert(!weft_timers_next(&executor.core.timers, &at));
    if (weft_task_is_running(&victim.task)) {
        ck_assert_ptr_eq(victim.task.owner, &executor.group.owner);
    }
}

#endif
