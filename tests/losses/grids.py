"""Where losses are tested: corners of their parameters, and hard pairs of target and prediction."""

import itertools
from fractions import Fraction

import numpy as np

# Targets per domain. Few bits each, so that many predictions have an exact residual.
TARGETS = {
    "real": (0.0, 3.0, -0.5),
    "positive": (1.0, 3.0, 2.0**-10, 1000.0),
    "nonnegative": (0.0, 1.0, 3.0, 2.0**-10),
    "above -1": (0.0, 1.0, 3.0, 2.0**-10, -0.5),
    "nonzero": (1.0, -1.0, 3.0, 2.0**-10),
    "(0,1)": (0.75, 0.25, 2.0**-10),
    "{0,1}": (0.0, 1.0),
    "[0,1]": (0.0, 1.0),  # soft labels: the gradient cancels at its zero, see test_accuracy.py
}
# Ends of the predictions on the grids, themselves excluded: a formula may be infinite there.
LEAST_PREDICTION = {"positive value": 0.0, "value above -1": -1.0, "probability": 0.0}
GREATEST_PREDICTION = {"probability": 1.0}
# Where a prediction of a mean is perfect, and back: targets are in the units of y.
LINKS = {
    "log mean": (np.log, np.exp),
    "logit mean": (lambda y: np.log(y / (1.0 - y)), lambda f: 1.0 / (1.0 + np.exp(-f))),
}


def ordinary_target(loss):
    """A legal target that is a whole number if there is one."""
    return 0.5 if loss.target == "(0,1)" else 1.0


def neighbours(x):
    return [x, np.nextafter(x, np.inf), np.nextafter(x, -np.inf)]


def magnitudes(parameters, dense=False):
    """Sizes of residuals: decades over the whole range, kinks and their neighbours."""
    decades = [10.0**k for k in (-300, -200, -155, -154, -108, -50, -20, -16, -12)]
    decades += [10.0**k for k in range(-8, 20, 1 if dense else 2)]
    decades += [10.0**k for k in (50, 102, 108, 153, 154, 160, 200, 300)]
    special = [0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 18.4, 20.0, 37.0, 100.0, 350.0]
    special += [709.0, 710.0, 745.0, 800.0]
    kinks = [1.0]
    p = list(parameters.values())
    kinks += [v for v in p if v]
    kinks += [k * v for v in p for k in (0.5, 2.0)]
    kinks += [a + b for a, b in itertools.combinations(p, 2)]
    kinks += [abs(a - b) for a, b in itertools.combinations(p, 2)]
    kinks += [a * b for a, b in itertools.combinations(p, 2)]
    kinks += [1.0 - v for v in p] + [1.0 / v for v in p if v] + [v * v for v in p if v]
    kinks += [v / (1.0 + v) for v in p if v > 0.0]
    found = decades + special
    for kink in kinks:
        found += [abs(float(x)) for x in neighbours(kink)]
    return sorted(set(found))


def predictions(cls, parameters, y, dense=False, seed=0):
    """Predictions for one target: 0, residuals of every size, random ones with few bits."""
    rng = np.random.default_rng(seed)
    sizes = [0.0, *magnitudes(parameters, dense)]
    found = [*sizes, *(-x for x in sizes)]
    found += [y + x for x in found] if y else []
    random = rng.normal(0.0, 2.0, 60 if dense else 12)
    random = np.concatenate([random, random[:4] * 1e-3, random[:4] * 100.0])
    if y:
        random = np.round(random * 4096.0) / 4096.0
    found += [y + x for x in random]
    lowest = LEAST_PREDICTION.get(cls.prediction, -np.inf)
    highest = GREATEST_PREDICTION.get(cls.prediction, np.inf)
    return sorted({float(f) for f in found if lowest < f < highest and residual_is_exact(y, f)})


def residual_is_exact(y, f):
    """Whether rounding f - y loses less than 0.02 ulp: the loss is not to blame for the rest."""
    r = f - y
    lost = abs(Fraction(f) - Fraction(y) - Fraction(r))
    return lost <= Fraction(float(np.spacing(abs(r)))) / 50


def pairs(cls, parameters, dense=False):
    """Targets and predictions, as two arrays; fewer targets away from the default parameters."""
    target = cls(**parameters).target  # it may depend on the parameters
    targets = TARGETS[target]
    default = {k: s.default for k, s in cls.parameter_specs.items()}
    if not dense and dict(parameters) != default:
        targets = targets[: 1 if target == "real" and cls.prediction == "value" else 2]
    both = [(y, f) for y in targets for f in predictions(cls, parameters, y, dense)]
    y, f = np.array(both).T
    return np.ascontiguousarray(y), np.ascontiguousarray(f)
