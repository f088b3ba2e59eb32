"""Golden output of the small segmenter, as its text describes it, in numpy and scipy.

Needs numpy and scipy; writes small_segmenter.json beside itself: the parameter count and one forward pass of the usual
shape. Weights are not stored: both sides compute them from the tensor's name in the Rust network (`values`).
"""

import json
import pathlib

import numpy as np
from scipy.signal import correlate

from hash_units import hash_units

HERE = pathlib.Path(__file__).parent
CLASSES, SIDE, EVERY = 9, 24, (7, 11)
UNSHUFFLE, WIDTHS, MIDDLE_BLOCKS, GROUPS, EPSILON = 2, (32, 64, 128), 2, 8, 1e-5


def values(name, shape):
    """A tensor of the Rust network: unit variance over its inputs, gains near one, offsets near zero."""
    units = hash_units(name, int(np.prod(shape))).reshape(shape).astype(np.float64)
    if name.endswith("gamma"):
        return 1.0 + 0.2 * units
    if len(shape) == 1:
        return 0.1 * units
    return units * np.sqrt(3.0 / np.prod(shape[1:]))


class Network:
    """`weight(name, shape)` gives the tensors; every one that was asked for is counted."""

    def __init__(self, weight):
        self.weight = weight
        self.parameters = 0

    def tensor(self, name, *shape):
        self.parameters += int(np.prod(shape))
        return self.weight(f"Small.{name}", shape)

    def convolution(self, where, x, channels, side=3, stride=1):
        """Correlation with zeros around the map; a stride takes every so many-th place from the first on."""
        kernel = self.tensor(f"{where}.weight", channels, x.shape[1], side, side)
        bias = self.tensor(f"{where}.bias", channels)
        padded = np.pad(x, ((0, 0), (0, 0), (side // 2,) * 2, (side // 2,) * 2))
        out = np.stack([[correlate(picture, one, "valid")[0] for one in kernel] for picture in padded])
        return out[:, :, ::stride, ::stride] + bias[None, :, None, None]

    def norm_silu(self, where, x):
        batch, channels, height, width = x.shape
        groups = x.reshape(batch, GROUPS, -1)
        normal = (groups - groups.mean(2, keepdims=True)) / np.sqrt(groups.var(2, keepdims=True) + EPSILON)
        gamma, beta = (self.tensor(f"{where}.{part}", channels)[None, :, None, None] for part in ("gamma", "beta"))
        y = normal.reshape(x.shape) * gamma + beta
        return y / (1.0 + np.exp(-y))

    def block(self, where, x, channels):
        hidden = self.convolution(f"{where}.conv_1", self.norm_silu(f"{where}.norm_1", x), channels)
        hidden = self.convolution(f"{where}.conv_2", self.norm_silu(f"{where}.norm_2", hidden), channels)
        if x.shape[1] == channels:
            return x + hidden
        return self.convolution(f"{where}.skip", x, channels, side=1) + hidden

    def forward(self, pictures):
        batch, _, height, width = pictures.shape
        f = UNSHUFFLE
        # Channel i f + j holds the pixels of row i and column j of each block.
        blocks = np.stack([pictures[:, 0, i::f, j::f] for i in range(f) for j in range(f)], axis=1)
        hidden = self.convolution("conv_in", blocks, WIDTHS[0])
        kept = []
        for level, channels in enumerate(WIDTHS):
            hidden = self.block(f"down.{level}", hidden, channels)
            if level + 1 < len(WIDTHS):
                kept.append(hidden)
                hidden = self.convolution(f"downsample.{level}.conv", hidden, channels, stride=2)
        for number in range(MIDDLE_BLOCKS):
            hidden = self.block(f"middle.{number}", hidden, WIDTHS[-1])
        for number, skip in enumerate(reversed(kept)):
            doubled = hidden.repeat(2, axis=2).repeat(2, axis=3)
            doubled = self.convolution(f"upsample.{number}.conv", doubled, hidden.shape[1])
            hidden = self.block(f"up.{number}", np.concatenate([doubled, skip], axis=1), skip.shape[1])
        hidden = self.norm_silu("norm_out", hidden)
        scores = self.convolution("conv_out", hidden, CLASSES * f * f)
        out = np.empty((batch, CLASSES, height, width))
        for i in range(f):
            for j in range(f):
                out[:, :, i::f, j::f] = scores[:, i * f + j :: f * f]
        return out


def main():
    network = Network(values)
    picture = hash_units("picture", 2 * SIDE * SIDE).reshape(2, 1, SIDE, SIDE).astype(np.float64)
    scores = network.forward(picture)[:, :, 3 :: EVERY[0], 5 :: EVERY[1]]
    result = {
        "made_with": f"numpy {np.__version__}",
        "side": SIDE,
        "every": EVERY,
        "parameters": network.parameters,
        "shape": scores.shape,
        "output": [float(f"{value:.7g}") for value in scores.flatten()],
    }
    (HERE / "small_segmenter.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
