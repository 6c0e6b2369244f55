"""How steep and how bent a function of one number is over an interval, and where it has kinks.

`constants_step` is asked again and again: it says at which places it wants to know the function,
and its caller computes it there. So this code is the same for every loss, and is in the page once.

First it looks at a grid, which is denser the nearer it comes to a centre. Then each round looks closer at what is most suspicious: a cell of the
grid over which the slope changes by more than its curvature says may hide a kink, one over which
the value does may hide a jump, and the greatest slope and curvature lie near the greatest so far.
A cell is cut into parts, of which the most suspicious one is next; where the slope still differs in
the end, across what is left, there is a kink.
"""

import numpy as np

from losslab.engine.loop import Loop

CELLS = 768
EVEN = CELLS // 2  # cells of equal width; the places of the others are fourth powers
PARTS = 24
KINKS, JUMPS, PEAKS = 12, 4, 3
ROUNDS = 9
PLACES = CELLS + 1  # how many places each question has: at least as many as all windows need
# A slope or value that differs by more than this share of the largest is a kink or a jump.
LEAST = 1e-6
# One-sided slopes are read so far beside a kink, and kinks closer than ten times that are one, as
# shares of the interval.
BESIDE = 1e-10
SHARP = 0.2
# A curvature is taken for infinite if it grows by more than `GROWS` in both of the last rounds, and
# is `FAR` times what the grid shows.
GROWS, FAR = 1.2, 1e3

# Where things are in the memory. The answers: Lipschitz and smoothness constant and strong
# convexity, NaN where there is no curvature; greatest absolute slope, greatest and least curvature
# beside the kinks, and where each is; how many kinks; then four numbers a kink: place, slope on its
# left and right, jump of the value.
CALLS, LIPSCHITZ, SMOOTHNESS, CONVEXITY = range(4)
STEEPEST, AT_STEEPEST, MOST_BENT, AT_MOST, LEAST_BENT, AT_LEAST, COUNT, FOUND = range(4, 12)
_KINK = 4
# Besides: how close it has looked around each peak, the curvature that the grid showed, those of
# the last two rounds, the largest value; the ends of each window, and how suspicious it is.
_CLOSE = FOUND + _KINK * (KINKS + JUMPS)
_FIRST = _CLOSE + PEAKS
_BEFORE = _FIRST + 1
_GREW = _BEFORE + 1
_TALLEST = _GREW + 1
_WINDOWS = _TALLEST + 1
_SUSPECT = _WINDOWS + 2 * (KINKS + JUMPS)
SPACE = _SUSPECT + KINKS + JUMPS


def suspicion(change, rate_a, rate_b, width):
    """How much a change over a cell exceeds what the rates at its ends explain; 0 if unknown."""
    rates = rate_a + rate_b
    rates = rates if abs(rates) < 1e300 else 0.0
    excess = abs(change - 0.5 * width * rates)
    return excess if excess < 1e300 else 0.0


def bent_as_said(change, bend, width):
    """What is left of a change of the slope that the curvature explains."""
    told = bend * width
    return abs(change - told) if abs(told) < 1e300 else abs(change)


def lay_grid(low, high, centre, at):
    """The places of the grid in their order."""
    c = low if centre < low else centre
    c = high if c > high else c
    for i in range(EVEN + 1):
        at[i] = low + (high - low) * (i / EVEN)
    half = (CELLS - EVEN) // 2
    for i in range(half):
        t = (i + 1) / (half + 1)
        t = t * t
        at[EVEN + 1 + i] = c + (high - c) * (t * t)
        at[EVEN + 1 + half + i] = c - (c - low) * (t * t)
    for i in range(1, CELLS + 1):
        place = at[i]
        j = i
        while (j > 0) and (at[j - 1] > place):
            at[j] = at[j - 1]
            j -= 1
        at[j] = place
    at[0], at[CELLS] = low, high


def constants_step(value, slope, bend, low, high, centre, memory, at):
    """Take the function at the places `at` and say the next ones there; 1 when all is found.

    The memory is all 0 before the first call, whose places nobody needs to have looked at. Around
    `centre` a loss is expected to be most itself: the target, or score 0.
    """
    calls = memory[CALLS]
    memory[CALLS] = calls + 1.0
    span = high - low
    if calls == 0.0:
        memory[STEEPEST], memory[MOST_BENT], memory[LEAST_BENT] = -1.0, -np.inf, np.inf
        lay_grid(low, high, centre, at)
        return 0

    # What is greatest so far, and how close the places around it were.
    grid = calls == 1.0
    last = calls == ROUNDS + 2.0
    used = CELLS + 1 if grid else (KINKS + JUMPS + PEAKS) * (PARTS + 1)
    for i in range(0 if last else used):
        if grid:
            left = at[i] - at[i - 1] if i > 0 else 0.0
            right = at[i + 1] - at[i] if i < CELLS else 0.0
            near = left if left > right else right
        else:
            start = i // (PARTS + 1) * (PARTS + 1)
            near = (at[start + PARTS] - at[start]) / PARTS
        if abs(slope[i]) > memory[STEEPEST]:
            memory[STEEPEST], memory[AT_STEEPEST], memory[_CLOSE] = abs(slope[i]), at[i], near
        if bend[i] > memory[MOST_BENT]:
            memory[MOST_BENT], memory[AT_MOST], memory[_CLOSE + 1] = bend[i], at[i], near
        if bend[i] < memory[LEAST_BENT]:
            memory[LEAST_BENT], memory[AT_LEAST], memory[_CLOSE + 2] = bend[i], at[i], near
        if (abs(value[i]) > memory[_TALLEST]) & (abs(value[i]) < np.inf):
            memory[_TALLEST] = abs(value[i])
    most = memory[MOST_BENT]
    most = -memory[LEAST_BENT] if -memory[LEAST_BENT] > most else most
    if grid:
        memory[_FIRST] = most
    elif not last:
        grows = most > GROWS * memory[_BEFORE]
        memory[_GREW] = memory[_GREW] + 1.0 if grows else 0.0
    memory[_BEFORE] = most

    if grid:
        # The most suspicious cells, one after the other: `at` is overwritten only afterwards.
        for k in range(KINKS + JUMPS):
            window = _WINDOWS + 2 * k
            best = 0.0
            memory[window] = low
            memory[window + 1] = low
            for i in range(CELLS):
                a, b = at[i], at[i + 1]
                if k < KINKS:
                    excess = suspicion(slope[i + 1] - slope[i], bend[i], bend[i + 1], b - a)
                else:
                    excess = suspicion(value[i + 1] - value[i], slope[i], slope[i + 1], b - a)
                taken = False
                for l in range(0 if k < KINKS else KINKS, k):
                    taken = taken | (
                        (memory[_WINDOWS + 2 * l] == a) & (memory[_WINDOWS + 2 * l + 1] == b)
                    )
                if (excess > best) & (not taken):
                    best = excess
                    memory[window] = a
                    memory[window + 1] = b
    elif not last:
        for k in range(KINKS + JUMPS):
            window = _WINDOWS + 2 * k
            start = k * (PARTS + 1)
            best = -1.0
            for j in range(PARTS):
                i = start + j
                width = at[i + 1] - at[i]
                if k < KINKS:
                    excess = suspicion(slope[i + 1] - slope[i], bend[i], bend[i + 1], width)
                else:
                    excess = suspicion(value[i + 1] - value[i], slope[i], slope[i + 1], width)
                if excess > best:
                    best = excess
                    memory[window] = at[i]
                    memory[window + 1] = at[i + 1]
            memory[_SUSPECT + k] = best
        for k in range(PEAKS):
            # Nothing better was found as close as that: look closer.
            start = (KINKS + JUMPS + k) * (PARTS + 1)
            near = (at[start + PARTS] - at[start]) / PARTS
            memory[_CLOSE + k] = near if near < memory[_CLOSE + k] else memory[_CLOSE + k]

    if not last:
        ending = calls == ROUNDS + 1.0
        for k in range(KINKS + JUMPS + PEAKS):
            if k < KINKS + JUMPS:
                a, b = memory[_WINDOWS + 2 * k], memory[_WINDOWS + 2 * k + 1]
                if ending & (a < b):
                    # Two places on each side of what is left.
                    middle = 0.5 * (a + b)
                    a, b = middle - BESIDE * span, middle + BESIDE * span
            else:
                place = memory[AT_STEEPEST + 2 * (k - KINKS - JUMPS)]
                near = memory[_CLOSE + k - KINKS - JUMPS]
                a, b = place - near, place + near
            a = low if a < low else a
            b = high if b > high else b
            for j in range(PARTS + 1):
                at[k * (PARTS + 1) + j] = a + (b - a) * (j / PARTS)
            at[k * (PARTS + 1) + PARTS] = b
        return 0

    # One-sided slopes at the ends of what is left of each window; kinks in order, each once.
    count = 0
    steepest, upward, jumps = memory[STEEPEST], False, False
    for k in range(KINKS + JUMPS):
        first = k * (PARTS + 1)
        behind = first + PARTS
        a, b = at[first], at[behind]
        place = 0.5 * (memory[_WINDOWS + 2 * k] + memory[_WINDOWS + 2 * k + 1])
        inside = (
            (a < b) & (place - low > 10.0 * BESIDE * span) & (high - place > 10.0 * BESIDE * span)
        )
        turn = bent_as_said(slope[behind] - slope[first], bend[first], b - a)
        rise = bent_as_said(value[behind] - value[first], slope[first], b - a)
        # The same change over a far shorter way, or half of it if one end is the kink itself.
        sharp = memory[_SUSPECT + k]
        kink = (k < KINKS) & (turn > LEAST * memory[STEEPEST]) & (sharp > SHARP * turn)
        jump = (k >= KINKS) & (rise > LEAST * memory[_TALLEST]) & (sharp > SHARP * rise)
        known = False
        for l in range(count):
            same = abs(memory[FOUND + _KINK * l] - place) <= 10.0 * BESIDE * span
            known = known | same
            if same & jump:
                memory[FOUND + _KINK * l + 3] = value[behind] - value[first]
        if inside & (kink | jump) & (not known):
            l = count
            while (l > 0) and (memory[FOUND + _KINK * (l - 1)] > place):
                for m in range(_KINK):
                    memory[FOUND + _KINK * l + m] = memory[FOUND + _KINK * (l - 1) + m]
                l -= 1
            left, right = slope[first] + 0.0, slope[behind] + 0.0  # no -0
            memory[FOUND + _KINK * l] = 0.0 if abs(place) < 1e-13 * span else place
            memory[FOUND + _KINK * l + 1] = left
            memory[FOUND + _KINK * l + 2] = right
            memory[FOUND + _KINK * l + 3] = value[behind] - value[first] if jump else 0.0
            upward = upward | (right < left)
            steepest = abs(left) if abs(left) > steepest else steepest
            steepest = abs(right) if abs(right) > steepest else steepest
            count += 1
    for l in range(count):
        jumps = jumps | (memory[FOUND + _KINK * l + 3] != 0.0)
    upward = upward | jumps
    memory[COUNT] = float(count)
    if (memory[_GREW] >= 2.0) & (most > FAR * memory[_FIRST]):
        if memory[MOST_BENT] == most:
            memory[MOST_BENT] = np.inf
        else:
            memory[LEAST_BENT] = -np.inf
        most = np.inf
    unknown = memory[MOST_BENT] < memory[LEAST_BENT]  # no curvature was ever a number
    memory[LIPSCHITZ] = np.inf if jumps else steepest + 0.0
    memory[SMOOTHNESS] = np.inf if count > 0 else (np.nan if unknown else most + 0.0)
    least = np.nan if unknown else memory[LEAST_BENT] + 0.0
    memory[CONVEXITY] = -np.inf if upward else least
    return 1


CONSTANTS_STEP = Loop(
    constants_step, "value slope bend low:float high:float centre:float > memory at", fast=False
)
