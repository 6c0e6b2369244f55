"""What a reader can do again, undo and see of before; stops of the Tab key; names that cover no point."""

import re

import pytest

import losslab as ll
from tests import built
from tests.widgets.page import OneFigure, opened, page_of, watched

built.need("assets")
widgets = ll.widgets

FIT = widgets.FitExplorer().points
PLANE = widgets.MarginExplorer().points
STRAIGHT = [*FIT[:10], [11.0, 6.6], [12.0, 7.1]]
# A figure of each kind with two situations, of which the first is where it starts.
FIGURES = {
    "fit": lambda: widgets.FitExplorer(
        names={10: "outlier", 11: "far point"},
        presets={"As given": {"points": FIT}, "In a row": {"points": STRAIGHT}},
    ),
    "margin": lambda: widgets.MarginExplorer(
        names={0: "far point"},
        presets={
            "As given": {"points": PLANE},
            "Flipped": {"points": [[*PLANE[0][:2], 0], *PLANE[1:]]},
        },
    ),
    "loss": lambda: widgets.LossExplorer(
        ["huber"],
        presets={
            "Delta 1": {"losses": ["huber"]},
            "Delta 3": {"losses": [ll.get("huber", delta=3.0)]},
        },
    ),
    "count": lambda: widgets.CountExplorer(
        mean=2.0, presets={"Mean 2": {"mean": 2.0}, "Mean 4": {"mean": 4.0}}
    ),
    "row": lambda: widgets.RowExplorer(
        y_true=0,
        y_pred=(0.5, 1.0, -0.5),
        presets={"Class 0": {"y_true": [0.0]}, "Class 2": {"y_true": [2.0]}},
    ),
    "batch": lambda: widgets.BatchExplorer(
        "cox",
        y_pred=[0.0] * 6,
        presets={"Alike": {"y_pred": [0.0] * 6}, "Apart": {"y_pred": [3, 2, 1, 0, -1, -2]}},
    ),
    "bowl": lambda: widgets.BowlExplorer(
        [1, 2, 6], start=2, presets={"Two": {"c": 2.0}, "Four": {"c": 4.0}}
    ),
    "score": lambda: widgets.ScoreExplorer(
        presets={"Wide": {"forecast": (0.0, 1.6)}, "Narrow": {"forecast": (0.0, 0.5)}}
    ),
    "simplex": lambda: widgets.SimplexExplorer(
        presets={"Leaning": {"truth": (0.6, 0.3, 0.1)}, "Even": {"truth": (0.4, 0.3, 0.3)}}
    ),
    "ensemble": lambda: widgets.EnsembleExplorer(
        presets={
            "Beside": {"y_true": [1.0, -1.4]},
            "Inside": {"y_true": [0.5, 0.3]},
        }
    ),
    "gradient": lambda: widgets.GradientExplorer(
        presets={
            "From -2.5": {"interval": [-2.5, 2.5]},
            "From 1": {"interval": [1.0, 2.5]},
        }
    ),
    "saturation": lambda: widgets.SaturationExplorer(
        at=-2.0,
        presets={"Rate 1": {"learning_rate": 1.0}, "Rate 10": {"learning_rate": 10.0}},
    ),
    "landscape": lambda: widgets.LandscapeExplorer(
        learning_rate=0.15,
        presets={"Slowly": {"learning_rate": 0.15}, "Too fast": {"learning_rate": 0.4}},
    ),
    "penalty": lambda: widgets.ShrinkExplorer(
        step=1.0, presets={"Step 1": {"step": 1.0}, "Step 2": {"step": 2.0}}
    ),
    "direction": lambda: widgets.DirectionExplorer(
        gradients=[[1, 0], [0, 1]],
        presets={
            "Square": {"gradients": [[1, 0], [0, 1]]},
            "Opposed": {"gradients": [[1, 0], [-1, 0.5]]},
        },
    ),
    "weights": lambda: widgets.WeightsExplorer(
        losses=[1, 2, 3], presets={"Spread": {"values": [1, 2, 3]}, "Even": {"values": [2, 2, 2]}}
    ),
    "threshold": lambda: widgets.ThresholdExplorer(
        [0, 1, 0, 1],
        [-1.0, -0.5, 0.5, 1.0],
        groups=2,
        presets={"Alike": {"weight": 1.0}, "Heavy": {"weight": 5.0}},
    ),
    "pit": lambda: widgets.PitExplorer(
        range(-20, 21),
        forecast=(0.0, 12.0),
        presets={"As it is": {"forecast": (0.0, 12.0)}, "Narrow": {"forecast": (0.0, 4.0)}},
    ),
    "divergence": lambda: widgets.DivergenceExplorer(
        presets={"Narrow": {"forecast": (1.0, 1.0)}, "Wide": {"forecast": (1.0, 3.0)}}
    ),
    "grid": lambda: widgets.GridExplorer(
        ["huber", "cauchy"],
        {"noise": [0, 1], "ridge": [1, 2, 3]},
        [[[1, 2, 3], [3, 2, 1]], [[2, 2, 2], [1, 1, 1]]],
        presets={"First": {"place": [0, 0]}, "Last": {"place": [1, 2]}},
    ),
}
KINDS = [*FIGURES]
WITH_GHOST = ["fit", "margin", "loss", "count", "row", "ensemble", "pit", "divergence", "grid"]
WITH_GHOST += ["landscape"]
CLOUDS = {"fit": 12, "margin": 15, "ensemble": 6}
FEW = {"simplex": 2, "score": 3, "direction": 2}

# Everything that is drawn and told; what was before is not part of it.
SHOWN = """figure => [...figure.querySelectorAll("[data-readout]")].map((each) => each.textContent)
  .concat([...figure.querySelectorAll("svg path")].filter((path) => !path.closest(".ll-ghost")).map((path) => path.getAttribute("d")),
    [...figure.querySelectorAll("svg circle, svg g:not(.ll-ghost)")].map((node) => node.getAttribute("transform") ?? node.getAttribute("cx"))).join()"""


address, page = page_of("steps", lambda: [make() for make in FIGURES.values()])


class Stepped(OneFigure):
    def __init__(self, page, kind):
        super().__init__(page, KINDS.index(kind))
        self.presets = self.root.get_by_role("group", name="Situations").get_by_role("button")
        self.undo = self.button("Undo")

    def shown(self):
        return self.root.evaluate(SHOWN)

    def marked(self):
        return [b.get_attribute("aria-pressed") == "true" for b in self.presets.all()]

    def ghost(self):
        """Lines and dots of before."""
        return self.root.locator(".ll-ghost path").count()


@pytest.mark.parametrize("kind", KINDS)
def test_a_situation_is_one_press_away_and_one_back(page, kind):
    figure = Stepped(page, kind)
    start = figure.shown()
    assert figure.marked() == [True, False]
    assert figure.undo.is_disabled()
    figure.presets.nth(1).click()
    there = figure.shown()
    assert there != start and figure.marked() == [False, True]
    figure.undo.click()
    assert figure.shown() == start and figure.marked() == [True, False]
    # The same by keys alone.
    figure.presets.nth(1).focus()
    page.keyboard.press("Enter")
    assert figure.shown() == there and figure.marked() == [False, True]
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == figure.presets.first.inner_text()
    page.keyboard.press("Space")
    assert figure.shown() == start
    figure.undo.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert figure.shown() == start
    assert figure.undo.evaluate("button => button === document.activeElement")


def test_reset_leads_to_the_start_and_can_be_taken_back(page):
    figure = Stepped(page, "fit")
    start = figure.shown()
    figure.presets.nth(1).click()
    there = figure.shown()
    figure.button("Reset").click()
    assert figure.shown() == start
    figure.undo.click()
    assert figure.shown() == there


def test_a_drag_is_one_step_and_so_are_the_keys_after_it(page):
    figure = Stepped(page, "fit")
    start = figure.shown()
    box = figure.root.locator(".ll-point").nth(10).bounding_box()
    x, y = box["x"] + 22, box["y"] + 22
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 40, steps=6)
    page.mouse.up()
    dragged = figure.shown()
    assert dragged != start
    for _ in range(3):
        page.keyboard.press("ArrowDown")  # still held
    assert figure.shown() != dragged
    figure.undo.click()
    assert figure.shown() == dragged
    figure.undo.click()
    assert figure.shown() == start
    figure.undo.blur()
    assert figure.undo.is_disabled()


def test_a_hidden_curve_comes_back(page):
    figure = Stepped(page, "count")
    start = figure.shown()
    figure.button("Poisson").click()
    assert figure.shown() != start
    figure.undo.click()
    assert figure.shown() == start


def test_reading_is_no_step(page):
    figure = Stepped(page, "loss")
    start = figure.shown()
    figure.root.locator("[data-draggable]").focus()
    page.keyboard.press("ArrowLeft")
    there = figure.shown()
    assert there != start
    assert figure.undo.is_disabled()
    # Words of the text that only say where to look can be taken back all the same.
    page.evaluate(
        """nth => document.querySelectorAll('.ll-root')[nth].dispatchEvent(
          new CustomEvent('losslab-set', { detail: [['at', [], -4]] }))""",
        KINDS.index("loss"),
    )
    assert figure.shown() != there
    figure.undo.click()
    assert figure.shown() == there


@pytest.mark.parametrize("kind", WITH_GHOST)
def test_what_was_before_stays_in_pale_until_the_next_change(page, kind):
    figure = Stepped(page, kind)
    assert figure.ghost() == 0
    curves = figure.root.locator(".ll-curve").evaluate_all(
        "all => all.map(p => p.getAttribute('d'))"
    )
    figure.presets.nth(1).click()
    assert figure.ghost() > 0
    pale = figure.root.locator(".ll-past").evaluate_all("all => all.map(p => p.getAttribute('d'))")
    assert set(pale) <= set(curves)
    opacity = figure.root.locator(".ll-ghost path").first.evaluate(
        "path => getComputedStyle(path).strokeOpacity"
    )
    assert float(opacity) < 0.4
    first = figure.root.locator(".ll-ghost").evaluate_all("all => all.map(g => g.innerHTML).join()")
    figure.presets.nth(0).click()
    assert figure.ghost() > 0
    second = figure.root.locator(".ll-ghost").evaluate_all(
        "all => all.map(g => g.innerHTML).join()"
    )
    assert first != second
    figure.undo.click()
    assert figure.ghost() == 0


def test_what_was_before_keeps_its_place_when_axes_change(page):
    figure = Stepped(page, "loss")
    figure.presets.nth(1).click()  # a higher axis
    at_ends = """figure => {
      const box = (path) => path.getBoundingClientRect();
      return [...figure.querySelectorAll('.ll-plot')].map((plot) => {
        const [old, now] = [plot.querySelector('.ll-past'), plot.querySelector('.ll-curve')];
        return [box(old).width, box(now).width, box(old).bottom - box(now).bottom];
      });
    }"""
    (old, new, bottom), *_ = figure.root.evaluate(at_ends)
    assert old == pytest.approx(new, abs=1.5)  # one horizontal axis
    assert bottom == pytest.approx(0.0, abs=1.5)  # both are 0 at 0


@pytest.mark.parametrize("kind", CLOUDS)
def test_a_cloud_is_one_stop_and_its_arrows_choose(page, kind):
    figure = Stepped(page, kind)
    points = figure.root.locator(".ll-point")
    assert points.count() == CLOUDS[kind]
    stops = points.evaluate_all("all => all.filter(p => p.tabIndex === 0).length")
    assert stops == 1
    points.nth(4).focus()
    start, name = figure.shown(), page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    other = page.evaluate("document.activeElement.ariaLabel")
    inside = "document.activeElement.classList.contains('ll-point')"
    assert page.evaluate(inside) and other != name
    chosen = page.evaluate(
        "[...document.activeElement.parentNode.children].indexOf(document.activeElement)"
    )
    places = points.evaluate_all("all => all.map(p => p.style.left + p.style.top)")
    # Enter takes hold, and the same arrows move.
    page.keyboard.press("Enter")
    assert "held" in page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("Shift+ArrowRight")
    moved = points.evaluate_all("all => all.map(p => p.style.left + p.style.top)")
    assert [i for i, place in enumerate(places) if place != moved[i]] == [chosen]
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    assert points.evaluate_all("all => all.map(p => p.style.left + p.style.top)") == moved
    page.keyboard.press("Tab")
    assert not page.evaluate(inside)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(inside)
    assert start != figure.shown()


@pytest.mark.parametrize("kind", FEW)
def test_a_few_points_are_stops_of_their_own(page, kind):
    points = Stepped(page, kind).root.locator(".ll-point")
    assert points.evaluate_all("all => all.map(p => p.tabIndex)") == [0] * FEW[kind]


@pytest.mark.parametrize("kind", CLOUDS)
def test_every_point_of_a_cloud_can_be_reached(page, kind):
    points = Stepped(page, kind).root.locator(".ll-point")
    points.first.focus()
    for _ in range(CLOUDS[kind]):
        page.keyboard.press("ArrowLeft")
    seen = set()
    for _ in range(CLOUDS[kind]):
        seen.add(page.evaluate("document.activeElement.ariaLabel"))
        page.keyboard.press("ArrowRight")
    assert len(seen) == CLOUDS[kind]


def test_points_are_called_as_the_text_calls_them(page):
    figure = Stepped(page, "fit")
    point = figure.root.locator(".ll-point").nth(11)
    assert point.get_attribute("aria-label") == "far point: x 18.000, y 2.500"
    assert figure.root.locator(".ll-labels text", has_text="far point").count() == 1
    point.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.wait_for_function(
        "[...document.querySelectorAll('[aria-live]')].some(e => e.textContent.startsWith('far point: x 18.000, y 2.'))"
    )
    figure.button("Remove point").click()
    assert figure.root.locator(".ll-labels text", has_text="far point").count() == 0
    figure.undo.click()
    assert figure.root.locator(".ll-labels text", has_text="far point").count() == 1


# A name may touch the free rim of what can be taken hold of, never the disc that is seen.
COVERED = """figure => {
  const marks = [...figure.querySelectorAll('.ll-plot')].flatMap((plot) => {
    const names = [...plot.querySelectorAll('.ll-labels text')].filter((text) => text.textContent);
    const discs = [...plot.querySelectorAll('.ll-point')].map((point) => point.getBoundingClientRect());
    return names.flatMap((name) => {
      const box = name.getBoundingClientRect();
      return discs.filter(({ x, y, width, height }) => {
        const [cx, cy] = [x + width / 2, y + height / 2];
        return cx > box.left - 3 && cx < box.right + 3 && cy > box.top && cy < box.bottom;
      }).map(() => name.textContent);
    });
  });
  return marks;
}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", [*CLOUDS, "simplex"])
def test_no_name_covers_what_is_to_be_dragged(browser, address, kind, width):
    with watched(browser) as page:
        page.set_viewport_size({"width": width, "height": 900})
        opened(page, address, len(KINDS))
        figure = Stepped(page, kind)
        assert figure.root.evaluate(COVERED) == []
        figure.presets.nth(1).click()
        assert figure.root.evaluate(COVERED) == []


def test_weights_are_those_of_the_losses(page):
    figure = Stepped(page, "fit")
    figure.root.locator("summary").click()
    rows = figure.root.locator("details tbody tr")
    rows.first.wait_for()
    huber = [float(row.locator("td").nth(7).inner_text().replace("−", "-")) for row in rows.all()]
    fit = next(
        f
        for f, loss in zip(widgets.FitExplorer().fits(), widgets.FitExplorer().losses, strict=True)
        if loss.name == "huber"
    )
    residuals = [fit.intercept + fit.slope * x - y for x, y in FIT]
    assert huber == pytest.approx([min(1.0, 1.0 / abs(r)) for r in residuals], abs=2e-3)


def test_words_of_a_chapter_are_one_step(page):
    figure = Stepped(page, "fit")
    start = figure.shown()
    page.evaluate(
        """nth => document.querySelectorAll('.ll-root')[nth].dispatchEvent(
          new CustomEvent('losslab-set', { detail: [['points', [10, 1], 3.1], ['points', [11, 0], 11]] }))""",
        KINDS.index("fit"),
    )
    assert (
        figure.root.locator(".ll-point")
        .nth(11)
        .get_attribute("aria-label")
        .startswith("far point: x 11")
    )
    assert figure.ghost() > 0
    figure.undo.click()
    assert figure.shown() == start


def test_the_frame_holds_what_is_set(page):
    figure = Stepped(page, "fit")
    start = figure.shown()
    page.evaluate(
        """nth => document.querySelectorAll('.ll-root')[nth].dispatchEvent(
          new CustomEvent('losslab-set', { detail: [['points', [10, 1], 40]] }))""",
        KINDS.index("fit"),
    )
    plot = figure.root.locator(".ll-plot").bounding_box()
    box = figure.root.locator(".ll-point").nth(10).bounding_box()
    assert plot["y"] < box["y"] + box["height"] / 2 < plot["y"] + plot["height"]
    figure.undo.click()
    assert figure.root.locator(".ll-point").nth(10).get_attribute("aria-label").endswith("y 9.500")
    assert figure.shown() == start


def test_the_energy_score_is_two_distances(page):
    figure = Stepped(page, "ensemble")
    told = widgets.EnsembleExplorer().readings()
    assert figure.value() == pytest.approx(told["value"], rel=1e-12)
    cells = figure.root.locator("tbody tr").first.locator("td[data-value]")
    push = [float(cell.get_attribute("data-value")) for cell in cells.all()][2:]
    assert push == pytest.approx((-told["gradient"][0]).tolist(), rel=1e-9)
    words = figure.root.locator(".ll-verdict").inner_text().replace("−", "-")
    numbers = [float(word) for word in words.split() if re.fullmatch(r"\d\.\d+", word)]
    assert numbers[0] == pytest.approx(numbers[1] - numbers[2] / 2, abs=2e-3)
    # The outcome is dragged too.
    figure.root.locator(".ll-point").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowUp")
    assert figure.value() != pytest.approx(told["value"], rel=1e-6)
