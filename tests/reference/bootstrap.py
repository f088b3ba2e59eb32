"""Golden intervals of the subject-clustered bootstrap and of paired comparisons, from numpy.

Needs numpy; writes bootstrap.json beside itself. The draws are those of the Rust program: Philox4x32-10 written here
from its paper (Salmon et al. 2011) and checked against the authors' known answers. Percentiles are numpy's. For the
mean there is an interval by numpy's own generator too, with many more resamples, which must come near.
"""

import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
RESAMPLES = 2000
STREAM = 41 << 16
WORD = 0xFFFFFFFF


def philox(counter, key):
    """Ten rounds; before each but the first the key takes a step of the Weyl sequence."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        a, b = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ k0, b & WORD, (a >> 32) ^ c3 ^ k1, a & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return [c0, c1, c2, c3]


assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
assert philox([WORD] * 4, [WORD] * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]


class Draws:
    """The draws of one resample: word after word, each a number in (0, 1)."""

    def __init__(self, seed, resample):
        self.key = [seed & WORD, seed >> 32]
        self.event = resample
        self.words = []
        self.blocks = 0

    def below(self, bound):
        if not self.words:
            counter = [self.blocks, self.event & WORD, STREAM | 1 << 31, self.event >> 32]
            self.words = philox(counter, self.key)
            self.blocks += 1
        uniform = (self.words.pop(0) + 0.5) / 2.0**32
        return min(int(uniform * bound), bound - 1)


def drawn(subjects, draws):
    """(subject, image) of a resample: subjects with replacement, and of each as many images as it has."""
    places = []
    for _ in subjects:
        subject = draws.below(len(subjects))
        count = len(subjects[subject])
        places += [(subject, draws.below(count)) for _ in range(count)]
    return places


def interval(subjects, statistic, resamples):
    every = [image for subject in subjects for image in subject]
    of_resamples = [statistic([subjects[s][i] for s, i in places]) for places in resamples]
    defined = np.array([value for value in of_resamples if value is not None])
    low, high = np.percentile(defined, [2.5, 97.5])
    found = {"estimate": statistic(every), "low": low, "high": high, "resamples": len(defined)}
    return found, defined


def mean(values):
    return float(np.mean(values))


def pooled_dice(images):
    """(found, in both masks together); undefined where neither has a pixel."""
    both, together = np.sum(images, axis=0)
    return float(2 * both / together) if together > 0 else None


def paired(subjects, resamples):
    gains = [[second - first for first, second in subject] for subject in subjects]
    found, values = interval(gains, mean, resamples)
    return {"difference": found, "share_above_zero": float(np.mean(values > 0))}


def seeded(subjects, seed):
    """Trainings of several seeds: an image has the values of either side, seed by seed, None where undefined. The seeds of
    each side are drawn by themselves, before the eyes; the means over seeds are then compared image by image. Also the
    first side's own mean."""
    counts = [len(side) for side in subjects[0][0]]

    def over(image, side, seeds):
        values = [image[side][s] for s in seeds[side] if image[side][s] is not None]
        return np.mean(values) if values else None

    def figures(seeds, images):
        sides = [[over(image, side, seeds) for side in (0, 1)] for image in images]
        gains = [second - first for first, second in sides if first is not None and second is not None]
        own = [np.mean([image[0][s] for image in images if image[0][s] is not None]) for s in seeds[0]]
        return float(np.mean(gains)), float(np.mean(own))

    every = figures([range(count) for count in counts], [image for eye in subjects for image in eye])
    resamples = []
    for number in range(RESAMPLES):
        draws = Draws(seed, number)
        seeds = [[draws.below(count) for _ in range(count)] for count in counts]
        first = figures(seeds, [subjects[s][i] for s, i in drawn(subjects, draws)])[0]
        draws = Draws(seed, number)
        seeds = [[draws.below(counts[0]) for _ in range(counts[0])], [0]]
        resamples.append([first, figures(seeds, [subjects[s][i] for s, i in drawn(subjects, draws)])[1]])
    ends = np.percentile(resamples, [2.5, 97.5], axis=0)
    names = ["difference", "own"]
    return {
        name: {"estimate": every[at], "low": ends[0][at], "high": ends[1][at], "resamples": RESAMPLES}
        for at, name in enumerate(names)
    }


def by_numpy(subjects, count):
    """The same design with numpy's generator."""
    generator = np.random.default_rng(1)
    means = np.empty(count)
    for at in range(count):
        chosen = generator.integers(len(subjects), size=len(subjects))
        drawn = [generator.choice(subjects[s], size=len(subjects[s])) for s in chosen]
        means[at] = np.concatenate(drawn).mean()
    return np.percentile(means, [2.5, 97.5]).tolist()


def main():
    seed = 5_000_000_011
    generator = np.random.default_rng(7)
    # Eyes that differ, with different numbers of images; one of them has none and is no subject.
    scores = [
        np.round(0.6 + 0.08 * eye + 0.05 * generator.standard_normal(count), 4).tolist()
        for eye, count in enumerate([3, 1, 5, 2])
    ]
    gains = [[[score, round(score + 0.01 + 0.03 * generator.standard_normal(), 4)] for score in eye] for eye in scores]
    fluid = [[[30, 90], [0, 40]], [[0, 0], [0, 0], [0, 0]], [[200, 450]]]
    others = [np.round(0.7 + 0.1 * generator.standard_normal(count), 4).tolist() for count in [4, 2, 3]]

    trained = [
        [
            [
                np.round(0.7 + 0.05 * eye + 0.03 * generator.standard_normal(3), 3).tolist(),
                np.round(0.72 + 0.05 * eye + 0.03 * generator.standard_normal(2), 3).tolist(),
            ]
            for _ in range(count)
        ]
        for eye, count in enumerate([2, 3])
    ]
    trained[1][0][1][0] = None

    def resamples(subjects):
        return [drawn(subjects, Draws(seed, number)) for number in range(RESAMPLES)]

    of_scores = resamples(scores)
    groups = []
    for number in range(RESAMPLES):
        draws = Draws(seed, number)
        first, second = (
            mean([subjects[s][i] for s, i in drawn(subjects, draws)]) for subjects in (scores, others)
        )
        groups.append(second - first)
    flat = [value for subject in scores for value in subject]
    low, high = np.percentile(groups, [2.5, 97.5])
    golden = {
        "made_with": f"numpy {np.__version__}",
        "seed": seed,
        "scores": scores,
        "first_resamples": of_scores[:3],
        "mean": interval(scores, mean, of_scores)[0],
        "mean_by_numpys_generator": by_numpy(scores, 100_000),
        "fluid": fluid,
        "pooled_dice": interval(fluid, pooled_dice, resamples(fluid))[0],
        "pairs": gains,
        "paired": paired(gains, of_scores),
        "others": others,
        "groups": {
            "estimate": mean([value for subject in others for value in subject]) - mean(flat),
            "low": low,
            "high": high,
            "resamples": RESAMPLES,
        },
        "trained": trained,
        "seeded": seeded(trained, seed),
        "quantiles": [[share, float(np.quantile(flat, share))] for share in (0.0, 0.025, 0.4, 0.5, 0.975, 1.0)],
    }
    (HERE / "bootstrap.json").write_text(json.dumps(golden) + "\n")


main()
