"""The loss of a head as calls that stand in a sequence: for each kind of loss its own loop.

All answer one question: of n predictions f, the sum of the weighted terms times `scale`, and its
derivatives in g. The scale is one over the whole weight of what the mean is over, be that these n
samples or a larger batch of which they are a part. So parts add up to the mean over the whole, and
none needs to know how large the others are.

Natively the loss's fast loop over arrays runs; with `in_page` the loop that the page runs too.
"""

import numpy as np

from losslab.contract.messages import shortened
from losslab.engine.sequence import Cell, call
from losslab.engine.threads import CHUNK
from losslab.losses.kinds import loops
from losslab.losses.kinds.batchwise import Batchwise
from losslab.losses.kinds.pointwise import Pointwise
from losslab.losses.kinds.row_domains import ROW_TARGETS
from losslab.losses.kinds.rowwise import Rowwise
from losslab.training.networks.dense_loops import NARROW, SUM, TERMS, WIDEN

FLOAT64 = np.dtype(np.float64)


class Terms:
    """The loss of n predictions that stay where they are.

    Parameters
    ----------
    loss : losslab.losses.Loss
    n, k : int
        Predictions and their columns.
    dtype : dtype
        Of predictions and gradients.
    weighted : bool
        Whether samples have weights.
    in_page : bool
        Whether to run the loop of the page.
    f, g : ndarray of shape (n, k), optional
        Where predictions and gradients stand.

    Attributes
    ----------
    y, w : ndarray
        Where targets and weights of the samples are written to.
    scale : losslab.engine.sequence.Cell
        What the weighted terms are multiplied by.
    calls, value_calls : list
        For value and gradient, and for the value alone.
    """

    def __init__(self, loss, n, k, dtype, weighted, in_page, f=None, g=None):
        self.loss, self.n, self.k, self.dtype = loss, n, k, np.dtype(dtype)
        self.weighted = weighted
        self.f = np.zeros((n, k), dtype) if f is None else f
        self.g = np.zeros((n, k), dtype) if g is None else g
        self.scale = Cell(1.0 / n)
        self.w = np.ones(self.count())
        self.y = np.zeros(self.target_shape(loss, n, k), self.target_dtype())
        self.partial = np.zeros(1)
        self.is_scaled = False
        self.calls, self.value_calls = self.calls_in_page() if in_page else self.calls_natively()

    def count(self):
        """Number of terms, each with a weight of its own."""
        return self.n

    @staticmethod
    def target_shape(loss, n, k):
        """Shape of the targets of n samples."""
        m = loss.target_width(k)
        return (n,) if ROW_TARGETS[loss.target].columns == 1 else (n, m)

    def target_dtype(self):
        return FLOAT64

    def value(self):
        """The sum of the weighted terms times the scale, after a call."""
        total = self.partial.item() if self.partial.size == 1 else self.partial.sum().item()
        return total if self.is_scaled else total * self.scale.number

    def finished(self, value, gradient, weights, n, k):
        """The calls that turn float64 terms and gradients into the weighted ones."""
        self.is_scaled = True
        g = self.g if self.dtype == FLOAT64 else np.zeros(self.g.size)
        given = {"value": value, "gradient": gradient, "w": weights, "scale": self.scale}
        calls = [call(TERMS, FLOAT64, **given, n=n, k=k, g=g, total=self.partial)]
        if g is not self.g:
            calls.append(call(NARROW, self.dtype, x=g, n=g.size, out=self.g))
        return calls

    def widened(self, array):
        """An array as float64, and the calls that bring it there."""
        if array.dtype == FLOAT64:
            return array, []
        wide = np.zeros(array.shape)
        return wide, [call(WIDEN, array.dtype, x=array, n=array.size, out=wide)]


class PointwiseTerms(Terms):
    """A mean over all numbers, whatever columns they stand in."""

    def count(self):
        return self.n * self.k

    @staticmethod
    def target_shape(loss, n, k):
        return n, k

    def target_dtype(self):
        return self.dtype

    def calls_natively(self):
        count = self.n * self.k
        chunks = -(-count // CHUNK)
        self.partial = np.zeros(chunks)
        given = {"y": self.y, "f": self.f, "w": self.w, "weighted": int(self.weighted), "unit": 1.0}
        given |= {"terms": np.zeros(1, self.dtype), "keep": 0, "partial": self.partial, "n": count}
        given |= {"first": 0, "last": chunks}
        both = {"scale": self.scale, "out": self.g}
        return (
            [self.loss.call(loops.VALUE_AND_GRADIENT, self.dtype, **given, **both)],
            [self.loss.call(loops.VALUE, self.dtype, **given)],
        )

    def calls_in_page(self):
        count = self.n * self.k
        y, widen_y = self.widened(self.y)
        f, widen_f = self.widened(self.f)
        out = np.zeros(3 * count)
        curve = self.loss.call(self.loss.loops["curve"], FLOAT64, y=y, f=f, n=count, out=out)
        calls = [*widen_y, *widen_f, curve]
        calls += self.finished(out[:count], out[count : 2 * count], self.w, count, 1)
        return calls, calls


class RowwiseTerms(Terms):
    """A mean over rows."""

    def target_dtype(self):
        return self.dtype if ROW_TARGETS[self.loss.target].columns == "k" else FLOAT64

    def calls_natively(self):
        n, k = self.n, self.k
        rows = max(1, CHUNK // k)
        chunks = -(-n // rows)
        self.partial = np.zeros(chunks)
        given = {"y": self.y, "f": self.f, "w": self.w, "weighted": int(self.weighted), "unit": 1.0}
        given |= {"scale": self.scale, "terms": np.zeros(n, self.dtype), "out": self.g}
        given |= {"partial": self.partial, "n": n, "m": self.loss.target_width(k), "k": k}
        given |= {"rows": rows, "first": 0, "last": chunks}
        loop = self.loss.array_loop()
        return tuple([self.loss.call(loop, self.dtype, **given, keep=keep)] for keep in (1, 0))

    def calls_in_page(self):
        n, k, m = self.n, self.k, self.loss.target_width(self.k)
        y, widen_y = self.widened(self.y)
        f, widen_f = self.widened(self.f)
        value, gradient = np.zeros(n), np.zeros(n * k)
        given = {"y": y, "f": f, "n": n, "m": m, "k": k, "value": value, "gradient": gradient}
        rows = self.loss.call(self.loss.loops["rows"], FLOAT64, **given)
        calls = [*widen_y, *widen_f, rows, *self.finished(value, gradient, self.w, n, k)]
        return calls, calls


class BatchwiseTerms(Terms):
    """One number of all samples together, which counts as often as they weigh."""

    def calls_natively(self):
        n, k = self.n, self.k
        f, widen = self.widened(self.f)
        mean, gradient, weight = np.zeros(1), np.zeros(n * k), np.zeros(1)
        given = {"y": self.y, "f": f, "w": self.w, "order": np.arange(float(n)), "groups": 1}
        given |= {"starts": np.array([0.0, n]), "rows": n, "n": n, "k": k, "first": 0, "last": 1}
        given |= {"m": self.loss.target_width(k), "value": mean, "gradient": gradient}
        batch = self.loss.call(self.loss.loops["batch"], FLOAT64, **given)
        whole = call(SUM, FLOAT64, x=self.w, n=n, total=weight)
        finished = self.finished(mean, gradient, weight, 1, n * k)
        calls = [*widen, whole, batch, *finished]
        return calls, calls

    calls_in_page = calls_natively


_KINDS = {Pointwise: PointwiseTerms, Rowwise: RowwiseTerms, Batchwise: BatchwiseTerms}


def terms_class(loss):
    """The class of `Terms` for a loss.

    Raises
    ------
    TypeError
        If it is not a loss.
    """
    for kind, terms in _KINDS.items():
        if isinstance(loss, kind):
            return terms
    raise TypeError(f"loss must be a loss such as ll.get('huber'), got {shortened(loss)}")
