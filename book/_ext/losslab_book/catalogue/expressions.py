"""Expressions in Python's words: their numbers, and how they look as formulas."""

import ast

import mpmath

from .functions import FUNCTIONS

NAMED = {
    "phi": r"\varphi",
    "psi": r"\psi",
    "psi_1": r"\psi'",
    "sigma": r"\sigma",
    "sign": r"\operatorname{sign}",
    "softmax": r"\operatorname{softmax}",
}
# What is taken over a row: `sum(p[j] for j in row if j != y)`.
OVER_ROWS = {"sum": r"\sum", "max": r"\max", "min": r"\min"}
GREEK = set(
    "alpha beta gamma delta epsilon eta theta kappa lambda mu nu pi rho sigma tau phi Delta Omega".split()
)
RELATIONS = {
    ast.Lt: "<",
    ast.LtE: r"\le",
    ast.Gt: ">",
    ast.GtE: r"\ge",
    ast.Eq: "=",
    ast.NotEq: r"\ne",
}
# How tightly parts of a formula hold together. A sum over a row reaches to its end: it may stand last in
# a product, or behind a minus, without brackets.
SUM, OVER_ROW, PRODUCT, POWER = 1, 2, 3, 4


def number(text, known):
    """The value of an expression, in mpmath's precision."""
    with mpmath.workdps(40):
        return mpmath.mpf(value(text, {k: mpmath.mpf(v) for k, v in known.items()}))


def value(text, known):
    """What an expression gives: a number, or a row if it is one; `known` may hold rows."""
    return eval(text, {"__builtins__": {}, **FUNCTIONS, **known})


def latex(text, letters=()):
    """The expression as a formula; `letters` are names that are not written as they are spelt."""
    return _set(ast.parse(text, mode="eval").body, dict(letters), 0)


def _set(node, letters, within):
    written, tightness = _written(node, letters)
    return bracketed(written) if tightness < within else written


def bracketed(written):
    return rf"\left({written}\right)" if r"\frac" in written else f"({written})"


def _written(node, letters):
    """A formula, and how tightly its parts hold together."""
    if isinstance(node, ast.Constant):
        return f"{node.value:g}", POWER + 1
    if isinstance(node, ast.Name):
        return (name(node.id, letters), POWER + 1) if node.id != "label" else ("2y - 1", SUM)
    if isinstance(node, ast.UnaryOp):
        return f"-{_set(node.operand, letters, OVER_ROW)}", SUM
    if isinstance(node, ast.Call) and node.func.id == "times":
        return _product(*node.args, letters)
    if isinstance(node, ast.Call) and node.func.id == "normal_between":
        low, high = (_set(each, letters, 0) for each in node.args)
        return rf"\Phi({high}) - \Phi({low})", SUM
    if isinstance(node, ast.Call):
        return _called(node, letters), OVER_ROW if _is_sum(node) else POWER + 1
    if isinstance(node, ast.IfExp):
        return _cases(node, letters), POWER + 1
    if isinstance(node, ast.Subscript):
        return _indexed(node, letters), POWER + 1
    if isinstance(node, ast.BoolOp):
        return r",\ ".join(_set(each, letters, 0) for each in node.values), 0
    if isinstance(node, ast.Compare):
        parts = [_set(node.left, letters, 0)]
        for relation, right in zip(node.ops, node.comparators, strict=True):
            parts += [RELATIONS[type(relation)], _set(right, letters, 0)]
        return " ".join(parts), 0
    return OPERATIONS[type(node.op)](node.left, node.right, letters)


def _sum(left, right, letters):
    return f"{_first(left, letters)} + {_set(right, letters, SUM)}", SUM


def _difference(left, right, letters):
    return f"{_first(left, letters)} - {_set(right, letters, OVER_ROW)}", SUM


def _first(node, letters):
    """What something is added to: a sum over a row ends here."""
    written, tightness = _written(node, letters)
    return bracketed(written) if tightness == OVER_ROW else written


def _product(left, right, letters):
    if isinstance(left, ast.UnaryOp):  # the sign stands before the product
        return f"-{_product(left.operand, right, letters)[0]}", SUM
    if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult) and _signed(left):
        written = _product(left.left, left.right, letters)[0]
        return f"{written} {_set(right, letters, PRODUCT)}", SUM
    if _is_sum(right):
        return f"{_set(left, letters, PRODUCT)} {_set(right, letters, OVER_ROW)}", OVER_ROW
    return f"{_set(left, letters, PRODUCT)} {_set(right, letters, PRODUCT)}", PRODUCT


def _is_sum(node):
    return isinstance(node, ast.Call) and isinstance(node.args[0], ast.GeneratorExp)


def _signed(node):
    while isinstance(node, ast.BinOp):
        node = node.left
    return isinstance(node, ast.UnaryOp)


def _quotient(left, right, letters):
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return rf"\tfrac{{{left.value}}}{{{right.value}}}", POWER
    sign = ""
    if isinstance(left, ast.UnaryOp):
        sign, left = "-", left.operand
    elif _signed(left):
        return (
            rf"-\frac{{{_written(left, letters)[0].removeprefix('-')}}}{{{_set(right, letters, 0)}}}",
            SUM,
        )
    return (
        rf"{sign}\frac{{{_set(left, letters, 0)}}}{{{_set(right, letters, 0)}}}",
        SUM if sign else PRODUCT,
    )


def _power(left, right, letters):
    exponent = _set(right, letters, 0)
    if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Div):
        exponent = f"{_set(right.left, letters, PRODUCT)}/{_set(right.right, letters, PRODUCT)}"
    if isinstance(left, ast.Call) and left.func.id in ("cosh", "tanh"):  # cosh² x, as it is written
        return rf"\{left.func.id}^{{{exponent}}}({_set(left.args[0], letters, 0)})", POWER
    return f"{_set(left, letters, POWER + 1)}^{{{exponent}}}", POWER


OPERATIONS = {
    ast.Add: _sum,
    ast.Sub: _difference,
    ast.Mult: _product,
    ast.Div: _quotient,
    ast.Pow: _power,
}


def _called(node, letters):
    if _is_sum(node):
        return _over_row(node, letters)
    given = [_set(each, letters, 0) for each in node.args]
    said = node.func.id
    if said == "abs":
        return rf"\lvert {given[0]}\rvert"
    if said == "exp":
        return f"e^{{{_exponent(node.args[0], letters)}}}"
    if said == "sqrt":
        return rf"\sqrt{{{given[0]}}}"
    if said == "one":
        return f"[{given[0]}]"
    if said == "norm":
        return rf"\lVert {given[0]}\rVert"
    if said == "distance":
        return rf"\lVert {given[0]} - {given[1]}\rVert"
    if said == "inverse":
        return f"{given[0]}^{{-1}}"
    if said == "besseli":
        return f"I_{given[0]}" + bracketed(given[1])
    return NAMED.get(said, "\\" + said) + bracketed(", ".join(given))


def _over_row(node, letters):
    """A sum, or a largest one, with what is summed over below it."""
    (loop,) = node.args[0].generators
    index = _set(loop.target, letters, 0)
    below = index
    for condition in loop.ifs:
        said = _set(condition, letters, 0)
        below = said if said.startswith(f"{index} ") else rf"{index}:\,{said}"
    return rf"{OVER_ROWS[node.func.id]}_{{{below}}} {_set(node.args[0].elt, letters, OVER_ROW)}"


def _indexed(node, letters):
    """`M[k][y]` as M with the index k y."""
    places = []
    while isinstance(node, ast.Subscript):
        places.insert(0, _set(node.slice, letters, 0))
        node = node.value
    return f"{name(node.id, letters)}_{{{' '.join(places)}}}"


def _exponent(node, letters):
    if isinstance(node, ast.UnaryOp):
        return f"-{_exponent(node.operand, letters)}"
    if isinstance(node, ast.BinOp) and isinstance(
        node.op, ast.Div
    ):  # a fraction would be too small
        return f"{_set(node.left, letters, PRODUCT)}/{_set(node.right, letters, PRODUCT)}"
    return _set(node, letters, 0)


def _cases(node, letters):
    rows = []
    while isinstance(node, ast.IfExp):
        rows.append(f"{_set(node.body, letters, 0)} & {_set(node.test, letters, 0)}")
        node = node.orelse
    rows.append(rf"{_set(node, letters, 0)} & \text{{otherwise}}")
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def name(text, letters=()):
    """`alpha_t` as α with an index."""
    if text in dict(letters):
        return dict(letters)[text]
    first, _, index = text.partition("_")
    letter = "\\" + first if first in GREEK else first
    return f"{letter}_{{{index}}}" if index else letter


def names(text):
    """Names that an expression uses."""
    return {
        node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)
    }
