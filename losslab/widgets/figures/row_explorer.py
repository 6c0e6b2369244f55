"""RowExplorer: one target and one row of predictions; one is moved, and all gradients answer."""

import numpy as np
import traitlets

from losslab.losses.kinds.curves import row_curve
from losslab.losses.kinds.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from losslab.widgets.manifest import shape_of
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene, y_limits
from losslab.widgets.parts.heights import plots, table
from losslab.widgets.parts.one_loss import (
    OneLoss,
    check_position,
    check_row,
    deciding,
    reach,
    row_from_json,
    row_to_json,
    widened,
)
from losslab.widgets.parts.row_samples import moved, sample

# Colour and dash of the outputs, in turn: no two with the same of both.
LOOKS = [
    [("#0072B2", "#D55E00", "#009E73", "#CC79A7")[i % 4], dash]
    for i, dash in enumerate(
        ("solid", "dashed", "dashdot", "dotted", "longdash", "solid", "dashed")
    )
]
OPEN_ENDED = ("bounds", "range")  # targets that may end at infinity


class RowExplorer(OneLoss):
    """One row of predictions under one loss: move one and see what is asked of all.

    The first panel shows the loss as one output moves while the others are held, the second its
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
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

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

    kinds = ("rowwise",)
    y_true = traitlets.List().tag(sync=True, to_json=row_to_json, from_json=row_from_json)
    y_pred = traitlets.List().tag(sync=True)
    ranges = traitlets.List().tag(sync=True)
    y_range = traitlets.List(None, allow_none=True).tag(sync=True)
    looks = traitlets.List().tag(sync=True)
    settable = ("losses", "y_true", "y_pred", "output")

    def __init__(
        self,
        loss="softmax_cross_entropy",
        y_true=None,
        y_pred=None,
        output=None,
        x_range=None,
        alt=None,
        presets=None,
    ):
        super().__init__("row-explorer", loss, alt, (y_true, y_pred, output, x_range), presets)

    def set_up(self, y_true, y_pred, output, x_range):
        loss = self.losses[0]
        row = None if y_pred is None else check_row("y_pred", y_pred)
        start = sample(loss, None if row is None else len(row))
        row = start.row if row is None else row
        y = start.y if y_true is None else check_row("y_true", np.atleast_1d(y_true))
        check_legal(loss, y, row)
        names = loss.output_names(len(row))
        chosen = start.output if output is None else check_position("output", output, names)
        self.names, self.looks = names, [LOOKS[i % len(LOOKS)] for i in range(len(names))]
        self.ranges = [
            reach(limits, x_range if j == chosen else None, [v], self.sums)
            for j, (limits, v) in enumerate(zip(start.ranges, row, strict=True))
        ]
        self.y_range = widened(start.y_range, y)
        self.fixed = deciding(loss, len(row))
        self.y_true, self.y_pred, self.output = y, row, chosen

    # What may be assigned -------------------------------------------------------------------

    def check_fits(self, loss):
        check_legal(loss, self.y_true, self.y_pred)

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

    # Numbers --------------------------------------------------------------------------------

    def axis(self):
        return self.ranges[self.output]

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

    def describe(self):
        told, name = self.readings(), self.names[self.output]
        low, high = self.axis()
        target = ", ".join(f"{v:g}" for v in self.y_true)
        row = ", ".join(f"{n} {v:g}" for n, v in zip(self.names, self.y_pred, strict=True))
        parts = ", ".join(f"{n} {v:.3g}" for n, v in zip(self.names, told["gradient"], strict=True))
        least, at = self.lowest()
        held = "the others in proportion" if self.sums else "the others held"
        others = f", {held}" if len(self.names) > 1 else ""
        return (
            f"Line charts of the {self.losses[0].title} of one row, and of its gradient, over "
            f"{name} from {low:g} to {high:g}{others}; target {target}. At {row}: value "
            f"{told['value']:.4g}, gradient {parts}. The value is lowest, {least:.3g}, at "
            f"{name} {at:.3g}."
        )

    def scene(self):
        x, loss = self.places(), self.losses[0]
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

    def heights(self):
        adds = shape_of(type(self.losses[0])).endswith("/numbers/class")
        outputs = table(len(self.names), row=45, foot=adds, touch=0)
        return self.heights_of(
            plots("beside", 2, 2), self.target_controls(len(self.y_true)), outputs
        )


def check_legal(loss, y, row):
    """Raise ValueError if target and row are not what the loss takes."""
    single = ROW_TARGETS[loss.target].columns == 1
    if single and len(y) != 1:
        raise ValueError(f"y_true must be {ROW_TARGETS[loss.target].legal}, got {y}")
    _, _, m, k = loss.shaped(np.array(y if single else [y]), np.array([row]))
    target, prediction = ROW_TARGETS[loss.target], ROW_PREDICTIONS[loss.prediction]
    if not target.is_legal(np.array(y), m, k):
        raise ValueError(f"y_true must be {target.legal} for {loss.name}, got {y}")
    if loss.target not in OPEN_ENDED and not np.isfinite(y).all():
        raise ValueError(f"y_true must hold finite numbers, got {y}")
    if not prediction.is_legal(np.array(row), k):
        raise ValueError(f"y_pred must be {prediction.legal} for {loss.name}, got {row}")
