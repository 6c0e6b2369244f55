"""From kernels to the text of one self-contained module.

A loss is written as a few scalar functions.  To compile them well they are gathered, together with
every function they call, into the text of one module, next to the loop that needs them.  The text
is what is hashed, cached, compiled natively and compiled to WebAssembly, so

* an edited kernel is another text and therefore another cache entry: nothing stale can be loaded;
* a second process finds the compiled code, because the text lives in a real file;
* the page and the package run the same arithmetic, because it *is* the same text.

A kernel may use its own arguments, numbers, other plain Python functions, and the functions of
`losslab.arithmetic.vmath`.  Anything else is refused here, by name.
"""

import ast
import builtins
import functools
import inspect
import math
import textwrap
import types

import numpy as np

ALLOWED_BUILTINS = {"abs", "min", "max", "range", "len", "float", "int", "bool"}
# What may be used of these modules: conversions, constants and one exact function. Everything
# else (np.exp, math.log) is a library call that rounds differently on every platform.
# np.empty is for the buffers of the array loops.
ALLOWED_ATTRIBUTES = {np: {"float64", "int64", "nan", "inf", "empty"}, math: {"sqrt"}}
# What belongs before a kernel, not into it.
INSIDE = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Lambda, ast.ClassDef)
ENTRY = "entry"
HEADER = "import math\n\nimport numpy as np\n"


class KernelError(ValueError):
    """A kernel cannot be turned into a self-contained module."""


def function_text(function):
    """Dedented source of a plain function.

    Raises
    ------
    KernelError
        If Python cannot find the source (a function typed at a bare prompt or made by ``exec``).
    """
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError) as error:
        raise KernelError(
            f"the source of kernel {function.__qualname__!r} cannot be read: define it in a file "
            "or in a notebook cell"
        ) from error


def parsed(function):
    """The function definition as a syntax tree, without decorators, annotations or docstring."""
    tree = ast.parse(function_text(function)).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise KernelError(f"kernel {function.__qualname__!r} must be written with 'def'")
    tree.decorator_list = []
    tree.returns = None
    for argument in tree.args.args:
        argument.annotation = None
    if isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, ast.Constant):
        tree.body = tree.body[1:] or [ast.Pass()]
    return tree


def free_names(function, tree):
    """Names the function reads from outside itself, sorted."""
    bound = {a.arg for a in tree.args.args}
    read = set()
    for node in ast.walk(tree):
        if isinstance(node, INSIDE) and node is not tree:
            raise KernelError(
                f"kernel {function.__qualname__!r} imports or defines something inside itself: "
                "move it to the top of the file or cell"
            )
        if isinstance(node, ast.Name):
            (bound if isinstance(node.ctx, ast.Store) else read).add(node.id)
    return sorted(read - bound - {tree.name})


def resolve(function, name):
    """What `name` means inside `function`: closure, then module, then builtins."""
    if name in function.__code__.co_freevars:
        cell = function.__closure__[function.__code__.co_freevars.index(name)]
        return cell.cell_contents
    if name in function.__globals__:
        return function.__globals__[name]
    if hasattr(builtins, name):
        return getattr(builtins, name)
    raise KernelError(f"kernel {function.__qualname__!r} uses {name!r}, which is not defined")


class Gathered:
    """Functions and constants collected for one module, in the order they must appear."""

    def __init__(self):
        self.lines = []
        # Names that a loop leaves to the caller: a text, or a function that adds what is meant.
        self.provided = {}
        self.given = set()
        self.seen = {}

    def add(self, function, rename=None):
        """Add `function` (and all it uses) under `rename` or its own name."""
        name = rename or function.__name__
        if name in self.seen:
            if self.seen[name] is not function:
                raise KernelError(
                    f"two different functions named {name!r} are used together by "
                    f"{function.__qualname__!r}: rename one"
                )
            return
        tree = parsed(function)
        self.seen[name] = function
        for used in free_names(function, tree):
            self.add_name(function, used)
        tree.name = name
        self.lines.append("@jit\n" + ast.unparse(tree) + "\n")

    def add_name(self, function, used):
        if used in self.provided:
            self.give(used)
            return
        thing = resolve(function, used)
        if thing is np or thing is math:
            self.check_attributes(function, used, thing)
            return
        if isinstance(thing, types.FunctionType):
            if thing.__name__ != used:
                raise KernelError(
                    f"kernel {function.__qualname__!r} uses {thing.__name__!r} under the name "
                    f"{used!r}: import it under its own name"
                )
            self.add(thing)
        elif isinstance(thing, bool | int | float | np.floating | np.integer):
            value = thing.item() if isinstance(thing, np.generic) else thing
            text = repr(value) if np.isfinite(value) else f"float({str(value)!r})"
            line = f"{used} = {text}\n"
            if self.seen.get(used, line) != line:
                raise KernelError(f"two different constants named {used!r} are used together")
            if used not in self.seen:
                self.seen[used] = line
                self.lines.append(line)
        elif getattr(builtins, used, None) is thing and used in ALLOWED_BUILTINS:
            return
        else:
            raise KernelError(
                f"kernel {function.__qualname__!r} uses {used!r} ({type(thing).__name__}); legal "
                "are its arguments, numbers, plain functions and those of losslab.arithmetic.vmath"
            )

    def give(self, name):
        """Add what the caller provides under a name, once."""
        if name not in self.given:
            self.given.add(name)
            meant = self.provided[name]
            if isinstance(meant, str):
                self.lines.append(meant)
            else:
                meant()

    def check_attributes(self, function, used, module):
        if used != {np: "np", math: "math"}[module]:
            raise KernelError(
                f"kernel {function.__qualname__!r}: import {module.__name__} under its usual name"
            )
        for node in ast.walk(parsed(function)):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == used:
                if node.attr not in ALLOWED_ATTRIBUTES[module]:
                    raise KernelError(
                        f"kernel {function.__qualname__!r} uses {used}.{node.attr}; take it from "
                        "losslab.arithmetic.vmath, which gives the same bits on every platform"
                    )

    def text(self):
        return HEADER + "\n" + "\n".join(self.lines)


def module_text(loop, kernels, checks, parameters, vectors, dtype, fixed):
    """Text of the module that runs a loop over the kernels of one definition, and its entry.

    Parameters are those of `losslab.engine.program.Program.of`. The function of the loop finds the
    parameters, vectors first, as one tuple by ``load_parameters(a)``, or ``load_parameters(v, a)``
    if vectors are among its arguments, and passes that tuple to kernels as their last argument;
    ``data_is_single()`` says whether the arrays that it calls data are of float32, and
    ``as_data(x)`` is x in their type.

    Returns
    -------
    tuple of str
    """
    has_vectors = any(argument.kind == "vectors" for argument in loop.arguments)
    gathered = Gathered()
    gathered.provided["load_parameters"] = loading(
        parameters, vectors if has_vectors else None, fixed
    )
    gathered.provided["data_is_single"] = (
        f"@jit\ndef data_is_single():\n    return {dtype == 'float32'}\n"
    )
    gathered.provided["as_data"] = f"@jit\ndef as_data(x):\n    return np.{dtype}(x)\n"
    count = parameters + vectors
    for name in {*kernels, *loop.stand_ins}:
        kernel = kernels[loop.stand_ins.get(name, name)]
        gathered.provided[name] = functools.partial(add_kernel, gathered, name, kernel, count)
    for name, check in checks.items():
        gathered.provided[name] = functools.partial(gathered.add, check, rename=name)
    gathered.add(loop.function)
    if not has_vectors:
        return gathered.text(), loop.function.__name__
    gathered.lines.append(entry_with_vectors(loop, vectors))
    return gathered.text(), ENTRY


def loading(parameters, vectors, fixed):
    """The function that makes one tuple of all parameters; those of `fixed` are constants."""
    numbers = [repr(fixed[i]) if i in fixed else f"a[{i}]" for i in range(parameters)]
    inside = [f"v[{i}]" for i in range(vectors or 0)] + numbers
    arguments = "a" if vectors is None else "v, a"
    return f"@jit\ndef load_parameters({arguments}):\n    return ({', '.join(inside) or '0.0'},)\n"


def add_kernel(gathered, name, kernel, count):
    """Add a kernel under its own name, and under `name` a function that hands it the parameters."""
    if not any(isinstance(node, ast.Return) for node in ast.walk(parsed(kernel))):
        raise KernelError(f"kernel {kernel.__qualname__!r} returns nothing")
    own = kernel.__code__.co_varnames[: kernel.__code__.co_argcount]
    data = "".join(f"{argument}, " for argument in own[: len(own) - count])
    handed = ", ".join((*own[: len(own) - count], *(f"p[{i}]" for i in range(count))))
    gathered.add(kernel, rename=f"{name}_kernel")
    gathered.lines.append(f"@jit\ndef {name}({data}p):\n    return {name}_kernel({handed})\n")


def entry_with_vectors(loop, vectors):
    """A function that takes each vector by itself, and hands the loop one tuple of them."""
    one_by_one = [f"v_{i}" for i in range(vectors)]
    taken, handed = [], []
    for argument in loop.arguments:
        is_vectors = argument.kind == "vectors"
        taken += one_by_one if is_vectors else [argument.name]
        handed.append(f"({''.join(f'{v}, ' for v in one_by_one)})" if is_vectors else argument.name)
    called = f"{loop.function.__name__}({', '.join(handed)})"
    return f"@jit\ndef {ENTRY}({', '.join(taken)}):\n    return {called}\n"
