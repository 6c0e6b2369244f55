"""Parameters at which every definition is tried: the defaults, and the ends of the sliders."""


def corners(cls):
    """Dictionaries of parameters: the defaults first, then one parameter at each end."""
    start = {key: spec.default for key, spec in cls.parameter_specs.items()}
    found = [start]
    for key, spec in cls.parameter_specs.items():
        found += [start | {key: float(end)} for end in spec.slider[:2]]
        if spec.low is not None and not spec.low_open:
            found.append(start | {key: float(spec.low)})
    return [each for i, each in enumerate(found) if each not in found[:i]]
