"""PitExplorer and DivergenceExplorer: in Python, and in a real browser."""

import math
import re

import numpy as np
import pytest
from scipy import integrate, stats

import losslab as ll
from tests import built
from tests.widgets.page import OneFigure, broken_rules, drag, opened, page_of, watched

OBSERVED = np.round(np.random.default_rng(1).normal(2.0, 0.5, 200), 3)


def pit(**settings):
    built.need("assets")
    return ll.widgets.PitExplorer(OBSERVED, **settings)


def divergence(**settings):
    built.need("assets")
    return ll.widgets.DivergenceExplorer(**settings)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"observations": [1.0] * 19}, ValueError, "observations must be 20 to 500, got 19"),
        ({"observations": [1.0] * 20}, ValueError, "observations must differ"),
        ({"observations": [math.nan, *range(20)]}, ValueError, "observations must be finite"),
        ({"forecast": (2.0, 0.0)}, ValueError, "deviation > 0"),
        ({"forecast": (2.0, 9.0)}, ValueError, r"a width in \[0.0\d+, [\d.]+\], got 9"),
        ({"forecast": (9.0, 0.5)}, ValueError, "forecast must lie in"),
        ({"outcome": -9.0}, ValueError, "outcome must lie in"),
        ({"x_label": 3}, TypeError, "x_label must be a string"),
    ],
)
def test_pit_explorer_refuses(arguments, error, message):
    built.need("assets")
    with pytest.raises(error, match=message):
        ll.widgets.PitExplorer(**{"observations": OBSERVED} | arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"truth": []}, ValueError, "1 to 4 humps, got 0"),
        ({"truth": 3}, TypeError, "truth must be a list of humps"),
        ({"truth": [(0.5, 1.0)]}, ValueError, r"truth\[0\] must be \(weight, mean, deviation\)"),
        ({"truth": [(0.0, 1.0, 1.0)]}, ValueError, "a weight > 0, got 0"),
        ({"truth": [(1.0, 7.0, 1.0)]}, ValueError, r"a mean in \[-6, 6\], got 7"),
        ({"forecast": (0.0, 0.1)}, ValueError, r"a width in \[0.3, 5\], got 0.1"),
        ({"forecast": 1.0}, TypeError, "forecast must be a pair"),
    ],
)
def test_divergence_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        divergence(**arguments)


def test_the_score_is_the_area():
    for law, outcome in (((2.0, 0.5), 2.0), ((2.3, 0.2), 1.2), ((1.5, 1.5), 3.7)):
        x = np.linspace(-20, 20, 400_001)
        step = (x >= outcome).astype(float)
        area = integrate.trapezoid((stats.norm.cdf(x, *law) - step) ** 2, x)
        assert pit(forecast=law, outcome=outcome).readings()["crps"] == pytest.approx(
            area, abs=1e-4
        )


def test_the_histogram_is_that_of_the_formulas():
    r = pit(forecast=(2.2, 0.3)).readings()
    u = stats.norm.cdf(OBSERVED, 2.2, 0.3)
    assert r["bars"] == pytest.approx(np.histogram(u, 10, (0, 1))[0] / 200)
    assert r["coverage"] == pytest.approx(np.mean((u >= 0.1) & (u <= 0.9)))
    assert r["level"] == pytest.approx(u.mean())


def test_divergences_are_those_of_the_formulas():
    def p(x):
        return 0.3 * stats.norm.pdf(x, -1, 0.8) + 0.7 * stats.norm.pdf(x, 2, 1.5)

    def q(x):
        return stats.norm.pdf(x, 0.5, 1.2)

    figure = divergence(truth=[(0.3, -1, 0.8), (0.7, 2, 1.5)], forecast=(0.5, 1.2))
    x = np.linspace(-15, 15, 100_001)
    want = [
        integrate.trapezoid(a(x) * (np.log(a(x)) - np.log(b(x))), x) for a, b in ((p, q), (q, p))
    ]
    assert list(figure.readings().values()) == pytest.approx(want, rel=1e-6)


def test_forward_has_one_end_and_reverse_has_three():
    figure = divergence()
    ends = {"forward": set(), "reverse": set()}
    for start in ((1.0, 1.0), (-1.0, 1.0), (1.0, 3.0)):
        figure.forecast = start
        for way, found in ends.items():
            found.add(tuple(figure.downhill(way)))
    (forward,) = ends["forward"]
    assert forward == pytest.approx((0.0, np.sqrt(9.49)), abs=1e-3)
    assert ends["reverse"] == {(3.0, 0.7), (-3.0, 0.7), (0.0, 2.58)}
    with pytest.raises(ValueError, match="way must be one of"):
        figure.downhill("sideways")


def test_pictures_show_the_numbers():
    left, right = pit(forecast=(2.0, 0.25)).scene().panels
    assert right.bars.y == pytest.approx(10 * pit(forecast=(2.0, 0.25)).readings()["bars"])
    assert right.bars.y[0] > 2.0 and [line.label for line in left.lines][0] == "F"
    assert "outcome" in pit().alt and "reverse" in divergence().alt
    curves, _ = divergence().scene().panels
    assert [line.label for line in curves.lines][:2] == ["Forward", "Reverse"]


# In the page -----------------------------------------------------------------------------------


address, page = page_of("forecasts", lambda: [pit(forecast=(2.0, 0.5), outcome=2.4), divergence()])


def numbers(figure):
    cells = figure.root.locator("[data-readout] tbody td[data-value]")
    return cells.evaluate_all("cells => cells.map(cell => Number(cell.dataset.value))")


def told(figure):
    r = figure.readings()
    return [r[key] for key in ("crps", "mean_crps", "level", "coverage")]


def number_in(label):
    return float(re.search(r": (.+)$", label)[1].replace("−", "-"))


def test_pit_numbers_are_those_of_the_package(page):
    figure = OneFigure(page, 0)
    assert numbers(figure) == pytest.approx(told(pit(forecast=(2.0, 0.5), outcome=2.4)), rel=1e-10)
    handles = figure.root.locator("[data-draggable]")
    drag(page, handles.nth(1), 60)  # the width
    drag(page, handles.nth(2), -70)  # the outcome
    mean, width, outcome = (number_in(handles.nth(i).get_attribute("aria-label")) for i in range(3))
    assert mean == 2.0 and width > 0.6 and outcome < 2.3
    want = pit(forecast=(mean, width), outcome=outcome)
    assert numbers(figure) == pytest.approx(told(want), rel=1e-10)
    figure.button("Undo").click()
    assert number_in(handles.nth(2).get_attribute("aria-label")) == 2.4
    figure.button("Mean and width of all").click()
    assert numbers(figure)[1] == pytest.approx(pit().readings()["mean_crps"], rel=1e-10)


AREA = """figure => {
  const path = figure.querySelector('.ll-disc').getAttribute('d');
  const points = [...path.matchAll(/(-?[\\d.]+),(-?[\\d.]+)/g)].map(m => [Number(m[1]), Number(m[2])]);
  return Math.abs(points.reduce((sum, [x, y], i) => {
    const [u, v] = points[(i + 1) % points.length];
    return sum + (x * v - u * y) / 2;
  }, 0));
}"""


def test_the_shaded_area_is_the_score(page):
    """The drawn area in square pixels goes with the kernel's value, wherever the outcome is."""
    figure = OneFigure(page, 0)
    ratios = []
    for _ in range(4):
        area = figure.root.evaluate(AREA)
        ratios.append(area / numbers(figure)[0])
        drag(page, figure.root.locator("[data-draggable]").nth(2), -45)
    assert ratios == pytest.approx([ratios[0]] * 4, rel=0.01)


def test_keys_move_centre_and_outcome(page):
    figure = OneFigure(page, 0)
    handles = figure.root.locator("[data-draggable]")
    for i in (0, 1, 2):
        before = handles.nth(i).get_attribute("aria-label")
        handles.nth(i).focus()
        page.keyboard.press("ArrowRight")
        assert number_in(handles.nth(i).get_attribute("aria-label")) > number_in(before)


def test_downhill_ends_where_python_says(page):
    figure = OneFigure(page, 1)
    assert numbers(figure) == pytest.approx(list(divergence().readings().values()), rel=1e-10)
    for way in ("reverse", "forward"):
        figure.button(f"Least {way}").click()
        at = divergence(forecast=divergence().downhill(way))
        assert numbers(figure) == pytest.approx(list(at.readings().values()), rel=1e-9)
        figure.button("Undo").click()
    assert numbers(figure) == pytest.approx(list(divergence().readings().values()), rel=1e-10)


def test_mean_and_width_of_q_are_dragged(page):
    figure = OneFigure(page, 1)
    handles = figure.root.locator("[data-draggable]")
    drag(page, handles.nth(0), 40)
    drag(page, handles.nth(1), 30)
    mean, width = (number_in(handles.nth(i).get_attribute("aria-label")) for i in range(2))
    assert mean > 1.0 and width > 1.0
    want = divergence(forecast=(mean, width)).readings().values()
    assert numbers(figure) == pytest.approx(list(want), rel=1e-10)
    slider = figure.root.get_by_role("slider", name="Mean of the forecast")
    slider.focus()
    page.keyboard.press("Home")
    assert number_in(handles.nth(0).get_attribute("aria-label")) == -6.0


def test_links_restore_the_forecast(browser, address):
    with watched(browser) as page:
        opened(page, f"{address}#figure2?forecast=-2,0.5", 2)
        want = divergence(forecast=(-2.0, 0.5)).readings().values()
        assert numbers(OneFigure(page, 1)) == pytest.approx(list(want), rel=1e-10)
        opened(page, f"{address}#figure1?forecast=2.5,99&outcome=1.5", 2)
        want = told(pit(forecast=(2.0, 0.5), outcome=1.5))
        assert numbers(OneFigure(page, 0)) == pytest.approx(want, rel=1e-10)


def test_pictures_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("figure.losslab-figure [role=img]").count() == 2
    assert page.get_by_text("step of the outcome").is_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, theme):
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    assert broken_rules(page) == []
