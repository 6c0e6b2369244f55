"""Ship what a page uses and nothing else: one style sheet, one script, a few glyphs.

The theme and its companions bring 2.3 MB of scripts, style sheets and icon fonts. After a build this module
- joins the style sheets into ``_static/book.css`` and keeps the rules whose classes occur in a page or script,
- joins the scripts into ``_static/book.js``,
- cuts the fonts of icons and formulas down to the glyphs that occur,
- removes every other file of ``_static``.
The templates in book/_templates refer to these two files only.
"""

import base64
import hashlib
import html
import logging
import re
import shutil
from pathlib import Path

from . import css
from .fingerprint import ROOT
from .fonts import faces, subset
from .mend import mend
from .questions import script as questions

MODULES = ROOT / "tools" / "web" / "node_modules"
KATEX = MODULES / "katex" / "dist"
FIGURES = "losslab-static.js"
OWN = (FIGURES, questions.SCRIPT)  # of some pages only
LIVE = ROOT / "losslab" / "widgets" / "static"
STYLES = [
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "copybutton.css",
    "mystnb.*.css",
    KATEX / "katex.min.css",
    "losslab.css",
    "catalogue.css",
    "choose.css",
]
SCRIPTS = [
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "clipboard.min.js",
    "copybutton.js",
    "page.js",
    "scripts/pydata-sphinx-theme.js",
    "scripts/sphinx-book-theme.js",
]
# The theme looks at every code cell, and changes it, before a chapter can be touched; page.js does the
# same for what comes near the screen.
SLOW = ".forEach(e=>{e.tabIndex=e.scrollWidth>e.clientWidth||e.scrollHeight>e.clientHeight?0:-1})"
# Nothing in the margin need hide the contents of the page, which stand elsewhere: mend.py.
HIDING = 'document.querySelectorAll(n.join(", ")).forEach((e=>{t.observe(e)})),'
KEPT = {
    "favicon.svg",
    "searchtools.js",
    "language_data.js",
    *OWN,
    "catalogue.js",
    "catalogue-data.js",
    "catalogue-page.js",
    "catalogue-search.js",
    "choose.js",
    "copy-button.svg",
    "check-solid.svg",
}
# Pages that no document stands behind; whoever makes one adds its name.
PAGES = {"search"}
# Extensions Jupyter Book switches on whose scripts no page of ours needs.
UNUSED = ("sphinx_thebe", "sphinx_togglebutton", "sphinx_comments", "sphinx_design")


logging.getLogger("fontTools").setLevel(logging.WARNING)


def drop_listeners(app):
    for name, listeners in app.events.listeners.items():
        app.events.listeners[name] = [
            listener
            for listener in listeners
            if not (listener.handler.__module__ or "").startswith(UNUSED)
            or listener.handler.__name__ == "_resolve_new_tab_refs"
        ]


def only_our_scripts(app, pagename, templatename, context, doctree):
    """Keep what belongs to the page itself: its figures' script and their state."""
    context["script_files"] = [
        script
        for script in context["script_files"]
        if any(name in str(script.filename or "") for name in OWN) or script.attributes.get("type")
    ]


def formula_characters(pages):
    """Every character in a formula of the pages (and, harmlessly, of the text after it)."""
    return {
        character
        for page in pages
        for formula in re.split('class="katex-html"', page)[1:]
        for character in html.unescape(re.sub("<[^>]*>", "", formula.split("<math")[0]))
    }


def find(static, entry):
    """The file a STYLES or SCRIPTS entry means; a clear error if an upgrade has moved it."""
    if isinstance(entry, Path):
        found = [entry] if entry.is_file() else []
    else:
        found = sorted(static.glob(entry))
    if not found:
        raise FileNotFoundError(f"slim.py: {entry} is not among the built files of {static}")
    return found[-1]


def place_on_demand(static):
    """Copy what the figures' script asks for: single figures, the losses' kernels, data; their names."""
    names = set()
    for script in sorted(LIVE.glob("*/*.js")):
        name = script.relative_to(LIVE)
        (static / name).parent.mkdir(exist_ok=True)
        shutil.copy(script, static / name)
        names.add(name.as_posix())
    return names


def slim(app, exception):
    static = Path(app.outdir) / "_static"
    if exception or app.builder.format != "html" or not (static / "styles").is_dir():
        return  # nothing was written, so what is there is slim already
    pages = {}
    for path in Path(app.outdir).rglob("*.html"):
        name = path.relative_to(app.outdir).with_suffix("").as_posix()
        if name in app.env.found_docs or name in PAGES:
            pages[path] = mend(path.read_text("utf8"), path.parent)
        elif static not in path.parents:
            path.unlink()  # a page of an earlier build that the book no longer has
    script = "\n;\n".join(
        re.sub(r"\n//# sourceMappingURL=.*", "", find(static, name).read_text("utf8"))
        for name in SCRIPTS
    )
    for unwanted in (SLOW, HIDING):
        if unwanted not in script:
            raise ValueError(f"slim.py: the theme's script has changed; it has no {unwanted!r}")
        script = script.replace(unwanted, "")
    own = [static / name for name in (*OWN, "catalogue.js", "catalogue-page.js", "choose.js")]
    words = css.words(
        [*pages.values()], [script] + [p.read_text("utf8") for p in own if p.exists()]
    )
    fonts = {}

    def place(path):
        """Where the joined style sheet finds a file that one of its parts refers to."""
        if path.suffix == ".woff2" and path.parent.name == "webfonts":
            return path
        if path.suffix == ".woff2":
            fonts[path.name] = path
            return f"fonts/{path.name}"
        return path.relative_to(static).as_posix()

    style = "".join(css.rebase(find(static, name), place) for name in STYLES)
    text_faces, text_fonts = faces(pages.values())
    style = '@charset "utf-8";\n' + text_faces + css.purge(style, words)
    icons = static / "vendor/fontawesome/webfonts/fa-solid-900.woff2"
    icon_font = subset(icons, re.findall("[\ue000-\uf8ff]", style + script))
    embedded = "data:font/woff2;base64," + base64.b64encode(icon_font).decode()
    style = style.replace(css.marker(icons), embedded)
    output = {"book.css": style, "book.js": script}
    for name, text in output.items():
        (static / name).write_text(text, "utf8")
    (static / "fonts").mkdir(exist_ok=True)
    characters = formula_characters(pages.values())
    contents = {name: subset(path, characters) for name, path in fonts.items()} | text_fonts
    for name, content in contents.items():
        (static / "fonts" / name).write_bytes(content)
    keep = KEPT | set(output) | {f"fonts/{name}" for name in contents} | place_on_demand(static)
    if app.config.html_theme_options.get("repository_url"):
        keep |= {"images/logo_colab.png", "images/logo_binder.svg"}
    for path in sorted(static.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(static).as_posix() not in keep:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    stamp = {name: hashlib.sha256(text.encode()).hexdigest()[:8] for name, text in output.items()}
    for path, page in pages.items():
        for name, digest in stamp.items():
            page = re.sub(rf"_static/{name}(\?v=\w+)?", f"_static/{name}?v={digest}", page)
        path.write_text(page, "utf8")


def shared_sources():
    """What every page depends on, so that a changed style or template rewrites the pages."""
    digest = hashlib.sha256()
    for folder in ("static", "_templates", "_ext"):
        for path in sorted((ROOT / "book" / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.read_bytes())
    digest.update((ROOT / "book" / "glossary.yml").read_bytes())
    for name in OWN:  # the first holds the hashes of all kernels
        if (LIVE / name).exists():
            digest.update((LIVE / name).read_bytes())
    return digest.hexdigest()


def own_scripts(app, config):
    config.html_static_path += [str(LIVE / name) for name in OWN]


def setup(app):
    drop_listeners(app)
    app.add_config_value("losslab_shared_sources", shared_sources(), "html")
    app.connect("config-inited", own_scripts)
    app.connect("html-page-context", only_our_scripts, priority=900)
    app.connect("build-finished", slim, priority=900)
