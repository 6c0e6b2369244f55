"""BatchExplorer: samples of one batch; one prediction is moved, and all samples are pushed anew."""

import numpy as np
import traitlets

from losslab.contract.inputs import as_float_array
from losslab.contract.messages import shortened
from losslab.losses.kinds.curves import batch_curve
from losslab.losses.kinds.row_domains import ROW_TARGETS
from losslab.widgets.figures.batch_samples import batch
from losslab.widgets.parts.checks import join
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.heights import (
    CAPTION,
    TITLE,
    Heights,
    beside,
    choice,
    plots,
    stacked,
    table,
)
from losslab.widgets.parts.one_loss import (
    OneLoss,
    check_position,
    deciding,
    reach,
    row_from_json,
    row_to_json,
    widened,
)
from losslab.widgets.parts.row_samples import moved
from losslab.widgets.parts.shared import SHARED

FEWEST, MOST = 2, 12  # samples
LONGEST = 0.35  # arrow of the picture, as a part of the axis
RULE = SHARED["rules"]["batch"]


def rows_to_json(values, widget):
    """The numbers of each sample as a list, also where there is only one."""
    return [row_to_json(np.atleast_1d(v).tolist(), widget) for v in values]


def targets_from_json(rows, widget):
    rows = [row_from_json(row, widget) for row in rows]
    single = ROW_TARGETS[widget.losses[0].target].columns == 1
    return [row[0] for row in rows] if single else rows


def predictions_from_json(rows, widget):
    rows = [row_from_json(row, widget) for row in rows]
    return [row[0] for row in rows] if widget.losses[0].outputs == "number" else rows


class BatchExplorer(OneLoss):
    """One batch under a loss of whole batches: move one prediction and see all samples pushed.

    Each sample has a lane with a dot at its prediction and an arrow that shows its push, minus the
    gradient of the loss. The second panel shows the loss as the chosen sample's prediction moves
    while the others are held. The reader drags dots, chooses a sample, changes its target and the
    parameters. Where a prediction has several outputs, such as a logit for each level, lanes,
    arrows and table show one of them at a time, and buttons choose which; gradients are those of
    that output. A target that leaves a batch without a value is refused.

    Parameters
    ----------
    loss : str or losslab.losses.Loss
        A loss of a whole batch.
    y_true : array_like of shape (n,), (n, k) or (n, m), optional
        Targets of 2 to 12 samples, as the loss takes them.
    y_pred : array_like of shape (n,) or (n, k), optional
        Their predictions.
    selected : int or str, optional
        The sample that is chosen at first, by position or letter.
    output : int or str, optional
        The output in the lanes at first, by position or name.
    x_range : (float, float), optional
        How far predictions may be moved.
    unit : str, optional
        Unit of targets that are times or other numbers, to be written behind them.
    alt : str, optional
        Description for readers who do not see the figure; the default tells value and gradient.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        The one loss that the reader has set up; assign one of the same shape to change the figure.
    y_true, y_pred : list
        Targets and predictions as they are now, in the shapes in which the loss takes them.
    selected, output : int
        Positions of the chosen sample and output.
    letters, names : list of str
        What samples and outputs are called.

    Raises
    ------
    ValueError, TypeError
        A loss that is not batchwise; targets, predictions or a range that are not legal for it.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> times = [[1, 1], [2, 0], [3, 1]]  # the one in the middle was censored
    >>> figure = ll.widgets.BatchExplorer("cox", y_true=times, y_pred=[0.0, 0.0, 0.0])
    >>> figure.readings()["gradient"].round(3)
    array([-0.222,  0.111,  0.111])
    """

    kinds = ("batchwise",)
    y_true = traitlets.List().tag(sync=True, to_json=rows_to_json, from_json=targets_from_json)
    y_pred = traitlets.List().tag(sync=True, to_json=rows_to_json, from_json=predictions_from_json)
    selected = traitlets.Int().tag(sync=True)
    x_range = traitlets.List().tag(sync=True)
    y_range = traitlets.List(None, allow_none=True).tag(sync=True)
    letters = traitlets.List().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    settable = ("losses", "y_true", "y_pred", "selected", "output")

    def __init__(
        self,
        loss="cox",
        y_true=None,
        y_pred=None,
        selected=None,
        output=None,
        x_range=None,
        unit="",
        alt=None,
        presets=None,
    ):
        given = (y_true, y_pred, selected, output, x_range, unit)
        super().__init__("batch-explorer", loss, alt, given, presets)

    def set_up(self, y_true, y_pred, selected, output, x_range, unit):
        loss = self.losses[0]
        if not isinstance(unit, str):
            raise TypeError(f"unit must be a string, got {shortened(unit)}")
        self.unit = unit
        name, given = ("y_true", y_true) if y_pred is None else ("y_pred", y_pred)
        shape = () if given is None else as_float_array(name, given).shape
        columns = shape[1] if len(shape) > 1 and name == "y_pred" else None
        start = batch(loss, shape[0] if shape else None, columns)
        if y_true is None and start.y is None:
            raise ValueError(f"y_true must be given: {loss.name} takes none that was drawn for it")
        y, f = check_batch(
            loss, start.y if y_true is None else y_true, start.f if y_pred is None else y_pred
        )
        rows = np.reshape(f, (len(f), -1))
        n, k = rows.shape
        letters, names = [chr(65 + i) for i in range(n)], loss.output_names(k)
        chosen = start.selected if selected is None else selected
        shown = start.output if output is None else output
        chosen = check_position("selected", chosen, letters)
        shown = check_position("output", shown, names)
        self.x_range = reach(start.x_range, x_range, rows.ravel(), self.sums)
        self.y_range = start.y_range and widened(start.y_range, np.ravel(y))
        self.letters, self.names = letters, names
        self.fixed = deciding(loss, k)
        self.y_true, self.y_pred = y, f
        self.selected, self.output = chosen, shown

    # What may be assigned -------------------------------------------------------------------

    def check_fits(self, loss):
        check_batch(loss, self.y_true, self.y_pred)

    @traitlets.validate("y_true", "y_pred")
    def _check_batch(self, proposal):
        name = proposal["trait"].name
        now = {"y_true": self.y_true, "y_pred": self.y_pred} | {name: proposal["value"]}
        if not (now["y_true"] and now["y_pred"]):
            return proposal["value"]
        y, f = check_batch(self.losses[0], **now)
        shape = (len(self.letters), len(self.names))
        if np.reshape(f, (len(f), -1)).shape != shape:
            raise ValueError(
                f"y_pred must keep its {shape[0]} samples of {shape[1]} numbers, got {f}"
            )
        low, high = self.x_range
        if not (self.sums or all(low <= v <= high for v in np.ravel(f))):
            raise ValueError(f"y_pred must lie in the range {(low, high)}, got {f}")
        return y if name == "y_true" else f

    @traitlets.validate("selected")
    def _check_selected(self, proposal):
        return check_position("selected", proposal["value"], self.letters)

    # Numbers --------------------------------------------------------------------------------

    def axis(self):
        return self.x_range

    def columns(self, x):
        """Value and gradient with the chosen prediction at each of the places `x`.

        Parameters
        ----------
        x : array_like of shape (number of places,)

        Returns
        -------
        dict
            ``"value"``: one number a place; ``"gradient"``: for each place one of the shape of
            `y_pred`.
        """
        f = np.array(self.y_pred, dtype=float)
        rows = np.tile(f.reshape(len(f), -1), (len(x), 1, 1))
        rows[:, self.selected] = moved(rows[0, self.selected], self.output, x, self.sums)
        value, gradient = batch_curve(self.losses[0], self.y_true, rows.reshape((len(x), *f.shape)))
        return {"value": value, "gradient": gradient}

    def readings(self):
        """What the figure tells of the batch as it is.

        Returns
        -------
        dict
            ``"value"``: the loss, a float; ``"gradient"``: an array of the shape of `y_pred`.
        """
        value, gradient = batch_curve(self.losses[0], self.y_true, [self.y_pred])
        return {"value": float(value[0]), "gradient": gradient[0]}

    def _shown(self, values):
        """Of each sample the number that belongs to the output in the lanes."""
        return np.reshape(values, (len(self.letters), -1))[:, self.output]

    # Pictures -------------------------------------------------------------------------------

    def targets(self):
        """The targets in words, as frontend/src/parts/lanes.js says them."""
        loss = self.losses[0]

        def said(y):
            if y in type(loss).target_words:
                return type(loss).target_words[y]
            if loss.target == "class" and len(self.names) > 1:
                return self.names[int(y)]
            if loss.target == "lifetime":
                ended = SHARED["targets"]["lane"][int(y[1])]
                return f"t = {y[0]:g} {self.unit}".rstrip() + f", {ended}"
            return f"y = {join_numbers(y)} {self.unit}".rstrip()

        return [said(tuple(y) if isinstance(y, list) else y) for y in self.y_true]

    def _where(self):
        several = len(self.names) > 1
        return f"prediction ŷ: {self.names[self.output]}" if several else "prediction ŷ"

    def describe(self):
        told, letter = self.readings(), self.letters[self.selected]
        low, high = self.x_range
        samples = zip(
            self.letters,
            self.targets(),
            self._shown(self.y_pred),
            self._shown(told["gradient"]),
            strict=True,
        )
        lanes = join(f"{a} ({y}) at {f:g}, gradient {g:.3g}" for a, y, f, g in samples)
        least, at = self.lowest()
        return (
            f"Lanes of {len(self.letters)} samples with a dot at each {self._where()} and an arrow "
            f"against its gradient, and a line chart of the {self.losses[0].title} over that of "
            f"{letter} from {low:g} to {high:g}, the others held. {lanes}. Value "
            f"{told['value']:.4g}; it is lowest, {least:.3g}, with {letter} at {at:.3g}."
        )

    def scene(self):
        loss, told, x = self.losses[0], self.readings(), self.places()
        low, high = self.x_range
        at, push = self._shown(self.y_pred), -self._shown(told["gradient"])
        n = len(at)
        heights = n - 1.0 - np.arange(n)  # the first sample on top
        strongest = max(np.abs(push[np.isfinite(push)]), default=0.0) or 1.0
        ends = at + LONGEST * (high - low) * push / strongest
        lanes = Panel(
            title="Batch: push −∂ℓ/∂ŷ",
            x_label=self._where(),
            lines=[
                arrow(*each, 0.025 * (high - low), loss.style[0])
                for each in zip(at, ends, heights, strict=True)
            ],
            x_limits=(low, high),
            y_limits=(-0.5, n - 0.5),
            dots=Dots(at, heights),
            lanes=[
                f"{letter} {words}".replace(", ", "\n")
                for letter, words in zip(self.letters, self.targets(), strict=True)
            ][::-1],
        )
        curve = Panel(
            title="Value",
            x_label=f"{self._where()} of {self.letters[self.selected]}",
            lines=[Line(x, self.columns(x)["value"], loss.title, *loss.style)],
            dots=Dots(at[[self.selected]], np.array([told["value"]])),
        )
        return Scene([lanes, curve], legend=False)

    def rules(self):
        return f"{RULE} {super().rules()}".strip()

    def heights(self):
        n, k, size = len(self.letters), len(self.names), SHARED["plots"]["lanes"]
        lanes = TITLE + size["around"] + size["each"] * n
        panels = beside(Heights(lanes, lanes), plots("beside")._replace(wide=lanes))
        words = type(self.losses[0]).target_words
        labels = {"class": self.names if k > 1 else None, "{0,1}": list(words.values())}
        target = self.target_controls(np.size(self.y_true[0]), labels.get(self.losses[0].target))
        outputs = [choice(["Output", *self.names])] if k > 1 else []
        return self.heights_of(stacked(panels, *outputs), stacked(CAPTION, target), table(n))


def arrow(start, end, height, head, colour):
    """A line with a head, from one place to another in a lane."""
    head = np.sign(end - start) * min(head, abs(end - start))
    x = [start, end, end - head, end, end - head]
    y = height + np.array([0.0, 0.0, -0.14, 0.0, 0.14])
    return Line(np.array(x), y, "", colour, "solid", joined=True)


def join_numbers(y):
    """`3`, or `(1, 0)`."""
    inside = ", ".join(f"{v:g}" for v in np.atleast_1d(y))
    return f"({inside})" if np.ndim(y) else inside


def check_batch(loss, y_true, y_pred):
    """Targets and predictions as lists, or ValueError if they are not what the loss takes."""
    y, f, _, _ = loss.shaped(y_true, y_pred)
    for name, values, bad in (("y_true", y, np.isnan(y)), ("y_pred", f, ~np.isfinite(f))):
        if bad.any():
            raise ValueError(f"{name} must hold finite numbers, got {values.tolist()}")
    if not FEWEST <= len(f) <= MOST:
        raise ValueError(f"y_pred must hold {FEWEST} to {MOST} samples, got {len(f)}")
    loss.value(y, f)
    return y.astype(float).tolist(), f.astype(float).tolist()
