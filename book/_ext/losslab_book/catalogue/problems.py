"""Problems in readers' words, from book/problems.yml: the search of the index leads from them to losses."""

import functools
import re

import yaml

from losslab.losses import shelf

from .. import chooser
from ..fingerprint import ROOT
from . import words

FILE = ROOT / "book" / "problems.yml"


@functools.cache
def problems():
    """Entries as the file has them, `words` as a list."""
    found = yaml.safe_load(FILE.read_text("utf8"))
    return [{**entry, "words": [w.strip() for w in entry["words"].split(",")]} for entry in found]


@functools.cache
def advised():
    """{name: everything that the chooser says of a loss}."""
    said = {}
    for answers, advice in chooser.paths(chooser.tree()):
        for item in advice:
            said.setdefault(item["loss"], []).extend((*answers, item["because"]))
    return {name: " ".join(parts) for name, parts in said.items()}


def disagreements():
    """What the entries say that a loss does not say of itself, as sentences."""
    for entry in problems():
        pattern = re.compile(entry["because"], re.I)
        for name in entry["take"]:
            cls = shelf.find(name)
            if cls.name != name:
                yield f"{entry['problem']!r}: {name} is called {cls.name}"
            said = f"{cls.use_when} {words.docstring(cls)[0]} {advised().get(name, '')}"
            if not pattern.search(said):
                yield f"{entry['problem']!r}: {name} does not say that it is for that"
