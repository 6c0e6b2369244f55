"""Train a network: batches, validation, a history, checkpoints, an end for a reason."""

import functools
import math
import numbers
import types
import warnings
from dataclasses import dataclass

import numpy as np

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_nonnegative, as_positive
from losslab.training import checkpoint as checkpoints
from losslab.training import optimisers
from losslab.training.history import History
from losslab.training.measures import as_metrics, flat
from losslab.training.networks.data import as_data, as_losses
from losslab.training.networks.network import Network
from losslab.training.networks.objective import Passes, check_penalty
from losslab.training.networks.passes import PRODUCTS
from losslab.training.networks.starts import STARTS
from losslab.training.networks.stepper import Stepper
from losslab.training.optimisers import ClipByNorm, ClipByValue, Schedule
from losslab.training.progress import bar

# Methods that choose their own steps and need all samples for each: no rules for batches.
WHOLE_BATCH = ("lbfgs", "newton", "gauss_newton")
# Targets that have a unit and a zero that may be moved.
MEASURED = ("real", "vector")
# A training loss that has risen so many times above the first step's went the wrong way.
RISEN = 10.0
LAST_BATCHES = ("weighted", "mean", "drop")


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """A trained network.

    `predict` gives what the loss was given: logits under a loss of logits, of which
    ``prediction.argmax(axis=1)`` is the class and a softmax the probabilities. To keep the result,
    save `theta`: ``np.save(path, done.theta)``, and later
    ``Network(sizes).under([loss]).predict(np.load(path), X)`` is the same prediction.
    ``ll.plots.LiveCurve().figure(done.history)`` draws the losses.

    Attributes
    ----------
    network : Network
        With the links that its losses ask for.
    theta : ndarray of shape (network.size,)
        Weights: those of the best epoch if training was to stop early, else the last finite ones.
    last_theta : ndarray of shape (network.size,)
        Weights after the last step.
    best_epoch : int
        The epoch with the least validation loss, or the best of what was monitored; 0 without
        validation data.
    history : History
    stopped : str
        Why training ended, in words.
    diverged : bool
        Whether it ended because the loss or the gradient was no longer finite.
    """

    network: Network
    theta: np.ndarray
    last_theta: np.ndarray
    best_epoch: int
    history: History
    stopped: str
    diverged: bool

    def predict(self, X):
        """Predictions at the rows of `X`, as `Network.predict` gives them."""
        return self.network.predict(self.theta, X)

    def outputs(self, X):
        """What the last layer puts out at the rows of `X`, as `Network.outputs` gives it."""
        return self.network.outputs(self.theta, X)

    def __repr__(self):
        return f"<Fit of {self.network!r}, {self.history.epochs} epochs: {self.stopped}>"


def fit(
    network,
    X,
    y,
    loss,
    *,
    optimiser="adam",
    learning_rate=None,
    epochs=20,
    batch_size=64,
    validation=None,
    sample_weight=None,
    penalty=None,
    clip=None,
    metrics=None,
    start="torch",
    seed=0,
    shuffle=True,
    last_batch="weighted",
    micro_batch=None,
    patience=None,
    monitor="loss",
    parameters=None,
    dtype="float64",
    products="blas",
    progress=True,
    checkpoint=None,
    resume=None,
    after_epoch=None,
):
    """Train a network.

    Parameters
    ----------
    network : Network
    X, y, loss, sample_weight
        As for `NetworkObjective`. Weights of classes are weights of their samples:
        ``sample_weight=class_weights[y]``.
    optimiser : str or losslab.training.optimisers.Optimiser
        A name on the shelf `losslab.training.optimisers`, or one with other parameters.
    learning_rate : float, Schedule or callable, optional
        Finite and >= 0; one of the schedules of `losslab.training.optimisers`,
        or a function of the step t = 1, 2, …; that of the optimiser if not given.
    epochs : int
        How often all samples are seen; at least 1.
    batch_size : int, optional
        Samples of a step; None takes all of them.
    validation : tuple, optional
        ``(X, y)`` or ``(X, y, sample_weight)``, looked at after each epoch and never trained on.
    penalty : losslab.penalties.Penalty, optional
        A separable penalty of the weights, not of the biases. Each step is followed by its proximal
        point with the learning rate, so that the lasso gives exact zeros. No loss in the history
        contains it.
    clip : float or ClipByNorm or ClipByValue, optional
        What makes large gradients smaller: a number is the largest length, > 0.
    metrics : dict of str to callable, or sequence of str, optional
        ``function(y, prediction)`` by name, measured after each epoch on the training and the
        validation data; arrays of one column come without it. Known by name: ``"accuracy"``, of
        logits, scores, probabilities or values near 0 and 1, also for one-hot rows, and ``"r2"``,
        of predictions that have the shape of the targets. Only for one head.
    start : {"torch", "xavier", "he", "zeros"} or array_like of shape (network.size,)
        Weights to start from, see `Network.start`.
    seed : int
        Decides the start and the order of the samples in each epoch; >= 0.
    shuffle : bool
        Whether each epoch has an order of its own; else that of the data.
    last_batch : {"weighted", "mean", "drop"}
        What becomes of the last batch of an epoch if it is smaller: ``"weighted"`` divides its sum
        by the size of the others, so that all samples count the same in an epoch; ``"mean"``
        divides by its own, as PyTorch and Keras do, so that its samples count more; ``"drop"``
        leaves it out. With sample weights, size means weight, and under ``"mean"`` each batch is
        divided by its own.
    micro_batch : int, optional
        At most so many rows go through the network at once and gradients are added up: the same
        result, but for rounding. A batchwise loss sees each part as a batch of its own.
    patience : int, optional
        Stop after so many epochs without a better value of `monitor`; needs `validation`. The
        weights of the best epoch are the result, however training ends.
    monitor : str
        ``"loss"`` (the smaller the better) or the name of a metric (the larger the better), on the
        validation data.
    parameters : {"epoch", "step"}, optional
        Record all weights after each epoch or step, and at the start.
    dtype : {"float64", "float32"}
        Of weights, inputs and products. Losses are computed in float64 and rounded.
    products : {"blas", "loops"}
        As for `NetworkObjective`.
    progress : bool
        Whether to show a bar, if it takes longer than a second and tqdm is installed.
    checkpoint : path, optional
        A file, written after each epoch, with which training can go on.
    resume : path, optional
        A checkpoint of the same call with as many `epochs` or fewer, or that was interrupted: the
        result is that of training without a break, to the last bit.
    after_epoch : callable, optional
        Called with the `History` after each epoch: `losslab.plots.LiveCurve` draws it. If it has a
        method `close`, that is called with it at the end, also after an interruption.

    Returns
    -------
    Fit
        Also after an interruption (KeyboardInterrupt), with all that happened until then, and when
        training diverged, with a warning.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above, before the first step; the message names it.

    Warns
    -----
    RuntimeWarning
        When training diverges: in which epoch, at which step, where numbers stopped being finite,
        and what to try; also when all numbers stayed finite, but the training loss at the end is
        more than ten times that of the first step.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.training import Network, fit
    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 1]
    >>> loss = ll.get("binary_cross_entropy")
    >>> done = fit(Network((2, 1)), X, y, loss, epochs=200, learning_rate=0.1, progress=False)
    >>> (done.predict(X) > 0).ravel().tolist()
    [False, True, True, True]
    """
    losses = as_losses(network, loss)
    network = network.under(losses)
    data = as_data(network, losses, X, y, sample_weight)
    held_out = _validation(network, losses, validation)
    plan = _Plan(data, batch_size, epochs, shuffle, seed, last_batch)
    theta = _start(network, start, seed, dtype)
    optimiser = _optimiser(optimiser)
    rate_at = _rate(optimiser.learning_rate if learning_rate is None else learning_rate)
    check_penalty(penalty)
    clip = _clip(clip)
    _check_choice("products", products, PRODUCTS)
    _check_choice("parameters", parameters, (None, "epoch", "step"))
    metrics = as_metrics(metrics, losses, network, data)
    _check_patience(patience, monitor, metrics, held_out)
    if after_epoch is not None and not callable(after_epoch):
        raise TypeError(f"after_epoch must be a function, got {shortened(after_epoch)}")
    micro_batch = None if micro_batch is None else as_count("micro_batch", micro_batch)
    stepper = Stepper(
        network,
        losses,
        data,
        theta,
        optimiser,
        penalty=penalty,
        clip=clip,
        products=products,
        part=micro_batch,
    )
    run = _Run(stepper, data, held_out, plan, rate_at, metrics, patience, monitor, parameters)
    settings = {
        "network": repr(network),
        "loss": repr(losses),
        "optimiser": repr(optimiser),
        "learning_rate": (
            "a function" if isinstance(learning_rate, types.FunctionType) else repr(learning_rate)
        ),
        "penalty": repr(penalty),
        "clip": repr(clip),
        "batch_size": plan.batch_size,
        "last_batch": last_batch,
        "micro_batch": micro_batch,
        "shuffle": bool(shuffle),
        "seed": plan.seed,
        "dtype": str(theta.dtype),
        "products": products,
        "metrics": list(metrics),
        "patience": patience,
        "monitor": monitor,
        "parameters": parameters,
        "data": _digest(data, held_out),
        "start": checkpoints.digest(theta),
    }
    if resume is not None:
        run.restore(checkpoints.load(resume, settings))
        if run.history.epochs > plan.epochs:
            raise ValueError(
                f"epochs must be at least {run.history.epochs}, as many as {resume} has done, got "
                f"{plan.epochs}"
            )
    save = None
    if checkpoint is not None:
        checkpoints.check_folder(checkpoint)
        save = functools.partial(_save, checkpoint, settings)
    return run.run(progress, save, after_epoch)


class _Plan:
    """Which rows each step takes."""

    def __init__(self, data, batch_size, epochs, shuffle, seed, last_batch):
        self.rows, self.shuffle = data.rows, shuffle
        self.epochs = as_count("epochs", epochs)
        size = data.rows if batch_size is None else as_count("batch_size", batch_size)
        self.batch_size = min(size, data.rows)
        if isinstance(seed, bool) or not isinstance(seed, numbers.Integral) or seed < 0:
            raise ValueError(f"seed must be a whole number >= 0, got {shortened(seed)}")
        self.seed = int(seed)
        _check_choice("last_batch", last_batch, LAST_BATCHES)
        self.last_batch = last_batch
        self.w = data.w
        self.share = self.batch_size if data.w is None else data.w.mean() * self.batch_size
        begins = range(0, data.rows, self.batch_size)
        whole = data.rows // self.batch_size
        self.steps = whole if last_batch == "drop" else len(begins)

    def batches(self, epoch):
        """The rows of each batch of an epoch, which depend on the seed and the epoch alone."""
        order = np.arange(self.rows)
        if self.shuffle:
            order = np.random.default_rng([self.seed, epoch]).permutation(self.rows)
        for i in range(self.steps):
            yield order[i * self.batch_size : (i + 1) * self.batch_size]

    def weights(self, rows):
        """The weight of a batch, and what its weighted sum is divided by."""
        own = len(rows) if self.w is None else float(self.w[rows].sum())
        return own, (own if self.last_batch == "mean" else self.share)


class _Run:
    """One training, from its first step or from a checkpoint to its end."""

    def __init__(
        self, stepper, data, held_out, plan, rate_at, metrics, patience, monitor, parameters
    ):
        self.stepper, self.data, self.held_out, self.plan = stepper, data, held_out, plan
        self.rate_at, self.metrics = rate_at, metrics
        self.patience, self.monitor, self.parameters = patience, monitor, parameters
        names = ["running_loss", "train_loss"]
        if held_out is not None:
            names.append("validation_loss")
        for metric in metrics:
            names.append(f"train_{metric}")
            if held_out is not None:
                names.append(f"validation_{metric}")
        self.history = History(names)
        if parameters is not None:
            self.history.add_parameters(stepper.theta)
        arguments = (stepper.network, stepper.losses)
        kind = stepper.dtype
        self.on_train = Passes(*arguments, data.w is not None, stepper.products, dtype=kind)
        if held_out is not None:
            weighted = held_out.w is not None
            self.on_held_out = Passes(*arguments, weighted, stepper.products, dtype=kind)
        self.best, self.best_epoch = np.inf, 0
        self.best_theta = stepper.theta.copy()
        self.kept = stepper.theta.copy()  # the last weights that were finite
        self.words = ""

    # From and to a checkpoint ---------------------------------------------------------------------

    def restore(self, arrays):
        stepper = self.stepper
        for name, place in (("theta", stepper.theta), ("memory", stepper.memory)):
            place[...] = arrays[name]
        stepper.t.number = int(arrays["steps_done"])
        self.best, self.best_epoch = float(arrays["best"]), int(arrays["best_epoch"])
        self.best_theta = arrays["best_theta"].astype(stepper.dtype)
        self.kept = stepper.theta.copy()
        self.history = History.restored(self.history.epoch_names, arrays)

    def saved(self):
        stepper = self.stepper
        return {
            "theta": stepper.theta,
            "memory": stepper.memory,
            "steps_done": np.array(stepper.t.number),
            "best": np.array(self.best),
            "best_epoch": np.array(self.best_epoch),
            "best_theta": self.best_theta,
            **self.history.saved(),
        }

    # Training -------------------------------------------------------------------------------------

    def run(self, progress, save, after_epoch):
        plan, begin = self.plan, self.history.epochs
        shown = bar(plan.epochs * plan.steps, begin * plan.steps, progress)
        stopped, diverged, epoch = "all epochs are done", False, begin
        try:
            for epoch in range(begin + 1, plan.epochs + 1):
                if self.waited_enough():
                    break
                trouble = self.epoch(epoch, shown)
                if trouble:
                    stopped, diverged = trouble, True
                    break
                if save is not None:
                    save(self.saved())
                if after_epoch is not None:
                    after_epoch(self.history)
            if not diverged and self.waited_enough():
                stopped = (
                    f"no better validation {self.monitor} in {self.patience} epochs after epoch "
                    f"{self.best_epoch}"
                )
        except KeyboardInterrupt:
            stopped = f"interrupted in epoch {epoch}, after step {self.stepper.t.number}"
        finally:
            shown.close()
        if hasattr(after_epoch, "close"):
            after_epoch.close(self.history)
        warning = stopped if diverged else self.risen()
        if warning:
            warnings.warn(warning, RuntimeWarning, stacklevel=3)
        last = self.kept if diverged else self.stepper.theta.copy()
        early = self.patience is not None and self.best_epoch > 0
        theta = self.best_theta if early else last
        for array in (theta, last):
            array.flags.writeable = False
        network = self.stepper.network
        return Fit(network, theta, last, self.best_epoch, self.history, stopped, diverged)

    def epoch(self, epoch, shown):
        """One epoch; what went wrong in words, or an empty text."""
        stepper, plan, history = self.stepper, self.plan, self.history
        total = seen = 0.0
        for rows in plan.batches(epoch):
            t = stepper.t.number + 1
            rate = stepper.rate.number = self.rate_at(t)
            weight, divisor = plan.weights(rows)
            if weight == 0.0:  # nobody counts: there is no step to make
                continue
            step = stepper.step(rows, divisor)
            loss = step.loss * (divisor / weight)
            length, way = stepper.gradient_length(), stepper.step_length()
            history.add_step(t, epoch, loss, length, way, rate)
            if not (step.legal and math.isfinite(loss + length + way)):
                if np.isfinite(stepper.old).all():
                    self.kept = stepper.old.copy()
                return self.trouble(epoch, t, step.legal, loss, length, rate, rows)
            if self.parameters == "step":
                history.add_parameters(stepper.theta)
            total += step.loss * divisor
            seen += weight
            shown.advance(1, self.words)
        self.kept = stepper.theta.copy()
        if self.parameters == "epoch":
            history.add_parameters(stepper.theta)
        numbers = self.measured(total / seen)
        history.add_epoch(*numbers)
        found = dict(zip(history.epoch_names, numbers, strict=True))
        self.words = f"epoch {epoch}, loss {found['train_loss']:.4g}"
        if self.held_out is not None:
            self.words += f", validation {found['validation_loss']:.4g}"
            better = found[f"validation_{self.monitor}"]
            better = better if self.monitor == "loss" else -better
            if better < self.best:
                self.best, self.best_epoch = better, epoch
                self.best_theta = stepper.theta.copy()
        return ""

    def measured(self, running):
        """The numbers of an epoch, with the weights at its end."""
        theta, network = self.stepper.theta, self.stepper.network
        numbers = [running, self.on_train.run(theta, self.data, False)[0]]
        sets = [self.data]
        if self.held_out is not None:
            numbers.append(self.on_held_out.run(theta, self.held_out, False)[0])
            sets.append(self.held_out)
        if self.metrics:
            predicted = [network.predict(theta, one.X) for one in sets]
            for metric in self.metrics.values():
                for one, f in zip(sets, predicted, strict=True):
                    numbers.append(float(metric(flat(one.targets[0]), flat(f))))
        return numbers

    def refusal(self, t, epoch, rows):
        """What a loss says about the predictions of a batch that it refused.

        Raises
        ------
        ValueError
            If it refuses the targets: each is legal, but not those of this batch together.
        """
        stepper, some = self.stepper, self.data.chosen(rows)
        if not np.isfinite(stepper.old).all():
            return "the predictions were no longer legal"
        with np.errstate(all="ignore"):
            predicted = stepper.network.predict(stepper.old, some.X.astype(stepper.dtype))
        heads = predicted if isinstance(predicted, tuple) else (predicted,)
        for loss, y, f in zip(stepper.losses, some.targets, heads, strict=True):
            try:
                loss.value(y, f[:, 0] if getattr(loss, "outputs", "") == "number" else f)
            except ValueError as error:
                if "y_true" not in str(error):
                    return f"a prediction was refused ({error})"
                words = str(error).replace("y_true", "y")
                raise ValueError(
                    f"the batch of step {t}, in epoch {epoch}, has no {loss.name}: {words}. A larger "
                    "batch_size makes this rarer"
                ) from None
        return "the predictions were no longer legal"

    def waited_enough(self):
        """Whether the best epoch is `patience` epochs ago."""
        if self.patience is None or self.history.epochs == 0:
            return False
        return self.history.epochs - self.best_epoch >= self.patience

    def trouble(self, epoch, t, legal, loss, length, rate, rows):
        """When, where and why numbers stopped being finite, and what to try."""
        stepper = self.stepper
        what = f"the loss became {loss:g}"
        if not legal:
            what = self.refusal(t, epoch, rows)
        elif math.isfinite(loss):
            what = f"the gradient's length became {length:g}"
            if math.isfinite(length):
                what = "the step was no longer finite"
        if not np.isfinite(stepper.old).all():
            where = "the weights before this step were no longer finite"
        else:
            where = _where(stepper, rows)
        return (
            f"training diverged in epoch {epoch}, at step {t}: {what}; {where}. {self.advice(rate)}"
        )

    def risen(self):
        """What to say of a loss that rose far above its start without an overflow, if it did."""
        history = self.history
        if not history.epochs:
            return ""
        first, last = history["loss"][0], history["train_loss"][-1]
        if not first > 0.0 or last <= RISEN * first:
            return ""
        return (
            f"training went the wrong way: the loss was {first:.3g} at the first step and is "
            f"{last:.3g} on the training data after epoch {history.epochs}. "
            f"{self.advice(history['learning_rate'].max())}"
        )

    def advice(self, rate):
        """What to try against a loss that grows."""
        tries = [f"a smaller learning rate (it was {rate:g})"]
        largest = float(np.abs(self.data.X).max())
        if largest > 10.0:
            tries.append(f"standardised inputs (the largest is {largest:.3g})")
        for loss, y in zip(self.stepper.losses, self.data.targets, strict=True):
            highest = float(np.abs(y).max())
            if highest > 10.0 and loss.target in MEASURED:
                tries.append(f"standardised targets (the largest is {highest:.3g})")
                break
        tries.append("a bound on the gradient's length (clip)")
        return f"Try {', '.join(tries[:-1])} or {tries[-1]}."


def _where(stepper, rows):
    """Where numbers stop being finite on their way through the network, in words."""
    network = stepper.network
    x = stepper.X[rows].astype(float)
    layers = network.layers(stepper.old.astype(float))
    with np.errstate(all="ignore"):
        for i, (w, b) in enumerate(layers):
            z = x @ w + b
            size = float(np.abs(z).max())
            if not math.isfinite(size):
                return f"first in the outputs of layer {i + 1} of {len(layers)}"
            if i + 1 < len(layers):
                x = np.maximum(z, 0.0) if network.activation in ("relu", "gelu") else np.tanh(z)
                x = z if network.activation == "identity" else x
    return f"the outputs were still finite, the largest {size:.3g}, their loss was not"


def _validation(network, losses, validation):
    if validation is None:
        return None
    if not isinstance(validation, tuple | list) or len(validation) not in (2, 3):
        raise TypeError(
            "validation must be (X, y) or (X, y, sample_weight), got "
            f"{shortened(type(validation).__name__)}"
        )
    names = ("X of validation", "y of validation", "sample_weight of validation")
    return as_data(network, losses, *validation, names=names)


def _start(network, start, seed, dtype):
    if str(dtype) not in ("float32", "float64") and dtype not in (np.float32, np.float64):
        raise ValueError(f"dtype must be 'float64' or 'float32', got {shortened(dtype)}")
    if isinstance(start, str):
        if start not in STARTS:
            raise ValueError(
                f"start must be one of {tuple(STARTS)} or weights of shape ({network.size},), got "
                f"{shortened(start)}"
            )
        return network.start(start, seed).astype(dtype)
    theta = np.array(start, dtype=dtype)
    if theta.shape != (network.size,) or not np.isfinite(theta).all():
        raise ValueError(
            f"start must be a name or finite weights of shape ({network.size},), got shape "
            f"{theta.shape}"
        )
    return theta


def _optimiser(optimiser):
    if isinstance(optimiser, str):
        if optimiser in WHOLE_BATCH:
            raise ValueError(
                f"optimiser {optimiser!r} sees all samples at once and chooses its steps itself: call "
                f"ll.training.optimisers.{optimiser}(objective, start)"
            )
        return optimisers.get(optimiser)
    if not isinstance(optimiser, optimisers.Optimiser):
        raise TypeError(
            "optimiser must be a name or an optimiser such as "
            f"ll.training.optimisers.get('adam'), got {shortened(optimiser)}"
        )
    return optimiser


def _rate(rate):
    if isinstance(rate, Schedule):
        return rate.rate
    if callable(rate):

        def rate_at(t):
            return as_nonnegative(f"learning_rate({t})", rate(t))

        return rate_at
    rate = as_nonnegative("learning_rate", rate)
    return lambda t: rate


def _clip(clip):
    if clip is None:
        return None
    if isinstance(clip, ClipByNorm | ClipByValue):
        return clip
    return ClipByNorm(as_positive("clip", clip))


def _check_choice(name, value, legal):
    if value not in legal:
        raise ValueError(f"{name} must be one of {legal}, got {shortened(value)}")


def _check_patience(patience, monitor, metrics, held_out):
    if monitor != "loss" and monitor not in metrics:
        legal = f"'loss' or one of the metrics {tuple(metrics)}"
        if not metrics:
            legal = "'loss', or a metric that is asked for by metrics="
        raise ValueError(f"monitor must be {legal}, got {shortened(monitor)}")
    if patience is not None:
        as_count("patience", patience)
        if held_out is None:
            raise ValueError("patience needs validation=(X, y): stopping looks at its loss")


def _digest(data, held_out):
    arrays = [data.X, *data.targets, *([] if data.w is None else [data.w])]
    if held_out is not None:
        arrays += [held_out.X, *held_out.targets, *([] if held_out.w is None else [held_out.w])]
    return checkpoints.digest(*arrays)


def _save(path, settings, arrays):
    checkpoints.save(path, settings, arrays)
