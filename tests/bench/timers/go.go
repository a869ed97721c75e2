// go.go - timers and contexts with a deadline, on one processor. SPDX-License-Identifier: MIT

package main

import (
	"context"
	"runtime"
	"sync"
	"time"
)

func next(state *uint64) uint64 {
	*state ^= *state << 13
	*state ^= *state >> 7
	*state ^= *state << 17
	return *state
}

// Within half a second, as in bench.h.
func deadlines(count int) []time.Duration {
	state := uint64(88172645463325252)
	all := make([]time.Duration, count)
	for i := range all {
		all[i] = time.Duration(1 + next(&state)%500000000)
	}
	return all
}

func nothing() {}

func armed(all []time.Duration) []*time.Timer {
	timers := make([]*time.Timer, len(all))
	for i, after := range all {
		timers[i] = time.AfterFunc(after+time.Second, nothing)
	}
	return timers
}

func armCancel(size int) {
	count := scaled(1000000, 1)
	pending := armed(deadlines(size))
	timer := time.AfterFunc(time.Hour, nothing)
	timer.Stop()
	began := begin()
	for i := 0; i < count; i++ {
		timer.Reset(time.Second + time.Duration(i&0xffff))
		timer.Stop()
	}
	began.end("arm_cancel", count)
	runtime.KeepAlive(pending)
}

func rearm(size int) {
	count := scaled(300000, 1)
	all := deadlines(count + size)
	pending := armed(all[:size])
	state := uint64(2463534242)
	order := make([]int, count)
	for i := range order {
		order[i] = int(next(&state) % uint64(size))
	}
	began := begin()
	for i := 0; i < count; i++ {
		pending[order[i]].Reset(all[i] + time.Second)
	}
	began.end("rearm", count)
}

func arm(size int) {
	all := deadlines(size)
	began := begin()
	timers := armed(all)
	began.end("arm", size)
	runtime.KeepAlive(timers)
}

//go:noinline
func readyCall(ctx context.Context, value *int) error {
	*value++
	return ctx.Err()
}

func timeoutReady(size int) {
	count := scaled(500000, 1) * size
	value := 0
	began := begin()
	for i := 0; i < count; i++ {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		_ = readyCall(ctx, &value)
		cancel()
	}
	began.end("timeout_ready", count)
}

func timeoutSuspends(size int) {
	times := scaled(3000, 1)
	var all sync.WaitGroup
	all.Add(size)
	began := begin()
	for i := 0; i < size; i++ {
		go func() {
			for j := 0; j < times; j++ {
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				runtime.Gosched()
				if ctx.Err() != nil {
					panic("too late")
				}
				cancel()
			}
			all.Done()
		}()
	}
	all.Wait()
	began.end("timeout_suspends", size*times)
}

func timeoutStorm(size int) {
	event := make(chan struct{})
	var all sync.WaitGroup
	all.Add(size)
	began := begin()
	for i := 0; i < size; i++ {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Second)
			select {
			case <-event:
			case <-ctx.Done():
				panic("too late")
			}
			cancel()
			all.Done()
		}()
	}
	runtime.Gosched()
	close(event)
	all.Wait()
	began.end("timeout_storm", size)
}

func main() {
	runtime.GOMAXPROCS(1)
	runCases([]namedCase{
		{"arm_cancel", armCancel}, {"rearm", rearm}, {"arm", arm}, {"timeout_ready", timeoutReady},
		{"timeout_suspends", timeoutSuspends}, {"timeout_storm", timeoutStorm},
	})
}
