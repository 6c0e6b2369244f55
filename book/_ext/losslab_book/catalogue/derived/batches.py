"""Losses of a whole batch: `row` has the numbers of its samples."""

from .shape import RowDerivatives as D

BATCH = {"k": "i", "K": "n"}
SHARES = {"n_P": "sum(y[j] for j in row)", "n_U": "K - n_P"}
TIMES = {"t": "[each[0] for each in y]", "delta": "[each[1] for each in y]"}
AT_RISK = {"S[k]": "sum(exp(f[j]) for j in row if t[j] >= t[k])"}
# Tied events are told apart by their places: each takes off one share more.
TIED = {
    "R[k]": "S[k] - c[k]*E[k]",
    "E[k]": "sum(delta[j]*exp(f[j]) for j in row if t[j] == t[k])",
    "c[k]": "sum(delta[j] for j in range(k) if t[j] == t[k])/max(1, d[k])",
    "d[k]": "sum(delta[j] for j in row if t[j] == t[k])",
}
EARLIER = "for i in row if t[i] <= t[k]"
COX = {"k": "k", "K": "n"}
BATCHES = {
    "pu_risk": D(
        "-prior/n_P if y[k] == 1 else sigma(z[k])/n_U",
        where=SHARES,
        letters={**BATCH, "prior": r"\pi"},
    ),
    "nn_pu_risk": D(
        "-prior/n_P if y[k] == 1 and r > 0 else -prior*sigma(-z[k])/n_P if y[k] == 1 else "
        "sigma(z[k])/n_U if r > 0 else 0",
        where={
            "r": "v - prior*u",
            "u": "1/n_P*sum(log(1 + exp(z[j])) for j in row if y[j] == 1)",
            "v": "1/n_U*sum(log(1 + exp(z[j])) for j in row if y[j] == 0)",
            **SHARES,
        },
        letters={**BATCH, "prior": r"\pi"},
    ),
    "cox": D(
        f"-delta[k]/K + exp(f[k])/K*sum(delta[i]/S[i] {EARLIER})",
        f"exp(f[k])/K*sum(delta[i]/S[i]*(1 - exp(f[k])/S[i]) {EARLIER})",
        AT_RISK,
        COX,
        over="f",
        given=TIMES,
    ),
    "cox_efron": D(
        "(exp(f[k])*(u[k] - delta[k]*v[k]) - delta[k])/K",
        where={
            "u[k]": f"sum(delta[i]/R[i] {EARLIER})",
            "v[k]": "sum(delta[i]*c[i]/R[i] for i in row if t[i] == t[k])",
        },
        letters=COX,
        over="f",
        given={**TIMES, **AT_RISK, **TIED},
        note="R of an event is what its logarithm is taken of in the formula of the loss, and c the "
        "share l/d that is taken off there.",
    ),
    "quadratic_weighted_kappa": D(
        {"z_{i j}": "p[k][j]*(c[k][j] - sum(p[k][m]*c[k][m] for m in parts))"},
        where={
            "p[k]": "softmax(z[k])",
            "c[k][j]": "((y[k] - j)**2 - ell*m[j])/D",
            "m[j]": "1/K*sum((y[h] - j)**2 for h in row)",
            "D": "sum(sum(p[i][j]*m[j] for j in parts) for i in row)",
        },
        letters={**BATCH, "ell": r"\ell"},
        each={"z_{i j}": ("kj", "[(k, j) for k in row for j in parts]")},
        given={
            "ell": "sum(softmax(z[i])[j]*(y[i] - j)**2 for i in row for j in parts)*K"
            "/sum(softmax(z[i])[j]*(y[h] - j)**2 for i in row for h in row for j in parts)"
        },
    ),
}
