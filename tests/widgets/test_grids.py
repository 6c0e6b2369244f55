"""GridExplorer: a table of results, cut in Python and in a real browser."""

import numpy as np
import pytest

import losslab as ll
from tests import built
from tests.widgets.page import OneFigure, broken_rules, opened, watched, write_page

SETTINGS = {"noise": [0, 0.5, 1], "ridge": ["none", "weak"], "rows": [10, 100, 1000, 10_000]}
VALUES = np.round(np.random.default_rng(0).uniform(0, 1, (3, 3, 2, 4)), 3)
LOSSES = ["huber", "cauchy", "squared_error"]


def grid(**given):
    built.need("assets")
    return ll.widgets.GridExplorer(
        **{
            "losses": LOSSES,
            "settings": SETTINGS,
            "values": VALUES,
            "errors": 0.1 * VALUES,
            "result": "accuracy",
        }
        | given
    )


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"losses": [*LOSSES, *LOSSES]}, ValueError, "losses must be at most 5, got 6"),
        ({"settings": ["noise"]}, TypeError, "settings must map names to values"),
        ({"settings": {}}, ValueError, "settings must be 1 to 3, got 0"),
        ({"settings": {"noise": [1]}}, ValueError, "2 to 12 different values"),
        ({"settings": {"noise": [1, 1.0]}}, ValueError, "2 to 12 different values"),
        ({"settings": {"noise": [1, None]}}, TypeError, "numbers and words"),
        ({"settings": {"a name that is too long": [1, 2]}}, ValueError, "1 to 18 letters"),
        ({"values": VALUES[0]}, ValueError, r"values must have shape \(3, 3, 2, 4\)"),
        ({"values": VALUES * np.nan}, ValueError, "values must be finite"),
        ({"errors": "x"}, TypeError, "errors must hold numbers"),
        ({"along": "size"}, ValueError, "along must be one of"),
        ({"at": {"size": 1}}, ValueError, "at must name some of"),
        ({"at": {"noise": 0.25}}, ValueError, r"at\['noise'\] must be one of"),
        ({"names": ["a", "b"]}, ValueError, "names must be 3, one a loss, got 2"),
        ({"names": ["a", "b", ""]}, ValueError, "1 to 18 letters"),
        ({"result": None}, TypeError, "result must be a string"),
        ({"presets": {"Far": {"place": [3, 0, 0]}}}, ValueError, "place of 'noise' must be in 0"),
    ],
)
def test_grid_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        grid(**arguments)


def test_cuts_are_those_of_the_table():
    figure = grid(along="noise", at={"noise": 1, "ridge": "weak", "rows": 100})
    assert figure.place == [2, 1, 1]
    assert figure.cut()["values"] == pytest.approx(VALUES[:, :, 1, 1])
    assert figure.readings()["values"] == pytest.approx(VALUES[:, 2, 1, 1])
    figure.along = "ridge"
    assert figure.cut()["values"] == pytest.approx(VALUES[:, 2, :, 1])
    assert figure.readings()["errors"] == pytest.approx(0.1 * VALUES[:, 2, 1, 1], rel=1e-3)
    assert "errors" not in grid(errors=None).readings()
    with pytest.raises(ValueError, match="3 positions, got 2"):
        figure.place = [0, 0]


def test_what_it_says_and_shows():
    figure = grid(along="rows", at={"noise": 0.5})
    assert "over rows 10, 100, 1000, 10000, at noise 0.5, at ridge none" in figure.alt
    (panel,) = figure.scene().panels
    assert [line.label for line in panel.lines] == [ll.get(name).title for name in LOSSES]
    assert panel.lines[1].y == pytest.approx(VALUES[1, 1, 0])


# In the page -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("grids"), [grid()]).as_uri()


@pytest.fixture
def shown(browser, address):
    with watched(browser) as page:
        opened(page, address, 1)
        yield OneFigure(page, 0)


def numbers(figure):
    rows = figure.root.locator("[data-readout] tbody tr")
    return rows.evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td[data-value]')].map(c => Number(c.dataset.value)))"
    )


def told(*place, lines=(0, 1, 2)):
    return [
        [pytest.approx(VALUES[k][place]), pytest.approx(0.1 * VALUES[k][place], rel=1e-3)]
        for k in lines
    ]


def test_sliders_and_handle_choose_the_place(shown):
    assert numbers(shown) == told(0, 0, 0)
    page = shown.page
    shown.slider("noise").focus()
    page.keyboard.press("ArrowRight")
    assert shown.slider("noise").get_attribute("aria-valuetext") == "0.5"
    assert numbers(shown) == told(1, 0, 0)
    handle = shown.root.locator("[data-draggable]")
    handle.focus()
    page.keyboard.press("End")
    assert handle.get_attribute("aria-valuetext") == "rows 10000"
    assert numbers(shown) == told(1, 0, 3)
    shown.button("Undo").click()
    assert numbers(shown) == told(1, 0, 0)
    shown.button("Reset").click()
    assert numbers(shown) == told(0, 0, 0)


def test_the_handle_is_dragged_from_place_to_place(shown):
    handle = shown.root.locator("[data-draggable]")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    spots = shown.root.locator(".ll-plot .ll-axis .tick text").evaluate_all(
        "texts => texts.map(t => [t.textContent, t.getBoundingClientRect()]).map(([t, b]) => [t, b.x + b.width / 2])"
    )
    goal = dict(map(tuple, spots))["1000"]
    shown.page.mouse.move(x, y)
    shown.page.mouse.down()
    shown.page.mouse.move(goal, y, steps=6)
    shown.page.mouse.up()
    assert handle.get_attribute("aria-valuetext") == "rows 1000"
    assert numbers(shown) == told(0, 0, 2)


def test_the_axis_is_swapped(shown):
    line = shown.root.locator(".ll-curve").last
    before = line.get_attribute("d")
    shown.button("noise").click()
    assert line.get_attribute("d") != before
    assert line.get_attribute("d").count("L") == 2  # three places
    shown.slider("rows").focus()
    shown.page.keyboard.press("End")
    assert numbers(shown) == told(0, 0, 3)
    handle = shown.root.locator("[data-draggable]")
    handle.focus()
    shown.page.keyboard.press("ArrowRight")
    assert numbers(shown) == told(1, 0, 3)


def test_lines_are_hidden_and_named_at_the_curve(shown):
    def labels():
        return shown.root.locator(".ll-labels text").all_text_contents()

    assert sorted(labels()) == sorted(ll.get(name).title for name in LOSSES)
    shown.root.get_by_role("button", name="Cauchy").click()
    assert numbers(shown)[1] == []
    assert sorted(labels()) == sorted(ll.get(name).title for name in (LOSSES[0], LOSSES[2]))


def test_link_restores_the_cut(browser, address):
    with watched(browser) as page:
        opened(page, f"{address}#figure1?along=0&place=2,1,3&hide=0", 1)
        figure = OneFigure(page, 0)
        assert numbers(figure) == [[], *told(2, 1, 3, lines=(1, 2))]
        opened(page, f"{address}#figure1?along=7&place=9,9,9", 1)
        assert numbers(figure) == told(0, 0, 0)


def test_picture_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    picture = page.locator("figure.losslab-figure [role=img]")
    assert picture.get_by_text("accuracy").is_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(shown, theme):
    page = shown.page
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    assert broken_rules(page) == []
