// go.go - goroutines, on one processor. SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

var took *clocks

func stopOnce(began *clocks) {
	if took == nil {
		passed := began.stop()
		took = &passed
	}
}

// Go may stop main amid the spawning; so before this all wait at a gate until all are there.
func passOn(times int, began *clocks) {
	for i := 0; i < times; i++ {
		runtime.Gosched()
	}
	stopOnce(began)
}

func yield(size int) {
	times := scaled(1000000, 1)/size + 4
	var all sync.WaitGroup
	var began clocks
	gate := make(chan struct{})
	all.Add(size)
	for i := 0; i < size; i++ {
		go func() {
			<-gate
			passOn(times, &began)
			all.Done()
		}()
	}
	runtime.Gosched()
	began = begin()
	close(gate)
	all.Wait()
	took.tell("yield", size*times, "")
}

//go:noinline
func deep(depth, times int, gate chan struct{}, began *clocks) int {
	if depth > 1 {
		return deep(depth-1, times, gate, began) + 1
	}
	<-gate
	passOn(times, began)
	return 0
}

func nested(size int) {
	times := scaled(1000000, 100) / 100
	var all sync.WaitGroup
	var began clocks
	gate := make(chan struct{})
	all.Add(100)
	for i := 0; i < 100; i++ {
		go func() {
			deep(size, times, gate, &began)
			all.Done()
		}()
	}
	runtime.Gosched()
	began = begin()
	close(gate)
	all.Wait()
	took.tell("nested", 100*times, "")
}

//go:noinline
func addOne(value uint64) uint64 {
	return value + 1
}

// As it is for one deep: `size` is 1.
func callFlat(size int) {
	count := scaled(20000000, 1) * size
	var value uint64
	began := begin()
	for i := 0; i < count; i++ {
		value = addOne(value)
	}
	began.end("call", count)
}

//go:noinline
func addDeep(depth int, value uint64) uint64 {
	if depth > 1 {
		return addDeep(depth-1, value) + 1
	}
	return value + 1
}

func callDeep(depth int) {
	times := scaled(20000000, depth) / depth
	var value uint64
	began := begin()
	for i := 0; i < times; i++ {
		value = addDeep(depth, value)
	}
	began.end("call", times*depth)
	if value != uint64(times*depth) {
		panic("a wrong sum")
	}
}

func call(size int) {
	if size > 1 {
		callDeep(size)
	} else {
		callFlat(size)
	}
}

func spawn(size int) {
	var all sync.WaitGroup
	began := begin()
	all.Add(size)
	for i := 0; i < size; i++ {
		go all.Done()
	}
	all.Wait()
	began.end("spawn", size)
}

func spawnSequence(size int) {
	count := scaled(300000, 1) * size
	done := make(chan struct{})
	began := begin()
	for i := 0; i < count; i++ {
		go func() { done <- struct{}{} }()
		<-done
	}
	began.end("spawn_sequence", count)
}

func sleepers(size int) {
	after := 100*time.Millisecond + time.Duration(size)*4000
	var all sync.WaitGroup
	before := residentBytes()
	began := begin()
	all.Add(size)
	for i := 0; i < size; i++ {
		go func() {
			time.Sleep(after)
			all.Done()
		}()
	}
	runtime.Gosched()
	bytes := float64(residentBytes()-before) / float64(size)
	all.Wait()
	began.stop().tell("sleepers", size, fmt.Sprintf(" bytes=%.1f", bytes))
}

func handOver(what string, size int) {
	times := scaled(1000000, size) / size
	var all sync.WaitGroup
	all.Add(size)
	began := begin()
	for pair := 0; pair < size; pair++ {
		there, back := make(chan int, 1), make(chan int, 1)
		go func() {
			item := 0
			for i := 0; i < times; i++ {
				there <- item + 1
				item = <-back
			}
			close(there)
			all.Done()
		}()
		go func() {
			for item := range there {
				back <- item + 1
			}
		}()
	}
	all.Wait()
	began.end(what, 2*times*size)
}

func main() {
	runtime.GOMAXPROCS(1)
	runCases([]namedCase{
		{"yield", yield}, {"nested", nested}, {"call", call}, {"spawn", spawn},
		{"spawn_sequence", spawnSequence}, {"sleepers", sleepers},
		{"channel", func(size int) { handOver("channel", size) }},
		{"queue", func(size int) { handOver("queue", size) }},
	})
}
