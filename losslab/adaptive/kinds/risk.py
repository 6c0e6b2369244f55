"""Risks: one number from the losses of a batch, and how much each sample counts for it."""

import types

import numpy as np

from losslab.adaptive.kinds import claims  # noqa: F401, declares what may be claimed
from losslab.adaptive.kinds.shelf import shelf
from losslab.contract import inputs, weights
from losslab.contract.definition import Definition
from losslab.engine.loop import Loop


def risk_loop(losses, w, a, n, s, value, gradient):
    """The risk of n losses with weights w, and its derivatives."""
    p = load_parameters(a)  # noqa: F821
    value[0] = batch_risk(losses, w, gradient, s, n, p)  # noqa: F821
    return 0


RISK = Loop(risk_loop, "losses w a n s[2*n] > value[1] gradient[n]")


class Risk(Definition):
    """A function of the losses of samples: its gradient says how much each of them counts.

    A subclass gives

    * ``risk_at(losses, w, g, s, n, *parameters)``: a kernel that reads n finite losses and n
      weights w >= 0 whose sum is 1, writes the derivatives to g and returns the risk; s is scratch
      space for 2 n numbers;
    * ``exact(mp, losses, w, *parameters)``: the textbook formula.
    """

    shelf = shelf
    kind = "risk"
    kernels = types.MappingProxyType(
        {"risk_at": ("losses", "w", "g", "s", "n"), "exact": ("mp", "losses", "w")}
    )
    loops = types.MappingProxyType({"risk": RISK})

    def value(self, losses, sample_weight=None):
        """The risk of a batch.

        Parameters
        ----------
        losses : array_like of shape (n,)
            Finite, at least one.
        sample_weight : array_like of shape (n,), optional
            Finite and >= 0, not all zero; only their ratios count.

        Returns
        -------
        float

        Raises
        ------
        ValueError, TypeError
            If an argument is not as above; the message names it.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.adaptive.get("cvar", level=0.5).value([1.0, 2.0, 4.0, 6.0])
        5.0
        """
        return self.value_and_weights(losses, sample_weight)[0]

    def weights(self, losses, sample_weight=None):
        """How much each sample counts: the derivative of `value` in each loss.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.adaptive.get("cvar", level=0.5).weights([1.0, 2.0, 4.0, 6.0])
        array([0. , 0. , 0.5, 0.5])
        """
        return self.value_and_weights(losses, sample_weight)[1]

    def value_and_weights(self, losses, sample_weight=None):
        """What `value` and `weights` return, in one pass.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.adaptive.get("cvar", level=0.5).value_and_weights([1.0, 3.0])
        (3.0, array([0., 1.]))
        """
        losses = inputs.as_float_array("losses", losses).astype(inputs.FLOAT64, copy=False)
        if losses.ndim != 1 or losses.size == 0:
            raise ValueError(f"losses must have shape (n,) with n >= 1, got {losses.shape}")
        if not np.isfinite(losses).all():
            bad = int(np.argmin(np.isfinite(losses)))
            raise ValueError(f"losses must be finite, got {losses[bad].item()!r} at index {bad}")
        w = weights.relative_weights(sample_weight, losses.shape)
        answers = self.run(RISK, losses=losses, w=w / w.sum(), n=losses.size)
        return answers["value"].item(), answers["gradient"]

    def _kernels_by_name(self):
        return {"batch_risk": self.risk_at}

    def example(self, n, rng):
        """Random losses of n samples.

        Examples
        --------
        >>> import numpy as np, losslab as ll
        >>> ll.adaptive.get("cvar").example(3, np.random.default_rng(0)).shape
        (3,)
        """
        return rng.exponential(1.0, n)
