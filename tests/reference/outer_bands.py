"""The outer bands: their course in training scans, and golden values of measuring and meeting it.

  outer_bands.py DATA    prints the courses and band contrasts of a data set made by `retidiff import` (needs Pillow)
  outer_bands.py         writes outer_bands.json beside this file

Written apart from the program, in double precision: src/encoding/outer_bands.rs and src/diffusion/outer_bands.rs.
"""
import json
import pathlib
import sys

import numpy as np

ABOVE, WITHIN = 8, 17
SAMPLES = ABOVE + WITHIN
VALIDATION = ("duke-7", "duke-8", "tian-7", "duke-9", "duke-10")


def lines(labels):
    height, width = labels.shape
    top, bottom, known = np.zeros(width), np.zeros(width), np.zeros(width, bool)
    for x in range(width):
        column = labels[:, x]
        ise, rpe = np.where(column == 6)[0], np.where(column == 7)[0]
        if len(ise) == 0 or len(rpe) == 0 or np.isin(column, (10, 11)).any():
            continue
        first, last = ise[0], rpe[-1] + 1
        if 8 <= last - first <= 48 and np.isin(column[first:last], (6, 7)).all() and first >= ABOVE and last < height:
            top[x], bottom[x], known[x] = first, last, True
    return smooth(top, known), smooth(bottom, known), known


def smooth(line, known):
    out = line.copy()
    for x in np.where(known)[0]:
        k = 0
        while k < 12 and x - k - 1 >= 0 and x + k + 1 < len(line) and known[x - k - 1] and known[x + k + 1]:
            k += 1
        weights = np.exp(-0.5 * (np.arange(-k, k + 1) / 4.0) ** 2)
        out[x] = (weights * line[x - k : x + k + 1]).sum() / weights.sum()
    return out


def profile(greys, x, top, bottom, shift=0.0):
    rows = np.r_[top + np.arange(-ABOVE, 0), top + np.arange(WITHIN) / (WITHIN - 1) * (bottom - top)] + shift
    rows = np.clip(rows, 0, greys.shape[0] - 1)
    first = np.minimum(np.floor(rows).astype(int), greys.shape[0] - 2)
    part = rows - first
    return greys[first, x] * (1 - part) + greys[first + 1, x] * part


def contrast_of(p):
    return p[ABOVE : ABOVE + 4].max() / p[ABOVE + 3 : ABOVE + 7].min()


def windows(greys, labels):
    top, bottom, known = lines(labels)
    found = np.where(known)[0]
    if len(found) == 0:
        return []
    out = []
    for start in range(found[0], len(known) - 16, 17):
        columns = [x for x in range(start, start + 17) if known[x]]
        if len(columns) >= 15:
            shifts = np.arange(-4, 5) * 0.75
            out.append([np.mean([profile(greys, x, top[x], bottom[x], s) for x in columns], 0) for s in shifts])
    return out


def best(window, course):
    return max(window, key=lambda p: np.corrcoef(p, course)[0, 1])


def course_of(contrast, soft, clear):
    low, high = np.log(contrast_of(soft)), np.log(contrast_of(clear))
    share = np.clip((np.log(contrast) - low) / (high - low), -0.5, 1.5)
    return soft * (clear / soft) ** share


def mean_around(profiles, known, x, deviation, reach):
    near = np.arange(max(0, x - reach), min(len(known), x + reach + 1))
    weights = np.exp(-0.5 * ((near - x) / deviation) ** 2) * known[near]
    return (weights[:, None] * profiles[near]).sum(0) / weights.sum()


def met(picture, labels, course):
    """`picture` in -1 to 1."""
    top, bottom, known = lines(labels)
    height, width = labels.shape
    greys = np.clip((picture + 1) / 2, 0, 1)
    came = np.array([profile(greys, x, top[x], bottom[x]) if known[x] else np.zeros(SAMPLES) for x in range(width)])
    fade = np.clip(np.arange(SAMPLES) / 6, 0, 1)
    fade[-3:] = [0.7, 0.4, 0.1]
    out = picture.copy()
    for x in np.where(known)[0]:
        mean = mean_around(came, known, x, 8.0, 16)
        ends = [k for k in range(1, 6) for s in (x - k, x + k) if 0 <= s < width and not known[s]]
        part = (min(ends) if ends else 6) / 6
        scale = mean[ABOVE:].sum() / course[ABOVE:].sum()
        exponents = np.log(np.clip(course * scale / np.maximum(mean, 0.01), 0.5, 2)) * fade * part
        for y in range(max(0, int(np.ceil(top[x] - ABOVE))), min(height, int(bottom[x]) + 1)):
            if 1 <= labels[y, x] <= 7:
                depth = y - top[x]
                at = ABOVE + (depth if depth < 0 else (WITHIN - 1) * depth / (bottom[x] - top[x]))
                factor = np.exp(np.interp(at, np.arange(SAMPLES), exponents))
                out[y, x] = min((picture[y, x] + 1) * factor - 1, 1)
    return out


def measured(folder):
    from PIL import Image

    scans = []
    for line in open(folder / "manifest.jsonl"):
        entry = json.loads(line)
        if entry["label"] and not entry.get("pseudo_labelled"):
            grey = np.array(Image.open(folder / entry["image"]).convert("L")).astype(float)
            scans.append((entry["subject"], grey, np.array(Image.open(folder / entry["label"]))))
    soft, clear = [], []
    for source in ("duke", "tian"):
        taken = [s for s in scans if s[0].startswith(source) and s[0] not in VALIDATION]
        found = [np.array(w) / w[4][ABOVE:].mean() for _, grey, labels in taken for w in windows(grey, labels)]
        course = np.mean([w[4] for w in found], 0)
        for _ in range(5):
            fitted = np.array([best(w, course) for w in found])
            course = fitted.mean(0)
        contrasts = np.log([contrast_of(p) for p in fitted])
        low, high = np.percentile(contrasts, [33, 80])
        soft.append(fitted[contrasts < low].mean(0))
        sharp = fitted[contrasts > high]
        peaks = np.array([np.argmax(p[6:14]) for p in sharp])
        shifts = np.clip(int(np.median(peaks)) - peaks, -2, 2)
        clear.append(np.mean([np.roll(p, s) for p, s in zip(sharp, shifts)], 0))
    soft, clear = (np.mean(both, 0) / np.mean(both, 0)[ABOVE:].mean() for both in (soft, clear))
    print("soft ", [round(float(v), 3) for v in soft])
    print("clear", [round(float(v), 3) for v in clear])
    by_eye = {}
    for subject, grey, labels in scans:
        found = windows(grey, labels)
        if len(found) >= 5:
            by_eye.setdefault(subject, []).append(np.median([contrast_of(best(w, clear)) for w in found]))
    for subject, contrasts in by_eye.items():
        print(subject, round(float(np.median(contrasts)), 2))


def made():
    """A mask of 110 columns with a gap and a dome of SRF, and a picture of soft bands."""
    height, width = 48, 110
    labels, pixels = np.zeros((height, width), int), np.zeros((height, width), int)
    for x in range(width):
        top = 20 + abs(x % 28 - 14) // 4
        for y in range(height):
            code = 5 if y >= 12 else 0
            code = 6 if top <= y < top + 6 else 7 if top + 6 <= y < top + 13 else 8 if y >= top + 13 else code
            if 40 <= x < 43 and code == 6:
                code = 5
            if x == 60 and y == top - 1:
                code = 10
            if x == 75 and y == top - 3:
                code = 9
            labels[y, x] = code
            pixels[y, x] = [20, 0, 0, 0, 0, 60, 150, 160, 40, 30, 30][code] + (7 * x + 13 * y + x * y % 11) % 31
    return labels, pixels


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measured(pathlib.Path(sys.argv[1]))
        sys.exit()
    text = (pathlib.Path(__file__).parents[2] / "src/encoding/outer_bands.rs").read_text()
    table = lambda name: np.array(eval(text.split(f"const {name}: [f32; SAMPLES] = ")[1].split(";")[0].strip()))
    soft, clear = table("SOFT"), table("CLEAR")
    labels, pixels = made()
    course = course_of(1.35, soft, clear)
    found = sorted(contrast_of(best(w, clear)) for w in windows(pixels / 255.0, labels))
    out = met(pixels / 127.5 - 1, labels, course)
    places = [[y, x] for x in (0, 7, 39, 44, 59, 66, 75, 109) for y in (13, 17, 19, 21, 24, 28, 33, 36)]
    golden = {
        "course": [round(float(v), 6) for v in course],
        "contrast": round(float(np.median(found)), 6),
        "windows": len(found),
        "places": places,
        "met": [round(float(out[y, x]), 6) for y, x in places],
    }
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
