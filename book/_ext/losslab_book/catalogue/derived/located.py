"""Likelihoods and scores of a distribution with a location and a scale."""

from .shape import RowDerivatives as D

MU, LOG_SIGMA = r"\mu", r"\log\sigma"
NORMAL = {"mu": "f[0]", "sigma": "exp(f[1])"}
Z = {"z": "(y - mu)/sigma"}


def normal(mean, log_scale, second=(), where=Z, **more):
    """Derivatives with respect to the mean and the log-scale of a normal distribution."""
    names = (MU, LOG_SIGMA)
    return D(
        dict(zip(names, (mean, log_scale), strict=True)),
        dict(zip(names, second, strict=True)) if second else "",
        where=where,
        over="f",
        given=NORMAL,
        **more,
    )


def located(scale, location, log_scale, second=(), where=None):
    """The same where the scale has another letter."""
    names = (MU, rf"\log {scale}")
    return D(
        dict(zip(names, (location, log_scale), strict=True)),
        dict(zip(names, second, strict=True)) if second else "",
        where=where or {"z": f"(y - mu)/{scale}"},
        over="f",
        given={"mu": "f[0]", scale: "exp(f[1])"},
    )


LOCATED = {
    "gaussian_nll": normal("-z/sigma", "1 - z**2", ("1/sigma**2", "2*z**2")),
    "laplace_nll": located("b", "-sign(y - mu)/b", "1 - u", ("0", "u"), {"u": "abs(y - mu)/b"}),
    "logistic_nll": located(
        "s",
        "-t/s",
        "1 - z*t",
        ("(1 - t**2)/(2*s**2)", "z*t + z**2*(1 - t**2)/2"),
        {"z": "(y - mu)/s", "t": "tanh(z/2)"},
    ),
    "lognormal_nll": normal(
        "-z/sigma", "1 - z**2", ("1/sigma**2", "2*z**2"), {"z": "(log(y) - mu)/sigma"}
    ),
    "beta_nll_gaussian": normal(
        "-w*z/sigma",
        "w*(1 - z**2)",
        where={**Z, "w": "sigma**(2*beta)"},
        note="The weight w counts as a constant when the gradient is taken.",
    ),
    "dawid_sebastiani": normal("-2*z/sigma", "2*(1 - z**2)"),
    "hyvarinen_gaussian": normal("-z/sigma**3", "2*(1 - z**2)/sigma**2"),
    "density_power_gaussian": normal(
        "-(1 + beta)*u*z/sigma",
        "(1 + beta)*u*(1 - z**2) - beta*c",
        where={
            **Z,
            "u": "(sigma*sqrt(2*pi))**(-beta)*exp(-(beta*z**2/2))",
            "c": "(sigma*sqrt(2*pi))**(-beta)/sqrt(1 + beta)",
        },
    ),
    "crps_gaussian": normal("1 - 2*Phi(z)", "sigma*(2*phi(z) - 1/sqrt(pi))"),
    "crps_laplace": located(
        "b",
        "-sign(y - mu)*(1 - exp(-u))",
        "b*((1 + u)*exp(-u) - 3/4)",
        where={"u": "abs(y - mu)/b"},
    ),
    "crps_logistic": located(
        "s",
        "-t",
        "s*(u - 1 - z*t)",
        where={"z": "(y - mu)/s", "t": "tanh(z/2)", "u": "z + 2*log(1 + exp(-z))"},
    ),
    "student_t_nll": D(
        {
            MU: "-(nu + 1)*z/(sigma*(nu + z**2))",
            LOG_SIGMA: "nu*(1 - z**2)/(nu + z**2)",
            r"\log\nu": "nu/2*(v - u)",
        },
        where={
            **Z,
            "u": "psi((nu + 1)/2) - psi(nu/2)",
            "v": "log(1 + z**2/nu) + (1 - z**2)/(nu + z**2)",
        },
        over="f",
        given={**NORMAL, "nu": "exp(f[2])"},
    ),
    "evidential_regression": D(
        {
            r"\gamma": "2*nu*w*r + penalty*sign(r)*(2*nu + alpha)",
            r"\log\nu": "nu*(2*penalty*abs(r) + v) - 1/2",
            "a": "exp(a)*(penalty*abs(r) - u)",
            r"\log\beta": "w*Omega - alpha",
        },
        where={
            "r": "gamma - y",
            "q": "nu*r**2 + Omega",
            "u": "psi(alpha + 1/2) - psi(alpha) - log(q/Omega)",
            "v": "w*(r**2 + 2*beta) - alpha/(1 + nu)",
            "w": "(alpha + 1/2)/q",
            "alpha": "1 + exp(a)",
        },
        letters={"penalty": r"\lambda"},
        over="f",
        given={
            "gamma": "f[0]",
            "nu": "exp(f[1])",
            "a": "f[2]",
            "beta": "exp(f[3])",
            "Omega": "2*beta*(1 + nu)",
        },
    ),
    "von_mises_nll": D(
        {MU: "-kappa*sin(y - mu)", r"\log\kappa": "kappa*(u - cos(y - mu))"},
        where={"u": "besseli(1, kappa)/besseli(0, kappa)"},
        over="f",
        given={"mu": "f[0]", "kappa": "exp(f[1])"},
    ),
    "mixture_density": D(
        {
            "a_k": "pi[k] - rho[k]",
            r"\mu_k": "-rho[k]*z[k]/sigma[k]",
            r"\log\sigma_k": "rho[k]*(1 - z[k]**2)",
        },
        where={
            "pi": "softmax(a)",
            "z[k]": "(y - mu[k])/sigma[k]",
            "rho[k]": "u[k]/sum(u[j] for j in row)",
            "u[k]": "pi[k]/sigma[k]*exp(-(z[k]**2/2))",
        },
        over="f",
        given={"a[k]": "f[k]", "mu[k]": "f[K + k]", "sigma[k]": "exp(f[2*K + k])"},
        columns="len(f)//3",
        each=dict.fromkeys(("a_k", r"\mu_k", r"\log\sigma_k"), ("k", "row")),
    ),
    "interval_score": D(
        {"l": "2/alpha*one(y < l) - 1", "u": "1 - 2/alpha*one(y > u)"},
        over="f",
        given={"l": "f[0]", "u": "f[1]"},
    ),
}
