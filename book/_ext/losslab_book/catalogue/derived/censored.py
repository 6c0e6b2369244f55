"""Likelihoods of times and amounts that may be known between bounds only."""

from .shape import RowDerivatives as D

NAMES = {"mu": "f[0]", "sigma": "exp(f[1])", "low": "y[0]", "high": "y[1]"}
TIMES = {"a": "(log(low) - mu)/sigma", "b": "(log(high) - mu)/sigma"}
AMOUNTS = {"a": "(low - mu)/sigma", "b": "(high - mu)/sigma"}
LIMITS = (
    "The two bounds are equal for what was observed. At an infinite a or b, terms with a density are "
    "their limit, 0."
)


def censored(location, log_scale, where):
    letter = "y" if where is AMOUNTS else "t"
    return D(
        {r"\mu": location, r"\log\sigma": log_scale},
        where=where,
        letters={side: rf"{letter}_{{\mathrm{{{side}}}}}" for side in ("low", "high")},
        over="f",
        given=NAMES,
        columns="2",
        note=LIMITS,
    )


NORMAL = (
    "-a/sigma if a == b else (phi(b) - phi(a))/(sigma*normal_between(a, b))",
    "1 - a**2 if a == b else (times(b, phi(b)) - times(a, phi(a)))/normal_between(a, b)",
)
CENSORED = {
    "aft_lognormal": censored(*NORMAL, TIMES),
    "censored_gaussian": censored(*NORMAL, AMOUNTS),
    "aft_loglogistic": censored(
        "(1 - u - v)/sigma",
        "1 + a*c if a == b else (times(b, B) - times(a, A))/(v - u)",
        {
            **TIMES,
            "u": "1/(1 + exp(-a))",
            "v": "1/(1 + exp(-b))",
            "A": "u*(1 - u)",
            "B": "v*(1 - v)",
            "c": "1 - 2*u",
        },
    ),
    "aft_weibull": censored(
        "c/sigma if a == b else (B - A)/(sigma*(u - v))",
        "1 + a*c if a == b else (times(b, B) - times(a, A))/(u - v)",
        {
            **TIMES,
            "u": "exp(-exp(a))",
            "v": "exp(-exp(b))",
            "A": "exp(a)*u",
            "B": "times(exp(b), v)",
            "c": "1 - exp(a)",
        },
    ),
}
