// go.go - goroutines on as many processors as there are threads. SPDX-License-Identifier: MIT

package main

import (
	"runtime"
	"sync"
)

// A goroutine is Go's pool: there and back, with two processors.
func pool(size int) {
	runtime.GOMAXPROCS(2)
	times := scaled(20000, 1) * size
	jobs, results := make(chan int), make(chan int)
	go func() {
		for value := range jobs {
			results <- value + 1
		}
	}()
	done := 0
	began := begin()
	for i := 0; i < times; i++ {
		jobs <- done
		done = <-results
	}
	began.end("pool", times)
}

func post(size int) {
	runtime.GOMAXPROCS(2)
	count := scaled(1000000, 1) * size
	posts := make(chan int, 1024)
	sum := 0
	began := begin()
	go func() {
		for i := 0; i < count; i++ {
			posts <- i
		}
		close(posts)
	}()
	for value := range posts {
		sum += value
	}
	began.end("post", count)
	if sum != count*(count-1)/2 {
		panic("lost posts")
	}
}

func loops(size int) {
	runtime.GOMAXPROCS(size)
	times := scaled(2000, 1)
	var all sync.WaitGroup
	all.Add(size * 1000)
	began := begin()
	for i := 0; i < size*1000; i++ {
		go func() {
			for j := 0; j < times; j++ {
				runtime.Gosched()
			}
			all.Done()
		}()
	}
	all.Wait()
	began.end("loops", size*1000*times)
}

func main() {
	runCases([]namedCase{{"pool", pool}, {"post", post}, {"loops", loops}})
}
