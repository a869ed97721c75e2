// clocks.go - bench.h, for programs in Go. SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

const (
	clockMonotonic = 1
	clockProcess   = 2
)

func nanoseconds(clock uintptr) int64 {
	var now syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&now)), 0)
	return now.Nano()
}

// So many operations; in a smoke run fewer, but at least `least`.
func scaled(count, least int) int {
	if len(os.Args) > 3 {
		scale, _ := strconv.ParseFloat(os.Args[3], 64)
		count = int(float64(count) * scale)
	}
	if count < least {
		return least
	}
	return count
}

func residentBytes() int {
	told, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.Atoi(strings.Fields(string(told))[1])
	return pages * os.Getpagesize()
}

type clocks struct{ cpu, wall int64 }

func begin() clocks {
	wall := nanoseconds(clockMonotonic)
	return clocks{nanoseconds(clockProcess), wall}
}

// What has passed since the begin.
func (c clocks) stop() clocks {
	cpu := nanoseconds(clockProcess) - c.cpu
	return clocks{cpu, nanoseconds(clockMonotonic) - c.wall}
}

func (c clocks) tell(what string, count int, figures string) {
	fmt.Printf("%s %d %d %d%s\n", what, c.cpu, c.wall, count, figures)
}

func (c clocks) end(what string, count int) {
	c.stop().tell(what, count, "")
}

type namedCase struct {
	name string
	run  func(size int)
}

func runCases(cases []namedCase) {
	for _, one := range cases {
		if len(os.Args) == 2 && os.Args[1] == "--list" {
			fmt.Println(one.name)
		} else if len(os.Args) > 2 && os.Args[1] == one.name {
			size, _ := strconv.Atoi(os.Args[2])
			one.run(size)
			return
		}
	}
	if len(os.Args) != 2 {
		os.Exit(2)
	}
}
