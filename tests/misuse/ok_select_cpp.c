/* ok_select_cpp.c - channels and select in C++20. */
/* SPDX-License-Identifier: MIT */
/* flags: -xc++ -std=c++20 -Wshadow -Wpedantic */
#include <weft/select.h>

struct merge {
    WEFT_FRAME;
    weft_receiver left, right;
    weft_sender out;
    weft_event *stop;
    int item, unread;
    weft_case from_left, from_right, stopped, late;
    struct weft_select select;
    struct weft_send send;
    struct weft_channel_each each;
};
WEFT_DECLARE(merge);

WEFT_ASYNC(merge, self)
{
    for (;;) {
        WEFT_AWAIT(self->select, weft_select,
                   .cases = WEFT_CASES(
                       weft_on_receive(&self->from_left, &self->left, &self->item),
                       weft_when(self->unread == 0,
                                 weft_on_receive(&self->from_right, &self->right, &self->item)),
                       weft_on_event(&self->stopped, self->stop),
                       weft_on_timer(&self->late, WEFT_S(1))),
                   .biased = true);
        if (WEFT_STATUS() == WEFT_EEND || self->stopped.happened || self->late.happened) {
            break;
        }
        WEFT_TRY(self->send, weft_send, .sender = &self->out, .item = &self->item);
    }
    WEFT_FOR_EACH(self->each, weft_channel_each, .receiver = &self->right, .item = &self->item) {
        self->unread++;
    }
    WEFT_TRY(self->select, weft_select, .cases = WEFT_CASES(weft_on_timer(&self->late, 0)));
WEFT_FINALLY:
    weft_receiver_close(&self->left);
    weft_receiver_close(&self->right);
    weft_sender_close(&self->out);
}
WEFT_END
