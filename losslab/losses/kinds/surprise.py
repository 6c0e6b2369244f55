"""Rowwise losses that depend on the surprise of the true class alone."""

import types

from losslab.losses.kinds.rowwise import Rowwise
from losslab.losses.kinds.surprise_loops import SURPRISE, SURPRISE_CURVE, SURPRISE_SECOND


class OfSurprise(Rowwise):
    """A loss of a class and a row of logits that depends on u = -log p(class) alone.

    p is the softmax probability that the logits give to the true class. A subclass gives
    ``of_surprise(u, own, rest, *parameters)``, a kernel that returns the value and its derivative
    with respect to u >= 0, and ``exact`` as every rowwise loss. own is p and rest is 1 - p, each
    with all its digits; they come free. Its loop is faster than the general one, most of all for
    few classes. Second derivatives need one more kernel, ``bend_of_surprise`` of the same numbers:
    the second derivative with respect to u, times rest, without which it may be infinite at p = 1.
    """

    kernels = types.MappingProxyType(
        {"of_surprise": ("u", "own", "rest"), "exact": ("mp", "y", "f")}
    )
    optional_kernels = types.MappingProxyType({"bend_of_surprise": ("u", "own", "rest")})
    second_kernel = "bend_of_surprise"
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    loops = types.MappingProxyType({"rows": SURPRISE_CURVE})

    @classmethod
    def array_loop(cls):
        return SURPRISE

    @classmethod
    def second_loop(cls):
        return SURPRISE_SECOND

    def _kernels_by_name(self):
        kernels = {"loss_surprise": self.of_surprise}
        return kernels | ({"loss_bend": self.bend_of_surprise} if self.has_curvature() else {})
