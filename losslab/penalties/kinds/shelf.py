"""The shelf of penalties."""

from losslab.contract.registry import Registry

shelf = Registry("penalties", "penalty", "penalties", door="ll.penalties")
find = shelf.find
get = shelf.get
available = shelf.available
