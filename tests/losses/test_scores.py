"""Scores of distributions against their definitions: integrals, double sums, pairs of quantiles."""

import numpy as np
import pytest
from scipy import integrate, optimize, stats

import losslab as ll

LAWS = {
    "crps_gaussian": stats.norm,
    "crps_laplace": stats.laplace,
    "crps_logistic": stats.logistic,
}
POINTS = [(0.0, 0.0, 0.0), (1.3, 0.5, -1.0), (-4.0, 0.2, 0.7), (30.0, 0.0, 0.0)]


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize(("y", "location", "log_scale"), POINTS)
def test_crps_is_the_integral_of_the_squared_distance_of_two_steps(name, y, location, log_scale):
    law = LAWS[name](location, np.exp(log_scale))
    reach = 60.0 * np.exp(log_scale)
    below = integrate.quad(lambda x: law.cdf(x) ** 2, min(y, location) - reach, y, limit=400)[0]
    above = integrate.quad(lambda x: law.sf(x) ** 2, y, max(y, location) + reach, limit=400)[0]
    assert ll.get(name).value([y], [[location, log_scale]]) == pytest.approx(below + above, 1e-7)


@pytest.mark.parametrize("name", LAWS)
def test_crps_is_twice_the_mean_quantile_loss_over_all_levels(name):
    levels = (np.arange(4000) + 0.5) / 4000
    for y, location, log_scale in POINTS[:3]:
        law = LAWS[name](location, np.exp(log_scale))
        pinballs = ll.get("quantile_set", levels=levels).value([y], [law.ppf(levels)])
        score = ll.get(name).value([y], [[location, log_scale]])
        assert 2.0 * pinballs == pytest.approx(score, rel=2e-3)


@pytest.mark.parametrize(("k", "ties"), [(1, False), (2, False), (3, True), (7, True), (64, True)])
def test_ensemble_scores_are_their_double_sums(k, ties, rng):
    x = rng.normal(size=(20, k))
    x = np.round(2.0 * x) / 2.0 if ties else x
    y = np.round(rng.normal(size=20), 0)
    near = np.abs(x - y[:, None]).mean(axis=1)
    pairs = np.abs(x[:, :, None] - x[:, None, :]).sum(axis=(1, 2))
    value = ll.get("crps_ensemble").value(y, x, reduction="none")
    np.testing.assert_allclose(value, near - pairs / (2 * k * k), atol=1e-14)
    if k > 1:
        value = ll.get("fair_crps_ensemble").value(y, x, reduction="none")
        np.testing.assert_allclose(value, near - pairs / (2 * k * (k - 1)), atol=1e-14)


def test_the_fair_score_needs_two_members():
    with pytest.raises(ValueError, match="at least 2 members, got 1"):
        ll.get("fair_crps_ensemble").value([0.0], [[1.0]])


@pytest.mark.parametrize("k", [2, 3, 8])
def test_the_best_members_of_the_plain_score_are_quantiles_that_lie_too_close(k):
    y = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
    loss = ll.get("crps_ensemble")

    def mean(x):
        value, gradient = loss.value_and_gradient(y, np.tile(x, (y.size, 1)), reduction="none")
        return value.mean(), gradient.mean(axis=0)

    found = optimize.minimize(mean, np.linspace(-1.0, 1.0, k), jac=True, tol=1e-12)
    want = stats.norm.ppf((2.0 * np.arange(k) + 1.0) / (2 * k))
    np.testing.assert_allclose(np.sort(found.x), want, atol=0.01)


def test_the_fair_score_of_draws_does_not_depend_on_their_number(rng):
    y = rng.normal(size=200_000)
    fair, plain = (
        [ll.get(name).value(y, rng.normal(size=(y.size, k))) for k in (2, 8)]
        for name in ("fair_crps_ensemble", "crps_ensemble")
    )
    assert fair[0] == pytest.approx(fair[1], abs=0.006)
    assert plain[0] > plain[1] + 0.1


def test_the_interval_score_is_a_sum_of_two_quantile_losses(rng):
    y, ends = rng.normal(size=50), rng.normal(size=(50, 2))
    for alpha in (0.1, 0.5):
        low, high = (
            ll.get("quantile", tau=tau).value(y, ends[:, j], reduction="none")
            for j, tau in enumerate((alpha / 2, 1 - alpha / 2))
        )
        score = ll.get("interval_score", alpha=alpha).value(y, ends, reduction="none")
        np.testing.assert_allclose(score, 2 / alpha * (low + high), rtol=1e-12)


def test_the_energy_score_of_single_numbers_is_the_ensemble_crps(rng):
    y, x = rng.normal(size=30), rng.normal(size=(30, 6))
    energy = ll.get("energy_score", dimension=1)
    crps = ll.get("crps_ensemble")
    np.testing.assert_allclose(
        energy.value(y[:, None], x, reduction="none"),
        crps.value(y, x, reduction="none"),
        atol=1e-14,
    )
    np.testing.assert_allclose(
        energy.gradient(y[:, None], x), crps.gradient(y, x), rtol=1e-12, atol=1e-15
    )


def test_the_energy_score_of_huge_and_tiny_vectors_keeps_its_digits():
    for scale in (1e-300, 1e300):
        value = ll.get("energy_score").value([[0.0, 0.0]], [[3.0 * scale, 4.0 * scale]])
        assert value == pytest.approx(5.0 * scale, rel=1e-15)


@pytest.mark.parametrize("name", ["energy_score", "variogram_score"])
def test_ensembles_of_vectors_check_their_shapes(name):
    with pytest.raises(ValueError, match="dimension must be a whole number, got 1.5"):
        ll.get(name, dimension=1.5)
    with pytest.raises(ValueError, match="multiple of 3 columns, 3 for each member, got 7"):
        ll.get(name, dimension=3).value(np.zeros((1, 3)), np.zeros((1, 7)))


def test_multivariate_gaussian_against_scipy(rng):
    loss = ll.get("multivariate_gaussian_nll")
    for d in (1, 2, 4):
        row, y = rng.normal(size=d * (d + 3) // 2), rng.normal(size=d)
        lower = np.diag(np.exp(row[d : 2 * d]))
        lower[np.tril_indices(d, -1)] = row[2 * d :]
        want = -stats.multivariate_normal(row[:d], lower @ lower.T).logpdf(y)
        assert loss.value([y], [row]) == pytest.approx(want, rel=1e-12)
    with pytest.raises(ValueError, match="2, 5, 9, 14, ..., got 6"):
        loss.value(np.zeros((1, 2)), np.zeros((1, 6)))


def test_mixture_columns_come_in_threes():
    with pytest.raises(ValueError, match="3 columns a component .* got 4"):
        ll.get("mixture_density").value([0.0], np.zeros((1, 4)))


@pytest.mark.parametrize("y", [0, 1, 2, 10, 50, 51, 300, 20_000])
@pytest.mark.parametrize("log_dispersion", [-30.0, -8.0, -4.0, -3.9, -1.0, 0.0, 2.0])
def test_negative_binomial_of_any_count_against_scipy(y, log_dispersion):
    log_mean = np.log(y + 1.0) - 0.3
    size = np.exp(-log_dispersion)
    if log_dispersion > -20.0:
        want = -stats.nbinom(size, 1.0 / (1.0 + np.exp(log_mean - np.log(size)))).logpmf(y)
    else:
        want = -stats.poisson(np.exp(log_mean)).logpmf(y)
    loss = ll.get("negative_binomial_dispersion")
    assert loss.value([y], [[log_mean, log_dispersion]]) == pytest.approx(want, rel=1e-8, abs=1e-7)


def test_beta_nll_lies_between_the_likelihood_and_squared_error(rng):
    y, f = rng.normal(size=20), rng.normal(size=(20, 2))
    nll = ll.get("gaussian_nll").gradient(y, f, reduction="none")
    zero, one = (
        ll.get("beta_nll_gaussian", beta=beta).gradient(y, f, reduction="none") for beta in (0, 1)
    )
    np.testing.assert_allclose(zero, nll, rtol=1e-12)
    np.testing.assert_allclose(one[:, 0], f[:, 0] - y, rtol=1e-12)


def test_density_power_tends_to_the_likelihood(rng):
    y, f = rng.normal(size=20), 0.5 * rng.normal(size=(20, 2))
    near = ll.get("density_power_gaussian", beta=1e-7).value(y, f, reduction="none")
    want = ll.get("gaussian_nll").value(y, f, reduction="none")
    np.testing.assert_allclose(near, want, rtol=1e-4, atol=1e-5)


def test_evidential_regression_without_penalty_is_a_student_t(rng):
    y, f = rng.normal(size=20), rng.normal(size=(20, 4))
    nu, alpha, beta = np.exp(f[:, 1]), 1.0 + np.exp(f[:, 2]), np.exp(f[:, 3])
    law = stats.t(2.0 * alpha, f[:, 0], np.sqrt(beta * (1.0 + nu) / (nu * alpha)))
    value = ll.get("evidential_regression", penalty=0).value(y, f, reduction="none")
    np.testing.assert_allclose(value, -law.logpdf(y), rtol=1e-11)
