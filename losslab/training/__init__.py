"""Training: what a loss does to a model.

`fit` trains a `Network` under any loss. `fit_line`, `fit_linear`, `fit_multioutput` and `fit_classifier` go down to the bottom in one call.
`optimisers` is the shelf of rules that step towards it. `Objective` is what optimisers and
landscapes are given.
"""

import importlib

# Public names by the module that has them; it is imported when one of them is first used. A name
# must not be that of its module or folder: importing that would take its place.
_PLACES = {
    "fits.line": ("LineFit", "fit_line", "repeated_median"),
    "fits.linear": ("LinearFit", "fit_linear"),
    "fits.multioutput": ("MultiOutputFit", "fit_multioutput"),
    "fits.plane": ("PlaneFit", "fit_classifier"),
    "landscapes.constants": ("Kink", "LossConstants", "loss_constants"),
    "landscapes.curvature": (
        "HessianSpectrum",
        "TopEigenvalues",
        "hessian_spectrum",
        "sharpness",
        "top_eigenvalues",
    ),
    "landscapes.directions": (
        "PrincipalDirections",
        "axis_directions",
        "principal_directions",
        "random_directions",
    ),
    "landscapes.linear": ("LinearObjective",),
    "landscapes.noise": ("GradientNoise", "gradient_noise_scale"),
    "landscapes.slices": ("Landscape", "landscape"),
    "objective": ("Objective",),
    "fitting": ("Fit", "fit"),
    "history": ("History",),
    "networks.heads": ("Head",),
    "networks.network": ("Network",),
    "networks.objective": ("NetworkObjective",),
}
_HOME = {name: place for place, names in _PLACES.items() for name in names}
_ROOMS = ("optimisers",)

__all__ = sorted([*_HOME, *_ROOMS])


def __getattr__(name):
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
