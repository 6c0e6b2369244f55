"""Losses of ordered answers and of waiting times."""

from .shape import RowDerivatives as D

LIFETIME = {"t": "y[0]", "delta": "y[1]"}
ORDERED = {
    "all_threshold": D("sigma(z[k]) - one(k < y)"),
    "all_threshold_hinge": D("-one(z[k] < 1) if k < y else one(z[k] > -1)"),
    "immediate_threshold": D("sigma(z[k]) - 1 if k == y - 1 else sigma(z[k]) if k == y else 0"),
    "immediate_threshold_hinge": D(
        "-one(z[k] < 1) if k == y - 1 else one(z[k] > -1) if k == y else 0"
    ),
    "corn": D("(sigma(z[k]) - one(k < y))*one(k <= y)"),
    "exponential_survival": D(
        {"f": "exp(f)*t - delta"}, {"f": "exp(f)*t"}, over="h", given={**LIFETIME, "f": "h[0]"}
    ),
    "discrete_hazard": D("(sigma(z[k]) - delta*one(k == t))*one(k <= t)", given=LIFETIME),
    "deephit_likelihood": D(
        "p[k] - one(k == t) if delta == 1 else p[k] - p[k]*one(k > t)/sum(p[j] for j in row if j > t)",
        where={"p": "softmax(z)"},
        given=LIFETIME,
    ),
}
