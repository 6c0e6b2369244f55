"""LandscapeExplorer: the landscape, the races and the bounds in Python, and the same bits in a browser."""

import json

import numpy as np
import pytest

import losslab as ll
from losslab.training import LinearObjective
from losslab.widgets.figures import landscape_contours as drawing
from losslab.widgets.figures import landscape_race as racing
from tests import built
from tests.widgets.page import OneFigure, asked, broken_rules, drag, page_of, settle

built.need("assets")

Explorer = ll.widgets.LandscapeExplorer
X = np.array([[3.0, 0.2], [-1.0, 0.9], [0.5, -1.1], [2.0, 0.4], [-2.5, 0.1]])
Y = np.array([2.0, 0.5, -1.5, 1.0, -2.0])
LABELS = np.array([1.0, 1.0, 0.0, 0.0, 0.0])
ALL = ("gradient_descent", "heavy_ball", "nesterov", "rmsprop", "adam", "lion")
SQUARED, LOGISTIC, KINKED = range(3)


def figures():
    return [
        Explorer("squared_error", X, Y, start=(-1.0, 2.0), presets={"Too fast": PRESET}),
        Explorer("binary_cross_entropy", X, LABELS, ["adamw", "nadam", "amsgrad"], steps=40),
        Explorer("absolute_error", X, Y, ["gradient_descent", "adagrad"], steps=20),
    ]


PRESET = {"learning_rate": 0.9, "optimisers": ["gradient_descent", "adam"]}


def test_a_race_is_what_optimisers_do_to_the_mean_loss():
    figure = Explorer("huber", X, Y, ALL, start=(-1.0, 2.0), learning_rate=0.1, steps=30)
    path, losses = figure.race()
    objective = LinearObjective(X, Y, ll.get("huber"), intercept=False)
    for rule, way, fall in zip(figure.optimisers, path, losses, strict=True):
        w, state = np.array([-1.0, 2.0]), None
        for t in range(31):
            value, gradient = objective.value_and_gradient(w)
            assert np.allclose(w, way[t], rtol=1e-12, atol=1e-12)
            assert value == pytest.approx(fall[t], rel=1e-12)
            w, state = rule.step(w, gradient, state, learning_rate=0.1)


def test_the_minimum_is_found_with_its_curvatures():
    figure = figures()[SQUARED]
    found = figure.minimum()
    assert found.known
    assert found.at == pytest.approx(np.linalg.lstsq(X, Y)[0])
    flat, steep = np.linalg.eigvalsh(X.T @ X / len(X))
    assert figure.shape() == pytest.approx((steep, flat, steep / flat))
    logistic = figures()[LOGISTIC].minimum()
    objective = LinearObjective(X, LABELS, ll.get("binary_cross_entropy"), intercept=False)
    assert logistic.known
    assert abs(objective.gradient(np.array(logistic.at))).max() < 1e-9
    # Separable classes have no minimum, a kink has no curvature.
    far = Explorer("binary_cross_entropy", X, (X[:, 0] > 0).astype(float), learning_rate=1.0)
    assert far.shape() is None and far.limits() == [None] * 6
    assert not figures()[KINKED].minimum().known


@pytest.mark.parametrize(
    ("name", "given", "limit"),
    [
        ("gradient_descent", {}, 2.0),
        ("heavy_ball", {}, 3.8),
        ("heavy_ball", {"momentum": 0.5, "dampening": 0.25}, 4.0),
        ("nesterov", {}, 3.8 / 2.8),
        ("nesterov", {"momentum": 0.5, "textbook": True}, 1.5),
    ],
)
def test_the_largest_stable_rates_are_where_paths_begin_to_grow(name, given, limit):
    rule = ll.training.optimisers.get(name, **given)
    figure = Explorer("squared_error", X, Y, [rule], steps=400)
    [rate] = figure.limits()
    assert rate == pytest.approx(limit / figure.shape().steepest)
    excess = []
    for factor in (0.97, 1.03):
        figure.learning_rate = factor * rate
        excess.append((figure.race()[1][0, [0, -1]] - figure.minimum().value).tolist())
    (first, stable), (_, beyond) = excess
    assert stable < 1e-2 * first and beyond > 10.0 * first
    assert figure.ends() == ["diverges" if beyond > 100.0 * first else "higher"]


@pytest.mark.parametrize("condition", [10.0, 300.0])
def test_the_condition_is_what_the_scaled_column_has(condition):
    figure = Explorer("squared_error", X, Y, start=(-1.0, 2.0), condition=condition)
    plane = figure.drawn()
    values = np.linalg.eigvalsh(np.cov(np.stack([plane.x0, plane.x1]), bias=True))
    both = np.stack([plane.x0, plane.x1], axis=1)
    values = np.linalg.eigvalsh(both.T @ both / len(X))
    assert values[1] / values[0] == pytest.approx(condition)
    assert figure.shape().condition == pytest.approx(condition)
    # The minimum stays where it was.
    at = np.array([figure.minimum().at])
    value, slope, _ = plane.look(figure.losses[0], at)
    assert value[0] == pytest.approx(figure.minimum().value)
    assert abs(slope).max() < 1e-12


def test_contours_lie_on_their_level():
    us, vs = racing.evenly(-2.0, 2.0, 40), racing.evenly(-1.0, 1.0, 40)
    values = us**2 + 4.0 * vs[:, None] ** 2
    x, y = drawing.contour_lines(us, vs, values, [1.0])
    whole = np.isfinite(x)
    assert np.allclose(x[whole] ** 2 + 4.0 * y[whole] ** 2, 1.0, atol=0.01)
    assert (~whole).sum() == 1  # one ring
    assert (x[0], y[0]) == (x[-2], y[-2])
    x, y = drawing.inside(np.array([[0.0, 0.0], [4.0, 0.0], [-4.0, 1.0]]), (-1, 1), (-1, 1))
    assert np.nanmax(abs(x)) == 1.0 and np.isnan(x).sum() == 2


def test_what_is_said_names_the_diverging():
    figure = figures()[SQUARED]
    assert "Gradient descent diverges" not in figure.alt
    figure.learning_rate = 0.9
    assert figure.ends()[:3] == ["diverges", "down", "diverges"]
    assert "is: Gradient descent diverges, Heavy ball (momentum) " in figure.describe()


def test_whoever_starts_at_the_minimum_does_not_diverge():
    figure = Explorer("squared_error", np.eye(2), [1.0, 1.0], ALL, (1.0, 1.0), 0.1)
    assert figure.ends() == ["down"] * 5 + ["higher"]  # the signs of Lion move on by its decay


def test_a_loss_of_the_reader_is_computed_in_python():
    figure = figures()[SQUARED]
    plane = figure.plane
    arrays = {"x0": plane.x0, "x1": plane.x1, "y": plane.y, "offset": plane.offset}
    named = json.dumps([{"name": "adam", "parameters": {}}])
    given = arrays | {"start": np.array([-1.0, 2.0])}
    numbers = {"rate": 0.1, "steps": 3, "optimisers": named}
    question = asked("plane_race", "squared_error", {}, given, **numbers)
    reply, buffers = figure.answer(question, [a.tobytes() for a in given.values()])
    assert reply["answers"] == ["path", "losses"]
    figure.optimisers, figure.learning_rate, figure.steps = ["adam"], 0.1, 3
    assert np.frombuffer(buffers[0]).tolist() == figure.race()[0].ravel().tolist()
    ranges = {"x_range": np.array(figure.x_range), "y_range": np.array(figure.y_range)}
    given = arrays | ranges
    question = asked("plane_lowest", "squared_error", {}, given)
    reply, buffers = figure.answer(question, [a.tobytes() for a in given.values()])
    found = figure.minimum()
    assert np.frombuffer(buffers[0]).tolist() == [*found.at, found.value, *found.bend, 1.0]
    given = arrays | {"us": np.array([0.0, 1.0]), "vs": np.array([2.0])}
    question = asked("plane_grid", "squared_error", {}, given)
    reply, buffers = figure.answer(question, [a.tobytes() for a in given.values()])
    wanted = plane.look(figure.losses[0], np.array([[0.0, 2.0], [1.0, 2.0]]))[0]
    assert np.frombuffer(buffers[0]).tolist() == wanted.tolist()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"loss": 3}, TypeError, "loss must be a name or a loss"),
        ({"loss": "poisson", "y": -Y - 9}, ValueError, "y must be"),
        ({"loss": "log_score"}, ValueError, "must be pointwise"),
        ({"loss": "brier", "y": LABELS}, ValueError, "take any number as a prediction"),
        ({"y": None}, ValueError, "X and y must be given together"),
        ({"X": X.T}, ValueError, r"X must have shape \(n, 2\).*got \(2, 5\)"),
        ({"X": X * np.nan}, ValueError, "X must be finite"),
        ({"y": Y[:3]}, ValueError, "y must have 5 numbers"),
        ({"offset": Y[:3]}, ValueError, "offset must have 5 numbers"),
        ({"optimisers": []}, ValueError, "optimisers must be 1 to 6"),
        ({"optimisers": ["huber"]}, ValueError, "huber"),
        ({"optimisers": [3]}, TypeError, "optimisers must hold names"),
        ({"optimisers": 3}, TypeError, "optimisers must be a list"),
        ({"start": (1.0,)}, ValueError, "start must hold two weights"),
        ({"start": (1.0, np.inf)}, ValueError, "start must be finite"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate must be a finite number > 0"),
        ({"learning_rate": 1.0, "rates": (2, 3)}, ValueError, "learning_rate must lie in rates"),
        ({"rates": (0, 3)}, ValueError, "rates must be a finite number > 0"),
        ({"steps": 0}, ValueError, "steps must be a whole number between 1 and 400"),
        ({"condition": 1.0}, ValueError, r"condition must lie in \[1\..*, 1000\]"),
        ({"condition": 2e3}, ValueError, "condition must lie in"),
        ({"loss": "absolute_error", "condition": 9.0}, ValueError, "condition must be None"),
        ({"x_range": (1, 0)}, ValueError, "x_range must increase"),
        ({"presets": {"Bad": {"condition": 1.0}}}, ValueError, r"presets\['Bad'\]: condition"),
    ],
)
def test_bad_input_is_named(given, error, message):
    with pytest.raises(error, match=message):
        Explorer(**{"loss": "squared_error", "X": X, "y": Y, **given})


address, page = page_of("landscapes", figures)


class Shown(OneFigure):
    def __init__(self, page, nth):
        super().__init__(page, nth)
        self.python = figures()[nth]
        self.verdict = self.root.locator(".ll-verdict")

    def values(self, where):
        cells = self.root.locator(f"{where} td")
        return cells.evaluate_all(
            "all => all.map(e => e.dataset.value === undefined ? null : Number(e.dataset.value))"
        )

    def check(self):
        """Paths and losses in the page are those of Python, to the last bit."""
        python = self.python
        path, losses = python.race()
        base = python.minimum().value if python.minimum().known else 0.0
        details = self.root.locator("details")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        self.page.wait_for_timeout(200)
        steps = sorted({int(i * python.steps / 10 + 0.5) for i in range(11)})
        rows = np.array(self.values("details"), dtype=float).reshape(len(steps), len(path), 3)
        assert np.array_equal(rows[..., :2], path[:, steps].swapaxes(0, 1), equal_nan=True)
        told = losses[:, steps].T - base
        assert np.array_equal(rows[..., 2], np.where(np.isfinite(told), told, np.nan), True)
        last = np.array(self.values("[data-readout] tbody"), dtype=float).reshape(len(path), 3)
        limits = [np.nan if each is None else each for each in python.limits()]
        assert np.array_equal(last[:, 2], limits, equal_nan=True)
        assert np.array_equal(last[:, 0], np.maximum(losses[:, -1] - base, 0.0))

    def key(self, name, *keys):
        self.slider(name).focus()
        for key in keys:
            self.page.keyboard.press(key)
        settle(self.page)

    def rate(self):
        return float(self.slider("Learning rate").get_attribute("aria-valuenow"))


@pytest.mark.parametrize("nth", [SQUARED, LOGISTIC, KINKED])
def test_paths_are_those_of_the_package_bit_for_bit(page, nth):
    Shown(page, nth).check()


def test_the_start_is_dragged_and_the_rate_is_set(page):
    figure = Shown(page, SQUARED)
    handle = figure.root.get_by_role("application")
    drag(page, handle, 40, 30)
    start = json.loads(json.dumps(figure.python.start))
    label = handle.get_attribute("aria-label")
    assert label.startswith("Start: w₀ ")
    assert label != f"Start: w₀ {start[0]:.3f}, w₁ {start[1]:.3f}"
    figure.button("Reset").click()
    figure.key("Learning rate", "ArrowRight")
    # Two hundredths of a power of ten, in three digits.
    rate = float(f"{10 ** (np.log10(figure.python.learning_rate) + 0.02):.3g}")
    figure.python.learning_rate = rate
    figure.check()
    handle.focus()
    page.keyboard.press("ArrowLeft")
    text = handle.get_attribute("aria-label").replace("−", "-")
    assert float(text.split("w₀ ")[1].split(",")[0]) < -1.0


def test_divergence_is_drawn_and_said(page):
    figure = Shown(page, SQUARED)
    assert figure.verdict.text_content() == "None diverges: each ends lower than it started."
    figure.button("Too fast").click()
    for trait, value in PRESET.items():
        setattr(figure.python, trait, value)
    figure.check()
    assert figure.verdict.text_content() == "Gradient descent diverges at this rate."
    assert figure.root.locator(".ll-exit").count() >= 1
    assert figure.root.locator(".ll-limit").count() == 1
    figure.button("Undo").click()
    assert figure.root.locator(".ll-limit").count() == 3


def test_the_condition_is_a_dial_and_steps_are_counted(page):
    figure = Shown(page, SQUARED)
    dial = figure.slider("Condition number")
    dial.fill("200")
    figure.python.condition = 1000.0
    figure.check()
    figure.slider("Drawn to step").fill("7")
    excess = figure.python.race()[1][:, 7] - figure.python.minimum().value
    told = np.array(figure.values("[data-readout] tbody"), dtype=float).reshape(6, 3)
    assert told[:, 0].tolist() == excess.tolist()
    # Without a curved minimum there is no such dial.
    assert Shown(page, KINKED).slider("Condition number").count() == 0


def test_another_loss_is_set_by_words_and_code_is_copied(page):
    figure = Shown(page, SQUARED)
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    figure.root.locator(".ll-root").evaluate(
        "e => e.dispatchEvent(new CustomEvent('losslab-set', {detail: "
        "[['losses', [], [{name: 'log_cosh', parameters: {}}]]]}))"
    )
    figure.python.losses = ["log_cosh"]
    figure.check()
    figure.root.get_by_role("button", name="Lion").click()  # out of the race
    assert figure.values("[data-readout] tbody")[-3:] == [None] * 3
    figure.button("Copy Python").click()
    page.wait_for_function("window.copied")
    made = eval(page.evaluate("window.copied"), {"ll": ll, "X": X, "y": Y})
    assert repr(made) == "LandscapeExplorer(LogCosh(a=1))"
    assert made.get_state("optimisers") == figure.python.get_state("optimisers")


def test_the_rules_of_accessibility_hold(page):
    assert broken_rules(page) == []
