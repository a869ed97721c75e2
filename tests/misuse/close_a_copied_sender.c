/* close_a_copied_sender.c - a sender is copied, not cloned, and both are closed. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: more senders were closed than opened: weft_sender_clone\(\) instead of copying */
#include <weft/channel.h>

int main(void)
{
    static weft_channel channel;
    static weft_sender out, copy;
    static weft_receiver in;
    weft_channel_open(&channel, NULL, sizeof(int), 0, &out, &in);
    copy = out;
    weft_sender_close(&out);
    weft_sender_close(&copy);
    return 0;
}
