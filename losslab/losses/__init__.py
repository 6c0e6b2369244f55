"""Losses: one class each, one file a family.

Every module of this package is imported here, so a new family file is found by being there.
"""

import importlib
import pkgutil

from losslab.losses.batchwise import Batchwise
from losslab.losses.claims import Claims
from losslab.losses.contract import Loss, Pointwise
from losslab.losses.parameters import Parameter, Vector
from losslab.losses.peers import Peer
from losslab.losses.registry import available, get
from losslab.losses.rowwise import Rowwise

__all__ = [
    "Batchwise",
    "Claims",
    "Loss",
    "Parameter",
    "Peer",
    "Pointwise",
    "Rowwise",
    "Vector",
    "available",
    "get",
]

for _module in pkgutil.iter_modules(__path__):
    for _name, _thing in vars(importlib.import_module(f"{__name__}.{_module.name}")).items():
        if isinstance(_thing, type) and issubclass(_thing, Loss) and _thing.name:
            globals()[_name] = _thing
            __all__.append(_name)
