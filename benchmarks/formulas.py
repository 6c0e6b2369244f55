"""Every pointwise loss as a user of JAX writes it, one line each, with parameters as constants.

The textbook formula, in the form that JAX's own functions keep from overflowing: softplus for
log(1 + e**x), log_sigmoid for log(sigmoid(x)), log1p and expm1 where the book has log(1 + x) and
e**x - 1. `benchmarks.speed` refuses a line whose value or gradient is not the loss's own.
"""

import jax
import jax.numpy as jnp
from jax.nn import log_sigmoid, sigmoid, softplus
from jax.scipy.special import betaln, xlogy

jax.config.update("jax_enable_x64", True)

pi, where, square = jnp.pi, jnp.where, jnp.square
exp, log, log1p, expm1, sqrt = jnp.exp, jnp.log, jnp.log1p, jnp.expm1, jnp.sqrt
absolute, maximum, minimum = jnp.abs, jnp.maximum, jnp.minimum


def margin(y, f):
    return (2 * y - 1) * f


# Errors of a value. `r` would be f - y; parameters have the names of the loss's own.
REGRESSION = {
    "absolute_error": lambda y, f: absolute(f - y),
    "andrews_sine": lambda y, f, c: c**2 * (1 - jnp.cos(minimum(absolute(f - y) / c, pi))),
    "arctan": lambda y, f, c: c**2 / 2 * jnp.arctan(square((f - y) / c)),
    "asymmetric_absolute_error": lambda y, f, over, under: maximum(over * (f - y), under * (y - f)),
    "asymmetric_squared_error": lambda y, f, over, under: (
        where(f > y, over, under) * square(f - y) / 2
    ),
    "balanced_l1": lambda y, f, alpha, gamma: balanced_l1(absolute(f - y), alpha, gamma),
    "berhu": lambda y, f, c: where(
        absolute(f - y) <= c, absolute(f - y), (square(f - y) + c**2) / (2 * c)
    ),
    "cauchy": lambda y, f, c: c**2 / 2 * log1p(square((f - y) / c)),
    "charbonnier": lambda y, f, epsilon: sqrt(square(f - y) + epsilon**2),
    "epsilon_insensitive": lambda y, f, epsilon: maximum(0.0, absolute(f - y) - epsilon),
    "expectile": lambda y, f, tau: where(f > y, 1 - tau, tau) * square(f - y) / 2,
    "fair": lambda y, f, c: c**2 * (absolute(f - y) / c - log1p(absolute(f - y) / c)),
    "geman_mcclure": lambda y, f, c: square(f - y) / (1 + square((f - y) / c)) / 2,
    "general_robust": lambda y, f, alpha, c: (
        abs(alpha - 2) / alpha * ((square((f - y) / c) / abs(alpha - 2) + 1) ** (alpha / 2) - 1)
    ),
    "hampel": lambda y, f, a, b, c: hampel(absolute(f - y), a, b, c),
    "huber": lambda y, f, delta: (
        minimum(absolute(f - y), delta) * (absolute(f - y) - 0.5 * minimum(absolute(f - y), delta))
    ),
    "linex": lambda y, f, a: (exp(a * (f - y)) - a * (f - y) - 1) / a**2,
    "log_cosh": lambda y, f, a: (jnp.logaddexp(a * (f - y), a * (y - f)) - log(2.0)) / a**2,
    "lp": lambda y, f, p: absolute(f - y) ** p,
    "mape": lambda y, f: absolute((f - y) / y),
    "pseudo_huber": lambda y, f, delta: delta**2 * (sqrt(1 + square((f - y) / delta)) - 1),
    "quantile": lambda y, f, tau: maximum((1 - tau) * (f - y), tau * (y - f)),
    "quantile_huber": lambda y, f, tau, kappa: (
        where(f > y, 1 - tau, tau)
        * where(absolute(f - y) <= kappa, square(f - y) / (2 * kappa), absolute(f - y) - kappa / 2)
    ),
    "ramsay": lambda y, f, a: (1 - exp(-a * absolute(f - y)) * (1 + a * absolute(f - y))) / a**2,
    "relative_squared_error": lambda y, f: square((f - y) / y),
    "scaled_absolute_error": lambda y, f, scale: absolute(f - y) / scale,
    "smape": lambda y, f: 2 * absolute(f - y) / (absolute(f) + absolute(y)),
    "smooth_l1": lambda y, f, beta: where(
        absolute(f - y) <= beta, square(f - y) / (2 * beta), absolute(f - y) - beta / 2
    ),
    "smoothed_quantile": lambda y, f, tau, alpha: alpha * softplus((f - y) / alpha) - tau * (f - y),
    "squared_epsilon_insensitive": lambda y, f, epsilon: (
        square(maximum(0.0, absolute(f - y) - epsilon)) / 2
    ),
    "squared_error": lambda y, f: 0.5 * square(f - y),
    "student_t": lambda y, f, nu, scale: (nu + 1) / 2 * log1p(square((f - y) / scale) / nu),
    "truncated_quadratic": lambda y, f, c: minimum(square(f - y), c**2) / 2,
    "tukey_biweight": lambda y, f, c: c**2 / 6 * (1 - (1 - minimum(square((f - y) / c), 1.0)) ** 3),
    "welsch": lambda y, f, c: c**2 / 2 * (1 - exp(-square((f - y) / c))),
    "wing": lambda y, f, w, epsilon: where(
        absolute(f - y) < w,
        w * log1p(absolute(f - y) / epsilon),
        absolute(f - y) - w + w * log1p(w / epsilon),
    ),
}


def balanced_l1(a, alpha, gamma):
    b = expm1(gamma / alpha)
    inner = alpha / b * (1 + b * a) * log1p(b * a) - alpha * a
    return where(a < 1, inner, gamma * (a + 1 / b) - alpha)


def hampel(x, a, b, c):
    falling = a * (b + c - a - square(maximum(c - x, 0.0)) / (c - b)) / 2
    return where(x <= a, square(x) / 2, where(x <= b, a * x - a * a / 2, falling))


# Of two positive numbers, or of a count and the logarithm of its mean.
POSITIVE = {
    "absolute_log_ratio": lambda y, f: absolute(log(f / y)),
    "exponential_nll": lambda y, f: f + y * exp(-f),
    "gamma_deviance": lambda y, f: y * exp(-f) - 1 - log(y) + f,
    "inverse_gaussian": lambda y, f: square(y * exp(-f) - 1) / (2 * y),
    "negative_binomial": lambda y, f, theta: (
        (theta + y) * softplus(f - log(theta)) - y * (f - log(theta))
    ),
    "poisson": lambda y, f: exp(f) - y * f,
    "poisson_deviance_mean": lambda y, f: f - y + xlogy(y, y / f),
    "squared_log_error": lambda y, f: square(log1p(f) - log1p(y)) / 2,
    "squared_log_ratio": lambda y, f: square(log(f / y)),
    "tweedie": lambda y, f, power: (
        expm1((2 - power) * f) / (2 - power) - y * expm1((1 - power) * f) / (1 - power)
    ),
}

# Of a label and a margin, a logit or a probability.
LABELS = {
    "asymmetric_loss": lambda y, f, gamma_pos, gamma_neg, clip: where(
        y == 1,
        -(sigmoid(-f) ** gamma_pos) * log_sigmoid(f),
        -(maximum(sigmoid(f) - clip, 0.0) ** gamma_neg) * log1p(-maximum(sigmoid(f) - clip, 0.0)),
    ),
    "beta_likelihood": lambda y, f, phi: (
        betaln(phi * sigmoid(f), phi * sigmoid(-f))
        - (phi * sigmoid(f) - 1) * log(y)
        - (phi * sigmoid(-f) - 1) * log1p(-y)
    ),
    "binary_cross_entropy": lambda y, f: maximum(f, 0) - y * f + log1p(exp(-absolute(f))),
    "binary_cross_entropy_probability": lambda y, f: -xlogy(y, f) - xlogy(1 - y, 1 - f),
    "brier": lambda y, f: square(f - y),
    "brier_logit": lambda y, f: square(sigmoid(f) - y),
    "cross_entropy_lambda": lambda y, f, w: (
        (1 - y) * w * softplus(f) - y * log(-expm1(-w * softplus(f)))
    ),
    "dwd": lambda y, f: where(
        margin(y, f) <= 0.5, 1 - margin(y, f), 1 / (4 * maximum(margin(y, f), 0.5))
    ),
    "exponential": lambda y, f: exp(-margin(y, f)),
    "focal": lambda y, f, gamma, alpha: (
        -where(y == 1, alpha, 1 - alpha)
        * sigmoid(-margin(y, f)) ** gamma
        * log_sigmoid(margin(y, f))
    ),
    "generalised_cross_entropy_binary": lambda y, f, q: -expm1(q * log_sigmoid(margin(y, f))) / q,
    "hinge": lambda y, f: maximum(0.0, 1 - margin(y, f)),
    "lum": lambda y, f, a, c: where(
        margin(y, f) < c / (1 + c),
        1 - margin(y, f),
        (a / ((1 + c) * maximum(margin(y, f), c / (1 + c)) - c + a)) ** a / (1 + c),
    ),
    "mean_absolute_error_probability": lambda y, f: absolute(f - y),
    "modified_huber": lambda y, f: where(
        margin(y, f) >= -1, square(maximum(0.0, 1 - margin(y, f))), -4 * margin(y, f)
    ),
    "perceptron": lambda y, f: maximum(0.0, -margin(y, f)),
    "pinball_hinge": lambda y, f, tau: maximum(1 - margin(y, f), -tau * (1 - margin(y, f))),
    "poly1_binary": lambda y, f, epsilon: (
        softplus(-margin(y, f)) + epsilon * sigmoid(-margin(y, f))
    ),
    "quadratic_smoothed_hinge": lambda y, f, gamma: smoothed_hinge(
        maximum(0.0, 1 - margin(y, f)), gamma
    ),
    "ramp": lambda y, f, s: minimum(1 - s, maximum(0.0, 1 - margin(y, f))),
    "rescaled_hinge": lambda y, f, eta: (
        (1 - exp(-eta * maximum(0.0, 1 - margin(y, f)))) / (1 - exp(-eta))
    ),
    "savage": lambda y, f: square(sigmoid(-margin(y, f))),
    "sigmoid_loss": lambda y, f, beta: sigmoid(-beta * margin(y, f)),
    "smooth_hinge": lambda y, f: smoothed_hinge(maximum(0.0, 1 - margin(y, f)), 1.0),
    "squared_hinge": lambda y, f: square(maximum(0.0, 1 - margin(y, f))),
    "squared_margin": lambda y, f: square(1 - margin(y, f)),
    "tangent": lambda y, f: square(2 * jnp.arctan(margin(y, f)) - 1),
    "unhinged": lambda y, f: 1 - margin(y, f),
    "weighted_binary_cross_entropy": lambda y, f, pos_weight, neg_weight: (
        pos_weight * y * softplus(-f) + neg_weight * (1 - y) * softplus(f)
    ),
    "zero_one": lambda y, f: where(margin(y, f) > 0, 0.0, 1.0),
}


def smoothed_hinge(slack, gamma):
    return where(slack < gamma, square(slack) / (2 * gamma), slack - gamma / 2)


FORMULAS = {**REGRESSION, **POSITIVE, **LABELS}


def mean_and_gradient(loss):
    """The compiled function of (f, y) that gives the mean loss and its gradient by f."""
    formula, parameters = FORMULAS[loss.name], dict(loss.parameters)
    return jax.jit(jax.value_and_grad(lambda f, y: formula(y, f, **parameters).mean()))
