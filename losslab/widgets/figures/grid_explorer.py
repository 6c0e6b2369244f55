"""GridExplorer: a table of results over several settings, cut along any of them."""

from collections.abc import Mapping

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.widgets.parts.fallback import Line, Panel, Scene
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import (
    DETAILS,
    NOTHING,
    choice,
    footer,
    plots,
    sliders,
    stacked,
    table,
)
from losslab.widgets.parts.shared import SHARED

MOST_LINES, MOST_AXES, MOST_PLACES = 5, 3, 12
LONGEST = SHARED["grid"]["longest"]


class GridExplorer(Figure):
    """Results of an experiment over a grid of settings: one line a loss, cut along one setting.

    The chapter's own code has computed the table; the figure only cuts it. The reader chooses along
    which setting the lines run and moves the others by sliders; a handle reads the lines at one
    place. Bands reach one standard error to either side. The vertical axis holds the whole table, so
    cuts can be compared.

    Parameters
    ----------
    losses : list of str or losslab.losses.Loss
        One line each, 1 to 5.
    settings : dict of str to sequence
        1 to 3 settings by name, each with the 2 to 12 values that it has; numbers or words.
    values : array_like of shape (losses, values of the first setting, of the second, ...)
        What came out.
    errors : array_like of that shape, optional
        Standard errors of it.
    along : str, optional
        The setting that the lines run along at first; the last one if not given.
    at : dict of str to object, optional
        Values of settings at first; the first of each if not given.
    names : list of str, optional
        What the lines are called, in up to 18 letters; the titles of the losses if not given.
    result : str, optional
        What came out, with its unit.
    alt : str, optional
        Description for readers who do not see the figure; the default tells the cut.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets:
        ``along``, and ``place``, the positions of all settings.

    Attributes
    ----------
    along, place
        As the reader has set them.

    Raises
    ------
    ValueError, TypeError
        A table that is not finite or of another shape, a setting or a value that there is not.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.GridExplorer(
    ...     ["huber", "cauchy"], {"noise": [0, 1], "ridge": [0.1, 1.0]}, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    ... )
    >>> figure.place = [1, 0]
    >>> figure.readings()["values"]
    array([3., 7.])
    """

    kinds = ("pointwise", "rowwise", "batchwise")
    settings = traitlets.List().tag(sync=True)  # names and values, as words
    values = traitlets.List().tag(sync=True)  # row by row
    errors = traitlets.List().tag(sync=True)
    names = traitlets.List().tag(sync=True)
    result = traitlets.Unicode().tag(sync=True)
    along = traitlets.Unicode().tag(sync=True)
    place = traitlets.List().tag(sync=True)
    settable = ("along", "place")

    def __init__(
        self,
        losses,
        settings,
        values,
        errors=None,
        along=None,
        at=None,
        names=None,
        result="result",
        alt=None,
        presets=None,
    ):
        arguments = (settings, values, errors, along, at, names, result)
        super().__init__("grid-explorer", losses, alt, arguments, presets)

    def set_up(self, settings, values, errors, along, at, names, result):
        if not isinstance(result, str):
            raise TypeError(f"result must be a string, got {shortened(result)}")
        self.result = result
        self.settings = check_settings(settings)
        self.names = self._check_names(names)
        shape = (len(self.losses), *(len(words) for _, words in self.settings))
        self.values = check_table("values", values, shape)
        self.errors = [] if errors is None else check_table("errors", errors, shape)
        self.along = self.settings[-1][0] if along is None else along
        at = {} if at is None else dict(at)
        if unknown := [name for name in at if name not in self._settings]:
            raise ValueError(f"at must name some of {self._settings}, got {unknown[0]!r}")
        place = []
        for name, words in self.settings:
            word = word_of(at.get(name, words[0]))
            if word not in words:
                raise ValueError(f"at[{name!r}] must be one of {words}, got {word!r}")
            place.append(words.index(word))
        self.place = place

    def check_losses(self, losses):
        if len(losses) > MOST_LINES:
            raise ValueError(f"losses must be at most {MOST_LINES}, got {len(losses)}")

    def _check_names(self, names):
        if names is None:
            return [loss.title[:LONGEST] for loss in self.losses]
        names = [*names]
        if len(names) != len(self.losses):
            raise ValueError(f"names must be {len(self.losses)}, one a loss, got {len(names)}")
        for name in names:
            if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
                raise ValueError(f"names must have 1 to {LONGEST} letters, got {shortened(name)}")
        return names

    @traitlets.validate("along")
    def _check_along(self, proposal):
        if proposal["value"] not in self._settings:
            raise ValueError(f"along must be one of {self._settings}, got {proposal['value']!r}")
        return proposal["value"]

    @traitlets.validate("place")
    def _check_place(self, proposal):
        place = [*proposal["value"]]
        sizes = [len(words) for _, words in self.settings]
        if len(place) != len(sizes):
            raise ValueError(f"place must hold {len(sizes)} positions, got {len(place)}")
        for (name, _), i, size in zip(self.settings, place, sizes, strict=True):
            if isinstance(i, bool) or i not in range(size):
                raise ValueError(
                    f"place of {name!r} must be in 0 to {size - 1}, got {shortened(i)}"
                )
        return [int(i) for i in place]

    @property
    def _settings(self):
        return [name for name, _ in self.settings]

    # Numbers -------------------------------------------------------------------------------

    def _table(self, flat):
        return np.reshape(flat, (len(self.losses), *(len(words) for _, words in self.settings)))

    def cut(self):
        """The lines as they are drawn.

        Returns
        -------
        dict of ndarray of shape (losses, values of the setting along)
            ``"values"`` and, if there are any, ``"errors"``.
        """
        k = self._settings.index(self.along)
        at = (slice(None), *(slice(None) if i == k else j for i, j in enumerate(self.place)))
        found = {"values": self._table(self.values)[at]}
        return found | ({"errors": self._table(self.errors)[at]} if self.errors else {})

    def readings(self):
        """What the figure tells at its place, in the order of the losses.

        Returns
        -------
        dict of ndarray of shape (losses,)
            ``"values"`` and, if there are any, ``"errors"``.
        """
        i = self.place[self._settings.index(self.along)]
        return {name: column[:, i] for name, column in self.cut().items()}

    # Pictures ------------------------------------------------------------------------------

    def describe(self):
        k = self._settings.index(self.along)
        fixed = "".join(
            f", at {name} {words[i]}"
            for j, ((name, words), i) in enumerate(zip(self.settings, self.place, strict=True))
            if j != k
        )
        words = self.settings[k][1]
        lines = "; ".join(
            f"{name} {', '.join(f'{v:.3g}' for v in column)}"
            for name, column in zip(self.names, self.cut()["values"], strict=True)
        )
        return f"Lines of {self.result} over {self.along} {', '.join(words)}{fixed}: {lines}."

    def scene(self):
        k = self._settings.index(self.along)
        words = self.settings[k][1]
        x = np.arange(float(len(words)))
        lines = [
            Line(x, column, name, *loss.style, joined=True)
            for loss, name, column in zip(
                self.losses, self.names, self.cut()["values"], strict=True
            )
        ]
        low, high = min(self.values), max(self.values)
        pad = 0.06 * (high - low or 1.0)
        ends = f"{words[0]} to {words[-1]}, evenly spaced"
        panel = Panel(
            title=self.result,
            x_label=f"{self.along}: {ends}",
            lines=lines,
            x_limits=(-0.2, len(words) - 0.8),
            y_limits=(low - pad, high + pad),
        )
        return Scene([panel])

    def heights(self):
        count = len(self.settings)
        which = choice(["Along", *self._settings], above=True) if count > 1 else NOTHING
        lines = table(len(self.losses))
        return stacked(plots("grid"), which, sliders(count - 1), lines, footer(), DETAILS)


def word_of(value):
    """A value of a setting as it is written."""
    if isinstance(value, str):
        return value
    try:
        return f"{value:g}"
    except (TypeError, ValueError):
        raise TypeError(f"settings must hold numbers and words, got {shortened(value)}") from None


def check_settings(settings):
    """Names, and values as words."""
    if not isinstance(settings, Mapping):
        raise TypeError(f"settings must map names to values, got {shortened(settings)}")
    if not 0 < len(settings) <= MOST_AXES:
        raise ValueError(f"settings must be 1 to {MOST_AXES}, got {len(settings)}")
    checked = []
    for name, values in settings.items():
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
            raise ValueError(
                f"settings must have names of 1 to {LONGEST} letters, got {shortened(name)}"
            )
        words = [word_of(v) for v in values]
        if not 2 <= len(words) <= MOST_PLACES or len(set(words)) < len(words):
            raise ValueError(
                f"settings[{name!r}] must have 2 to {MOST_PLACES} different values, got {words}"
            )
        checked.append([name, words])
    return checked


def check_table(name, table, shape):
    """Finite numbers of a shape, row by row in as many digits as can be seen."""
    try:
        table = np.asarray(table, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers, got {shortened(table)}") from None
    if table.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError(f"{name} must be finite")
    return [float(f"{v:.4g}") for v in table.ravel()]
