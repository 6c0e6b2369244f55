"""LLVM code of one loop as a plain C function: the step that native and browser builds share."""

import ast
import re


class BuildError(RuntimeError):
    """A loop cannot be compiled to a self-contained function."""


class Workshop:
    """Numba functions made from generated texts; what two texts share is compiled only once.

    Parameters
    ----------
    inline : bool
        Whether every call is to be inlined (fast) or left to the compiler (small).
    instructions : dict, optional
        Functions of the machine, by the name of those in the texts that they stand for.
    """

    def __init__(self, inline, instructions=None):
        from losslab.engine.lean import called_by_others

        self.jit = called_by_others(forceinline=inline, error_model="numpy")
        self.instructions = instructions or {}
        self.made = {}

    def namespace(self, text):
        """The functions and constants that `text` defines, by name."""
        names = {"jit": self.jit}
        for node in ast.parse(text).body:
            source = ast.unparse(node)
            if isinstance(node, ast.Import):
                exec(source, names)
                continue
            name = node.name if isinstance(node, ast.FunctionDef) else node.targets[0].id
            if name in self.instructions:
                names[name] = self.instructions[name]
                continue
            used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & names.keys()
            # A definition is the same if its text and all it refers to are the same.
            meaning = tuple(
                (u, names[u] if isinstance(names[u], float | int) else id(names[u]))
                for u in sorted(used)
            )
            if (source, meaning) not in self.made:
                scope = dict(names)
                exec(compile(source, f"<{name}>", "exec"), scope)
                self.made[source, meaning] = scope[name]
            names[name] = self.made[source, meaning]
        return names


def c_function(name, text, entry, layout, workshop, *, count="int64", real="float64"):
    """LLVM text that defines `name`, the C form of function `entry` of generated `text`.

    Parameters
    ----------
    name : str
        Symbol to define.
    text : str
        Output of `losslab.engine.source.module_text`.
    entry : str
        The loop in it.
    workshop : Workshop
        Makes the functions of the text.
    layout : str
        One letter an argument: ``P`` pointer to float64, ``X`` pointer to `real`, ``n`` whole
        number (`count`), ``d`` float64. The function returns a whole number.
    count, real : str
        Numba names of the types behind ``n`` and ``X``.

    Returns
    -------
    str
    """
    import numba

    from losslab.engine.lean import called_by_c

    kinds = {
        "P": numba.types.CPointer(numba.float64),
        "X": numba.types.CPointer(getattr(numba, real)),
        "n": getattr(numba, count),
        "d": numba.float64,
    }
    namespace = workshop.namespace(text)
    signature = kinds["n"](*(kinds[letter] for letter in layout))
    ir, symbol = called_by_c(namespace[entry].py_func, signature, error_model="numpy")
    ir = ir.replace(f'@"{symbol}"', f"@{name}")
    ir = ir.replace(f"@{symbol}", f"@{name}")
    # Numba marks its wrapper's call noinline; the loop is to be inlined into it. The square root
    # is an instruction of every machine we compile for, not a library call.
    ir = re.sub(r"\bnoinline\b", "nounwind", ir)
    for call, kind, bits in (("sqrt", "double", 64), ("sqrtf", "float", 32)):
        if f"@{call}(" in ir:
            root = f"llvm.sqrt.f{bits}"
            ir = re.sub(rf"^declare {kind} @({call}|{re.escape(root)})\(.*$", "", ir, flags=re.M)
            ir = ir.replace(f"@{call}(", f"@{root}(")
            ir += f"\ndeclare {kind} @{root}({kind})\n"
    return ir.replace(" common ", " internal ")


def optimise(llvm, module, machine, exported, *, fast):
    """Run LLVM's full pipeline: everything inlined and vectorised (fast), or kept small."""
    module.data_layout = str(machine.target_data)
    for function in module.functions:
        if not function.is_declaration and function.name not in exported:
            function.linkage = "internal"
            if fast:
                function.add_function_attribute("alwaysinline")
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = fast
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    module.verify()
    needed = [f.name for f in module.functions if f.is_declaration]
    needed = [name for name in needed if not name.startswith("llvm.") or "x86" in name]
    if needed:
        raise BuildError(
            f"{', '.join(sorted(exported))}: needs {', '.join(needed)}, which compiled kernels "
            "must do without (a list, an array of their own, an exception?)"
        )
