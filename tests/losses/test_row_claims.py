"""Every claim of every rowwise loss is tested, and every test of a claim can fail."""

import pytest

import losslab as ll
from losslab.contract.claims import NOT_STRICTLY
from losslab.losses import Claims, Rowwise, find
from tests.losses import row_accuracy
from tests.losses.row_claim_checks import CHECKS

CLASSES = [find(name) for name in ll.available(kind="rowwise")]
LOSSES = [loss for cls in CLASSES for loss in row_accuracy.settings(cls)]


def inside(loss):
    """Whether the parameters lie within the sliders: minimisers are sought only there."""
    return all(
        spec.slider[0] <= loss.parameters[k] <= spec.slider[1]
        for k, spec in loss.parameter_specs.items()
    )


CASES = [
    pytest.param(loss, key, claim, id=f"{loss!r}-{key}")
    for loss in LOSSES
    for key, claim in loss.claims.items()
    if inside(loss) or key not in ("proper", "calibrated", "elicits")
]
OPPOSITES = [
    pytest.param(loss, key, wrong, id=f"{loss.name}-{key}={wrong}")
    for loss in (cls.typical() for cls in CLASSES)
    for key, claim in loss.claims.items()
    for wrong in (
        [not claim]
        if isinstance(claim, bool)
        else [True, False]
        if claim == NOT_STRICTLY
        else [1.0]
        if claim is None
        else [None, 0.5 * claim, 2.0 * claim]
        if isinstance(claim, float)
        else []
    )
]


@pytest.mark.parametrize(("loss", "key", "claim"), CASES)
def test_claim(loss, key, claim):
    CHECKS[key](loss, claim)


@pytest.mark.parametrize(("loss", "key", "wrong"), OPPOSITES)
def test_the_opposite_is_refuted(loss, key, wrong):
    with pytest.raises(AssertionError):
        CHECKS[key](loss, wrong)


# Losses made wrong on purpose -----------------------------------------------------------------


def dented(y, f, g, s, k):
    total = 0.0
    for j in range(k):
        g[j] = f[j] - (0.05 if (f[j] > 1.0) & (f[j] < 2.0) else 0.0) * f[j] * 8.0
        total += 0.5 * f[j] * f[j]
    return total


def test_a_gradient_that_turns_back_is_caught(scratch_registry):
    body = {
        "name": "dented",
        "title": "Dented",
        "family": "regression",
        "formula": "?",
        "reference": "nobody2024",
        "claims": Claims(convex=True),
        "row_at": dented,
        "exact": lambda mp, y, f: f[0],
    }
    loss = type("Dented", (Rowwise,), body)()
    with pytest.raises(AssertionError):
        CHECKS["convex"](loss, True)
    with pytest.raises(AssertionError):
        CHECKS["differentiable"](loss, True)
