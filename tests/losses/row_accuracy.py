"""Errors of rowwise losses in units of the last place, against their textbook formula.

    python -m tests.losses.row_accuracy softmax_cross_entropy      these losses
    python -m tests.losses.row_accuracy --all                      every registered rowwise loss

The value is compared with `exact` in mpmath, each gradient entry with a difference quotient of it
in so many digits that its own error does not count, or with `exact_gradient` where the gradient is
declared not to be the derivative of the value (`gradient_field`). The bound is 2 ulp of each entry, unless the
class declares another: ``accuracy = {"gradient": Bound(4.0, "why")}``. `of` names a wider unit,
for formulas whose terms cancel. ``"row"``: for the value, the largest of abs(value) and the sum of
abs(f * gradient), which is what one rounding of the predictions changes; for the gradient, its
largest entry. ``"rounding"``, where columns have units of their own: as ``"row"``, but the gradient is
also allowed what one rounding of the predictions changes, and each prediction counts as at
least 1, the scale of a logarithm.
"""

import argparse

import mpmath
import numpy as np

import losslab as ll
from losslab.losses import find
from losslab.losses.kinds.row_domains import ROW_TARGETS
from tests.contract.corners import corners

BOUND = 2.0
DIGITS = 480  # a loss of 1 may have a slope of 1e-300, and the step takes a third of this
MIN_NORMAL = float(np.finfo(float).tiny)
# Examples are tried at these sizes of the predictions, if nothing else is said below.
SCALES = (1e-3, 1.0, 30.0)
SCALES_OF = {
    **dict.fromkeys(("aft_loglogistic", "aft_weibull", "aft_lognormal"), (1e-3, 1.0, 3.0)),
    "censored_gaussian": (1e-3, 1.0, 3.0),
    "cosine_distance": (1e-150, 1e-3, 1.0, 1e150),
    "density_power_gaussian": (1e-3, 1.0, 10.0),
    "multivariate_gaussian_nll": (1e-3, 1.0, 5.0),
    # their columns hold logarithms of steps and scales
    "cumulative_logit": (1e-3, 1.0, 4.0),
    "cumulative_probit": (1e-3, 1.0, 3.0),
    "cumulative_cloglog": (1e-3, 1.0, 2.0),
}


# Parameters to try where the corners of `grids` make no sense: whole numbers that set a shape.
SETTINGS_OF = {
    "energy_score": ({}, {"dimension": 1}, {"dimension": 3}),
    "variogram_score": ({}, {"dimension": 3}, {"power": 1.0}, {"power": 2.0, "dimension": 3}),
}


def scales_of(cls):
    """Factors for examples; probabilities are not scaled."""
    if "probabilit" in cls.prediction:
        return (1.0,)
    return SCALES_OF.get(cls.name, SCALES)


def settings(cls):
    """Losses worth testing: default and extreme parameters, each with the example vector."""
    found = []
    for parameters in SETTINGS_OF.get(cls.name) or corners(cls, most=8):
        try:
            found.append(cls.typical(**parameters))
        except ValueError:
            continue
    return found


def as_target(loss, y):
    """A target as `exact` takes it: an int for a class, a number, or a list."""
    if ROW_TARGETS[loss.target].columns != 1:
        return [mpmath.mpf(float(v)) for v in y]
    return int(y) if loss.target in ("class", "level") else mpmath.mpf(float(y))


def exact_arguments(loss, y, f):
    """What `exact` takes: mpmath, the target, the row, the parameters."""
    parameters = dict(loss.parameters)
    vector = [[mpmath.mpf(v) for v in parameters.pop(k)] for k in loss.vector_specs]
    scalars = [mpmath.mpf(v) for v in parameters.values()]
    return mpmath.mp, as_target(loss, y), f, *vector, *scalars


def exact_value(loss, y, f):
    """The textbook value of one row of mpmath numbers, at the current precision."""
    return mpmath.mpf(loss.exact(*exact_arguments(loss, y, f)))


def exact_gradient(loss, y, row):
    """The gradient at a row of mpmath numbers, from differences if the class does not give it."""
    if loss.gradient_field:
        return [mpmath.mpf(g) for g in loss.exact_gradient(*exact_arguments(loss, y, row))]
    gradient = []
    for j in range(len(row)):
        h = mpmath.mpf(10) ** (-DIGITS // 3) * (abs(row[j]) or 1)
        ends = [exact_value(loss, y, [*row[:j], row[j] + s * h, *row[j + 1 :]]) for s in (1, -1)]
        gradient.append((ends[0] - ends[1]) / (2 * h))
    return gradient


def reference(loss, y, f):
    """Value and gradient of one row, right to many more digits than a double has."""
    with mpmath.workdps(DIGITS):
        row = [mpmath.mpf(float(v)) for v in f]
        return exact_value(loss, y, row), exact_gradient(loss, y, row)


def rounding_of_gradient(loss, y, f, gradient):
    """What one relative rounding of the predictions changes in each entry of the gradient."""
    with mpmath.workdps(DIGITS):
        row = [mpmath.mpf(float(v)) for v in f]
        change = [mpmath.mpf(0)] * len(row)
        for i, v in enumerate(row):
            h = mpmath.mpf(10) ** (-DIGITS // 6)
            moved = exact_gradient(loss, y, [*row[:i], v + h, *row[i + 1 :]])
            change = [
                c + abs(a - b) / h * max(abs(v), 1)
                for c, a, b in zip(change, moved, gradient, strict=True)
            ]
        return change


def ulps(got, right, size):
    """Error in units of the last place of a number of that size."""
    if not np.isfinite(got):
        return 0.0 if np.isinf(got) and abs(right) > 1.7e308 else np.inf
    if abs(right) < MIN_NORMAL and abs(got) <= 2 * MIN_NORMAL:
        return 0.0
    unit = float(np.spacing(max(abs(float(size)), MIN_NORMAL)))
    with mpmath.workdps(DIGITS):
        return float(abs(mpmath.mpf(float(got)) - right) / unit)


def bound(cls, quantity):
    """(bound, unit in which it counts: "result", "row" or "rounding")."""
    found = cls.bound(quantity)
    return found.ulp, found.of


def examples(loss, rows, seed=5):
    """Targets and predictions of all sizes."""
    for i, scale in enumerate(scales_of(type(loss))):
        y, f = loss.example(rows, np.random.default_rng(seed + i))
        yield y, f * scale


def measure(loss, rows=6, seed=5):
    """{quantity: list of (error, y, f row, got, right), worst first}."""
    found = {"value": [], "gradient": []}
    value_unit, gradient_unit = (bound(type(loss), q)[1] for q in found)
    for y, f in examples(loss, rows, seed):
        values, gradients = loss.value_and_gradient(y, f, reduction="none")
        for i in range(len(f)):
            value, gradient = reference(loss, y[i], f[i])
            size = abs(value)
            if value_unit != "result":
                reach = np.maximum(np.abs(f[i]), 1.0 if value_unit == "rounding" else 0.0)
                terms = (abs(g) * float(v) for g, v in zip(gradient, reach, strict=True))
                size = max(size, sum(terms))
            found["value"].append((ulps(values[i], value, size), y[i], f[i], values[i], value))
            sizes = [
                abs(g) if gradient_unit == "result" else max(map(abs, gradient)) for g in gradient
            ]
            if gradient_unit == "rounding":
                change = rounding_of_gradient(loss, y[i], f[i], gradient)
                sizes = [max(pair) for pair in zip(sizes, change, strict=True)]
            for j, (right, size) in enumerate(zip(gradient, sizes, strict=True)):
                error = ulps(gradients[i, j], right, size)
                found["gradient"].append((error, y[i], f[i], gradients[i, j], right))
    for points in found.values():
        points.sort(key=lambda t: -t[0])
    return found


def show(point):
    error, y, f, got, right = point
    return f"{error:9.3g} ulp at y={y}, f={f.tolist()}: got {got:.17g}, right {float(right):.17g}"


def report(description, classes, measure, bound, arguments=None):
    """Print the worst error of each quantity of the losses named on the command line, or of all."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args(arguments)
    failed = 0
    for cls in classes(map(find, ll.available(kind="rowwise") if options.all else options.names)):
        for loss in settings(cls):
            for quantity, points in measure(loss).items():
                limit, unit = bound(cls, quantity)
                bad = sum(p[0] > limit for p in points)
                failed += bool(bad)
                mark = f"FAILS at {bad} of {len(points)}" if bad else "ok"
                print(f"{loss!r:<40} {quantity:<9} {unit} {show(points[0])}  {mark}")
    return int(failed > 0)


def main(arguments=None):
    return report(__doc__.splitlines()[0], list, measure, bound, arguments)


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
