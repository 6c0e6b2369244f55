"""Functions that expressions of derivatives may call, for numbers of mpmath and rows of them."""

import mpmath


def softmax(row):
    powers = [mpmath.exp(each) for each in row]
    return [each / sum(powers) for each in powers]


def inverse(rows):
    return mpmath.inverse(mpmath.matrix(rows)).tolist()


def times(a, b):
    """A product whose second part goes to 0 faster than its first grows."""
    return a * b if b else b


def normal_between(a, b):
    """Phi(b) - Phi(a), taken in the tail where both are small."""
    return mpmath.ncdf(-a) - mpmath.ncdf(-b) if a > 0 else mpmath.ncdf(b) - mpmath.ncdf(a)


def norm(row):
    return mpmath.sqrt(sum(each * each for each in row))


def distance(a, b):
    return norm([u - v for u, v in zip(a, b, strict=True)])


FUNCTIONS = {
    "Phi": mpmath.ncdf,
    "abs": abs,
    "arctan": mpmath.atan,
    "besseli": mpmath.besseli,
    "cos": mpmath.cos,
    "cosh": mpmath.cosh,
    "distance": distance,
    "exp": mpmath.exp,
    "inf": mpmath.inf,
    "inverse": inverse,
    "log": mpmath.log,
    "max": max,
    "min": min,
    "normal_between": normal_between,
    "norm": norm,
    "one": int,
    "phi": mpmath.npdf,
    "pi": mpmath.pi,
    "psi": mpmath.digamma,
    "psi_1": lambda x: mpmath.psi(1, x),
    "sigma": lambda x: 1 / (1 + mpmath.exp(-x)),
    "sign": mpmath.sign,
    "sin": mpmath.sin,
    "softmax": softmax,
    "sqrt": mpmath.sqrt,
    "sum": sum,
    "tanh": mpmath.tanh,
    "times": times,
}
