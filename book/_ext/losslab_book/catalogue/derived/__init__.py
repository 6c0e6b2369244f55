"""Derivatives of losses of rows and batches as formulas, one file a family."""

from .batches import BATCHES
from .censored import CENSORED
from .classes import CLASSES
from .counts import COUNTS
from .cut import CUT
from .forecasts import FORECASTS
from .located import LOCATED
from .noise import NOISE
from .ordered import ORDERED
from .shape import RowDerivatives
from .vectors import VECTORS

FORMULAS = {
    **CLASSES,
    **NOISE,
    **LOCATED,
    **COUNTS,
    **FORECASTS,
    **VECTORS,
    **ORDERED,
    **CUT,
    **CENSORED,
    **BATCHES,
}
__all__ = ["FORMULAS", "RowDerivatives"]
