"""First and second derivatives of pointwise losses, with respect to the prediction, as formulas.

They are Python expressions, so that the tests can compare their numbers with those of the kernels; the page
shows the same expressions, set by `expressions.latex`. Besides y, f and the parameters they may use what
`NAMES` makes of y and f, and names of their own, defined behind them in the order in which they are needed.
"""

from dataclasses import dataclass, field

from . import expressions

# What stands for parts of most formulas, as on the page of the loss.
NAMES = {"r": "f - y", "label": "2*y - 1", "m": "label*f"}
# How the prediction is called in formulas, by its domain.
PREDICTION = {
    "value": r"\hat y",
    "logit": "z",
    "score": "f",
    "probability": "p",
    "positive value": r"\hat y",
    "value above -1": "f",
    "log mean": "h",
    "logit mean": "h",
}
P = {"p": "sigma(f)"}
TRUE = {"p_t": "sigma(label*f)"}
U = {"u": "(r/c)**2"}
WEIGHT = {"w": "1 - tau if r > 0 else tau"}
STEP = "-label if {} else 0"


@dataclass(frozen=True)
class Derivatives:
    first: str
    second: str = ""
    where: dict = field(default_factory=dict)
    # Letters of the loss's own formula that differ from the names of its parameters.
    letters: dict = field(default_factory=dict)


D = Derivatives
ASYMMETRIC = {"gamma_pos": r"\gamma_+", "gamma_neg": r"\gamma_-", "clip": "c"}
SIDES = {"pos_weight": "w_+", "neg_weight": "w_-"}
PRICES = {"over": r"w_{\mathrm{over}}", "under": r"w_{\mathrm{under}}"}
FORMULAS = {
    "absolute_error": D("sign(r)", "0"),
    "absolute_log_ratio": D("sign(r)/f", "-sign(r)/f**2"),
    "andrews_sine": D("c*sin(r/c) if abs(r) <= pi*c else 0", "cos(r/c) if abs(r) <= pi*c else 0"),
    "arctan": D("r/(1 + u**2)", "(1 - 3*u**2)/(1 + u**2)**2", U),
    "asymmetric_absolute_error": D("over if r > 0 else -under", "0", letters=PRICES),
    "asymmetric_loss": D(
        "(1 - p)**gamma_pos*(gamma_pos*p*log(p) - (1 - p)) if y == 1 else "
        "p*(1 - p)*u**gamma_neg*(1/(1 - u) - gamma_neg*log(1 - u)/u) if p > clip else 0",
        where={**P, "u": "p - clip"},
        letters=ASYMMETRIC,
    ),
    "asymmetric_squared_error": D(
        "over*r if r > 0 else under*r", "over if r > 0 else under", letters=PRICES
    ),
    "balanced_l1": D(
        "alpha*sign(r)*log(1 + b*abs(r)) if abs(r) < 1 else gamma*sign(r)",
        "alpha*b/(1 + b*abs(r)) if abs(r) < 1 else 0",
        {"b": "exp(gamma/alpha) - 1"},
    ),
    "berhu": D("sign(r) if abs(r) <= c else r/c", "0 if abs(r) <= c else 1/c"),
    "beta_likelihood": D(
        "d*s",
        "d*s*(1 - 2*p) + d**2*(psi_1(phi*p) + psi_1(phi*(1 - p)))",
        {**P, "d": "phi*p*(1 - p)", "s": "psi(phi*p) - psi(phi*(1 - p)) - log(y/(1 - y))"},
    ),
    "binary_cross_entropy": D("p - y", "p*(1 - p)", P),
    "binary_cross_entropy_probability": D("(f - y)/(f*(1 - f))", "y/f**2 + (1 - y)/(1 - f)**2"),
    "brier": D("2*(f - y)", "2"),
    "brier_logit": D("2*(p - y)*p*(1 - p)", "2*p*(1 - p)*(p*(1 - p) + (p - y)*(1 - 2*p))", P),
    "cauchy": D("r/(1 + u)", "(1 - u)/(1 + u)**2", U),
    "charbonnier": D("r/sqrt(r**2 + epsilon**2)", "epsilon**2/(r**2 + epsilon**2)**(3/2)"),
    "cross_entropy_lambda": D(
        "w*p*(1 - y/(1 - exp(-t)))",
        "w*p*(1 - p)*(1 - y/(1 - exp(-t))) + y*w**2*p**2*exp(-t)/(1 - exp(-t))**2",
        {**P, "t": "w*log(1 + exp(f))"},
    ),
    "dwd": D("-label if m <= 1/2 else -label/(4*m**2)", "0 if m <= 1/2 else 1/(2*m**3)"),
    "epsilon_insensitive": D("0 if abs(r) <= epsilon else sign(r)", "0"),
    "expectile": D("w*r", "w", WEIGHT),
    "exponential": D("-label*exp(-m)", "exp(-m)"),
    "exponential_nll": D("1 - y*exp(-f)", "y*exp(-f)"),
    "fair": D("r/(1 + abs(r)/c)", "1/(1 + abs(r)/c)**2"),
    "focal": D(
        "label*alpha_t*(1 - p_t)**gamma*(gamma*p_t*log(p_t) - (1 - p_t))",
        "alpha_t*(1 - p_t)**gamma*p_t*((1 + 2*gamma)*(1 - p_t) - gamma*log(p_t)*(gamma*p_t - (1 - p_t)))",
        {**TRUE, "alpha_t": "alpha if y == 1 else 1 - alpha"},
    ),
    "gamma_deviance": D("1 - y*exp(-f)", "y*exp(-f)"),
    "geman_mcclure": D("r/(1 + u)**2", "(1 - 3*u)/(1 + u)**3", U),
    "general_robust": D(
        "r/c**2*(1 + u/b)**(alpha/2 - 1)",
        "1/c**2*(1 + u/b)**(alpha/2 - 2)*(1 + (alpha - 1)*u/b)",
        {**U, "b": "abs(alpha - 2)"},
    ),
    "generalised_cross_entropy_binary": D(
        "-label*p_t**q*(1 - p_t)", "p_t**q*(1 - p_t)*(p_t - q*(1 - p_t))", TRUE
    ),
    "hampel": D(
        "r if abs(r) <= a else a*sign(r) if abs(r) <= b else "
        "a*(c - abs(r))/(c - b)*sign(r) if abs(r) <= c else 0",
        "1 if abs(r) <= a else 0 if abs(r) <= b else -a/(c - b) if abs(r) <= c else 0",
    ),
    "hinge": D(STEP.format("m < 1"), "0"),
    "huber": D("r if abs(r) <= delta else delta*sign(r)", "1 if abs(r) <= delta else 0"),
    "inverse_gaussian": D("exp(-f)*(1 - y*exp(-f))", "exp(-f)*(2*y*exp(-f) - 1)"),
    "linex": D("(exp(a*r) - 1)/a", "exp(a*r)"),
    "log_cosh": D("tanh(a*r)/a", "1/cosh(a*r)**2"),
    "lp": D("p*abs(r)**(p - 1)*sign(r)", "p*(p - 1)*abs(r)**(p - 2)"),
    "lum": D(
        "-label if m < c/(1 + c) else -label*u**(a + 1)",
        "0 if m < c/(1 + c) else (1 + c)*(a + 1)/a*u**(a + 2)",
        {"u": "a/((1 + c)*m - c + a)"},
    ),
    "mape": D("sign(r)/abs(y)", "0"),
    "mean_absolute_error_probability": D("1 - 2*y", "0"),
    "modified_huber": D("-2*label*min(2, max(0, 1 - m))", "2 if -1 < m < 1 else 0"),
    "negative_binomial": D(
        "theta*(mu - y)/(theta + mu)",
        "theta*mu*(theta + y)/(theta + mu)**2",
        {"mu": "exp(f)"},
    ),
    "perceptron": D(STEP.format("m < 0"), "0"),
    "pinball_hinge": D("-label if m < 1 else tau*label", "0"),
    "poisson": D("exp(f) - y", "exp(f)"),
    "poisson_deviance_mean": D("1 - y/f", "y/f**2"),
    "poly1_binary": D(
        "-label*(1 - p_t)*(1 + epsilon*p_t)", "p_t*(1 - p_t)*(1 + epsilon*(2*p_t - 1))", TRUE
    ),
    "pseudo_huber": D("r/sqrt(1 + (r/delta)**2)", "1/(1 + (r/delta)**2)**(3/2)"),
    "quadratic_smoothed_hinge": D(
        "-label*min(1, max(0, 1 - m)/gamma)", "1/gamma if 1 - gamma < m < 1 else 0"
    ),
    "quantile": D("1 - tau if r > 0 else -tau", "0"),
    "quantile_huber": D(
        "w*r/kappa if abs(r) <= kappa else w*sign(r)", "w/kappa if abs(r) <= kappa else 0", WEIGHT
    ),
    "ramp": D(STEP.format("s < m < 1"), "0"),
    "ramsay": D("r*exp(-a*abs(r))", "(1 - a*abs(r))*exp(-a*abs(r))"),
    "relative_squared_error": D("2*r/y**2", "2/y**2"),
    "rescaled_hinge": D(
        "-label*eta*exp(-eta*(1 - m))/(1 - exp(-eta)) if m < 1 else 0",
        "-eta**2*exp(-eta*(1 - m))/(1 - exp(-eta)) if m < 1 else 0",
    ),
    "savage": D("-2*label*u**2*(1 - u)", "2*u**2*(1 - u)*(2 - 3*u)", {"u": "1/(1 + exp(m))"}),
    "scaled_absolute_error": D("sign(r)/scale", "0", letters={"scale": "q"}),
    "sigmoid_loss": D(
        "-label*beta*u*(1 - u)", "beta**2*u*(1 - u)*(1 - 2*u)", {"u": "1/(1 + exp(beta*m))"}
    ),
    "smape": D(
        "4*abs(y)/(abs(f) + abs(y))**2*sign(r) if f*y > 0 else 0",
        "-8*abs(y)/(abs(f) + abs(y))**3*sign(r)*sign(f) if f*y > 0 else 0",
    ),
    "smooth_hinge": D("-label*min(1, max(0, 1 - m))", "1 if 0 < m < 1 else 0"),
    "smooth_l1": D("r/beta if abs(r) <= beta else sign(r)", "1/beta if abs(r) <= beta else 0"),
    "smoothed_quantile": D("u - tau", "u*(1 - u)/alpha", {"u": "sigma(r/alpha)"}),
    "squared_epsilon_insensitive": D(
        "sign(r)*max(0, abs(r) - epsilon)", "0 if abs(r) < epsilon else 1"
    ),
    "squared_error": D("r", "1"),
    "squared_hinge": D("-2*label*max(0, 1 - m)", "2 if m < 1 else 0"),
    "squared_log_error": D("d/(1 + f)", "(1 - d)/(1 + f)**2", {"d": "log(1 + f) - log(1 + y)"}),
    "squared_log_ratio": D("2*d/f", "2*(1 - d)/f**2", {"d": "log(f/y)"}),
    "squared_margin": D("-2*label*(1 - m)", "2"),
    "student_t": D(
        "(nu + 1)*r/(nu*scale**2 + r**2)",
        "(nu + 1)*(nu*scale**2 - r**2)/(nu*scale**2 + r**2)**2",
        letters={"scale": "s"},
    ),
    "tangent": D("4*label*u/(1 + m**2)", "8*(1 - m*u)/(1 + m**2)**2", {"u": "2*arctan(m) - 1"}),
    "truncated_quadratic": D("r if abs(r) < c else 0", "1 if abs(r) < c else 0"),
    "tukey_biweight": D(
        "r*(1 - u)**2 if abs(r) <= c else 0", "(1 - u)*(1 - 5*u) if abs(r) <= c else 0", U
    ),
    "tweedie": D(
        "exp((2 - power)*f) - y*exp((1 - power)*f)",
        "(2 - power)*exp((2 - power)*f) - (1 - power)*y*exp((1 - power)*f)",
        letters={"power": "p"},
    ),
    "unhinged": D("-label", "0"),
    "weighted_binary_cross_entropy": D(
        "neg_weight*(1 - y)*p - pos_weight*y*(1 - p)",
        "(pos_weight*y + neg_weight*(1 - y))*p*(1 - p)",
        P,
        SIDES,
    ),
    "welsch": D("r*exp(-u)", "(1 - 2*u)*exp(-u)", U),
    "wing": D(
        "w*sign(r)/(epsilon + abs(r)) if abs(r) < w else sign(r)",
        "-w/(epsilon + abs(r))**2 if abs(r) < w else 0",
    ),
    "zero_one": D("0", "0"),
}


def numbers(name, y, f, parameters):
    """What the two formulas give: the second is None where there is none."""
    found = FORMULAS[name]
    known = {"y": y, "f": f, **parameters}
    for short, text in {**NAMES, **found.where}.items():
        if short not in parameters:
            known[short] = expressions.number(text, known)
    return [
        expressions.number(each, known) if each else None for each in (found.first, found.second)
    ]


def latex(cls):
    """Both formulas and what stands for what, for the page of a class; empty if there are none."""
    found = FORMULAS.get(cls.name)
    if found is None:
        return ""
    spelt = "f" if "(2y-1)f" in cls.formula else PREDICTION[cls.prediction]
    letters = {"f": spelt, **found.letters}
    over = letters["f"]
    lines = [
        rf"\frac{{\partial \ell}}{{\partial {over}}} &= {expressions.latex(found.first, letters)}"
    ]
    if found.second:
        second = expressions.latex(found.second, letters)
        lines.append(rf"\frac{{\partial^2 \ell}}{{\partial {over}^2}} &= {second}")
    lines += [
        rf"{expressions.latex(k, letters)} &= {expressions.latex(v, letters)}"
        for k, v in found.where.items()
    ]
    return r"\begin{aligned} " + r" \\[0.6em] ".join(lines) + r" \end{aligned}"
