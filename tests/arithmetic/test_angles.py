"""Sine and versine of a difference of angles, against mpmath."""

import mpmath
import numpy as np
import pytest

from losslab.arithmetic.angles import sine_and_versine
from losslab.engine import native
from losslab.engine.loop import Loop
from losslab.engine.program import Program

MP = mpmath.MPContext()
MP.dps = 60


def loop(y, f, n, out):
    for i in range(n):
        out[2 * i], out[2 * i + 1] = sine_and_versine(y[i], f[i])
    return 0


def both(a, b):
    out = np.empty((len(a), 2))
    KERNEL(np.ascontiguousarray(a), np.ascontiguousarray(b), len(a), out)
    return out.T


PROGRAM = Program.of(Loop(loop, "y f n > out[2*n]"))
KERNEL = native.build(PROGRAM)


# Doubles nearest to multiples of a quarter turn, the nearest ones among 60 million: there the
# result is as small as it can be.
QUARTERS = np.arange(1.0, 6e7)
_offsets = QUARTERS * (np.pi / 2)
_misses = abs((_offsets - QUARTERS * 1.5707963267341256) - QUARTERS * 6.077100506506192e-11)
NEAR_QUARTERS = _offsets[np.argsort(_misses)[:500]]


def pairs():
    """Angles of every size, near multiples of a quarter turn too, and close pairs."""
    rng = np.random.default_rng(0)
    a = np.concatenate(
        [
            rng.uniform(-np.pi, np.pi, 500),
            rng.uniform(-1e8, 1e8, 500),
            NEAR_QUARTERS,
            [0.0, 1e8, -1e8, np.pi, -np.pi, np.pi / 2, np.pi / 4, 5e-324],
        ]
    )
    b = np.concatenate([rng.uniform(-np.pi, np.pi, 250), np.zeros(len(a) - 250)])
    close = rng.uniform(-4.0, 4.0, 300)
    near = close + rng.normal(size=300) * 10.0 ** rng.uniform(-16, 0, 300)
    return np.concatenate([a, close]), np.concatenate([b, near])


def test_error_in_units_of_the_last_place():
    a, b = pairs()
    sine, versine = both(a, b)
    for p, q, s, v in zip(a, b, sine, versine, strict=True):
        d = MP.mpf(p) - MP.mpf(q)
        right = MP.sin(d), 2 * MP.sin(d / 2) ** 2
        for got, want in zip((s, v), right, strict=True):
            assert abs(got - want) <= 3.0 * np.spacing(abs(float(want))), (p, q)


def test_whole_turns_and_signs():
    sine, versine = both([0.0, -0.0, 1.0, -1.0], [0.0, 0.0, 2.0, -2.0])
    np.testing.assert_array_equal(versine, [0.0, 0.0, versine[2], versine[2]])
    np.testing.assert_array_equal(sine, [0.0, 0.0, sine[2], -sine[2]])
    assert np.isnan(both([np.nan], [0.0])).all()


@pytest.mark.parametrize("k", [1, 7, 1000, 15_000_000])
def test_a_turn_more_changes_what_its_rounding_changes(k):
    turned, _ = both([1.0 + 2.0 * np.pi * k], [0.25])
    plain, _ = both([1.0], [0.25])
    assert abs(turned - plain)[0] <= 2.0 * np.spacing(2.0 * np.pi * k)


def test_interpreted_and_compiled_give_the_same_bits():
    a, b = (v[::9].copy() for v in pairs())
    slow = np.empty((len(a), 2))
    native.Interpreted(PROGRAM)(a, b, len(a), slow)
    np.testing.assert_array_equal(slow.T, both(a, b))
