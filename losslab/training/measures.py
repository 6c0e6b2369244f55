"""Metrics of predictions: what is counted besides the loss."""

import numpy as np

from losslab.contract.messages import shortened


def accuracy_of(loss):
    """A function of labels and predictions: the share of right decisions.

    Of several columns the largest decides; of one its sign, or for a probability one half.
    """
    edge = 0.5 if loss.prediction in ("probability", "probabilities") else 0.0

    def accuracy(y, f):
        labels = np.ravel(y)
        if f.ndim > 1:
            return float(np.mean(f.argmax(axis=1) == labels))
        return float(np.mean((f > edge) == (labels > 0.5)))

    return accuracy


def r2(y, f):
    """Share of the variance of y that predictions explain; at most 1, below 0 if the mean is better."""
    return float(1.0 - np.sum((y - f) ** 2) / np.sum((y - y.mean(axis=0)) ** 2))


def as_metrics(metrics, losses):
    """Metrics by name, as functions of targets and predictions.

    Raises
    ------
    ValueError, TypeError
        If a metric is unknown or not a function, or there are several heads.
    """
    if metrics is None:
        return {}
    if len(losses) > 1:
        raise ValueError("metrics are for networks of one head")
    known = {"accuracy": accuracy_of(losses[0]), "r2": r2}
    if isinstance(metrics, str):
        metrics = (metrics,)
    if not isinstance(metrics, dict):
        for name in metrics:
            if name not in known:
                raise ValueError(
                    f"metrics must be among {tuple(known)} or functions by name, got "
                    f"{shortened(name)}"
                )
        return {name: known[name] for name in metrics}
    for name, function in metrics.items():
        if not isinstance(name, str) or not callable(function):
            raise TypeError(f"metrics must be functions by name, got {shortened(metrics)}")
        if name == "loss":
            raise ValueError("a metric must have another name than 'loss'")
    return dict(metrics)
