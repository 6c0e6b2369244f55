"""Parameters at which every definition is tried: the defaults, and extremes."""

import itertools


def corners(cls, most=16):
    """Parameter settings of a class worth testing: default first, then extremes."""
    specs = cls.parameter_specs
    if not specs:
        return [{}]
    values = {k: legal_extremes(s) for k, s in specs.items()}
    default = {k: s.default for k, s in specs.items()}
    found = [default]
    for key in specs:
        found += [{**default, key: v} for v in values[key]]
    if len(specs) > 1:
        ends = [[s.slider[0], s.slider[1]] for s in specs.values()]
        found += [dict(zip(specs, v, strict=True)) for v in itertools.product(*ends)]
    legal = []
    for setting in found:
        try:
            cls.typical(**setting)
        except ValueError:
            continue
        if setting not in legal:
            legal.append(setting)
    return legal[:most]


def legal_extremes(spec):
    """Slider ends, ends of the legal range (or just inside), 1e-3, 1e3, 0 and a negative number."""
    wanted = [spec.slider[0], spec.slider[1], 1e-3, 1e3, 0.0, -1.5]
    if spec.low is not None:
        wanted.append(spec.low if not spec.low_open else spec.low + 1e-3)
    if spec.high is not None:
        wanted.append(spec.high if not spec.high_open else spec.high - 1e-3)
    legal = []
    for value in wanted:
        try:
            legal.append(spec.validate(float(value)))
        except ValueError:
            continue
    return legal
