"""Contours of a landscape and the paths over it, as the picture without scripts shows them."""

import numpy as np

from losslab.widgets.parts.shared import SHARED

LEVELS = SHARED["landscapes"]["levels"]
FAR = SHARED["landscapes"]["far"]  # lengths of an axis, beyond which a path is not drawn


def contour_levels(values, least=None):
    """Heights of contours: squares of equal steps, as contours of a bowl at equal distances have."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return []
    low = float(finite.min()) if least is None else min(least, float(finite.min()))
    high = float(finite.max())
    return [low + (high - low) * (k / (LEVELS + 1.0)) ** 2 for k in range(1, LEVELS + 1)]


def contour_lines(us, vs, values, levels):
    """Contours of a grid as one polyline with NaN between its pieces.

    Parameters
    ----------
    us, vs : ndarray of shape (columns,) and (lines,)
    values : ndarray of shape (lines, columns)
    levels : iterable of float

    Returns
    -------
    tuple of ndarray of shape (m,)
        Coordinates along both axes.
    """
    pieces = [
        np.array([*piece, (np.nan, np.nan)]) for level in levels for piece in chains(values, level)
    ]
    if not pieces:
        return np.full(2, np.nan), np.full(2, np.nan)
    places = np.concatenate(pieces)
    return (
        np.interp(places[:, 0], np.arange(us.size), us),
        np.interp(places[:, 1], np.arange(vs.size), vs),
    )


def chains(values, level):
    """Polylines in grid coordinates where linear interpolation along the grid's edges says `level`."""
    above = values > level
    places, links = {}, {}

    def crossing(edge):
        (j, i), (q, p) = edge
        if edge not in places:
            t = (level - values[j, i]) / (values[q, p] - values[j, i])
            places[edge] = (i + t * (p - i), j + t * (q - j))
        return edge

    rows, columns = values.shape
    mixed = above[:-1, :-1].astype(int) + above[1:, :-1] + above[:-1, 1:] + above[1:, 1:]
    finite = np.isfinite(values)
    whole = finite[:-1, :-1] & finite[1:, :-1] & finite[:-1, 1:] & finite[1:, 1:]
    for j, i in np.argwhere((mixed % 4 != 0) & whole).tolist():
        corners = [(j, i), (j, i + 1), (j + 1, i + 1), (j + 1, i)]
        cut = [
            crossing(tuple(sorted((corners[k], corners[(k + 1) % 4]))))
            for k in range(4)
            if above[corners[k]] != above[corners[(k + 1) % 4]]
        ]
        for one, other in zip(cut[::2], cut[1::2], strict=True):
            links.setdefault(one, []).append(other)
            links.setdefault(other, []).append(one)
    while links:
        # Open pieces from an end, then rings.
        here = next((edge for edge, ends in links.items() if len(ends) == 1), next(iter(links)))
        piece = [places[here]]
        while links.get(here):
            there = links[here].pop()
            if not links[here]:
                del links[here]
            links[there].remove(here)
            piece.append(places[there])
            if not links[there]:
                del links[there]
            here = there
        links.pop(here, None)
        yield piece


def inside(path, x_range, y_range):
    """The pieces of a path within a box, cut at its rim, with NaN between them."""
    box = (x_range, y_range)
    middle, spans = np.mean(box, axis=1), np.ptp(box, axis=1)
    found = []
    for p, q in zip(path[:-1], path[1:], strict=True):
        if not (abs(p - middle) < FAR * spans).all() or not np.isfinite(q).all():
            break  # it is gone, as in the page
        first, last = 0.0, 1.0
        for k, (low, high) in enumerate(box):
            step = q[k] - p[k]
            if step == 0.0:
                first = first if low <= p[k] <= high else np.inf
                continue
            with np.errstate(over="ignore"):  # of tiny steps
                ends = sorted(((low - p[k]) / step, (high - p[k]) / step))
            first, last = max(first, ends[0]), min(last, ends[1])
        if first > last:
            continue
        a, b = p + first * (q - p), p + last * (q - p)
        if found and (found[-1] == a).all():
            found.append(b)
        else:
            found += [np.full(2, np.nan), a, b]
    return np.array(found or [np.full(2, np.nan)] * 2).T
