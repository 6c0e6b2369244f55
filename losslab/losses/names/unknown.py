"""Errors for names and parameters that losslab does not know: they say where to go on."""

import difflib
import inspect
import math
import re
from collections import Counter

from losslab.contract.messages import shortened
from losslab.contract.unknown import no_parameter, several
from losslab.losses.kinds.shelf import shelf
from losslab.losses.names.arguments import ARGUMENTS, OF_ONE_LOSS
from losslab.losses.names.missing import MISSING

__all__ = ["missing", "name", "parameter", "several", "suggestions"]

# Words that say the same, by the word that the descriptions use.
SYNONYMS = {
    "ae": "absolute",
    "aft": "accelerated failure time",
    "bce": "binary cross entropy",
    "bernoulli": "binary cross entropy",
    "binomial": "binary cross entropy",
    "categorical": "softmax",
    "ce": "cross entropy",
    "check": "quantile",
    "crossentropy": "cross entropy",
    "deviation": "absolute",
    "gauss": "gaussian",
    "generalized": "generalised",
    "hazard": "hazard cox",
    "hazards": "hazards cox",
    "ph": "cox",
    "jsd": "jensen shannon",
    "kld": "kl divergence",
    "kullback": "kl",
    "leibler": "divergence",
    "likelihood": "nll",
    "logcosh": "log cosh",
    "logloss": "cross entropy",
    "l1": "absolute error",
    "l2": "squared error",
    "lad": "absolute error",
    "mad": "absolute error",
    "mae": "absolute error",
    "ml": "nll",
    "mle": "nll",
    "logit": "logit logistic",
    "mse": "squared error",
    "msle": "squared log error",
    "multi": "multiclass",
    "multinomial": "softmax cross entropy",
    "nb": "negative binomial",
    "nll": "nll",
    "normal": "gaussian",
    "normalized": "normalised",
    "ols": "squared error",
    "ordered": "ordinal",
    "percent": "percentage",
    "pinball": "quantile",
    "quadratic": "squared",
    "reg": "regression",
    "rmse": "squared error",
    "se": "squared error",
    "sparse": "softmax",
    "square": "squared",
    "softprob": "softmax cross entropy",
    "svc": "hinge",
    "svm": "hinge",
    "wasserstein": "wasserstein",
    "zip": "zero inflated poisson",
    "zinb": "zero inflated negative binomial",
}
# Functions that fit models, most of R, and phrases: the losses that they minimise.
MODELS = {
    "betareg": "beta_likelihood",
    "clm": "cumulative_logit cumulative_probit cumulative_cloglog",
    "glmnb": "negative_binomial",
    "gls": "squared_error",
    "hurdle": "hurdle_poisson",
    "leastabsolutedeviation": "absolute_error",
    "leastabsolutedeviations": "absolute_error",
    "leastsquares": "squared_error",
    "lm": "squared_error",
    "multinom": "softmax_cross_entropy",
    "ordinaryleastsquares": "squared_error",
    "polr": "cumulative_logit cumulative_probit cumulative_cloglog",
    "quantreg": "quantile",
    "rlm": "huber tukey_biweight",
    "rq": "quantile",
    "survreg": "aft_weibull aft_loglogistic aft_lognormal",
    "tobit": "censored_gaussian",
    "zeroinfl": "zero_inflated_poisson zero_inflated_negative_binomial",
}
# Words of libraries and of every loss, which tell none from another.
COMMON = set(
    "a all an and are as at be by data for from functional in is it keras loss losses mean metrics nn of "
    "on optax or sklearn than that the tf to torch with xgboost lightgbm catboost regression "
    "sigmoid logits objective score scoring function none null".split()
)
LONGEST = 200  # letters of a name that are looked at
WEIGHTS = {"name": 4.0, "also": 3.0, "use": 1.0}


def parameter(cls, key):
    """The message for a parameter that a loss does not have."""
    ours = cls.parameter_names()
    said = no_parameter(cls, key)
    having = [peer for peer in cls.peers if key in peer.parameters]
    having.sort(key=lambda peer: (peer.parameters[key] not in ours, not peer.owner))
    for peer in having[:1]:
        here = peer.parameters[key]
        is_or = " is {} here" if here in ours else ": {}"
        return f"{said}; {key} of {peer.name}{is_or.format(here)}"
    here = OF_ONE_LOSS.get(cls.name, {}).get(key)
    if here:
        return f"{said}; {key} is {here} here" if here in ours else f"{said}; {key}: {here}"
    near = difflib.get_close_matches(key, ours, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    if key in ARGUMENTS and not (near and key in near[0]):
        targets, predictions = cls.domains()
        words = {
            "name": cls.name,
            "prediction": predictions[cls.prediction].legal,
            "target": targets[cls.target].legal,
        }
        return f"{said}{hint}; {key}: {ARGUMENTS[key].format(**words)}"
    if not hint:
        having = [c for c in shelf.classes() if key in c.parameter_names()]
        having.sort(key=lambda c: (c.target != cls.target, c.family != cls.family, c.name))
        if having:
            hint = f"; it is a parameter of {', '.join(c.name for c in having[:4])}"
    return said + hint


def name(registry, given):
    """The message for a name that is not known."""
    entry = missing(given)
    if entry:
        return f"unknown loss {shortened(given)}: not shipped. {entry.plain()}"
    near = suggestions(given)
    if not near:
        return f"unknown loss {shortened(given)}; ll.available() lists all names"
    titles = [f"{name!r} ({registry.find(name).title})" for name in near]
    listed = " or ".join(filter(None, (", ".join(titles[:-1]), titles[-1])))
    return f"unknown loss {shortened(given)}; did you mean {listed}? ll.available() lists all names"


def missing(given):
    """The entry of what is not shipped that a name belongs to, or None."""
    parts = re.split(r"[.:]", given[:LONGEST].strip().removesuffix("()"))
    asked = {_core(" ".join(parts[i:])) for i in range(len(parts))} - {""}
    for entry in MISSING:
        if asked & {_core(known) for known in (entry.name, *entry.names)}:
            return entry
    return None


def suggestions(given):
    """Names of up to three losses that are spelt nearly so, or of which the words speak."""
    given = given[:LONGEST]
    last = re.split("[.:]+", given.strip())[-1]
    for written in (given, last):
        if _joined(written) in MODELS:
            return MODELS[_joined(written)].split()
    known, bare = {}, {}
    for cls in shelf.classes():
        for other in (cls.name, *cls.aliases, *(n for p in cls.peers for n in p.names())):
            known.setdefault(_joined(other), cls.name)
            bare.setdefault(_bare(other), cls.name)
    for cls in shelf.classes():
        for peer in cls.peers:  # last words that are too short to be names by themselves
            known.setdefault(_joined(re.split("[.:]", peer.name)[-1]), cls.name)
    bare.pop("", None)
    found = [known[other] for other in (_joined(given), _bare(given)) if other in known]
    if not found and _bare(
        last
    ):  # without what every name has: hamming_loss is not nearly hinge_loss
        spelt = difflib.get_close_matches(_joined(last), known, n=1, cutoff=0.85)
        alike = difflib.get_close_matches(_bare(last), bare, n=1, cutoff=0.85)
        found = [known[other] for other in spelt] or [bare[other] for other in alike]
    found += _by_meaning(given)
    if not found:
        found = [bare[n] for n in difflib.get_close_matches(_bare(last), bare, n=1, cutoff=0.75)]
    return list(dict.fromkeys(found))[:3]


def _by_meaning(given):
    asked = _words(given)
    if not asked:
        return []
    described = {cls.name: _described(cls) for cls in shelf.classes()}
    spread = Counter(word for words in described.values() for word in words)
    # A word that nothing is described by is misspelt, or it asks for what is not there.
    asked = {(difflib.get_close_matches(w, spread, 1, 0.8) or [w])[0] for w in asked}
    rare = {word: math.log(1.0 + len(described) / spread[word]) for word in asked if spread[word]}
    unknown = (len(asked) - len(rare)) * math.log(1.0 + len(described))
    scores = {}
    for key, words in described.items():
        met = sum(rare[word] for word in rare if word in words)
        if met > 0.5 * (sum(rare.values()) + unknown):
            extra = len([w for w, weight in words.items() if weight == 4.0 and w not in asked])
            scores[key] = sum(rare[word] * words.get(word, 0.0) for word in rare) - extra
    best = sorted(scores, key=lambda key: (-scores[key], key))
    return [key for key in best if scores[key] > 0.4 * scores[best[0]]]


def _described(cls):
    """Words of a class, each with the weight of the best place where it is found."""
    summary = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0]
    also = " ".join((*cls.aliases, *(n for p in cls.peers for n in p.names())))
    found = {}
    for place, text in (("use", f"{cls.family} {cls.use_when} {summary}"), ("also", also)):
        found.update(dict.fromkeys(_words(text), WEIGHTS[place]))
    found.update(dict.fromkeys(_words(f"{cls.name} {cls.title}"), WEIGHTS["name"]))
    return found


def _split(text):
    """Its words in small letters, at capitals as well as at marks."""
    split = re.sub(r"([a-z])([A-Z])|([A-Z])(?=[A-Z][a-z])", r"\1\3 \2", text)
    return re.findall(r"[a-z]+\d?", split.lower())


def _words(text):
    """Its words, with synonyms in place and without what every loss has."""
    return {other for word in _split(text) for other in SYNONYMS.get(word, word).split()} - COMMON


def _bare(text):
    """Its words that tell losses apart, in one."""
    return "".join(word for word in _split(text) if word not in COMMON)


def _core(text):
    """A name without marks, and without the word loss at its end."""
    return _joined(text).removesuffix("loss")


def _joined(text):
    return re.sub(r"\W|_", "", text).lower()
