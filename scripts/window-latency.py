#!/usr/bin/env python3
"""From a brush stroke to the changed scan on screen, in the real window on a virtual display:

    scripts/window-latency.py PROGRAM [ARGUMENTS...]        needs Xvfb and xdotool

The screen's memory is a file here, so that looking at it costs the cores nothing. A stroke is a press and six motions of
the pointer in the label pane; what is timed is the time from the press until the scan pane changes by more than a brush's
outline (400 pixels), and, beside it, until the label pane changes at all. Strokes begin when nothing has changed for a
second.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from window_jobs.hand import Hand

STROKES = 20
# Of every second row.
OUTLINE = 200


def changed(before, after):
    """Pixels that differ, counted up to where it matters."""
    if before == after:
        return 0
    pixels = zip(memoryview(before).cast("I"), memoryview(after).cast("I"))
    return sum(a != b for a, b in pixels)


def main():
    left, right = [tuple(map(int, os.environ.get(name, default).split(",")))
                   for name, default in (("LABELS", "62,292,602,706"), ("SCAN", "632,292,1170,680"))]
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.abspath(shutil.which(sys.argv[1]) or sys.argv[1])
        hand = Hand(program, folder, arguments=sys.argv[2:])
        look = lambda box: hand.screen.region(box, 2)
        try:
            hand.rest(4.0, 90, right)
            if os.environ.get("SHOT"):
                subprocess.run(["import", "-window", "root", os.environ["SHOT"]], env=hand.environment, check=False)
            labels, scans = [], []
            for stroke in range(STROKES):
                x, y = left[0] + 90 + 15 * stroke % 300, left[1] + 200 + 5 * (stroke % 3)
                hand.move(x, y)
                hand.rest(1.0, 30, right)
                before = look(left), look(right)
                words = ["mousedown", 1]
                for step in range(1, 7):
                    words += ["mousemove", x + 3 * step, y + step, "sleep", 0.016]
                started = time.perf_counter()
                moving = subprocess.Popen(["xdotool", *map(str, words + ["mouseup", 1])], env=hand.environment)
                found = [None, None]
                while None in found and time.perf_counter() - started < 5:
                    for at, (region, least) in enumerate(((left, 1), (right, OUTLINE))):
                        if found[at] is None and changed(before[at], look(region)) >= least:
                            found[at] = 1000 * (time.perf_counter() - started)
                    time.sleep(0.002)
                moving.wait()
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
            hand.end()


if __name__ == "__main__":
    main()
