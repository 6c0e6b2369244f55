"""Targets and predictions of losses: pairs of one shape, and samples whose label is left out."""

import numbers

import numpy as np

from losslab.contract.inputs import FLOAT64, as_float_array
from losslab.contract.messages import shortened


def as_pair(y_true, y_pred):
    """Targets and predictions as two arrays of one dtype and one shape."""
    y = as_float_array("y_true", y_true)
    f = as_float_array("y_pred", y_pred)
    if y.shape != f.shape:
        raise ValueError(f"y_true and y_pred must have the same shape, got {y.shape} and {f.shape}")
    if y.size == 0:
        raise ValueError("y_true and y_pred must hold at least one number, got none")
    if y.dtype is not f.dtype:
        y = y.astype(FLOAT64, copy=False)
        f = f.astype(FLOAT64, copy=False)
    return y, f


LABELS = ("{0,1}", "[0,1]", "class", "level", "labels")  # targets that can be left out by name


def without_label(loss, y_true, sample_weight, label):
    """Targets and weights in which samples of the label `label` are there with weight 0.

    None is no label: all stay as they are.
    """
    if label is None:
        return y_true, sample_weight
    if loss.target not in LABELS:
        raise ValueError(
            f"ignore_label is for losses of labels; y_true of {loss.name} is "
            f"{loss.domains()[0][loss.target].legal}: give such samples sample_weight 0"
        )
    if isinstance(label, bool) or not isinstance(label, numbers.Real):
        raise TypeError(f"ignore_label must be one number such as -100, got {shortened(label)}")
    y = as_float_array("y_true", y_true)
    ignored = np.isnan(y) if label != label else y == label
    if loss.target == "labels":
        ignored = ignored.all(axis=-1, keepdims=True)
    if ignored.size and ignored.all():
        raise ValueError(f"all of y_true is ignore_label={label!r}: nothing is left to average")
    if not ignored.any():
        return y, sample_weight
    y = np.where(ignored, y.dtype.type(0.0), y)  # any legal label: its weight is 0
    if loss.target == "labels":
        ignored = ignored[:, 0]
    if sample_weight is None:
        return y, np.where(ignored, 0.0, 1.0)
    w = as_float_array("sample_weight", sample_weight)
    if w.shape != ignored.shape:
        return y, w  # refused where weights are
    return y, np.where(ignored & (w >= 0.0) & (w < np.inf), w.dtype.type(0.0), w)
