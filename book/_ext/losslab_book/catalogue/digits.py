"""How many digits a textbook formula loses in double precision, and how many losslab keeps.

`exact` of a loss is the textbook formula. With `Doubles` it is computed in double precision,
operation by operation, as somebody would type it; with many digits it is the truth that both are
measured by.
"""

import math
from dataclasses import dataclass

import mpmath
import numpy as np

from losslab.losses.kinds.domains import PREDICTIONS, TARGETS

ALL = 16  # digits a double holds, in round numbers
FEW = 12
NO_DIGIT = 1e15  # an error of so many units in the last place leaves nothing
PRECISIONS = (60, 400, 1400)
LARGEST, SMALLEST = float(np.finfo(float).max), float(np.finfo(float).tiny)
TENS = (-300, -200, -160, -100, -20, -16, -12, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1)
SIZES = sorted(
    {10.0**k for k in TENS}
    | {10.0**k for k in (0, 1, 2, 3, 4, 6, 8, 16, 100, 150, 155, 200, 300)}
    | {0.3, 0.5, 2.0, 3.0, 5.0, 20.0, 30.0, 37.0, 40.0, 300.0, 700.0, 710.0, 745.0, 800.0}
)
SCALES = (1e-160, 1e-8, 1e-4, 1e-2, 1.0, 40.0, 800.0)  # of rows and batches
ANY_SCALE = (*SCALES, 1e6, 1e160)  # of predictions that may be any numbers
ROWS = 6
NORMAL = ("erf", "erfc", "ncdf", "npdf")
HUGE = 1300  # bits before the point: more than 1e300 and exp(800) have
WHOLE = ("class", "level")  # targets that `exact` takes as ints


class Careful:
    """mpmath, refusing exponentials of numbers so huge that it would compute for hours."""

    def __getattr__(self, name):
        thing = getattr(mpmath.mp, name)
        if name not in ("exp", "expm1", "cosh", "sinh", "tanh", *NORMAL):
            return thing

        def function(x):
            if mpmath.isfinite(x) and x != 0 and mpmath.mag(x) > HUGE:
                raise OverflowError(f"{name} of a number of {mpmath.mag(x)} bits")
            if name in NORMAL and abs(x) > 1e4:
                raise OverflowError(f"{name} of {mpmath.nstr(x)}")
            return thing(x)

        return function


class Doubles:
    """The functions of an mpmath context as NumPy has them: overflow gives inf, not an error."""

    plain = (
        "exp expm1 log1p sqrt cosh sinh tanh cos sin tan hypot power sign floor ceil fabs".split()
    )
    renamed = {"atan": np.arctan, "asin": np.arcsin, "acos": np.arccos, "asinh": np.arcsinh}
    mpf = mpmathify = convert = np.float64

    def __getattr__(self, name):
        if name in self.plain or name in self.renamed:
            return self.renamed.get(name) or getattr(np, name)
        thing = getattr(mpmath.fp, name)  # special functions, constants
        if not callable(thing):
            return np.float64(thing)
        return lambda *arguments: np.float64(thing(*map(float, arguments)))

    @staticmethod
    def log(x, base=None):
        return np.log(x) if base is None else np.log(x) / np.log(base)

    ln = log

    @staticmethod
    def fsum(terms):
        return sum(terms, np.float64(0.0))


@dataclass
class Reading:
    """One input: where, how far from ordinary, the truth, and two answers in doubles."""

    place: dict
    far: float
    true: float
    textbook: float | None  # None: a special function stopped with an error
    ours: float
    digits: float
    ulp: float

    @property
    def trouble(self):
        if self.textbook is None or not math.isfinite(self.textbook):
            return "overflow"
        if self.digits < 0.3:
            return "nothing"
        return "some" if self.digits < FEW else None


def precise(formula):
    """The formula with as many digits as it takes for two results to agree."""
    before = None
    for digits in PRECISIONS:
        with mpmath.workdps(digits):
            now = mpmath.mpf(formula(Careful()))
            if before is not None and now != 0 and abs(now - before) <= abs(now) * 1e-25:
                break
            before = now
    return now


def in_doubles(formula):
    """The formula as typed; None where a special function stops with an error."""
    try:
        return float(formula(Doubles()))
    except (OverflowError, ZeroDivisionError, ValueError, TypeError):
        return None


def reading(place, far, formula, ours):
    """A `Reading`, or None where doubles cannot hold the truth; a value is judged by the value."""
    try:
        true = precise(formula)
    except (ArithmeticError, TypeError, ValueError):  # not a real number, or beyond mpmath
        return None
    if not (SMALLEST <= abs(true) <= LARGEST):
        return None
    textbook = in_doubles(formula)
    digits = 0.0
    if textbook is not None and math.isfinite(textbook):
        error = abs((mpmath.mpf(textbook) - true) / true)
        digits = float(min(ALL, max(0.0, -mpmath.log10(error)))) if error else float(ALL)
    unit = float(np.spacing(abs(float(true))))
    ulp = float(abs(mpmath.mpf(ours) - true) / unit) if math.isfinite(ours) else math.inf
    return Reading(place, far, float(true), textbook, float(ours), digits, ulp)


def pointwise(loss):
    """Readings along the predictions, for one or two targets."""
    cls, parameters = type(loss), list(loss.parameters.values())
    legal_target, legal = TARGETS[cls.target].is_legal, PREDICTIONS[cls.prediction].is_legal
    over_residual = cls.target == "real" and cls.prediction == "value"
    targets = [0.0] if over_residual else [y for y in (1.0, 0.0, 0.25, 2.0) if legal_target(y)][:2]
    signs = (1,) if over_residual and loss.claims.get("symmetric") else (1, -1)
    for y in targets:
        for f in (sign * size for sign in signs for size in SIZES):
            if not legal(f):
                continue

            def formula(mp, y=y, f=f):
                number = mp.mpf
                values = [number(v) for v in parameters]
                return cls.exact(mp, number(y), number(f), *values)

            with np.errstate(all="ignore"):
                ours = cls.value_at(np.float64(y), np.float64(f), *map(np.float64, parameters))
            place = {"r": f} if over_residual else {"y": y, "f": f}
            yield reading(place, abs(math.log10(abs(f))), formula, float(ours))


def as_numbers(mp, thing, whole=False):
    """A number, a row or rows of them as mpmath has them; `exact` takes classes as ints."""
    if np.ndim(thing):
        return [as_numbers(mp, part, whole) for part in thing]
    return int(thing) if whole else mp.mpf(float(thing))


def rowwise(loss):
    """Readings for random rows whose predictions are scaled from tiny to huge."""
    targets, predictions = loss.example(ROWS, np.random.default_rng(0))
    scales = ANY_SCALE if loss.prediction == "row" else SCALES
    if isinstance(loss.outputs, tuple):  # logarithms of scales among them: e**800 is not data
        scales = [scale for scale in SCALES if scale < 100.0]
    for scale in scales:
        scaled = predictions * scale
        try:
            values = loss.value(targets, scaled, reduction="none")
        except ValueError:  # these predictions must not be scaled
            continue
        for y, f, ours in zip(targets, scaled, values, strict=True):
            yield scaled_reading(loss, scale, (y, f), ours)


def batchwise(loss):
    """The same for whole batches."""
    targets, predictions = loss.example(ROWS, np.random.default_rng(0))
    for scale in SCALES:
        try:
            ours = loss.value(targets, predictions * scale)
        except ValueError:
            continue
        yield scaled_reading(loss, scale, (targets, predictions * scale, np.ones(ROWS)), ours)


def scaled_reading(loss, scale, arguments, ours):
    y, *rest = arguments
    whole = loss.target in WHOLE

    def formula(mp):
        others = [as_numbers(mp, thing) for thing in (*rest, *loss.parameters.values())]
        return loss.exact(mp, as_numbers(mp, y, whole), *others)

    return reading({"scale": scale}, abs(math.log10(scale)), formula, float(ours))


def measure(readings):
    """What the page says: how many inputs, our worst error, and a telling input for each trouble."""
    with np.errstate(all="ignore"):
        found = [r for r in readings if r is not None]
    if not found:
        return None
    telling = [min(found, key=lambda r: (r.trouble is not None, r.far))]
    for trouble in ("some", "nothing", "overflow"):
        those = [r for r in found if r.trouble == trouble]
        if trouble == "some":
            those = [r for r in those if round(r.digits) > 0]
            telling += sorted(those, key=lambda r: (round(r.digits), r.far))[:1]
        elif those:
            telling.append(min(those, key=lambda r: r.far))
    return {
        "count": len(found),
        "worst": max((r.ulp for r in found if r.ulp < NO_DIGIT), default=0.0),
        "failed": [r.place for r in found if not r.ulp < NO_DIGIT],
        "least": min(r.digits for r in found),
        "readings": [
            {**vars(r), "trouble": r.trouble} for r in sorted(telling, key=lambda r: r.true)
        ],
    }
