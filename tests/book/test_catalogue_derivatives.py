"""Printed derivatives of pointwise losses are those that the kernels compute."""

import sys

import numpy as np
import pytest

from losslab.losses import shelf
from losslab.widgets.manifest import built_in
from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
pytest.importorskip("sphinx")
from losslab_book.catalogue import derivatives, expressions  # noqa: E402
from losslab_book.maths import render  # noqa: E402

POINTWISE = [cls for cls in built_in() if cls.kind == "pointwise"]
by_loss = pytest.mark.parametrize("cls", POINTWISE, ids=lambda cls: cls.name)
SAMPLES = 40


def settings(cls):
    """The default parameters, and others between the ends of the sliders."""
    yield cls.typical()
    inner = {}
    for key, spec in cls.parameter_specs.items():
        low, high, *scale = spec.slider
        inner[key] = float(np.sqrt(low * high) if scale else 0.65 * low + 0.35 * high)
    if inner:
        yield cls.typical(**inner)


def by_kernels(loss, y, f):
    given = [np.float64(v) for v in (y, f, *loss.parameters.values())]
    with np.errstate(all="ignore"):
        return [float(type(loss).gradient_at(*given)), float(type(loss).curvature_at(*given))]


@by_loss
def test_a_printed_derivative_is_that_of_the_kernel(cls):
    rng = np.random.default_rng(3)
    for loss in settings(cls):
        y, f = loss.example(SAMPLES, rng)
        for each in zip(y, f, strict=True):
            said = derivatives.numbers(cls.name, *each, loss.parameters)
            for ours, printed in zip(by_kernels(loss, *each), said, strict=True):
                if printed is not None:
                    assert ours == pytest.approx(float(printed), rel=1e-9, abs=1e-15), (loss, each)


def test_a_wrong_formula_is_noticed():
    found = derivatives.numbers("huber", 0.0, 3.0, {"delta": 1.0})
    assert [float(v) for v in found] == [1.0, 0.0]
    wrong = expressions.number("r if abs(r) <= delta else r", {"r": 3.0, "delta": 1.0})
    assert float(wrong) != by_kernels(shelf.find("huber").typical(), 0.0, 3.0)[0]


@by_loss
def test_formulas_can_be_set(cls):
    written = derivatives.latex(cls)
    assert "katex" in render(written, True)
    assert "label" not in written and "_hat" not in written
    for key in cls.parameter_specs:  # no parameter is spelt out
        assert len(key) == 1 or rf" {key}" not in written.replace("\\", " \\"), key


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a*(b + 1)/c**2", r"\frac{a (b + 1)}{c^{2}}"),
        ("a - (b - c)", "a - (b - c)"),
        ("-alpha*exp(-m)", r"-\alpha e^{-m}"),
        ("(a + b)**(3/2)", "(a + b)^{3/2}"),
        ("abs(r)/sqrt(nu)", r"\frac{\lvert r\rvert}{\sqrt{\nu}}"),
        ("log(a/b)", r"\log\left(\frac{a}{b}\right)"),
        ("label*p_t", "(2y - 1) p_{t}"),
        (
            "1 if a < b <= c else 0",
            r"\begin{cases} 1 & a < b \le c \\ 0 & \text{otherwise} \end{cases}",
        ),
    ],
)
def test_expressions_are_written_as_formulas(text, latex):
    assert expressions.latex(text) == latex
