"""SaturationExplorer: an output activation under several losses, and where their gradients die."""

import types

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.losses.kinds.domains import TARGETS
from losslab.widgets.figures.saturation_steps import (
    ACTIVATIONS,
    MOST,
    WORDS,
    activated,
    columns_of,
    descend,
    descent,
    takes,
)
from losslab.widgets.parts.checks import join
from losslab.widgets.parts.fallback import Line, Panel, Scene
from losslab.widgets.parts.heights import NOTHING, choice, plots, sliders, text
from losslab.widgets.parts.several_losses import SeveralLosses
from losslab.widgets.parts.shared import SHARED

POINTS = 400
Z, TITLES = "z, before the activation", WORDS["titles"]


class SaturationExplorer(SeveralLosses):
    """Losses of the output of a network, over the number z that the last layer gives.

    The activation makes a prediction a(z) of z. Beside it stand the loss of the prediction, the
    size of the loss's derivative by z on a logarithmic axis, and the way of gradient descent in z
    from a place that is dragged, with the number of its steps until the prediction is within 1/2 of
    the target. Where the gradient is small though the prediction is wrong, it is shaded.

    A loss of logits has the sigmoid inside, one of log-means the exponential: these take z itself.

    Parameters
    ----------
    losses : sequence of str or losslab.losses.Loss
        One to four names or pointwise losses with parameters, which take what the activation gives.
    activation : {"sigmoid", "tanh", "identity", "softplus", "exp"}
        Which one at first.
    y_true : float
        The target: 1 or 0 under a sigmoid, 1 or -1 under tanh, from -4 to 4 under the identity, from
        0.1 to 5 otherwise.
    at : float, optional
        Where the descent starts at first: -5, or for the exponential and other short axes half way
        to their left end.
    learning_rate : float
        From 0.01 to 30.
    alt : str, optional
        Description for readers who do not see the figure; the default tells what is drawn.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        What the reader has set up; assign to change the figure. What does not take the output of
        the activation is not drawn.
    activation : str
    y_true, at, learning_rate : float

    Raises
    ------
    ValueError, TypeError
        Unknown loss or activation, a loss that does not take what the activation gives, a number
        outside its range.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.SaturationExplorer(at=-10, learning_rate=1.0)
    >>> [found.steps for found in figure.descents()]
    [22063, 11]
    """

    most = SHARED["most"]["classifiers"]
    activation = traitlets.Unicode().tag(sync=True)
    y_true = traitlets.Float().tag(sync=True)
    at = traitlets.Float().tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    settable = ("losses", "activation", "y_true", "at", "learning_rate")
    questions = types.MappingProxyType({"descent": descent})

    def __init__(
        self,
        losses=("squared_error", "binary_cross_entropy"),
        activation="sigmoid",
        y_true=1.0,
        at=None,
        learning_rate=1.0,
        alt=None,
        presets=None,
    ):
        arguments = (activation, y_true, at, learning_rate)
        super().__init__("saturation-explorer", losses, alt, arguments, presets)

    def set_up(self, activation, y_true, at, learning_rate):
        self.activation = activation
        for loss in self.losses:
            if not takes(loss, activation):
                raise ValueError(
                    f"losses under {activation!r} must be of {join(self._takes())}, but "
                    f"{loss.name!r} is of {loss.prediction!r} and targets {loss.target!r}"
                )
        self.y_true = as_finite("y_true", y_true)
        low = ACTIVATIONS[activation]["range"][0]
        self.at = as_finite("at", max(-5.0, low / 2) if at is None else at)
        self.learning_rate = as_finite("learning_rate", learning_rate)

    def _takes(self):
        return map(repr, ACTIVATIONS[self.activation]["takes"])

    def check_suits(self, loss):
        if not any(takes(loss, activation) for activation in ACTIVATIONS):
            raise ValueError(
                f"losses must take the output of an activation, but {loss.name!r} is of "
                f"{loss.prediction!r} and targets {loss.target!r}"
            )

    @traitlets.validate("activation")
    def _check_activation(self, proposal):
        if proposal["value"] not in ACTIVATIONS:
            raise ValueError(
                f"activation must be one of {[*ACTIVATIONS]}, got {shortened(proposal['value'])}"
            )
        return proposal["value"]

    # The page sets one trait after the other, so what is legal under another activation passes.
    @traitlets.validate("y_true")
    def _check_target(self, proposal):
        y, bounds = proposal["value"], ACTIVATIONS[self.activation]
        labels = [label for one in ACTIVATIONS.values() for label in one.get("labels", [])]
        low, high = bounds.get("y", (0.0, 0.0))
        if not (low <= y <= high or y in labels):
            legal = bounds.get("labels") or f"from {low:g} to {high:g}"
            raise ValueError(f"y_true must be {legal} under {self.activation!r}, got {y:g}")
        for loss in self.drawn():
            target = TARGETS[loss.target]
            if y not in labels and not target.is_legal(y):
                raise ValueError(f"y_true must be {target.legal} for {loss.name}, got {y:g}")
        return y

    @traitlets.validate("at")
    def _check_at(self, proposal):
        low, high = np.array([one["range"] for one in ACTIVATIONS.values()]).T
        if not low.min() <= proposal["value"] <= high.max():
            raise ValueError(
                f"at must lie in [{low.min()}, {high.max()}], got {proposal['value']:g}"
            )
        return proposal["value"]

    @traitlets.validate("learning_rate")
    def _check_rate(self, proposal):
        low, high = WORDS["rates"]
        if not low <= proposal["value"] <= high:
            raise ValueError(
                f"learning_rate must be from {low:g} to {high:g}, got {proposal['value']:g}"
            )
        return proposal["value"]

    def drawn(self):
        """The losses that take what the activation gives."""
        return [loss for loss in self.losses if takes(loss, self.activation)]

    def columns(self, z):
        """What the panels show at numbers z before the activation.

        Parameters
        ----------
        z : array_like of shape (n,)

        Returns
        -------
        dict
            ``"prediction"`` of shape (n,), and of each loss that is drawn ``"value"`` and
            ``"gradient"``, the derivative by z, of shape (number of losses, n).
        """
        z = np.asarray(z, dtype=float)
        found = [columns_of(loss, self.activation, self.y_true, z) for loss in self.drawn()]
        value, gradient = np.array(found).reshape(-1, 2, z.size).swapaxes(0, 1)
        prediction, _ = activated(self.activation, z)
        return {"prediction": prediction, "value": value, "gradient": gradient}

    def descents(self):
        """Gradient descent in z under each loss that is drawn.

        Returns
        -------
        list of Descent
            Each has ``steps`` and some of its ``path``.
        """
        given = (self.activation, self.y_true, self.at, self.learning_rate)
        return [descend(loss, *given) for loss in self.drawn()]

    def describe(self):
        here = self.columns([self.at])
        parts = (
            f"{loss.title} has gradient {here['gradient'][i][0]:.2g} there and {said(found.steps)}"
            for i, (loss, found) in enumerate(zip(self.drawn(), self.descents(), strict=True))
        )
        return (
            f"Line charts over the number z before the activation {self.activation}: the prediction, and "
            f"for the target {self.y_true:g} loss and size of the gradient of "
            f"{join(loss.title for loss in self.drawn())}; and gradient descent from z = "
            f"{self.at:g}, where the prediction is {here['prediction'][0]:.2g}, with learning rate "
            f"{self.learning_rate:g}. {'; '.join(parts)}."
        )

    def scene(self):
        low, high = ACTIVATIONS[self.activation]["range"]
        z = low + (high - low) * np.arange(POINTS + 1) / POINTS
        columns, losses = self.columns(z), self.drawn()
        with np.errstate(divide="ignore"):
            sizes = np.log10(np.abs(columns["gradient"]))
        paths = [found.path for found in self.descents()]
        longest = max(1.0, *(np.log10(1.0 + path[-1, 0]) for path in paths))
        looks = [
            (loss.title, *style)
            for loss, style in zip(losses, apart([loss.style for loss in losses]), strict=True)
        ]
        ways = [
            Line(np.log10(1.0 + path[:, 0]), path[:, 1], *look, joined=True)
            for path, look in zip(paths, looks, strict=True)
        ]

        def lines(numbers):
            return [Line(z, y, *look) for y, look in zip(numbers, looks, strict=True)]

        return Scene(
            [
                Panel(
                    TITLES[0],
                    Z,
                    [Line(z, columns["prediction"], "", "currentColor", "solid")],
                    y_limits=padded([columns["prediction"], [self.y_true]]),
                ),
                Panel(
                    TITLES[1], Z, lines(columns["value"]), y_limits=loss_limits(columns["value"])
                ),
                Panel(f"{TITLES[2]}: its log₁₀", Z, lines(sizes), y_limits=size_limits(sizes)),
                Panel(
                    TITLES[3],
                    "log₁₀(steps + 1)",
                    ways,
                    x_limits=(0.0, longest),
                    y_limits=padded([path[:, 1] for path in paths]),
                ),
            ]
        )

    def heights(self):
        given = ACTIVATIONS[self.activation]
        labels = choice(["Target y", "1", "0"]) if "labels" in given else NOTHING
        return self.heights_of(
            plots("beside", 4, 2),
            text(WORDS["rule"]),
            choice([WORDS["legend"], *ACTIVATIONS], above=True, lines=(1, 2)),
            labels,
            sliders(1 if "labels" in given else 2),
        )


def apart(styles):
    """The styles of losses, with another dash where two would look the same, as in the page."""
    found = []
    for colour, dash in styles:
        taken = [other for same, other in found if same == colour]
        unused = (each for each in SHARED["spare"] if each not in taken)
        found.append((colour, next(unused, dash) if dash in taken else dash))
    return found


def said(steps):
    """A number of steps in words."""
    if np.isnan(steps):
        return "leaves all numbers"
    if steps > MOST:
        return "never arrives" if np.isinf(steps) else f"takes more than {MOST} steps"
    return f"takes {steps:.0f} step{'' if steps == 1 else 's'} to be within 1/2 of the target"


def padded(columns):
    """Limits around all finite numbers."""
    numbers = np.concatenate([np.asarray(column, dtype=float) for column in columns])
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return 0.0, 1.0
    low, high = numbers.min(), numbers.max()
    pad = 0.06 * (high - low) or 0.5
    return low - pad, high + pad


def loss_limits(columns):
    """Limits in which the loss that grows least can still be seen."""
    highs = [column[np.isfinite(column)].max(initial=0.0) for column in columns]
    return padded([[0.0, min(max(highs, default=1.0), 4.0 * min(highs, default=1.0))]])


def size_limits(columns):
    """Limits of logarithms: not below the dimmest that is drawn."""
    numbers = columns[np.isfinite(columns)]
    return padded([np.clip(numbers, np.log10(WORDS["dimmest"]), None)])
