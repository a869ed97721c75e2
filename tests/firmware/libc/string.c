/* string.c - texts and memory, where there is no libc, or where texts may stand in flash. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <weft/flash.h>

#define AT(text) weft_text_char(text)

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *const target = to;
    const unsigned char *const source = from;
    if (target < source) {
        for (size_t i = 0; i < size; i++) {
            target[i] = source[i];
        }
    } else {
        for (size_t i = size; i > 0; i--) {
            target[i - 1] = source[i - 1];
        }
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = left, *b = right;
    for (; size > 0 && *a == *b; size--) {
        a++;
        b++;
    }
    return size > 0 ? *a - *b : 0;
}

size_t strlen(const char *text)
{
    const char *end = text;
    while (AT(end) != '\0') {
        end++;
    }
    return (size_t)(end - text);
}

int strncmp(const char *left, const char *right, size_t most)
{
    for (; most > 0 && AT(left) == AT(right) && AT(left) != '\0'; most--) {
        left++;
        right++;
    }
    return most > 0 ? (unsigned char)AT(left) - (unsigned char)AT(right) : 0;
}

int strcmp(const char *left, const char *right)
{
    return strncmp(left, right, (size_t)-1);
}

char *strncat(char *restrict to, const char *restrict from, size_t most)
{
    char *end = to + strlen(to);
    for (; most > 0 && AT(from) != '\0'; most--, from++) {
        *end++ = AT(from);
    }
    *end = '\0';
    return to;
}

char *strcat(char *restrict to, const char *restrict from)
{
    return strncat(to, from, (size_t)-1);
}

char *strcpy(char *restrict to, const char *restrict from)
{
    *to = '\0';
    return strcat(to, from);
}

char *strchr(const char *text, int c)
{
    while (AT(text) != (char)c && AT(text) != '\0') {
        text++;
    }
    return AT(text) == (char)c ? (char *)(size_t)text : NULL;
}

char *strstr(const char *text, const char *part)
{
    const size_t length = strlen(part);
    for (; strncmp(text, part, length) != 0; text++) {
        if (AT(text) == '\0') {
            return NULL;
        }
    }
    return (char *)(size_t)text;
}

size_t strspn(const char *text, const char *set)
{
    size_t length = 0;
    while (AT(text + length) != '\0' && strchr(set, AT(text + length)) != NULL) {
        length++;
    }
    return length;
}

size_t strcspn(const char *text, const char *set)
{
    size_t length = 0;
    while (AT(text + length) != '\0' && strchr(set, AT(text + length)) == NULL) {
        length++;
    }
    return length;
}
