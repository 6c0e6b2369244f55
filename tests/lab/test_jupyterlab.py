"""The live figures in a real JupyterLab and a real Notebook 7, with a loss of the reader's own."""

import functools
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests import built
from tests.patience import PATIENCE, tries

built.need("assets")

playwright = pytest.importorskip("playwright.sync_api")

OWN_LOSS = '''\
import losslab as ll
from losslab.losses import Claims, Parameter, Pointwise


class Quartic(Pointwise):
    """A reader's loss."""

    name = "quartic_of_the_reader"
    title = "Quartic error"
    family = "regression"
    formula = "a r^4"
    reference = "none"
    a = Parameter(0.5, above=0.0, slider=(0.1, 2.0), doc="height")
    claims = Claims(convex=True)

    def value_at(y, f, a):
        return a * (f - y) ** 4

    def gradient_at(y, f, a):
        return 4.0 * a * (f - y) ** 3

    def curvature_at(y, f, a):
        return 12.0 * a * (f - y) ** 2

    def exact(mp, y, f, a):
        return mp.mpf(a) * (f - y) ** 4
'''
OWN_MARGIN = """\
class SteepHinge(Pointwise):
    name = "steep_hinge_of_the_reader"
    title = "Steep hinge"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = "2 max(0, 1 - m)"
    reference = "none"
    claims = Claims(convex=True)

    def value_at(y, f):
        return 2.0 * max(0.0, 1.0 - (y + y - 1.0) * f)

    def gradient_at(y, f):
        s = y + y - 1.0
        return -2.0 * s if 1.0 - s * f > 0.0 else 0.0

    def curvature_at(y, f):
        return 0.0

    def exact(mp, y, f):
        return 2 * max(mp.mpf(0), 1 - (2 * y - 1) * f)


ll.widgets.MarginExplorer(losses=["hinge", SteepHinge()])
"""
OWN_ROW = """\
from losslab.losses import Rowwise

class OfTheSum(Rowwise):
    name = "of_the_sum_of_the_reader"
    title = "Square of a sum"
    family = "regression"
    target = "real"
    prediction = "finite"
    outputs = ("first", "second")
    formula = "a (f_0 + f_1 - y)^2"
    reference = "none"
    a = Parameter(0.5, above=0.0, slider=(0.1, 2.0), doc="height")
    claims = Claims(convex=True)

    def row_at(y, f, g, s, k, a):
        r = f[0] + f[1] - y[0]
        g[0] = 2.0 * a * r
        g[1] = 2.0 * a * r
        return a * r * r

    def exact(mp, y, f, a):
        return mp.mpf(a) * (f[0] + f[1] - y) ** 2


row = ll.widgets.RowExplorer(OfTheSum(), y_true=1, y_pred=(3, 0))
row
"""
OWN_BATCH = """\
from losslab.losses import Batchwise

class Spread(Batchwise):
    name = "spread_of_the_reader"
    title = "Square of the sum of residuals"
    family = "regression"
    target = "{0,1}"
    prediction = "finite"
    legal_batch = "a target of 1"
    formula = "a (sum f - sum y)^2"
    reference = "none"
    a = Parameter(0.5, above=0.0, slider=(0.1, 2.0), doc="height")
    claims = Claims(convex=True)

    def batch_is_legal(y, w, n):
        found = False
        for i in range(n):
            found = found | (y[i] == 1.0)
        return found

    def batch_at(y, f, g, w, s, n, k, a):
        total = 0.0
        for i in range(n):
            total += f[i] - y[i]
        for i in range(n):
            g[i] = 2.0 * a * total
        return a * total * total

    def exact(mp, y, f, w, a):
        return mp.mpf(a) * (sum(f) - sum(y)) ** 2


batch = ll.widgets.BatchExplorer(Spread(), y_true=[1, 0], y_pred=[2.0, 1.0])
batch
"""
BATCH_PRINT = 'print("BATCH IN PYTHON", batch.y_true, batch.y_pred, batch.selected, batch.losses)'
BATCH_SET = "batch.y_pred = [1.0, 1.0]"
ROW_PRINT = 'print("ROW IN PYTHON", row.y_pred, row.output, row.losses)'
ROW_SET = "row.y_pred = [1.0, 1.0]"
EXPLORE = 'figure = ll.widgets.LossExplorer([Quartic(), "huber"], x_range=(-2, 2), at=2.0)\nfigure'
FIT = 'fit = ll.widgets.FitExplorer([0, 1, 2, 3], [0, 1, 2, 6], ["squared_error", Quartic()])\nfit'
PRINT = 'print("PYTHON SEES", figure.losses, fit.points[3][1] < 6)'
SET = "figure.at = -1.0"

# The other figures: a cell that shows one, and the trait that the reader's first handle moves.
OTHERS = {
    "ll.widgets.BowlExplorer([0, 1, 2, 6])": "c",
    'll.widgets.SimplexExplorer("focal_multiclass")': "truth",
    "ll.widgets.ScoreExplorer()": "forecast",
    "ll.widgets.PitExplorer(range(40))": "forecast",
    "ll.widgets.DivergenceExplorer()": "forecast",
    'll.widgets.GridExplorer(["huber"], {"noise": [0, 1, 2]}, [[1, 2, 3]])': "place",
    "ll.widgets.ThresholdExplorer([0, 1, 0, 1], [-1, 0, 1, 2], groups=2)": "threshold",
    "ll.widgets.CountExplorer([0, 0, 0, 1, 2, 2, 5, 9])": "mean",
    'll.widgets.BatchExplorer("cox")': "y_pred",
}

FIGURE = "figure.losslab-figure, .losslab-figure"


def notebook(*cells):
    """A notebook file with code cells."""
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"c{i}",
                    "metadata": {},
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                }
                for i, source in enumerate(cells)
            ],
        }
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Address of a Jupyter server with a notebook in an empty folder."""
    pytest.importorskip("jupyterlab")
    folder = tmp_path_factory.mktemp("jupyter")
    work = folder / "work"
    work.mkdir()
    for name in ("lab", "classic"):
        cells = (OWN_LOSS, EXPLORE, FIT, PRINT, SET, OWN_MARGIN, OWN_ROW, ROW_PRINT, ROW_SET)
        cells += (OWN_BATCH, BATCH_PRINT, BATCH_SET)
        (work / f"{name}.ipynb").write_text(notebook(*cells))
    shown = (
        (
            f"import losslab as ll\nfigure = {make}\nbefore = figure.{trait}\nfigure",
            f'print("MOVED {trait}", figure.{trait} != before)',
        )
        for make, trait in OTHERS.items()
    )
    (work / "others.ipynb").write_text(notebook(*(cell for pair in shown for cell in pair)))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        **{f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "RUNTIME")},
        "JUPYTER_PREFER_ENV_PATH": "1",
        "NUMBA_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={work}",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    log = (folder / "log.txt").open("w")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in tries():
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=2).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log.txt").read_text()
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
        log.close()


@pytest.fixture
def page(browser):
    """A page that is refused, and reports, every request to another host."""
    context = browser.new_context(viewport={"width": 1200, "height": 1600})
    foreign = []

    def guard(route):
        host = route.request.url.split("/")[2] if "://" in route.request.url else ""
        if host.startswith("127.0.0.1") or not host:
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    page = context.new_page()
    page.foreign = foreign
    yield page
    context.close()


def open_notebook(page, address):
    """Open a notebook, and wait until its kernel is there and has nothing to do.

    The indicator says "idle" before there is a kernel. A cell run then makes Jupyter ask which
    kernel is meant, and its dialog takes every click.
    """
    page.goto(address)
    page.locator(".jp-KernelName", has_text="Python 3").wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()


def run_cell(page, number):
    """Run one cell as a reader does, and wait until it has run.

    On a busy machine the page may still be loading when it looks ready, and lose the keys: then
    they are pressed again.
    """
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number - 1)
    for _ in tries():
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        try:
            cell.locator(".jp-InputPrompt", has_text=re.compile(r"\[[*\d]")).wait_for(timeout=5000)
            break
        except playwright.TimeoutError:
            continue
    cell.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d")).wait_for()


def run_until_printed(page, number, text):
    """Run a cell again and again until it prints ``text``: a figure tells Python at its leisure."""
    for _ in tries():
        run_cell(page, number)
        try:
            page.get_by_text(text).last.wait_for(timeout=1500)
            return
        except playwright.TimeoutError:
            continue
    raise AssertionError(f"cell {number} never printed {text!r}")


# A workspace for each notebook: Jupyter opens again what was open in the same one.
@pytest.mark.parametrize("path", ["lab/workspaces/own/tree/lab.ipynb", "notebooks/classic.ipynb"])
def test_a_readers_own_loss_is_alive(server, page, path):
    open_notebook(page, f"{server}/{path}")
    for number in (1, 2, 3):
        run_cell(page, number)
    explorer, fit = (page.locator(FIGURE).nth(i) for i in range(2))
    page.wait_for_function(
        "document.querySelectorAll('.losslab-figure[data-ready=true]').length === 2",
    )

    def value(figure, row, column):
        cell = figure.locator("[data-readout] tbody tr").nth(row).locator("td").nth(column)
        return float(cell.get_attribute("data-value"))

    page.wait_for_function(
        "document.querySelector('.losslab-figure td[data-value]')?.dataset.value === '8'"
    )
    assert value(explorer, 0, 1) == 16.0  # 4 a r^3 with a = 0.5 and r = 2, from Python
    assert value(explorer, 1, 0) == 1.5  # Huber, from WebAssembly

    # Arrow keys move the slider, not the notebook's selection.
    slider = explorer.get_by_label("Quartic error a")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("Number(document.querySelector('.losslab-figure td').dataset.value) > 8")
    moved = value(explorer, 0, 0)
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=12)
    page.mouse.up()
    page.wait_for_function(
        "v => Number(document.querySelector('.losslab-figure td').dataset.value) > 2 * v",
        arg=moved,
    )

    # The handle and a point obey the keys too; the point's line comes from Python.
    handle = explorer.locator(".ll-handle")
    handle.focus()
    page.keyboard.press("ArrowLeft")
    assert float(handle.get_attribute("aria-valuenow")) < 2.0
    slope = value(fit, 1, 1)
    fit.locator(".ll-point").nth(3).focus()
    page.keyboard.press("Enter")  # takes hold of it
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function(
        "s => Number(document.querySelectorAll('.losslab-figure')[1]"
        ".querySelectorAll('tbody tr')[1].querySelectorAll('td')[1].dataset.value) < s",
        arg=slope,
    )

    # Python knows what the reader has done.
    height = explorer.locator("output").first.inner_text()
    run_until_printed(
        page, 4, re.compile(rf"PYTHON SEES \[Quartic\(a={re.escape(height)}\).* True")
    )
    # And the other way round.
    run_cell(page, 5)
    page.wait_for_function(
        "document.querySelector('.ll-handle').getAttribute('aria-valuenow') === '-1'"
    )

    # A classifier under a loss of the reader's own comes from Python, the other from WebAssembly.
    run_cell(page, 6)
    margins = page.locator(f"{FIGURE} >> nth=2")
    margins.locator("tbody tr").nth(1).locator("td[data-value]").first.wait_for()
    assert value(margins, 1, 1) == pytest.approx(value(margins, 0, 1), rel=0.2)
    margins.locator(".ll-point").first.focus()
    page.keyboard.press("f")
    page.wait_for_function(
        "Number(document.querySelectorAll('.losslab-figure')[2]"
        ".querySelectorAll('tbody tr')[1].querySelector('td').dataset.value) > 0"
    )

    # A row under a loss of the reader's own: its gradients come from Python.
    run_cell(page, 7)
    row = page.locator(f"{FIGURE} >> nth=3")

    def gradients(wanted, nth=3, cells="tbody td[data-value]"):
        page.wait_for_function(
            "([wanted, nth, cells]) => [...document.querySelectorAll('.losslab-figure')[nth]"
            ".querySelectorAll(cells)].map(c => c.dataset.value).join() === wanted",
            arg=[wanted, nth, cells],
        )

    gradients("2,2")
    row.get_by_label("Parameter a").focus()
    page.keyboard.press("End")
    gradients("8,8")
    row.get_by_role("radio", name="second on the axis").check()
    row.locator(".ll-handle").focus()
    page.keyboard.press("Home")
    gradients("-12,-12")
    run_until_printed(page, 8, "ROW IN PYTHON [3.0, -5.0] 1 [OfTheSum(a=2)]")
    run_cell(page, 9)
    gradients("4,4")

    # A batch: all gradients come from Python, and so does what makes it illegal.
    run_cell(page, 10)
    batch = page.locator(f"{FIGURE} >> nth=4")
    pushes = functools.partial(gradients, nth=4, cells="[data-readout] tbody td:last-child")
    pushes("2,2")
    batch.locator(".ll-handle").nth(1).focus()
    page.keyboard.press("End")
    pushes("6,6")
    batch.get_by_role("radio", name="Choose A").check()
    batch.get_by_role("button", name="0", exact=True).click()
    batch.get_by_text("y_true must hold a target of 1").wait_for()
    pushes("6,6")
    batch.get_by_label("Parameter a").focus()
    page.keyboard.press("End")
    pushes("24,24")
    told = "BATCH IN PYTHON [1.0, 0.0] [2.0, 5.0] 0 [Spread(a=2)]"
    run_until_printed(page, 11, told)
    run_cell(page, 12)
    pushes("4,4")
    assert page.foreign == []


def test_the_other_figures_tell_python(server, page):
    open_notebook(page, f"{server}/lab/workspaces/others/tree/others.ipynb")
    for i, trait in enumerate(OTHERS.values()):
        run_cell(page, 2 * i + 1)
        figure = page.locator(FIGURE).nth(i)
        page.locator(f"{FIGURE.split(', ')[1]}[data-ready=true]").nth(i).wait_for()
        figure.locator("[data-draggable], input[type=range]").first.focus()
        page.keyboard.press("Enter")  # takes hold of a point of a cloud
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        run_until_printed(page, 2 * i + 2, f"MOVED {trait} True")
    assert page.foreign == []
