"""Arithmetic of losses whose prediction is the logarithm of a mean."""

import numpy as np

from losslab.arithmetic.vmath import (
    INV_LN2,
    TO_INTEGER,
    exp_beside,
    exp_split,
    from_bits,
    pow2,
    to_bits,
    two_sum_error,
)

LOG_TINY = -708.3964185322641  # below it e**x is no normal number
# As TO_INTEGER, and leaves the biased exponent of 2**(k - 1) in the lowest bits.
TO_EXPONENT = TO_INTEGER + 1022.0


def excess_parts(c, x, y):
    """c e**x and c e**x - y as (hi, lo), for c, y >= 0, in one exponential.

    e**x counts as 0 below 2.2e-308. With e**x = s (1 + w), s a power of two, the difference is
    (c s - y) + c s w: near x = 0 and y = c it has all its digits, where rounding e**x first would
    lose them.
    """
    above = x > 1400.0
    below = x < LOG_TINY
    a = 1400.0 if above else x
    a = LOG_TINY if below else a
    k, r, rest = exp_split(a, 0.0)
    w = r + rest
    # 2**1024 is no double: near the top everything is computed smaller by a power of two.
    shift = k - 1000.0 if k > 1000.0 else 0.0
    s = c * pow2(k - shift)
    s = 0.0 if below else s
    rise = s * w if s < np.inf else s  # for c near the largest double
    up = pow2(shift)
    start = s - y * pow2(-shift)
    excess = start + rise
    return (s + rise) * up, excess * up, two_sum_error(start, rise, excess) * up


def exp_and_excess(x, y):
    """e**x and e**x - y for y >= 0, see `excess_parts`; e**x counts as 0 below 3.2e-308.

    All but the last step happens at half the size, where 2**1023 still has a double above it: one
    scaling serves the whole range.
    """
    a = 710.0 if x > 710.0 else x
    a = -708.5 if a < -708.5 else a
    shifted = a * INV_LN2 + TO_EXPONENT
    k = shifted - TO_EXPONENT
    r, rest = exp_beside(a, 0.0, k)
    s = from_bits(to_bits(shifted) << 52)
    rise = s * (r + rest)
    return (s + rise) * 2.0, ((s - 0.5 * y) + rise) * 2.0
