"""Likelihoods and scores of vectors."""

from .shape import RowDerivatives as D

MEMBERS = {"x": "[f[m*len(y):(m + 1)*len(y)] for m in row]"}
PLACES = "[({0}, i) for {0} in row for i in parts]"
TRIANGLE = "[[f[2*K + i*(i - 1)//2 + j] for j in range(i)] + [exp(f[K + i])] + [0]*(K - i - 1) for i in row]"
VECTORS = {
    "multivariate_gaussian_nll": D(
        {
            r"\mu_i": "-u[k]",
            r"\log L_{ii}": "1 - L[k][k]*u[k]*x[k]",
            "L_{ij}": "-u[i]*x[j]",
        },
        where={
            "x[k]": "sum(W[k][j]*(y[j] - mu[j]) for j in row)",
            "u[k]": "sum(W[j][k]*x[j] for j in row)",
            "W": "inverse(L)",
        },
        letters={"k": "i"},
        over="f",
        given={"mu": "f[:K]", "L": TRIANGLE},
        columns="len(y)",
        each={
            r"\mu_i": ("k", "row"),
            r"\log L_{ii}": ("k", "row"),
            "L_{ij}": ("ij", "[(i, j) for i in row for j in range(i)]"),
        },
    ),
    "energy_score": D(
        {"x_{m i}": "1/K*(u[k][i] - v[k][i])"},
        where={
            "u[k][i]": "(x[k][i] - y[i])/distance(x[k], y)",
            "v[k][i]": "1/K*sum((x[k][i] - x[j][i])/distance(x[k], x[j]) for j in row if j != k)",
        },
        letters={"K": "M", "k": "m"},
        over="f",
        given=MEMBERS,
        columns="len(f)//len(y)",
        each={"x_{m i}": ("ki", PLACES.format("k"))},
    ),
    "variogram_score": D(
        {
            "x_{m i}": "4*power/K*sum(w[i][j]*abs(x[m][i] - x[m][j])**power/(x[m][i] - x[m][j])"
            " for j in parts if j != i)",
        },
        where={
            "w[i][j]": "v[i][j] - abs(y[i] - y[j])**power",
            "v[i][j]": "1/K*sum(abs(x[n][i] - x[n][j])**power for n in row)",
        },
        letters={"power": "p", "K": "M"},
        over="f",
        given=MEMBERS,
        columns="len(f)//len(y)",
        each={"x_{m i}": ("mi", PLACES.format("m"))},
    ),
}
