"""Joint penalties: a function of all weights together, of a vector, a matrix or a picture."""

import types

import numpy as np

from losslab.contract import inputs, weights
from losslab.penalties.kinds import whole_loops
from losslab.penalties.kinds.penalty import Penalty

SHAPES = {"vector": 1, "matrix": 2}


class Joint(Penalty):
    """A penalty that is no sum over single weights: what one costs depends on the others.

    A subclass names itself, declares its `Parameter`, `Vector` and `Groups` attributes and its
    `Claims`, says in `of` whether its weights are a ``"vector"`` (an array of any shape is read row
    by row) or a ``"matrix"`` (two axes), and gives

    * ``value_at(w, g, s, n, m, *parameters)``: a kernel that reads n weights w, writes a subgradient
      to all n places of g and returns the penalty (infinite where a constraint is not kept; the
      gradient is then of no account). m is the number of columns of a matrix, else n; s is scratch
      space for `scratch` numbers, a sum of products of n, m and numbers. Weights are finite;
    * ``prox_at(w, x, s, n, m, step, *parameters)``: writes the x of least
      sum((x - w)**2) / 2 + step * penalty(x) to all n places of x; it returns anything;
    * ``exact(mp, w, *parameters)``: the textbook formula in mpmath of the value, for a list of
      numbers, or of rows;
    * ``certificate(w, x, step, *parameters)``: plain NumPy on arrays of the shape of w: how far x is
      from being the proximal point, relative (0: it is, up to rounding). Where there is ``dual_at``,
      there is one already.

    A norm also gives ``dual_at(u, s, n, m, *parameters)``: the largest sum(u * w) over all w whose
    penalty is at most 1 (infinite where there is none).
    """

    kind = "joint"
    of = "vector"
    kernels = types.MappingProxyType(
        {
            "value_at": ("w", "g", "s", "n", "m"),
            "prox_at": ("w", "x", "s", "n", "m", "step"),
            "exact": ("mp", "w"),
        }
    )
    optional_kernels = types.MappingProxyType(
        {"dual_at": ("u", "s", "n", "m"), "certificate": ("w", "x", "step")}
    )
    dual_at = None
    certificate = None
    loops = whole_loops.of("1")

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        found = dict(whole_loops.of(cls.scratch))
        if cls.dual_at is not None:
            found["dual"] = whole_loops.DUAL.sized(scratch=cls.scratch)
        cls.loops = types.MappingProxyType(found)

    def weights_of(self, w):
        array = super().weights_of(w)
        if self.of == "matrix" and array.ndim != 2:
            raise ValueError(f"w must be a matrix, with two axes, got shape {array.shape}")
        return array

    def dual_norm(self, u):
        """Dual norm: the largest ``sum(u * w)`` over all w with ``value(w) <= 1``.

        All weights of a penalised fit are 0 if, and only if, the dual norm of the gradient of the
        loss at 0 is at most 1.

        Parameters
        ----------
        u : array_like
            As `w` of `value`.

        Returns
        -------
        float
            Infinite where there is no largest.

        Raises
        ------
        ValueError
            If this penalty is not a norm.

        Examples
        --------
        >>> import losslab as ll
        >>> penalty = ll.penalties.get("group_lasso", groups=[[0], [1, 2]])
        >>> penalty.dual_norm([3.0, 2.0, 1.0])
        3.0
        """
        if self.dual_at is None:
            raise ValueError(f"{self.name} is not a norm: it has no dual norm here")
        u = self.weights_of(u)
        return weights.in_precision_of(u, self._answers("dual", u)["dual"][0])

    def _value(self, w):
        return weights.in_precision_of(w, self._answers("whole", w)["value"][0])

    def _gradient(self, w, result):
        self._deliver(self._answers("whole", w)["gradient"], result)

    def _prox(self, w, step, result):
        self._deliver(self._answers("whole_prox", w, step=step)["prox"], result)

    def value_and_gradient(self, w, out=None):
        w = self.weights_of(w)
        result = inputs.as_output(out, w, w)
        answers = self._answers("whole", w)
        self._deliver(answers["gradient"], result)
        return weights.in_precision_of(w, answers["value"][0]), inputs.deliver(result, out)

    def _answers(self, name, w, **given):
        flat = w.reshape(-1).astype(inputs.FLOAT64, copy=False)
        if np.isinf(flat).any():
            i = int(np.argmax(np.isinf(flat)))
            where = inputs.place(i, w.shape)
            raise ValueError(f"w must not be infinite for {self.name}, got {flat[i]:g}{where}")
        argument = {"u" if name == "dual" else "w": flat}
        m = w.shape[-1] if self.of == "matrix" else w.size
        return self.run(self.loops[name], n=w.size, m=m, **argument, **given)

    @staticmethod
    def _deliver(numbers, result):
        with np.errstate(over="ignore"):
            np.copyto(result, numbers.reshape(result.shape), casting="same_kind")

    def _kernels_by_name(self):
        kernels = {"whole_value": self.value_at, "whole_prox": self.prox_at}
        if self.dual_at is not None:
            kernels["whole_dual"] = self.dual_at
        return kernels

    def example(self, n, rng):
        found = super().example(n, rng)
        if self.of == "matrix":
            columns = next(c for c in range(int(found.size**0.5), 0, -1) if found.size % c == 0)
            found = found.reshape(-1, columns)
        return found
