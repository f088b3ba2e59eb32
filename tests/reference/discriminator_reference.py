"""Golden verdicts and losses of the discriminator, by numpy alone from the published definition (CompVis/taming-
transformers: `NLayerDiscriminator`, `hinge_d_loss`); its size at `ndf` 64 and one channel, counted layer by layer.

    python discriminator_reference.py

Writes discriminator.json beside itself. Weights are not stored: both sides compute them from the tensor's name in the
Rust network (`values`).
"""

import json
import pathlib

import numpy as np

from hash_units import hash_units

HERE = pathlib.Path(__file__).parent


def values(name, shape):
    units = hash_units(name, int(np.prod(shape))).reshape(shape).astype(np.float64)
    if name.endswith("gamma"):
        return 1.0 + 0.2 * units
    if len(shape) == 1:
        return 0.1 * units
    return units * np.sqrt(3.0 / np.prod(shape[1:]))


def shapes(image_channels, ndf, n_layers):
    """Channels in and out, stride and bias of each convolution."""
    layers = [(image_channels, ndf, 2, True)]
    width = 1
    for n in range(1, n_layers):
        before, width = width, min(2**n, 8)
        layers.append((ndf * before, ndf * width, 2, False))
    before, width = width, min(2**n_layers, 8)
    layers.append((ndf * before, ndf * width, 1, False))
    layers.append((ndf * width, 1, 1, True))
    return layers


def parameters(*shape):
    layers = shapes(*shape)
    weights = sum(16 * a * b + (b if bias else 0) for a, b, _, bias in layers)
    return weights + sum(2 * b for _, b, _, _ in layers[1:-1])


def convolved(x, weight, stride):
    x = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    patches = np.lib.stride_tricks.sliding_window_view(x, (4, 4), axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("bchwij,ocij->bohw", patches, weight)


def verdicts(x, *shape):
    layers = shapes(*shape)
    for index, (a, b, stride, bias) in enumerate(layers):
        x = convolved(x, values(f"convolutions.{index}.weight", (b, a, 4, 4)), stride)
        if bias:
            x = x + values(f"convolutions.{index}.bias", (b,))[:, None, None]
        if 0 < index < len(layers) - 1:
            mean, variance = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
            gain, offset = (values(f"norms.{index - 1}.{part}", (b,)) for part in ("gamma", "beta"))
            x = (x - mean) / np.sqrt(variance + 1e-5) * gain[:, None, None] + offset[:, None, None]
        if index < len(layers) - 1:
            x = np.where(x > 0, x, 0.2 * x)
    return x


def main():
    shape = (1, 4, 3)
    real, made = (verdicts(hash_units(name, 2 * 40 * 32).reshape(2, 1, 40, 32), *shape) for name in ("real", "made"))
    hinge = 0.5 * (np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + made).mean())
    golden = {
        "parameters": parameters(1, 64, 3),
        "output": [round(float(value), 7) for value in real.ravel()],
        "hinge": float(hinge),
        "verdict": float(-made.mean()),
    }
    (HERE / "discriminator.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
