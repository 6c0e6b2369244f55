"""Every loss, every parameter corner: within 2 ulp of its textbook formula."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.losses import find
from tests.contract.corners import corners
from tests.losses import accuracy
from tests.losses.jets import JetMath

CASES = [
    pytest.param(find(name), parameters, id=str(find(name)(**parameters)))
    for name in ll.available(kind="pointwise")
    for parameters in corners(find(name))
]


@pytest.mark.parametrize(("cls", "parameters"), CASES)
def test_within_its_bound_of_the_formula(cls, parameters):
    wrong = [
        f"{quantity}: {accuracy.show(point)}"
        for quantity, points in accuracy.measure(cls, parameters).items()
        for point in points[:3]
        if point[0] > accuracy.bound(cls, quantity)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ll.available(kind="pointwise"))
def test_declared_bounds_have_a_reason(name):
    for quantity, bound in find(name).accuracy.items():
        assert quantity in accuracy.QUANTITIES
        assert bound.ulp > accuracy.BOUND and bound.of == "result"
        assert len(bound.why.split()) >= 3


@pytest.mark.parametrize("y", [0.5, 0.125, 0.9])
def test_soft_labels_lose_nothing_of_the_absolute_size(y):
    # The gradient of a soft label passes through 0, where a relative bound cannot be kept.
    loss = ll.get("binary_cross_entropy")
    for f in np.linspace(-40.0, 40.0, 401):
        value, gradient, curvature = accuracy.reference(type(loss), y, f, {})
        assert accuracy.ulps(loss.value([y], [f]), *value) <= 2.0
        assert abs(loss.gradient([y], [f])[0] - gradient[0]) <= 3e-16
        assert accuracy.ulps(loss.curvature([y], [f])[0], *curvature) <= accuracy.bound(
            type(loss), "curvature"
        )


@pytest.mark.parametrize(
    ("name", "right"),
    [
        (
            "binary_cross_entropy_probability",
            ([0.0, np.inf, np.inf, 0.0], [1.0, np.inf, -np.inf, -1.0]),
        ),
        ("brier", ([0.0, 1.0, 1.0, 0.0], [0.0, 2.0, -2.0, 0.0])),
        ("mean_absolute_error_probability", ([0.0, 1.0, 1.0, 0.0], [1.0, 1.0, -1.0, -1.0])),
    ],
)
def test_probabilities_of_exactly_0_and_1(name, right):
    y, p = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    value, gradient = ll.get(name).value_and_gradient(y, p, reduction="none")
    np.testing.assert_array_equal(value, right[0])
    np.testing.assert_array_equal(gradient, right[1])


# The ruler itself ---------------------------------------------------------------------------

FORMULAS = {
    "exp": lambda mp, x: mp.exp(x) / (1 + mp.exp(-x)),
    "expm1": lambda mp, x: mp.expm1(-x) ** 2,
    "log": lambda mp, x: mp.log(x) * mp.log1p(x),
    "power": lambda mp, x: x**3 - 2**x + mp.power(x, mp.mpf("1.7")) + 1 / x**2,
    "sqrt": lambda mp, x: mp.sqrt(1 + x * x) - 1,
    "trigonometric": lambda mp, x: mp.sin(x) * mp.cos(2 * x) + mp.atan(x),
    "hyperbolic": lambda mp, x: mp.sinh(x) + mp.log(mp.cosh(x)) + mp.tanh(x) * mp.sech(x),
    "asinh": lambda mp, x: mp.asinh(x),
    "erf": lambda mp, x: mp.erf(x) - mp.erfc(2 * x) * x,
    "loggamma": lambda mp, x: mp.loggamma(x),
    "lambertw": lambda mp, x: mp.lambertw(x),
    "pieces": lambda mp, x: max(mp.mpf(0), 2 - x) * abs(x - 3) if x > 0.1 else -x,
    "power of jets": lambda mp, x: x**x,
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("at", [0.3, 1.2])
def test_jets_agree_with_difference_quotients(name, at):
    formula = FORMULAS[name]
    jets = JetMath(60)
    found = formula(jets, jets.variable(at))
    with mpmath.workdps(60):
        x = mpmath.mpf(at)
        for order, got in enumerate((found.v, found.g, found.c)):
            wanted = mpmath.diff(lambda t: formula(mpmath.mp, t), x, order)
            assert abs(got - wanted) <= 1e-15 * (1 + abs(wanted))


class Halves:
    """Two halves of e**-f, one of which needs more digits than 1 + e**-f has at first sight."""

    def exact(mp, y, f):
        return (mp.exp(-f) + mp.log(1 + mp.exp(-f))) / 2


@pytest.mark.parametrize("f", [30.0, 100.0, 400.0, 700.0])
def test_the_ruler_is_not_fooled_by_a_term_that_cancels(f):
    # With 50 digits and with 90 the second half of 1.915e-174 is 0, and both agree on 9.58e-175.
    with mpmath.workdps(800):
        e = mpmath.exp(-f)
        right = (e + mpmath.log1p(e)) / 2, -(e + e / (1 + e)) / 2, (e + e / (1 + e) ** 2) / 2
        for (low, high, _), wanted in zip(
            accuracy.reference(Halves, 0.0, f, {}), right, strict=True
        ):
            assert low == high
            assert abs(low - wanted) < 1e-25 * abs(wanted)


@pytest.mark.parametrize("f", [0.0, 1.0, 0.25, 1e-300, 1e200])
def test_the_ruler_sees_a_wrong_last_digit(f):
    cls = type(ll.get("squared_error"))
    right = accuracy.reference(cls, 0.0, f, {})
    for got, interval in zip((0.5 * f * f, f, 1.0), right, strict=True):
        assert accuracy.ulps(got, *interval) <= 1.0
        if 1e-290 < got < 1e290:
            assert accuracy.ulps(got * (1 + 1e-15), *interval) > 2.0
            assert accuracy.ulps(np.inf, *interval) == np.inf
        assert accuracy.ulps(np.nan, *interval) == np.inf


def test_at_a_kink_anything_between_the_sides_is_right():
    _, gradient, _ = accuracy.reference(type(ll.get("absolute_error")), 0.0, 0.0, {})
    assert gradient[:2] == (-1, 1)
    huber = type(ll.get("huber"))
    _, _, curvature = accuracy.reference(huber, 0.0, 0.1, {"delta": 0.1})
    assert curvature[:2] == (0, 1)
    _, _, curvature = accuracy.reference(huber, 0.0, np.nextafter(0.1, 0), {"delta": 0.1})
    assert curvature[:2] == (1, 1)


def test_passing_through_zero_forgives_one_digit_of_the_input_and_no_more():
    poisson = type(ll.get("poisson"))
    y, f = 3.0, float(np.log(3.0))
    intervals = accuracy.reference(poisson, y, f, {})
    _, (low, high, _), (at, also, _) = accuracy.widened(poisson, y, f, {}, intervals)
    assert at == also  # the curvature is not declared
    assert low < 0.0 < high
    size = 3.0 * np.spacing(f) + np.spacing(y)
    assert float(high - low) < 3.0 * size
    assert accuracy.ulps(4.0 * size, low, high, False) > accuracy.BOUND
    huber = type(ll.get("huber"))
    assert huber.crosses_zero == ()
