"""The page "Which loss do I need?" in a real browser: answers, addresses, paper, small screens."""

import sys

import pytest

from tests import built
from tests.book.chapters import BOOK
from tests.site.conftest import BUILT

sys.path.insert(0, str(BOOK / "_ext"))
from losslab_book import chooser  # noqa: E402

built.need("book")

TREE = chooser.tree()
PLACES = {p: node for p, node in chooser.places(TREE) if "see" not in node}
ADVICE = [place for place, node in PLACES.items() if "take" in node]
DEEP = max(ADVICE, key=lambda place: place.count("/"))

OPEN = """[...document.querySelectorAll(".ll-chooser details[open]")]
  .map((fold) => fold.querySelector("[id]").id)"""
# Each address in turn, as if a reader followed a link to it; what is open then, and whether it is in sight.
VISIT_ALL = f"""async (places) => {{
  const found = [];
  for (const place of places) {{
    const arrived = new Promise((done) => addEventListener("hashchange", done, {{ once: true }}));
    location.hash = place;
    await arrived;
    const fold = document.getElementById(place).parentElement.getBoundingClientRect();
    found.push([{OPEN}, fold.top >= 0 && fold.top < innerHeight - 100,
                document.documentElement.scrollWidth]);
  }}
  return found;
}}"""


def way_to(place):
    steps = place.split("/")
    return ["/".join(steps[: n + 1]) for n in range(len(steps))]


def answer(page, place):
    return page.locator(f"summary:has(+ [id='{place}'])")


def opened(page):
    return page.evaluate(OPEN)


@pytest.mark.parametrize("home", ["served", "disk"])
def test_an_address_opens_its_path_and_no_other(visit, home):
    tab = visit() if home == "served" else visit(home=BUILT.as_uri())
    page = tab.open(f"choose.html#{DEEP}")
    assert opened(page) == way_to(DEEP)
    assert answer(page, DEEP).evaluate("(it) => it === document.activeElement")
    assert page.evaluate("scrollY") > 0
    assert tab.complaints() == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_every_address_opens_its_path_at_every_width(visit, width):
    tab = visit(width=width)
    page = tab.open("choose.html")
    assert opened(page) == []
    for place, (found, in_sight, needed) in zip(
        PLACES, page.evaluate(VISIT_ALL, [*PLACES]), strict=True
    ):
        assert found == way_to(place)
        assert in_sight, f"{place} is out of sight"
        assert needed <= width, f"{place} needs {needed}"
    assert tab.complaints() == []


def test_the_address_follows_the_reader_and_so_does_the_way_back(visit):
    page = visit().open("choose.html")
    before = answer(page, "yes").bounding_box()["y"]
    steps = way_to("yes/chance/rare")
    for place in steps:
        answer(page, place).click()
        assert page.url.endswith(f"choose.html#{place}")
        assert opened(page) == way_to(place)
    assert before > 0
    for place in reversed(steps[:-1]):
        page.go_back()
        page.wait_for_function(f"location.hash === '#{place}'")
        assert opened(page) == way_to(place)
    page.go_back()
    page.wait_for_function("!location.hash")
    page.wait_for_function(f"({OPEN}).length === 0")
    page.go_forward()
    page.wait_for_function(f"({OPEN}).join() === 'yes'")


def test_another_answer_takes_the_place_of_the_first(visit):
    page = visit().open("choose.html#count/law/spread")
    assert not answer(page, "count/law/even").is_visible()
    answer(page, "count/law/spread").click()  # says "change"
    assert page.url.endswith("#count/law") and answer(page, "count/law/even").is_visible()
    answer(page, "count/law/even").click()
    assert opened(page) == way_to("count/law/even")
    answer(page, "count").click()
    assert opened(page) == [] and "#" not in page.url


def test_a_problem_of_the_short_list_leads_to_its_question(visit):
    page = visit().open("choose.html")
    for number, problem in enumerate(TREE["problems"]):
        page.locator(".ll-problems a").nth(number).click()
        page.wait_for_function(f"({OPEN}).join() === {','.join(way_to(problem['at']))!r}")
        assert answer(page, problem["at"]).is_visible()


def test_an_answer_that_stands_elsewhere_leads_there(visit):
    page = visit().open("choose.html#count")
    page.locator(".ll-jump:visible", has_text="too much and too little").click()
    page.wait_for_function(f"({OPEN}).join() === 'level'")


@pytest.mark.parametrize("scripts", [True, False])
def test_keyboard(visit, scripts):
    page = visit(scripts=scripts, home=BUILT.as_uri()).open("choose.html")
    answers = page.locator(".ll-chooser summary:visible")
    everything = answers.count()
    answers.nth(2).focus()
    page.keyboard.press("Enter")
    assert page.locator(".ll-chooser details[open]").count() == 1
    picked = page.locator(".ll-chooser details[open] > summary")
    assert picked.evaluate("(it) => it === document.activeElement")
    while page.locator(".ll-first a:visible").count() == 0:
        page.keyboard.press("Tab")  # to the first answer of what is asked next
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.ll-first a')")
    for fold in reversed(page.locator(".ll-chooser details[open] > summary").all()):
        fold.press("Enter")
    assert page.locator(".ll-chooser summary:visible").count() == everything


def test_the_link_of_an_answer_is_copied_by_one_click(visit):
    tab = visit()
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = tab.open("choose.html#class/wrong/several")
    button = page.get_by_role("button", name="Copy the link to this answer")
    assert button.count() == 1
    button.press("Enter")
    page.wait_for_function("document.querySelector('.ll-told').textContent.startsWith('Copied')")
    said = page.evaluate("navigator.clipboard.readText()")
    assert said == f"{tab.home}/choose.html#class/wrong/several"
    fresh = visit().page
    fresh.goto(said)
    assert opened(fresh) == way_to("class/wrong/several")


def test_where_copying_is_refused_the_address_bar_has_it(visit):
    tab = visit()
    tab.page.add_init_script("navigator.clipboard.writeText = () => Promise.reject()")
    page = tab.open("choose.html#time/risk")
    page.get_by_role("button", name="Copy the link to this answer").click()
    page.get_by_role("button", name="The address bar has it").wait_for()
    assert page.url.endswith("#time/risk")


def test_without_scripts_everything_is_there(visit):
    page = visit(scripts=False).open(f"choose.html#{DEEP}")
    assert opened(page) == way_to(DEEP)  # by the browser itself
    link = page.get_by_role("link", name="Link to this answer")
    assert link.count() == 1 and link.get_attribute("href") == f"#{DEEP}"
    page = visit(scripts=False).open("choose.html")
    assert page.locator(".ll-leaf").count() == len(ADVICE)
    answer(page, "time").click()
    answer(page, "time/risk").click()
    assert "Cox" in page.locator(".ll-first:visible").inner_text()


@pytest.mark.parametrize("mark", ["", "#level/prices"])
def test_paper_shows_the_whole_tree(visit, mark):
    page = visit().open(f"choose.html{mark}")
    page.emulate_media(media="print")
    hidden = page.evaluate(
        """[...document.querySelectorAll(".ll-chooser :is(summary, .ll-question, .ll-first, .ll-or, .ll-jump)")]
        .filter((it) => !it.checkVisibility({ contentVisibilityAuto: false }) || it.getBoundingClientRect().height < 10)
        .map((it) => it.textContent.slice(0, 60))"""
    )
    assert hidden == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["", "yes/chance/rare", "number/readings/groups/dropped"])
def test_accessibility_of_what_is_open(visit, scheme, place):
    tab = visit(scheme=scheme)
    tab.open(f"choose.html#{place}")
    assert list(tab.broken_rules()) == []
