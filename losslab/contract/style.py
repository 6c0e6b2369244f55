"""The look of each loss: the same colour and dash in every figure of the book."""

import zlib

# Okabe-Ito; these four reach a contrast of 3:1 on white and on near-black alike.
COLOURS = {
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
}
DASHES = ("solid", "dashed", "dotted", "dashdot")


def style(colour, dash):
    """A checked pair (hex colour, dash name)."""
    if dash not in DASHES:
        raise ValueError(f"dash must be one of {DASHES}, got {dash!r}")
    return COLOURS[colour], dash


def default_style(name):
    """A pair chosen by the name alone, so it never changes when losses are added."""
    n = zlib.crc32(name.encode()) % (len(COLOURS) * len(DASHES))
    return list(COLOURS.values())[n % len(COLOURS)], DASHES[n // len(COLOURS)]
