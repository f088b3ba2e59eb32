"""Reference figures for src/metrics/columns.rs, the inner edges and the speckle over 61 columns, computed with numpy.

Writes columns.safetensors (labels, counted pixels, a picture with vessel shadows) and columns.json (the figures). The
speckle is computed by the functions of fidelity_reference.py with its window opened to 61 columns.
Run: python tests/reference/columns_reference.py
"""

import json
import pathlib

import numpy
from safetensors.numpy import save_file
from scipy import ndimage

import fidelity_reference as fidelity

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 96, 190
# (layer above, sign of the step) of NFL/GCL, IPL/INL, INL/OPL, OPL/ONL.
INNER = [(1, -1), (2, -1), (3, 1), (4, -1)]
SEARCH = 4


def phantom(rng):
    x = numpy.arange(WIDTH)
    tops = 14 + 3 * numpy.sin(x / 19) + numpy.array([0, 9, 18, 28, 36, 52, 60, 68])[:, None]
    rows = numpy.arange(HEIGHT)[:, None]
    labels = sum((rows >= numpy.round(top)[None, :]).astype(int) for top in tops)
    labels[((rows - 46) / 7.0) ** 2 + ((x[None, :] - 120) / 9.0) ** 2 < 1] = 9
    counted = numpy.ones((HEIGHT, WIDTH), bool)
    counted[:, 88:91] = False
    grey = numpy.array([25, 130, 100, 75, 110, 65, 150, 175, 85, 30])[labels].astype(float)
    grey *= 1 + 0.2 * ndimage.gaussian_filter(rng.standard_normal((HEIGHT, WIDTH)), (0.7, 0.8)) * 2.5
    below = labels >= 5
    for first, last, share in [(30, 35, 0.55), (70, 73, 0.6), (150, 158, 0.5)]:
        grey[:, first:last] *= numpy.where(below[:, first:last], share, 1)
    # A dark segment of the outer bands alone is no shadow.
    grey[:, 105:110] *= numpy.where(labels[:, 105:110] >= 6, 0.5, 1.15)
    return labels.astype(numpy.uint8), counted, numpy.clip(numpy.round(grey), 0, 255).astype(numpy.uint8)


def brightness(picture, labels, counted):
    grey = picture.astype(float)
    total, left = numpy.zeros(WIDTH), numpy.zeros(WIDTH)
    for layer in range(1, 8):
        inside = (labels == layer) & counted
        total += numpy.where(inside, grey, 0).sum(axis=0)
        left += fidelity.residuals(grey, inside).sum(axis=0)
    around = total - left
    return (left / numpy.where(around > 0, around, 1))[around > 0]


def against_median(picture, labels, counted, codes):
    inside = numpy.isin(labels, codes) & counted
    means = [picture[inside[:, x], x].astype(float).mean() if inside[:, x].any() else None for x in range(WIDTH)]
    there = lambda values: [value for value in values if value is not None]
    smooth = [
        None if means[x] is None else numpy.mean(there(means[max(x - 1, 0) : x + 2])) for x in range(WIDTH)
    ]
    out = []
    for x in range(WIDTH):
        window = there(smooth[max(x - 30, 0) : x + 31])
        out.append(smooth[x] / numpy.median(window) if smooth[x] is not None and len(window) >= 15 else None)
    return out


def shadows(picture, labels, counted):
    outer = against_median(picture, labels, counted, [6, 7])
    onl = against_median(picture, labels, counted, [5])
    runs, count = ndimage.label([value is not None and value < 0.75 for value in outer])
    found = []
    for number in range(1, count + 1):
        places = numpy.flatnonzero(runs == number)
        above = [onl[x] for x in places if onl[x] is not None]
        if len(places) >= 2 and above and numpy.mean(above) < 1:
            found.append((len(places), 1 - min(outer[x] for x in places)))
    looked_at = sum(value is not None for value in outer)
    return {
        "per_hundred": 100 * len(found) / looked_at,
        "columns": float(numpy.mean([columns for columns, _ in found])),
        "depth": float(numpy.mean([depth for _, depth in found])),
    }


def inner_edges(picture, labels, counted):
    smooth = ndimage.gaussian_filter1d(picture.astype(float), 4.0, axis=1, truncate=4.0)
    smooth = ndimage.gaussian_filter1d(smooth, 1.0, axis=0, truncate=4.0)
    heights = []
    for above, sign in INNER:
        step = sign * numpy.diff(smooth, axis=0)
        found = []
        for x in range(WIDTH):
            rows = numpy.flatnonzero((labels[:-1, x] == above) & (labels[1:, x] == above + 1))
            if len(rows) == 0:
                continue
            row = rows[0] + 1
            low, high = max(row - SEARCH, 1), min(row + SEARCH, HEIGHT - 1)
            if counted[low - 1 : high + 1, x].all():
                found.append(step[low - 1 : high, x].max())
        heights.append(float(numpy.mean(found)))
    return heights


def main():
    labels, counted, picture = phantom(numpy.random.default_rng(20260505))
    fidelity.HEIGHT, fidelity.WIDTH, fidelity.WINDOW = HEIGHT, WIDTH, 61
    figures = {
        "textures": [
            fidelity.texture(picture, fidelity.class_mask(labels, counted, number)) for number in range(10)
        ],
        "inner_edges": inner_edges(picture, labels, counted),
        "brightness_spread": float(brightness(picture, labels, counted).std()),
        "shadows": shadows(picture, labels, counted),
    }
    (HERE / "columns.json").write_text(json.dumps(figures, separators=(",", ":")) + "\n")
    planes = {"labels": labels, "counted": counted.astype(numpy.uint8), "picture": picture}
    save_file(planes, HERE / "columns.safetensors")


if __name__ == "__main__":
    main()
