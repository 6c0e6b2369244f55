"""The shelf of optimisers."""

from losslab.contract.registry import Registry

shelf = Registry("optimisers", "optimiser", "optimisers", door="ll.training.optimisers")
find = shelf.find
get = shelf.get
available = shelf.available
