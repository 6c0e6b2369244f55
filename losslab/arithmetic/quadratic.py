"""A small quadratic programme inside kernels, all in one piece of scratch space.

The u >= 0 of least u b u / 2 - a u, for a positive semidefinite b of t by t numbers whose diagonal
is near 1, by the active-set method of Lawson and Hanson. s holds, one after the other, b and its
factor (t t numbers each), then a, u and what the method needs (t numbers each).
"""

from losslab.arithmetic.vmath import sqrt

# Relative to the terms of a sum: what rounding leaves of a slope that is 0.
ROUNDING = 1e-15
# Of a diagonal near 1: below this, a column depends on those before it.
DEPENDENT = 1e-13


def a_place(t):
    return 2 * t * t


def u_place(t):
    return 2 * t * t + t


def solve_on_support(s, t, size):
    """Solve the rows and columns of the support by Cholesky; 1, or 0 if they are dependent."""
    factor = t * t
    a = a_place(t)
    support = a + 2 * t
    x = a + 3 * t
    for i in range(size):
        row = int(s[support + i])
        for j in range(i + 1):
            total = s[row * t + int(s[support + j])]
            for l in range(j):
                total -= s[factor + i * t + l] * s[factor + j * t + l]
            if i > j:
                s[factor + i * t + j] = total / s[factor + j * t + j]
            elif total > DEPENDENT:
                s[factor + i * t + i] = sqrt(total)
            else:
                return 0
    for i in range(size):
        total = s[a + int(s[support + i])]
        for l in range(i):
            total -= s[factor + i * t + l] * s[x + l]
        s[x + i] = total / s[factor + i * t + i]
    for back in range(size):
        i = size - 1 - back
        total = s[x + i]
        for l in range(i + 1, size):
            total -= s[factor + l * t + i] * s[x + l]
        s[x + i] = total / s[factor + i * t + i]
    return 1


def steepest(s, t):
    """The index outside the support along which the aim falls fastest, or -1."""
    a = a_place(t)
    u = u_place(t)
    banned = a + 4 * t
    best = 0.0
    found = -1
    for i in range(t):
        slope = s[a + i]
        size = abs(slope)
        for j in range(t):
            slope -= s[i * t + j] * s[u + j]
            size += abs(s[i * t + j] * s[u + j])
        free = (s[u + i] == 0.0) & (s[banned + i] == 0.0)
        if free & (slope > ROUNDING * t * size) & (slope > best):
            best = slope
            found = i
    return found


def step_towards(s, t, size):
    """Go from u towards x as far as all stay >= 0; how many of the support are left."""
    u = u_place(t)
    support = u + t
    x = u + 2 * t
    share = 1.0
    for i in range(size):
        here = s[u + int(s[support + i])]
        if s[x + i] <= 0.0:
            share = min(share, here / (here - s[x + i]) if here > s[x + i] else 0.0)
    left = 0
    for i in range(size):
        j = int(s[support + i])
        moved = s[x + i] if share == 1.0 else s[u + j] + share * (s[x + i] - s[u + j])
        out = (s[x + i] <= 0.0) & (moved <= 1e-14 * abs(s[x + i]))
        s[u + j] = 0.0 if out | (moved < 0.0) else moved
        if s[u + j] > 0.0:
            s[support + left] = j
            left += 1
    return left if share < 1.0 else -1


def nonnegative(s, t):
    """Solve the programme; the answer is in s from `u_place` on."""
    u = u_place(t)
    support = u + t
    banned = u + 3 * t
    for i in range(t):
        s[u + i] = 0.0
        s[banned + i] = 0.0
    size = 0
    for _ in range(3 * t + 10):
        enter = steepest(s, t)
        if enter < 0:
            break
        s[support + size] = enter
        size += 1
        solved = solve_on_support(s, t, size)
        if solved == 0:  # it brings nothing new
            s[banned + enter] = 1.0
            size -= 1
            continue
        for _ in range(t + 1):
            left = step_towards(s, t, size)
            if left < 0:
                break
            size = left
            if size == 0:
                break
            solve_on_support(s, t, size)
        for i in range(t):
            s[banned + i] = 0.0
    return 0
