"""The index of the catalogue: a card for each loss, with search and filters, and what is missing."""

import html
import json
import re
from collections import Counter
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from losslab.contract.claims import VOCABULARY
from losslab.losses.names import missing, unknown

from . import curves, kinds, problems, words
from .facts import facts, files
from .pages import catalogued, page_of

# What a reader may ask for, by the claim that grants it.
WANTED = {key: claim.wanted for key, claim in VOCABULARY.items() if claim.wanted}
# Words on a card, by the claim that grants them; `badges` says the rest.
BADGES = {
    "convex": "convex",
    "proper": "proper",
    "calibrated": "calibrated",
    "bounded": "bounded",
    "twice_differentiable": "smooth",
}
LEGEND = {
    "convex": VOCABULARY["convex"].yes,
    "smooth": VOCABULARY["twice_differentiable"].yes,
    "bounded": "No point costs more than a certain amount.",
    "robust": "The gradient is bounded, so that no point pulls harder than a certain amount.",
    "ignores outliers": VOCABULARY["redescending"].yes,
    "proper": VOCABULARY["proper"].yes,
    "calibrated": VOCABULARY["calibrated"].yes,
    "mean, median, quantile, expectile": "What its best constant prediction is.",
}
# The problems that stand below the search, for readers who do not know what to type.
SHOWN = (
    "imbalance",
    "outliers",
    "noisy labels",
    "calibration",
    "quantile",
    "skewed demand",
    "churn",
    "uncertainty",
)
DATA = "catalogue-data.js"
INTRODUCED = (
    "The picture is the curve of the value, as in the figure of the page: over the residual, the score "
    "or the prediction, or over one number of a row or batch while the others are held."
)


def by_family(room="losses"):
    """Classes of a shelf by family, in the order of `words.FAMILIES`, by title."""
    classes = [cls for cls in catalogued() if cls.shelf.room == room]
    classes.sort(key=lambda cls: cls.title.lower())
    order = [*words.FAMILIES, *sorted({c.family for c in classes} - set(words.FAMILIES))]
    found = {family: [c for c in classes if c.family == family] for family in order}
    return {family: members for family, members in found.items() if members}


def held(cls):
    """Keys of the claims that hold for the default parameters."""
    return {key for key, holds, _ in words.claims(cls.typical()) if holds}


def badges(cls):
    """A few words for what is claimed of a loss."""
    loss, claims = cls.typical(), held(cls)
    found = [said for key, said in BADGES.items() if key in claims]
    if "redescending" in claims:
        found.append("ignores outliers")
    elif "lipschitz" in claims and cls.family == "regression":
        found.append("robust")
    elicited = loss.claims.get("elicits")
    if elicited in words.ELICITS:
        found.append(elicited)
    return [said for said in (*LEGEND, *words.ELICITS) if said in found]


def asked_for(cls):
    """What the search and the menus know of a loss; the keys are the names of the menus."""
    claims = held(cls)
    own = [name for peer in cls.peers if peer.owner for name in (peer.name, *peer.also)]
    return {
        "family": [cls.family],
        "target": [cls.target],
        "kind": [cls.kind],
        "claim": [key for key in WANTED if key in claims],
        "library": sorted({peer.library for peer in cls.peers}),
        "title": cls.title,
        "names": [*cls.aliases, *dict.fromkeys(own)],
        "also": [name for name in words.peer_names(cls) if name not in own],
        "use": cls.use_when or "",
    }


def card(cls):
    """One of a shelf. There may be hundreds, so what a browser adds by itself is left out."""
    figure = facts(cls.typical())["figure"]
    picture = (
        f"<svg viewBox={BOX} aria-hidden=true><path d={quoted(figure['curve'])} /></svg>"
        if figure
        else ""
    )
    also = f" <i>{html.escape(', '.join(cls.aliases))}</i>" if cls.aliases else ""
    marks = "".join(f"<li>{said}" for said in badges(cls))
    return (
        f"<li><a href={page_of(cls)}.html>{picture}{cls.title}</a> <code>{cls.name}</code>{also}"
        f"<p>{words.Symbols(cls).marked_up(words.sentence(cls))}{f'<ul>{marks}</ul>' if marks else ''}\n"
    )


BOX = f'"-6 -6 {curves.WIDE + 12} {curves.HIGH + 12}"'


def quoted(text):
    return f'"{html.escape(text)}"'


def cards(members):
    return f'<ul class="ll-cards">{"".join(card(cls) for cls in members)}</ul>'


def options(name, label, choices):
    items = "".join(
        f'<option value="{html.escape(v)}">{html.escape(said)} ({count})'
        for v, said, count in choices
    )
    return f'<label>{label} <select name="{name}"><option value="">any{items}</select></label>'


def menus(classes):
    """(name, label, [(value, words, how many)]) of each."""
    known = [asked_for(cls) for cls in classes]
    targets = {c.target: c.domains()[0][c.target].legal.split(":")[0] for c in reversed(classes)}
    libraries = sorted(words.LIBRARIES.items(), key=lambda pair: pair[1].lower())
    for name, label, order, fewest in (
        ("family", "Family", words.FAMILIES, 1),
        ("target", "Target", targets, 1),
        ("kind", "Prediction", {key: kind.works_on for key, kind in kinds.OF.items()}, 1),
        ("claim", "Must be", WANTED, 1),
        # One that has a single loss is found by the search; in the menu it would be in the way.
        ("library", "Also in", dict(libraries), 2),
    ):
        found = Counter(value for item in known for value in item[name])
        yield name, label, [(k, v, found[k]) for k, v in order.items() if found[k] >= fewest]


def form(classes):
    """Search and filters, which need scripts."""
    shown = "".join(f'<button type="button" class="btn">{said}</button>' for said in SHOWN)
    legend = "".join(f"<dt>{said}<dd>{meaning}" for said, meaning in LEGEND.items())
    return (
        '<form class="ll-find pst-js-only" role="search" aria-label="Losses">'
        '<label class="ll-words">A problem, or a name here or in another library '
        '<input type="search" name="q" autocomplete="off" spellcheck="false" '
        'placeholder="outliers, rmsle, BCEWithLogitsLoss …"></label>'
        f'<p class="ll-try">{shown}</p>'
        f"{''.join(options(*menu) for menu in menus(classes))}"
        '<button type="reset" class="btn">Clear</button>'
        f'<output aria-live="polite">{len(classes)} losses</output></form>'
        '<div class="ll-found" hidden></div>'
        f'<details class="ll-legend"><summary>What pictures and words on the cards mean</summary>'
        f"<p>{INTRODUCED}</p><dl>{legend}</dl></details>"
        f'<script defer src="_static/{DATA}"></script>'
        '<script defer src="_static/catalogue-search.js"></script>'
        '<script defer src="_static/catalogue.js"></script>'
    )


def linked(text):
    """Markdown of a reason as HTML: {loss}`name` leads to its page."""
    said = re.sub(r"\{loss\}`(\w+)`", r"\1", html.escape(text, quote=False))
    for name in re.findall(r"\{loss\}`(\w+)`", text):
        said = re.sub(
            rf"\b{name}\b", f"<a href=catalogue/losses/{name}.html>{name}</a>", said, count=1
        )
    return said


def data():
    """What only the search and the menus need, beside the page: the page itself stays light."""
    classes = [cls for members in by_family().values() for cls in members]
    return {
        "losses": {cls.name: asked_for(cls) for cls in classes},
        "problems": [
            {
                "problem": entry["problem"],
                "words": entry["words"],
                "take": entry["take"],
                "note": words.marked_up(entry.get("note", "")),
            }
            for entry in problems.problems()
        ],
        "missing": [
            {
                "name": entry.name,
                "names": entry.names,
                "reason": linked(entry.reason),
                "take": re.findall(r"\{loss\}`(\w+)`", entry.reason),
            }
            for entry in missing.MISSING
        ],
        "synonyms": {k: v for k, v in unknown.SYNONYMS.items() if k != v},
        "models": unknown.MODELS,
        "common": sorted(unknown.COMMON),
        "menus": {name: dict(pair[:2] for pair in found) for name, _, found in menus(classes)},
    }


def write_data(app):
    if app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        static.mkdir(exist_ok=True)
        text = json.dumps(data(), ensure_ascii=False, separators=(",", ":"))
        (static / DATA).write_text(f"globalThis.losslabCatalogue = {text};\n", "utf8")
    return []


def grouped(families):
    """A section for each family, with its cards; outside HTML a plain list."""
    for family, members in families.items():
        title = words.FAMILIES.get(family, family.capitalize())
        section = nodes.section("", nodes.title("", title), ids=[family], classes=["ll-family"])
        section += nodes.raw("", cards(members), format="html")
        section += plain(members)
        yield section


def plain(members):
    listed = addnodes.only("", nodes.bullet_list(), expr="latex")
    for cls in members:
        name = nodes.literal(cls.name, cls.name)
        text = nodes.Text(f" {cls.title}: {words.short(cls)}.")
        listed[0] += nodes.list_item("", nodes.paragraph("", "", name, text))
    return listed


def depend(env, classes):
    """The document is read again when its cards have changed."""
    for source in (*files(classes), __file__, words.__file__):
        env.note_dependency(str(source))


class Catalogue(SphinxDirective):
    """``:::{catalogue}``: search, and all losses by family."""

    def run(self):
        families = by_family()
        classes = [cls for members in families.values() for cls in members]
        depend(self.env, classes)
        return [nodes.raw("", form(classes), format="html"), *grouped(families)]


class Shelf(SphinxDirective):
    """``:::{shelf} penalties``: what stands on another shelf."""

    required_arguments = 1

    def run(self):
        [room] = self.arguments
        members = [cls for found in by_family(room).values() for cls in found]
        depend(self.env, members)
        return [nodes.raw("", cards(members), format="html"), plain(members)]


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
