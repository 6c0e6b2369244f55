"""WeightsExplorer: losses in lanes, and how much a risk or a weighting makes each of them count."""

import numpy as np
import traitlets

from losslab import adaptive, multitask
from losslab.contract.scalars import as_finite
from losslab.widgets.parts.checks import check_range, join
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.heights import TITLE, Heights, beside, text
from losslab.widgets.parts.one_rule import OneRule, check_numbers
from losslab.widgets.parts.shared import SHARED
from losslab.widgets.programs import run

FEWEST, MOST = 2, 12  # losses
# At first: samples enough for a share of them to be few; tasks of different units.
LOSSES = {
    "risk": (0.3, 0.5, 0.6, 0.8, 1.0, 1.1, 1.4, 1.6, 2.1, 2.6, 3.4, 4.5),
    "weighting": (0.2, 1.0, 3.0),
}
STEPS = 4  # of a weighting before the first frame, so that its weights differ
LANES = SHARED["weights"]


class WeightsExplorer(OneRule):
    """Losses of samples or tasks, each a dot in a lane: drag it, and see how much each counts.

    Bars show the weights: the derivatives of what the rule makes of the losses. A risk is a
    function of the losses of a batch, a dashed line says where its value lies among them. A
    weighting of tasks has a state, which a button takes one gradient step further.

    Parameters
    ----------
    rule : str or losslab.adaptive.Risk or losslab.multitask.Weighting
        A risk, or a weighting of tasks.
    losses : array_like of shape (n,), optional
        The losses at first, 2 to 12 of them.
    state : array_like, optional
        The state of a weighting at first; a few steps after its start if not given.
    rate : float
        The length of a step.
    x_range : (float, float), optional
        How far losses may be moved.
    alt : str, optional
        Description for readers who do not see the figure; the default tells losses and weights.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    rule : losslab.adaptive.Risk or losslab.multitask.Weighting
        The rule as the reader has set it up.
    values, state : list of float
        The losses, and the state of a weighting, as they are now.

    Raises
    ------
    ValueError, TypeError
        Another kind of rule; losses that are not finite, too many or too few.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.WeightsExplorer(ll.adaptive.get("cvar", level=0.5), [1.0, 2.0, 4.0, 6.0])
    >>> figure.readings()
    (5.0, array([0. , 0. , 0.5, 0.5]))
    """

    shelves = (adaptive.shelf, multitask.shelf)
    kinds = ("risk", "weighting")
    values = traitlets.List().tag(sync=True)
    state = traitlets.List().tag(sync=True)
    rate = traitlets.Float().tag(sync=True)
    x_range = traitlets.List().tag(sync=True)
    settable = ("losses", "values", "state")

    def __init__(
        self, rule="cvar", losses=None, state=None, rate=0.5, x_range=None, alt=None, presets=None
    ):
        super().__init__("weights-explorer", rule, alt, (losses, state, rate, x_range), presets)

    def set_up(self, losses, state, rate, x_range):
        losses = LOSSES[self.rule.kind] if losses is None else losses
        self.values = check_numbers("losses", losses, FEWEST, MOST)
        top = 1.25 * max(max(self.values), 0.0) or 1.0
        low, high = self.x_range = check_range(
            (min(0.0, *self.values), float(f"{top:.2g}")), x_range
        )
        for value in self.values:
            if not low <= value <= high:
                raise ValueError(f"x_range must hold the loss {value:g}, got {(low, high)}")
        self.rate = as_finite("rate", rate)
        if not self.rate > 0.0:
            raise ValueError(f"rate must be greater than 0, got {self.rate:g}")
        self.state = self._state_at_first() if state is None else self._checked(state)

    def _state_at_first(self):
        if self.rule.kind == "risk":
            return []
        state = self.rule.start(len(self.values))
        for _ in range(STEPS):
            _, state = self.rule.step(self.values, state, self.rate)
        return state.tolist()

    @traitlets.validate("values")
    def _check_values(self, proposal):
        values = check_numbers("values", proposal["value"], FEWEST, MOST)
        if self.values and len(values) != len(self.values):
            raise ValueError(f"values must stay {len(self.values)} numbers, got {len(values)}")
        return values

    @traitlets.validate("state")
    def _check_state(self, proposal):
        return self._checked(proposal["value"])

    def _checked(self, state):
        weighs = self.rule.kind == "weighting"
        count = self.rule.start(len(self.values)).size if weighs else 0
        return check_numbers("state", state, count, count)

    def readings(self):
        """The value of the losses as they are, and how much each of them counts.

        Returns
        -------
        tuple of float, ndarray
        """
        losses, n = np.array(self.values), len(self.values)
        if self.rule.kind == "risk":
            answers = run(self.rule, "risk", losses=losses, w=np.full(n, 1.0 / n), n=n)
            return answers["value"].item(), answers["gradient"]
        state = np.array(self.state)
        answers = run(self.rule, "weighting", losses=losses, state=state, t=n, m=state.size)
        return answers["value"].item(), answers["w"]

    def describe(self):
        value, weights = self.readings()
        told = join(
            f"{letter} {loss:g} with weight {weight:.3g}"
            for letter, loss, weight in zip(self._letters, self.values, weights, strict=True)
        )
        state = f" Its state is {', '.join(f'{v:.3g}' for v in self.state)}." if self.state else ""
        return (
            f"Lanes of {len(self.values)} losses with a dot at each, and a bar for what "
            f"{self.rule.title} makes it count: {told}. Value {value:.4g}.{state}"
        )

    @property
    def _letters(self):
        return self.letters(len(self.values))

    def scene(self):
        value, weights = self.readings()
        n, style = len(weights), self.rule.style
        heights = n - 1.0 - np.arange(n)  # the first loss on top
        lanes = {"y_limits": (-0.5, n - 0.5), "lanes": self._letters[::-1]}
        at = Line(np.full(2, value), np.array([-0.5, n - 0.5]), "value", style[0], "dashed")
        at.joined = True
        bars = [
            Line(np.array([0.0, w]), np.full(2, y), self.rule.title, style[0], "solid")
            for w, y in zip(weights, heights, strict=True)
        ]
        reach = (min(0.0, *weights), 1.1 * max(*weights, 0.0) or 1.0)
        dots = Dots(np.array(self.values), heights)
        return Scene(
            [
                Panel(
                    title="Losses",
                    x_label="loss",
                    lines=[at] if self.rule.kind == "risk" else [],
                    x_limits=tuple(self.x_range),
                    dots=dots,
                    **lanes,
                ),
                Panel(
                    title="Weights",
                    x_label="weight",
                    lines=bars,
                    x_limits=reach,
                    dots=Dots(weights, heights),
                    **lanes,
                ),
            ],
            legend=False,
        )

    def heights(self):
        n = len(self.values)
        each = LANES["each" if n <= LANES["most"] else "many"]
        lanes = TITLE + LANES["around"] + each * n
        panels = beside(Heights(lanes, lanes), Heights(lanes, lanes))
        numbers = ", ".join(["−0.000"] * len(self.state))
        return self.heights_of(panels, text(numbers and LANES["state"] + numbers))

    @property
    def before(self):
        return "button" if self.state else None
