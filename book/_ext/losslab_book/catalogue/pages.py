"""The pages of the catalogue: one a loss, and one that shows how claims are checked.

No document stands behind them: they are made from the registry each time the book is built, and
put into the book's search index by hand.
"""

import json
import math
import re

from docutils import nodes
from docutils.utils import new_document
from sphinx.util import logging

from losslab.contract.claims import VOCABULARY
from losslab.losses import available, shelf
from losslab.widgets.manifest import is_built_in
from losslab.widgets.parts import assets

from .. import slim
from ..maths import render
from . import sources, words
from .facts import facts

logger = logging.getLogger(__name__)
ROW_COLUMNS = {
    "pointwise": (),
    "rowwise": ("target", "prediction", "value", "gradient"),
    "batchwise": ("target", "prediction", "gradient"),
}
QUANTITIES = ("value", "gradient", "curvature")
# Names, brackets and numbers have the colour of the text: without their marks a page is half as long.
UNCOLOURED = re.compile(r'<span class="(?:n|p|w|o|mi|mf|nb|nf)">([^<]*)</span>')
AXES = {"residual": "r", "prediction": "ŷ"}


def catalogued():
    """Classes of all losses of the package, by name; those of plug-ins are not its business."""
    classes = (shelf.find(name) for name in available())
    return [cls for cls in classes if is_built_in(cls)]


def page_of(name):
    return f"catalogue/{name}"


def formula(latex, place):
    try:
        return render(latex, True)
    except ValueError as error:
        logger.warning("KaTeX: %s", error, location=place)
        return ""


def place_words(place):
    """`y = 1, f = −40`: where a formula was evaluated, in one piece."""
    if "scale" in place:
        return f"predictions\xa0×\xa0{words.number(place['scale'])}"
    return ", ".join(f"{k}\xa0=\xa0{words.number(v)}" for k, v in place.items())


def trouble_words(digits):
    """What becomes of the textbook formula in doubles, as the end of a sentence."""
    found = {r["trouble"]: r for r in digits["readings"]}
    said = []
    if "some" in found:
        kept, place = round(found["some"]["digits"]), place_words(found["some"]["place"])
        said.append(f"keeps only {kept} of its 16 digits at {place}")
    if "nothing" in found:
        said.append(f"has no right digit left at {place_words(found['nothing']['place'])}")
    if "overflow" in found:
        said.append(f"overflows at {place_words(found['overflow']['place'])}")
    if not said and digits["least"] > 15.5:
        return "loses no digit at any of them"
    if not said:
        return f"keeps at least {int(digits['least'])} of its 16 digits at all of them"
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def ours_words(digits):
    """What the value from losslab keeps, as a sentence."""
    worst = digits["worst"]
    if worst <= 10:
        said = f"The value from losslab is within {worst:.1f} units in the last place"
    else:  # a value near a zero of the loss has fewer digits than its terms
        said = f"The value from losslab keeps at least {int(15.6 - math.log10(worst))} digits"
    if digits["failed"]:
        return f"{said}, but it fails at {place_words(digits['failed'][0])}."
    return f"{said} at all of them."


def digit_rows(digits):
    return [
        {
            "where": place_words(r["place"]),
            "true": words.number(r["true"], 8),
            "textbook": "an error" if r["textbook"] is None else words.number(r["textbook"], 8),
            "digits": int(r["digits"] + 0.5),
            "ours": words.number(r["ours"], 8),
        }
        for r in digits["readings"]
    ]


def bounds(cls):
    """The accuracy that the tests hold a class to, in words."""
    quantities = [q for q in QUANTITIES if q != "curvature" or cls.has_curvature()]
    plain = [q for q in quantities if q not in cls.accuracy]
    said = []
    if plain:
        names = plain[0] if len(plain) == 1 else f"{', '.join(plain[:-1])} and {plain[-1]}"
        said.append(f"The tests hold {names} to 2 units in the last place.")
    for quantity, (limit, reason, _) in cls.accuracy.items():
        said.append(
            f"For the {quantity} they allow {words.number(limit)}: {reason.rstrip('.')}."
            if plain
            else f"The tests allow {words.number(limit)} units in the last place for the "
            f"{quantity}: {reason.rstrip('.')}."
        )
    return " ".join(said)


def point_table(points):
    symbol = AXES.get(points["axis"], "f")
    return {
        "head": symbol,
        "target": None if points["axis"] == "residual" else words.number(points["y"]),
        "rows": [[words.number(v, 5) for v in row] for row in points["rows"]],
    }


def row_table(rows):
    def row(value):
        return words.number(float(value), 4) if not isinstance(value, list) else line(value)

    def line(values):
        return "(" + ", ".join(words.number(float(v), 3) for v in values) + ")"

    return [[row(part) for part in parts] for parts in rows]


def parameters(cls):
    """Rows of the table of parameters: the vector first, as in the kernels."""
    specs = [*cls.vector_specs.values(), *cls.parameter_specs.values()]
    return [
        {
            "name": spec.name,
            "default": words.number(spec.default) if hasattr(spec, "default") else "yours to give",
            "legal": spec.legal.removeprefix("a finite number ")
            .replace("a finite number", "finite")
            .replace(">=", "≥")
            .replace("<=", "≤"),
            "doc": spec.doc,
        }
        for spec in specs
    ]


def by_parameters(cls):
    """What follows the legal targets if they depend on the parameters."""
    return (
        " (other parameters, other targets)" if getattr(cls, "target_by_parameters", None) else ""
    )


def outputs(cls):
    """What the columns of a rowwise prediction are."""
    given = getattr(cls, "outputs", None)
    if given in (None, "values", "number"):
        return ""
    if given == "classes":
        return "one column a class"
    return "columns " + ", ".join(name.replace("_", " ") for name in given)


def figure(loss, drawn):
    """The picture and the state that makes it live, as myst-nb would leave them in a page."""
    state = {**drawn["state"], "_losslab": assets.version()}
    models = {"state": {loss.name: {"state": state}}}
    return (
        f'{drawn["html"]}<script type="application/vnd.jupyter.widget-state+json">'
        f"{json.dumps(models, separators=(',', ':'))}</script>"
    )


def elsewhere(peer, loss, highlight):
    """What the page says of a loss in another library, and the code that gives the same number."""
    code = peer.code(type(loss).typical(**peer.at))
    coloured = UNCOLOURED.sub(r"\1", highlight(code, "python")) if code else ""
    said = peer.differences()
    return {
        "library": words.LIBRARIES.get(peer.library, peer.library),
        "names": [peer.name, *peer.also],
        "said": words.marked_up("; ".join(said) if said else "the same number"),
        "code": coloured,
    }


def context_of(cls, app, chapters):
    loss = cls.typical()
    target, prediction = cls.domains()
    found = facts(loss)
    summary, paragraphs, example = words.docstring(cls)
    highlight = app.builder.highlighter.highlight_block
    claims = [
        {"key": key, "holds": holds, "text": text, "check": sources.check_of(key, cls.kind)}
        for key, holds, text in words.claims(loss)
    ]
    reference = sources.citation(cls.reference)
    if reference is None:
        logger.warning("the reference %r of %s is not in references.bib", cls.reference, cls.name)
    derivatives = getattr(cls, "derivatives", None)
    context = {
        "title": cls.title,
        "losslab_description": f"{cls.title} in losslab: {words.short(cls)}.",
        "loss": cls,
        "call": repr(loss)
        .replace(type(loss).__name__ + "(", f'll.get("{cls.name}", ')
        .replace(", )", ")"),
        "summary": words.marked_up(summary),
        "paragraphs": [words.marked_up(p) for p in paragraphs],
        "example": highlight(words.plain_code(example), "python") if example else "",
        "formula": formula(cls.formula, cls.name),
        "derivatives": formula(derivatives, cls.name) if derivatives else "",
        "over_residual": cls.target == "real" and "r" in cls.formula and cls.kind == "pointwise",
        "facts": [
            ("Family", words.FAMILIES.get(cls.family, cls.family)),
            ("Target y", words.marked_up(target[cls.target].legal) + by_parameters(cls)),
            ("Prediction ŷ", words.marked_up(prediction[cls.prediction].legal)),
            ("Works on", "; ".join(filter(None, (words.KINDS[cls.kind], outputs(cls))))),
        ],
        "parameters": parameters(cls),
        "claims": claims,
        "figure": figure(loss, found["figure"]) if found["figure"] else "",
        "points": point_table(found["points"]) if found["points"] else None,
        "no_curvature": "" if cls.has_curvature() else cls.no_curvature,
        "hessian": cls.kind != "pointwise" and cls.has_curvature(),
        "rows": row_table((found["batch"] or {"rows": found["rows"] or []})["rows"]),
        "columns": ROW_COLUMNS[cls.kind],
        "batch": words.number(found["batch"]["value"], 4) if found["batch"] else "",
        "digits": found["digits"],
        "trouble": trouble_words(found["digits"]) if found["digits"] else "",
        "digit_rows": digit_rows(found["digits"]) if found["digits"] else [],
        "ours": ours_words(found["digits"]) if found["digits"] else "",
        "bounds": bounds(cls),
        "short_names": words.short_names(cls),
        "peers": [elsewhere(peer, loss, highlight) for peer in cls.peers],
        "reference": reference,
        "chapters": chapters.get(cls.name, []),
        "marked": words.marked_up,
    }
    context["heading"] = sections(context)
    context["toc"] = contents(cls.title, context["heading"])
    return context


def sections(context):
    """Headings by anchor of the sections that a loss has."""
    loss, points = context["loss"], context["points"]
    all_of_them = {
        "formula": ("Formula", True),
        "figure": ("See it", context["figure"]),
        "derivatives": ("Derivatives" if points else "A worked example", points or context["rows"]),
        "parameters": ("Parameters", context["parameters"]),
        "claims": ("What is claimed, and tested", context["claims"]),
        "choose": ("Choosing it", loss.use_when or loss.avoid_when),
        "digits": ("Digits lost and kept", context["digits"]),
        "names": ("Other names", True),
        "more": ("Where it comes from", True),
    }
    return {anchor: heading for anchor, (heading, there) in all_of_them.items() if there}


def contents(title, headings):
    """The table of contents of a page, in the shape in which the theme expects it."""
    items = "".join(
        f'<li><a class="reference internal" href="#{anchor}">{name}</a></li>'
        for anchor, name in headings.items()
    )
    return f'<ul><li><a class="reference internal" href="#">{title}</a><ul>{items}</ul></li></ul>'


def neighbours(pages, i):
    def link(j):
        if not 0 <= j < len(pages):
            return None
        return {"link": f"{pages[j].name}.html", "title": pages[j].title}

    return {"prev": link(i - 1), "next": link(i + 1)}


def feed_search(app, name, title, texts):
    """Let the book's search find a page that no document stands behind."""
    document = new_document(name)
    section = nodes.section("", nodes.title("", title), ids=[name])
    section += [nodes.paragraph("", text) for text in texts]
    document += section
    # The index forgets what is not among the documents. The environment on disk is not touched.
    app.env.all_docs[name] = 0
    app.env.titles[name] = nodes.title("", title)
    app.builder.indexer.feed(name, f"{name}.html", title, document)


def collect(app):
    """What Sphinx writes besides the documents: (name, context, template)."""
    if app.builder.format != "html":
        return
    spoken_of = sources.taught_in(app.env)
    titles = {name: node.astext() for name, node in app.env.titles.items()}
    classes = sorted(catalogued(), key=lambda cls: cls.title.lower())
    for i, cls in enumerate(classes):
        chapters = {cls.name: [(name, titles[name]) for name in spoken_of.get(cls.name, ())]}
        context = context_of(cls, app, chapters)
        name = page_of(cls.name)
        slim.PAGES.add(name)
        summary, paragraphs, _ = words.docstring(cls)
        also = " ".join((cls.name, *cls.aliases, *words.peer_names(cls)))
        feed_search(app, name, cls.title, [summary, *paragraphs, also])
        yield name, {**context, **neighbours(classes, i)}, "loss.html"
    slim.PAGES.add(page_of("claims"))
    yield page_of("claims"), claims_context(app), "claims.html"


def claims_context(app):
    highlight = app.builder.highlighter.highlight_block
    listed = [
        {
            "check": check,
            "meaning": VOCABULARY[check.key].meaning,
            "code": UNCOLOURED.sub(r"\1", highlight(check.code, "python")),
        }
        for check in sources.checks()
    ]
    return {
        "title": "How claims are checked",
        "losslab_description": "The functions of the test suite that check what losslab claims.",
        "checks": listed,
        "toc": contents("How claims are checked", {c.anchor: c.heading for c in sources.checks()}),
    }


def live_figure_script(app, pagename, templatename, context, doctree):
    """The script of the live figures, where a page of the catalogue has one."""
    if templatename == "loss.html" and context["figure"]:
        app.add_js_file(slim.FIGURES, defer="defer")


def setup(app):
    app.connect("html-collect-pages", collect)
    app.connect("html-page-context", live_figure_script)
