"""Yes-or-no decisions inside a row: the logistic and the hinge loss of one score."""

from losslab.arithmetic.vmath import exp_between, log1p_unit


def logistic_decision(z, up):
    """log(1 + e**-m) and its derivative with respect to z, with m = z if `up`, else -z."""
    e = exp_between(-abs(z), 0.0)
    m = z if up else -z
    tail = (e if m >= 0.0 else 1.0) / (1.0 + e)
    return (0.0 if m >= 0.0 else -m) + log1p_unit(e), -tail if up else tail


def hinge_decision(z, up):
    """max(0, 1 - m) and its derivative with respect to z, with m = z if `up`, else -z."""
    slack = 1.0 - z if up else 1.0 + z
    inside = slack > 0.0
    slope = -1.0 if up else 1.0
    return slack if inside else 0.0, slope if inside else 0.0
