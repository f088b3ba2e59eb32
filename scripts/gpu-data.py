#!/usr/bin/env python3
"""The scans that travel to a GPU machine, in as few bytes as keep them lossless:
  scripts/gpu-data.py DATA BUILT OUT.tar ROOM_BYTES
DATA is what `retidiff import` made, BUILT what `retidiff dataset build --crop` made of it.

Rows farther than 60 from the retina stay here. A scan without labels is cut to where the labelled scans of its eye have
their labels. Packed are, as long as there is room: the labelled scans that train, those that validate, and scans of
training eyes without labels, eyes taking turns. Scans without labels of eyes that validate stay here: no stage reads
them but for the loss of stage 1, which labelled ones show as well.
Needs Pillow and numpy.
"""
import io
import json
import os
import sys
import tarfile

import numpy
from PIL import Image

MARGIN_ROWS = 60
# Above the ILM, below BM, unannotated: all else is retina.
NO_RETINA = (0, 8, 255)
UNANNOTATED = 255
# At least; eyes take turns.
VALIDATION_SCANS = 4
# The archive's end, its manifest and its split.
SPARE_BYTES = 256 << 10


def entries_of(folder):
    with open(os.path.join(folder, "manifest.jsonl")) as lines:
        return [json.loads(line) for line in lines]


def read(folder, name):
    return numpy.asarray(Image.open(os.path.join(folder, name)))


def run_of(places):
    """First and last place that is true, the end excluded."""
    found = numpy.flatnonzero(places)
    return (int(found[0]), int(found[-1]) + 1) if len(found) else None


def around(run, limit):
    return max(run[0] - MARGIN_ROWS, 0), min(run[1] + MARGIN_ROWS, limit)


def joined(one, other):
    return other if one is None else one if other is None else (min(one[0], other[0]), max(one[1], other[1]))




def png(picture):
    packed = io.BytesIO()
    picture.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def packed_scan(folder, entry, rows, columns):
    """The entry in its new frame, and its files. Rows that stay here are black and said to be unscanned, so that the
    program fills them with the texture beside them and leaves them out of its loss."""
    first, end = columns
    box = (first, 0, end, entry["height"])

    def cut(what):
        return Image.open(os.path.join(folder, entry[what])).crop(box)

    image = numpy.array(cut("image"))
    scanned = numpy.array(cut("scanned_area")) if entry["scanned_area"] else numpy.full(image.shape[:2], 255, "uint8")
    for plane in (image, scanned):
        plane[: rows[0]] = 0
        plane[rows[1] :] = 0
    new = {**entry, "width": end - first, "scanned_area": entry["scanned_area"] or f"scanned/{entry['id']}.png"}
    new["ignored_columns"] = [[max(a, first) - first, min(b, end) - first]
                              for a, b in entry["ignored_columns"] if a < end and b > first]
    files = {new["image"]: png(Image.fromarray(image)), new["scanned_area"]: png(Image.fromarray(scanned))}
    if entry["label"]:
        # A palette stays one.
        files[entry["label"]] = png(cut("label"))
    return new, files


def weight(files):
    """Of the files in an archive: a header each, and whole blocks."""
    return sum(512 + (len(bytes_) + 511) // 512 * 512 for bytes_ in files.values())


def spread(scans):
    """The same scans, so ordered that every beginning of the list is spread over all of them."""
    order = sorted(range(len(scans)), key=lambda at: int(f"{at:020b}"[::-1], 2))
    return [scans[at] for at in order]


def taking_turns(by_subject):
    lists = [spread(scans) for _, scans in sorted(by_subject.items())]
    return [scans[turn] for turn in range(max(map(len, lists), default=0)) for scans in lists if turn < len(scans)]


def main(data, built, out, room):
    with open(os.path.join(built, "split.json")) as text:
        split = json.load(text)
    # Where the labels of an eye's scans lie on their pages.
    pages, rows_of, columns_of = {entry["id"]: entry for entry in entries_of(data)}, {}, {}
    for entry in pages.values():
        if entry["label"]:
            labels, subject = read(data, entry["label"]), entry["subject"]
            rows_of[subject] = joined(rows_of.get(subject), run_of((~numpy.isin(labels, NO_RETINA)).any(axis=1)))
            columns_of[subject] = joined(columns_of.get(subject), run_of((labels != UNANNOTATED).any(axis=0)))
    trains, validates, bare = [], {}, {}
    for entry in entries_of(built):
        subject = entry["subject"]
        if subject in split["held_out"]:
            continue
        if entry["label"] and subject in split["validation"]:
            validates.setdefault(subject, []).append(entry)
        elif entry["label"]:
            trains.append(entry)
        elif subject not in split["validation"]:
            bare.setdefault(subject, []).append(entry)
    validates = taking_turns(validates)
    wanted = trains + validates + taking_turns(bare)
    needed = len(trains) + min(VALIDATION_SCANS, len(validates))
    left, taken = room - SPARE_BYTES, {}
    for place, entry in enumerate(wanted):
        subject, whole = entry["subject"], (0, entry["height"])
        if entry["label"]:
            retina = run_of((~numpy.isin(read(built, entry["label"]), NO_RETINA)).any(axis=1))
            rows, columns = around(retina, entry["height"]) if retina else whole, (0, entry["width"])
        else:
            # Pages of one eye are of one size, or they are taken whole.
            is_page = entry["width"] == pages.get(entry["id"], {}).get("width")
            rows = around(rows_of[subject], entry["height"]) if is_page and rows_of.get(subject) else whole
            columns = (is_page and columns_of.get(subject)) or (0, entry["width"])
            rows, columns = (rows[0], min(rows[1], entry["height"])), (columns[0], min(columns[1], entry["width"]))
        new, files = packed_scan(built, entry, rows, columns)
        if weight(files) > left:
            if place < needed:
                sys.exit(f"error: {place} of {needed} labelled scans fill the {room >> 20} MiB that are left; let less "
                         "travel beside them: one build, or a tree of what a visit needs (docs/gpu.md)")
            break
        left -= weight(files)
        taken[entry["id"]] = new, files
    with tarfile.open(out, "w") as archive:
        def add(name, bytes_):
            header = tarfile.TarInfo(name)
            header.size, header.mode = len(bytes_), 0o644
            archive.addfile(header, io.BytesIO(bytes_))

        kept = [taken[entry["id"]] for entry in entries_of(built) if entry["id"] in taken]
        for _, files in kept:
            for name, bytes_ in files.items():
                add(name, bytes_)
        add("split.json", json.dumps(split).encode())
        # Last: it says that all is there.
        lines = "".join(json.dumps(entry, separators=(",", ":"), ensure_ascii=False) + "\n" for entry, _ in kept)
        add("manifest.jsonl", lines.encode())
    labelled = sum(bool(entry["label"]) for entry, _ in kept)
    of_bare = sum(map(len, bare.values()))
    print(f"data: {labelled} of {len(trains) + len(validates)} labelled scans and {len(kept) - labelled} of {of_bare} "
          f"without labels, {os.path.getsize(out) / 2**20:.1f} MiB")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
