"""Powers for kernels of optimisers."""


def whole_power(x, k):
    """x to the power of a whole number k >= 1, by squaring: x itself for k = 1."""
    found = 1.0
    while k > 0:
        if k & 1 == 1:
            found = found * x
        x = x * x
        k = k >> 1
    return found
