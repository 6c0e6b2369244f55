"""Where a figure of one row starts: a target, predictions, and how far the reader may move each."""

from typing import NamedTuple

import numpy as np

from losslab.losses.kinds.row_domains import ROW_TARGETS

REAL = (-4.0, 4.0)
SCORES = (-5.0, 5.0)
SHARES = (0.01, 0.99)
# Where the columns with names of their own start, and their ranges.
NAMED = {
    "mean": (-0.5, REAL),
    "location": (-0.5, REAL),
    "lower": (-1.0, REAL),
    "upper": (2.0, REAL),
    "log_scale": (0.0, (-1.5, 2.0)),
    "log_dof": (1.0, (-1.0, 4.0)),
    "log_nu": (0.0, (-3.0, 3.0)),
    "log_alpha_minus_1": (0.0, (-3.0, 3.0)),
    "log_beta": (0.0, (-3.0, 3.0)),
    "direction": (-0.5, REAL),
    "log_concentration": (0.7, (-2.0, 4.0)),
    "log_mean": (0.2, (-2.0, 3.0)),
    "log_rate": (0.2, (-3.0, 2.5)),
    "log_dispersion": (-0.5, (-4.0, 3.0)),
    "logit_zero": (-1.0, (-5.0, 4.0)),
}
LOGITS = (0.5, 1.0, -0.5, -1.0)
# By the word of the outputs: the row, the ranges (one for all, or one each) and the output on the
# axis. Rows of other lengths start as LOGITS.
ROWS = {
    "step": ((1.5, 0.3, -0.6, -1.5), SCORES, 2),
    "interval": ((-0.5, 0.3, 0.8, 0.0), SCORES, 1),
    "interval or later": ((-0.5, 0.3, 0.8, 0.0), SCORES, 1),
    "member": ((-1.2, 0.2, 1.6, 2.4), REAL, 1),
    "quantile": ((-1.2, 0.2, 1.6, 2.4), REAL, 1),
    "member of vectors": ((-1.0, -0.5, 0.2, 0.8, 1.5, -0.2), REAL, 0),
    "score or threshold": ((-0.4, -1.0, 0.5, 0.2), (SCORES, REAL, (-3.0, 2.0), (-3.0, 2.0)), 0),
    "log entry": ((0.5, 0.2, 1.0, -0.5), (-2.0, 2.5), 0),
    "parameter of a mixture": (
        (0.3, -0.3, -1.0, 2.0, -0.3, 0.0),
        (REAL, REAL, REAL, REAL, (-1.5, 2.0), (-1.5, 2.0)),
        2,
    ),
    "parameter of a joint Gaussian": (
        (0.0, 0.0, 0.0, 0.0, 0.6),
        (REAL, REAL, (-1.5, 2.0), (-1.5, 2.0), (-3.0, 3.0)),
        0,
    ),
}
# Losses whose logits are cosines.
COSINES, COSINE_ROW, COSINE_RANGE = ("ldam",), (0.2, 0.6, -0.3, -0.6), (-1.0, 1.0)
# By the kind of target: numbers, repeated as often as needed, and their ranges, which are None
# where they are chosen from a few.
TARGETS = {
    "class": ((0.0,), None),
    "level": ((2.0,), None),
    "{0,1}": ((1.0,), None),
    "labels": ((1.0, 0.0), None),
    "real": ((1.0,), REAL),
    "angle": ((1.0,), (-3.14, 3.14)),
    "positive": ((2.0,), (0.1, 8.0)),
    "nonnegative": ((2.0,), (0.0, 8.0)),
    "count": ((2.0,), (0.0, 12.0)),
    "row": ((1.0, 0.5, -1.0), (-2.0, 2.0)),
    "vector": ((1.0, -0.5), REAL),
    "logits": ((2.0, 0.5, -1.0), SCORES),
    "nonnegative row": ((1.0, 2.0, 0.5), (0.0, 6.0)),
    "distribution": ((0.6, 0.3, 0.1), (0.0, 1.0)),
    "positive distribution": ((0.6, 0.3, 0.1), SHARES),
    "bounds": ((1.0, 3.0), (0.05, 8.0)),
    "range": ((0.5, 1.5), REAL),
    "lifetime": ((2.0, 1.0), (0.0, 8.0)),
    "period": ((1.0, 1.0), None),
    "period or later": ((1.0, 1.0), None),
}


class Sample(NamedTuple):
    """A target, a row, which output is on the axis, and ranges of outputs and of the target."""

    y: list
    row: list
    output: int
    ranges: list
    y_range: list | None


def sample(loss, k=None):
    """Where a figure of `loss` starts, with k predictions, or as many as suit it."""
    k = k or width_of(loss)
    named = isinstance(loss.outputs, tuple)
    if named and all(name in NAMED for name in loss.outputs):
        row, ranges = map(list, zip(*(NAMED[name] for name in loss.outputs), strict=True))
        output = int(loss.outputs[0] == "logit_zero")  # the mean is more to see
    else:
        row, ranges, output = ROWS.get(loss.output_word, ((), SCORES, 0))
        if len(row) != k:
            row, output = [*LOGITS, *[0.0] * k][:k], 0
        several = isinstance(ranges[0], tuple)
        ranges = (
            list(ranges) if several and len(ranges) == k else [SCORES if several else ranges] * k
        )
    if loss.name in COSINES:
        row, ranges = [*COSINE_ROW, *[0.0] * k][:k], [COSINE_RANGE] * k
    if loss.target == "bounds":  # the location is a logarithm of time
        row[0], ranges[0] = 0.0, (-2.0, 4.0)
    if loss.prediction == "probabilities":
        row, ranges = shares((0.3, 0.5, 0.2), k), [SHARES] * k
    y, y_range = TARGETS[loss.target]
    m = k if ROW_TARGETS[loss.target].columns == "k" else loss.target_width(k)
    y = [y[i % len(y)] for i in range(m)]
    if "distribution" in loss.target:
        y = shares(y, m)
    if loss.target == "class":
        y = [1.0 if loss.outputs == "values" else 0.0]
    if loss.target == "level":
        y = [min(y[0], float(k))]
    return Sample(y, list(row), output, [list(r) for r in ranges], y_range and list(y_range))


def width_of(loss):
    """How many predictions a row has: three classes unless a vector parameter says otherwise."""
    if isinstance(loss.outputs, tuple):
        return len(loss.outputs)
    if loss.outputs == "classes" and not type(loss).vector_specs:
        return 3
    return loss.example_columns()


def shares(pattern, k):
    """k probabilities in the proportions of a pattern, to three digits, with a sum of 1."""
    weights = np.array([pattern[i % len(pattern)] for i in range(k)])
    p = np.round(weights / weights.sum(), 3)
    p[0] = round(1.0 - p[1:].sum(), 3)
    return p.tolist()


def moved(row, output, x, sums):
    """The row with one output at each of the places x.

    Where the row must sum to 1 the other outputs shrink or grow in proportion, as in
    frontend/src/parts/row.js.
    """
    x = np.asarray(x, dtype=float)
    rows = np.tile(np.asarray(row, dtype=float), (x.size, 1))
    if sums:
        rest = rows[0].sum() - rows[0, output]
        others = rows / rest if rest > 0.0 else np.full_like(rows, 1.0 / (len(row) - 1))
        rows = others * (1.0 - x)[:, None]
    rows[:, output] = x
    return rows
