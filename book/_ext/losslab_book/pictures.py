"""Static figures for light and dark pages, wide and narrow ones: four files, of which a page fetches one.

matplotlib draws on white. For the dark page each colour is exchanged for one of the same hue that has the
same contrast with the dark background as the first has with white. The narrow drawing comes with the wide
one, in a comment: see `losslab.plots.narrow`.
"""

import base64
import colorsys
import functools
import re

NARROW = re.compile(r"<!--narrow:([\w+/=]+)-->")
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
WHITE, NIGHT = (1.0, 1.0, 1.0), (0x14 / 255, 0x18 / 255, 0x1E / 255)  # backgrounds of the book
NIGHT_HEX = "#14181e"
# Contrasts: of tints of the paper, of what can be read, of what would glare.
TINT, READABLE, GLARE = 1.6, 4.5, 13.0
ON_PHONES = "(max-width: 600px)"


def luminance(rgb):
    """Relative luminance as WCAG defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@functools.cache
def at_night(colour):
    """The colour for the dark page that has the place of this one on white.

    Paper stays paper and tints of it stay tints; what is drawn or written keeps its hue and stands out at
    least as much as before.
    """
    rgb = tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    wanted = contrast(rgb, WHITE)
    if wanted > TINT:
        wanted = min(max(wanted, READABLE), GLARE)
        if contrast(rgb, NIGHT) >= wanted and luminance(rgb) > luminance(NIGHT):
            return colour
    hue, _, saturation = colorsys.rgb_to_hls(*rgb)
    low, high = colorsys.rgb_to_hls(*NIGHT)[1], 1.0
    for _ in range(20):
        middle = (low + high) / 2
        enough = contrast(colorsys.hls_to_rgb(hue, middle, saturation), NIGHT) >= wanted
        low, high = (low, middle) if enough else (middle, high)
    return NIGHT_HEX if wanted < 1.01 else _hex(colorsys.hls_to_rgb(hue, high, saturation))


def _hex(rgb):
    return "#" + "".join(f"{round(255 * min(c, 1.0)):02x}" for c in rgb)


def dark(svg):
    return COLOUR.sub(lambda match: at_night(match[0]), svg)


def variants(path):
    """Write the other drawings beside an SVG file of matplotlib; {(theme, width): path}."""
    text = path.read_text("utf8")
    drawings = {
        ("light", "wide"): NARROW.sub("", text),
        ("dark", "wide"): dark(NARROW.sub("", text)),
    }
    if found := NARROW.search(text):
        small = base64.b64decode(found[1]).decode()
        drawings |= {("light", "narrow"): small, ("dark", "narrow"): dark(small)}
    paths = {}
    for (theme, width), drawing in drawings.items():
        other = path.with_name(f"{path.stem}-{theme}-{width}.svg")
        other.write_text(drawing, "utf8")
        paths[theme, width] = other
    return paths


def picture(tag, path, sized):
    """What stands in the page for the image tag of a drawing; `sized` gives width and height of a file."""
    paths = variants(path)
    folder = re.search(r'src="([^"]*/)?', tag)[1] or ""

    def attributes(theme, width, name):
        file = paths[theme, width]
        w, h = sized(file)
        return f'{name}="{folder}{file.name}" width="{w}" height="{h}"'

    made = []
    for theme in ("light", "dark"):
        source = ""
        if (theme, "narrow") in paths:
            source = f'<source media="{ON_PHONES}" {attributes(theme, "narrow", "srcset")}>'
        image = re.sub(r'src="[^"]*"', f'loading="lazy" {attributes(theme, "wide", "src")}', tag)
        made.append(f'<picture class="losslab-{theme}">{source}{image}</picture>')
    return "".join(made)


def is_drawing(path):
    """Whether a file is an SVG of matplotlib."""
    return path.suffix == ".svg" and "Matplotlib v" in path.read_text("utf8")[:1500]
