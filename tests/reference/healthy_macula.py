#!/usr/bin/env python3
"""How thick the layers of a healthy macula are at each distance from the fovea: the table of src/cases/healthy_table.rs.

usage: healthy_macula.py TIAN_DIR > src/cases/healthy_table.rs      (TIAN_DIR = tian2015, needs numpy)

Source: Tian et al., PLOS ONE 10(8): e0133908 (2015), S1 Data, CC BY 4.0. Of each of the seven eyes (subject 8 is the eye
of subject 1) the B-scan whose layers inside of the INL are thinnest, centred on the middle of that pit, mirrored so that
the thicker NFL, the nasal side, is to the right. Means over the eyes; lateral spacing 11 um (10 to 12 in the publication).
"""
import pathlib, sys
import numpy as np

AXIAL_UM, LATERAL_UM = 3.9, 11.0
OFFSETS_UM = np.arange(-3000, 3001, 100)
tian = pathlib.Path(sys.argv[1])


def foveal_scan(subject):
    rows = np.stack([np.loadtxt(tian / f'boundaries/Subject{subject}_{k}.txt', delimiter=',') for k in range(1, 9)])
    rows = np.maximum.accumulate(rows, axis=0)                      # [8, column, b-scan]
    smooth = lambda line, n: np.convolve(np.pad(line, n // 2, 'edge'), np.ones(n) / n, 'valid')
    inner = np.stack([smooth(rows[2, :, b] - rows[0, :, b], 15) for b in range(rows.shape[2])]) * AXIAL_UM
    b = int(np.argmin(inner[:, 100:-100].min(axis=1)))
    line = inner[b]
    low = 100 + int(np.argmin(line[100:-100]))
    level = line[low] + 30.0                                         # middle of the pit 30 um above its floor
    left = next(x for x in range(low, 0, -1) if line[x] > level)
    right = next(x for x in range(low, len(line)) if line[x] > level)
    return rows[:, :, b], (left + right) / 2


eyes, curves = [], []
for subject in range(1, 8):
    rows, centre = foveal_scan(subject)
    at = (np.arange(rows.shape[1]) - centre) * LATERAL_UM
    layers = np.diff(rows, axis=0) * AXIAL_UM
    nasal_right = layers[0][at > 1000].mean() > layers[0][at < -1000].mean()
    if not nasal_right:
        at, layers = -at[::-1], layers[:, ::-1]
    known = np.stack([np.interp(OFFSETS_UM, at, layer, left=np.nan, right=np.nan) for layer in layers])
    eyes.append(known)
    bm = rows[7] * AXIAL_UM
    x = (np.arange(len(bm)) - centre) * LATERAL_UM / 1000
    curves.append(np.polyfit(x, bm, 2))
eyes = np.stack(eyes)                                                # [eye, layer, offset]
mean = np.nanmean(eyes, axis=0)
# A little smoothing: seven eyes leave steps.
kernel = np.array([0.25, 0.5, 0.25])
smooth = np.stack([np.convolve(np.pad(layer, 1, 'edge'), kernel, 'valid') for layer in mean])
centre = len(OFFSETS_UM) // 2
smooth[:, centre] = mean[:, centre]
parafovea = (np.abs(OFFSETS_UM) >= 700) & (np.abs(OFFSETS_UM) <= 1500)
spread = np.nanstd(np.nanmean(eyes[:, :, parafovea], axis=2), axis=0, ddof=1) / np.nanmean(mean[:, parafovea], axis=1)

out = sys.stdout.write
out('''//! Layer thickness of the healthy macula by distance from the fovea, made by `tests/reference/healthy_macula.py`
//! from seven eyes of Tian et al., PLOS ONE 10(8): e0133908 (2015), S1 Data, CC BY 4.0.

/// Distance between the columns of the table.
pub const STEP_UM: f64 = 100.0;
/// Distance of the first column from the fovea: temporal is negative, nasal positive.
pub const FIRST_UM: f64 = %.1f;
/// Columns of the table.
pub const COLUMNS: usize = %d;
/// Standard deviation between the eyes of each layer's thickness 700 to 1500 um from the fovea, as a share of its mean.
pub const SPREAD: [f64; 7] = [%s];

/// Mean thickness in um: layers in order of depth, temporal to nasal.
#[rustfmt::skip]
pub const THICKNESS_UM: [[f64; COLUMNS]; 7] = [
''' % (OFFSETS_UM[0], len(OFFSETS_UM), ', '.join('%.3f' % s for s in spread)))
for layer in smooth:
    out('    [\n')
    for start in range(0, len(layer), 12):
        out('        ' + ' '.join('%.1f,' % max(v, 0) for v in layer[start:start + 12]) + '\n')
    out('    ],\n')
out('];\n')
for c in curves:
    print('bm um per mm2, per mm, row um:', np.round(c, 1), file=sys.stderr)
