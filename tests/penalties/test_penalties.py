"""Every penalty on the shelf: values, gradients and proximal points against the textbook formula."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.penalties import Claims, Parameter, Separable, find
from tests.contract.corners import corners
from tests.contract.ulps import worst_ulp

CLASSES = [find(name) for name in ll.penalties.available()]
EVERY = [cls.typical(**parameters) for cls in CLASSES for parameters in corners(cls)]
MP = mpmath.MPContext()
MP.dps = 60
SEPARABLE = [penalty for penalty in EVERY if penalty.kind == "separable"]
every_one = pytest.mark.parametrize("penalty", SEPARABLE, ids=repr)
STEPS = (0.0, 1e-8, 0.3, 1.0, 7.5)


def points(penalty, step=1.0):
    """Numbers of all sizes, and those around the places where formulas change."""
    sizes = [*np.logspace(-150, 150, 61), *np.linspace(0.01, 5.0, 60)]
    for number in (
        *penalty.parameters.values(),
        step,
        *(step * v for v in penalty.parameters.values()),
    ):
        near = [np.nextafter(number, 0.0), number, np.nextafter(number, np.inf)]
        sizes += [v for v in (*near, number * (1.0 + 1e-9)) if 0.0 < v < 1e150]
    found = np.array([*sizes, *(-v for v in sizes), 0.0])
    return found[np.isfinite(found)]


def exactly(penalty, formula, x, *more):
    numbers = [MP.mpf(v) for v in (*more, *penalty.parameters.values())]
    return [formula(MP, MP.mpf(v), *numbers) for v in x.tolist()]


def bound(penalty, quantity):
    return penalty.bound(quantity).ulp


@every_one
def test_value_and_gradient_are_right(penalty):
    x = points(penalty)
    values = np.array([penalty.value([v]) for v in x])
    right = exactly(penalty, penalty.exact, x)
    assert worst_ulp(values, right) <= bound(penalty, "value")
    numbers = [MP.mpf(v) for v in penalty.parameters.values()]
    x = x[(x != 0.0) & np.isfinite(values)]
    slopes = [  # along a stretch, so that the step is small beside the number, outwards from bends
        MP.diff(lambda t, v=v: penalty.exact(MP, t * MP.mpf(v), *numbers), MP.mpf(1), direction=1)
        / MP.mpf(v)
        for v in x.tolist()
    ]
    assert worst_ulp(penalty.gradient(x), slopes, rel=1e-12) <= bound(penalty, "gradient")


@every_one
@pytest.mark.parametrize("step", STEPS)
def test_proximal_points_are_right(penalty, step):
    x = points(penalty, step)
    right = exactly(penalty, penalty.exact_prox, x, step)
    assert worst_ulp(penalty.prox(x, step), right) <= bound(penalty, "prox")


@every_one
@pytest.mark.parametrize("step", STEPS[1:])
def test_nothing_is_better_than_the_proximal_point(penalty, step):
    """By brute force, so that formula and kernel cannot be wrong together."""
    for w in (-3.0, -0.4, 0.0, 0.2, 1.0, 2.5):
        found = penalty.prox([w], step).item()
        around = found + np.concatenate([np.linspace(-1, 1, 2001), np.logspace(-12, -3, 50)])
        tried = np.concatenate([around, -around, [0.0, w]])
        costs = [0.5 * (x - w) ** 2 + step * penalty.value([x]) for x in (found, *tried)]
        assert costs[0] <= min(costs) * (1.0 + 1e-12) + 1e-15


@pytest.mark.parametrize("penalty", [p for p in SEPARABLE if p.conjugate_at is not None], ids=repr)
def test_the_conjugate_is_conjugate(penalty):
    """Fenchel and Young: w u is at most value + conjugate, and equal where u is the derivative."""
    w = points(penalty)[::3]
    w = w[abs(w) < 1e10]
    u = penalty.gradient(w)
    for a, b in zip(w, u, strict=True):
        both = penalty.value([a]) + penalty.conjugate([b])
        assert both == pytest.approx(a * b, rel=1e-12, abs=1e-300)
        for c in (0.5 * b, 0.9 * b, 1.5 * b, -b):
            assert penalty.value([a]) + penalty.conjugate([c]) >= a * c * (1.0 - 1e-12) - 1e-300
    assert np.isnan(penalty.conjugate([np.nan]))


def test_what_has_no_conjugate_says_so():
    for penalty in SEPARABLE:
        if penalty.conjugate_at is None:
            with pytest.raises(ValueError, match=f"{penalty.name} has no conjugate"):
                penalty.conjugate([1.0])


@every_one
def test_it_is_a_sum(penalty, rng):
    w = penalty.example(70_000, rng)
    assert penalty.value(w) == pytest.approx(
        sum(penalty.value([v]) for v in w[:50]) + penalty.value(w[50:]), rel=1e-14
    )
    shaped = w[:60].reshape(3, 4, 5)
    assert penalty.value(shaped) == penalty.value(w[:60])
    assert penalty.gradient(shaped).shape == penalty.prox(shaped).shape == (3, 4, 5)
    value, gradient = penalty.value_and_gradient(w)
    assert value == penalty.value(w)
    np.testing.assert_array_equal(gradient, penalty.gradient(w))


@every_one
def test_threads_change_nothing(penalty, threads, rng):
    w = penalty.example(200_001, rng)
    found = []
    for n in (1, 2, 3):
        threads(n)
        found.append([penalty.value(w), *penalty.gradient(w), *penalty.prox(w, 0.3)])
    assert found[0] == found[1] == found[2]


@every_one
def test_precision_and_place_of_the_answer(penalty, rng):
    w = penalty.example(100, rng)
    single = w.astype(np.float32)
    assert penalty.gradient(single).dtype == penalty.prox(single).dtype == np.float32
    assert isinstance(penalty.value(single), np.float32)
    np.testing.assert_array_equal(
        penalty.prox(single, 0.3), penalty.prox(single.astype(float), 0.3).astype(np.float32)
    )
    right = penalty.prox(w, 0.3)
    out = w.copy()
    assert penalty.prox(out, 0.3, out=out) is out
    np.testing.assert_array_equal(out, right)


@every_one
def test_ends_of_the_range(penalty):
    for x in (np.inf, -np.inf):
        for limit in (penalty.value([x]), *penalty.gradient([x]), *penalty.prox([x])):
            assert not np.isnan(limit), f"no limit at {x}: 0 times infinity?"
    for answer in (penalty.value([np.nan]), *penalty.gradient([np.nan]), *penalty.prox([np.nan])):
        assert np.isnan(answer)
    assert penalty.prox([5e-324, -5e-324, 0.0]).tolist() == pytest.approx(
        [0.0, 0.0, 0.0], abs=1e-323
    )


@pytest.mark.parametrize("step", [-1.0, np.inf, np.nan, "long", None, True])
def test_an_illegal_step_is_named(step):
    with pytest.raises((ValueError, TypeError), match="step must be a finite number >= 0"):
        ll.penalties.get("l1").prox([1.0], step)


@pytest.mark.parametrize(("w", "said"), [([], "at least one number"), ("abc", "w must hold real")])
def test_illegal_weights_are_named(w, said):
    with pytest.raises((ValueError, TypeError), match=said):
        ll.penalties.get("l1").value(w)


def test_values_of_the_literature():
    w = [3.0, -1.5, 0.4, 0.0, -0.7]
    lasso, ridge = ll.penalties.get("l1"), ll.penalties.get("squared_l2")
    assert lasso.value(w) == 5.6000000000000005
    assert lasso.prox(w, 0.5).tolist() == [2.5, -1.0, 0.0, 0.0, -0.7 + 0.5]
    assert ridge.value(w) == pytest.approx(5.95, rel=1e-15)
    assert ridge.prox(w, 0.5) == pytest.approx(np.array(w) / 1.5, rel=1e-15)


def test_names_are_of_the_shelf():
    assert ll.penalties.get("lasso") == ll.penalties.get("l1")
    assert ll.penalties.get("l2").name == "squared_l2"
    assert ll.get("l2").name == "squared_error"  # the losses have their own names
    with pytest.raises(ValueError, match=r"unknown penalty 'rigde'; did you mean 'squared_l2'\?"):
        ll.penalties.get("rigde")
    with pytest.raises(ValueError, match="l1 has no parameter 'lam'.*its parameters: strength"):
        ll.penalties.get("l1", lam=1.0)
    with pytest.raises(ValueError, match="strength must be a finite number >= 0, got -1"):
        ll.penalties.get("l1", strength=-1)


def test_a_penalty_of_ones_own():
    class Cubic(Separable):
        """The sum of cubed absolute weights.

        Examples
        --------
        >>> 1
        1
        """

        name = "cubic_of_a_test"
        title = "Cubic"
        family = "norms"
        formula = "|w|^3"
        reference = "none"
        height = Parameter(1.0, above=0.0, slider=(0.1, 2.0), doc="height")
        claims = Claims(convex=True)

        def value_at(w, height):
            return height * abs(w) ** 3

        def gradient_at(w, height):
            return 3.0 * height * w * abs(w)

        def prox_at(w, step, height):
            return w

        def exact(mp, w, height):
            return height * abs(w) ** 3

        def exact_prox(mp, w, step, height):
            return w

    try:
        assert ll.penalties.get("cubic_of_a_test", height=2.0).value([1.0, -2.0]) == 18.0
        assert "cubic_of_a_test" not in ll.available()
    finally:
        ll.penalties.shelf._classes.pop("cubic_of_a_test")
