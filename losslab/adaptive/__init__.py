"""Losses that adapt to the losses: risks of a batch, which weigh its samples.

``losslab.adaptive.get("cvar", level=0.9)`` makes one. Every module of this package is imported here,
so a new file is found by being there.
"""

from losslab.adaptive.kinds.risk import Risk
from losslab.adaptive.kinds.shelf import available, find, get, shelf
from losslab.contract.claims import Claims
from losslab.contract.definition import collected
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.peers import Peer

__all__ = ["Claims", "Parameter", "Peer", "Vector", "Risk", "available", "find", "get", "shelf"]

_found = collected(__name__, __path__, Risk)
globals().update(_found)
__all__ += _found
