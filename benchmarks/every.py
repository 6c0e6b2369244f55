"""Every pointwise loss beside the line of JAX that its textbook suggests, called in turn.

A ratio is JAX's time over losslab's for value and gradient in float64: above 1, losslab is faster.
losslab writes into an array it is given (`out=`); JAX makes a new one, which is how it works.
"""

import functools

import numpy as np

import losslab as ll
from benchmarks.turns import medians

SIZES = (10**3, 10**5, 10**6, 10**7)


def rounds_for(n, quick):
    """Fewer for large arrays, which take long and scatter little."""
    return max(5, min(200, 10**7 // n)) // (2 if quick else 1)


def check(name, own, other):
    """Stop where the line of JAX is another function than the loss."""
    value, gradient = own
    n = gradient.size
    far = np.abs(np.asarray(other[1]) - gradient) * n > 1e-5 * np.maximum(1.0, abs(gradient) * n)
    if not np.isclose(float(other[0]), value, rtol=1e-6) or far.any():
        raise SystemExit(
            f"the formula of {name} gives {float(other[0])} and {int(far.sum())} other gradients, "
            f"losslab {value}"
        )


def measure(name, n, rounds):
    """Seconds of losslab and of JAX."""
    import jax

    from benchmarks.formulas import mean_and_gradient

    rng = np.random.default_rng(0)
    loss = ll.get(name)
    y, f = loss.example(n, rng)
    own = functools.partial(loss.value_and_gradient, y, f, out=np.empty(n))
    compiled, arrays = mean_and_gradient(loss), (jax.device_put(f), jax.device_put(y))

    def other():
        return jax.block_until_ready(compiled(*arrays))

    check(name, own(), other())
    return medians(own, other, rounds, rng)


def main(quick=False):
    try:
        from benchmarks.formulas import FORMULAS
    except ImportError as error:
        print(f"  (left out: {error})")
        return
    names = [name for name in ll.available(kind="pointwise") if name in FORMULAS]
    for n in SIZES[:3] if quick else SIZES:
        print(f"\nvalue and gradient of every loss beside JAX, n = {n:,}, ns an element")
        found = {name: measure(name, n, rounds_for(n, quick)) for name in names}
        for name in sorted(names, key=lambda name: -found[name][1] / found[name][0]):
            own, other = (seconds / n * 1e9 for seconds in found[name])
            print(
                f"  {name:34s} JAX {other:8.2f}   losslab {own:8.2f}   ratio {other / own:5.2f}",
                flush=True,
            )
