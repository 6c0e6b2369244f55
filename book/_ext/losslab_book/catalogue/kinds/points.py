"""Pages of losses of one target and one prediction."""

import math

import numpy as np

from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from losslab.widgets import LossExplorer
from losslab.widgets.manifest import axis_of

from .. import digits, words
from .losses import Losses

SHOWN_AT = {
    "residual": (-3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0),
    "prediction": (0.25, 0.5, 1.0, 2.0, 4.0),
}
OTHERWISE_AT = (-4.0, -1.0, 0.0, 1.0, 4.0)
RANGES = (None, (0.05, 4.0), (0.02, 0.98))
AXES = {"residual": "r", "prediction": "ŷ"}


class Points(Losses):
    works_on = "one number a sample"
    checked_in = "tests/losses/claim_checks.py"
    derivatives = derived = "Derivatives"
    second_derivatives = ""  # they are in the table

    def figure(self, loss):
        """Over the first range that is legal for it."""
        show = ["value", "gradient"]
        show += ["curvature"] if loss.has_curvature() else []
        for x_range in RANGES:
            try:
                return LossExplorer([loss], wide(loss) or x_range, show, target_of(loss))
            except ValueError:
                continue
        return None

    def readings(self, loss):
        """Value, gradient and curvature at a few predictions, by the kernels."""
        cls, y = type(loss), target_of(loss)
        legal = PREDICTIONS[cls.prediction].is_legal
        wanted = [f for f in SHOWN_AT.get(axis_of(cls), OTHERWISE_AT) if legal(f)]
        kernels = [cls.value_at, cls.gradient_at, getattr(cls, "curvature_at", None)]
        numbers = [np.float64(v) for v in loss.parameters.values()]
        found = []
        with np.errstate(all="ignore"):
            for f in wanted or [0.1, 0.3, 0.5, 0.7, 0.9]:
                at = np.float64(y), np.float64(f)
                found.append([f, *(float(k(*at, *numbers)) for k in kernels if k)])
        names = [*cls.parameter_specs]
        return {"y": y, "rows": found, "axis": axis_of(cls), "parameters": names}

    def table(self, found):
        over_residual = found["axis"] == "residual"
        target = "" if over_residual else f" for the target y = {words.number(found['y'])}"
        defaults = ", with the parameters at their defaults" if found["parameters"] else ""
        names = ("value", "gradient", "curvature")[: len(found["rows"][0]) - 1]
        return {
            "before": f"Computed by the kernels of losslab{target}{defaults}.",
            "head": [AXES.get(found["axis"], "f"), *names],
            "rows": [[words.number(v, 5) for v in row] for row in found["rows"]],
        }

    def digits(self, loss):
        return digits.pointwise(loss)

    def note(self, cls):
        if cls.target == "real" and "r" in cls.formula:
            return "r = ŷ − y is the residual: prediction minus target."
        return ""


def target_of(loss):
    """The target that figure and table are for."""
    if axis_of(type(loss)) == "residual":
        return 0.0
    return next(y for y in (1.0, 0.0, 2.0, 0.5) if TARGETS[loss.target].is_legal(y))


def wide(loss):
    """A range of residuals that shows what the parameters do, if the usual one does not."""
    if axis_of(type(loss)) != "residual":
        return None
    reach = 1.6 * max([abs(v) for v in loss.parameters.values()], default=0.0)
    return (-math.ceil(reach), math.ceil(reach)) if reach > 5.0 else None
