"""What the lints read: the chapters of the table of contents, cell by cell."""

import re
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"


def pages():
    """Source files of every page that the table of contents names."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    names = [toc["root"]]
    for part in toc["parts"]:
        names += [chapter["file"] for chapter in part["chapters"]]
    return [
        markdown if (markdown := BOOK / f"{name}.md").exists() else BOOK / f"{name}.ipynb"
        for name in names
    ]


def chapters():
    """The numbered chapters: notebooks in a folder of their part."""
    return [path for path in pages() if path.parent != BOOK]


def cells(path, kind=None):
    found = nbformat.read(path, as_version=4).cells
    return [cell for cell in found if kind in (None, cell.cell_type)]


def markdown(path):
    if path.suffix == ".md":
        return path.read_text("utf8")
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def code(path):
    return "\n".join(cell.source for cell in cells(path, "code"))


def prose(text):
    """Markdown without mathematics, code, roles, links, HTML tags and the statements of boxes."""
    text = re.sub(
        r"^(:{3,})\{(exercise|quiz|bibliography)\}.*?^\1\s*$", "", text, flags=re.S | re.M
    )
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]*(?:\n[^$\n]+)*?\$", "", text, flags=re.S)
    text = re.sub(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", "", text, flags=re.S)
    text = re.sub(r"(\{[\w:]+\})?`[^`]*`", "", text)
    text = re.sub(r"\]\([^)]*\)|<[^>]+>|https?://\S+", "", text)
    return text
