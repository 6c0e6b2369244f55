"""Losses of the logits of classes: plain, smoothed, weighted, of soft targets."""

from .shape import RowDerivatives as D

P = {"p": "softmax(z)"}
OFF = {**P, "d[k]": "p[k] - one(k == y)"}
SPREAD = "p[k]*(1 - p[k])"
COUNTS = {"counts": "n"}
SHARES = {"pi[k]": "counts[k]/sum(counts[j] for j in row)"}
CLASSES = {
    "softmax_cross_entropy": D("p[k] - one(k == y)", SPREAD, P),
    "z_loss": D(
        "p[k] - one(k == y) + 2*weight*b*p[k]",
        where={**P, "b": "log(sum(exp(z[j]) for j in row))"},
        letters={"weight": r"\lambda"},
    ),
    "weighted_cross_entropy": D(
        "class_weights[y]*(p[k] - one(k == y))",
        f"class_weights[y]*{SPREAD}",
        P,
        {"class_weights": "w"},
    ),
    "class_balanced_cross_entropy": D(
        "w*(p[k] - one(k == y))",
        f"w*{SPREAD}",
        {**P, "w": "(1 - beta)/(1 - beta**counts[y])"},
        COUNTS,
    ),
    "logit_adjustment": D(
        "p[k] - one(k == y)",
        SPREAD,
        {"p": "softmax(a)", "a[k]": "z[k] + tau*log(pi[k])", **SHARES},
        COUNTS,
    ),
    "balanced_softmax": D(
        "p[k] - one(k == y)",
        SPREAD,
        {"p[k]": "counts[k]*exp(z[k])/sum(counts[j]*exp(z[j]) for j in row)"},
        COUNTS,
    ),
    "vector_scaling": D(
        "Delta[k]*(p[k] - one(k == y))",
        where={
            "p": "softmax(a)",
            "a[k]": "Delta[k]*z[k] + tau*log(pi[k])",
            "Delta[k]": "(counts[k]/max(counts[j] for j in row))**gamma",
            **SHARES,
        },
        letters=COUNTS,
    ),
    "ldam": D(
        "scale*(p[k] - one(k == y))",
        where={
            "p": "softmax(a)",
            "a[k]": "scale*(z[k] - Delta*one(k == y))",
            "Delta": "max_margin*(min(counts[j] for j in row)/counts[y])**(1/4)",
        },
        letters={**COUNTS, "scale": "s", "max_margin": "C", "Delta": r"\Delta_y"},
    ),
    "seesaw": D(
        "a[k] if k != y else -sum(a[j] for j in row if j != y)",
        where={
            "a[k]": "c[k]*u[k]/sum(u[j] for j in row)",
            "u[k]": "m[k]*exp(c[k]*(z[k] - z[y]))",
            "c[k]": "1 + compensation*one(z[k] > z[y])",
            "m[k]": "min(1, counts[k]/counts[y])**mitigation",
        },
        letters={**COUNTS, "compensation": "q", "mitigation": "p"},
    ),
    "soft_cross_entropy": D("p[k] - y[k]", SPREAD, P, {"y": "t"}),
    "label_smoothing": D(
        "p[k] - (1 - epsilon)*one(k == y) - epsilon/K", SPREAD, P, {"epsilon": r"\varepsilon"}
    ),
    "temperature_cross_entropy": D(
        "(p[k] - one(k == y))/temperature",
        f"{SPREAD}/temperature**2",
        {"p[k]": "exp(z[k]/temperature)/sum(exp(z[j]/temperature) for j in row)"},
        {"temperature": "T"},
    ),
    "knowledge_distillation": D(
        "temperature*(p[k] - q[k])",
        SPREAD,
        {
            "p[k]": "exp(z[k]/temperature)/sum(exp(z[j]/temperature) for j in row)",
            "q[k]": "exp(y[k]/temperature)/sum(exp(y[j]/temperature) for j in row)",
        },
        {"temperature": "T", "y": "t"},
    ),
    "brier_softmax": D("2*p[k]*(d[k] - sum(p[j]*d[j] for j in row))", where=OFF),
    "spherical_softmax": D("p[y]/norm(p)*(p[k]**2/norm(p)**2 - one(k == y))", where=P),
    "focal_multiclass": D(
        "a*u**(gamma - 1)*(p[k] - one(k == y))",
        where={**P, "u": "1 - p[y]", "a": "u - gamma*p[y]*log(p[y])"},
    ),
    "poly1_cross_entropy": D(
        "(1 + epsilon*p[y])*d[k]",
        f"(1 + epsilon*p[y])*{SPREAD} - epsilon*p[y]*d[k]**2",
        OFF,
        {"epsilon": r"\varepsilon"},
    ),
    "mean_absolute_error_softmax": D("2*p[y]*d[k]", f"2*p[y]*({SPREAD} - d[k]**2)", OFF),
    "taylor_cross_entropy": D(
        "a*d[k]",
        f"a*{SPREAD} - t*p[y]*u**(t - 1)*d[k]**2",
        {**OFF, "u": "1 - p[y]", "a": "1 - u**t"},
    ),
    "soft_ordinal_labels": D(
        "p[k] - t[k]",
        where={
            **P,
            "t[k]": "u[k]/sum(u[j] for j in row)",
            "u[k]": "exp(-sharpness*abs(k - y)**exponent)",
        },
        letters={"sharpness": r"\alpha", "exponent": "q"},
    ),
}
