"""One check per claim, in both directions: each raises AssertionError if the claim is false.

``CHECKS[key](loss, claim)``. A claim of ``True`` or of a number is checked over a dense and very
wide grid; ``False`` or ``None`` needs a witness, found on the same grid. The grids reach from
1e-300 to 1e300 and contain what the parameters suggest as kinks, with neighbouring doubles.
"""

import functools

import mpmath
import numpy as np

from losslab.losses.kinds.domains import PREDICTIONS
from tests.losses import accuracy
from tests.losses.grids import GREATEST_PREDICTION, LEAST_PREDICTION, LINKS, TARGETS, magnitudes

EPS = np.finfo(float).eps
TINY = 1e-290
TRUSTED = mpmath.mpf(10) ** -1000  # what 1300 digits cannot have got wrong
CHECKS = {}
# Targets at which a likelihood may fall below 0, besides those of the grids.
FAR_TARGETS = {"(0,1)": (1e-12,), "nonnegative": (1000.0,), "positive": (1e-6,)}


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


def targets(loss):
    return TARGETS[loss.target][:2]


# Curves ---------------------------------------------------------------------------------------


def residuals(loss, reach):
    """Sizes of residuals up to 10**reach and down to 10**-reach, ascending, without 0."""
    scale = [1.0, *(abs(v) for v in loss.parameters.values() if v)]
    found = [np.logspace(-reach, reach, 601), np.logspace(-6, 6, 481)]
    found += [s * np.linspace(0.01, 5.0, 500) for s in {min(scale), max(scale), 1.0}]
    found.append([x for x in magnitudes(dict(loss.parameters)) if 10.0**-reach < x < 10.0**reach])
    return np.unique(np.concatenate(found))


def legal_predictions(loss, f):
    return f[is_legal(loss, f)]


def is_legal(loss, f):
    return np.broadcast_to(PREDICTIONS[loss.prediction].is_legal(f), f.shape)


@functools.lru_cache(4096)
def curves(loss, reach=300):
    """[(y, f, value, gradient, curvature or None)] along ascending predictions."""
    r = residuals(loss, reach)
    found = []
    for y in targets(loss):
        f = np.unique(np.concatenate([-r, [0.0], r, y - r, [y], y + r]))
        found.append((y, *along(loss, y, legal_predictions(loss, f))))
    return found


@functools.lru_cache(4096)
def extreme_curves(loss):
    """The same for targets of extreme size: a percentage error has no bound near 0."""
    found = []
    for y in (1e-100, 1e100) if loss.family == "regression" else ():
        f = y * residuals(loss, 9)
        found.append((y, *along(loss, y, legal_predictions(loss, np.concatenate([-f, [y], f])))))
    return found


def along(loss, y, f):
    """f, value, gradient and curvature (None if there is none) of one target."""
    value, gradient = loss.value_and_gradient(np.full_like(f, y), f, reduction="none")
    return f, value, gradient, curvature_of(loss, y, f)


def curvature_of(loss, y, f):
    if getattr(loss, "curvature_at", None) is None:
        return None
    return loss.curvature(np.full_like(f, y), f, reduction="none")


def noise(loss):
    """Rounding to forgive, relative: a little more than the accuracy tests allow."""
    declared = [bound.ulp for bound in type(loss).accuracy.values()]
    return 4.0 * max([2.0, *declared]) * EPS


def jumps(function, f):
    """Places on the ascending grid f where `function` jumps.

    Every interval is halved, keeping the half with the larger change, until its ends are
    neighbouring doubles. A change that stays about as large there as over a stretch 4096 times
    wider is a jump (at a kink whose own value lies in the middle: half as large); of a continuous
    function next to nothing is left.
    """
    a, b = f[:-1].copy(), f[1:].copy()
    va, vb = function(a), function(b)
    usable = np.isfinite(va) & np.isfinite(vb) & (va != vb)
    if not usable.any():
        return f[:0]
    a, b, va, vb = a[usable], b[usable], va[usable], vb[usable]
    for _ in range(66):
        m = midpoint(a, b)
        vm = function(m)
        left = ~(abs(vm - va) < abs(vb - vm))
        a, va = np.where(left, a, m), np.where(left, va, vm)
        b, vb = np.where(left, m, b), np.where(left, vm, vb)
    # The larger of the two sides: a symmetric cusp returns to where it came from.
    wide = np.maximum(np.abs(function(far(b, 1)) - va), np.abs(vb - function(far(a, -1))))
    size = np.maximum(np.abs(va), np.abs(vb))
    step = np.abs(vb - va)
    return a[(step > 0.4 * wide) & (step > 256 * EPS * size) & (step > TINY)]


def midpoint(a, b):
    """Halfway in the order of doubles, not in value: 64 steps reach neighbours anywhere."""
    i, j = order(a), order(b)
    return from_order(i + (j - i) // 2)


def order(x):
    bits = (x + 0.0).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def from_order(n):
    return np.where(n < 0, np.int64(-(2**63)) - n, n).view(np.float64)


def far(x, sign):
    return from_order(order(x) + sign * 2048)


def still_grows(rows, small):
    """Whether a supremum over the widest grid is well beyond the one over a smaller grid."""
    with np.errstate(invalid="ignore"):
        wide = max(np.nanmax(np.abs(row)) for row in rows)
        return wide == np.inf or wide > 1.2 * max(np.nanmax(np.abs(row)) for row in small)


def supremum(loss, which, claim):
    """Check a supremum: never exceeded and approached, or (None) exceeded by far."""
    rows = [curve[which] for curve in [*curves(loss), *extreme_curves(loss)]]
    if claim is None:
        small = [curve[which] for curve in curves(loss, 100)]
        assert still_grows(rows, small), f"nothing exceeds {max(map(np.max, rows)):g}"
        return
    high = max(np.nanmax(np.abs(row)) for row in rows)
    assert high <= claim * (1.0 + noise(loss)), f"reaches {high:.17g}, claimed {claim:.17g}"
    assert high >= 0.9 * claim, f"only reaches {high:g}, claimed {claim:g}"


# Shape ----------------------------------------------------------------------------------------


@check
def check_convex(loss, claim):
    worst = max(curve_descent(loss, curve) for curve in curves(loss))
    worst = max(worst, *(chord_excess(loss, y) for y in targets(loss)))
    if claim:
        assert worst <= 0.0, f"the gradient falls or a chord is crossed (by {worst:g})"
    else:
        assert worst > 1e-10 or bends_down(loss), "no sign of it being non-convex"


def bends_down(loss):
    """Whether the formula is concave somewhere, be it by less than doubles can show."""
    far = np.logspace(0.0, 4.0, 21)
    return any(
        accuracy.reference(type(loss), y, float(f), loss.parameters)[2][1] < -TRUSTED
        for y in targets(loss)
        for f in legal_predictions(loss, np.concatenate([far, -far]))
    )


def curve_descent(loss, curve):
    """How far the gradient falls somewhere, relative to its size there; 0 if nowhere."""
    _, _, _, gradient, _ = curve
    g = gradient[np.isfinite(gradient)]
    size = np.maximum(np.abs(g[1:]), np.abs(g[:-1]))
    fall = (g[:-1] - g[1:]) - noise(loss) * size
    bad = (fall > 0.0) & (size > TINY)
    # Whole falls matter too, not only those between neighbours of a dense grid.
    whole = (np.maximum.accumulate(g)[:-1] - g[1:]) / np.where(bad, size, 1.0)
    return float(np.max(np.where(bad, whole, 0.0)))


def chord_excess(loss, y):
    """How far the loss rises above a chord between random points; 0 if nowhere."""
    rng = np.random.default_rng(1)
    spread = rng.choice([0.1, 1.0, 10.0, 100.0], 2000)
    a = legal_predictions(loss, y + spread * rng.normal(size=2000))
    b = rng.permutation(a)
    va, vb, vm = (along(loss, y, f)[1] for f in (a, b, 0.5 * (a + b)))
    with np.errstate(all="ignore"):
        mean = 0.5 * va + 0.5 * vb
        size = np.abs(va) + np.abs(vb) + np.abs(vm)
        excess = (vm - mean - 1e-12 * size) / np.where(size > 0, size, 1)
    return float(np.nanmax(np.where(np.isfinite(excess), excess, 0.0), initial=0.0).clip(0.0))


@check
def check_symmetric(loss, claim):
    worst = 0.0
    for y in targets(loss):
        y = np.round(y * 1024) / 1024
        r = np.unique(np.round(residuals(loss, 5) * 2.0**20) / 2.0**20)
        r = r[(r > 0) & is_legal(loss, y - r) & is_legal(loss, y + r)]
        if len(r):
            above, below = along(loss, y, y + r)[1], along(loss, y, y - r)[1]
            with np.errstate(invalid="ignore"):
                gap = np.abs(above - below) / np.maximum(np.maximum(above, below), 1e-30)
            worst = max(worst, np.nanmax(gap))
    if claim:
        assert worst <= noise(loss) + 1e-15, f"the two sides differ by {worst:g}"
    else:
        assert worst > 1e-6, "both sides cost the same everywhere"


@check
def check_nonnegative(loss, claim):
    lowest = min(np.nanmin(value) for _, _, value, _, _ in curves(loss))
    for y in (*TARGETS[loss.target], *FAR_TARGETS.get(loss.target, ()), *soft_targets(loss)):
        with np.errstate(divide="ignore", invalid="ignore"):
            middles = [0.0, y, LINKS[loss.prediction][0](y) if loss.prediction in LINKS else y]
        f = np.concatenate([m + np.linspace(-30.0, 30.0, 2401) for m in middles if abs(m) < 1e9])
        f = np.concatenate([f, np.linspace(0.0, 1.0, 201)])
        lowest = min(lowest, np.nanmin(along(loss, y, legal_predictions(loss, f))[1]))
    assert (lowest >= 0.0) == claim, f"the lowest value seen is {lowest:g}"


@check
def check_zero_if_perfect(loss, claim):
    best = max(map(abs, perfect_values(loss)))
    if claim:
        assert best <= TINY, f"a perfect prediction costs {best:g}"
    else:
        assert best > 1e-9, "a perfect prediction costs 0"


def soft_targets(loss):
    """Labels that are not sure, where they are legal."""
    return (0.25, 0.5, 0.9) if loss.target == "[0,1]" else ()


def perfect_values(loss):
    """What predictions cost that could not be better, one for each target."""
    ys = np.array([*TARGETS[loss.target], *soft_targets(loss)])
    if loss.prediction in LINKS:  # the link rounds, and its error counts squared
        ys = ys[ys > 0.0]  # the logarithm of 0 is no number
        f = LINKS[loss.prediction][0](ys)
        return np.maximum(np.abs(loss.value(ys, f, reduction="none")) - 1e-30, 0.0)
    if loss.prediction not in ("logit", "score"):
        ys = ys[is_legal(loss, ys)]  # 0 is a count, and no mean of counts
        return loss.value(ys, ys, reduction="none")
    # A score is perfect when it is large enough, a logit also when it is that of a soft label.
    found = [np.nanmin(np.abs(value)) for _, _, value, _, _ in curves(loss)]
    soft = np.array(soft_targets(loss))
    found += [*loss.value(soft, np.log(soft / (1.0 - soft)), reduction="none")] if len(soft) else []
    return np.where(np.array(found) < 1e-30, 0.0, found)


def sides_of(loss, which):
    """(function of f, grid) for each target: the value, gradient or curvature."""
    least = LEAST_PREDICTION.get(loss.prediction, -np.inf)
    # So near the end of the domain that two doubles are far apart, everything seems to jump.
    edge = least + 1e-9 * abs(least) if least > -np.inf else least
    # At the end of a domain other than 0 the doubles themselves are too coarse.
    first = LEAST_PREDICTION.get(loss.prediction) or -np.inf
    last = GREATEST_PREDICTION.get(loss.prediction, np.inf)
    for y, f, *_ in curves(loss, 20):
        f = f[(f > first + 1e-6) & (f < last - 1e-6)]
        yield lambda x, y=y: along(loss, y, x)[which], f[f > edge]


@functools.lru_cache(4096)
def breaks(loss, which):
    """Places where value (1), gradient (2) or curvature (3) jumps or is not a number."""
    found = []
    for function, f in sides_of(loss, which):
        found += list(jumps(function, f))
        moderate = f[np.abs(f) < 50.0]
        v = function(moderate)
        # Infinite between finite neighbours is a pole; a stretch of infinities is overflow.
        pole = np.isinf(v)
        pole[1:-1] &= np.isfinite(v[:-2]) & np.isfinite(v[2:])
        pole[[0, -1]] = False
        found += list(moderate[np.isnan(v) | pole])
    return found


@check
def check_differentiable(loss, claim):
    places = breaks(loss, 1) + breaks(loss, 2)
    if claim:
        assert not places, f"the gradient jumps at {places[:5]}"
    else:
        assert places, "the gradient has no jump"


@check
def check_twice_differentiable(loss, claim):
    places = breaks(loss, 1) + breaks(loss, 2)
    if getattr(loss, "curvature_at", None) is not None:
        places += breaks(loss, 3)
    if claim:
        assert getattr(loss, "curvature_at", None) is not None
        assert not places, f"the curvature jumps at {places[:5]}"
    else:
        assert places, "the curvature has no jump"


# Sizes ----------------------------------------------------------------------------------------


@check
def check_lipschitz(loss, claim):
    jump = bool(breaks(loss, 1))
    if claim is None and jump:
        return  # the loss itself jumps: no bound on its increments
    assert not jump, "the loss jumps, so its increments have no bound"
    supremum(loss, 3, claim)


@check
def check_bounded(loss, claim):
    supremum(loss, 2, claim)


@check
def check_smooth(loss, claim):
    kink = bool(breaks(loss, 1) or breaks(loss, 2))
    if claim is None and kink:
        return  # the gradient jumps, or is not there: no bound on its increments
    assert not kink, "the gradient jumps, so its increments have no bound"
    supremum(loss, 4, claim)
    if claim is not None:
        for y, f, _, gradient, _ in curves(loss):
            with np.errstate(all="ignore"):
                rise = np.abs(np.diff(gradient))
                slack = noise(loss) * np.maximum(np.abs(gradient[1:]), np.abs(gradient[:-1]))
                # y_pred - y_true is rounded before anything else.
                slack = slack + 4.0 * EPS * claim * (np.abs(f[1:]) + np.abs(f[:-1]) + abs(y))
                limit = claim * np.diff(f) * (1.0 + noise(loss)) + slack + TINY
            assert not (rise > limit).any(), "increments of the gradient exceed the bound"


@check
def check_redescending(loss, claim):
    falls = []
    for _, f, _, gradient, _ in curves(loss):
        g = np.abs(gradient)
        for side, middle in ((f > 1e250, f > 1e100), (f < -1e250, f < -1e100)):
            if side.any():
                top, end = np.nanmax(g), np.nanmax(g[side])
                # Still falling at the end, not merely low there; an infinite top is no fall.
                still = end < 0.5 * np.nanmax(g[middle]) or end == 0.0
                falls.append(0 < top < np.inf and end <= 1e-3 * top and still)
    if claim:
        assert all(falls), "the gradient does not fall back to 0"
    else:
        assert not all(falls), "the gradient falls back to 0 on both sides"


# Minimisers -----------------------------------------------------------------------------------


def minimiser(risk, low, high):
    """Where a function of an array of candidates is smallest: (place, width of the last grid)."""
    grid = np.linspace(low, high, 4001)
    for _ in range(14):
        values = risk(grid)
        k = int(np.argmin(values))
        # The middle of a flat stretch, should there be one.
        flat = np.flatnonzero(values <= values[k])
        a, b = grid[max(flat[0] - 1, 0)], grid[min(flat[-1] + 1, len(grid) - 1)]
        if not b > a or (b - a) < 1e-9 * (high - low):
            break
        grid = np.linspace(a, b, 101)
    return 0.5 * (grid[0] + grid[-1])


def sample(loss, seed):
    """A skewed sample of legal targets; its mean, median and expectiles differ clearly."""
    rng = np.random.default_rng(seed)
    y = rng.gamma(0.8, 1.5, 401) + 0.05
    if loss.target == "(0,1)":
        return y / (1.0 + y)
    return y - 1.0 if loss.target == "real" else y


def expectile(y, tau):
    low, high = y.min(), y.max()
    for _ in range(200):
        m = 0.5 * (low + high)
        pull = tau * np.clip(y - m, 0, None).sum() - (1 - tau) * np.clip(m - y, 0, None).sum()
        low, high = (m, high) if pull > 0 else (low, m)
    return 0.5 * (low + high)


def quantile(y, tau):
    return np.sort(y)[int(np.ceil(tau * len(y))) - 1]


STATISTICS = {
    "mean": lambda y, **_: y.mean(),
    "median": lambda y, **_: np.median(y),
    "quantile": lambda y, tau, **_: quantile(y, tau),
    "expectile": lambda y, tau, **_: expectile(y, tau),
}


@check
def check_elicits(loss, claim):
    assert claim is not None, "None claims no statistic: leave it out"
    statistic = STATISTICS[claim] if isinstance(claim, str) else claim
    for seed in (0, 1):
        y = sample(loss, seed)
        scale = y.max() - y.min()

        link, back = LINKS.get(loss.prediction, (np.asarray, np.asarray))

        def risk(candidates, y=y):
            pairs = np.meshgrid(y, candidates)
            return loss.value(*pairs, reduction="none").mean(axis=1)

        found = float(back(minimiser(risk, link(y.min()), link(y.max()))))
        wanted = float(statistic(y, **loss.parameters))
        assert abs(found - wanted) <= 2e-4 * scale, f"{found:g} is best, not {wanted:g}"


PROBABILITIES = (0.02, 0.1, 0.25, 0.4, 0.45, 0.55, 0.6, 0.75, 0.9, 0.98)


def expected_loss(loss, p):
    """The expected loss as a function of an array of predictions, for probability p of label 1."""

    def risk(f):
        zero, one = (loss.value(np.full_like(f, y), f, reduction="none") for y in (0.0, 1.0))
        return p * one + (1.0 - p) * zero

    return risk


def best_predictions(loss, probabilities=PROBABILITIES):
    """The prediction that minimises the expected loss, for each probability of the label 1.

    One that lies beyond the range, or anywhere up to its end, comes out as infinite.
    """
    low, high = (0.0, 1.0) if loss.prediction == "probability" else (-60.0, 60.0)
    best = []
    for p in probabilities:
        risk = expected_loss(loss, p)
        found = minimiser(risk, low, high)
        if high > 1.0:
            lowest = risk(np.array([found]))[0]
            for end in (low, high):
                found = np.copysign(np.inf, end) if risk(np.array([end]))[0] <= lowest else found
        best.append(found)
    return np.array(best)


@check
def check_proper(loss, claim):
    assert claim in (True, False), "one number tells the probability or does not"
    best = best_predictions(loss)
    if loss.prediction in ("logit", "probability"):
        told = 1.0 / (1.0 + np.exp(-best)) if loss.prediction == "logit" else best
        wrong = np.abs(told - PROBABILITIES).max()
        invertible = wrong < 1e-5
        certainly_not = wrong > 3e-5
    else:  # some increasing link must lead from the score back to the probability
        with np.errstate(invalid="ignore"):
            rise = np.diff(best)
        invertible = np.isfinite(best).all() and rise.min() > 1e-6
        certainly_not = not np.isfinite(best).all() or rise.min() < 2e-7
    if claim:
        assert invertible, f"probabilities {PROBABILITIES} are best met by {best}"
    else:
        assert certainly_not, "the best prediction tells the probability"


@check
def check_calibrated(loss, claim):
    """The least expected loss of wrong decisions against the least one of all.

    Where the minimiser itself lies matters not: it may be infinite, or one of many. A prediction
    on the border between the classes decides nothing, and counts as wrong.
    """
    if loss.prediction == "probability":
        border, away = 0.5, np.linspace(0.0, 0.5, 4001)[1:]
    else:
        border, away = 0.0, np.concatenate([np.linspace(0.0, 60.0, 24001)[1:], [1e3, 1e6]])
    for p in PROBABILITIES:
        right, wrong = (1.0, -1.0) if p > 0.5 else (-1.0, 1.0)
        risk = expected_loss(loss, p)
        best = risk(border + right * away).min()
        worse = risk(border + wrong * np.append(away, 0.0)).min()
        if not worse - best > 1e-6 * abs(best):
            assert not claim, f"at probability {p} wrong decisions cost {worse:g}, right {best:g}"
            return
    assert claim, "wrong decisions cost more, whatever the probability"
