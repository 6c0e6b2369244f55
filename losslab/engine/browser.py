"""WebAssembly: the same generated text, compiled for the page.

Numba turns the text of a loop into LLVM code, LLVM turns that into a WebAssembly object file, and
a few lines here make it a module: name the exports, give it a memory.  No linker and no C library
are needed, because the kernels call nothing but each other.

The code must not depend on the machine it is built on: `build_module` refuses to run unless Numba
was started for a generic processor (see `GENERIC`).
"""

import os

from losslab.engine.ir import BuildError, Workshop, c_function, optimise

# Environment that must be set before numba is imported.
GENERIC = {
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_SLP_VECTORIZE": "0",
}
TRIPLE = "wasm32-unknown-unknown"

# The kernels' stack grows down from here, and the page keeps its own arrays above.
HEAP_BASE = 16384


def build_module(programs):
    """Compile loops to one WebAssembly module without imports.

    Parameters
    ----------
    programs : dict of str to losslab.engine.program.Program
        By the names under which the page calls them.

    Returns
    -------
    bytes

    Raises
    ------
    BuildError
        If the environment is not generic or a loop uses what the page has not.
    """
    for key, value in GENERIC.items():
        if os.environ.get(key) != value:
            raise BuildError(f"start Python with {key}={value!r}, see GENERIC")
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    workshop = Workshop(inline=False)
    whole = llvm.parse_assembly("")
    whole.triple = TRIPLE
    for name, (text, entry, layout, _) in programs.items():
        part = llvm.parse_assembly(c_function(name, text, entry, layout, workshop, count="int32"))
        part.triple = TRIPLE
        part.data_layout = ""
        whole.link_in(part)
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(opt=3)
    exported = set(programs)
    optimise(llvm, whole, machine, exported, fast=False)
    return finish(machine.emit_object(whole), sorted(exported))


# From an object file to a module ------------------------------------------------------------
# The binary format: https://webassembly.github.io/spec/core/binary/ ; the "linking" section that
# names the functions is described in the tool conventions for WebAssembly.

_CUSTOM, _TYPE, _IMPORT, _FUNCTION, _MEMORY, _GLOBAL, _EXPORT, _DATA = 0, 1, 2, 3, 5, 6, 7, 11


def finish(obj, exports):
    """Turn a self-contained object file into a module with its memory and named exports."""
    sections = list(_sections(obj))
    indices = {}
    kept = {}
    needs_stack = False
    for kind, body in sections:
        if kind == _CUSTOM:
            name, at = _string(body, 0)
            if name == "linking":
                indices = _function_indices(body, at)
        elif kind == _IMPORT:
            needs_stack = _check_imports(body)
        elif kind == _DATA:
            raise BuildError("the kernels need constants in memory, which has no place")
        else:
            kept[kind] = body
    missing = [name for name in exports if name not in indices]
    if missing:
        raise BuildError(f"not found in the object file: {missing}")
    # Globals: the stack pointer, if the code uses one, then the constant __heap_base.
    address = b"\x41" + _signed_leb(HEAP_BASE) + b"\x0b"
    stack = b"\x7f\x01" + address if needs_stack else b""
    count = _leb(1 + needs_stack)
    entries = [_text("memory") + b"\x02" + _leb(0)]
    entries += [_text("__heap_base") + b"\x03" + _leb(int(needs_stack))]
    entries += [_text(name) + b"\x00" + _leb(indices[name]) for name in exports]
    kept[_MEMORY] = b"\x01\x00\x01"  # one memory, from one page upwards
    kept[_GLOBAL] = count + stack + b"\x7f\x00" + address
    kept[_EXPORT] = _leb(len(entries)) + b"".join(entries)
    module = b"\x00asm\x01\x00\x00\x00"
    for kind in sorted(kept):
        module += bytes([kind]) + _leb(len(kept[kind])) + kept[kind]
    return module


def _sections(binary):
    at = 8
    while at < len(binary):
        kind = binary[at]
        size, at = _read_leb(binary, at + 1)
        yield kind, binary[at : at + size]
        at += size


def _check_imports(body):
    """Only memory and stack may be imported: anything else is something the page does not have.

    Returns whether the stack is used.
    """
    count, at = _read_leb(body, 0)
    needs_stack = False
    for _ in range(count):
        _, at = _string(body, at)
        name, at = _string(body, at)
        kind, at = body[at], at + 1
        if (kind, name) == (2, "__linear_memory"):
            flags, at = _read_leb(body, at)
            _, at = _read_leb(body, at)
            if flags & 1:
                _, at = _read_leb(body, at)
        elif (kind, name) == (3, "__stack_pointer"):
            needs_stack, at = True, at + 2
        else:
            raise BuildError(f"the kernels need {name!r}, which the page does not have")
    return needs_stack


def _function_indices(body, at):
    """Function names and their indices from the symbol table of the "linking" section."""
    _, at = _read_leb(body, at)  # version
    found = {}
    while at < len(body):
        kind = body[at]
        size, at = _read_leb(body, at + 1)
        end = at + size
        if kind == 8:  # symbol table
            count, at = _read_leb(body, at)
            for _ in range(count):
                what = body[at]
                flags, at = _read_leb(body, at + 1)
                if what == 1:  # data: a name and, if defined, where it lies
                    _, at = _string(body, at)
                    for _ in range(0 if flags & 0x10 else 3):
                        _, at = _read_leb(body, at)
                    continue
                index, at = _read_leb(body, at)
                if what != 3 and (not flags & 0x10 or flags & 0x40):  # named here
                    name, at = _string(body, at)
                    if what == 0:
                        found[name] = index
        at = end
    return found


def _read_leb(binary, at):
    value = shift = 0
    while True:
        byte = binary[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _leb(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _signed_leb(value):
    """A non-negative number: one more byte where the top bit would read as a sign."""
    out = bytearray()
    while value > 0x3F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _string(binary, at):
    size, at = _read_leb(binary, at)
    return binary[at : at + size].decode(), at + size


def _text(name):
    return _leb(len(name)) + name.encode()
