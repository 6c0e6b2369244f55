"""Aggregations: one direction from the gradients of several tasks."""

import types

import numpy as np

from losslab.contract import inputs
from losslab.engine.loop import Loop
from losslab.multitask.kinds.rule import Rule


def weights_loop(gram, t, a, s, w):
    """Weights of t tasks from the products of their gradients."""
    p = load_parameters(a)  # noqa: F821
    rule_weights(gram, w, s, t, p)  # noqa: F821
    return 0


def direction_loop(g, t, d, a, gram, s, w, direction):
    """The same from t gradients of d numbers, and the direction (for figures)."""
    p = load_parameters(a)  # noqa: F821
    for i in range(t):
        for j in range(t):
            total = 0.0
            for c in range(d):
                total += g[i * d + c] * g[j * d + c]
            gram[i * t + j] = total
    rule_weights(gram, w, s, t, p)  # noqa: F821
    for c in range(d):
        direction[c] = 0.0
        for i in range(t):
            direction[c] += w[i] * g[i * d + c]
    return 0


WEIGHTS = Loop(weights_loop, "gram t a s[3*t*t+8*t] > w[t]")
DIRECTION = Loop(direction_loop, "g t d a gram[t*t] s[3*t*t+8*t] > w[t] direction[d]")


class Aggregation(Rule):
    """A rule that weighs gradients by the products of all pairs of them.

    A subclass gives

    * ``weights_at(gram, w, s, t, *parameters)``: a kernel that reads the t * t products of the
      gradients, finite and scaled so that the largest is near 1, and writes the weights to w; s is
      scratch space for 3 t t + 8 t numbers. It returns anything;
    * ``exact(mp, gram, *parameters)``: the weights for a matrix of mpmath, or None where there is no
      closed form: the tests then use the certificate alone;
    * ``certificate(gram, w, *parameters)``: how far weights are from being right, relative: a
      number that is 0 for the right ones.
    """

    kind = "aggregation"
    needs = "gram"
    kernels = types.MappingProxyType(
        {
            "weights_at": ("gram", "w", "s", "t"),
            "exact": ("mp", "gram"),
            "certificate": ("gram", "w"),
        }
    )
    loops = types.MappingProxyType({"direction": DIRECTION})

    def weights(self, gram):
        """Weights of the tasks.

        Parameters
        ----------
        gram : array_like of shape (T, T)
            Products of all pairs of gradients, ``G @ G.T``: symmetric, finite, T >= 1.

        Returns
        -------
        ndarray of shape (T,)

        Raises
        ------
        ValueError, TypeError
            If `gram` is not as above; the message names the first row that is not.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.multitask.get("min_norm").weights([[18.0, -22.0], [-22.0, 38.0]])
        array([0.6, 0.4])
        """
        gram = inputs.as_float_array("gram", gram).astype(inputs.FLOAT64, copy=False)
        if gram.ndim != 2 or gram.shape[0] != gram.shape[1] or gram.size == 0:
            raise ValueError(f"gram must have shape (T, T) with T >= 1, got {gram.shape}")
        refuse_rows("gram", gram)
        if not np.allclose(gram, gram.T, rtol=1e-8, atol=0.0):
            raise ValueError("gram must be symmetric: give G @ G.T")
        top = np.abs(gram).max()
        scaled = gram * 2.0 ** -np.frexp(top)[1] if top > 0.0 else gram
        return self.run(WEIGHTS, gram=scaled, t=len(gram))["w"]

    def aggregate(self, gradients, out=None):
        """One direction from the gradients of the tasks: go against it.

        Parameters
        ----------
        gradients : array_like of shape (T, d)
            A row for each task, finite.
        out : ndarray of shape (d,), optional
            Where to write the result.

        Returns
        -------
        ndarray of shape (d,)

        Examples
        --------
        >>> import losslab as ll
        >>> ll.multitask.get("mgda").aggregate([[-4.0, 1.0, 1.0], [6.0, 1.0, 1.0]]).round(12) + 0.0
        array([0., 1., 1.])
        """
        g = inputs.as_float_array("gradients", gradients)
        if g.ndim != 2 or g.size == 0:
            raise ValueError(f"gradients must have shape (T, d), got {g.shape}")
        refuse_rows("gradients", g)
        # A power of two keeps the squares in range, and changes nothing else.
        top = float(np.abs(g).max())
        unit = 2.0 ** -np.frexp(top)[1] if top > 0.0 else 1.0
        scaled = g.astype(inputs.FLOAT64) * unit
        w = self.weights(scaled @ scaled.T)
        result = inputs.as_output(out, g[0], g)
        np.copyto(result, (w @ scaled) / unit, casting="same_kind")
        return inputs.deliver(result, out)

    def _kernels_by_name(self):
        return {"rule_weights": self.weights_at}


def refuse_rows(name, rows):
    """Raise ValueError for the first task whose numbers are not all finite."""
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if bad.size:
        raise ValueError(f"{name} must be finite, got {rows[bad[0]].tolist()[:4]} in row {bad[0]}")
