/* signal.h - weft_check.h names the signal of a test that must stop; here there are none. */
/* SPDX-License-Identifier: MIT */
#ifndef SMALL_SIGNAL_H
#define SMALL_SIGNAL_H

#define SIGABRT 6

#endif
