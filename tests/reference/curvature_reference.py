"""Reference figures for src/metrics/curvature.rs: parabolas fitted with numpy over half a millimetre.

Writes curvature.json: a line in um with unknown columns, the width of a column, and what the line measures.
Run: python tests/reference/curvature_reference.py
"""

import json
import pathlib

import numpy

HERE = pathlib.Path(__file__).parent


def figures(line, column_um):
    half = round(250 / column_um)
    along = numpy.arange(-half, half + 1) * column_um / 1000
    bends = []
    for middle in range(half, len(line) - half):
        rows = line[middle - half : middle + half + 1]
        if numpy.isfinite(rows).all():
            bends.append(2 * numpy.polyfit(along, rows, 2)[0])
    steps = numpy.abs(numpy.diff(line))
    return {
        "curvatures": len(bends),
        "first": bends[0],
        "last": bends[-1],
        "median": numpy.median(numpy.abs(bends)),
        "sharp": numpy.quantile(numpy.abs(bends), 0.9),
        "largest_step": numpy.nanmax(steps),
    }


rng = numpy.random.default_rng(3)
cases = []
for column_um, count in [(11.3, 130), (45.2, 40)]:
    x = numpy.arange(count) * column_um / 1000
    line = 300 + 60 * x - 30 * x * x + 25 * numpy.sin(5 * x) + rng.normal(0, 2, count)
    line = numpy.round(line, 1)
    line[count // 2] = numpy.nan
    shown = [None if numpy.isnan(value) else float(value) for value in line]
    cases.append({"column_um": column_um, "line": shown, **figures(line, column_um)})
(HERE / "curvature.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
