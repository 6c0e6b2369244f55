"""Domains: which targets and predictions a loss accepts.

Each domain has a kernel that the array loops run on every number while they compute.  NaN passes:
it comes out as NaN, and is not an illegal label. Targets are observed, so they are finite; a
prediction may be infinite, where a model overflowed, and gets the limit of the loss if there is one.
"""

from dataclasses import dataclass

import numpy as np


def anything(t):
    return True


def finite(t):
    return abs(t) != np.inf


def finite_positive(t):
    return positive(t) & finite(t)


def finite_nonnegative(t):
    return nonnegative(t) & finite(t)


def finite_above_minus_one(t):
    return above_minus_one(t) & finite(t)


def finite_nonzero(t):
    return nonzero(t) & finite(t)


def positive(t):
    return (t > 0.0) | (t != t)


def nonnegative(t):
    return (t >= 0.0) | (t != t)


def above_minus_one(t):
    return (t > -1.0) | (t != t)


def nonzero(t):
    return t != 0.0


def binary(t):
    return (t == 0.0) | (t == 1.0) | (t != t)


def unit_interval(t):
    return ((t >= 0.0) & (t <= 1.0)) | (t != t)


def draw_probability(n, rng):
    return rng.uniform(0.01, 0.99, n)


def open_unit_interval(t):
    return ((t > 0.0) & (t < 1.0)) | (t != t)


def draw_real(n, rng):
    return rng.normal(0.0, 2.0, n)


def draw_positive(n, rng):
    return rng.lognormal(0.0, 1.0, n)


def draw_binary(n, rng):
    return rng.integers(0, 2, n).astype(float)


def draw_unit(n, rng):
    return rng.beta(0.5, 0.5, n)


def draw_open_unit(n, rng):
    return rng.beta(2.0, 3.0, n)


@dataclass(frozen=True)
class Domain:
    """A set of legal numbers.

    `is_legal` is a kernel, `legal` says the set in words, `draw` makes random members.
    """

    is_legal: object
    legal: str
    draw: object
    hint: str = ""


LEFT_OUT = "; samples without a label are left out by ignore_label="

TARGETS = {
    "real": Domain(finite, "a finite number", draw_real),
    "positive": Domain(finite_positive, "finite and greater than 0", draw_positive),
    "nonnegative": Domain(finite_nonnegative, "finite and 0 or greater", draw_positive),
    "above -1": Domain(finite_above_minus_one, "finite and greater than -1", draw_positive),
    "nonzero": Domain(finite_nonzero, "finite and different from 0", draw_real),
    "{0,1}": Domain(
        binary,
        "0 or 1",
        draw_binary,
        "; labels -1 and +1 are converted with (y_true + 1) / 2" + LEFT_OUT,
    ),
    "[0,1]": Domain(
        unit_interval,
        "between 0 and 1",
        draw_unit,
        "; labels -1 and +1 are converted with (y_true + 1) / 2" + LEFT_OUT,
    ),
    "(0,1)": Domain(open_unit_interval, "greater than 0 and less than 1", draw_open_unit),
}

PREDICTIONS = {
    "value": Domain(anything, "any real number", draw_real),
    "logit": Domain(anything, "any real number (a logit, not a probability)", draw_real),
    "score": Domain(anything, "any real number (a score whose sign is the decision)", draw_real),
    "probability": Domain(
        unit_interval, "between 0 and 1 (a probability, not a logit)", draw_probability
    ),
    "positive value": Domain(positive, "greater than 0", draw_positive),
    "value above -1": Domain(above_minus_one, "greater than -1", draw_positive),
    "log mean": Domain(anything, "any real number (the logarithm of a mean)", draw_real),
    "logit mean": Domain(anything, "any real number (the logit of a mean)", draw_real),
}
