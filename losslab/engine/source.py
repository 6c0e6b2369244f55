"""From kernels to the text of one self-contained module.

A loss is written as a few scalar functions.  To compile them well they are gathered, together with
every function they call, into the text of one module, next to the loop that needs them.  The text
is what is hashed, cached, compiled natively and compiled to WebAssembly, so

* an edited kernel is another text and therefore another cache entry: nothing stale can be loaded;
* a second process finds the compiled code, because the text lives in a real file;
* the page and the package run the same arithmetic, because it *is* the same text.

A kernel may use its own arguments, numbers, other plain Python functions, and the functions of
`losslab.engine.vmath`.  Anything else is refused here, by name.
"""

import ast
import builtins
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

    def __init__(self, provided=()):
        self.lines = []
        self.provided = set(provided)  # names the caller defines itself
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
                "are its arguments, numbers, plain functions and those of losslab.engine.vmath"
            )

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
                        "losslab.engine.vmath, which gives the same bits on every platform"
                    )

    def text(self):
        return HEADER + "\n" + "\n".join(self.lines)


def module_text(loop, kernels, n_parameters, checks=None, unused=()):
    """Text of the module that runs `loop` over the kernels of one loss.

    Parameters
    ----------
    loop : function
        A function of `losslab.engine.loops` or alike. It calls the kernels and checks by the
        names below, and `load_parameters`.
    kernels : dict of str to function
        ``{"loss_value": value_at, ...}``. The loop passes all parameters as one tuple, the last
        argument.
    n_parameters : int
        How many parameters each kernel takes after its data arguments.
    checks : dict of str to function, optional
        Functions of the data alone: ``{"target_is_legal": ...}``.
    unused : sequence of str
        What the loop passes behind the data arguments and these kernels do not take.

    Returns
    -------
    str
        Python source that needs ``jit`` and numpy, nothing else.
    """
    checks = checks or {}
    gathered = Gathered({*kernels, *checks, "load_parameters"})
    loads = ", ".join(f"a[{i}]" for i in range(n_parameters)) or "0.0"
    gathered.lines.append(f"@jit\ndef load_parameters(a):\n    return ({loads},)\n")
    for name in sorted(checks):
        gathered.add(checks[name], rename=name)
    for name in sorted(kernels):
        kernel = kernels[name]
        if not any(isinstance(node, ast.Return) for node in ast.walk(parsed(kernel))):
            raise KernelError(f"kernel {kernel.__qualname__!r} returns nothing")
        own = kernel.__code__.co_varnames[: kernel.__code__.co_argcount]
        data = ", ".join(own[: len(own) - n_parameters])
        values = "".join(f", p[{i}]" for i in range(n_parameters))
        taken = "".join(f"{name}, " for name in unused)
        gathered.add(kernel, rename=f"{name}_kernel")
        gathered.lines.append(
            f"@jit\ndef {name}({data}, {taken}p):\n    return {name}_kernel({data}{values})\n"
        )
    gathered.add(loop)
    return gathered.text()
