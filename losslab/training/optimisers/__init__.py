"""Optimisers: rules that turn gradients into steps of the weights, with their state in the open.

``losslab.training.optimisers.get("adam", beta1=0.9)`` makes one. Every module of this package is
imported here, so a new file is found by being there.
"""

from losslab.contract.claims import Claims
from losslab.contract.definition import collected
from losslab.contract.parameters import Parameter, Switch
from losslab.contract.peers import Peer
from losslab.training.optimisers.kind import Optimiser, State
from losslab.training.optimisers.shelf import available, find, get, shelf

__all__ = [
    "Claims",
    "Optimiser",
    "Parameter",
    "Peer",
    "State",
    "Switch",
    "available",
    "find",
    "get",
    "shelf",
]

_found = collected(__name__, __path__, Optimiser)
globals().update(_found)
__all__ += _found
