"""Golden outputs of networks that were trained on photographs, from the reference libraries.

Needs torch, torchvision, lpips, pytorch-fid and efficientnet-lite-pytorch (all of PyPI); nothing is downloaded:

    python perceptual_reference.py

Writes perceptual.json beside itself. Weights are not stored: both sides compute them from the tensor's name in the
reference's state dict (`values`). `names` is the SHA-256 of the names and shapes of what the network needs of it, a
line each, sorted: so the importer is known to ask for the reference's own names.
"""

import hashlib
import json
import pathlib

import numpy as np
import torch
import torchvision

from hash_units import hash_units

HERE = pathlib.Path(__file__).parent
# Height and width of the pictures; LPIPS compares the first two.
SIZES = [(70, 81), (70, 81), (320, 203)]


def values(name, shape):
    units = hash_units(name, int(np.prod(shape))).reshape(shape)
    if name.startswith("lin"):
        return np.abs(units)
    if len(shape) == 1:
        is_gain = name.endswith("running_var") or name.endswith("weight")
        return 1 + np.float32(0.2) * units if is_gain else np.float32(0.1) * units
    return units * np.float32(np.sqrt(6.0 / np.prod(shape[1:])))


def picture(index):
    height, width = SIZES[index]
    units = hash_units(f"picture {index}", height * width).reshape(height, width)
    # Stripes and noise in whole greys.
    rows, columns = np.mgrid[0:height, 0:width]
    stripes = (rows * (3 + index) + columns * 2) % 121
    return (stripes + np.floor((units.astype(np.float64) + 1) * 60)).astype(np.uint8)


def rgb(index):
    return torch.from_numpy(np.repeat(picture(index)[None], 3, axis=0)[None].astype(np.float32))


def fill(network, unneeded):
    state = network.state_dict()
    needed = []
    for key, value in state.items():
        if any(part in key for part in unneeded):
            continue
        state[key] = torch.from_numpy(np.ascontiguousarray(values(key, tuple(value.shape))))
        needed.append(f"{key} {list(value.shape)}\n")
    network.load_state_dict(state)
    network.eval()
    return hashlib.sha256("".join(sorted(needed)).encode()).hexdigest()


def of_lpips(kind):
    import lpips

    network = lpips.LPIPS(pretrained=False, pnet_rand=True, net=kind, verbose=False)
    names = fill(network, ["scaling_layer", "lins."])
    with torch.no_grad():
        scaled = [rgb(index) / 127.5 - 1 for index in range(2)]
        total, layers = network(scaled[0], scaled[1], retPerLayer=True)
        maps = network.net(network.scaling_layer(scaled[0]))
    return {
        "names": names,
        "distance": float(total),
        "layers": [float(layer) for layer in layers],
        "maps": [{"shape": list(m.shape), "mean": float(m.mean()), "last": float(m[0, -1, -1, -1])} for m in maps],
    }


def of_features(network, names, prepared):
    with torch.no_grad():
        features = [network(image).flatten().numpy() for image in prepared]
    return {
        "names": names,
        "length": len(features[0]),
        "means": [float(f.mean()) for f in features],
        "features": [[round(float(v), 6) for v in f[7::61]] for f in features],
    }


def of_inception():
    from pytorch_fid import inception

    # The network's own weights are filled in below.
    inception.load_state_dict_from_url = lambda url, progress: inception._inception_v3(
        num_classes=1008, aux_logits=False, weights=None
    ).state_dict()
    originals = torch.nn.Module.load_state_dict
    torch.nn.Module.load_state_dict = lambda self, state, strict=True: None
    whole = inception.fid_inception_v3()
    inception.fid_inception_v3 = lambda: whole
    torch.nn.Module.load_state_dict = originals
    names = fill(whole, ["num_batches_tracked", "fc."])
    network = inception.InceptionV3()
    network.eval()
    return of_features(lambda image: network(image)[0], names, [rgb(index) / 255 for index in (0, 2)])


def of_efficientnet():
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite0")
    names = fill(network, ["num_batches_tracked", "_fc."])
    resize = lambda image: torch.nn.functional.interpolate(image, (224, 224), mode="bilinear", align_corners=False)
    prepared = [resize(rgb(index)) / 127.5 - 1 for index in (0, 2)]
    return of_features(lambda image: network.extract_features(image).mean((2, 3)), names, prepared)


def main():
    torch.set_num_threads(1)
    result = {
        "made_with": f"torch {torch.__version__}, torchvision {torchvision.__version__}, lpips 0.1.4, pytorch-fid 0.3.0, "
        "efficientnet-lite-pytorch 0.1.0",
        "greys": [int(picture(index).astype(np.int64).sum()) for index in range(3)],
        "alex": of_lpips("alex"),
        "vgg": of_lpips("vgg"),
        "inception": of_inception(),
        "efficientnet_lite0": of_efficientnet(),
    }
    (HERE / "perceptual.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
