"""Fixtures for all tests of the package."""

import os
import shutil

# Before NumPy is loaded: the workers of the tests share the processors, and the threads of BLAS,
# which wait for each other by spinning, make a search over five numbers five times as slow.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# For the same reason the package shares its work among threads only where a test asks for it.
os.environ.setdefault("LOSSLAB_NUM_THREADS", "1")

import numpy as np
import pytest

import losslab as ll
from losslab.contract.definition import Definition
from losslab.engine import alone, native
from losslab.losses import shelf
from tests.patience import PATIENCE, patient

try:
    import hypothesis
except ImportError:  # a room's own tests may run without it
    pass
else:
    # The same examples every time: a red test stays red until it is mended.
    hypothesis.settings.register_profile(
        "repeatable", derandomize=True, deadline=None, max_examples=40, database=None
    )
    hypothesis.settings.load_profile("repeatable")
    # Nor may they depend on which modules a worker happens to have imported: of numbers that stand
    # in these Hypothesis makes examples too.
    from hypothesis.internal.conjecture import providers

    if hasattr(providers, "_get_local_constants"):
        providers._get_local_constants = lambda: providers._local_constants


def pytest_collection_modifyitems(items):
    """JupyterLab first: at the end its few long tests would keep one worker busy alone."""
    items.sort(key=lambda item: "lab" not in item.path.parts)


@pytest.fixture
def rng():
    return np.random.default_rng(20240229)


@pytest.fixture
def scratch_registry(monkeypatch):
    """Losses defined in a test are forgotten after it."""
    for name in ("_classes", "_aliases"):
        monkeypatch.setattr(shelf, name, dict(getattr(shelf, name)))
    monkeypatch.setattr(shelf, "_peers", {k: [*v] for k, v in shelf.peer_names().items()})
    monkeypatch.setattr("losslab.contract.registry._broken", {})
    return shelf


@pytest.fixture
def interpreted(monkeypatch):
    """Kernels run in the interpreter: for a few numbers of many losses that is done before a compiler.

    What is built meanwhile is forgotten: other tests of this worker would go on with it, and take
    hundreds of times longer.
    """
    monkeypatch.setattr(native, "have_numba", lambda: False)
    kinds = [Definition]
    for cls in kinds:
        kinds += cls.__subclasses__()
        monkeypatch.setattr(cls, "_compiled", {}, raising=False)
    alone.compiled.cache_clear()
    yield
    alone.compiled.cache_clear()


@pytest.fixture
def threads(monkeypatch):
    """Sets the number of threads for one test; they get work however little there is."""
    monkeypatch.setattr("losslab.engine.threads.MIN_SECONDS_PER_THREAD", 1e-9)
    before = ll.get_num_threads()
    yield ll.set_num_threads
    ll.set_num_threads(before)


CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests that need a page: Playwright allows only one at a time."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; .ci/run should have installed it")
        pytest.skip("Chromium is not installed here, so no page can be opened")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=CHROMIUM_FLAGS, timeout=1000 * PATIENCE
        )
        browser.new_context = patient(browser.new_context)
        browser.new_page = patient(browser.new_page)
        yield browser
        browser.close()
