"""Sine and cosine of the difference of two angles in radians, for kernels.

As in `losslab.arithmetic.vmath`, basic arithmetic only: the same bits everywhere.
"""

from losslab.arithmetic.pairs import sin_pair
from losslab.arithmetic.vmath import TO_INTEGER, two_sum_error

# Beyond this many radians an angle has lost its digits, and the parts of pi / 2 are too few.
LARGEST_ANGLE = 1e8
QUARTERS = 0.6366197723675814  # in a radian
# pi / 2 is the sum of these; a whole number below 2**26 times one of the first three is exact.
PART_1 = 1.570796325802803
PART_2 = 9.920935184482005e-10
PART_3 = 6.123233932053594e-17
PART_4 = 6.36831716351095e-25


def quarter_turns(a, b):
    """Whole quarters of a turn in a - b, and the rest as (hi, lo), within pi / 4 of 0."""
    d = a - b
    d_lo = two_sum_error(a, -b, d)
    k = (d * QUARTERS + TO_INTEGER) - TO_INTEGER
    # Exact, and so are the sums with their errors: only the fourth part is rounded.
    first = d - k * PART_1
    second = first - k * PART_2
    third = second - k * PART_3
    hi = third + d_lo
    lost = two_sum_error(first, -(k * PART_2), second) + two_sum_error(second, -(k * PART_3), third)
    lo = (lost + two_sum_error(third, d_lo, hi)) - k * PART_4
    total = hi + lo
    return k, total, two_sum_error(hi, lo, total)


def versine_of_part(a, a_lo):
    """1 - cos(a + a_lo) for a within pi / 4 of 0."""
    z = a * a
    z2 = z * z
    low = (0.041666666666666664 + z * -0.001388888888888889) + z2 * (
        2.48015873015873e-05 + z * -2.755731922398589e-07
    )
    top = (2.08767569878681e-09 + z * -1.1470745597729725e-11) + z2 * (
        4.779477332387385e-14 + z * -1.5619206968586225e-16
    )
    return 0.5 * z - (z2 * (low + (z2 * z2) * top) - a * a_lo)


def sine_and_versine(a, b):
    """sin(a - b) and 1 - cos(a - b), each with all its digits, for angles within 1e8 of 0."""
    k, part, part_lo = quarter_turns(a, b)
    turn = ((0.25 * k) + TO_INTEGER) - TO_INTEGER
    quarter = k - 4.0 * turn  # -2 and 2 are both half a turn
    s, _ = sin_pair((part, part_lo))
    v = versine_of_part(part, part_lo)
    odd = abs(quarter) == 1.0
    half = abs(quarter) == 2.0
    sine = quarter * (1.0 - v) if odd else (-s if half else s)
    versine = (1.0 + quarter * s) if odd else (2.0 - v if half else v)
    return sine, versine
