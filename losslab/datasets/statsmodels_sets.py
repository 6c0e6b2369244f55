"""Loaders of time series, counts, ordered answers and waiting times, from statsmodels' copies."""

import numpy as np

from losslab.datasets.packages import statsmodels


def sunspots():
    data = statsmodels("sunspots", "sunspots")
    return {
        "X": data[["YEAR"]],
        "y": data["SUNACTIVITY"],
        "feature_names": ("year",),
        "target_name": "sunspots",
        "units": {"year": "years", "sunspots": "yearly mean sunspot number"},
        "description": "Yearly sunspot numbers, 1700 to 2008: cycles of about eleven years.",
        "source": "National Geophysical Data Center (NOAA); copy in statsmodels",
        "licence": "public domain",
    }


def co2():
    series = statsmodels("co2", "co2")["co2"].dropna()
    time = series.index
    # The week's place in its year, so that a trend and a season can be fitted.
    year = time.year + (time.day_of_year - 1) / np.where(time.is_leap_year, 366, 365)
    return {
        "X": np.asarray(year, dtype=float)[:, None],
        "y": series,
        "feature_names": ("time",),
        "target_name": "CO2",
        "units": {"time": "years", "CO2": "parts per million by volume"},
        "description": (
            "Weekly carbon dioxide in the air at Mauna Loa, 1958 to 2001; weeks without a "
            "measurement are left out."
        ),
        "source": (
            "C. D. Keeling and T. P. Whorf, Atmospheric CO2 concentrations derived from flask air "
            "samples at sites in the SIO network, 2004; copy in statsmodels"
        ),
        "licence": "public domain",
    }


def randhie():
    data = statsmodels("randhie", "randhie")
    columns = {
        "lncoins": ("log coinsurance", "ln(rate + 1), the rate in percent"),
        "idp": ("individual deductible", "1 yes, 0 no"),
        "lpi": ("log incentive", "ln(max(1, annual payment))"),
        "fmde": ("log maximum expenditure", "ln(max(1, expenditure / (0.01 rate))), or 0"),
        "physlm": ("physical limitation", "1 yes, 0 no"),
        "disea": ("chronic diseases", "number"),
        "hlthg": ("good health", "1 yes, 0 no; excellent is the rest"),
        "hlthf": ("fair health", "1 yes, 0 no"),
        "hlthp": ("poor health", "1 yes, 0 no"),
    }
    return {
        "X": data[list(columns)],
        "y": data["mdvis"],
        "feature_names": tuple(name for name, _ in columns.values()),
        "target_name": "doctor visits",
        "units": {**dict(columns.values()), "doctor visits": "outpatient visits a year"},
        "description": (
            "Visits to a doctor in 20,190 person-years of the RAND Health Insurance Experiment."
        ),
        "source": (
            "A. C. Cameron and P. K. Trivedi, Microeconometrics: Methods and Applications, "
            "Cambridge University Press 2005; copy of a subset in statsmodels"
        ),
        "licence": "public domain",
    }


def fair():
    data = statsmodels("fair", "fair")
    columns = {
        "rate_marriage": ("rating of the marriage", "1 very poor to 5 very good"),
        "age": ("age", "years"),
        "yrs_married": ("years married", "years, midpoints of classes"),
        "children": ("children", "number"),
        "religious": ("religious", "1 not to 4 strongly"),
        "educ": ("education", "years of school"),
        "occupation": ("occupation", "code 1 to 6"),
        "occupation_husb": ("husband's occupation", "code 1 to 6"),
    }
    return {
        "X": data[list(columns)],
        "y": data["affairs"],
        "feature_names": tuple(name for name, _ in columns.values()),
        "target_name": "affairs",
        "units": {
            **dict(columns.values()),
            "affairs": "a measure of time spent in extramarital affairs, a year of marriage",
        },
        "description": (
            "A survey of 6,366 married women by the magazine Redbook in 1974: two of three report "
            "no affair at all."
        ),
        "source": (
            "R. C. Fair, A Theory of Extramarital Affairs, Journal of Political Economy 86 (1978), "
            "45-61; copy in statsmodels"
        ),
        "licence": "included in statsmodels with permission of the author",
    }


def anes96():
    data = statsmodels("anes96", "anes96")
    columns = {
        "logpopul": ("log population", "ln(thousands of inhabitants + 0.1) of the place"),
        "TVnews": ("TV news", "days a week"),
        "selfLR": ("left-right", "own place, 1 left to 7 right"),
        "age": ("age", "years"),
        "educ": ("education", "1 to 7"),
        "income": ("income", "class 1 to 24"),
        "vote": ("vote", "1 Dole, 0 Clinton"),
    }
    return {
        "X": data[list(columns)],
        "y": data["PID"],
        "feature_names": tuple(name for name, _ in columns.values()),
        "target_name": "party",
        "units": {
            **dict(columns.values()),
            "party": "0 strong Democrat to 6 strong Republican",
        },
        "description": (
            "Party identification of 944 voters of the American National Election Study of 1996."
        ),
        "source": "The American National Election Studies, 1996; copy in statsmodels",
        "licence": "public domain",
    }


def heart():
    data = statsmodels("heart", "heart")
    return {
        "X": data[["age", "censors"]],
        "y": data["survival"],
        "feature_names": ("age", "death seen"),
        "target_name": "days",
        "units": {
            "age": "years at the time of surgery",
            "death seen": "1 the patient died, 0 alive when last seen",
            "days": "days after surgery until death or until last seen",
        },
        "description": "Survival of 69 patients after a heart transplant; 24 were alive at the end.",
        "source": (
            "R. Miller, Least squares regression with censored data, Biometrika 63 (1976), "
            "449-464; copy in statsmodels"
        ),
        "licence": "not stated by the package",
    }
