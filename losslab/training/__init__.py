"""Training: just enough to show what a loss does to a model."""

from losslab.training.line import LineFit, fit_line

__all__ = ["LineFit", "fit_line"]
