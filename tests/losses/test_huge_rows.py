"""Predictions of 1e150 and beyond: the value if it has one, infinity if it is larger, never NaN."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.losses import find
from tests.losses import row_accuracy
from tests.losses.test_batchwise import drawn

ROWWISE = [n for n in ll.available(kind="rowwise") if find(n).prediction != "probabilities"]
BATCHWISE = ll.available(kind="batchwise")
SCALES = (1e150, 1e200, 1e300, 0.8e308)
LARGEST = float(np.finfo(float).max)
DIGITS = 700  # what is left of 1 beside 1e308, twice
# Columns that are logarithms: their textbook formula raises e to the power of e**1e150, which no
# computer can write down. It is enough that nothing is NaN.
LOGARITHMS = (
    "location and log-scale",
    "direction and log-concentration",
)

# Columns that are logarithms of scales, degrees of freedom and the like, far out on both sides.
FAR_LOGARITHMS = (-1.7e308, -1e300, -1e4, -720.0, -700.0, 690.0, 720.0, 1e4, 1e300, 1.7e308)
# The largest logarithms whose textbook formula 700 digits can hold: gamma functions cancel.
MOST = {"log_dof": 690.0, "log_alpha_minus_1": 690.0}
LEAST = {"log_dispersion": -690.0}
OF_LOGARITHMS = (
    "beta_nll_gaussian",
    "crps_gaussian",
    "crps_laplace",
    "crps_logistic",
    "dawid_sebastiani",
    "evidential_regression",
    "gaussian_nll",
    "laplace_nll",
    "logistic_nll",
    "negative_binomial_dispersion",
    "student_t_nll",
    "von_mises_nll",
    "zero_inflated_negative_binomial",
)


def is_within_reach(loss):
    """Whether mpmath can evaluate the textbook formula at such predictions."""
    named = isinstance(loss.outputs, tuple) or loss.prediction in LOGARITHMS
    return not named and loss.name not in (
        "bi_tempered_logistic",  # Newton's method with steps of size 1
        "entmax_loss",
        "evidential_dirichlet",  # gamma functions
        "cumulative_logit",
        "cumulative_probit",
        "cumulative_cloglog",
        "mixture_density",
        "multivariate_gaussian_nll",
        "generalised_kl",
    )


def rows(loss, rng):
    """Rows of one huge size, and rows in which some columns are ordinary."""
    for scale in SCALES:
        for ordinary in (0.0, 0.4):
            y, f = loss.example(6, rng)
            huge = rng.uniform(-1.0, 1.0, f.shape) * scale
            if loss.prediction == "direction and log-concentration":
                huge[:, 0] = f[:, 0]
            yield y, np.where(rng.random(f.shape) < ordinary, f, huge)


def as_double(x):
    """The mpmath number, or infinity of its sign."""
    return float(x) if abs(x) <= LARGEST else float(mpmath.sign(x)) * np.inf


# numpy says when a sum of the terms, or their gradient times the number of rows, is infinite.
may_overflow = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")


@may_overflow
@pytest.mark.parametrize("name", ROWWISE)
def test_rows(name, rng):
    loss = find(name).typical()
    for y, f in rows(loss, rng):
        value, gradient = loss.value_and_gradient(y, f, reduction="none")
        assert not np.isnan(value).any(), f[np.argmax(np.isnan(value))].tolist()
        unknown = np.isnan(gradient).any(axis=1)
        assert not unknown.any(), (y[np.argmax(unknown)], f[np.argmax(unknown)].tolist())
        assert not loss.claims.get("nonnegative") or value.min() >= 0.0
        for i in range(len(f)) if is_within_reach(loss) else ():
            with mpmath.workdps(DIGITS):
                right = row_accuracy.exact_value(loss, y[i], [mpmath.mpf(float(v)) for v in f[i]])
            with np.errstate(over="ignore", invalid="ignore"):
                reach = np.nan_to_num(np.abs(gradient[i] * f[i]).sum())
            room = 1e-12 * max(abs(as_double(right)), min(reach, LARGEST))
            assert value[i] == pytest.approx(as_double(right), rel=1e-12, abs=room), f[i].tolist()


@may_overflow
@pytest.mark.parametrize("name", ROWWISE)
def test_corners_of_the_parameters(name, rng):
    for loss in row_accuracy.settings(find(name)):
        for y, f in rows(loss, rng):
            value, gradient = loss.value_and_gradient(y, f, reduction="none")
            assert not np.isnan(value).any() and not np.isnan(gradient).any(), (y, f.tolist())


@may_overflow
@pytest.mark.parametrize("name", BATCHWISE)
def test_batches(name, rng):
    loss = find(name).typical()
    for scale in SCALES:
        y, f = drawn(loss, 12, rng)
        for ordinary in (0.0, 0.4):
            huge = rng.uniform(-1.0, 1.0, f.shape) * scale
            value, gradient = loss.value_and_gradient(
                y, np.where(rng.random(f.shape) < ordinary, f, huge)
            )
            assert not np.isnan(value) and not np.isnan(gradient).any()
            assert not loss.claims.get("nonnegative") or value >= 0.0


def far_logarithms(loss, rng):
    """Rows whose columns of logarithms are ordinary or far out, on either side."""
    y, f = loss.example(30, rng)
    for j, output in enumerate(loss.outputs):
        if output.startswith("log_"):
            far = rng.choice(FAR_LOGARITHMS, len(f))
            f[:, j] = np.where(rng.random(len(f)) < 0.3, f[:, j], far)
    return y, f


@may_overflow
@pytest.mark.parametrize("name", OF_LOGARITHMS)
def test_logarithms_far_out(name, rng):
    loss = find(name).typical()
    y, f = far_logarithms(loss, rng)
    value, gradient = loss.value_and_gradient(y, f, reduction="none")
    assert not np.isnan(value).any(), f[np.argmax(np.isnan(value))].tolist()
    unknown = np.isnan(gradient).any(axis=1)
    assert not unknown.any(), (y[np.argmax(unknown)], f[np.argmax(unknown)].tolist())
    for i in range(len(f)):
        pairs = list(zip(f[i], loss.outputs, strict=True))
        if any(v > MOST.get(o, np.inf) or v < LEAST.get(o, -np.inf) for v, o in pairs):
            continue
        with mpmath.workdps(DIGITS):
            row = [mpmath.mpf(float(v)) for v in f[i]]
            try:
                expected = as_double(row_accuracy.exact_value(loss, y[i], row))
            except (OverflowError, RecursionError):  # e to the power of e**1e300
                continue
        assert value[i] == pytest.approx(expected, rel=1e-12, abs=1e-12), f[i].tolist()


def test_interval_wider_than_the_largest_double():
    loss = find("interval_score").typical(alpha=0.5)
    ends = [[1.7e308, -1.7e308], [-1.7e308, 1.7e308], [0.2e308, -0.2e308], [0.0, 0.5e308]]
    value = loss.value([0.0, 0.0, 0.0, 0.0], ends, reduction="none")
    assert value == pytest.approx([np.inf, np.inf, 1.2e308, 0.5e308])


def test_divergence_of_large_targets():
    loss = find("generalised_kl").typical()
    value, gradient = loss.value_and_gradient([[1e120, 1.0]], [[1e200, 0.0]])
    assert value == np.inf
    assert gradient.tolist() == [[np.inf, 0.0]]


@may_overflow
def test_scales_of_a_multivariate_gaussian_far_out(rng):
    loss = find("multivariate_gaussian_nll").typical()
    f = rng.normal(size=(60, 5))
    f[:, :2] *= 10.0 ** rng.choice((0.0, 1.0, 2.0, 30.0), (60, 2))
    f[:, 2:] += rng.choice((-350.0, -340.0, -100.0, 0.0, 100.0, 340.0), (60, 3))
    y = rng.normal(size=(60, 2))
    value, gradient = loss.value_and_gradient(y, f, reduction="none")
    assert not np.isnan(gradient).any()
    for i in range(len(f)):
        with mpmath.workdps(DIGITS):
            right = row_accuracy.exact_value(loss, y[i], [mpmath.mpf(float(v)) for v in f[i]])
        assert value[i] == pytest.approx(as_double(right), rel=1e-12), f[i].tolist()


@may_overflow
@pytest.mark.parametrize("name", ("backward_correction", "propensity_scored_cross_entropy"))
@pytest.mark.parametrize("scale", (1e300, 1.7e308, -1.7e308))
def test_logits_of_alternating_signs(name, scale, rng):
    loss = find(name).typical()
    y, f = loss.example(12, rng)
    f[:] = scale * (-1.0) ** np.arange(f.shape[1])
    value = loss.value(y, f, reduction="none")
    for i in range(len(f)):
        with mpmath.workdps(DIGITS):
            row = [mpmath.mpf(float(v)) for v in f[i]]
            right = as_double(row_accuracy.exact_value(loss, y[i], row))
        assert value[i] == pytest.approx(right, rel=1e-12), y[i]
