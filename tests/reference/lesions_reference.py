"""Reference figures for src/metrics/lesions, computed with numpy and scipy on a phantom.

Writes lesions.safetensors (labels, scanned pixels, a picture with cysts and the same one without) and lesions.json
(the figures of every cyst, in the order of its first pixel). Nothing here is shared with the Rust code: distances are
scipy's, the monotone fit is scipy's isotonic regression.
Run: python tests/reference/lesions_reference.py
"""

import json
import pathlib

import numpy
from safetensors.numpy import save_file
from scipy import ndimage, optimize

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 96, 176
LATERAL = 11.3


def phantom(rng):
    x = numpy.arange(WIDTH)[None, :]
    y = numpy.arange(HEIGHT)[:, None]
    tops = [14, 22, 34, 46, 54, 78, 86, 90]
    layers = sum((y >= top + numpy.round(2 * numpy.sin(x / 23))).astype(int) for top in tops)
    free = numpy.array([20, 130, 100, 75, 110, 70, 160, 180, 90])[layers].astype(float)
    labels = layers.copy()
    grey = free.copy()
    # Centre, half axes, darkness, blur of the wall: from a thin one to a wide one; the last two touch at a corner.
    for cx, cy, rx, ry, share, blur in [(20, 44, 2.6, 6, 0.5, 0.8), (50, 60, 6, 9, 0.6, 1.5), (95, 50, 12, 11, 0.7, 2.3)]:
        inside = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
        labels[inside] = 9
        grey *= 1 - (1 - share) * ndimage.gaussian_filter(inside.astype(float), blur)
    labels[30:36, 140:150] = 9
    labels[36:40, 150:154] = 9
    grey[30:36, 140:150] *= 1.2
    scanned = numpy.ones((HEIGHT, WIDTH), bool)
    scanned[:40, 30:36] = False
    labels[:, :3] = 255
    noise = 1 + 0.2 * rng.standard_normal((HEIGHT, WIDTH))
    as_bytes = lambda plane: numpy.clip(numpy.round(plane * noise), 0, 255).astype(numpy.uint8)
    return labels.astype(numpy.uint8), scanned, as_bytes(grey), as_bytes(free)


def rim(inside, usable, grey, free, around):
    signed = numpy.where(
        inside, 0.5 - ndimage.distance_transform_edt(inside), ndimage.distance_transform_edt(~inside) - 0.5
    )
    near = usable & (numpy.abs(signed) < 8)
    groups = {}
    for place in numpy.argwhere(near):
        groups.setdefault(int(numpy.floor(signed[tuple(place)])), []).append(tuple(place))
    keys, merged, waiting = sorted(groups), [], []
    for key in keys:
        members = waiting + groups[key]
        waiting = members if key < -1 and len(members) < 6 else []
        if not waiting:
            merged.append(members)
    pick = lambda plane, members: numpy.array([plane[m] for m in members], float)
    distance = numpy.array([pick(signed, m).mean() for m in merged])
    level = numpy.array([pick(grey, m).sum() / pick(free, m).sum() for m in merged])
    weight = numpy.array([len(m) for m in merged], float)
    fit = optimize.isotonic_regression(level, weights=weight).x
    side = lambda chosen, end: numpy.average(fit[chosen], weights=weight[chosen]) if chosen.any() else fit[end]
    dark, bright = side(distance < -3, 0), side(distance > 3, -1)
    if bright - dark < 0.05 * bright or grey[inside].mean() >= around:
        return None

    def crossing(share):
        wanted = dark + share * (bright - dark)
        at = int(numpy.argmax(fit >= wanted))
        if at == 0:
            return distance[0 if fit[0] >= wanted else -1]
        part = (wanted - fit[at - 1]) / (fit[at] - fit[at - 1])
        return distance[at - 1] + part * (distance[at] - distance[at - 1])

    return {"width_px": crossing(0.9) - crossing(0.1), "offset_px": crossing(0.5)}


def figures(inside, labels, scanned, picture, free):
    grey, without = picture.astype(float), free.astype(float)
    away = ndimage.distance_transform_edt(~inside)
    depth = ndimage.distance_transform_edt(inside)
    layer = (labels >= 1) & (labels <= 7) & scanned
    around = layer & (away > 2) & (away <= 8)
    beyond = layer & (away > 2) & (away <= 6)
    core = inside & (depth > 2)
    columns = numpy.flatnonzero(inside.any(axis=0))
    ones = numpy.ones_like(grey)
    return {
        "pixels": int(inside.sum()),
        "width_um": float(columns[-1] - columns[0] + 1) * LATERAL,
        "inside_over_around": grey[inside].mean() / grey[around].mean(),
        "core_over_around": grey[core].mean() / grey[around].mean() if core.any() else None,
        "rim": rim(inside, inside | layer, grey, ones, grey[around].mean()),
        "rim_against_lesion_free": rim(inside, inside | layer, grey, without, grey[around].mean()),
        "inside_over_lesion_free": grey[inside].mean() / without[inside].mean(),
        "dark_without_paint": 1 - grey[beyond].mean() / without[beyond].mean(),
    }


def main():
    labels, scanned, picture, free = phantom(numpy.random.default_rng(20260202))
    numbered, count = ndimage.label(labels == 9, structure=numpy.ones((3, 3)))
    order = sorted(range(1, count + 1), key=lambda number: numpy.flatnonzero(numbered.ravel() == number)[0])
    lesions = [figures(numbered == number, labels, scanned, picture, free) for number in order]
    contrast = [lesion["inside_over_around"] for lesion in lesions]
    golden = {"lesions": lesions, "quartile": float(numpy.quantile(contrast, 0.25))}
    (HERE / "lesions.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    planes = {"labels": labels, "scanned": scanned.astype(numpy.uint8), "picture": picture, "lesion_free": free}
    save_file(planes, HERE / "lesions.safetensors")


if __name__ == "__main__":
    main()
