"""The faces of text and code: of each file only the characters that the pages have."""

import base64
import html
import io
import re

from fontTools.subset import Options, Subsetter, load_font, save_font

from .fingerprint import ROOT

FACES = ROOT / "tools" / "web" / "node_modules" / "@fontsource"
STYLES = {
    "source-serif-4": ("400", "400-italic", "600"),
    "source-code-pro": ("400",),
}
RULE = re.compile(r"@font-face\s*\{.*?\}", re.S)
ALWAYS = {ord(character) for character in "…0123456789"}  # what scripts write


def subset(path, characters, features=()):
    """The font cut down to the glyphs of these characters, as woff2."""
    # Without hints for coarse screens, a fifth of a font of formulas.
    options = Options(
        flavor="woff2", layout_features=list(features), notdef_outline=False, hinting=False
    )
    loaded = load_font(path, options)
    tool = Subsetter(options)
    tool.populate(unicodes={ord(character) for character in characters})
    tool.subset(loaded)
    out = io.BytesIO()
    save_font(loaded, out, options)
    return out.getvalue()


def text_characters(pages):
    """Every character that the pages have outside of tags and scripts."""
    found = set()
    for page in pages:
        text = re.sub(r"<script.*?</script>|<[^>]*>", "", page, flags=re.S)
        found.update(html.unescape(text))
    return found


def ranges(rule):
    """The code points that a rule is for."""
    points = set()
    for part in re.search(r"unicode-range:\s*([^;}]+)", rule)[1].split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return points


def faces(pages):
    """Style sheet and files of the faces: (text, {name: bytes}), without scripts that no page uses.

    Latin letters stand in the style sheet itself.
    """
    used = {ord(character) for character in text_characters(pages)} | ALWAYS
    rules, files = [], {}
    for family, styles in STYLES.items():
        for style in styles:
            sheet = FACES / family / f"{style}.css"
            for rule in RULE.findall(sheet.read_text("utf8")):
                characters = {chr(point) for point in ranges(rule) & used}
                if not characters:
                    continue
                (name,) = re.findall(r"url\(\./files/([^)]*\.woff2)\)", rule)
                font = subset(sheet.parent / "files" / name, characters, ["kern", "liga"])
                if "-latin-" in name and "-ext-" not in name:
                    # Every page needs it, and lines must not break anew when it comes: it comes at once.
                    place = "data:font/woff2;base64," + base64.b64encode(font).decode()
                    display = "block"
                else:
                    # A page that has begun with other letters keeps them.
                    files[name], place, display = font, f"fonts/{name}", "optional"
                rule = re.sub(r"src:[^;]*;", f'src: url("{place}") format("woff2");', rule)
                rules.append(rule.replace("font-display: swap", f"font-display: {display}"))
    return "\n".join(rules) + "\n", files
