"""The static figures take their look from the registry and never speak by colour alone."""

import itertools
import subprocess
import sys

import matplotlib
import numpy as np
import pytest

import losslab as ll
from losslab.losses import find

matplotlib.use("agg")
import matplotlib.pyplot as plt


@pytest.fixture
def ax():
    with plt.rc_context():
        ll.plots.use_style()
        fig, ax = plt.subplots()
        yield ax
        plt.close(fig)


LOSSES = ["squared_error", "absolute_error", "huber"]


def dash(name):
    return plt.Line2D([], [], linestyle=name).get_linestyle()


@pytest.mark.parametrize("which", ["value", "gradient", "curvature"])
def test_curves_have_the_registered_colour_and_dash(ax, which):
    for name, line in zip(LOSSES, ll.plots.curves(LOSSES, which=which, ax=ax), strict=True):
        colour, dash_name = ll.get(name).style
        assert (line.get_color(), line.get_linestyle()) == (colour, dash(dash_name))


def test_curves_draw_the_values_of_the_loss(ax):
    loss = ll.get("huber", delta=2.0)
    (line,) = ll.plots.curves([loss], x_range=(-1, 3), y_true=5.0, ax=ax)
    x, y = line.get_data()
    expected = loss.value(np.full(x.size, 5.0), x + 5.0, reduction="none")
    assert np.allclose(y, expected, rtol=1e-12, atol=0)


def test_a_classification_loss_is_drawn_over_its_score(ax):
    (line,) = ll.plots.curves(["binary_cross_entropy"], y_true=1.0, ax=ax)
    assert line.get_ydata()[0] > line.get_ydata()[-1]
    assert "logit" in ax.get_xlabel()


def test_every_curve_is_named_in_the_figure(ax):
    ll.plots.curves([*LOSSES, ll.get("huber", delta=3.0)], ax=ax)
    texts = [t.get_text() for t in ax.texts]
    assert sorted(texts) == [
        "Absolute error",
        "Huber loss (delta = 1)",
        "Huber loss (delta = 3)",
        "Squared error",
    ]


def test_labels_do_not_overlap(ax):
    x = np.linspace(0, 1, 11)
    lines = [ax.plot(x, c * x**2, label=str(c))[0] for c in (5.0, 5.01, 5.02, 0.0, 0.01, 60.0)]
    ax.set_ylim(0, 5)
    ll.plots.label_lines(ax, lines)
    heights = sorted(t.get_position()[1] for t in ax.texts)
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 0.075 - 1e-12
    assert heights[0] >= 0
    assert heights[-1] <= 1


def test_labels_can_be_named_or_left_out(ax):
    ll.plots.curves(LOSSES[:2], ax=ax, labels=["a", "b"])
    assert [t.get_text() for t in ax.texts] == ["b", "a"]
    ll.plots.curves(LOSSES, ax=ax, labels=False)
    assert len(ax.texts) == 2
    with pytest.raises(ValueError, match="labels must name 3 losses, got 1"):
        ll.plots.curves(LOSSES, ax=ax, labels=["one"])


def test_fit_lines_draws_the_fit_it_returns(ax):
    x = np.arange(6.0)
    y = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 25.0])
    fits = ll.plots.fit_lines(x, y, ["squared_error", "absolute_error"], ax=ax)
    drawn = [line for line in ax.lines if line.get_label() in ("Squared error", "Absolute error")]
    for fit, line in zip(fits, drawn, strict=True):
        assert np.allclose(line.get_ydata(), fit.predict(line.get_xdata()))
    assert fits[0].slope > 2
    assert fits[1].slope == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("name", ll.available())
def test_label_colours_can_be_read_on_white(name):
    colour = ll.plots.readable(find(name).style[0])
    from losslab.plots.style import _luminance

    assert 1.05 / (_luminance(matplotlib.colors.to_rgb(colour)) + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"which": "slope"}, "which must be one of"),
        ({"x_range": (1, 1)}, "x_range must be"),
        ({"losses": ["hubert"]}, "huber"),
    ],
)
def test_bad_input_is_named(ax, arguments, message):
    with pytest.raises(ValueError, match=message):
        ll.plots.curves(**{"losses": LOSSES, "ax": ax, **arguments})


def test_figures_are_the_same_bytes_twice(ax, tmp_path):
    def draw(path):
        fig, ax = plt.subplots()
        ll.plots.curves(LOSSES, ax=ax)
        fig.savefig(path, metadata={"Date": None})
        plt.close(fig)
        return path.read_bytes()

    assert draw(tmp_path / "a.svg") == draw(tmp_path / "b.svg")


def test_matplotlib_is_imported_on_first_use_only():
    code = "import sys, losslab; assert 'matplotlib' not in sys.modules; losslab.plots"
    subprocess.run([sys.executable, "-c", code], check=True)
