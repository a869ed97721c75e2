// node.js - an HTTP server of Node.
// SPDX-License-Identifier: MIT
'use strict';
const http = require('http');

const file = Buffer.alloc(16384, 'x');
const hello = 'Hello, world\n';

if (process.argv[2] === '--list') {
  console.log('http');
} else {
  const server = http.createServer((request, response) => {
    if (request.url === '/file.bin') {
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream', 'Content-Length': file.length });
      response.end(file);
    } else {
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': hello.length });
      response.end(hello);
    }
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}
