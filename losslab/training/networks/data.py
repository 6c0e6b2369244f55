"""Data of a network: rows of inputs, targets for each head, weights; all checked before a step."""

from typing import NamedTuple

import numpy as np

from losslab.contract.inputs import as_float_array, place
from losslab.contract.messages import shortened
from losslab.contract.weights import relative_weights
from losslab.losses.kinds.loss import Loss
from losslab.losses.kinds.pointwise import Pointwise
from losslab.training.networks.network import Network, as_inputs


class Data(NamedTuple):
    """Samples, checked: X (n, inputs), targets of each head, and weights or None."""

    X: np.ndarray
    targets: tuple
    w: np.ndarray | None

    @property
    def rows(self):
        return len(self.X)

    def weight(self):
        """The whole weight: the number of samples, if they have none."""
        return float(self.rows if self.w is None else self.w.sum())

    def chosen(self, indices):
        """Some of the samples."""
        w = None if self.w is None else self.w[indices]
        return Data(self.X[indices], tuple(y[indices] for y in self.targets), w)


def as_losses(network, loss):
    """The losses of a network's heads, as a tuple.

    Raises
    ------
    TypeError, ValueError
        If there is not one loss for each head, or a loss cannot take as many columns.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {shortened(network)}")
    losses = (loss,) if isinstance(loss, Loss) else loss
    several = isinstance(losses, tuple | list) and all(isinstance(one, Loss) for one in losses)
    if not several or not losses:
        raise TypeError(
            f"loss must be a loss such as ll.get('huber'), or a list of one for each head, got "
            f"{shortened(loss)}"
        )
    if len(losses) != len(network.heads):
        raise ValueError(
            f"loss must hold one loss for each of the {len(network.heads)} heads, got {len(losses)}"
        )
    for head, one in zip(network.heads, losses, strict=True):
        if not isinstance(one, Pointwise):
            if one.outputs == "number" and head.columns != 1:
                raise ValueError(
                    f"{one.name} takes one output, got a head of {_columns(head.columns)}"
                )
            try:
                one.check_columns(head.columns)
            except ValueError as error:
                raise ValueError(
                    f"a head of {_columns(head.columns)} does not fit {one.name}: {error}"
                ) from None
    return tuple(losses)


def as_data(network, losses, X, y, sample_weight=None, names=("X", "y", "sample_weight")):
    """Samples as a network takes them.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, a number is NaN or an input infinite, or a target is illegal: the
        message names the argument and the place.
    """
    X = as_inputs(X, network, names[0])
    finite = np.isfinite(X)
    if not finite.all():
        i = int(np.argmin(finite.reshape(-1)))
        raise ValueError(
            f"{names[0]} must be finite, got {X.reshape(-1)[i].item()!r}{place(i, X.shape)}"
        )
    ys = (y,) if len(losses) == 1 else y
    if not isinstance(ys, tuple | list) or len(ys) != len(losses):
        raise ValueError(
            f"{names[1]} must be a list of targets, one for each of the {len(losses)} heads"
        )
    targets = []
    for j, (one, loss, head) in enumerate(zip(ys, losses, network.heads, strict=True)):
        name = names[1] if len(losses) == 1 else f"{names[1]}[{j}]"
        targets.append(_as_targets(name, one, loss, len(X), head.columns))
    if sample_weight is None:
        return Data(X, tuple(targets), None)
    try:
        w = relative_weights(sample_weight, (len(X),))
    except (ValueError, TypeError) as error:
        words = str(error).replace("sample_weight", names[2], 1)
        words = words.replace("the shape of y_true, ", "a number for each sample, shape ")
        raise type(error)(words) from None
    return Data(X, tuple(targets), w)


def _columns(k):
    return "1 column" if k == 1 else f"{k} columns"


def _as_targets(name, y, loss, n, k):
    y = as_float_array(name, y)
    if len(np.atleast_1d(y)) != n or y.ndim == 0:
        raise ValueError(f"X and {name} must have the same length, got {n} and {np.shape(y)}")
    if isinstance(loss, Pointwise) and y.ndim == 1 and k == 1:
        y = y[:, None]
    if isinstance(loss, Pointwise) and y.shape != (n, k):
        fewer = f"; y of shape ({n},) needs a head of 1 column" if k > 1 and y.ndim == 1 else ""
        raise ValueError(
            f"{name} must have shape {(n, k) if k > 1 else (n,)} under {loss.name}, which has one "
            f"target for each column of the head, here {k}, got {y.shape}{fewer}"
        )
    if np.isnan(y).any():
        i = int(np.argmax(np.isnan(y).reshape(-1)))
        raise ValueError(f"{name} must not be NaN, got nan{place(i, y.shape)}")
    # Predictions that are legal, so that only the targets can be refused.
    example = loss.domains()[1][loss.prediction].draw
    rng = np.random.default_rng(0)
    if isinstance(loss, Pointwise):
        f = np.repeat(example(1, rng), n * k).reshape(n, k)
    else:
        f = np.repeat(example(1, k, rng), n, axis=0)
        f = f[:, 0] if loss.outputs == "number" else f
    try:
        loss.value(y, f)
    except (ValueError, TypeError) as error:
        said, mark, hint = str(error).partition("; ")
        hint = hint.replace("y_true", "y" if " " in name else name)
        words = said.replace("y_true", name) + mark + hint
        words = words.replace("y_pred", "the predictions")
        words = words.replace(
            "k - 1 for k columns of the predictions", f"{k - 1} for {_columns(k)}"
        )
        raise type(error)(f"{words} ({loss.name})") from None
    return y
