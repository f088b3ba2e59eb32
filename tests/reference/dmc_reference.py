"""Golden DMC: exact 1-D K-means on raw values by the plain quadratic dynamic program, and the labels of every mode.

Needs numpy; writes dmc.json beside itself. Phantoms have the paper's nine classes (0 background above and below,
1-7 layers, 8 fluid) at k / 8, a vertical three-tap blur and noise; values are whole numbers / 1023.
"""

import itertools
import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
CLASSES, ROWS, COLUMNS = 9, 64, 48
LEVELS = np.arange(CLASSES) / (CLASSES - 1)


def phantom(fluid, sigma, seed):
    random = np.random.default_rng(seed)
    truth = np.zeros((ROWS, COLUMNS), int)
    for x in range(COLUMNS):
        top = 14 + round(3 * np.sin(x / 9))
        edges = top + np.cumsum([0, 4, 6, 5, 4, 9, 4, 5])
        for layer in range(7):
            truth[edges[layer]:edges[layer + 1], x] = layer + 1
    if fluid:
        y, x = np.mgrid[:ROWS, :COLUMNS]
        truth[((y - 27) / 4) ** 2 + ((x - 15) / 6) ** 2 < 1] = 8
        truth[((y - 36) / 3) ** 2 + ((x - 33) / 5) ** 2 < 1] = 8
    values = LEVELS[truth]
    padded = np.pad(values, ((1, 1), (0, 0)), mode="edge")
    values = 0.25 * padded[:-2] + 0.5 * values + 0.25 * padded[2:]
    values = np.clip(values + random.normal(0, sigma, values.shape) / 2, 0, 1)
    return truth.ravel(), np.round(values.ravel() * 1023).astype(int)


def kmeans(values, clusters):
    """Centres of the best partition of the values, by D[k][j] = min over i of D[k-1][i-1] + cost(i..j)."""
    places, counts = np.unique(values, return_counts=True)
    places = places / 1023
    weight = np.concatenate([[0], np.cumsum(counts)])
    total = np.concatenate([[0], np.cumsum(counts * places)])
    square = np.concatenate([[0], np.cumsum(counts * places**2)])

    def cost(i, j):
        w, s = weight[j + 1] - weight[i], total[j + 1] - total[i]
        return square[j + 1] - square[i] - s * s / w

    n = len(places)
    clusters = min(clusters, n)
    best = np.array([cost(0, j) for j in range(n)])
    cuts = []
    for k in range(1, clusters):
        following, cut = np.full(n, np.inf), np.zeros(n, int)
        for j in range(k, n):
            i = np.arange(k, j + 1)
            candidates = best[i - 1] + cost(i, j)
            cut[j] = i[np.argmin(candidates)]
            following[j] = candidates.min()
        best = following
        cuts.append(cut)
    j, centres = n - 1, []
    for cut in reversed(cuts):
        i = cut[j]
        centres.append((total[j + 1] - total[i]) / (weight[j + 1] - weight[i]))
        j = i - 1
    centres.append(total[j + 1] / weight[j + 1])
    return np.array(centres[::-1])


def nearest(values, centres):
    return np.abs(values[:, None] / 1023 - centres[None]).argmin(1)


def dice(labels, truth):
    scores = []
    for c in range(1, CLASSES):
        if (truth == c).any():
            scores.append(2 * ((labels == c) & (truth == c)).sum() / ((labels == c).sum() + (truth == c).sum()))
    return float(np.mean(scores))


def text(labels):
    """Runs: a letter for the label, how often it follows itself."""
    return "".join(chr(97 + int(label)) + str(len(list(run))) for label, run in itertools.groupby(labels))


cases = []
drawn = [phantom(fluid, sigma, seed) + (fluid, sigma)
         for seed, (fluid, sigma) in enumerate([(True, 0.01), (False, 0.01), (True, 0.06), (False, 0.06)])]
pooled = kmeans(np.concatenate([values for _, values, _, _ in drawn]), CLASSES)
for truth, values, fluid, sigma in drawn:
    centres = kmeans(values, CLASSES)
    snap = np.abs(centres[:, None] - LEVELS[None]).argmin(1)
    pooled_snap = np.abs(pooled[:, None] - LEVELS[None]).argmin(1)
    modes = {
        "paper_sorted": nearest(values, centres),
        "snap": snap[nearest(values, centres)],
        "pooled": pooled_snap[nearest(values, pooled)],
        "quantise": nearest(values, LEVELS),
    }
    cases.append({
        "fluid": fluid,
        "sigma": sigma,
        "truth": text(truth),
        "values": values.tolist(),
        "centres": centres.tolist(),
        "labels": {name: text(labels) for name, labels in modes.items()},
        "dice": {name: dice(labels, truth) for name, labels in modes.items()},
    })
    print(fluid, sigma, cases[-1]["dice"])
(HERE / "dmc.json").write_text(json.dumps({"pooled": pooled.tolist(), "cases": cases}, separators=(",", ":")))
