"""A 256 x 256 landscape of a logistic model on breast_cancer (569 x 30): losslab and others in turn.

A ratio is the other's time over losslab's, both from calls in turn as in benchmarks/speed.py. All
compute in float64 and are checked against each other; losslab takes the threads it takes (as do the
others), so set LOSSLAB_NUM_THREADS, OMP_NUM_THREADS and OPENBLAS_NUM_THREADS to 1 to compare one
with one.
"""

import functools

import numpy as np

import losslab as ll
from benchmarks.turns import against_each
from losslab.training import LinearObjective, landscape

POINTS = 256


def numpy_callers(X, y, theta, directions, u, v):
    """The plain way, point by point of a line; and what a good hand makes of it."""
    sign = 1.0 - 2.0 * y

    def plain():
        losses = np.empty((v.size, u.size))
        for j in range(v.size):
            W = theta + v[j] * directions[1] + u[:, None] * directions[0]
            losses[j] = np.logaddexp(0.0, sign[:, None] * (X @ W.T)).mean(axis=0)
        return losses

    def good():
        z, du, dv = (sign * (X @ w) for w in (theta, *directions))
        losses = np.empty((v.size, u.size))
        across = z[:, None] + du[:, None] * u
        for j in range(v.size):
            m = across + dv[:, None] * v[j]
            tail = np.log1p(np.exp(-np.abs(m)))
            losses[j] = (np.maximum(m, 0.0) + tail).mean(axis=0)
        return losses

    yield f"NumPy {np.__version__}, plain", plain
    yield f"NumPy {np.__version__}, good", good


def torch_callers(X, y, theta, directions, u, v):
    import torch

    X, y, theta, u, v = (torch.tensor(array) for array in (X, y, theta, u, v))
    directions = torch.tensor(directions)

    def loss(a, b):
        logits = X @ (theta + a * directions[0] + b * directions[1])
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, y)

    line = torch.vmap(loss, in_dims=(0, None))

    def call():
        with torch.inference_mode():
            return torch.stack([line(u, b) for b in v]).numpy()

    yield f"torch {torch.__version__} vmap", call


def jax_callers(X, y, theta, directions, u, v):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    sign = jnp.asarray(1.0 - 2.0 * y)
    X, theta, u, v = map(jnp.asarray, (X, theta, u, v))
    directions = jnp.asarray(directions)

    def loss(a, b):
        return jax.nn.softplus(sign * (X @ (theta + a * directions[0] + b * directions[1]))).mean()

    line = jax.vmap(loss, in_axes=(0, None))
    plane = jax.jit(lambda u, v: jax.lax.map(lambda b: line(u, b), v))
    yield f"JAX {jax.__version__} vmap", lambda: np.asarray(plane(u, v))


PEERS = (numpy_callers, torch_callers, jax_callers)


def measure(rounds):
    """{label: (seconds of losslab, seconds of the other)}, medians of calls in turn."""
    data = ll.datasets.load("breast_cancer")
    X = np.asarray(data.X, dtype=float)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = np.asarray(data.y, dtype=float)
    rng = np.random.default_rng(0)
    objective = LinearObjective(X, y, ll.get("binary_cross_entropy"))
    theta = rng.normal(0.0, 0.3, objective.size)
    given = {"span": 2.0, "points": POINTS, "seed": 1}
    found = landscape(objective, theta, **given)
    arguments = (objective.X, y, theta, found.directions, *found.axes)

    def check(label, result):
        if not np.allclose(result, found.losses, rtol=1e-12, atol=0.0):
            raise SystemExit(f"{label} and losslab compute different landscapes")

    own = functools.partial(landscape, objective, theta, **given)
    return against_each(own, PEERS, arguments, rounds, rng, check)


def main(quick=False):
    print(
        f"\nlandscape of a logistic model, {POINTS} x {POINTS}; ratio: the other's time over ours"
    )
    for label, (own, other) in measure(5 if quick else 21).items():
        print(
            f"  {label:24s} {other * 1e3:6.1f} ms, losslab {own * 1e3:6.1f} ms,"
            f" ratio {other / own:.1f}"
        )


if __name__ == "__main__":
    main()
