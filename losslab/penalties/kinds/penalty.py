"""What all kinds of penalties share: parameters of a model in, a number and a proximal point out."""

from losslab.contract.definition import Definition
from losslab.penalties.kinds import claims  # noqa: F401, declares what may be claimed
from losslab.penalties.kinds.shelf import shelf


class Penalty(Definition):
    """A function of the parameters of a model: they are called w, weights.

    Not made directly: `losslab.penalties.get` and the classes of `losslab.penalties` make penalties.
    Unlike a loss it is a sum, not a mean: how strongly it acts beside a mean loss is its strength.
    """

    shelf = shelf

    def example(self, n, rng):
        """Random weights, some of them 0.

        Examples
        --------
        >>> import numpy as np, losslab as ll
        >>> ll.penalties.get("l1").example(3, np.random.default_rng(0)).shape
        (3,)
        """
        return rng.normal(0.0, 2.0, n) * (rng.uniform(size=n) < 0.8)
