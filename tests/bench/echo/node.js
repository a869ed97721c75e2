// node.js - echo servers on Node.
// SPDX-License-Identifier: MIT
//
// echo      each connection is piped into itself
// messages  each message (its first two bytes are its size) is looked at, and answered; what came at
//           once is corked
'use strict';
const net = require('net');

function echo(socket) {
  socket.pipe(socket);
}

function messages(socket) {
  let rest = null;
  socket.on('data', (data) => {
    data = rest ? Buffer.concat([rest, data]) : data;
    let at = 0;
    socket.cork();
    while (data.length - at >= 2) {
      const size = data.readUInt16LE(at);
      if (data.length - at < size) {
        break;
      }
      socket.write(data.subarray(at, at + size));
      at += size;
    }
    socket.uncork();
    rest = at < data.length ? data.subarray(at) : null;
    if (socket.writableNeedDrain) {
      socket.pause();
    }
  });
  socket.on('drain', () => socket.resume());
}

const cases = { echo, messages };

if (process.argv[2] === '--list') {
  console.log(Object.keys(cases).join('\n'));
} else {
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    cases[process.argv[2]](socket);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
    console.log(server.address().port));
}
