"""Values of the segmenters' loss for src/training/segmenting/loss.rs, computed with numpy.

Three classes on 5 x 6 pixels in a batch of two: scores 2 sin(0.7 c + 1.3 y + 0.5 x + b), the class of a pixel
(y + (x + b) // 3) // 2 up to 2. Printed: the loss of YNet's published code (its `CombinedLoss` on the softmax that its
network ends in, with which these numbers were compared: equal to 1e-6), and the correct form with each further term.
Run: python tests/reference/segment_loss_reference.py
"""

import numpy

B, C, H, W = 2, 3, 5, 6
b, c, y, x = numpy.meshgrid(*(numpy.arange(n) for n in (B, C, H, W)), indexing="ij")
SCORES = 2 * numpy.sin(0.7 * c + 1.3 * y + 0.5 * x + b)
LABELS = numpy.minimum((y + (x + b) // 3) // 2, C - 1)[:, 0]
TRUTH = (LABELS[:, None] == c).astype(float)


def softmax(values):
    powers = numpy.exp(values)
    return powers / powers.sum(1, keepdims=True)


def dice(found, truth, above, below):
    both, all_ = (found * truth).sum((0, 2, 3)), (found + truth).sum((0, 2, 3))
    return 1 - ((2 * both + above) / (all_ + below)).mean()


def contours(classes):
    outside = numpy.pad(1 - classes, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-numpy.inf)
    windows = [outside[:, :, dy : dy + H, dx : dx + W] for dy in range(3) for dx in range(3)]
    return numpy.max(windows, axis=0) - (1 - classes)


def main():
    found = softmax(SCORES)
    twice = softmax(found)
    entropy = lambda p, weights: -(weights * (TRUTH * numpy.log(p)).sum(1)).sum() / weights.sum()
    ones = numpy.ones((B, H, W))
    compat = entropy(twice, ones) + dice(numpy.exp(twice), TRUTH, 0, 1e-4)
    print("compat          %.6f" % compat)
    correct = lambda weights: entropy(found, weights) + dice(found, TRUTH, 1, 1)
    print("correct         %.6f" % correct(ones))
    emphasised = 1 + 10 * contours(TRUTH).max(1) + 5 * (LABELS > 0)
    print("boundary region %.6f" % correct(emphasised))
    # ReLayNet's published code: the mean over the pixels times the mean weight.
    times_mean = entropy(twice, ones) * emphasised.mean()
    print("the same compat %.6f" % (times_mean + dice(numpy.exp(twice), TRUTH, 0, 1e-4)))
    rims = contours(found), contours(TRUTH)
    contour = 1 - (2 * (rims[0] * rims[1]).sum() + 1) / (rims[0].sum() + rims[1].sum() + 1)
    print("contour 0.5     %.6f" % (correct(ones) + 0.5 * contour))
    print("the same compat %.6f" % (compat + 0.5 * contour))


if __name__ == "__main__":
    main()
