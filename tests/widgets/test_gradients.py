"""GradientExplorer: constants over an interval and kinks, in Python and in a browser."""

import math

import numpy as np
import pytest

import losslab as ll
from losslab.training import loss_constants
from losslab.training.landscapes import constants_loops as places
from losslab.widgets.parts.shared import SHARED
from tests import built
from tests.widgets.page import OneFigure, asked, broken_rules, page_of, settle

built.need("assets")

Explorer = ll.widgets.GradientExplorer
RESIDUAL, SCORE, MEAN = range(3)


def figures():
    return [
        Explorer(["huber", "absolute_error"], at=1.5, presets={"At the kink": {"at": 0.0}}),
        Explorer(["binary_cross_entropy", "ramp"], bounds="lipschitz", chosen="ramp"),
        Explorer(["poisson"], bounds="smooth"),
    ]


def test_the_page_knows_where_the_answers_are():
    told = SHARED["gradients"]["constants"]
    names = ("LIPSCHITZ", "SMOOTHNESS", "COUNT", "FOUND", "PLACES", "SPACE")
    assert told == {name.lower(): getattr(places, name) for name in names}


def test_constants_are_those_of_the_package():
    figure = Explorer(["cauchy", ll.get("quantile", tau=0.9)], interval=(-3, 0.5))
    assert figure.constants() == [loss_constants(loss, -3.0, 0.5) for loss in figure.losses]
    assert figure.constants((-3, 2)) == figure.constants((-3.0, 2.0))
    wide = figure.constants(figure.x_range)
    assert wide[1].kinks == ((0.0, -0.9, pytest.approx(0.1), 0.0),)
    # A residual is what the axis shows, whatever the target is.
    assert Explorer(["huber"], y_true=40.0).constants() == Explorer(["huber"]).constants()
    score = Explorer(["hinge"], y_true=0.0)
    assert score.constants()[0] == loss_constants(ll.get("hinge"), -2.0, 2.0, 0.0)
    assert "Hinge loss has slope 1, " in score.alt
    assert "smoothness constant infinite" in score.alt


def test_a_question_of_the_page_is_answered():
    figure = Explorer(["huber"])
    question = asked(
        "constants", "huber", {"delta": 2.0}, [], y=0.0, low=-5.0, high=4.0, centre=0.0
    )
    reply, buffers = figure.answer(question, [])
    assert reply["answers"] == ["memory"]
    assert np.frombuffer(buffers[0])[places.LIPSCHITZ] == 2.0


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"interval": (2.0, 1.0)}, ValueError, "interval must increase"),
        ({"interval": (-9.0, 1.0)}, ValueError, r"interval must lie in x_range \[-5, 5\]"),
        ({"interval": 3}, TypeError, "interval must be a pair"),
        ({"bounds": "both"}, ValueError, "bounds must be one of .*, got 'both'"),
        ({"chosen": "hinge"}, ValueError, r"chosen must name one of the losses \['huber'\]"),
        ({"at": 7.0}, ValueError, r"at must lie in x_range \[-5, 5\]"),
        ({"losses": ["huber"] * 5}, ValueError, "losses must be at most 4, got 5"),
        ({"losses": ["huber", "hinge"]}, ValueError, "must share a target"),
        ({"losses": "cox"}, ValueError, "pointwise"),
        ({"presets": {"Bad": {"bounds": "both"}}}, ValueError, r"presets\['Bad'\]: bounds must be"),
    ],
)
def test_bad_input_is_named(given, error, message):
    with pytest.raises(error, match=message):
        Explorer(**{"losses": ["huber"], **given})


address, page = page_of("gradients", figures)


class Shown(OneFigure):
    def __init__(self, page, nth):
        super().__init__(page, nth)
        self.python = figures()[nth]
        self.verdict = self.root.locator(".ll-verdict")

    def check(self):
        """The table shows what Python says of the same state."""
        here = self.python.columns([self.python.at])
        rows = self.root.locator("[data-readout] tbody tr").all()
        assert len(rows) == len(self.python.losses)
        for i, (row, found) in enumerate(zip(rows, self.python.constants(), strict=True)):
            want = [here["gradient"][i][0], here["curvature"][i][0]]
            want += [found.lipschitz, found.smoothness]
            cells = row.locator("td").all()[:4]
            for cell, value in zip(cells, want, strict=True):
                if math.isfinite(value):
                    assert float(cell.get_attribute("data-value")) == value
                else:
                    assert cell.text_content() == "∞"

    def key(self, handle, *keys):
        self.slider(handle).focus()
        for key in keys:
            self.page.keyboard.press(key)
        settle(self.page)


@pytest.mark.parametrize("nth", [RESIDUAL, SCORE, MEAN])
def test_the_numbers_are_those_of_the_package(page, nth):
    Shown(page, nth).check()


def test_the_interval_is_dragged_and_the_constants_follow(page):
    figure = Shown(page, MEAN)
    before = figure.verdict.text_content()
    figure.key("Right end", "End")
    figure.key("Left end", "ArrowLeft", "ArrowLeft")
    figure.python.interval = [-0.75 - 2 * 0.05, 3.0]
    figure.check()
    assert figure.verdict.text_content() != before
    assert figure.python.constants()[0].smoothness == pytest.approx(math.exp(3.0))
    handle = figure.slider("Left end").bounding_box()
    assert min(handle["width"], handle["height"]) >= 44
    figure.button("Undo").click()
    figure.button("Reset").click()
    figure.python = figures()[MEAN]
    figure.check()


def test_at_a_kink_there_is_a_fan_of_subgradients(page):
    figure = Shown(page, RESIDUAL)
    assert figure.root.locator(".ll-fan").count() == 0
    figure.button("At the kink").click()
    figure.python.at = 0.0
    figure.check()
    assert figure.root.locator(".ll-fan").count() == 2
    figure.root.get_by_role("radio").nth(1).check()
    text = "Absolute error: a minimum, 0 is a subgradient, as all from −1 to 1."
    assert figure.verdict.text_content() == text
    figure.key("Residual at which", "ArrowRight")
    assert figure.root.locator(".ll-fan").count() == 0
    kink = "Absolute error is not smooth in the interval: a kink at 0."
    assert figure.verdict.text_content() == kink


def test_a_kink_that_points_up_has_no_subgradient(page):
    figure = Shown(page, SCORE)
    figure.key("Score at which", "Home", *["ArrowRight"] * 50)
    figure.python.at = 0.0
    figure.check()
    assert figure.root.locator(".ll-fan").count() == 0
    assert figure.verdict.text_content() == "Ramp: a kink that points up has no subgradient."
    figure.button("0").click()  # the other label
    figure.python.y_true = 0.0
    figure.check()


def test_bounds_are_drawn_and_hold(page):
    figure = Shown(page, RESIDUAL)
    assert figure.root.locator(".ll-between").count() == 0
    for kind in ("Lipschitz", "smooth"):
        figure.button(kind).click()
        assert figure.root.locator(".ll-between").count() == 1
    assert figure.verdict.text_content() == "Huber: steps below 2 / 1 = 2 lower it in the interval."
    figure.root.get_by_role("radio").nth(1).check()  # no smoothness, no parabolas
    assert figure.root.locator(".ll-between").count() == 0
    figure.button("Lipschitz").click()
    assert figure.root.locator(".ll-between").count() == 1


def test_losses_are_added_and_code_is_copied(page):
    figure = Shown(page, RESIDUAL)
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    figure.root.get_by_label("Loss to add").select_option("cauchy")
    figure.button("Add loss").click()
    figure.python.losses = ["huber", "absolute_error", "cauchy"]
    figure.check()
    figure.button("Copy Python").click()
    page.wait_for_function("window.copied")
    made = eval(page.evaluate("window.copied"), {"ll": ll})
    assert repr(made) == "GradientExplorer(Huber(delta=1), AbsoluteError(), Cauchy(c=1))"
    assert made.interval == figure.python.interval


def test_the_rules_of_accessibility_hold(page):
    assert broken_rules(page) == []
