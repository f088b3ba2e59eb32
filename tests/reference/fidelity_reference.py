"""Reference figures for src/metrics, computed with numpy and scipy on a phantom.

Writes fidelity.safetensors (the phantom: labels, counted pixels, two pictures) and fidelity.json (the figures).
Run: python tests/reference/fidelity_reference.py
"""

import json
import pathlib

import numpy
from safetensors.numpy import save_file
from scipy import ndimage

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 112, 120
CLASSES = 10
WINDOW, MAX_LAG, LEVEL = 15, 16, 0.5
RING, SEARCH = 10, 15


def phantom(rng):
    x = numpy.arange(WIDTH)
    tops = 20 + 4 * numpy.sin(x / 17) + numpy.array([0, 9, 18, 28, 36, 48, 56, 64])[:, None]
    rows = numpy.arange(HEIGHT)[:, None]
    labels = sum((rows >= numpy.round(top)[None, :]).astype(int) for top in tops)
    labels[((rows - 52) / 9.0) ** 2 + ((x[None, :] - 50) / 14.0) ** 2 < 1] = 9
    labels[:, :6] = 255
    counted = numpy.ones((HEIGHT, WIDTH), bool)
    counted[:, 70:75] = False
    counted[:9, 80:] = False
    means = numpy.array([25, 120, 95, 70, 100, 60, 150, 170, 85, 30])
    base = numpy.where(labels == 255, 50, means[numpy.minimum(labels, 9)])
    pictures = []
    for sigma in [(0.7, 1.1), (0.9, 0.8)]:
        speckle = ndimage.gaussian_filter(rng.standard_normal((HEIGHT, WIDTH)), sigma)
        picture = base * (1 + 0.25 * speckle / speckle.std())
        pictures.append(numpy.clip(numpy.round(picture), 0, 255).astype(numpy.uint8))
    return labels.astype(numpy.uint8), counted, pictures


def class_mask(labels, counted, number):
    return (labels == number) & counted


def depths(inside):
    """Pixels of the class by column and depth: depth counts from the nearer end of a run, those from below negatively."""
    places = {}
    for x in range(WIDTH):
        runs, count = ndimage.label(inside[:, x])
        for number in range(1, count + 1):
            rows = numpy.flatnonzero(runs == number)
            for row in rows:
                above, below = row - rows[0], rows[-1] - row
                places.setdefault((x, above if above <= below else -1 - below), []).append(row)
    return places


def residuals(grey, inside):
    """Grey minus the mean at the same depth in the columns around."""
    places = depths(inside)
    residual = numpy.zeros(grey.shape)
    for (x, depth), rows in places.items():
        around = [
            grey[row, column]
            for column in range(x - WINDOW // 2, x + WINDOW // 2 + 1)
            for row in places.get((column, depth), [])
        ]
        for row in rows:
            residual[row, x] = grey[row, x] - numpy.mean(around)
    return residual


def width(variance, correlations):
    before = 1.0
    for lag, here in enumerate(correlations):
        if here <= LEVEL:
            return lag + (before - LEVEL) / (before - here)
        before = here
    return None


def texture(picture, inside):
    grey = picture.astype(float)
    residual = residuals(grey, inside)
    variance = (residual[inside] ** 2).mean()
    lateral, axial = [], []
    for lag in range(1, MAX_LAG + 1):
        both = inside[:, lag:] & inside[:, :-lag]
        lateral.append((residual[:, lag:] * residual[:, :-lag])[both].mean() / variance if both.any() else 0)
        both = inside[lag:] & inside[:-lag]
        axial.append((residual[lag:] * residual[:-lag])[both].mean() / variance if both.any() else 0)
    return {
        "contrast": numpy.sqrt(variance) / grey[inside].mean(),
        "lateral_width_px": width(variance, lateral),
        "axial_width_px": width(variance, axial),
    }


def ring(picture, labels, counted):
    fluid = (labels == 9) & counted
    distance = ndimage.distance_transform_edt(~fluid)
    around = (distance <= RING) & counted & (labels >= 1) & (labels <= 7)
    return {
        "fluid_px": int(fluid.sum()),
        "fluid_mean": picture[fluid].mean(),
        "ring_px": int(around.sum()),
        "ring_mean": picture[around].mean(),
    }


def edges(picture, labels, counted, sign):
    smooth = ndimage.gaussian_filter1d(picture.astype(float), 4.0, axis=1, truncate=4.0)
    smooth = ndimage.gaussian_filter1d(smooth, 1.0, axis=0, truncate=4.0)
    step = sign * numpy.diff(smooth, axis=0)  # row y - 1 of it lies between rows y - 1 and y
    distances = []
    for x in range(WIDTH):
        column = labels[:, x]
        if (column == 255).any():
            continue
        row = int(numpy.argmax(column != 0)) if sign > 0 else HEIGHT - int(numpy.argmax(column[::-1] != 8))
        low, high = max(row - SEARCH, 1), min(row + SEARCH, HEIGHT - 1)
        if counted[low - 1 : high + 1, x].all():
            distances.append(abs(low + int(numpy.argmax(step[low - 1 : high, x])) - row))
    return distances


def main():
    labels, counted, pictures = phantom(numpy.random.default_rng(20260101))
    means = [
        [float(picture[class_mask(labels, counted, number)].mean()) for number in range(CLASSES)]
        for picture in pictures
    ]
    figures = {
        "class_means": means,
        "correlation": float(numpy.corrcoef(means[0], means[1])[0, 1]),
        "textures": [
            [texture(picture, class_mask(labels, counted, number)) for number in range(CLASSES)]
            for picture in pictures
        ],
        "rings": [ring(picture, labels, counted) for picture in pictures],
        "ilm_distances": [edges(picture, labels, counted, 1) for picture in pictures],
        "bm_distances": [edges(picture, labels, counted, -1) for picture in pictures],
    }
    (HERE / "fidelity.json").write_text(json.dumps(figures, separators=(",", ":")) + "\n")
    tensors = {"labels": labels, "counted": counted.astype(numpy.uint8)}
    tensors |= {f"picture_{index}": picture for index, picture in enumerate(pictures)}
    save_file(tensors, HERE / "fidelity.safetensors")


if __name__ == "__main__":
    main()
