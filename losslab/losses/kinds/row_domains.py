"""Domains of rowwise and batchwise losses: what one target and one row of predictions may be.

Like those of `losslab.losses.kinds.domains`, but each check sees the whole target ``y`` of m numbers, or
the k predictions ``f``. NaN never comes here.
"""

from dataclasses import dataclass

import numpy as np

from losslab.arithmetic.angles import LARGEST_ANGLE
from losslab.losses.kinds.domains import LEFT_OUT, draw_binary, draw_positive, draw_real
from losslab.losses.kinds.row_loops import is_label, possible_logits

# Rows of probabilities may miss 1 by this much: float32 softmax outputs do.
SUM_TOLERANCE = 1e-5
MOST_SHOWN = 4  # numbers of a row in a message


@dataclass(frozen=True)
class RowDomain:
    """A set of legal rows.

    `is_legal` is a kernel ``(y, m, k)`` for targets, ``(f, k)`` for predictions; `legal` says the
    set in words; `draw(n, k, rng)` makes random members; `columns` is how many numbers make a
    target: ``1`` for arrays of shape (n,), ``"k"`` for as many as there are predictions, ``"own"``
    for what the loss's `target_width` says, else a number or the names of the columns. `entry` is a
    kernel that says whether one number of the row could stand in a legal one, for messages.
    """

    is_legal: object
    legal: str
    draw: object
    columns: object = 1
    hint: str = ""
    entry: object = None

    def found(self, row):
        """What is wrong with an illegal row, in a few words however long it is.

        Examples
        --------
        >>> import numpy as np
        >>> from losslab.losses.kinds.row_domains import ROW_TARGETS
        >>> ROW_TARGETS["distribution"].found(np.array([0.5, 0.6, -0.1, 0.0, 0.0]))
        '-0.1 in column 2'
        >>> ROW_TARGETS["distribution"].found(np.full(1000, 0.5))
        '1000 numbers from 0.5 to 0.5, whose sum is 500.0'
        """
        if len(row) == 1:
            return repr(row[0].item())
        if len(row) <= MOST_SHOWN:
            return repr(row.tolist())
        if self.entry is not None:
            for j, x in enumerate(row.tolist()):
                if not self.entry(x):
                    return f"{x!r} in column {j}"
        low, high, total = (x.item() for x in (row.min(), row.max(), row.sum()))
        return f"{len(row)} numbers from {low!r} to {high!r}, whose sum is {total!r}"


def class_label(y, m, k):
    return is_label(y[0], k)


def level_target(y, m, k):
    return is_label(y[0], k + 1)


def bounds_target(y, m, k):
    return (y[0] >= 0.0) & (y[0] < np.inf) & (y[1] > 0.0) & (y[0] <= y[1])


def range_target(y, m, k):
    return (y[0] < np.inf) & (y[1] > -np.inf) & (y[0] <= y[1])


def lifetime_target(y, m, k):
    return (y[0] >= 0.0) & (y[0] < np.inf) & ((y[1] == 0.0) | (y[1] == 1.0))


def period_target(y, m, k):
    return is_label(y[0], k) & ((y[1] == 0.0) | (y[1] == 1.0))


def period_or_later_target(y, m, k):
    return is_label(y[0], k - 1.0 + y[1]) & ((y[1] == 0.0) | (y[1] == 1.0))


def count_target(y, m, k):
    t = y[0]
    inside = (t >= 0.0) & (t < 9007199254740992.0)
    return inside & (np.float64(int(t if inside else 0.0)) == t)


def finite_row(y, m, k):
    return finite_prediction(y, m)


def possible_row(y, m, k):
    return possible_logits(y, m)


def positive_target(y, m, k):
    return (y[0] > 0.0) & (y[0] < np.inf)


def finite_target(y, m, k):
    return abs(y[0]) < np.inf


def nonnegative_target(y, m, k):
    return (y[0] >= 0.0) & (y[0] < np.inf)


def angle_target(y, m, k):
    return abs(y[0]) <= LARGEST_ANGLE


def binary_row(y, m, k):
    good = True
    for j in range(m):
        good = good & ((y[j] == 0.0) | (y[j] == 1.0))
    return good


def binary_target(y, m, k):
    return (y[0] == 0.0) | (y[0] == 1.0)


def distribution_row(y, m, k):
    total = 0.0
    good = True
    for j in range(m):
        total += y[j]
        good = good & (y[j] >= 0.0)
    return good & (abs(total - 1.0) <= SUM_TOLERANCE)


def positive_distribution_row(y, m, k):
    good = distribution_row(y, m, k)
    for j in range(m):
        good = good & (y[j] > 0.0)
    return good


def nonnegative_row(y, m, k):
    good = True
    for j in range(m):
        good = good & (y[j] >= 0.0) & (y[j] < np.inf)
    return good


def any_prediction(f, k):
    return True


def finite_prediction(f, k):
    good = True
    for j in range(k):
        good = good & (abs(f[j]) < np.inf)
    return good


def distribution_prediction(f, k):
    total = 0.0
    good = True
    for j in range(k):
        total += f[j]
        good = good & (f[j] >= 0.0)
    return good & (abs(total - 1.0) <= SUM_TOLERANCE)


def direction_prediction(f, k):
    return finite_prediction(f, k) & (abs(f[0]) <= LARGEST_ANGLE)


def is_finite(x):
    return abs(x) < np.inf


def is_below_infinity(x):
    return x < np.inf


def is_nonnegative(x):
    return (x >= 0.0) & (x < np.inf)


def is_positive(x):
    return (x > 0.0) & (x < np.inf)


def is_binary(x):
    return (x == 0.0) | (x == 1.0)


def draw_labels(n, k, rng):
    return rng.integers(0, k, n).astype(float)


def draw_rows(n, k, rng):
    return rng.normal(0.0, 2.0, (n, k))


def draw_locations(n, k, rng):
    """Locations and logs of scales near 0: powers of e that meet no other powers of e."""
    return rng.normal(0.0, 0.8, (n, k))


def draw_distributions(n, k, rng):
    return rng.dirichlet(np.full(k, 0.7), n)


def draw_angles(n, rng):
    return rng.uniform(-np.pi, np.pi, n)


def draw_levels(n, k, rng):
    return draw_labels(n, k + 1, rng)


def draw_bounds(n, k, rng):
    """Exact times, and times known only from one or both sides."""
    low = rng.lognormal(0.0, 0.7, n)
    high = low * rng.choice([1.0, 1.0, 1.5, 4.0, np.inf], n)
    low = np.where((high > low) & (rng.random(n) < 0.2) & (high < np.inf), 0.0, low)
    return np.stack([low, high], axis=1)


def draw_ranges(n, k, rng):
    low = rng.normal(0.0, 1.5, n)
    high = low + rng.choice([0.0, 0.0, 0.5, 2.0, np.inf], n)
    low = np.where((high > low) & (rng.random(n) < 0.3) & (high < np.inf), -np.inf, low)
    return np.stack([low, high], axis=1)


def draw_lifetimes(n, k, rng):
    """Times in steps of a quarter, so that some are equal."""
    return np.stack([np.ceil(rng.exponential(4.0, n)) / 4.0, draw_binary(n, rng)], axis=1)


def draw_periods(n, k, rng):
    return np.stack([draw_labels(n, k, rng), draw_binary(n, rng)], axis=1)


def draw_periods_or_later(n, k, rng):
    return np.stack([draw_labels(n, k - 1, rng), draw_binary(n, rng)], axis=1)


def one(draw):
    """A column of targets from a draw of single numbers."""
    return lambda n, k, rng: draw(n, rng)


ROW_TARGETS = {
    "row": RowDomain(finite_row, "a row of finite numbers", draw_rows, "k", entry=is_finite),
    "class": RowDomain(
        class_label,
        "a class: a whole number from 0 to k - 1 for k columns of y_pred",
        draw_labels,
        hint="; one-hot rows are converted with y_true.argmax(axis=1)" + LEFT_OUT,
    ),
    "distribution": RowDomain(
        distribution_row,
        "a row of probabilities: none negative, their sum 1",
        draw_distributions,
        "k",
        entry=is_nonnegative,
    ),
    "positive distribution": RowDomain(
        positive_distribution_row,
        "a row of probabilities: all greater than 0, their sum 1",
        draw_distributions,
        "k",
        entry=is_positive,
    ),
    "nonnegative row": RowDomain(
        nonnegative_row,
        "a row of finite numbers, none negative",
        lambda n, k, rng: rng.gamma(0.7, 2.0, (n, k)),
        "k",
        entry=is_nonnegative,
    ),
    "labels": RowDomain(
        binary_row,
        "a row of 0 and 1, one label a column",
        lambda n, k, rng: draw_binary(n * k, rng).reshape(n, k),
        "k",
        LEFT_OUT,
        is_binary,
    ),
    "logits": RowDomain(
        possible_row,
        "a row of logits: below infinity, and not all -infinity",
        draw_rows,
        "k",
        entry=is_below_infinity,
    ),
    "{0,1}": RowDomain(binary_target, "0 or 1", one(draw_binary), hint=LEFT_OUT),
    "vector": RowDomain(
        finite_row,
        "a row of finite numbers",
        draw_rows,
        "own",
        entry=is_finite,
    ),
    "real": RowDomain(finite_target, "a finite number", one(draw_real)),
    "angle": RowDomain(
        angle_target,
        "an angle in radians, within 1e8 of 0",
        one(draw_angles),
        hint="; wrapped, as by numpy.angle, it is between -pi and pi",
    ),
    "positive": RowDomain(positive_target, "a finite number greater than 0", one(draw_positive)),
    "nonnegative": RowDomain(nonnegative_target, "a finite number >= 0", one(draw_positive)),
    "count": RowDomain(
        count_target,
        "a count: a whole number >= 0",
        lambda n, k, rng: rng.poisson(3.0, n).astype(float),
    ),
    "level": RowDomain(
        level_target,
        "a level: a whole number from 0 to k for k columns of y_pred, one a step between levels",
        draw_levels,
        hint=LEFT_OUT,
    ),
    "bounds": RowDomain(
        bounds_target,
        "the bounds (low, high) of a time: 0 <= low <= high, low finite, high > 0; low = high if "
        "it is known, high = inf if it is only known to be later than low",
        draw_bounds,
        ("low", "high"),
    ),
    "range": RowDomain(
        range_target,
        "the bounds (low, high) of a value: low <= high, equal if it is known, -inf or inf on a "
        "side that is open",
        draw_ranges,
        ("low", "high"),
    ),
    "lifetime": RowDomain(
        lifetime_target,
        "(time, event): a finite time >= 0, and 1 if the event came then, 0 if it had not yet",
        draw_lifetimes,
        ("time", "event"),
    ),
    "period": RowDomain(
        period_target,
        "(interval, event): a whole number from 0 to k - 1 for k columns of y_pred, and 1 if the "
        "event came in that interval, 0 if it had not come by its end",
        draw_periods,
        ("interval", "event"),
    ),
    "period or later": RowDomain(
        period_or_later_target,
        "(interval, event): a whole number from 0 to k - 1 for k columns of y_pred, and 1 if the "
        "event came in that interval, 0 if it had not come by its end (not for the last interval)",
        draw_periods_or_later,
        ("interval", "event"),
    ),
}

ROW_PREDICTIONS = {
    "row": RowDomain(any_prediction, "any real numbers", draw_rows),
    "finite": RowDomain(
        finite_prediction,
        "finite numbers",
        draw_rows,
        entry=is_finite,
    ),
    "location and log-scale": RowDomain(finite_prediction, "finite numbers", draw_locations),
    "direction and log-concentration": RowDomain(
        direction_prediction,
        "finite numbers, the direction within 1e8 radians of 0",
        draw_locations,
    ),
    "logits": RowDomain(
        possible_logits,
        "logits: below infinity, and not all -infinity, which is a class that is not offered",
        draw_rows,
        entry=is_below_infinity,
    ),
    "probabilities": RowDomain(
        distribution_prediction,
        "a row of probabilities (softmax of logits, exp of log-probabilities): none negative, "
        "their sum 1",
        draw_distributions,
        entry=is_nonnegative,
    ),
}
