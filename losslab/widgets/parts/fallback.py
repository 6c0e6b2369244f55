"""The picture of a live figure: for print, for pages without JavaScript, for previews.

The scene is plain data made from the same numbers as the live figure; here it becomes an SVG for
each panel inside HTML, or a PNG by matplotlib. The same scene always gives the same bytes.
"""

import base64
import dataclasses
import html
import io
import json
import math

import numpy as np

from losslab.widgets.parts.shared import SHARED

DASHES = SHARED["dashes"]
# Of one panel alone, and of one of several. They stand beside each other as words do, as many as fit
# in a line, so that letters stay large enough on a phone. They grow where there is room, so far that
# the live figure is never lower: the text below it would move.
ALONE, AMONG = (340, 270), (230, 250)
WIDEST = {1: 480, 2: 300, 3: 235}
HOLLOW = ' fill="none" stroke="currentColor" stroke-width="1.5"'
BOLD = 6.9  # width of a bold letter
MARGIN = {"left": 40, "right": 10, "top": 26, "bottom": 40}

# Room for the live figure is kept before it is drawn, so that the text below does not move.
# Only where scripts run: without them the picture takes what it needs. Until the figure is drawn, a
# picture that is higher gives way.
STYLE = (
    "<style>figure.losslab-figure{container-type:inline-size;margin:1.25rem 0}"
    ".losslab-hold>[role=img]{display:flex;flex-wrap:wrap}"
    ".losslab-hold>[role=img]>svg{flex:1 1 230px}"
    ".losslab-key{flex:100%;display:flex;flex-wrap:wrap;gap:2px 16px;padding:4px 8px}"
    ".losslab-key svg{margin-right:6px}"
    ".losslab-hold{--touch:0}@media (pointer:coarse){.losslab-hold{--touch:1}}"
    "@media (scripting:enabled){"
    ".losslab-hold{--room:calc(var(--wide) + var(--touch)*var(--wide-touch));"
    "min-height:var(--room)}"
    ".losslab-hold>[role=img]{max-height:var(--room);overflow:hidden}"
    "@container (max-width:679px){.losslab-hold{"
    "--room:calc(var(--narrow) + var(--touch)*var(--narrow-touch))}}}</style>"
)


@dataclasses.dataclass
class Line:
    """A curve in the style of its loss."""

    x: np.ndarray
    y: np.ndarray
    label: str
    colour: str
    dash: str
    joined: bool = False  # values at a few places: whatever lies between two of them is no jump


@dataclasses.dataclass
class Dots:
    """Points of a scatter plot; those of a second class are hollow."""

    x: np.ndarray
    y: np.ndarray
    hollow: np.ndarray | None = None


@dataclasses.dataclass
class Panel:
    """One set of axes; without limits they follow from the lines."""

    title: str
    x_label: str
    lines: list
    dots: Dots | None = None
    x_limits: tuple | None = None
    y_limits: tuple | None = None
    floor: float | None = None
    ticks: np.ndarray | None = None  # data, along the horizontal axis
    names: list = ()  # (x, y, text) of words written beside places
    bare: bool = False  # a map: without axes, both directions on one scale
    bars: Dots | None = None  # places and heights, one unit apart
    lanes: list = ()  # names of 0, 1, … on the vertical axis, which has no scale then

    def limits(self):
        """Ends of the axes: (low x, high x), (low y, high y)."""
        x = self.x_limits or self.lines[0].x
        limits = self.y_limits or y_limits([line.y for line in self.lines], self.floor)
        return (x[0], x[-1]), limits


@dataclasses.dataclass
class Scene:
    """Panels; the legend, if there is one, is of the first with the most lines."""

    panels: list
    legend: bool = True

    @property
    def fullest(self):
        return max(self.panels, key=lambda panel: len(panel.lines))


def y_limits(columns, floor=None):
    """Limits in which the steepest curve does not flatten the others."""
    columns = [c[np.isfinite(c)] for c in columns]
    columns = [c for c in columns if c.size]
    if not columns:
        return 0.0, 1.0
    lows = sorted(float(np.quantile(c, 0.01)) for c in columns)
    highs = sorted(float(np.quantile(c, 0.99)) for c in columns)
    low, high = lows[0], highs[-1]
    if highs[len(highs) // 2] > 0:
        high = min(high, 2.2 * highs[len(highs) // 2])
    if lows[len(lows) // 2] < 0:
        low = max(low, 2.2 * lows[len(lows) // 2])
    if floor is not None:
        low = min(low, floor)
    if not high > low:
        high = low + 1.0
    pad = 0.06 * (high - low)
    return low - pad, high + pad


def to_html(scene, alt, name, heights, view):
    """The figure as HTML: a picture, and the mark by which the page's script finds it."""
    sizes = ";".join(
        f"--{key.replace('_', '-')}:{round(value)}px" for key, value in heights._asdict().items()
    )
    return (
        f'<figure class="losslab-figure" data-figure="{name}">{STYLE}'
        f'<div class="losslab-hold" style="{sizes}">'
        f"{to_picture(scene, alt)}</div>"
        f'<script type="application/vnd.jupyter.widget-view+json">{json.dumps(view)}</script>'
        "</figure>"
    )


def to_picture(scene, alt):
    """The scene as HTML with a text alternative: the legend, and each panel as an inline SVG."""
    count = len(scene.panels)
    size, widest = AMONG if count > 1 else ALONE, WIDEST[min(count, 3)]
    key = _legend(scene.fullest.lines) if scene.legend else ""
    panels = "".join(_svg(_panel(panel, *size), *size, widest) for panel in scene.panels)
    return (
        f'<div role="img" aria-label="{html.escape(alt)}" style="font:11px system-ui,sans-serif">'
        f"{key}{panels}</div>"
    )


def _svg(body, width, height, widest):
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" style="max-width:{widest}px" '
        f'fill="currentColor">{body}</svg>'
    )


def _legend(lines):
    entries = "".join(
        f'<span><svg width="24" height="8"><path d="M0,4h24" {_stroke(line)}/></svg>'
        f"{html.escape(line.label)}</span> "
        for line in lines
    )
    return f'<div class="losslab-key">{entries}</div>'


def _stroke(line):
    dash = DASHES.get(line.dash, "")
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'fill="none" stroke="{line.colour}" stroke-width="2"{dashed}'


def _panel(panel, width, height):
    (x0, x1), (y0, y1) = panel.limits()
    lines = [line for name in panel.lanes for line in name.splitlines()]
    left = max([MARGIN["left"], *(14 + 6.2 * len(line) for line in lines)])
    right = width - MARGIN["right"]
    top, bottom = MARGIN["top"], height - MARGIN["bottom"]
    if panel.bare:
        unit = max((x1 - x0) / (right - left), (y1 - y0) / (bottom - top))
        x0, x1 = _around(x0, x1, unit * (right - left))
        y0, y1 = _around(y0, y1, unit * (bottom - top))

    def px(x):
        return left + (np.asarray(x) - x0) / (x1 - x0) * (right - left)

    def py(y):
        return bottom - (np.asarray(y) - y0) / (y1 - y0) * (bottom - top)

    squeeze = _squeezed(panel.title, right - left)
    parts = [
        f'<text x="{left:g}" y="16" font-weight="600"{squeeze}>{html.escape(panel.title)}</text>'
    ]
    for tick in [] if panel.bare else _ticks(x0, x1, (right - left) / 42):
        x = px(tick)
        parts.append(
            f'<path d="M{x:.1f},{top}V{bottom:g}" stroke="currentColor" stroke-opacity=".12"/>'
            f'<text x="{x:.1f}" y="{bottom + 16:g}" text-anchor="middle">{_number(tick)}</text>'
        )
    for tick in [] if panel.bare or panel.lanes else _ticks(y0, y1, (bottom - top) / 40):
        y = py(tick)
        parts.append(
            f'<path d="M{left},{y:.1f}H{right:g}" stroke="currentColor" stroke-opacity=".12"/>'
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(tick)}</text>'
        )
    for lane, name in enumerate(panel.lanes):
        first = py(lane) + 4.0 - 6.5 * name.count("\n")
        parts += [
            f'<text x="{left - 6:g}" y="{first + 13.0 * i:.1f}" text-anchor="end">'
            f"{html.escape(line)}</text>"
            for i, line in enumerate(name.splitlines())
        ]
    parts.append(
        f'<text x="{(left + right) / 2:g}" y="{height - 6:g}" text-anchor="middle">'
        f"{html.escape(panel.x_label)}</text>"
    )
    if panel.bars is not None:
        x, base = px(panel.bars.x), float(py(0.0))
        half = float(px(0.4) - px(0.0))
        tops = zip(x, py(panel.bars.y), strict=True)
        marks = "".join(
            f"M{a - half:.1f},{base:.1f}V{b:.1f}h{2 * half:.1f}V{base:.1f}" for a, b in tops
        )
        parts.append(f'<path d="{marks}" fill="currentColor" fill-opacity=".22"/>')
    for line in panel.lines:
        paths = "".join(_path(px(x), py(y)) for x, y in _visible(line, y0, y1))
        parts.append(f'<path d="{paths}" {_stroke(line)}/>')
    if panel.ticks is not None:
        inside = panel.ticks[(panel.ticks >= x0) & (panel.ticks <= x1)]
        marks = "".join(f"M{x:g},{bottom:g}v-7" for x in np.unique(np.round(px(inside))))
        parts.append(f'<path d="{marks}" stroke="currentColor" stroke-opacity=".35"/>')
    if panel.dots is not None:
        hollow = np.zeros(len(panel.dots.x)) if panel.dots.hollow is None else panel.dots.hollow
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"{HOLLOW if empty else ""}/>'
            for x, y, empty in zip(px(panel.dots.x), py(panel.dots.y), hollow, strict=True)
        ]
    for x, y, text in panel.names:
        room = px(x) + 8 + 6.2 * len(text) <= width  # else it stands before its place
        place, end = (px(x) + 8, "") if room else (px(x) - 8, ' text-anchor="end"')
        parts.append(f'<text x="{place:.1f}" y="{py(y) + 4:.1f}"{end}>{html.escape(text)}</text>')
    return "".join(parts)


def _squeezed(words, room):
    """What makes a line of bold words fit that would be cut off."""
    tight = f' textLength="{room:g}" lengthAdjust="spacingAndGlyphs"'
    return tight if BOLD * len(words) > room else ""


def _around(low, high, span):
    """Ends of a longer stretch with the same middle."""
    middle = (low + high) / 2
    return middle - span / 2, middle + span / 2


def _visible(line, y0, y1):
    """Pieces of a line inside the limits, cut exactly at them; jumps and gaps divide it too."""
    x, y = np.asarray(line.x, dtype=float), np.asarray(line.y, dtype=float)
    pieces, piece = [], []
    for i in range(len(x) - 1):
        segment = _clip(x[i], y[i], x[i + 1], y[i + 1], y0, y1)
        if segment is None or (not line.joined and _jumps(y, i, y1 - y0)):
            pieces, piece = pieces + [piece], []
            continue
        a, b = segment
        if piece and piece[-1] != a:
            pieces, piece = pieces + [piece], []
        piece = (piece or [a]) + [b]
    return [np.array(p).T for p in [*pieces, piece] if len(p) > 1]


def _clip(xa, ya, xb, yb, low, high):
    if not (math.isfinite(ya) and math.isfinite(yb)):
        return None
    if max(ya, yb) < low or min(ya, yb) > high:
        return None

    def cut(x, y, x_other, y_other):
        edge = min(max(y, low), high)
        return (x, y) if edge == y else (x + (edge - y) / (y_other - y) * (x_other - x), edge)

    return cut(xa, ya, xb, yb), cut(xb, yb, xa, ya)


def _jumps(y, i, span):
    """Whether the step from i is a discontinuity: much larger than the steps around it."""
    step = np.abs(np.diff(y[max(0, i - 2) : i + 4]))
    own = abs(y[i + 1] - y[i])
    around = step[step < 0.5 * own]
    few = 0 < len(around) >= len(step) - 2  # a straight line has nothing smaller around it
    return own > 0.15 * span and few and np.all(around < own / 8)


def _path(x, y):
    """Path data with the points left out that lie on the line between their neighbours."""
    kept = [0]
    for i in range(1, len(x) - 1):
        a, b = kept[-1], i + 1
        between = slice(a + 1, b)
        along = y[a] + (x[between] - x[a]) / ((x[b] - x[a]) or 1.0) * (y[b] - y[a])
        if np.any(np.abs(along - y[between]) > 0.1):
            kept.append(i)
    kept.append(len(x) - 1)
    return "M" + "L".join(f"{x[i]:.1f},{y[i]:.1f}" for i in kept)


def _ticks(low, high, most):
    """Round numbers between two ends, at most about `most` of them."""
    raw = (high - low) / max(2.0, most)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= raw)
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _number(value):
    text = f"{value / 1000:.10g}k" if abs(value) >= 1e4 else f"{value:.10g}"
    return text.replace("-", "−")


def to_png(scene, dpi=150):
    """The scene as base64 PNG, or None without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return None
    count = len(scene.panels)
    columns = min(3, count)
    figure = Figure(figsize=(6.4, 3.6 if count == 1 else 2.7 * -(-count // columns)), dpi=dpi)
    canvas = FigureCanvasAgg(figure)
    for i, panel in enumerate(scene.panels):
        axes = figure.add_subplot(-(-count // columns), columns, i + 1)
        x_limits, y_limits = panel.limits()
        for line in panel.lines:
            style = DASHES.get(line.dash, "")
            colour = "black" if line.colour == "currentColor" else line.colour
            pattern = (0, tuple(float(v) / 2 for v in style.split())) if style else "solid"
            for k, (x, y) in enumerate(_visible(line, *y_limits)):
                label = line.label if k == 0 else None
                axes.plot(x, y, color=colour, linestyle=pattern, linewidth=1.6, label=label)
        if panel.dots is not None:
            x, y, hollow = panel.dots.x, panel.dots.y, panel.dots.hollow
            faces = "black" if hollow is None else np.where(hollow, "none", "black")
            axes.scatter(x, y, s=16, facecolors=faces, edgecolors="black", zorder=3)
        if panel.bars is not None:
            axes.bar(panel.bars.x, panel.bars.y, width=0.8, color="0.82", zorder=0)
        axes.set(xlim=x_limits, ylim=y_limits)
        axes.set_title(panel.title, fontsize=9, loc="left")
        axes.set_xlabel(panel.x_label, fontsize=9)
        axes.tick_params(labelsize=8)
        axes.grid(color="0.9", linewidth=0.6)
        axes.spines[:].set_visible(False)
        for x, y, text in panel.names:
            axes.annotate(text, (x, y), (6, 0), textcoords="offset points", va="center", fontsize=8)
        if panel.lanes:
            axes.set_yticks(range(len(panel.lanes)), panel.lanes)
        if panel.bare:
            axes.set_axis_off()
            axes.set_aspect("equal")
        if panel.ticks is not None:
            axes.plot(panel.ticks, np.full(len(panel.ticks), y_limits[0]), "|", color="0.4")
        if panel is scene.fullest:
            handles, labels = axes.get_legend_handles_labels()
    if scene.legend:
        figure.legend(
            handles, labels, loc="outside upper center", ncols=3, fontsize=8, frameon=False
        )
    figure.set_layout_engine("constrained")
    buffer = io.BytesIO()
    canvas.print_png(buffer, metadata={"Software": None})
    return base64.b64encode(buffer.getvalue()).decode()
