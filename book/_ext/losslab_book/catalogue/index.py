"""The index of the catalogue: a table of all losses, with search and filters, and what is missing."""

import html
import json
from collections import Counter
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from losslab.contract.claims import VOCABULARY
from losslab.losses.names import missing

from . import kinds, words
from .pages import catalogued, page_of

# What a reader may ask for, by the claim that grants it.
WANTED = {key: claim.wanted for key, claim in VOCABULARY.items() if claim.wanted}
DATA = "catalogue-data.js"


def by_family(room="losses"):
    """Classes of a shelf by family, in the order of `words.FAMILIES`, by title."""
    classes = [cls for cls in catalogued() if cls.shelf.room == room]
    classes.sort(key=lambda cls: cls.title.lower())
    order = [*words.FAMILIES, *sorted({c.family for c in classes} - set(words.FAMILIES))]
    found = {family: [c for c in classes if c.family == family] for family in order}
    return {family: members for family, members in found.items() if members}


def asked_for(cls):
    """What the search and the menus know of a loss; the keys are the names of the menus."""
    held = {key for key, holds, _ in words.claims(cls.typical()) if holds}
    return {
        "family": [cls.family],
        "target": [cls.target],
        "kind": [cls.kind],
        "claim": [key for key in WANTED if key in held],
        "library": sorted({peer.library for peer in cls.peers}),
        "names": " ".join((cls.title, cls.name, *cls.aliases, *words.peer_names(cls))),
    }


def row(cls):
    """One of a shelf. There may be hundreds of rows, so what a browser adds by itself is left out."""
    aliases = ", ".join(html.escape(alias) for alias in cls.aliases)
    return (
        f"<tr><th><a href={page_of(cls)}.html>{cls.title}</a> "
        f"<code>{cls.name}</code><td>{words.marked_up(words.short(cls))}<td>{aliases}\n"
    )


def options(name, label, choices):
    items = "".join(f'<option value="{html.escape(v)}">{said}' for v, said in choices)
    return f'<label>{label} <select name="{name}"><option value="">any{items}</select></label>'


def table():
    """The whole index as HTML."""
    families = by_family()
    classes = [cls for members in families.values() for cls in members]
    known = [asked_for(cls) for cls in classes]

    def there(menu, order):
        found = {value for item in known for value in item[menu]}
        return [(value, said) for value, said in order.items() if value in found]

    targets = {c.target: c.domains()[0][c.target].legal.split(":")[0] for c in reversed(classes)}
    found = Counter(library for item in known for library in item["library"])
    # One that has a single loss is found by the search; in the menu it would be in the way.
    libraries = {k: words.LIBRARIES.get(k, k) for k in sorted(found) if found[k] > 1}
    menus = (
        ("family", "Family", [(f, words.FAMILIES.get(f, f)) for f in families]),
        ("target", "Target", there("target", targets)),
        (
            "kind",
            "Prediction",
            there("kind", {name: kind.works_on for name, kind in kinds.OF.items()}),
        ),
        ("claim", "Must be", there("claim", WANTED)),
        ("library", "Also in", sorted(libraries.items(), key=lambda pair: pair[1].lower())),
    )
    bodies = "".join(
        f"<tbody><tr><th colspan=3 scope=rowgroup>{words.FAMILIES.get(family, family)}"
        f"\n{''.join(row(cls) for cls in members)}</tbody>"
        for family, members in families.items()
    )
    return (
        '<form class="ll-find pst-js-only" role="search" aria-label="Losses">'
        '<label class="ll-words">Name, here or in another library '
        '<input type="search" name="q" autocomplete="off" spellcheck="false" '
        'placeholder="huber, BCEWithLogitsLoss, pinball …"></label>'
        f"{''.join(options(*menu) for menu in menus)}"
        '<button type="reset" class="btn">Clear</button>'
        f'<output aria-live="polite">{len(classes)} losses</output></form>'
        '<table class="table ll-index"><thead><tr><th scope=col>Loss<th scope=col>What it is'
        f"<th scope=col>Also known as</thead>{bodies}</table>"
        f'<script defer src="_static/{DATA}"></script>'
        '<script defer src="_static/catalogue.js"></script>'
    )


def write_data(app):
    """What only the search and the menus need, beside the page: the page itself stays light."""
    if app.builder.format == "html":
        known = {c.name: asked_for(c) for members in by_family().values() for c in members}
        static = Path(app.outdir) / "_static"
        static.mkdir(exist_ok=True)
        text = f"window.losslabCatalogue = {json.dumps(known, ensure_ascii=False)};\n"
        (static / DATA).write_text(text, "utf8")
    return []


class Catalogue(SphinxDirective):
    """``:::{catalogue}``: the table; outside HTML a plain list of names."""

    def run(self):
        for module in (__file__, words.__file__):
            self.env.note_dependency(module)
        plain = addnodes.only("", nodes.bullet_list(), expr="latex")
        for members in by_family().values():
            for cls in members:
                name = nodes.literal(cls.name, cls.name)
                text = nodes.Text(f"{cls.title}: {words.short(cls)}. ")
                plain[0] += nodes.list_item("", nodes.paragraph("", "", text, name))
        return [nodes.raw("", table(), format="html"), plain]


def plain_table(room):
    """All that stands on a shelf with few things on it."""
    bodies = "".join(
        f"<tbody>{''.join(row(cls) for cls in members)}</tbody>"
        for members in by_family(room).values()
    )
    return (
        '<table class="table ll-index"><thead><tr><th scope=col>Name<th scope=col>What it is'
        f"<th scope=col>Also known as</thead>{bodies}</table>"
    )


class Shelf(SphinxDirective):
    """``:::{shelf} penalties``: what stands on another shelf."""

    required_arguments = 1

    def run(self):
        [room] = self.arguments
        plain = addnodes.only("", nodes.bullet_list(), expr="latex")
        for members in by_family(room).values():
            for cls in members:
                text = nodes.Text(f"{cls.title}: {words.short(cls)}.")
                plain[0] += nodes.list_item("", nodes.paragraph("", "", text))
        return [nodes.raw("", plain_table(room), format="html"), plain]


class Missing(SphinxDirective):
    """``:::{catalogue-missing}``: what losslab does not ship, and why, by subject."""

    def run(self):
        self.env.note_dependency(missing.__file__)
        lines = []
        for subject in dict.fromkeys(entry.subject for entry in missing.MISSING if entry.subject):
            lines += [f"**{subject}**", ""]
            for entry in missing.MISSING:
                if entry.subject == subject:
                    cited = f" {{cite:p}}`{entry.reference}`" if entry.reference else ""
                    lines.append(f"- *{entry.name}*{cited}: {entry.reason}")
            lines.append("")
        box = nodes.container(classes=["ll-missing"])
        self.state.nested_parse(StringList(lines, missing.__file__), 0, box)
        return [box]


def setup(app):
    app.add_directive("catalogue", Catalogue)
    app.add_directive("shelf", Shelf)
    app.add_directive("catalogue-missing", Missing)
    app.connect("html-collect-pages", write_data)
