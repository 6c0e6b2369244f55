"""Derivatives of losses of rows as formulas, one file a family."""

from .censored import CENSORED
from .classes import CLASSES
from .counts import COUNTS
from .cut import CUT
from .forecasts import FORECASTS
from .located import LOCATED
from .noise import NOISE
from .ordered import ORDERED
from .shape import RowDerivatives

FORMULAS = {**CLASSES, **NOISE, **LOCATED, **COUNTS, **FORECASTS, **ORDERED, **CENSORED, **CUT}
__all__ = ["FORMULAS", "RowDerivatives"]
