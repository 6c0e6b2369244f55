"""RowExplorer: one target and one row of predictions; one is moved, and all gradients answer."""

import math

import numpy as np
import traitlets

from losslab.engine.curves import row_curve
from losslab.losses.contract import Loss
from losslab.losses.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from losslab.widgets import assets
from losslab.widgets.fallback import Dots, Heights, Line, Panel, Scene, y_limits
from losslab.widgets.figure import Figure, as_column
from losslab.widgets.loss_explorer import check_range
from losslab.widgets.manifest import shape_of
from losslab.widgets.row_samples import moved, sample

POINTS = 71  # of the picture
# Colour and dash of the outputs, in turn: no two with the same of both.
LOOKS = [
    [("#0072B2", "#D55E00", "#009E73", "#CC79A7")[i % 4], dash]
    for i, dash in enumerate(
        ("solid", "dashed", "dashdot", "dotted", "longdash", "solid", "dashed")
    )
]
SUM_RULE = (
    "Predictions sum to 1: when one moves, the others shrink or grow in proportion. "
    "The gradients are the partial derivatives, each with the others held."
)
OPEN_ENDED = ("bounds", "range")  # targets that may end at infinity


def row_to_json(values, widget):
    """Numbers as JSON can say them: infinities as words, which both sides read as numbers."""
    return [v if math.isfinite(v) else str(v).replace("inf", "Infinity") for v in values]


def row_from_json(values, widget):
    return [float(v) for v in values]


class RowExplorer(Figure):
    """One row of predictions under one loss: move one and see what is asked of all.

    The left panel shows the loss as one output moves while the others are held, the right one its
    derivative with respect to every output. The reader drags the output along the axis, or puts
    another there, changes the target and the parameters. Predictions that must sum to 1 do so
    always: the others shrink and grow in proportion. The gradients are then still those of the
    package, with respect to each output alone.

    Parameters
    ----------
    loss : str or losslab.losses.Loss
        A loss of rows.
    y_true : float or sequence of float, optional
        The target of the row, as the loss takes it.
    y_pred : sequence of float, optional
        The row; its length decides how many outputs there are.
    output : int or str, optional
        The output on the axis at first, by position or name.
    x_range : (float, float), optional
        How far that output may be moved.
    alt : str, optional
        Description for readers who do not see the figure; the default tells value and gradient.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        The one loss that the reader has set up; assign one of the same shape to change the figure.
    y_true, y_pred : list of float
        Target and row as they are now.
    names : list of str
        What the outputs are called.

    Raises
    ------
    ValueError, TypeError
        A loss that is not rowwise; a target, row, output or range that is not legal for it.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.RowExplorer("softmax_cross_entropy", y_true=0, y_pred=(2.0, 1.0, 0.0))
    >>> figure.readings()["gradient"].round(3)
    array([-0.335,  0.245,  0.09 ])
    """

    kind = "rowwise"
    y_true = traitlets.List().tag(sync=True, to_json=row_to_json, from_json=row_from_json)
    y_pred = traitlets.List().tag(sync=True)
    output = traitlets.Int().tag(sync=True)
    ranges = traitlets.List().tag(sync=True)
    y_range = traitlets.List(None, allow_none=True).tag(sync=True)
    names = traitlets.List().tag(sync=True)
    looks = traitlets.List().tag(sync=True)
    fixed = traitlets.List().tag(sync=True)  # parameters that say how many numbers there are

    def __init__(
        self,
        loss="softmax_cross_entropy",
        y_true=None,
        y_pred=None,
        output=None,
        x_range=None,
        alt=None,
    ):
        if not isinstance(loss, str | Loss):
            raise TypeError(
                f"loss must be a name or a loss such as ll.get('gaussian_nll'), got {loss!r}"
            )
        super().__init__("row-explorer", loss, alt, (y_true, y_pred, output, x_range))

    def set_up(self, y_true, y_pred, output, x_range):
        loss = self.losses[0]
        row = None if y_pred is None else check_row("y_pred", y_pred)
        start = sample(loss, None if row is None else len(row))
        row = start.row if row is None else row
        y = start.y if y_true is None else check_row("y_true", np.atleast_1d(y_true))
        check_legal(loss, y, row)
        names = loss.output_names(len(row))
        chosen = start.output if output is None else check_output(output, names)
        ranges = start.ranges
        ranges[chosen] = check_range(ranges[chosen], x_range)
        if x_range is not None and not ranges[chosen][0] <= row[chosen] <= ranges[chosen][1]:
            raise ValueError(
                f"x_range must hold the prediction {row[chosen]:g}, got {tuple(ranges[chosen])}"
            )
        if self.sums and not 0.0 <= ranges[chosen][0] < ranges[chosen][1] <= 1.0:
            raise ValueError(f"x_range must lie in [0, 1], got {tuple(ranges[chosen])}")
        self.names, self.looks = names, [LOOKS[i % len(LOOKS)] for i in range(len(names))]
        self.ranges = [[min(a, v), max(b, v)] for (a, b), v in zip(ranges, row, strict=True)]
        self.y_range = widened(start.y_range, y)
        self.fixed = deciding(loss, len(row))
        self.y_true, self.y_pred, self.output = y, row, chosen

    # What may be assigned -------------------------------------------------------------------

    def _check_axis(self, losses):
        if len(losses) > 1:
            raise ValueError(f"losses must hold one loss, got {len(losses)}")
        if self.y_pred:
            before, now = (shape_of(type(each)) for each in (self.losses[0], losses[0]))
            if before != now:
                raise ValueError(
                    f"losses must keep the shape of rows {before!r}, got {losses[0].name!r} of "
                    f"shape {now!r}; make another figure"
                )
            check_legal(losses[0], self.y_true, self.y_pred)
            if (names := losses[0].output_names(len(self.y_pred))) != self.names:
                raise ValueError(f"losses must keep the outputs {self.names}, got {names}")

    @traitlets.validate("y_true", "y_pred")
    def _check_rows(self, proposal):
        name, given = proposal["trait"].name, check_row(proposal["trait"].name, proposal["value"])
        now = self.names and {"y_true": self.y_true, "y_pred": self.y_pred} | {name: given}
        if now and now["y_true"] and now["y_pred"]:
            if len(now["y_pred"]) != len(self.names):
                raise ValueError(f"y_pred must hold {len(self.names)} numbers, got {given}")
            check_legal(self.losses[0], now["y_true"], now["y_pred"])
            for value, (low, high) in zip(now["y_pred"], self.ranges, strict=True):
                if not (self.sums or low <= value <= high):
                    raise ValueError(f"y_pred must lie in the ranges {self.ranges}, got {given}")
        return given

    @traitlets.validate("output")
    def _check_output(self, proposal):
        return check_output(proposal["value"], self.names)

    # Numbers --------------------------------------------------------------------------------

    @property
    def sums(self):
        """Whether the predictions must sum to 1."""
        return type(self.losses[0]).prediction == "probabilities"

    def columns(self, x):
        """Value and gradient with the output on the axis at each of the places `x`.

        Parameters
        ----------
        x : array_like of shape (n,)

        Returns
        -------
        dict
            ``"value"`` of shape (n,) and ``"gradient"`` of shape (number of outputs, n).
        """
        rows = moved(self.y_pred, self.output, x, self.sums)
        y = np.tile(self.y_true, (len(rows), 1))
        single = ROW_TARGETS[self.losses[0].target].columns == 1
        value, gradient = row_curve(self.losses[0], y[:, 0] if single else y, rows)
        return {"value": value, "gradient": gradient.T}

    def readings(self):
        """What the figure tells of the row as it is.

        Returns
        -------
        dict
            ``"value"``: the loss, a float; ``"gradient"``: one number an output.
        """
        columns = self.columns([self.y_pred[self.output]])
        return {"value": float(columns["value"][0]), "gradient": columns["gradient"][:, 0]}

    # Pictures -------------------------------------------------------------------------------

    def _places(self):
        low, high = self.ranges[self.output]
        return low + (high - low) * np.arange(POINTS) / (POINTS - 1)

    def describe(self):
        told, name = self.readings(), self.names[self.output]
        low, high = self.ranges[self.output]
        target = ", ".join(f"{v:g}" for v in self.y_true)
        row = ", ".join(f"{n} {v:g}" for n, v in zip(self.names, self.y_pred, strict=True))
        parts = ", ".join(f"{n} {v:.3g}" for n, v in zip(self.names, told["gradient"], strict=True))
        x = self._places()
        values = self.columns(x)["value"]
        lowest = np.nanargmin(values) if np.isfinite(values).any() else 0
        held = "the others in proportion" if self.sums else "the others held"
        others = f", {held}" if len(self.names) > 1 else ""
        return (
            f"Line charts of the {self.losses[0].title} of one row, and of its gradient, over "
            f"{name} from {low:g} to {high:g}{others}; target {target}. At {row}: value "
            f"{told['value']:.4g}, gradient {parts}. The value is lowest, {values[lowest]:.3g}, at "
            f"{name} {x[lowest]:.3g}."
        )

    def scene(self):
        x, loss = self._places(), self.losses[0]
        columns, told = self.columns(x), self.readings()
        at, gradients = self.y_pred[self.output], columns["gradient"]
        x_label = f"prediction ŷ: {self.names[self.output]}"
        value = Panel(
            title=loss.title,
            x_label=x_label,
            lines=[Line(x, columns["value"], loss.title, *loss.style)],
            dots=Dots(np.array([at]), np.array([told["value"]])),
        )
        gradient = Panel(
            title="Gradient",
            x_label=x_label,
            lines=[
                Line(x, y, name, *look)
                for y, name, look in zip(gradients, self.names, self.looks, strict=True)
            ],
            y_limits=y_limits([gradients.ravel()]),  # parts of one thing: none flattens another
            dots=Dots(np.full(len(gradients), at), told["gradient"]),
        )
        for panel in (value, gradient):
            bottom, top = panel.limits()[1]
            seen = (panel.dots.y >= bottom) & (panel.dots.y <= top)
            panel.dots = Dots(panel.dots.x[seen], panel.dots.y[seen])
        return Scene([value, gradient])

    def rules(self):
        """What the figure holds or keeps true, as frontend/src/row-explorer.js says it."""
        loss, said = self.losses[0], []
        if self.sums:
            said.append(SUM_RULE)
        vector = type(loss).vector_spec
        if vector is not None:
            numbers, name = loss.parameters[vector.name], vector.name.replace("_", " ")
            few = ", ".join(f"{v:g}" for v in numbers)
            if len(numbers) > 6:
                said.append(f"The {name} is fixed at its {len(numbers)} numbers.")
            else:
                said.append(f"The {name} are fixed at {few}.")
        said += [f"The {name} is fixed at {loss.parameters[name]:g}." for name in self.fixed]
        return " ".join(said)

    def heights(self):
        loss, k = self.losses[0], len(self.names)
        shape, rules = shape_of(type(loss)), self.rules()
        sliders = len(type(loss).parameter_specs) - len(self.fixed)
        buttons, y_sliders = target_controls(loss.target, len(self.y_true), self.names)
        menu = any(
            entry.get("shape") == shape and "vector" not in entry and entry["name"] != loss.name
            for entry in assets.losses()
        )
        rows = 38 + 45 * k + 38 * shape.endswith("/numbers/class")

        def total(panels, letters, line):
            height = panels + rows + 91
            if rules:
                height += 8 + 17 * -(-len(rules) // letters)
            lines = sum(wrapped(each, letters) for each in buttons)
            height += 4 * len(buttons) + 40 * lines
            return height + sum(12 + line(n) for n in (sliders, y_sliders) if n), lines

        wide, wide_lines = total(274, 110, lambda n: 44 * -(-n // 2))
        narrow, narrow_lines = total(448, 51, lambda n: 66 * n)
        return Heights(
            wide, narrow + 44 * menu, 17 + 12 * wide_lines, 17 + 8 * menu + 12 * narrow_lines
        )


def check_row(name, values):
    """Numbers in one dimension as a list; infinity is for targets to say."""
    row = as_column(name, values)
    if not row.size or np.isnan(row).any() or (name == "y_pred" and np.isinf(row).any()):
        raise ValueError(f"{name} must hold finite numbers, got {row.tolist()}")
    return row.tolist()


def check_output(output, names):
    """The position of an output."""
    if output in names:
        return names.index(output)
    if isinstance(output, bool) or output not in range(len(names)):
        raise ValueError(f"output must be one of {names} or their position, got {output!r}")
    return int(output)


def check_legal(loss, y, row):
    """Raise ValueError if target and row are not what the loss takes."""
    single = ROW_TARGETS[loss.target].columns == 1
    if single and len(y) != 1:
        raise ValueError(f"y_true must be {ROW_TARGETS[loss.target].legal}, got {y}")
    _, _, m, k = loss._prepare(np.array(y if single else [y]), np.array([row]))
    target, prediction = ROW_TARGETS[loss.target], ROW_PREDICTIONS[loss.prediction]
    if not target.is_legal(np.array(y), m, k):
        raise ValueError(f"y_true must be {target.legal} for {loss.name}, got {y}")
    if loss.target not in OPEN_ENDED and not np.isfinite(y).all():
        raise ValueError(f"y_true must hold finite numbers, got {y}")
    if not prediction.is_legal(np.array(row), k):
        raise ValueError(f"y_pred must be {prediction.legal} for {loss.name}, got {row}")


def widened(limits, values):
    """Limits that hold all finite values too."""
    finite = [v for v in values if math.isfinite(v)]
    return limits and [min([limits[0], *finite]), max([limits[1], *finite])]


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


def target_controls(kind, m, names):
    """The words on lines of buttons, and how many sliders, that row-target.js makes."""
    labels = [str(j) for j in range(len(names) + (kind == "level"))]
    lines = {
        "class": [["Target y: class", *labels]],
        "level": [["Target y: level", *labels]],
        "{0,1}": [["Target y", "0", "1"]],
        "labels": [["Right (y = 1)", *names]],
        "bounds": [["Target y is", "known", "between", "more than", "less than"]],
        "lifetime": [["At that time", "no event yet", "event"]],
    }
    lines["range"] = lines["bounds"]
    lines["period"] = [["Interval y", *labels], ["By its end", "no event yet", "event"]]
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
