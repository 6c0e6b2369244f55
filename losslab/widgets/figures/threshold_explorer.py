"""ThresholdExplorer: scores of two classes, the cut that decides and the forecast that they are read as."""

from collections.abc import Mapping

import numpy as np
import traitlets

import losslab as ll
from losslab.contract.inputs import first_illegal
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.losses.kinds.curves import curve
from losslab.losses.kinds.domains import TARGETS
from losslab.widgets.parts.checks import as_column, join, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import (
    DETAILS,
    NOTHING,
    beside,
    choice,
    footer,
    plots,
    sliders,
    stacked,
    table,
)
from losslab.widgets.parts.shared import SHARED

KERNELS = ("binary_cross_entropy",)
RANGES, REACH = SHARED["thresholds"]["ranges"], SHARED["thresholds"]["reach"]
MOST_POINTS, MOST_MODELS, LONGEST = 600, 4, 24
COLOURS = (("#808080", "dashed"), ("currentColor", "solid"))


class ThresholdExplorer(Figure):
    """Scores of two classes, decided by a threshold and read as probabilities.

    The left panel has every score, and a threshold on the forecast that the reader drags along them;
    what is decided wrongly is coloured, and a cost counts a miss as so many false alarms. The right
    panel has the reliability diagram: groups of equally many scores, the share of class 1 in each
    over its mean forecast. A score f is read as the log-odds f / T + log w: the temperature T
    squeezes or stretches all scores about 0, the weight w shifts them, as a class weight in training
    would. Groups go by rank, so T and w move them sideways only. Where nothing moves the order of
    the scores, all the decisions that a threshold can make stay the same; what is said does not.

    Parameters
    ----------
    labels : array_like of shape (n,)
        0 or 1, at most 600 of them and some of each.
    scores : array_like of shape (n,), or dict of str to array_like
        Log-odds that a model gives to label 1, best of data held out; those of several models by
        name.
    shown : str, optional
        Name of the model that is shown first; the first of them if not given.
    threshold : float, optional
        Label 1 is decided where the forecast is above it; 0.01 to 0.99.
    temperature, weight : float, optional
        T in [0.2, 10] and w in [0.05, 20]; 1 leaves the scores as they are.
    cost : float, optional
        How many false alarms a miss costs, 1 to 20.
    classes : (str, str), optional
        What labels 0 and 1 are called, in up to 12 letters.
    groups : int, optional
        Groups of the reliability diagram, 2 to 20.
    alt : str, optional
        Description for readers who do not see the figure; the default tells errors and gaps.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    shown, threshold, temperature, weight, cost
        As the reader has set them.

    Raises
    ------
    ValueError, TypeError
        Labels other than 0 and 1 or all alike, scores that are not finite or of another number, a
        setting out of its range.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> f = [-2.0, -1.0, -0.5, 0.5, 1.0, 3.0]
    >>> figure = ll.widgets.ThresholdExplorer([0, 0, 1, 0, 1, 1], f, groups=2)
    >>> figure.readings()["missed"], figure.readings()["false_alarms"]
    (1, 1)
    """

    labels = traitlets.List().tag(sync=True)
    models = traitlets.List().tag(sync=True)  # names
    scores = traitlets.List().tag(sync=True)  # of each model, a list
    shown = traitlets.Unicode().tag(sync=True)
    threshold = traitlets.Float().tag(sync=True)
    temperature = traitlets.Float().tag(sync=True)
    weight = traitlets.Float().tag(sync=True)
    cost = traitlets.Float().tag(sync=True)
    classes = traitlets.List().tag(sync=True)
    groups = traitlets.Int().tag(sync=True)
    settable = ("shown", "threshold", "temperature", "weight", "cost")

    def __init__(
        self,
        labels,
        scores,
        shown=None,
        threshold=0.5,
        temperature=1.0,
        weight=1.0,
        cost=1.0,
        classes=("class 0", "class 1"),
        groups=8,
        alt=None,
        presets=None,
    ):
        numbers = (threshold, temperature, weight, cost)
        arguments = (labels, scores, shown, numbers, classes, groups)
        super().__init__("threshold-explorer", KERNELS, alt, arguments, presets)

    def set_up(self, labels, scores, shown, numbers, classes, groups):
        self.labels = check_labels(labels)
        by_name = scores if isinstance(scores, Mapping) else {"": scores}
        if not 0 < len(by_name) <= MOST_MODELS:
            raise ValueError(f"scores must be of 1 to {MOST_MODELS} models, got {len(by_name)}")
        self.models, self.scores = [], []
        for name, column in by_name.items():
            if not isinstance(name, str) or len(name) > LONGEST:
                raise ValueError(
                    f"scores must have names of at most {LONGEST} letters, got {shortened(name)}"
                )
            label = f"scores[{name!r}]" if name else "scores"
            column = as_column(label, column)
            require_finite(label, column)
            if column.size != len(self.labels):
                raise ValueError(
                    f"{label} must hold one number a label, {len(self.labels)}, got {column.size}"
                )
            # Digits that nobody sees would only make the page heavy.
            self.scores = [*self.scores, [float(f"{v:.4g}") for v in column]]
            self.models = [*self.models, name]
        self.classes = check_classes(classes)
        if isinstance(groups, bool) or not isinstance(groups, int | np.integer):
            raise TypeError(f"groups must be a whole number, got {shortened(groups)}")
        most = min(20, len(self.labels))
        if not 2 <= groups <= most:
            raise ValueError(f"groups must be in [2, {most}], got {groups}")
        self.groups = int(groups)
        self.shown = self.models[0] if shown is None else shown
        for name, value in zip(RANGES, numbers, strict=True):
            setattr(self, name, as_finite(name, value))

    def check_losses(self, losses):
        if tuple(loss.name for loss in losses) != KERNELS:
            raise ValueError(f"losses of a ThresholdExplorer are always {KERNELS}")

    @traitlets.validate("shown")
    def _check_shown(self, proposal):
        if proposal["value"] not in self.models:
            raise ValueError(f"shown must be one of {self.models}, got {proposal['value']!r}")
        return proposal["value"]

    @traitlets.validate("threshold", "temperature", "weight", "cost")
    def _check_number(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        low, high = RANGES[name]
        if not low <= value <= high:
            raise ValueError(f"{name} must be in [{low:g}, {high:g}], got {value:g}")
        return value

    # Numbers -------------------------------------------------------------------------------

    def log_odds(self, temperature=None, weight=None):
        """The scores as they are read: f / T + log w.

        Parameters
        ----------
        temperature, weight : float, optional
            Those of the figure if not given.

        Returns
        -------
        ndarray of shape (n,)
        """
        temperature = self.temperature if temperature is None else temperature
        weight = self.weight if weight is None else weight
        f = np.array(self.scores[self.models.index(self.shown)])
        return f / temperature + np.log(weight)

    def readings(self, threshold=None, temperature=None, weight=None):
        """What the figure tells of decisions and forecasts.

        Parameters
        ----------
        threshold, temperature, weight : float, optional
            Those of the figure if not given.

        Returns
        -------
        dict
            ``"caught"``, ``"missed"``, ``"false_alarms"`` and ``"cleared"``: numbers of points;
            ``"error_rate"``; ``"cost"``: of a point, in false alarms; ``"forecast"``: the mean
            forecast; ``"gap"``: mean distance of a group's forecast and share;
            ``"cross_entropy"`` and ``"brier"``: mean scores of the forecasts; ``"groups"``: array
            of shape (groups, 2), mean forecast and share of class 1.
        """
        threshold = self.threshold if threshold is None else threshold
        z, y = self.log_odds(temperature, weight), np.array(self.labels, dtype=float)
        decided = z > np.log(threshold / (1.0 - threshold))
        missed, alarms = int(np.sum(~decided & (y == 1.0))), int(np.sum(decided & (y == 0.0)))
        p = curve(self.losses[0], np.zeros(y.size), z)[1]  # the slope at label 0 is the forecast
        groups = np.array([[p[part].mean(), y[part].mean()] for part in self._parts()])
        sizes = np.array([len(part) for part in self._parts()])
        return {
            "caught": int(y.sum()) - missed,
            "missed": missed,
            "false_alarms": alarms,
            "cleared": int((1.0 - y).sum()) - alarms,
            "error_rate": (missed + alarms) / y.size,
            "cost": (self.cost * missed + alarms) / y.size,
            "forecast": p.mean(),
            "gap": np.average(np.abs(groups[:, 0] - groups[:, 1]), weights=sizes),
            "cross_entropy": self.losses[0].value(y, z),
            "brier": ll.get("brier").value(y, p),
            "groups": groups,
        }

    def _parts(self):
        """Places of the scores of each group, from the lowest to the highest."""
        f, k = np.array(self.scores[self.models.index(self.shown)]), self.groups
        order = np.argsort(f, kind="stable")
        ends = [(i * f.size) // k for i in range(k + 1)]
        return [order[a:b] for a, b in zip(ends[:-1], ends[1:], strict=True)]

    # Pictures ------------------------------------------------------------------------------

    def describe(self):
        r, zero, one = self.readings(), *self.classes
        places = join(f"{said:.2f} and {share:.2f}" for said, share in r["groups"])
        model = f" of the model {self.shown!r}" if self.shown else ""
        return (
            f"Scores of {len(self.labels)} points{model}, {sum(self.labels)} {one}, on a scale of "
            f"log-odds, with the threshold at {self.threshold:.3g}: {r['missed']} {one} missed and "
            f"{r['false_alarms']} {zero} alarmed, an error rate of {r['error_rate']:.1%}. Beside "
            f"them the share of {one} over the mean forecast in {self.groups} groups, at temperature "
            f"{self.temperature:g} and weight {self.weight:g}; forecast and share are {places}. Mean "
            f"cross-entropy {r['cross_entropy']:.3f}, Brier score {r['brier']:.3f}."
        )

    def scene(self):
        z, y = np.clip(self.log_odds(), -REACH, REACH), np.array(self.labels)
        edges = np.arange(-REACH - 0.5, REACH + 1.0)
        lines = []
        for label, (colour, dash) in enumerate(COLOURS):
            shares = np.histogram(z[y == label], edges)[0] / np.sum(y == label)
            lines.append(
                Line(edges[:-1] + 0.5, shares, self.classes[label], colour, dash, joined=True)
            )
        cut = np.log(self.threshold / (1.0 - self.threshold))
        top = 1.06 * max(line.y.max() for line in lines)
        lines.append(Line(np.full(2, cut), np.array([0.0, top]), "threshold", "#d55e00", "solid"))
        lines[-1].joined = True
        said = self.readings()["groups"]
        one = np.array([0.0, 1.0])
        style = self.losses[0].style
        return Scene(
            [
                Panel(
                    title="Share of each class",
                    x_label="log-odds of the forecast",
                    lines=lines,
                    x_limits=(-REACH - 0.5, REACH + 0.5),
                    y_limits=(0.0, top),
                ),
                Panel(
                    title=f"Share of {self.classes[1]}",
                    x_label="mean forecast of a group",
                    lines=[
                        Line(one, one, "as said", "#808080", "dashed"),
                        Line(*said.T, "observed", *style, joined=True),
                    ],
                    x_limits=(-0.03, 1.03),
                    y_limits=(-0.03, 1.03),
                    dots=Dots(*said.T),
                ),
            ]
        )

    def heights(self):
        told = stacked(plots("thresholds"), table(4, touch=6))
        models = (
            choice(["Scores of", *self.models], above=True) if len(self.models) > 1 else NOTHING
        )
        return stacked(beside(told, told), models, sliders(3), footer(), DETAILS)


def check_labels(labels):
    """Labels of both classes, as a list of 0 and 1."""
    column = as_column("labels", labels)
    if column.size > MOST_POINTS:
        raise ValueError(f"labels must be at most {MOST_POINTS}, got {column.size}")
    require_finite("labels", column)
    first_illegal("labels", column, TARGETS["{0,1}"])
    if not 0.0 < column.sum() < column.size:
        raise ValueError("labels must hold some 0 and some 1")
    return column.astype(int).tolist()


def check_classes(classes):
    """Two short words."""
    try:
        zero, one = classes
    except (TypeError, ValueError):
        raise TypeError(f"classes must be two names, got {shortened(classes)}") from None
    for word in (zero, one):
        if not isinstance(word, str) or not 0 < len(word) <= 12:
            raise ValueError(f"classes must have names of 1 to 12 letters, got {shortened(word)}")
    return [zero, one]
