"""Reference distances for src/metrics/feature_distances, computed with numpy and scipy.

Writes feature_distances.json: made-up features, their Frechet distance by scipy's square root of a matrix (as
pytorch-fid has it) and the unbiased polynomial discrepancy by plain loops.
Run: python tests/reference/feature_distances_reference.py
"""

import json
import pathlib

import numpy
from scipy import linalg

HERE = pathlib.Path(__file__).parent


def frechet(a, b):
    first, second = numpy.cov(a, rowvar=False), numpy.cov(b, rowvar=False)
    root = linalg.sqrtm(first @ second)
    apart = a.mean(axis=0) - b.mean(axis=0)
    return float(apart @ apart + numpy.trace(first) + numpy.trace(second) - 2 * numpy.trace(root).real)


def discrepancy(a, b):
    kernel = lambda x, y: (numpy.dot(x, y) / len(x) + 1) ** 3
    within = lambda s: numpy.mean([kernel(s[i], s[j]) for i in range(len(s)) for j in range(len(s)) if i != j])
    return float(within(a) + within(b) - 2 * numpy.mean([kernel(x, y) for x in a for y in b]))


def main():
    rng = numpy.random.default_rng(20260404)
    mix = rng.standard_normal((6, 6)) / 2
    pairs = [
        (rng.standard_normal((24, 6)), rng.standard_normal((24, 6)) @ mix + 0.3),
        (rng.standard_normal((31, 6)) @ mix, rng.standard_normal((17, 6)) - 0.1),
    ]
    cases = []
    for a, b in pairs:
        a, b = a.round(4), b.round(4)
        case = {"first": a.ravel().tolist(), "second": b.ravel().tolist(), "counts": [len(a), len(b)], "dimension": 6}
        case["frechet"] = frechet(a, b)
        case["discrepancy"] = discrepancy(a, b)
        cases.append(case)
    (HERE / "feature_distances.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
