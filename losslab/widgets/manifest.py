"""The manifest: what a page has to know about each loss, made from the registry."""

import math

import numpy as np

from losslab import adaptive, losses, multitask, penalties
from losslab.training import optimisers


def axis_of(cls):
    """What a loss is drawn over: losses in one figure must agree on it.

    "residual" where only r = y_pred - y_true counts, "score" for a score or logit of two classes,
    "prediction" for other losses of a prediction in the units of y, "row" for losses of several
    predictions, "batch" for losses of several samples, else the name of the prediction's domain.
    """
    if cls.drawn_over:
        return cls.drawn_over
    if cls.family == "classification" and cls.prediction != "probability":
        return "score"
    if cls.target == "real" and cls.prediction == "value":
        return "residual"
    if "value" in cls.prediction:
        return "prediction"
    return cls.prediction


def is_margin_loss(cls):
    """Whether a loss depends on the label y and the score f only through the margin (2 y - 1) f."""
    if cls.drawn_over or cls.prediction not in ("score", "logit"):
        return False
    specs = cls.parameter_specs
    settings = [{key: spec.default for key, spec in specs.items()}]
    settings += [
        settings[0] | {key: float(end)} for key, spec in specs.items() for end in spec.slider[:2]
    ]
    one, zero = np.float64(1.0), np.float64(0.0)
    with np.errstate(all="ignore"):
        return all(
            abs(cls.value_at(one, m, *given.values()) - cls.value_at(zero, -m, *given.values()))
            <= 1e-12
            for given in settings
            for m in np.array([-2.0, -0.5, 0.25, 3.0])
        )


# Targets that a figure of the output of a network can set.
OUTPUT_TARGETS = ("real", "[0,1]", "{0,1}", "nonnegative", "positive")


def output_of(cls):
    """What a pointwise loss is given by the output of a network: "value", "logit"…; or None.

    Of a score without a probability, as margin losses have it, nothing says when it is near its target.
    """
    outputs = ("value", "probability", "logit", "positive value", "log mean")
    legal = cls.prediction in outputs and cls.target in OUTPUT_TARGETS
    return cls.prediction if legal else None


# Losses that read a row through the softmax, but need finite numbers to do it.
SOFTMAX_OF_FINITE = ("active_passive", "normalised_cross_entropy")
# Losses of logits that look at more than their softmax, or at something else.
BESIDES_SOFTMAX = (
    "bi_tempered_logistic",
    "crammer_singer",
    "entmax_loss",
    "multiclass_perceptron",
    "sparsemax_loss",
    "squared_weston_watkins",
    "weston_watkins",
    "z_loss",
)


def is_simplex_loss(cls):
    """Whether a loss judges the softmax of a row of logits against a class, for any classes."""
    if cls.drawn_over != "row" or (cls.target, cls.outputs) != ("class", "classes"):
        return False
    through_softmax = cls.prediction == "logits" and cls.name not in BESIDES_SOFTMAX
    through_softmax = through_softmax or cls.name in SOFTMAX_OF_FINITE
    return through_softmax and not cls.vector_specs


def shape_of(cls):
    """What a row of a loss and its target mean: "class/numbers/class", "real/numbers/mean,log_scale".

    Losses of one shape can take each other's targets and predictions. Those of a whole batch end in
    "/batch", and in what they call their targets: a negative is more than an unlabelled sample.
    """
    sums = "probabilities" if cls.prediction == "probabilities" else "numbers"
    outputs = ",".join(cls.outputs) if isinstance(cls.outputs, tuple) else cls.column_word()
    return "/".join([cls.target, sums, outputs, *cls.apart()])


def module_of(cls):
    """Shelf and file a class is defined in: its kernels are one module of the page."""
    return f"{cls.shelf.room}-{cls.__module__.rpartition('.')[2]}"


SHELVES = tuple(room.shelf for room in (losses, penalties, multitask, adaptive, optimisers))


def built_in():
    """Classes of the package on all shelves: a plug-in of this machine does not belong in the book."""
    return [cls for each in SHELVES for cls in each.classes() if is_built_in(cls)]


def may_have_valleys(loss):
    """Whether the loss is not convex at some of the parameters that a reader can set."""
    return callable(type(loss)._claims.claims.get("convex")) or not loss.claims.get("convex")


def describe(loss):
    """One entry of the manifest.

    Parameters
    ----------
    loss : losslab.contract.definition.Definition
        An instance, of any shelf; its claims are those for its parameters, but convex is only what is so for
        all that a slider can set.

    Returns
    -------
    dict
        Plain data, ready for JSON.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.widgets.manifest import describe
    >>> describe(ll.get("huber"))["parameters"][0]["slider"]
    {'min': 0.1, 'max': 5.0, 'log': False}
    """
    cls = type(loss)
    colour, dash = cls.style
    entry = {
        "name": cls.name,
        "title": cls.title,
        "family": cls.family,
        "module": module_of(cls),
        "formula": cls.formula,
        "reference": cls.reference,
        "claims": {key: _plain(claim) for key, claim in loss.claims.items()}
        | ({"convex": False} if loss.claims.get("convex") and may_have_valleys(loss) else {}),
        "parameters": [_parameter(spec) for spec in cls.parameter_specs.values()],
        "style": {"colour": colour, "dash": dash},
    }
    if cls.vector_specs:
        entry["vectors"] = [
            {"name": v.name, "doc": v.doc, "example": v.validate(v.example)}
            for v in cls.vector_specs.values()
        ]
    return entry | OF_KIND.get(cls.kind, of_other)(cls)


def of_pointwise(cls):
    output = output_of(cls)
    given = {"output": output} if output else {}
    return of_loss(cls) | given | ({"margin": True} if is_margin_loss(cls) else {})


def of_rows(cls):
    simplex = {"simplex": True} if is_simplex_loss(cls) else {}
    return of_loss(cls) | simplex | {"shape": shape_of(cls)}


def of_batch(cls):
    words = {str(y): word for y, word in cls.target_words.items()}
    more = {"needs": cls.legal_batch, "scratch": cls.scratch, "words": words}
    return of_loss(cls) | {"shape": shape_of(cls)} | more


def of_loss(cls):
    return {
        "target": cls.target,
        "prediction": cls.prediction,
        "axis": axis_of(cls),
        "has_curvature": cls.has_curvature(),
    }


def of_other(cls):
    """What stands on another shelf than that of losses: its kind says which figure draws it."""
    return {"kind": cls.kind}


def of_penalty(cls):
    return of_other(cls) | {"scratch": cls.scratch}


def of_joint(cls):
    return of_penalty(cls) | {"of": cls.of}


def of_optimiser(cls):
    return of_other(cls) | {"slots": cls.slots}


# What the page must know besides of each kind.
OF_KIND = {
    "pointwise": of_pointwise,
    "rowwise": of_rows,
    "batchwise": of_batch,
    "separable": of_penalty,
    "joint": of_joint,
    "optimiser": of_optimiser,
}


def manifest():
    """Entries of all that is built in, by shelf and sorted by name: what the page has kernels of.

    Returns
    -------
    dict of str to list of dict

    Examples
    --------
    >>> from losslab.widgets.manifest import manifest
    >>> "huber" in [entry["name"] for entry in manifest()["losses"]]
    True
    """
    found = {shelf.room: [] for shelf in SHELVES}
    for cls in sorted(built_in(), key=lambda cls: cls.name):
        found[cls.shelf.room].append(describe(cls.typical()))
    return found


def is_built_in(cls):
    """Whether a loss belongs to the package, not to a plug-in or a notebook cell."""
    return cls.__module__.startswith("losslab.")


def _parameter(spec):
    low, high, *scale = spec.slider
    return {
        "name": spec.name,
        "default": spec.default,
        "low": spec.low,
        "high": spec.high,
        "lowOpen": spec.low_open,
        "highOpen": spec.high_open,
        "butNot": list(spec.but_not),
        "doc": spec.doc,
        "slider": {"min": float(low), "max": float(high), "log": scale == ["log"]},
    }


def _plain(claim):
    """A claim as JSON can say it: functions become their name, infinities None."""
    if callable(claim):
        return getattr(claim, "__name__", "function")
    if isinstance(claim, float) and not math.isfinite(claim):
        return None
    return claim
