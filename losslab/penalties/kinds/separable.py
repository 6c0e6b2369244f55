"""Separable penalties: a sum of one function of each weight."""

import types

import numpy as np

from losslab.contract import weights
from losslab.engine.threads import run_chunks
from losslab.penalties.kinds import loops, whole_loops
from losslab.penalties.kinds.penalty import Penalty


class Separable(Penalty):
    """A penalty that is a sum over weights, as is all that is asked of it.

    A subclass names itself, declares its `Parameter` attributes and its `Claims`, and gives

    * ``value_at(w, *parameters)``, ``gradient_at`` (at a kink a value between the one-sided
      derivatives) and ``prox_at(w, step, *parameters)``, the point x of least
      (x - w)**2 / 2 + step * penalty(x): plain Python on numbers, with `losslab.arithmetic`;
      An infinite w gives the limit, also where the strength is 0, and NaN gives NaN;
    * ``exact(mp, w, *parameters)`` and ``exact_prox(mp, w, step, *parameters)``: the textbook
      formulas in mpmath, which the tests compare the kernels with.

    A convex one may give ``conjugate_at(u, *parameters)`` besides: solvers certify their answers by
    it, and the tests compare it with value and gradient.
    """

    kind = "separable"
    kernels = types.MappingProxyType(
        {
            "value_at": ("w",),
            "gradient_at": ("w",),
            "prox_at": ("w", "step"),
            "exact": ("mp", "w"),
            "exact_prox": ("mp", "w", "step"),
        }
    )
    optional_kernels = types.MappingProxyType({"conjugate_at": ("u",)})
    conjugate_at = None
    loops = types.MappingProxyType({"penalty": loops.CURVE, **whole_loops.of("1")})

    def _value(self, w):
        partial = np.empty(weights.chunk_count(w.size))
        self._run(loops.VALUE, w, (w, self._packed, partial))
        return weights.in_precision_of(w, weights.added_up(partial))

    def _gradient(self, w, result):
        self._run(loops.GRADIENT, w, (w, self._packed, result))

    def _prox(self, w, step, result):
        self._run(loops.PROX, w, (w, step, self._packed, result))

    def conjugate(self, u):
        """Convex conjugate: the largest ``sum(u * w) - value(w)`` over all w.

        Parameters
        ----------
        u : array_like
            Of any shape, at least one number.

        Returns
        -------
        float
            Infinite where there is no largest.

        Raises
        ------
        ValueError
            If this penalty has none that is written down: a nonconvex one.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.penalties.get("squared_l2", strength=2.0).conjugate([2.0, 4.0])
        5.0
        """
        if self.conjugate_at is None:
            raise ValueError(f"{self.name} has no conjugate here")
        u = self.weights_of(u)
        partial = np.empty(weights.chunk_count(u.size))
        self._run(loops.CONJUGATE, u, (u, self._packed, partial))
        return weights.in_precision_of(u, weights.added_up(partial))

    def _run(self, loop, w, arguments):
        function = self.compiled(loop, w.dtype)
        run_chunks(function, (*arguments, w.size), w.size, buffer_sizes=loop.scratch_sizes())

    def _kernels_by_name(self):
        kernels = {
            "penalty_value": self.value_at,
            "penalty_gradient": self.gradient_at,
            "penalty_prox": self.prox_at,
        }
        if self.conjugate_at is not None:
            kernels["penalty_conjugate"] = self.conjugate_at
        return kernels

    def _checks_by_name(self):
        return {"whole_value": loops.whole_value, "whole_prox": loops.whole_prox}
