"""Forward and backward through a network, composed of loops on arrays that stay where they are."""

import functools

import numpy as np

from losslab.engine.blas import product
from losslab.engine.sequence import Cell, Sequence, call
from losslab.training.networks import dense_loops as dense
from losslab.training.networks.activations import CURVES
from losslab.training.networks.softmax_loops import SOFTMAX, UNSOFTMAX
from losslab.training.networks.terms import terms_class

PRODUCTS = ("blas", "loops")
PART = 512  # rows that go through a network at once, where all rows are asked for


class Forward:
    """A network on some rows: inputs in `x`, weights in `theta`, predictions of the heads.

    Parameters
    ----------
    network : Network
        Whose heads have links.
    rows : int
    theta : ndarray of shape (size,)
        Read at each call; its type is that of all.
    products : {"blas", "loops"}
        Who multiplies matrices: BLAS, or the loops that also run in the page.

    Attributes
    ----------
    x : ndarray of shape (rows, inputs)
    z : list of ndarray
        What each layer puts out before its activation or link.
    f : list of ndarray of shape (rows, columns)
        Predictions of each head.
    calls : list
        For a `losslab.engine.sequence.Sequence`.
    """

    def __init__(self, network, rows, theta, products="blas"):
        self.network, self.rows, self.theta, self.products = network, rows, theta, products
        self.dtype = theta.dtype
        sizes = network.sizes
        self.layers = network.layers(theta)
        self.x = self.zeros(rows, sizes[0])
        self.z = [self.zeros(rows, m) for m in sizes[1:]]
        self.a = [self.x, *(self.zeros(rows, m) for m in sizes[1:-1])]
        self.slopes = [None, *(self.zeros(rows, m) for m in sizes[1:-1])]
        # A single head without a link reads the outputs where they stand.
        sole = network.heads[0]
        self.direct = len(network.heads) == 1 and sole.link == "identity" and sole.weight == 1.0
        self.f = [self.z[-1] if self.direct else self.zeros(rows, h.columns) for h in network.heads]
        self.link_slopes = [self.zeros(rows, head.columns) for head in network.heads]
        self.calls = list(self._calls())

    def zeros(self, *shape):
        return np.zeros(shape, self.dtype)

    def _calls(self):
        curve = (("activated", self.network.curve.at),)
        for i, (w, b) in enumerate(self.layers):
            n, m = w.shape
            z, x = self.z[i], self.a[i]
            given = {"rows": self.rows, "m": m, "b": b, "z": z}
            if self.products == "blas":
                yield product(x, w, z, self.zeros(1))
                yield call(dense.ADD_BIASES, self.dtype, **given)
            else:
                yield call(dense.FORWARD, self.dtype, x=x, w=w, n=n, **given)
            if i + 1 < len(self.layers):
                given = {"z": z, "n": z.size, "h": self.a[i + 1], "s": self.slopes[i + 1]}
                yield call(dense.ACTIVATE, self.dtype, curve, **given)
        if not self.direct:
            for (head, first), f, s in zip(self.places(), self.f, self.link_slopes, strict=True):
                given = {"z": self.z[-1], "rows": self.rows, "m": self.network.sizes[-1]}
                given |= {"first": first, "k": head.columns, "f": f}
                if head.link == "softmax":
                    yield call(SOFTMAX, self.dtype, **given)
                else:
                    link = (("activated", CURVES[head.link].at),)
                    yield call(dense.LINK, self.dtype, link, s=s, **given)

    def places(self):
        """The heads, and the first of the columns of each."""
        first = 0
        for head in self.network.heads:
            yield head, first
            first += head.columns


class Pass(Forward):
    """Forward, losses and backward: the gradient in `g`.

    Parameters
    ----------
    losses : sequence of losslab.losses.Loss
        One for each head.
    g : ndarray of shape (size,)
        The gradient, of the type of theta.
    weighted : bool
        Whether samples have weights.

    Attributes
    ----------
    terms : list of Terms
        One for each head: targets, weights and scale are written there.
    keep : losslab.engine.sequence.Cell
        1 adds to the gradient that is there, 0 begins anew.
    """

    def __init__(self, network, rows, theta, g, losses, weighted=False, products="blas"):
        super().__init__(network, rows, theta, products)
        self.g = g
        self.keep, self._keep = Cell(0), self.zeros(1)
        self.terms = [
            terms_class(loss)(
                loss, rows, head.columns, self.dtype, weighted, products == "loops", f
            )
            for loss, head, f in zip(losses, network.heads, self.f, strict=True)
        ]
        self.d = [self.zeros(rows, m) for m in network.sizes[1:]]
        if self.direct:
            self.d[-1] = self.terms[0].g
        losses_calls = [c for terms in self.terms for c in terms.calls]
        value_calls = [c for terms in self.terms for c in terms.value_calls]
        self.gradient_calls = [*self.calls, *losses_calls, *self._backward()]
        self.value_calls = [*self.calls, *value_calls]
        self._scales = [
            (terms, head.weight) for terms, head in zip(self.terms, network.heads, strict=True)
        ]

    @functools.cached_property
    def run_gradient(self):
        return Sequence(self.gradient_calls)

    @functools.cached_property
    def run_value(self):
        return Sequence(self.value_calls)

    def adding(self, keep):
        """Whether the next call adds to the gradient that is there."""
        self.keep.number = int(keep)
        self._keep[0] = keep

    def value(self):
        """The weighted loss of all heads, after a call."""
        return sum(weight * terms.value() for terms, weight in self._scales)

    def _backward(self):
        if not self.direct:
            for (head, first), terms, s in zip(
                self.places(), self.terms, self.link_slopes, strict=True
            ):
                given = {"g": terms.g, "rows": self.rows, "m": self.network.sizes[-1]}
                given |= {"first": first, "k": head.columns, "factor": head.weight}
                given["d"] = self.d[-1]
                if head.link == "softmax":
                    yield call(UNSOFTMAX, self.dtype, f=terms.f, **given)
                else:
                    yield call(dense.UNLINK, self.dtype, s=s, **given)
        gradients = self.network.layers(self.g)
        for i in reversed(range(len(self.layers))):
            w, _ = self.layers[i]
            gw, gb = gradients[i]
            n, m = w.shape
            x, d = self.a[i], self.d[i]
            given = {"d": d, "rows": self.rows, "m": m}
            if self.products == "blas":
                yield product(x.T, d, gw, self._keep)
            else:
                yield call(dense.WEIGHTS, self.dtype, x=x, n=n, keep=self.keep, g=gw, **given)
            yield call(dense.BIASES, self.dtype, keep=self.keep, g=gb, **given)
            if i == 0:
                return
            e = self.d[i - 1]
            if self.products == "blas":
                yield product(d, w.T, e, self.zeros(1))
            else:
                yield call(dense.INPUTS, self.dtype, w=w, n=n, e=e, **given)
            yield call(dense.SLOPES, self.dtype, s=self.slopes[i], n=e.size, e=e)


def outputs(network, theta, X):
    """What the last layer puts out, for all rows of X."""
    return _over_rows(network, theta, X, lambda forward: [forward.z[-1]])[0]


def predictions(network, theta, X):
    """Predictions of each head, for all rows of X."""
    return _over_rows(network, theta, X, lambda forward: forward.f)


def _over_rows(network, theta, X, of):
    found = None
    theta = np.ascontiguousarray(theta)
    forwards = {}
    for begin in range(0, len(X), PART):
        part = X[begin : begin + PART]
        if len(part) not in forwards:
            forward = Forward(network, len(part), theta)
            forwards[len(part)] = forward, Sequence(forward.calls)
        forward, run = forwards[len(part)]
        forward.x[:] = part
        run()
        if found is None:
            found = [np.empty((len(X), got.shape[1]), got.dtype) for got in of(forward)]
        for whole, got in zip(found, of(forward), strict=True):
            whole[begin : begin + len(part)] = got
    return found
