"""Elementary functions: errors as measured, special values, the same bits interpreted and compiled."""

import mpmath
import numpy as np
import pytest

from losslab.arithmetic import vmath
from losslab.engine import native
from losslab.engine.loop import Loop
from losslab.engine.program import Program

MP = mpmath.MPContext()
MP.dps = 50
POWERS = (-3.0, -0.5, 0.001, 0.1, 1 / 3, 0.5, 1.5, 2.0, 7.3, 40.0)


def apply_loop(x, n, a, out):
    p = load_parameters(a)  # noqa: F821
    for i in range(n):
        out[i] = loss_value(x[i], p)  # noqa: F821
    return 0


APPLY = Loop(apply_loop, "x n a > out[n]")


def program(name):
    return Program.of(APPLY, {"loss_value": getattr(vmath, name)}, parameters=name == "power")


def compiled(name):
    return native.build(program(name))


def apply(function, x, parameter=0.0):
    x = np.ascontiguousarray(x, dtype=float)
    out = np.empty_like(x)
    with np.errstate(all="ignore"):
        function(x, x.size, np.array([parameter]), out)
    return out


def sigmoid(x):
    return 1 / (1 + MP.exp(-x))


def softplus(x):
    return MP.log1p(MP.exp(x))


# name: (exact function, domain of the test points, bound in ulp: the worst measured plus a little)
FUNCTIONS = {
    "exp": (MP.exp, (-708.0, 709.7), 1.0),
    "exp_once": (MP.exp, (-708.0, 709.7), 1.1),
    "exp_below": (MP.exp, (-708.0, 0.0), 1.0),
    "expm1": (MP.expm1, (-60.0, 709.7), 1.2),
    "log": (MP.log, (1e-307, 1e308), 1.0),
    "log1p": (MP.log1p, (-0.999999, 1e308), 1.0),
    "log1p_unit": (MP.log1p, (0.0, 1.0), 1.2),
    "softplus": (softplus, (-708.0, 1e308), 1.8),
    "sigmoid": (sigmoid, (-708.0, 800.0), 1.9),
    "tanh": (MP.tanh, (-800.0, 800.0), 1.5),
    "sqrt": (MP.sqrt, (0.0, 1e308), 0.5),
}
SMALL = [(0.0, 0.0), (-0.0, -0.0), (5e-324, 5e-324)]
SPECIALS = {
    "exp": [(-np.inf, 0.0), (-800.0, 0.0), (710.0, np.inf), (np.inf, np.inf), (0.0, 1.0)],
    "exp_once": [(-np.inf, 0.0), (-800.0, 0.0), (710.0, np.inf), (np.inf, np.inf), (0.0, 1.0)],
    "exp_below": [(-np.inf, 0.0), (-800.0, 0.0), (0.0, 1.0), (-0.0, 1.0)],
    "expm1": [(-np.inf, -1.0), (710.0, np.inf), (np.inf, np.inf), *SMALL],
    "log": [(0.0, -np.inf), (-0.0, -np.inf), (-1.0, np.nan), (np.inf, np.inf), (1.0, 0.0)],
    "log1p": [(-1.0, -np.inf), (-2.0, np.nan), (np.inf, np.inf), *SMALL],
    "log1p_unit": [(0.0, 0.0), (5e-324, 5e-324)],
    "softplus": [(-np.inf, 0.0), (-800.0, 0.0), (np.inf, np.inf), (1e300, 1e300)],
    "sigmoid": [(-np.inf, 0.0), (-800.0, 0.0), (np.inf, 1.0), (0.0, 0.5), (-0.0, 0.5)],
    "tanh": [(-np.inf, -1.0), (np.inf, 1.0), (0.0, 0.0), (5e-324, 5e-324), (30.0, 1.0)],
    "sqrt": [(0.0, 0.0), (-0.0, -0.0), (np.inf, np.inf), (5e-324, 2.0**-537)],
}


def points(low, high, n=2500):
    """Random numbers of every size and uniform ones, within the domain."""
    rng = np.random.default_rng(0)
    sizes = 10.0 ** np.concatenate([rng.uniform(-307, 308, n // 2), rng.uniform(-9, 4, n)])
    uniform = rng.uniform(max(low, -750.0), min(high, 750.0), n)
    near_one = 1.0 + rng.normal(0.0, 1e-3, n // 5)
    x = np.concatenate([sizes, -sizes, uniform, near_one, rng.normal(size=n // 5)])
    return np.sort(x[(x >= low) & (x <= high)])


def worst_ulp(x, got, exact):
    worst = 0.0
    for xi, yi in zip(x.tolist(), got.tolist(), strict=True):
        right = exact(MP.mpf(xi))
        if abs(right) >= 2.3e-308:
            worst = max(worst, float(abs(right - yi) / MP.mpf(np.spacing(abs(float(right))))))
    return worst


@pytest.mark.parametrize("name", FUNCTIONS)
def test_error_in_units_of_the_last_place(name):
    exact, domain, bound = FUNCTIONS[name]
    x = points(*domain)
    worst = worst_ulp(x, apply(compiled(name), x), exact)
    assert worst <= bound


@pytest.mark.parametrize("p", POWERS)
def test_error_of_powers(p):
    x = points(1e-307, 1e308, 500)
    right = [MP.power(MP.mpf(xi), MP.mpf(p)) for xi in x.tolist()]
    inside = np.array([2.3e-308 < r < 1.7e308 for r in right])
    got = apply(compiled("power"), x, p)
    exact = dict(zip(x.tolist(), right, strict=True))
    assert worst_ulp(x[inside], got[inside], lambda xi: exact[float(xi)]) <= (
        1.3 if abs(p) < 10.0 else 1.5
    )
    small = np.array([r <= 2.3e-308 for r in right])
    large = np.array([r >= 1.8e308 for r in right])
    assert (got[small] <= 2.3e-308).all()
    assert np.isinf(got[large]).all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_values(name):
    for x, wanted in SPECIALS[name]:
        (got,) = apply(compiled(name), [x])
        np.testing.assert_equal(got, wanted, err_msg=f"{name}({x})")  # tells 0 from -0
    if name != "log1p_unit":
        assert np.isnan(apply(compiled(name), [np.nan]))[0]


@pytest.mark.parametrize(
    ("x", "p", "wanted"),
    [
        (0.0, 1.5, 0.0),
        (0.0, -1.5, np.inf),
        (0.0, 0.0, 1.0),
        (np.inf, 0.5, np.inf),
        (np.inf, -0.5, 0.0),
        (1.0, 33.3, 1.0),
        (np.nan, 2.0, np.nan),
        (-1.0, 0.5, np.nan),
        (1e300, 2.0, np.inf),
        (1e-300, 2.0, 0.0),
    ],
)
def test_special_powers(x, p, wanted):
    np.testing.assert_equal(apply(compiled("power"), [x], p)[0], wanted)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_subnormal_arguments(name):
    x = np.array([5e-324, 1e-320, 2.2e-308])
    exact = FUNCTIONS[name][0]
    right = np.array([float(exact(MP.mpf(v))) for v in x.tolist()])
    np.testing.assert_allclose(apply(compiled(name), x), right, rtol=4e-16, atol=5e-324)


@pytest.mark.parametrize("name", [*FUNCTIONS, "power"])
def test_interpreted_and_compiled_give_the_same_bits(name):
    low, high = FUNCTIONS.get(name, (None, (0.0, 1e308)))[1]
    x = points(low, high, 150)
    specials = [s for s in (0.0, 1.0, np.inf, np.nan, 5e-324, 1e-310) if s <= high or s != s]
    x = np.concatenate([x, specials])
    slow = native.Interpreted(program(name))
    a, b = apply(slow, x, 1.7), apply(compiled(name), x, 1.7)
    assert (np.isnan(a) == np.isnan(b)).all()
    assert a[~np.isnan(a)].tobytes() == b[~np.isnan(b)].tobytes()


def log_of_parts(x, x_lo):
    """What the docstring of `log_parts` says of a low part."""
    hi, lo = vmath.log_parts(x)
    return hi, lo + x_lo / x


@pytest.mark.parametrize(
    ("function", "exact", "bounds", "places"),
    [
        (vmath.exp_parts, MP.exp, (-700.0, 700.0), 0.25),
        (log_of_parts, MP.log, (1e-300, 1e300), 0.1),
        (vmath.log1p_unit_parts, MP.log1p, (1e-300, 1.0), 0.1),
    ],
)
def test_high_and_low_part_together(function, exact, bounds, places):
    # A low part of 2**-56 of the argument must not be lost.
    rng = np.random.default_rng(1)
    low, high = bounds
    x = rng.uniform(max(low, -700.0), min(high, 700.0), 300)
    x = np.concatenate([x, 10.0 ** rng.uniform(-290.0, min(2.5, np.log10(high)), 300)])
    for xi in x[(x >= low) & (x <= high)]:
        x_lo = xi * 2.0**-56
        hi, lo = function(xi, x_lo)
        right = exact(MP.mpf(xi) + MP.mpf(x_lo))
        assert abs(MP.mpf(hi) + MP.mpf(lo) - right) <= places * np.spacing(abs(hi)), xi


@pytest.mark.parametrize("x", [5e-324, 3e-310, 2.2e-308])
def test_parts_of_a_logarithm_of_subnormal_numbers(x):
    hi, lo = vmath.log_parts(x)
    assert abs(MP.mpf(hi) + MP.mpf(lo) - MP.log(MP.mpf(x))) <= 1e-3 * np.spacing(abs(hi))
