/* words.c - sizes, times and names as people read them. */
/* SPDX-License-Identifier: MIT */
#include "download.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

bool has_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

const char *size_text(char text[16], double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    for (; bytes >= 999.95 && unit < 5; unit++) {
        bytes /= 1000;
    }
    (void)snprintf(text, 16, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
    return text;
}

const char *time_text(char text[16], weft_time time)
{
    const double seconds = time > 0 ? (double)time / (double)WEFT_S(1) : 0;
    const unsigned whole = (unsigned)(seconds + 0.5) % 3600000;
    if (seconds < 0.0995) {
        (void)snprintf(text, 16, "%.0f ms", seconds * 1000);
    } else if (seconds < 10 && time % WEFT_S(1) != 0) {
        (void)snprintf(text, 16, "%.1f s", seconds);
    } else if (whole < 100) {
        (void)snprintf(text, 16, "%u s", whole);
    } else if (whole < 3600) {
        (void)snprintf(text, 16, "%u:%02u min", whole / 60, whole % 60);
    } else {
        (void)snprintf(text, 16, "%u:%02u:%02u h", whole / 3600, whole / 60 % 60, whole % 60);
    }
    return text;
}

int width_of(const char *name)
{
    wchar_t wide[256];
    const size_t length = mbstowcs(wide, name, 255);
    const int width = length == (size_t)-1 ? (int)strlen(name) : wcswidth(wide, length);
    return width < 0 ? 0 : width;
}

void print_name(const char *name, int columns)
{
    wchar_t wide[256];
    const size_t length = mbstowcs(wide, name, 255);
    int used = 0, skip_from, skip_to;
    if (length == (size_t)-1) {
        printf("%-*.*s", columns, columns, name);
        return;
    }
    wide[length] = L'\0';
    const int width = wcswidth(wide, length);
    if (width < 0) {
        printf("%-*.*s", columns, columns, "(unprintable name)");
        return;
    }
    /* Columns from skip_from to skip_to of the name are left out for an ellipsis. */
    skip_from = width <= columns ? width : columns - 1 - columns / 2;
    skip_to = width <= columns ? width : width - columns / 2;
    for (size_t i = 0, at = 0; i < length; i++) {
        const int one = wcwidth(wide[i]);
        if ((int)at + one <= skip_from || (int)at >= skip_to) {
            used += printf("%lc", (wint_t)wide[i]) < 0 ? 0 : one;
        } else if (skip_to < width && used <= skip_from) {
            fputs(has_utf8() ? "…" : "~", stdout);
            used++;
            skip_from = -1;
        }
        at += (size_t)one;
    }
    printf("%*s", columns > used ? columns - used : 0, "");
}
