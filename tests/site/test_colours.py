"""One map of colours for the book, read from its pictures: a loss looks the same in all of them."""

import re

import pytest

from losslab.contract.style import COLOURS
from losslab.losses import shelf
from losslab.plots.style import INK, QUIET, ROLES
from tests import built
from tests.site.conftest import BUILT

built.need("book")
MOST = 5  # curves of a legend: more is a table
PICTURES = sorted(
    {
        (page.stem, name)
        for page in BUILT.glob("part*/*.html")
        for name in re.findall(r"_images/(\w+-light-wide\.svg)", page.read_text("utf8"))
    }
)
ENTRY = re.compile(r'<g id="([a-zA-Z0-9]+)_\d+">(.*?)\n    </g>', re.S)


def dash(body):
    """The name of a pattern of dashes, which is longer the wider the line is."""
    found = re.search(r"stroke-dasharray: ([\d.,]+)", body)
    lengths = [float(length) for length in found[1].split(",")] if found else []
    if len(lengths) == 2:
        return "dashed" if lengths[0] > lengths[1] else "dotted"
    return "dashdot" if lengths else "solid"


def legends(svg):
    """The entries of each legend of a drawing: (words, colour, dash)."""
    for legend in re.findall(r'<g id="legend_\d+">(.*?)\n   </g>\n', svg, re.S):
        entries, look = [], None
        for kind, body in ENTRY.findall(legend):
            words, stroke = re.search(r"<!-- (.*?) -->", body), re.search(r"stroke: (#\w+)", body)
            if kind == "text" and words and look:
                entries.append((words[1], *look))
            elif stroke and kind != "patch":
                look = stroke[1].lower(), dash(body)
        if entries:
            yield entries


def plain(name):
    """What chapters call a loss: without `loss`, and without the parameter they add."""
    name = re.sub(r"(,.*| loss)$", "", name.lower().replace("_", " ").replace("-", " "))
    return re.sub(r" errors$", "", name)  # training errors are training


def known_looks():
    """The looks that a name may have: one of two losses may share it, for two and for many classes."""
    looks = {plain(role): {look} for role, look in ROLES.items()}
    for definition in shelf.classes():
        for name in (definition.title, definition.name, *definition.aliases):
            colour, dashes = definition.style
            looks.setdefault(plain(name), set()).add((colour.lower(), dashes))
    return looks


LOOKS = known_looks()
PALETTE = {colour.lower() for colour in (*COLOURS.values(), INK, QUIET)}


def faults(entries):
    looks = [look for _, *look in entries]
    if len(entries) > MOST:
        yield f"a legend of {len(entries)} curves"
    if any(looks.count(look) > 1 for look in looks):
        yield f"two entries look the same: {entries}"
    for words, colour, dashes in entries:
        if colour not in PALETTE:
            yield f"{words!r} has the colour {colour}, which is none of the book's"
        wanted = LOOKS.get(plain(words))
        if wanted and (colour, dashes) not in wanted:
            yield f"{words!r} is drawn {colour} {dashes}, and is {wanted} elsewhere"


@pytest.mark.parametrize(("chapter", "name"), PICTURES)
def test_legends(chapter, name):
    svg = (BUILT / "_images" / name).read_text("utf8")
    found = [fault for entries in legends(svg) for fault in faults(entries)]
    assert not found, f"{chapter}: " + "\n".join(found)


def test_legends_are_found():
    drawn = [[*legends((BUILT / "_images" / name).read_text("utf8"))] for _, name in PICTURES]
    named = [words for found in drawn for entries in found for words, *_ in entries]
    assert len(named) >= 20
    assert any(plain(words) in LOOKS for words in named)


BLUE, GREEN = COLOURS["blue"].lower(), COLOURS["green"].lower()


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([("Huber", "#cc0000", "solid")], "none of the book's"),
        ([("Squared error", GREEN, "dotted")], "elsewhere"),
        ([("training", BLUE, "solid")], "elsewhere"),
        ([("one", BLUE, "solid"), ("two", BLUE, "solid")], "look the same"),
        ([(str(i), BLUE, str(i)) for i in range(6)], "6 curves"),
        ([("one", BLUE, "solid"), ("two", BLUE, "dashed")], None),
    ],
)
def test_faults(entries, fault):
    found = "\n".join(faults(entries))
    assert (fault in found) if fault else not found
