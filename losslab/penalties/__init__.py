"""Penalties: functions of the parameters of a model, with their proximal operators.

``losslab.penalties.get("l1", strength=0.1)`` makes one. Every module of this package is imported
here, so a new file is found by being there.
"""

from losslab.contract.claims import Claims
from losslab.contract.definition import collected
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.peers import Peer
from losslab.penalties.kinds.groups import Groups
from losslab.penalties.kinds.joint import Joint
from losslab.penalties.kinds.penalty import Penalty
from losslab.penalties.kinds.separable import Separable
from losslab.penalties.kinds.shelf import available, find, get, shelf

__all__ = [
    "Claims",
    "Groups",
    "Joint",
    "Parameter",
    "Peer",
    "Penalty",
    "Separable",
    "Vector",
    "available",
    "find",
    "get",
    "shelf",
]

_found = collected(__name__, __path__, Penalty)
globals().update(_found)
__all__ += _found
