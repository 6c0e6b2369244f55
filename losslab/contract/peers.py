"""A loss as another library has it: the relation as data, and the code that gives our number."""

import re
from dataclasses import KW_ONLY, dataclass, field

# Other ways to write the beginning of a name, and the one that peers are entered under.
PREFIXES = (
    ("tf.keras.", "keras."),
    ("tensorflow.keras.", "keras."),
    ("keras.src.losses.losses.", "keras.losses."),
    ("keras.metrics.", "keras.losses."),
    ("torch.nn.modules.loss.", "torch.nn."),
    ("F.", "torch.nn.functional."),
    ("optax.", "optax.losses."),
    ("xgb:", "xgboost:"),
    ("lgb:", "lightgbm:"),
    ("lgbm:", "lightgbm:"),
)
# How a library calls a loss, and how it is given our arrays. {inside} are its own parameters.
CALLS = (
    (r"torch\.nn\.[A-Z]", "{name}({inside})({f}, {y})"),
    (r"torch\.nn\.functional\.", "{name}({f}, {y}{after})"),
    (r"keras\.losses\.[A-Z]", "{name}({inside})({y}, {f})"),
    (r"optax\.losses\.", "{name}({f}, {y}{after}).mean()"),
    (r"sklearn\.metrics\.", "{name}({y}, {f}{after})"),
    (r"sklearn\._loss\.loss\.", "{name}({inside}).loss({y}, {f}).mean()"),
    (r"statsmodels\.robust\.norms\.", "{name}({inside}).rho({f} - {y}).mean()"),
)
ARRAYS = {
    "torch": "torch.tensor({})",
    "keras": "keras.ops.convert_to_tensor({})",
    "optax": "jax.numpy.asarray({})",
}
# Libraries that fit trees show a number by a metric: of no tree, over predictions given as a start.
METRICS = {
    "xgboost": (
        "data = xgboost.DMatrix(np.zeros((len(y), 1)), y, base_margin=f)",
        'options = {{"objective": "{objective}", "eval_metric": "{metric}"{options}}}',
        'float(xgboost.train(options, data, 0).eval(data).split(":")[1])',
    ),
    "lightgbm": (
        "data = lightgbm.Dataset(np.zeros((len(y), 1)), y, init_score=f)",
        'options = {{"objective": "{objective}", "metric": "{metric}"{options}, "verbose": -1}}',
        "lightgbm.Booster(options, data).eval_train()[0][2]",
    ),
}
EXAMPLES = "\n    Examples\n    --------\n"


@dataclass(frozen=True)
class Peer:
    """What a loss is called in another library, and what is different there.

    Parameters
    ----------
    name : str
        The path it is imported from (``"torch.nn.HuberLoss"``), or library and objective
        (``"xgboost:reg:squarederror"``). `losslab.get` finds the loss by it, by every shorter
        ending (``"nn.HuberLoss"``) and by its last word.
    factor : float or str
        Theirs is factor times ours: a number, or an expression of our parameters and of K, the
        number of predictions of a row (``"1 / K"``).
    plus : str
        What theirs has besides, an expression of y: theirs = factor * ours + plus.
    y, f : str
        What it takes for our targets y and predictions f, as expressions.
    options : str
        Arguments it needs to be this loss.
    parameters : dict
        Its parameters: the name each has here, or where else it is found, in words.
    defaults : dict
        Our parameters that are something else there unless given.
    at : dict
        Our parameters that must have these values, because it has no parameter for them.
    call : str
        The code that calls it, if its library's usual call does not; lines before the last
        prepare. Libraries without a usual call need it, or no code is printed.
    metric : str
        The metric of XGBoost or LightGBM that shows the number.
    then : str
        What its number must go through before `factor`, with {} in its place.
    says : str
        What y, f, `plus` or `call` mean, and where the two part; it follows a colon or "and".
    where : str
        A condition on y and f that picks the samples for which the two are the same.
    also : tuple of str
        Further names of the same thing there.
    owner : bool
        False if the name is found under another loss, as ``MSELoss`` is not a Brier score.
    bare : bool
        False if the last word alone says too little (``"lightgbm:binary"``).
    digits : int
        To how many digits the two agree.

    Examples
    --------
    >>> import losslab as ll
    >>> [peer] = [p for p in ll.losses.SquaredError.peers if p.name == "torch.nn.MSELoss"]
    >>> peer.factor
    2.0
    >>> print(peer.code(ll.get("squared_error")))
    import torch
    <BLANKLINE>
    y, f = torch.tensor(y_true), torch.tensor(y_pred)
    torch.nn.MSELoss()(f, y) / 2
    """

    name: str
    _: KW_ONLY
    factor: float | str = 1.0
    plus: str = ""
    y: str = "y"
    f: str = "f"
    options: str = ""
    parameters: dict = field(default_factory=dict)
    defaults: dict = field(default_factory=dict)
    at: dict = field(default_factory=dict)
    call: str = ""
    metric: str = ""
    then: str = "{}"
    says: str = ""
    where: str = ""
    also: tuple = ()
    owner: bool = True
    bare: bool = True
    digits: int = 9

    def __post_init__(self):
        if not isinstance(self.name, str) or not re.match(r"\w+[.:]\w", self.name):
            raise ValueError(
                "the name of a Peer must be a path or library:objective, such as "
                f"'torch.nn.HuberLoss', got {self.name!r}"
            )

    @property
    def library(self):
        """The library, as it is imported."""
        return re.match(r"\w+", self.name)[0]

    def names(self):
        """Everything it is found under, from the whole path to the last word."""
        if not self.owner:
            return []
        found = {}
        for name in (self.name, *self.also):
            found[name] = None
            library, mark, rest = re.match(r"(\w+)([.:])(.+)", name).groups()
            if mark == ":":
                found.update({rest: None} if self.bare else {})
                continue
            path, bracket, given = rest.partition("(")
            words = path.split(".")
            for i in range(len(words) if self.bare else len(words) - 1):
                found[".".join(words[i:]) + bracket + given] = None
            if bracket:
                found[f"{library}.{words[-1]}{bracket}{given}"] = None
                choice = re.fullmatch(r"loss='(\w+)'\)", given)
                found.update({choice[1]: None} if choice and self.bare else {})
        return [*found]

    def code(self, loss):
        """Python that gives the mean of `loss` on ``y_true`` and ``y_pred``, or None.

        Parameters
        ----------
        loss : losslab.losses.Loss
            Ours, with the parameters that the code is to have.

        Returns
        -------
        str or None
            None if the library gives no number of its own, or its call is not known.

        Examples
        --------
        >>> import losslab as ll
        >>> loss = ll.get("quantile", tau=0.8)
        >>> [peer] = [p for p in loss.peers if p.name == "sklearn.metrics.mean_pinball_loss"]
        >>> print(peer.code(loss).splitlines()[-1])
        sklearn.metrics.mean_pinball_loss(y, f, alpha=tau)
        """
        lines = self._call()
        if lines is None:
            return None
        *before, last = lines
        value = _scaled(self.then.format(last), self.plus, self.factor)
        text = "\n".join([*before, value])
        used = [k for k in loss.parameters if re.search(rf"(?<![\w.]){k}\b(?!\s*=[^=])", text)]
        made = [f"{k} = {_number(loss.parameters[k])}" for k in used]
        array = ARRAYS.get(self.library, "np.asarray({})")
        arrays = f"y, f = {array.format('y_true')}, {array.format('y_pred')}"
        body = "\n".join([*made, arrays, text])
        return "\n".join([*self._imports(body), "", body])

    def _call(self):
        if self.call:
            return self.call.splitlines()
        if self.metric:
            return self._metric()
        name, _, arguments = self.name.partition("(")
        usual = next((call for pattern, call in CALLS if re.match(pattern, name)), None)
        if usual is None or arguments:
            return None
        given = [f"{theirs}={ours}" for theirs, ours in self.parameters.items() if _is_name(ours)]
        inside = ", ".join(filter(None, (*given, self.options)))
        after = f", {inside}" if inside else ""
        return [usual.format(name=name, inside=inside, after=after, y=self.y, f=self.f)]

    def _metric(self):
        given = {k: ours for k, ours in self.parameters.items() if _is_name(ours)}
        options = "".join(f', "{theirs}": {ours}' for theirs, ours in given.items())
        options += f", {self.options}" if self.options else ""
        *before, last = METRICS[self.library]
        objective = self.name.partition(":")[2]
        words = {"objective": objective, "metric": self.metric, "options": options}
        return [*(line.format(**words) for line in before), last]

    def _imports(self, body):
        path = self.name.partition("(")[0].rpartition(".")[0]
        module = path if self.library in ("sklearn", "scipy", "statsmodels") else self.library
        wanted = ["jax"] if "jax." in body else []
        found = [f"import {', '.join([*wanted, module])}"]
        return ["import numpy as np", *found] if re.search(r"\bnp\.", body) else found

    def differences(self):
        """What is different there, in words: an empty list if it is the same number."""
        said = []
        if isinstance(self.factor, str):
            columns = ", K being the number of columns" if "K" in self.factor else ""
            said.append(f"{self.factor} times this loss{columns}")
        elif self.factor != 1.0:
            said.append(f"{self.factor:g} times this loss")
        said += [self.says] if self.says else []
        for theirs, ours in self.parameters.items():
            if ours != theirs:
                said.append(
                    f"its ``{theirs}`` is ``{ours}`` here"
                    if _is_name(ours)
                    else f"its ``{theirs}`` is {ours}"
                )
        if self.defaults:
            values = ", ".join(f"{k} = {v:g}" for k, v in self.defaults.items())
            said.append(f"unless told otherwise, it has {values}")
        if self.at:
            values = ", ".join(f"{k} = {v:g}" for k, v in self.at.items())
            said.append(f"it has {values} only")
        if self.where:
            said.append(f"compared where ``{self.where}``")
        return said


def _is_name(text):
    return text.isidentifier()


def _number(value):
    return repr(value).removesuffix(".0") if isinstance(value, float) else repr(value)


def _scaled(call, plus, factor):
    """The expression (call - plus) / factor, with no more brackets than it needs."""
    if plus:
        call = f"{call} - {plus}"
    if factor == 1.0:
        return call
    import ast

    if not isinstance(ast.parse(call, mode="eval").body, ast.Call):
        call = f"({call})"
    if isinstance(factor, str):
        there = re.sub(r"\bK\b", "f.shape[1]", factor)
        inverse = there.removeprefix("1 / ")
        return f"{call} * {inverse}" if inverse != there else f"{call} / ({there})"
    if factor == -1.0:
        return f"-{call}"
    return f"{call} / {factor:g}" if factor >= 1.0 else f"{call} * {1.0 / factor:g}"


def as_peers(given, owner):
    """The peers of a class as a tuple: a plain name is a peer that is the same in all."""
    if isinstance(given, (str, Peer)) or not isinstance(given, (tuple, list)):
        raise ValueError(
            f"peers of {owner} must be a tuple of Peer or of names such as "
            f"'torch.nn.HuberLoss', got {given!r}"
        )
    return tuple(peer if isinstance(peer, Peer) else Peer(peer) for peer in given)


def spellings(name):
    """A name as readers may write it, in the spellings that peers are entered under."""
    plain = name.strip().replace('"', "'").replace(" ", "").removesuffix("()")
    found = [name, plain]
    for theirs, ours in PREFIXES:  # in order: tf.keras.metrics becomes keras.metrics and so on
        found += [ours + known.removeprefix(theirs) for known in found if known.startswith(theirs)]
    return list(dict.fromkeys(found))


def documented(text, peers):
    """A docstring with a section on other libraries before its examples."""
    if not text or not peers:
        return text
    head, example, rest = text.partition(EXAMPLES)
    lines = ["", "Notes", "-----", "In other libraries:", ""]
    for peer in peers:
        said = "; ".join(peer.differences()) or "the same"
        lines.append(f"- ``{peer.name}``: {said}.")
    section = "".join(f"    {line}".rstrip() + "\n" for line in lines)
    return f"{head.rstrip()}\n{section}{example}{rest}"
