"""Sums of long rows that keep their digits."""

from losslab.arithmetic.vmath import finite_part, two_sum_error

SHORT = 128


def block_sum(x, start, count):
    """Sum of x[start : start + count] in eight interleaved lanes."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    whole = count // 8
    for j in range(whole):
        i = start + 8 * j
        s0 += x[i]
        s1 += x[i + 1]
        s2 += x[i + 2]
        s3 += x[i + 3]
        s4 += x[i + 4]
        s5 += x[i + 5]
        s6 += x[i + 6]
        s7 += x[i + 7]
    for i in range(start + 8 * whole, start + count):
        s0 += x[i]
    return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7))


def added(total, low, x):
    """total + low + x, for sums in which each term needs the one before: low is what was lost."""
    new = total + x
    return new, low + finite_part(two_sum_error(total, x, new))


def row_sum(x, start, count):
    """Sum of x[start : start + count]: of a long row by blocks, whose sums are added exactly."""
    if count <= SHORT:
        return block_sum(x, start, count)
    total = 0.0
    low = 0.0
    for first in range(start, start + count, SHORT):
        part = block_sum(x, first, min(SHORT, start + count - first))
        total, low = added(total, low, part)
    return total + low
