"""The built book behind a local server, and visits to its pages."""

from pathlib import Path

import pytest
from serve import serving

import losslab as ll
from losslab.losses import find

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build" / "html"
WEB = ROOT / "tools" / "web" / "node_modules"


def opened_losses():
    """Pages of losses come from one template: of each family and kind the first is opened.

    tests/book/test_catalogue.py looks into all of them.
    """
    found = {}
    for name in ll.available():
        cls = find(name)
        found.setdefault((cls.family, cls.kind), f"catalogue/{name}.html")
    return {*found.values(), "catalogue/claims.html"}


OPENED = opened_losses()
PAGES = sorted(
    name
    for path in BUILT.rglob("*.html")
    if not path.is_relative_to(BUILT / "_static")
    and (
        not (name := path.relative_to(BUILT).as_posix()).startswith("catalogue/") or name in OPENED
    )
)


@pytest.fixture(scope="session")
def site():
    if not (BUILT / "index.html").exists():
        pytest.fail("the book has not been built: run `make book`")
    with serving(BUILT) as address:
        yield address


class Visit:
    """One page, and everything that went wrong in it."""

    def __init__(self, context, home):
        self.page = context.new_page()
        self.errors, self.foreign, self.sizes = [], [], {}
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        self.page.on("response", self._response)
        self.page.route("**/*", self._route)
        self.home = home

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(f"console {message.type}: {message.text}")

    def _response(self, response):
        self.sizes[response.url] = int(response.headers.get("content-length", 0))
        if response.status >= 400:
            self.errors.append(f"{response.status}: {response.url}")

    def _route(self, route):
        url = route.request.url
        if url.startswith((self.home, "data:", "blob:")):
            return route.continue_()
        self.foreign.append(url)
        return route.abort()

    def open(self, name):
        self.page.goto(f"{self.home}/{name}", wait_until="load")
        return self.page

    def wait_for_figures(self):
        """Until every live figure of the page has drawn itself; returns them."""
        self.page.wait_for_function(
            "[...document.querySelectorAll('figure.losslab-figure')]"
            ".every((figure) => figure.dataset.ready === 'true')"
        )
        return self.page.locator("figure.losslab-figure").all()


@pytest.fixture(scope="session")
def new_visit(browser, site):
    """``new_visit(width=…, scheme=…, home=…, scripts=…)`` gives a `Visit` in a context of its own."""

    def start(width=1280, scheme="light", home=site, scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
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
