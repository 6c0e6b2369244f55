"""Formulas of losses in the chapters, as they stand there, against the kernels."""

import numpy as np
import pytest
from scipy.special import gammaln

import losslab as ll
from tests.book.chapters import BOOK, markdown

R = np.linspace(-2.5, 2.5, 41)
SIGMA, B, NU, S = 1.7, 0.6, 3.0, 1.3
LOG_C = gammaln((NU + 1) / 2) - gammaln(NU / 2) - 0.5 * np.log(NU * np.pi)
LABEL = np.repeat([0.0, 1.0], R.size)
SCORE = np.tile(R, 2)


def of(name, what="value", **parameters):
    """Value or gradient of a loss of the residuals R."""
    return getattr(ll.get(name, **parameters), what)(0 * R, R, reduction="none")


# Label of the equation, what of it is checked, the same in NumPy, and what the package says.
FORMULAS = [
    ("referee-losses", r"\tfrac12 r^2", R**2 / 2, of("squared_error")),
    ("referee-losses", r"|r|", abs(R), of("absolute_error")),
    (
        "referee-losses",
        r"0.1\, r & \text{if } r \ge 0, \\ 0.9\, |r| & \text{if } r < 0",
        np.where(R >= 0, 0.1 * R, 0.9 * abs(R)),
        of("quantile", tau=0.9),
    ),
    (
        "noise-gauss",
        r"\frac{r^2}{2\sigma^2} + \log\sigma + \tfrac12\log 2\pi",
        R**2 / (2 * SIGMA**2) + np.log(SIGMA) + 0.5 * np.log(2 * np.pi),
        of("squared_error") / SIGMA**2 + np.log(SIGMA * np.sqrt(2 * np.pi)),
    ),
    (
        "noise-laplace",
        r"\frac{|r|}{b} + \log b + \log 2",
        abs(R) / B + np.log(B) + np.log(2),
        of("absolute_error") / B + np.log(2 * B),
    ),
    (
        "noise-t",
        r"\frac{\nu+1}{2}\log\Bigl(1 + \frac{r^2}{\nu s^2}\Bigr) + \log \frac{s}{C_\nu}",
        (NU + 1) / 2 * np.log(1 + R**2 / (NU * S**2)) + np.log(S) - LOG_C,
        of("student_t", nu=NU, scale=S) + np.log(S) - LOG_C,
    ),
    (
        "noise-t-gradient",
        r"\frac{(\nu+1)\, r}{\nu s^2 + r^2}",
        (NU + 1) * R / (NU * S**2 + R**2),
        of("student_t", "gradient", nu=NU, scale=S),
    ),
    (
        "noise-bce",
        r"\log(1 + e^{f}) - y f",
        np.log(1 + np.exp(SCORE)) - LABEL * SCORE,
        ll.get("binary_cross_entropy").value(LABEL, SCORE, reduction="none"),
    ),
    (
        "regression-linex",
        r"\frac{1}{a^2}\bigl(e^{a r} - a r - 1\bigr)",
        (np.exp(1.4 * R) - 1.4 * R - 1) / 1.4**2,
        of("linex", a=1.4),
    ),
]


@pytest.mark.parametrize(
    ("label", "formula", "text", "package"), FORMULAS, ids=[row[0] for row in FORMULAS]
)
def test_formula_in_the_text_is_that_of_the_package(label, formula, text, package):
    chapters = {"referee": "part1/referee", "noise": "part1/noise-to-loss"}
    name = chapters.get(label.split("-")[0], "part2/regression")
    page = markdown(BOOK / f"{name}.ipynb")
    equation = page.split(f"$$ (eq-{label})")[0].rsplit("$$", 1)[1]
    assert formula in equation
    assert text == pytest.approx(package, rel=1e-9, abs=1e-12)
