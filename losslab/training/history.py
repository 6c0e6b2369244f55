"""What happened in training: numbers of each step and of each epoch."""

import numpy as np

STEP_NAMES = ("step", "epoch", "loss", "gradient_norm", "step_length", "learning_rate")


class History:
    """Numbers of each step and of each epoch, by name.

    ``history["loss"]`` and the other names of steps are one number a step:

    * ``step``, ``epoch``: 1, 2, …;
    * ``loss``: the mean over the batch before the step;
    * ``gradient_norm``, ``step_length``: lengths of the gradient and of the way that was gone;
    * ``learning_rate``.

    Those of epochs are one number an epoch, all taken with the weights at its end, except
    ``running_loss``, the mean over the epoch's batches while the weights moved:

    * ``train_loss``, and ``validation_loss`` if there are validation data;
    * ``train_`` and ``validation_`` in front of the name of each metric.

    ``step_names`` and ``epoch_names`` list them, and ``ll.plots.LiveCurve().figure(history)`` draws the
    losses of epochs.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.training import Network, fit
    >>> done = fit(Network((1, 1)), [[0.0], [1.0]], [0, 1], ll.get("squared_error"), epochs=3)
    >>> done.history.epoch_names
    ('running_loss', 'train_loss')
    >>> len(done.history["train_loss"]), len(done.history["loss"])
    (3, 3)
    """

    def __init__(self, epoch_names):
        self.epoch_names = tuple(epoch_names)
        self._steps = []
        self._epochs = []
        self._parameters = []

    def __getitem__(self, name):
        """The numbers of a name, as an array."""
        for names, rows in ((STEP_NAMES, self._steps), (self.epoch_names, self._epochs)):
            if name in names:
                column = names.index(name)
                kind = int if name in ("step", "epoch") else float
                return np.array([row[column] for row in rows], dtype=kind)
        raise KeyError(f"{name!r} is not one of {tuple(self)}")

    def __contains__(self, name):
        return name in STEP_NAMES or name in self.epoch_names

    def __iter__(self):
        """All names, those of steps first."""
        return iter((*self.step_names, *self.epoch_names))

    def keys(self):
        """All names, as a dict has them: ``dict(history)`` holds all numbers."""
        return [*self]

    @property
    def step_names(self):
        """Names of what is written down at each step."""
        return STEP_NAMES

    @property
    def epochs(self):
        """How many epochs were finished."""
        return len(self._epochs)

    @property
    def parameters(self):
        """Weights on the way, one row a record, if they were asked for: the start comes first."""
        return np.array(self._parameters)

    def add_step(self, *numbers):
        self._steps.append(numbers)

    def add_epoch(self, *numbers):
        self._epochs.append(numbers)

    def add_parameters(self, theta):
        self._parameters.append(theta.copy())

    def saved(self):
        """All of it as arrays by name, for a checkpoint."""
        return {
            "steps": np.array(self._steps, dtype=float).reshape(-1, len(STEP_NAMES)),
            "epochs": np.array(self._epochs, dtype=float).reshape(-1, len(self.epoch_names)),
            "parameters": self.parameters,
        }

    @classmethod
    def restored(cls, epoch_names, saved):
        """What `saved` gave, as a history."""
        history = cls(epoch_names)
        history._steps = [(int(a), int(b), *rest) for a, b, *rest in saved["steps"].tolist()]
        history._epochs = [tuple(row) for row in saved["epochs"].tolist()]
        history._parameters = list(saved["parameters"])
        return history

    def __repr__(self):
        return f"<History of {len(self._steps)} steps, {self.epochs} epochs>"
