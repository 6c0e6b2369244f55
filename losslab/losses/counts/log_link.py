"""Arithmetic of losses whose prediction is the logarithm of a mean."""

from losslab.arithmetic.vmath import (
    INV_LN2,
    LARGEST,
    LN2_HI,
    LN2_LO,
    SHRINK,
    TO_INTEGER,
    exp_curve,
    finite_part,
    from_bits,
    to_bits,
    two_sum_error,
)

# As TO_INTEGER, and leaves the biased exponent of 2**(k - 1) in the lowest bits.
TO_EXPONENT = TO_INTEGER + 1022.0


def exp_and_excess(x, y):
    """e**x and e**x - y for y >= 0, as `scaled_excess`; e**x counts as 0 below 3.2e-308.

    All but the last step happens at half the size, where 2**1023 still has a double above it: one
    scaling serves the whole range.
    """
    a = 710.0 if x > 710.0 else x
    a = -708.5 if a < -708.5 else a
    shifted = a * INV_LN2 + TO_EXPONENT
    k = shifted - TO_EXPONENT
    r = a - k * LN2_HI
    r_lo = k * LN2_LO
    s = from_bits(to_bits(shifted) << 52)
    rise = s * (r + (exp_curve(r - r_lo) - r_lo))
    return (s + rise) * 2.0, ((s - 0.5 * y) + rise) * 2.0


def exp_remainders_at(x, x_lo):
    """e**x, e**x - 1 and, for abs(x) below 700, e**x - 1 - x at x + x_lo for a tiny x_lo."""
    # All is computed at half the size, or 2**64 times it, where 2**k may be no normal number.
    above = x > 0.0
    to_exponent = TO_EXPONENT if above else TO_INTEGER + 1087.0
    one = 0.5 if above else 18446744073709551616.0
    back = 2.0 if above else SHRINK
    a = 710.0 if x > 710.0 else x
    a = -750.0 if a < -750.0 else a
    shifted = a * INV_LN2 + to_exponent
    k = shifted - to_exponent
    head = k * LN2_HI
    r = a - head
    r_lo = k * LN2_LO - x_lo
    c = exp_curve(r - r_lo)
    s = from_bits(to_bits(shifted) << 52)
    less = s - one
    rise = s * (r + (c - r_lo))
    # For k = 0 all but c vanishes.
    curved = ((less - head * one) + less * r) + (s * c - (s * r_lo + one * x_lo))
    return (s + rise) * back, (less + rise) * back, curved * back


def scaled_excess(c, x):
    """c e**x, c e**x - 1 as (hi, lo), and e**x, for c >= 0; e**x counts as 0 below 1.6e-308.

    With e**x = s (1 + w), s a power of two, the difference is (c s - 1) + c s w: near x = 0 and
    c = 1 it has all its digits, where rounding c e**x first would lose them.
    """
    # Where 2**k may be too large everything is computed smaller by 2**1000.
    above = x > 600.0
    a = 1400.0 if x > 1400.0 else x
    a = -708.7 if a < -708.7 else a
    to_exponent = TO_INTEGER + 23.0 if above else TO_INTEGER + 1023.0
    up = 1.0715086071862673e301 if above else 1.0
    shifted = a * INV_LN2 + to_exponent
    k = shifted - to_exponent
    r_hi = a - k * LN2_HI
    r_lo = k * LN2_LO
    w = r_hi + (exp_curve(r_hi - r_lo) - r_lo)
    size = 0.0 if x < -708.7 else from_bits(to_bits(shifted) << 52)
    s = c * size
    s = LARGEST if s > LARGEST else s
    rise = s * w
    start = s - (9.332636185032189e-302 if above else 1.0)
    excess = start + rise
    lost = two_sum_error(start, rise, excess)
    return (s + rise) * up, excess * up, finite_part(lost * up), (size + size * w) * up
