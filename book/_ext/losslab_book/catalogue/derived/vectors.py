"""Likelihoods and scores of vectors."""

from .shape import RowDerivatives as D

MEMBERS = "[f[m*d:m*d + d] for m in row]"
VECTORS = {
    "multivariate_gaussian_nll": D(
        {
            r"\mu_i": "-u[k]",
            r"\log L_{ii}": "1 - L[k][k]*u[k]*x[k]",
            "L_{ij}": "-u[k[0]]*x[k[1]]",
        },
        over="f",
        where={
            "x[k]": "sum(W[k][j]*(y[j] - mu[j]) for j in row)",
            "u[k]": "sum(W[j][k]*x[j] for j in row)",
            "W": "inverse(L)",
        },
        given={
            "mu": "f[:K]",
            "L": "[[f[2*K + i*(i - 1)//2 + j] for j in range(i)] + [exp(f[K + i])] + [0]*(K - i - 1)"
            " for i in row]",
        },
        columns="len(y)",
        each={
            r"\mu_i": "row",
            r"\log L_{ii}": "row",
            "L_{ij}": "[(i, j) for i in row for j in range(i)]",
        },
    ),
}
