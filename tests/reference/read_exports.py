"""Reads exports of a reviewed data set as the tools they are made for do, independently of the program, and prints what
it found as JSON: read_exports.py nnunet|mirage|webdataset|coco FOLDER. Needs numpy and Pillow.

nnU-Net v2: documentation/dataset_format.md (names, channels, consecutive labels, labels that are values, not colours).
MIRAGE: docs/segmentation_benchmark.md and mutils/dataset_folder.py (one name for both files, every value has a class).
WebDataset: samples are neighbours in the archive that share a key, which ends at the first dot.
COCO: annotations/*.json with compressed run-length masks, decoded here by the description of the format."""

import io
import json
import sys
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image


def values(data):
    image = Image.open(data)
    assert image.mode == "L", f"{data}: mode {image.mode}, not grey values"
    return np.asarray(image)


def nnunet(folder):
    dataset = json.loads((folder / "dataset.json").read_text())
    assert dataset["channel_names"] == {"0": "OCT"} and dataset["file_ending"] == ".png"
    labels = dataset["labels"]
    numbers = sorted(labels.values())
    assert labels["background"] == 0 and numbers == list(range(len(numbers)))
    if "ignore" in labels:
        assert labels["ignore"] == numbers[-1]
    cases, pixels = {}, {}
    for part in ["Tr", "Ts"]:
        cases[part] = []
        for image in sorted((folder / f"images{part}").glob("*.png")) if (folder / f"images{part}").is_dir() else []:
            case, channel = image.stem.rsplit("_", 1)
            assert channel == "0000"
            label = values(folder / f"labels{part}" / f"{case}.png")
            assert values(image).shape == label.shape
            assert set(np.unique(label)) <= set(numbers)
            cases[part].append(case)
            pixels[case] = int((label == labels["IRF"]).sum())
    assert dataset["numTraining"] == len(cases["Tr"])
    (split,) = json.loads((folder / "splits_final.json").read_text())
    assert sorted(split["train"] + split["val"]) == cases["Tr"]
    assert not set(split["train"]) & set(split["val"])
    return {"train": len(split["train"]), "val": len(split["val"]), "test": len(cases["Ts"]), "irf": pixels}


def mirage(folder):
    info = json.loads((folder / "INFO.json").read_text())
    mapping = {entry["value"]: int(number) for number, entry in info.items()}
    assert sorted(mapping.values()) == list(range(len(mapping)))
    irf = next(int(number) for number, entry in info.items() if entry["label"] == "IRF")
    counts, pixels = {}, {}
    for part in ["train", "val", "test"]:
        scans = sorted((folder / part / "bscan").glob("*.png"))
        masks = sorted((folder / part / "semseg").glob("*.png"))
        assert [scan.name for scan in scans] == [mask.name for mask in masks]
        counts[part] = len(scans)
        for scan, mask in zip(scans, masks):
            classes = np.vectorize(mapping.__getitem__)(values(mask))
            assert classes.shape == values(scan).shape
            pixels[scan.stem] = int((classes == irf).sum())
    return {**counts, "irf": pixels}


def samples(path):
    """(key, {ending: bytes}) of neighbours in the archive."""
    with tarfile.open(path) as archive:
        key, sample = None, {}
        for member in archive:
            name, _, ending = member.name.partition(".")
            assert member.isreg() and member.mtime == 0
            if name != key:
                if sample:
                    yield key, sample
                key, sample = name, {}
            assert ending not in sample
            sample[ending] = archive.extractfile(member).read()
        if sample:
            yield key, sample


def webdataset(folder):
    counts, pixels = {"train": 0, "val": 0, "test": 0}, {}
    for path in sorted(folder.glob("*.tar")):
        for key, sample in samples(path):
            assert set(sample) == {"json", "mask.png", "scan.png"}
            line = json.loads(sample["json"])
            assert line["id"].replace(".", "_") == key
            mask = Image.open(io.BytesIO(sample["mask.png"]))
            assert mask.mode == "P", "an indexed mask: indices are codes"
            assert mask.size == Image.open(io.BytesIO(sample["scan.png"])).size
            counts[path.name.split("-")[0]] += 1
            pixels[key] = int((np.asarray(mask) == 9).sum())
    return {**counts, "irf": pixels}


def decoded(counts, height, width):
    runs, at = [], 0
    while at < len(counts):
        value, shift, more = 0, 0, True
        while more:
            byte = ord(counts[at]) - 48
            value |= (byte & 31) << shift
            more = bool(byte & 32)
            shift += 5
            at += 1
            if not more and byte & 16:
                value |= -1 << shift
        if len(runs) > 2:
            value += runs[-2]
        runs.append(value)
    flat = np.concatenate([np.full(run, number % 2, np.uint8) for number, run in enumerate(runs)])
    return flat.reshape(width, height).T


def coco(folder):
    counts, pixels = {"train": 0, "val": 0, "test": 0}, {}
    for path in sorted((folder / "annotations").glob("*.json")):
        data = json.loads(path.read_text())
        names = {category["id"]: category["name"] for category in data["categories"]}
        counts[path.stem] = len(data["images"])
        for image in data["images"]:
            assert values(folder / path.stem / image["file_name"]).shape == (image["height"], image["width"])
            pixels[Path(image["file_name"]).stem] = 0
            for annotation in data["annotations"]:
                if annotation["image_id"] == image["id"] and names[annotation["category_id"]] == "IRF":
                    height, width = annotation["segmentation"]["size"]
                    mask = decoded(annotation["segmentation"]["counts"], height, width)
                    assert int(mask.sum()) == annotation["area"]
                    pixels[Path(image["file_name"]).stem] = annotation["area"]
    return {**counts, "irf": pixels}


layout, folder = sys.argv[1], Path(sys.argv[2])
print(json.dumps({"nnunet": nnunet, "mirage": mirage, "webdataset": webdataset, "coco": coco}[layout](folder)))
