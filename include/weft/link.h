/* link.h - a list whose links live inside its members. */
/* SPDX-License-Identifier: MIT */
/*
 * A ring of links: one head, and one link inside each member.
 *
 *     head <-> a.link <-> b.link <-> head        empty: head <-> head
 *
 * A link is in one list at most; its owner keeps the memory. A zeroed link, head or member, is
 * empty and valid: it becomes a ring of itself when it is first used.
 *
 * Every operation is O(1) and allocates nothing. Context: the loop's own.
 */
#ifndef WEFT_LINK_H
#define WEFT_LINK_H

#include <weft/config.h>

typedef struct weft_link {
    struct weft_link *next, *prev;
} weft_link;

/** Makes `link` an empty list, or a member of none. */
static inline void weft_link_init(weft_link *link)
{
    link->next = link;
    link->prev = link;
}

/** True for the empty list, and for a member that is in no list. */
static inline bool weft_link_is_empty(const weft_link *link)
{
    return link->next == link || link->next == NULL;
}

/* The same for a head that is no longer zeroed. */
static WEFT__SHARED void weft__link_append(weft_link *place, weft_link *link)
{
    weft_link *const last = place->prev;
    link->prev = last;
    last->next = link; /* between the two, lest they are stored as one, and loaded one by one */
    link->next = place;
    place->prev = link;
}

/** Puts `link`, which is in no list, right before `place`: before the head is the end. */
static inline void weft_link_insert(weft_link *place, weft_link *link)
{
    if (WEFT__RARE(place->next == NULL)) {
        weft_link_init(place);
    }
    weft__link_append(place, link);
}

/* Takes `link` out of where it is, be that a ring of itself; what it points to is left as it was. */
static inline void weft__link_leave(weft_link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
}

/** Takes `link` out of the list it is in, if it is in one. */
static inline void weft_link_remove(weft_link *link)
{
    if (WEFT__SMALL ? link->next != NULL : !weft_link_is_empty(link)) { /* a ring of itself, too */
        weft__link_leave(link);
        weft_link_init(link);
    }
}

/** Moves all members of `from` behind those of `to`. */
static inline void weft_link_splice(weft_link *to, weft_link *from)
{
    if (weft_link_is_empty(from)) {
        return;
    }
    if (to->next == NULL) {
        weft_link_init(to);
    }
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    weft_link_init(from);
}

#endif
