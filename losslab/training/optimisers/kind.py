"""Optimisers: weights, a gradient and a state in, the next weights and the next state out."""

import types
from typing import NamedTuple

import numpy as np

from losslab.contract import inputs
from losslab.contract.definition import Definition
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_nonnegative
from losslab.engine.loop import Loop
from losslab.engine.native import bound
from losslab.training.optimisers import claims  # noqa: F401, declares what may be claimed
from losslab.training.optimisers.shelf import shelf


def update_loop(g, n, t, rate, a, w, s):
    """Step t of n weights w along the gradient g, at a learning rate; s is the state."""
    p = load_parameters(a)  # noqa: F821
    return optimiser_update(w, g, s, n, t, rate, p)  # noqa: F821


UPDATE = Loop(update_loop, "g:data n:int t:int rate:float a > w:data s:data")


class State(NamedTuple):
    """What an optimiser remembers between steps.

    Parameters
    ----------
    steps : int
        How many steps were made.
    memory : ndarray of shape (slots, number of weights)
        What it keeps of each weight, 0 at first.
    """

    steps: int
    memory: np.ndarray


class Optimiser(Definition):
    """A rule for the next weights, from the gradient there and what it remembers of earlier ones.

    Not made directly: `losslab.training.optimisers.get` and the classes of
    `losslab.training.optimisers` make optimisers. The learning rate is an argument of each step, so
    that a schedule can set it; `learning_rate` is what it is unless given. A subclass gives

    * ``slots``: how many numbers it remembers of each weight;
    * ``update_at(w, g, s, n, t, rate, *parameters)``: a kernel that changes ``w[0:n]`` and the state
      ``s[0:slots * n]`` in place for step t = 1, 2, …, and returns 0. The state is 0 before the
      first step. All arrays have one type, float64 or float32: what is mixed with them goes through
      `as_data`, so that arithmetic stays in that type;
    * ``exact(mp, w, gradients, rates, *parameters)``: where one weight stands after each of several
      steps, by the textbook's formulas in mpmath, which the tests compare the kernel with.
    """

    shelf = shelf
    kind = "optimiser"
    slots = 0
    learning_rate = 0.01
    kernels = types.MappingProxyType(
        {
            "update_at": ("w", "g", "s", "n", "t", "rate"),
            "exact": ("mp", "w", "gradients", "rates"),
        }
    )
    loops = types.MappingProxyType({"update": UPDATE})

    def start(self, w):
        """The state before the first step.

        Parameters
        ----------
        w : array_like
            The weights, of any shape.

        Returns
        -------
        State

        Examples
        --------
        >>> import losslab as ll
        >>> ll.training.optimisers.get("heavy_ball").start([1.0, 2.0])
        State(steps=0, memory=array([[0., 0.]]))
        """
        w = _weights(w)
        return State(0, np.zeros((self.slots, w.size), w.dtype))

    def step(self, w, gradient, state=None, learning_rate=None):
        """The weights after one step, and the state that the next step is given.

        Parameters
        ----------
        w : array_like
            The weights, of any shape; finite. It stays as it is.
        gradient : array_like
            Of the shape of `w`; finite.
        state : State, optional
            What the step before returned; the start if not given.
        learning_rate : float, optional
            Finite and >= 0; that of the optimiser if not given.

        Returns
        -------
        tuple of ndarray and State

        Raises
        ------
        ValueError, TypeError
            If an argument is not as above; the message names it.

        Examples
        --------
        >>> import losslab as ll
        >>> optimiser = ll.training.optimisers.get("heavy_ball")
        >>> w, state = optimiser.step([1.0, -2.0], [0.5, 1.0], learning_rate=0.1)
        >>> w
        array([ 0.95, -2.1 ])
        >>> optimiser.step(w, [0.0, 0.0], state, learning_rate=0.1)[0]
        array([ 0.905, -2.19 ])
        """
        w = _weights(w)
        inputs.check_finite("w", w)
        g = inputs.as_float_array("gradient", gradient).astype(w.dtype, copy=False)
        if g.shape != w.shape:
            raise ValueError(f"gradient must have the shape of w, {w.shape}, got {g.shape}")
        inputs.check_finite("gradient", g)
        state = self._checked(state, w)
        rate = as_nonnegative(
            "learning_rate", self.learning_rate if learning_rate is None else learning_rate
        )
        w, memory = w.copy(), state.memory.copy()
        t = state.steps + 1
        self.compiled(UPDATE, w.dtype)(
            np.ascontiguousarray(g), w.size, t, rate, self._packed, w, memory
        )
        return w, State(t, memory)

    def bind(self, w, gradient, memory):
        """Fast steps in place, on arrays that stay where they are.

        Nothing is checked from step to step: neither the numbers nor that t grows by 1.

        Parameters
        ----------
        w, gradient : ndarray
            Of one shape and dtype, float64 or float32, C-contiguous; `w` is written to.
        memory : ndarray of shape (slots, w.size)
            As in `State`; it is written to.

        Returns
        -------
        callable
            ``update(t, rate)`` makes step t = 1, 2, … with the gradient that stands in `gradient`.

        Raises
        ------
        ValueError, TypeError
            If an array is not as above.

        Examples
        --------
        >>> import numpy as np, losslab as ll
        >>> optimiser = ll.training.optimisers.get("gradient_descent")
        >>> w, gradient = np.array([1.0, 2.0]), np.empty(2)
        >>> update = optimiser.bind(w, gradient, optimiser.start(w).memory)
        >>> for t in (1, 2):
        ...     gradient[:] = w
        ...     update(t, 0.5)
        >>> w
        array([0.25, 0.5 ])
        """
        for name, array in (("w", w), ("gradient", gradient), ("memory", memory)):
            if type(array) is not np.ndarray or not inputs.is_plain(array):
                raise TypeError(
                    f"{name} must be a C-contiguous numpy array, got {shortened(array)}"
                )
            if name != "gradient" and not array.flags.writeable:
                raise ValueError(f"{name} must be writeable")
            if array.dtype not in (inputs.FLOAT64, inputs.FLOAT32) or array.dtype != w.dtype:
                raise TypeError(
                    "w, gradient and memory must all be of float64 or all of float32, got "
                    f"{w.dtype}, {gradient.dtype} and {memory.dtype}"
                )
        if gradient.shape != w.shape:
            raise ValueError(f"gradient must have the shape of w, {w.shape}, got {gradient.shape}")
        if memory.shape != (self.slots, w.size):
            raise ValueError(
                f"memory must have shape {(self.slots, w.size)} for {self.name} and {w.size} "
                f"weights, got {memory.shape}"
            )
        call = bound(
            self.compiled(UPDATE, w.dtype),
            before=(gradient, w.size),
            after=(self._packed, w, memory),
        )

        def update(t, rate):
            call(t, rate)

        return update

    def _checked(self, state, w):
        if state is None:
            return self.start(w)
        if not isinstance(state, State):
            raise TypeError(f"state must be what the step before returned, got {shortened(state)}")
        steps, memory = state
        steps = as_count("state.steps", steps, 0)
        memory = inputs.as_float_array("state.memory", memory)
        if memory.shape != (self.slots, w.size):
            raise ValueError(
                f"state.memory must have shape {(self.slots, w.size)} for {self.name} and {w.size} "
                f"weights, got {memory.shape}"
            )
        memory = memory.astype(w.dtype, copy=False)
        inputs.check_finite("state.memory", memory)
        return State(steps, memory)

    def _kernels_by_name(self):
        return {"optimiser_update": self.update_at}


def _weights(w):
    array = inputs.as_float_array("w", w)
    if array.size == 0:
        raise ValueError("w must hold at least one number, got none")
    return array
