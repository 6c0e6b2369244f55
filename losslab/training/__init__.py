"""Training: just enough to show what a loss does to a model."""

from losslab.training.line import LineFit, fit_line
from losslab.training.linear import LinearFit, fit_linear

__all__ = ["LineFit", "LinearFit", "fit_line", "fit_linear"]
