"""Properties that must hold for any data, over every registered loss."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import losslab as ll
from tests.losses.cases import DEFAULTS, ids
from tests.losses.grids import GREATEST_PREDICTION, LEAST_PREDICTION, LINKS
from tests.losses.test_contract import same

every_loss = pytest.mark.parametrize("loss", DEFAULTS, ids=ids)
numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
sizes = st.integers(1, 30)


@st.composite
def legal_pairs(draw, loss, least=1, most=20):
    """Targets and predictions of one length from the loss's own domains."""
    n = draw(st.integers(least, most))
    labels = {
        "{0,1}": st.sampled_from([0.0, 1.0]),
        "[0,1]": st.floats(0.0, 1.0, allow_subnormal=False),
        "(0,1)": st.floats(1e-6, 1.0 - 1e-6),
        "real": numbers,
        "nonzero": numbers.filter(lambda y: abs(y) > 1e-6),
    }.get(loss.target, st.floats(1e-6, 1e6))
    lowest = LEAST_PREDICTION.get(loss.prediction)
    highest = GREATEST_PREDICTION.get(loss.prediction)
    predictions = numbers if lowest is None else st.floats(1e-6, 1e6 if highest is None else 0.999)
    if loss.prediction in LINKS:  # further out a weight of 3 is enough to overflow
        predictions = st.floats(-600.0, 600.0, allow_subnormal=False)
    return draw(arrays(float, n, elements=labels)), draw(arrays(float, n, elements=predictions))


@st.composite
def weights(draw, n):
    w = draw(arrays(float, n, elements=st.floats(0.0, 100.0, allow_subnormal=False)))
    w[draw(st.integers(0, n - 1))] += 1.0
    return w


@every_loss
@given(data=st.data())
@settings(max_examples=15)
def test_value_is_the_textbook_formula(loss, data):
    y, f = data.draw(legal_pairs(loss, most=4))
    terms = loss.value(y, f, reduction="none")
    share = max(2e-15, type(loss).bound("value").ulp * 2.0**-52)
    parameters = {k: mpmath.mpf(v) for k, v in loss.parameters.items()}
    with mpmath.workdps(700):  # a formula may cancel
        for i in range(len(y)):
            right = loss.exact(mpmath.mp, mpmath.mpf(y[i]), mpmath.mpf(f[i]), **parameters)
            if abs(right) > 1.7e308:
                assert np.isinf(terms[i])
            else:
                # y - f is rounded: its error counts by the slope.
                slope = abs(loss.gradient(y[i : i + 1], f[i : i + 1])[0])
                slack = 1e-15 * slope * (abs(y[i]) + abs(f[i]))
                assert abs(terms[i] - float(right)) <= share * abs(float(right)) + slack + 1e-290


@every_loss
@given(data=st.data())
def test_order_does_not_matter(loss, data):
    y, f = data.draw(legal_pairs(loss))
    order = np.array(data.draw(st.permutations(range(len(y)))))
    terms = loss.value(y, f, reduction="none")
    assert same(loss.value(y[order], f[order], reduction="none"), terms[order])
    assert same(loss.gradient(y[order], f[order]), loss.gradient(y, f)[order])
    if np.isfinite(terms).all():
        size = np.abs(terms).sum()
        assert abs(loss.value(y[order], f[order]) - loss.value(y, f)) <= 1e-14 * size


@every_loss
@given(data=st.data())
def test_scaling_the_weights_leaves_the_mean(loss, data):
    y, f = data.draw(legal_pairs(loss))
    w = data.draw(weights(len(y)))
    power = data.draw(st.integers(-20, 20))
    for factor in (2.0**power, 3.0):
        for method in (loss.value, loss.gradient):
            scaled, plain = method(y, f, w * factor), method(y, f, w)
            np.testing.assert_allclose(scaled, plain, rtol=1e-12, atol=1e-300)


@every_loss
@given(data=st.data())
def test_weight_zero_is_as_if_it_were_not_there(loss, data):
    y, f = data.draw(legal_pairs(loss, least=2))
    keep = np.ones(len(y))
    keep[0] = 0.0
    if np.isfinite(loss.value(y[:1], f[:1])):
        right = loss.value(y[1:], f[1:])
        assert loss.value(y, f, keep) == pytest.approx(right, rel=1e-13, abs=1e-300)


@every_loss
@given(data=st.data())
def test_a_convex_loss_lies_above_its_tangents(loss, data):
    y, f = data.draw(legal_pairs(loss))
    if loss.claims.get("convex"):
        other = np.roll(f, 1)
        value, slope = loss.value_and_gradient(y, f, reduction="none")
        there = loss.value(y, other, reduction="none")
        step = other - f
        with np.errstate(all="ignore"):
            size = np.abs(value) + np.abs(slope * step) + np.abs(slope) * (np.abs(f) + np.abs(y))
            ok = there - (value + slope * step) >= -1e-14 * size
        assert (ok | ~np.isfinite(size)).all()


@every_loss
@given(data=st.data())
def test_downhill_leads_to_the_target_for_symmetric_convex_losses(loss, data):
    y, f = data.draw(legal_pairs(loss))
    if loss.claims.get("convex") and loss.claims.get("symmetric"):
        gradient = loss.gradient(y, f, reduction="none")
        assert (gradient * np.sign(f - y) >= 0.0).all()


@every_loss
@given(data=st.data())
def test_symmetric_losses_depend_on_the_residual_only(loss, data):
    if loss.target == "real" and loss.claims.get("symmetric"):
        quarters = st.integers(-(2**20), 2**20).map(lambda k: k / 4.0)
        y, f, shift = (data.draw(arrays(float, 5, elements=quarters)) for _ in range(3))
        assert same(loss.value(y, f), loss.value(y + shift, f + shift))
        assert same(loss.gradient(y, f), loss.gradient(y + shift, f + shift))


@given(x=arrays(float, st.integers(1, 3000), elements=st.floats(-1e15, 1e15)))
def test_sums_are_close_to_exact(x):
    got = ll.get("absolute_error").value(np.zeros_like(x), x, reduction="sum")
    assert got == pytest.approx(math.fsum(abs(x)), rel=1e-14)


@given(delta=st.floats(1e-8, 1e8), r=numbers)
def test_huber_is_squared_error_inside_and_linear_outside(delta, r):
    loss = ll.get("huber", delta=delta)
    value, gradient = loss.value_and_gradient([0.0], [r])
    if abs(r) <= delta:
        assert value == ll.get("squared_error").value([0.0], [r])
        assert gradient[0] == r
    else:
        assert gradient[0] == math.copysign(delta, r)
