/* ok_debug_cpp.c - what WEFT_DEBUG adds draws no warning in C++ either. */
/* SPDX-License-Identifier: MIT */
/* flags: -xc++ -std=c++20 -DWEFT_DEBUG=1 -Wshadow -Wpedantic -Wconversion -Wsign-conversion */
#include "ok_cpp.c"
