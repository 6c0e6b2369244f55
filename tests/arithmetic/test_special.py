"""Special functions: errors as measured, special values, the same bits interpreted and compiled."""

import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest

from losslab.arithmetic import special
from losslab.engine import native
from losslab.engine.browser import GENERIC
from losslab.engine.loop import Loop
from losslab.engine.program import Program
from tests.arithmetic.test_vmath import APPLY, apply
from tests.engine.test_parity import assert_same_bits
from tests.engine.wasm import Wasmtime

MP = mpmath.MPContext()
MP.dps = 50


def pair_loop(x, n, a, out):
    p = load_parameters(a)  # noqa: F821
    for i in range(n):
        out[i] = loss_value(x[2 * i], x[2 * i + 1], p)  # noqa: F821
    return 0


PAIRS = Loop(pair_loop, "x n a > out[n]")


def program(name, loop=APPLY):
    return Program.of(loop, {"loss_value": getattr(special, name)})


def compiled(name, loop=APPLY):
    return native.build(program(name, loop))


def of_pairs(name, a, b, build=compiled):
    x = np.ascontiguousarray(np.stack([a, b], axis=1).reshape(-1), dtype=float)
    out = np.empty(len(x) // 2)
    with np.errstate(all="ignore"):
        build(name, PAIRS)(x, out.size, np.zeros(1), out)
    return out


def erfcx(x):
    if x > 1e4:
        return (1 - 1 / (2 * x**2) + 3 / (4 * x**4)) / (x * MP.sqrt(MP.pi))
    return MP.exp(x * x) * MP.erfc(x)


def cdf(x):
    return MP.erfc(-x / MP.sqrt(2)) / 2


def log_cdf(x):
    return MP.log(cdf(x)) if x < 0 else MP.log1p(-cdf(-x))


def bessel_gap(x):
    return x * (1 - MP.besseli(1, x) / MP.besseli(0, x)) if x > 1e-15 else x


def pdf(x):
    return MP.exp(-x * x / 2) / MP.sqrt(2 * MP.pi)


def psi(x):
    return MP.psi(0, x)


def psi1(x):
    return MP.psi(1, x)


# name: (exact function, domain of the test points, bound in ulp: the worst measured plus a little)
FUNCTIONS = {
    "erf": (MP.erf, (-8.0, 8.0), 1.0),
    "erfc": (MP.erfc, (-8.0, 26.5), 2.0),
    "erfcx": (erfcx, (0.0, 1e305), 2.2),
    "normal_pdf": (pdf, (-37.5, 37.5), 1.5),
    "normal_cdf": (cdf, (-37.5, 9.0), 2.0),
    "log_normal_cdf": (log_cdf, (-1e150, 37.5), 2.1),
    "log_gamma": (MP.loggamma, (1e-307, 1e305), 2.5),
    "digamma": (psi, (1e-307, 1e305), 2.2),
    "trigamma": (psi1, (1e-150, 1e300), 1.8),
    "bessel_gap": (bessel_gap, (0.0, 1e4), 6.0),
}


def points(low, high):
    """Numbers of every size and uniform ones, more of them around the zeros of the gammas."""
    rng = np.random.default_rng(0)
    sizes = 10.0 ** np.concatenate([rng.uniform(-307, 305, 300), rng.uniform(-9, 4, 300)])
    found = [sizes, -sizes, rng.uniform(0.0, 10.0, 600), rng.uniform(max(low, -40.0), 40.0, 600)]
    for zero in (1.0, 2.0, special.DIGAMMA_ROOT):
        found.append(zero + rng.normal(size=60) * 10.0 ** rng.uniform(-15, -1, 60))
    for edge in (0.5, 0.8485, 1.0, 2.0, 2.25, 3.0, 8.0):
        found.append(np.array([edge, np.nextafter(edge, 0.0), np.nextafter(edge, 10.0)]))
    x = np.concatenate(found)
    return np.sort(x[(x >= low) & (x <= high)])


def error(x, got, right):
    return float(abs(right - got) / MP.mpf(np.spacing(abs(float(right)))))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_error_in_units_of_the_last_place(name):
    exact, domain, bound = FUNCTIONS[name]
    x = points(*domain)
    worst = (0.0, 0.0)
    for xi, got in zip(x.tolist(), apply(compiled(name), x).tolist(), strict=True):
        right = exact(MP.mpf(xi))
        if 2.3e-308 <= abs(right) <= 1.7e308:
            worst = max(worst, (error(xi, got, right), xi))
    assert worst[0] <= bound, worst


def some_pairs():
    rng = np.random.default_rng(1)
    sizes = np.concatenate([rng.uniform(-8, 8, (900, 2)), rng.uniform(-1, 1.5, (900, 2))])
    edges = [[1.0, 1.0], [3.0, 3.0], [3.0, 1.0], [1e9, 1e9], [2.0, 1e15], [1e-300, 1e-300]]
    return np.concatenate([10.0**sizes, edges]).T


def test_log_beta():
    a, b = some_pairs()
    for x, y, got in zip(a.tolist(), b.tolist(), of_pairs("log_beta", a, b).tolist(), strict=True):
        p, q = MP.mpf(x), MP.mpf(y)
        right = MP.loggamma(p) + MP.loggamma(q) - MP.loggamma(p + q)
        # Where it passes through 0 the error is one of the terms it is a sum of.
        size = max(1.0, abs(float(right)), min(x, y))
        assert abs(right - got) <= 4 * np.spacing(size), (x, y)


def test_log_beta_is_symmetric():
    a, b = some_pairs()
    assert of_pairs("log_beta", a, b).tobytes() == of_pairs("log_beta", b, a).tobytes()


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [
        (0.0, 0.0, 0.0),
        (0.0, np.inf, 0.0),
        (0.0, np.nan, np.nan),
        (2.0, 1.0, 0.0),
        (1.0, 0.0, -np.inf),
    ],
)
def test_xlogy(x, y, wanted):
    np.testing.assert_equal(of_pairs("xlogy", [x], [y])[0], wanted)


def test_log_bessel_i0_below():
    sizes = 10.0 ** np.random.default_rng(2).uniform(-300, 300, 500)
    x = np.concatenate([sizes, np.linspace(0.1, 30.0, 300), [8.0, np.nextafter(8.0, 0.0)]])
    log_x = np.log(x)
    for a, b, got in zip(x, log_x, of_pairs("log_bessel_i0_below", x, log_x), strict=True):
        p = MP.mpf(a)
        # Beyond 1e6 the rest of the asymptotic series is below 1e-12 of its second term.
        far = 1 / (8 * p) + 1 / (16 * p**2) - MP.log(2 * MP.pi * p) / 2
        right = MP.log(MP.besseli(0, p)) - p if a < 1e6 else far
        # Near 0 and around x = 8 two terms cancel, of which x is the larger.
        size = abs(float(right)) + (a if a < 8.0 else 0.5 * abs(b))
        assert abs(right - got) <= 2 * np.spacing(size), a


def test_error_of_xlogy():
    x, y = some_pairs()
    for p, q, got in zip(x.tolist(), y.tolist(), of_pairs("xlogy", x, y).tolist(), strict=True):
        assert error(p, got, MP.mpf(p) * MP.log(MP.mpf(q))) <= 2.0 or q == 1.0


SPECIALS = {
    "erf": [(0.0, 0.0), (-0.0, -0.0), (5e-324, 5e-324), (np.inf, 1.0), (-np.inf, -1.0)],
    "erfc": [(0.0, 1.0), (np.inf, 0.0), (-np.inf, 2.0), (30.0, 0.0)],
    "erfcx": [(0.0, 1.0), (np.inf, 0.0)],
    "normal_pdf": [(np.inf, 0.0), (-np.inf, 0.0), (1e300, 0.0)],
    "normal_cdf": [(0.0, 0.5), (-np.inf, 0.0), (np.inf, 1.0), (-1e300, 0.0), (1e300, 1.0)],
    "log_normal_cdf": [(-np.inf, -np.inf), (np.inf, -0.0), (-1e300, -np.inf)],
    "log_gamma": [(0.0, np.inf), (1.0, 0.0), (2.0, 0.0), (np.inf, np.inf), (-1.0, np.nan)],
    "digamma": [(0.0, -np.inf), (np.inf, np.inf), (-1.0, np.nan)],
    "trigamma": [(0.0, np.inf), (np.inf, 0.0), (-1.0, np.nan)],
    "bessel_gap": [(0.0, 0.0), (np.inf, 0.5), (1e300, 0.5)],
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_values(name):
    for x, wanted in SPECIALS[name]:
        (got,) = apply(compiled(name), [x])
        np.testing.assert_equal(got, wanted, err_msg=f"{name}({x})")  # tells 0 from -0
    assert np.isnan(apply(compiled(name), [np.nan]))[0]


@pytest.mark.parametrize("name", ["log_beta", "xlogy"])
def test_nan_in_either_argument(name):
    assert np.isnan(of_pairs(name, [np.nan, 1.0, np.nan], [1.0, np.nan, np.nan])).all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_interpreted_and_compiled_give_the_same_bits(name):
    low, high = FUNCTIONS[name][1]
    x = points(low, high)[::12]
    x = np.concatenate([x, [0.0, 1.0, np.inf, np.nan, 5e-324, 1e-310]])
    a, b = apply(native.Interpreted(program(name)), x), apply(compiled(name), x)
    assert (np.isnan(a) == np.isnan(b)).all()
    assert a[~np.isnan(a)].tobytes() == b[~np.isnan(b)].tobytes()


def test_log_beta_interpreted():
    def interpreted(name, loop):
        return native.Interpreted(program(name, loop))

    a, b = (v[::20] for v in some_pairs())
    for name in ("log_beta", "xlogy"):
        slow = of_pairs(name, a, b, interpreted)
        assert slow.tobytes() == of_pairs(name, a, b).tobytes()


BUILD = """
import sys
from losslab.engine import browser
from tests.arithmetic.test_special import FUNCTIONS, PAIRS, program
programs = {n: program(n) for n in FUNCTIONS} | {n: program(n, PAIRS) for n in sys.argv[1:]}
sys.stdout.buffer.write(browser.build_module(programs))
"""


def test_the_page_gets_the_same_bits():
    environment = {**os.environ, **GENERIC}
    run = [sys.executable, "-c", BUILD, "log_beta", "xlogy"]
    module = Wasmtime(subprocess.run(run, env=environment, check=True, capture_output=True).stdout)
    for name, (_, (low, high), _) in FUNCTIONS.items():
        x = np.concatenate([points(low, high), [0.0, np.inf, np.nan, 5e-324, -1.0]])
        got = module.run(name, APPLY, x=x, n=x.size)["out"]
        assert_same_bits(got, apply(compiled(name), x), name)
    x = np.ascontiguousarray(some_pairs().T).reshape(-1)
    for name in ("log_beta", "xlogy"):
        got = module.run(name, PAIRS, x=x, n=x.size // 2)["out"]
        assert_same_bits(got, of_pairs(name, x[::2], x[1::2]), name)
