/* test_link.c - a list whose links live inside its members. */
/* SPDX-License-Identifier: MIT */
#include "weft_check.h"
#include <weft/link.h>

struct letter {
    char name;
    weft_link link;
};

static weft_link head, other;
static struct letter a, b, c;

static void begin(void)
{
    const weft_link none = {0};
    head = other = none;
    a = (struct letter){'a', none};
    b = (struct letter){'b', none};
    c = (struct letter){'c', none};
}

/* The members from the first to the last; checks the way back, too. */
static const char *read_list(const weft_link *list)
{
    static char names[8];
    size_t count = 0;
    if (list->next == NULL) {
        return "";
    }
    for (const weft_link *link = list->next; link != list; link = link->next) {
        ck_assert_ptr_eq(link->next->prev, link);
        ck_assert_ptr_eq(link->prev->next, link);
        names[count++] = ((const struct letter *)(const void *)((const char *)link -
                                                                offsetof(struct letter, link)))
                             ->name;
    }
    names[count] = '\0';
    return names;
}

START_TEST(a_zeroed_link_is_an_empty_list_and_a_member_of_none)
{
    begin();
    ck_assert(weft_link_is_empty(&head));
    ck_assert(weft_link_is_empty(&a.link));
}
END_TEST

START_TEST(an_initialised_link_is_empty)
{
    weft_link_init(&head);
    ck_assert(weft_link_is_empty(&head));
}
END_TEST

START_TEST(before_the_head_is_the_end)
{
    begin();
    weft_link_insert(&head, &a.link);
    weft_link_insert(&head, &b.link);
    weft_link_insert(&head, &c.link);
    ck_assert_str_eq(read_list(&head), "abc");
}
END_TEST

START_TEST(before_a_member_is_in_the_middle)
{
    begin();
    weft_link_insert(&head, &a.link);
    weft_link_insert(&head, &c.link);
    weft_link_insert(&c.link, &b.link);
    ck_assert_str_eq(read_list(&head), "abc");
}
END_TEST

START_TEST(any_member_can_be_removed)
{
    const char *const left[] = {"bc", "ac", "ab"};
    struct letter *const letters[] = {&a, &b, &c};
    begin();
    weft_link_insert(&head, &a.link);
    weft_link_insert(&head, &b.link);
    weft_link_insert(&head, &c.link);
    weft_link_remove(&letters[_i]->link);
    ck_assert_str_eq(read_list(&head), left[_i]);
    ck_assert(weft_link_is_empty(&letters[_i]->link));
}
END_TEST

START_TEST(removing_what_is_in_no_list_does_nothing)
{
    begin();
    weft_link_remove(&a.link);
    weft_link_insert(&head, &a.link);
    weft_link_remove(&a.link);
    weft_link_remove(&a.link);
    ck_assert(weft_link_is_empty(&head));
    ck_assert(weft_link_is_empty(&a.link));
}
END_TEST

START_TEST(a_removed_member_can_go_into_another_list)
{
    begin();
    weft_link_insert(&head, &a.link);
    weft_link_remove(&a.link);
    weft_link_insert(&other, &a.link);
    ck_assert_str_eq(read_list(&head), "");
    ck_assert_str_eq(read_list(&other), "a");
}
END_TEST

START_TEST(splice_moves_all_members_behind_the_others_in_order)
{
    begin();
    weft_link_insert(&head, &a.link);
    weft_link_insert(&other, &b.link);
    weft_link_insert(&other, &c.link);
    weft_link_splice(&head, &other);
    ck_assert_str_eq(read_list(&head), "abc");
    ck_assert(weft_link_is_empty(&other));
}
END_TEST

START_TEST(splice_into_a_zeroed_list_moves_all)
{
    begin();
    weft_link_insert(&other, &a.link);
    weft_link_splice(&head, &other);
    ck_assert_str_eq(read_list(&head), "a");
}
END_TEST

START_TEST(splice_of_an_empty_list_changes_nothing)
{
    begin();
    weft_link_insert(&head, &a.link);
    weft_link_splice(&head, &other);
    weft_link_init(&other);
    weft_link_splice(&head, &other);
    ck_assert_str_eq(read_list(&head), "a");
}
END_TEST

SUITE(link)
{
    TEST(a_zeroed_link_is_an_empty_list_and_a_member_of_none);
    TEST(an_initialised_link_is_empty);
    TEST(before_the_head_is_the_end);
    TEST(before_a_member_is_in_the_middle);
    TEST_EACH(any_member_can_be_removed, 3);
    TEST(removing_what_is_in_no_list_does_nothing);
    TEST(a_removed_member_can_go_into_another_list);
    TEST(splice_moves_all_members_behind_the_others_in_order);
    TEST(splice_into_a_zeroed_list_moves_all);
    TEST(splice_of_an_empty_list_changes_nothing);
}
