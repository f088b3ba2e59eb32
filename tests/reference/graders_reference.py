"""Golden values of a study of graders (src/review/graders): distances, Dice, regions, quartiles and whiskers, Bland-Altman
and kappa of drawn sets, computed with numpy and scipy. Run once: python graders_reference.py > graders.json"""

import json

import numpy as np
from scipy import ndimage

WIDTH, HEIGHT, AXIAL, LATERAL = 40, 64, 4.0, 25.0
SCANS, GRADERS = 12, 3
BASE = [8, 14, 20, 26, 32, 40, 48, 56]
rng = np.random.default_rng(7)


def drawn(scan):
    """Rows of the eight interfaces in every column, and rectangles (kind, y0, y1, x0, x1) of fluid."""
    ends = rng.integers(-1, 2, size=2)
    rows = []
    for index, base in enumerate(BASE):
        if index in (0, 7):
            rows.append([int(base + ends[index // 7])] * WIDTH)
        else:
            rows.append([int(base + step) for step in rng.integers(-1, 2, size=WIDTH)])
    rectangles = []
    for kind, (y, x) in ((1, (21, 5)), (1, (33, 22)), (2, (49, 12)), (3, (53, 28))):
        if rng.random() < (0.8 if scan % 2 == 0 else 0.25):
            dy, dx = rng.integers(0, 2), rng.integers(0, 3)
            y0, x0 = y + int(dy), x + int(dx)
            rectangles.append([kind, y0, y0 + 2 + int(rng.integers(0, 2)), x0, x0 + 6 + int(rng.integers(0, 4))])
    return {"rows": rows, "rectangles": rectangles}


def lesions(mask, kind):
    plane = np.zeros((HEIGHT, WIDTH), bool)
    for of, y0, y1, x0, x1 in mask["rectangles"]:
        if of == kind:
            plane[y0:y1, x0:x1] = True
    return plane


def five(values):
    values = np.array(values)
    if len(values) == 0:
        return None
    first, median, third = np.percentile(values, [25, 50, 75])
    reach = 1.5 * (third - first)
    inside = values[(values >= first - reach) & (values <= third + reach)]
    outliers = sorted(values[(values < first - reach) | (values > third + reach)].tolist())
    return {"count": len(values), "mean": values.mean(), "five": [inside.min(), first, median, third, inside.max()], "outliers": outliers}


def kappa(both):
    """Cohen's kappa from the table of counts; None where chance alone agrees."""
    both = np.array(both)
    table = np.array([[np.sum((both[:, 0] == a) & (both[:, 1] == b)) for b in (0, 1)] for a in (0, 1)]) / len(both)
    chance = float(table.sum(axis=1) @ table.sum(axis=0))
    return None if abs(1 - chance) < 1e-12 else (float(np.trace(table)) - chance) / (1 - chance)


def bland_altman(pairs):
    pairs = np.array(pairs)
    difference = pairs[:, 0] - pairs[:, 1]
    bias, deviation = difference.mean(), difference.std(ddof=1)
    z = 1.959963984540054
    return {"bias": bias, "deviation": deviation, "limits": [bias - z * deviation, bias + z * deviation]}


scans = [[drawn(scan) for _ in range(GRADERS)] for scan in range(SCANS)]
scans[3][2] = scans[7][2] = None
pairs = []
for a in range(GRADERS):
    for b in range(a + 1, GRADERS):
        shared = [(scan[a], scan[b]) for scan in scans if scan[a] and scan[b]]
        distance = lambda one, two, k: np.abs(np.array(one["rows"][k]) - np.array(two["rows"][k])).mean() * AXIAL
        thickness = lambda mask: (mask["rows"][7][0] - mask["rows"][0][0]) * AXIAL
        area = lambda mask: sum(lesions(mask, kind).sum() for kind in (1, 2, 3)) * AXIAL * LATERAL * 1e-6
        dice, presence, regions = [], [], []
        for kind in (1, 2, 3):
            planes = [(lesions(one, kind), lesions(two, kind)) for one, two in shared]
            dice.append(five([2 * (p & q).sum() / (p.sum() + q.sum()) for p, q in planes if p.any() or q.any()]))
            presence.append(kappa([(int(p.any()), int(q.any())) for p, q in planes]))
            counts = np.zeros(3, int)
            for p, q in planes:
                labelled, own = ndimage.label(p, structure=np.ones((3, 3)))
                counts += [own, ndimage.label(q, structure=np.ones((3, 3)))[1], len(set(labelled[p & q].tolist()))]
            regions.append(counts.tolist())
        pairs.append({
            "graders": [a, b],
            "interface_um": [five([distance(one, two, k) for one, two in shared]) for k in range(8)],
            "dice": dice,
            "kappa": presence,
            "regions": regions,
            "central_um": bland_altman([(thickness(one), thickness(two)) for one, two in shared]),
            "fluid_mm2": bland_altman([(area(one), area(two)) for one, two in shared]),
        })
# A row is a digit string of its distance from its base, -1 to 1 as 0 to 2.
packed = [
    [mask and {
        "rows": ["".join(str(row - base + 1) for row in rows) for rows, base in zip(mask["rows"], BASE)],
        "rectangles": mask["rectangles"],
    } for mask in scan] for scan in scans
]
print(json.dumps({"size": [WIDTH, HEIGHT], "um": [AXIAL, LATERAL], "base": BASE, "scans": packed, "pairs": pairs}, separators=(",", ":")))
