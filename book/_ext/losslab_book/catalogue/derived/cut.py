"""Levels cut out of one score by thresholds."""

from .shape import RowDerivatives as D


def cut(low, high, **where):
    """From the densities at the two thresholds around the level, over its probability."""
    return D(
        {"f": "B - A", "t_0": "A - B", "s_k": "exp(s[k])*(one(k < y)*A - one(k <= y)*B)"},
        where={"A": low, "B": high, **where, "a": "t[y - 1] - f", "b": "t[y] - f"},
        over="h",
        given={
            "f": "h[0]",
            # Thresholds, and those at infinity: t[K - 1] and, as Python counts, t[-1].
            "t": "[h[1] + sum(exp(h[j + 1]) for j in range(1, i + 1)) for i in range(K - 1)]"
            " + [inf, -inf]",
            "s": "[0] + h[2:]",
        },
        each={"s_k": ("k", "range(1, K - 1)")},
        note="Threshold 0 is the lowest; s with the index k is the log of the step up to threshold k. "
        "Below the first threshold there is one at minus infinity, above the last one at infinity: "
        "their A and B are 0.",
    )


CUT = {
    "cumulative_logit": cut("sigma(a)/(w*sigma(b))", "sigma(-b)/(w*sigma(-a))", w="1 - exp(a - b)"),
    "cumulative_probit": cut("phi(a)/w", "phi(b)/w", w="normal_between(a, b)"),
    "cumulative_cloglog": cut(
        "exp(a)*u/(u - v)", "times(exp(b), v)/(u - v)", u="exp(-exp(a))", v="exp(-exp(b))"
    ),
}
