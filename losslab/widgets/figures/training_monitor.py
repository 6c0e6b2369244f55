"""TrainingMonitor: a network trains in the page on real data, and can be broken in five ways."""

import math

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_finite
from losslab.training import optimisers
from losslab.training.optimisers import Optimiser
from losslab.widgets.figures.training_run import CLASSES, WORDS, Settings, trained
from losslab.widgets.manifest import is_built_in, shape_of
from losslab.widgets.parts.assets import DATA
from losslab.widgets.parts.fallback import Line, Panel, Scene
from losslab.widgets.parts.figure import losses_to_json
from losslab.widgets.parts.heights import EDIT, Heights, choice, plots, sliders, stacked, table
from losslab.widgets.parts.one_loss import OneLoss

RANGES, HEALTHY, TITLES = WORDS["ranges"], WORDS["healthy"], WORDS["titles"]
SHAPE = "class/numbers/class"
SAID = Heights(8 + 44, 8 + 66)  # the sentence under the panels


class TrainingMonitor(OneLoss):
    """A network of one hidden layer trains in the page, and the reader finds out what ails it.

    Handwritten digits are split by a seed into 900 training, 400 validation and 497 test rows. The
    panels follow loss and accuracy after each epoch, the length of the gradient at each step, and
    the weights. One press breaks the training: by a learning rate a hundred times larger, 30 % of
    training labels flipped, a hidden layer of two units, training rows for half of the validation
    rows, or batches sorted by class. Width and rate that the figure is made with count as sound.
    A break can also be drawn in secret, to be named. The test rows are looked at when all epochs
    are done. With Numba the page and `history` have the same numbers, bit for bit.

    Parameters
    ----------
    dataset : {"digits"}
        Whose rows are trained on.
    loss : str or losslab.losses.Loss
        A loss of one class and logits that comes with the package.
    width : int
        Hidden units, 1 to 128, under ReLU.
    learning_rate : float
        From 0.0001 to 10.
    optimiser : str or losslab.training.optimisers.Optimiser
        One that comes with the package.
    batch_size : int
        From 1 to 900. A smaller batch at the end of an epoch is divided by the size of the others.
    label_noise : float
        The share of training labels that are replaced by others, 0 to 0.6.
    leak : float
        The share of validation rows that are training rows, 0 to 1.
    shuffle : bool
        Whether each epoch has an order of its own; if not, rows are sorted by class.
    epochs : int
        From 1 to 200.
    train_size : int
        Training rows that are used, 50 to 900.
    seed : int
        Decides split, flips, start and batches; 0 to 2**31 - 1.
    alt : str, optional
        Description for readers who do not see the figure; the default tells how training ends.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        The one loss; assign another to change the figure.
    width, learning_rate, label_noise, leak, shuffle, train_size
        As they are now.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.TrainingMonitor(label_noise=0.3, epochs=10)
    >>> done = figure.history()
    >>> bool(done.validation_loss[-1] < done.train_loss[-1])
    True
    """

    kinds = ("rowwise",)
    dataset = traitlets.Unicode().tag(sync=True)
    optimisers = traitlets.Any().tag(sync=True, to_json=losses_to_json)  # the one
    width = traitlets.Any().tag(sync=True)
    train_size = traitlets.Any().tag(sync=True)
    batch_size = traitlets.Any().tag(sync=True)
    epochs = traitlets.Any().tag(sync=True)
    learning_rate = traitlets.Any().tag(sync=True)
    label_noise = traitlets.Any().tag(sync=True)
    leak = traitlets.Any().tag(sync=True)
    shuffle = traitlets.Any().tag(sync=True)
    seed = traitlets.Int().tag(sync=True)
    sound = traitlets.Dict().tag(sync=True)  # rate and width at first
    settable = (
        "losses",
        "learning_rate",
        "label_noise",
        "width",
        "leak",
        "shuffle",
        "train_size",
    )

    def __init__(
        self,
        dataset="digits",
        loss="softmax_cross_entropy",
        width=32,
        learning_rate=0.003,
        optimiser="adam",
        batch_size=30,
        label_noise=0.0,
        leak=0.0,
        shuffle=True,
        epochs=30,
        train_size=900,
        seed=7,
        alt=None,
        presets=None,
    ):
        decided = {"width": width, "learning_rate": learning_rate, "batch_size": batch_size}
        decided |= {"label_noise": label_noise, "leak": leak, "shuffle": shuffle}
        decided |= {"epochs": epochs, "train_size": train_size}
        arguments = (dataset, optimiser, seed, decided)
        super().__init__("training-monitor", loss, alt, arguments, presets)

    def set_up(self, dataset, optimiser, seed, decided):
        if dataset not in DATA:
            raise ValueError(f"dataset must be one of {DATA}, got {shortened(dataset)}")
        self.dataset = dataset
        self.optimisers = [optimiser]
        self.seed = as_count("seed", seed, 0, 2**31 - 1)
        for name, value in decided.items():
            setattr(self, name, value)
        self.sound = {"learning_rate": self.learning_rate, "width": self.width}

    def check_losses(self, losses):
        if len(losses) > 1:
            raise ValueError(f"losses must hold one loss, got {len(losses)}")
        cls = type(losses[0])
        if shape_of(cls) != SHAPE or not is_built_in(cls):
            raise ValueError(
                "loss must be a loss of a class and logits that comes with the package, such as "
                f"'softmax_cross_entropy' or 'brier_softmax', got {cls.name!r}"
            )
        losses[0].check_columns(CLASSES)

    @traitlets.validate("optimisers")
    def _check_optimiser(self, proposal):
        (given,) = proposal["value"]
        found = optimisers.get(given) if isinstance(given, str) else given
        if not isinstance(found, Optimiser):
            raise TypeError(f"optimiser must be a name or an optimiser, got {shortened(given)}")
        if not is_built_in(type(found)):
            raise ValueError(
                f"optimiser must be one that comes with the package, got {found.name!r}"
            )
        return [found]

    @property
    def optimiser(self):
        """What makes the steps."""
        return self.optimisers[0]

    @traitlets.validate("width", "train_size", "batch_size", "epochs")
    def _check_whole(self, proposal):
        name = proposal["trait"].name
        return as_count(name, proposal["value"], *RANGES[name])

    @traitlets.validate("learning_rate", "label_noise", "leak")
    def _check_number(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        low, high = RANGES[name]
        legal = f"a number from {low:g} to {high:g}"
        value = as_finite(name, value, legal)
        if not low <= value <= high:
            raise ValueError(f"{name} must be {legal}, got {value:g}")
        return value

    @traitlets.validate("shuffle")
    def _check_switch(self, proposal):
        if not isinstance(proposal["value"], bool | np.bool_):
            raise TypeError(f"shuffle must be True or False, got {shortened(proposal['value'])}")
        return bool(proposal["value"])

    def breaks(self):
        """What each break sets.

        Returns
        -------
        dict of str to dict
            Traits by the name on the button: ``"None"``, ``"Learning rate"``, ``"Flipped labels"``,
            ``"Two units"``, ``"Leak"`` and ``"No shuffle"``.
        """
        found = {}
        for each in WORDS["breaks"]:
            traits = self.sound | HEALTHY | each.get("values", {})
            for name, factor in each.get("times", {}).items():
                traits[name] = float(f"{min(factor * traits[name], RANGES[name][1]):.3g}")
            found[each["name"]] = traits
        return found

    def history(self):
        """The whole training with what is set now, as the page makes it.

        Returns
        -------
        losslab.widgets.figures.training_run.Training
            ``train_loss``, ``train_accuracy``, ``validation_loss`` and ``validation_accuracy`` after
            each epoch, the start first; ``test_loss`` and ``test_accuracy``; ``gradient_norm`` of
            each step; ``theta``, the weights at the end; ``diverged``.
        """
        names = [name for name in Settings._fields if name != "loss"]
        return trained(
            Settings(loss=self.losses[0], **{name: getattr(self, name) for name in names})
        )

    def describe(self):
        done = self.history()
        last = len(done.train_loss) - 1
        return (
            f"Line charts of a network of {self.width} hidden units trained on {self.train_size} "
            f"handwritten digits under {self.losses[0].title.lower()}: loss and accuracy after each "
            f"epoch, the length of the gradient, a histogram of the weights. After {last} epochs the "
            f"loss is {done.train_loss[-1]:.3g} on training, {done.validation_loss[-1]:.3g} on "
            f"validation and {done.test_loss:.3g} on test rows, the accuracy "
            f"{done.train_accuracy[-1]:.3f}, {done.validation_accuracy[-1]:.3f} and "
            f"{done.test_accuracy:.3f}."
        )

    def scene(self):
        done = self.history()
        epochs = np.arange(len(done.train_loss), dtype=float)
        ends = (0.0, float(max(self.epochs, 1)))
        styles = [(look["name"], *look["style"].values()) for look in WORDS["looks"]]
        pairs = [
            ((done.train_loss, done.validation_loss), done.test_loss, (0.0, None)),
            ((done.train_accuracy, done.validation_accuracy), done.test_accuracy, (0.0, 1.0)),
        ]
        panels = []
        for title, (columns, test, limits) in zip(TITLES[:2], pairs, strict=True):
            lines = [
                Line(epochs, column, *style, joined=True)
                for column, style in zip(columns, styles[:2], strict=True)
            ]
            flat = np.full(len(epochs), test)
            lines.append(Line(epochs, flat, *styles[2], joined=True))
            high = limits[1] or 1.05 * max(np.nanmax(column) for column in (*columns, flat))
            panels.append(Panel(title, "epoch", lines, x_limits=ends, y_limits=(0.0, float(high))))
        steps = math.ceil(self.train_size / min(self.batch_size, self.train_size))
        means = [
            done.gradient_norm[i : i + steps].mean()
            for i in range(0, steps * epochs.size, steps)
            if i < done.gradient_norm.size
        ]
        norm = Line(
            epochs[1 : len(means) + 1], np.array(means), "", "#0072B2", "solid", joined=True
        )
        panels.append(Panel(f"{TITLES[2]}, mean", "epoch", [norm], x_limits=ends, floor=0.0))
        return Scene(panels)

    def heights(self):
        breaks = [each["name"] for each in WORDS["breaks"]]
        above = stacked(choice([WORDS["legend"], *breaks], above=True), plots("beside", 4, 2))
        return self.heights_of(above, stacked(SAID, EDIT, sliders(3)), table(3, touch=6))
