"""Every page of the built book in a real browser."""

import pytest

from tests.site.conftest import BUILT, WEB

VIEWS = {
    "light": {"scheme": "light"},
    "dark": {"scheme": "dark"},
    "phone": {"width": 360},
}


@pytest.mark.parametrize("view", VIEWS)
def test_page_opens_cleanly_and_alone(visit, page_name, view):
    tab = visit(**VIEWS[view])
    page = tab.open(page_name)
    tab.wait_for_figures()
    assert tab.foreign == []
    assert tab.errors == []
    theme = page.evaluate("document.documentElement.dataset.theme")
    assert theme == VIEWS[view].get("scheme", "light")
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= window, f"the page is {width} px wide in a window of {window} px"


def test_page_opens_from_disk(visit, page_name):
    tab = visit(home=BUILT.as_uri())
    tab.open(page_name)
    tab.wait_for_figures()
    assert tab.foreign == []
    assert tab.errors == []


def test_images_have_a_description(visit, page_name):
    page = visit(scripts=False).open(page_name)
    missing = [
        image.evaluate("image => image.outerHTML.slice(0, 200)")
        for image in page.locator("img, svg[role=img], canvas").all()
        if not (
            (image.get_attribute("alt") or "").strip()
            or image.get_attribute("aria-label")
            or image.get_attribute("aria-labelledby")
            or image.get_attribute("aria-hidden") == "true"
        )
    ]
    assert missing == []


def test_page_describes_itself(visit, page_name):
    page = visit(scripts=False).open(page_name)
    assert page.title()
    descriptions = page.locator('meta[name="description"]')
    assert descriptions.count() == 1
    assert len(descriptions.get_attribute("content")) > 30
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_rules(visit, page_name, scheme):
    tab = visit(scheme=scheme)
    page = tab.open(page_name)
    tab.wait_for_figures()
    page.add_script_tag(content=(WEB / "axe-core" / "axe.min.js").read_text("utf8"))
    result = page.evaluate("axe.run()")
    broken = [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
    assert not broken, "\n".join(broken)


def test_page_weight(visit, page_name):
    """At most 300 kB over the wire on a first visit and 60 kB on the next page; images apart."""
    tab = visit()
    sizes = {}
    tab.page.on(
        "response",
        lambda response: sizes.update(
            {response.url: int(response.headers.get("content-length", 0))}
        ),
    )
    tab.open(page_name)
    tab.wait_for_figures()
    first = sum(size for url, size in sizes.items() if "/_images/" not in url)
    own = sizes[f"{tab.home}/{page_name}"]
    assert first <= 300_000
    assert own <= 60_000
