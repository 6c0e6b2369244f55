"""Singular values inside kernels, in scratch space: rotations of pairs of columns (Jacobi).

A matrix of n numbers in rows of m is read by columns of its longer side: `long` numbers in each of
`short` columns. Scratch space s then holds

* from 0: the singular values, falling, and room for as many other numbers behind them, at m;
* from 2 m: their vectors of the long side, one after the other;
* from 2 m + n: their vectors of the short side.

Rotations make columns orthogonal beside their own lengths, so small singular values of a matrix with
small columns keep their digits, which methods that work on the whole matrix lose.
"""

import math

SWEEPS = 40  # ten are many; who has not converged by then stays as near as it is


def short_side(n, m):
    rows = n // m
    return m if m < rows else rows


def scale_of(w, n):
    """A power of two that brings the largest number near enough to 1 for squares."""
    top = 0.0
    for i in range(n):
        top = max(top, abs(w[i]))
    scale = 1.0
    while (top > 0.0) & (top * scale < 2.0**-150):
        scale *= 2.0**100
    while top * scale > 2.0**150:
        scale *= 2.0**-100
    return scale


def product_of(s, a, b, size):
    """Scalar product of two columns."""
    total = 0.0
    for i in range(size):
        total += s[a + i] * s[b + i]
    return total


def rotate(s, a, b, size, cosine, sine):
    for i in range(size):
        left = s[a + i]
        right = s[b + i]
        s[a + i] = cosine * left - sine * right
        s[b + i] = sine * left + cosine * right
    return 0


def sweep(s, at, turned, long, short):
    """Make every pair of columns orthogonal once; how many pairs were not."""
    rotated = 0
    for p in range(short):
        for q in range(p + 1, short):
            a = at + p * long
            b = at + q * long
            first = product_of(s, a, a, long)
            second = product_of(s, b, b, long)
            both = product_of(s, a, b, long)
            if abs(both) > 1e-16 * long * math.sqrt(first) * math.sqrt(second):
                half = (second - first) / (2.0 * both)
                sign = -1.0 if half < 0.0 else 1.0
                tangent = sign / (abs(half) + math.sqrt(1.0 + half * half))
                cosine = 1.0 / math.sqrt(1.0 + tangent * tangent)
                rotate(s, a, b, long, cosine, cosine * tangent)
                rotate(s, turned + p * short, turned + q * short, short, cosine, cosine * tangent)
                rotated += 1
    return rotated


def swap(s, a, b, size):
    for i in range(size):
        held = s[a + i]
        s[a + i] = s[b + i]
        s[b + i] = held
    return 0


def complete(s, at, j, long):
    """Write to column j a unit vector that is orthogonal to those before it."""
    best = 0
    least = 2.0
    for i in range(long):  # the axis that they cover least
        covered = 0.0
        for k in range(j):
            covered += s[at + k * long + i] * s[at + k * long + i]
        if covered < least - 1e-9:
            least = covered
            best = i
    a = at + j * long
    for i in range(long):
        s[a + i] = 1.0 if i == best else 0.0
    for _ in range(2):
        for k in range(j):
            share = product_of(s, a, at + k * long, long)
            for i in range(long):
                s[a + i] -= share * s[at + k * long + i]
        length = math.sqrt(product_of(s, a, a, long))
        for i in range(long):
            s[a + i] /= length
    return 0


def decompose(w, s, n, m):
    """Write singular values and vectors to s; where one is 0, its vectors complete the others."""
    short = short_side(n, m)
    long = n // short
    at = 2 * m
    turned = at + n
    scale = scale_of(w, n)
    step = m if short == m else 1  # from a number to the next of its column
    other = 1 if short == m else m
    for j in range(short):
        for i in range(long):
            s[at + j * long + i] = scale * w[i * step + j * other]
        for i in range(short):
            s[turned + j * short + i] = 1.0 if i == j else 0.0
    left = SWEEPS
    while left > 0:
        left = left - 1 if sweep(s, at, turned, long, short) > 0 else 0
    for j in range(short):
        s[j] = math.sqrt(product_of(s, at + j * long, at + j * long, long))
    for j in range(short):
        top = j
        for k in range(j + 1, short):
            top = k if s[k] > s[top] else top
        if top != j:
            swap(s, j, top, 1)
            swap(s, at + j * long, at + top * long, long)
            swap(s, turned + j * short, turned + top * short, short)
    for j in range(short):
        if s[j] > 0.0:
            for i in range(long):
                s[at + j * long + i] /= s[j]
        else:
            complete(s, at, j, long)
        s[j] /= scale
    return short


def compose(x, s, n, m):
    """Write to x the matrix with the vectors of s and the singular values that stand at m."""
    short = short_side(n, m)
    long = n // short
    at = 2 * m
    turned = at + n
    step = m if short == m else 1
    other = 1 if short == m else m
    for i in range(long):
        for j in range(short):
            total = 0.0
            for k in range(short):
                total += s[m + k] * s[at + k * long + i] * s[turned + k * short + j]
            x[i * step + j * other] = total
    return 0
