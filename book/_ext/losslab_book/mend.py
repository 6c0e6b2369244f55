"""Mend in the finished pages what screen readers stumble over and no template reaches; size the images."""

import json
import re

from PIL import Image

from . import pictures

REPLACEMENTS = {
    # A role that ARIA 1.3 deprecates, inside an element whose role asks for list items.
    ' role="doc-biblioentry"': ' role="listitem"',
    # A folded cell is named by its visible words ("Show code cell source"), not by another name.
    '<summary aria-label="Toggle hidden content">': "<summary>",
}

# A number from code that is less than 0 has the minus sign of a formula, as all others in the text.
HYPHEN_MINUS = re.compile(r'(<span class="pasted-text">)-(?=\d)')

STATE = re.compile(
    r"(<script type=\"application/vnd.jupyter.widget-state\+json\">)(.*?)</script>", re.S
)


def size(path):
    """Width and height in CSS pixels, or None if the file does not say."""
    if path.suffix == ".svg":
        head = path.read_text("utf8")[:4000]
        box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', head)
        # Points, as matplotlib writes them.
        return box and tuple(round(float(side) * 4 / 3) for side in box.groups())
    with Image.open(path) as image:
        return image.size


def sized(tag, folder):
    """An image that says its size, so that nothing jumps, and is fetched when it comes near.

    A drawing becomes several, for light and dark pages.
    """
    source = re.search(r'src="([^":?]+)', tag)
    path = source and folder / source[1]
    if " width=" in tag or not path or not path.is_file() or not (found := size(path)):
        return tag
    if pictures.is_drawing(path):
        return pictures.picture(tag, path, size)
    return tag.replace("<img ", f'<img loading="lazy" width="{found[0]}" height="{found[1]}" ', 1)


def own_figures_only(match):
    """The state of the page's widgets without that of plain ipywidgets, which need a kernel anyway."""
    data = json.loads(match[2])
    data["state"] = {
        name: model for name, model in data["state"].items() if "figure" in model["state"]
    }
    return f"{match[1]}{json.dumps(data, separators=(',', ':'))}</script>"


def mend(page, folder):
    page = STATE.sub(own_figures_only, page)
    for old, new in REPLACEMENTS.items():
        page = page.replace(old, new)
    page = HYPHEN_MINUS.sub("\\1\u2212", page)
    return re.sub(r"<img [^>]*>", lambda match: sized(match[0], folder), page)
