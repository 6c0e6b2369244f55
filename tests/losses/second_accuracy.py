"""Errors of second derivatives of rowwise losses, in units of the last place.

    python -m tests.losses.second_accuracy softmax_cross_entropy
    python -m tests.losses.second_accuracy --all

The Hessian of `exact` comes from difference quotients in so many digits that their own error does
not count. The diagonal and the product with a drawn vector are held to the same bound, that which the
class declares for its "curvature": in units of the entry, or for the product of the sum of its
terms; ``"row"`` and ``"rounding"`` mean what they do in `row_accuracy`, with the largest entry of the
Hessian.
"""

import mpmath
import numpy as np

from tests.losses.row_accuracy import (
    bound,
    exact_value,
    examples,
    report,
    ulps,
)

# A step takes a third of them: what is left of a difference of second order is 1e-300 of the value.
DIGITS = 900
RESOLVED = 1e-270


def exact_hessian(loss, y, row):
    """All second derivatives at a row of mpmath numbers."""
    k = len(row)
    steps = [mpmath.mpf(10) ** (-DIGITS // 3) * (abs(v) or 1) for v in row]

    def at(*moves):
        moved = list(row)
        for j, sign in moves:
            moved[j] += sign * steps[j]
        return exact_value(loss, y, moved)

    here = at()
    found = [[None] * k for _ in row]
    for i in range(k):
        found[i][i] = (at((i, 1)) - 2 * here + at((i, -1))) / steps[i] ** 2
        for j in range(i):
            corners = [a * b * at((i, a), (j, b)) for a in (1, -1) for b in (1, -1)]
            found[i][j] = found[j][i] = sum(corners) / (4 * steps[i] * steps[j])
    return found


def rounding_of_hessian(loss, y, row, hessian):
    """What one relative rounding of the predictions changes in each entry of the Hessian."""
    k = len(row)
    change = [[mpmath.mpf(0)] * k for _ in row]
    for i, v in enumerate(row):
        h = mpmath.mpf(10) ** (-DIGITS // 12)
        moved = exact_hessian(loss, y, [*row[:i], v + h, *row[i + 1 :]])
        for a, b in np.ndindex(k, k):
            change[a][b] += abs(moved[a][b] - hessian[a][b]) / h * max(abs(v), 1)
    return change


def reference(loss, y, f, unit):
    """The Hessian of one row, and the size that an error of each entry is measured by."""
    with mpmath.workdps(DIGITS):
        row = [mpmath.mpf(float(v)) for v in f]
        hessian = exact_hessian(loss, y, row)
        sizes = [[abs(h) for h in line] for line in hessian]
        if unit != "result":
            largest = max(max(line) for line in sizes)
            sizes = [[largest] * len(f) for _ in f]
        if unit == "rounding":
            change = rounding_of_hessian(loss, y, row, hessian)
            sizes = [list(map(max, *pair)) for pair in zip(sizes, change, strict=True)]
        return hessian, sizes


def error_of(got, right, size):
    """In units of the last place; what the reference cannot tell from 0 is right if it is as small."""
    unresolved = max(abs(right), abs(got)) < RESOLVED
    return 0.0 if unresolved else ulps(got, right, size)


def measure(loss, rows=6, seed=5):
    """{"curvature" or "product": list of (error, y, f row, got, right), worst first}."""
    found = {"curvature": [], "product": []}
    unit = bound(type(loss), "curvature")[1]
    for y, f in examples(loss, rows, seed):
        d = np.random.default_rng(seed).normal(size=f.shape)
        diagonal = loss.curvature(y, f, reduction="none")
        product = loss.hessian_product(y, f, d, reduction="none")
        for i in range(len(f)):
            hessian, sizes = reference(loss, y[i], f[i], unit)
            for j in range(f.shape[1]):
                terms = [h * mpmath.mpf(float(v)) for h, v in zip(hessian[j], d[i], strict=True)]
                size = sum(s * abs(float(v)) for s, v in zip(sizes[j], d[i], strict=True))
                right = hessian[j][j]
                error = error_of(diagonal[i, j], right, sizes[j][j])
                found["curvature"].append((error, y[i], f[i], diagonal[i, j], right))
                with mpmath.workdps(DIGITS):
                    right = sum(terms)
                error = error_of(product[i, j], right, size)
                found["product"].append((error, y[i], f[i], product[i, j], right))
    for points in found.values():
        points.sort(key=lambda t: -t[0])
    return found


def with_second_derivatives(classes):
    return [cls for cls in classes if cls.has_curvature()]


def main(arguments=None):
    def of_curvature(cls, quantity):
        return bound(cls, "curvature")

    title = __doc__.splitlines()[0]
    return report(title, with_second_derivatives, measure, of_curvature, arguments)


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
