"""Named situations and names of points, from Python: checked, and handed to the page."""

import pytest
import traitlets

import losslab as ll
from losslab.losses import shelf
from losslab.widgets.figures.ensemble_explorer import SITUATIONS, is_of_planes
from losslab.widgets.parts import row_samples
from losslab.widgets.parts.heights import presets_bar
from tests import built

built.need("assets")
widgets = ll.widgets


def test_situations_go_to_the_page_as_its_traits_do():
    figure = widgets.LossExplorer(
        "huber", presets={"Wide": {"losses": [ll.get("huber", delta=3.0)], "at": 4}}
    )
    assert figure.get_state("presets")["presets"] == [
        {
            "name": "Wide",
            "values": {"losses": [{"name": "huber", "parameters": {"delta": 3.0}}], "at": 4.0},
        }
    ]
    # Trying them has left no trace.
    assert figure.losses[0].delta == 1.0 and figure.at == 2.0


WRONG = [
    (["Wide"], TypeError, "presets must map names"),
    ({"": {"at": 1.0}}, ValueError, "names of 1 to 22 letters"),
    ({"x" * 23: {"at": 1.0}}, ValueError, "names of 1 to 22 letters"),
    ({"Wide": {}}, TypeError, r"presets\['Wide'\] must hold traits"),
    ({"Wide": {"x_range": [0, 1]}}, ValueError, "must set some of .*'x_range'"),
    ({"Wide": {"at": 99.0}}, ValueError, r"presets\['Wide'\]: at must lie in x_range"),
    ({"Wide": {"at": "far"}}, ValueError, r"presets\['Wide'\]: "),
    ({"Wide": {"losses": ["hinge", "huber"]}}, ValueError, "must share a target"),
    ({str(i): {"at": 1.0} for i in range(7)}, ValueError, "at most 6"),
]


@pytest.mark.parametrize(("presets", "error", "message"), WRONG)
def test_a_situation_that_cannot_be_is_refused(presets, error, message):
    with pytest.raises(error, match=message):
        widgets.LossExplorer("huber", presets=presets)
    figure = widgets.LossExplorer("huber", presets={"Here": {"at": 2.0}})
    with pytest.raises(error, match=message):
        figure.presets = presets
    assert [*figure.presets] == ["Here"]


@pytest.mark.parametrize(
    ("make", "trait", "bad"),
    [
        (lambda **k: widgets.FitExplorer(**k), "start", "nowhere"),
        (lambda **k: widgets.FitExplorer(**k), "points", [[1.0]]),
        (lambda **k: widgets.MarginExplorer(**k), "chosen", 99),
        (lambda **k: widgets.BowlExplorer([1, 2], **k), "c", 5.0),
        (lambda **k: widgets.CountExplorer(**k), "zero_share", 2.0),
        (lambda **k: widgets.ScoreExplorer(**k), "outcome", 40.0),
        (lambda **k: widgets.SimplexExplorer(**k), "truth", (1, 1, 1)),
        (lambda **k: widgets.RowExplorer(**k), "y_pred", [1.0]),
        (lambda **k: widgets.BatchExplorer("cox", **k), "y_pred", [0.0]),
        (lambda **k: widgets.GradientExplorer(**k), "interval", [3.0, 1.0]),
        (lambda **k: widgets.SaturationExplorer(**k), "learning_rate", 99.0),
        (lambda **k: widgets.LandscapeExplorer(**k), "condition", 0.5),
        (lambda **k: widgets.LandscapeExplorer(**k), "learning_rate", -1.0),
        (lambda **k: widgets.LandscapeExplorer(**k), "start", [1.0]),
        (lambda **k: widgets.LandscapeExplorer(**k), "optimisers", ["nobody"]),
        (lambda **k: widgets.TrainingMonitor(epochs=1, **k), "leak", 1.5),
        (lambda **k: widgets.ShrinkExplorer(**k), "w", 1e9),
        (lambda **k: widgets.ShrinkExplorer(**k), "step", -1.0),
        (lambda **k: widgets.DirectionExplorer(**k), "gradients", [[1.0]]),
        (lambda **k: widgets.WeightsExplorer(**k), "values", [1.0]),
        (lambda **k: widgets.EnsembleExplorer(**k), "y_true", [1.0]),
        (lambda **k: widgets.LossExplorer("poisson", **k), "y_true", -1.0),
    ],
)
def test_values_are_checked_as_traits_are(make, trait, bad):
    with pytest.raises(ValueError, match=r"presets\['Bad'\]"):
        make(presets={"Bad": {trait: bad}})
    figure = make()
    with pytest.raises((ValueError, TypeError, traitlets.TraitError)):
        setattr(figure, trait, bad)


def test_room_is_kept_for_the_buttons():
    none, two, three = (presets_bar(names) for names in ([], ["a", "b"], ["a", "b", "c"]))
    assert none.wide == none.narrow == 0
    assert two.wide == three.wide == two.narrow < three.narrow


def test_points_have_names():
    figure = widgets.FitExplorer([0, 1, 2], [0, 1, 5], names={2: "outlier"})
    assert figure.names == ["", "", "outlier"]
    margins = widgets.MarginExplorer(names={0: "far point"})
    assert 'the point "far point"' in margins.alt
    for names, error in (([1], TypeError), ({3: "x"}, ValueError), ({0: ""}, ValueError)):
        with pytest.raises(error, match="names must"):
            widgets.FitExplorer([0, 1, 2], [0, 1, 5], names=names)


def test_ensembles_of_planes_have_their_figure():
    of_planes = [c.name for c in shelf.classes() if is_of_planes(c.typical())]
    assert of_planes == ["energy_score", "variogram_score"]
    for name in of_planes:
        figure = widgets.EnsembleExplorer(name, presets=SITUATIONS)
        assert figure.readings()["gradient"].shape == (5, 2)
    with pytest.raises(ValueError, match="dimension 2"):
        widgets.EnsembleExplorer("crps_ensemble")
    with pytest.raises(ValueError, match="shape"):
        widgets.EnsembleExplorer(members=[1.0, 2.0])
    with pytest.raises(ValueError, match="2 to 8 points"):
        widgets.EnsembleExplorer(members=[[0.0, 0.0]])


def test_logits_that_are_cosines_start_between_minus_one_and_one():
    for name in row_samples.COSINES:
        figure = widgets.RowExplorer(shelf.find(name).typical())
        assert figure.ranges == [[-1.0, 1.0]] * len(figure.names)
