"""Constants of losses over an interval: against what the losses claim, and by hand."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

import losslab as ll
from losslab.contract.claims import Claims
from losslab.engine.browser import GENERIC
from losslab.losses.kinds.curves import curve
from losslab.training import loss_constants
from losslab.training.landscapes import constants_loops as places
from losslab.training.landscapes.constants import centre_of, search
from tests.engine.wasm import Wasmtime
from tests.losses.cases import CORNERS

POINTWISE = [loss for loss in CORNERS if loss.kind == "pointwise"]
RANGES = {
    "probability": (0.01, 0.99),
    "positive value": (0.05, 4.0),
    "value above -1": (-0.9, 4.0),
}
TARGETS = {"{0,1}": 1.0, "[0,1]": 1.0, "(0,1)": 0.4, "real": 0.0}


def found_for(loss):
    low, high = RANGES.get(loss.prediction, (-5.013, 5.07))
    return loss_constants(loss, low, high, TARGETS.get(loss.target, 1.0)), low, high


@pytest.mark.parametrize("loss", POINTWISE, ids=repr)
def test_no_constant_exceeds_what_the_loss_claims_everywhere(loss):
    found, _, _ = found_for(loss)
    if loss.claims.get("lipschitz") is not None:
        assert found.lipschitz <= loss.claims["lipschitz"] * (1 + 1e-9)
    if loss.claims.get("smooth") is not None:
        assert found.smoothness <= loss.claims["smooth"] * (1 + 1e-9)
    if loss.claims.get("convex"):
        assert not found.strong_convexity < -1e-12
    if loss.claims.get("differentiable"):
        assert found.kinks == ()


@pytest.mark.parametrize("loss", POINTWISE, ids=repr)
def test_the_constants_bound_a_dense_grid(loss):
    """No point of another grid is steeper or more bent, and each constant is reached somewhere."""
    found, low, high = found_for(loss)
    f = np.linspace(low, high, 20_011)
    _, slope, bend = curve(loss, np.full(f.size, TARGETS.get(loss.target, 1.0)), f)
    assert np.nanmax(np.abs(slope)) <= found.lipschitz * (1 + 1e-9)
    if loss.has_curvature() and math.isfinite(found.smoothness):
        assert np.nanmax(np.abs(bend)) <= found.smoothness * (1 + 1e-9)
        assert np.nanmin(bend) >= found.strong_convexity - 1e-9 * found.smoothness
    target = np.full(2, TARGETS.get(loss.target, 1.0))
    places = np.array([found.steepest_at, found.most_bent_at])
    _, slope, bend = curve(loss, target, places)
    if not found.kinks:
        assert abs(slope[0]) == found.lipschitz
    if math.isfinite(found.smoothness):
        assert abs(bend[1]) == found.smoothness
    for kink in found.kinks:
        beside = curve(
            loss, np.full(2, TARGETS.get(loss.target, 1.0)), kink.place + np.array([-1e-7, 1e-7])
        )
        assert beside[1] == pytest.approx([kink.left, kink.right], abs=1e-4 * (1 + found.lipschitz))


def test_interior_extremes_are_found_to_the_last_digits():
    found = loss_constants(ll.get("cauchy"), -5.0, 5.0)
    assert found.strong_convexity == pytest.approx(-0.125, rel=1e-12)
    assert found.smoothness == 1.0
    assert loss_constants(ll.get("arctan"), -6.1, 5.0).lipschitz == pytest.approx(
        ll.get("arctan").claims["lipschitz"], rel=1e-12
    )
    logistic = loss_constants(ll.get("binary_cross_entropy"), -4.3, 2.0, 1.0)
    assert logistic.smoothness == pytest.approx(0.25, rel=1e-14)
    assert abs(logistic.most_bent_at) < 1e-6
    assert logistic.lipschitz == pytest.approx(1 / (1 + math.exp(-4.3)), rel=1e-14)


def test_kinks_are_where_they_are():
    assert loss_constants(ll.get("absolute_error"), -3.0, 7.0, 0.3).kinks == (
        (0.3, -1.0, 1.0, 0.0),
    )
    insensitive = loss_constants(ll.get("epsilon_insensitive", epsilon=0.7), -3.0, 3.0)
    assert insensitive.kinks == ((-0.7, -1.0, 0.0, 0.0), (0.7, 0.0, 1.0, 0.0))
    assert insensitive.smoothness == math.inf
    assert insensitive.strong_convexity == 0.0
    cut = loss_constants(ll.get("ramp"), -3.0, 3.0, 1.0)
    assert [kink.place for kink in cut.kinks] == [0.0, 1.0]
    assert cut.strong_convexity == -math.inf  # the first one points up


@pytest.mark.parametrize("place", [0.0, 1.0, 1e-9, -0.3, 1 / 3, 2.0, 4.9999, 123.456, -1e5])
@pytest.mark.parametrize("reach", [0.5, 3.0, 512.0])
def test_a_kink_is_found_wherever_it_is(place, reach):
    """Also on a place of the grid, or near the end of the interval."""
    for share in (0.5, 0.123, 0.999):
        low = place - share * reach
        found = loss_constants(ll.get("quantile", tau=0.25), low, low + reach, place)
        assert len(found.kinks) == 1
        assert found.kinks[0].place == pytest.approx(place, abs=1e-10 * reach + 1e-11 * abs(place))
        assert found.kinks[0][1:] == (-0.25, 0.75, 0.0)
        assert found.lipschitz == 0.75


def test_a_kink_at_an_end_is_not_inside():
    found = loss_constants(ll.get("absolute_error"), 0.0, 3.0)
    assert found.kinks == ()
    assert found.smoothness == 0.0
    assert found.lipschitz == 1.0


def test_infinite_curvature_is_no_kink_but_not_smooth():
    found = loss_constants(ll.get("lp", p=1.5), -3.1, 4.0)
    assert found.kinks == ()
    assert found.smoothness == math.inf
    assert found.lipschitz == pytest.approx(1.5 * math.sqrt(4.0), rel=1e-12)


def test_a_jump_has_no_lipschitz_constant():
    found = loss_constants(ll.get("zero_one"), -2.0, 3.0, 1.0)
    assert found.lipschitz == math.inf
    assert found.kinks == ((0.0, 0.0, 0.0, -1.0),)


def test_a_loss_without_curvature_has_no_smoothness(scratch_registry):
    class Bare(ll.losses.Pointwise):
        name, title, family = "bare", "Bare", "regression"
        formula, reference = "r^2", "none"
        no_curvature = "it is not asked for"
        claims = Claims()

        def value_at(y, f):
            return (f - y) * (f - y)

        def gradient_at(y, f):
            return 2.0 * (f - y)

        def exact(mp, y, f):
            return (f - y) ** 2

    found = loss_constants(Bare(), -1.0, 2.0)
    assert found.lipschitz == 4.0
    assert math.isnan(found.smoothness)
    assert math.isnan(found.strong_convexity)
    assert found.kinks == ()


def test_a_jump_with_other_slopes_on_its_sides_is_one_place(scratch_registry):
    class Step(ll.losses.Pointwise):
        name, title, family = "step_up", "Step", "regression"
        formula, reference = "step", "none"
        claims = Claims()

        def value_at(y, f):
            return 3.0 + 2.0 * f if f > 1.0 else -f

        def gradient_at(y, f):
            return 2.0 if f > 1.0 else -1.0

        def curvature_at(y, f):
            return 0.0

        def exact(mp, y, f):
            return 3 + 2 * f if f > 1 else -f

    found = loss_constants(Step(), -2.0, 2.0)
    assert len(found.kinks) == 1
    assert found.kinks[0] == (1.0, -1.0, 2.0, pytest.approx(6.0, rel=1e-8))
    assert (found.lipschitz, found.strong_convexity) == (math.inf, -math.inf)


WASM = """
import sys
from losslab.engine import browser
from losslab.engine.program import Program
from losslab.training.landscapes.constants_loops import CONSTANTS_STEP
sys.stdout.buffer.write(browser.build_module({"constants_step": Program.of(CONSTANTS_STEP)}))
"""


def test_the_page_gets_the_same_bits():
    environment = {**os.environ, **GENERIC}
    built = subprocess.run(
        [sys.executable, "-c", WASM], env=environment, check=True, capture_output=True
    ).stdout
    loaded = Wasmtime(built)
    for name in ("cauchy", "epsilon_insensitive", "ramp", "lp"):
        loss = ll.get(name)
        memory, at = np.zeros(places.SPACE), np.full(places.PLACES, -4.0)
        y = np.full(places.PLACES, TARGETS.get(loss.target, 1.0))
        columns = np.zeros((3, places.PLACES))
        loaded.returned = 0
        while not loaded.returned:
            value, slope, bend = columns
            given = {
                "value": value,
                "slope": slope,
                "bend": bend,
                "low": -4.0,
                "high": 3.3,
                "centre": centre_of(loss, y[0]),
            }
            found = loaded.run(
                "constants_step", places.CONSTANTS_STEP, **given, memory=memory, at=at
            )
            memory, at = found["memory"], found["at"]
            columns = curve(loss, y, at)
        assert memory.tobytes() == search(loss, y[0], -4.0, 3.3, centre_of(loss, y[0])).tobytes()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"loss": "huber"}, TypeError, "loss must be a pointwise loss"),
        ({"low": 2.0}, ValueError, "low must be less than high, got 2 and 1"),
        ({"high": np.inf}, ValueError, "high must be a finite number, got inf"),
        ({"low": "left"}, TypeError, "low must be a finite number, got 'left'"),
        ({"y_true": np.nan}, ValueError, "y_true must be a finite number, got nan"),
        ({"loss": ll.get("hinge"), "y_true": 0.5}, ValueError, "y_true must be 0 or 1, got 0.5"),
        ({"loss": ll.get("brier"), "y_true": 1.0}, ValueError, "low must be between 0 and 1"),
    ],
)
def test_bad_input_is_named(given, error, message):
    with pytest.raises(error, match=message):
        loss_constants(**{"loss": ll.get("huber"), "low": -1.0, "high": 1.0, **given})
