"""Losses of softmax logits: what their best probabilities are, and values at the ends."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import losslab as ll
from tests.losses.row_claim_checks import best_row, expected, softmax, truths

COUNTS = (500.0, 120.0, 40.0, 5.0)
TRANSITION = np.array([[0.8, 0.15, 0.05], [0.1, 0.7, 0.2], [0.05, 0.05, 0.9]])


def best_of_two(loss, chance=0.7):
    """The probability of a class of that chance, against one other, that costs least."""
    truth = np.array([chance, 1.0 - chance])
    found = minimize_scalar(
        lambda z: expected(loss, truth, np.array([z, 0.0]))[0],
        bounds=(-25.0, 25.0),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return 1.0 / (1.0 + np.exp(-found.x))


@pytest.mark.parametrize(
    ("name", "parameters", "best"),
    [
        ("softmax_cross_entropy", {}, 0.7),
        ("brier_softmax", {}, 0.7),
        ("spherical_softmax", {}, 0.7),
        ("focal_multiclass", {"gamma": 0.5}, 0.651),
        ("focal_multiclass", {"gamma": 2.0}, 0.578),
        ("focal_multiclass", {"gamma": 5.0}, 0.538),
        ("generalised_cross_entropy", {"q": 0.7}, 0.944),
        ("poly1_cross_entropy", {"epsilon": 2.0}, 0.819),
        ("poly1_cross_entropy", {"epsilon": -1.0}, 0.604),
        ("label_smoothing", {"epsilon": 0.1}, 0.68),
        ("taylor_cross_entropy", {"t": 2.0}, 1.0),
        ("mean_absolute_error_softmax", {}, 1.0),
    ],
)
def test_best_probability_of_a_class_of_chance_seven_tenths(name, parameters, best):
    assert best_of_two(ll.get(name, **parameters)) == pytest.approx(best, abs=5.1e-4)


def test_generalised_cross_entropy_sharpens_by_a_power():
    for truth in truths(3, 4):
        want = truth ** (1.0 / (1.0 - 0.4))
        got = softmax(best_row(ll.get("generalised_cross_entropy", q=0.4), truth))
        np.testing.assert_allclose(got, want / want.sum(), atol=1e-5)


@pytest.mark.parametrize("name", ["logit_adjustment", "balanced_softmax"])
def test_adjusted_logits_forget_the_frequencies(name):
    for truth in truths(3, 4):
        want = truth / COUNTS
        got = softmax(best_row(ll.get(name, counts=COUNTS), truth))
        np.testing.assert_allclose(got, want / want.sum(), atol=1e-5)


def test_class_weights_multiply_the_best_probabilities():
    weights = np.array([1.0, 2.0, 5.0, 20.0])
    for truth in truths(3, 4):
        got = softmax(best_row(ll.get("weighted_cross_entropy", class_weights=weights), truth))
        np.testing.assert_allclose(got, truth * weights / (truth @ weights), atol=1e-5)


@pytest.mark.parametrize("name", ["forward_correction", "backward_correction"])
def test_corrections_find_the_clean_probabilities(name):
    loss = ll.get(name, transition=TRANSITION)
    for truth in truths(3, 3):
        got = softmax(best_row(loss, truth @ TRANSITION))
        np.testing.assert_allclose(got, truth, atol=1e-5)


def test_backward_correction_is_unbiased(rng):
    row = rng.normal(size=3)
    noisy = ll.get("backward_correction", transition=TRANSITION)
    clean = ll.get("softmax_cross_entropy")
    each = noisy.value([0, 1, 2], [row] * 3, reduction="none")
    want = clean.value([0, 1, 2], [row] * 3, reduction="none")
    np.testing.assert_allclose(TRANSITION @ each, want, rtol=1e-12)


@pytest.mark.parametrize(("t1", "t2"), [(0.0, 2.0), (0.8, 1.2), (0.5, 3.0)])
def test_tempered_probabilities_are_the_true_ones_at_the_best_row(t1, t2):
    loss = ll.get("bi_tempered_logistic", t1=t1, t2=t2)
    for truth in truths(3, 4):
        np.testing.assert_allclose(loss.link(best_row(loss, truth)), truth, atol=1e-5)


def test_smoothing_flattens_in_a_known_way():
    for truth in truths(3, 4):
        got = softmax(best_row(ll.get("label_smoothing", epsilon=0.2), truth))
        np.testing.assert_allclose(got, 0.8 * truth + 0.05, atol=1e-5)


# Relatives ------------------------------------------------------------------------------------

SAME = [
    ("focal_multiclass", {"gamma": 0.0}, 1.0),
    ("poly1_cross_entropy", {"epsilon": 0.0}, 1.0),
    ("label_smoothing", {"epsilon": 0.0}, 1.0),
    ("temperature_cross_entropy", {"temperature": 1.0}, 1.0),
    ("logit_adjustment", {"counts": COUNTS, "tau": 0.0}, 1.0),
    ("vector_scaling", {"counts": COUNTS, "gamma": 0.0, "tau": 0.0}, 1.0),
    ("ldam", {"counts": COUNTS, "max_margin": 0.0, "scale": 1.0}, 1.0),
    ("seesaw", {"counts": (1, 1, 1, 1), "compensation": 0.0}, 1.0),
    ("weighted_cross_entropy", {"class_weights": (3, 3, 3, 3)}, 3.0),
    ("class_balanced_cross_entropy", {"counts": COUNTS, "beta": 0.0}, 1.0),
    ("forward_correction", {"transition": np.eye(4)}, 1.0),
    ("backward_correction", {"transition": np.eye(4)}, 1.0),
    ("bootstrapping_soft", {"beta": 1.0}, 1.0),
    ("bootstrapping_hard", {"beta": 1.0}, 1.0),
    ("z_loss", {"weight": 0.0}, 1.0),
]


@pytest.mark.parametrize(("name", "parameters", "factor"), SAME)
def test_cross_entropy_is_a_special_case(name, parameters, factor, rng):
    y, f = ll.get("softmax_cross_entropy").example(50, rng)
    got = ll.get(name, **parameters).value_and_gradient(y, f)
    want = ll.get("softmax_cross_entropy").value_and_gradient(y, f)
    assert got[0] == pytest.approx(factor * want[0], rel=1e-13)
    np.testing.assert_allclose(got[1], factor * want[1], rtol=1e-11, atol=1e-16)


def test_soft_targets_that_are_one_hot(rng):
    y, f = ll.get("softmax_cross_entropy").example(50, rng)
    hard = ll.get("softmax_cross_entropy").value_and_gradient(y, f)
    soft = ll.get("soft_cross_entropy").value_and_gradient(np.eye(4)[y.astype(int)], f)
    assert soft[0] == pytest.approx(hard[0], rel=1e-13)
    np.testing.assert_allclose(soft[1], hard[1], rtol=1e-11, atol=1e-16)


def test_distillation_is_a_divergence(rng):
    loss = ll.get("knowledge_distillation", temperature=4.0)
    t, f = loss.example(50, rng)
    q = np.apply_along_axis(softmax, 1, t / 4.0)
    soft = ll.get("soft_cross_entropy")
    entropy = soft.value(q, t / 4.0, reduction="none")
    want = 16.0 * (soft.value(q, f / 4.0, reduction="none") - entropy)
    np.testing.assert_allclose(loss.value(t, f, reduction="none"), want, rtol=1e-9)


# At the ends ----------------------------------------------------------------------------------


def test_a_power_of_a_probability_that_has_no_digits_left():
    loss = ll.get("generalised_cross_entropy", q=0.1)
    gradient = loss.gradient(
        [0, 0, 0], [[-700.0, 0.0], [-2000.0, 0.0], [0.0, 0.0]], reduction="sum"
    )
    steps = loss.gradient([0], [[-700.0, 0.0]])
    assert steps[0, 1] == pytest.approx(np.exp(-70.0), rel=1e-13)
    assert np.isfinite(gradient).all()


def test_impossible_classes():
    rows = [[0.0, -np.inf, 0.0]]
    half = np.log(2.0)
    assert ll.get("soft_cross_entropy").value([[0.5, 0.0, 0.5]], rows) == half
    assert ll.get("soft_cross_entropy").value([[0.5, 0.5, 0.0]], rows) == np.inf
    assert ll.get("balanced_softmax", counts=[1, 5, 1]).value([0], rows) == half
    assert ll.get("mean_absolute_error_softmax").value([1], rows) == 2.0
    assert ll.get("label_smoothing").value([0], rows) == np.inf


def test_a_label_that_cannot_be_observed():
    loss = ll.get("forward_correction", transition=[[1.0, 0.0], [1.0, 0.0]])
    assert loss.value([1], [[0.0, 0.0]]) == np.inf
    assert loss.value([0], [[0.0, 5.0]]) == pytest.approx(0.0, abs=1e-15)


def test_transitions_are_checked():
    with pytest.raises(ValueError, match="each row of transition must sum to 1"):
        ll.get("forward_correction", transition=[[0.5, 0.4], [0.5, 0.5]])
    with pytest.raises(ValueError, match="transition must be invertible"):
        ll.get("backward_correction", transition=[[0.5, 0.5], [0.5, 0.5]])


def test_taylor_takes_whole_numbers_of_terms():
    with pytest.raises(ValueError, match="t must be a whole number"):
        ll.get("taylor_cross_entropy", t=2.5)


def test_focal_loss_is_not_convex_in_the_logits():
    loss = ll.get("focal_multiclass", gamma=2.0)
    slopes = loss.gradient([0, 0], [[-9.0, 0.0], [-3.0, 0.0]], reduction="none")[:, 0]
    assert slopes[1] < slopes[0] - 0.1
