"""The look of the static figures."""

import sys

import matplotlib as mpl

INK = "#1d2329"
QUIET = "#57606a"

_RC = {
    "figure.figsize": (6.4, 3.4),
    "figure.facecolor": "#ffffff",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "#ffffff",
    "savefig.bbox": "tight",
    "savefig.pad_inches": 0.12,
    "svg.fonttype": "path",
    "svg.hashsalt": "losslab",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "mathtext.fontset": "dejavusans",
    "text.color": INK,
    "axes.facecolor": "#ffffff",
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e3e6ea",
    "grid.linewidth": 0.7,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "lines.linewidth": 2.0,
    "lines.dash_capstyle": "butt",
    "lines.dotted_pattern": (1.2, 1.4),
    "lines.dashed_pattern": (4.0, 1.6),
    "lines.dashdot_pattern": (5.0, 1.5, 1.2, 1.5),
    "legend.frameon": False,
    "legend.fontsize": 9,
}


def use_style():
    """Draw all following figures in the style of the book; in a notebook, as SVG.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.plots.use_style()
    """
    mpl.rcParams.update(_RC)
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    if hasattr(get_ipython(), "kernel"):
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        # SVG for pages, PNG for paper.
        set_matplotlib_formats("svg", "png", metadata={"Date": None})
        _draw_narrow_ones_too()
        # The backend of notebooks sets itself up once more when the first cell has run.
        get_ipython().events.register("post_run_cell", _draw_narrow_ones_too)


def _draw_narrow_ones_too(result=None):
    from IPython import get_ipython
    from matplotlib.figure import Figure

    from losslab.plots.narrow import as_svg

    get_ipython().display_formatter.formatters["image/svg+xml"].for_type(Figure, as_svg)


def look(loss):
    """Keyword arguments that draw a line in the colour and dash of a loss.

    Parameters
    ----------
    loss : Loss or str
        A loss or its name.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.plots.look("absolute_error")
    {'color': '#D55E00', 'linestyle': 'dashed'}
    """
    colour, dash = _loss(loss).style
    return {"color": colour, "linestyle": dash}


# What a curve is, where it is no loss: never in the colour of one.
ROLES = {
    "training": (QUIET, "dashed"),
    "held out": (INK, "solid"),
    "truth": (INK, "solid"),
    "forecast": (QUIET, "dashed"),
}


def role(name):
    """Keyword arguments that draw a line in the look of its role in the book.

    Parameters
    ----------
    name : {"training", "held out", "truth", "forecast"}

    Raises
    ------
    ValueError
        If there is no such role.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.plots.role("held out")
    {'color': '#1d2329', 'linestyle': 'solid'}
    """
    if name not in ROLES:
        raise ValueError(f"name must be one of {', '.join(map(repr, ROLES))}, got {name!r}")
    colour, dash = ROLES[name]
    return {"color": colour, "linestyle": dash}


def readable(colour, contrast=4.5):
    """The colour, darkened until text in it can be read on white.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.plots.readable("#0072B2")
    '#0072b2'
    """
    rgb = mpl.colors.to_rgb(colour)
    while 1.05 / (_luminance(rgb) + 0.05) < contrast:
        rgb = tuple(0.96 * c for c in rgb)
    return mpl.colors.to_hex(rgb)


def _luminance(rgb):
    """Relative luminance as WCAG defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _loss(loss):
    from losslab.losses import get

    return get(loss) if isinstance(loss, str) else loss
