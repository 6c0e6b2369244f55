"""Activations: kernels of one number that return the activation and its slope, and its bend."""

from typing import NamedTuple

from losslab.arithmetic.special import normal_cdf, normal_pdf
from losslab.arithmetic.vmath import exp, softplus, tanh
from losslab.contract.messages import shortened


def relu_at(z):
    """max(z, 0), slope 0 at 0; NaN stays NaN."""
    return (0.0 if z <= 0.0 else z), (1.0 if z > 0.0 else 0.0)


def relu_bend(z):
    return 0.0


def tanh_at(z):
    # 1 - tanh(z)**2 has no digits left where tanh is near 1, this has.
    e = exp(-2.0 * abs(z))
    return tanh(z), 4.0 * e / ((1.0 + e) * (1.0 + e))


def tanh_bend(z):
    e = exp(-2.0 * abs(z))
    return -2.0 * tanh(z) * (4.0 * e / ((1.0 + e) * (1.0 + e)))


def sigmoid_at(z):
    e = exp(-abs(z))
    share = 1.0 / (1.0 + e)
    return (share if z >= 0.0 else e * share), e * share * share


def sigmoid_bend(z):
    e = exp(-abs(z))
    bend = e * (1.0 - e) / ((1.0 + e) * (1.0 + e) * (1.0 + e))
    return -bend if z > 0.0 else bend


def gelu_at(z):
    """z times the normal distribution function at z: the exact form, not the one by tanh."""
    tail = normal_cdf(z)
    density = normal_pdf(z)
    return (z * tail if tail != 0.0 else 0.0), tail + (z * density if density != 0.0 else 0.0)


def gelu_bend(z):
    density = normal_pdf(z)
    return density * (2.0 - z * z) if density != 0.0 else 0.0


def softplus_at(z):
    e = exp(-abs(z))
    return softplus(z), (1.0 if z >= 0.0 else e) / (1.0 + e)


def softplus_bend(z):
    e = exp(-abs(z))
    return e / ((1.0 + e) * (1.0 + e))


def exp_at(z):
    e = exp(z)
    return e, e


def exp_bend_at(z):
    return exp(z)


def identity_at(z):
    return z, 1.0


def identity_bend(z):
    return 0.0


class Curve(NamedTuple):
    """A function of one number: kernels of its value and slope, and of its second derivative."""

    name: str
    at: object
    bend: object


CURVES = {
    curve.name: curve
    for curve in (
        Curve("identity", identity_at, identity_bend),
        Curve("relu", relu_at, relu_bend),
        Curve("tanh", tanh_at, tanh_bend),
        Curve("gelu", gelu_at, gelu_bend),
        Curve("sigmoid", sigmoid_at, sigmoid_bend),
        Curve("softplus", softplus_at, softplus_bend),
        Curve("exp", exp_at, exp_bend_at),
    )
}
ACTIVATIONS = ("relu", "tanh", "gelu", "sigmoid", "identity")


def check_activation(name):
    """The activation of a name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {ACTIVATIONS}, got {shortened(name)}")
    return CURVES[name]
