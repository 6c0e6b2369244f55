"""Printed derivatives of losses of points, rows and batches are those that the kernels compute."""

import sys

import numpy as np
import pytest

from losslab.losses import shelf
from losslab.widgets.manifest import built_in
from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
pytest.importorskip("sphinx")
from losslab_book.catalogue import derivatives, derivatives_rows, expressions  # noqa: E402
from losslab_book.maths import render  # noqa: E402

POINTWISE = [cls for cls in built_in() if cls.kind == "pointwise"]
ROWWISE = [cls for cls in built_in() if cls.kind == "rowwise"]
BATCHWISE = [cls for cls in built_in() if cls.kind == "batchwise"]
SAMPLES = 40
ROWS = 24


def by(classes):
    return pytest.mark.parametrize("cls", classes, ids=lambda cls: cls.name)


def settings(cls):
    """The default parameters, and others between the ends of the sliders."""
    yield cls.typical()
    inner = {}
    for key, spec in cls.parameter_specs.items():
        low, high, *scale = spec.slider
        inner[key] = float(np.sqrt(low * high) if scale else 0.65 * low + 0.35 * high)
        if "a whole number" in spec.doc:
            inner[key] = float(round(inner[key]))
    if inner:
        yield cls.typical(**inner)


def by_kernels(loss, y, f):
    given = [np.float64(v) for v in (y, f, *loss.parameters.values())]
    with np.errstate(all="ignore"):
        return [float(type(loss).gradient_at(*given)), float(type(loss).curvature_at(*given))]


@by(POINTWISE)
def test_a_printed_derivative_is_that_of_the_kernel(cls):
    rng = np.random.default_rng(3)
    for loss in settings(cls):
        y, f = loss.example(SAMPLES, rng)
        for each in zip(y, f, strict=True):
            said = derivatives.numbers(cls.name, *each, loss.parameters)
            for ours, printed in zip(by_kernels(loss, *each), said, strict=True):
                if printed is not None:
                    assert ours == pytest.approx(float(printed), rel=1e-9, abs=1e-15), (loss, each)


def test_every_loss_of_rows_and_batches_has_its_derivatives():
    assert set(derivatives_rows.FORMULAS) == {cls.name for cls in ROWWISE + BATCHWISE}


def compare(loss, y, f, printed):
    """Gradient and, if it is printed, diagonal of the Hessian."""
    for quantity, said in zip(("gradient", "curvature"), printed, strict=True):
        if said is not None:
            ours = np.ravel(getattr(loss, quantity)(y, f))
            assert ours == pytest.approx([float(each) for each in said], rel=1e-9, abs=1e-15)


@by(ROWWISE)
def test_printed_derivatives_of_a_row_are_those_of_the_kernel(cls):
    rng = np.random.default_rng(3)
    for loss in settings(cls):
        y, f = loss.example(ROWS, rng)
        if cls.target == "count":
            y[::4] = 0.0  # which has cases of its own, and is rarely drawn
        for i in range(ROWS):
            printed = derivatives_rows.numbers(cls, y[i], f[i], loss.parameters)
            compare(loss, y[i : i + 1], f[i : i + 1], printed)


@by(BATCHWISE)
def test_printed_derivatives_of_a_batch_are_those_of_the_kernel(cls):
    rng = np.random.default_rng(3)
    for loss in settings(cls):
        for shift in (0.0, 0.0, -9.0):
            y, f = loss.example(ROWS, rng)
            if cls.target == "{0,1}":  # low scores of the unlabelled: a risk is held at zero
                f = f + shift * (1.0 - y)
            printed = derivatives_rows.numbers(cls, y, f, loss.parameters)
            compare(loss, y, f, printed)


def test_a_wrong_formula_of_a_row_is_noticed():
    cls = shelf.find("softmax_cross_entropy")
    gradient, diagonal = derivatives_rows.numbers(cls, 0.0, [0.0, 0.0], {})
    assert [float(each) for each in (*gradient, *diagonal)] == [-0.5, 0.5, 0.25, 0.25]


def test_a_wrong_formula_is_noticed():
    found = derivatives.numbers("huber", 0.0, 3.0, {"delta": 1.0})
    assert [float(v) for v in found] == [1.0, 0.0]
    wrong = expressions.number("r if abs(r) <= delta else r", {"r": 3.0, "delta": 1.0})
    assert float(wrong) != by_kernels(shelf.find("huber").typical(), 0.0, 3.0)[0]


@by(POINTWISE)
def test_formulas_can_be_set(cls):
    written = derivatives.latex(cls)
    assert "katex" in render(written, True)
    assert "label" not in written and "_hat" not in written
    no_parameter_is_spelt_out(cls, written)


@by(ROWWISE + BATCHWISE)
def test_formulas_of_rows_and_batches_can_be_set(cls):
    written = derivatives_rows.latex(cls)
    assert "katex" in render(written, True)
    no_parameter_is_spelt_out(cls, written)


def no_parameter_is_spelt_out(cls, written):
    for key in (*cls.parameter_specs, *cls.vector_specs):
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
        ("p[k] - one(k == y)", "p_{k} - [k = y]"),
        ("M[k][y]/norm(p)", r"\frac{M_{k y}}{\lVert p\rVert}"),
        ("a*sum(p[j]*q[j] for j in row if j != k)", r"a \sum_{j \ne k} p_{j} q_{j}"),
        ("a*(b - sum(p[j] for j in row))/c", r"\frac{a (b - \sum_{j} p_{j})}{c}"),
        ("sum(p[j] - q[j] for j in row)*a", r"(\sum_{j} (p_{j} - q_{j})) a"),
        ("sum(p[j] for j in row if t[j] < t[k])", r"\sum_{j:\,t_{j} < t_{k}} p_{j}"),
        (
            "1 if a < b <= c else 0",
            r"\begin{cases} 1 & a < b \le c \\ 0 & \text{otherwise} \end{cases}",
        ),
    ],
)
def test_expressions_are_written_as_formulas(text, latex):
    assert expressions.latex(text) == latex
