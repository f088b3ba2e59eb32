"""The network of a RetiDiff model file in PyTorch, timed beside `retidiff bench` on the same machine.

    retidiff bench --json > bench.json
    python tests/reference/bench_torch.py assets/models/live.safetensors bench.json

Shapes come from the model file's configuration, the weights are random: time does not depend on them. Pictures
of one, eight and sixteen steps are the runs of the network, the first convolution over the mask's planes
included in every one, on as many threads as the report says. A ratio above 1 means that RetiDiff, which also
lays the mask on the grid, composes and writes the picture, takes so many times as long as PyTorch.
On a GPU: --device cuda, with --half and --compile.
"""

import argparse
import json
import math
import statistics
import struct
import time

import torch
import torch.nn.functional as F
from torch import nn


def read_configuration(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    return json.loads(header["__metadata__"]["retidiff"])


class NormAct(nn.GroupNorm):
    def forward(self, x, scale=None, shift=None):
        x = super().forward(x)
        return F.silu(x if scale is None else x * (1 + scale) + shift)


class Block(nn.Module):
    def __init__(self, config, inputs, outputs):
        super().__init__()
        self.modulates = config["time_conditioning"] == "scale_shift"
        norm = lambda width: NormAct(config["groups"], width, config["norm_epsilon"])
        self.norm_1, self.conv_1 = norm(inputs), nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time = nn.Linear(config["time_channels"], outputs * (2 if self.modulates else 1))
        self.norm_2, self.conv_2 = norm(outputs), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.skip = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, time):
        hidden, time = self.conv_1(self.norm_1(x)), self.time(time)[:, :, None, None]
        hidden = self.norm_2(hidden, *time.chunk(2, 1)) if self.modulates else self.norm_2(hidden + time)
        return self.conv_2(hidden) + self.skip(x)


class Attention(nn.Module):
    def __init__(self, config, width):
        super().__init__()
        self.norm = nn.GroupNorm(config["groups"], width, config["norm_epsilon"])
        self.heads = width // config["head_channels"]
        self.qkv, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        batch, width, height, columns = x.shape
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        q, k, v = self.qkv(tokens).view(batch, -1, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        tokens = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, -1, width)
        return x + self.output(tokens).transpose(1, 2).reshape(x.shape)


class Detail(nn.Module):
    def __init__(self, config):
        super().__init__()
        area, width = config["unshuffle"] ** 2, config["widths"][0]
        self.count, pixels = config["detail_filters"], config["image_channels"] * area
        self.condition = nn.Conv2d(config["condition_channels"] * area, width, 3, padding=1)
        self.features, self.time = nn.Conv2d(width, width, 1), nn.Linear(config["time_channels"], width)
        self.gates = nn.Conv2d(width, self.count * pixels, 1)
        self.filters = nn.Conv2d(self.count * pixels, pixels, 3, padding=1)
        self.direct = nn.Conv2d(width, pixels, 1)

    def forward(self, pixels, planes, hidden, time):
        context = F.silu(self.features(hidden) + self.condition(planes) + self.time(time)[:, :, None, None])
        seen = self.gates(context).unflatten(1, (self.count, -1)) * pixels[:, None]
        return self.filters(seen.flatten(1, 2)) + self.direct(context)


class UNet(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.factor, self.sinusoids = config["unshuffle"], config["sinusoid_channels"]
        area, widths = self.factor**2, config["widths"]
        self.image_channels = config["image_channels"]
        self.conv_in = nn.Conv2d((self.image_channels + config["condition_channels"]) * area, widths[0], 3, padding=1)
        self.time = nn.Sequential(nn.Linear(self.sinusoids, config["time_channels"]), nn.SiLU(),
                                  nn.Linear(config["time_channels"], config["time_channels"]), nn.SiLU())
        attention = lambda level, width: Attention(config, width) if config["attention"][level] else nn.Identity()
        kept, channels = [widths[0]], widths[0]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, width in enumerate(widths):
            blocks = nn.ModuleList()
            for _ in range(config["blocks_per_level"]):
                blocks.append(nn.ModuleList([Block(config, channels, width), attention(level, width)]))
                channels = width
                kept.append(width)
            last = level + 1 == len(widths)
            if not last:
                kept.append(width)
            sample = nn.Identity() if last else nn.Conv2d(width, width, 3, stride=2, padding=1)
            self.down.append(nn.ModuleList([blocks, sample]))
        middle = [Block(config, channels, channels) for _ in range(config["middle_blocks"])]
        self.middle = nn.ModuleList(middle)
        self.middle_attention = Attention(config, channels) if config["middle_attention"] else nn.Identity()
        for level, width in reversed(list(enumerate(widths))):
            blocks = nn.ModuleList()
            for _ in range(config["blocks_per_level"] + 1):
                blocks.append(nn.ModuleList([Block(config, channels + kept.pop(), width), attention(level, width)]))
                channels = width
            sample = nn.Identity() if level == 0 else nn.Conv2d(width, width, 3, padding=1)
            self.up.append(nn.ModuleList([blocks, sample]))
        self.norm_out = NormAct(config["groups"], widths[0], config["norm_epsilon"])
        self.conv_out = nn.Conv2d(widths[0], config["out_channels"] * area, 3, padding=1)
        self.detail = Detail(config) if config.get("detail_filters") else None

    def forward(self, x, condition, time):
        half = self.sinusoids // 2
        phase = time[:, None] * torch.exp(torch.arange(half, device=x.device) * (-math.log(10000) / half)).to(x)
        time = self.time(torch.cat([phase.cos(), phase.sin()], 1))
        blocks = F.pixel_unshuffle(torch.cat([x, condition], 1), self.factor)
        hidden = self.conv_in(blocks)
        kept = [hidden]
        for index, (level, sample) in enumerate(self.down):
            for block, attention in level:
                hidden = attention(block(hidden, time))
                kept.append(hidden)
            if index + 1 < len(self.down):
                hidden = sample(hidden)
                kept.append(hidden)
        for index, block in enumerate(self.middle):
            hidden = block(hidden, time)
            hidden = self.middle_attention(hidden) if index == 0 else hidden
        for index, (level, sample) in enumerate(self.up):
            for block, attention in level:
                hidden = attention(block(torch.cat([hidden, kept.pop()], 1), time))
            if index + 1 < len(self.up):
                hidden = sample(F.interpolate(hidden, scale_factor=2, mode="nearest"))
        hidden = self.norm_out(hidden)
        output = self.conv_out(hidden)
        if self.detail is not None:
            pixels = self.image_channels * self.factor**2
            output = output + self.detail(blocks[:, :pixels], blocks[:, pixels:], hidden, time)
        return F.pixel_shuffle(output, self.factor)


def median_ms(work, device, runs):
    times = []
    for run in range(runs + 2):
        if device == "cuda":
            torch.cuda.synchronize()
        began = time.perf_counter()
        work()
        if device == "cuda":
            torch.cuda.synchronize()
        if run >= 2:
            times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", help="a RetiDiff model file")
    arguments.add_argument("report", help="what `retidiff bench --json` printed")
    arguments.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    arguments.add_argument("--half", action="store_true", help="f16 in place of f32")
    arguments.add_argument("--compile", action="store_true", help="torch.compile in place of eager")
    arguments.add_argument("--runs", type=int, default=10)
    options = arguments.parse_args()
    with open(options.report) as file:
        report = json.load(file)
    torch.set_num_threads(report["threads"])
    config = read_configuration(options.model)
    dtype = torch.float16 if options.half else torch.float32
    network = UNet(config["network"]).to(options.device, dtype)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert parameters == report["parameters"], f"{parameters} parameters here, {report['parameters']} in the report"
    forward = torch.compile(network) if options.compile else network
    planes, multiple = config["network"]["condition_channels"], config["mapping"]["multiple"]

    def inputs(batch, height, width):
        sides = [-(-side // multiple) * multiple for side in (height, width)]
        tensor = lambda channels: torch.randn(batch, channels, *sides, device=options.device, dtype=dtype)
        return tensor(1), tensor(planes), torch.full((batch,), 500.0, device=options.device, dtype=dtype)

    print(f"PyTorch {torch.__version__}, {options.device}, {dtype}, {'compiled' if options.compile else 'eager'}, "
          f"{torch.get_num_threads()} threads, {parameters} parameters")
    print(f"RetiDiff {report['program']}, {report['device']} ({report['backend']}), {report['threads']} threads")
    print(f"{'what':<14} {'size':>9} {'steps':>6} {'RetiDiff ms':>12} {'PyTorch ms':>11} {'ratio':>6}")
    for timing in report["pictures"]:
        x, condition, moment = inputs(1, timing["height"], timing["width"])

        def picture():
            with torch.inference_mode():
                y = x
                for _ in range(timing["steps"]):
                    y = y + 0.1 * forward(y, condition, moment)
                return y.float().cpu()

        there = median_ms(picture, options.device, max(2, options.runs // timing["steps"]))
        size = f"{timing['width']}x{timing['height']}"
        print(f"{timing['kind']:<14} {size:>9} {timing['steps']:>6} {timing['median_ms']:>12.1f} {there:>11.1f} "
              f"{timing['median_ms'] / there:>6.2f}")
    timing = report.get("training")
    if timing:
        x, condition, moment = inputs(timing["batch"], timing["rows"], timing["columns"])
        optimizer = torch.optim.AdamW(network.parameters(), 1e-4)

        def step():
            optimizer.zero_grad()
            loss = (forward(x, condition, moment) - x).square().mean()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            return loss.item()

        there = median_ms(step, options.device, max(2, options.runs // 3))
        size = f"{timing['columns']}x{timing['rows']}"
        print(f"{'training step':<14} {size:>9} {'':>6} {timing['median_ms']:>12.1f} {there:>11.1f} "
              f"{timing['median_ms'] / there:>6.2f}")


if __name__ == "__main__":
    main()
