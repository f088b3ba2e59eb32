"""Golden values of sharpened interfaces: src/diffusion/interfaces.rs written apart from it, in double precision.

  interfaces.py    writes interfaces.json beside this file
"""
import json
import pathlib

import numpy as np

from outer_bands import mean_around

REACH, EDGES = 6, (1.5, 1.1, 0.9, 1.7, 1.7)


def made():
    """A mask of 60 columns whose layers bend, with a column without NFL and a cyst on an interface, and a picture."""
    height, width = 96, 60
    tops = [20, 30, 42, 49, 57, 72, 78, 85]
    greys = [24, 130, 95, 65, 90, 55, 140, 150, 40, 30]
    labels, pixels = np.zeros((height, width), int), np.zeros((height, width), int)
    for x in range(width):
        bend = abs(x % 40 - 20) // 5
        for y in range(height):
            code = sum(y >= top + bend for top in tops)
            code = 2 if x == 33 and code == 1 else code
            code = 9 if 10 <= x < 14 and 40 + bend <= y < 45 + bend else code
            labels[y, x] = code
            soft = sum(greys[sum(y + k >= top + bend for top in tops)] for k in (-3, -1, 1, 3)) // 4
            pixels[y, x] = (soft if code < 9 else 30) + (7 * x + 13 * y + x * y % 11) % 31
    return labels, pixels


def smooth(rows, known):
    out = rows.copy()
    for x in np.where(known)[0]:
        k = 0
        while k < 9 and x - k - 1 >= 0 and x + k + 1 < len(rows) and known[x - k - 1] and known[x + k + 1]:
            k += 1
        weights = np.exp(-0.5 * (np.arange(-k, k + 1) / 3.0) ** 2)
        out[x] = (weights * rows[x - k : x + k + 1]).sum() / weights.sum()
    return out


def sharpened(picture, labels):
    out = picture.copy()
    height, width = labels.shape
    depths = np.arange(-REACH, REACH + 1)
    for layer, edge in zip(range(1, 6), EDGES):
        first, known = np.zeros(width), np.zeros(width, bool)
        sides = np.zeros((width, 2))
        for x in range(width):
            column = list(labels[:, x])
            if layer not in column:
                continue
            y = column.index(layer)
            above = next((k for k in range(y) if column[y - 1 - k] != layer - 1), y)
            below = next((k for k in range(height - y) if column[y + k] != layer), height - y)
            if REACH <= y < height - REACH and min(above, below) >= 3:
                first[x], known[x] = y, True
                sides[x] = min(above / 2, REACH), min(below / 2, REACH)
        line = smooth(first, known) - 0.5
        came = np.zeros((width, len(depths)))
        for x in np.where(known)[0]:
            greys = np.clip((out[:, x] + 1) / 2, 0, 1)
            came[x] = np.interp(np.clip(line[x] + depths, 0, height - 1), np.arange(height), greys)
        for x in np.where(known)[0]:
            near, far = mean_around(came, known, x, 4.0, 8), mean_around(came, known, x, 10.0, 20)
            up, down = sides[x]
            above = far[(depths <= -2) & (depths >= -max(3, up))].mean()
            below = far[(depths >= 2) & (depths <= max(3, down))].mean()
            target = above + (below - above) / (1 + np.exp(-1.702 * depths / edge))
            share = np.clip((np.where(depths < 0, up, down) - abs(depths)) / 1.5 + 0.3, 0, 1)
            ends = [k for k in range(1, 6) for s in (x - k, x + k) if 0 <= s < width and not known[s]]
            part = (min(ends) if ends else 6) / 6
            exponents = np.log(np.clip(target / np.maximum(near, 0.012), 0.6, 1.6)) * share * part
            for y in range(max(0, int(np.ceil(line[x] - REACH))), min(height, int(line[x] + REACH) + 1)):
                if labels[y, x] <= 8:
                    factor = np.exp(np.interp(y - line[x], depths, exponents))
                    out[y, x] = min((out[y, x] + 1) * factor - 1, 1)
    return out


if __name__ == "__main__":
    labels, pixels = made()
    out = sharpened(pixels / 127.5 - 1, labels)
    places = [[y, x] for x in (0, 9, 13, 20, 32, 36, 59) for y in (17, 22, 30, 34, 41, 47, 52, 58, 73)]
    golden = {"places": places, "met": [round(float(out[y, x]), 6) for y, x in places]}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
