"""The manifest: what a page has to know about each loss, made from the registry."""

import math

from losslab.losses import available, registry


def axis_of(cls):
    """What a loss is drawn over: losses in one figure must agree on it.

    "residual" where only r = y_pred - y_true counts, "score" for a score or logit of two classes,
    "prediction" for other losses of a prediction in the units of y, else the name of the
    prediction's domain.
    """
    if cls.family == "classification" and cls.prediction != "probability":
        return "score"
    if cls.target == "real" and cls.prediction == "value":
        return "residual"
    if "value" in cls.prediction:
        return "prediction"
    return cls.prediction


def module_of(cls):
    """The file of losses a class is defined in: its kernels are one module of the page."""
    return cls.__module__.rpartition(".")[2]


def describe(loss):
    """One entry of the manifest.

    Parameters
    ----------
    loss : losslab.losses.Pointwise
        An instance; its claims are those for its parameters.

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
    return {
        "name": cls.name,
        "title": cls.title,
        "family": cls.family,
        "target": cls.target,
        "prediction": cls.prediction,
        "axis": axis_of(cls),
        "module": module_of(cls),
        "formula": cls.formula,
        "reference": cls.reference,
        "claims": {key: _plain(claim) for key, claim in loss.claims.items()},
        "has_curvature": getattr(cls, "curvature_at", None) is not None,
        "parameters": [_parameter(spec) for spec in cls.parameter_specs.values()],
        "style": {"colour": colour, "dash": dash},
    }


def manifest():
    """Entries of all built-in losses, sorted by name: those whose kernels the page carries.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> from losslab.widgets.manifest import manifest
    >>> "huber" in [entry["name"] for entry in manifest()]
    True
    """
    classes = (registry.loss_class(name) for name in available(kind="pointwise"))
    return [describe(cls()) for cls in classes if is_built_in(cls)]


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
