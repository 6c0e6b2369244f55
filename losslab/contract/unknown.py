"""What is said of names and parameters that a shelf does not know, if it has no guide of its own."""

import difflib

from losslab.contract.messages import shortened


def name(registry, given):
    """The message for a name that is not known."""
    known = {other: cls.name for cls in registry.classes() for other in (cls.name, *cls.aliases)}
    near = dict.fromkeys(known[close] for close in difflib.get_close_matches(given[:200], known))
    hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    return (
        f"unknown {registry.noun} {shortened(given)}{hint or ';'} {registry.door}.available() "
        "lists all names"
    )


def several(registry, given, classes):
    """The message for a name that libraries give to different definitions; None if none does."""
    if not classes:
        return None
    meant = []
    for cls in classes:
        for peer in cls.peers:
            if any(spelt in peer.names() for spelt in (given, given.strip())):
                meant.append(f"{peer.name!r} is {cls.name}")
                break
    return (
        f"unknown {registry.noun} {shortened(given)}: libraries mean different {registry.plural} "
        f"by it; {', '.join(meant)}"
    )


def parameter(cls, key):
    """The message for a parameter that a definition does not have."""
    ours = cls.parameter_names()
    near = difflib.get_close_matches(key, ours, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{no_parameter(cls, key)}{hint}"


def no_parameter(cls, key):
    ours = cls.parameter_names()
    return f"{cls.name} has no parameter {shortened(key)} (its parameters: {', '.join(ours) or 'none'})"
