/* test_item.c - copying what passes from task to task. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <weft/item.h>

enum { MOST = 40 };

START_TEST(an_item_of_any_size_is_copied_and_nothing_beside_it)
{
    unsigned char from[MOST + 2], to[MOST + 2];
    const size_t bytes = (size_t)_i;
    for (size_t i = 0; i < sizeof from; i++) {
        from[i] = (unsigned char)(i + 1);
    }
    memset(to, 0, sizeof to);
    weft__item_copy(to + 1, from + 1, bytes); /* at odd addresses, too */
    ck_assert_int_eq(memcmp(to + 1, from + 1, bytes), 0);
    ck_assert_uint_eq(to[0], 0);
    ck_assert_uint_eq(to[bytes + 1], 0);
}
END_TEST

SUITE_TOGETHER(item)
{
    TEST_EACH(an_item_of_any_size_is_copied_and_nothing_beside_it, MOST);
}
