"""The training that `TrainingMonitor` shows, in Python: the numbers of the page, bit for bit with Numba.

Data, flipped labels, leaked rows, batches and the start are all decided by the seed, through counted
random numbers (`losslab.training.networks.draw_loops`) that the page has too.
"""

import functools
import math
from typing import NamedTuple

import numpy as np

from losslab.contract.definition import Definition
from losslab.engine import native
from losslab.engine.alone import compiled
from losslab.training.networks.data import as_data
from losslab.training.networks.draw_loops import ORDER, UNIFORM
from losslab.training.networks.network import Network
from losslab.training.networks.objective import load
from losslab.training.networks.passes import PART, Pass
from losslab.training.networks.stepper import Stepper
from losslab.widgets.parts.sets import rows_of
from losslab.widgets.parts.shared import SHARED

WORDS = SHARED["training"]
STREAMS, PARTS, CLASSES = WORDS["streams"], WORDS["parts"], WORDS["classes"]


class Settings(NamedTuple):
    """What decides a training."""

    dataset: str
    loss: Definition
    width: int
    learning_rate: float
    optimiser: Definition
    batch_size: int
    label_noise: float
    leak: float
    shuffle: bool
    epochs: int
    train_size: int
    seed: int


class Training(NamedTuple):
    """What came of it: numbers after each epoch, the start first, and the last weights."""

    train_loss: np.ndarray
    train_accuracy: np.ndarray
    validation_loss: np.ndarray
    validation_accuracy: np.ndarray
    test_loss: float
    test_accuracy: float
    gradient_norm: np.ndarray  # of each step
    theta: np.ndarray
    diverged: bool

    @property
    def gap(self):
        """How much larger the last loss is on the validation rows than on the training rows."""
        return self.validation_loss[-1] - self.train_loss[-1]


def uniform(seed, stream, n):
    """n numbers of at least 0 and below 1."""
    out = np.zeros(n)
    compiled(UNIFORM)(seed, stream, n, out)
    return out


def order(seed, stream, n):
    """The whole numbers below n in a random order."""
    out = np.zeros(n)
    compiled(ORDER)(seed, stream, n, out)
    return out.astype(int)


def samples(settings):
    """Which rows are trained on, validated and tested with, and the label that each has there.

    Returns
    -------
    dict of str to tuple of ndarray and ndarray
        For ``"train"``, ``"validation"`` and ``"test"``: rows of the data, and labels.
    """
    _, y = rows_of(settings.dataset)
    places = np.split(order(settings.seed, STREAMS["split"], len(y)), np.cumsum(PARTS)[:2])
    train, validation, test = places
    train = train[: settings.train_size]
    n = len(train)
    labels = y[train].copy()
    flipped = order(settings.seed, STREAMS["flipped"], n)[: round_half_up(settings.label_noise * n)]
    steps = np.floor(uniform(settings.seed, STREAMS["others"], n) * (CLASSES - 1)) + 1
    labels[flipped] = (labels[flipped] + steps[flipped]) % CLASSES
    if not settings.shuffle:
        by_class = np.argsort(labels, kind="stable")
        train, labels = train[by_class], labels[by_class]
    # A leaked row stands among the validation rows as it is trained on.
    leaked = np.arange(round_half_up(settings.leak * len(validation)))
    among = order(settings.seed, STREAMS["leaked"], n)[leaked % n]
    validation, seen = validation.copy(), y[validation].copy()
    validation[leaked], seen[leaked] = train[among], labels[among]
    return {"train": (train, labels), "validation": (validation, seen), "test": (test, y[test])}


def round_half_up(x):
    """As the page rounds."""
    return math.floor(x + 0.5)


def start_of(network, seed):
    """Weights and biases of each layer uniform within 1 / sqrt(inputs)."""
    theta = np.zeros(network.size)
    u = uniform(seed, STREAMS["start"], network.size)
    for n, (weights, biases) in zip(network.sizes[:-1], network.places, strict=True):
        bound = 1.0 / math.sqrt(n)
        for place in (weights, biases):
            theta[place] = (2.0 * u[place] - 1.0) * bound
    return theta


@functools.lru_cache(maxsize=32)
def trained(settings):
    """The whole training.

    Parameters
    ----------
    settings : Settings

    Returns
    -------
    Training
        Cached. Without Numba the last digits are those of the machine's own products of matrices.
    """
    X, _ = rows_of(settings.dataset)
    products = "loops" if native.have_numba() else "blas"
    network = Network((X.shape[1], settings.width, CLASSES)).under([settings.loss])
    losses = (settings.loss,)
    sets = {
        name: as_data(network, losses, X[rows], labels)
        for name, (rows, labels) in samples(settings).items()
    }
    theta = start_of(network, settings.seed)
    stepper = Stepper(network, losses, sets["train"], theta, settings.optimiser, products=products)
    passes = {}

    def look(name):
        """Mean loss and accuracy on one of the sets."""
        data, mean, right = sets[name], 0.0, 0
        for begin in range(0, data.rows, PART):
            rows = slice(begin, min(begin + PART, data.rows))
            count = rows.stop - begin
            if count not in passes:
                g = np.zeros(network.size)
                passes[count] = Pass(network, count, stepper.theta, g, losses, products=products)
            one = passes[count]
            load(one, data, rows, float(data.rows))
            mean = math.nan if one.run_value() else mean + one.value()
            right += int((one.f[0].argmax(axis=1) == data.targets[0][rows]).sum())
        return mean, right / data.rows

    looked = {"train": [look("train")], "validation": [look("validation")]}
    lengths, size, diverged = [], min(settings.batch_size, settings.train_size), False
    stepper.rate.number = settings.learning_rate
    for epoch in range(settings.epochs):
        rows = np.arange(settings.train_size)
        if settings.shuffle:
            rows = order(settings.seed, STREAMS["epochs"] + epoch, settings.train_size)
        for begin in range(0, len(rows), size):
            # The last batch is divided by the size of the others: all samples count the same.
            loss, legal = stepper.step(rows[begin : begin + size], size)
            lengths.append(stepper.gradient_length())
            diverged = not (legal and math.isfinite(loss + lengths[-1]))
            if diverged:
                break
        if diverged:
            break
        for name, column in looked.items():
            column.append(look(name))
    test = look("test")
    columns = [np.array(column).T for column in looked.values()]
    (train_loss, train_accuracy), (validation_loss, validation_accuracy) = columns
    return Training(
        train_loss,
        train_accuracy,
        validation_loss,
        validation_accuracy,
        *test,
        np.array(lengths),
        stepper.theta.copy(),
        diverged,
    )
