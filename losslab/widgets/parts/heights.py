"""How high a live figure is: a sum of its parts, so that the page keeps room before it is drawn.

The numbers are those of frontend/src/style.css; a browser test compares the sums with the figures.
"""

from typing import NamedTuple

from losslab.widgets.parts.shared import SHARED

PLOTS = SHARED["plots"]
GAP = 12  # between panels, one below the other, and above controls
CLOSE = 8  # between lines of one control, and above a table
LINE = 18.85  # of small text
RULE_LINE = 16.9  # of the small text under a table
BUTTON, TAB, FINGER = 36, 32, 44  # what can be pressed, and what a finger needs
SLIDER = {"wide": 44, "narrow": 66}
TITLE = 24  # of a panel
HEAD, ROW = 30, 38  # of a table
# Letters that fit on a line of a wide and of a narrow column.
LETTERS = {"wide": 110, "narrow": 51}


class Heights(NamedTuple):
    """What a part takes in CSS pixels, and how much more where buttons are for fingers."""

    wide: float
    narrow: float
    wide_touch: float = 0
    narrow_touch: float = 0


NOTHING = Heights(0, 0)


def stacked(*parts):
    """All parts, one below the other."""
    return Heights(*(sum(column) for column in zip(*parts, strict=True)))


def beside(left, right):
    """Two parts side by side in a wide column, one below the other in a narrow one."""
    touched = max(left.wide + left.wide_touch, right.wide + right.wide_touch)
    wide = max(left.wide, right.wide)
    narrow = left.narrow + GAP + right.narrow
    return Heights(wide, narrow, touched - wide, left.narrow_touch + right.narrow_touch)


def plots(name, count=1, columns=1):
    """Panels of one kind of `shared.json`, so many in a row of a wide column."""
    rows = -(-count // columns)
    wide, narrow = (TITLE + PLOTS[name][width] for width in ("wide", "narrow"))
    return Heights(rows * (wide + GAP) - GAP, count * (narrow + GAP) - GAP)


def table(rows, row=ROW, foot=False, touch=7):
    """A head, so many rows, and a row of sums; `touch` is how much higher a row is for fingers."""
    height = CLOSE + HEAD + row * rows + ROW * foot
    return Heights(height, height, touch * rows, touch * rows)


def pressed(lines, height, before=(0, 0)):
    """Lines of buttons in a wide and in a narrow column, after lines of other things."""
    tall = [
        GAP + other + (height + CLOSE) * n - CLOSE for n, other in zip(lines, before, strict=True)
    ]
    return Heights(*tall, *((FINGER - height) * n for n in lines))


def choice(words, above=False, lines=None):
    """A legend and the words on its buttons; `above` puts the legend on a narrow line of its own."""
    lines = lines or tuple(
        wrapped(words[1:] if above and width == "narrow" else words, letters)
        for width, letters in LETTERS.items()
    )
    return pressed(lines, TAB, (0, (LINE + CLOSE) * above))


def presets_bar(names):
    """Buttons of named situations: in a narrow column two in a row."""
    if not names:
        return NOTHING
    lines = (wrapped(["", *names], LETTERS["wide"]), -(-len(names) // 2))
    return pressed(lines, TAB)


def sliders(count):
    """Sliders in two columns, or in one."""
    if not count:
        return NOTHING
    return Heights(GAP + SLIDER["wide"] * -(-count // 2), GAP + SLIDER["narrow"] * count)


def sliders_of(counts):
    """Those of several losses: all, or where they are many those of the first, with a menu."""
    if sum(counts) <= SHARED["most"]["sliders"]:
        return sliders(sum(counts))
    return stacked(MENU, sliders(next(count for count in counts if count)))


def text(words, line=RULE_LINE):
    """A paragraph of small text, if there are words."""
    if not words:
        return NOTHING
    return Heights(*(CLOSE + line * -(-len(words) // letters) for letters in LETTERS.values()))


def footer(before=None):
    """Reset and what can be copied; before them a "button" or menu, or a "hint" in words."""
    # In a narrow column a break, with a gap above and below it, ends the line of what is before.
    own = {None: 0, "button": BUTTON + CLOSE, "hint": LINE + CLOSE}[before]
    more = FINGER - BUTTON
    return Heights(
        GAP + BUTTON, GAP + own + CLOSE + BUTTON, more, more * (2 if before == "button" else 1)
    )


# A menu without a margin.
MENU = Heights(BUTTON, BUTTON, FINGER - BUTTON, FINGER - BUTTON)
# Buttons, and in a narrow column two lines of words below them.
EDIT = pressed((1, 1), BUTTON, (0, CLOSE + 39))
# The line that says who pays, or what is dearest.
PAYERS = Heights(TITLE, 44)
# A sentence in bold that may take two lines.
VERDICT = Heights(CLOSE + 44, CLOSE + 44)
# What more a name takes that has three lines in the table of a narrow column.
LONG_NAME = Heights(0, 14, 0, -7)
# A line of words right above a control.
CAPTION = Heights(GAP + LINE - CLOSE, GAP + LINE - CLOSE)
# A table that opens on request, closed.
DETAILS = Heights(CLOSE + 16 + LINE, CLOSE + 16 + LINE, 28 - LINE, 28 - LINE)


def wrapped(words, letters):
    """How many lines a legend and its buttons take in a column of so many letters."""
    lines, used = 1, 0.0
    for i, word in enumerate(words):
        wide = len(word) + (1.5 if i == 0 else 4.5)
        if used + wide > letters + 1.5:
            lines, used = lines + 1, 0.0
        used += wide
    return lines
