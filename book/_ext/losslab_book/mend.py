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

# No line begins with a per cent sign; code stays as it is, to be copied.
PERCENT = re.compile(r"<pre\b.*?</pre>|<script\b.*?</script>|(?<=[\d>]) (?=%)", re.S)

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


VIEWED = re.compile(r'"model_id": ?"(\w+)"')
# What a widget keeps for Jupyter; the page's own script draws the figure without it.
FOR_JUPYTER = {"_esm", "_anywidget_id", "_dom_classes", "layout", "tabbable", "tooltip"}


def of_the_page(name):
    return name not in FOR_JUPYTER and not name.startswith(("_model", "_view"))


def own_figures_only(match):
    """The state of the live figures that the page shows, without what only Jupyter reads."""
    data, shown = json.loads(match[2]), set(VIEWED.findall(match.string))
    data["state"] = {
        name: {"state": {key: v for key, v in model["state"].items() if of_the_page(key)}}
        for name, model in data["state"].items()
        if "figure" in model["state"] and name in shown
    }
    return f"{match[1]}{json.dumps(data, separators=(',', ':'))}</script>"


# What the theme puts at the right, up to the end of what surrounds the article.
RIGHT = re.compile(
    r'<dialog id="pst-secondary-sidebar-modal">.*?(?=</div>\s*<footer class="bd-footer-content">)',
    re.S,
)
SECTIONS = re.compile(r'<ul class="[^"]*section-nav.*</ul>', re.S)
TOGGLE = re.compile(r'<button class="[^"]*secondary-toggle.*?</button>', re.S)
# Pages that no menu names stand below the one that lists them.
ENTRY = r'<li class="toctree-l1( current active)?">\s*<a class="(?:current )?reference internal" href="{}">.*?</a>'


def contents_in_the_menu(page, folder):
    """The sections of a page stand below its entry in the menu: the margin is for what belongs to the text."""
    right = RIGHT.search(page)
    if not right:
        return page
    page = TOGGLE.sub("", RIGHT.sub("", page, count=1))
    sections = SECTIONS.search(right[0])
    lists = {"losses": r"[./]*catalogue\.html"}.get(folder.name, r"[./]*shelves\.html")
    entry = re.search(ENTRY.format("#"), page, re.S) or re.search(ENTRY.format(lists), page, re.S)
    if sections and entry:
        page = page[: entry.end()] + sections[0] + page[entry.end() :]
    return page


# Names and brackets of code have the colour of the text: without their marks a chapter is a tenth lighter.
UNMARKED = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')


# In a narrow table a long name may break, but behind a part of it.
TABLE = re.compile(r"<table.*?</table>", re.S)
NAME = re.compile(r'(?<=losslab-name docutils literal notranslate"><span class="pre">)[^<]*')


def in_parts(name):
    return name[0].replace("_", "_<wbr>")


def mend(page, folder):
    page = STATE.sub(own_figures_only, page)
    page = contents_in_the_menu(page, folder)
    page = UNMARKED.sub(r"\1", page)
    page = TABLE.sub(lambda match: NAME.sub(in_parts, match[0]), page)
    for old, new in REPLACEMENTS.items():
        page = page.replace(old, new)
    page = HYPHEN_MINUS.sub("\\1\u2212", page)
    page = PERCENT.sub(lambda match: "\u00a0" if match[0] == " " else match[0], page)
    return re.sub(r"<img [^>]*>", lambda match: sized(match[0], folder), page)
