"""SaturationExplorer: gradients behind an activation and steps of descent, in Python and in a browser."""

import math

import numpy as np
import pytest

import losslab as ll
from losslab.widgets.figures.saturation_steps import MOST, SLICE, descend
from tests import built
from tests.widgets.page import OneFigure, asked, broken_rules, page_of

built.need("assets")

Explorer = ll.widgets.SaturationExplorer
SIGMOID, EXP, SOFTPLUS, TANH = range(4)


def figures():
    return [
        Explorer(at=-10, presets={"Squared alone": {"losses": ["squared_error"]}}),
        Explorer(["squared_error", "poisson"], "exp", y_true=3.0),
        Explorer(["squared_error", "squared_log_ratio"], "softplus", learning_rate=3.0),
        Explorer([ll.get("huber", delta=0.5), "absolute_error"], "tanh", y_true=-1.0, at=4.0),
    ]


def by_hand(z, y=1.0, rate=1.0):
    """Steps of descent under squared error on a sigmoid, in plain arithmetic."""
    for steps in range(MOST):
        p = 1.0 / (1.0 + math.exp(-z))
        if abs(p - y) <= 0.5:
            return steps
        z -= rate * (p - y) * p * (1.0 - p)


def test_steps_and_gradients_are_those_of_the_formulas():
    figure = Explorer(at=-10)
    squared, entropy = figure.descents()
    assert (squared.steps, entropy.steps) == (22063, 11)
    assert Explorer(at=-4.0).descents()[0].steps == by_hand(-4.0)
    assert squared.path[0].tolist() == [0, -10.0] and squared.path[-1, 0] == 22063
    z = np.linspace(-12.0, 12.0, 25)
    p = 1.0 / (1.0 + np.exp(-z))
    found = figure.columns(z)
    assert found["prediction"] == pytest.approx(p, rel=1e-14)
    assert found["gradient"][0] == pytest.approx(-((1.0 - p) ** 2) * p, rel=1e-6)
    assert found["gradient"][1] == pytest.approx(-1.0 / (1.0 + np.exp(z)), rel=1e-14)


@pytest.mark.parametrize("nth", range(4))
def test_gradients_are_slopes_of_the_loss_along_z(nth):
    figure, h = figures()[nth], 1e-6
    z = np.array([-3.1, -0.4, 0.7, 2.2])
    ends = [figure.columns(z + step)["value"] for step in (h, -h)]
    want = (ends[0] - ends[1]) / (2 * h)
    assert figure.columns(z)["gradient"] == pytest.approx(want, rel=1e-6, abs=1e-8)


def test_a_descent_says_how_it_ended():
    squared = ll.get("squared_error")
    assert descend(squared, "identity", 0.0, 3.0, 0.01).steps == 179
    # Far too long a step throws exp to where nothing moves, or out of all numbers.
    assert descend(squared, "exp", 3.0, -4.0, 1.0).steps > MOST
    assert math.isnan(descend(squared, "identity", 0.0, 3.0, 30.0).steps)
    assert math.isinf(descend(squared, "sigmoid", 0.0, 800.0, 1.0).steps)
    with_slices, first, z = [], 0, -10.0
    while (found := descend(squared, "sigmoid", 1.0, z, 1.0, first, first + SLICE)).steps == -1:
        first, z = int(found.path[-1, 0]), found.path[-1, 1]
        with_slices.append(first)
    assert found.steps == 22063 and len(with_slices) == 22063 // SLICE


def test_a_question_of_the_page_is_answered():
    question = asked(
        "descent", "squared_error", {}, [], activation=1.0, y=1.0, z=-4.0, rate=1.0, first=0.0
    )
    reply, buffers = figures()[0].answer(question, [])
    assert reply["answers"] == ["steps", "path"]
    assert np.frombuffer(buffers[0])[0] == by_hand(-4.0)


def test_what_an_activation_does_not_give_is_not_drawn():
    figure = Explorer()
    figure.activation = "tanh"
    assert [loss.name for loss in figure.drawn()] == ["squared_error"]
    assert len(figure.columns([0.0])["gradient"]) == 1
    assert "before the activation sigmoid" in Explorer().alt
    assert "22063 steps" in Explorer(at=-10).alt


def test_losses_of_one_colour_differ_in_their_dashes():
    for panel in figures()[SIGMOID].scene().panels[1:]:
        assert [line.dash for line in panel.lines] == ["solid", "dashed"]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"activation": "relu"}, ValueError, "activation must be one of .*, got 'relu'"),
        ({"activation": "tanh"}, ValueError, "under 'tanh' must be of 'value', but 'binary_cross"),
        ({"losses": ["hinge"]}, ValueError, "must take the output of an activation, but 'hinge'"),
        ({"losses": ["squared_error"] * 5}, ValueError, "at most 4, got 5"),
        ({"losses": "cox"}, ValueError, "pointwise"),
        ({"y_true": 0.3}, ValueError, r"y_true must be \[1, 0\] under 'sigmoid', got 0.3"),
        ({"y_true": "1"}, TypeError, "y_true must be a finite number"),
        ({"at": 40.0}, ValueError, r"at must lie in \[-12, 12\], got 40"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate must be from 0.01 to 30, got 0"),
        ({"presets": {"Bad": {"at": 40.0}}}, ValueError, r"presets\['Bad'\]: at must lie"),
    ],
)
def test_bad_input_is_named(given, error, message):
    with pytest.raises(error, match=message):
        Explorer(**given)


address, page = page_of("saturation", figures)


class Shown(OneFigure):
    def __init__(self, page, nth):
        super().__init__(page, nth)
        self.python = figures()[nth]

    def check(self):
        """The table shows what Python says of the same state, once all steps are counted."""
        here = self.python.columns([self.python.at])
        for i, found in enumerate(self.python.descents()):
            cells = self.root.locator("[data-readout] tbody tr").nth(i).locator("td")
            want = [here["value"][i][0], here["gradient"][i][0], found.steps]
            for cell, value in zip(cells.all()[:3], want, strict=True):
                place = cell.element_handle()
                self.page.wait_for_function(
                    "([cell, value]) => Number(cell.dataset.value) === value",
                    arg=[place, float(value)],
                    timeout=20_000,
                )

    def key(self, handle, *keys):
        self.slider(handle).focus()
        for key in keys:
            self.page.keyboard.press(key)


@pytest.mark.parametrize("nth", range(4))
def test_the_numbers_are_those_of_the_package(page, nth):
    Shown(page, nth).check()


def test_the_start_is_dragged_and_steps_are_counted_again(page):
    figure = Shown(page, SIGMOID)
    figure.key("Number z", "End", "Shift+ArrowLeft", "ArrowLeft")
    figure.python.at = 12.0 - 11 * 0.2
    figure.check()
    handle = figure.slider("Number z").bounding_box()
    assert min(handle["width"], handle["height"]) >= 44
    figure.key("Learning rate", "ArrowRight")
    figure.button("0").click()
    figure.python.y_true = 0.0
    rate = figure.slider("Learning rate").get_attribute("aria-valuetext")
    figure.python.learning_rate = float(rate)
    figure.check()
    figure.button("Reset").click()
    figure.python = figures()[SIGMOID]
    figure.check()


def test_shade_lies_where_the_gradient_is_faint(page):
    assert Shown(page, SIGMOID).root.locator(".ll-fan").count() == 1
    assert Shown(page, TANH).root.locator(".ll-fan").count() == 2


def test_another_activation_draws_what_fits_it(page):
    figure = Shown(page, SIGMOID)
    figure.button("tanh").click()
    note = figure.root.locator(".ll-note")
    want = "Not drawn: Binary cross-entropy, because it does not take what tanh gives."
    assert note.text_content() == want
    figure.python.activation, figure.python.at = "tanh", -6.0
    figure.check()
    figure.button("Undo").click()
    assert not note.is_visible()
    figure.python = figures()[SIGMOID]
    figure.check()


def test_losses_are_added_and_code_is_copied(page):
    figure = Shown(page, SIGMOID)
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    figure.root.get_by_label("Loss to add").select_option("brier")
    figure.button("Add loss").click()
    figure.python.losses = ["squared_error", "binary_cross_entropy", "brier"]
    figure.check()
    figure.button("Copy Python").click()
    page.wait_for_function("window.copied")
    made = eval(page.evaluate("window.copied"), {"ll": ll})
    assert repr(made) == "SaturationExplorer(SquaredError(), BinaryCrossEntropy(), Brier())"
    assert (made.at, made.activation) == (-10.0, "sigmoid")


def test_the_rules_of_accessibility_hold(page):
    assert broken_rules(page) == []
