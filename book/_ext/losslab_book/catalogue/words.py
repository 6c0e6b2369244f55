"""Numbers, claims and docstrings of losses as sentences of a page."""

import html
import inspect
import math
import re

from losslab.contract.claims import NOT_STRICTLY, VOCABULARY

LIBRARIES = {
    "torch": "PyTorch",
    "keras": "Keras",
    "sklearn": "scikit-learn",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "optax": "Optax",
    "catboost": "CatBoost",
    "statsmodels": "statsmodels",
    "scipy": "SciPy",
    "rlax": "RLax",
    "monai": "MONAI",
    "pml": "pytorch-metric-learning",
    "mmdet": "MMDetection",
    "mmpose": "MMPose",
    "ngboost": "NGBoost",
    "torchmetrics": "TorchMetrics",
    "torch_uncertainty": "TorchUncertainty",
    "coral_pytorch": "coral-pytorch",
    "mapie": "MAPIE",
    "robust_loss_pytorch": "robust_loss_pytorch",
    "scoringRules": "scoringRules (R)",
    "tensorflow": "TensorFlow",
    "tensorflow_addons": "TensorFlow Addons",
}
FAMILIES = {
    "regression": "Regression",
    "classification": "Classification",
    "probabilistic": "Probabilistic",
    "count": "Counts",
    "ordinal": "Ordinal",
    "survival": "Survival",
}
PARTLY_PROPER = (
    "Proper, but not strictly: nothing beats a prediction that tells the true law, but others, or "
    "the same prediction for another law, cost as little."
)
ELICITS = {
    "mean": "Its best constant prediction is the mean of the targets.",
    "median": "Its best constant prediction is the median of the targets.",
    "quantile": "Its best constant prediction is a quantile of the targets, of level tau.",
    "expectile": "Its best constant prediction is an expectile of the targets, of level tau.",
}
# How formulas of docstrings, which are plain text, look on a page.
WRITTEN = (
    (r"\by_pred\b", "ŷ"),
    (r"\by_true\b", "y"),
    (r"\*\*2\b", "²"),
    (r"\*\*3\b", "³"),
    (r"\*\*\(([^()]*)\)", r"<sup>\1</sup>"),
    (r"\*\*(-?\w+)", r"<sup>\1</sup>"),
    (r"\babs\(([^()]*)\)", r"|\1|"),
    (r" \* ", " · "),
    (r" - ", " − "),
    (r"(?<![\w.])-(?=\d|infinity)", "−"),
    (r" &gt;= ", " ≥ "),
    (r" &lt;= ", " ≤ "),
)
GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon eta theta kappa nu pi tau phi".split(),
        "αβγδεηθκνπτφ",
        strict=True,
    )
)
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value, digits=6):
    """A number for readers: a true minus, powers of ten set as powers."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value)
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        power = "10" + str(int(exponent)).translate(SUPERSCRIPT)
        text = {"1": power, "-1": f"-{power}"}.get(mantissa, f"{mantissa}·{power}")
    return text.replace("-", "−")


def value(parameter):
    """A parameter's number, or numbers."""
    if isinstance(parameter, tuple):
        return f"({', '.join(map(value, parameter))})"
    return number(parameter)


def count(parameter):
    """How many numbers a parameter is made of."""
    return sum(map(count, parameter)) if isinstance(parameter, tuple) else 1


def claims(loss):
    """[(key, holds, sentence)] of a loss with its default parameters.

    `holds` is whether the good thing is asserted: True for yes and for a bound, else False.
    """
    made = ", ".join(
        f"{k} as above" if count(v) > 8 else f"{k} = {value(v)}" for k, v in loss.parameters.items()
    )
    found = []
    for key, claim in loss.claims.items():
        if key == "elicits":
            found.append((key, claim is not None, elicited(claim)))
            continue
        holds = claim is not None and claim is not False
        if claim == NOT_STRICTLY:
            sentence = PARTLY_PROPER
        else:
            sentence = VOCABULARY[key].sentence(holds)
        depends = f" (with {made})" if callable(type(loss)._claims.claims[key]) else ""
        if "{}" in sentence:
            shown = "yes" if claim is True else number(float(claim), 5)
            sentence = sentence.format(shown + depends)
        elif depends:
            sentence = f"{sentence[:-1]}{depends}."
        found.append((key, holds, sentence))
    return found


def elicited(claim):
    if claim is None:
        return "No named statistic is its best constant prediction."
    if claim in ELICITS:
        return ELICITS[claim]
    said = inspect.getdoc(claim) if callable(claim) else str(claim)
    said = (said or "").strip().splitlines()
    if said:
        return f"Its best constant prediction: {said[0].rstrip('.')}."
    name = getattr(claim, "__name__", "<lambda>")
    if name == "<lambda>":
        return "Its best constant prediction is a statistic of its own; the check computes it."
    return f"Its best constant prediction: {name.replace('_', ' ')}."


def peer_names(cls):
    """Every name that other libraries have for a loss, once."""
    return list(dict.fromkeys(name for peer in cls.peers for name in (peer.name, *peer.also)))


def short_names(cls):
    """Aliases, and the last words of names elsewhere that mean this loss and no other."""
    names = [*cls.aliases, *(name for peer in cls.peers for name in peer.names())]
    plain = [name for name in dict.fromkeys(names) if re.fullmatch(r"\w+(:\w+)?", name)]
    plain = [name for name in plain if name not in peer_names(cls)]
    owners = cls.shelf.peer_names()
    return [n for n in plain if n in cls.aliases or (n != cls.name and owners[n] == [cls])]


def docstring(cls):
    """Summary, further paragraphs (plain text) and the example of a class's docstring."""
    text = inspect.cleandoc(cls.__doc__ or cls.title)
    said, _, example = text.partition("\nExamples\n--------\n")
    said = said.partition("\nNotes\n-----\n")[0]  # on other libraries: the page has them as data
    summary, *paragraphs = re.split(r"\n\s*\n", said.strip())
    return " ".join(summary.split()), [" ".join(p.split()) for p in paragraphs], example.strip()


def short(cls):
    """The summary without the title that it repeats."""
    summary = docstring(cls)[0]
    head, colon, rest = summary.partition(": ")
    return (rest if colon and len(head) < 45 else summary).rstrip(".")


def sentence(cls):
    """The same as a sentence."""
    said = short(cls)
    return f"{said[0].upper()}{said[1:]}."


def marked_up(text):
    """Escaped text of a docstring, with its code as code and its formulas as one would write them."""
    parts = re.split(r"(`+)(.+?)\1", html.escape(text, quote=False))
    for i in range(0, len(parts), 3):
        for pattern, wanted in WRITTEN:
            parts[i] = re.sub(pattern, wanted, parts[i])
    return "".join(
        f"<code>{part}</code>" if i % 3 == 2 else part for i, part in enumerate(parts) if i % 3 != 1
    )


class Symbols:
    """Writes a class's own parameters in prose as one speaks of them: alpha as α."""

    # Words behind a letter that make it a name: a beta distribution is not one of β.
    NOUN = r"(?! (?:law|laws|distribution|likelihood|regression|density|deviance|function)\b)"

    def __init__(self, cls):
        own = "|".join({*cls.parameter_names(), "pi"} & GREEK.keys())
        self.pattern = re.compile(rf"(?<![\w.])({own})(?:_(\w))?(?![\w-]){self.NOUN}")

    def marked_up(self, text):
        parts = re.split("(<code>.*?</code>)", marked_up(text))
        parts[::2] = [self.pattern.sub(self._letter, part) for part in parts[::2]]
        return "".join(parts)

    @staticmethod
    def _letter(found):
        index = f"<sub>{found[2]}</sub>" if found[2] else ""
        return GREEK[found[1]] + index


def plain_code(example):
    """The lines of a doctest without prompts; what they print becomes a comment."""
    lines = []
    for line in example.splitlines():
        if line.startswith((">>> ", "... ")):
            lines.append(line[4:])
        elif line.strip() not in ("", ">>>", "..."):
            lines.append(f"# {line}")
    return "\n".join(lines)
