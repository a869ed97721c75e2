/* site.h - what a coroutine is called, and where it stands. */
/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SITE_H
#define WEFT_SITE_H

#include <weft/frame_state.h>

WEFT__BEGIN_C

/**
 * Name and file of the coroutine `step`, or NULL where names are left out.
 *
 * The function itself is asked: it is resumed at a state that is reserved for that, so a name costs
 * no RAM and nothing on the way of a resume. Context: any.
 */
static inline const weft_site *weft_describe(weft_step_function *step)
{
#if WEFT_NAMES
    weft_frame frame = weft__head(step, NULL);
    weft_chain ask = WEFT__ZERO;
    frame.state = WEFT__DESCRIBE;
    step(&frame, &ask);
    return (const weft_site *)(const void *)ask.top;
#else
    (void)step;
    return NULL;
#endif
}

/** The name of a coroutine; its file: texts for weft_text_char(). Context: any. */
#if defined WEFT__IN_FLASH
static inline const char *weft_site_name(const weft_site *site)
{
    return weft__flash_text(weft__flash_word(&site->name));
}

static inline const char *weft_site_file(const weft_site *site)
{
    return weft__flash_text(weft__flash_word(&site->file));
}
#else
static inline const char *weft_site_name(const weft_site *site)
{
    return site->name;
}

static inline const char *weft_site_file(const weft_site *site)
{
    return site->file;
}
#endif

#if WEFT_DEBUG
static inline size_t weft__site_bytes(const weft_site *site)
{
#if defined WEFT__IN_FLASH
    return weft__flash_word(&site->frame_bytes);
#else
    return site->frame_bytes;
#endif
}
#endif

/* The line it stands at; 0 where lines are left out. */
static inline int weft__line_of(const weft_frame *frame)
{
#if WEFT_LINES
    return (int)frame->line;
#else
    (void)frame;
    return 0;
#endif
}

/* Stops because of what a coroutine did, naming it and the line it stands at. NULL: the site of the
 * frame's own coroutine, if it has one. */
__attribute__((noreturn, cold, noinline, unused)) static void
weft__stop_in(const weft_frame *frame, const weft_site *site, const char *cure)
{
    const int line = weft__line_of(frame);
    site = site == NULL && frame->step != NULL ? weft_describe(frame->step) : site;
    const char *const file = site ? weft_site_file(site) : "?";
    const char *const name = site ? weft_site_name(site) : "?";
    (void)frame, (void)cure, (void)line, (void)file, (void)name;
    WEFT_STOP(file, line, name, cure);
}

WEFT__END_C

#endif
