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

# Which file of the tests checks the claims of a kind of loss, and what its checks are about.
CHECKED_IN = {
    "pointwise": ("tests/losses/claim_checks.py", ""),
    "rowwise": ("tests/losses/row_claim_checks.py", " (rowwise)"),
    "batchwise": ("tests/losses/batch_claim_checks.py", " (batchwise)"),
}
BIBLIOGRAPHY = ROOT / "book" / "references.bib"


@dataclass(frozen=True)
class Check:
    """The function of the test suite that checks one claim."""

    key: str
    file: str
    line: int
    doc: str
    code: str

    @property
    def where(self):
        return f"{self.file}::check_{self.key}"

    @property
    def heading(self):
        about = next(about for file, about in CHECKED_IN.values() if file == self.file)
        return self.key.replace("_", " ").capitalize() + about

    @property
    def anchor(self):
        return f"{self.file.rsplit('/', 1)[-1].removesuffix('.py')}-{self.key}".replace("_", "-")

    @property
    def address(self):
        """Where the function can be read: in the repository, or on the page of checks."""
        url = os.environ.get("LOSSLAB_REPOSITORY_URL", "").strip().rstrip("/")
        branch = os.environ.get("LOSSLAB_REPOSITORY_BRANCH", "main")
        if url:
            return f"{url}/blob/{branch}/{self.file}#L{self.line}"
        return f"claims.html#{self.anchor}"


@functools.cache
def checks():
    """Every function ``check_<claim>`` of the tests of losses."""
    found = []
    for file, _ in CHECKED_IN.values():
        text = (ROOT / file).read_text("utf8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and _is_check(node):
                code = textwrap.dedent(ast.get_source_segment(text, node))
                key = node.name.removeprefix("check_")
                found.append(Check(key, file, node.lineno, ast.get_docstring(node) or "", code))
    return found


def _is_check(node):
    marks = [mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)]
    return "check" in marks and node.name.startswith("check_")


def check_of(key, kind):
    """The check that the tests run on a claim of a loss of that kind; None if there is none."""
    own = CHECKED_IN[kind][0]
    return next((check for check in checks() if (check.key, check.file) == (key, own)), None)


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
    """{name of a loss: [names of documents that speak of it]}, in the order of the book."""
    order = [env.config.root_doc, *_walk(env, env.config.root_doc)]
    found = {}
    for name in order:
        text = open(env.doc2path(name), encoding="utf8").read()
        for said in re.findall(r"\{loss\}`([^`]+)`", text):
            try:
                loss = shelf.find(said).name
            except ValueError:  # the role itself complains of it
                continue
            if name not in found.setdefault(loss, []):
                found[loss].append(name)
    return found


def _walk(env, name):
    for child in env.toctree_includes.get(name, ()):
        yield child
        yield from _walk(env, child)
