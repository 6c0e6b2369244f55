"""Checks of the chapter Landscapes and speed."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import number


def _steepest(standardised=True, intercept=True):
    """The largest curvature of the logistic model of all thirty columns, at zero."""
    X = ll.datasets.load("breast_cancer").X
    if standardised:
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    if intercept:
        X = np.column_stack([np.ones(len(X)), X])
    return float(np.linalg.eigvalsh(X.T @ X / (4.0 * len(X)))[-1])


number(
    "landscapes-step",
    lambda: 2.0 / _steepest(),
    rel=2e-3,
    says="two over the largest curvature, which is that of a logit at zero, one quarter, times "
    "the largest eigenvalue of the columns.",
    hints=[
        (_steepest, "that is the largest curvature. The step is two over it."),
        (lambda: 1.0 / _steepest(), "that step is safe, and half of what is stable."),
        (
            lambda: 0.5 / _steepest(),
            "at zero the curvature of a logit is p(1 - p), which is one quarter.",
        ),
        (lambda: 2.0 / _steepest(standardised=False), "that is for the raw columns."),
    ],
)
