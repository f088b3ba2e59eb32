#!/usr/bin/env python3
"""Makes coco.json: masks of a formula, encoded by pycocotools (Lin et al.), for tests/coco.rs.

usage: coco_reference.py OUT.json        (needs numpy and pycocotools)
"""
import json
import sys

import numpy as np
from pycocotools import mask

WIDTH, HEIGHT = 37, 29


def codes():
    """Nine bands, IRF in the sixth from column 19, the first column unannotated: `fixtures::codes`."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    band = y * 9 // HEIGHT
    out = np.where((band == 5) & (x > WIDTH // 2), 9, band)
    return np.where(x == 0, 255, out).astype(np.uint8)


def speckled():
    """Runs of every length, so that differences of both signs and of several digits are encoded."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return (((x * x * 7 + y * y * 3 + x * y) % 11 < 4) & (x > 5)).astype(np.uint8) * 9


def entry(code, picture):
    encoded = mask.encode(np.asfortranarray(picture == code))
    box = [int(v) for v in mask.toBbox(encoded)]
    return {"code": int(code), "counts": encoded["counts"].decode(), "area": int(mask.area(encoded)), "bbox": box}


pictures = {
    "codes": [entry(code, codes()) for code in range(10)],
    "speckled": [entry(9, speckled())],
    "wide": [entry(9, np.pad(np.ones((2, 3), np.uint8), ((0, 500), (900, 200))) * 9)],
}
with open(sys.argv[1], "w") as file:
    json.dump({"width": WIDTH, "height": HEIGHT, **pictures}, file, separators=(",", ":"))
    file.write("\n")
