"""The packages that carry the data."""

import importlib


def package(module, distribution, name):
    """Import the package that carries a data set, or say how to get it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"the data set {name!r} is read from {distribution}, which is not installed: "
            f"pip install {distribution}"
        ) from error


def statsmodels(module, name):
    """The table of one data set of statsmodels."""
    return package(f"statsmodels.datasets.{module}.data", "statsmodels", name).load_pandas().data


def sklearn(name):
    """The module that holds scikit-learn's loaders."""
    return package("sklearn.datasets", "scikit-learn", name)
