"""Weightings: how much the loss of each task counts, from the losses alone."""

import types

import numpy as np

from losslab.contract import inputs
from losslab.contract.scalars import as_count, as_positive
from losslab.engine.loop import Loop
from losslab.multitask.kinds.rule import Rule


def weighting_loop(losses, state, t, m, a, value, w, gradient):
    """Value of t losses, what it weighs each by, and its gradient in the m numbers of the state."""
    p = load_parameters(a)  # noqa: F821
    value[0] = rule_value(losses, state, w, gradient, t, p)  # noqa: F821
    return 0


WEIGHTING = Loop(weighting_loop, "losses state t m a > value[1] w[t] gradient[m]")


class Weighting(Rule):
    """A rule that adds losses up with weights which it learns.

    What it learns is its state: an array that is passed in and handed back, never kept inside.
    A subclass gives

    * ``value_at(losses, state, w, gradient, t, *parameters)``: a kernel that returns what is
      minimised, and writes its derivatives with respect to the t losses, which are their weights,
      and to the state;
    * ``start_at(t, *parameters)``: the state at first, a list of numbers;
    * ``exact(mp, losses, state, *parameters)``: the textbook formula of the value;
    * ``best_state(losses, *parameters)``: the state of least value for given losses, or None.
    """

    kind = "weighting"
    needs = "losses"
    kernels = types.MappingProxyType(
        {
            "value_at": ("losses", "state", "w", "gradient", "t"),
            "start_at": ("t",),
            "exact": ("mp", "losses", "state"),
            "best_state": ("losses",),
        }
    )
    loops = types.MappingProxyType({"weighting": WEIGHTING})

    def start(self, t):
        """The state before the first step, for t tasks.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.multitask.get("uncertainty").start(2)
        array([0., 0.])
        """
        t = as_count("t", t)
        return np.array(self.start_at(t, *self.parameters.values()), dtype=float)

    def value_and_gradients(self, losses, state=None):
        """What is minimised, the weights of the losses, and the gradient in the state.

        Parameters
        ----------
        losses : array_like of shape (T,)
            Finite.
        state : array_like, optional
            As `start` makes it and `step` hands it back; at the start if not given.

        Returns
        -------
        tuple of float, ndarray of shape (T,), ndarray of the shape of the state

        Raises
        ------
        ValueError, TypeError
            If an argument is not as above.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.multitask.get("uncertainty").value_and_gradients([1.0, 4.0])
        (2.5, array([0.5, 0.5]), array([ 0. , -1.5]))
        """
        return self._answers(*self._checked(losses, state))

    def weights(self, losses, state=None):
        """The weights alone; parameters as for `value_and_gradients`.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.multitask.get("uncertainty").weights([1.0, 4.0])
        array([0.5, 0.5])
        """
        return self.value_and_gradients(losses, state)[1]

    def step(self, losses, state=None, rate=0.1):
        """The weights now, and the state after a gradient step of length `rate`.

        Examples
        --------
        >>> import losslab as ll
        >>> weights, state = ll.multitask.get("uncertainty").step([1.0, 4.0], rate=0.5)
        >>> state
        array([0.  , 0.75])
        """
        rate = as_positive("rate", rate)
        losses, state = self._checked(losses, state)
        _, w, gradient = self._answers(losses, state)
        return w, state - rate * gradient

    def best(self, losses):
        """The state of least value for given losses.

        Raises
        ------
        ValueError
            If there is none.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.multitask.get("uncertainty").best([1.0, 1.0])
        array([0., 0.])
        """
        losses = _vector("losses", losses)
        found = np.array(self.best_state(losses, *self.parameters.values()), dtype=float)
        if not np.isfinite(found).all():
            raise ValueError(
                f"losses must be greater than 0 for {self.name}, got {losses.tolist()}"
            )
        return found

    def _answers(self, losses, state):
        answers = self.run(WEIGHTING, losses=losses, state=state, t=losses.size, m=state.size)
        return answers["value"].item(), answers["w"], answers["gradient"]

    def _checked(self, losses, state):
        losses = _vector("losses", losses)
        start = self.start(losses.size)
        state = start if state is None else _vector("state", state)
        if state.shape != start.shape:
            raise ValueError(
                f"state must have {start.size} numbers for {losses.size} losses, got {state.size}"
            )
        return losses, state

    def _kernels_by_name(self):
        return {"rule_value": self.value_at}


def _vector(name, values):
    array = inputs.as_float_array(name, values).astype(inputs.FLOAT64, copy=False)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be a list of at least one number, got shape {array.shape}")
    if not np.isfinite(array).all():
        bad = int(np.argmin(np.isfinite(array)))
        raise ValueError(f"{name} must be finite, got {array[bad].item()!r} at position {bad}")
    return array
