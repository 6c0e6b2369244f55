"""Likelihoods of counts whose dispersion, or whose share of zeros, is predicted too."""

from .shape import RowDerivatives as D

A, LOG_RATE, LOG_MU, LOG_ALPHA = (
    r"\operatorname{logit} p",
    r"\log\lambda",
    r"\log\mu",
    r"\log\alpha",
)
P = {"p": "sigma(f[0])"}
DISPERSED = {
    "b": "(mu - y)/(1 + alpha*mu)",
    "c": "b + theta*(u - log(1 + alpha*mu))",
    "u": "psi(y + theta) - psi(theta)",
    "theta": "1/alpha",
}
COUNTS = {
    "negative_binomial_dispersion": D(
        {LOG_MU: "b", LOG_ALPHA: "c"},
        where=DISPERSED,
        over="f",
        given={"mu": "exp(f[0])", "alpha": "exp(f[1])"},
    ),
    "zero_inflated_poisson": D(
        {
            A: "p - w if y == 0 else p",
            LOG_RATE: "(1 - w)*lambda_ if y == 0 else lambda_ - y",
        },
        where={"w": "p/(p + (1 - p)*exp(-lambda_))"},
        over="f",
        given={**P, "lambda_": "exp(f[1])"},
    ),
    "zero_inflated_negative_binomial": D(
        {
            A: "p - w if y == 0 else p",
            LOG_MU: "(1 - w)*b if y == 0 else b",
            LOG_ALPHA: "(1 - w)*c if y == 0 else c",
        },
        where={"w": "p/(p + (1 - p)*(1 + alpha*mu)**(-theta))", **DISPERSED},
        over="f",
        given={**P, "mu": "exp(f[1])", "alpha": "exp(f[2])"},
    ),
    "hurdle_poisson": D(
        {
            A: "p - one(y == 0)",
            LOG_RATE: "lambda_/(1 - exp(-lambda_)) - y if y > 0 else 0",
        },
        over="f",
        given={**P, "lambda_": "exp(f[1])"},
    ),
}
