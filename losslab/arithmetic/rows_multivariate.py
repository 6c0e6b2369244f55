"""Helpers of rowwise kernels for targets of several numbers."""

from losslab.arithmetic.vmath import scaled_power, sqrt


def difference_norm(a, i, b, j, d):
    """Euclidean norm of a[i : i + d] - b[j : j + d], without overflow or underflow."""
    total = 0.0
    largest = 0.0
    for t in range(d):
        x = abs(a[i + t] - b[j + t])
        total += x * x
        largest = max(largest, x)
    if (total > 1e-280) & (total < 1e300):
        return sqrt(total)
    if largest == 0.0:
        return 0.0
    total = 0.0
    for t in range(d):
        x = abs(a[i + t] - b[j + t]) / largest
        total += x * x
    return largest * sqrt(total)


def bring_within(limit, y, d, f, k):
    """Divide y and f, if they are larger than that, by a power of two; return 1 over it."""
    most = 0.0
    for j in range(d):
        most = max(most, abs(y[j]))
    for j in range(k):
        most = max(most, abs(f[j]))
    unit = 1.0
    while most * unit > limit:
        unit *= 0.5
    if unit < 1.0:
        for j in range(d):
            y[j] = y[j] * unit
        for j in range(k):
            f[j] = f[j] * unit
    return unit


def power_of(x, p):
    """x**p for x >= 0; 1 for p = 0."""
    return scaled_power(1.0, x, p)
