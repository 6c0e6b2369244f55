"""Rules for several tasks at once: weights of their losses, and a direction from their gradients.

``losslab.multitask.get("min_norm")`` makes one. Every module of this package is imported here, so a
new file is found by being there.
"""

from losslab.contract.claims import Claims
from losslab.contract.definition import collected
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.peers import Peer
from losslab.multitask.kinds.aggregation import Aggregation
from losslab.multitask.kinds.rule import Rule
from losslab.multitask.kinds.shelf import available, find, get, shelf
from losslab.multitask.kinds.weighting import Weighting

__all__ = [
    "Claims",
    "Parameter",
    "Peer",
    "Vector",
    "Aggregation",
    "Rule",
    "Weighting",
    "available",
    "find",
    "get",
    "shelf",
]

_found = collected(__name__, __path__, Rule)
globals().update(_found)
__all__ += _found
