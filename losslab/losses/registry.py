"""Registry: every loss by name and alias, built in, from plug-ins or from a notebook cell."""

import warnings

from losslab.losses import peers
from losslab.losses.messages import shortened

PLUGIN_GROUP = "losslab.plugins"

_classes = {}
_aliases = {}
_peers = {}  # names in other libraries: for each, the classes that it may mean; see peer_names
_unread = []  # classes whose peers are not entered there yet
_broken = {}
_plugins_loaded = False


def register(cls):
    """Enter a loss class; called when the class is defined.

    A class defined again under the same module and name (a notebook cell run twice) takes the
    place of the old one; anything else that claims a taken name is refused.
    """
    for name in (cls.name, *cls.aliases):
        others = [_classes.get(name) or _aliases.get(name)]
        if not _shipped(cls):  # ours may be called what another library calls something else
            others += peer_names().get(name, ())
        for other in others:
            if other is not None and _place(other) != _place(cls):
                raise ValueError(
                    f"the name {name!r} of {cls.__qualname__} is taken by "
                    f"{other.__module__}.{other.__qualname__}: choose another"
                )
    if not _shipped(cls):
        _check_paths(cls)
    replaced = _classes.get(cls.name)
    for alias in getattr(replaced, "aliases", ()):
        _aliases.pop(alias, None)
    for owners in peer_names().values() if replaced else ():
        if replaced in owners:
            owners.remove(replaced)
    _classes[cls.name] = cls
    for alias in cls.aliases:
        _aliases[alias] = cls
    _unread.append(cls)


def _check_paths(cls):
    for peer in cls.peers:
        for other in peer_names().get(peer.name, ()) if peer.owner else ():
            if _place(other) != _place(cls):
                raise ValueError(
                    f"{peer.name} of {cls.__qualname__} is found under "
                    f"{other.__module__}.{other.__qualname__}: write Peer(…, owner=False)"
                )


def peer_names():
    """For every name in another library the classes that it may mean; read when first asked for."""
    while _unread:
        cls = _unread.pop(0)
        for name in (name for peer in cls.peers for name in peer.names()):
            owners = _peers.setdefault(name, [])
            # What comes from outside takes no name from what is shipped.
            if cls not in owners and (_shipped(cls) or not any(map(_shipped, owners))):
                owners.append(cls)
    return _peers


def _place(cls):
    return cls.__module__, cls.__qualname__


def _shipped(cls):
    return cls.__module__.partition(".")[0] == __name__.partition(".")[0]


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
        raise TypeError(f"name must be a string such as 'huber', got {shortened(name)}")
    load_plugins()
    cls = _classes.get(name) or _aliases.get(name)
    if cls is None:
        meant = next(filter(None, map(peer_names().get, peers.spellings(name))), ())
        if len(meant) != 1:
            from losslab.losses.names import unknown  # not before something is

            broken = "".join(f" ({text})" for text in _broken.values())
            raise ValueError((unknown.several(name, meant) or unknown.name(name)) + broken)
        [cls] = meant
    return cls


def get(name, **parameters):
    """The loss of a given name.

    Parameters
    ----------
    name : str
        A registered name, or the name another library uses: ``"MSELoss"``,
        ``"torch.nn.functional.mse_loss"``, ``"reg:squarederror"``. `Loss.peers` says what is
        different there.
    **parameters : float
        Its shape parameters; those not given keep their defaults.

    Returns
    -------
    losslab.losses.Loss

    Raises
    ------
    ValueError
        Unknown name or parameter (the message says what is near it, or why it is not shipped),
        a name that two libraries give to different losses, or a value outside its range.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("huber", delta=1.5)
    Huber(delta=1.5)
    >>> ll.get("torch.nn.HuberLoss")
    Huber(delta=1)
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
