"""RowExplorer in a real browser: every kind of target and row answers as the package does."""

import re

import numpy as np
import pytest

import losslab as ll
from losslab.losses import shelf
from losslab.losses.kinds.row_domains import ROW_TARGETS
from tests import built
from tests.widgets.page import OneFigure, broken_rules, opened, page_of

built.need("assets")

# One of each kind of target and row, each once with several outputs.
SHOWN = [
    "softmax_cross_entropy",
    "gaussian_nll",
    "log_score",
    "balanced_softmax",
    "soft_cross_entropy",
    "aft_weibull",
    "exponential_survival",
    "discrete_hazard",
    "deephit_likelihood",
    "multilabel_cross_entropy",
    "all_threshold",
    "negative_binomial_dispersion",
    "energy_score",
    "censored_gaussian",
    "backward_correction",
    "label_smoothing",
]


address, page = page_of(
    "rows", lambda: [ll.widgets.RowExplorer(shelf.find(name).typical()) for name in SHOWN]
)


class Shown(OneFigure):
    """One figure of the page."""

    def __init__(self, page, name):
        super().__init__(page, SHOWN.index(name))
        self.handle = self.root.locator("[data-draggable]")

    def row(self):
        """The predictions, as their sliders say them: up to four digits."""
        texts = self.root.locator("[data-readout] output").all_inner_texts()
        return [float(text.replace("\u2212", "-")) for text in texts]

    def gradient(self):
        cells = self.root.locator("tbody td[data-value]")
        return [float(cell.get_attribute("data-value")) for cell in cells.all()]

    def check(self, loss, y, row=None):
        """Value and gradient are those of the package for this target and the row shown."""
        y = np.atleast_1d(y).tolist()
        single = ROW_TARGETS[loss.target].columns == 1
        value, gradient = loss.value_and_gradient([y[0] if single else y], [row or self.row()])
        assert self.value() == pytest.approx(value, rel=1e-12, abs=1e-14)
        assert self.gradient() == pytest.approx(gradient[0].tolist(), rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("name", SHOWN)
def test_numbers_are_those_of_the_package(page, name):
    loss = shelf.find(name).typical()
    Shown(page, name).check(loss, ll.widgets.RowExplorer(loss).y_true)


def test_handle_moves_the_output_and_all_gradients_answer(page):
    figure, loss = Shown(page, "softmax_cross_entropy"), ll.get("softmax_cross_entropy")
    start = figure.gradient()
    figure.handle.scroll_into_view_if_needed()
    box = figure.handle.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "handle => Number(handle.getAttribute('aria-valuenow')) > 2",
        arg=figure.handle.element_handle(),
    )
    assert figure.row()[1:] == [1.0, -0.5]
    figure.check(loss, 0)
    now = figure.gradient()
    assert start[0] < now[0] < 0.0 < now[1] < start[1]  # the push fades, and with it the others
    assert figure.root.locator("tfoot [data-value]").get_attribute("data-value") == "0"
    # The other panel has the same axis.
    box = figure.root.locator(".ll-svg").nth(1).bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 100)
    page.wait_for_function(
        "handle => Number(handle.getAttribute('aria-valuenow')) < -4",
        arg=figure.handle.element_handle(),
    )
    figure.check(loss, 0)
    figure.handle.focus()
    for key, at in (("End", 5.0), ("ArrowLeft", 4.95), ("Shift+ArrowLeft", 4.45), ("Home", -5.0)):
        page.keyboard.press(key)
        assert float(figure.handle.get_attribute("aria-valuenow")) == pytest.approx(at)
    page.wait_for_function(
        "[...document.querySelectorAll('[aria-live]')].some(e => e.textContent.startsWith('class 0 = \u22125. Value'))"
    )
    figure.button("2").click()
    figure.check(loss, 2)
    figure.button("Reset").click()
    assert figure.gradient() == start


def test_another_output_goes_on_the_axis(page):
    figure, loss = Shown(page, "gaussian_nll"), ll.get("gaussian_nll")
    lines = figure.root.locator(".ll-curve")
    before = [line.get_attribute("d") for line in lines.all()]
    figure.root.get_by_role("radio", name="log scale on the axis").check()
    assert figure.handle.get_attribute("aria-label") == "Prediction of log scale"
    assert figure.handle.get_attribute("aria-valuemin") == "-1.5"
    assert all(a != line.get_attribute("d") for a, line in zip(before, lines.all(), strict=True))
    slider = figure.slider("Prediction mean")
    slider.focus()
    page.keyboard.press("Home")
    assert figure.row() == [-4.0, 0.0]
    figure.check(loss, 1.0)
    target = figure.root.locator(".ll-target input")
    target.focus()
    page.keyboard.press("ArrowLeft")
    figure.check(loss, 0.95)
    figure.root.locator("summary").click()
    rows = figure.root.locator("details tbody tr")
    rows.first.wait_for()
    last = rows.last.locator("td").all_inner_texts()
    value, (gradient,) = loss.value_and_gradient([0.95], [[-4.0, 2.0]])
    want = [value, *gradient]
    assert [float(t.replace("\u2212", "-")) for t in last] == pytest.approx(want, abs=6e-4)


def test_probabilities_always_sum_to_one(page):
    figure, loss = Shown(page, "log_score"), ll.get("log_score")
    slider = figure.slider("Prediction class 2")
    slider.focus()
    page.keyboard.press("Shift+ArrowRight")
    row = figure.row()
    assert row[2] == pytest.approx(0.25)
    assert row[:2] == pytest.approx([0.3 * 0.75 / 0.8, 0.5 * 0.75 / 0.8], abs=1e-4)
    assert figure.value() == pytest.approx(-np.log(0.3 * 0.75 / 0.8))
    assert figure.gradient()[1:] == [0.0, 0.0]
    assert (
        "the others shrink or grow in proportion" in figure.root.locator(".ll-rules").inner_text()
    )
    figure.root.get_by_label("Loss", exact=True).select_option("ranked_probability_score")
    figure.button("1").click()
    p = np.array([0.3, 0.5]) / 0.8 * 0.75
    loss = ll.get("ranked_probability_score")
    figure.check(loss, 1, [p[0], p[1], 1.0 - p.sum()])


def test_menu_offers_what_takes_the_same_row(page):
    figure = Shown(page, "balanced_softmax")
    menu = figure.root.get_by_label("Loss", exact=True)
    offered = menu.locator("option").evaluate_all("all => all.map(o => o.value)")
    assert {"balanced_softmax", "focal_multiclass", "crammer_singer"} < set(offered)
    assert not {"log_score", "ldam", "soft_cross_entropy"} & set(offered)
    assert "counts are fixed at 500, 120, 40, 5" in figure.root.locator(".ll-rules").inner_text()
    menu.select_option("focal_multiclass")
    figure.slider("Parameter").focus()
    page.keyboard.press("End")
    figure.root.locator("output", has_text=re.compile("^5$")).first.wait_for()
    figure.check(ll.get("focal_multiclass", gamma=5.0), 0)
    assert not figure.root.locator(".ll-rules").is_visible()
    menu.select_option("balanced_softmax")
    figure.check(shelf.find("balanced_softmax").typical(), 0)


def press(figure, slider, key):
    slider.focus()
    figure.page.keyboard.press(key)


def test_targets_stay_legal(page):
    soft = Shown(page, "soft_cross_entropy")
    press(soft, soft.slider("Target: class 2"), "End")
    soft.check(ll.get("soft_cross_entropy"), [0, 0, 1])
    press(soft, soft.slider("Target: class 0"), "End")
    soft.check(ll.get("soft_cross_entropy"), [1, 0, 0])

    labels = Shown(page, "multilabel_cross_entropy")
    labels.button("label 1").click()
    assert labels.button("label 1").get_attribute("aria-pressed") == "true"
    labels.check(ll.get("multilabel_cross_entropy"), [1, 1, 1, 0])

    level = Shown(page, "all_threshold")
    level.button("4").click()
    level.check(ll.get("all_threshold"), 4)

    count = Shown(page, "negative_binomial_dispersion")
    press(count, count.slider("Target"), "ArrowRight")
    count.check(ll.get("negative_binomial_dispersion"), 3)

    life = Shown(page, "exponential_survival")
    life.button("no event yet").click()
    life.check(ll.get("exponential_survival"), [2, 0])
    press(life, life.slider("Time"), "Home")
    life.check(ll.get("exponential_survival"), [0, 0])

    vectors = Shown(page, "energy_score")
    press(vectors, vectors.slider("Target y1"), "Home")
    vectors.check(ll.get("energy_score"), [1, -4])


def test_ends_of_an_interval_push_each_other(page):
    figure, loss = Shown(page, "aft_weibull"), ll.get("aft_weibull")
    low, high = figure.slider("Low end"), figure.slider("High end")
    figure.button("more than").click()
    figure.check(loss, [1, np.inf])
    assert high.is_disabled() and low.is_enabled()
    figure.button("less than").click()
    figure.check(loss, [0, 3])
    assert low.is_disabled() and high.is_enabled()
    figure.button("between").click()
    press(figure, low, "End")
    figure.check(loss, [8, 8])
    press(figure, high, "Home")
    figure.check(loss, [0.05, 0.05])
    figure.button("known").click()
    press(figure, low, "End")
    figure.check(loss, [8, 8])

    open_, censored = Shown(page, "censored_gaussian"), ll.get("censored_gaussian")
    open_.button("less than").click()
    open_.check(censored, [-np.inf, 1.5])
    open_.button("more than").click()
    open_.check(censored, [0.5, np.inf])
    open_.button("Reset").click()
    open_.check(censored, [0.5, 1.5])


@pytest.mark.parametrize(
    ("name", "last", "reached"),
    [("discrete_hazard", "3", 3), ("deephit_likelihood", "later", None)],
)
def test_intervals_that_were_not_seen_to_end(page, name, last, reached):
    figure, loss = Shown(page, name), ll.get(name)
    figure.button("2").click()
    figure.button("no event yet").click()
    figure.check(loss, [2, 0])
    # After the last interval nothing more can be said than that it was not before.
    assert figure.button(last).is_disabled() == (reached is None)
    figure.button("event").click()
    figure.button(last).click()
    figure.check(loss, [3, 1])
    assert figure.button("no event yet").is_disabled() == (reached is None)


def test_link_and_python_carry_the_state(page, address):
    figure = Shown(page, "aft_weibull")
    figure.button("more than").click()
    figure.root.get_by_role("radio", name="log scale on the axis").check()
    press(figure, figure.slider("Prediction location"), "Home")
    figure.root.get_by_label("Loss", exact=True).select_option("aft_lognormal")
    figure.button("Copy link").click()
    said = figure.root.locator(".ll-copy")
    link = page.evaluate("location.href")
    assert f"#figure{SHOWN.index('aft_weibull') + 1}?losses=aft_lognormal&y=1%2CInfinity" in link
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    figure.button("Copy Python").click()
    said.wait_for()
    made = eval(said.input_value(), {"ll": ll})
    assert made.y_true == [1.0, np.inf] and made.y_pred == [-2.0, 0.0] and made.output == 1
    assert repr(made) == "RowExplorer(AFTLogNormal())"
    opened(page, link, len(SHOWN))
    figure.check(ll.get("aft_lognormal"), [1, np.inf])
    assert figure.row() == [-2.0, 0.0]
    assert figure.root.get_by_role("radio", name="log scale on the axis").is_checked()

    bad = f"{address}#figure1?losses=huber&y=7&row=1,2&output=9"
    opened(page, bad, len(SHOWN))
    Shown(page, "softmax_cross_entropy").check(ll.get("softmax_cross_entropy"), 0)


@pytest.mark.parametrize("width", [360, 1000])
@pytest.mark.parametrize("touch", [False, True])
def test_room_is_kept_and_nothing_sticks_out(browser, address, width, touch):
    viewport = {"width": width, "height": 900}
    context = browser.new_context(viewport=viewport, has_touch=touch, is_mobile=touch)
    try:
        page = context.new_page()
        opened(page, address, len(SHOWN))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        rooms = page.locator(".losslab-hold").evaluate_all(
            "holds => holds.map(h => [parseFloat(getComputedStyle(h).minHeight),"
            " h.firstElementChild.getBoundingClientRect().height])"
        )
        for name, (kept, needed) in zip(SHOWN, rooms, strict=True):
            assert kept == pytest.approx(needed, abs=12), name
    finally:
        context.close()


def test_axe_finds_nothing(page):
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert broken_rules(page) == []
