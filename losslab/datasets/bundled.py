"""Small real data sets, taken from the copies inside statsmodels and scikit-learn."""

import difflib
from dataclasses import dataclass, field

import numpy as np

from losslab.datasets import statsmodels_sets
from losslab.datasets.packages import sklearn, statsmodels


@dataclass(frozen=True)
class Dataset:
    """One data set: numbers, what they mean, and where they come from.

    Attributes
    ----------
    name : str
        Name under which `load` finds it.
    X : ndarray of shape (n, p)
        Features, one row an observation; read-only float64.
    y : ndarray of shape (n,)
        Target; read-only float64.
    feature_names : tuple of str
        One for each column of `X`.
    target_name : str
        What `y` is.
    units : dict
        Unit of every feature and of the target, by name.
    description : str
        One sentence.
    source : str
        Where the numbers were published, and the package whose copy is read.
    licence : str
        Terms of use, as the package states them.

    Examples
    --------
    >>> import losslab as ll
    >>> engel = ll.datasets.load("engel")
    >>> engel.x.shape, engel.target_name, engel.units["income"]
    ((235,), 'food expenditure', 'Belgian francs a year')
    """

    name: str
    X: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    feature_names: tuple
    target_name: str
    units: dict = field(repr=False)
    description: str
    source: str = field(repr=False)
    licence: str = field(repr=False)

    @property
    def x(self):
        """The single feature as a vector, for data sets that have just one."""
        if self.X.shape[1] != 1:
            names = ", ".join(self.feature_names)
            raise ValueError(
                f"{self.name} has {self.X.shape[1]} features ({names}); use X or column(name)"
            )
        return self.X[:, 0]

    def column(self, name):
        """One feature, or the target, by name.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.datasets.load("stackloss").column("air flow")[:3]
        array([80., 80., 75.])
        """
        if name == self.target_name:
            return self.y
        if name not in self.feature_names:
            legal = (*self.feature_names, self.target_name)
            raise ValueError(f"name must be one of {legal}, got {name!r}")
        return self.X[:, self.feature_names.index(name)]


def load(name):
    """A bundled data set.

    Parameters
    ----------
    name : str
        One of `available()`.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        Unknown name; the message gives the legal ones.
    ModuleNotFoundError
        The package that carries the data is not installed; the message says how to get it.

    Examples
    --------
    >>> import losslab as ll
    >>> stackloss = ll.datasets.load("stackloss")
    >>> stackloss.X.shape, stackloss.feature_names
    ((21, 3), ('air flow', 'water temperature', 'acid concentration'))
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a string such as 'engel', got {name!r}")
    if name not in _LOADERS:
        near = difflib.get_close_matches(name.lower(), _LOADERS, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise ValueError(f"unknown data set {name!r}{hint} Legal are {available()}")
    facts = _LOADERS[name]()
    for key in ("X", "y"):
        array = np.array(facts[key], dtype=np.float64)
        array.flags.writeable = False
        facts[key] = array
    facts["units"] = dict(facts["units"])
    return Dataset(name=name, **facts)


def available():
    """Names of the data sets, sorted.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.datasets.available()[:4]
    ['anes96', 'bill_rate', 'breast_cancer', 'co2']
    """
    return sorted(_LOADERS)


def _stackloss():
    data = statsmodels("stackloss", "stackloss")
    return {
        "X": data[["AIRFLOW", "WATERTEMP", "ACIDCONC"]],
        "y": data["STACKLOSS"],
        "feature_names": ("air flow", "water temperature", "acid concentration"),
        "target_name": "stack loss",
        "units": {
            "air flow": "rate of operation of the plant",
            "water temperature": "degrees, cooling water of the absorption tower",
            "acid concentration": "tenths of a percent above 50 %",
            "stack loss": "tenths of a percent of the ammonia",
        },
        "description": (
            "21 days of a plant that oxidises ammonia to nitric acid: how it was run, and "
            "how much of the ammonia escaped unused."
        ),
        "source": (
            "K. A. Brownlee, Statistical Theory and Methodology in Science and Engineering, "
            "2nd edition, Wiley 1965; copy in statsmodels"
        ),
        "licence": "public domain",
    }


def _engel():
    data = statsmodels("engel", "engel")
    return {
        "X": data[["income"]],
        "y": data["foodexp"],
        "feature_names": ("income",),
        "target_name": "food expenditure",
        "units": {
            "income": "Belgian francs a year",
            "food expenditure": "Belgian francs a year",
        },
        "description": (
            "Income and spending on food of 235 Belgian working-class households, "
            "collected for Ernst Engel's study of 1857."
        ),
        "source": (
            "R. Koenker and G. Bassett, Robust Tests for Heteroscedasticity Based on "
            "Regression Quantiles, Econometrica 50 (1982), 43-61; copy in statsmodels"
        ),
        "licence": "public domain",
    }


def _bill_rate():
    data = statsmodels("macrodata", "bill_rate")
    rate = data["tbilrate"].to_numpy()
    time = data["year"].to_numpy() + (data["quarter"].to_numpy() - 1.0) / 4.0
    return {
        "X": time[1:, None],
        "y": rate[1:] - rate[:-1],
        "feature_names": ("quarter",),
        "target_name": "change of the rate",
        "units": {
            "quarter": "years",
            "change of the rate": "percentage points against the quarter before",
        },
        "description": (
            "202 quarterly changes of the interest rate on three-month US Treasury bills, "
            "1959 to 2009: mostly small, sometimes huge."
        ),
        "source": (
            "FRED, Federal Reserve Bank of St. Louis, compiled by S. Seabold 2009; first "
            "differences of tbilrate in the macrodata set of statsmodels"
        ),
        "licence": "public domain",
    }


def _diabetes():
    # Unscaled: the raw columns have units, the scaled ones do not.
    data = sklearn("diabetes").load_diabetes(scaled=False)
    units = {
        "age": "years",
        "sex": "coded 1 or 2",
        "bmi": "kg/m\u00b2",
        "bp": "average blood pressure",
        "s1": "total serum cholesterol",
        "s2": "low-density lipoproteins",
        "s3": "high-density lipoproteins",
        "s4": "total cholesterol / HDL",
        "s5": "possibly the log of serum triglycerides",
        "s6": "blood sugar",
        "progression": "points of the study's own scale",
    }
    return {
        "X": data.data,
        "y": data.target,
        "feature_names": tuple(data.feature_names),
        "target_name": "progression",
        "units": units,
        "description": (
            "Ten measurements of 442 diabetes patients and the progression of the disease one year later."
        ),
        "source": (
            "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least Angle Regression, "
            "Annals of Statistics 32 (2004), 407-499; unscaled copy in scikit-learn"
        ),
        "licence": "distributed with scikit-learn (BSD-3-Clause)",
    }


def _breast_cancer():
    data = sklearn("breast_cancer").load_breast_cancer()
    names = tuple(map(str, data.feature_names))
    units = {
        name: "of ten nuclei at most, in the units of the digitised image"
        if name.startswith("worst")
        else "in the units of the digitised image"
        for name in names
    }
    return {
        "X": data.data,
        "y": data.target,
        "feature_names": names,
        "target_name": "benign",
        "units": {**units, "benign": "1 benign, 0 malignant"},
        "description": (
            "Thirty measurements of cell nuclei in needle biopsies of 569 breast tumours, 357 of "
            "them benign."
        ),
        "source": (
            "W. N. Street, W. H. Wolberg and O. L. Mangasarian, Nuclear feature extraction for "
            "breast tumor diagnosis, Proc. SPIE 1905 (1993), 861-870; copy in scikit-learn"
        ),
        "licence": "distributed with scikit-learn (BSD-3-Clause)",
    }


def _digits():
    data = sklearn("digits").load_digits()
    names = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))
    return {
        "X": data.data,
        "y": data.target,
        "feature_names": names,
        "target_name": "digit",
        "units": {**dict.fromkeys(names, "ink, 0 to 16"), "digit": "0 to 9"},
        "description": "1797 handwritten digits as images of 8 by 8 pixels.",
        "source": (
            "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine "
            "Learning Repository 1998, its test set; copy in scikit-learn"
        ),
        "licence": "distributed with scikit-learn (BSD-3-Clause)",
    }


_LOADERS = {
    "anes96": statsmodels_sets.anes96,
    "bill_rate": _bill_rate,
    "breast_cancer": _breast_cancer,
    "co2": statsmodels_sets.co2,
    "diabetes": _diabetes,
    "digits": _digits,
    "engel": _engel,
    "fair": statsmodels_sets.fair,
    "heart": statsmodels_sets.heart,
    "randhie": statsmodels_sets.randhie,
    "stackloss": _stackloss,
    "sunspots": statsmodels_sets.sunspots,
}
