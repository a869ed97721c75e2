/* task_in_plain_generator.c - a coroutine that plain C drives asks for its task. */
/* SPDX-License-Identifier: MIT */
/* stops: task_in_plain_generator\.c:\d+: hello: weft: it has to wait: drive it from a coroutine */
#include <weft/generator.h>
#include <weft/task.h>

struct hello {
    WEFT_FRAME;
    weft_task *task;
};

static WEFT_ASYNC(hello, self)
{
    self->task = WEFT_SELF();
}
WEFT_END

int main(void)
{
    struct hello it;
    weft_init(&it, hello);
    (void)weft_next(&it);
    return 0;
}
