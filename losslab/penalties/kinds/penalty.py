"""What all kinds of penalties share: parameters of a model in, a number and a proximal point out."""

import types

from losslab.contract import inputs
from losslab.contract.definition import Definition
from losslab.contract.scalars import as_nonnegative
from losslab.penalties.kinds import claims  # noqa: F401, declares what may be claimed
from losslab.penalties.kinds.shelf import shelf


class Penalty(Definition):
    """A function of the parameters of a model: they are called w, weights.

    Not made directly: `losslab.penalties.get` and the classes of `losslab.penalties` make penalties.
    Unlike a loss it is a sum, not a mean: how strongly it acts beside a mean loss is its strength.

    `planar` holds vector parameters for two weights, where a figure draws their plane.

    Kinds give `_value`, `_gradient` and `_prox`. Loops over all weights at once call
    ``whole_value(w, g, s, n, m, p)``, which writes the gradient to g, and
    ``whole_prox(w, x, s, n, m, step, p)``, whatever the kind: n weights, in rows of m if they are a
    matrix, and scratch space s.
    """

    shelf = shelf
    # Numbers of scratch space of a loop over all weights: a sum of products of n, m and numbers.
    scratch = "1"
    planar = types.MappingProxyType({})

    @property
    def size(self):
        """How many weights its vector parameters are for; None if it takes any number.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.penalties.get("l1").size is None
        True
        """
        sizes = [s.size_of(self.parameters[k]) for k, s in type(self).vector_specs.items()]
        return max(filter(None, sizes), default=None)

    def value(self, w):
        """The penalty of weights, a sum.

        Parameters
        ----------
        w : array_like
            Of any shape, at least one number; a matrix or a picture where the penalty is one of
            these. NaN in gives NaN out.

        Returns
        -------
        float
            Infinite where a constraint is not kept.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.penalties.get("l1", strength=0.5).value([3.0, -1.0, 0.0])
        2.0
        """
        return self._value(self.weights_of(w))

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
            At a kink, a value between the one-sided derivatives, or a subgradient.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.penalties.get("squared_l2").gradient([3.0, -1.0])
        array([ 3., -1.])
        """
        w = self.weights_of(w)
        result = inputs.as_output(out, w, w)
        self._gradient(w, result)
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

        Of a constraint it is the projection, whatever the step. Where two points are as good, the
        one nearer to 0 is returned.

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
        w = self.weights_of(w)
        step = as_nonnegative("step", step)
        result = inputs.as_output(out, w, w)
        self._prox(w, step, result)
        return inputs.deliver(result, out)

    def weights_of(self, w):
        """Weights as an array that loops can walk over, of a size that the penalty is for."""
        array = inputs.as_float_array("w", w)
        if array.size == 0:
            raise ValueError("w must hold at least one number, got none")
        if self.size not in (None, array.size):
            named = next(iter(type(self).vector_specs))
            raise ValueError(
                f"w must hold {self.size} numbers, as {named} of {self.name} says, got {array.size}"
            )
        return array

    def _value(self, w):
        raise NotImplementedError

    def _gradient(self, w, result):
        raise NotImplementedError

    def _prox(self, w, step, result):
        raise NotImplementedError

    def example(self, n, rng):
        """Random weights, some of them 0: n of them, or as many as the penalty is for.

        Examples
        --------
        >>> import numpy as np, losslab as ll
        >>> ll.penalties.get("l1").example(3, np.random.default_rng(0)).shape
        (3,)
        """
        n = self.size or n
        return rng.normal(0.0, 2.0, n) * (rng.uniform(size=n) < 0.8)
