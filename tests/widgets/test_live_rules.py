"""Figures of penalties, directions and weights in a browser: the numbers shown are the package's."""

import numpy as np
import pytest

import losslab as ll
from tests import built
from tests.widgets.page import OneFigure, broken_rules, opened, page_of, settle

built.need("assets")

W = ll.widgets
PENALTY, DIRECTION, RISK, WEIGHTING = range(4)


def figures():
    return [
        W.ShrinkExplorer(["l1", "squared_l2"]),
        W.DirectionExplorer(),
        W.WeightsExplorer(),
        W.WeightsExplorer("uncertainty"),
    ]


address, page = page_of("rules", figures)


class Shown(OneFigure):
    """One figure of the page, and what its Python side says of the same state."""

    def __init__(self, page, nth):
        super().__init__(page, nth)
        self.python = figures()[nth]
        self.handles = self.root.locator("[data-draggable]")

    def numbers(self, part="[data-readout]"):
        found = self.root.locator(f"{part} [data-value]").all()
        return [float(each.get_attribute("data-value")) for each in found]

    def drag(self, nth, dx, dy=0):
        handle = self.handles.nth(nth)
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + dx, y + dy, steps=4)
        settle(self.page)
        mouse.up()
        settle(self.page)

    def python_code(self):
        """What "Copy Python" gives, made."""
        self.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        self.button("Copy Python").click()
        said = self.root.locator(".ll-copy")
        said.wait_for()
        return eval(said.input_value(), {"ll": ll})

    def check_penalty(self):
        self.python.w = float(self.handles.first.get_attribute("aria-valuenow"))
        columns = self.python.columns([self.python.w])
        ends, biases = self.python.dead_zones(), self.python.biases()
        wanted = [
            number for i in range(2) for number in (columns["prox"][i][0], ends[i], biases[i])
        ]
        assert self.numbers() == wanted

    def check_direction(self):
        told = self.python.readings()
        assert self.numbers() == np.column_stack((told["w"], told["product"])).ravel().tolist()
        assert self.root.locator(".ll-verdict").inner_text() == self.python.verdict()

    def check_weights(self):
        value, weights = self.python.readings()
        assert self.value() == value
        assert self.numbers("[data-readout]:has(svg)") == weights.tolist()
        assert self.numbers("p[data-readout]") == self.python.state


def test_a_weight_is_dragged_under_penalties(page):
    figure = Shown(page, PENALTY)
    figure.check_penalty()
    figure.drag(0, -60)
    assert figure.python.w == 1.5
    figure.check_penalty()
    assert 0.0 < figure.python.w < 1.0 and figure.numbers()[0] == 0.0  # a zero is made
    figure.handles.first.focus()
    page.keyboard.press("End")
    settle(page)
    figure.check_penalty()
    assert figure.python.w == 3.0

    figure.slider("Proximal step").focus()
    page.keyboard.press("Home")
    figure.python.step = 0.0
    figure.check_penalty()
    page.keyboard.press("Shift+ArrowRight")
    figure.python.step = 0.2
    figure.check_penalty()
    figure.slider("Lasso").focus()
    page.keyboard.press("End")
    figure.python.losses = [ll.penalties.get("l1", strength=3.0), "squared_l2"]
    figure.check_penalty()

    made = figure.python_code()
    assert repr(made) == "ShrinkExplorer(L1(strength=3), SquaredL2(strength=1))"
    assert (made.step, made.w) == (0.2, 3.0)
    figure.button("Reset").click()
    figure.python = figures()[PENALTY]
    figure.check_penalty()
    assert figure.python.w == 1.5


def test_penalties_are_hidden_and_added(page):
    figure = Shown(page, PENALTY)
    figure.root.get_by_role("button", name="Lasso (L1)", exact=True).click()
    assert len(figure.numbers()) == 3
    figure.root.get_by_label("Penalty to add").select_option("l1")
    figure.button("Add penalty").click()
    assert figure.root.locator("tbody tr").count() == 3
    assert len(figure.numbers()) == 6


def test_tips_of_gradients_are_dragged(page):
    figure = Shown(page, DIRECTION)
    figure.check_direction()
    figure.drag(2, -30, 150)
    made = figure.python_code()
    assert made.gradients[:2] == figure.python.gradients[:2]
    assert made.gradients[2][1] < -1.0
    figure.python.gradients = made.gradients
    figure.check_direction()
    assert figure.root.locator(".ll-verdict").inner_text().startswith("Pareto stationary")

    figure.handles.nth(2).focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowUp")
    figure.python.gradients = figure.python_code().gradients
    figure.check_direction()
    assert "better" in figure.root.locator(".ll-verdict").inner_text()
    figure.button("Reset").click()
    figure.python = figures()[DIRECTION]
    figure.check_direction()


def test_losses_are_dragged_under_a_risk(page):
    figure = Shown(page, RISK)
    figure.check_weights()
    figure.drag(0, 240)  # the smallest loss becomes the largest
    losses = [*figure.python.values]
    losses[0] = float(figure.handles.first.get_attribute("aria-valuenow"))
    assert losses[0] > 4.5
    figure.python.values = losses
    figure.check_weights()
    assert figure.python.readings()[1][0] == pytest.approx(1.0 / 1.2)
    figure.slider("Parameter").focus()
    page.keyboard.press("Home")
    figure.python.losses = [ll.adaptive.get("cvar", level=0.0)]
    figure.check_weights()
    figure.handles.nth(11).focus()
    page.keyboard.press("Home")
    settle(page)
    figure.python.values = [*losses[:11], 0.0]
    figure.check_weights()
    made = figure.python_code()
    assert repr(made) == repr(figure.python) and made.values == figure.python.values


def test_a_weighting_takes_steps(page):
    figure = Shown(page, WEIGHTING)
    rule, start = ll.multitask.get("uncertainty"), [*figure.python.state]
    figure.check_weights()
    for _ in range(3):
        figure.button("One step").click()
        _, state = rule.step(figure.python.values, figure.python.state, figure.python.rate)
        figure.python.state = state.tolist()
        figure.check_weights()
    figure.handles.nth(2).focus()
    page.keyboard.press("Home")
    settle(page)
    figure.python.values = [0.2, 1.0, 0.0]
    figure.check_weights()
    made = figure.python_code()
    assert (made.state, made.values) == (figure.python.state, figure.python.values)
    figure.button("Reset").click()
    figure.python = figures()[WEIGHTING]
    figure.check_weights()
    assert figure.python.state == start


def test_a_link_carries_the_state(page, address):
    figure = Shown(page, RISK)
    assert figure.root.get_by_role("button", name="One step").count() == 0
    figure.handles.nth(11).focus()
    page.keyboard.press("End")
    settle(page)
    figure.slider("Parameter").focus()
    page.keyboard.press("Home")
    figure.button("Copy link").click()
    link = page.evaluate("location.href")
    opened(page, link, 4)
    figure.python.losses = [ll.adaptive.get("cvar", level=0.0)]
    figure.python.values = [*figure.python.values[:11], figure.python.x_range[1]]
    figure.check_weights()

    direction = Shown(page, DIRECTION)
    opened(page, f"{address}#figure2?losses=min_norm&g=1,0;0,2;1,1", 4)
    direction.python.gradients = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
    direction.check_direction()
    penalty = Shown(page, PENALTY)
    opened(page, f"{address}#figure1?losses=squared_l2(strength=2),l1&step=0.5&w=-2", 4)
    penalty.python.losses = [ll.penalties.get("squared_l2", strength=2.0), "l1"]
    penalty.python.step = 0.5
    penalty.check_penalty()

    # What is not legal is left as it was.
    opened(page, f"{address}#figure2?losses=uncertainty&g=1,0;0,2;1,99", 4)
    Shown(page, DIRECTION).check_direction()
    opened(page, f"{address}#figure1?losses=min_norm&step=-1&w=77", 4)
    Shown(page, PENALTY).check_penalty()
    opened(page, f"{address}#figure4?losses=cvar&values=1,2&state=a,b,c", 4)
    Shown(page, WEIGHTING).check_weights()


@pytest.mark.parametrize("width", [320, 360, 1000])
@pytest.mark.parametrize("touch", [False, True])
def test_nothing_sticks_out(browser, address, width, touch):
    viewport = {"width": width, "height": 900}
    context = browser.new_context(viewport=viewport, has_touch=touch, is_mobile=touch)
    try:
        page = context.new_page()
        opened(page, address, 4)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for nth in range(4):
            figure = Shown(page, nth)
            [check] = [getattr(figure, f"check_{name}") for name in [CHECKS[nth]]]
            check()
            if touch:
                figure.handles.last.tap()
                check()
    finally:
        context.close()


CHECKS = ["penalty", "direction", "weights", "weights"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, theme):
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert broken_rules(page) == []
