/* request.c - the head of an HTTP request. */
/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A part of the head: from here, to before there. */
struct part {
    char *begin, *end;
};

static size_t length_of(struct part part)
{
    return (size_t)(part.end - part.begin);
}

static bool is_text(struct part part, const char *text, size_t length)
{
    return length_of(part) == length && memcmp(part.begin, text, length) == 0;
}
#define IS_TEXT(part, text) is_text(part, text, sizeof(text) - 1)

/* Names of fields are the same in small letters. */
static bool is_name(struct part part, const char *name, size_t length)
{
    if (length_of(part) != length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        const char c = part.begin[i];
        if ((c >= 'A' && c <= 'Z' ? c | 32 : c) != name[i]) {
            return false;
        }
    }
    return true;
}
#define IS_NAME(part, name) is_name(part, name, sizeof(name) - 1)

/* Cuts off the part before a character: false if there is none. */
static bool cut(struct part *rest, char separator, struct part *ret_part)
{
    char *const end = memchr(rest->begin, separator, length_of(*rest));
    if (end == NULL) {
        return false;
    }
    *ret_part = (struct part){rest->begin, end};
    rest->begin = end + 1;
    return true;
}

/* The line that `rest` begins with, which ends with both; it begins nowhere if there is none. */
static struct part line_of(struct part rest)
{
    struct part line = rest, piece;
    while (cut(&line, '\r', &piece)) {
        if (line.begin < line.end && *line.begin == '\n') {
            return (struct part){rest.begin, piece.end};
        }
    }
    return (struct part){NULL, NULL};
}

static struct part behind_line(struct part line, struct part rest)
{
    return (struct part){line.end + 2, rest.end};
}

static int digit(char c)
{
    const char lower = (char)(c | 32);
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Decodes %XX, up to a query: 200, 400 or 414. A zero byte cannot be in a path. Tells if two points
 * follow each other. */
static int decode(struct part from, char *into, size_t size, bool *ret_has_points)
{
    char *const most = into + size - 1;
    int points = 0;
    *ret_has_points = false;
    for (const char *at = from.begin; at < from.end; at++) {
        char c = *at;
        if (c == '?' || c == '#') {
            break;
        }
        if (c == '%') {
            const int high = from.end - at > 2 ? digit(at[1]) : -1;
            const int low = high < 0 ? -1 : digit(at[2]);
            if (low < 0 || high + low == 0) {
                return 400;
            }
            c = (char)(high * 16 + low);
            at += 2;
        }
        if (into == most) {
            return 414;
        }
        points = c == '.' ? points + 1 : 0;
        *ret_has_points |= points == 2;
        *into++ = c;
    }
    *into = '\0';
    return 200;
}

/* True if a path leads out of the directory on its way. */
static bool escapes(const char *path)
{
    for (const char *begin = path;;) {
        const char *const end = strchrnul(begin, '/');
        if (end - begin == 2 && begin[0] == '.' && begin[1] == '.') {
            return true;
        }
        if (*end == '\0') {
            return false;
        }
        begin = end + 1;
    }
}

/* "/a%20b?query", or the same behind "http://host". */
static int read_target(struct part target, struct request *request)
{
    if (length_of(target) > 7 && *target.begin != '/' &&
        strncasecmp(target.begin, "http://", 7) == 0) {
        target.begin += 7;
        while (target.begin < target.end && *target.begin != '/') {
            target.begin++;
        }
    }
    if (target.begin == target.end || *target.begin != '/') {
        return 400;
    }
    while (target.begin < target.end && *target.begin == '/') {
        target.begin++;
    }
    bool has_points;
    const int status = decode(target, request->path, sizeof request->path, &has_points);
    const bool leads_out = request->path[0] == '/' || (has_points && escapes(request->path));
    return status == 200 && leads_out ? 403 : status;
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

static struct part without_blanks(struct part part)
{
    while (part.begin < part.end && is_blank(*part.begin)) {
        part.begin++;
    }
    while (part.begin < part.end && is_blank(part.end[-1])) {
        part.end--;
    }
    return part;
}

static bool has_blank(struct part part)
{
    for (const char *at = part.begin; at < part.end; at++) {
        if (is_blank(*at)) {
            return true;
        }
    }
    return false;
}

static int read_field(struct part line, struct request *request, struct fields *fields)
{
    struct part name;
    if (!cut(&line, ':', &name) || length_of(name) == 0 || has_blank(name)) {
        return 400;
    }
    const struct part part = without_blanks(line);
    const char *const value = part.begin;
    *part.end = '\0'; /* there it is blank, or the line ends */
    if (IS_NAME(name, "host")) {
        fields->has_host = true;
    } else if (IS_NAME(name, "connection")) {
        fields->wants_close |= strcasestr(value, "close") != NULL;
        fields->wants_more |= strcasestr(value, "keep-alive") != NULL;
    } else if (IS_NAME(name, "content-length")) {
        fields->has_body |= strcmp(value, "0") != 0;
    } else if (IS_NAME(name, "transfer-encoding")) {
        fields->has_body = true;
    } else if (IS_NAME(name, "range")) {
        read_range(value, request);
    } else if (IS_NAME(name, "if-range")) {
        fields->has_if_range = true;
    } else if (IS_NAME(name, "if-modified-since")) {
        request->modified_since = read_date(value);
    }
    return 200;
}

static int read_fields(struct part rest, struct request *request, bool is_new)
{
    struct fields fields = {.has_host = false};
    for (struct part line; length_of(line = line_of(rest)) > 0; rest = behind_line(line, rest)) {
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
    struct part rest = {head, head + size}, method, target;
    if (memchr(head, '\0', size) != NULL) {
        return 400;
    }
    while (rest.begin < rest.end && (*rest.begin == '\r' || *rest.begin == '\n')) {
        rest.begin++;
    }
    struct part line = line_of(rest);
    if (line.begin == NULL) {
        return 400;
    }
    rest = behind_line(line, rest);
    if (!cut(&line, ' ', &method) || !cut(&line, ' ', &target) || length_of(line) < 5 ||
        memcmp(line.begin, "HTTP/", 5) != 0) {
        return 400;
    }
    const bool is_new = IS_TEXT(line, "HTTP/1.1");
    if (!is_new && !IS_TEXT(line, "HTTP/1.0")) {
        return 505;
    }
    const int status = read_fields(rest, request, is_new);
    request->is_head = IS_TEXT(method, "HEAD");
    if (status != 200) {
        return status;
    }
    return request->is_head || IS_TEXT(method, "GET") ? read_target(target, request) : 405;
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
