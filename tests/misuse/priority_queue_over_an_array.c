/* priority_queue_over_an_array.c - a plain array has no room for the order of equal items. */
/* SPDX-License-Identifier: MIT */
/* error: not a structure or union */
#include <weft/priority_queue.h>

static int items[8];

static bool is_less(const void *left, const void *right)
{
    return *(const int *)left < *(const int *)right;
}

int main(void)
{
    static weft_queue queue;
    weft_priority_queue_init(&queue, &items, is_less);
    return 0;
}
