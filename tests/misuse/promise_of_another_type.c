/* promise_of_another_type.c - what a thread promises is not what the future holds. */
/* SPDX-License-Identifier: MIT */
/* error(gcc): comparison of distinct pointer types */
/* error(clang): comparison of distinct pointer types */
/* flags: -Werror */
#include <weft/promise.h>

void promise(weft_core *core);

void promise(weft_core *core)
{
    static WEFT_FUTURE(int) answer;
    static WEFT_PROMISE(long) given;
    weft_future_init(&answer.future, core);
    weft_promise_init_value(&given, &answer);
}
