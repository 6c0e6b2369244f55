"""The generated catalogue: a page for each loss, links that lead somewhere."""

import html
import inspect
import math
import re
import sys

import numpy as np
import pytest

import losslab as ll
from losslab.losses import shelf
from losslab.widgets.manifest import SHELVES, built_in
from tests import built
from tests.adaptive import claim_checks as of_risks
from tests.adaptive import test_risks
from tests.book.chapters import BOOK, ROOT, markdown, pages
from tests.losses import (
    batch_claim_checks,
    claim_checks,
    row_claim_checks,
    test_batchwise,
    test_claims,
    test_row_claims,
)
from tests.multitask import claim_checks as of_rules
from tests.multitask import test_rules
from tests.penalties import claim_checks as of_penalties
from tests.penalties import test_claims as test_penalty_claims
from tests.training.optimisers import claim_checks as of_optimisers
from tests.training.optimisers import test_claims as test_optimiser_claims

sys.path.insert(0, str(BOOK / "_ext"))
pytest.importorskip("sphinx")
from losslab_book.catalogue import digits, facts, index, kinds, related, sources, words  # noqa: E402
from losslab_book.catalogue import pages as catalogue_pages  # noqa: E402

built.need("book")

BUILT = ROOT / "_build" / "html"
MOST = 70_000  # bytes of one page
CLASSES = sorted(built_in(), key=lambda cls: cls.name)
LOSSES = [cls for cls in CLASSES if cls.shelf is shelf]
CLAIM_PAGES = [catalogue_pages.claims_of(each.room) for each in SHELVES]
by_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda c: f"{c.shelf.room}-{c.name}")
by_loss = pytest.mark.parametrize("cls", LOSSES, ids=lambda cls: cls.name)


def built(name):
    return (BUILT / f"{name}.html").read_text("utf8")


def article(name):
    return built(name).partition("<article")[2].partition("</article>")[0]


FIGURES = {
    "pointwise": "loss",
    "rowwise": "row",
    "batchwise": "batch",
    "separable": "shrink",
    "aggregation": "direction",
    "weighting": "weights",
    "risk": "weights",
}


@by_class
def test_everything_has_a_page(cls):
    page = built(catalogue_pages.page_of(cls))
    assert len(page.encode()) < MOST
    assert page.count("<h1>") == 1
    said = html.unescape(article(catalogue_pages.page_of(cls)))
    for text in (cls.title, *cls.aliases, *cls.parameter_specs):
        assert text in said
    for peer in cls.peers:
        assert all(name in said for name in (peer.name, *peer.also))
        code = peer.code(cls.typical(**peer.at))
        assert code is None or code in re.sub(r"<[^>]+>", "", said)
    for claim in cls.typical().claims:
        assert f"check_{claim}" in said
    assert 'class="katex' in said
    of_planes = getattr(cls, "output_word", "") == "member of vectors"
    if cls.kind in FIGURES:
        assert f'data-figure="{"ensemble" if of_planes else FIGURES[cls.kind]}-explorer"' in said


@pytest.mark.parametrize("name", [*CLAIM_PAGES, "shelves"])
def test_other_pages_are_not_heavy(name):
    assert len(built(name).encode()) < MOST


@by_loss
def test_index_knows_the_loss_and_its_other_names(cls):
    cards = article("catalogue").split("<li><a href=")[1:]
    [card] = [card for card in cards if f"<code>{cls.name}</code>" in card]
    assert card.startswith(f"{catalogue_pages.page_of(cls)}.html>")
    for alias in cls.aliases:
        assert html.escape(alias) in card
    for said in index.badges(cls):
        assert f"<li>{said}" in card
    data = (BUILT / "_static" / index.DATA).read_text("utf8")
    assert f'"{cls.name}":{{' in data


def test_words_on_cards_are_claims():
    assert index.badges(shelf.find("huber")) == ["convex", "robust"]
    assert index.badges(shelf.find("tukey_biweight"))[-1] == "ignores outliers"
    assert {"convex", "smooth", "proper"} <= set(index.badges(shelf.find("binary_cross_entropy")))
    assert "mean" in index.badges(shelf.find("squared_error"))


@by_loss
def test_code_comes_before_everything_that_is_read(cls):
    said = article(catalogue_pages.page_of(cls))
    order = [
        "<h1>",
        "losslab-figure",
        'class="math"',
        'class="ll-tabs"',
        'id="about"',
        'id="derivatives"',
    ]
    places = [said.index(part) for part in order]
    assert places == sorted(places)
    for other in related.near(cls):
        assert other["cls"] is not cls
        assert f'{other["cls"].name}.html"' in said
    if cls.kind == "pointwise":
        assert "ll-tablist" not in said  # made by the script: without one all code stands there
    if cls.kind in ("pointwise", "rowwise", "batchwise"):
        assert "partial" in said.partition('id="derivatives"')[2]


def test_parameters_are_spoken_of_by_their_letters():
    said = article("catalogue/losses/huber").partition('id="about"')[2].partition("</section>")[0]
    assert "pull of an outlier in y to δ" in said
    symbols = words.Symbols(shelf.find("beta_likelihood"))
    assert symbols.marked_up("phi of a beta law, `phi`") == "φ of a beta law, <code>phi</code>"
    focal = words.Symbols(shelf.find("focal"))
    assert focal.marked_up("alpha_t is alpha") == "α<sub>t</sub> is α"


def test_what_stands_near_can_be_compared():
    near = {each["cls"].name: each["compare"] for each in related.near(shelf.find("huber"))}
    assert near["squared_error"] == "#figure1?losses=huber%28delta%3D1%29%2Csquared_error"
    assert "pseudo_huber" in near
    assert related.compared(shelf.find("huber"), shelf.find("hinge")) is None
    assert {each["compare"] for each in related.near(shelf.find("gaussian_nll"))} == {None}


@by_loss
def test_the_first_tab_gives_the_number(cls, interpreted):
    loss = cls.typical()
    y, f = loss.example(6, np.random.default_rng(1))
    code = kinds.of(cls).use(catalogue_pages.called(loss))
    said = re.sub(r"<[^>]+>", "", html.unescape(article(catalogue_pages.page_of(cls))))
    assert f"import losslab as ll\n\n{code}" in said
    assert eval(code, {"ll": ll, "y_true": y, "y_pred": f}) == loss.value(y, f)


def test_other_shelves_are_listed():
    for cls in CLASSES:
        here = f"<a href={catalogue_pages.page_of(cls)}.html>" in article("shelves")
        assert here == (cls.shelf is not shelf)


# For each kind: the checks that its tests run, and what they run them on.
RUN = {
    "pointwise": (claim_checks.CHECKS, test_claims.CLAIMS),
    "rowwise": (row_claim_checks.CHECKS, test_row_claims.CASES),
    "batchwise": (batch_claim_checks.CHECKS, test_batchwise.CLAIMS),
    "separable": (of_penalties.CHECKS, test_penalty_claims.CLAIMS),
    "joint": (of_penalties.CHECKS, test_penalty_claims.CLAIMS),
    "aggregation": (of_rules.CHECKS, test_rules.CLAIMS),
    "weighting": (of_rules.CHECKS, test_rules.CLAIMS),
    "risk": (of_risks.CHECKS, test_risks.CLAIMS),
    "optimiser": (of_optimisers.CHECKS, test_optimiser_claims.CLAIMS),
}
RAN = {
    kind: {tuple(getattr(case, "values", case)[:2]) for case in cases}
    for kind, (_, cases) in RUN.items()
}


@by_class
def test_every_claim_leads_to_the_check_that_ran(cls):
    said, loss = article(catalogue_pages.page_of(cls)), cls.typical()
    for key, _, sentence in words.claims(loss):
        assert sentence.endswith(".") and "{" not in sentence
        check = sources.check_of(key, cls.kind)
        assert check is not None, f"no check_{key} of {cls.kind}"
        function = RUN[cls.kind][0][key]
        place = inspect.unwrap(function).__code__
        assert (ROOT / check.file).samefile(place.co_filename)
        line = (ROOT / check.file).read_text("utf8").splitlines()[check.line - 1]
        assert line.startswith(f"def check_{key}(") and function.__name__ == f"check_{key}"
        assert (loss, key) in RAN[cls.kind], f"nothing ran {check.where} on {loss!r}"
        assert f'href="{check.address}"' in said
        assert f"the test of this: {check.where}" in said
        assert f'id="{check.anchor}"' in built(catalogue_pages.claims_of(cls.shelf.room))


def test_checks_are_in_the_repository_if_its_address_is_known(monkeypatch):
    monkeypatch.setenv("LOSSLAB_REPOSITORY_URL", "https://example.org/us/losslab/")
    check = sources.check_of("convex", "pointwise")
    place = f"tests/losses/claim_checks.py#L{check.line}"
    assert check.address == f"https://example.org/us/losslab/blob/main/{place}"


def test_chapters_and_pages_point_at_each_other():
    chapter = built("part2/regression")
    assert 'href="../catalogue/losses/huber.html"' in chapter
    assert "../../part2/regression.html" in article("catalogue/losses/huber")


def test_search_of_the_book_finds_pages():
    assert '"catalogue/losses/huber"' in (BUILT / "searchindex.js").read_text("utf8")


def measured(name):
    return digits.measure(kinds.OF["pointwise"].digits(ll.get(name)))


def test_digits_are_lost_where_they_are_lost():
    found = measured("binary_cross_entropy")
    troubles = {r["trouble"]: r["place"] for r in found["readings"]}
    assert troubles["overflow"] == {"y": 0.0, "f": 710.0}
    assert troubles["nothing"] == {"y": 1.0, "f": 37.0}
    assert found["worst"] < 2.0
    assert {r["trouble"] for r in measured("huber")["readings"]} == {None}


@by_class
def test_digits_of_a_value_are_judged_by_the_value(cls):
    """Not by the terms that cancel in it: a value 16 powers of ten off has no right digit."""
    found = facts.facts(cls.typical())["digits"]
    if found is None:
        pytest.skip("no formula is tried in doubles")
    for r, row in zip(found["readings"], catalogue_pages.digit_rows(found), strict=True):
        if row["digits"]:  # none are said to be right where there is no number
            off = abs(r["textbook"] - r["true"])
            limit = abs(r["true"]) * 10.0 ** (0.51 - row["digits"])
            assert off <= limit + math.ulp(r["true"])
        assert abs(r["ours"] - r["true"]) <= (found["worst"] + 1.0) * math.ulp(r["true"])


def test_facts_are_computed_again_when_a_kernel_has_changed(monkeypatch):
    cls = shelf.find("binary_cross_entropy")
    before = facts.key_of(cls)
    assert facts.key_of(cls) == before
    changed = facts.sources(cls.__module__) | {"losslab.arithmetic.vmath": "# changed"}
    assert "losslab.arithmetic.vmath" in facts.sources(cls.__module__)
    assert "losslab.widgets.parts.fallback" in facts.sources("losslab.widgets")
    monkeypatch.setattr(facts, "sources", lambda module: changed)
    assert facts.key_of(cls) != before


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (-40.0, "−40"), (1e-8, "10⁻⁸"), (-1e155, "−10¹⁵⁵"), (2.5e-9, "2.5·10⁻⁹")],
)
def test_numbers_are_written_for_readers(value, text):
    assert words.number(value) == text


def test_formulas_of_docstrings_are_set():
    assert words.marked_up("abs(y_pred - y_true)**2 in `a - b`") == "|ŷ − y|² in <code>a - b</code>"


def test_missing_losses_are_really_missing():
    listed = article("catalogue").partition("Not shipped")[2]
    assert listed.count("<li>") >= 10
    known = {cls.title.lower() for cls in CLASSES}
    for name in re.findall(r"<li><p><em>([^<]+)</em>", listed):
        assert name.lower() not in known


def test_pages_are_in_the_table_of_contents():
    names = {path.stem for path in pages()}
    assert "catalogue" in names
    assert "{catalogue}" in markdown(BOOK / "catalogue.md")
