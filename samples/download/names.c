/* names.c - which file a URL becomes. */
/* SPDX-License-Identifier: MIT */
#include "download.h"

#include <ctype.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 200 }; /* bytes: room for .part and a number below the 255 of most file systems */

/* Names that are taken, or URLs that were seen: a tree of strings. */
typedef void *set;

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool has(set *of, const char *word)
{
    return tfind(word, of, compare) != NULL;
}

static bool add(set *to, const char *word)
{
    return tsearch(word, to, compare) != NULL;
}

static void forget(void *word)
{
    (void)word; /* it is a transfer's */
}

/* What a file may be called: one component of a path, printable. */
static void sanitize(char *name)
{
    for (char *at = name; *at != '\0'; at++) {
        if (*at == '/' || iscntrl((unsigned char)*at)) {
            *at = '_';
        }
    }
    if (strlen(name) > LONGEST) {
        name[LONGEST] = '\0';
    }
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        name[0] = '_';
    }
}

/* The last component of the path, decoded; `index.html` if there is none. */
static char *name_in(CURLU *url)
{
    char *path, *plain = NULL, *name;
    if (curl_url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK) {
        return NULL;
    }
    const char *const slash = strrchr(path, '/');
    const char *const last = slash != NULL ? slash + 1 : path;
    plain = curl_easy_unescape(NULL, last, 0, NULL);
    name = strdup(plain == NULL || *plain == '\0' ? "index.html" : plain);
    if (name != NULL) {
        sanitize(name);
    }
    curl_free(plain);
    curl_free(path);
    return name;
}

/* Neither the file nor its part may be anybody else's. */
static bool take_name(set *taken, struct transfer *transfer, const char *wanted)
{
    for (int number = 0;; number++) {
        char *name, *part_name;
        if ((number == 0 ? asprintf(&name, "%s", wanted)
                         : asprintf(&name, "%s.%d", wanted, number)) < 0) {
            return false;
        }
        if (asprintf(&part_name, "%s.part", name) < 0) {
            free(name);
            return false;
        }
        if (!has(taken, name) && !has(taken, part_name)) {
            transfer->name = name;
            transfer->part_name = part_name;
            return add(taken, name) && add(taken, part_name);
        }
        free(name);
        free(part_name);
    }
}

static bool name_one(set *taken, struct transfer *transfer)
{
    CURLU *const url = curl_url();
    bool is_fine = url != NULL;
    if (is_fine) {
        const CURLUcode code = curl_url_set(url, CURLUPART_URL, transfer->url,
                                            CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME);
        if (code == CURLUE_OK) {
            char *const name = name_in(url);
            is_fine = name != NULL && take_name(taken, transfer, name);
            free(name);
        } else {
            (void)snprintf(transfer->text, sizeof transfer->text,
                           "this is no URL (%s): write it like https://host/path, a blank as %%20",
                           curl_url_strerror(code));
        }
    }
    curl_url_cleanup(url);
    return is_fine;
}

bool name_all(struct job *job)
{
    set urls = NULL, taken = NULL;
    size_t kept = 0;
    bool is_fine = true;
    for (size_t i = 0; is_fine && i < job->count; i++) {
        if (has(&urls, job->transfers[i].url)) {
            fprintf(stderr, "download: %s: given twice, fetched once\n", job->transfers[i].url);
            free(job->transfers[i].url);
            continue;
        }
        job->transfers[kept] = job->transfers[i];
        is_fine = add(&urls, job->transfers[kept].url) && name_one(&taken, &job->transfers[kept]);
        kept++;
    }
    job->count = kept;
    tdestroy(urls, forget);
    tdestroy(taken, forget);
    return is_fine;
}
