"""Steps of training in a page, composed of the module `network`: the bits of the package."""

import numpy as np
import pytest

import losslab as ll
from losslab.engine import native
from losslab.engine.alone import compiled
from losslab.training import Network, optimisers
from losslab.training.networks.data import as_data
from losslab.training.networks.draw_loops import ORDER, UNIFORM
from losslab.training.networks.stepper import Stepper
from losslab.training.optimisers import ClipByNorm, ClipByValue
from losslab.widgets.manifest import module_of
from tests import built
from tests.engine.test_parity import assert_same_bits
from tests.widgets.served import served

built.need("assets")

ROWS, INPUTS, CLASSES, BATCH = 23, 5, 3, 7  # numbers with which something is left over everywhere
CASES = [
    ("cross_entropy", "adam", "relu", (6,), None),
    ("brier_softmax", "heavy_ball", "tanh", (6, 9), ClipByNorm(0.05)),
    (ll.get("focal_multiclass", gamma=1.5), "gradient_descent", "gelu", (4,), ClipByValue(0.01)),
    ("cross_entropy", optimisers.get("nadam", beta1=0.8), "sigmoid", (), ClipByNorm(0.1, 1e-6)),
]
TRAIN = """async ({ given, batches, rate, pause }) => {
  const { makeTraining } = await import("/numbers/network.js");
  given.X = Float64Array.from(given.X);
  let training = makeTraining(wasm, given);
  const seen = batches.map((rows, i) => {
    if (i === pause) training = makeTraining(wasm, { ...given, state: training.state() });
    return training.step(Float64Array.from(rows), batches[0].length, rate);
  });
  const look = training.look(Float64Array.from({ length: given.y.length }, (_, i) => i));
  let turn = look.next();
  while (!turn.done) turn = look.next();
  const { theta, memory, t } = training.state();
  return { seen, theta: [...theta], memory: [...memory], t, look: turn.value };
}"""


@pytest.fixture(scope="module")
def page(browser):
    names = ("adam", "heavy_ball", "gradient_descent", "nadam")
    modules = {module_of(optimisers.find(name)) for name in names}
    modules |= {module_of(type(ll.get(name))) for name in ("cross_entropy", "brier_softmax")}
    modules |= {module_of(type(ll.get("focal_multiclass"))), "network"}
    with served(browser, sorted(modules)) as page:
        yield page


def case(loss, optimiser, activation, hidden, clip):
    """A stepper that computes as the page does, and its data."""
    loss = ll.get(loss) if isinstance(loss, str) else loss
    optimiser = optimisers.get(optimiser) if isinstance(optimiser, str) else optimiser
    rng = np.random.default_rng(4)
    X = rng.normal(size=(ROWS, INPUTS))
    y = rng.integers(0, CLASSES, ROWS)
    network = Network((INPUTS, *hidden, CLASSES), activation).under([loss])
    data = as_data(network, (loss,), X, y)
    theta = network.start(seed=2)
    stepper = Stepper(network, (loss,), data, theta, optimiser, clip=clip, products="loops")
    order = rng.permutation(2 * ROWS) % ROWS
    return stepper, data, [order[i : i + BATCH] for i in range(0, len(order), BATCH)]


def given_to_page(stepper, data):
    loss, optimiser, clip = stepper.losses[0], stepper.optimiser, stepper.clip
    clips = None
    if clip is not None:
        norm = isinstance(clip, ClipByNorm)
        clips = {"norm": clip.limit, "add": clip.add} if norm else {"value": clip.limit}
    return {
        "sizes": stepper.network.sizes,
        "activation": stepper.network.activation,
        "loss": {"name": loss.name, "a": list(loss._packed) if loss.parameter_specs else []},
        "optimiser": {
            "name": optimiser.name,
            "module": module_of(type(optimiser)),
            "a": list(optimiser._packed),
            "slots": optimiser.slots,
        },
        "clip": clips,
        "X": data.X.ravel().tolist(),
        "y": data.targets[0].tolist(),
        "state": {
            "theta": stepper.theta.tolist(),
            "memory": stepper.memory.ravel().tolist(),
            "t": 0,
        },
    }


def steps(stepper, batches, rate):
    stepper.rate.number = rate
    return [[stepper.step(rows, BATCH).loss, stepper.gradient_length()] for rows in batches]


@pytest.mark.parametrize("given", CASES, ids=str)
def test_whole_steps_have_the_same_bits(page, given):
    stepper, data, batches = case(*given)
    asked = {"given": given_to_page(stepper, data), "rate": 0.05, "pause": 3}
    # A pause in the middle: a state that was handed out goes on as if nothing had been.
    got = page.evaluate(TRAIN, asked | {"batches": [rows.tolist() for rows in batches]})
    want = np.array(steps(stepper, batches, 0.05))
    assert_same_bits(np.array([[s["loss"], s["length"]] for s in got["seen"]]), want, given)
    assert_same_bits(np.array(got["theta"]), stepper.theta, given)
    memory = np.array(got["memory"], dtype=float)
    assert_same_bits(memory, stepper.memory.ravel(), given)
    assert got["t"] == stepper.t.number == len(batches)
    f = stepper.network.predict(stepper.theta, data.X)
    right = np.mean(f.argmax(axis=1) == data.targets[0])
    mean = stepper.losses[0].value(data.targets[0], f)
    assert got["look"]["accuracy"] == right
    assert got["look"]["loss"] == pytest.approx(mean, rel=1e-13)


def test_the_interpreter_makes_the_same_steps(monkeypatch):
    compiled_steps = []
    for have_numba in (True, False):
        monkeypatch.setattr(native, "have_numba", lambda answer=have_numba: answer)
        compiled.cache_clear()
        stepper, _, batches = case("cross_entropy", "adam", "relu", (6,), ClipByNorm(0.05))
        for cls in (type(stepper.losses[0]), type(stepper.optimiser)):
            monkeypatch.setattr(cls, "_compiled", {}, raising=False)
        compiled_steps.append([np.array(steps(stepper, batches, 0.05)), stepper.theta])
    compiled.cache_clear()
    for got, want in zip(*compiled_steps, strict=True):
        assert_same_bits(got, want, "a step")


DRAWS = """async ({ seed, stream, n }) => {
  const { drawsOf } = await import("/numbers/network.js");
  const { uniform, order } = drawsOf(wasm, seed);
  return [[...uniform(stream, n)], [...order(stream, n)]];
}"""


@pytest.mark.parametrize(("seed", "stream", "n"), [(0, 0, 1), (7, 3, 900), (2**31 - 1, 2000, 65)])
def test_the_page_draws_the_same_numbers(page, seed, stream, n):
    uniform, order = page.evaluate(DRAWS, {"seed": seed, "stream": stream, "n": n})
    for loop, got in ((UNIFORM, uniform), (ORDER, order)):
        want, interpreted = np.zeros(n), np.zeros(n)
        compiled(loop)(seed, stream, n, want)
        loop.function(seed, stream, n, interpreted)
        assert np.array_equal(got, want) and np.array_equal(interpreted, want)


def test_draws_are_even():
    u, order = np.zeros(20000), np.zeros(20000)
    compiled(UNIFORM)(3, 1, u.size, u)
    compiled(ORDER)(3, 1, order.size, order)
    assert 0.0 <= u.min() and u.max() < 1.0
    counts = np.bincount((u * 50).astype(int), minlength=50)
    assert ((counts - 400) ** 2 / 400).sum() < 94.0  # one in 10 000 is above
    assert np.array_equal(np.sort(order), np.arange(20000.0))
    for x in (u, order):
        assert abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 0.03
    first = [np.zeros(2) for _ in range(2000)]
    for seed, pair in enumerate(first):
        compiled(UNIFORM)(seed, 5, 2, pair)
    first = np.array(first)
    assert np.abs(first.mean(axis=0) - 0.5).max() < 0.03
    assert np.abs(np.corrcoef(first[:-1, 0], first[1:, 0])[0, 1]) < 0.1
