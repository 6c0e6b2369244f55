"""The page "Which loss do I need?": questions that fold open, from book/choose.yml.

The answers are the browser's own `details`: they need no script, work from the keyboard, and can be
read as a tree. Each has an address, the keys of the answers that lead to it: ``count/law/spread``.
The element of that id stands *within* the fold, because then browsers open it by themselves.

A node of the tree is one of three. A question has ``ask`` and ``answers``. Advice has ``take``, and
``note``, ``not``, ``judge``, ``example`` and ``read`` if they help. ``see`` leads to another place.
"""

import functools
import html
import json
import re

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from losslab.losses import shelf

from .catalogue.words import marked_up
from .fingerprint import ROOT

BOOK = ROOT / "book"
QUESTIONS = BOOK / "choose.yml"
SCRIPT = "choose.js"


def tree():
    """The questions, and under ``problems`` what people come with."""
    return yaml.safe_load(QUESTIONS.read_text("utf8"))


def places(node, place=""):
    """Every node below, by its address; the root, which has none, is left out."""
    for answer in node.get("answers", ()):
        here = f"{place}/{answer['key']}" if place else answer["key"]
        yield here, answer
        yield from places(answer, here)


def ways(node, before=()):
    """Every way through the questions: (answers given, the node with the advice)."""
    if "take" in node:
        yield before, node
    for answer in node.get("answers", ()):
        yield from ways(answer, (*before, answer))


def paths(node):
    """The same as words: (what the answers say and whom they are for, losses with reasons)."""
    for answers, advice in ways(node):
        yield tuple(a[key] for a in answers for key in ("say", "who")), advice["take"]


def chapter(name):
    """The title of a chapter, without what follows its colon, and its sections by their address."""
    return _chapter(BOOK / f"{name}.ipynb")


@functools.cache
def _chapter(path):
    cells = json.loads(path.read_text("utf8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    [title, *sections] = [(len(hashes), said) for hashes, said in HEADING.findall(text)]
    return title[1].split(":")[0], {nodes.make_id(said): said for _, said in sections}


HEADING = re.compile(r"^(#+) (.+?)\s*$", re.M)


def section(place):
    """The titles of the chapter and of the section that an address such as part2/counts#choose means."""
    name, _, anchor = place.partition("#")
    title, sections = chapter(name)
    if anchor not in sections:
        raise ValueError(f"choose.yml: {name} has no section {anchor!r}, but {', '.join(sections)}")
    return title, sections[anchor]


def text(said):
    """Words of the tree as HTML: names of losses lead to their pages."""

    def link(match):
        try:
            cls = shelf.find(match[1])
        except ValueError:
            return match[0]
        return f'<a href="{page(cls)}">{match[0]}</a>'

    return re.sub(r"<code>(\w+)</code>", link, marked_up(said.strip()))


def page(cls):
    return f"catalogue/losses/{cls.name}.html"


def named(loss):
    cls = shelf.find(loss)
    return f'<a href="{page(cls)}">{html.escape(cls.title)}</a> <code>{cls.name}</code>'


def taken(advice, first):
    condition = f"or, if {text(advice['if'])}: " if "if" in advice else ""
    label = '<b class="ll-label">Take</b> ' if first else ""
    because = text(advice["because"])
    return f"{label}{condition}{named(advice['loss'])}: {because}"


def advised(node, place):
    """What a path ends with."""
    first, *others = node["take"]
    parts = [f'<p class="ll-first">{taken(first, True)}</p>']
    if "note" in node:
        parts.append(f'<p class="ll-aside">{text(node["note"])}</p>')
    if others:
        items = "".join(f"<li>{taken(advice, False)}</li>" for advice in others)
        parts.append(f'<ul class="ll-or">{items}</ul>')
    for word, key in (("Not", "not"), ("Judge by", "judge")):
        for advice in node.get(key, ()):
            said = f"{named(advice['loss'])}: {text(advice['because'])}"
            parts.append(f'<p class="ll-{key}"><b class="ll-label">{word}</b> {said}</p>')
    if "example" in node:
        said = f'<b class="ll-label">For example</b> {text(node["example"])}'
        parts.append(f'<p class="ll-example">{said}</p>')
    ends = []
    if "read" in node:
        title, heading = section(node["read"]["at"])
        name, _, anchor = node["read"]["at"].partition("#")
        ends.append(
            f'<p class="ll-read"><b class="ll-label">Read</b> <a href="{name}.html#{anchor}">'
            f"{html.escape(heading)}</a> in “{html.escape(title)}”: {text(node['read']['for'])}.</p>"
        )
    ends.append(f'<p class="ll-address"><a href="#{place}">Link to this answer</a></p>')
    return f'{"".join(parts)}<div class="ll-ends">{"".join(ends)}</div>'


def shown(node, place=""):
    """One question with its answers, or what is advised, as HTML."""
    if "take" in node:
        return f'<div class="ll-leaf">{advised(node, place)}</div>'
    parts = [f'<p class="ll-aside">{text(node["note"])}</p>'] if "note" in node else []
    parts.append(f'<p class="ll-question">{text(node["ask"])}</p><div class="ll-fork">')
    for answer in node["answers"]:
        said = f'<span class="ll-say">{text(answer["say"])}</span>'
        if "who" in answer:
            said += f' <span class="ll-who">{text(answer["who"])}</span>'
        if "see" in answer:
            parts.append(f'<a class="ll-jump" href="#{answer["see"]}">{said}</a>')
            continue
        here = f"{place}/{answer['key']}" if place else answer["key"]
        parts.append(
            f'<details name="{place or "ask"}"><summary>{said}</summary>'
            f'<div id="{here}">{shown(answer, here)}</div></details>'
        )
    return "".join(parts) + "</div>"


def problems(root):
    """What people come with, each a link to the place where its answer begins."""
    items = "".join(
        f'<li><a href="#{each["at"]}"><span class="ll-say">{text(each["say"])}</span> '
        f'<span class="ll-who">{text(each["who"])}</span></a></li>'
        for each in root["problems"]
    )
    return f'<ol class="ll-problems">{items}</ol>'


def listed(root):
    """The same path by path, for formats in which nothing folds."""
    for answers, node in ways(root):
        way = " → ".join(answer["say"] for answer in answers)
        yield nodes.paragraph("", "", nodes.strong(way, way))
        items = nodes.bullet_list()
        for advice in node["take"]:
            before = f"or, if {advice['if']}: " if "if" in advice else ""
            name = nodes.literal(advice["loss"], advice["loss"])
            reason = nodes.Text(f": {advice['because'].strip()}")
            items += nodes.list_item("", nodes.paragraph("", "", nodes.Text(before), name, reason))
        for word, key in (("Not ", "not"), ("Judge by ", "judge")):
            for advice in node.get(key, ()):
                name = nodes.literal(advice["loss"], advice["loss"])
                reason = nodes.Text(f": {advice['because'].strip()}")
                said = nodes.paragraph("", "", nodes.Text(word), name, reason)
                items += nodes.list_item("", said)
        yield items


class Part(SphinxDirective):
    def run(self):
        for source in (str(QUESTIONS), __file__, *map(str, BOOK.glob("part*/*.ipynb"))):
            self.env.note_dependency(source)
        return self.made(tree())


class Problems(Part):
    """``:::{problems}``: the short list; only where its links lead somewhere."""

    def made(self, root):
        said = nodes.bullet_list()
        for each in root["problems"]:
            line = f"{each['say']}. {each['who']}"
            said += nodes.list_item("", nodes.paragraph("", line))
        plain = addnodes.only("", said, expr="latex")
        return [nodes.raw("", problems(root), format="html"), plain]


class Chooser(Part):
    """``:::{chooser}``: the questions."""

    def made(self, root):
        page = (
            f'<div class="ll-chooser">{shown(root)}</div><p class="ll-told" role="status"></p>'
            f'<script defer src="_static/{SCRIPT}"></script>'
        )
        plain = addnodes.only("", *listed(root), expr="latex")
        return [nodes.raw("", page, format="html"), plain]


def setup(app):
    app.add_directive("chooser", Chooser)
    app.add_directive("problems", Problems)
