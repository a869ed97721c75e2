// go.go - echo servers in Go: a goroutine for each connection.
// SPDX-License-Identifier: MIT
//
// echo      bytes as they came
// loops N   echo, on N threads
// messages  each message (its first two bytes are its size) is looked at; answers are gathered by a
//           bufio.Writer, and flushed when nothing more has come
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
)

const bufferSize = 16384

func echo(connection net.Conn) {
	defer connection.Close()
	bytes := make([]byte, bufferSize)
	for {
		n, err := connection.Read(bytes)
		if err != nil {
			return
		}
		if _, err := connection.Write(bytes[:n]); err != nil {
			return
		}
	}
}

func messages(connection net.Conn) {
	defer connection.Close()
	reader := bufio.NewReaderSize(connection, bufferSize)
	writer := bufio.NewWriterSize(connection, bufferSize)
	message := make([]byte, 65536)
	for {
		if _, err := io.ReadFull(reader, message[:2]); err != nil {
			return
		}
		size := binary.LittleEndian.Uint16(message)
		if size < 2 {
			return
		}
		if _, err := io.ReadFull(reader, message[2:size]); err != nil {
			return
		}
		if _, err := writer.Write(message[:size]); err != nil {
			return
		}
		if reader.Buffered() == 0 && writer.Flush() != nil {
			return
		}
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--list" {
		fmt.Println("echo\nloops\nmessages")
		return
	}
	serve := map[string]func(net.Conn){"echo": echo, "loops": echo, "messages": messages}[os.Args[1]]
	if len(os.Args) > 2 && os.Args[1] == "loops" {
		loops, _ := strconv.Atoi(os.Args[2])
		runtime.GOMAXPROCS(loops)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go serve(connection)
	}
}
