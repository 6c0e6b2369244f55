"""What a product loses in rounding: exact, and the same bits with and without the instruction."""

from fractions import Fraction

import numpy as np
import pytest

from losslab.arithmetic.vmath import two_product_error
from losslab.engine import fused, native
from losslab.engine.loop import Loop
from losslab.engine.program import Program


def loop(f, b, n, out):
    for i in range(n):
        out[i] = two_product_error(f[i], b[i], f[i] * b[i])
    return 0


PROGRAM = Program.of(Loop(loop, "f b n > out[n]"))


def numbers(n):
    """Random bits: every size, subnormal numbers, infinities and NaN among them."""
    rng = np.random.default_rng(0)
    drawn = rng.integers(-(2**63), 2**63 - 1, n).view(np.float64)
    ends = [0.0, -0.0, 5e-324, 1e-308, 1e-150, 1.0, 1e150, 1e300, 1.7976931348623157e308]
    ends += [np.nextafter(1.0, 2.0), 134217729.0, 1.3e154, np.inf, -np.inf, np.nan]
    a, b = (x.ravel() for x in np.meshgrid(ends, ends))
    near = rng.normal(size=n)
    return np.concatenate([drawn, near, a]), np.concatenate([drawn[::-1], near[::-1], b])


def lost(function, a, b):
    out = np.empty_like(a)
    with np.errstate(all="ignore"):
        function(a, b, a.size, out)
    return out


@pytest.fixture(scope="module")
def both():
    return native.build(PROGRAM), native.Interpreted(PROGRAM)


def test_the_same_bits_with_and_without_the_instruction(both):
    a, b = numbers(100_000)
    got, want = (lost(function, a, b) for function in both)
    np.testing.assert_array_equal(got.view(np.int64), want.view(np.int64))


def test_exact_while_the_product_is_ordinary_and_0_elsewhere(both):
    a, b = numbers(3000)
    with np.errstate(all="ignore"):
        product = a * b
    ordinary = (abs(product) > 1e-289) & (abs(product) < 2.0**1023)
    assert 1000 < ordinary.sum() < a.size - 500
    for x, y, p, error, exact in zip(a, b, product, lost(both[0], a, b), ordinary, strict=True):
        assert error == (Fraction(x) * Fraction(y) - Fraction(p) if exact else 0.0), (x, y)


@pytest.mark.parametrize(
    ("triple", "features", "has"),
    [
        ("x86_64-unknown-linux-gnu", "+avx2,+fma,+sse", True),
        ("x86_64-unknown-linux-gnu", "+avx,-fma,+fma4", False),
        ("arm64-apple-darwin", "", True),
        ("aarch64-unknown-linux-gnu", "+neon", True),
        ("riscv64-unknown-linux-gnu", "", False),
    ],
)
def test_who_has_the_instruction(triple, features, has):
    assert fused.has_instruction(triple, features) == has
