"""LLVM code of one loop as a plain C function: the step that native and browser builds share."""

import re


class BuildError(RuntimeError):
    """A loop cannot be compiled to a self-contained function."""


def c_function(name, text, entry, layout, *, count="int64", real="float64"):
    """LLVM text that defines `name`, the C form of function `entry` of generated `text`.

    Parameters
    ----------
    name : str
        Symbol to define.
    text : str
        Output of `losslab.engine.source.module_text`.
    entry : str
        The loop in it.
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

    kinds = {
        "P": numba.types.CPointer(numba.float64),
        "X": numba.types.CPointer(getattr(numba, real)),
        "n": getattr(numba, count),
        "d": numba.float64,
    }
    namespace = {"jit": numba.njit(forceinline=True, error_model="numpy")}
    exec(compile(text, f"<{name}>", "exec"), namespace)
    signature = kinds["n"](*(kinds[letter] for letter in layout))
    compiled = numba.cfunc(signature, error_model="numpy", _nrt=False)(
        namespace[entry].py_func
    )
    ir = compiled._library.get_llvm_str()
    ir = ir.replace(f'@"{compiled.native_name}"', f"@{name}")
    ir = ir.replace(f"@{compiled.native_name}", f"@{name}")
    # Numba marks its wrapper's call noinline; inlined, the loops need no stack. The square root
    # is an instruction of every machine we compile for, not a library call.
    ir = re.sub(r"\bnoinline\b", "nounwind", ir)
    if "@sqrt(" in ir:
        ir = re.sub(r"^declare double @(sqrt|llvm\.sqrt\.f64)\(.*$", "", ir, flags=re.M)
        ir = ir.replace("@sqrt(", "@llvm.sqrt.f64(")
        ir += "\ndeclare double @llvm.sqrt.f64(double)\n"
    return ir.replace(" common ", " internal ")


def optimise(llvm, module, machine, exported, *, vectorise):
    """Inline everything into the exported functions and run LLVM's full pipeline."""
    module.data_layout = str(machine.target_data)
    for function in module.functions:
        if not function.is_declaration and function.name not in exported:
            function.linkage = "internal"
            function.add_function_attribute("alwaysinline")
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = vectorise
    options.loop_unrolling = vectorise  # in the page, small beats fast: every reader downloads it
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
