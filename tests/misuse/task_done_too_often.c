/* task_done_too_often.c - more items are said to be done than were put. */
/* SPDX-License-Identifier: MIT */
/* stops: weft: weft_queue_task_done\(\) once for each item that was put */
#include <weft/queue.h>

int main(void)
{
    static weft_queue queue;
    static int room[2], item = 1;
    weft_queue_init(&queue, room, sizeof room[0], 2);
    (void)weft_put_nowait(&queue, &item);
    weft_queue_task_done(&queue);
    weft_queue_task_done(&queue);
    return 0;
}
