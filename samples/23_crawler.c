/* 23_crawler.c - tasks that start tasks, two of them at work at a time. */
/* SPDX-License-Identifier: MIT */
/*
 * New here: WEFT_WITH holds a permit for the length of a block, and gives it back however the block
 * is left: nothing to release in FINALLY. Each page is a task that starts one for every link that
 * nobody has seen yet, into the group of the crawl; the crawl ends when no page is left.
 * Next: 24_workers_and_join.c, when everything that was put into a queue is done.
 */
#include <stdio.h>
#include <weft.h>

enum { PAGES = 6 };

static const struct page {
    const char *url;
    int links[3]; /* 0 ends them: everybody knows the first page */
} pages[PAGES] = {
    {"/", {1, 2}},    {"/news", {3, 4}}, {"/about", {1, 4}},
    {"/news/1", {1}}, {"/team", {2, 5}}, {"/map", {0}},
};

struct fetch {
    WEFT_FRAME;
    struct crawl *crawl;
    const struct page *page;
    weft_with turn;
    struct weft_sleep transfer;
};

struct crawl {
    WEFT_FRAME;
    weft_semaphore limit;
    bool seen[PAGES];
    weft_group group;
    WEFT_TASKS(fetch, PAGES) fetches;
};

static WEFT_DECLARE(fetch);

static int visit(struct crawl *crawl, int number)
{
    if (crawl->seen[number]) {
        return 0;
    }
    crawl->seen[number] = true;
    return weft_spawn_in(&crawl->group, &crawl->fetches, fetch, crawl, &pages[number]);
}

static WEFT_ASYNC(fetch, self)
{
    WEFT_WITH(self->turn, &self->crawl->limit) {
        printf("%s begins\n", self->page->url);
        WEFT_TRY(self->transfer, weft_sleep, WEFT_MS(20));
        printf("%s ends\n", self->page->url);
    }
    for (const int *link = self->page->links; *link != 0; link++) { /* no await in it */
        WEFT_CHECK(visit(self->crawl, *link));
    }
}
WEFT_END

static WEFT_ASYNC(crawl, self)
{
    self->limit = (weft_semaphore){.permits = 2};
    WEFT_GROUP(self->group) {
        WEFT_CHECK(visit(self, 0));
    }
    printf("all seen\n");
}
WEFT_END

int main(void)
{
    return weft_run(crawl);
}

/* prints:
 * / begins
 * / ends
 * /news begins
 * /about begins
 * /news ends
 * /about ends
 * /news/1 begins
 * /team begins
 * /news/1 ends
 * /team ends
 * /map begins
 * /map ends
 * all seen
 */
