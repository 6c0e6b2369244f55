"""Questions of a chapter as the book writes them into its pages."""

import re
import sys

import pytest
from docutils import nodes
from docutils.utils import new_document

from tests.book.chapters import BOOK, chapters

sys.path.insert(0, str(BOOK / "_ext"))
pytest.importorskip("losslab_book.questions")
from losslab_book.questions import answers, asks, veils  # noqa: E402


@pytest.mark.parametrize(
    ("text", "kind", "holds"),
    [
        ("number", "number", {"unit": ""}),
        ("number %", "number", {"unit": "%"}),
        ("place 0 to 100 %", "place", {"from": 0, "to": 100, "unit": "%", "log": False}),
        ("place −3 to 3", "place", {"from": -3, "to": 3, "unit": ""}),
        ("place 1 to 1e3 francs, log", "place", {"to": 1000, "unit": "francs", "log": True}),
        (
            "curve: residual (m) 0 to 5; weight 0 to 1",
            "curve",
            {
                "x": {"name": "residual (m)", "from": 0, "to": 5},
                "y": {"name": "weight", "from": 0, "to": 1},
            },
        ),
    ],
)
def test_asks(text, kind, holds):
    found = asks.parse(text)
    assert found["kind"] == kind
    assert holds.items() <= found.items()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("guess", "ask must be"),
        ("place 0 to", "ask must be"),
        ("place 5 to 1", "from a smaller to a greater"),
        ("place 0 to 10 m, log", "begins above 0"),
        ("curve: x 0 to 1", "ask must be"),
    ],
)
def test_what_cannot_be_asked(text, says):
    with pytest.raises(ValueError, match=says):
        asks.parse(text)


def test_digest_is_fnv_1a():
    # Test vectors of the authors of the function.
    assert answers.digest("") == "cbf29ce484222325"
    assert answers.digest("a") == "af63dc4c8601ec8c"
    assert answers.digest("foobar") == "85944171f73967e8"


def accepted(slot, value):
    """As the page decides."""
    steps = round(value / slot["step"])
    return answers.digest(f"{slot['salt']}:{steps}") in slot["digests"]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("8", [8, 8.4, 7.6], [9, 7, -8, 80]),
        ("0.31 ± 0.01", [0.31, 0.32, 0.3], [0.33, 0.29, -0.31]),
        ("−2.5", [-2.5, -2.46], [2.5, -2.3]),
        ("0", [0, 0.4], [1, -1]),
    ],
)
def test_numbers_are_right_within_their_tolerance(text, right, wrong):
    slot = answers.slot(text)
    assert all(accepted(slot, value) for value in right)
    assert not any(accepted(slot, value) for value in wrong)
    assert set(slot) - {"searched"} == {"salt", "step", "digests"}


def said_of(slot, value):
    """What the page says of a number that has a hint of its own."""
    steps = round(value / slot["step"])
    key = answers.digest(f"{slot['salt']}:{steps}")
    return next((hint["say"] for hint in slot["hints"] if key in hint["digests"]), None)


def test_a_wrong_number_has_the_hint_of_the_notebook():
    slot = answers.slot("16; hints of referee-worst; not 30: that is the largest value.")
    assert slot["digests"] == answers.slot("16")["digests"]
    assert said_of(slot, 14) == "that is the largest miss itself; where does c lie?"
    assert said_of(slot, 30) == "that is the largest value."
    assert said_of(slot, 20) is None
    third = answers.slot("8; hints of referee-paper 2")
    assert [hint["say"].split(".")[0] for hint in third["hints"]] == [
        "that is for τ = 0",
        "that is the median",
    ]


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_no_hint_is_said_of_a_right_answer(path):
    found = re.findall(r"\{answer\}`([^`]+)`", path.read_text("utf8"))
    assert found
    for text in found:
        slot = answers.slot(text)
        for hint in slot.get("hints", ()):
            assert slot["digests"][1] not in hint["digests"], text


def test_a_formula_is_compared_with_the_compiled_loss():
    slot = answers.slot("formula in y, f: huber(delta=2) gradient")
    assert slot["names"] == ["y", "f"]
    assert len(slot["points"]) == 12
    for point in slot["points"]:
        y, f = point["at"]
        assert point["value"] == min(max(f - y, -2), 2)


@pytest.mark.parametrize(
    "text",
    ["formula: huber", "3 ± 0", "about three", "3; not four: no", "3; hints of referee-wurst"],
)
def test_an_answer_that_cannot_be_checked(text):
    with pytest.raises(ValueError, match="."):
        answers.slot(text)


def question(**attributes):
    return nodes.admonition(
        "", nodes.title("", "?"), classes=["losslab-box", "losslab-predict"], **attributes
    )


def outline(node):
    """The tree in a line: q a question, t a text, f a figure, [ ] a veil, ( ) a section."""
    if veils.is_question(node):
        return "q"
    inner = "".join(outline(child) for child in node.children if isinstance(child, nodes.Element))
    if isinstance(node, nodes.section):
        return f"({inner})"
    if "losslab-veil" in node.get("classes", ()):
        return f"[{inner}]"
    return inner or {"figure": "f", "paragraph": "t"}.get(node.tagname, "")


def veiled(*children):
    document = new_document("chapter")
    section = nodes.section("", *children)
    document += section
    veils.Veils(document).apply()
    return outline(section)


def text():
    return nodes.paragraph("", "…")


def figure(name):
    return nodes.container("", nodes.figure("", nodes.image(), names=[name]))


def test_a_veil_goes_to_the_next_heading():
    assert veiled(text(), question(), text(), text(), nodes.section("", text())) == "(tq[tt](t))"


def test_a_later_question_stands_in_the_veil_of_the_first():
    assert veiled(question(), text(), question(), text()) == "(q[tq[t]])"


def test_a_veil_ends_behind_the_figure_that_is_named():
    assert veiled(question(until="fig-x"), text(), figure("fig-x"), text()) == "(q[tf]t)"


def test_nothing_to_veil():
    assert veiled(text(), question(), nodes.section("", text())) == "(tq(t))"
