"""Losses: one class each, one file a family.

One folder a family. Every module in them is imported here, so a new file is found by being there.
"""

from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.definition import collected
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.peers import Peer
from losslab.losses.kinds.batchwise import Batchwise
from losslab.losses.kinds.loss import Loss
from losslab.losses.kinds.pointwise import Pointwise
from losslab.losses.kinds.rowwise import Rowwise
from losslab.losses.kinds.shelf import available, find, get, shelf

__all__ = [
    "Batchwise",
    "Bound",
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

_found = collected(__name__, __path__, Loss)
globals().update(_found)
__all__ += _found
