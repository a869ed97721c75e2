// go.go - an HTTP server of net/http.
// SPDX-License-Identifier: MIT
package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
)

func answer(kind string, body []byte) http.HandlerFunc {
	length := strconv.Itoa(len(body))
	return func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", kind)
		writer.Header().Set("Content-Length", length)
		writer.Write(body)
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--list" {
		fmt.Println("http")
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	http.HandleFunc("/hello.txt", answer("text/plain", []byte("Hello, world\n")))
	http.HandleFunc("/file.bin", answer("application/octet-stream", bytes.Repeat([]byte("x"), 16384)))
	panic(http.Serve(listener, nil))
}
