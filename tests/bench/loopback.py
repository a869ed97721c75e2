# SPDX-License-Identifier: MIT
"""A network of the benchmarks' own: loopback alone, and what is sent is not paced.

Where a machine has bbr for all connections, the kernel holds back what a server sends, by timers: then
latency and CPU are theirs, and jump from run to run. Nobody else is in this network, either.
"""
import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

CLONE_NEWNET = 0x40000000        # <sched.h>
SIOCSIFFLAGS, IFF_UP = 0x8914, 1 # <linux/sockios.h>, <net/if.h>
CONTROL = Path('/proc/sys/net/ipv4/tcp_congestion_control')
WANTED = 'cubic', 'reno'         # the first is Linux's default; without losses they are alike


def set_control():
    """Takes the first of WANTED that may be had here."""
    for name in WANTED:
        try:
            CONTROL.write_text(name)
            return
        except OSError:
            continue


def enter():
    """This process goes there, with all that it starts from now on. Returns what network it is."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        return 'the machine\'s own network (%s), %s' % (os.strerror(ctypes.get_errno()),
                                                      CONTROL.read_text().strip())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack('16sH22x', b'lo', IFF_UP))
    set_control()
    return 'a network of its own, ' + CONTROL.read_text().strip()
