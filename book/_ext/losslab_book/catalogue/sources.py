"""What a page of the catalogue points to: checks of claims, citations, chapters."""

import ast
import functools
import os
import re
import textwrap
from dataclasses import dataclass

from pybtex.database import parse_file
from pybtex.plugin import find_plugin

from losslab.losses import shelf

from ..fingerprint import ROOT
from . import kinds

BIBLIOGRAPHY = ROOT / "book" / "references.bib"


@dataclass(frozen=True)
class Check:
    """The function of the test suite that checks one claim."""

    key: str
    file: str
    line: int
    doc: str
    code: str
    about: str

    @property
    def where(self):
        return f"{self.file}::check_{self.key}"

    @property
    def heading(self):
        return self.key.replace("_", " ").capitalize() + self.about

    @property
    def anchor(self):
        place = self.file.removeprefix("tests/").removesuffix(".py").replace("/", "-")
        return f"{place.removeprefix('losses-')}-{self.key}".replace("_", "-")

    @property
    def address(self):
        """Where the function can be read: in the repository, or on the page of checks."""
        url = os.environ.get("LOSSLAB_REPOSITORY_URL", "").strip().rstrip("/")
        branch = os.environ.get("LOSSLAB_REPOSITORY_BRANCH", "main")
        if url:
            return f"{url}/blob/{branch}/{self.file}#L{self.line}"
        return f"claims.html#{self.anchor}"


@functools.cache
def checks(room):
    """Every function ``check_<claim>`` of the tests of what stands on a shelf."""
    found = []
    its = [kind for kind in kinds.OF.values() if kind.room == room]
    for file, about in {kind.checked_in: kind.about for kind in its}.items():
        text = (ROOT / file).read_text("utf8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and _is_check(node):
                code = textwrap.dedent(ast.get_source_segment(text, node))
                key = node.name.removeprefix("check_")
                found.append(
                    Check(key, file, node.lineno, ast.get_docstring(node) or "", code, about)
                )
    return found


def _is_check(node):
    marks = [mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)]
    return "check" in marks and node.name.startswith("check_")


def check_of(key, kind):
    """The check that the tests run on a claim of a loss of that kind; None if there is none."""
    own, room = kinds.OF[kind].checked_in, kinds.OF[kind].room
    return next((check for check in checks(room) if (check.key, check.file) == (key, own)), None)


@functools.cache
def bibliography():
    return parse_file(str(BIBLIOGRAPHY)).entries


@functools.cache
def citation(key):
    """A reference as HTML; None if references.bib does not have it."""
    if key not in bibliography():
        return None
    style = find_plugin("pybtex.style.formatting", "plain")()
    [entry] = style.format_entries([bibliography()[key]])
    return entry.text.render(find_plugin("pybtex.backends", "html")())


def taught_in(env):
    """{class: [names of documents that speak of it]}, in the order of the book."""
    order = [env.config.root_doc, *_walk(env, env.config.root_doc)]
    found = {}
    for name in order:
        text = open(env.doc2path(name), encoding="utf8").read()
        for said in re.findall(r"\{loss\}`([^`]+)`", text):
            try:
                loss = shelf.find(said)
            except ValueError:  # the role itself complains of it
                continue
            if name not in found.setdefault(loss, []):
                found[loss].append(name)
    return found


def _walk(env, name):
    for child in env.toctree_includes.get(name, ()):
        yield child
        yield from _walk(env, child)
