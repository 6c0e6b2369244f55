"""Value and gradient of pointwise losses: losslab and each of its peers in turn, in one run.

A machine that slows down slows both; the table gives medians and the ratio. Peers compute the mean
loss and its gradient with respect to the predictions in float64, each in the way its manual
recommends. Arrays are made beforehand; losslab and numpy write into arrays they are given (`out=`),
as `np.add` does, and losslab is shown once without as well. Threads: all libraries use as many as
they choose by default.
"""

import functools
import json
import os
import platform

import numpy as np

import losslab as ll
from benchmarks.turns import against_each

SIZES = (10**3, 10**5, 10**6, 10**7)


def numpy_cross_entropy(y, f, out):
    e = np.exp(-np.abs(f))
    value = np.mean(np.maximum(f, 0.0) - y * f + np.log1p(e))
    np.divide(np.where(f >= 0.0, 1.0, e), 1.0 + e, out=out)
    np.subtract(out, y, out=out)
    out /= len(y)
    return value, out


def numpy_huber(y, f, out):
    np.subtract(f, y, out=out)
    a = np.abs(out)
    q = np.minimum(a, 1.0)
    value = np.mean(q * (a - 0.5 * q))
    np.clip(out, -1.0, 1.0, out=out)
    out /= len(y)
    return value, out


def numpy_squared(y, f, out):
    np.subtract(f, y, out=out)
    value = 0.5 * np.dot(out, out) / len(y)
    out /= len(y)
    return value, out


def numpy_poisson(y, f, out):
    np.exp(f, out=out)
    value = np.mean(out - y * f)
    np.subtract(out, y, out=out)
    out /= len(y)
    return value, out


def numpy_focal(y, f, out):
    """gamma = 2, alpha = 1/4: the defaults of all libraries here."""
    s = 2.0 * y - 1.0
    e = np.exp(-np.abs(f))
    log_p = -(np.maximum(-s * f, 0.0) + np.log1p(e))
    p = np.exp(log_p)
    weight = np.where(y > 0.5, 0.25, 0.75)
    value = np.mean(-weight * (1.0 - p) ** 2 * log_p)
    np.multiply(-s * weight * (1.0 - p) ** 2, (1.0 - p) - 2.0 * p * log_p, out=out)
    out /= len(y)
    return value, out


NUMPY = {
    "binary_cross_entropy": numpy_cross_entropy,
    "huber": numpy_huber,
    "squared_error": numpy_squared,
    "focal": numpy_focal,
    "poisson": numpy_poisson,
}


def new_array_callers(name, y, f):
    loss = ll.get(name)
    yield "losslab, new array", lambda: loss.value_and_gradient(y, f)


def numpy_callers(name, y, f):
    out = np.empty_like(f)
    yield "numpy", lambda: NUMPY[name](y, f, out)
    yield "np.add(a, b, out=c)", lambda: np.add(y, f, out=out)


def torch_callers(name, y, f):
    import torch

    def focal(f, y):  # as torchvision.ops.sigmoid_focal_loss does it
        p = torch.sigmoid(f)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(f, y, reduction="none")
        p_t = p * y + (1 - p) * (1 - y)
        return ((0.25 * y + 0.75 * (1 - y)) * (loss * (1 - p_t) ** 2)).mean()

    function = {
        "binary_cross_entropy": torch.nn.functional.binary_cross_entropy_with_logits,
        "huber": torch.nn.functional.huber_loss,
        "squared_error": torch.nn.functional.mse_loss,
        "focal": focal,
        "poisson": torch.nn.functional.poisson_nll_loss,
    }[name]
    target = torch.from_numpy(y)
    prediction = torch.from_numpy(f).requires_grad_()

    def call():
        loss = function(prediction, target)
        return loss.item(), torch.autograd.grad(loss, prediction)[0]

    yield f"torch {torch.__version__}", call


def jax_callers(name, y, f):
    import jax

    from benchmarks.formulas import mean_and_gradient

    compiled = mean_and_gradient(ll.get(name))
    y, f = jax.device_put(y), jax.device_put(f)
    yield f"JAX {jax.__version__}", lambda: jax.block_until_ready(compiled(f, y))


def sklearn_callers(name, y, f):
    import sklearn
    from sklearn._loss import loss as losses

    makers = {
        "binary_cross_entropy": losses.HalfBinomialLoss,
        "huber": lambda: losses.HuberLoss(quantile=0.9, delta=1.0),
        "squared_error": losses.HalfSquaredError,
        "poisson": losses.HalfPoissonLoss,
    }
    if name not in makers:
        return
    loss = makers[name]()
    if name == "huber":
        loss.closs.delta = 1.0
    terms, out = np.empty_like(f), np.empty_like(f)
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    def call():
        loss.loss_gradient(y, f, loss_out=terms, gradient_out=out, n_threads=threads)
        return terms.mean(), out

    yield f"scikit-learn {sklearn.__version__}", call


PEERS = (new_array_callers, numpy_callers, torch_callers, jax_callers, sklearn_callers)


def measure(name, n, rounds):
    """{label: (seconds of losslab, seconds of the peer)}, medians of calls in turn."""
    rng = np.random.default_rng(0)
    f = rng.normal(0.0, 3.0, n)
    y = (rng.random(n) < 0.5).astype(float)
    if name == "poisson":
        y = rng.poisson(3.0, n).astype(float)
        f = rng.normal(1.0, 0.7, n)
    loss = ll.get(name)
    out = np.empty_like(f)
    want = loss.value(y, f)

    def check(label, result):
        """Everybody computes the same thing, up to a constant factor of the library's own."""
        if label.startswith("np.add"):
            return
        factor = 2.0 if label.startswith("torch") and name == "squared_error" else 1.0
        if not np.isclose(float(result[0]), factor * want, rtol=1e-9):
            raise SystemExit(f"{label} computes {result[0]} for {name}, losslab {want}")

    own = functools.partial(loss.value_and_gradient, y, f, out=out)
    return against_each(own, PEERS, (name, y, f), rounds, rng, check)


def main(quick=False, json_path=None):
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, numpy {np.__version__}, float64"
    )
    results = {}
    for name in NUMPY:
        for n in SIZES[:3] if quick else SIZES:
            rounds = max(9, min(300, 3 * 10**7 // n // (10 if quick else 1)))
            found = measure(name, n, rounds)
            results[f"{name} {n}"] = found
            print(f"\n{name}, n = {n:,}, median of {rounds} rounds")
            for label, (own, other) in sorted(found.items(), key=lambda item: item[1][1]):
                print(
                    f"  {label:24s} {other * 1e6:12.1f} us, losslab {own * 1e6:12.1f} us"
                    f"  {other / own:6.2f} x losslab"
                )
    if json_path:
        with open(json_path, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
