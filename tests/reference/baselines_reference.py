"""Golden outputs of the compared methods, from their authors' own code.

Needs torch, numpy and einops, and checkouts of AAleka/ReTree and CompVis/latent-diffusion (neither is part of this
program):

    python baselines_reference.py RETREE_FOLDER LATENT_DIFFUSION_FOLDER

Writes baselines.json beside itself: parameter counts of the published sizes, one forward pass each of a small size,
and whole sampling loops with a linear stand-in for the network. Weights are not stored: both sides compute them from
the tensor's name in the Rust network (`values`).
"""

import json
import pathlib
import re
import sys
import types

import numpy as np
import torch

from hash_units import hash_units

HERE = pathlib.Path(__file__).parent


def values(name, shape):
    """A tensor of the Rust network: unit variance over its inputs, gains near one, the rest near zero. Linear layers
    have their inputs first there."""
    units = hash_units(name, int(np.prod(shape))).reshape(shape)
    if name.endswith("gamma"):
        return 1.0 + 0.2 * units
    if name.endswith("temperature"):
        return -1.0 + 0.1 * units
    if len(shape) == 1:
        return 0.1 * units
    inputs = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    return units * np.float32(np.sqrt(3.0 / inputs))


def tensor(name, shape, is_linear):
    """The tensor as torch has it, of the torch shape `shape`."""
    if is_linear:
        array = values(name, tuple(reversed(shape))).T
    else:
        array = values(name, shape)
    return torch.from_numpy(np.ascontiguousarray(array).astype(np.float32))


NORM = {"weight": "gamma", "bias": "beta"}


def named_input(name, *shape):
    return torch.from_numpy(hash_units(name, int(np.prod(shape))).reshape(shape).astype(np.float32))


def fill(network, name_of):
    """Gives a network the weights of its tensors' Rust names."""
    state = network.state_dict()
    for key, value in state.items():
        name = name_of(key)
        shape = tuple(value.shape)
        if name.endswith("temperature"):
            state[key] = tensor(name, (1,), False).reshape(shape)
        else:
            state[key] = tensor(name, shape, len(shape) == 2)
    network.load_state_dict(state)
    network.eval()
    return network


def sampled(output):
    """Enough to tell any mistake; the whole would be a large file."""
    part = output[:, :, 1::3, 2::5].contiguous()
    return {"shape": list(part.shape), "output": [float(f"{value:.8g}") for value in part.flatten()]}


def parameters(network):
    return sum(p.numel() for p in network.parameters())


# ReTree


def retree_module(folder):
    source = (pathlib.Path(folder) / "DDPM_model.py").read_text().replace('"cuda"', '"cpu"')
    module = types.ModuleType("retree")
    exec(compile(source, "DDPM_model.py", "exec"), module.__dict__)
    return module


def two_convolutions(rest):
    """double_conv.0 and .1 are the first convolution and its norm, .3 and .4 the second."""
    place, part = int(rest[0]), rest[1]
    which = "first" if place < 3 else "second"
    return f"{which}.conv.{part}" if place in (0, 3) else f"{which}.norm.{NORM[part]}"


def retree_name(key):
    parts = key.split(".")
    head = parts[0]
    if head == "initial":
        return "Retree.stem." + (f"conv.{parts[2]}" if parts[1] == "0" else f"norm.{NORM[parts[2]]}")
    if head == "last":
        return f"Retree.head.{parts[2]}"
    if head == "bottleneck_blocks":
        return f"Retree.bottleneck.{parts[1]}.{two_convolutions(parts[3:])}"
    if head in ("down_blocks", "up_blocks"):
        level = f"Retree.{head.split('_')[0]}.{parts[1]}"
        if parts[2] == "emb_layer":
            return f"{level}.time.{parts[4]}"
        # A maximum pool stands first on the way down.
        place = int(parts[3]) - (1 if head == "down_blocks" else 0)
        return f"{level}.{['residual', 'change'][place]}.{two_convolutions(parts[5:])}"
    # transformer_blocks.N.layers.0.{0,1}.fn.{norm,fn}...
    where = f"Retree.transformers.{parts[1]}"
    attention, rest = parts[4] == "0", parts[6:]
    if rest[0] == "norm":
        return f"{where}.norm_{1 if attention else 2}.{NORM[rest[1]]}"
    rest = rest[1:]
    if attention:
        if rest[0] == "temperature":
            return f"{where}.temperature"
        return f"{where}.projection.weight" if rest[0] == "to_qkv" else f"{where}.output.{rest[2]}"
    return f"{where}.{'hidden' if rest[1] == '0' else 'last'}.{rest[2]}"


def retree(folder):
    module = retree_module(folder)
    network = module.DDPM(time_dim=16, img_channels=4, dim=64, heads=2, dim_head=8)
    fill(network, retree_name)
    with torch.no_grad():
        output = network(
            named_input("x", 2, 3, 32, 32), torch.tensor([7, 640]), named_input("condition", 2, 1, 32, 32)
        )
    return {"parameters": parameters(module.DDPM(img_channels=4)), **sampled(output)}


def stand_in(x):
    """What takes the place of a network in the sampling loops: noise that is linear in the picture."""
    return 0.3 * x + 0.1


def retree_sampling():
    """`Diffusion.sample` of train_ddpm_image.py in double precision, with the noise of a step always 0.5."""
    steps, start, end = 1000, 1e-4, 0.02
    cosine = torch.cos(torch.linspace(0, torch.pi / 2, steps, dtype=torch.float64))
    beta = torch.abs(cosine * end - (end - start))
    alpha = 1.0 - beta
    alpha_hat = torch.cumprod(alpha, dim=0)
    x = torch.tensor(1.7, dtype=torch.float64)
    for i in reversed(range(1, steps)):
        noise = 0.5 if i > 1 else 0.0
        x = (x - (1 - alpha[i]) / torch.sqrt(1 - alpha_hat[i]) * stand_in(x)) / torch.sqrt(alpha[i])
        x = x + torch.sqrt(beta[i]) * noise
    return {"alpha_bar_end": float(alpha_hat[-1]), "end": float(x)}


# Latent diffusion


def with_stubs():
    """Modules that the repository imports and these parts do not use."""
    for name in ("clip", "kornia", "omegaconf", "transformers"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["transformers"].BertTokenizerFast = None


def autoencoder_name(key):
    parts = key.split(".")
    if parts[0] == "quant_conv":
        return f"Autoencoder.moments.{parts[1]}"
    if parts[0] == "post_quant_conv":
        return f"Autoencoder.latent.{parts[1]}"
    side, rest = parts[0], parts[1:]
    where = f"Autoencoder.{side}"

    def block(where, rest):
        layer = {"norm1": "norm_1", "conv1": "conv_1", "norm2": "norm_2", "conv2": "conv_2", "nin_shortcut": "skip"}
        name = layer[rest[0]]
        return f"{where}.{name}.{NORM[rest[1]] if name.startswith('norm') else rest[1]}"

    if rest[0] in ("conv_in", "conv_out"):
        return f"{where}.{rest[0]}.{rest[1]}"
    if rest[0] == "norm_out":
        return f"{where}.norm_out.{NORM[rest[1]]}"
    if rest[0] == "mid":
        if rest[1] == "attn_1":
            layer = {"norm": "norm", "q": "query", "k": "key", "v": "value", "proj_out": "output"}[rest[2]]
            return f"{where}.middle.attention.{layer}.{NORM[rest[3]] if layer == 'norm' else rest[3]}"
        return block(f"{where}.middle.{rest[1]}", rest[2:])
    level = int(rest[1]) if rest[0] == "down" else 2 - int(rest[1])
    if rest[2] == "block":
        return block(f"{where}.{rest[0]}.{level}.blocks.{rest[3]}", rest[4:])
    if rest[2] == "downsample":
        return f"{where}.down.{level}.halve.{rest[4]}"
    return f"{where}.up.{level}.double.conv.{rest[4]}"


def autoencoder_of(model, channels, resolution):
    """The networks of AutoencoderKL, which is a training framework's module itself."""
    shape = dict(
        double_z=True, z_channels=3, resolution=resolution, in_channels=3, out_ch=3, ch=channels,
        ch_mult=(1, 2, 4), num_res_blocks=2, attn_resolutions=[], dropout=0.0,
    )
    return torch.nn.ModuleDict({
        "encoder": model.Encoder(**shape),
        "decoder": model.Decoder(**shape),
        "quant_conv": torch.nn.Conv2d(6, 6, 1),
        "post_quant_conv": torch.nn.Conv2d(3, 3, 1),
    })


def autoencoder():
    from ldm.modules.diffusionmodules import model

    network = fill(autoencoder_of(model, 32, 32), autoencoder_name)
    with torch.no_grad():
        moments = network["quant_conv"](network["encoder"](named_input("x", 2, 3, 32, 32)))
        pictures = network["decoder"](network["post_quant_conv"](named_input("latents", 2, 3, 8, 8)))
    return {
        "parameters": parameters(autoencoder_of(model, 128, 256)),
        "moments": sampled(moments),
        "pictures": sampled(pictures),
    }


BLOCKS = 2
LEVELS = 3


def latent_name(key):
    """Query, key and value stand in one tensor there: see `latent_unet`."""
    parts = key.split(".")
    where = "LatentDiffusion.unet"

    def block(where, rest):
        layer = {
            ("in_layers", "0"): "norm_1", ("in_layers", "2"): "conv_1", ("emb_layers", "1"): "time_projection",
            ("out_layers", "0"): "norm_2", ("out_layers", "3"): "conv_2",
        }
        if rest[0] == "skip_connection":
            return f"{where}.skip.{rest[1]}"
        name = layer[rest[0], rest[1]]
        return f"{where}.{name}.{NORM[rest[2]] if name.startswith('norm') else rest[2]}"

    if parts[0] == "time_embed":
        return f"{where}.time_embedding.linear_{1 if parts[1] == '0' else 2}.{parts[2]}"
    if parts[0] == "out":
        return f"{where}.norm_out.{NORM[parts[2]]}" if parts[1] == "0" else f"{where}.conv_out.{parts[2]}"
    if parts[0] == "middle_block":
        if parts[1] == "1":
            return f"{where}.middle.attention." + ".".join(parts[2:])
        return block(f"{where}.middle.blocks.{0 if parts[1] == '0' else 1}", parts[2:])
    index = int(parts[1])
    if parts[0] == "input_blocks":
        if index == 0:
            return f"{where}.conv_in.{parts[3]}"
        level, number = divmod(index - 1, BLOCKS + 1)
        if number == BLOCKS:
            return f"{where}.down.{level}.downsample.conv.{parts[4]}"
        return block(f"{where}.down.{level}.blocks.{number}", parts[3:])
    level, number = divmod(index, BLOCKS + 1)
    if parts[2] == "1":
        return f"{where}.up.{level}.upsample.conv.{parts[4]}"
    return block(f"{where}.up.{level}.blocks.{number}", parts[3:])


def latent_unet(openaimodel, channels, multipliers):
    return openaimodel.UNetModel(
        image_size=16, in_channels=6, model_channels=channels, out_channels=3, num_res_blocks=BLOCKS,
        attention_resolutions=[32, 16, 8], channel_mult=multipliers, num_heads=8,
    )


def fill_latent(network):
    state = network.state_dict()
    for key, value in state.items():
        name, shape = latent_name(key), tuple(value.shape)
        attention = re.match(r"(.*middle\.attention\.)(norm|qkv|proj_out)\.(weight|bias)$", name)
        if not attention:
            state[key] = tensor(name, shape, len(shape) == 2)
            continue
        where, layer, part = attention.groups()
        if layer == "norm":
            state[key] = tensor(f"{where}norm.{NORM[part]}", shape, False)
            continue
        # 1x1 convolutions along the positions here, linear layers in Rust.
        inner = (shape[0], shape[1]) if part == "weight" else (shape[0],)
        if layer == "proj_out":
            state[key] = tensor(f"{where}output.{part}", inner, part == "weight").reshape(shape)
            continue
        # Each of the eight heads has its query, key and value beside each other.
        width = shape[0] // 3
        third = (width, *inner[1:])
        each = [
            tensor(f"{where}{word}.{part}", third, part == "weight").reshape(8, width // 8, *inner[1:])
            for word in ("query", "key", "value")
        ]
        state[key] = torch.cat(each, 1).reshape(shape)
    network.load_state_dict(state)
    network.eval()
    return network


def latent_diffusion():
    from ldm.modules.diffusionmodules import openaimodel
    from ldm.modules.diffusionmodules.util import make_beta_schedule
    from ldm.modules.encoders.modules import SpatialRescaler

    network = fill_latent(latent_unet(openaimodel, 32, (1, 2, 4)))
    rescaler = SpatialRescaler(n_stages=2, in_channels=5, out_channels=3)
    fill(rescaler, lambda key: f"LatentDiffusion.mask.{key.split('.')[1]}")
    with torch.no_grad():
        mask = rescaler(named_input("condition", 2, 5, 64, 64))
        x = torch.cat([named_input("x", 2, 3, 16, 16), mask], 1)
        output = network(x, torch.tensor([7, 640]))
    betas = make_beta_schedule("linear", 1000, linear_start=0.0015, linear_end=0.0205)
    return {
        "parameters": parameters(latent_unet(openaimodel, 128, (1, 4, 8))),
        "mask": sampled(mask),
        **sampled(output),
        "sampling": latent_sampling(np.cumprod(1.0 - betas)),
    }


def latent_sampling(alphas):
    """The loop of DDIMSampler in double precision, with eta 0."""
    from ldm.modules.diffusionmodules.util import make_ddim_sampling_parameters, make_ddim_timesteps

    timesteps = make_ddim_timesteps("uniform", 50, 1000, verbose=False)
    _, now, before = make_ddim_sampling_parameters(alphas, timesteps, 0.0, verbose=False)
    x = 1.7
    for index in reversed(range(len(timesteps))):
        noise = stand_in(x)
        picture = (x - np.sqrt(1 - now[index]) * noise) / np.sqrt(now[index])
        x = np.sqrt(before[index]) * picture + np.sqrt(1 - before[index]) * noise
    return {"alpha_bar_end": float(alphas[-1]), "end": float(x)}


def main(retree_folder, latent_folder):
    with_stubs()
    sys.path[:0] = [latent_folder]
    result = {
        "made_with": f"torch {torch.__version__}, AAleka/ReTree, CompVis/latent-diffusion",
        "retree": {**retree(retree_folder), "sampling": retree_sampling()},
        "autoencoder": autoencoder(),
        "latent_diffusion": latent_diffusion(),
    }
    (HERE / "baselines.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main(*sys.argv[1:])
