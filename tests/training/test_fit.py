"""fit: the same result however it is cut, interrupted or resumed, and clear words when it fails."""

import re
import sys
import types

import numpy as np
import pytest

import losslab as ll
from losslab.training import Head, Network, NetworkObjective, fit

SOFTMAX = ll.get("softmax_cross_entropy")


def data(rows=130, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 4))
    return X, (X[:, 0] + X[:, 1] ** 2 > 0.8).astype(int)


def trained(rows=130, **given):
    X, y = data(rows)
    given = {"epochs": 4, "learning_rate": 0.02, "batch_size": 32, "progress": False, **given}
    return fit(Network((4, 6, 2), "tanh"), X, y, SOFTMAX, **given)


def same(one, other):
    assert np.array_equal(one.theta, other.theta)
    for name in ("loss", "gradient_norm", "step_length", "learning_rate", *one.history.epoch_names):
        assert np.array_equal(one.history[name], other.history[name]), name


def test_a_step_is_the_optimiser_s_own_with_the_objective_s_gradient():
    X, y = data()
    network = Network((4, 6, 2), "tanh")
    start = network.start(seed=3)
    optimiser = ll.training.optimisers.get("adam")
    done = fit(
        network, X, y, SOFTMAX, optimiser=optimiser, learning_rate=0.1, epochs=3, batch_size=None,
        start=start, parameters="step", progress=False,
    )  # fmt: skip
    objective = NetworkObjective(network, X, y, SOFTMAX)
    theta, state = start, None
    for k in range(3):
        value, gradient = objective.value_and_gradient(theta)
        assert done.history["loss"][k] == pytest.approx(value, rel=1e-12)
        assert done.history["gradient_norm"][k] == pytest.approx(np.linalg.norm(gradient))
        following, state = optimiser.step(theta, gradient, state, learning_rate=0.1)
        way = np.linalg.norm(following - theta)
        assert done.history["step_length"][k] == pytest.approx(way, rel=1e-9)
        theta = following
        np.testing.assert_allclose(done.history.parameters[k + 1], theta, rtol=1e-9)
    assert done.history["train_loss"][-1] == pytest.approx(objective.value(theta), rel=1e-9)


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    same(trained(), trained())
    assert not np.array_equal(trained().theta, trained(seed=1).theta)


def test_micro_batches_give_the_same_steps():
    whole = trained()
    for micro_batch in (1, 5, 31, 32, 100):
        parts = trained(micro_batch=micro_batch)
        np.testing.assert_allclose(parts.theta, whole.theta, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(parts.history["loss"], whole.history["loss"], rtol=1e-11)


def test_micro_batches_with_weights_and_a_pointwise_loss_of_columns():
    rng = np.random.default_rng(1)
    X, y, w = rng.normal(size=(50, 3)), rng.normal(size=(50, 2)), rng.uniform(0.1, 3.0, 50)
    given = {
        "epochs": 2,
        "batch_size": 16,
        "sample_weight": w,
        "progress": False,
        "learning_rate": 0.01,
    }
    one = fit(Network((3, 2)), X, y, ll.get("huber"), **given)
    other = fit(Network((3, 2)), X, y, ll.get("huber"), **given, micro_batch=3)
    np.testing.assert_allclose(one.theta, other.theta, rtol=1e-12)


def test_all_samples_count_the_same_in_an_epoch():
    """Plain descent at a tiny rate: an epoch is one step along the mean over all samples."""
    X, y = data(70)
    network = Network((4, 3, 2), "tanh")
    start = network.start(seed=1)
    gradient = NetworkObjective(network, X, y, SOFTMAX).gradient(start)
    found = {}
    for last_batch in ("weighted", "mean", "drop"):
        done = fit(
            network, X, y, SOFTMAX, optimiser="gradient_descent", learning_rate=1e-7, epochs=1,
            batch_size=64, last_batch=last_batch, start=start, progress=False,
        )  # fmt: skip
        found[last_batch] = (start - done.theta) / 1e-7
    expected = gradient * 70 / 64
    np.testing.assert_allclose(found["weighted"], expected, rtol=1e-3, atol=1e-6)
    for other in ("mean", "drop"):
        assert abs(found[other] - expected).max() > 1e-2 * abs(expected).max()


def test_the_running_loss_weighs_batches_by_their_size():
    done = trained(rows=70, learning_rate=0.0, epochs=1, batch_size=64)
    for last_batch in ("weighted", "mean"):
        done = trained(rows=70, learning_rate=0.0, epochs=1, batch_size=64, last_batch=last_batch)
        assert done.history["running_loss"][0] == pytest.approx(
            done.history["train_loss"][0], rel=1e-12
        )
        assert len(done.history["loss"]) == 2


def test_batchwise_losses_train_too():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(120, 3))
    time = rng.exponential(np.exp(-X[:, 0]))
    y = np.stack([time, (rng.uniform(size=120) < 0.8).astype(float)], axis=1)
    done = fit(
        Network((3, 1)),
        X,
        y,
        ll.get("cox"),
        epochs=30,
        learning_rate=0.05,
        batch_size=40,
        progress=False,
    )
    assert done.history["train_loss"][-1] < done.history["train_loss"][0] - 0.05


def test_several_heads_train_together():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(80, 3))
    network = Network((3, 8, 2), heads=[Head(1), Head(1, weight=0.5)])
    y = [X[:, 0], (X[:, 1] > 0).astype(float)]
    losses = [ll.get("squared_error"), ll.get("binary_cross_entropy")]
    done = fit(network, X, y, losses, epochs=60, learning_rate=0.02, progress=False)
    assert done.history["train_loss"][-1] < 0.2
    number, logit = done.predict(X)
    assert number.shape == logit.shape == (80, 1)


@pytest.mark.parametrize("products", ["blas", "loops"])
def test_float32_stays_near_float64(products):
    double, single = trained(products=products), trained(dtype="float32", products=products)
    assert single.theta.dtype == np.float32
    np.testing.assert_allclose(single.theta, double.theta, atol=2e-4)


def test_the_lasso_gives_exact_zeros_and_leaves_biases():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(200, 6))
    y = 2.0 * X[:, 0] + 5.0
    done = fit(
        Network((6, 1)), X, y, ll.get("squared_error"), optimiser="gradient_descent", learning_rate=0.3,
        epochs=200, batch_size=None, penalty=ll.penalties.get("l1", strength=0.5), progress=False,
    )  # fmt: skip
    (weights, biases), = done.network.layers(done.theta)  # fmt: skip
    assert np.count_nonzero(weights) == 1
    # Half the squared error: the optimum is the least squares fit, pulled by the strength.
    assert weights[0, 0] == pytest.approx(
        2.0 - 0.5 / np.mean((X[:, 0] - X[:, 0].mean()) ** 2), rel=0.05
    )
    assert biases[0] == pytest.approx(5.0, abs=0.1)


# Stopping ---------------------------------------------------------------------------------------


def overfitting(**given):
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(60, 8)), rng.integers(0, 2, 60)
    given = {"epochs": 80, "learning_rate": 0.03, "progress": False, **given}
    return fit(Network((8, 32, 2)), X[:40], y[:40], SOFTMAX, validation=(X[40:], y[40:]), **given)


def test_early_stopping_gives_the_best_weights():
    done = overfitting(patience=5, parameters="epoch", metrics=["accuracy"])
    losses = done.history["validation_loss"]
    best = int(np.argmin(losses))
    assert done.best_epoch == best + 1
    assert len(losses) == best + 6 < 80
    assert np.array_equal(done.theta, done.history.parameters[best + 1])
    assert not np.array_equal(done.theta, done.last_theta)
    assert "no better validation loss in 5 epochs" in done.stopped


def test_the_best_weights_are_kept_when_training_is_over_before():
    done = overfitting(patience=500, epochs=40, parameters="epoch")
    best = int(np.argmin(done.history["validation_loss"]))
    assert best < 39 and len(done.history["train_loss"]) == 40
    assert np.array_equal(done.theta, done.history.parameters[best + 1])


def test_a_metric_can_be_monitored():
    done = overfitting(patience=10, monitor="accuracy", metrics=["accuracy"])
    accuracy = done.history["validation_accuracy"]
    assert done.best_epoch == int(np.argmax(accuracy)) + 1


class Interrupt:
    """A metric that is interrupted when it was asked so often."""

    def __init__(self, calls):
        self.calls = calls

    def __call__(self, y, f):
        self.calls -= 1
        if self.calls < 0:
            raise KeyboardInterrupt
        return 0.0


def test_an_interruption_keeps_the_history_and_a_checkpoint_goes_on(tmp_path):
    path = tmp_path / "half.npz"
    X, y = data()
    given = {"epochs": 6, "learning_rate": 0.02, "batch_size": 32, "progress": False, "seed": 4}
    given |= {"validation": (X[:40], y[:40]), "parameters": "epoch", "optimiser": "adam"}
    network = Network((4, 6, 2), "tanh")
    whole = fit(network, X, y, SOFTMAX, **given, metrics={"none": Interrupt(1000)})
    half = fit(network, X, y, SOFTMAX, **given, metrics={"none": Interrupt(7)}, checkpoint=path)
    assert half.stopped == "interrupted in epoch 4, after step 20"
    assert len(half.history["train_loss"]) == 3 and len(half.history["loss"]) == 20
    rest = fit(network, X, y, SOFTMAX, **given, metrics={"none": Interrupt(1000)}, resume=path)
    same(rest, whole)
    assert np.array_equal(rest.history.parameters, whole.history.parameters)
    assert rest.best_epoch == whole.best_epoch


def test_a_checkpoint_of_other_settings_is_refused(tmp_path):
    path = tmp_path / "done.npz"
    trained(checkpoint=path)
    more = trained(epochs=7, resume=path)
    same(more, trained(epochs=7))
    with pytest.raises(ValueError, match="its batch_size is 32, not 16"):
        trained(batch_size=16, resume=path)
    with pytest.raises(ValueError, match=r"made with other data \(X, y"):
        trained(rows=100, resume=path)
    with pytest.raises(ValueError, match="made with other first weights"):
        trained(start="he", resume=path)
    with pytest.raises(
        ValueError, match="epochs must be at least 4, as many as .* has done, got 3"
    ):
        trained(epochs=3, resume=path)


def test_what_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="resume must be a checkpoint"):
        trained(resume=tmp_path / "none.npz")
    text, single, other = tmp_path / "a.npz", tmp_path / "b.npy", tmp_path / "c.npz"
    text.write_text("no numbers")
    np.save(single, np.zeros(3))
    np.savez(other, a=np.zeros(3))
    (tmp_path / "empty").touch()
    (tmp_path / "half").write_bytes(other.read_bytes()[:100])
    for path in (text, single, other, tmp_path / "empty", tmp_path / "half"):
        with pytest.raises(ValueError, match="is not a checkpoint of losslab"):
            trained(resume=path)


def test_a_checkpoint_needs_a_folder_before_the_first_step(tmp_path):
    seen = []
    with pytest.raises(FileNotFoundError, match="checkpoint must be in a folder that exists"):
        trained(checkpoint=tmp_path / "none" / "a.npz", after_epoch=seen.append)
    with pytest.raises(TypeError, match="checkpoint must be a path"):
        trained(checkpoint=True)
    assert not seen


def test_divergence_stops_with_words_and_finite_weights():
    X, y = data()
    with pytest.warns(RuntimeWarning, match="training diverged") as found:
        done = fit(
            Network((4, 6, 1)), 1000.0 * X, y, ll.get("squared_error"), epochs=20,
            optimiser="gradient_descent", learning_rate=1.0, progress=False,
        )  # fmt: skip
    words = str(found[0].message)
    assert done.diverged and done.stopped == words
    assert re.search(
        r"in epoch \d+, at step \d+: the \S+ .*; .*Try a smaller learning rate \(it was 1\)", words
    )
    assert "standardised inputs" in words and "clip" in words
    assert found[0].filename == __file__
    assert np.isfinite(done.theta).all()
    assert len(done.history["loss"]) > 0


def test_raw_targets_are_named_when_training_diverges():
    X, y = data()
    arguments = {"optimiser": "sgd", "learning_rate": 1.0, "progress": False, "epochs": 20}
    with pytest.warns(RuntimeWarning, match=r"standardised targets \(the largest is 901\)"):
        fit(Network((4, 6, 1)), X, 900.0 * y + 1, ll.get("squared_error"), **arguments)
    with pytest.warns(RuntimeWarning) as found:  # classes have no unit
        fit(Network((4, 6, 2)), 1e200 * X, y, SOFTMAX, **arguments)
    assert "targets" not in str(found[0].message)


def test_a_loss_that_rises_without_an_overflow_is_said():
    with pytest.warns(
        RuntimeWarning, match=r"the wrong way: .* learning rate \(it was 1e\+09\)"
    ) as found:
        done = trained(learning_rate=1e9)
    assert found[0].filename == __file__
    assert not done.diverged and done.stopped == "all epochs are done"


def test_predictions_out_of_the_domain_are_divergence():
    X, y = data()
    network = Network((4, 1), heads=Head(1, "exp"))
    with pytest.warns(RuntimeWarning, match="training diverged"):
        done = fit(
            network, 100.0 * X, y + 1.0, ll.get("poisson_deviance_mean"), epochs=50, learning_rate=30.0,
            optimiser="gradient_descent", progress=False,
        )  # fmt: skip
    assert done.diverged and np.isfinite(done.theta).all()


def test_a_batch_that_has_no_loss_is_named():
    """The risk of positive and unlabelled samples needs both in each batch."""
    X, y = np.random.default_rng(0).normal(size=(40, 2)), np.zeros(40)
    y[0] = 1.0
    words = r"the batch of step \d, in epoch 1, has no pu_risk: y must hold"
    with pytest.raises(ValueError, match=words):
        fit(Network((2, 1)), X, y, ll.get("pu_risk"), batch_size=4, progress=False)


def test_after_each_epoch_somebody_may_look():
    seen = []
    trained(after_epoch=lambda history: seen.append(history.epochs))
    assert seen == [1, 2, 3, 4]


# What is asked for ------------------------------------------------------------------------------


def test_a_rate_may_be_a_function_of_the_step():
    done = trained(learning_rate=lambda t: 0.1 / t, epochs=1)
    np.testing.assert_allclose(done.history["learning_rate"], 0.1 / np.arange(1, 6))


def test_a_rate_may_be_a_schedule_and_a_gradient_may_be_clipped():
    optimisers = ll.training.optimisers
    decay = optimisers.StepDecay(0.1, every=2, factor=0.5)
    done = trained(learning_rate=decay, epochs=1, clip=0.05, optimiser="gradient_descent")
    np.testing.assert_allclose(done.history["learning_rate"], [0.1, 0.1, 0.05, 0.05, 0.025])
    lengths = np.minimum(done.history["gradient_norm"], 0.05)
    assert (done.history["gradient_norm"] > 0.05).any()
    np.testing.assert_allclose(done.history["step_length"], done.history["learning_rate"] * lengths)
    same(
        done,
        trained(learning_rate=decay, epochs=1, clip=optimisers.ClipByNorm(0.05), optimiser="sgd"),
    )
    by_value = trained(
        clip=optimisers.ClipByValue(1e-3), learning_rate=1.0, epochs=1, optimiser="sgd"
    )
    assert by_value.history["step_length"].max() <= 1e-3 * by_value.theta.size**0.5 * (1 + 1e-12)


def test_known_metrics():
    X, y = data()
    done = trained(metrics=["accuracy"], validation=(X, y))
    right = np.mean(done.predict(X).argmax(axis=1) == y)
    assert done.history["train_accuracy"][-1] == done.history["validation_accuracy"][-1] == right
    line = fit(
        Network((4, 1)), X, X[:, 0], ll.get("squared_error"), metrics="r2", epochs=300, learning_rate=0.05,
        progress=False,
    )  # fmt: skip
    assert line.history["train_r2"][-1] > 0.99
    logits = fit(
        Network((4, 1)), X, X[:, 0] > 0, ll.get("binary_cross_entropy"), metrics="accuracy",
        epochs=100, learning_rate=0.05, progress=False,
    )  # fmt: skip
    assert logits.history["train_accuracy"][-1] > 0.95


def test_accuracy_of_one_hot_labels_and_of_values():
    X, y = data()
    given = {"metrics": "accuracy", "epochs": 3, "progress": False}
    bce, squared = ll.get("binary_cross_entropy"), ll.get("squared_error")
    done = fit(Network((4, 2)), X, np.eye(2)[y], bce, **given)
    right = np.mean(done.predict(X).argmax(axis=1) == y)
    assert done.history["train_accuracy"][-1] == right
    for labels, edge in ((y, 0.5), (2 * y - 1, 0.0)):
        done = fit(Network((4, 1)), X, labels, squared, **given)
        right = np.mean((done.predict(X).ravel() > edge) == y)
        assert done.history["train_accuracy"][-1] == right


def test_metrics_that_do_not_fit_are_refused_before_the_first_step():
    X, y = data()
    with pytest.raises(ValueError, match=r"'r2' needs predictions of the shape of y, \(130,\)"):
        fit(Network((4, 2)), X, y, ll.get("gaussian_nll"), metrics="r2", progress=False)
    several = np.ones((len(y), 2))
    with pytest.raises(ValueError, match="'accuracy' needs one class a row"):
        fit(Network((4, 2)), X, several, ll.get("multilabel_cross_entropy"), metrics="accuracy")


def test_the_names_of_a_history():
    history = trained().history
    assert [*history] == [*history.step_names, *history.epoch_names]
    held = dict(history)
    assert np.array_equal(held["loss"], history["loss"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"validation": (np.empty((0, 4)), [])}, "X of validation must have shape"),
        (
            {"validation": (np.zeros((2, 4)), [0, 5])},
            r"to 1 for 2 columns, .* converted with y.argmax",
        ),
        ({"validation": np.zeros((5, 4))}, "validation must be"),
        ({"epochs": 0}, "epochs must be"),
        ({"batch_size": 2.5}, "batch_size must be"),
        ({"learning_rate": -1.0}, "learning_rate must be"),
        ({"learning_rate": "fast"}, "learning_rate must be"),
        ({"optimiser": "adamm"}, "adam"),
        ({"optimiser": 3}, "optimiser must be"),
        ({"seed": -1}, "seed must be"),
        ({"start": "random"}, "start must be one of"),
        ({"optimiser": "lbfgs"}, r"call ll.training.optimisers.lbfgs\(objective, start\)"),
        ({"sample_weight": np.ones(2)}, r"sample_weight must have a number for each sample, shape"),
        ({"start": np.zeros(3)}, "start must be"),
        ({"dtype": "float16"}, "dtype must be"),
        ({"last_batch": "keep"}, "last_batch must be"),
        ({"micro_batch": 0}, "micro_batch must be"),
        ({"patience": 3}, "patience needs validation"),
        ({"monitor": "accuracy"}, "or a metric that is asked for by metrics="),
        ({"monitor": "f1", "metrics": "accuracy"}, r"or one of the metrics \('accuracy',\)"),
        ({"metrics": ["f1"]}, "metrics must be among"),
        ({"metrics": [{}]}, "metrics must be among"),
        ({"parameters": "all"}, "parameters must be"),
        ({"products": "gpu"}, "products must be"),
        ({"penalty": 0.1}, "penalty must be"),
        ({"clip": 0.0}, "clip must be"),
        ({"after_epoch": 3}, "after_epoch must be"),
    ],
)
def test_bad_input_is_refused_before_the_first_step(given, words):
    with pytest.raises((ValueError, TypeError), match=words):
        trained(**given)


class Watched:
    """What `fit` asks of tqdm's bar, written down."""

    made = []

    def __init__(self, **given):
        self.given, self.done, self.words, self.closed = given, 0, "", False
        self.made.append(self)

    def set_postfix_str(self, words, refresh):
        self.words = words

    def update(self, steps):
        self.done += steps

    def close(self):
        self.closed = True


@pytest.fixture
def tqdm(monkeypatch):
    module = types.ModuleType("tqdm.auto")
    module.tqdm = Watched
    monkeypatch.setattr(Watched, "made", [])
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    return Watched.made


def test_a_bar_counts_steps_and_is_closed(tqdm):
    trained(progress=True)
    (bar,) = tqdm
    assert bar.done == bar.given["total"] == 20 and bar.closed
    assert "epoch 3, loss" in bar.words


def test_a_bar_is_closed_after_an_interruption(tqdm):
    trained(progress=True, metrics={"none": Interrupt(2)})
    (bar,) = tqdm
    assert bar.done == 15 and bar.closed


def test_there_is_no_bar_unless_asked_for_or_without_tqdm(tqdm, monkeypatch):
    trained(progress=False)
    assert not tqdm
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)  # an import of it fails
    assert len(trained(progress=True).history["loss"]) == 20
