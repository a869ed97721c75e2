/* content.c - files and directories, and files to try it with. */
/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".htm", "text/html; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".md", "text/plain; charset=utf-8"},
        {".c", "text/plain; charset=utf-8"},
        {".h", "text/plain; charset=utf-8"},
        {".css", "text/css"},
        {".js", "text/javascript"},
        {".json", "application/json"},
        {".xml", "application/xml"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},
        {".gif", "image/gif"},
        {".webp", "image/webp"},
        {".pdf", "application/pdf"},
        {".wasm", "application/wasm"},
    };
    const char *const ending = strrchr(path, '.');
    for (size_t i = 0; ending != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (strcasecmp(ending, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return "application/octet-stream";
}

/* --- a directory ------------------------------------------------------------------------------ */

static void put_html(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("<>&\"'", *text) != NULL) {
            fprintf(to, "&#%d;", *text);
        } else {
            fputc(*text, to);
        }
    }
}

static void put_url(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (isalnum((unsigned char)*text) || strchr("/-_.~", *text) != NULL) {
            fputc(*text, to);
        } else {
            fprintf(to, "%%%02X", (unsigned char)*text);
        }
    }
}

static void put_entry(FILE *to, const struct dirent *entry)
{
    const char *const end = entry->d_type == DT_DIR ? "/" : "";
    if (strcmp(entry->d_name, ".") != 0) {
        fputs("<li><a href=\"./", to); /* so that a colon in the name is none of a scheme */
        put_url(to, entry->d_name);
        fprintf(to, "%s\">", end);
        put_html(to, entry->d_name);
        fprintf(to, "%s</a>\n", end);
    }
}

static int list_directory(const struct site *site, const char *path, struct content *content)
{
    struct dirent **entries;
    size_t size = 0;
    const int count = scandirat(site->directory, *path ? path : ".", &entries, NULL, alphasort);
    FILE *const to = count >= 0 ? open_memstream(&content->text, &size) : NULL;
    if (to != NULL) {
        fputs("<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>/", to);
        put_html(to, path);
        fputs("</title>\n<ul>\n", to);
    }
    for (int i = 0; i < count; i++) {
        if (to != NULL && (*path != '\0' || strcmp(entries[i]->d_name, "..") != 0)) {
            put_entry(to, entries[i]);
        }
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
    if (to == NULL || fputs("</ul>\n", to) < 0 || fclose(to) != 0) {
        return 500;
    }
    content->size = (off_t)size;
    content->type = "text/html; charset=utf-8";
    return 200;
}

/* --- a path ----------------------------------------------------------------------------------- */

static int status_of(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG || error == ELOOP ? 404
           : error == EACCES || error == EPERM                                            ? 403
           : error == EMFILE || error == ENFILE || error == ENOMEM                        ? 503
                                                                                          : 500;
}

/* Non-blocking, so that opening a named pipe does not wait for its other side. */
static int open_file(const struct site *site, const char *path, struct content *content,
                     mode_t *ret_mode)
{
    struct stat file;
    const int fd =
        openat(site->directory, *path ? path : ".", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) < 0) {
        const int status = status_of(errno);
        if (fd >= 0) {
            close(fd);
        }
        return status;
    }
    *ret_mode = file.st_mode;
    content->fd = fd + 1;
    content->size = file.st_size;
    content->modified = file.st_mtime;
    content->type = type_of(path);
    return S_ISREG(file.st_mode) || S_ISDIR(file.st_mode) ? 200 : 403;
}

int open_content(const struct site *site, const char *path, struct content *ret_content)
{
    mode_t mode = 0;
    const size_t length = strlen(path);
    const bool has_slash = length == 0 || path[length - 1] == '/';
    const int status = open_file(site, path, ret_content, &mode);
    if (status == 200 && !S_ISDIR(mode)) {
        return has_slash ? 404 : 200;
    }
    close_content(ret_content);
    return status != 200 ? status : has_slash ? list_directory(site, path, ret_content) : 301;
}

ssize_t read_content(const struct content *content, void *into, size_t size, off_t at)
{
    ssize_t n = 0;
    if (content->text == NULL) {
        do {
            n = pread(content->fd - 1, into, size, at);
        } while (n < 0 && errno == EINTR);
    } else if (at < content->size) {
        n = content->size - at < (off_t)size ? (ssize_t)(content->size - at) : (ssize_t)size;
        memcpy(into, content->text + at, (size_t)n);
    }
    return n;
}

void close_content(struct content *content)
{
    if (content->fd > 0) {
        close(content->fd - 1);
    }
    free(content->text);
    *content = (struct content){.fd = 0};
}

static size_t compose_date(char *into, size_t size, const char *name, time_t time)
{
    struct tm date;
    char text[64];
    gmtime_r(&time, &date);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &date);
    return (size_t)snprintf(into, size, "%s: %s\r\n", name, text);
}

size_t compose_head(char *into, size_t size, time_t now, const struct content *content)
{
    size_t n = (size_t)snprintf(into, size, "HTTP/1.1 200 OK\r\n");
    n += compose_date(into + n, size - n, "Date", now);
    if (content->modified > 0) {
        n += compose_date(into + n, size - n, "Last-Modified", content->modified);
    }
    n +=
        (size_t)snprintf(into + n, size - n,
                         "Content-Type: %s\r\nContent-Length: %lld\r\nAccept-Ranges: bytes\r\n\r\n",
                         content->type, (long long)content->size);
    return n; /* there is room: nothing in it is the client's */
}

/* --- files to try it with --------------------------------------------------------------------- */

static const char *name_of(int number)
{
    static char name[32];
    (void)snprintf(name, sizeof name, "file-%02d.bin", number);
    return name;
}

/* 16 KiB to 4 MiB, large ones and small ones mixed. */
static size_t size_of(int number)
{
    const unsigned n = (unsigned)number, power = n * 4 % 9;
    const size_t least = (size_t)16384 << power;
    return power == 8 ? least : least + n * 1009 % least;
}

static int generate_file(int directory, int number)
{
    uint32_t random = (uint32_t)number * 2654435761U; /* the same bytes each time */
    int status = 0;
    const int fd = openat(directory, name_of(number),
                          O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    FILE *const file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        return -errno;
    }
    for (size_t left = size_of(number); left > 0; left--) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        if (putc_unlocked((int)(random & 0xff), file) < 0) {
            status = -errno;
            break;
        }
    }
    return fclose(file) != 0 && status == 0 ? -errno : status;
}

int generate_files(int directory, int count)
{
    int status = 0;
    for (int number = 1; number <= count && status == 0; number++) {
        status = generate_file(directory, number);
    }
    return status;
}

void remove_files(int directory, int count)
{
    for (int number = 1; number <= count; number++) {
        unlinkat(directory, name_of(number), 0);
    }
}
