"""A module of the page in wasmtime, called as the page calls it."""

import numpy as np
import wasmtime


class Wasmtime:
    """One module, with arrays laid out from __heap_base."""

    def __init__(self, binary):
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        self.module = wasmtime.Module(engine, binary)
        self.exports = wasmtime.Instance(self.store, self.module, []).exports(self.store)
        self.memory = self.exports["memory"]
        self.base = self.exports["__heap_base"].value(self.store)

    def run(self, name, loop, definition=None, **given):
        """What `Definition.run` does natively; `returned` is what the loop returned."""
        own = (definition._vectors, definition._packed) if definition else ()
        arguments, answers = loop.arguments_for(given, *own)
        at, plain, places = self.base, [], {}
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                missing = at + argument.nbytes - self.memory.data_len(self.store)
                if missing > 0:
                    self.memory.grow(self.store, -(-missing // 65536))
                self.memory.write(self.store, argument.astype(float).tobytes(), at)
                places[id(argument)] = at
                plain.append(at)
                at += 8 * argument.size
            else:
                plain.append(argument)
        self.returned = self.exports[name](self.store, *plain)
        found = {}
        for key, array in answers.items():
            start = places[id(array)]
            found[key] = np.frombuffer(self.memory.read(self.store, start, start + array.nbytes))
        return found
