"""Metrics of predictions: what is counted besides the loss."""

import numpy as np

from losslab.contract.messages import shortened


def accuracy_of(loss):
    """A function of labels and predictions: the share of right decisions.

    Of several columns the largest decides, and so it does of one-hot labels. Of one column the sign
    of a logit or score decides; else the middle between the labels, which are 0 and 1 or -1 and 1.
    """
    signed = loss.prediction in ("logit", "score")

    def accuracy(y, f):
        if f.ndim > 1:
            return float(np.mean(f.argmax(axis=1) == (y.argmax(axis=1) if y.ndim > 1 else y)))
        edge = 0.0 if signed or np.min(y) < 0.0 else 0.5
        return float(np.mean((f > edge) == (y > 0.5)))

    return accuracy


def r2(y, f):
    """Share of the variance of y that predictions explain; at most 1, below 0 if the mean is better."""
    return float(1.0 - np.sum((y - f) ** 2) / np.sum((y - y.mean(axis=0)) ** 2))


def flat(array):
    """An array of one column without it."""
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def check_known(name, y, k):
    """Refuse a metric known by name for targets and k columns of predictions that it does not fit.

    Raises
    ------
    ValueError
    """
    y = flat(y)
    shape = (len(y),) if k == 1 else (len(y), k)
    own = f"give a function of your own: metrics={{{name!r}: function}}"
    if name == "r2" and y.shape != shape:
        raise ValueError(
            f"the metric 'r2' needs predictions of the shape of y, {y.shape}, and not {shape}; {own}, "
            "such as one of the column that holds the mean"
        )
    if name == "accuracy" and y.ndim > 1 and not np.all(np.sum(y == 1.0, axis=1) == 1):
        raise ValueError(
            f"the metric 'accuracy' needs one class a row, and y has rows with several or none; {own}"
        )


def as_metrics(metrics, losses, network, data):
    """Metrics by name, as functions of targets and predictions.

    Raises
    ------
    ValueError, TypeError
        If a metric is unknown or not a function, or there are several heads.
    """
    if metrics is None:
        return {}
    if len(losses) > 1:
        raise ValueError(
            f"metrics are for networks of one head, got {len(losses)} heads; after training, measure "
            "what done.predict(X) gives for each"
        )
    known = {"accuracy": accuracy_of(losses[0]), "r2": r2}
    if isinstance(metrics, str):
        metrics = (metrics,)
    if not isinstance(metrics, dict):
        for name in metrics:
            if not isinstance(name, str) or name not in known:
                raise ValueError(
                    f"metrics must be among {tuple(known)} or functions by name, such as "
                    f"{{'mine': function}}, got {shortened(name)}"
                )
            check_known(name, data.targets[0], network.heads[0].columns)
        return {name: known[name] for name in metrics}
    for name, function in metrics.items():
        if not isinstance(name, str) or not callable(function):
            raise TypeError(f"metrics must be functions by name, got {shortened(metrics)}")
        if name == "loss":
            raise ValueError("a metric must have another name than 'loss'")
    return dict(metrics)
