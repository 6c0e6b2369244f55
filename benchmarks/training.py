"""A step of training, batch 64, Adam: losslab and others in turn, in one run.

A step is forward, mean cross-entropy, backward and update, and gives the loss as a number; data and
start are the same for all, and so is the first loss. losslab's step also gathers the rows of its
batch, and measures gradient and way, as `losslab.training.fit` does. Inputs are dense: normal
numbers, none of them 0. losslab's products run in one thread, torch's too; set OMP_NUM_THREADS and
OPENBLAS_NUM_THREADS to 1 for the rest, and XLA_FLAGS=--xla_cpu_multi_thread_eigen=false.

A ratio is the other's time over losslab's, both from calls in turn as in benchmarks/speed.py.
"""

import functools

import numpy as np

import losslab as ll
from benchmarks.turns import against_each
from losslab.training import Network, optimisers
from losslab.training.networks.data import as_data
from losslab.training.networks.stepper import Stepper

SIZES = ((784, 32, 10), (64, 64, 10), (30, 32, 1))
ROWS = 64
RATE = 1e-3
ADAM = {"b1": 0.9, "b2": 0.999, "eps": 1e-8}


def problem(sizes, dtype):
    """Inputs, labels, a start, and the loss of one output or of several."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(ROWS, sizes[0])).astype(dtype)
    y = rng.integers(0, max(2, sizes[-1]), ROWS)
    loss = ll.get("softmax_cross_entropy" if sizes[-1] > 1 else "binary_cross_entropy")
    network = Network(sizes).under([loss])
    return network, loss, X, y, network.start(seed=0).astype(dtype)


def own_step(sizes, dtype, products="blas"):
    network, loss, X, y, theta = problem(sizes, dtype)
    data = as_data(network, [loss], X, y)
    adam = optimisers.get("adam")
    stepper = Stepper(network, [loss], data, theta, adam, products=products)
    stepper.rate.number = RATE
    rows = np.arange(ROWS)
    return lambda: stepper.step(rows, ROWS).loss


def loops_callers(sizes, dtype):
    yield "losslab, loops of the page", own_step(sizes, dtype, "loops")


def torch_callers(sizes, dtype):
    import torch

    torch.set_num_threads(1)
    network, _, X, y, theta = problem(sizes, dtype)
    several = sizes[-1] > 1
    X = torch.tensor(X)
    y = torch.tensor(y) if several else torch.tensor(y.astype(dtype))[:, None]
    ask = torch.nn.functional
    criterion = ask.cross_entropy if several else ask.binary_cross_entropy_with_logits
    for label, options in (("eager", {}), ("fused", {"fused": True})):
        layers = []
        for w, b in network.layers(theta):
            layer = torch.nn.Linear(*w.shape, dtype=getattr(torch, dtype))
            with torch.no_grad():
                layer.weight.copy_(torch.tensor(w.T.copy()))
                layer.bias.copy_(torch.tensor(b.copy()))
            layers += [layer, torch.nn.ReLU()]
        model = torch.nn.Sequential(*layers[:-1])
        adam = torch.optim.Adam(model.parameters(), lr=RATE, **options)

        def call(model=model, adam=adam):
            adam.zero_grad()
            loss = criterion(model(X), y)
            loss.backward()
            adam.step()
            return loss.item()

        yield f"torch {torch.__version__}, {label}", call


def jax_callers(sizes, dtype):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    network, _, X, y, theta = problem(sizes, dtype)
    several = sizes[-1] > 1
    X, y = jnp.asarray(X), jnp.asarray(y if several else y.astype(dtype)[:, None])
    held = [[jnp.asarray(w.copy()), jnp.asarray(b.copy())] for w, b in network.layers(theta)]
    adam = optax.adam(RATE, **ADAM)

    def mean(layers):
        x = X
        for i, (w, b) in enumerate(layers):
            x = x @ w + b
            x = jax.nn.relu(x) if i + 1 < len(layers) else x
        if several:
            return optax.softmax_cross_entropy_with_integer_labels(x, y).mean()
        return optax.sigmoid_binary_cross_entropy(x, y).mean()

    @functools.partial(jax.jit, donate_argnums=(0, 1))
    def step(layers, state):
        loss, gradient = jax.value_and_grad(mean)(layers)
        change, state = adam.update(gradient, state)
        return optax.apply_updates(layers, change), state, loss

    now = [held, adam.init(held)]

    def call():
        now[0], now[1], loss = step(*now)
        return float(loss)

    yield f"jax {jax.__version__}, jit", call


def sklearn_callers(sizes, dtype):
    import sklearn
    from sklearn.neural_network import MLPClassifier

    _, _, X, y, _ = problem(sizes, dtype)
    model = MLPClassifier(
        sizes[1:-1], alpha=0.0, learning_rate_init=RATE, batch_size=ROWS, random_state=0
    )
    model.partial_fit(X, y, classes=np.arange(max(2, sizes[-1])))

    def call():
        model.partial_fit(X, y)

    yield f"scikit-learn {sklearn.__version__}, partial_fit", call


def main(quick=False):
    rng = np.random.default_rng(0)
    rounds = 200 if quick else 2000
    print(f"\nA step of training, batch {ROWS}, Adam, dense normal inputs: us, and how many times")
    for sizes in SIZES:
        for dtype in ("float32", "float64"):
            own = own_step(sizes, dtype)
            first = own_step(sizes, dtype)()

            def check(label, loss, first=first, dtype=dtype):
                tolerance = 1e-5 if dtype == "float32" else 1e-12
                if loss is not None and abs(loss - first) > tolerance:
                    raise SystemExit(f"{label} computes {loss!r}, losslab {first!r}")

            makers = (loops_callers, torch_callers, jax_callers, sklearn_callers)
            found = against_each(own, makers, (sizes, dtype), rounds, rng, check)
            print(f"{'-'.join(map(str, sizes))} {dtype}")
            for label, (mine, other) in found.items():
                print(f"  {label:34} {mine * 1e6:7.1f} {other * 1e6:8.1f} {other / mine:7.2f}")


if __name__ == "__main__":
    main()
