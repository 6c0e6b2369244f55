"""Softmax cross-entropy, value and gradient: losslab and its peers, side by side in one run.

As in benchmarks/speed.py every round calls each library once in random order; the ratio is the time
of the fastest peer over losslab's.
"""

import os
import statistics
import time

import numpy as np

import losslab as ll

SHAPES = ((10**6, 10), (10**5, 100), (10**4, 1000))


def losslab_callers(y, f):
    loss = ll.get("softmax_cross_entropy")
    out = np.empty_like(f)
    yield "losslab", lambda: loss.value_and_gradient(y, f, out=out)


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


PEERS = (losslab_callers, torch_callers, jax_callers, sklearn_callers)


def measure(n, k, dtype, rounds):
    """Median seconds a call of every library, called in turn."""
    rng = np.random.default_rng(0)
    f = rng.normal(0.0, 3.0, (n, k)).astype(dtype)
    y = rng.integers(0, k, n)
    callers = {}
    for make in PEERS:
        try:
            callers.update(make(y, f))
        except ImportError as error:
            print(f"  (left out: {error})")
    want = float(callers["losslab"]()[0])
    for label, call in callers.items():
        got = float(call()[0])
        if not np.isclose(got, want, rtol=1e-4 if dtype == np.float32 else 1e-9):
            raise SystemExit(f"{label} computes {got}, losslab {want}")
    times = {label: [] for label in callers}
    turns = list(callers)
    for _ in range(rounds):
        rng.shuffle(turns)
        for label in turns:
            started = time.perf_counter()
            callers[label]()
            times[label].append(time.perf_counter() - started)
    return {label: statistics.median(t) for label, t in times.items()}


def main(quick=False):
    print("\nsoftmax cross-entropy, value and gradient")
    for n, k in SHAPES:
        for dtype in (np.float64, np.float32):
            medians = measure(n, k, dtype, 5 if quick else 21)
            own = medians["losslab"]
            best = min(t for label, t in medians.items() if label != "losslab")
            row = ", ".join(f"{label} {t * 1e3:.1f} ms" for label, t in medians.items())
            print(f"  n = {n}, K = {k}, {np.dtype(dtype).name}: {row}; ratio {best / own:.2f}")
