"""Reference of src/metrics/sliced_wasserstein.rs: scipy's one-dimensional Wasserstein distance, averaged over
directions, of patches of the phantom in fidelity.safetensors. Writes sliced_wasserstein.json beside itself.
"""

import json
import pathlib

import numpy
from safetensors.numpy import load_file
from scipy.stats import wasserstein_distance

HERE = pathlib.Path(__file__).parent
SIDE, PATCHES, DIRECTIONS = 5, 60, 12

if __name__ == "__main__":
    rng = numpy.random.default_rng(5)
    phantom = load_file(HERE / "fidelity.safetensors")
    pictures = [phantom[f"picture_{index}"].astype(float) for index in range(2)]
    height, width = pictures[0].shape
    corners = numpy.stack(
        [rng.integers(0, width - SIDE + 1, PATCHES), rng.integers(0, height - SIDE + 1, PATCHES)], 1)
    directions = rng.standard_normal((DIRECTIONS, SIDE * SIDE))
    directions = (directions / numpy.linalg.norm(directions, axis=1, keepdims=True)).astype(numpy.float32)
    sets = [numpy.stack([picture[y:y + SIDE, x:x + SIDE].ravel() for x, y in corners]) for picture in pictures]
    distances = [wasserstein_distance(sets[0] @ d, sets[1] @ d) for d in directions.astype(float)]
    golden = {
        "side": SIDE,
        "corners": corners.tolist(),
        "directions": [float(f"{value:.9g}") for value in directions.ravel()],
        "distance": float(numpy.mean(distances)),
    }
    (HERE / "sliced_wasserstein.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(golden["distance"])
