"""The index of the catalogue: a table of all losses, with search and filters, and what is missing."""

import html

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from ..fingerprint import ROOT
from . import words
from .pages import catalogued

MISSING = ROOT / "book" / "catalogue-missing.yml"
# What a reader may ask for, by the claim that grants it.
WANTED = {
    "convex": "convex",
    "differentiable": "no kinks",
    "twice_differentiable": "two derivatives",
    "symmetric": "symmetric",
    "nonnegative": "zero at a perfect prediction",
    "lipschitz": "bounded gradient",
    "smooth": "bounded curvature",
    "bounded": "bounded cost",
    "redescending": "ignores gross outliers",
    "proper": "proper (gives probabilities)",
    "calibrated": "calibrated (decides well)",
}
LETTERS = dict(zip(WANTED, "abcdefghijklmnop", strict=False))


def by_family():
    """Classes of each family in the order of `words.FAMILIES`, by title."""
    classes = sorted(catalogued(), key=lambda cls: cls.title.lower())
    order = [*words.FAMILIES, *sorted({c.family for c in classes} - set(words.FAMILIES))]
    found = {family: [c for c in classes if c.family == family] for family in order}
    return {family: members for family, members in found.items() if members}


def granted(cls):
    held = {key for key, holds, _ in words.claims(cls.typical()) if holds}
    return "".join(letter for key, letter in LETTERS.items() if key in held)


def row(cls, targets):
    """One loss. Attributes are short and unquoted: there may be hundreds of rows."""
    aliases = ", ".join(html.escape(a) for a in cls.aliases)
    # Names elsewhere that differ from the aliases are searched for, but not shown.
    more = " ".join(v for v in cls.peers.values() if v not in cls.aliases)
    libraries = " ".join(cls.peers)
    attributes = f'data-k={cls.kind} data-t={targets[cls.target][0]} data-c="{granted(cls)}"'
    attributes += f' data-l="{html.escape(libraries)}"' if libraries else ""
    attributes += f' data-n="{html.escape(more)}"' if more else ""
    return (
        f"<tr {attributes}><th scope=row><a href=catalogue/{cls.name}.html>{cls.title}</a> "
        f"<code>{cls.name}</code><td>{words.marked_up(words.short(cls))}<td>{aliases}\n"
    )


def options(name, label, choices):
    """A menu of (value, what a row has in its attribute, words)."""
    items = "".join(
        f'<option value="{html.escape(value)}" data-x="{html.escape(str(code))}">{said}</option>'
        for value, code, said in choices
    )
    return f'<label>{label} <select name="{name}"><option value="">any</option>{items}</select></label>'


def table():
    """The whole index as HTML."""
    families = by_family()
    classes = [cls for members in families.values() for cls in members]
    targets = {}
    for cls in classes:
        said = cls.domains()[0][cls.target].legal.split(":")[0]
        targets.setdefault(cls.target, (len(targets), said))
    kinds = [k for k in words.KINDS if any(cls.kind == k for cls in classes)]
    held = {letter for cls in classes for letter in granted(cls)}
    libraries = sorted({k for cls in classes for k in cls.peers}, key=lambda k: k.lower())
    menus = (
        ("family", "Family", [(f, f, words.FAMILIES.get(f, f)) for f in families]),
        ("target", "Target", [(t, *numbered) for t, numbered in targets.items()]),
        ("kind", "Prediction", [(k, k, words.KINDS[k]) for k in kinds]),
        ("claim", "Must be", [(k, c, WANTED[k]) for k, c in LETTERS.items() if c in held]),
        ("library", "Also in", [(k, k, words.LIBRARIES.get(k, k)) for k in libraries]),
    )
    controls = "".join(options(*menu) for menu in menus if len(menu[2]) > 1)
    bodies = "".join(
        f"<tbody data-f={family}><tr><th colspan=3 scope=rowgroup>{words.FAMILIES.get(family, family)}"
        f"\n{''.join(row(cls, targets) for cls in members)}</tbody>"
        for family, members in families.items()
    )
    return (
        '<form class="ll-find pst-js-only" role="search" aria-label="Losses">'
        '<label class="ll-words">Name, here or in another library '
        '<input type="search" name="q" autocomplete="off" spellcheck="false" '
        'placeholder="huber, BCEWithLogitsLoss, pinball …"></label>'
        f'{controls}<button type="reset" class="btn">Clear</button>'
        f'<output aria-live="polite">{len(classes)} losses</output></form>'
        '<table class="table ll-index"><thead><tr><th scope=col>Loss<th scope=col>What it is'
        f"<th scope=col>Also known as</thead>{bodies}</table>"
        '<script defer src="_static/catalogue.js"></script>'
    )


class Catalogue(SphinxDirective):
    """``:::{catalogue}``: the table; outside HTML a plain list of names."""

    def run(self):
        plain = addnodes.only("", nodes.bullet_list(), expr="latex")
        for members in by_family().values():
            for cls in members:
                name = nodes.literal(cls.name, cls.name)
                text = nodes.Text(f"{cls.title}: {words.short(cls)}. ")
                plain[0] += nodes.list_item("", nodes.paragraph("", "", text, name))
        return [nodes.raw("", table(), format="html"), plain]


class Missing(SphinxDirective):
    """``:::{catalogue-missing}``: what losslab does not ship, and why, by subject."""

    def run(self):
        self.env.note_dependency(str(MISSING))
        lines = []
        for subject, entries in yaml.safe_load(MISSING.read_text("utf8")).items():
            lines += [f"**{subject}**", ""]
            for entry in entries:
                cited = f" {{cite:p}}`{entry['reference']}`" if entry.get("reference") else ""
                lines.append(f"- *{entry['name']}*{cited}: {entry['reason'].strip()}")
            lines.append("")
        box = nodes.container(classes=["ll-missing"])
        self.state.nested_parse(StringList(lines, str(MISSING)), 0, box)
        return [box]


def setup(app):
    app.add_directive("catalogue", Catalogue)
    app.add_directive("catalogue-missing", Missing)
