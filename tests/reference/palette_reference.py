"""Colour differences of the label table as people with and without a colour-vision deficiency see it.

colour-science 0.4.7: deficiencies by Machado, Oliveira and Fernandes (2009) at full severity, in linear sRGB;
differences by CIEDE2000. Run once: python palette_reference.py > palette.json
"""

import itertools
import json

import colour
import numpy as np
from colour.blindness import CVD_MATRICES_MACHADO2010 as MATRICES

COLOURS = [
    (40, 44, 52), (230, 159, 0), (86, 180, 233), (136, 34, 85), (240, 228, 66), (0, 114, 178),
    (204, 121, 167), (0, 158, 115), (70, 60, 55), (255, 94, 77), (150, 245, 255), (176, 140, 255),
]
WHITE = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D65"]
VISIONS = {
    "typical": np.eye(3),
    "protanopia": np.array(MATRICES["Protanomaly"][1.0]),
    "deuteranopia": np.array(MATRICES["Deuteranomaly"][1.0]),
    "tritanopia": np.array(MATRICES["Tritanomaly"][1.0]),
}
# Pairs of Sharma, Wu and Dalal (2005), table 1, that try the formula's branches.
SHARMA = [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485]], [[50, 0, 0], [50, -1, 2]], [[50, 2.49, -0.001], [50, -2.49, 0.0009]],
    [[50, 2.5, 0], [73, 25, -18]], [[50, 2.5, 0], [58, 24, 15]], [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387]],
    [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619]], [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514]],
]


def lab(rgb, matrix):
    linear = np.clip(matrix @ colour.models.eotf_sRGB(np.array(rgb) / 255), 0, 1)
    return colour.XYZ_to_Lab(colour.RGB_to_XYZ(linear, "sRGB"), WHITE)


def difference(a, b):
    return round(float(colour.delta_E(np.array(a, float), np.array(b, float), method="CIE 2000")), 4)


print(json.dumps({
    "matrices": {name: matrix.tolist() for name, matrix in VISIONS.items()},
    "sharma": [[a, b, difference(a, b)] for a, b in SHARMA],
    "pairs": {
        name: [[a, b, difference(lab(COLOURS[a], m), lab(COLOURS[b], m))]
               for a, b in itertools.combinations(range(len(COLOURS)), 2)]
        for name, m in VISIONS.items()
    },
}, separators=(",", ":")))
