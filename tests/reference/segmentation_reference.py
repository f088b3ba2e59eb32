"""Reference figures for src/metrics/segmentation, computed with numpy and scipy on made-up label maps.

Writes segmentation.safetensors (true and predicted label maps, scanned pixels, columns that count, of five images of
three subjects) and segmentation.json (the figures).
Run: python tests/reference/segmentation_reference.py
"""

import json
import pathlib

import numpy
from safetensors.numpy import save_file
from scipy import ndimage

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 72, 90
AXIAL, LATERAL = 3.87, 11.3
SUBJECTS = [0, 0, 1, 1, 2]
CLASSES = 9
EIGHT = numpy.ones((3, 3))


def image(rng, index):
    x = numpy.arange(WIDTH)
    y = numpy.arange(HEIGHT)[:, None]
    tops = numpy.array([10, 16, 24, 31, 36, 50, 56, 61])[:, None] + 2 * numpy.sin(x / 13 + index)
    moved = tops + rng.normal(0, 0.8, (8, 1)) + rng.normal(0, 0.7, tops.shape)
    rows = lambda lines: numpy.round(numpy.maximum.accumulate(lines, axis=0)).astype(int)
    paint = lambda lines: sum((y >= line[None, :]).astype(int) for line in rows(lines))
    truth, predicted = paint(tops), paint(moved)
    cysts = [] if index == 3 else [(22, 34, 6, 5), (60, 42, 4, 6)][: 1 + index % 2]
    for cx, cy, rx, ry in cysts:
        truth[((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1] = 9
    for cx, cy, rx, ry in cysts[: 2 - (index == 1)] + ([(75, 40, 4, 4)] if index >= 2 else []):
        predicted[((x - cx - 1.5) / rx) ** 2 + ((y - cy + 1) / (ry + 1)) ** 2 < 1] = 9
    truth[:, :4] = 255
    truth[:, -3:] = 255
    # A prediction out of order, and a pixel that nobody labelled.
    predicted[3:5, 30] = 5
    predicted[20, 40] = 255
    scanned = numpy.ones((HEIGHT, WIDTH), bool)
    scanned[: 6 + index, 70:] = False
    columns = numpy.ones(WIDTH, bool)
    columns[50:54] = False
    return truth.astype(numpy.uint8), predicted.astype(numpy.uint8), scanned, columns


def classes(codes):
    out = codes.astype(int)
    out[codes == 8] = 0
    out[(codes >= 9) & (codes <= 11)] = 8
    out[codes == 255] = -1
    return out


def mean(values):
    values = [value for value in values if value is not None]
    return float(numpy.mean(values)) if values else None


def overlaps(truth, predicted, judged):
    """(both, truth, predicted) pixels by class."""
    t, p = classes(truth)[judged], classes(predicted)[judged]
    return numpy.array([[((t == c) & (p == c)).sum(), (t == c).sum(), (p == c).sum()] for c in range(CLASSES)])


def dice_of(counts):
    return [2 * both / (t + p) if t + p else None for both, t, p in counts]


def dice(all_counts):
    kinds = {"pooled": dice_of(sum(all_counts))}
    by_class = list(zip(*[dice_of(counts) for counts in all_counts]))
    kinds["per_image"] = [mean(values) for values in by_class]
    subjects = [sum(c for c, s in zip(all_counts, SUBJECTS) if s == subject) for subject in sorted(set(SUBJECTS))]
    kinds["per_subject"] = [mean(values) for values in zip(*[dice_of(counts) for counts in subjects])]
    ynet = numpy.array([2 * (c[:, 0] + 1e-4) / (c[:, 1] + c[:, 2] + 1e-4) for c in all_counts])
    kinds["ynet_compat"] = [float(value) for value in ynet.mean(axis=0)]
    return {
        kind: {"classes": values, "without": mean(values[1:]), "with": mean(values)} for kind, values in kinds.items()
    }


def outline(inside, judged):
    other = judged & ~inside
    beside = ndimage.binary_dilation(other)  # by sides
    return inside & judged & beside


def surface(truth, predicted, judged, c):
    a, b = (outline(classes(codes) == c, judged) for codes in (truth, predicted))
    if not a.any() and not b.any():
        return "absent"
    if not a.any() or not b.any():
        return "one_sided"
    to = lambda target: ndimage.distance_transform_edt(~target, sampling=(AXIAL, LATERAL))
    there, back = to(b)[a], to(a)[b]
    return {
        "hd95_um": float(numpy.percentile(numpy.hstack([there, back]), 95)),
        "assd_um": float((there.mean() + back.mean()) / 2),
        # Normalised surface dice at one axial pixel.
        "nsd": float((numpy.hstack([there, back]) <= AXIAL * (1 + 1e-5)).mean()),
    }


def split_rows(column, k):
    """Every row at which interface k contradicts the fewest pixels, by trying all."""
    layer = column <= 8
    costs = [
        ((column[:row] > k) & layer[:row]).sum() + ((column[row:] <= k) & layer[row:]).sum()
        for row in range(len(column) + 1)
    ]
    best = numpy.flatnonzero(numpy.array(costs) == min(costs))
    run = [best[0]]
    for row in best[1:]:
        if row != run[-1] + 1:
            break
        run.append(row)
    return run


def geometry(images):
    interfaces = [[] for _ in range(8)]
    thicknesses = [[] for _ in range(7)]
    image_thicknesses, fluid = [], []
    for truth, predicted, scanned, columns in images:
        own = [[] for _ in range(7)]
        for x in range(WIDTH):
            if not columns[x] or (truth[:, x] == 255).any():
                continue
            errors = []
            for k in range(8):
                drawn, found = split_rows(truth[:, x], k), split_rows(predicted[:, x], k)
                errors.append((numpy.mean(found) - drawn[0]) * AXIAL if len(drawn) == 1 else None)
            for k, error in enumerate(errors):
                if error is not None:
                    interfaces[k].append(error)
            for layer in range(7):
                if errors[layer] is not None and errors[layer + 1] is not None:
                    own[layer].append(errors[layer + 1] - errors[layer])
        for layer in range(7):
            thicknesses[layer] += own[layer]
        image_thicknesses.append([mean(values) for values in own])
        judged = scanned & (truth != 255)
        area = lambda codes: ((classes(codes) == 8) & judged).sum() * AXIAL * LATERAL * 1e-6
        fluid.append(area(predicted) - area(truth))
    summary = lambda errors: {"mean": mean(numpy.abs(errors)), "bias": mean(errors), "columns": len(errors)}
    return {
        "interfaces": [summary(errors) for errors in interfaces],
        "thicknesses": [summary(errors) for errors in thicknesses],
        "image_thicknesses": [mean([abs(v[layer]) for v in image_thicknesses]) for layer in range(7)],
        "fluid_mm2": [mean(numpy.abs(fluid)), mean(fluid)],
    }


def lesions(images):
    totals = numpy.zeros(4, int)
    for truth, predicted, scanned, _ in images:
        judged = scanned & (truth != 255)
        sides = [(classes(codes) == 8) & judged for codes in (truth, predicted)]
        for place, (own, other) in enumerate([sides, sides[::-1]]):
            numbered, count = ndimage.label(own, structure=EIGHT)
            for number in range(1, count + 1):
                region = numbered == number
                if region.sum() >= 20:
                    totals[2 * place] += 1
                    totals[2 * place + 1] += (region & other).sum() >= 0.25 * region.sum()
    recall, precision = totals[1] / totals[0], totals[3] / totals[2]
    return {"counts": totals.tolist(), "f1": float(2 * recall * precision / (recall + precision))}


def main():
    rng = numpy.random.default_rng(20260303)
    images = [image(rng, index) for index in range(len(SUBJECTS))]
    judged = [scanned & (truth != 255) for truth, _, scanned, _ in images]
    counts = [overlaps(truth, predicted, j) for (truth, predicted, _, _), j in zip(images, judged)]
    total = sum(counts)
    everything = sum(int(j.sum()) for j in judged)
    figures = {
        "subjects": SUBJECTS,
        "spacing": [AXIAL, LATERAL],
        "dice": dice(counts),
        "recall": [both / truth if truth else None for both, truth, _ in total.tolist()],
        "pixel_accuracy": float(total[:, 0].sum() / everything),
        "mean_iou": mean([both / (t + p - both) if t + p else None for both, t, p in total.tolist()]),
        "surfaces": [
            [surface(truth, predicted, j, c) for c in range(CLASSES)]
            for (truth, predicted, _, _), j in zip(images, judged)
        ],
        "geometry": geometry(images),
        "lesions": lesions(images),
    }
    (HERE / "segmentation.json").write_text(json.dumps(figures, separators=(",", ":"), default=float) + "\n")
    planes = {}
    for index, (truth, predicted, scanned, columns) in enumerate(images):
        planes[f"truth_{index}"] = truth
        planes[f"predicted_{index}"] = predicted
        planes[f"scanned_{index}"] = scanned.astype(numpy.uint8)
        planes[f"columns_{index}"] = columns.astype(numpy.uint8)
    save_file(planes, HERE / "segmentation.safetensors")


if __name__ == "__main__":
    main()
