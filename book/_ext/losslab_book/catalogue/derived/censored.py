"""Likelihoods of times and amounts that may be known between bounds only."""

from .shape import RowDerivatives as D

NAMES = {"mu": "f[0]", "sigma": "exp(f[1])"}
TIMES = {"a": "(log(y[0]) - mu)/sigma", "b": "(log(y[1]) - mu)/sigma"}
AMOUNTS = {"a": "(y[0] - mu)/sigma", "b": "(y[1] - mu)/sigma"}
LIMITS = (
    "y has the two bounds, which are equal for what was observed. At a bound of 0 or infinity, products "
    "with a density are their limit, 0."
)


def censored(location, log_scale, where):
    return D(
        {r"\mu": location, r"\log\sigma": log_scale},
        where=where,
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
        "1 + a*(1 - 2*u) if a == b else (times(b, v*(1 - v)) - times(a, u*(1 - u)))/(v - u)",
        {**TIMES, "u": "1/(1 + exp(-a))", "v": "1/(1 + exp(-b))"},
    ),
    "aft_weibull": censored(
        "(1 - exp(a))/sigma if a == b else (times(exp(b), v) - exp(a)*u)/(sigma*(u - v))",
        "1 + a*(1 - exp(a)) if a == b else "
        "(times(b, times(exp(b), v)) - times(a, exp(a)*u))/(u - v)",
        {**TIMES, "u": "exp(-exp(a))", "v": "exp(-exp(b))"},
    ),
}
