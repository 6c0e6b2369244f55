"""Every risk on the shelf: its value, and that its weights are the derivative."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.adaptive import find
from tests.adaptive.claim_checks import CHECKS
from tests.contract.corners import corners
from tests.contract.ulps import worst_ulp

CLASSES = [find(name) for name in ll.adaptive.available()]
EVERY = [cls(**parameters) for cls in CLASSES for parameters in corners(cls)]
MP = mpmath.MPContext()
MP.dps = 50
every_one = pytest.mark.parametrize("risk", EVERY, ids=repr)


def batches(rng):
    """Losses and weights: few and many, with ties, of both signs, of very different size."""
    for n in (1, 2, 7, 40):
        yield rng.exponential(size=n), None
        yield rng.integers(0, 4, n) / 2.0, rng.uniform(0.1, 3.0, n)
        yield rng.normal(size=n) * 10.0 ** rng.uniform(-9, 9, n), rng.integers(1, 4, n) * 1.0


def exactly(risk, losses, w):
    shares = [MP.mpf(1)] * len(losses) if w is None else list(map(MP.mpf, w))
    numbers = [MP.mpf(v) for v in risk.parameters.values()]
    return risk.exact(MP, list(map(MP.mpf, losses)), shares, *numbers)


@every_one
def test_value_is_right(risk, rng):
    for losses, w in batches(rng):
        value = risk.value(losses, w)
        right = exactly(risk, losses, w)
        # Terms of both signs may cancel: a unit of the largest is all that can be asked.
        size = MP.mpf(float(np.abs(losses).max()))
        assert abs(MP.mpf(value) - right) <= 2e-15 * max(size, abs(right)), (losses, w)
        if (losses > 0).all():
            assert worst_ulp([value], [right]) <= 16.0


@every_one
def test_weights_are_the_derivative(risk, rng):
    for losses, w in batches(rng):
        value, weights = risk.value_and_weights(losses, w)
        assert value == risk.value(losses, w)
        np.testing.assert_array_equal(weights, risk.weights(losses, w))
        for i in range(len(losses)):
            h = 1e-25 * max(1.0, abs(losses[i]))
            up, down = (
                exactly(risk, [MP.mpf(x) + s * h * (j == i) for j, x in enumerate(losses)], w)
                for s in (1, -1)
            )
            middle = exactly(risk, losses, w)
            sides = sorted([(up - middle) / MP.mpf(h), (middle - down) / MP.mpf(h)])
            assert sides[0] - 1e-12 <= weights[i] <= sides[1] + 1e-12, (losses, w, i)


@every_one
def test_order_does_not_matter_and_weight_zero_counts_nothing(risk, rng):
    losses, w = rng.exponential(size=12), rng.integers(0, 3, 12) * 1.0
    order = rng.permutation(12)
    value, weights = risk.value_and_weights(losses, w)
    assert risk.value(losses[order], w[order]) == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(risk.weights(losses[order], w[order]), weights[order], rtol=1e-13)
    assert not weights[w == 0.0].any()
    assert risk.value(losses, 7.0 * w) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(("level", "value"), [(0.8, 3.0), (0.5, 1.94), (0.0, 1.18)])
def test_cvar_of_five_losses(level, value):
    assert ll.adaptive.get("cvar", level=level).value([0.1, 0.5, 0.9, 1.4, 3.0]) == pytest.approx(
        value, rel=1e-14
    )


def test_cvar_of_a_share_that_is_no_whole_number():
    value, weights = ll.adaptive.get("cvar", level=0.7).value_and_weights([1, 2, 3, 4, 10])
    assert value == pytest.approx(8.0, rel=1e-15)
    assert weights == pytest.approx([0, 0, 0, 1 / 3, 2 / 3], rel=1e-15)


def test_ties_at_the_edge_share_what_is_left():
    weights = ll.adaptive.get("cvar", level=0.5).weights([1.0, 2.0, 2.0, 3.0])
    assert weights == pytest.approx([0.0, 0.25, 0.25, 0.5], rel=1e-15)


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ([], "losses must have shape"),
        ([[1.0]], r"losses must have shape .* got \(1, 1\)"),
        ([1.0, np.nan], "losses must be finite, got nan at index 1"),
        ([1.0, np.inf], "losses must be finite, got inf at index 1"),
    ],
)
def test_illegal_losses_are_named(losses, said):
    with pytest.raises(ValueError, match=said):
        ll.adaptive.get("cvar").value(losses)


@pytest.mark.parametrize("level", [1.0, -0.1, np.nan, "high"])
def test_an_illegal_level_is_named(level):
    with pytest.raises((ValueError, TypeError), match="level must be a finite number >= 0 and < 1"):
        ll.adaptive.get("cvar", level=level)


CLAIMS = [(risk, key, claim) for risk in EVERY for key, claim in risk.claims.items()]


@pytest.mark.parametrize(("risk", "key", "claim"), CLAIMS, ids=lambda thing: str(thing))
def test_claim(risk, key, claim):
    CHECKS[key](risk, claim)
    with pytest.raises(AssertionError):
        CHECKS[key](risk, not claim)
