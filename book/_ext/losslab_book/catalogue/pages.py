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
from losslab.widgets.manifest import SHELVES, built_in
from losslab.widgets.parts import assets

from .. import slim
from ..maths import render
from . import derivatives, derivatives_rows, kinds, related, sources, words
from .facts import facts

logger = logging.getLogger(__name__)
# Names, brackets and numbers have the colour of the text: without their marks a page is half as long.
UNCOLOURED = re.compile(r'<span class="(?:n|p|w|o|mi|mf|nb|nf)">([^<]*)</span>')


def catalogued():
    """Classes of the package on all shelves; those of plug-ins are not its business."""
    return built_in()


def page_of(cls):
    return f"catalogue/{cls.shelf.room}/{cls.name}"


def index_of(room):
    """The document that lists the pages of a shelf, and its title."""
    if room == "losses":
        return "catalogue", "Catalogue of losses"
    return "shelves", "Penalties, rules, risks and optimisers"


# What opens, what closes, and where a line may end: at a comma with room behind it, before an "or".
PART = re.compile(r"(\\begin\b|[{(\[])|(\\end\b|[})\]])|,\s*\\(?:q?quad|\s)\s*|(\\text\{ or \})")


def parts(latex):
    """The parts of a formula that may stand below each other on a narrow screen."""
    found, depth, begin = [], 0, 0
    for token in PART.finditer(latex):
        opens, closes, other = token.groups()
        depth += bool(opens) - bool(closes)
        if not (opens or closes or depth):
            found.append(latex[begin : token.start()] + ("" if other else ","))
            begin = token.start() if other else token.end()
    return [*found, latex[begin:]]


def formula(latex, place):
    try:
        return "".join(render(part, True) for part in parts(latex))
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
    quantities = kinds.of(cls).quantities_of(cls)
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


def parameters(cls):
    """Rows of the table of parameters: vectors first, as in the kernels."""
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


def called(loss):
    """The code that makes a definition: `ll.get("huber", delta=1)`."""
    made = repr(loss).replace(type(loss).__name__ + "(", f'{loss.shelf.door}.get("{loss.name}", ')
    return made.replace(", )", ")")


def tabs(loss, peers, highlight):
    """The same number in code: here, and in each library whose code is known."""
    kind = kinds.of(type(loss))
    own = f"import losslab as ll\n\n{kind.use(called(loss))}"
    found = {"losslab": [{"names": [], "code": UNCOLOURED.sub(r"\1", highlight(own, "python"))}]}
    for peer in peers:
        if peer["code"]:
            found.setdefault(peer["library"], []).append(peer)
    order = [library for library in words.LIBRARIES.values() if library in found]
    return [
        {
            "library": library,
            "id": f"in-{re.sub('[^a-z0-9]+', '-', library.lower())}",
            "entries": found[library],
        }
        for library in dict.fromkeys(("losslab", *order, *found))
    ]


def context_of(cls, app, chapters):
    loss = cls.typical()
    kind, found = kinds.of(cls), facts(loss)
    _, paragraphs, example = words.docstring(cls)
    highlight = app.builder.highlighter.highlight_block
    symbols = words.Symbols(cls)
    claims = [
        {
            "key": key,
            "holds": holds,
            "text": symbols.marked_up(text),
            "check": sources.check_of(key, cls.kind),
        }
        for key, holds, text in words.claims(loss)
    ]
    reference = sources.citation(cls.reference)
    if reference is None:
        logger.warning("the reference %r of %s is not in references.bib", cls.reference, cls.name)
    peers = [elsewhere(peer, loss, highlight) for peer in cls.peers]
    derived = derivatives.latex(cls) or derivatives_rows.latex(cls)
    context = {
        "title": cls.title,
        "losslab_description": f"{cls.title} in losslab: {words.short(cls)}.",
        "loss": cls,
        "door": cls.shelf.door,
        "noun": cls.shelf.noun,
        "up": index_of(cls.shelf.room),
        "claims_page": claims_of(cls.shelf.room),
        "summary": symbols.marked_up(words.sentence(cls)),
        "paragraphs": [symbols.marked_up(p) for p in paragraphs],
        "tabs": tabs(loss, peers, highlight),
        "same_code": kind.same_code,
        "related": [{**each, "page": page_of(each["cls"])} for each in related.near(cls)],
        "example": highlight(words.plain_code(example), "python") if example else "",
        "formula": formula(cls.formula, cls.name),
        "derivatives": formula(derived, cls.name) if derived else "",
        "derivatives_note": derivatives_rows.note(cls),
        "note": kind.note(cls),
        "facts": [("Family", words.FAMILIES.get(cls.family, cls.family.capitalize()))]
        + kind.facts(cls),
        "parameters": parameters(cls),
        "claims": claims,
        "figure": figure(loss, found["figure"]) if found["figure"] else "",
        "table": kind.table(found["readings"]),
        "beyond": kind.beyond(cls),
        "digits": found["digits"],
        "trouble": trouble_words(found["digits"]) if found["digits"] else "",
        "digit_rows": digit_rows(found["digits"]) if found["digits"] else [],
        "ours": ours_words(found["digits"]) if found["digits"] else "",
        "bounds": bounds(cls),
        "short_names": words.short_names(cls),
        "elsewhere": [peer for peer in peers if not peer["code"]],
        "reference": reference,
        "chapters": chapters,
        "marked": symbols.marked_up,
    }
    context["heading"] = sections(context)
    context["toc"] = contents(cls.title, context["heading"])
    return context


def sections(context):
    """Headings by anchor of the sections that a loss has."""
    loss = context["loss"]
    kind = kinds.of(loss)
    all_of_them = {
        "figure": ("See it", context["figure"]),
        "formula": ("Formula", True),
        "code": ("In code", True),
        "about": ("What it is", True),
        "choose": ("Choosing it", loss.use_when or loss.avoid_when or context["related"]),
        "derivatives": (kind.derived if context["derivatives"] else kind.derivatives, True),
        "parameters": ("Parameters", context["parameters"]),
        "claims": ("What is claimed, and tested", context["claims"]),
        "digits": ("Digits lost and kept", context["digits"]),
        "names": ("Other names", context["elsewhere"] or context["short_names"]),
        "more": ("Where it comes from", context["reference"]),
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
        return {"link": f"../{pages[j].shelf.room}/{pages[j].name}.html", "title": pages[j].title}

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
    rooms = [shelf.room for shelf in SHELVES]
    classes = sorted(catalogued(), key=lambda cls: (rooms.index(cls.shelf.room), cls.title.lower()))
    for i, cls in enumerate(classes):
        chapters = [(name, titles[name]) for name in spoken_of.get(cls, ())]
        context = context_of(cls, app, chapters)
        name = page_of(cls)
        slim.PAGES.add(name)
        summary, paragraphs, _ = words.docstring(cls)
        also = " ".join((cls.name, *cls.aliases, *words.peer_names(cls)))
        feed_search(app, name, cls.title, [summary, *paragraphs, also])
        yield name, {**context, **neighbours(classes, i)}, "loss.html"
    for room in rooms:
        slim.PAGES.add(claims_of(room))
        yield claims_of(room), claims_context(app, room), "claims.html"


def claims_of(room):
    """The page that shows how claims of what stands on a shelf are checked."""
    return f"catalogue/{room}/claims"


def claims_context(app, room):
    highlight = app.builder.highlighter.highlight_block
    listed = [
        {
            "check": check,
            "meaning": VOCABULARY[check.key].meaning,
            "code": UNCOLOURED.sub(r"\1", highlight(check.code, "python")),
        }
        for check in sources.checks(room)
    ]
    return {
        "title": "How claims are checked",
        "losslab_description": "The functions of the test suite that check what losslab claims.",
        "checks": listed,
        "up": index_of(room),
        "toc": contents(
            "How claims are checked", {c.anchor: c.heading for c in sources.checks(room)}
        ),
    }


def live_figure_script(app, pagename, templatename, context, doctree):
    """The script of the live figures, where a page of the catalogue has one."""
    if templatename == "loss.html" and context["figure"]:
        app.add_js_file(slim.FIGURES, defer="defer")


def setup(app):
    app.connect("html-collect-pages", collect)
    app.connect("html-page-context", live_figure_script)
