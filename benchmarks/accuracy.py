"""Worst error of value and gradient, in units of the last place, of losslab and its peers.

The reference is the textbook formula in mpmath; the grid covers both tails, the neighbourhood of 0
and magnitudes from 1e-300 to 1e300. A result that is infinite, 0 or NaN where the truth is an
ordinary number counts as "all digits".
"""

import numpy as np

import losslab as ll

ALL_DIGITS = 1e15


def grid():
    rng = np.random.default_rng(1)
    decades = 10.0 ** np.arange(-300, 301, 12.0)
    z = np.concatenate([np.linspace(-800, 800, 801), rng.normal(0, 3, 400), decades, -decades])
    return z[z != 0.0]


def exact(loss, y, z):
    """Correct value and gradient as mpmath numbers."""
    import mpmath as mp

    with mp.workdps(700):
        y, z = mp.mpf(float(y)), mp.mpf(float(z))
        h = abs(z) * mp.mpf(10) ** -60
        parameters = [mp.mpf(v) for v in loss.parameters.values()]

        def value_at(f):
            return loss.exact(mp, y, f, *parameters)

        value, gradient = value_at(z), (value_at(z + h) - value_at(z - h)) / (2 * h)
        return +value, +gradient


def ulps(got, want):
    """Distance in units of the last place; None where the truth is not a normal number."""
    import mpmath as mp

    if not mp.mpf(2.3e-308) < abs(want) < mp.mpf(1.7e308):
        return None
    if not np.isfinite(got) or got == 0.0:
        return ALL_DIGITS
    error = abs(mp.mpf(float(got)) - want) / mp.mpf(float(np.spacing(abs(float(want)))))
    return min(float(error), ALL_DIGITS)


def losslab_results(name, y, z):
    loss = ll.get(name)
    return loss.value(y, z, reduction="none"), loss.gradient(y, z, reduction="none")


def torch_results(name, y, z):
    import torch

    if name != "binary_cross_entropy":
        return None
    prediction = torch.from_numpy(z).requires_grad_()
    terms = torch.nn.functional.binary_cross_entropy_with_logits(
        prediction, torch.from_numpy(y), reduction="none"
    )
    gradient = torch.autograd.grad(terms.sum(), prediction)[0]
    return terms.detach().numpy(), gradient.numpy()


def jax_results(name, y, z):
    """What a JAX user writes: log_sigmoid for cross-entropy, logaddexp for log-cosh."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    def cross_entropy(z, y):
        return -y * jax.nn.log_sigmoid(z) - (1 - y) * jax.nn.log_sigmoid(-z)

    def log_cosh(z, y):
        return jnp.logaddexp(z - y, y - z) - jnp.log(2.0)

    function = {"binary_cross_entropy": cross_entropy, "log_cosh": log_cosh}[name]
    values = jax.vmap(function)(z, y)
    return np.asarray(values), np.asarray(jax.vmap(jax.grad(function))(z, y))


def sklearn_results(name, y, z):
    from sklearn._loss.loss import HalfBinomialLoss

    if name != "binary_cross_entropy":
        return None
    return HalfBinomialLoss().loss_gradient(y, z)


def main():
    print("\nworst error in units of the last place (float64)")
    z = grid()
    for name, labels in (("binary_cross_entropy", (0.0, 1.0)), ("log_cosh", (0.0,))):
        y = np.repeat(labels, z.size)
        f = np.tile(z, len(labels))
        truth = [exact(ll.get(name), *pair) for pair in zip(y, f, strict=True)]
        for label, compute in (
            ("losslab", losslab_results),
            ("scikit-learn", sklearn_results),
            ("JAX", jax_results),
            ("torch", torch_results),
        ):
            try:
                with np.errstate(all="ignore"):
                    results = compute(name, y, f)
            except ImportError as error:
                print(f"  (left out: {error})")
                continue
            if results is None:
                continue
            worst = []
            for which in (0, 1):
                errors = [ulps(results[which][i], truth[i][which]) for i in range(y.size)]
                top = max(e for e in errors if e is not None)
                worst.append("all digits" if top >= ALL_DIGITS else f"{top:.3g}")
            print(f"  {name:22s} {label:14s} value {worst[0]:>12s}   gradient {worst[1]:>12s}")
