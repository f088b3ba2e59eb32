"""The network of a RetiDiff model file in PyTorch, timed beside `retidiff bench` on the same machine.

    retidiff bench --json > bench.json
    python tests/reference/bench_torch.py assets/models/live.safetensors bench.json

Shapes come from the model file's configuration, the weights are random: time does not depend on them. Pictures
of one, eight and sixteen steps are the runs of the network, the first convolution over the mask's planes
included in every one, on as many threads as the report says unless --threads says otherwise. A ratio above 1 means
that RetiDiff, which also lays the mask on the grid, composes and writes the picture, takes so many times as long as
PyTorch. On a GPU: --device cuda, with --half or --autocast, --channels-last and --compile. --out keeps the table
as JSON. Training is timed by bench_train_torch.py.
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
                                  nn.Linear(config["time_channels"], config["time_channels"]))
        styles = config.get("style_channels", 0)
        self.style = nn.Linear(styles, config["time_channels"], bias=False) if styles else None
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
        if self.style is not None:
            # No style at all, as the bench of pictures shows none; it takes its time all the same.
            time = time + self.style(torch.zeros(len(time), self.style.in_features).to(time))
        time = F.silu(time)
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


HALVES = {"f16": torch.float16, "bf16": torch.bfloat16}


def add_mode_arguments(arguments):
    """What both benches offer of PyTorch's ways to compute."""
    arguments.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    arguments.add_argument("--threads", type=int, help="threads that compute [default: as the report says]")
    arguments.add_argument("--autocast", choices=sorted(HALVES), help="mixed precision: f32 weights, products in half")
    arguments.add_argument("--channels-last", action="store_true", help="NHWC memory in place of NCHW")
    arguments.add_argument("--compile", action="store_true", help="torch.compile in place of eager")
    arguments.add_argument("--out", help="file for the rows of the table as JSON")


def mode_name(options, dtype="f32"):
    words = [f"autocast {options.autocast}" if options.autocast else dtype]
    words += ["channels-last"] * options.channels_last + ["compiled" if options.compile else "eager"]
    return ", ".join(words)


def autocast(options):
    enabled = options.autocast is not None
    return torch.autocast(options.device, dtype=HALVES.get(options.autocast, torch.bfloat16), enabled=enabled)


def in_memory_format(value, options):
    """A module or a picture in the memory format that was asked for."""
    return value.to(memory_format=torch.channels_last) if options.channels_last else value


def write_rows(options, mode, rows):
    if options.out:
        with open(options.out, "w") as file:
            json.dump({"torch": torch.__version__, "device": options.device, "mode": mode, "rows": rows}, file, indent=1)


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


def grid_sides(mapping, height, width):
    """Rows and columns of the network's grid for a picture without a known scale."""
    fixed = mapping.get("fixed_size")
    return fixed or [-(-side // mapping["multiple"]) * mapping["multiple"] for side in (height, width)]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", help="a RetiDiff model file")
    arguments.add_argument("report", help="what `retidiff bench --json` printed")
    arguments.add_argument("--half", nargs="?", const="f16", choices=sorted(HALVES),
                           help="weights and values in half precision: f16 unless said here")
    arguments.add_argument("--runs", type=int, default=10, help="runs of a draft; fewer of pictures of more steps")
    arguments.add_argument("--each", type=int, help="runs of every picture, however many steps it has")
    add_mode_arguments(arguments)
    options = arguments.parse_args()
    if options.half and options.autocast:
        arguments.error("--half is half precision throughout, --autocast in parts: give one of them")
    with open(options.report) as file:
        report = json.load(file)
    torch.set_num_threads(options.threads or report["threads"])
    config = read_configuration(options.model)
    dtype = HALVES.get(options.half, torch.float32)
    network = in_memory_format(UNet(config["network"]).to(options.device, dtype), options)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert parameters == report["parameters"], f"{parameters} parameters here, {report['parameters']} in the report"
    forward = torch.compile(network) if options.compile else network
    planes = config["network"]["condition_channels"]

    def inputs(height, width):
        sides = grid_sides(config["mapping"], height, width)
        tensor = lambda channels: in_memory_format(torch.randn(1, channels, *sides, device=options.device, dtype=dtype), options)
        return tensor(1), tensor(planes), torch.full((1,), 500.0, device=options.device, dtype=dtype)

    mode = mode_name(options, options.half or "f32")
    print(f"PyTorch {torch.__version__}, {options.device}, {mode}, {torch.get_num_threads()} threads, "
          f"{parameters} parameters")
    print(f"RetiDiff {report['program']}, {report['device']} ({report['backend']}), {report['threads']} threads")
    print(f"{'what':<14} {'size':>9} {'steps':>6} {'RetiDiff ms':>12} {'PyTorch ms':>11} {'ratio':>6}")
    rows = []
    for timing in report["pictures"]:
        x, condition, moment = inputs(timing["height"], timing["width"])

        def picture():
            with torch.inference_mode(), autocast(options):
                y = x
                for _ in range(timing["steps"]):
                    y = y + 0.1 * forward(y, condition, moment)
                return y.float().cpu()

        there = median_ms(picture, options.device, options.each or max(3, options.runs // timing["steps"]))
        size, own = f"{timing['width']}x{timing['height']}", timing["median_ms"]
        rows.append({"what": timing["kind"], "size": size, "steps": timing["steps"], "retidiff_ms": own,
                     "torch_ms": round(there, 3), "ratio": round(own / there, 3)})
        print(f"{timing['kind']:<14} {size:>9} {timing['steps']:>6} {own:>12.1f} {there:>11.1f} {own / there:>6.2f}",
              flush=True)
    write_rows(options, mode, rows)


if __name__ == "__main__":
    main()
