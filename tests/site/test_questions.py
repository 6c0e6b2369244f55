"""A chapter that asks: guess, be shown, come back; click an answer; have a number checked."""

import csv
import io

import pytest

from tests import built
from tests.site.conftest import BUILT, ROOT

built.need("book")
CHAPTER = "part1/referee.html"
CHAPTERS = sorted(BUILT.glob("part*/*.html"))
FOLDED = ".losslab-veil:not(.open)"


@pytest.fixture
def chapter(visit):
    """The chapter as a new reader meets it."""
    tab = visit(asked=True)
    page = tab.open(CHAPTER)
    yield page
    assert tab.complaints() == []


def box(page, kind, nth):
    return page.locator(f".losslab-{kind}").nth(nth)


def test_what_answers_is_closed_until_the_reader_guesses(chapter):
    first = box(chapter, "predict", 0)
    veil = chapter.locator(".losslab-veil").first
    assert not veil.locator(":scope > *").last.is_visible()
    commit = first.get_by_role("button", name="That is my guess")
    assert commit.is_disabled()
    first.get_by_role("radio").nth(2).check()
    commit.click()
    assert "You said c; it is b." in first.locator(".ll-said").inner_text()
    assert veil.locator(":scope > *").last.is_visible()
    chapter.reload()
    first = box(chapter, "predict", 0)
    assert "You said c; it is b." in first.locator(".ll-said").inner_text()
    assert chapter.locator(".losslab-veil").first.locator(":scope > *").last.is_visible()
    first.get_by_role("button", name="Guess again").click()
    assert not chapter.locator(".losslab-veil").first.locator(":scope > *").last.is_visible()


def test_options_answer_to_keys(chapter):
    first = box(chapter, "predict", 0)
    first.get_by_role("radio").first.focus()
    chapter.keyboard.press("ArrowDown")
    chapter.keyboard.press("Enter")
    assert "You said b, and so it is." in first.locator(".ll-said").inner_text()


def test_show_me_needs_no_guess(chapter):
    first = box(chapter, "predict", 0)
    first.get_by_role("button", name="Show me").click()
    assert first.locator(".ll-said").inner_text() == ""
    assert first.locator(".ll-truth").is_visible()


def opened(page, nth):
    """The question with this number, after the ones in whose veils it stands."""
    page.evaluate(
        f"document.querySelectorAll('{FOLDED}').forEach((veil) => veil.classList.add('open'))"
    )
    page.evaluate(
        "document.querySelectorAll('.losslab-veil').forEach((veil) => veil.removeAttribute('hidden'))"
    )
    return box(page, "predict", nth)


def test_a_place_on_an_axis(chapter):
    question = opened(chapter, 1)
    slider = question.get_by_role("slider")
    slider.focus()
    chapter.keyboard.press("Home")
    chapter.keyboard.press("Enter")
    said = question.locator(".ll-said").inner_text()
    assert said == "You said 1 time; it is 100 times."
    assert question.locator(".ll-tick").is_visible()


def test_a_curve_is_drawn_and_the_true_one_over_it(chapter):
    question = chapter.locator(".losslab-predict:has(.ll-draw)").first
    opened(chapter, 0)
    drawing = question.locator(".ll-draw")
    drawing.scroll_into_view_if_needed()
    space = drawing.bounding_box()
    commit = question.get_by_role("button", name="That is my guess")
    chapter.mouse.move(space["x"] + 60, space["y"] + 40)
    chapter.mouse.down()
    chapter.mouse.move(space["x"] + 80, space["y"] + 60)
    assert commit.is_disabled(), "a stroke is no curve"
    chapter.mouse.move(space["x"] + space["width"] - 25, space["y"] + 60, steps=4)
    chapter.mouse.up()
    commit.click()
    assert question.locator("path.ll-real").get_attribute("d").count("L") > 20
    assert "you drew" in question.locator(".ll-said").inner_text()


def test_a_curve_is_drawn_by_keys(chapter):
    question = chapter.locator(".losslab-predict:has(.ll-draw)").first
    opened(chapter, 0)
    question.locator(".ll-draw").focus()
    for key in ["ArrowLeft"] * 24 + ["ArrowUp"] * 3 + ["ArrowRight"] * 10:
        chapter.keyboard.press(key)
    assert question.get_by_role("button", name="That is my guess").is_enabled()


def test_a_live_figure_is_drawn_when_its_veil_opens(chapter):
    closed = chapter.locator(f"{FOLDED} figure.losslab-figure").first
    assert closed.get_attribute("data-ready") is None
    for question in chapter.locator(".losslab-predict").all():
        if question.is_visible():
            question.get_by_role("button", name="Show me").click()
    figure = chapter.locator("figure.losslab-figure").first
    figure.scroll_into_view_if_needed()
    chapter.wait_for_function(
        "document.querySelector('figure.losslab-figure').dataset.ready === 'true'"
    )


def test_an_address_into_a_veil_opens_it(visit, site):
    page = visit(asked=True).open(f"{CHAPTER}#fig-referee-bowls")
    assert page.locator("#fig-referee-bowls").is_visible()


def test_each_option_of_a_quiz_has_its_sentence(chapter):
    quiz = chapter.locator(".losslab-quiz").first
    wrong, right = (quiz.get_by_role("button").nth(i) for i in (0, 1))
    wrong.click()
    assert "No." in quiz.locator(".ll-remark:visible").inner_text()
    right.click()
    assert "Yes." in quiz.locator(".ll-remark[data-right]").inner_text()


def test_numbers_of_an_exercise_are_checked(chapter):
    exercise = chapter.locator(".losslab-exercise:has(.ll-field)").first
    field = exercise.locator(".ll-field").first
    field.fill("11")
    exercise.get_by_role("button", name="Check").click()
    assert exercise.locator(".ll-verdict").first.inner_text().startswith("Not yet")
    field.fill("ten")
    field.press("Enter")
    assert "A number is asked for" in exercise.locator(".ll-verdict").first.inner_text()
    for same in ("10.0", "1000 %"):
        field.fill(same)
        assert exercise.locator(".ll-verdict").first.inner_text() == "", "said of another answer"
        field.press("Enter")
        assert exercise.locator(".ll-verdict").first.inner_text() == "Right."


def test_a_wrong_number_gets_a_hint(chapter):
    exercise = chapter.locator(".losslab-exercise:has(.ll-field)").first
    squared, absolute, quantile, moved = exercise.locator(".ll-field").all()
    verdicts = exercise.locator(".ll-verdict")
    for nth, field, answer, says in (
        (0, squared, "6", "That is the median."),
        (1, absolute, "8", "That answers another line."),
        (2, quantile, "4", "Which side is charged 0.7?"),
        (3, moved, "-64", "the sign is the other way round"),
        (3, moved, "70", "It is too large."),
    ):
        field.fill(answer)
        field.press("Enter")
        assert verdicts.nth(nth).inner_text().startswith("Not yet. ")
        assert says in verdicts.nth(nth).inner_text()


def test_answers_can_be_saved_and_forgotten(chapter):
    first = box(chapter, "predict", 0)
    first.get_by_role("radio").first.check()
    first.get_by_role("button", name="That is my guess").click()
    with chapter.expect_download() as download:
        chapter.get_by_role("button", name="Save them as a table").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    assert [(row["page"], row["you said"]) for row in rows] == [("part1/referee", "a")]
    chapter.get_by_role("button", name="Forget them").click()
    chapter.wait_for_load_state()
    assert box(chapter, "predict", 0).get_by_role("button", name="Show me").is_visible()


def test_all_can_be_shown_at_once(chapter):
    chapter.get_by_label("Show everything at once").check()
    chapter.wait_for_function("!document.documentElement.classList.contains('asks')")
    assert chapter.locator("#fig-referee-bowls").is_visible()
    chapter.reload()
    assert chapter.locator("#fig-referee-bowls").is_visible()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_code_exercise_leads_to_its_notebook(path):
    text = path.read_text("utf8")
    notebook = ROOT / "book" / path.relative_to(BUILT).with_suffix(".ipynb")
    by_code = notebook.read_text("utf8").count("(by code)")
    assert "Not yet:" not in text
    assert text.count('class="losslab-way"') >= by_code >= 1


def test_without_scripts_everything_is_shown(visit):
    page = visit(scripts=False).open(CHAPTER)
    assert page.locator("#fig-referee-bowls").is_visible()


def test_in_print_everything_is_shown(chapter):
    chapter.emulate_media(media="print")
    assert chapter.locator("#fig-referee-bowls").is_visible()
    assert not chapter.locator(".ll-answers").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_questions_are_accessible(visit, scheme):
    tab = visit(asked=True, scheme=scheme)
    page = tab.open(CHAPTER)
    for question in page.locator(".losslab-predict").all()[:3]:
        question.get_by_role("button", name="Show me").click()
    for option in page.locator(".ll-option").all()[:4]:
        option.click()
    tab.overflow()
    assert list(tab.broken_rules()) == []
