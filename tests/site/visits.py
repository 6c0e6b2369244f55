"""A tab of the browser, and what can be asked of the page in it. Answers are faults, as sentences."""

from playwright.sync_api import TimeoutError as TooLate

from tests import built
from tests.widgets.page import FRAME, settle

COLOUR_RULES = ["color-contrast", "link-in-text-block"]
FIRST_VISIT = 300_000  # bytes over the wire; images apart
MOST_SHIFT = 0.05

COUNT_SHIFTS = """
const sum = (entries) => entries.reduce((s, entry) => s + (entry.hadRecentInput ? 0 : entry.value), 0);
let shifts = 0;
const observer = new PerformanceObserver((list) => (shifts += sum(list.getEntries())));
observer.observe({ type: "layout-shift", buffered: true });
globalThis.shiftsSoFar = () => (shifts += sum(observer.takeRecords()));
"""
# Sections draw themselves, and what scrolls becomes focusable, when they come near the screen.
READ_TO_THE_END = f"""async () => {{
  for (let y = 0; y < document.documentElement.scrollHeight; y += 0.8 * innerHeight) {{
    window.scrollTo({{ top: y, behavior: "instant" }});
    await {FRAME};
  }}
  await {FRAME};
  const cut = [...document.querySelectorAll(".katex-display")].filter((formula) => {{
    const {{ left, right, width }} = formula.getBoundingClientRect();
    return width && (left < 0 || right > innerWidth) && !formula.closest("table");
  }});
  return [document.documentElement.scrollWidth, innerWidth, cut.map((f) => f.querySelector("annotation").textContent)];
}}"""
# What a figure says in its first readout, and its curves: where a loss is 0 a parameter moves only these.
SHOWN = """figure => [figure.querySelector("[data-readout]").innerText,
  ...[...figure.querySelectorAll("svg path")].map((path) => path.getAttribute("d"))].join()"""
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((entry) => !entry.name.includes("/_images/"))
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""


class Visit:
    """One tab, and everything that went wrong in it."""

    def __init__(self, context, home):
        context.add_init_script(COUNT_SHIFTS)
        self.page, self.home = context.new_page(), home
        self.errors, self.foreign = [], []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        self.page.on("response", self._response)
        self.page.on("request", self._request)

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(f"console {message.type}: {message.text}")

    def _response(self, response):
        if response.status >= 400:
            self.errors.append(f"{response.status}: {response.url}")

    def _request(self, request):
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.foreign.append(request.url)

    def always_first(self):
        """Fetch every page as at a first visit: what earlier ones left in the cache would count as its own."""
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("Network.enable")
        self.session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def open(self, name):
        self.page.goto(f"{self.home}/{name}", wait_until="load")
        return self.page

    def figures(self):
        """The live figures of the page, all of them drawn."""
        self.page.wait_for_function(
            "[...document.querySelectorAll('figure.losslab-figure')]"
            ".every((figure) => figure.dataset.ready === 'true')"
        )
        return self.page.locator("figure.losslab-figure").all()

    def complaints(self):
        """What the browser complained of since it was last asked."""
        found = [*self.errors, *(f"it fetches {url} from another host" for url in self.foreign)]
        self.errors.clear()
        self.foreign.clear()
        return found

    def jumps(self):
        shift = self.page.evaluate("shiftsSoFar()")
        if shift >= MOST_SHIFT:
            yield f"what was there jumps when figures come alive: {shift:.3f}"

    def overflow(self):
        """Read the page to its end: whether it is wider than its window, or a formula is."""
        needed, window, cut = self.page.evaluate(READ_TO_THE_END)
        if needed > window:
            yield f"it is {needed} wide in a window of {window}"
        for formula in cut:
            yield f"a formula is cut off in a window of {window}: {formula[:60]!r}"

    def theme(self, wanted):
        try:
            self.page.wait_for_function(
                "wanted => document.documentElement.dataset.theme === wanted", arg=wanted
            )
        except TooLate:
            yield f"its colours are not {wanted} when those of the system are"

    def weight(self):
        found = self.page.evaluate(WEIGHT)
        if found > FIRST_VISIT:
            yield f"a first visit takes {found} bytes, more than {FIRST_VISIT}"

    def broken_rules(self, **which):
        """Accessibility; formulas are KaTeX's own markup, hidden but for their MathML."""
        settle(self.page)
        if not self.page.evaluate("'axe' in globalThis"):
            self.page.evaluate("text => (0, eval)(text)", built.need("axe").read_text("utf8"))
        found = self.page.evaluate(
            "rules => axe.run({ exclude: ['.katex'] }, { resultTypes: ['violations'], ...rules })",
            which,
        )
        for rule in found["violations"]:
            for node in rule["nodes"]:
                yield f"{rule['id']}: {node['html'][:160]}"

    def deaf_figures(self):
        """Whether each figure answers to its first handle and to its first slider.

        The page has been read to its end before: where a section is still to be laid out, what is
        below it moves while the mouse is on its way.
        """
        for number, figure in enumerate(self.figures(), 1):
            sliders = figure.locator("input[type=range]").all()
            handles = figure.locator("[data-draggable]").all()
            if not (sliders or handles):
                yield f"figure {number} has nothing to take hold of"
            # The handle first: a slider pushed to its end may leave it no room.
            if handles and not self._answers(figure, lambda h=handles: drag(self.page, h[0])):
                yield f"figure {number} ignores its handle"
            if sliders and not self._answers(figure, lambda s=sliders: push(s[0])):
                yield f"figure {number} ignores its first slider"

    def _answers(self, figure, act):
        before = figure.evaluate(SHOWN)
        try:
            act()
            self.page.wait_for_function(
                f"([figure, before]) => ({SHOWN})(figure) !== before",
                arg=[figure.element_handle(), before],
            )
        except TooLate:
            return False
        return True


def push(slider):
    """Move a slider to its far end, by keyboard."""
    low, high, now = slider.evaluate("({ min, max, value }) => [min, max, value].map(Number)")
    slider.press("Home" if now > (low + high) / 2 else "End")


def drag(page, handle):
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for moved in (6, 14, 22):
        page.mouse.move(x + moved, y - moved)
    page.mouse.up()
