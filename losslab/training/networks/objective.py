"""The mean loss of a network over some data, as a function of its weights."""

import threading

import numpy as np

from losslab.contract.messages import shortened
from losslab.losses.kinds.batchwise import Batchwise
from losslab.penalties.kinds.separable import Separable
from losslab.training.networks.data import as_data, as_losses
from losslab.training.networks.passes import PART, PRODUCTS, Pass
from losslab.training.networks.second import hessian_product
from losslab.training.objective import Objective

FLOAT64 = np.dtype(np.float64)


class Passes:
    """Passes through one network under its losses, for any number of rows; made when needed.

    Rows go through in parts. Every part is told the weight of the whole, so the result does not
    depend on how the parts are cut, except for rounding.
    """

    def __init__(self, network, losses, weighted, products, part=PART, dtype=FLOAT64):
        self.network, self.losses = network, losses
        self.weighted, self.products = weighted, products
        self.part = part
        self.theta, self.g = np.zeros(network.size, dtype), np.zeros(network.size, dtype)
        self.by_rows = {}
        self.one_at_a_time = threading.Lock()

    def of(self, rows):
        """The pass for so many rows."""
        if rows not in self.by_rows:
            arguments = (self.theta, self.g, self.losses, self.weighted, self.products)
            self.by_rows[rows] = Pass(self.network, rows, *arguments)
        return self.by_rows[rows]

    def run(self, theta, data, gradient):
        """Mean loss over the data, and the gradient in `g` if asked for."""
        with self.one_at_a_time:
            self.theta[:] = theta
            weight = data.weight()
            value = 0.0
            for begin, rows in self.parts(data):
                one = self.of(len(data.X[rows]))
                load(one, data, rows, weight)
                one.adding(begin > 0)
                if (one.run_gradient if gradient else one.run_value)():
                    self.g[:] = np.nan
                    return np.nan, self.g.copy()
                value += one.value()
            return value, self.g.copy() if gradient else None

    def hessian_product(self, theta, v, data):
        """The Hessian of the mean loss over the data, times v."""
        found = np.zeros(self.network.size)
        for _, rows in self.parts(data):
            part = data.chosen(rows)
            if part.weight() > 0.0:
                share = part.weight() / data.weight()
                found += share * hessian_product(self.network, self.losses, part, theta, v)
        return found

    def parts(self, data):
        """Where each part begins, and its rows; a loss of a batch sees all of them at once."""
        whole = any(isinstance(loss, Batchwise) for loss in self.losses)
        part = data.rows if whole else self.part
        for begin in range(0, data.rows, part):
            yield begin, slice(begin, begin + part)


def load(one, data, rows, weight):
    """Write samples to where a pass reads them; `weight` is that of all the mean is over."""
    one.x[:] = data.X[rows]
    for terms, y in zip(one.terms, data.targets, strict=True):
        terms.y[...] = y[rows]
        copies = terms.count() // one.rows
        if data.w is not None:
            terms.w[:] = np.repeat(data.w[rows], copies)
        terms.scale.number = 1.0 / (copies * weight)


class NetworkObjective(Objective):
    """The mean loss of a network as a function of its weights.

    It is NaN where a prediction is none that the loss takes, as where exp gives 0.

    Parameters
    ----------
    network : Network
    X : array_like of shape (n, number of inputs)
        Finite.
    y : array_like, or a list of one for each head
        Targets as the loss takes them, without NaN. A pointwise loss of a head of k columns takes
        (n, k), and its mean is over all n k numbers.
    loss : losslab.losses.Loss, or a list of one for each head
        The value is the sum of the losses of the heads, each times the head's weight. A batchwise
        loss sees all rows as one batch.
    sample_weight : array_like of shape (n,), optional
        Finite and >= 0, not all zero; only ratios count.
    penalty : losslab.penalties.Penalty, optional
        A separable penalty of the weights, not of the biases, added as it is.
    products : {"blas", "loops"}
        Who multiplies matrices. ``"loops"`` computes what the page computes, with the same bits;
        ``"blas"`` is faster, and its last digits are those of the machine.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.training import Network, NetworkObjective
    >>> X, y = [[0.0], [1.0], [2.0]], [0, 1, 1]
    >>> objective = NetworkObjective(Network((1, 1)), X, y, ll.get("binary_cross_entropy"))
    >>> round(objective.value([0.0, 0.0]), 12)  # log 2
    0.69314718056
    >>> objective.gradient([0.0, 0.0]).round(4)
    array([-0.5   , -0.1667])
    """

    def __init__(self, network, X, y, loss, sample_weight=None, penalty=None, products="blas"):
        losses = as_losses(network, loss)
        network = network.under(losses)
        if products not in PRODUCTS:
            raise ValueError(f"products must be one of {PRODUCTS}, got {shortened(products)}")
        data = as_data(network, losses, X, y, sample_weight)
        passes = Passes(network, losses, data.w is not None, products)
        self._set(network, losses, data, check_penalty(penalty), passes)

    def _set(self, network, losses, data, penalty, passes):
        self.network, self.losses, self.penalty = network, losses, penalty
        self.size, self.rows = network.size, data.rows
        self._data, self._passes = data, passes
        self._plain = ~network.biases()

    @property
    def filters(self):
        """Places of the weights that lead into each unit, for `losslab.training.landscape`."""
        return self.network.filters()

    @property
    def sample_weight(self):
        """Weights of the samples, or None if they have none."""
        return self._data.w

    def value(self, theta):
        theta = self._checked("theta", theta)
        value, _ = self._passes.run(theta, self._data, False)
        if self.penalty is not None:
            value += float(self.penalty.value(theta[self._plain]))
        return float(value)

    def value_and_gradient(self, theta):
        theta = self._checked("theta", theta)
        value, gradient = self._passes.run(theta, self._data, True)
        if self.penalty is not None:
            more, slope = self.penalty.value_and_gradient(theta[self._plain])
            value += float(more)
            gradient[self._plain] += slope
        return float(value), gradient

    def hessian_product(self, theta, v):
        theta, v = self._checked("theta", theta), self._checked("v", v)
        product = self._passes.hessian_product(theta, v, self._data)
        if self.penalty is not None:
            claims = self.penalty.claims
            # Curved the same everywhere, if the bounds of the curvature meet.
            if claims["smooth"] is None or claims["smooth"] != claims["strongly_convex"]:
                raise NotImplementedError(
                    f"the Hessian is not given with the penalty {self.penalty.name}: its second "
                    "derivative is not the same everywhere"
                )
            product[self._plain] += claims["smooth"] * v[self._plain]
        return product

    def batch(self, indices):
        indices = np.asarray(indices)
        if indices.ndim != 1 or indices.size == 0 or indices.dtype.kind not in "iu":
            raise ValueError(
                f"indices must be a list of at least one whole number, got {shortened(indices)}"
            )
        if indices.min() < 0 or indices.max() >= self.rows:
            raise ValueError(
                f"indices must be from 0 to {self.rows - 1}, got {indices.min()} to {indices.max()}"
            )
        found = object.__new__(NetworkObjective)
        data = self._data.chosen(indices)
        if data.weight() == 0.0:
            raise ValueError("indices must be of samples of which one has a weight above 0")
        found._set(self.network, self.losses, data, self.penalty, self._passes)
        return found

    def _checked(self, name, vector):
        vector = np.asarray(vector, dtype=FLOAT64)
        if vector.shape != (self.size,):
            raise ValueError(f"{name} must have shape ({self.size},), got {vector.shape}")
        return vector


def check_penalty(penalty):
    """A penalty of weights, or None.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if penalty is not None and not isinstance(penalty, Separable):
        raise TypeError(
            "penalty must be a separable penalty such as ll.penalties.get('squared_l2'), got "
            f"{shortened(penalty)}"
        )
    return penalty
