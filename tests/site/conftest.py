"""The built book behind a local server, and visits to its pages."""

from pathlib import Path

import pytest
from serve import serving

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build" / "html"
WEB = ROOT / "tools" / "web" / "node_modules"

PAGES = sorted(
    path.relative_to(BUILT).as_posix()
    for path in BUILT.rglob("*.html")
    if not path.is_relative_to(BUILT / "_static")
)


def pytest_generate_tests(metafunc):
    """One test a page for every test that asks for ``page_name``."""
    if "page_name" in metafunc.fixturenames:
        metafunc.parametrize("page_name", PAGES or ["index.html"])


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
        self.errors, self.foreign = [], []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        self.page.on("response", self._response)
        self.page.route("**/*", self._route)
        self.home = home

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(f"console {message.type}: {message.text}")

    def _response(self, response):
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


@pytest.fixture
def visit(browser, site):
    """``visit(width=…, scheme=…, home=…, scripts=…)`` gives a new `Visit`; all are closed at the end."""
    contexts = []

    def start(width=1280, scheme="light", home=site, scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        return Visit(context, home)

    yield start
    for context in contexts:
        context.close()
