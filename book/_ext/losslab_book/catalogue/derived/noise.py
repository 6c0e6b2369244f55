"""Losses of classes whose labels may be wrong, margins between classes, several labels."""

from .classes import OFF, SPREAD, P
from .shape import RowDerivatives as D

MATRIX = {"transition": "M"}
FENCHEL_YOUNG = "p[k] - one(k == y)"
NOISE = {
    "forward_correction": D(
        "p[k]*(1 - transition[k][y]/s)",
        where={**P, "s": "sum(transition[j][y]*p[j] for j in row)"},
        letters=MATRIX,
    ),
    "backward_correction": D(
        "p[k] - w[y][k]", where={**P, "w": "inverse(transition)"}, letters={**MATRIX, "w": "W"}
    ),
    "bootstrapping_soft": D(
        "beta*d[k] - (1 - beta)*u[k]",
        where={**OFF, "u[k]": "p[k]*(log(p[k]) + H)", "H": "-sum(p[j]*log(p[j]) for j in row)"},
    ),
    "bootstrapping_hard": D(
        "p[k] - beta*one(k == y) - (1 - beta)*e[k]",
        where={**P, "e[k]": "one(p[k] == m)", "m": "max(p[j] for j in row)"},
    ),
    "generalised_cross_entropy": D("p[y]**q*d[k]", f"p[y]**q*({SPREAD} - q*d[k]**2)", OFF),
    "truncated_generalised_cross_entropy": D(
        "a*d[k]",
        f"a*({SPREAD} - q*d[k]**2)",
        {**OFF, "a": "p[y]**q if p[y] > threshold else 0"},
        {"threshold": r"\kappa"},
    ),
    "symmetric_cross_entropy": D(
        "u*d[k]",
        f"u*{SPREAD} + beta*log_zero*p[y]*d[k]**2",
        {**OFF, "u": "alpha - beta*log_zero*p[y]"},
        {"log_zero": "A"},
    ),
    "normalised_cross_entropy": D(
        "(one(k == y) - p[k] - u*(1 - K*p[k]))/s",
        where={**P, "u": "log(p[y])/s", "s": "sum(log(p[j]) for j in row)"},
    ),
    "active_passive": D(
        "2*beta*p[y]*d[k] - alpha*v[k]",
        where={
            **OFF,
            "v[k]": "(d[k] + u*(1 - K*p[k]))/s",
            "u": "log(p[y])/s",
            "s": "sum(log(p[j]) for j in row)",
        },
    ),
    "sparsemax_loss": D(
        FENCHEL_YOUNG,
        where={"p[k]": "max(0, z[k] - tau)"},
        unknown=("tau", "max(z[j] for j in row) - 1"),
    ),
    "entmax_loss": D(
        FENCHEL_YOUNG,
        where={"p[k]": "max(0, (alpha - 1)*z[k] - tau)**(1/(alpha - 1))"},
        unknown=("tau", "(alpha - 1)*max(z[j] for j in row) - 1"),
    ),
    "bi_tempered_logistic": D(
        "a[k] - w[k]*sum(a[j] for j in row)",
        where={
            "a[k]": "p[k]**(t2 - t1)*(p[k] - one(k == y))",
            "w[k]": "p[k]**t2/sum(p[j]**t2 for j in row)",
            "p[k]": "(1 + (t2 - 1)*(lambda_ - z[k]))**(1/(1 - t2))",
        },
        letters={"t1": "t_1", "t2": "t_2", "p": r"\hat p"},
        unknown=("lambda_", "max(z[j] for j in row)"),
    ),
    "evidential_dirichlet": D(
        "sigma(z[k])*(u[k] + weight*v[k])",
        where={
            "u[k]": "2*a[k]/S + 2*(p[k] - B)/T - (1 - B)/T**2",
            "v[k]": "one(k != y)*(g[k]*psi_1(1 + g[k]) - C)",
            "a[k]": "p[y] - one(k == y)",
            "g[k]": "log(1 + exp(z[k]))",
            "B": "sum(p[j]**2 for j in row)",
            "C": "R*psi_1(R + K)",
            "R": "sum(g[j] for j in row if j != y)",
        },
        letters={"weight": r"\lambda", "p": r"\hat p"},
        given={"p[k]": "(1 + g[k])/S", "S": "K + sum(g[j] for j in row)", "T": "S + 1"},
        note="S and the probabilities are those of the formula of the loss, and T is S + 1.",
    ),
    "crammer_singer": D(
        "a*(e[k] - one(k == y))",
        where={
            "a": "one(z[y] - m < 1)",
            "e[k]": "one(k != y)*one(z[k] == m)",
            "m": "max(z[j] for j in row if j != y)",
        },
    ),
    "weston_watkins": D(
        "a[k] if k != y else -sum(a[j] for j in row if j != y)",
        where={"a[k]": "one(z[y] - z[k] < 1)"},
    ),
    "squared_weston_watkins": D(
        "2*a[k] if k != y else -2*sum(a[j] for j in row if j != y)",
        where={"a[k]": "max(0, 1 + z[k] - z[y])"},
    ),
    "lee_lin_wahba": D(
        "a[k] - 1/K*sum(a[j] for j in row)",
        where={
            "a[k]": "one(k != y)*one(z[k] > m)",
            "m": "-1/(K - 1) + 1/K*sum(z[j] for j in row)",
        },
    ),
    "multiclass_perceptron": D(
        "one(z[k] == m) - one(k == y)", where={"m": "max(z[j] for j in row)"}
    ),
    "multilabel_cross_entropy": D("sigma(z[k]) - y[k]"),
    "propensity_scored_cross_entropy": D(
        "sigma(z[k]) - y[k]/propensities[k]", letters={"propensities": r"\pi"}
    ),
    "multilabel_margin": D(
        "-u[k]/K if y[k] == 1 else v[k]/K",
        where={
            "u[k]": "sum(one(z[k] - z[j] < 1) for j in row if y[j] == 0)",
            "v[k]": "sum(one(z[j] - z[k] < 1) for j in row if y[j] == 1)",
        },
    ),
}
