#!/usr/bin/env python3
"""The figures of a visit to a GPU machine as Markdown: gpu-summary.py RESULTS_FOLDER.

Reads the result files of the parts (scripts/gpu-run.sh); a part that is not there or is not done has no row. PyTorch's
times are set beside RetiDiff's of the same picture, whatever report PyTorch was given for the shapes.
"""

import json
import os
import sys

PICTURES = "bench-"
TRAINING = "train-"
TORCH = "torch-"


def results(folder, start):
    """(name of the part, its JSON) of all parts that are done and begin so."""
    for file in sorted(os.listdir(folder)):
        if not (file.startswith(start) and file.endswith(".json")):
            continue
        name = file[: -len(".json")]
        state = os.path.join(folder, f"{name}.state")
        if not os.path.exists(state) or not open(state).read().startswith("ok"):
            continue
        try:
            with open(os.path.join(folder, file)) as text:
                yield name, json.load(text)
        except (OSError, ValueError) as error:
            print(f"note: {file}: {error}", file=sys.stderr)


def picture_rows(folder):
    print("| part | device | what | size | steps | median ms | p99 ms |\n|---|---|---|---|---|---|---|")
    times = {}
    for name, report in results(folder, PICTURES):
        device = f"{report['device']} ({report['backend']})"
        for timing in report["pictures"]:
            size = f"{timing['width']}x{timing['height']}"
            times.setdefault((timing["kind"], size, timing["steps"]), []).append((name, timing["median_ms"]))
            print(f"| {name} | {device} | {timing['kind']} | {size} | {timing['steps']} "
                  f"| {timing['median_ms']:.2f} | {timing['p99_ms']:.2f} |")
        start = report["startup"]
        print(f"| {name} | {device} | first picture | | | {start['first_picture_ms']:.0f} | |")
        if report.get("frames"):
            frames = report["frames"]
            print(f"| {name} | {device} | frame while drawing | | | {frames['median_ms']:.2f} | {frames['p99_ms']:.2f} |")
    return times


def training_rows(folder):
    print("\n| part | device | preset | strip | batch | arithmetic | median ms |\n|---|---|---|---|---|---|---|")
    times = {}
    for name, steps in results(folder, TRAINING):
        for step in steps:
            times.setdefault(step["preset"], []).append((name, step["median_ms"]))
            print(f"| {name} | {step['device']} | {step['preset']} | {step['columns']}x{step['rows']} "
                  f"| {step['batch']} | {step['arithmetic']} | {step['median_ms']:.1f} |")
    return times


def torch_rows(folder, pictures, trainings):
    print("\n| PyTorch's part | mode | what | size | PyTorch ms | RetiDiff's part | ms | of PyTorch's time |\n"
          "|---|---|---|---|---|---|---|---|")
    for name, table in results(folder, TORCH):
        for row in table["rows"]:
            if "what" in row:
                what, own = f"{row['what']}, {row['steps']} steps", pictures.get((row["what"], row["size"], row["steps"]), [])
            else:
                what, own = f"training step, {row['preset']}", trainings.get(row["preset"], [])
            size = row.get("size", row.get("strip", ""))
            there = row["torch_ms"]
            for part, here in own or [("none", None)]:
                share = "" if here is None else f"{here:.2f} | {here / there:.2f}"
                print(f"| {name} | {table['mode']} | {what} | {size} | {there:.2f} | {part} | {share or ' | '} |")


def states(folder):
    print("\n| part | state | seconds | words |\n|---|---|---|---|")
    for file in sorted(os.listdir(folder)):
        if file.endswith(".state"):
            with open(os.path.join(folder, file)) as text:
                state, seconds, words = (text.read().rstrip("\n").split(" ", 2) + ["", ""])[:3]
            print(f"| {file[:-len('.state')]} | {state} | {seconds} | {words.replace('|', '/')} |")


def main():
    folder = sys.argv[1]
    pictures = picture_rows(folder)
    trainings = training_rows(folder)
    torch_rows(folder, pictures, trainings)
    states(folder)


if __name__ == "__main__":
    main()
