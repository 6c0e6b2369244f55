"""Survival losses against scipy and statsmodels, and how they hang together."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.duration.hazard_regression import PHReg

import losslab as ll

LAWS = {
    "aft_loglogistic": lambda m, s: stats.fisk(1.0 / s, scale=np.exp(m)),
    "aft_weibull": lambda m, s: stats.weibull_min(1.0 / s, scale=np.exp(m)),
    "aft_lognormal": lambda m, s: stats.lognorm(s, scale=np.exp(m)),
    "censored_gaussian": stats.norm,
}


@pytest.mark.parametrize("name", LAWS)
def test_the_laws_of_scipy(name, rng):
    loss = ll.get(name)
    y, f = loss.example(60, rng)
    f *= 0.5
    low, high = y.T
    law = LAWS[name](f[:, 0], np.exp(f[:, 1]))
    exact = low == high
    inside = law.cdf(high) - law.cdf(low)
    want = -np.where(exact, law.logpdf(low), np.log(np.where(exact, 1.0, inside)))
    np.testing.assert_allclose(loss.value(y, f, reduction="none"), want, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", LAWS)
def test_a_narrow_interval_costs_its_density_and_its_width(name):
    loss = ll.get(name)
    rows = [[0.3, -0.2]]
    exact = loss.value([[2.0, 2.0]], rows)
    for width in (1e-6, 1e-12):
        high = 2.0 + width
        near = loss.value([[2.0, high]], rows)
        assert near + np.log(high - 2.0) == pytest.approx(exact, abs=10 * width + 1e-13)
        np.testing.assert_allclose(
            loss.gradient([[2.0, high]], rows), loss.gradient([[2.0, 2.0]], rows), atol=1e-5
        )


@pytest.mark.parametrize("name", LAWS)
def test_bounds_that_say_nothing_cost_nothing(name):
    open_low = -np.inf if name == "censored_gaussian" else 0.0
    value, gradient = ll.get(name).value_and_gradient([[open_low, np.inf]], [[0.3, -0.2]])
    assert value == 0.0
    assert not gradient.any()


@pytest.mark.parametrize("name", LAWS)
def test_far_tails_stay_finite(name):
    loss = ll.get(name)
    y = [[1.0, 2.0], [1.0, np.inf], [0.5, 1.0], [1.0, 1.0]]
    for location in (-30.0, 30.0):
        value, gradient = loss.value_and_gradient(y, [[location, 0.0]] * 4, reduction="none")
        assert not np.isnan(value).any()
        assert not np.isnan(gradient).any()
    assert np.isfinite(loss.value(y, [[30.0, 0.0]] * 4))


def test_both_ways_of_a_normal_interval_meet():
    """Quadrature up to a width of 1, differences of the distribution function beyond."""
    loss = ll.get("censored_gaussian")
    for low in (-2.5, -1.0, -0.5, 0.2, 1.5):
        ends = [[low, low + width] for width in (1.0 - 1e-9, 1.0 + 1e-9)]
        value, gradient = loss.value_and_gradient(ends, [[0.0, 0.0]] * 2, reduction="none")
        assert value[0] == pytest.approx(value[1], abs=1e-8)
        np.testing.assert_allclose(gradient[0], gradient[1], atol=1e-8)


def test_a_tobit_without_limits_is_the_gaussian_likelihood(rng):
    y, f = rng.normal(size=20), rng.normal(size=(20, 2))
    censored, plain = ll.get("censored_gaussian"), ll.get("gaussian_nll")
    both = np.column_stack([y, y])
    np.testing.assert_allclose(censored.value(both, f), plain.value(y, f), rtol=1e-13)
    np.testing.assert_allclose(censored.gradient(both, f), plain.gradient(y, f), rtol=1e-11)


def test_an_exponential_time_is_a_weibull_time_of_scale_1(rng):
    loss = ll.get("exponential_survival")
    y, f = loss.example(30, rng)
    bounds = np.column_stack([y[:, 0], np.where(y[:, 1] == 1.0, y[:, 0], np.inf)])
    other = ll.get("aft_weibull").value(bounds, np.column_stack([-f, np.zeros(30)]))
    assert loss.value(y, f) == pytest.approx(other, rel=1e-12)


def test_the_best_constant_rate_is_events_over_time(rng):
    loss = ll.get("exponential_survival")
    y, f = loss.example(30, rng)
    best = np.log(y[:, 1].sum() / y[:, 0].sum())
    assert loss.gradient(y, np.full((30, 1), best)).sum() == pytest.approx(0.0, abs=1e-14)


def test_hazards_and_probabilities_of_intervals_agree(rng):
    """The same probabilities give the same likelihood, whichever loss holds them."""
    hazard, softmax = ll.get("discrete_hazard"), ll.get("deephit_likelihood")
    f = rng.normal(size=(40, 3))
    y = np.column_stack([rng.integers(0, 3, 40), rng.integers(0, 2, 40)]).astype(float)
    np.testing.assert_allclose(
        hazard.value(y, f, reduction="none"),
        softmax.value(y, np.log(hazard.link(f)), reduction="none"),
        rtol=1e-12,
    )


def test_who_is_censored_in_the_last_interval():
    rows = [[0.0, 0.0, 0.0]]
    assert ll.get("discrete_hazard").value([[2, 0]], rows) == pytest.approx(3 * np.log(2.0))
    with pytest.raises(ValueError, match="not for the last interval"):
        ll.get("deephit_likelihood").value([[2, 0]], rows)
    with pytest.raises(ValueError, match="one for everything later"):
        ll.get("deephit_likelihood").value([[0, 1]], [[0.0]])


@pytest.mark.parametrize("scale", [1e20, 1e100, 1e300])
@pytest.mark.parametrize("name", ["discrete_hazard", "deephit_likelihood"])
def test_huge_logits_cost_their_distance(name, scale):
    y = [[0, 1], [1, 1], [1, 0]]
    f = scale * np.array([[-1.0, 0.5, -0.2], [-1.0, 0.5, -0.2], [-1.0, 0.5, -0.2]])
    far = {"discrete_hazard": [1.0, 0.0, 0.5], "deephit_likelihood": [1.5, 0.0, 0.7]}[name]
    loss = ll.get(name)
    np.testing.assert_allclose(loss.value(y, f, reduction="none"), scale * np.array(far))
    assert np.isfinite(loss.gradient(y, f)).all()


# Cox ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "ties"), [("cox", "breslow"), ("cox_efron", "efron")])
def test_the_partial_likelihood_of_statsmodels(name, ties, rng):
    n = 150
    x = rng.normal(size=(n, 3))
    time = np.ceil(rng.exponential(5.0, n))
    event = rng.integers(0, 2, n)
    model = PHReg(time, x, status=event, ties=ties)
    beta = np.array([0.4, -1.1, 0.2])
    value, g = ll.get(name).value_and_gradient(
        np.column_stack([time, event]), x @ beta, reduction="sum"
    )
    assert value == pytest.approx(-model.loglike(beta), rel=1e-11)
    np.testing.assert_allclose(x.T @ g, -model.score(beta), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["cox", "cox_efron"])
def test_only_differences_of_scores_and_the_order_of_times_count(name, rng):
    loss = ll.get(name)
    y, f = loss.example(40, rng)
    value, gradient = loss.value_and_gradient(y, f)
    assert gradient.sum() == pytest.approx(0.0, abs=1e-14)
    later = np.column_stack([np.exp(y[:, 0]), y[:, 1]])
    moved = loss.value_and_gradient(later, f + 1000.0)
    assert moved[0] == pytest.approx(value, rel=1e-11)
    np.testing.assert_allclose(moved[1], gradient, atol=1e-12)


@pytest.mark.parametrize("name", ["cox", "cox_efron"])
def test_risk_sets_of_very_different_size(name):
    """Scores 2000 apart: no risk set is lost beside another, nothing overflows."""
    y = [[1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [4.0, 0.0]]
    value, gradient = ll.get(name).value_and_gradient(y, [1000.0, -1000.0, 0.0, -1000.0])
    assert value == pytest.approx(1000.0 / 4.0)
    np.testing.assert_allclose(gradient, [0.0, -0.25, 0.25, 0.0], atol=1e-15)


@pytest.mark.parametrize("scale", [1e6, 1e20, 1e100, 1e300])
@pytest.mark.parametrize("name", ["cox", "cox_efron"])
def test_huge_scores_give_the_limit(name, scale):
    """Of each risk set only the largest score is left."""
    y = [[1.0, 1.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 0.0]]
    f = np.array([0.3, -1.7, 0.9, -0.4, 0.1])
    largest = np.array([0.9, 0.9, 0.9, 0.1, 0.1])
    event = np.array([row[1] for row in y])
    value, gradient = ll.get(name).value_and_gradient(y, scale * f)
    assert value == pytest.approx(scale * np.mean(event * (largest - f)), rel=1e-14)
    np.testing.assert_allclose(gradient, np.array([-1.0, -1.0, 2.0, -1.0, 1.0]) / 5.0, atol=1e-15)


@pytest.mark.parametrize("name", ["cox", "cox_efron"])
def test_the_sum_is_the_weighted_likelihood_of_the_textbook(name, rng):
    """Weights as they are, in the terms of the events and in the risk sets."""
    loss = ll.get(name)
    y, f = loss.example(30, rng)
    w = rng.uniform(0.1, 3.0, 30)
    w[::7] = 0.0
    value = 0.0
    for time in np.unique(y[:, 0]):
        dead = (y[:, 0] == time) & (y[:, 1] == 1.0) & (w > 0.0)
        risk, tied = (w * np.exp(f))[y[:, 0] >= time].sum(), (w * np.exp(f))[dead].sum()
        value -= (w * f)[dead].sum()
        for step in range(dead.sum()):
            part = step / dead.sum() if name == "cox_efron" else 0.0
            value += w[dead].mean() * np.log(risk - part * tied)
    assert loss.value(y, f, w, reduction="sum") == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(
        loss.gradient(y, f, w, reduction="sum"), loss.gradient(y, f, w) * w.sum(), rtol=1e-12
    )


@pytest.mark.parametrize("name", ["cox", "cox_efron"])
def test_only_weights_make_it_negative(name):
    loss, y = ll.get(name), [[2.0, 1.0], [1.0, 0.0]]
    assert loss.value(y, [0.0, 0.0]) == loss.value(y, [0.0, 0.0], reduction="sum") == 0.0
    small = np.log(0.1) * 0.1
    assert loss.value(y, [0.0, 0.0], [0.1, 0.1], "sum") == pytest.approx(small)
    assert loss.value(y, [0.0, 0.0], [0.1, 1.9]) == pytest.approx(small / 2)
    assert "Without weights" in type(loss).__doc__


def test_a_whole_weight_is_a_repetition(rng):
    loss = ll.get("cox")
    y, f = loss.example(40, rng)
    times = rng.integers(0, 4, 40)
    value, gradient = loss.value_and_gradient(y, f, times.astype(float), reduction="sum")
    where = np.repeat(np.arange(40), times)
    again, slopes = loss.value_and_gradient(y[where], f[where], reduction="sum")
    assert value == pytest.approx(again, rel=1e-12)
    np.testing.assert_allclose(gradient, np.bincount(where, slopes, 40), atol=1e-12)


def test_the_weighted_likelihood_of_lifelines():
    """Its maximum with five weighted events, from lifelines 0.30.3."""
    x = np.array([0.209325, 0.693919, 0.443804, 0.065636, 0.386294])
    y = np.column_stack([[5.269797, 6.601666, 7.335846, 11.684092, 12.678458], np.ones(5)])
    w = np.array([1.0, 0.5, 2.0, 1.0, 1.0])
    for name in ("cox", "cox_efron"):
        value, g = ll.get(name).value_and_gradient(y, 0.6731053386171468 * x, w, reduction="sum")
        assert value == pytest.approx(5.895298560231178, rel=1e-12)
        assert x @ g == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("size", [5e-324, 5e-309, 1e-300, 1e300])
@pytest.mark.parametrize("name", ["cox", "cox_efron"])
def test_only_ratios_of_weights_count_in_the_mean(name, size, rng):
    loss = ll.get(name)
    y, f = loss.example(30, rng)
    w = rng.integers(1, 5, 30).astype(float)
    for got, right in zip(
        loss.value_and_gradient(y, f, size * w), loss.value_and_gradient(y, f, w), strict=True
    ):
        np.testing.assert_allclose(got, right, rtol=1e-12, atol=1e-15)


def test_no_events_no_loss():
    value, gradient = ll.get("cox").value_and_gradient([[1.0, 0.0], [2.0, 0.0]], [1.0, -1.0])
    assert value == 0.0
    assert not gradient.any()


@pytest.mark.parametrize("name", ["cox", "cox_efron"])
def test_rows_of_weight_zero_are_not_there(name, rng):
    loss = ll.get(name)
    y, f = loss.example(30, rng)
    w = rng.integers(0, 2, 30).astype(float)
    f[w == 0.0] += 800.0
    kept = w > 0.0
    value, gradient = loss.value_and_gradient(y, f, w)
    assert value == pytest.approx(loss.value(y[kept], f[kept]), rel=1e-12)
    assert not gradient[~kept].any()
