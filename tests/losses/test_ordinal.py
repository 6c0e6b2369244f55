"""Ordinal losses against statsmodels and scikit-learn, and how they hang together."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm
from statsmodels.miscmodels.ordinal_model import OrderedModel

import losslab as ll
from losslab.losses.ordinal.cumulative import thresholds


@pytest.mark.parametrize(
    ("name", "distr"), [("cumulative_logit", "logit"), ("cumulative_probit", "probit")]
)
def test_the_likelihood_of_statsmodels(name, distr, rng):
    n, levels = 200, 5
    x = rng.normal(size=(n, 2))
    y = rng.integers(0, levels, n)
    model = OrderedModel(y, x, distr=distr)
    parameters = np.array([0.2, -0.4, -0.8, -0.3, -0.5, -0.4])
    rows = np.column_stack([x @ parameters[:2], np.tile(parameters[2:], (n, 1))])
    loss = ll.get(name)
    # statsmodels subtracts distribution functions and adds a tiny number before the logarithm
    want = -model.loglike(parameters)
    assert loss.value(y, rows, reduction="sum") == pytest.approx(want, rel=1e-10)
    np.testing.assert_allclose(loss.link(rows), model.predict(parameters), rtol=1e-10, atol=1e-14)
    g = loss.gradient(y, rows, reduction="sum")
    score = np.concatenate([x.T @ g[:, 0], g[:, 1:].sum(axis=0)])
    np.testing.assert_allclose(score, -model.score(parameters), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["cumulative_logit", "cumulative_probit", "cumulative_cloglog"])
def test_the_loss_is_minus_the_log_of_the_link(name, rng):
    loss = ll.get(name)
    y, f = loss.example(50, rng)
    p = loss.link(f)[np.arange(50), y.astype(int)]
    good = p > 1e-9
    np.testing.assert_allclose(
        np.exp(-loss.value(y, f, reduction="none"))[good], p[good], rtol=1e-6
    )


@pytest.mark.parametrize("name", ["cumulative_logit", "cumulative_probit"])
def test_turned_round_levels_give_the_same_likelihood(name, rng):
    loss = ll.get(name)
    f = np.column_stack([rng.normal(size=30), rng.normal(size=(30, 3))])
    t = thresholds(f)
    back = np.column_stack([-f[:, 0], -t[:, -1], f[:, 2:][:, ::-1]])
    y = rng.integers(0, 4, 30)
    np.testing.assert_allclose(
        loss.value(3 - y, back, reduction="none"), loss.value(y, f, reduction="none"), rtol=1e-9
    )


def test_grouped_times_have_proportional_hazards():
    """A score raised by 1 raises every log survival by a factor 1 / e."""
    rows = np.array([[0.0, -1.0, 0.2, 0.1], [1.0, -1.0, 0.2, 0.1]])
    alive = 1.0 - np.cumsum(ll.get("cumulative_cloglog").link(rows), axis=1)[:, :-1]
    np.testing.assert_allclose(np.log(alive[1]) / np.log(alive[0]), np.exp(-1.0), rtol=1e-12)


@pytest.mark.parametrize("name", ["cumulative_logit", "cumulative_probit", "cumulative_cloglog"])
def test_narrow_and_far_levels(name):
    """A step of e**-800 cannot be seen in the thresholds; its logarithm is in the loss."""
    loss = ll.get(name)
    value, gradient = loss.value_and_gradient([1], [[0.0, 0.0, -800.0]])
    density = {"cumulative_logit": 0.25, "cumulative_probit": norm.pdf(0.0)}.get(name, np.exp(-1.0))
    assert value == pytest.approx(800.0 - np.log(density), rel=1e-14)
    assert gradient[0, 2] == pytest.approx(-1.0, rel=1e-14)
    value, gradient = loss.value_and_gradient([0, 2], [[900.0, 0.0, 0.0], [-900.0, 0.0, 0.0]])
    assert value > 800.0
    assert not np.isnan(gradient).any()
    value, gradient = loss.value_and_gradient([0, 1, 2], [[0.0, 0.0, 1e4]] * 3, reduction="none")
    assert not np.isnan(value).any()
    assert not np.isnan(gradient).any()


def test_one_column_is_not_enough():
    with pytest.raises(ValueError, match="each of at least 2 levels"):
        ll.get("cumulative_logit").value([0], [[0.0]])


def test_all_thresholds_are_binary_cross_entropies(rng):
    loss, binary = ll.get("all_threshold"), ll.get("binary_cross_entropy")
    y, f = loss.example(20, rng)
    steps = (y[:, None] > np.arange(f.shape[1])).astype(float)
    want = binary.value(steps, f, reduction="none").sum(axis=1)
    np.testing.assert_allclose(loss.value(y, f, reduction="none"), want, rtol=1e-14)
    np.testing.assert_allclose(
        loss.gradient(y, f, reduction="none"), expit(f) - steps, rtol=1e-13, atol=1e-15
    )


def test_hinges_pay_for_every_level_missed():
    loss = ll.get("all_threshold_hinge")
    scores = [[1.0, 1.0, -1.0, -1.0]] * 5
    assert loss.value(range(5), scores, reduction="none").tolist() == [4.0, 2.0, 0.0, 2.0, 4.0]


@pytest.mark.parametrize("name", ["immediate_threshold", "corn"])
def test_what_the_levels_themselves_cost(name, rng):
    """Both are likelihoods, or their upper bounds, of the probabilities of their link."""
    loss = ll.get(name)
    y, f = loss.example(40, rng)
    surprise = -np.log(loss.link(f)[np.arange(40), y.astype(int)])
    value = loss.value(y, f, reduction="none")
    if name == "corn":
        np.testing.assert_allclose(value, surprise, rtol=1e-8, atol=1e-10)
    assert not np.allclose(value, 0.0)


def test_infinite_scores_of_steps():
    loss = ll.get("all_threshold")
    value, gradient = loss.value_and_gradient([2, 0], [[np.inf, np.inf]] * 2, reduction="none")
    assert value.tolist() == [0.0, np.inf]
    assert gradient.tolist() == [[0.0, 0.0], [1.0, 1.0]]


def test_sharp_soft_labels_are_hard_ones(rng):
    soft, hard = ll.get("soft_ordinal_labels", sharpness=50.0), ll.get("softmax_cross_entropy")
    y, f = hard.example(20, rng)
    np.testing.assert_allclose(soft.value(y, f), hard.value(y, f), rtol=1e-13)
    np.testing.assert_allclose(soft.gradient(y, f), hard.gradient(y, f), rtol=1e-12, atol=1e-15)


def test_the_kappa_of_hard_predictions(rng):
    from sklearn.metrics import cohen_kappa_score

    y, guess = rng.integers(0, 5, 60), rng.integers(0, 5, 60)
    w = rng.uniform(0.5, 2.0, 60)
    value = ll.get("quadratic_weighted_kappa").value(y, 1e4 * np.eye(5)[guess], w)
    kappa = cohen_kappa_score(y, guess, weights="quadratic", sample_weight=w)
    assert value == pytest.approx(1.0 - kappa, rel=1e-12)
