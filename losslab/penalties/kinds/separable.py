"""Separable penalties: a sum of one function of each weight."""

import math
import numbers
import types

import numpy as np

from losslab.contract import inputs, weights
from losslab.contract.messages import shortened
from losslab.engine.threads import run_chunks
from losslab.penalties.kinds import loops
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
    loops = types.MappingProxyType({"penalty": loops.CURVE})

    def value(self, w):
        """The penalty of weights, a sum.

        Parameters
        ----------
        w : array_like
            Of any shape, at least one number. NaN in gives NaN out.

        Returns
        -------
        float

        Examples
        --------
        >>> import losslab as ll
        >>> ll.penalties.get("l1", strength=0.5).value([3.0, -1.0, 0.0])
        2.0
        """
        w = weights_of(w)
        partial = np.empty(weights.chunk_count(w.size))
        self._run(loops.VALUE, w, (w, self._packed, partial))
        return weights.in_precision_of(w, weights.added_up(partial))

    def gradient(self, w, out=None):
        """Derivative with respect to each weight, in the shape of `w`.

        Parameters
        ----------
        w : array_like
            As for `value`.
        out : ndarray, optional
            Where to write the result; it may overlap `w`.

        Returns
        -------
        ndarray
            At a kink, a value between the one-sided derivatives.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.penalties.get("squared_l2").gradient([3.0, -1.0])
        array([ 3., -1.])
        """
        w = weights_of(w)
        result = inputs.as_output(out, w, w)
        self._run(loops.GRADIENT, w, (w, self._packed, result))
        return inputs.deliver(result, out)

    def value_and_gradient(self, w, out=None):
        """What `value` and `gradient` return.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.penalties.get("squared_l2").value_and_gradient([3.0, -1.0])
        (5.0, array([ 3., -1.]))
        """
        value = self.value(w)  # before `out`, which may lie where w does, is written to
        return value, self.gradient(w, out)

    def prox(self, w, step=1.0, out=None):
        """Proximal point: the x of least ``sum((x - w)**2) / 2 + step * value(x)``.

        Parameters
        ----------
        w : array_like
            As for `value`.
        step : float
            Finite and >= 0: the length of the gradient step before it.
        out : ndarray, optional
            Where to write the result; it may overlap `w`.

        Returns
        -------
        ndarray
            In the shape of `w`.

        Raises
        ------
        ValueError, TypeError
            If `step` or `w` is not as above; the message names it.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.penalties.get("l1").prox([3.0, -1.5, 0.4], step=0.5)
        array([ 2.5, -1. ,  0. ])
        """
        w = weights_of(w)
        step = check_step(step)
        result = inputs.as_output(out, w, w)
        self._run(loops.PROX, w, (w, step, self._packed, result))
        return inputs.deliver(result, out)

    def _run(self, loop, w, arguments):
        function = self.compiled(loop, w.dtype)
        run_chunks(function, (*arguments, w.size), w.size, buffer_sizes=loop.scratch_sizes())

    def _kernels_by_name(self):
        return {
            "penalty_value": self.value_at,
            "penalty_gradient": self.gradient_at,
            "penalty_prox": self.prox_at,
        }


def weights_of(w):
    """Weights as an array that loops can walk over."""
    array = inputs.as_float_array("w", w)
    if array.size == 0:
        raise ValueError("w must hold at least one number, got none")
    return array


def check_step(step):
    """The step of a proximal operator as a float."""
    if isinstance(step, bool) or not isinstance(step, numbers.Real):
        raise TypeError(f"step must be a finite number >= 0, got {shortened(step)}")
    if not (math.isfinite(step) and step >= 0.0):
        raise ValueError(f"step must be a finite number >= 0, got {shortened(step)}")
    return float(step)
