#!/usr/bin/env python3
"""From a brush stroke to the changed scan on screen, in the real window on a virtual display:

    scripts/window-latency.py PROGRAM [ARGUMENTS...]        needs Xvfb and xdotool

The screen's memory is a file here, so that looking at it costs the cores nothing. A stroke is a press and six motions of
the pointer in the label pane; what is timed is the time from the press until the scan pane changes by more than a brush's
outline (400 pixels), and, beside it, until the label pane changes at all. Strokes begin when nothing has changed for a
second.
"""

import mmap
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time

WIDTH, HEIGHT = 1480, 920
STROKES = 20
# Of every second row.
OUTLINE = 200


class Screen:
    """The pixels of an Xvfb with -fbdir: an XWD file that changes."""

    def __init__(self, path):
        file = open(path, "rb")
        self.memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(">25I", self.memory[:100])
        self.start, self.line = header[0] + 12 * header[19], header[12]

    def region(self, x0, y0, x1, y1, step=2):
        rows = range(y0, y1, step)
        return b"".join(self.memory[self.start + y * self.line + 4 * x0:self.start + y * self.line + 4 * x1] for y in rows)


def changed(before, after):
    """Pixels that differ, counted up to where it matters."""
    if before == after:
        return 0
    pixels = zip(memoryview(before).cast("I"), memoryview(after).cast("I"))
    return sum(a != b for a, b in pixels)


def wait_still(look, still, limit):
    begun = changed = time.perf_counter()
    last = look()
    while time.perf_counter() - changed < still and time.perf_counter() - begun < limit:
        time.sleep(0.05)
        now = look()
        if now != last:
            last, changed = now, time.perf_counter()


def main():
    left, right = [tuple(map(int, os.environ.get(name, default).split(",")))
                   for name, default in (("LABELS", "62,292,602,706"), ("SCAN", "632,292,1170,680"))]
    display = ":%d" % (90 + os.getpid() % 100)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, DISPLAY=display, RETIDIFF_DATA=folder + "/data", XDG_RUNTIME_DIR=folder)
        server = subprocess.Popen(["Xvfb", display, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", folder],
                                  stderr=subprocess.DEVNULL)
        time.sleep(1.5)
        program = subprocess.Popen(sys.argv[1:], env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        tool = lambda *words: subprocess.run(["xdotool", *map(str, words)], env=environment, check=False,
                                             stdout=subprocess.PIPE, text=True).stdout
        try:
            screen = Screen(folder + "/Xvfb_screen0")
            for _ in range(120):
                window = tool("search", "--onlyvisible", "--name", "RetiDiff").split()
                if window:
                    break
                time.sleep(0.5)
            tool("windowsize", window[0], WIDTH, HEIGHT, "windowmove", window[0], 0, 0, "windowfocus", window[0])
            wait_still(lambda: screen.region(*right), 4.0, 90)
            if os.environ.get("SHOT"):
                subprocess.run(["import", "-window", "root", os.environ["SHOT"]], env=environment, check=False)
            labels, scans = [], []
            begun_cpu, begun_at = os.times(), time.perf_counter()
            for stroke in range(STROKES):
                x, y = left[0] + 90 + 15 * stroke % 300, left[1] + 200 + 5 * (stroke % 3)
                tool("mousemove", x, y)
                wait_still(lambda: screen.region(*right), 1.0, 30)
                before = screen.region(*left), screen.region(*right)
                words = ["mousedown", 1]
                for step in range(1, 7):
                    words += ["mousemove", x + 3 * step, y + step, "sleep", 0.016]
                started = time.perf_counter()
                hand = subprocess.Popen(["xdotool", *map(str, words + ["mouseup", 1])], env=environment)
                found = [None, None]
                while None in found and time.perf_counter() - started < 5:
                    for at, (region, least) in enumerate(((left, 1), (right, OUTLINE))):
                        if found[at] is None and changed(before[at], screen.region(*region)) >= least:
                            found[at] = 1000 * (time.perf_counter() - started)
                    time.sleep(0.002)
                hand.wait()
                labels.append(found[0])
                scans.append(found[1])
            for name, times in (("stroke to label pane", labels), ("stroke to scan pane", scans)):
                seen = sorted(value for value in times if value is not None)
                if seen:
                    print(f"{name}: median {statistics.median(seen):.0f} ms, slowest {seen[-1]:.0f} ms, of {len(seen)}"
                          f" (unseen {len(times) - len(seen)}): {' '.join(f'{value:.0f}' for value in seen)}")
                else:
                    print(f"{name}: never seen")
        finally:
            program.terminate()
            program.wait()
            server.terminate()


if __name__ == "__main__":
    main()
