/* cache.c - small files that were asked for lately, with the head of their answer. */
/* SPDX-License-Identifier: MIT */
/*
 * A table in which each path has one place; a path that comes later takes it. So it needs no order and
 * no limit but its size. A file is looked at again after a second: what has changed is read anew.
 */
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD_ROOM = 512 };

struct cached {
    size_t users; /* the table, and connections that send it */
    weft_time fresh_until;
    struct stat file; /* as it was */
    struct content content;
    time_t composed; /* when the head was */
    size_t head_size;
    const char *path;     /* behind the bytes */
    char head[HEAD_ROOM]; /* it ends where the bytes begin: both go in one piece */
    char bytes[];
};

static size_t place_of(const char *path)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (; *path != '\0'; path++) {
        hash = (hash ^ (unsigned char)*path) * 16777619U;
    }
    return hash % CACHE_PLACES;
}

void cache_release(struct cached **place)
{
    struct cached *const cached = *place;
    *place = NULL;
    if (cached != NULL && --cached->users == 0) {
        free(cached);
    }
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Composes the head for this second; false: another connection still sends the last one. */
static bool has_head(struct cached *cached)
{
    char head[HEAD_ROOM];
    const time_t now = time(NULL);
    if (now == cached->composed) {
        return true;
    }
    if (cached->users > 1) {
        return false;
    }
    cached->head_size = compose_head(head, sizeof head, now, &cached->content);
    memcpy(cached->head + sizeof cached->head - cached->head_size, head, cached->head_size);
    cached->composed = now;
    return true;
}

struct cached *cache_find(struct site *site, const char *path, weft_time now)
{
    struct cached **const place = &site->cache[place_of(path)];
    struct stat file;
    if (*place == NULL || strcmp((*place)->path, path) != 0) {
        return NULL;
    }
    if ((*place)->fresh_until <= now) {
        if (fstatat(site->directory, path, &file, 0) < 0 || !is_same(&file, &(*place)->file)) {
            cache_release(place);
            return NULL;
        }
        (*place)->fresh_until = now + site->cached_for;
    }
    if (!has_head(*place)) {
        cache_release(place);
        return NULL;
    }
    (*place)->users++;
    return *place;
}

/* All of a file: false if it is shorter by now. */
static bool read_all(const struct content *content, char *into)
{
    off_t at = 0;
    while (at < content->size) {
        const ssize_t n = read_content(content, into + at, (size_t)(content->size - at), at);
        if (n <= 0) {
            return false;
        }
        at += n;
    }
    return true;
}

void cache_add(struct site *site, const char *path, const struct content *content, weft_time now)
{
    const size_t size = (size_t)content->size, length = strlen(path) + 1;
    if (site->cached_for == 0 || content->fd == 0 || size > CACHED_MOST) {
        return;
    }
    struct cached *const cached = calloc(1, sizeof *cached + size + length);
    if (cached == NULL || fstat(content->fd - 1, &cached->file) < 0 ||
        cached->file.st_size != content->size || !read_all(content, cached->bytes)) {
        free(cached);
        return;
    }
    cached->path = memcpy(cached->bytes + size, path, length);
    cached->content = *content;
    cached->fresh_until = now + site->cached_for;
    cached->users = 1;
    cache_release(&site->cache[place_of(path)]);
    site->cache[place_of(path)] = cached;
}

void cache_clear(struct site *site)
{
    for (size_t i = 0; i < CACHE_PLACES; i++) {
        cache_release(&site->cache[i]);
    }
}

struct iovec cache_answer(struct cached *cached, bool is_head)
{
    return (struct iovec){cached->head + sizeof cached->head - cached->head_size,
                          cached->head_size + (is_head ? 0 : (size_t)cached->content.size)};
}
