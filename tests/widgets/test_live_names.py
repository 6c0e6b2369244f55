"""Words in the live figures of the chapters, in a real browser: names beside curves, units behind times."""

import itertools

import pytest

import losslab as ll
from tests import built
from tests.widgets.page import opened, watched, write_page

built.need("assets")

LIVES = [[15, 1], [167, 0], [1775, 1]]
FIGURES = (
    # Three curves of which two end in nearly the same place, under the name of the third.
    lambda: ll.widgets.LossExplorer(
        ["poisson", ll.get("negative_binomial", theta=1.0), ll.get("tweedie", power=2.0)],
        x_range=(-3, 3),
        show=("value", "gradient"),
        y_true=1.0,
    ),
    lambda: ll.widgets.BatchExplorer("cox", y_true=LIVES, y_pred=[0, 0, 0], unit="days"),
)


@pytest.fixture(params=[360, 1000])
def page(request, browser, tmp_path):
    with watched(browser) as page:
        page.set_viewport_size({"width": request.param, "height": 800})
        address = write_page(tmp_path, [make() for make in FIGURES]).as_uri()
        opened(page, address, len(FIGURES))
        yield page


def test_no_name_lies_over_another(page):
    for panel in page.locator("figure.losslab-figure").first.locator(".ll-labels").all():
        names = panel.locator("text:not(:empty)")
        assert names.count() == 3
        boxes = [name.bounding_box() for name in names.all()]
        for a, b in itertools.combinations(boxes, 2):
            beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
            assert beside or abs(a["y"] - b["y"]) >= 12


def test_times_have_their_unit(page):
    figure = page.locator("figure.losslab-figure").nth(1)
    lanes = figure.locator(".ll-lane-name").all_text_contents()
    assert lanes[0] == "A t = 15 daysevent" and lanes[2].startswith("C t = 1775 days")
    assert all(name.bounding_box()["x"] >= 0 for name in figure.locator(".ll-lane-name").all())
    assert figure.locator("[data-readout] tbody td").first.text_content() == "t = 15 days, event"
    assert figure.get_by_text("Time (days)").is_visible()
    made = FIGURES[1]()
    assert made.targets() == [
        "t = 15 days, event",
        "t = 167 days, censored",
        "t = 1775 days, event",
    ]
    with pytest.raises(TypeError, match="unit must be a string, got 3"):
        ll.widgets.BatchExplorer("cox", unit=3)
