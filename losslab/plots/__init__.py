"""Static figures of the book: one style, and the few drawings that several chapters share.

Needs matplotlib. A curve has the colour and dash of its loss, or of its role (training, truth, …), and
carries its name beside it, so colour is never the only key.
"""

from losslab.plots.draw import curves, fit_lines, label_lines
from losslab.plots.live import LiveCurve
from losslab.plots.style import INK, QUIET, look, readable, role, use_style

__all__ = [
    "INK",
    "QUIET",
    "LiveCurve",
    "curves",
    "fit_lines",
    "label_lines",
    "look",
    "readable",
    "role",
    "use_style",
]
