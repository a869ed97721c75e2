# SPDX-License-Identifier: MIT
"""An HTTP server that misbehaves: `dying.py FOLDER [CERTIFICATE KEY]`. Says `listening on PORT`.

/dies/FILE        breaks off in the middle, with a reset, the first two times
/dies-again/FILE  breaks off each time, after a quarter of what is left
/stalls/FILE      sends the first half, and then nothing
/busy/FILE        says 503 the first time, and to come again in 2 seconds
/trickles/FILE    sends it in 20 pieces, each a moment after the one before
/FILE             sends it
"""
import http.server
import os
import socket
import ssl
import struct
import sys
import threading

FOLDER = sys.argv[1]
died = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def do_GET(self):
        *how, name = self.path.strip('/').split('/')
        with open(os.path.join(FOLDER, name), 'rb') as file:
            data = file.read()
        if how == ['busy'] and 'busy' not in died:
            died['busy'] = 1
            self.send_response(503)
            self.send_header('Retry-After', '2')
            self.send_header('Content-Length', '0')
            self.end_headers()
            return
        self.send_body(how[0] if how else '', self.begin(data))

    def begin(self, data):
        """Answers with a head; returns what is to be sent."""
        asked = self.headers.get('Range')
        start = int(asked[len('bytes='):-1]) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header('Content-Range', 'bytes %d-%d/%d' % (start, len(data) - 1, len(data)))
        self.send_header('Content-Length', str(len(data) - start))
        self.end_headers()
        return data[start:]

    def send_body(self, how, data):
        died[how] = died.get(how, 0) + 1
        if how == 'dies' and died[how] <= 2:
            self.wfile.write(data[:len(data) // 2])
            linger = struct.pack('ii', 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close()
        elif how == 'dies-again':
            self.wfile.write(data[:len(data) // 4])
            self.close()
        elif how == 'stalls':
            self.wfile.write(data[:len(data) // 2])
            self.connection.recv(1)  # until the other side gives up
            self.close()
        elif how == 'trickles':
            for at in range(0, len(data), len(data) // 20):
                self.wfile.write(data[at:at + len(data) // 20])
                threading.Event().wait(0.02)
        else:
            self.wfile.write(data)

    def close(self):
        self.close_connection = True
        self.connection.close()


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print('listening on', server.server_address[1], flush=True)
server.serve_forever()
