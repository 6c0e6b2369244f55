"""Registries: every definition of a shelf by name and alias, built in, from plug-ins or a notebook."""

import importlib
import warnings

from losslab.contract import peers
from losslab.contract.messages import shortened

PLUGIN_GROUP = "losslab.plugins"

_broken = {}
_opened = []  # every shelf, in the order in which their rooms were opened
_plugins_loaded = False


def load_plugins():
    """Import the packages that registered definitions under the entry-point group, once.

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


def _place(cls):
    return cls.__module__, cls.__qualname__


def _shipped(cls):
    return cls.__module__.partition(".")[0] == __name__.partition(".")[0]


class Registry:
    """One shelf: its definitions by name, by alias and by what other libraries call them.

    A name or an alias is unique on its shelf; another shelf may have the same.

    Parameters
    ----------
    room : str
        The package it is the shelf of: ``"losses"``.
    noun, plural : str
        What a definition of the shelf is called: ``"loss"``, ``"losses"``.
    door : str
        Where readers find `get` and `available`: ``"ll"`` or ``"ll.penalties"``.
    guide : str, optional
        A module that knows what to say of unknown names and parameters: ``name(given)``,
        ``several(given, classes)`` and ``parameter(cls, key)``. Imported when something is unknown.

    Examples
    --------
    >>> from losslab.contract.registry import Registry
    >>> Registry("losses", "loss", "losses", door="ll").available()
    []
    """

    def __init__(self, room, noun, plural, *, door, guide="losslab.contract.unknown"):
        self.room = room
        self.noun = noun
        self.plural = plural
        self.door = door
        self._guide = guide
        self._classes = {}
        self._aliases = {}
        self._peers = {}  # names in other libraries: for each, the classes that it may mean
        _opened.append(self)
        self._unread = []  # classes whose peers are not entered there yet

    def register(self, cls):
        """Enter a class; called when the class is defined.

        A class defined again under the same module and name (a notebook cell run twice) takes the
        place of the old one; anything else that claims a taken name is refused.
        """
        for name in (cls.name, *cls.aliases):
            others = [self._classes.get(name) or self._aliases.get(name)]
            if not _shipped(cls):  # ours may be called what another library calls something else
                others += self.peer_names().get(name, ())
            for other in others:
                if other is not None and _place(other) != _place(cls):
                    raise ValueError(
                        f"the name {name!r} of {cls.__qualname__} is taken by "
                        f"{other.__module__}.{other.__qualname__}: choose another"
                    )
        if not _shipped(cls):
            self._check_paths(cls)
        self._forget_names(self._classes.get(cls.name))
        self._classes[cls.name] = cls
        for alias in cls.aliases:
            self._aliases[alias] = cls
        self._unread.append(cls)

    def _forget_names(self, replaced):
        for alias in getattr(replaced, "aliases", ()):
            self._aliases.pop(alias, None)
        for owners in self.peer_names().values() if replaced else ():
            if replaced in owners:
                owners.remove(replaced)

    def _check_paths(self, cls):
        for peer in cls.peers:
            for other in self.peer_names().get(peer.name, ()) if peer.owner else ():
                if _place(other) != _place(cls):
                    raise ValueError(
                        f"{peer.name} of {cls.__qualname__} is found under "
                        f"{other.__module__}.{other.__qualname__}: write Peer(…, owner=False)"
                    )

    def peer_names(self):
        """For every name in another library the classes that it may mean; read when first asked."""
        while self._unread:
            cls = self._unread.pop(0)
            for name in (name for peer in cls.peers for name in peer.names()):
                owners = self._peers.setdefault(name, [])
                # What comes from outside takes no name from what is shipped.
                if cls not in owners and (_shipped(cls) or not any(map(_shipped, owners))):
                    owners.append(cls)
        return self._peers

    def classes(self):
        """All classes of the shelf, in the order in which they were defined."""
        load_plugins()
        return [*self._classes.values()]

    def typical_name(self):
        """A name to show in messages."""
        if "huber" in self._classes:
            return "huber"
        alone = (name for name, cls in self._classes.items() if not cls.vector_specs)
        return next(alone, "…")  # one that asks for no vector

    def example(self):
        """How to get one, for messages: ``ll.get('huber')``."""
        return f"{self.door}.get({self.typical_name()!r})"

    def guide(self):
        """The module that knows what to say of what is unknown."""
        return importlib.import_module(self._guide)

    def find(self, name):
        """The class registered under a name or an alias, or under what another library calls it."""
        if not isinstance(name, str):
            raise TypeError(
                f"name must be a string such as {self.typical_name()!r}, got {shortened(name)}"
            )
        load_plugins()
        cls = self._classes.get(name) or self._aliases.get(name)
        if cls is None:
            meant = next(filter(None, map(self.peer_names().get, peers.spellings(name))), ())
            if len(meant) != 1:
                broken = "".join(f" ({text})" for text in _broken.values())
                guide = self.guide()
                said = guide.several(self, name, meant) or guide.name(self, name)
                raise ValueError(said + self._elsewhere(name) + broken)
            [cls] = meant
        return cls

    def _elsewhere(self, name):
        """Where a name is found that this shelf does not know; only rooms that are open are asked."""
        return "".join(
            f"; {shelf.door}.get({name!r}) is a {shelf.noun}"
            for shelf in _opened
            if shelf is not self and (name in shelf._classes or name in shelf._aliases)
        )

    def get(self, name, **parameters):
        """What is registered under a name, made with the given parameters.

        Parameters
        ----------
        name : str
            A registered name, or the name another library uses: ``"MSELoss"``,
            ``"torch.nn.functional.mse_loss"``, ``"reg:squarederror"``. The `peers` of what is found
            say what is different there.
        **parameters : float
            Its shape parameters; those not given keep their defaults.

        Returns
        -------
        Definition
            For losses a `losslab.losses.Loss`.

        Raises
        ------
        ValueError
            Unknown name or parameter (the message says what is near it, or why it is not shipped),
            a name that two libraries give to different things, or a value outside its range.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("huber", delta=1.5)
        Huber(delta=1.5)
        >>> ll.get("torch.nn.HuberLoss")
        Huber(delta=1)
        """
        return self.find(name)(**parameters)

    def available(self, family=None, kind=None):
        """Names of all that is registered, sorted.

        Parameters
        ----------
        family : str, optional
            Only this family, for example ``"regression"``.
        kind : str, optional
            Only this kind; of losses ``"pointwise"``, ``"rowwise"`` or ``"batchwise"``.

        Returns
        -------
        list of str

        Raises
        ------
        ValueError
            If nothing has that family or kind.

        Examples
        --------
        >>> import losslab as ll
        >>> "huber" in ll.available(family="regression")
        True
        """
        classes = self.classes()
        for argument, value in (("family", family), ("kind", kind)):
            legal = sorted({getattr(cls, argument) for cls in classes})
            if value is not None and value not in legal:
                raise ValueError(f"{argument} must be one of {legal}, got {shortened(value)}")
        return sorted(
            cls.name for cls in classes if family in (None, cls.family) and kind in (None, cls.kind)
        )
