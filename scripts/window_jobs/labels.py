"""What a label mask says: the codes of a PNG, where layers lie, how far interfaces are from a grader's."""

import struct
import zlib

from .job import expect

INL, IRF = 3, 9
# Columns of a segment of an interface that is corrected.
SEGMENT = 66


def codes_of(path):
    """(width, height, codes) of an 8-bit label PNG, row by row."""
    with open(path, "rb") as file:
        data = file.read()
    width, height, depth, colour = struct.unpack(">IIBB", data[16:26])
    expect(depth == 8 and colour in (0, 3), f"{path} is no 8-bit label PNG")
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    raw, before, codes = zlib.decompress(packed), bytes(width), bytearray()
    for y in range(height):
        kind, row = raw[y * (width + 1)], bytearray(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width):
            left, above = (row[x - 1] if x else 0), before[x]
            corner = before[x - 1] if x else 0
            if kind == 1:
                row[x] = (row[x] + left) & 255
            elif kind == 2:
                row[x] = (row[x] + above) & 255
            elif kind == 3:
                row[x] = (row[x] + (left + above) // 2) & 255
            elif kind == 4:
                guess = left + above - corner
                best = min((abs(guess - left), 0, left), (abs(guess - above), 1, above), (abs(guess - corner), 2, corner))
                row[x] = (row[x] + best[2]) & 255
        codes += row
        before = row
    return width, height, bytes(codes)


def size_of(path):
    """(width, height) of a PNG."""
    with open(path, "rb") as file:
        return struct.unpack(">II", file.read(24)[16:24])


def middle_of(codes, width, layer, x):
    """The middle row of a layer at a column."""
    rows = [at for at in range(len(codes) // width) if codes[at * width + x] == layer]
    expect(rows, f"column {x} has no layer {layer}")
    return rows[len(rows) // 2]


def rows_of(codes, width, height):
    """For each interface k the first row of the layers from k on, `None` where a lesion hides it or nothing is known."""
    rows = {k: [None] * width for k in range(1, 9)}
    for x in range(width):
        column = codes[x::width]
        if 255 in column:
            continue
        for k in rows:
            y = next((y for y in range(height) if k <= column[y] <= 8), None)
            if y and column[y - 1] < k:
                rows[k][x] = y
    return rows


def distance(rows, true_rows, interface, x0):
    """Mean distance (px) of an interface from the true one over a segment."""
    pairs = [(rows[interface][x], true_rows[interface][x]) for x in range(x0 + 6, x0 + SEGMENT - 6)]
    known = [abs(a - b) for a, b in pairs if a is not None and b is not None]
    return sum(known) / len(known) if known else 0.0


def worst_segment(rows, true_rows, width):
    """(interface, first column) where a trace is farthest off, and met where the segment begins."""
    best = (0.0, 1, 0)
    for interface in rows:
        for x0 in range(0, width - SEGMENT, 6):
            known = [x for x in range(x0, x0 + SEGMENT) if true_rows[interface][x] is not None and rows[interface][x] is not None]
            if len(known) < SEGMENT - 6 or x0 not in known or abs(rows[interface][x0] - true_rows[interface][x0]) > 1:
                continue
            best = max(best, (distance(rows, true_rows, interface, x0), interface, x0))
    return best[1], best[2]
