"""Every page of the built book in a real browser: opened once a view, asked many things."""

from types import SimpleNamespace

import pytest

from tests.site.conftest import BUILT, PAGES, WEB

VIEWS = {
    "light": {},
    "dark": {"scheme": "dark"},
    "phone": {"width": 360, "scheme": "dark"},
    "disk": {"home": BUILT.as_uri()},
}
# Accessibility: all rules once, and those that a theme can break in the other theme too. They do
# not depend on where the page comes from.
RULES = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]},
}
FIRST_VISIT, NEXT_VISIT = 300_000, 60_000  # bytes over the wire; images apart

# Sections draw themselves, and what scrolls becomes focusable, when they come near the screen.
READ_TO_THE_END = """async () => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (let y = 0; y < document.documentElement.scrollHeight; y += 700) {
    window.scrollTo({ top: y, behavior: "instant" });
    await drawn();
  }
}"""


@pytest.fixture(
    scope="session", params=[(page, view) for page in PAGES for view in VIEWS], ids="-".join
)
def opened(request, new_visit):
    """What one page showed in one view."""
    name, view = request.param
    tab = new_visit(**VIEWS[view])
    page = tab.open(name)
    tab.wait_for_figures()
    page.evaluate(READ_TO_THE_END)
    facts = page.evaluate(
        """({
          theme: document.documentElement.dataset.theme,
          width: document.documentElement.scrollWidth,
          window: window.innerWidth,
        })"""
    )
    if rules := RULES.get(view):
        page.add_script_tag(content=(WEB / "axe-core" / "axe.min.js").read_text("utf8"))
        # Formulas are KaTeX's own markup, thousands of elements of it, hidden but for their MathML.
        found = page.evaluate("rules => axe.run({ exclude: ['.katex'] }, rules)", rules)
        facts["axe"] = found["violations"]
    page.context.close()
    return SimpleNamespace(
        name=name,
        view=view,
        errors=tab.errors,
        foreign=tab.foreign,
        sizes=tab.sizes,
        url=page.url,
        **facts,
    )


def test_no_errors(opened):
    assert opened.errors == []


def test_nothing_from_another_host(opened):
    assert opened.foreign == []


def test_colours_follow_the_system(opened):
    assert opened.theme == VIEWS[opened.view].get("scheme", "light")


def test_fits_its_window(opened):
    assert opened.width <= opened.window


def test_accessibility_rules(opened):
    if opened.view not in RULES:
        return
    broken = [
        f"{rule['id']}: {node['html'][:160]}" for rule in opened.axe for node in rule["nodes"]
    ]
    assert not broken, "\n".join(broken)


def test_weight(opened):
    if opened.view != "light":
        return
    first = sum(size for url, size in opened.sizes.items() if "/_images/" not in url)
    assert first <= FIRST_VISIT
    assert opened.sizes[opened.url] <= NEXT_VISIT


@pytest.fixture(scope="session", params=PAGES)
def silent(request, new_visit):
    """A page without scripts."""
    page = new_visit(scripts=False).open(request.param)
    yield page
    page.context.close()


def test_images_have_a_description(silent):
    missing = [
        image.evaluate("image => image.outerHTML.slice(0, 200)")
        for image in silent.locator("img, svg[role=img], canvas").all()
        if not (
            (image.get_attribute("alt") or "").strip()
            or image.get_attribute("aria-label")
            or image.get_attribute("aria-labelledby")
            or image.get_attribute("aria-hidden") == "true"
        )
    ]
    assert missing == []


def test_page_describes_itself(silent):
    assert silent.title()
    description = silent.locator('meta[name="description"]')
    assert description.count() == 1
    assert len(description.get_attribute("content")) > 30
    assert silent.locator("h1").count() == 1


def test_figures_are_pictures_without_scripts(silent):
    for figure in silent.locator("figure.losslab-figure").all():
        picture = figure.locator("svg, img").first
        assert picture.is_visible()
        assert len(picture.get_attribute("aria-label") or picture.get_attribute("alt") or "") > 40
        assert picture.bounding_box()["height"] > 100
