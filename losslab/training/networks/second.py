"""The Hessian of a network's loss times a vector, by the R-operator: exact but for rounding.

Pearlmutter 1994: differentiate each line of forward and backward along the direction v. What it
gives costs as much as two gradients, and nothing is approximated.
"""

import numpy as np

from losslab.engine.sequence import call
from losslab.losses.kinds.pointwise import Pointwise
from losslab.training.networks.activations import CURVES
from losslab.training.networks.dense_loops import BENDS


def hessian_product(network, losses, data, theta, v):
    """The Hessian of the mean loss over the data at `theta`, times v.

    Raises
    ------
    NotImplementedError
        If a loss has no second derivatives.
    """
    result = np.empty(network.size)
    layers, ways = network.layers(theta), network.layers(v)
    hidden = CURVES[network.activation]
    x, rx = data.X.astype(float, copy=False), None
    inputs, turns = [], []
    for i, ((w, b), (vw, vb)) in enumerate(zip(layers, ways, strict=True)):
        inputs.append((x, rx))
        z = x @ w + b
        rz = x @ vw + vb
        if rx is not None:
            rz += rx @ w
        if i + 1 < len(layers):
            x, slope, bend = bends(hidden, z)
            rx = slope * rz
            turns.append((slope, bend * rz))
    d, rd = np.empty_like(z), np.empty_like(z)
    first = 0
    for head, loss, y in zip(network.heads, losses, data.targets, strict=True):
        part = slice(first, first + head.columns)
        d[:, part], rd[:, part] = _through_head(head, loss, y, data.w, z[:, part], rz[:, part])
        first = part.stop
    for i in reversed(range(len(layers))):
        (w, _), (vw, _) = layers[i], ways[i]
        x, rx = inputs[i]
        weights, biases = network.layers(result)[i]
        weights[:] = x.T @ rd
        if rx is not None:
            weights += rx.T @ d
        biases[:] = rd.sum(axis=0)
        if i > 0:
            slope, turn = turns[i - 1]
            e = d @ w.T
            rd = slope * (rd @ w.T + d @ vw.T) + turn * e
            d = slope * e
    return result


def _through_head(head, loss, y, w, z, rz):
    """Derivatives by a head's outputs, and how they change along rz."""
    if head.link == "softmax":
        top = z - z.max(axis=1, keepdims=True)
        f = np.exp(top)
        f /= f.sum(axis=1, keepdims=True)
        rf = f * (rz - (f * rz).sum(axis=1, keepdims=True))
    else:
        f, slope, bend = bends(CURVES[head.link], z)
        rf = slope * rz
    g, rg = _of_loss(loss, y, w, f, rf)
    g, rg = head.weight * g, head.weight * rg
    if head.link == "softmax":
        mean = (f * g).sum(axis=1, keepdims=True)
        change = (rf * g + f * rg).sum(axis=1, keepdims=True)
        return f * (g - mean), rf * (g - mean) + f * (rg - change)
    return slope * g, slope * rg + bend * rz * g


def _of_loss(loss, y, w, f, rf):
    f, rf = np.ascontiguousarray(f), np.ascontiguousarray(rf)
    if isinstance(loss, Pointwise):
        weight = None if w is None else np.repeat(w, f.shape[1]).reshape(f.shape)
        y = y.astype(float, copy=False)
        return loss.gradient(y, f, weight), loss.hessian_product(y, f, rf, weight)
    if loss.outputs == "number":
        found = loss.gradient(y, f[:, 0], w), loss.hessian_product(y, f[:, 0], rf[:, 0], w)
        return tuple(one[:, None] for one in found)
    return loss.gradient(y, f, w), loss.hessian_product(y, f, rf, w)


def bends(curve, z):
    """Value, slope and second derivative of a curve at each number of z."""
    z = np.ascontiguousarray(z)
    value, slope, bend = np.empty(z.shape), np.empty(z.shape), np.empty(z.shape)
    functions = (("activated", curve.at), ("bent", curve.bend))
    given = {"z": z, "n": z.size, "value": value, "slope": slope, "bend": bend}
    compiled, arguments = call(BENDS, float, functions, **given)
    compiled(*arguments)
    return value, slope, bend
