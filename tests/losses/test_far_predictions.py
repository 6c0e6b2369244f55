"""Predictions that are infinite or near the largest double: the limit or the number, never NaN."""

import numpy as np
import pytest

import losslab as ll
from losslab.losses import find
from losslab.losses.kinds.domains import PREDICTIONS
from tests.contract.corners import corners
from tests.losses import accuracy
from tests.losses.grids import TARGETS
from tests.losses.limits import PLACES, ends, limit, limits

NAMES = ll.available(kind="pointwise")
CASES = [
    pytest.param(find(name)(**parameters), id=str(find(name)(**parameters)))
    for name in NAMES
    for parameters in corners(find(name), most=8)
]
every_corner = pytest.mark.parametrize("loss", CASES)
SIZES = (1e150, 1e155, 1e200, 1e300, 1.7e308, float(np.finfo(float).max))
HUGE_TARGETS = {
    "real": (1e300, -1e300),
    "nonzero": (1e300, -1e300),
    "positive": (1e300,),
    "nonnegative": (1e300,),
    "above -1": (1e300,),
}


def close(got, right):
    """Whether `got` is `right`; NaN is right where there is no limit."""
    if right is None:
        return np.isnan(got)
    return got == right or abs(got - right) <= 1e-12 * abs(right)


@every_corner
def test_an_infinite_prediction_gives_the_limit(loss):
    cls, wrong = type(loss), []
    for y in TARGETS[loss.target]:
        for sign in ends(cls):
            rows = accuracy.computed(loss, np.array([y]), np.array([sign * np.inf]))
            rights = limits(cls, y, sign, loss.parameters)
            for quantity, row, right in zip(accuracy.QUANTITIES, rows, rights, strict=True):
                if row is not None and not close(row[0], right):
                    wrong.append(f"{quantity} at y={y:g}, {sign * np.inf}: {row[0]}, not {right}")
    assert not wrong, "\n".join(wrong)


def far_pairs(loss):
    """Targets, among them huge ones, with predictions near the largest double."""
    legal = PREDICTIONS[loss.prediction].is_legal
    targets = [*TARGETS[loss.target][:2], *HUGE_TARGETS.get(loss.target, ())]
    targets += [1.7e308] if loss.prediction == "value" else []
    sizes = [f for size in SIZES for f in (size, -size) if legal(f)]
    both = [(y, f) for y in targets for f in sizes if f != y]
    return (np.array(column) for column in zip(*both, strict=True)) if both else ((), ())


@every_corner
def test_predictions_near_the_largest_double_give_the_number(loss):
    """Where f - y itself is beyond it, the limit for an infinite prediction counts as right too."""
    y, f = far_pairs(loss)
    if not len(y):
        pytest.skip("predictions are bounded")
    with np.errstate(over="ignore"):
        beyond = np.isinf(f - y)
        wrong = []
        rows = accuracy.computed(loss, y, f)
        edges = accuracy.computed(loss, y, np.copysign(np.inf, f))
        for i in range(len(y)):
            got = [None if row is None else row[i] for row in rows]
            rights = accuracy.right_answers(type(loss), y[i], f[i], dict(loss.parameters), got)
            for q, number, edge, right in zip(accuracy.QUANTITIES, got, edges, rights, strict=True):
                if number is None or (beyond[i] and number == edge[i]):
                    continue
                bound = accuracy.bound(type(loss), q)
                # Digits that are subnormal themselves are lost near the smallest double.
                tiny = abs(right[0] - number) < 1e-320
                if not tiny and accuracy.ulps(float(number), *right) > 2.0 * bound:
                    wrong.append(f"{q} at y={y[i]:g}, f={f[i]:g}: {number}, not {float(right[0])}")
    assert not wrong, "\n".join(wrong[:5])


# The ruler itself -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("curve", "right"),
    [
        (lambda mp, x: mp.mpf(2) / 3 + 1 / x, 2.0 / 3.0),
        (lambda mp, x: 1 - x ** mp.mpf("-0.001"), 1.0),
        (lambda mp, x: x ** mp.mpf("-0.001"), 0.0),
        (lambda mp, x: x ** mp.mpf("0.001"), np.inf),
        (lambda mp, x: -mp.log(x), -np.inf),
        (lambda mp, x: mp.sqrt(x * x + x) - x, 0.5),
        (lambda mp, x: mp.sin(x), None),
    ],
)
def test_limits_are_recognised(curve, right):
    values = []
    for power in PLACES:
        mp = accuracy.math_of(150 + (power if power < 1000 else 0)).ctx
        values.append(curve(mp, mp.mpf(10) ** power))
        found = limit(values) if len(values) > 1 else None
        if found is not None:
            break
    assert found == right
