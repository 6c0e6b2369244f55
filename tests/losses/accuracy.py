"""Worst error of losses in units of the last place, against their textbook formula.

    python -m tests.losses.accuracy huber log_cosh      these losses
    python -m tests.losses.accuracy --all               every registered pointwise loss
    options: --dense (a finer grid), --list N (the N worst points of each row)

The reference is `exact` of the class in mpmath, with derivatives carried along (see jets.py).
A result is believed if one with hundreds of digits agrees with one with few; a result of 0 only
with the most digits: where a term of a sum cancels to 0, two results with few digits agree on a
wrong number.
At a kink every number between the one-sided derivatives is right.
"""

import argparse
import functools

import numpy as np

import losslab as ll
from losslab.losses import find
from losslab.losses.kinds.domains import TARGETS
from tests.contract.corners import corners
from tests.losses.grids import pairs
from tests.losses.jets import JetMath, Singular

QUANTITIES = ("value", "gradient", "curvature")
BOUND = 2.0
DIGITS = (50, 400, 1300)
MAX = float(np.finfo(float).max)
MIN_NORMAL = float(np.finfo(float).tiny)


@functools.cache
def math_of(digits):
    return JetMath(digits)


def jet(cls, y, f, parameters, digits, nudge=0):
    """(value, gradient, curvature, tie) of the formula at f (1 + nudge) or beside 0."""
    mp = math_of(digits)
    mp.tie = False
    x = mp.ctx.mpf(f)
    # Far below the distance of two doubles, and far above the rounding of `digits`.
    x += nudge * mp.ctx.mpf(10) ** (-600 if f == 0 else -500) * (abs(x) or 1)
    values = {k: mp.ctx.mpf(v) for k, v in parameters.items()}
    result = cls.exact(mp, mp.ctx.mpf(y), mp.variable(x), **values)
    if not hasattr(result, "g"):  # a constant branch
        return (mp.ctx.mpf(result), mp.ctx.zero, mp.ctx.zero), mp.tie
    return (result.v, result.g, result.c), mp.tie


def agree(a, b):
    """Equal to 25 digits, and neither of them 0 by cancellation."""
    return all(abs(p - q) <= abs(q) * 1e-25 and q != 0 for p, q in zip(a, b, strict=True))


def reference(cls, y, f, parameters):
    """For each quantity the interval (low, high) of right answers, and whether it may be inf."""
    try:
        before, tie = jet(cls, y, f, parameters, DIGITS[0])
        for digits in DIGITS[1:]:
            if tie:
                break
            now, tie = jet(cls, y, f, parameters, digits)
            if agree(before, now):
                break
            before = now
        if not tie:
            return [(v, v, False) for v in now]
        at, _ = jet(cls, y, f, parameters, DIGITS[-1])
        singular = False
    except Singular:
        at, singular = None, True
    sides = []
    for nudge in (-1, 1):
        try:
            sides.append(jet(cls, y, f, parameters, DIGITS[-1], nudge)[0])
        except Singular:
            continue  # the formula ends here: only one side is legal
    if at is not None:
        sides.append(at)
    return [(min(s), max(s), singular) for s in zip(*sides, strict=True)]


def widened(cls, y, f, parameters, intervals):
    """The intervals, those of `crosses_zero` with the results for inputs beside (y, f)."""
    legal = TARGETS[cls(**parameters).target].is_legal
    beside = [(np.nextafter(y, to), f) for to in (-np.inf, np.inf)]
    beside += [(y, np.nextafter(f, to)) for to in (-np.inf, np.inf)]
    hulls = [intervals, *(reference(cls, *p, parameters) for p in beside if legal(p[0]))]
    return [
        (min(h[i][0] for h in hulls), max(h[i][1] for h in hulls), intervals[i][2])
        if q in cls.crosses_zero
        else intervals[i]
        for i, q in enumerate(QUANTITIES)
    ]


def right_answers(cls, y, f, parameters, got):
    """What `reference` says, and `widened` where what was computed needs it."""
    right = reference(cls, y, f, parameters)
    if any(
        number is not None and q in cls.crosses_zero and ulps(float(number), *interval) > BOUND
        for q, number, interval in zip(QUANTITIES, got, right, strict=True)
    ):
        return widened(cls, y, f, parameters, right)
    return right


def ulps(computed, low, high, may_be_infinite):
    """Distance of a double from the interval, in units of the last place of the nearer end."""
    if np.isnan(computed):
        return np.inf
    if low <= computed <= high:
        return 0.0
    true = low if computed < low else high
    if np.isinf(computed):
        if may_be_infinite or (abs(true) > MAX and (true > 0) == (computed > 0)):
            return 0.0
        return 0.0 if abs(true) > MAX * (1 - 4e-16) and (true > 0) == (computed > 0) else np.inf
    nearest = float(true)
    if abs(nearest) < MIN_NORMAL:  # no bar here, but nothing wild either
        return 0.0 if abs(computed) <= 2 * MIN_NORMAL else np.inf
    size = np.spacing(min(abs(nearest), MAX))
    return float(abs(true - computed) / float(size))


def computed(loss, y, f):
    """What the loss answers: rows value, gradient, curvature (None where it has none)."""
    value, gradient = loss.value_and_gradient(y, f, reduction="none")
    curvature = None
    if getattr(loss, "curvature_at", None) is not None:
        curvature = loss.curvature(y, f, reduction="none")
    return value, gradient, curvature


def bound(cls, quantity):
    """The bound in ulp that holds for a class: 2, or what it declares with a reason."""
    return cls.bound(quantity).ulp


def measure(cls, parameters, dense=False):
    """{quantity: list of (error, y, f, computed, right), worst first} for one corner."""
    y, f = pairs(cls, parameters, dense)
    rows = computed(cls(**parameters), y, f)
    found = {q: [] for q, row in zip(QUANTITIES, rows, strict=True) if row is not None}
    for i in range(len(y)):
        right = right_answers(
            cls, y[i], f[i], parameters, [None if r is None else r[i] for r in rows]
        )
        for q, row, interval in zip(QUANTITIES, rows, right, strict=True):
            if row is not None:
                error = ulps(float(row[i]), *interval)
                found[q].append((error, float(y[i]), float(f[i]), float(row[i]), interval))
    for q in found:
        found[q].sort(key=lambda t: -t[0])
    return found


def show(point):
    error, y, f, got, (low, high, _) = point
    span = f"{float(low):.17g}" if low == high else f"{float(low):.9g} … {float(high):.9g}"
    return f"{error:9.3g} ulp at y={y:g}, f={f!r:<24} got {got:.17g}, right {span}"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--dense", action="store_true")
    parser.add_argument("--list", type=int, default=1, metavar="N")
    options = parser.parse_args(arguments)
    failed = 0
    for name in ll.available(kind="pointwise") if options.all else options.names:
        cls = find(name)
        print(f"\n{cls.name}")
        for parameters in corners(cls):
            shown = ", ".join(f"{k}={v:g}" for k, v in parameters.items()) or "no parameters"
            found = measure(cls, parameters, options.dense)
            for quantity, points in found.items():
                limit = bound(cls, quantity)
                bad = sum(p[0] > limit for p in points)
                failed += bool(bad)
                mark = f"FAILS at {bad} of {len(points)}" if bad else "ok"
                print(f"  {shown:<28} {quantity:<9} {show(points[0])}  {mark}")
                for point in points[1 : options.list]:
                    print(f"  {'':<38} {show(point)}")
    return int(failed > 0)


if __name__ == "__main__":
    import sys

    sys.exit(main([str(a) for a in sys.argv[1:]]))
