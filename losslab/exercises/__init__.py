"""Self-checks for the exercises of the book: they say what is off, never the answer.

Every module of this package is imported here, so the checks of a new chapter are found by being
there.
"""

import importlib
import pkgutil

from losslab.exercises.base import Verdict, check, labels, mistakes, verdict

__all__ = ["Verdict", "check", "labels", "mistakes", "verdict"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
