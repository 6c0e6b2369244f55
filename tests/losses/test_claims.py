"""Every claim of every loss is tested, and every test of a claim can fail."""

import numpy as np
import pytest

import losslab as ll
from losslab.contract.claims import VOCABULARY
from losslab.losses import Claims, Parameter, Pointwise
from tests.losses.batch_claim_checks import CHECKS as BATCH_CHECKS
from tests.losses.cases import CORNERS, DEFAULTS
from tests.losses.claim_checks import CHECKS, jumps
from tests.losses.row_claim_checks import CHECKS as ROW_CHECKS

CLAIMS = [
    pytest.param(loss, key, loss.claims[key], id=f"{loss!r}-{key}")
    for loss in CORNERS
    for key in loss.claims
]


@pytest.mark.parametrize(("loss", "key", "claim"), CLAIMS)
def test_claim(loss, key, claim):
    if key == "elicits" and extreme(loss):
        pytest.skip("the minimiser is sought for parameters within the slider")
    CHECKS[key](loss, claim)


def extreme(loss):
    return any(
        not spec.slider[0] <= loss.parameters[k] <= spec.slider[1]
        for k, spec in loss.parameter_specs.items()
    )


def test_every_check_is_of_a_claim():
    assert set(CHECKS) | set(ROW_CHECKS) | set(BATCH_CHECKS) <= set(VOCABULARY)


# The other way round: the opposite of each claim must be refuted ----------------------------------


def opposites(loss, key, claim):
    """Claims that are false if this one is true."""
    if isinstance(claim, bool):
        return [not claim]
    if key == "elicits":
        tau = loss.parameters.get("tau")
        others = {"mean": "median", "median": "mean", "quantile": "expectile"}
        other = others.get(claim, "quantile" if tau else "mean")
        return [] if claim is None else [other, lambda y, **_: float(np.max(y))]
    if claim is None:
        return [1.0, 1e12]
    return [None, 0.5 * claim, 0.99 * claim, 2.0 * claim]


OPPOSITES = [
    pytest.param(loss, key, wrong, id=f"{loss!r}-{key}={wrong if not callable(wrong) else 'max'}")
    for loss in DEFAULTS
    for key, claim in loss.claims.items()
    for wrong in opposites(loss, key, claim)
]


@pytest.mark.parametrize(("loss", "key", "wrong"), OPPOSITES)
def test_the_opposite_is_refuted(loss, key, wrong):
    with pytest.raises(AssertionError):
        CHECKS[key](loss, wrong)


# Losses made wrong on purpose -----------------------------------------------------------------


@pytest.fixture
def toy(scratch_registry):
    """Makes a loss class out of given kernels."""

    def make(family="regression", **attributes):
        body = {
            "name": "toy",
            "title": "Toy",
            "family": family,
            "formula": "?",
            "reference": "nobody2024",
            "claims": Claims(),
            "exact": lambda mp, y, f: f,
            "curvature_at": None,
            "no_curvature": "it is a toy",
            **attributes,
        }
        return type("Toy", (Pointwise,), {k: v for k, v in body.items() if v is not None})()

    return make


def nearly_convex(y, f):
    r = f - y
    dent = r if r < 0.3 else 0.29
    return r if r > 0.31 else dent


def leaping(y, f):
    r = f - y
    return r + 1e-6 if r > 1.25 else r


def half_square(y, f):
    r = f - y
    return 0.5 * r * r


def lopsided(y, f):
    r = f - y
    return 0.5 * r * r * (1.0 + 1e-5 if r > 0.0 else 1.0)


def lifted(y, f):
    r = f - y
    return 0.5 * r * r + 1e-9


def sunk(y, f):
    r = f - y
    return 0.5 * r * r - (1e-5 if abs(r) < 1e-3 else 0.0)


def slope(y, f):
    return f - y


def sign_only(y, f):
    r = f - y
    s = 1.0 if r > 0.0 else r
    return -1.0 if r < 0.0 else s


@pytest.mark.parametrize(
    ("key", "claim", "value_at", "gradient_at"),
    [
        ("convex", True, half_square, nearly_convex),
        ("differentiable", True, half_square, leaping),
        ("symmetric", True, lopsided, slope),
        ("zero_if_perfect", True, lifted, slope),
        ("nonnegative", True, sunk, slope),
        ("lipschitz", 1.0, half_square, slope),
        ("lipschitz", None, half_square, sign_only),
        ("bounded", 10.0, half_square, slope),
        ("redescending", True, half_square, sign_only),
    ],
)
def test_a_wrong_kernel_is_caught(toy, key, claim, value_at, gradient_at):
    loss = toy(value_at=value_at, gradient_at=gradient_at)
    with pytest.raises(AssertionError):
        CHECKS[key](loss, claim)


def skew_square(y, f):
    r = f - y
    return r * r if r > 0.0 else 1.1 * r * r


def test_a_loss_that_is_a_little_off_the_mean(toy):
    loss = toy(value_at=skew_square, gradient_at=slope)
    with pytest.raises(AssertionError, match="is best, not"):
        CHECKS["elicits"](loss, "mean")


def brier_of_half_the_logit(y, f):
    p = 0.5 + 0.25 * f / (1.0 + abs(0.5 * f))
    return (p - y) * (p - y)


def test_a_wrong_link_is_not_proper(toy):
    loss = toy(
        "classification",
        target="{0,1}",
        prediction="logit",
        value_at=brier_of_half_the_logit,
        gradient_at=slope,
    )
    with pytest.raises(AssertionError):
        CHECKS["proper"](loss, True)
    CHECKS["calibrated"](loss, True)


def biased(y, f):
    return (f - y) * (f - y)


def test_a_shifted_score_is_not_calibrated(toy):
    loss = toy(
        "classification",
        target="{0,1}",
        prediction="score",
        value_at=biased,
        gradient_at=slope,
    )
    with pytest.raises(AssertionError):
        CHECKS["calibrated"](loss, True)
    CHECKS["calibrated"](loss, False)


@pytest.mark.parametrize(
    ("function", "places"),
    [
        (np.sign, [0.0]),
        (np.tanh, []),
        (lambda x: np.tanh(1e3 * x), []),
        (lambda x: np.sqrt(np.abs(x)), []),
        (lambda x: x + (x > 1.25) * 1e-9, [1.25]),
        (lambda x: np.where(np.abs(x) > 1e-3, 0.0, 1.0), [-1e-3, 1e-3]),
        (np.abs, []),
        (lambda x: np.exp(np.minimum(x, 700.0)), []),
    ],
)
def test_jumps_are_found_where_they_are(function, places):
    grid = np.unique(np.concatenate([-np.logspace(-20, 3, 400), [0.0], np.logspace(-20, 3, 400)]))
    found = jumps(function, grid)
    assert len(found) == 0 if not places else {*np.round(found, 12)} == {*np.round(places, 12)}


def test_a_parameter_reaches_the_claims():
    assert ll.get("huber", delta=2.5).claims["lipschitz"] == 2.5
    assert isinstance(ll.losses.Huber.delta, Parameter)
