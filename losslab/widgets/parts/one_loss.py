"""What the figures of one loss share: rows as JSON, what is held, the loss's menu, their heights."""

import math

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.losses.kinds.loss import Loss
from losslab.widgets.manifest import shape_of
from losslab.widgets.parts import assets
from losslab.widgets.parts.checks import as_column, check_range
from losslab.widgets.parts.fallback import Heights
from losslab.widgets.parts.figure import Figure

POINTS = 71  # of the picture
SUM_RULE = (
    "Predictions sum to 1: when one moves, the others shrink or grow in proportion. "
    "The gradients are the partial derivatives, each with the others held."
)


class OneLoss(Figure):
    """Base of the figures of one loss, for which the reader may take another of the same shape."""

    names = traitlets.List().tag(sync=True)  # of the outputs
    output = traitlets.Int().tag(sync=True)  # which of them is moved
    fixed = traitlets.List().tag(sync=True)  # parameters that say how many numbers there are

    def __init__(self, figure, loss, alt, arguments):
        if not isinstance(loss, str | Loss):
            raise TypeError(
                f"loss must be a name or a loss such as ll.get('gaussian_nll'), got {shortened(loss)}"
            )
        super().__init__(figure, loss, alt, arguments)

    def check_fits(self, loss):
        """Raise ValueError if another loss does not take the targets and predictions there are."""
        raise NotImplementedError

    def _check_axis(self, losses):
        if len(losses) > 1:
            raise ValueError(f"losses must hold one loss, got {len(losses)}")
        if self.y_pred:
            before, now = (shape_of(type(each)) for each in (self.losses[0], losses[0]))
            if before != now:
                raise ValueError(
                    f"losses must keep the shape {before!r}, got {losses[0].name!r} of shape "
                    f"{now!r}; make another figure"
                )
            self.check_fits(losses[0])
            if (names := losses[0].output_names(len(self.names))) != self.names:
                raise ValueError(f"losses must keep the outputs {self.names}, got {names}")

    @traitlets.validate("output")
    def _check_output(self, proposal):
        return check_position("output", proposal["value"], self.names)

    def axis(self):
        """Ends of the range over which a prediction is moved."""
        raise NotImplementedError

    def columns(self, x):
        """``"value"`` and ``"gradient"`` with the prediction at each of the places `x`."""
        raise NotImplementedError

    def places(self):
        """Places along the axis, for the picture."""
        return np.linspace(*self.axis(), POINTS)

    def lowest(self):
        """The lowest value along the axis, and where it is."""
        x = self.places()
        values = self.columns(x)["value"]
        at = np.nanargmin(values) if np.isfinite(values).any() else 0
        return values[at], x[at]

    @property
    def sums(self):
        """Whether the predictions of a row must sum to 1."""
        return type(self.losses[0]).prediction == "probabilities"

    def menu(self):
        """Names of the other losses that the reader may take."""
        loss = self.losses[0]
        return [
            entry["name"]
            for entry in assets.losses()
            if entry.get("shape") == shape_of(type(loss))
            and "vectors" not in entry
            and entry["name"] != loss.name
        ]

    def rules(self):
        """What the figure holds or keeps true, as frontend/src/parts/one-loss.js says it."""
        loss, said = self.losses[0], []
        if self.sums:
            said.append(SUM_RULE)
        for vector in type(loss).vector_specs.values():
            numbers, name = loss.parameters[vector.name], vector.name.replace("_", " ")
            few = ", ".join(f"{v:g}" for v in numbers)
            if len(numbers) > 6:
                said.append(f"The {name} is fixed at its {len(numbers)} numbers.")
            else:
                said.append(f"The {name} are fixed at {few}.")
        said += [f"The {name} is fixed at {loss.parameters[name]:g}." for name in self.fixed]
        return " ".join(said)

    def heights_of(self, panels, table, m, labels=None, more_buttons=(), touch=0):
        """What the figure takes.

        Parameters
        ----------
        panels : (int, int)
            Height of the panels in a wide and in a narrow column.
        table : int
            Height of the table.
        m : int
            How many numbers make a target.
        labels : list of str, optional
            What targets are called on their buttons, if not by their numbers.
        more_buttons : sequence of list of str
            Lines of buttons besides those of the target.
        touch : int
            How much higher the table is where its buttons are for fingers.

        Returns
        -------
        Heights
        """
        loss, rules = self.losses[0], self.rules()
        sliders = len(type(loss).parameter_specs) - len(self.fixed)
        buttons, y_sliders = target_controls(loss.target, m, self.names, labels)
        buttons = [*more_buttons, *buttons]

        def total(panels, letters, line):
            height = panels + table + 91
            if rules:
                height += 8 + 17 * -(-len(rules) // letters)
            lines = sum(wrapped(each, letters) for each in buttons)
            height += 4 * len(buttons) + 40 * lines
            return height + sum(12 + line(n) for n in (sliders, y_sliders) if n), lines

        wide, wide_lines = total(panels[0], 110, lambda n: 44 * -(-n // 2))
        narrow, narrow_lines = total(panels[1], 51, lambda n: 66 * n)
        menu = bool(self.menu())
        touch += 17
        return Heights(
            wide, narrow + 44 * menu, touch + 12 * wide_lines, touch + 8 * menu + 12 * narrow_lines
        )


def row_to_json(values, widget):
    """Numbers as JSON can say them: infinities as words, which both sides read as numbers."""
    return [v if math.isfinite(v) else str(v).replace("inf", "Infinity") for v in values]


def row_from_json(values, widget):
    return [float(v) for v in values]


def check_row(name, values):
    """Numbers in one dimension as a list; infinity is for targets to say."""
    row = as_column(name, values)
    if not row.size or np.isnan(row).any() or (name == "y_pred" and np.isinf(row).any()):
        raise ValueError(f"{name} must hold finite numbers, got {row.tolist()}")
    return row.tolist()


def check_position(argument, value, names):
    """The position of one of several named things."""
    if value in names:
        return names.index(value)
    if isinstance(value, bool) or value not in range(len(names)):
        raise ValueError(
            f"{argument} must be one of {names} or their position, got {shortened(value)}"
        )
    return int(value)


def widened(limits, values):
    """Limits that hold all finite values too."""
    finite = [v for v in values if math.isfinite(v)]
    return limits and [min([limits[0], *finite]), max([limits[1], *finite])]


def reach(default, x_range, held, sums):
    """How far predictions may be moved: as usual and wide enough for those there are, or `x_range`."""
    low, high = check_range(default, x_range)
    if x_range is None:
        return widened([low, high], held)
    for value in held:
        if not low <= value <= high:
            raise ValueError(f"x_range must hold the prediction {value:g}, got {(low, high)}")
    if sums and not 0.0 <= low < high <= 1.0:
        raise ValueError(f"x_range must lie in [0, 1], got {(low, high)}")
    return [low, high]


def deciding(loss, k):
    """Parameters that decide how many numbers make a target or a row: the figure holds them."""
    found = []
    for name, spec in type(loss).parameter_specs.items():
        for end in spec.slider[:2]:
            try:
                other = type(loss)(**{**loss.parameters, name: float(end)})
                other.check_columns(k)
                same = other.target_width(k) == loss.target_width(k)
            except ValueError:
                same = False
            if not same and name not in found:
                found.append(name)
    return found


def target_controls(kind, m, names, labels=None):
    """The words on lines of buttons, and how many sliders, that row-target.js makes."""
    numbers = [str(j) for j in range(len(names) + (kind == "level"))]
    lines = {
        "class": [["Target y", *labels] if labels else ["Target y: class", *numbers]],
        "level": [["Target y: level", *numbers]],
        "{0,1}": [["Target y", *(labels or ("0", "1"))]],
        "labels": [["Right (y = 1)", *names]],
        "bounds": [["Target y is", "known", "between", "more than", "less than"]],
        "lifetime": [["At that time", "no event yet", "event"]],
    }
    lines["range"] = lines["bounds"]
    lines["period"] = [["Interval y", *numbers], ["By its end", "no event yet", "event"]]
    lines["period or later"] = lines["period"]
    return lines.get(kind, []), {"bounds": 2, "range": 2, "lifetime": 1}.get(
        kind, 0 if kind in lines else m
    )


def wrapped(words, letters):
    """How many lines a legend and its buttons take in a column of so many letters."""
    lines, used = 1, 0.0
    for i, word in enumerate(words):
        wide = len(word) + (1.5 if i == 0 else 4.5)
        if used + wide > letters + 1.5:
            lines, used = lines + 1, 0.0
        used += wide
    return lines
