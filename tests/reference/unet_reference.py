"""Golden outputs of the U-Net, from implementations that share no code with it.

Needs torch, numpy and diffusers; writes unet.json beside itself. Weights are not stored: both sides compute
them from the tensor's name (`values`), in the names and layouts of the Rust network.

Case `paper_small`: diffusers' UNet2DModel, scaled down.  Case `live_small`: the network of the live preset as
its text describes it, written here in plain PyTorch, with gradients of a loss.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import UNet2DModel

from hash_units import hash_units

HERE = pathlib.Path(__file__).parent


def values(name, shape):
    """A tensor of the Rust network: unit variance over its inputs, gains near one, offsets near zero."""
    units = hash_units(name, int(np.prod(shape))).reshape(shape)
    if name.endswith("gamma"):
        return 1.0 + 0.2 * units
    if len(shape) == 1:
        return 0.1 * units
    fan_in = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
    return units * np.float32(np.sqrt(3.0 / fan_in))


def tensor(name, shape):
    return torch.from_numpy(np.ascontiguousarray(values(name, shape)).astype(np.float32))


# ------------------------------------------------------------------ diffusers, scaled down

def rust_name(key):
    """The Rust network's name of a diffusers tensor."""
    parts = key.split(".")
    if parts[0] == "time_embedding":
        return key
    if parts[0] == "conv_norm_out":
        return "norm_out." + {"weight": "gamma", "bias": "beta"}[parts[1]]
    if parts[0] in ("conv_in", "conv_out"):
        return key
    where = {"down_blocks": "down", "up_blocks": "up", "mid_block": "middle"}[parts[0]]
    rest = parts[1:]
    if where != "middle":
        where += "." + rest.pop(0)
    kind = rest.pop(0)
    index = rest.pop(0)
    affine = {"weight": "gamma", "bias": "beta"}
    if kind == "downsamplers":
        return f"{where}.downsample.conv.{rest[1]}"
    if kind == "upsamplers":
        return f"{where}.upsample.conv.{rest[1]}"
    if kind == "resnets":
        layer, leaf = rest
        layer = {"norm1": "norm_1", "norm2": "norm_2", "conv1": "conv_1", "conv2": "conv_2",
                 "time_emb_proj": "time_projection", "conv_shortcut": "skip"}[layer]
        return f"{where}.blocks.{index}.{layer}.{affine[leaf] if layer.startswith('norm') else leaf}"
    assert kind == "attentions"
    block = f"{where}.attention" if where == "middle" else f"{where}.attentions.{index}"
    if rest[0] == "group_norm":
        return f"{block}.norm.{affine[rest[1]]}"
    layer = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out": "output"}[rest[0]]
    return f"{block}.{layer}.{rest[-1]}"


def diffusers_model(widths, groups, head, attention_level, layers):
    def kinds(plain, attending, flags):
        return tuple(attending if flag else plain for flag in flags)

    flags = [level == attention_level for level in range(len(widths))]
    return UNet2DModel(
        in_channels=2, out_channels=1, layers_per_block=layers, block_out_channels=widths,
        down_block_types=kinds("DownBlock2D", "AttnDownBlock2D", flags),
        up_block_types=kinds("UpBlock2D", "AttnUpBlock2D", flags[::-1]),
        attention_head_dim=head, norm_num_groups=groups)


def paper_small():
    model = diffusers_model((8, 8, 16, 16), 4, 4, 2, 2)
    state = {}
    for key, value in model.state_dict().items():
        shape = tuple(value.shape)
        if len(shape) == 2:
            state[key] = tensor(rust_name(key), shape[::-1]).T.contiguous()
        else:
            state[key] = tensor(rust_name(key), shape)
    model.load_state_dict(state)
    x = torch.from_numpy(hash_units("x", 2 * 16 * 24).reshape(2, 1, 16, 24))
    condition = torch.from_numpy(hash_units("condition", 2 * 16 * 24).reshape(2, 1, 16, 24))
    time = torch.tensor([17.0, 731.0])
    with torch.no_grad():
        out = model(torch.cat([x, condition], 1), time).sample
    return {"parameters": sum(p.numel() for p in model.parameters()), "output": out.flatten().tolist()}


def paper_parameters():
    with torch.device("meta"):
        model = diffusers_model((128, 128, 256, 256, 512, 512), 32, 8, 4, 2)
    return sum(p.numel() for p in model.parameters())


# ------------------------------------------------------------------ the live network, from its description

class Live:
    """Functional U-Net over named weights; every weight is drawn on first use and kept for its gradient."""

    def __init__(self, widths, groups, unshuffle, time_channels, filters):
        self.widths, self.groups, self.unshuffle, self.time_channels = widths, groups, unshuffle, time_channels
        self.filters = filters
        self.weights = {}

    def w(self, name, *shape):
        if name not in self.weights:
            self.weights[name] = tensor(name, shape).requires_grad_()
        return self.weights[name]

    def conv(self, name, x, out, size=3, stride=1):
        weight = self.w(f"{name}.weight", out, x.shape[1], size, size)
        return F.conv2d(x, weight, self.w(f"{name}.bias", out), stride=stride, padding=size // 2)

    def linear(self, name, x, out):
        return x @ self.w(f"{name}.weight", x.shape[1], out) + self.w(f"{name}.bias", out)

    def norm(self, name, x):
        c = x.shape[1]
        return F.group_norm(x, self.groups, self.w(f"{name}.gamma", c), self.w(f"{name}.beta", c), 1e-5)

    def block(self, name, x, time, out):
        h = self.conv(f"{name}.conv_1", F.silu(self.norm(f"{name}.norm_1", x)), out)
        scale, shift = self.linear(f"{name}.time_projection", F.silu(time), 2 * out)[:, :, None, None].chunk(2, 1)
        h = self.conv(f"{name}.conv_2", F.silu(self.norm(f"{name}.norm_2", h) * (1 + scale) + shift), out)
        return h + (x if x.shape[1] == out else self.conv(f"{name}.skip", x, out, 1))

    def __call__(self, x, condition, time):
        half = self.widths[0] // 2
        phase = time[:, None] * torch.tensor([10000.0 ** (-i / half) for i in range(half)])
        time = torch.cat([phase.cos(), phase.sin()], 1)
        time = self.linear("time_embedding.linear_1", time, self.time_channels)
        time = self.linear("time_embedding.linear_2", F.silu(time), self.time_channels)

        h = self.conv("conv_in", F.pixel_unshuffle(torch.cat([x, condition], 1), self.unshuffle), self.widths[0])
        kept = [h]
        for level, width in enumerate(self.widths):
            h = self.block(f"down.{level}.blocks.0", h, time, width)
            kept.append(h)
            if level + 1 < len(self.widths):
                h = self.conv(f"down.{level}.downsample.conv", h, width, stride=2)
                kept.append(h)
        for index in range(2):
            h = self.block(f"middle.blocks.{index}", h, time, self.widths[-1])
        for index, width in enumerate(reversed(self.widths)):
            for block in range(2):
                h = self.block(f"up.{index}.blocks.{block}", torch.cat([h, kept.pop()], 1), time, width)
            if index + 1 < len(self.widths):
                h = F.interpolate(h, scale_factor=2, mode="nearest")
                h = self.conv(f"up.{index}.upsample.conv", h, width)
        assert not kept
        h = F.silu(self.norm("norm_out", h))
        out = self.conv("conv_out", h, self.unshuffle**2) + self.detail(h, x, condition, F.silu(time))
        return F.pixel_shuffle(out, self.unshuffle)

    def detail(self, h, x, condition, time):
        """A bank of filters over the noisy pixels, each seeing them through gates that depend on the place."""
        pixels = F.pixel_unshuffle(x, self.unshuffle)
        width, count = self.widths[0], pixels.shape[1]
        context = self.conv("detail.condition", F.pixel_unshuffle(condition, self.unshuffle), width)
        context = context + self.conv("detail.features", h, width, 1)
        context = F.silu(context + self.linear("detail.time", time, width)[:, :, None, None])
        gates = self.conv("detail.gates", context, self.filters * count, 1)
        seen = torch.cat([gate * pixels for gate in gates.chunk(self.filters, 1)], 1)
        return self.conv("detail.filters", seen, count) + self.conv("detail.direct", context, count, 1)


def live_small():
    net = Live([8, 16, 24], 4, 2, 12, 3)
    x = torch.from_numpy(hash_units("x", 2 * 16 * 24).reshape(2, 1, 16, 24))
    condition = torch.from_numpy(hash_units("condition", 6 * 16 * 24).reshape(2, 3, 16, 24))
    out = net(x, condition, torch.tensor([3.5, 912.25]))
    target = torch.from_numpy(hash_units("target", 2 * 16 * 24).reshape(2, 1, 16, 24))
    loss = ((out - target) ** 2).mean()
    loss.backward()
    gradients = {
        name: [weight.grad.double().sum().item(), weight.grad.double().pow(2).sum().sqrt().item()]
        for name, weight in sorted(net.weights.items())
    }
    return {
        "parameters": sum(weight.numel() for weight in net.weights.values()),
        "output": out.detach().flatten().tolist(),
        "loss": loss.item(),
        "gradients_sum_and_norm": gradients,
    }


if __name__ == "__main__":
    torch.manual_seed(0)
    golden = {
        "made_with": f"torch {torch.__version__.split('+')[0]}, diffusers {__import__('diffusers').__version__}",
        "paper_parameters": paper_parameters(),
        "paper_small": paper_small(),
        "live_small": live_small(),
    }
    # What a single-precision number holds.
    short = lambda number: float(f"{float(number):.8g}")
    golden = json.loads(json.dumps(golden, default=float), parse_float=short)
    text = json.dumps(golden, indent=1)
    (HERE / "unet.json").write_text(text + "\n")
    print(golden["paper_parameters"], golden["paper_small"]["parameters"], golden["live_small"]["loss"])
