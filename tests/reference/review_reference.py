"""Figures of a review by other ways than the program's: Wilson's interval by bisection of its equation, the interval of
Cohen's kappa by numerical differentiation (delta method). Standard library only; prints Rust literals."""

import math

Z = 1.959963984540054


def wilson(count, of):
    share = count / of

    def excess(p):  # (share - p)^2 = z^2 p (1 - p) / n at both ends
        return (share - p) ** 2 - Z * Z * p * (1 - p) / of

    def bisect(inside, outside):
        for _ in range(200):
            middle = (inside + outside) / 2
            if excess(middle) <= 0:
                inside = middle
            else:
                outside = middle
        return (inside + outside) / 2

    low = 0.0 if count == 0 else bisect(share, 0.0)
    high = 1.0 if count == of else bisect(share, 1.0)
    return low, high


def kappa_of(p):
    agreement = p[0][0] + p[1][1]
    chance = sum((p[i][0] + p[i][1]) * (p[0][i] + p[1][i]) for i in range(2))
    return (agreement - chance) / (1 - chance)


def kappa(table):
    n = sum(map(sum, table))
    p = [[cell / n for cell in row] for row in table]
    step = 1e-6
    gradient = {}
    for i in range(2):
        for j in range(2):
            up = [row[:] for row in p]
            down = [row[:] for row in p]
            up[i][j] += step
            down[i][j] -= step
            gradient[i, j] = (kappa_of(up) - kappa_of(down)) / (2 * step)
    mean = sum(p[i][j] * gradient[i, j] for i in range(2) for j in range(2))
    square = sum(p[i][j] * gradient[i, j] ** 2 for i in range(2) for j in range(2))
    spread = Z * math.sqrt((square - mean**2) / n)
    value = kappa_of(p)
    return value, value - spread, value + spread


for count, of in [(0, 10), (7, 10), (100, 100)]:
    print((count, of), *wilson(count, of))
for table in [[[20, 5], [10, 15]], [[3, 1], [2, 90]], [[40, 9], [6, 45]]]:
    print(table, *kappa(table))
