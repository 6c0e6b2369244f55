"""The room that a page keeps for a live figure is what the figure takes, in every column."""

import numpy as np
import pytest

import losslab as ll
from tests import built
from tests.widgets.page import write_page

built.need("assets")
DATA = [200.0, 300.0, 350.0, 480.0, 900.0]
MANY = ["general_robust", "huber", "cauchy", "tukey_biweight", "quantile"]
widgets = ll.widgets


@pytest.fixture(scope="module")
def figures():
    return [
        widgets.LossExplorer(),
        widgets.LossExplorer(["huber"], show="value"),
        widgets.LossExplorer(
            ["huber", "cauchy"], show=["value", "gradient", "influence", "curvature", "weight"]
        ),
        widgets.LossExplorer(["binary_cross_entropy", "hinge"]),
        widgets.LossExplorer(["poisson"]),
        widgets.FitExplorer(),
        widgets.FitExplorer(losses=["squared_error", "huber"]),
        widgets.FitExplorer(losses=MANY),
        widgets.BowlExplorer(DATA, ["huber"]),
        widgets.BowlExplorer(DATA, ["squared_error", "absolute_error", "quantile", "huber"]),
        widgets.MarginExplorer(),
        widgets.CountExplorer(),
        widgets.SimplexExplorer(),
        widgets.ScoreExplorer(),
        widgets.PitExplorer(range(40)),
        widgets.DivergenceExplorer(),
        widgets.GradientExplorer(),
        widgets.GradientExplorer(["binary_cross_entropy", "hinge", "squared_hinge", "ramp"]),
        widgets.GradientExplorer(["poisson"], presets={"Steep": {"at": 2.0}}),
        widgets.SaturationExplorer(),
        widgets.SaturationExplorer(
            ["squared_error", "poisson"], "exp", presets={"Far": {"at": -8.0}}
        ),
        widgets.GridExplorer(["huber", "cauchy"], {"noise": [0, 1, 2]}, [[1, 2, 3], [3, 2, 1]]),
        widgets.GridExplorer(
            ["huber"], {"noise": [0, 1], "ridge": [1, 2], "rows": [1, 2]}, np.ones((1, 2, 2, 2))
        ),
        widgets.ThresholdExplorer([0, 0, 1, 1], [-1.0, 0.5, 0.0, 2.0], groups=2),
        widgets.ThresholdExplorer(
            [0, 0, 1, 1], {"one": [-1.0, 0.5, 0.0, 2.0], "another": [-1, 1, 0, 2]}, groups=2
        ),
        widgets.RowExplorer(),
        widgets.RowExplorer("gaussian_nll"),
        widgets.RowExplorer("aft_weibull"),
        widgets.RowExplorer("discrete_hazard"),
        widgets.BatchExplorer("nn_pu_risk"),
        widgets.BatchExplorer("cox"),
        widgets.EnsembleExplorer(),
        widgets.BowlExplorer(DATA, ["huber"], presets={"At 300": {"c": 300}}),
        widgets.FitExplorer(
            presets={f"From a fit, {i}": {"start": "squared_error"} for i in "abc"}
        ),
        widgets.LossExplorer(
            presets={f"Named with 22 lett. {i:02}": {"at": 1.0} for i in range(6)}
        ),
        widgets.TrainingMonitor(epochs=1, train_size=50),
        widgets.TrainingMonitor(
            loss="focal_multiclass", epochs=1, train_size=50, presets={"Wide": {"width": 128}}
        ),
        widgets.ShrinkExplorer(),
        widgets.ShrinkExplorer(["l1", "squared_l2"]),
        widgets.DirectionExplorer(),
        widgets.DirectionExplorer(gradients=[[1, 0], [0, 1], [-1, 0], [0, -1]]),
        widgets.LandscapeExplorer(),
        widgets.LandscapeExplorer(
            "absolute_error", [[1, 0], [0, 1]], [1, 1], ["adam"], presets={"Far": {"start": [3, 3]}}
        ),
        widgets.WeightsExplorer(),
        widgets.WeightsExplorer("uncertainty"),
        widgets.WeightsExplorer("uncertainty", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]),
    ]


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
@pytest.mark.parametrize("width", [1100, 360])
def test_a_page_keeps_the_room_that_its_figures_take(
    browser, tmp_path_factory, figures, width, touch
):
    page_file = write_page(tmp_path_factory.mktemp("heights"), figures)
    options = {"has_touch": True, "is_mobile": True} if touch else {}
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    page.goto(page_file.as_uri())
    count = f"document.querySelectorAll('figure[data-ready=true]').length === {len(figures)}"
    page.wait_for_function(count)
    taken = page.evaluate(
        "[...document.querySelectorAll('.ll-root')].map(e => e.getBoundingClientRect().height)"
    )
    kept = page.evaluate(
        "[...document.querySelectorAll('.losslab-hold')]"
        ".map(e => parseFloat(getComputedStyle(e).minHeight))"
    )
    context.close()
    assert kept == pytest.approx(taken, abs=2.0)
