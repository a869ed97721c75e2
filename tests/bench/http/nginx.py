# SPDX-License-Identifier: MIT
"""nginx, with one process: a text from its configuration, and a file.

Files this small it reads: sendfile takes as long, or longer.
"""
import os
import socket
import sys
import tempfile
import time

CONFIGURATION = '''daemon off;
master_process off;
pid {directory}/pid;
error_log {directory}/error_log;
events {{ worker_connections 4096; }}
http {{
    types {{ text/plain txt; }}
    access_log off;
    sendfile off;
    output_buffers 1 32k;
    open_file_cache max=16 inactive=60s;
    keepalive_requests 1000000000;
    client_body_temp_path {directory}; proxy_temp_path {directory}; fastcgi_temp_path {directory};
    uwsgi_temp_path {directory}; scgi_temp_path {directory};
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {directory};
        location = /hello.txt {{ default_type text/plain; return 200 "Hello, world\\n"; }}
    }}
}}
'''

if sys.argv[1] == '--list':
    print('http')
    sys.exit()

directory = os.path.join(tempfile.gettempdir(), 'weft-bench-nginx-%d' % os.getuid())
os.makedirs(directory, mode=0o755, exist_ok=True)
with socket.create_server(('127.0.0.1', 0)) as free:
    port = free.getsockname()[1]
for name, content in ('file.bin', b'x' * 16384), \
        ('conf', CONFIGURATION.format(directory=directory, port=port).encode()):
    with open(os.path.join(directory, name), 'wb') as file:
        file.write(content)

# nginx takes the place of this process; another tells the port as soon as it answers.
if os.fork() == 0:
    for _ in range(1000):
        try:
            socket.create_connection(('127.0.0.1', port)).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
        else:
            print(port, flush=True)
            break
    os._exit(0)
os.execvpe('nginx', ['nginx', '-e', directory + '/error_log', '-c', directory + '/conf'],
           dict(os.environ, PATH=os.environ.get('PATH', '') + ':/usr/sbin'))
