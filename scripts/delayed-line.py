#!/usr/bin/env python3
"""A line between two network namespaces with a delay, a rate and a loss, for kernels without netem.

Each end is a TUN device (`line0`) of its namespace: whole IP packets are read on one side and written on the other after
their time, so that TCP itself meets the loss. Needs root and /dev/net/tun.
  scripts/delayed-line.py NAMESPACE NAMESPACE --round-trip-ms 20 [--mbit 50] [--loss 0.01]
"""
import argparse
import collections
import ctypes
import fcntl
import os
import random
import select
import signal
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
# As netem's own queue.
MOST_WAITING = 1000
LARGEST_PACKET = 65536


def device_in(libc, namespace):
    """The TUN device of a namespace, as a file; this process stays in the namespace."""
    with open(f"/run/netns/{namespace}") as place:
        if libc.setns(place.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"entering the namespace {namespace}")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"line0", IFF_TUN | IFF_NO_PI))
    return device


class Direction:
    """Packets on their way from one end to the other."""

    def __init__(self, source, target, arguments):
        self.source, self.target = source, target
        self.delay = arguments.round_trip_ms / 2000
        self.secs_per_byte = 8 / (arguments.mbit * 1e6) if arguments.mbit else 0
        self.loss = arguments.loss
        self.free_at = 0.0
        self.waiting = collections.deque()
        self.sent = self.lost = 0

    def take(self, now, rng):
        """Reads what has come, each packet with the moment at which it must be there."""
        while True:
            try:
                packet = os.read(self.source, LARGEST_PACKET)
            except OSError:
                # Nothing more has come, or the end is down.
                return
            self.sent += 1
            if rng.random() < self.loss or len(self.waiting) >= MOST_WAITING:
                self.lost += 1
                continue
            self.free_at = max(self.free_at, now) + len(packet) * self.secs_per_byte
            self.waiting.append((self.free_at + self.delay, packet))

    def give(self, now):
        """Writes what is due."""
        while self.waiting and self.waiting[0][0] <= now:
            packet = self.waiting.popleft()[1]
            try:
                os.write(self.target, packet)
            except OSError:
                # The cable is cut: that end is down.
                self.lost += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("namespaces", nargs=2)
    parser.add_argument("--round-trip-ms", type=float, required=True)
    parser.add_argument("--mbit", type=float, default=0)
    parser.add_argument("--loss", type=float, default=0)
    arguments = parser.parse_args()
    libc = ctypes.CDLL(None, use_errno=True)
    # Sleeps that end when they should (PR_SET_TIMERSLACK, in ns).
    libc.prctl(29, 1, 0, 0, 0)
    rng = random.Random(1)
    one, other = (device_in(libc, namespace) for namespace in arguments.namespaces)
    ways = [Direction(one, other, arguments), Direction(other, one, arguments)]
    # A shell's background process ignores Ctrl-C, so it is ended by SIGTERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    print("the line is there", flush=True)
    try:
        while True:
            due = [way.waiting[0][0] for way in ways if way.waiting]
            timeout = max(0.0, min(due) - time.monotonic()) if due else None
            readable, _, _ = select.select([one, other], [], [], timeout)
            now = time.monotonic()
            for way in ways:
                if way.source in readable:
                    way.take(now, rng)
                way.give(now)
    finally:
        print(f"{sum(way.sent for way in ways)} packets, {sum(way.lost for way in ways)} of them lost", flush=True)


main()
