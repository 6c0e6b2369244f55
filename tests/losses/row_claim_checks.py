"""One check per claim of a rowwise loss, in both directions: each raises AssertionError if it is false.

``CHECKS[key](loss, claim)``, as in claim_checks.py. A claim is about the loss as a function of the
row of predictions, for every legal target. Predictions are tried at many sizes, along random lines
and at the corners (one column far above or below the others).
"""

import functools
import itertools

import numpy as np
from scipy.optimize import minimize

from losslab.contract.claims import NOT_STRICTLY
from tests.losses import survival_checks
from tests.losses.claim_checks import jumps
from tests.losses.row_truths import DESCRIBED, SAME, TRUTHS, nodes

EPS = np.finfo(float).eps
CHECKS = {}
ROWS = 400
REACH = {"bi_tempered_logistic": 3000.0}  # logits of best rows, where its tails are heavy
EQUAL_COLUMNS = ("member", "member of vectors", "quantile")  # perfect if all are the target


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


def on_probabilities(loss):
    return "probabilit" in loss.prediction


@functools.lru_cache(256)
def examples(loss, reach=3):
    """Targets and predictions of sizes from 10**-3 to 10**reach, corners included."""
    rng = np.random.default_rng(11)
    ys, fs = [], []
    scales = (1.0,) if on_probabilities(loss) else np.logspace(-3, reach, 4 + reach)
    for scale in scales:
        y, f = loss.example(ROWS, rng)
        ys.append(y * scale if loss.target == "logits" else y)
        fs.append(f * scale)
    y, f = loss.example(ROWS, rng)
    k = f.shape[1]
    at = rng.integers(0, k, ROWS)
    if on_probabilities(loss):
        sharp = np.full((ROWS, k), 1e-300)
        sharp[np.arange(ROWS), at] = 1.0
        fs.append(sharp)
    else:
        fs.append(f + 10.0**reach * np.eye(k)[at] * rng.choice([-1.0, 1.0], (ROWS, 1)))
    ys.append(y)
    return np.concatenate(ys), np.concatenate(fs)


def terms(loss, y, f):
    return loss.value_and_gradient(y, f, reduction="none")


def largest(loss, which, reach=3):
    """Largest value (0) or gradient norm (1) over the examples."""
    found = terms(loss, *examples(loss, reach))[which]
    with np.errstate(over="ignore"):  # an infinite slope is a large one
        size = np.abs(found) if which == 0 else np.linalg.norm(found, axis=1)
    return float(np.max(size))


def supremum(loss, which, claim):
    if claim is None:
        far = largest(loss, which, 7)
        assert far > 3.0 * largest(loss, which, 1) or far > 100.0, f"nothing exceeds {far:g}"
        return
    high = max(largest(loss, which, 3), largest(loss, which, 7))
    assert high <= claim * (1.0 + 64 * EPS), f"reaches {high:.17g}, claimed {claim:.17g}"
    assert high >= 0.8 * claim, f"only reaches {high:g}, claimed {claim:g}"


@check
def check_bounded(loss, claim):
    supremum(loss, 0, claim)


@check
def check_lipschitz(loss, claim):
    supremum(loss, 1, claim)


@check
def check_convex(loss, claim):
    """Gradients of a convex function are monotone, and no chord lies below it."""
    y, a = examples(loss)
    rng = np.random.default_rng(1)
    b = a[rng.permutation(len(a))]
    ends = [b, a + 0.3 * (b - a)]
    if not on_probabilities(loss):  # one column alone, by a little
        one = np.eye(a.shape[1])[rng.integers(0, a.shape[1], len(a))]
        ends.append(a + one * rng.normal(0.0, 0.3, (len(a), 1)))
    worst = 0.0
    for end in ends:
        (va, ga), (vb, gb) = terms(loss, y, a), terms(loss, y, end)
        vm = terms(loss, y, 0.5 * (a + end))[0]
        with np.errstate(invalid="ignore", over="ignore"):
            size = np.abs(va) + np.abs(vb) + np.abs(vm)
            excess = (vm - 0.5 * (va + vb)) / np.where(size > 0, size, 1.0)
            d = end - a
            turn = -np.einsum("ij,ij->i", gb - ga, d)
            reach = np.einsum("ij,ij->i", np.abs(ga) + np.abs(gb), np.abs(d))
            turn = turn / np.where(reach > 0, reach, 1.0)
        for x in (excess, turn):
            worst = max(worst, float(np.nanmax(np.where(np.isfinite(x), x, 0.0))))
    if claim:
        assert worst <= 1e-11, f"a chord is crossed or the gradient turns back (by {worst:g})"
    else:
        assert worst > 1e-9, "no sign of it being non-convex"


@check
def check_nonnegative(loss, claim):
    lowest = float(np.nanmin(terms(loss, *examples(loss))[0]))
    assert (lowest >= 0.0) == claim, f"the lowest value seen is {lowest:g}"


@check
def check_zero_if_perfect(loss, claim):
    best = perfect(loss)
    assert best is not None, "no row of predictions is known to be perfect"
    if claim:
        assert best <= 1e-15, f"a perfect prediction costs {best:g}"
    else:
        assert best > 1e-9, "a perfect prediction costs 0"


def perfect(loss):
    """Largest size of the loss of predictions that could not be better; None if it is not clear."""
    y, f = loss.example(50, np.random.default_rng(3))
    rows = perfect_rows(loss, y, f.shape[1])
    if not rows:
        return None
    sizes = [np.abs(terms(loss, y, np.ascontiguousarray(row))[0]) for row in rows]
    return float(np.max(np.nanmin(sizes, axis=0)))


def perfect_rows(loss, y, k):
    """Rows of predictions of which one is perfect."""
    if loss.outputs in (("mean", "log_scale"), ("location", "log_scale")) and y.ndim == 1:
        return [np.stack([y, np.full_like(y, -700.0)], axis=1)]
    if loss.outputs == ("lower", "upper") or loss.output_word in EQUAL_COLUMNS:
        return [np.tile(y.reshape(len(y), -1), (1, k // np.size(y[0])))]
    if loss.target == "class" and loss.outputs == "classes":
        hit = np.eye(k)[y.astype(int)]
        return [hit] if on_probabilities(loss) else [1e4 * hit, 1e4 * hit - 1e4, 1e300 * hit]
    if loss.target == "level":
        return [np.where(np.arange(k) < y[:, None], 1e4, -1e4)]
    if loss.target == "labels":
        return [np.where(y > 0.0, 1e4, -1e4)]
    if loss.target in ("distribution", "positive distribution", "nonnegative row"):
        return [y if on_probabilities(loss) else np.log(y)]
    if loss.target in ("row", "logits"):
        return [y]
    return []


@check
def check_differentiable(loss, claim):
    """Whether the slope along random lines jumps somewhere."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(30):
        y, f = loss.example(1, rng)
        _, g = loss.example(1, rng)
        d = g - f if on_probabilities(loss) else 3.0 * g

        def slope(t, y=y, f=f, d=d):
            rows = f + np.asarray(t)[:, None] * d
            with np.errstate(all="ignore"):
                gradient = terms(loss, np.repeat(y, len(rows), axis=0), rows)[1]
                return gradient @ d[0]

        grid = np.linspace(0.001, 0.999, 401) if on_probabilities(loss) else np.linspace(-3, 3, 801)
        for at in jumps(slope, grid):
            # Terms of the slope may cancel: what rounding leaves of them is no jump.
            ends = np.array([at, np.nextafter(at, np.inf)])
            reach = np.abs(terms(loss, y, f + at * d)[1]) @ np.abs(d[0])
            found += [at] if abs(np.diff(slope(ends))[0]) > 256 * EPS * reach[0] else []
    if claim:
        assert not found, f"the gradient jumps {len(found)} times along random lines"
    else:
        assert found, "the gradient never jumps along random lines"


@check
def check_symmetric_over_classes(loss, claim):
    """Whether the sum over all labels stays the same from one row of predictions to the next."""
    _, f = examples(loss)
    k = f.shape[1]
    sums = sum(terms(loss, np.full(len(f), float(y)), f)[0] for y in range(k))
    spread = float(np.max(sums) - np.min(sums)) / float(np.max(np.abs(sums)))
    assert (spread <= 1e-12) == claim, f"the sum over the labels varies by {spread:g} of itself"


# Minimisers -----------------------------------------------------------------------------------


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def truths(count, k, seed=0):
    """Random class probabilities, none of them tiny, the best class clearly ahead."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        p = rng.dirichlet(np.full(k, 1.5))
        first, second = np.sort(p)[::-1][:2]
        if p.min() > 0.02 and first - second > 0.05:
            found.append(p)
    return found


def expected(loss, p, z):
    """Expected loss of the logits or probabilities z, and its gradient, if p is the truth."""
    value, gradient = terms(loss, np.arange(len(p), dtype=float), np.tile(z, (len(p), 1)))
    return float(p @ value), p @ gradient


def best_row(loss, p, starts=4, seed=0):
    """Where the expected loss is smallest: logits, held to moderate size, from several starts."""
    rng = np.random.default_rng(seed)
    k = len(p) - (loss.target == "level")
    reach = REACH.get(loss.name, 30.0)
    best = None
    for start in range(starts):
        z = rng.normal(0.0, 0.5 + start, k)
        found = minimize(
            lambda z: expected(loss, p, z),
            z,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-reach, reach)] * k,
            options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-11},
        )
        if best is None or found.fun < best.fun - 1e-13:
            best = found
    return best.x


def columns_for(loss):
    return loss.example_columns()


def best_probabilities(loss, p):
    """The probabilities that a loss of logits makes best, by its link."""
    usual = step_probabilities if loss.target == "level" else softmax
    return getattr(loss, "link", usual)(best_row(loss, p))


def step_probabilities(z):
    """Probabilities of the levels from the logits of being above each of them."""
    above = 1.0 / (1.0 + np.exp(-z))
    return -np.diff([1.0, *above, 0.0])


@check
def check_proper(loss, claim):
    """Outcomes are drawn from a law; which law, and who describes it, depends on the target."""
    if loss.name in DESCRIBED:
        check_proper_description(loss, claim)
        return
    assert claim in (True, False), f"no check of proper but {claim} for {loss.name}"
    if loss.target in ("class", "level"):
        check_proper_classes(loss, claim)
    elif loss.target in ("distribution", "positive distribution"):
        check_proper_drawn(loss, claim)
    elif loss.target == "labels":
        check_proper_labels(loss, claim)
    elif loss.family == "survival":
        wrong = survival_checks.largest_miss(loss)
        assert (wrong < 2e-3) == claim, f"the best prediction misses the truth by {wrong:g}"
    elif loss.name in TRUTHS:
        check_proper_law(loss, claim)
    else:
        raise AssertionError(f"no check of `proper` for target {loss.target!r} of {loss.outputs}")


def rivals_of(p):
    """Distributions to beat a true one: any, and such near it."""
    others = np.random.default_rng(5).dirichlet(np.full(len(p), 1.5), 2000)
    return np.concatenate([others, 0.9 * p + 0.1 * others, 0.99 * p + 0.01 * others])


def check_proper_classes(loss, claim):
    k = columns_for(loss) + (loss.target == "level")
    if on_probabilities(loss):
        gaps = []
        for p in truths(4, k):
            at_truth = expected(loss, p, p)[0]
            gaps.append(min(expected(loss, p, q)[0] for q in rivals_of(p)) - at_truth)
        assert (min(gaps) > 0.0) == claim, f"the truth is beaten by {-min(gaps):g}"
        return
    wrong = max(np.abs(best_probabilities(loss, p) - p).max() for p in truths(5, k))
    if claim:
        assert wrong < 1e-5, f"the best probabilities miss the truth by {wrong:g}"
    else:
        assert wrong > 3e-5, "the best probabilities are the true ones"


def check_proper_drawn(loss, claim):
    """Targets are drawn classes: rows that are one-hot, or nearly so where all must be positive."""
    k = columns_for(loss)
    softness = 1e-3 if loss.target == "positive distribution" else 0.0
    drawn = (1.0 - softness) * np.eye(k) + softness / k
    gaps = []
    for p in truths(4, k):
        truth = p @ drawn
        rows = np.concatenate([[truth], rivals_of(truth)])
        rows = rows if on_probabilities(loss) else np.log(rows)
        costs = sum(
            w * terms(loss, np.tile(y, (len(rows), 1)), rows)[0]
            for w, y in zip(p, drawn, strict=True)
        )
        gaps.append((costs[1:] - costs[0]).min())
    assert (min(gaps) > 0.0) == claim, f"the truth is beaten by {-min(gaps):g}"


def check_proper_labels(loss, claim):
    """Labels are drawn one by one; the sigmoid of each best score must be its probability."""
    k = columns_for(loss)
    y = np.array(list(itertools.product([0.0, 1.0], repeat=k)))
    wrong = 0.0
    for seed in range(3):
        p = np.random.default_rng(seed).uniform(0.1, 0.9, k)
        w = np.prod(np.where(y > 0.0, p, 1.0 - p), axis=1)

        def mean(z, w=w):
            value, gradient = terms(loss, y, np.tile(z, (len(y), 1)))
            return float(w @ value), w @ gradient

        found = minimize(mean, np.zeros(k), jac=True, method="L-BFGS-B", bounds=[(-30, 30)] * k)
        wrong = max(wrong, np.abs(1.0 / (1.0 + np.exp(-found.x)) - p).max())
    assert (wrong < 1e-3) == claim, f"the best probabilities miss the truth by {wrong:g}"


def check_proper_description(loss, claim):
    """A row that describes a law, if not always all of it, against rows of all sizes around it."""
    rng = np.random.default_rng(8)
    beaten, equal, gap = -np.inf, False, np.inf
    for _ in range(3):
        row, *laws = DESCRIBED[loss.name](loss, rng)
        equal = equal or len(laws) > 1  # two laws that one row describes
        for y, w in laws:
            spreads = np.repeat([1e-3, 1e-2, 0.1, 1.0, 10.0], 300)[:, None]
            rows = row + spreads * rng.normal(size=(spreads.size, row.size))
            rows[::3] = np.where(rng.random(rows[::3].shape) < 0.5, row, rows[::3])  # some columns
            rows[1::3] = row + spreads[1::3] * rng.normal(size=(len(rows[1::3]), 1))  # all alike
            rows = np.concatenate([[row], rows])
            repeated = np.repeat(rows, len(y), axis=0)
            costs = terms(loss, np.tile(y, (len(rows),) + (1,) * (y.ndim - 1)), repeated)[0]
            costs = costs.reshape(-1, len(y)) @ w
            beaten = max(beaten, costs[0] - costs.min() - 1e-11 * (1.0 + abs(costs[0])))
            differs = np.abs(rows - row).max(axis=1) > 1e-4
            gap = min(gap, (costs[differs] - costs[0]).min())
    equal = equal or gap <= 1e-12
    found = False if beaten > 0.0 else NOT_STRICTLY if equal else True
    assert found == claim, f"the true row is beaten by {beaten:g}, others cost {gap:g} more"


@check
def check_zero_only_at_truth(loss, claim):
    """A divergence: 0 where prediction and target agree, and only there."""
    k = columns_for(loss)
    rng = np.random.default_rng(4)
    gaps, at_truth = [], []
    for p in rng.dirichlet(np.full(k, 1.5), 4):
        others = rivals_of(p)
        y, to = p, (lambda q: q) if on_probabilities(loss) else np.log
        if loss.target == "logits":
            y = np.log(p)
        at_truth.append(abs(terms(loss, y[None], to(p[None]))[0][0]))
        gaps.append(terms(loss, np.tile(y, (len(others), 1)), to(others))[0].min())
    holds = max(at_truth) < 1e-14 and min(gaps) > 0.0
    assert holds == claim, f"agreement costs {max(at_truth):g}, the rest {min(gaps):g} or more"


def check_proper_law(loss, claim):
    """The row that describes the true law is best, and no other row is as good."""
    rng = np.random.default_rng(8)
    same = SAME.get(loss.name, np.asarray)
    wrong = []
    for _ in range(3):
        truth, law = TRUTHS[loss.name](rng)
        truth = np.asarray(truth, dtype=float)
        y, w = nodes(law)

        def mean(f, y=y, w=w):
            value, gradient = terms(loss, y, np.tile(f, (len(y), 1)))
            return float(w @ value), w @ gradient

        found = [
            minimize(
                mean,
                truth + rng.normal(0.0, spread, truth.size),
                jac=True,
                method="L-BFGS-B",
                bounds=[(t - 4.0, t + 4.0) for t in truth],
                options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-10},
            )
            for spread in (0.1, 0.3, 1.0, 1.0)
        ]
        lowest = min(f.fun for f in found)
        best = [f.x for f in found if f.fun <= lowest + 1e-9]
        wrong += [np.abs(same(x) - same(truth)).max() for x in best]
    if claim:
        assert max(wrong) < 1e-3, f"the best row misses the truth by {max(wrong):g}"
    else:
        assert max(wrong) > 1e-2, "the best row is the true one"


@check
def check_elicits(loss, claim):
    """No row has a smaller mean loss over a sample than the statistic of the sample."""
    if loss.target == "level" and claim == "median":
        check_median_level(loss)
        return
    rng = np.random.default_rng(9)
    for size in (7, 20, 33):
        y = loss.example(size, rng)[0]
        best = np.asarray(claim(y, **loss.parameters), dtype=float)
        spreads = np.repeat([1e-3, 1e-2, 0.1, 1.0, 10.0], 400)[:, None]
        rows = best + spreads * rng.normal(size=(spreads.size, best.size))
        rows[::2] = np.where(rng.random(rows[::2].shape) < 0.5, best, rows[::2])  # some columns

        def means(rows, y=y, size=size):
            repeated = np.repeat(rows, size, axis=0)
            value = terms(loss, np.tile(y, (len(rows),) + (1,) * (y.ndim - 1)), repeated)[0]
            return value.reshape(-1, size).mean(axis=1)

        at_best = means(best[None])[0]
        lowest = means(rows).min()
        assert at_best <= lowest + 1e-9 * (1.0 + abs(at_best)), f"beaten by {at_best - lowest:g}"


@check
def check_calibrated(loss, claim):
    """The best row of the expected loss has its largest entry at the most likely class."""
    k = columns_for(loss)

    def hit(p):
        return np.argmax(best_row(loss, p)) == np.argmax(p)

    cases = truths(8, k, seed=1)
    # Rows without a class that stands out, where hinge losses fail if they do.
    flat = [0.3 * p + 0.7 / k for p in cases]
    if claim:
        missed = sum(not hit(p) for p in cases + flat)
        assert not missed, f"the best row names another class in {missed} of 16 cases"
    else:
        assert not all(hit(p) for p in flat + cases), "it always names the most likely class"


def check_median_level(loss):
    """As many of the best scores of steps are positive as the median level says."""
    for p in truths(8, columns_for(loss) + 1, seed=1):
        if np.abs(np.cumsum(p) - 0.5).min() > 0.02:
            assert (best_row(loss, p) > 0).sum() == np.searchsorted(np.cumsum(p), 0.5)
