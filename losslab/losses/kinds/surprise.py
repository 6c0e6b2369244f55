"""Rowwise losses that depend on the surprise of the true class alone."""

import types

from losslab.losses.kinds.rowwise import Rowwise
from losslab.losses.kinds.surprise_loops import SURPRISE, SURPRISE_CURVE


class OfSurprise(Rowwise):
    """A loss of a class and a row of logits that depends on u = -log p(class) alone.

    p is the softmax probability that the logits give to the true class. A subclass gives
    ``of_surprise(u, own, rest, *parameters)``, a kernel that returns the value and its derivative
    with respect to u >= 0, and ``exact`` as every rowwise loss. own is p and rest is 1 - p, each
    with all its digits; they come free. Its loop is faster than the general one, most of all for
    few classes.
    """

    kernels = types.MappingProxyType(
        {"of_surprise": ("u", "own", "rest"), "exact": ("mp", "y", "f")}
    )
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    loops = types.MappingProxyType({"rows": SURPRISE_CURVE})

    @classmethod
    def array_loop(cls):
        return SURPRISE

    def kernels_by_name(self):
        return {"loss_surprise": self.of_surprise}
