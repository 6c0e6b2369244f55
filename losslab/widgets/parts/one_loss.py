"""What the figures of one loss share: rows as JSON, what is held, the loss's menu, their heights."""

import math

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.losses.kinds.loss import Loss
from losslab.widgets.manifest import shape_of
from losslab.widgets.parts import assets
from losslab.widgets.parts.checks import as_column, check_range
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import DETAILS, choice, footer, sliders, stacked, text
from losslab.widgets.parts.shared import SHARED

POINTS = 71  # of the picture
RULES, TARGETS = SHARED["rules"], SHARED["targets"]


class OneLoss(Figure):
    """Base of the figures of one loss, for which the reader may take another of the same shape."""

    names = traitlets.List().tag(sync=True)  # of the outputs
    output = traitlets.Int().tag(sync=True)  # which of them is moved
    fixed = traitlets.List().tag(sync=True)  # parameters that say how many numbers there are

    def __init__(self, figure, loss, alt, arguments, presets=None):
        if not isinstance(loss, str | Loss):
            raise TypeError(
                f"loss must be a name or a loss such as ll.get('gaussian_nll'), got {shortened(loss)}"
            )
        super().__init__(figure, loss, alt, arguments, presets)

    def check_fits(self, loss):
        """Raise ValueError if another loss does not take the targets and predictions there are."""
        raise NotImplementedError

    def check_losses(self, losses):
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
            said.append(RULES["sum"])
        for vector in type(loss).vector_specs.values():
            numbers = loss.parameters[vector.name]
            many = len(numbers) > RULES["listed"]
            value = len(numbers) if many else ", ".join(f"{v:g}" for v in numbers)
            rule = RULES["many" if many else "numbers"]
            said.append(rule.format(name=vector.name.replace("_", " "), value=value))
        for name in self.fixed:
            said.append(RULES["number"].format(name=name, value=f"{loss.parameters[name]:g}"))
        return " ".join(said)

    def target_controls(self, m, labels=None):
        """Heights of the control of a target of m numbers, as row-target.js makes it.

        `labels` is what targets are called on their buttons, if not by their numbers.
        """
        buttons, y_sliders = target_controls(self.losses[0].target, m, self.names, labels)
        return stacked(*map(choice, buttons), sliders(y_sliders))

    def heights_of(self, panels, target, table):
        """What the figure takes: parts of its own, and what all figures of one loss have."""
        free = len(type(self.losses[0]).parameter_specs) - len(self.fixed)
        menu = "button" if self.menu() else None
        return stacked(
            panels, target, table, text(self.rules()), sliders(free), footer(menu), DETAILS
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
    ends = [TARGETS["end"], *TARGETS["happened"]]
    lines = {
        "class": [[TARGETS["y"], *labels] if labels else [TARGETS["class"], *numbers]],
        "level": [[TARGETS["level"], *numbers]],
        "{0,1}": [[TARGETS["y"], *(labels or ("0", "1"))]],
        "labels": [[TARGETS["labels"], *names]],
        "bounds": [[TARGETS["bounds"], *TARGETS["modes"]]],
        "lifetime": [[TARGETS["lifetime"], *TARGETS["happened"]]],
    }
    lines["range"] = lines["bounds"]
    lines["period"] = [[TARGETS["interval"], *numbers], ends]
    lines["period or later"] = lines["period"]
    return lines.get(kind, []), {"bounds": 2, "range": 2, "lifetime": 1}.get(
        kind, 0 if kind in lines else m
    )
