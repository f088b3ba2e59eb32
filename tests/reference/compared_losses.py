"""Golden values of what the compared methods minimise and of two measures of distance, from numpy in double precision.

ReTree: squared plus unsigned error of the noise over the pixels that count (Alimanov and Islam 2023). Latent diffusion
(CompVis): unsigned error of the noise; for its autoencoder the error over exp(s) plus s with the learned s, the divergence
of its codes from the standard normal, and the verdict's weight of `LPIPSWithDiscriminator.calculate_adaptive_weight`,
whose likelihood is a sum over pixels. The noise schedules of both at steps between their ends. The Wasserstein distance as
the area between distribution functions, and the distance of small copies of scans. The networks stand in as constants.
Writes compared_losses.json beside itself.
"""

import json
import pathlib

import numpy as np

from hash_units import hash_units

HERE = pathlib.Path(__file__).parent
STRIPS, SIDE = 2, 32


def units(name, *shape):
    return hash_units(name, int(np.prod(shape))).reshape(shape).astype(np.float64)


def noise_losses():
    noise, counts = units("noise", STRIPS, SIDE * SIDE), (units("counts", STRIPS, SIDE * SIDE) > -0.4) * 1.0
    off = 0.3 - noise
    retree = ((off**2 + abs(off)) * counts).sum(1) / counts.sum(1)
    # An autoencoder that answers every picture with 0.2, and s = 0.4; its codes' divergence is too small to be seen here.
    missed = (abs(0.2 - units("image", STRIPS, SIDE * SIDE)) * counts).sum(1) / counts.sum(1)
    likelihood = missed / np.exp(0.4) + 0.4
    # Codes of 3 channels at a quarter of the sides: their noise is the second such part of a strip's, the first draws them.
    codes = 3 * (SIDE // 4) ** 2
    of_codes = noise[:, codes : 2 * codes].reshape(STRIPS, 3, -1)
    latent = abs(np.array([0.3, -0.1, 0.5])[:, None] - of_codes).mean((1, 2))
    return {"retree": retree.tolist(), "likelihood": likelihood.tolist(), "latent": latent.tolist()}


def divergence():
    mean, log_variance = units("mean", 2, 12), 2 * units("log_variance", 2, 12)
    return (0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)).sum(1).tolist()


def weight_of_verdict(of_likelihood, of_verdict, weight, pixels):
    """Of the gradients' lengths in the last layer. The mean over pixels stands for the published sum, so what is added
    to it is the published weight over the pixels."""
    ratio = of_likelihood * pixels / (of_verdict + 1e-4)
    return float(np.clip(ratio, 0, 1e4) * weight / pixels)


def alpha_bars(betas):
    steps = [0, 1, 64, 250, 500, 900, 999]
    return [[step, float(np.cumprod(1 - betas)[step])] for step in steps]


def wasserstein(a, b):
    places = np.sort(np.concatenate([a, b]))
    below = [np.searchsorted(np.sort(sample), places[:-1], side="right") / len(sample) for sample in (a, b)]
    return float((np.diff(places) * abs(below[0] - below[1])).sum())


def scan(number, width, height):
    x, y = np.arange(width), np.arange(height)[:, None]
    return ((3 + number) * x * x + 7 * y + number * x * y) % 251


def small_copy(image):
    height, width = image.shape
    copy = np.empty((32, 32))
    for row in range(32):
        top = min(row * height // 32, height - 1)
        for column in range(32):
            left = min(column * width // 32, width - 1)
            rows = slice(top, max((row + 1) * height // 32, top + 1))
            copy[row, column] = image[rows, left : max((column + 1) * width // 32, left + 1)].mean()
    return (copy - copy.mean()) / max(copy.std(), 1e-3)


def distance(a, b):
    return float(min(((a - b) ** 2).mean(), ((a - b[:, ::-1]) ** 2).mean()))


def main():
    samples = [np.round(10 * units(name, count), 2) for name, count in (("one", 7), ("two", 5))]
    copies = [small_copy(scan(number, *size)) for number, size in ((1, (70, 50)), (2, (40, 90)), (5, (24, 20)))]
    mirrored = small_copy(scan(1, 70, 50)[:, ::-1])
    verdicts = [[0.002, 0.03, 0.5, 1024], [0.3, 1e-5, 0.75, 1024], [0.0, 0.5, 0.5, 64]]
    golden = {
        **noise_losses(),
        "divergence": divergence(),
        "weight_of_verdict": [[*parts, weight_of_verdict(*parts)] for parts in verdicts],
        "retree_alpha_bar": alpha_bars(abs(0.02 * np.cos(np.linspace(0, np.pi / 2, 1000)) - 0.0199)),
        "latent_alpha_bar": alpha_bars(np.linspace(0.0015**0.5, 0.0205**0.5, 1000) ** 2),
        "samples": [sample.tolist() for sample in samples],
        "wasserstein": wasserstein(*samples),
        "copies": [distance(copies[0], other) for other in (copies[1], copies[2], mirrored)],
    }
    (HERE / "compared_losses.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
