"""What the HTML of a page shows by itself, and the faults that need no browser to be seen."""

import functools
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "use": ("href", "xlink:href"),
}
FETCHING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "preconnect"}
HEAVIEST = 70_000  # bytes of a page over the wire, compressed as any web host does
# Letters of 9 points, the smallest of our drawings, are 10 pixels high in the column of a small phone.
WIDEST_ON_PHONES = 328 * 12 // 10
HEADINGS = {f"h{level}" for level in range(1, 7)}
WITHIN = re.compile(r"url\(\s*['\"]?([^'\")]+)")


class Markup(HTMLParser):
    """One page, read once."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.fetched, self.undescribed = [], [], [], []
        self.headings, self.descriptions, self.classes, self.colours = [], [], set(), set()
        self.figures = []  # kind and the words of the first picture
        self.narrow = []  # widths of drawings for phones, in pixels
        self.title, self.language = "", None
        self._inside, self._figure_waits = None, False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        classes = given.get("class", "").split()
        self.classes.update(classes)
        if "id" in given:
            self.ids.append(given["id"])
        if style := given.get("style"):
            self.fetched += WITHIN.findall(style)
            self.colours.update(re.findall(r"(?:color|background)\s*:\s*([^;]+)", style))
        if tag == "html":
            self.language = given.get("lang")
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "meta" and given.get("name") == "description":
            self.descriptions.append(given.get("content", ""))
        elif tag == "link" and FETCHING_LINKS & set(given.get("rel", "").split()):
            self.fetched.append(given.get("href", ""))
        elif tag == "source" and "max-width" in given.get("media", ""):
            self.narrow.append(int(given.get("width", 0)))
        elif tag in HEADINGS:
            self.headings.append(int(tag[1]))
        self.fetched += [given[name] for name in FETCHED.get(tag, ()) if given.get(name)]
        self._look_at_picture(tag, given, classes)
        self._inside = tag

    def _look_at_picture(self, tag, given, classes):
        if "losslab-figure" in classes:
            self.figures.append([given.get("data-figure"), None])
            self._figure_waits = True
        words = given.get("aria-label") or given.get("alt", "").strip()
        image = tag == "img" or given.get("role") == "img"
        if image and self._figure_waits:
            self.figures[-1][1] = words
            self._figure_waits = False
        if image or tag == "canvas":
            hidden = given.get("aria-hidden") == "true"
            if not (words or given.get("aria-labelledby") or hidden):
                self.undescribed.append(self.get_starttag_text()[:200])

    def handle_data(self, data):
        if self._inside == "title" and not self.title:
            self.title = data.strip()
        elif self._inside == "style":
            self.fetched += WITHIN.findall(data)

    def handle_endtag(self, tag):
        self._inside = None


@functools.cache
def markup(path):
    return Markup(Path(path).read_text("utf8"))


def faults(path):
    """Everything that is wrong with a page as far as its HTML tells, as sentences."""
    page = markup(path)
    return [fault for look in CHECKS for fault in look(page, path)]


def twice(page, path):
    for name in sorted({name for name in page.ids if page.ids.count(name) > 1}):
        yield f"the id {name!r} occurs more than once"


def dead_links(page, path):
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not target.is_file():
            yield f"the link {link!r} leads nowhere"
        elif (
            parts.fragment
            and target.suffix == ".html"
            and unquote(parts.fragment) not in anchors(target)
        ):
            yield f"the link {link!r} leads to no element of that id"


@functools.cache
def anchors(path):
    return {*markup(path).ids}


def from_elsewhere(page, path):
    for address in page.fetched:
        if urlsplit(address).scheme in ("http", "https") or address.startswith("//"):
            yield f"it fetches {address!r} from another host"


def without_words(page, path):
    for image in page.undescribed:
        yield f"an image has no description: {image}"


def its_own_words(page, path):
    if not page.title:
        yield "it has no title"
    if not page.language:
        yield "it does not say its language"
    if len(page.descriptions) != 1:
        yield f"it has {len(page.descriptions)} descriptions instead of one"
    for words in page.descriptions:
        if len(words) <= 30:
            yield f"its description is too short: {words!r}"


def headings(page, path):
    if page.headings.count(1) != 1:
        yield f"it has {page.headings.count(1)} headings of the first level instead of one"
    for before, level in zip(page.headings, page.headings[1:], strict=False):
        if level > before + 1:
            yield f"a heading of level {level} follows one of level {before}"


def weight(page, path):
    """What a reader who was here before has to fetch, in bytes over the wire."""
    found = len(gzip.compress(path.read_bytes(), 6))
    if found > HEAVIEST:
        yield f"it weighs {found} bytes, more than {HEAVIEST}"


def pictures(page, path):
    for number, (kind, words) in enumerate(page.figures, 1):
        if words is None:
            yield f"live figure {number} ({kind}) has no picture for pages without scripts"
        elif len(words) <= 40:
            yield f"the picture of live figure {number} ({kind}) says too little: {words!r}"


def small_letters(page, path):
    for number, width in enumerate(page.narrow, 1):
        if width > WIDEST_ON_PHONES:
            yield f"narrow drawing {number} is {width} pixels wide, so its letters are too small"


CHECKS = (
    twice,
    dead_links,
    from_elsewhere,
    without_words,
    its_own_words,
    headings,
    weight,
    pictures,
    small_letters,
)
