"""TrainingMonitor: its training in Python, and the same numbers in a browser, bit for bit."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import Network, fit, optimisers
from losslab.widgets.figures import training_monitor, training_run
from losslab.widgets.parts import assets, sets
from tests import built
from tests.widgets.page import OneFigure, broken_rules, opened, page_of, watched

built.need("assets")

Monitor = ll.widgets.TrainingMonitor
WHOLE, SMALL, LONG, OTHER = range(4)


def figures():
    return [
        Monitor(),
        # Numbers with which something is left over: a batch, a part, a leak larger than the training.
        Monitor(width=5, train_size=77, batch_size=20, label_noise=0.4, leak=0.5, epochs=4, seed=3),
        Monitor(width=2, train_size=50, epochs=200, presets={"More rows": {"train_size": 300}}),
        Monitor(
            loss=ll.get("focal_multiclass", gamma=1.0),
            optimiser=optimisers.get("heavy_ball", momentum=0.8),
            learning_rate=0.1,
            train_size=600,
            shuffle=False,
            epochs=2,
        ),
    ]


# In Python -----------------------------------------------------------------------------------


def test_five_breaks_have_five_faces():
    figure, done = Monitor(), {}
    for name, traits in figure.breaks().items():
        for trait, value in traits.items():
            setattr(figure, trait, value)
        done[name] = figure.history()
    sound = done["None"]
    assert (
        0.95 < sound.test_accuracy < 0.98 and sound.train_loss[-1] < 0.08 < 0.1 < sound.gap < 0.15
    )
    assert abs(sound.test_loss - sound.validation_loss[-1]) < 0.03
    rate = done["Learning rate"]
    assert min(rate.train_loss[-1], rate.validation_loss[-1], rate.test_loss) > 1.5
    flips = done["Flipped labels"]
    assert flips.validation_loss[-1] < 0.7 < 1.1 < flips.train_loss[-1]
    assert flips.test_accuracy > 0.88
    units = done["Two units"]
    assert units.train_loss[-1] > 1.0 and units.gap < 0.25
    leak = done["Leak"]
    assert np.array_equal(leak.train_loss, sound.train_loss)
    assert leak.test_loss == sound.test_loss > leak.validation_loss[-1] + 0.03
    order = done["No shuffle"]
    assert order.test_loss > 1.5 * sound.test_loss
    assert order.gradient_norm[-60:].max() > 5 * sound.gradient_norm[-60:].max()


def test_it_is_what_fit_does():
    """With the rows in their order nothing is drawn in an epoch: `fit` makes the same steps."""
    figure = Monitor(width=6, train_size=95, shuffle=False, epochs=3)
    done, loss = figure.history(), figure.losses[0]
    settings = training_run.Settings(
        loss=loss, **{n: getattr(figure, n) for n in training_run.Settings._fields if n != "loss"}
    )
    X, _ = sets.rows_of("digits")
    parts = {name: (X[rows], y) for name, (rows, y) in training_run.samples(settings).items()}
    network = Network((64, 6, 10))
    again = fit(
        network,
        *parts["train"],
        loss,
        learning_rate=0.003,
        epochs=3,
        batch_size=30,
        validation=parts["validation"],
        metrics="accuracy",
        start=training_run.start_of(network, figure.seed),
        shuffle=False,
        products="loops",
        progress=False,
    )
    assert np.array_equal(again.last_theta, done.theta)
    for name in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy"):
        assert np.array_equal(again.history[name], getattr(done, name)[1:]), name
    assert np.array_equal(again.history["gradient_norm"], done.gradient_norm)


def test_samples_are_what_is_said():
    settings = training_run.Settings(
        "digits", None, 32, 0.01, None, 30, 0.3, 0.5, True, 1, 200, seed=1
    )
    _, y = sets.rows_of("digits")
    parts = training_run.samples(settings)
    train, labels = parts["train"]
    held, seen = parts["validation"]
    test, _ = parts["test"]
    assert [len(train), len(held), len(test)] == [200, 400, 497]
    assert (labels != y[train]).sum() == 60
    assert set(labels.tolist()) == set(range(10))
    assert np.isin(held, train).sum() == 200 and not np.isin(test, [*train, *held]).any()
    places = {row: i for i, row in enumerate(train.tolist())}
    for row, label in zip(held[:200].tolist(), seen[:200], strict=True):
        assert labels[places[row]] == label
    by_class, sorted_labels = training_run.samples(settings._replace(shuffle=False))["train"]
    assert set(by_class.tolist()) == set(train.tolist())
    assert (np.diff(sorted_labels) >= 0).all()


def test_a_training_that_diverges_ends():
    figure = Monitor(optimiser="gradient_descent", learning_rate=10.0, width=128, epochs=4)
    figure.losses = ["squared_weston_watkins"]
    done = figure.history()
    assert done.diverged and len(done.gradient_norm) < 4 * 30
    assert len(done.train_loss) <= 4


def test_data_come_as_bytes():
    X, y = sets.rows_of("digits")
    reply, (data,) = Monitor().answer({"type": "data", "name": "digits"}, [])
    assert reply == {"type": "data", "name": "digits"}
    assert data == sets.packed("digits") == assets.data("digits")
    levels = np.frombuffer(data, np.uint8)
    assert np.array_equal(levels[: X.size].reshape(64, -1).T / 16.0, X)
    assert np.array_equal(levels[X.size :], y)
    reply, none = Monitor().answer({"type": "data", "name": "../digits"}, [])
    assert "dataset must be one of" in reply["error"] and none == []


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"dataset": "iris"}, ValueError, r"dataset must be one of \('digits',\), got 'iris'"),
        ({"loss": "huber"}, ValueError, "losses of TrainingMonitor must be rowwise"),
        ({"loss": "gaussian_nll"}, ValueError, "loss must be a loss of a class and logits"),
        ({"loss": 3}, TypeError, "loss must be a name or a loss"),
        ({"width": 0}, ValueError, "width must be a whole number between 1 and 128, got 0"),
        ({"width": 8.5}, TypeError, "width must be a whole number between 1 and 128, got 8.5"),
        ({"train_size": 901}, ValueError, "train_size must be a whole number between 50 and 900"),
        ({"batch_size": True}, TypeError, "batch_size must be a whole number between 1 and 900"),
        ({"epochs": 0}, ValueError, "epochs must be a whole number between 1 and 200, got 0"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate must be a number from 0.0001 to 10"),
        ({"learning_rate": "fast"}, TypeError, "learning_rate must be a number from 0.0001 to 10"),
        ({"label_noise": 0.7}, ValueError, "label_noise must be a number from 0 to 0.6, got 0.7"),
        ({"leak": -0.1}, ValueError, "leak must be a number from 0 to 1, got -0.1"),
        ({"shuffle": 1}, TypeError, "shuffle must be True or False, got 1"),
        ({"seed": -1}, ValueError, "seed must be a whole number between 0 and 2147483647, got -1"),
        ({"optimiser": 3}, TypeError, "optimiser must be a name or an optimiser, got 3"),
        ({"presets": {"Bad": {"width": 0}}}, ValueError, r"presets\['Bad'\]: width must be"),
        ({"presets": {"Bad": {"epochs": 3}}}, ValueError, "must set some of"),
    ],
)
def test_bad_input_is_named(given, error, message):
    with pytest.raises(error, match=message):
        Monitor(**given)


def test_what_the_page_has_no_kernels_of_is_refused(monkeypatch):
    monkeypatch.setattr(training_monitor, "is_built_in", lambda cls: False)
    with pytest.raises(ValueError, match="loss must be .* that comes with the package"):
        Monitor()
    monkeypatch.setattr(
        training_monitor, "is_built_in", lambda cls: not issubclass(cls, optimisers.Optimiser)
    )
    with pytest.raises(ValueError, match="optimiser must be one that comes with the package"):
        Monitor()


# In the browser ------------------------------------------------------------------------------


address, page = page_of("training", figures, reduced_motion="reduce")


class Shown(OneFigure):
    def __init__(self, page, nth):
        super().__init__(page, nth)
        self.python = figures()[nth]
        self.said = self.root.locator(".ll-training-said")
        self.when = self.root.locator("[data-readout] thead th").first

    def epoch(self):
        return int(self.when.text_content().rpartition(" ")[2])

    def cells(self, row):
        """Loss and accuracy of a set; None where there is none yet."""
        found = self.root.locator("[data-readout] tbody tr").nth(row).locator("td")
        texts = [found.nth(i).get_attribute("data-value") for i in range(2)]
        return [text and float(text) for text in texts]

    def wait(self, epoch):
        self.page.wait_for_function(
            "([cell, epoch]) => cell.textContent === `after epoch ${epoch}`",
            arg=[self.when.element_handle(), epoch],
        )

    def check(self, epoch):
        done = self.python.history()
        assert self.epoch() == epoch
        assert self.cells(0) == [done.train_loss[epoch], done.train_accuracy[epoch]]
        assert self.cells(1) == [done.validation_loss[epoch], done.validation_accuracy[epoch]]
        last = epoch == self.python.epochs
        assert self.cells(2) == ([done.test_loss, done.test_accuracy] if last else [None, None])


@pytest.mark.parametrize("nth", [SMALL, OTHER])
def test_each_epoch_has_the_bits_of_the_package(page, nth):
    figure = Shown(page, nth)
    # What is large comes with the first press.
    assert figure.when.text_content() == "not trained" and figure.cells(0) == [None, None]
    assert page.evaluate("globalThis.__losslabBytes['data/digits']") is None
    figure.button("Restart").click()
    figure.wait(0)
    figure.check(0)
    assert figure.said.text_content().startswith("Not trained yet.")
    for epoch in range(1, figure.python.epochs + 1):
        figure.button("Step").click()
        figure.check(epoch)
    # A further step begins anew.
    figure.button("Step").click()
    figure.check(1)


def test_breaks_are_pressed_and_undone(page):
    figure = Shown(page, WHOLE)
    for name in ("Flipped labels", "Leak", "None"):
        figure.button(name).click()
        figure.wait(30)
        for trait, value in figure.python.breaks()[name].items():
            setattr(figure.python, trait, value)
        figure.check(30)
        assert figure.button(name).get_attribute("aria-pressed") == "true"
    assert figure.said.text_content().startswith("The loss is 0.12 more on validation rows")
    # What was there before stays in pale.
    assert figure.root.locator(".ll-past").count() > 0
    figure.button("Undo").click()
    figure.wait(30)
    figure.python.leak = 0.5
    figure.check(30)
    assert figure.button("Leak").get_attribute("aria-pressed") == "true"
    figure.button("Reset").click()
    figure.wait(0)
    assert figure.button("None").get_attribute("aria-pressed") == "true"


def test_sliders_and_losses_change_the_training(page):
    figure = Shown(page, SMALL)
    slider = figure.slider("Hidden units")
    slider.focus()
    page.keyboard.press("End")
    figure.python.width = 128
    figure.wait(4)
    figure.check(4)
    figure.root.get_by_role("combobox").select_option("brier_softmax")
    figure.python.losses = ["brier_softmax"]
    figure.wait(4)
    figure.check(4)


def test_a_break_is_named_before_its_name_is_shown(page):
    figure = Shown(page, WHOLE)
    figure.button("Guess one").click()
    figure.wait(30)
    assert figure.said.text_content().startswith("Something is broken in secret, or nothing is.")
    assert figure.root.locator(".ll-tab[aria-pressed=true]").count() == 0
    assert not figure.root.locator("input[type=range]").first.is_visible()
    hidden = training_run.order(figure.python.seed, 50, 6)[0]
    (name, traits) = [*figure.python.breaks().items()][hidden]
    for trait, value in traits.items():
        setattr(figure.python, trait, value)
    figure.check(30)
    figure.button(name).click()
    assert figure.said.text_content().startswith("Yes: ")
    assert figure.button(name).get_attribute("aria-pressed") == "true"
    assert figure.root.locator("input[type=range]").first.is_visible()
    # Another one, answered wrongly.
    figure.button("Guess one").click()
    figure.wait(30)
    second = training_run.order(figure.python.seed, 51, 6)[0]
    figure.root.locator(".ll-choice .ll-tab").nth((second + 1) % 6).click()
    assert figure.said.text_content().startswith("No: ")


def test_situations_are_set(page):
    figure = Shown(page, LONG)
    figure.button("More rows").click()
    figure.python.train_size = 300
    figure.wait(200)
    figure.check(200)


def test_a_run_moves_and_can_be_paused(browser, address):
    with watched(browser) as page:
        opened(page, address, 4)
        figure = Shown(page, LONG)
        figure.button("Run").click()
        page.wait_for_function(
            "cell => Number(cell.textContent.split(' ').at(-1)) >= 2",
            arg=figure.when.element_handle(),
        )
        figure.button("Pause").click()
        epoch = figure.epoch()
        assert 2 <= epoch < 200
        page.wait_for_timeout(100)
        figure.check(epoch)
        # Paused in the middle of an epoch: a step goes to its end.
        figure.button("Step").click()
        figure.check(epoch + 1)
        figure.button("Run").click()
        figure.button("Restart").click()
        figure.wait(0)
        page.wait_for_timeout(100)
        figure.check(0)


def test_a_link_brings_the_settings(browser, address):
    with watched(browser) as page:
        page.emulate_media(reduced_motion="reduce")
        opened(page, f"{address}#figure2?losses=brier_softmax&width=9&shuffle=false&leak=7", 4)
        figure = Shown(page, SMALL)
        figure.python.losses = ["brier_softmax"]
        figure.python.width, figure.python.shuffle = 9, False
        figure.button("Restart").click()
        figure.wait(0)
        figure.check(0)
        figure.button("Run").click()
        figure.wait(4)
        figure.check(4)


def test_everybody_can_use_it(page):
    assert broken_rules(page) == []
