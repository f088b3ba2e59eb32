#!/usr/bin/env python3
"""The eleven jobs of docs/jobs.md in the real window, to the end of each:

    scripts/window-jobs.py PROGRAM [--job NAME...] [--shots FOLDER] [--data FOLDER]

PROGRAM is a release build of retidiff. Needs Xvfb, xdotool and a software Vulkan driver; pictures of the screen need
`import` of ImageMagick. Every job begins with a fresh folder, and what becomes of it is read from the window's title,
from the files it wrote and from the program's own command line. --data is a folder with real scans (duke_dme,
heyex_synthetic), without which designed and bundled ones stand in. Prints clicks, keys and seconds of each job; the
seconds run from the program's start to the job's last result, with the hand's own pauses.
"""

import argparse
import os
import sys
import tempfile
import time

from window_jobs import in_the_editor, on_the_pages
from window_jobs.hand import NotSo, missing
from window_jobs.job import Jobs

JOBS = {
    "first-minute": in_the_editor.first_minute,
    "three-cysts": in_the_editor.three_cysts,
    "designed-case": on_the_pages.designed_case,
    "saved-and-reopened": in_the_editor.saved_and_reopened,
    "traced-and-corrected": in_the_editor.traced_and_corrected,
    "volume": in_the_editor.volume,
    "heyex": on_the_pages.heyex,
    "new-masks": on_the_pages.new_masks,
    "tiny-training": on_the_pages.tiny_training,
    "small-windows": in_the_editor.small_windows,
    "wrong-files": on_the_pages.wrong_files,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program")
    parser.add_argument("--job", nargs="+", choices=JOBS, default=list(JOBS))
    parser.add_argument("--shots")
    parser.add_argument("--data")
    given = parser.parse_args()
    if lacking := missing():
        print(f"skipped: {', '.join(lacking)} not installed")
        return 0
    if given.shots:
        os.makedirs(given.shots, exist_ok=True)
    failures = 0
    print("| job | clicks | keys | s | how its end was seen |\n|---|---|---|---|---|", flush=True)
    for name in given.job:
        jobs = Jobs(given.program, given.shots, given.data)
        with tempfile.TemporaryDirectory(prefix="window-job-") as jobs.folder:
            os.chmod(jobs.folder, 0o755)
            try:
                ended = JOBS[name](jobs)
                seconds = time.monotonic() - jobs.hand.began
                print(f"| {JOBS[name].__doc__.rstrip('.')} | {jobs.hand.clicks} | {jobs.hand.keys} | {seconds:.1f} | {ended} |", flush=True)
            except NotSo as problem:
                failures += 1
                print(f"| {JOBS[name].__doc__.rstrip('.')} | | | | failed: {problem} |", flush=True)
            finally:
                if jobs.hand:
                    jobs.hand.end()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
