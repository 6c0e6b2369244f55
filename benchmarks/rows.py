"""Softmax cross-entropy, value and gradient: losslab and each of its peers in turn, in one run.

A ratio is the peer's time over losslab's, both from calls in turn as in benchmarks/speed.py.
"""

import functools
import os

import numpy as np

import losslab as ll
from benchmarks.turns import against_each

SHAPES = ((10**6, 10), (10**5, 100), (10**4, 1000))


def torch_callers(y, f):
    import torch

    logits = torch.from_numpy(f).requires_grad_()
    labels = torch.from_numpy(y)

    def call():
        loss = torch.nn.functional.cross_entropy(logits, labels)
        return loss.item(), torch.autograd.grad(loss, logits)[0]

    yield f"torch {torch.__version__}", call


def jax_callers(y, f):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    def mean(f, y):
        return optax.softmax_cross_entropy_with_integer_labels(f, y).mean()

    compiled = jax.jit(jax.value_and_grad(mean))
    y, f = jnp.asarray(y), jnp.asarray(f)
    yield f"JAX {jax.__version__}", lambda: jax.block_until_ready(compiled(f, y))


def sklearn_callers(y, f):
    import sklearn
    from sklearn._loss.loss import HalfMultinomialLoss

    loss = HalfMultinomialLoss(n_classes=f.shape[1])
    labels = y.astype(f.dtype)
    terms, out = np.empty(len(f), f.dtype), np.empty_like(f)
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    def call():
        loss.loss_gradient(labels, f, loss_out=terms, gradient_out=out, n_threads=threads)
        return terms.mean(), out

    yield f"scikit-learn {sklearn.__version__}", call


PEERS = (torch_callers, jax_callers, sklearn_callers)


def measure(n, k, dtype, rounds):
    """{label: (seconds of losslab, seconds of the peer)}, medians of calls in turn."""
    rng = np.random.default_rng(0)
    f = rng.normal(0.0, 3.0, (n, k)).astype(dtype)
    y = rng.integers(0, k, n)
    loss = ll.get("softmax_cross_entropy")
    out = np.empty_like(f)
    want = loss.value(y, f)

    def check(label, result):
        if not np.isclose(float(result[0]), want, rtol=1e-4 if dtype == np.float32 else 1e-9):
            raise SystemExit(f"{label} computes {result[0]}, losslab {want}")

    own = functools.partial(loss.value_and_gradient, y, f, out=out)
    return against_each(own, PEERS, (y, f), rounds, rng, check)


def main(quick=False):
    print("\nsoftmax cross-entropy, value and gradient; ratio: the peer's time over losslab's")
    for n, k in SHAPES:
        for dtype in (np.float64, np.float32):
            print(f"  n = {n}, K = {k}, {np.dtype(dtype).name}")
            for label, (own, other) in measure(n, k, dtype, 9 if quick else 41).items():
                print(
                    f"    {label:20s} {other * 1e3:6.1f} ms, losslab {own * 1e3:6.1f} ms,"
                    f" ratio {other / own:.2f}"
                )
