"""BatchExplorer in a real browser: every number shown is the package's, and no batch is illegal."""

import numpy as np
import pytest

import losslab as ll
from tests import built
from tests.widgets.page import OneFigure, broken_rules, opened, page_of, settle

built.need("assets")

SHOWN = ll.available(kind="batchwise")


address, page = page_of("batches", lambda: map(ll.widgets.BatchExplorer, SHOWN))


class Shown(OneFigure):
    """One figure of the page, and a batch as it should be."""

    def __init__(self, page, name):
        super().__init__(page, SHOWN.index(name))
        self.handles = self.root.locator("[data-draggable]")
        figure = ll.widgets.BatchExplorer(name)
        self.y, self.f = np.array(figure.y_true), np.array(figure.y_pred)
        self.output = figure.output
        self.loss = ll.get(name)

    def handle(self, letter):
        return self.handles.nth(ord(letter) - ord("A"))

    def column(self, j):
        """Numbers of the readout: predictions (0) and gradients (1)."""
        rows = self.root.locator("[data-readout] tbody tr").all()
        return [
            float(row.locator("td[data-value]").nth(j).get_attribute("data-value")) for row in rows
        ]

    def check(self):
        """What is shown is what the package says of this batch, to the last bit."""
        value, gradient = self.loss.value_and_gradient(self.y, self.f)
        pick = (slice(None), self.output) if self.f.ndim == 2 else slice(None)
        assert self.column(0) == self.f[pick].tolist()
        assert self.value() == value
        assert self.column(1) == gradient[pick].tolist()

    def move(self, letter, to):
        place = ord(letter) - ord("A")
        self.f[(place, self.output) if self.f.ndim == 2 else place] = to

    def arrows(self):
        return [path.get_attribute("d") for path in self.root.locator(".ll-arrow").all()]

    def drag(self, letter, by, drop=True):
        """Drag a dot; returns where its slider says it is."""
        handle = self.handle(letter)
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        before = handle.get_attribute("aria-valuenow")
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + by, y + 60, steps=5)  # out of its lane, and still held
        self.page.wait_for_function(
            "([handle, before]) => handle.getAttribute('aria-valuenow') !== before",
            arg=[handle.element_handle(), before],
        )
        settle(self.page)
        if drop:
            mouse.up()
        return float(handle.get_attribute("aria-valuenow"))


@pytest.mark.parametrize("name", SHOWN)
def test_numbers_are_those_of_the_package(page, name):
    Shown(page, name).check()


def test_a_dot_is_dragged_and_the_others_answer(page):
    figure = Shown(page, "cox")
    start = figure.column(1)
    assert start[1] > 0.0
    to = figure.drag("F", 70, drop=False)
    assert to > 2.0
    figure.move("F", to)
    figure.check()
    assert figure.column(1)[1] < 0.0  # the push on B has turned round
    assert figure.root.locator(".ll-was[d^=M]").count() >= 4  # where the other tips were
    page.mouse.up()
    figure.check()
    assert figure.column(0)[:5] == figure.f[:5].tolist()  # no other dot was moved
    figure.button("Reset").click()
    assert figure.column(1) == start
    figure.drag("F", -40)
    figure.button("Reset").click()  # what it goes back to has not been moved with it
    assert figure.column(1) == start
    assert figure.root.locator(".ll-was[d^=M]").count() == 0


def test_arrows_keep_their_scale_during_a_drag(page):
    """Moving a sample by hand changes lengths of arrows in the proportion of the gradients."""
    figure = Shown(page, "nn_pu_risk")

    def lengths():
        paths = [d.split("m")[0].removeprefix("M") for d in figure.arrows() if d]
        ends = [(float(d.split()[0]), float(d.partition("H")[2])) for d in paths]
        return [b - a for a, b in ends]

    per_gradient = lengths()[0] / figure.column(1)[0]
    figure.move("C", figure.drag("C", -90, drop=False))
    figure.check()
    now = figure.column(1)
    assert now[2:] == [0.0] * 4 and len(lengths()) == 2  # held at zero: nobody is pushed but A, B
    assert lengths() == pytest.approx([per_gradient * g for g in now[:2]], abs=0.1)
    page.mouse.up()


def test_keys_move_a_dot(page):
    figure = Shown(page, "cox_efron")
    handle = figure.handle("B")
    handle.focus()
    assert handle.get_attribute("role") == "slider"
    assert handle.get_attribute("aria-label") == "Prediction of B, t = 3, event"
    assert [handle.get_attribute(f"aria-value{end}") for end in ("min", "max")] == ["-5", "5"]
    steps = {"ArrowRight": 1.55, "Shift+ArrowRight": 2.05, "ArrowDown": 2.0, "Home": -5.0, "End": 5}
    for key, at in steps.items():
        page.keyboard.press(key)
        figure.move("B", at)
        figure.check()
        assert float(handle.get_attribute("aria-valuenow")) == at
    assert figure.root.locator(".ll-was[d^=M]").count() >= 4  # where the other tips were
    assert "gradient" in handle.get_attribute("aria-valuetext")
    assert figure.root.get_by_role("radio", name="Choose B").is_checked()
    page.wait_for_function(
        "[...document.querySelectorAll('[aria-live]')].some(e => e.textContent.startsWith('B = 5. Value'))"
    )


def test_the_curve_is_that_of_the_chosen_sample(page):
    figure = Shown(page, "cox")
    figure.root.get_by_role("radio", name="Choose E").check()
    assert "prediction ŷ of E" in figure.root.inner_text()
    x = -5.0 + 10.0 * np.arange(241) / 240
    batches = np.tile(figure.f, (241, 1))
    batches[:, 4] = x
    values = [figure.loss.value(figure.y, f) for f in batches]
    # The lowest place of the path is where the package has the minimum.
    lowest = figure.root.locator(".ll-curve").evaluate(
        """path => {
          const size = path.getTotalLength();
          const points = Array.from({length: 4001}, (_, i) => path.getPointAtLength(size * i / 4000));
          const best = points.reduce((a, b) => (b.y > a.y ? b : a));
          return best.x;
        }"""
    )
    hair = figure.root.locator(".ll-hair")
    places = {}
    for at in (-5.0, 5.0):
        figure.handle("E").focus()
        page.keyboard.press("Home" if at < 0 else "End")
        places[at] = float(hair.get_attribute("x1"))
    found = -5.0 + 10.0 * (lowest - places[-5.0]) / (places[5.0] - places[-5.0])
    assert found == pytest.approx(x[np.argmin(values)], abs=0.1)
    figure.root.locator("summary").click()
    rows = figure.root.locator("details tbody tr")
    rows.first.wait_for()
    numbers = [float(t.replace("\u2212", "-")) for t in rows.nth(3).locator("td").all_inner_texts()]
    value, gradient = figure.loss.value_and_gradient(figure.y, batches[72])
    assert numbers == pytest.approx([value, *gradient], abs=6e-4)
    # The other panel has the same axis, and there the chosen sample is moved.
    curve = figure.root.locator(".ll-svg").nth(1)
    curve.scroll_into_view_if_needed()
    box = curve.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 100)
    page.wait_for_function(
        "handle => Math.abs(handle.getAttribute('aria-valuenow')) < 2",
        arg=figure.handle("E").element_handle(),
    )
    figure.move("E", float(figure.handle("E").get_attribute("aria-valuenow")))
    figure.check()


def test_targets_and_parameters(page):
    figure = Shown(page, "cox")
    figure.root.get_by_role("radio", name="Choose A").check()
    figure.button("no event yet").click()
    figure.y[0, 1] = 0.0
    figure.check()
    figure.slider("Time").focus()
    page.keyboard.press("End")
    figure.y[0, 0] = 8.0
    figure.check()
    assert figure.handle("A").get_attribute("aria-label") == "Prediction of A, t = 8, censored"

    risk = Shown(page, "pu_risk")
    risk.slider("Parameter").focus()
    page.keyboard.press("End")
    risk.loss = ll.get("pu_risk", prior=0.95)
    risk.check()
    risk.button("positive").click()
    risk.y[2] = 1.0
    risk.check()
    risk.root.get_by_label("Loss", exact=True).select_option("nn_pu_risk")
    risk.loss = ll.get("nn_pu_risk")
    risk.check()


def test_a_batch_without_a_value_is_refused(page):
    figure = Shown(page, "pu_risk")
    for letter, place in (("A", 0), ("B", 1)):
        figure.root.get_by_role("radio", name=f"Choose {letter}").check()
        figure.button("unlabelled").click()
        figure.y[place] = 0.0 if letter == "A" else 1.0  # the last positive stays
        figure.check()
    note = figure.root.locator(".ll-note")
    assert "y_true must hold at least one labelled positive sample" in note.inner_text()
    assert figure.button("positive").get_attribute("aria-pressed") == "true"
    figure.root.get_by_role("radio", name="Choose C").check()
    figure.button("positive").click()
    figure.y[2] = 1.0
    figure.check()
    assert not note.is_visible()


def test_one_output_at_a_time(page):
    figure = Shown(page, "quadratic_weighted_kappa")
    figure.button("level 3").click()
    figure.output = 3
    figure.check()
    figure.move("B", figure.drag("B", 40))
    figure.check()
    figure.button("level 0").click()
    figure.output = 0
    figure.check()
    figure.button("level 2", nth=1).click()  # the target of B
    figure.y[1] = 2.0
    figure.check()
    assert figure.handle("B").inner_text() == "2"


def test_link_and_python_carry_the_state(page, address):
    figure = Shown(page, "cox")
    figure.root.get_by_role("radio", name="Choose D").check()
    figure.button("event").click()
    figure.handle("D").focus()
    page.keyboard.press("Home")
    figure.root.get_by_label("Loss", exact=True).select_option("cox_efron")
    figure.y[3, 1], figure.f[3], figure.loss = 1.0, -5.0, ll.get("cox_efron")
    figure.check()
    figure.button("Copy link").click()
    link = page.evaluate("location.href")
    assert "#figure1?losses=cox_efron&y=2%2C1%2C3" in link
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    figure.button("Copy Python").click()
    said = figure.root.locator(".ll-copy")
    said.wait_for()
    made = eval(said.input_value(), {"ll": ll})
    assert (made.y_true, made.y_pred) == (figure.y.tolist(), figure.f.tolist())
    assert made.selected == 3 and repr(made) == "BatchExplorer(CoxEfron())"
    opened(page, link, len(SHOWN))
    figure.check()
    assert figure.root.get_by_role("radio", name="Choose D").is_checked()

    for given in ("losses=huber&y=7&f=1,2&selected=9&output=9", "y=0,0,0,0,0,0&f=9,9,9,9,9,9"):
        opened(page, f"{address}#figure3?{given}", len(SHOWN))
        Shown(page, "pu_risk").check()


@pytest.mark.parametrize("width", [320, 360, 1000])
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
            assert kept == pytest.approx(needed, abs=12 if width > 320 else 60), name
        figure = Shown(page, "cox")
        if touch:
            figure.handle("B").tap()
            assert figure.root.get_by_role("radio", name="Choose B").is_checked()
            # A finger that lands beside the dots may be about to scroll: nothing moves.
            box = figure.handle("A").bounding_box()
            page.touchscreen.tap(box["x"] + 80, box["y"] + 22)
        figure.check()
    finally:
        context.close()


def test_axe_finds_nothing(page):
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert broken_rules(page) == []
