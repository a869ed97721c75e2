/* injection.h - lets everything fail that can fail, once each. */
/* SPDX-License-Identifier: MIT */
/*
 * Most errors never happen while one tests. Here they do: the fakes around the program under test
 * say where something can fail,
 *
 *     int fake_open(struct file *file)
 *     {
 *         WEFT_TEST_POINT(test, -EMFILE);             // returns -EMFILE if it is this one's turn
 *         weft_test_acquire(test, &file->resource);
 *         return 0;
 *     }
 *
 * and the program is run once for each time that it comes to such a point, which fails then:
 *
 *     weft_test_init(&test, NULL);
 *     ck_assert_int_eq(weft_test_faults(&test, program, NULL), 3);
 *
 * Whatever it does then, it must end, and leave nothing behind: the first run that leaks, hangs or
 * says itself that something is wrong is the last. What a program is and must do stands in
 * explore.h, and how drivers are nested: two of this one let each pair of points fail.
 *
 * Without a driver nothing fails.
 */
#ifndef WEFT_INJECTION_H
#define WEFT_INJECTION_H

#include <weft/explore.h>

#if WEFT_HOOKS && !WEFT_BARE /* without them nobody can watch or choose */

/**
 * A fault point: something that can fail.
 *
 * @param test    NULL: there is no test, so it does not fail.
 * @param status  How, negative.
 * @return 0; status if this run is the one in which it fails.
 * Context: any but interrupts and other threads.
 */
#define weft_test_fault(test, status) weft__test_fault(test, status, __FILE__, __LINE__)

/** A fault point in a plain function that returns statuses: returns from it if it fails. In a
 *  coroutine: WEFT_CHECK(weft_test_fault(test, status)). */
#define WEFT_TEST_POINT(test, status)                                                              \
    do {                                                                                           \
        const int weft__fault = weft_test_fault(test, status);                                     \
        if (weft__fault < 0) {                                                                     \
            return weft__fault;                                                                    \
        }                                                                                          \
    } while (0)

WEFT__BEGIN_C

/**
 * Runs a program once for each fault point that it passes, letting that one fail, and at last once
 * without. With weft_test_desc.faults_stay all points behind that one fail, too, as on a disk that
 * is full.
 *
 * A failure names the point: "fault 3 (store.c:41): …".
 *
 * @return how many points there are; -n: in run n something was wrong.
 */
static inline int weft_test_faults(weft_test *test, weft_test_program *program, void *context);

/* How it is done. */

typedef struct weft__faults {
    weft__driver driver; /* its number is that of the point, too */
    bool stays;
    int passed, most; /* in this run; in any, if there is a driver inside */
    const char *file; /* where it failed; NULL: not yet */
    int line;
} weft__faults;

static inline weft__faults *weft__faults_of(weft__driver *driver)
{
    return WEFT_CONTAINER(driver, weft__faults, driver);
}

static inline void weft__fault_begin(weft__driver *driver, weft_test *test)
{
    (void)test;
    weft__faults_of(driver)->passed = 0;
    weft__faults_of(driver)->file = NULL;
}

static inline int weft__fault_pass(weft__driver *driver, int status, const char *file, int line)
{
    weft__faults *const faults = weft__faults_of(driver);
    faults->passed++;
    faults->most = faults->passed > faults->most ? faults->passed : faults->most;
    if (faults->passed == driver->number) {
        faults->file = file;
        faults->line = line;
        return status;
    }
    return faults->stays && faults->file != NULL ? status : 0;
}

static inline int weft__test_fault(weft_test *test, int status, const char *file, int line)
{
    int result = 0;
    WEFT_ASSERT(status < 0, "a fault is a negative status");
    for (weft__driver *driver = test != NULL ? test->drivers : NULL; driver != NULL;
         driver = driver->outer) {
        if (driver->fault != NULL && driver->fault(driver, status, file, line) < 0) {
            result = status;
        }
    }
    return result;
}

/* "fault 3 (store.c:41)": without directories, which depend on who compiles. */
static inline void weft__fault_tell(weft__driver *driver, weft_test *test, weft__print *print)
{
    const weft__faults *const faults = weft__faults_of(driver);
    const char *name = faults->file, *end;
    (void)test;
    weft__tell_number(print, name != NULL ? "fault" : "before fault", (weft__amount)driver->number);
    if (name != NULL) {
        for (end = name; *end != '\0'; end++) {
            name = *end == '/' ? end + 1 : name;
        }
        weft__print_text(print, " (");
        weft__print_text(print, name);
        weft__print_text(print, ":");
        weft__print_number(print, (weft__amount)faults->line, 10);
        weft__print_text(print, ")");
    }
}

static inline int weft_test_faults(weft_test *test, weft_test_program *program, void *context)
{
    weft__faults faults = WEFT__ZERO;
    faults.stays = test->desc.faults_stay;
    faults.driver.tell = weft__fault_tell;
    faults.driver.begin = weft__fault_begin;
    faults.driver.fault = weft__fault_pass;
    weft__driver_enter(test, &faults.driver);
    do {
        faults.most = 0;
    } while (weft__driver_run(test, &faults.driver, program, context) &&
             faults.most >= faults.driver.number);
    return weft__driver_leave(test, &faults.driver, faults.most);
}

WEFT__END_C

#endif
#endif
