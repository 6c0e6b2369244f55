"""The shelf of rules for several tasks."""

from losslab.contract.registry import Registry

shelf = Registry("multitask", "rule", "rules", door="ll.multitask")
find = shelf.find
get = shelf.get
available = shelf.available
