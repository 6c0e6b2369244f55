"""Arithmetic of losses whose prediction is the logarithm of a mean."""

from losslab.engine.vmath import (
    INV_LN2,
    LN2_HI,
    LN2_LO,
    TO_INTEGER,
    exp_tail,
    pow2,
)

LOG_TINY = -708.3964185322641  # below it e**x is no normal number


def exp_and_excess(x, y):
    """e**x and e**x - y for y >= 0, in one exponential; e**x counts as 0 below 2.2e-308.

    With e**x = s (1 + w), s a power of two, the difference is (s - y) + s w: near x = 0 and y = 1
    it has all its digits, where rounding e**x first would lose them.
    """
    above = x > 710.0
    below = x < LOG_TINY
    a = 710.0 if above else x
    a = LOG_TINY if below else a
    k = (a * INV_LN2 + TO_INTEGER) - TO_INTEGER
    r_hi = a - k * LN2_HI
    r_lo = k * LN2_LO
    r = r_hi - r_lo
    w = r_hi + ((r * r) * exp_tail(r) - r_lo)
    # 2**1024 is no double: near the top everything is computed 2**24 times smaller.
    down = k > 1000.0
    s = pow2(k - (24.0 if down else 0.0))
    s = 0.0 if below else s
    rise = s * w
    up = 16777216.0 if down else 1.0
    excess = ((s - y * (5.960464477539063e-08 if down else 1.0)) + rise) * up
    return (s + rise) * up, excess
