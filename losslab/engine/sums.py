"""Sums of long rows that keep their digits."""

from losslab.engine.loops import block_sum
from losslab.engine.vmath import finite_part, two_sum_error

SHORT = 128


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
