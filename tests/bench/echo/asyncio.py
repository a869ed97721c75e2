# SPDX-License-Identifier: MIT
"""Echo servers on asyncio; on uvloop with UVLOOP=1.

echo          by a buffered protocol: bytes as they came
echo:streams  by streams
messages      each message (its first two bytes are its size) is looked at, and answered; what came
              at once is answered by one write
"""
import asyncio
import os
import socket
import sys

BUFFER = 16384


class Echo(asyncio.BufferedProtocol):
    """One buffer for all: it is in use only inside of a call."""
    buffer = memoryview(bytearray(65536))

    def connection_made(self, transport):
        self.transport = transport

    def get_buffer(self, sizehint):
        return self.buffer

    def buffer_updated(self, nbytes):
        self.transport.write(bytes(self.buffer[:nbytes]))

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


class Messages(Echo):
    rest = b''

    def buffer_updated(self, nbytes):
        data = self.rest + self.buffer[:nbytes]
        at, answers = 0, []
        while len(data) - at >= 2:
            size = data[at] | data[at + 1] << 8
            if len(data) - at < size:
                break
            answers.append(data[at:at + size])
            at += size
        self.rest = data[at:]
        self.transport.writelines(answers)


async def stream(reader, writer):
    try:
        while data := await reader.read(BUFFER):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(case):
    if case == 'echo:streams':
        server = await asyncio.start_server(stream, '127.0.0.1', 0, backlog=socket.SOMAXCONN)
    else:
        protocol = Echo if case == 'echo' else Messages
        server = await asyncio.get_running_loop().create_server(protocol, '127.0.0.1', 0,
                                                                backlog=socket.SOMAXCONN)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == '__main__':
    if sys.argv[1] == '--list':
        print('echo\necho:streams\nmessages')
        sys.exit()
    if os.environ.get('UVLOOP'):
        import uvloop
        uvloop.install()
    asyncio.run(main(sys.argv[1]))
