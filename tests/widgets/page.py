"""A page with live figures, made as the static site makes it: for the browser tests."""

import json
import shutil
from contextlib import contextmanager

import pytest

from losslab.widgets.parts import assets
from tests import built

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Live figures</title>
<style>html[data-theme=dark] { background: #14181e; color: #dfe4ea }
body { max-width: 720px; margin: 2rem auto; padding: 0 16px; font-family: sans-serif }</style>
</head><body><main><h1>Live figures</h1>
"""
# A page that is not shown has no frames: then it is not waited for.
FRAME = "new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 2000); })"
# Sections out of sight do not go on with their transitions, so nobody can wait for the end of these.
SETTLED = f"""async () => {{
  document.getAnimations().filter((each) => each instanceof CSSTransition).forEach((each) => each.finish());
  await {FRAME};
  await {FRAME};
}}"""


def write_page(folder, figures, extra_state=None):
    """Write index.html and the scripts it needs; returns the path of the page."""
    body, state = [], dict(extra_state or {})
    for figure in figures:
        data, _ = figure._repr_mimebundle_()
        body.append(f"<p>Before the figure.</p>{data['text/html']}<p>After the figure.</p>")
        state[figure.model_id] = {"model_name": "AnyModel", "state": figure.get_state()}
    packed = json.dumps({"version_major": 2, "version_minor": 0, "state": state})
    page = folder / "index.html"
    page.write_text(
        f"{HEAD}{''.join(body)}</main>"
        f'<script type="application/vnd.jupyter.widget-state+json">{packed}</script>'
        '<script src="losslab-static.js"></script></body></html>',
        encoding="utf-8",
    )
    shutil.copy(assets.FOLDER / "losslab-static.js", folder)
    for name in ("figures", "kernels", "data"):
        shutil.copytree(assets.FOLDER / name, folder / name, dirs_exist_ok=True)
    return page


def asked(question, name, parameters, arrays, **numbers):
    """A question as the page sends it, without its buffers."""
    given = {"question": question, "name": name, "parameters": parameters}
    return {"type": "run", "key": "k", "id": 7, **given, "arrays": [*arrays], "numbers": numbers}


@contextmanager
def watched(browser):
    """A page; anything wrong in its console fails the test."""
    complaints = []
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    yield page
    page.close()
    assert complaints == []


def opened(page, address, count):
    """Go to a page, and wait until its so many figures have drawn themselves."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_function(
        f"document.querySelectorAll('figure[data-ready=true]').length === {count}"
    )


def page_of(name, figures, **media):
    """Fixtures of a page with these figures: its address, written once, and the page, opened anew."""
    made = []

    @pytest.fixture(scope="module")
    def address(tmp_path_factory):
        made[:] = figures()
        return write_page(tmp_path_factory.mktemp(name), made).as_uri()

    @pytest.fixture
    def page(browser, address):
        with watched(browser) as page:
            page.emulate_media(**media)
            opened(page, address, len(made))
            yield page

    return address, page


def settle(page):
    """Let the page draw what was asked of it, and colours that are changing have changed.

    Two frames: what is drawn in one is all there in the next.
    """
    page.evaluate(SETTLED)


def drag(page, handle, dx, dy=0):
    """Take hold of something that is large enough for a finger, and let go of it further on."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=8)
    page.mouse.up()


def broken_rules(page):
    """What axe finds, once colours have changed: rule and element."""
    settle(page)
    page.add_script_tag(path=built.need("axe"))
    return page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")


class OneFigure:
    """One figure of a page that shows several."""

    def __init__(self, page, nth):
        self.page = page
        self.root = page.locator("figure.losslab-figure").nth(nth)

    def button(self, name, nth=0):
        return self.root.get_by_role("button", name=name, exact=True).nth(nth)

    def slider(self, name):
        return self.root.get_by_role("slider", name=name)

    def value(self):
        return float(self.root.locator(".ll-panel-title [data-value]").get_attribute("data-value"))
