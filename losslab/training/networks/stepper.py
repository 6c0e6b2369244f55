"""Steps of training: rows gathered, forward, loss, backward, the optimiser's update, the penalty.

All of it stands in one sequence of loops, so a step costs what its arithmetic costs.
"""

import functools
import math
from typing import NamedTuple

import numpy as np

from losslab.engine.sequence import Cell, Sequence, call
from losslab.engine.threads import CHUNK
from losslab.penalties.kinds.loops import PROX
from losslab.training.networks.dense_loops import COPY, DISTANCE, GATHER, LENGTH
from losslab.training.networks.passes import Pass
from losslab.training.optimisers.clipping import CLIP_NORM, CLIP_VALUE, ClipByNorm


class Step(NamedTuple):
    """What a step found: the weighted mean loss before it, and whether all was legal."""

    loss: float
    legal: bool


class Stepper:
    """A network in training, with all its arrays in place.

    Parameters
    ----------
    network : Network
        Whose heads have links.
    losses : sequence of losslab.losses.Loss
        One for each head.
    data : losslab.training.networks.data.Data
        Samples; steps take some of their rows.
    theta : ndarray of shape (size,)
        Weights to start from; its type, float64 or float32, is that of all arithmetic with
        matrices.
    optimiser : losslab.training.optimisers.Optimiser
    penalty : losslab.penalties.Separable, optional
        Its proximal point, with the learning rate for a step, follows each update of the weights;
        biases go free.
    clip : ClipByNorm or ClipByValue, optional
        What makes large gradients smaller before the update.
    products : {"blas", "loops"}
        As for `losslab.training.NetworkObjective`.
    part : int, optional
        At most so many rows go through the network at once; the result is the same but for
        rounding.

    Attributes
    ----------
    theta, g : ndarray of shape (size,)
        Weights, and the gradient of the last step.
    memory : ndarray of shape (slots, size)
        State of the optimiser.
    old : ndarray of shape (size,)
        Weights before the last step.
    """

    def __init__(
        self,
        network,
        losses,
        data,
        theta,
        optimiser,
        *,
        penalty=None,
        clip=None,
        products="blas",
        part=None,
    ):
        self.network, self.losses, self.optimiser = network, losses, optimiser
        self.penalty, self.products, self.part = penalty, products, part
        self.dtype = theta.dtype
        self.theta, self.g, self.old = theta.copy(), np.zeros_like(theta), np.zeros_like(theta)
        self.memory = np.zeros((optimiser.slots, theta.size), theta.dtype)
        self.t, self.rate = Cell(0), Cell(float(optimiser.learning_rate))
        self.gradient_square, self.step_square = np.zeros(1), np.zeros(1)
        self.clip = clip
        self.X = np.ascontiguousarray(data.X, dtype=self.dtype)
        self.targets, self.w = data.targets, data.w
        self._made = {}

    def step(self, indices, weight):
        """One step.

        Parameters
        ----------
        indices : ndarray of int
            The rows of the batch.
        weight : float
            What the weighted sum of the losses is divided by: the whole weight of the batch for
            its mean.

        Returns
        -------
        Step
        """
        self.t.number += 1
        parts = [indices]
        if self.part is not None and len(indices) > self.part:
            parts = [indices[i : i + self.part] for i in range(0, len(indices), self.part)]
        loss, illegal = 0.0, 0
        for i, rows in enumerate(parts):
            one = self._of(len(rows), weight)
            one.passing.adding(i > 0)
            one.index[:] = rows
            illegal |= one.run_whole() if len(parts) == 1 else one.run_gradient()
            loss += one.passing.value()
        if len(parts) > 1:
            illegal |= self._update()
        return Step(loss, not illegal)

    def gradient_length(self):
        """Length of the gradient of the last step, before it was clipped."""
        return math.sqrt(self.gradient_square[0])

    def step_length(self):
        """How far the last step went."""
        return math.sqrt(self.step_square[0])

    def _of(self, rows, weight):
        if rows not in self._made:
            self._made[rows] = _OfRows(self, rows)
        one = self._made[rows]
        if one.weight != weight:
            one.weigh(weight)
        return one

    @functools.cached_property
    def _update(self):
        return Sequence(self.update_calls())

    def update_calls(self):
        """From the gradient to the next weights."""
        n, dtype = self.theta.size, self.dtype
        calls = [call(COPY, dtype, x=self.theta, n=n, out=self.old)]
        calls.append(call(LENGTH, dtype, x=self.g, n=n, out=self.gradient_square))
        if self.clip is not None:
            calls.append(_clip_call(self.clip, self.g))
        loop = self.optimiser.loops["update"]
        given = {"g": self.g, "n": n, "t": self.t, "rate": self.rate}
        given |= {"w": self.theta, "s": self.memory}
        calls.append(self.optimiser.call(loop, dtype, **given))
        if self.penalty is not None:
            for weights, _ in self.network.layers(self.theta):
                given = {"w": weights, "step": self.rate, "out": weights, "n": weights.size}
                given |= {"first": 0, "last": -(-weights.size // CHUNK)}
                calls.append(self.penalty.call(PROX, dtype, **given))
        given = {"x": self.theta, "y": self.old, "n": n, "out": self.step_square}
        return [*calls, call(DISTANCE, dtype, **given)]


def _clip_call(clip, g):
    """The call that makes a gradient smaller in place."""
    given = {"n": g.size, "limit": clip.limit, "g": g}
    if isinstance(clip, ClipByNorm):
        return call(CLIP_NORM, g.dtype, **given, add=clip.add)
    return call(CLIP_VALUE, g.dtype, **given)


class _OfRows:
    """What is made for batches of so many rows."""

    def __init__(self, stepper, rows):
        self.passing = Pass(
            stepper.network,
            rows,
            stepper.theta,
            stepper.g,
            stepper.losses,
            stepper.w is not None,
            stepper.products,
        )
        self.stepper, self.weight = stepper, None
        self.index = np.zeros(rows)
        gather = [self._gather(stepper.X, self.passing.x)]
        for terms, y in zip(self.passing.terms, stepper.targets, strict=True):
            gather.append(self._gather(np.ascontiguousarray(y, terms.y.dtype), terms.y))
            if stepper.w is not None:
                copies = terms.count() // rows
                gather.append(self._gather(np.repeat(stepper.w, copies), terms.w, copies))
        self.gradient_calls = [*gather, *self.passing.gradient_calls]

    def _gather(self, source, out, columns=None):
        columns = columns or math.prod(source.shape[1:])
        given = {"source": source, "index": self.index, "rows": self.index.size, "out": out}
        return call(GATHER, source.dtype, **given, columns=columns)

    def weigh(self, weight):
        """What the weighted sums are divided by from now on."""
        self.weight = weight
        for terms in self.passing.terms:
            terms.scale.number = 1.0 / (terms.count() // self.index.size * weight)

    @functools.cached_property
    def run_gradient(self):
        return Sequence(self.gradient_calls)

    @functools.cached_property
    def run_whole(self):
        return Sequence([*self.gradient_calls, *self.stepper.update_calls()])
