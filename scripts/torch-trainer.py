#!/usr/bin/env python3
"""Trains an image model with PyTorch on strips that `retidiff train --strips` wrote, and writes it as a model file.

    retidiff train --data DATA --preset teacher --strips STRIPS --strip-batches 4000
    retidiff train --data DATA --preset teacher --print-config > config.json
    python scripts/torch-trainer.py config.json --strips STRIPS --run RUN --minutes 60
    python scripts/torch-trainer.py config.json --run RUN --export like.safetensors model.safetensors

For a processor with products in bfloat16, where PyTorch takes a third of the program's time for a training step, and for a
GPU machine where it may. Network, loss, levels of noise, region masking, weights that are left out and averages are those
of the configuration; noise is drawn by torch, so a run is not the program's to the bit. The validation loss is taken with
the program's strips, levels and noise, in single precision: it can be held against the program's own.

A run goes on where it stopped: RUN/checkpoint.pt is replaced every five minutes, RUN/log.txt has a line a minute.
--export writes the averaged weights into a copy of a model file of the same network (one step of `retidiff train` makes
one); `retidiff train --from` goes on from it. Needs torch and safetensors.
"""

import argparse
import hashlib
import json
import math
import os
import pathlib
import struct
import time

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

NO_PLANE = 255


class NormAct(nn.Module):
    def __init__(self, config, width):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        self.groups, self.epsilon = config["groups"], config["norm_epsilon"]

    def forward(self, x, scale=None, shift=None):
        x = F.group_norm(x, self.groups, self.gamma, self.beta, self.epsilon)
        return F.silu(x if scale is None else x * (1 + scale) + shift)


def zeroed(layer):
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def conv_3x3(inputs, outputs, stride=1):
    return nn.Conv2d(inputs, outputs, 3, padding=1, stride=stride)


class Block(nn.Module):
    def __init__(self, config, inputs, outputs):
        super().__init__()
        self.norm_1, self.conv_1 = NormAct(config, inputs), conv_3x3(inputs, outputs)
        self.time_projection = nn.Linear(config["time_channels"], 2 * outputs)
        self.norm_2, self.conv_2 = NormAct(config, outputs), zeroed(conv_3x3(outputs, outputs))
        if inputs != outputs:
            self.skip = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, time):
        scale, shift = self.time_projection(time)[:, :, None, None].chunk(2, 1)
        hidden = self.conv_2(self.norm_2(self.conv_1(self.norm_1(x)), scale, shift))
        return hidden + (self.skip(x) if hasattr(self, "skip") else x)


class Level(nn.Module):
    """Blocks, and the change of size after them."""

    def __init__(self, blocks, name=None, sample=None):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        if name:
            setattr(self, name, nn.ModuleDict({"conv": sample}))


class TimeEmbedding(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config["time_channels"]
        self.half = config["sinusoid_channels"] // 2
        self.linear_1, self.linear_2 = nn.Linear(2 * self.half, width), nn.Linear(width, width)
        if config["style_channels"]:
            self.style = zeroed(nn.Linear(config["style_channels"], width, bias=False))

    def forward(self, time, style):
        frequencies = torch.exp(torch.arange(self.half, device=time.device) * (-math.log(10000) / self.half))
        phase = time[:, None] * frequencies
        embedding = self.linear_2(F.silu(self.linear_1(torch.cat([phase.cos(), phase.sin()], 1))))
        return F.silu(embedding + self.style(style) if hasattr(self, "style") else embedding)


class Detail(nn.Module):
    def __init__(self, config):
        super().__init__()
        area, width = config["unshuffle"] ** 2, config["widths"][0]
        self.count, pixels = config["detail_filters"], config["image_channels"] * area
        self.condition = conv_3x3(config["condition_channels"] * area, width)
        self.features, self.time = nn.Conv2d(width, width, 1), nn.Linear(config["time_channels"], width)
        self.gates = nn.Conv2d(width, self.count * pixels, 1)
        self.filters = zeroed(conv_3x3(self.count * pixels, pixels))
        self.direct = zeroed(nn.Conv2d(width, pixels, 1))

    def forward(self, pixels, planes, hidden, time):
        context = F.silu(self.features(hidden) + self.condition(planes) + self.time(time)[:, :, None, None])
        seen = self.gates(context).unflatten(1, (self.count, -1)) * pixels[:, None]
        return self.filters(seen.flatten(1, 2)) + self.direct(context)


class UNet(nn.Module):
    """The network of `src/nn/unet.rs` without attention, its parameters named as in a model file."""

    def __init__(self, config):
        super().__init__()
        assert config["time_conditioning"] == "scale_shift" and config["zero_second_convolution"]
        assert not any(config["attention"]) and not config["middle_attention"], "attention is not written here"
        self.factor, self.image_channels = config["unshuffle"], config["image_channels"]
        area, widths, count = self.factor**2, config["widths"], config["blocks_per_level"]
        self.conv_in = conv_3x3((self.image_channels + config["condition_channels"]) * area, widths[0])
        self.time_embedding = TimeEmbedding(config)
        kept, channels, down, up = [widths[0]], widths[0], [], []
        for level, width in enumerate(widths):
            blocks = [Block(config, channels if index == 0 else width, width) for index in range(count)]
            channels, last = width, level + 1 == len(widths)
            kept += [width] * (count if last else count + 1)
            down.append(Level(blocks) if last else Level(blocks, "downsample", conv_3x3(width, width, 2)))
        self.down = nn.ModuleList(down)
        self.middle = nn.ModuleDict({
            "blocks": nn.ModuleList(Block(config, channels, channels) for _ in range(config["middle_blocks"]))})
        for level, width in reversed(list(enumerate(widths))):
            blocks = []
            for _ in range(count + 1):
                blocks.append(Block(config, channels + kept.pop(), width))
                channels = width
            up.append(Level(blocks, "upsample", conv_3x3(width, width)) if level else Level(blocks))
        self.up = nn.ModuleList(up)
        self.norm_out = NormAct(config, widths[0])
        self.conv_out = conv_3x3(widths[0], config["out_channels"] * area)
        self.detail = Detail(config) if config["detail_filters"] else None

    def forward(self, x, condition, time, style):
        time = self.time_embedding(time, style)
        blocks = F.pixel_unshuffle(torch.cat([x, condition], 1), self.factor)
        hidden = self.conv_in(blocks)
        kept = [hidden]
        for level in self.down:
            for block in level.blocks:
                hidden = block(hidden, time)
                kept.append(hidden)
            if hasattr(level, "downsample"):
                hidden = level.downsample["conv"](hidden)
                kept.append(hidden)
        for block in self.middle["blocks"]:
            hidden = block(hidden, time)
        for level in self.up:
            for block in level.blocks:
                hidden = block(torch.cat([hidden, kept.pop()], 1), time)
            if hasattr(level, "upsample"):
                hidden = level.upsample["conv"](F.interpolate(hidden, scale_factor=2, mode="nearest"))
        hidden = self.norm_out(hidden)
        output = self.conv_out(hidden)
        if self.detail is not None:
            pixels = self.image_channels * self.factor**2
            output = output + self.detail(blocks[:, :pixels], blocks[:, pixels:], hidden, time)
        return F.pixel_shuffle(output, self.factor)


def is_transposed(name, tensor):
    """A model file has the weights of linear layers as [inputs, outputs]."""
    return name.endswith(".weight") and tensor.dim() == 2


def load_weights(network, path):
    weights = {name: tensor.float() for name, tensor in load_file(path).items()}
    network.load_state_dict({name: tensor.T if is_transposed(name, tensor) else tensor for name, tensor in weights.items()})


def described(path):
    """What a model file says of itself."""
    with safe_open(path, "pt") as file:
        return json.loads(file.metadata()["retidiff"])


def lineage_of(path):
    """A model and the models that went into it."""
    description = described(path)
    training = description["training"]
    own = {"name": description["name"], "tensors_sha256": description["tensors_sha256"],
           "training_subjects": training["training_subjects"]}
    return [own, *(training.get("lineage") or [])]


def export(weights, like, out, training, name):
    """Writes weights as f16 into a copy of the model file `like`, whose network must be the same; `training` is what its
    description is to say differently of the training."""
    description = described(like)
    with safe_open(like, "pt") as file:
        shapes = {name: list(file.get_slice(name).get_shape()) for name in file.keys()}
    tensors = {name: (tensor.T if is_transposed(name, tensor) else tensor).half().contiguous()
               for name, tensor in sorted(weights.items())}
    assert {name: list(tensor.shape) for name, tensor in tensors.items()} == shapes, "another network"
    digest = hashlib.sha256()
    for _, tensor in sorted(tensors.items()):
        digest.update(tensor.numpy().tobytes())
    description["tensors_sha256"] = digest.hexdigest()
    description["name"] = name
    description["training"] |= training
    save_file(tensors, out, {"retidiff": json.dumps(description)})


class Levels:
    """Noise levels by their place in 0..1, and the factors of what is predicted (`src/diffusion/prediction.rs`)."""

    def __init__(self, config):
        assert config["schedule"]["kind"] == "cosine_shifted" and config["min_snr_gamma"] is None
        self.shift = config["schedule"]["log_snr_shift"]
        residual = config["prediction"]["residual"]
        self.deviation, self.mean = residual["deviation"], residual.get("mean", 0.0)
        self.share, above = config["high_noise"]["share"], config["high_noise"]["above"]
        # Noise over picture is tan(pi t / 2) exp(-shift / 2).
        self.edge = 2 / math.pi * math.atan(above * math.exp(self.shift / 2))

    def drawn(self, strips):
        """Time, alpha and sigma of strips, evenly over the batch, their share at much noise."""
        place = (torch.arange(strips) + torch.rand(strips)).double() / strips
        below = 1 - self.share
        if self.share > 0:
            t = torch.where(place < below, place / below * self.edge,
                            self.edge + (place - below) / max(self.share, 1e-9) * (1 - self.edge))
        else:
            t = place
        log_snr = -2 * torch.log(torch.tan(math.pi * t.clamp(1e-6, 1 - 1e-6) / 2)) + self.shift
        return torch.stack([1000 * t, torch.sigmoid(log_snr).sqrt(), torch.sigmoid(-log_snr).sqrt()], 1).float()

    def shown_and_target(self, image, noise, levels):
        alpha, sigma = (levels[:, at].view(-1, 1, 1, 1) for at in (1, 2))
        root = (alpha**2 * self.deviation**2 + sigma**2).sqrt()
        picture = -sigma / (self.deviation * root)
        target = image * picture + noise * (alpha * self.deviation / root) - self.mean * picture
        return alpha * image + sigma * noise - alpha * self.mean, target


    def shown(self, x, levels):
        return x - levels[:, 1].view(-1, 1, 1, 1) * self.mean

    def picture(self, x, output, levels):
        """The picture that is estimated from a noisy one and the network's output."""
        alpha, sigma = (levels[:, at].view(-1, 1, 1, 1) for at in (1, 2))
        total = alpha**2 * self.deviation**2 + sigma**2
        return (x * (alpha * self.deviation**2) - output * (sigma * self.deviation * total.sqrt())
                + self.mean * sigma**2) / total

    def of_path(self, steps, spacing):
        """Time, alpha and sigma of the levels from pure noise to none (`src/diffusion/noise_spacing.rs`)."""
        if spacing == "log-snr":
            ratio = torch.logspace(math.log10(80), math.log10(0.02), steps).double()
            t = torch.cat([2 / math.pi * torch.atan(ratio * math.exp(self.shift / 2)), torch.zeros(1)])
            alpha = torch.cat([(1 + ratio**2).rsqrt(), torch.ones(1)])
        else:
            t = torch.linspace(1, 0, steps + 1).double()
            ratio = torch.tan(math.pi * t[1:-1] / 2) * math.exp(-self.shift / 2)
            alpha = torch.cat([torch.zeros(1), (1 + ratio**2).rsqrt(), torch.ones(1)])
        return torch.stack([1000 * t, alpha, (1 - alpha**2).sqrt()], 1)


def loss_of_strips(output, target, weights):
    errors = (output.float() - target).square()
    return (errors * weights).sum((1, 2, 3)) / weights.sum((1, 2, 3)).clamp(min=1)


class Teacher:
    """A model file whose path from noise to picture a student learns to go in one step (`src/training/distill.rs`)."""

    def __init__(self, path, distillation, spacing):
        config = described(path) | {"min_snr_gamma": None, "high_noise": {"share": 0.0, "above": 3.0}}
        self.levels, self.network = Levels(config), UNet(config["network"]).requires_grad_(False)
        load_weights(self.network, path)
        self.steps, self.pure_noise = distillation["path"]["steps"], distillation["path"]["pure_noise"]
        self.huber, self.spacing = distillation["tuning"]["huber"], spacing

    @torch.no_grad()
    def walk(self, noise, condition, style, places):
        """What a student sees of each strip on the path of DPM-Solver++(2M), at which level, and where the path ends."""
        levels = self.levels.of_path(self.steps, self.spacing)
        along = (places - self.pure_noise) / (1 - self.pure_noise) * (self.steps - 1)
        seen_at = torch.where(places < self.pure_noise, 0, (1 + along.floor()).clamp(1, self.steps - 1)).long()
        x, seen, before, width_before = noise, torch.zeros_like(noise), None, math.inf
        for step in range(self.steps):
            here, (_, alpha, sigma), (_, alpha_to, sigma_to) = levels[step], *levels[step:step + 2].tolist()
            seen = torch.where((seen_at == step).view(-1, 1, 1, 1), x, seen)
            level = here.float().expand(len(x), -1)
            output = self.network(self.levels.shown(x, level), condition, level[:, 0], style).float()
            picture = self.levels.picture(x, output, level).clamp(-1, 1)
            share = sigma_to / sigma
            of_picture, of_before = alpha_to - alpha * share, 0.0
            if alpha > 0 and sigma_to > 0:
                width = math.log(alpha_to / sigma_to) - math.log(alpha / sigma)
                if math.isfinite(width_before):
                    correction = 0.5 * width / width_before
                    of_picture, of_before = of_picture * (1 + correction), -of_picture * correction
                width_before = width
            else:
                width_before = math.inf
            x_next = x * share + picture * of_picture
            x = x_next if of_before == 0.0 else x_next + before * of_before
            before = picture
        # A student's one step begins at pure noise, however the path is spaced.
        shown_at = torch.cat([torch.tensor([[1000.0, 0.0, 1.0]]), levels[1:].float()])
        return seen, shown_at[seen_at], x

    def distances(self, network, levels, batch, noise, places):
        """Root mean square distances of a student's estimates from the end of the path, strip by strip."""
        _, condition, style, weights = batch
        seen, at, target = self.walk(noise, condition, style, places)
        output = network(levels.shown(seen, at), condition, at[:, 0], style).float()
        squares = loss_of_strips(levels.picture(seen, output, at), target, weights)
        return (squares + self.huber**2).sqrt() - self.huber


@torch.no_grad()
def validate_student(network, teacher, config, folder, levels):
    """Mean distance over strips of the validation's masks, each with its own noise; half of them from pure noise."""
    strips, sums = Strips(pathlib.Path(folder) / "validation.safetensors", "narrow."), []
    for first in range(0, len(strips), config["validation_levels"] * 4):
        rows = torch.arange(first, min(first + config["validation_levels"] * 4, len(strips)), config["validation_levels"])
        batch = strips.batch(rows, len(config["labels"]["planes"]), config["style"]["shadow"])
        noise, places = strips.tensors["noise"][rows].float()[:, None], (torch.arange(len(rows)) + 0.5) / len(rows)
        sums += teacher.distances(network, levels, batch, noise, places).tolist()
    return sum(sums) / len(sums)


class Strips:
    """Strips of one size from a file."""

    def __init__(self, path, prefix):
        with safe_open(path, "pt") as file:
            names = [name for name in file.keys() if name.startswith(prefix)]
            self.tensors = {name[len(prefix):]: file.get_tensor(name) for name in names}

    def __len__(self):
        return len(self.tensors["image"]) if self.tensors else 0

    def batch(self, rows, planes, with_shadow):
        """Image, condition, style and weights of strips."""
        of = {name: tensor[rows] for name, tensor in self.tensors.items()}
        image = of["image"].float()[:, None]
        # The plane that is lit, pixel by pixel; what has none lights one too many, which is cut off.
        lit = torch.where(of["planes"] == NO_PLANE, planes, of["planes"].long())[:, None]
        condition = torch.zeros(len(rows), planes + 1, *image.shape[2:]).scatter_(1, lit.long(), 1.0)[:, :planes]
        if with_shadow:
            shadow = of["shadow"].float()[:, None, None, :].expand(-1, -1, image.shape[2], -1)
            condition = torch.cat([condition, shadow], 1)
        style = of["style"].float() if "style" in of else torch.zeros(len(rows), 0)
        return image, condition, style, of["loss_weights"].float()[:, None]


class Feed:
    """Training batches: strips of all files in turn, one file in memory at a time, each time in another order."""

    def __init__(self, config, folder, step):
        self.config, self.files = config, sorted(pathlib.Path(folder).glob("strips-*.safetensors"))
        assert self.files, f"{folder} has no strips"
        self.step, self.at = step, None
        self.planes = len(config["labels"]["planes"])
        self.lesion = next(at for at, codes in enumerate(config["labels"]["planes"]) if 9 in codes)

    def next(self):
        wide = self.config["wide"]["every"] and (self.step + 1) % self.config["wide"]["every"] == 0
        batch = self.config["batch"]
        steps_of_a_file = 500
        if self.at != self.step // steps_of_a_file:
            self.at = self.step // steps_of_a_file
            path = self.files[self.at % len(self.files)]
            self.strips = {prefix: Strips(path, prefix) for prefix in ("narrow.", "wide.")}
            self.order = {prefix: torch.randperm(len(strips)) for prefix, strips in self.strips.items() if len(strips)}
            self.place = dict.fromkeys(self.strips, 0)
        prefix = "wide." if wide and len(self.strips["wide."]) else "narrow."
        if prefix == "wide.":
            batch = max(1, batch * self.config["crop_columns"] // self.config["wide"]["columns"])
        order, first = self.order[prefix], self.place[prefix]
        rows = order[torch.arange(first, first + batch) % len(order)]
        self.place[prefix] += batch
        self.step += 1
        image, condition, style, weights = self.strips[prefix].batch(rows, self.planes, self.config["style"]["shadow"])
        if torch.rand(()) < 0.5:
            image, condition, weights = image.flip(3), condition.flip(3), weights.flip(3)
        if self.config["stage"] == "pretrain":
            condition, style = torch.zeros_like(condition), torch.zeros_like(style)
        drm = self.config["drm"]
        for strip in range(len(rows)):
            if torch.rand(()) < self.config["mask_dropout"]:
                condition[strip] = 0
            if torch.rand(()) < self.config["style"]["dropout"]:
                style[strip] = 0
            if torch.rand(()) < drm["apply_probability"]:
                plane = condition[strip, self.lesion]
                plane *= torch.rand_like(plane) * (torch.rand_like(plane) >= drm["zero_probability"])
        return image, condition, style, weights


@torch.no_grad()
def validate(network, config, folder, levels):
    """Mean loss over the validation's strips, in single precision, and by noise over picture."""
    strips = Strips(pathlib.Path(folder) / "validation.safetensors", "narrow.")
    planes, sums = len(config["labels"]["planes"]), {}
    hides = config["stage"] == "pretrain"
    for first in range(0, len(strips), 8):
        rows = torch.arange(first, min(first + 8, len(strips)))
        image, condition, style, weights = strips.batch(rows, planes, config["style"]["shadow"])
        if hides:
            condition, style = torch.zeros_like(condition), torch.zeros_like(style)
        noise, at = strips.tensors["noise"][rows].float()[:, None], strips.tensors["levels"][rows]
        shown, target = levels.shown_and_target(image, noise, at)
        losses = loss_of_strips(network(shown, condition, at[:, 0], style), target, weights)
        for level, loss in zip(at, losses):
            sums.setdefault(round(float(level[2] / level[1]), 3), []).append(float(loss))
    means = {noise: sum(losses) / len(losses) for noise, losses in sorted(sums.items())}
    return sum(means.values()) / len(means), means


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("config", help="what `retidiff train --print-config` printed")
    arguments.add_argument("--strips", help="folder that `retidiff train --strips` wrote")
    arguments.add_argument("--run", required=True, help="folder of checkpoint and log")
    arguments.add_argument("--from", dest="start", help="model file, or checkpoint.pt of another run, whose weights to begin with; "
                           "with --export the model file of those weights")
    arguments.add_argument("--minutes", type=float, help="training in all, in place of the configuration's steps")
    arguments.add_argument("--steps", type=int, help="steps in all")
    arguments.add_argument("--rate", type=float, help="learning rate [the configuration's]")
    arguments.add_argument("--falls", type=float, default=0.0, help="last share of the steps or minutes in which the rate falls to 0")
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--validate-every", type=int, default=1000)
    arguments.add_argument("--single", action="store_true", help="single precision in place of bfloat16")
    arguments.add_argument("--teacher", help="model file whose path from noise to picture is learned, to be gone in one step")
    arguments.add_argument("--path", default="log-snr", choices=["time", "log-snr"], help="how the levels of the teacher's path are spaced")
    arguments.add_argument("--validate", metavar="MODEL", help="only print the validation loss of a model file")
    arguments.add_argument("--name", help="name of the model that is written [the run's and its steps]")
    arguments.add_argument("--export", nargs=2, metavar=("LIKE", "OUT"), help="only write the averaged weights")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(json.load(open(options.config))["seed"])
    with open(options.config) as file:
        config = json.load(file)
    levels, network = Levels(config), UNet(config["network"])
    run = pathlib.Path(options.run)
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"
    if options.validate:
        load_weights(network, options.validate)
        return print(*validate(network, config, options.strips, levels))
    if options.export:
        state = torch.load(checkpoint)
        training = {"steps": state["step"], "of_steps": state["step"], "learning_rate": state["rate"],
                    "arithmetic": "f32" if options.single else "bf16", "batch": config["batch"], "seed": config["seed"],
                    "ema_decay": config["ema_decay"], "mask_dropout": config["mask_dropout"], "stage": "distill" if options.teacher else config["stage"]}
        if state.get("validation") is not None:
            training |= {"validation_loss": state["validation"], "validation_step": state["step"]}
        before = [path for path in (options.teacher, options.start) if path]
        if before:
            training |= {"from": described(before[0])["name"], "lineage": sum(map(lineage_of, before), [])}
        if options.teacher:
            training["teacher_sha256"] = described(options.teacher)["tensors_sha256"]
        return export(state["average"], *options.export, training, options.name or f"{run.name} {state['step']} steps")

    average = UNet(config["network"])
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4, weight_decay=config["weight_decay"])
    step, spent, validated = 0, 0.0, None
    if checkpoint.exists():
        state = torch.load(checkpoint)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["seconds"]
        torch.manual_seed(config["seed"] + step)
    elif options.start:
        if options.start.endswith(".pt"):
            begun = torch.load(options.start)
            network.load_state_dict(begun["average"])
            if begun["stage"] == "pretrain" and config["stage"] != "pretrain":
                # Stage 1 showed no mask: these weights are noise that stage 3 would have to unlearn.
                pixels = config["network"]["image_channels"] * config["network"]["unshuffle"] ** 2
                network.conv_in.weight.data[:, pixels:] = 0
                if network.detail:
                    network.detail.condition.weight.data.zero_()
        else:
            load_weights(network, options.start)
        average.load_state_dict(network.state_dict())
    else:
        average.load_state_dict(network.state_dict())
    parameters, averages = list(network.parameters()), [parameter.data for parameter in average.parameters()]
    log = open(run / "log.txt", "a")

    def say(text):
        print(text, flush=True)
        print(text, file=log, flush=True)

    def save():
        state = {"network": network.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(),
                 "step": step, "seconds": spent, "stage": config["stage"], "rate": rate, "validation": validated}
        torch.save(state, checkpoint.with_suffix(".new"))
        os.replace(checkpoint.with_suffix(".new"), checkpoint)

    teacher = Teacher(options.teacher, config["distillation"], options.path) if options.teacher else None
    feed = Feed(config, options.strips, step)
    limit = (options.minutes or math.inf) * 60
    steps = options.steps or (math.inf if options.minutes else config["steps"])
    rate, warmup = options.rate or config["learning_rate"], config["warmup_steps"]
    say(f"{sum(map(torch.numel, parameters))} parameters, from step {step}")
    said = saved = time.monotonic()
    loss_sum, loss_count = 0.0, 0
    while step < steps and spent < limit:
        began = time.monotonic()
        progress = max(spent / limit, step / steps)
        falling = min(1.0, (1 - progress) / options.falls) if options.falls else 1.0
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / max(warmup, 1)) * (0.5 - 0.5 * math.cos(math.pi * falling))
        batch = image, condition, style, weights = feed.next()
        noise, at = torch.randn_like(image), levels.drawn(len(image))
        if teacher:
            places = (torch.arange(len(image)) + torch.rand(len(image))) / len(image)
            with torch.autocast("cpu", torch.bfloat16, enabled=not options.single):
                loss = teacher.distances(network, levels, batch, noise, places).mean()
        else:
            shown, target = levels.shown_and_target(image, noise, at)
            with torch.autocast("cpu", torch.bfloat16, enabled=not options.single):
                output = network(shown, condition, at[:, 0], style)
            loss = loss_of_strips(output, target, weights).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, config["gradient_clip"])
        optimizer.step()
        step += 1
        # Like the program's, the average follows more closely while a run is young.
        decay = min(config["ema_decay"], (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(averages, [parameter.data for parameter in parameters], 1 - decay)
        loss_sum, loss_count = loss_sum + float(loss.detach()), loss_count + 1
        now = time.monotonic()
        spent += now - began
        if now - said > 60:
            say(f"step {step}, {spent / 60:.1f} min, loss {loss_sum / loss_count:.4f}, {spent / step:.3f} s a step")
            said, loss_sum, loss_count = now, 0.0, 0
        if now - saved > 300:
            save()
            saved = now
        if step % options.validate_every == 0 or step >= steps or spent >= limit:
            if teacher:
                validated = mean = validate_student(average, teacher, config, options.strips, levels)
                say(f"step {step}, {spent / 60:.1f} min, distance {mean:.4f}")
                continue
            mean, by_noise = validate(average, config, options.strips, levels)
            validated = mean
            say(f"step {step}, {spent / 60:.1f} min, validation {mean:.4f}: " + ", ".join(
                f"{noise} {loss:.3f}" for noise, loss in by_noise.items()))
    save()


if __name__ == "__main__":
    main()
