"""Golden labels resized as YNet's published code resizes them, from scipy.

Needs numpy and scipy; writes label_resize.json beside itself. azadef/ynet hands its label maps to torchvision's Resize
(`data.py`; torchvision 0.9, as its requirements pin), which interpolates an integer tensor bilinearly between pixel
centres, without antialiasing, and rounds, halves to the even number. That is a linear interpolation with repeated
borders, which scipy has too. Classes there are 0 above and below, 1 to 7 the layers, 8 fluid. Codes here are those of
label files: 8 below, 9 to 11 lesions, 255 unannotated (which YNet has none of: what would be made of it is 255).
"""

import json
import pathlib

import numpy as np
from scipy.ndimage import map_coordinates

HERE = pathlib.Path(__file__).parent


def resized(codes, size):
    classes = np.where(codes == 8, 0, np.where(codes > 8, 8, codes)).astype(np.float64)
    unknown = (codes == 255).astype(np.float64)
    places = [(np.arange(to) + 0.5) * old / to - 0.5 for to, old in zip(size, codes.shape)]
    grid = np.meshgrid(*places, indexing="ij")
    blended, unknown = (map_coordinates(plane, grid, order=1, mode="nearest") for plane in (classes, unknown))
    assert np.all(np.abs(blended % 1 - 0.5) > 1e-3), "halves depend on the last bit"
    found = np.round(blended).astype(int)
    found[found == 8] = 9
    found[unknown > 1e-9] = 255
    return found


def main():
    # Layers that dip, thin ones among them, with fluid in the fifth, another lesion and a column that nobody annotated.
    rows, columns = np.mgrid[0:11, 0:9]
    codes = np.clip(rows - 1 - (columns > 5), 0, 8)
    codes[5:8, 2:4] = 9
    codes[7, 5] = 10
    codes[:, 8] = 255
    cases = []
    for cut, size in ((codes, (7, 7)), (codes[:5, :7], (9, 9)), (codes, (11, 9))):
        cases.append({"codes": cut.tolist(), "resized": resized(cut, size).tolist()})
    (HERE / "label_resize.json").write_text(json.dumps({"made_with": "scipy", "cases": cases}, separators=(",", ":")) + "\n")


main()
