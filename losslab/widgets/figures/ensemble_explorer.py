"""EnsembleExplorer: members of a forecast and an outcome in a plane, and where a loss pushes members."""

import types

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.losses.kinds.curves import row_curve
from losslab.widgets.parts.checks import as_column, join, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.heights import NOTHING, VERDICT, beside, plots, stacked, table
from losslab.widgets.parts.one_loss import OneLoss, deciding

FEWEST, MOST = 2, 8  # members
MEMBERS = ((-1.2, -0.6), (-0.4, 1.0), (0.7, -0.4), (1.3, 1.4), (2.1, 0.3))
OUTCOME = (1.0, -1.4)
REACH = 3.0  # of the plane, at least
PLACES = 61  # of the curve of the picture
LONGEST = 0.35  # arrow of the picture, as a part of the plane

# Situations for the members above: what the score is about.
SITUATIONS = types.MappingProxyType(
    {
        "Beside the outcome": {"y_pred": [v for point in MEMBERS for v in point]},
        "Around the outcome": {"y_pred": [0.0, -1.8, 0.5, -0.5, 1.2, -2.3, 1.7, -1.6, 1.5, -0.7]},
        "All in one place": {"y_pred": [1.2, 0.6] * 5},
    }
)


def is_of_planes(loss):
    """Whether a loss judges an ensemble of points of a plane."""
    words = getattr(type(loss), "output_word", ""), loss.parameters.get("dimension")
    return words == ("member of vectors", 2.0)


class EnsembleExplorer(OneLoss):
    """An ensemble forecast of two numbers: points in a plane, and the outcome to drag them around.

    Each member has an arrow that shows its push, minus the gradient of the loss; the outcome is a
    square. Thin lines lead from the members to the outcome, dotted ones join the members. Under
    the energy score the readout splits the loss into the two: the mean distance to the outcome,
    minus half the mean distance of members from each other, themselves included.

    Parameters
    ----------
    loss : str or losslab.losses.Loss
        A loss of an ensemble of vectors, with dimension 2.
    members : array_like of shape (m, 2), optional
        2 to 8 members at first.
    outcome : (float, float), optional
        Where the outcome is at first.
    alt : str, optional
        Description for readers who do not see the figure; the default tells places and pushes.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        The one loss that the reader has set up; assign one of the same shape to change the figure.
    y_true, y_pred : list of float
        Outcome and members as they are now, as the loss takes them.

    Raises
    ------
    ValueError, TypeError
        A loss of something else; members or an outcome that are not a few finite pairs.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.EnsembleExplorer(members=[[0, 0], [3, 4]], outcome=[0, 0])
    >>> figure.readings()["value"]
    1.25
    """

    kinds = ("rowwise",)
    y_true = traitlets.List().tag(sync=True)
    y_pred = traitlets.List().tag(sync=True)
    reach = traitlets.Float().tag(sync=True)
    settable = ("losses", "y_true", "y_pred")

    def __init__(
        self, loss="energy_score", members=MEMBERS, outcome=OUTCOME, alt=None, presets=None
    ):
        super().__init__("ensemble-explorer", loss, alt, (members, outcome), presets)

    def set_up(self, members, outcome):
        try:
            rows = np.asarray(members, dtype=float)
        except (TypeError, ValueError):
            raise TypeError(f"members must hold pairs, got {shortened(members)}") from None
        if rows.ndim != 2 or rows.shape[1] != 2:
            raise ValueError(f"members must have shape (m, 2), got {rows.shape}")
        if not FEWEST <= len(rows) <= MOST:
            raise ValueError(f"members must be {FEWEST} to {MOST} points, got {len(rows)}")
        largest = np.abs([*rows.ravel(), *as_column("outcome", outcome)]).max()
        self.reach = max(REACH, float(np.ceil(1.15 * largest)) if np.isfinite(largest) else REACH)
        self.fixed = deciding(self.losses[0], rows.size)
        self.names = self.losses[0].output_names(rows.size)
        self.y_true, self.y_pred = as_column("outcome", outcome).tolist(), rows.ravel().tolist()

    def check_losses(self, losses):
        super().check_losses(losses)
        if not is_of_planes(losses[0]):
            raise ValueError(
                f"loss must judge an ensemble of vectors of dimension 2, but {losses[0].name!r} "
                "does not"
            )

    def check_fits(self, loss):
        """All losses of one shape and dimension take the points."""

    @traitlets.validate("y_true", "y_pred")
    def _check_points(self, proposal):
        name = proposal["trait"].name
        numbers = as_column(name, proposal["value"])
        require_finite(name, numbers)
        count = 2 if name == "y_true" else len(self.names)
        if numbers.size != count:
            raise ValueError(f"{name} must hold {count} numbers, got {numbers.tolist()}")
        if np.abs(numbers).max() > self.reach:
            raise ValueError(f"{name} must lie within {self.reach:g}, got {numbers.tolist()}")
        return numbers.tolist()

    @property
    def _letters(self):
        return [chr(65 + i) for i in range(len(self.y_pred) // 2)]

    def readings(self):
        """What the figure tells of the points as they are.

        Returns
        -------
        dict
            ``"value"``: the loss, a float; ``"gradient"``: of shape (number of members, 2).
        """
        value, gradient = row_curve(self.losses[0], [self.y_true], [self.y_pred])
        return {"value": float(value[0]), "gradient": gradient.reshape(-1, 2)}

    def describe(self):
        told = self.readings()
        places = zip(
            self._letters, np.reshape(self.y_pred, (-1, 2)), -told["gradient"], strict=True
        )
        members = join(
            f"{a} at ({x:g}, {y:g}), pushed by ({u:.3g}, {v:.3g})" for a, (x, y), (u, v) in places
        )
        x, y = self.y_true
        return (
            f"Plane with the {len(self._letters)} members of an ensemble forecast of two numbers and "
            f"the outcome at ({x:g}, {y:g}), under the {self.losses[0].title}: {members}. Value "
            f"{told['value']:.4g}."
        )

    def scene(self):
        points, push = np.reshape(self.y_pred, (-1, 2)), -self.readings()["gradient"]
        loss = self.losses[0]
        unit = LONGEST * self.reach / (np.hypot(*push.T).max() or 1.0)
        ways = [Line(*np.transpose([p, self.y_true]), "", "#808080", "solid") for p in points]
        arrows = [
            Line(*np.transpose([p, p + unit * d]), "", loss.style[0], "solid")
            for p, d in zip(points, push, strict=True)
        ]
        for line in (*ways, *arrows):
            line.joined = True
        names = [(*p, letter) for p, letter in zip(points, self._letters, strict=True)]
        dots = np.vstack((points, self.y_true))
        ends = (-self.reach, self.reach)
        x = np.linspace(*ends, PLACES)
        outcomes = np.column_stack((x, np.full(PLACES, self.y_true[1])))
        along = row_curve(loss, outcomes, np.tile(self.y_pred, (PLACES, 1)))[0]
        value = Panel(
            title=f"{loss.title}, if the outcome moves",
            x_label="y₁ of the outcome",
            lines=[Line(x, along, loss.title, *loss.style)],
        )
        plane = Panel(
            title="Members and outcome",
            x_label="y₁",
            lines=[*ways, *arrows],
            x_limits=ends,
            y_limits=ends,
            dots=Dots(*dots.T, hollow=np.arange(len(dots)) == len(points)),
            names=[*names, (*self.y_true, "outcome")],
        )
        return Scene([value, plane], legend=False)

    def heights(self):
        told = stacked(table(len(self._letters) + 1, touch=6), VERDICT)
        return self.heights_of(beside(plots("plane"), told), NOTHING, NOTHING)
