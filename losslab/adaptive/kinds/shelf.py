"""The shelf of what weighs samples by their losses."""

from losslab.contract.registry import Registry

shelf = Registry("adaptive", "risk", "risks", door="ll.adaptive")
find = shelf.find
get = shelf.get
available = shelf.available
