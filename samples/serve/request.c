/* request.c - the head of an HTTP request. */
/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Cuts off the part before a character: NULL if there is none. */
static char *cut(char **rest, char separator)
{
    char *const part = *rest, *const end = strchr(part, separator);
    if (end == NULL) {
        return NULL;
    }
    *end = '\0';
    *rest = end + 1;
    return part;
}

/* Cuts off a line, which ends with both: NULL if there is none. */
static char *cut_line(char **rest)
{
    char *end = *rest;
    while ((end = strchr(end, '\r')) != NULL && end[1] != '\n') {
        end++;
    }
    char *const line = *rest;
    if (end == NULL) {
        return NULL;
    }
    *end = '\0';
    *rest = end + 2;
    return line;
}

static bool is_name(const char *name, size_t length, const char *wanted, size_t wanted_length)
{
    return length == wanted_length && strncasecmp(name, wanted, length) == 0;
}
#define IS_NAME(name, length, wanted) is_name(name, length, wanted, sizeof(wanted) - 1)

static int digit(char c)
{
    const char lower = (char)(c | 32);
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Decodes %XX: 200 or 400. A zero byte cannot be in a path. */
static int decode(const char *from, char *into, size_t size)
{
    size_t n = 0;
    for (; *from != '\0'; from++) {
        char c = *from;
        if (c == '%') {
            const int high = digit(from[1]), low = high < 0 ? -1 : digit(from[2]);
            if (low < 0 || high + low == 0) {
                return 400;
            }
            c = (char)(high * 16 + low);
            from += 2;
        }
        if (n + 1 == size) {
            return 414;
        }
        into[n++] = c;
    }
    into[n] = '\0';
    return 200;
}

/* True if a path leads out of the directory on its way. */
static bool escapes(const char *path)
{
    while (*path != '\0') {
        const size_t length = strcspn(path, "/");
        if (length == 2 && path[0] == '.' && path[1] == '.') {
            return true;
        }
        path += length;
        path += strspn(path, "/");
    }
    return false;
}

/* "/a%20b?query", or the same behind "http://host". */
static int read_target(char *target, struct request *request)
{
    if (strncasecmp(target, "http://", 7) == 0) {
        target += 7 + strcspn(target + 7, "/");
    }
    if (*target != '/') {
        return 400;
    }
    target[strcspn(target, "?#")] = '\0';
    target += strspn(target, "/");
    const int status = decode(target, request->path, sizeof request->path);
    return status == 200 && (request->path[0] == '/' || escapes(request->path)) ? 403 : status;
}

/* A number of at least one digit: -1 if there is none, or it is too big. */
static off_t read_number(const char **text)
{
    off_t number = 0;
    if (digit(**text) < 0 || digit(**text) > 9) {
        return -1;
    }
    for (; digit(**text) >= 0 && digit(**text) <= 9; ++*text) {
        if (number > INT64_MAX / 10 - 1) {
            return -1;
        }
        number = number * 10 + digit(**text);
    }
    return number;
}

/* "bytes=1-2", "bytes=1-", "bytes=-2". What is not understood is as if it were not there. */
static void read_range(const char *value, struct request *request)
{
    if (strncasecmp(value, "bytes=", 6) != 0) {
        return;
    }
    value += 6;
    request->first = read_number(&value);
    if (*value++ != '-') {
        return;
    }
    request->last = read_number(&value);
    const bool has_first = request->first >= 0, has_last = request->last >= 0;
    request->has_range = *value == '\0' && (has_first || has_last) &&
                         !(has_first && has_last && request->first > request->last);
}

static time_t read_date(const char *value)
{
    struct tm date;
    memset(&date, 0, sizeof date);
    const char *const end = strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &date);
    return end != NULL && *end == '\0' ? timegm(&date) : -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What is found in the fields on the way. */
struct fields {
    bool has_host, has_body, wants_close, wants_more, has_if_range;
};

static int read_field(char *line, struct request *request, struct fields *fields)
{
    char *value = line;
    const char *const name = cut(&value, ':');
    if (name == NULL || *name == '\0' || strpbrk(name, " \t") != NULL) {
        return 400;
    }
    const size_t length = strlen(name);
    value += strspn(value, " \t");
    for (size_t end = strlen(value); end > 0 && is_blank(value[end - 1]); end--) {
        value[end - 1] = '\0';
    }
    if (IS_NAME(name, length, "host")) {
        fields->has_host = true;
    } else if (IS_NAME(name, length, "connection")) {
        fields->wants_close |= strcasestr(value, "close") != NULL;
        fields->wants_more |= strcasestr(value, "keep-alive") != NULL;
    } else if (IS_NAME(name, length, "content-length")) {
        fields->has_body |= strcmp(value, "0") != 0;
    } else if (IS_NAME(name, length, "transfer-encoding")) {
        fields->has_body = true;
    } else if (IS_NAME(name, length, "range")) {
        read_range(value, request);
    } else if (IS_NAME(name, length, "if-range")) {
        fields->has_if_range = true;
    } else if (IS_NAME(name, length, "if-modified-since")) {
        request->modified_since = read_date(value);
    }
    return 200;
}

static int read_fields(char *rest, struct request *request, bool is_new)
{
    struct fields fields = {.has_host = false};
    for (char *line; (line = cut_line(&rest)) != NULL && *line != '\0';) {
        const int status = read_field(line, request, &fields);
        if (status != 200) {
            return status;
        }
    }
    /* A body is not read, so what follows would be taken for a request. */
    request->keeps_alive = !fields.has_body && !fields.wants_close && (is_new || fields.wants_more);
    request->has_range &= !fields.has_if_range;
    return is_new && !fields.has_host ? 400 : 200;
}

/* All but the room behind a path. */
void forget_request(struct request *request)
{
    memset(request, 0, offsetof(struct request, path) + 1);
    request->first = request->last = -1;
    request->modified_since = -1;
}

int read_request(char *head, size_t size, struct request *request)
{
    forget_request(request);
    if (strlen(head) != size) {
        return 400;
    }
    head += strspn(head, "\r\n");
    char *line = cut_line(&head);
    const char *const method = line != NULL ? cut(&line, ' ') : NULL;
    char *const target = method != NULL ? cut(&line, ' ') : NULL;
    if (target == NULL || strncmp(line, "HTTP/", 5) != 0) {
        return 400;
    }
    const bool is_new = strcmp(line, "HTTP/1.1") == 0;
    if (!is_new && strcmp(line, "HTTP/1.0") != 0) {
        return 505;
    }
    const int status = read_fields(head, request, is_new);
    request->is_head = strcmp(method, "HEAD") == 0;
    if (status != 200) {
        return status;
    }
    return request->is_head || strcmp(method, "GET") == 0 ? read_target(target, request) : 405;
}

int find_range(const struct request *request, off_t size, off_t *ret_first, off_t *ret_length)
{
    const bool is_tail = request->first < 0; /* the last so many bytes */
    const off_t tail = request->last < size ? request->last : size;
    const off_t first = is_tail ? size - tail : request->first;
    const off_t end =
        is_tail || request->last < 0 || request->last >= size ? size : request->last + 1;
    if (!request->has_range) {
        *ret_first = 0;
        *ret_length = size;
        return 200;
    }
    if (first >= size || first >= end) {
        return 416;
    }
    *ret_first = first;
    *ret_length = end - first;
    return 206;
}
