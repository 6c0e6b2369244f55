"""Divergences, scores of forecast probabilities, of ensembles and of quantiles; directions."""

from .shape import RowDerivatives as D

Q = {"q": "softmax(z)"}
TARGET = {"y": "p"}
ENSEMBLE = {"k": "i", "K": "k"}  # the formulas of the losses call the number of members k
CUMULATED = {"S[k]": "sum(p[j] for j in row if j <= k)"}
FORECASTS = {
    "kl_divergence": D("q[k] - y[k]", where=Q, letters=TARGET),
    "reverse_kl": D(
        "q[k]*(u[k] - sum(q[j]*u[j] for j in row))",
        where={**Q, "u[k]": "log(q[k]/y[k])"},
        letters=TARGET,
    ),
    "jensen_shannon": D(
        "(1 - pi)*q[k]*(u[k] - sum(q[j]*u[j] for j in row))",
        where={**Q, "u[k]": "log(q[k]/m[k])", "m[k]": "pi*y[k] + (1 - pi)*q[k]"},
        letters=TARGET,
    ),
    "renyi_divergence": D(
        "q[k] - u[k]/sum(u[j] for j in row)",
        where={**Q, "u[k]": "y[k]**alpha*q[k]**(1 - alpha)"},
        letters=TARGET,
    ),
    "squared_hellinger": D(
        "1/2*(s*q[k] - sqrt(y[k]*q[k]))",
        where={**Q, "s": "sum(sqrt(y[j]*q[j]) for j in row)"},
        letters=TARGET,
    ),
    "total_variation": D(
        "1/2*q[k]*(s[k] - sum(q[j]*s[j] for j in row))",
        where={**Q, "s[k]": "sign(q[k] - y[k])"},
        letters=TARGET,
    ),
    "pearson_chi_squared": D(
        "s*q[k] - y[k]**2/q[k]",
        where={**Q, "s": "sum(y[j]**2/q[j] for j in row)"},
        letters=TARGET,
    ),
    "generalised_kl": D("exp(f[k]) - y[k]", letters=TARGET, over="f"),
    "crps_ensemble": D(
        "1/K*(sign(x[k] - y) - u[k])",
        where={"u[k]": "1/K*sum(sign(x[k] - x[j]) for j in row)"},
        letters=ENSEMBLE,
        over="x",
    ),
    "fair_crps_ensemble": D(
        "1/K*(sign(x[k] - y) - u[k])",
        where={"u[k]": "1/(K - 1)*sum(sign(x[k] - x[j]) for j in row)"},
        letters=ENSEMBLE,
        over="x",
    ),
    "log_score": D("-one(k == y)/p[y]", over="p"),
    "brier_probability": D("2*(p[k] - one(k == y))", over="p"),
    "spherical_probability": D("p[y]*p[k]/norm(p)**3 - one(k == y)/norm(p)", over="p"),
    "ranked_probability_score": D(
        "2*sum(S[i] - one(y <= i) for i in row if k <= i < K - 1)",
        where=CUMULATED,
        letters={"S": "P"},
        over="p",
    ),
    "squared_emd": D(
        "2*sum(S[i] - T[i] for i in row if k <= i < K - 1)",
        where={**CUMULATED, "T[k]": "sum(y[j] for j in row if j <= k)"},
        letters={"y": "q", "S": "P", "T": "Q"},
        over="p",
        note="The index k counts from 0.",
    ),
    "wasserstein_1": D(
        "sum(sign(S[i] - T[i]) for i in row if k <= i < K - 1)",
        where={**CUMULATED, "T[k]": "sum(y[j] for j in row if j <= k)"},
        letters={"y": "q", "S": "P", "T": "Q"},
        over="p",
        note="The index k counts from 0.",
    ),
    "quantile_set": D("1/K*(one(f[k] > y) - levels[k])", letters={"levels": r"\tau"}, over="f"),
    "cosine_distance": D(
        "1/norm(f)*(c*f[k]/norm(f) - y[k]/norm(y))",
        where={"c": "sum(y[j]*f[j] for j in row)/(norm(y)*norm(f))"},
        over="f",
    ),
}
