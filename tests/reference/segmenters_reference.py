"""Golden outputs of the published segmenters, from their authors' own code.

Needs torch and numpy, and checkouts of azadef/ynet, ai-med/relaynet_pytorch and Jiaxuan-Li/MGU-Net (none is part of this
program):

    python segmenters_reference.py YNET_FOLDER RELAYNET_FOLDER MGUNET_FOLDER

Writes segmenters.json beside itself: parameter counts and one forward pass each, in evaluation mode. Weights are not
stored: both sides compute them from the tensor's name in the Rust network (`values`). The softmax at the end of the
YNet repository's networks is left out, for it belongs to the loss here. GDNet, whose code is not public, is the
reconstruction of this program: YNet's encoders and decoder with MGU-Net's module before the bottleneck.
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
# Square, for the quarters of YNet's maps are cut by the height along both sides.
SIDE = 48
# The graph module's widest window needs five rows after four halvings.
SIDE_OF_GRAPHS = 80


def values(name, shape):
    """A tensor of the Rust network: unit variance over its inputs, gains and variances near one, the rest near zero."""
    units = hash_units(name, int(np.prod(shape))).reshape(shape)
    if name.endswith("gamma") or name.endswith("running_var"):
        return 1.0 + 0.2 * units
    if name.endswith("alpha"):
        return 0.25 + 0.1 * units
    if len(shape) == 1:
        return 0.1 * units
    return units * np.float32(np.sqrt(3.0 / np.prod(shape[1:])))


def tensor(name, shape):
    return torch.from_numpy(np.ascontiguousarray(values(name, shape)).astype(np.float32))


def norm_part(part):
    return {"weight": "gamma", "bias": "beta"}.get(part, part)


def double_convolution(where, layer, part):
    kind, number = re.match(r".*(conv|norm)(\d)$", layer).groups()
    return f"{where}.{kind}_{number}.{part if kind == 'conv' else norm_part(part)}"


FOURIER = {
    "ffc.convl2l": "local_to_local",
    "ffc.convl2g": "local_to_global",
    "ffc.convg2l": "global_to_local",
    "ffc.convg2g.conv1.0": "global_to_global.conv_1",
    "ffc.convg2g.conv1.1": "global_to_global.norm_1",
    "ffc.convg2g.fu.conv_layer": "global_to_global.whole.conv",
    "ffc.convg2g.fu.bn": "global_to_global.whole.norm",
    "ffc.convg2g.lfu.conv_layer": "global_to_global.quarters.conv",
    "ffc.convg2g.lfu.bn": "global_to_global.quarters.norm",
    "ffc.convg2g.conv2": "global_to_global.conv_2",
    "bn_l": "norm_local",
    "bn_g": "norm_global",
}


def unet_name(key):
    parts = key.split(".")
    if parts[0] == "conv":
        return f"Unet.head.{parts[1]}"
    if parts[0] == "bottleneck":
        return double_convolution("Unet.middle", *parts[1:])
    word, level = re.match(r"([a-z]+)(\d)$", parts[0]).groups()
    if word == "encoder":
        return double_convolution(f"Unet.down.{int(level) - 1}", *parts[1:])
    if word == "upconv":
        return f"Unet.upsample.{4 - int(level)}.{parts[1]}"
    return double_convolution(f"Unet.up.{4 - int(level)}", *parts[1:])


def ynet_name(key):
    parts = key.split(".")
    if parts[0] == "conv":
        return f"Ynet.decoder.head.{parts[1]}"
    if parts[0] == "bottleneck":
        return double_convolution("Ynet.middle", *parts[1:])
    fourier = re.match(r"encoder(\d)_f$", parts[0])
    if fourier:
        layer = FOURIER[".".join(parts[1:-1])]
        part = norm_part(parts[-1]) if "norm" in layer else parts[-1]
        return f"Ynet.encoders.spectral.{int(fourier.group(1)) - 1}.{layer}.{part}"
    word, level = re.match(r"([a-z]+)(\d)$", parts[0]).groups()
    if word == "encoder":
        return double_convolution(f"Ynet.encoders.spatial.{int(level) - 1}", *parts[1:])
    if word == "upconv":
        return f"Ynet.decoder.upsample.{4 - int(level)}.{parts[1]}"
    return double_convolution(f"Ynet.decoder.up.{4 - int(level)}", *parts[1:])


GRAPH = {
    "conv_state.conv.0": "state.conv",
    "conv_state.conv.1": "state.norm",
    "conv_proj.conv.0": "gather.conv",
    "conv_proj.conv.1": "gather.norm",
    "conv_reproj.conv.0": "spread.conv",
    "conv_reproj.conv.1": "spread.norm",
    "gcn1.conv1": "convolutions.0.between_nodes",
    "gcn1.conv2": "convolutions.0.between_states",
    "gcn2.conv1": "convolutions.1.between_nodes",
    "gcn2.conv2": "convolutions.1.between_states",
    "fc_2": "back",
    "blocker": "norm",
}


def gdnet_name(key):
    parts = key.split(".")
    if parts[:2] == ["bottleneck", "1"]:
        return double_convolution("Gdnet.middle", *parts[2:])
    if parts[0] != "bottleneck":
        return ynet_name(key).replace("Ynet", "Gdnet")
    if parts[2] == "f1":
        return f"Gdnet.joined.{parts[-1]}"
    convolution = re.match(r"conv(\d)_(\d)$", parts[2])
    if convolution:
        return f"Gdnet.branches.{convolution.group(1)}.conv_{convolution.group(2)}.{parts[-1]}"
    layer = GRAPH[".".join(parts[4:-1])]
    part = norm_part(parts[-1]) if layer.endswith("norm") else parts[-1]
    return f"Gdnet.branches.{parts[2][-1]}.graph.{layer}.{part}"


def relaynet_name(key):
    parts = key.split(".")
    if parts[0] == "classifier":
        return f"Relaynet.head.{parts[2]}"
    where = {"bottleneck": "middle"}.get(parts[0])
    if where is None:
        word, level = re.match(r"(encode|decode)(\d)$", parts[0]).groups()
        where = f"{'down' if word == 'encode' else 'up'}.{int(level) - 1}"
    layer = {"conv": "conv", "batchnorm": "norm", "prelu": "activation"}[parts[1]]
    part = {"conv": parts[2], "norm": norm_part(parts[2]), "activation": "alpha"}[layer]
    return f"Relaynet.{where}.{layer}.{part}"


def golden(network, name_of, output, side=SIDE):
    network.eval()
    state = network.state_dict()
    for key, value in state.items():
        if not key.endswith("num_batches_tracked"):
            state[key] = tensor(name_of(key), tuple(value.shape))
    network.load_state_dict(state)
    picture = torch.from_numpy(hash_units("picture", 2 * side * side).reshape(2, 1, side, side).astype(np.float32))
    with torch.no_grad():
        scores = output(network, picture)
    # Enough to tell any mistake; the whole would be a large file.
    rows, columns = (7, 11) if side == SIDE else (17, 19)
    sampled = scores[:, :, 3::rows, 5::columns].contiguous()
    return {
        "side": side,
        "every": [rows, columns],
        "parameters": sum(p.numel() for p in network.parameters()),
        "shape": list(sampled.shape),
        "output": [float(f"{value:.6g}") for value in sampled.flatten()],
    }


def scores_of(network, picture):
    """What the network gives before its softmax."""
    kept = []
    handle = network.conv.register_forward_hook(lambda module, inputs, output: kept.append(output.clone()))
    network(picture)
    handle.remove()
    return kept[0]


def main(ynet_folder, relaynet_folder, mgunet_folder):
    utilities = f"{mgunet_folder}/models/utils"
    sys.path[:0] = [ynet_folder, relaynet_folder, mgunet_folder, utilities]
    # The YNet repository imports a rotation that its networks do not use.
    for name in ("kornia", "kornia.geometry", "kornia.geometry.transform"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["kornia.geometry.transform"].rotate = None
    from networks import UNet, YNet_general
    from models.nets.MGUNet import MGR_Module
    from relaynet_pytorch.relay_net import ReLayNet

    params = {
        "num_channels": 1, "num_filters": 64, "kernel_h": 7, "kernel_w": 3, "kernel_c": 1, "stride_conv": 1,
        "pool": 2, "stride_pool": 2, "num_class": 9,
    }
    gdnet = YNet_general(1, 9, ffc=True, ratio_in=0.5, cat_merge=False)
    gdnet.bottleneck = torch.nn.Sequential(MGR_Module(256, 128), gdnet.bottleneck)
    result = {
        "made_with": f"torch {torch.__version__}, azadef/ynet networks.py, ai-med/relaynet_pytorch relay_net.py, "
        "Jiaxuan-Li/MGU-Net MGUNet.py",
        "unet": golden(UNet(1, 9), unet_name, scores_of),
        "ynet_compat": golden(YNet_general(1, 9, ffc=True, ratio_in=0.5), ynet_name, scores_of),
        "ynet_concat": golden(YNet_general(1, 9, ffc=True, ratio_in=0.5, cat_merge=False), ynet_name, scores_of),
        "relaynet": golden(ReLayNet(params), relaynet_name, lambda network, picture: network(picture)),
        "gdnet": golden(gdnet, gdnet_name, scores_of, SIDE_OF_GRAPHS),
    }
    (HERE / "segmenters.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main(*sys.argv[1:])
