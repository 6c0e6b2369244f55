"""The shelf of losses: what `losslab.get` and `losslab.available` look through."""

from losslab.contract.registry import Registry

shelf = Registry("losses", "loss", "losses", door="ll", guide="losslab.losses.names.unknown")
find = shelf.find
get = shelf.get
available = shelf.available
