"""Losses: one class each, one file a family.

One folder a family. Every module in them is imported here, so a new file is found by being there.
"""

import importlib
import pkgutil

from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.peers import Peer
from losslab.losses.kinds.batchwise import Batchwise
from losslab.losses.kinds.loss import Loss
from losslab.losses.kinds.pointwise import Pointwise
from losslab.losses.kinds.rowwise import Rowwise
from losslab.losses.kinds.shelf import available, find, get, shelf

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
    "find",
    "get",
    "shelf",
]

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    if _module.name.startswith((f"{__name__}.kinds", f"{__name__}.names")):
        continue
    for _name, _thing in vars(importlib.import_module(_module.name)).items():
        if isinstance(_thing, type) and issubclass(_thing, Loss) and _thing.name:
            globals()[_name] = _thing
            __all__.append(_name)
