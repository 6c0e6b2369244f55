"""Static figures of the book: one style, and the few drawings that several chapters share.

Needs matplotlib. Figures are drawn on a white card, which is readable in light and dark pages
alike; every curve carries its name beside it, so colour is never the only key.
"""

from losslab.plots.draw import curves, fit_lines, label_lines
from losslab.plots.style import INK, QUIET, look, readable, use_style

__all__ = [
    "INK",
    "QUIET",
    "curves",
    "fit_lines",
    "label_lines",
    "look",
    "readable",
    "use_style",
]
