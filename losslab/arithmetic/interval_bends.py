"""Second derivatives of what `losslab.arithmetic.intervals` computes.

For an interval with the ends (x - location) e and e = e**-log_scale, each function takes what those
there take and returns three numbers: the second derivative by the location over e squared, the mixed
one over e, and the one by the log-scale. Those of a point return the first two derivatives by z.
"""

import numpy as np

from losslab.arithmetic.intervals import (
    NODE_1,
    NODE_2,
    NODE_3,
    NODE_4,
    WEIGHT_1,
    WEIGHT_2,
    WEIGHT_3,
    WEIGHT_4,
    minus_log1mexp,
    normal_hazard,
    over_expm1,
)
from losslab.arithmetic.special import normal_cdf, normal_pdf
from losslab.arithmetic.standard import part
from losslab.arithmetic.vmath import exp, expm1, sigmoid

# Beyond a density that has fallen to e**-80 of its height at the near end, the far end is infinite.
FALL = 80.0
TERMS = 100  # of the continued fraction of `beyond`, which has all digits with them from 2 on


def of_one_end(z, slope, bend):
    """The three second derivatives of a function of one end."""
    pull = slope + part(bend, z)
    return bend, pull, part(pull, z)


def over_expm1_bend(x):
    """x (d/dx) of -x / (e**x - 1): between x / 2 at 0 and 0 far out."""
    if x > 700.0:
        return 0.0
    near = over_expm1(x)
    if x < 0.25:
        q = x * x
        rest = 1.0 / 12.0 - q * (1.0 / 720.0 - q * (1.0 / 30240.0 - q * (1.0 / 1209600.0)))
        return near * (0.5 * x + q * rest)
    return near * ((near - 1.0) + x)


def logistic_interval_bends(low, high, width, log_width):
    """For the distribution function 1 / (1 + e**-z)."""
    below, above = sigmoid(low), sigmoid(-high)
    first, last = below * sigmoid(-low), above * sigmoid(high)
    wider = 0.0 if width == np.inf else over_expm1_bend(width)
    pull_low = below + part_of_end(first, low)
    pull_high = part_of_end(last, high) - above
    spread = part_of_end(pull_low, low) + part_of_end(pull_high, high)
    return first + last, pull_low + pull_high, spread + wider


def part_of_end(c, z):
    """c z, and 0 if c is: an end may be infinite."""
    return 0.0 if c == 0.0 else c * z


def extreme_point_bends(z):
    return expm1(z), exp(z)


def extreme_interval_bends(low, high, width, log_width):
    """For the distribution function 1 - exp(-e**z) (the smallest of many)."""
    if high == np.inf:
        hazard = exp(low)
        return of_one_end(low, hazard, hazard)
    if low == -np.inf:
        hazard = exp(high)
        return of_one_end(high, -over_expm1(hazard), over_expm1_bend(hazard))
    hazard = exp(low)
    more = exp(high - minus_log1mexp(width, log_width))
    share, bend = over_expm1(more), over_expm1_bend(more)
    pace = low + over_expm1(-width)
    rise = hazard + part_of_end(hazard, low)
    pull = part_of_end(bend, pace)
    spread = part_of_end(rise, low) + part_of_end(pull, pace)
    held = part_of_end(share, high - over_expm1_bend(width))
    return hazard + bend, (rise - share) + pull, spread - held


def beyond(a):
    """The mean of a normal number that is known to be above a, less a: its hazard less a."""
    if a < 2.0:
        return normal_hazard(-a) - a
    tail = 0.0
    for i in range(TERMS, 0, -1):
        tail = i / (a + tail)
    return tail


def normal_point_bends(z):
    return z, 1.0


def normal_end_bends(a):
    """For a normal number that is known to be above a."""
    if a == -np.inf:
        return 0.0, 0.0, 0.0
    hazard = normal_hazard(-a)
    bend = hazard * beyond(a) if a < 1e8 else 1.0
    return of_one_end(a, hazard, bend)


def normal_by_ends(a, b):
    """For an interval around 0: every term of the first has one sign."""
    inside = 1.0 - (normal_cdf(-b) + normal_cdf(a))
    low, high = normal_pdf(a) / inside, normal_pdf(b) / inside
    lean = low - high
    turn = part_of_end(low, a) - part_of_end(high, b)
    cubes = part_of_end(part_of_end(low, a) * a, a) - part_of_end(part_of_end(high, b) * b, b)
    squares = part_of_end(low, a) * a - part_of_end(high, b) * b
    return lean * lean - turn, lean * (1.0 + turn) - squares, turn * (1.0 + turn) - cubes


def normal_by_moments(a, width, panels):
    """By the moments of t = z - a over the interval, from quadrature with eight nodes a panel."""
    mass = first = second = third = fourth = 0.0
    h = 0.5 * width / panels
    for i in range(panels):
        middle = (2.0 * i + 1.0) * h
        for node in range(8):
            x, weight = node_and_weight(node)
            t = middle + h * x
            c = weight * exp(-(a * t + 0.5 * t * t))
            mass += c
            first += c * t
            second += c * t * t
            third += c * t * t * t
            fourth += c * t * t * t * t
    mean, square = first / mass, second / mass
    variance = square - mean * mean
    both = third / mass - mean * square
    fourths = fourth / mass - square * square
    across = 2.0 * (a * (1.0 - variance) + mean) - both
    spread = 2.0 * (a * a * (1.0 - 2.0 * variance) + (2.0 * a * mean + square))
    return 1.0 - variance, across, spread - (4.0 * a * both + fourths)


def node_and_weight(i):
    """Node and weight i of the Gauss-Legendre quadrature with eight."""
    at = i // 2
    node = NODE_1 if at == 0 else (NODE_2 if at == 1 else (NODE_3 if at == 2 else NODE_4))
    weight = WEIGHT_1 if at == 0 else (WEIGHT_2 if at == 1 else (WEIGHT_3 if at == 2 else WEIGHT_4))
    return (node if i % 2 == 0 else -node), weight


def normal_interval_bends(low, high, width, log_width):
    """For the normal distribution."""
    # The end nearer to 0 is the low one, if need be of the mirror image.
    mirrored = abs(high) < abs(low)
    a = -high if mirrored else low
    b = -low if mirrored else high
    fall = a * width + 0.5 * width * width
    if b == np.inf:
        first, across, spread = normal_end_bends(a)
    elif (width <= 1.0) & (fall <= 2.5):
        first, across, spread = normal_by_moments(a, width, 1)
    elif a <= 0.0:
        first, across, spread = normal_by_ends(a, b)
    elif fall > FALL:
        first, across, spread = normal_end_bends(a)
    else:
        first, across, spread = normal_by_moments(a, width, int(max(width, 0.5 * fall)) + 1)
    return first, (-across if mirrored else across), spread
