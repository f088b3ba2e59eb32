"""Golden values of ReLayNet (Roy et al. 2017) written anew in numpy: with the kernels of its port's notebook, which the
authors' own code (segmenters_reference.py) was not run with, and as it trains, where batch norms take the statistics of
the batch and keep a tenth of them as PyTorch does: the mean, and the unbiased variance.

With the published kernels it must equal segmenters.json first. Writes relaynet.json beside itself.
"""

import json
import pathlib

import numpy as np

from hash_units import hash_units

HERE = pathlib.Path(__file__).parent
WIDTH, CLASSES, MOMENTUM, EPSILON = 64, 9, 0.1, 1e-5


def values(name, shape):
    units = hash_units(name, int(np.prod(shape))).reshape(shape).astype(np.float64)
    if name.endswith(("gamma", "running_var")):
        return 1.0 + 0.2 * units
    if name.endswith("alpha"):
        return 0.25 + 0.1 * units
    return 0.1 * units if len(shape) == 1 else units * np.sqrt(3.0 / np.prod(shape[1:]))


def convolve(name, x, channels, kernel):
    weight = values(f"{name}.weight", (channels, x.shape[1], *kernel))
    tall, wide = (side // 2 for side in kernel)
    padded = np.pad(x, ((0, 0), (0, 0), (tall, tall), (wide, wide)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel, axis=(2, 3))
    return np.einsum("bchwij,ocij->bohw", windows, weight, optimize=True) + along(values(f"{name}.bias", (channels,)))


def along(row):
    return row[:, None, None]


class ReLayNet:
    def __init__(self, kernel, trains):
        self.kernel, self.trains, self.kept = kernel, trains, {}

    def norm(self, name, x):
        gamma, beta, mean, variance = (
            values(f"{name}.{part}", (WIDTH,)) for part in ("gamma", "beta", "running_mean", "running_var")
        )
        if self.trains:
            kept = mean, variance
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3))
            unbiased = x.var((0, 2, 3), ddof=1)
            for part, old, new in zip(("running_mean", "running_var"), kept, (mean, unbiased)):
                self.kept[f"{name}.{part}"] = (1 - MOMENTUM) * old + MOMENTUM * new
        return along(gamma) * (x - along(mean)) / np.sqrt(along(variance) + EPSILON) + along(beta)

    def block(self, name, x):
        x = self.norm(f"{name}.norm", convolve(f"{name}.conv", x, WIDTH, self.kernel))
        return np.where(x > 0, x, values(f"{name}.activation.alpha", (1,)) * x)

    def scores(self, x):
        skips = []
        for level in range(3):
            seen = self.block(f"Relaynet.down.{level}", x)
            b, c, h, w = seen.shape
            windows = seen.reshape(b, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(b, c, h // 2, w // 2, 4)
            x = windows.max(4)
            skips.append((seen, np.arange(4) == windows.argmax(4)[..., None]))
        x = self.block("Relaynet.middle", x)
        for level in range(3):
            seen, place = skips.pop()
            b, c, h, w = x.shape
            spread = (x[..., None] * place).reshape(b, c, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(seen.shape)
            x = self.block(f"Relaynet.up.{level}", np.concatenate([seen, spread], 1))
        return convolve("Relaynet.head", x, CLASSES, (1, 1))


def picture(side):
    return hash_units("picture", 2 * side * side).reshape(2, 1, side, side).astype(np.float64)


def golden(scores, every):
    sampled = scores[:, :, 3 :: every[0], 5 :: every[1]]
    output = [float(f"{value:.6g}") for value in sampled.flatten()]
    return {"side": scores.shape[2], "every": every, "parameters": 777424, "output": output}


def main():
    published = json.loads((HERE / "segmenters.json").read_text())["relaynet"]
    found = golden(ReLayNet((7, 3), False).scores(picture(48)), published["every"])["output"]
    assert np.abs(np.array(found) - published["output"]).max() < 2e-5 * np.abs(published["output"]).max()
    training = ReLayNet((3, 7), True)
    result = {
        "lying": golden(ReLayNet((3, 7), False).scores(picture(24)), [7, 17]),
        "training": golden(training.scores(picture(24)), [17, 17]),
    }
    # The innermost norm sees 18 values a channel, so that one variance is not the other.
    result["running"] = {
        name: [float(f"{value:.6g}") for value in kept[:4]]
        for name, kept in training.kept.items()
        if any(place in name for place in ("down.0", "middle", "up.2"))
    }
    (HERE / "relaynet.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
