"""Registry: every loss by name and alias, built in, from plug-ins or from a notebook cell."""

import difflib
import warnings

from losslab.losses.messages import shortened

PLUGIN_GROUP = "losslab.plugins"

_classes = {}
_aliases = {}
_broken = {}
_plugins_loaded = False


def register(cls):
    """Enter a loss class; called when the class is defined.

    A class defined again under the same module and name (a notebook cell run twice) takes the
    place of the old one; anything else that claims a taken name is refused.
    """
    for name in (cls.name, *cls.aliases):
        other = _classes.get(name) or _aliases.get(name)
        if other is not None and (other.__module__, other.__qualname__) != (
            cls.__module__,
            cls.__qualname__,
        ):
            raise ValueError(
                f"the name {name!r} of {cls.__qualname__} is taken by "
                f"{other.__module__}.{other.__qualname__}: choose another"
            )
    for alias in getattr(_classes.get(cls.name), "aliases", ()):
        _aliases.pop(alias, None)  # of the definition that is replaced
    _classes[cls.name] = cls
    for alias in cls.aliases:
        _aliases[alias] = cls


def load_plugins():
    """Import the packages that registered losses under the entry-point group, once.

    One that fails is named in a warning and in the error for an unknown name; the others load.
    """
    global _plugins_loaded
    if _plugins_loaded:
        return
    _plugins_loaded = True
    from importlib.metadata import entry_points  # slow to import, so not before it is needed

    for point in entry_points(group=PLUGIN_GROUP):
        try:
            point.load()
        except Exception as error:  # whatever a stranger's package does, it must not spread
            origin = f" of {point.dist.name}" if point.dist else ""
            _broken[point.name] = f"plug-in {point.name!r}{origin} failed: {error!r}"
            warnings.warn(_broken[point.name], RuntimeWarning, stacklevel=3)


def loss_class(name):
    """The class registered under a name or an alias."""
    if not isinstance(name, str):
        raise TypeError(f"name must be a string such as 'huber', got {name!r}")
    load_plugins()
    cls = _classes.get(name) or _aliases.get(name)
    if cls is None:
        known = [*_classes, *_aliases]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        near = near or difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        broken = "".join(f" ({text})" for text in _broken.values())
        raise ValueError(
            f"unknown loss {name!r}{hint} ll.available() lists all names{broken}"
            if hint
            else f"unknown loss {name!r}; ll.available() lists all names{broken}"
        )
    return cls


def get(name, **parameters):
    """The loss of a given name.

    Parameters
    ----------
    name : str
        A registered name, or the name another library uses (``"MSELoss"``).
    **parameters : float
        Its shape parameters; those not given keep their defaults.

    Returns
    -------
    losslab.losses.Loss

    Raises
    ------
    ValueError
        Unknown name or parameter (the nearest match is named), or a value outside its range.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("huber", delta=1.5)
    Huber(delta=1.5)
    """
    return loss_class(name)(**parameters)


def available(family=None, kind=None):
    """Names of all registered losses, sorted.

    Parameters
    ----------
    family : str, optional
        Only this family, for example ``"regression"``.
    kind : str, optional
        Only ``"pointwise"``, ``"rowwise"`` or ``"batchwise"`` losses.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If no loss has that family or kind.

    Examples
    --------
    >>> import losslab as ll
    >>> "huber" in ll.available(family="regression")
    True
    """
    load_plugins()
    for argument, value in (("family", family), ("kind", kind)):
        legal = sorted({getattr(cls, argument) for cls in _classes.values()})
        if value is not None and value not in legal:
            raise ValueError(f"{argument} must be one of {legal}, got {shortened(value)}")
    return sorted(
        name
        for name, cls in _classes.items()
        if family in (None, cls.family) and kind in (None, cls.kind)
    )
