"""Training: just enough to show what a loss does to a model."""

from losslab.training.line import LineFit, fit_line, repeated_median
from losslab.training.linear import LinearFit, fit_linear
from losslab.training.multioutput import MultiOutputFit, fit_multioutput
from losslab.training.plane import PlaneFit, fit_classifier

__all__ = [
    "LineFit",
    "LinearFit",
    "MultiOutputFit",
    "PlaneFit",
    "fit_classifier",
    "fit_line",
    "fit_linear",
    "fit_multioutput",
    "repeated_median",
]
