"""Every joint penalty of the shelf: values, subgradients, proximal points, dual norms."""

import numpy as np
import pytest

import losslab as ll
from tests.penalties.test_penalties import EVERY, MP

JOINT = [penalty for penalty in EVERY if penalty.kind == "joint"]
every_one = pytest.mark.parametrize("penalty", JOINT, ids=repr)
convex = pytest.mark.parametrize("penalty", [p for p in JOINT if p.claims["convex"]], ids=repr)
norms = pytest.mark.parametrize("penalty", [p for p in JOINT if p.dual_at is not None], ids=repr)
STEPS = (1e-3, 0.3, 2.0)


def drawn(penalty, count=12, seed=0):
    """Weights of several sizes, some equal, some 0; where a constraint is kept and where it is not."""
    rng = np.random.default_rng(seed)
    found = [penalty.example(6, rng) * 10.0 ** rng.integers(-2, 3) for _ in range(count)]
    found += [np.ones_like(found[0]), np.zeros_like(found[0]), np.round(found[1])]
    return [*found, *(penalty.prox(w, 0.1) for w in found[:4])]


def textbook(penalty, w):
    rows = (
        [[MP.mpf(float(v)) for v in row] for row in w]
        if w.ndim == 2
        else [MP.mpf(float(v)) for v in w]
    )
    return penalty.exact(MP, rows, *penalty.parameters.values())


@every_one
def test_the_value_is_that_of_the_textbook(penalty):
    for w in drawn(penalty):
        value, right = penalty.value(w), textbook(penalty, w)
        if np.isinf(value) or MP.isinf(right):
            assert value == float(right), w
        else:
            bound = penalty.bound("value").ulp
            assert abs(MP.mpf(value) - right) <= bound * np.spacing(abs(float(right))), w


@every_one
def test_the_gradient_is_the_slope(penalty):
    """Along random ways, from weights where it has a gradient."""
    rng = np.random.default_rng(1)
    for _ in range(8):
        w = penalty.example(6, rng) + rng.normal(size=penalty.example(6, rng).shape)
        if not np.isfinite(penalty.value(w)):
            continue
        way = rng.normal(size=w.shape)
        h = MP.mpf(10) ** -20
        ends = [textbook_along(penalty, w, way, t) for t in (h, -h)]
        slope = float((ends[0] - ends[1]) / (2 * h))
        g = penalty.gradient(w)
        assert abs(np.vdot(g, way) - slope) <= 1e-9 * (1e-3 + np.abs(g * way).sum())


def textbook_along(penalty, w, way, t):
    moved = [MP.mpf(float(a)) + t * MP.mpf(float(b)) for a, b in zip(w.flat, way.flat, strict=True)]
    if w.ndim == 2:
        m = w.shape[1]
        moved = [moved[i : i + m] for i in range(0, len(moved), m)]
    return penalty.exact(MP, moved, *penalty.parameters.values())


@convex
def test_the_gradient_is_a_subgradient(penalty):
    points = [w for w in drawn(penalty) if np.isfinite(penalty.value(w))]
    for w in points:
        value, g = penalty.value_and_gradient(w)
        for x in points:
            least = value + np.vdot(g, x - w)
            assert penalty.value(x) >= least - 1e-12 * (abs(value) + np.abs(g * (x - w)).sum())


def off(penalty, w, x, step):
    """How far x is from being the proximal point of w, relative."""
    if penalty.certificate is not None:
        return penalty.certificate(w, x, step, *penalty.parameters.values())
    u = (w - x) / step
    size = penalty.value(x)
    length = penalty.dual_norm(u) - 1.0 if step > 0.0 else 0.0
    return max(length, (size - np.vdot(u, x)) / (size + np.abs(u * x).sum() + 1e-300))


@every_one
@pytest.mark.parametrize("step", STEPS)
def test_the_proximal_point_is_certified(penalty, step):
    bound = penalty.bound("prox").ulp * 2.0**-52
    if penalty.certificate is None and penalty.dual_at is None:
        pytest.skip("brute force alone: the next test")
    if penalty.parameters.get("strength") == 0.0:
        return
    for w in drawn(penalty):
        x = penalty.prox(w, step)
        rounding = 2.0**-52 * np.abs(w).max() / max(np.abs(w - x).max(), 1e-300)
        assert off(penalty, w, x, step) <= max(bound, 1e-12, 4.0 * w.size * rounding), w


@every_one
@pytest.mark.parametrize("step", STEPS)
def test_nothing_near_or_far_is_better_than_the_proximal_point(penalty, step):
    rng = np.random.default_rng(2)

    def cost(x):
        return 0.5 * np.sum((x - w) ** 2) + step * penalty.value(x)

    for w in drawn(penalty, 6):
        x = penalty.prox(w, step)
        least = cost(x)
        size = np.abs(w).max() + 1e-9
        tried = [0.0 * w, w, np.full_like(w, w.mean()), *(penalty.prox(w, s) for s in STEPS)]
        for scale in (1.0, 0.1, 1e-3, 1e-5):
            for _ in range(25):
                way = scale * size * rng.normal(size=w.shape)
                tried += [
                    x + way,
                    x + way * (x != 0.0),
                    x + way * (rng.uniform(size=w.shape) < 0.4),
                ]
        # Where it is a constraint, what is tried must keep it.
        tried += [penalty.prox(t, step) for t in tried[:20]]
        best = min(cost(t) for t in tried)
        assert least <= best + penalty.bound("prox").ulp * 2.0**-52 * (abs(best) + size**2), w


@norms
def test_the_dual_norm_is_dual(penalty):
    """No weights do better than it says, and some do as well."""
    points = [w for w in drawn(penalty) if penalty.value(w) > 0.0]
    for w in points:
        u = penalty.gradient(w)
        assert penalty.dual_norm(u) == pytest.approx(1.0, rel=1e-9), w
        for x in points:
            dual = penalty.dual_norm(x)
            assert np.vdot(x, w) <= dual * penalty.value(w) * (1.0 + 1e-12)


@every_one
def test_place_and_precision_of_the_answer(penalty, rng):
    w = penalty.example(6, rng)
    single = w.astype(np.float32)
    assert penalty.gradient(single).dtype == penalty.prox(single).dtype == np.float32
    assert isinstance(penalty.value(single), np.float32)
    right, out = penalty.prox(w, 0.3), w.copy()
    assert penalty.prox(out, 0.3, out=out) is out
    np.testing.assert_array_equal(out, right)
    value, gradient = penalty.value_and_gradient(w)
    assert value == penalty.value(w)
    np.testing.assert_array_equal(gradient, penalty.gradient(w))
    if not penalty.claims.get("constraint"):
        np.testing.assert_allclose(penalty.prox(w, 0.0), w, rtol=1e-12, atol=1e-12)


@every_one
def test_what_is_not_known_and_what_is_illegal(penalty, rng):
    w = penalty.example(6, rng)
    w.reshape(-1)[-1] = np.nan
    assert np.isnan(penalty.value(w)) and np.isnan(penalty.prox(w)).all()
    w.reshape(-1)[-1] = np.inf
    with pytest.raises(ValueError, match="w must not be infinite"):
        penalty.prox(w)
    if penalty.size is not None:
        with pytest.raises(ValueError, match=f"w must hold {penalty.size} numbers"):
            penalty.value(np.ones(penalty.size + 1).reshape(1, -1))
    if penalty.of == "matrix":
        with pytest.raises(ValueError, match="w must be a matrix"):
            penalty.value(np.ones(3))


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([[0, 1], [1, 2]], "place 1 is in more than one group"),
        ([[0], [2]], "place 1 is in no group"),
        ([[0, 0]], r"\[0, 0\] names a place twice"),
        ([[]], r"got the group \[\]"),
        ([], "got none"),
        ([[0.5]], "got 0.5"),
        (3, "got 3"),
        (None, "groups must be given"),
    ],
)
def test_illegal_groups_are_named(groups, said):
    with pytest.raises((ValueError, TypeError), match=said):
        ll.penalties.get("group_lasso", groups=groups)
