"""The built book behind a local server, and visits to its pages."""

from pathlib import Path

import pytest
from serve import serving

from tests.site import kinds
from tests.site.visits import Visit

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build" / "html"
PAGES = sorted(
    path.relative_to(BUILT).as_posix()
    for path in BUILT.rglob("*.html")
    if not path.is_relative_to(BUILT / "_static")
)
# Of each kind of page one or a few: see kinds.py.
SAMPLE = kinds.cover({name: kinds.features(name, BUILT / name) for name in PAGES})


@pytest.fixture(scope="session")
def site():
    with serving(BUILT) as address:
        yield address


@pytest.fixture(scope="session")
def new_visit(browser, site):
    """``new_visit(width=…, scheme=…, home=…, scripts=…, asked=…)`` gives a `Visit` in a context of its own.

    Unless ``asked``, the reader wants everything shown at once: what questions do is another test.
    """

    def start(width=1280, scheme="light", home=site, scripts=True, asked=False):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        if not asked:
            context.add_init_script("localStorage.setItem('losslab-show', 'all')")
        return Visit(context, home)

    return start


@pytest.fixture
def visit(new_visit):
    """The same; closed after the test."""
    visits = []

    def start(**how):
        visits.append(new_visit(**how))
        return visits[-1]

    yield start
    for visit in visits:
        visit.page.context.close()
