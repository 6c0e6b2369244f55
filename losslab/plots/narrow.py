"""A figure once more for a narrow screen: panels below each other, letters as large as before."""

import base64
import io
import pickle

WIDTH = 3.9  # inches: on a phone of 360 pixels letters of 9 points are 10 pixels high
LEAST_PANEL, GREATEST_PANEL = 2.2, 3.2  # heights in inches
MOST_BELOW = 3  # panels; more of them below each other could not be seen at once
MARK = "narrow:"


def narrow(figure):
    """A copy of a figure, as wide as a phone.

    Axes of a plain grid move below each other, each with its own ticks and labels; more than three
    stand in two columns. Axes that are arranged so already, and those of other figures, such as
    ones with colour bars, keep their places and only become narrower.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from losslab.plots.narrow import narrow
    >>> fig, axes = plt.subplots(1, 2, figsize=(8, 3))
    >>> narrow(fig).get_size_inches().tolist()
    [3.9, 6.0]
    """
    copy = pickle.loads(pickle.dumps(figure))
    axes = copy.axes
    width, height = copy.get_size_inches()
    grid = _grid(axes)
    if grid is None:
        copy.set_size_inches(min(width, WIDTH), max(LEAST_PANEL, min(height, GREATEST_PANEL)))
        return copy
    columns = 1 if len(axes) <= MOST_BELOW else 2
    rows = -(-len(axes) // columns)
    each = min(height / grid.nrows, GREATEST_PANEL)
    if columns != grid.ncols:
        each = max(each, LEAST_PANEL)
        for ax in axes:
            _own_labels(ax, axes)
        moved = copy.add_gridspec(rows, columns)
        for place, ax in enumerate(axes):
            ax.set_subplotspec(moved[divmod(place, columns)])
    copy.set_size_inches(min(width, WIDTH), each * rows)
    return copy


def _grid(axes):
    """The grid in which each of the axes has one place, or None."""
    specs = [ax.get_subplotspec() for ax in axes]
    if not axes or any(spec is None for spec in specs):
        return None
    grids = {id(spec.get_gridspec()) for spec in specs}
    cells = {(tuple(spec.rowspan), tuple(spec.colspan)) for spec in specs}
    single = all(len(spec.rowspan) == len(spec.colspan) == 1 for spec in specs)
    return (
        specs[0].get_gridspec() if single and len(grids) == 1 and len(cells) == len(axes) else None
    )


def _own_labels(ax, axes):
    """Give axes that shared ticks and labels with a neighbour their own."""
    if ax.axison:
        ax.tick_params(labelbottom=True, labelleft=True)
    spec = ax.get_subplotspec()
    for other in axes:
        there = other.get_subplotspec()
        if not ax.get_xlabel() and there.colspan == spec.colspan:
            ax.set_xlabel(other.get_xlabel())
        if (
            not ax.get_ylabel()
            and there.rowspan == spec.rowspan
            and ax.get_shared_y_axes().joined(ax, other)
        ):
            ax.set_ylabel(other.get_ylabel())


def as_svg(figure):
    """The figure as SVG, with its narrow twin in a comment at the end, where the book finds it."""
    comment = base64.b64encode(_svg(narrow(figure)).encode()).decode()
    return f"{_svg(figure)}<!--{MARK}{comment}-->\n"


def _svg(figure):
    out = io.StringIO()
    # No date: the same cell gives the same bytes.
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
