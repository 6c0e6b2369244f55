"""ThresholdExplorer: decisions and forecasts of scores, in Python and in a real browser."""

import numpy as np
import pytest

import losslab as ll
from tests import built
from tests.widgets.page import OneFigure, broken_rules, drag, opened, watched, write_page

LABELS = [0, 0, 1, 0, 1, 1, 0, 1]
SCORES = [-2.0, -1.0, -0.5, 0.5, 1.0, 3.0, -3.0, 0.2]


def noisy(n=300, slope=1.0, seed=0):
    """Labels, and scores that are the log-odds of label 1 times `slope`."""
    rng = np.random.default_rng(seed)
    truth = 2.5 * rng.standard_normal(n) - 0.5
    return (rng.random(n) < 1.0 / (1.0 + np.exp(-truth))).astype(int), slope * truth


def explorer(labels=LABELS, scores=SCORES, **settings):
    built.need("assets")
    return ll.widgets.ThresholdExplorer(labels, scores, **settings)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"labels": [0, 1, 2], "scores": [1, 2, 3]}, ValueError, "labels must be 0 or 1, got 2"),
        ({"labels": [0, 1, np.nan], "scores": [1, 2, 3]}, ValueError, "labels must be finite"),
        ({"labels": [1, 1], "scores": [1, 2]}, ValueError, "some 0 and some 1"),
        ({"labels": [0, 1] * 301}, ValueError, "at most 600, got 602"),
        ({"scores": [1.0]}, ValueError, "one number a label, 8, got 1"),
        ({"scores": [np.inf] * 8}, ValueError, "scores must be finite"),
        ({"scores": {"a": SCORES, "b": ["x"] * 8}}, TypeError, "must hold numbers"),
        ({"scores": {}}, ValueError, "1 to 4 models, got 0"),
        ({"scores": {"a name that is longer than fits": SCORES}}, ValueError, "24 letters"),
        ({"shown": "c"}, ValueError, "shown must be one of"),
        ({"threshold": 1.0}, ValueError, r"threshold must be in \[0.01, 0.99\], got 1"),
        ({"temperature": 0.0}, ValueError, r"temperature must be in \[0.2, 10\]"),
        ({"weight": 30}, ValueError, r"weight must be in \[0.05, 20\]"),
        ({"cost": "dear"}, TypeError, "cost must be a finite number"),
        ({"classes": ("benign",)}, TypeError, "classes must be two names"),
        ({"classes": ("benign", "")}, ValueError, "1 to 12 letters"),
        ({"groups": 1}, ValueError, r"groups must be in \[2, 8\], got 1"),
        ({"groups": 2.0}, TypeError, "groups must be a whole number"),
    ],
)
def test_threshold_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        explorer(**{"labels": LABELS, "scores": SCORES} | arguments)


def test_readings_are_those_of_the_formulas():
    f, y = np.array(SCORES), np.array(LABELS)
    figure = explorer(threshold=0.4, temperature=2.0, weight=3.0, cost=5.0, groups=4)
    r = figure.readings()
    p = 1.0 / (1.0 + np.exp(-(f / 2.0 + np.log(3.0))))
    missed, alarms = np.sum((p <= 0.4) & (y == 1)), np.sum((p > 0.4) & (y == 0))
    assert (r["missed"], r["false_alarms"]) == (missed, alarms)
    assert (r["caught"], r["cleared"]) == (4 - missed, 4 - alarms)
    assert r["cost"] == pytest.approx((5 * missed + alarms) / 8)
    assert r["cross_entropy"] == pytest.approx(-np.mean(np.log(np.where(y == 1, p, 1 - p))))
    assert r["brier"] == pytest.approx(np.mean((p - y) ** 2))
    assert r["forecast"] == pytest.approx(p.mean())
    order = np.argsort(f)
    halves = [[p[part].mean(), y[part].mean()] for part in order.reshape(4, 2)]
    assert r["groups"] == pytest.approx(np.array(halves))
    assert r["gap"] == pytest.approx(np.mean([abs(a - b) for a, b in halves]))


def test_a_weight_decides_like_a_threshold_and_lies_about_shares():
    y, f = noisy()
    plain, weighted, cut = (
        explorer(y, f, **given).readings() for given in ({}, {"weight": 5.0}, {"threshold": 1 / 6})
    )
    assert [weighted[key] for key in ("missed", "false_alarms")] == [
        cut[key] for key in ("missed", "false_alarms")
    ]
    assert weighted["missed"] < plain["missed"]
    for key in ("cross_entropy", "brier", "gap"):
        assert cut[key] == plain[key] < weighted[key]


def test_a_temperature_changes_no_decision_at_a_half_and_mends_boasting():
    y, f = noisy(slope=4.0)
    boasts, cooled = (explorer(y, f, temperature=t).readings() for t in (1.0, 4.0))
    for key in ("missed", "false_alarms", "error_rate"):
        assert boasts[key] == cooled[key]
    for key in ("cross_entropy", "brier", "gap"):
        assert cooled[key] < 0.9 * boasts[key]


def test_what_it_says_and_shows():
    figure = explorer(scores={"a": SCORES, "b": SCORES[::-1]}, classes=("well", "ill"), shown="b")
    assert "ill missed" in figure.alt and "model 'b'" in figure.alt
    left, right = figure.scene().panels
    assert [line.label for line in left.lines] == ["well", "ill", "threshold"]
    assert left.lines[0].y.sum() == pytest.approx(1.0) == left.lines[1].y.sum()
    assert np.transpose([right.dots.x, right.dots.y]) == pytest.approx(figure.readings()["groups"])
    with pytest.raises(ValueError, match="weight must be in"):
        figure.weight = 0.0


# In the page -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def models():
    labels, scores = noisy()
    return labels, {"calm": scores, "boasting": np.round(4.0 * scores, 3)}


@pytest.fixture(scope="module")
def address(tmp_path_factory, models):
    built.need("assets")
    folder = tmp_path_factory.mktemp("thresholds")
    return write_page(folder, [explorer(*models, cost=5.0)]).as_uri()


@pytest.fixture
def shown(browser, address):
    with watched(browser) as page:
        opened(page, address, 1)
        yield OneFigure(page, 0)


NOW = "tables => tables.flatMap(t => [...t.querySelectorAll('tbody tr')].map(r => Number(r.cells[{}].dataset.value)))"


def numbers(figure, column=1):
    return figure.root.locator("[data-readout]").evaluate_all(NOW.format(column))


def told(**settings):
    r = explorer(*told.models, cost=5.0, **settings).readings()
    keys = ["missed", "false_alarms", "error_rate", "cost", "forecast", "gap", "cross_entropy"]
    return [r[key] for key in [*keys, "brier"]]


@pytest.fixture(autouse=True)
def _models(models):
    told.models = models


def test_numbers_are_those_of_the_package(shown):
    assert numbers(shown) == pytest.approx(told(), rel=1e-12)
    shown.button("boasting").click()
    assert numbers(shown) == pytest.approx(told(shown="boasting"), rel=1e-12)
    shown.slider("Weight").focus()
    for _ in range(4):
        shown.page.keyboard.press("Shift+ArrowRight")
    weight = float(shown.slider("Weight").get_attribute("aria-valuetext"))
    assert weight > 3.0
    assert numbers(shown) == pytest.approx(told(shown="boasting", weight=weight), rel=1e-12)
    # What was left alone stays beside it.
    assert numbers(shown, 2) == pytest.approx(told(shown="boasting"), rel=1e-12)
    shown.button("Reset").click()
    assert numbers(shown) == pytest.approx(told(), rel=1e-12)


def test_the_threshold_is_dragged_and_moves_no_forecast(shown):
    curve = shown.root.locator(".ll-curve").last.get_attribute("d")
    drag(shown.page, shown.root.locator("[data-draggable]"), -50)
    missed, alarms, *_ = numbers(shown)
    plain = told()
    assert missed < plain[0] and alarms > plain[1]
    assert numbers(shown)[4:] == pytest.approx(plain[4:], rel=1e-12)
    assert shown.root.locator(".ll-curve").last.get_attribute("d") == curve
    # The four counts stand in the plot too.
    words = " ".join(shown.root.locator(".ll-labels text").all_text_contents())
    labels, _ = told.models
    assert f"class 1: {missed:.0f} missed" in words
    assert f"{labels.sum() - missed:.0f} caught" in words


def test_keys_move_the_threshold_to_its_ends(shown):
    handle = shown.root.locator("[data-draggable]")
    handle.focus()
    for key, text in (("Home", "cut at 1%"), ("End", "cut at 99%")):
        shown.page.keyboard.press(key)
        assert handle.get_attribute("aria-valuetext") == text
    assert numbers(shown) == pytest.approx(told(threshold=0.99), rel=1e-12)
    shown.page.keyboard.press("ArrowLeft")
    assert float(handle.get_attribute("aria-valuetext")[7:-1]) < 99.0


def test_a_temperature_leaves_the_decisions_at_a_half(shown):
    shown.button("boasting").click()
    before = numbers(shown)
    slider = shown.slider("Temperature")
    slider.focus()
    for _ in range(7):
        shown.page.keyboard.press("Shift+ArrowRight")
    after = numbers(shown)
    assert after[:4] == before[:4]
    assert after[6] < 0.9 * before[6] and after[7] < before[7]


def test_link_restores_the_setting(browser, address):
    with watched(browser) as page:
        opened(page, f"{address}#figure1?shown=1&threshold=0.2&temperature=3&weight=2&cost=5", 1)
        got = numbers(OneFigure(page, 0))
        want = told(shown="boasting", threshold=0.2, temperature=3.0, weight=2.0)
        assert got == pytest.approx(want, rel=1e-12)
        opened(page, f"{address}#figure1?shown=9&threshold=2&temperature=x&weight=0", 1)
        assert numbers(OneFigure(page, 0)) == pytest.approx(told(), rel=1e-12)


def test_picture_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("figure.losslab-figure [role=img]").count() == 1
    assert page.locator("figure.losslab-figure .losslab-key").get_by_text("threshold").is_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(shown, theme):
    page = shown.page
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    assert broken_rules(page) == []
