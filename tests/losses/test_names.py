"""Names of losses: here, in other libraries, misspelt, and of what is not shipped."""

import re

import pytest

import losslab as ll
from losslab.losses import Claims, Peer, Pointwise, shelf
from losslab.losses.names import missing, unknown
from tests.losses.cases import CLASSES, ids

BUILT_IN = [cls for cls in CLASSES if cls.__module__.startswith("losslab.")]
every_built_in = pytest.mark.parametrize("cls", BUILT_IN, ids=ids)
PEERS = [(cls, peer) for cls in BUILT_IN for peer in cls.peers]
every_peer = pytest.mark.parametrize(
    ("cls", "peer"), PEERS, ids=[f"{cls.name}-{peer.name}" for cls, peer in PEERS]
)
# What two libraries call alike and mean differently: ll.get asks for more.
DIFFERENT = {"Poisson": {"poisson", "poisson_deviance_mean"}}
# Our own names that another library gives to another loss: there its whole path is needed.
OURS = {
    "binary_cross_entropy": "torch.nn.functional.binary_cross_entropy",  # takes probabilities
    "poisson": "keras.losses.poisson",  # takes the mean
    "softmax_cross_entropy": "optax.losses.softmax_cross_entropy",  # takes rows of probabilities
    "sparsemax_loss": "optax.losses.sparsemax_loss",  # of two classes
}


# Names that resolve ------------------------------------------------------------------------------


@every_built_in
def test_each_name_and_alias_is_found(cls):
    for name in (cls.name, *cls.aliases):
        assert shelf.find(name) is cls


@every_peer
def test_each_name_in_another_library_is_found(cls, peer):
    for name in (peer.name, *peer.also) if peer.owner else ():
        assert shelf.find(name) is cls
        assert shelf.find(f" {name.replace(chr(39), chr(34))} ") is cls
    for name in peer.names():
        if name in DIFFERENT:
            with pytest.raises(ValueError, match="libraries mean different losses by it"):
                ll.get(name)
        elif name in OURS:
            assert shelf.find(name).name == name
        else:
            assert shelf.find(name) is cls, name


def test_no_two_losses_claim_one_name():
    shared = {name: {c.name for c in owners} for name, owners in shelf.peer_names().items()}
    shared = {name: owners for name, owners in shared.items() if len(owners) > 1}
    assert {k: v for k, v in shared.items() if k not in OURS} == DIFFERENT
    for name, owners in shelf.peer_names().items():
        own = shelf._classes.get(name) or shelf._aliases.get(name)
        if own is not None and own not in owners:
            assert name in OURS
            assert shelf.find(OURS[name]) in owners


@every_peer
def test_a_name_found_under_another_loss_is_found(cls, peer):
    """`owner=False` points at a loss that has the name, unless it is no name of a loss."""
    path = peer.name.partition("(")[0].partition(",")[0]
    owned = [other for other in PEERS if other[1].owner and path in (other[1].name, *other[1].also)]
    if not peer.owner and owned:
        assert owned[0][0] is not cls or peer.at  # or once more, with other parameters
        assert shelf.find(path) is owned[0][0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("nn.HuberLoss", "huber"),
        ("HuberLoss()", "huber"),
        ("torch.nn.functional.huber_loss", "huber"),
        ("F.huber_loss", "huber"),
        ("torch.nn.modules.loss.HuberLoss", "huber"),
        ("tf.keras.losses.Huber", "huber"),
        ("tf.keras.metrics.MeanSquaredError", "squared_error"),
        ("optax.huber_loss", "huber"),
        ("mean_squared_error", "squared_error"),
        ("sklearn.metrics.mean_squared_error", "squared_error"),
        ("reg:squarederror", "squared_error"),
        ("xgb:reg:squarederror", "squared_error"),
        ("survival:cox", "cox"),
        ("multi:softprob", "softmax_cross_entropy"),
        ("binary:logistic", "binary_cross_entropy"),
        ("lightgbm:poisson", "poisson"),
        ("keras.losses.Poisson", "poisson_deviance_mean"),
        ("keras.losses.poisson", "poisson_deviance_mean"),
        ('SGDClassifier(loss="modified_huber")', "modified_huber"),
    ],
)
def test_ways_to_write_a_name(written, meant):
    assert shelf.find(written).name == meant


def test_a_name_of_two_losses_says_which_to_write():
    with pytest.raises(ValueError, match="'catboost:Poisson' is poisson") as caught:
        ll.get("Poisson")
    assert "'keras.losses.Poisson' is poisson_deviance_mean" in str(caught.value)


# What the data say -------------------------------------------------------------------------------


@every_peer
def test_what_is_different_is_said(cls, peer):
    if not peer.owner:
        assert peer.differences() or peer.options
    if peer.plus or (peer.call and peer.where):
        assert peer.says
    changed = (peer.y, peer.f) != ("y", "f") and peer.f not in ("y", "f")
    assert peer.says or not changed, "inputs that differ are said in words"
    for words in peer.differences():
        assert not words.endswith("."), words
    for ours in (*peer.defaults, *peer.at):
        assert ours in cls.parameter_specs
    for key, value in peer.defaults.items():
        assert value != cls.parameter_specs[key].default
    assert peer.name in cls.__doc__


@every_peer
def test_the_code_is_python(cls, peer):
    code = peer.code(cls.typical(**peer.at))
    if code is not None:
        compile(code, peer.name, "exec")
        assert code.startswith("import ")
        assert "y_true" in code


def test_the_docstring_says_it_before_the_examples():
    said = ll.losses.SquaredError.__doc__
    assert "``torch.nn.MSELoss``: 2 times this loss; without the half." in said
    assert 0 < said.index("    Notes\n    -----\n") < said.index("    Examples\n    --------\n")


# Losses from outside -----------------------------------------------------------------------------


def define(**attributes):
    def zero(y, f):
        return 0.0 * (f - y)

    body = {
        "name": "mine",
        "title": "Mine",
        "family": "regression",
        "formula": "0",
        "reference": "nobody2024",
        "claims": Claims(convex=True),
        "value_at": zero,
        "gradient_at": zero,
        "curvature_at": zero,
        "exact": lambda mp, y, f: 0 * (f - y),
        **attributes,
    }
    return type("Mine", (Pointwise,), body)


def test_a_loss_from_outside_names_its_peers(scratch_registry):
    cls = define(peers=("their.package.Loss", Peer("other:objective", factor=2.0, says="doubled")))
    for name in ("their.package.Loss", "package.Loss", "objective", "mine"):
        assert shelf.find(name) is cls
    assert cls.peers[0] == Peer("their.package.Loss")
    again = define(peers=("their.package.Other",))
    assert shelf.find("Other") is again
    with pytest.raises(ValueError, match="unknown loss 'objective'"):
        ll.get("objective")


def test_a_loss_from_outside_takes_no_name_away(scratch_registry):
    define(peers=("their.package.HuberLoss",))
    assert shelf.find("HuberLoss") is ll.losses.Huber
    assert shelf.find("their.package.HuberLoss").name == "mine"


def test_a_path_that_is_taken_needs_owner_false(scratch_registry):
    with pytest.raises(ValueError, match=r"torch\.nn\.HuberLoss of .*owner=False"):
        define(peers=("torch.nn.HuberLoss",))
    define(peers=(Peer("torch.nn.HuberLoss", owner=False, says="of something else"),))
    assert shelf.find("torch.nn.HuberLoss") is ll.losses.Huber


@pytest.mark.parametrize("bad", ["torch.nn.L1Loss", {"torch": "L1Loss"}, 3, ("L1Loss",), (None,)])
def test_peers_that_are_none(scratch_registry, bad):
    with pytest.raises(ValueError, match="must be a (tuple of Peer|path or library:objective)"):
        define(peers=bad)


# Parameters of others ----------------------------------------------------------------------------


@every_peer
def test_a_parameter_from_there_gets_an_answer(cls, peer):
    ours = cls.parameter_names()
    for theirs, here in peer.parameters.items():
        if theirs not in ours:
            with pytest.raises(ValueError, match=f"{cls.name} has no parameter '{theirs}'") as got:
                cls.typical(**{theirs: 1.0})
            assert f"; {theirs} of " in str(got.value)
            if here in ours:
                assert f"is {here} here" in str(got.value)


@pytest.mark.parametrize("key", unknown.ARGUMENTS)
def test_an_argument_of_other_libraries_leads_on(key):
    for cls in BUILT_IN:
        if key not in cls.parameter_names():
            said = unknown.parameter(cls, key)
            assert said.startswith(f"{cls.name} has no parameter {key!r} (its parameters:")
            assert "; " in said
            assert "{" not in said


@pytest.mark.parametrize(
    ("loss", "key", "words"),
    [
        ("binary_cross_entropy", "pos_weight", r"weighted_binary_cross_entropy\(pos_weight"),
        ("poisson", "log_input", "poisson_deviance_mean"),
        ("softmax_cross_entropy", "label_smoothing", r"label_smoothing\(epsilon"),
        ("softmax_cross_entropy", "ignore_index", "ignore_label="),
        ("softmax_cross_entropy", "weight", r"weighted_cross_entropy\(class_weights"),
        ("binary_cross_entropy", "from_logits", "takes any real number"),
        ("binary_cross_entropy_probability", "from_logits", "binary_cross_entropy, if True"),
        ("quantile", "alpha", "alpha of sklearn.metrics.mean_pinball_loss is tau here"),
        ("quantile", "quantile", "is tau here"),
        ("expectile", "alpha", "tau"),
        ("huber", "beta", r"beta: delta; smooth_l1\(beta=…\) is this loss over beta"),
        ("huber", "k", "k is delta here"),
        ("huber", "M", "M is delta here"),
        ("smooth_l1", "delta", r"beta; huber\(delta=…\) is this loss times delta"),
        ("student_t", "dof", "dof is nu here"),
        ("student_t", "df", "is nu here"),
        ("beta_likelihood", "precision", "precision is phi here"),
        ("negative_binomial", "size", "size is theta here"),
        ("negative_binomial", "r", "r is theta here"),
        ("negative_binomial", "dispersion", "1 / theta if it grows by dispersion"),
        ("negative_binomial", "alpha", "1 / theta"),
        ("interval_score", "level", "alpha is 1 minus the coverage"),
        ("interval_score", "coverage", "alpha is 1 minus the coverage"),
        ("quantile_set", "taus", "taus is levels here"),
        ("cox", "ties", "cox_efron as Efron did"),
        ("cox", "method", "cox_efron as Efron did"),
        ("cox_efron", "ties", "cox counts ties as Breslow did"),
        ("poisson", "offset", "add it to what the model gives.*the logarithm of a mean"),
        ("poisson", "exposure", "add its logarithm to that of the mean"),
        ("gaussian_nll", "var", r"log_scale = log\(var\) / 2"),
        ("squared_error", "predictions", r"y_pred, of value\(y_true, y_pred\)"),
        ("squared_error", "targets", r"y_true, of value\(y_true, y_pred\)"),
        ("squared_error", "where", "sample_weight= of value"),
        ("softmax_cross_entropy", "scores", "y_pred, of value.*takes logits"),
        ("kl_divergence", "log_predictions", "kl_divergence takes "),
        ("log_score", "y_prob", "log_score takes a row of probabilities"),
        ("binary_cross_entropy", "y_proba", "a logit, not a probability"),
        ("hinge", "pred_decision", "a score whose sign is the decision"),
        ("focal", "apply_class_balancing", "weighted_binary_cross_entropy"),
        ("binary_cross_entropy", "is_unbalance", "weighted_binary_cross_entropy"),
        ("brier", "scale_by_half", "always True here; brier_probability has it False"),
        ("brier_probability", "scale_by_half", "always False here; brier has it True"),
        ("zero_one", "normalize", "reduction='sum'"),
        ("huber", "t", "t of statsmodels.robust.norms.HuberT is delta here"),
        ("squared_error", "reduction", r"value\(y_true, y_pred, reduction='sum'\)"),
        ("squared_error", "reduce", r"value\(y_true, y_pred, reduction='sum'\)"),
        ("squared_error", "size_average", r"value\(y_true, y_pred, reduction='sum'\)"),
        ("hinge", "class_weight", "sample_weight="),
        ("softmax_cross_entropy", "class_weights", "weighted_cross_entropy"),
    ],
)
def test_where_a_parameter_is_found(loss, key, words):
    with pytest.raises(ValueError, match=words):
        ll.get(loss, **{key: 1.0})


@pytest.mark.parametrize("loss", unknown.OF_ONE_LOSS)
def test_a_name_from_statistics_is_no_parameter_of_ours(loss):
    cls = shelf.find(loss)
    ours = cls.parameter_names()
    for key in unknown.OF_ONE_LOSS[loss]:
        assert key not in ours
        assert f"; {key}" in unknown.parameter(cls, key)


def test_log_probabilities_are_told_to_become_probabilities():
    with pytest.raises(ValueError, match="exp of log-probabilities"):
        ll.get("NLLLoss").value([0], [[-0.7, -0.7]])


# Names that do not resolve -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("mean absolute deviation", "absolute_error"),
        ("gaussian likelihood", "gaussian_nll"),
        ("weighted cross entropy", "weighted_cross_entropy"),
        ("student", "student_t"),
        ("svm", "hinge"),
        ("logistic regression", "binary_cross_entropy"),
        ("binary", "binary_cross_entropy"),
        ("pinball loss", "quantile"),
        ("quantile regression", "quantile"),
        ("KLDiv", "kl_divergence"),
        ("PoissonRegressor", "poisson"),
        ("zero inflated", "zero_inflated_poisson"),
        ("ordinal logistic", "cumulative_logit"),
        ("proportional hazards", "cox"),
        ("negative binomial regression", "negative_binomial"),
        ("percentage error", "mape"),
        ("CrossEntropyLos", "softmax_cross_entropy"),
        ("torch.nn.HuberLos", "huber"),
    ],
)
def test_suggestions_come_from_meaning(written, meant):
    assert meant in unknown.suggestions(written)
    with pytest.raises(ValueError, match=f"unknown loss '{written}'; did you mean .*'{meant}'"):
        ll.get(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("least squares", "squared_error"),
        ("lm", "squared_error"),
        ("rq", "quantile"),
        ("glm.nb", "negative_binomial"),
        ("MASS::glm.nb", "negative_binomial"),
        ("polr", "cumulative_logit"),
        ("MASS::polr", "cumulative_logit"),
        ("zeroinfl", "zero_inflated_poisson"),
        ("survreg", "aft_weibull"),
        ("survival::survreg", "aft_weibull"),
    ],
)
def test_functions_that_fit_models_lead_to_their_losses(written, meant):
    assert unknown.suggestions(written)[0] == meant
    with pytest.raises(ValueError, match=f"did you mean '{meant}'"):
        ll.get(written)


@pytest.mark.parametrize("models", unknown.MODELS)
def test_the_losses_of_a_model_are_shipped(models):
    losses = unknown.MODELS[models].split()
    assert [shelf.find(name).name for name in losses] == losses


@pytest.mark.parametrize("written", ["None", "none", "loss", "keras.losses.Quux"])
def test_what_is_like_nothing_gets_no_suggestion(written):
    with pytest.raises(ValueError, match=r"'; ll.available\(\) lists all names"):
        ll.get(written)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("xgboost:rank:pairwise", "Ranking losses"),
        ("xgboost:rank:map", "Ranking losses"),
        ("xgb:rank:ndcg", "Ranking losses"),
        ("rank:pairwise", "Ranking losses"),
        ("ranking", "Ranking losses"),
        ("ndcg", "Ranking losses"),
        ("sklearn.metrics.label_ranking_loss", "multilabel_margin orders the labels"),
        ("hamming_loss", "zero_one of all labels"),
        ("keras.losses.Circle", "Contrastive losses"),
        ("SigLIP", "Contrastive losses"),
        ("triplet", "Contrastive losses"),
        ("optax.losses.binary_dice_loss", "losses of masks"),
        ("optax.binary_dice_loss", "losses of masks"),
        ("optax.multiclass_generalized_dice_loss", "losses of masks"),
        ("IoU", "losses of masks"),
        ("GAN", "generative"),
        ("WGAN", "generative"),
        ("VAE", "generative"),
        ("perplexity", "mean of softmax_cross_entropy"),
        ("sampled_softmax_loss", "The terms are cross-entropies"),
    ],
)
def test_well_known_names_of_other_kinds_say_why(written, words):
    with pytest.raises(ValueError, match=f"not shipped.*{words}"):
        ll.get(written)


@pytest.mark.parametrize("entry", missing.MISSING, ids=lambda entry: entry.name)
def test_what_is_not_shipped_says_why(entry):
    assert entry.names
    assert entry.reason.endswith(".")
    for name in re.findall(r"{loss}`(\w+)`", entry.reason):
        assert shelf.find(name).name == name
    for name in entry.names:
        for written in (name, name.lower(), name if ":" in name else f"nn.{name}"):
            with pytest.raises(ValueError, match=f"unknown loss '{written}': not shipped") as got:
                ll.get(written)
            assert entry.plain() in str(got.value)
            assert "{loss}" not in str(got.value)


def test_no_name_is_missing_twice():
    entries = [{unknown._core(name) for name in entry.names} for entry in missing.MISSING]
    names = [name for names in entries for name in names]
    assert len(names) == len(set(names))
    assert not any("- " in entry.reason and " - " not in entry.reason for entry in missing.MISSING)


@pytest.mark.parametrize("name", ["CTCLoss", "nn.CTCLoss", "DiceLoss", "ArcFace", "InfoNCE"])
def test_well_known_losses_that_are_not_shipped(name):
    with pytest.raises(ValueError, match="not shipped"):
        ll.get(name)
