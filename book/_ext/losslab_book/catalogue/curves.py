"""Small pictures of the index: one panel of the figure of a page, as an SVG path of a few points."""

import numpy as np

WIDE, HIGH = 192, 88  # the box of a picture; places in it are whole numbers
NEAR = 0.5  # how far a path may pass by a point of the curve


def path(panel):
    """The `d` of an SVG path for the lines of a panel.

    Where a line is not finite it is interrupted. Steps are relative, which keeps the path short.
    """
    (left, right), (low, high) = panel.limits()
    wide, high_up = WIDE / (right - left), HIGH / (high - low)
    if panel.bare:  # a map: both directions have one scale
        wide = high_up = min(wide, high_up)
    parts = []
    for line in panel.lines:
        across = WIDE / 2 + (np.asarray(line.x, float) - (left + right) / 2) * wide
        down = HIGH / 2 - (np.asarray(line.y, float) - (low + high) / 2) * high_up
        good = np.isfinite(down) & (down > -HIGH) & (down < 2 * HIGH)
        for run in np.split(np.arange(len(good)), np.flatnonzero(np.diff(good.astype(int))) + 1):
            if len(run) > 1 and good[run[0]]:
                kept = run[simplified(across[run], down[run])]
                parts.append(steps(across[kept], down[kept]))
    return "".join(parts)


def simplified(x, y, near=NEAR):
    """Which points to keep so that the path through them passes by no other at more than `near`."""
    keep, waiting = {0, len(x) - 1}, [(0, len(x) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        along = np.array([x[last] - x[first], y[last] - y[first]])
        beside = np.array([x[inner] - x[first], y[inner] - y[first]])
        off = abs(along[0] * beside[1] - along[1] * beside[0]) / (np.hypot(*along) or 1.0)
        if off.max() > near:
            worst = first + 1 + int(off.argmax())
            keep.add(worst)
            waiting += [(first, worst), (worst, last)]
    return sorted(keep)


def steps(x, y):
    """`M0 44l8-3 …`: where a line starts, and its steps in whole numbers."""
    rounded = zip(np.rint(x).astype(int).tolist(), np.rint(y).astype(int).tolist(), strict=True)
    places = list(dict.fromkeys(rounded))
    (x0, y0), *rest = places
    text = f"M{x0} {y0}"
    for i, (x1, y1) in enumerate(rest):
        step = f"{x1 - x0} {y1 - y0}".replace(" -", "-")
        text += ("" if step[0] == "-" and i else " " if i else "l") + step
        x0, y0 = x1, y1
    return text if rest else text + "h0"  # a point is drawn as one, by round ends
