"""What rowwise and batchwise losses share: targets and predictions that come in rows."""

import numpy as np

from losslab.contract import inputs
from losslab.losses.kinds.loss import Loss
from losslab.losses.kinds.row_domains import ROW_PREDICTIONS, ROW_TARGETS


class OfRows(Loss):
    """A loss whose samples are rows: it checks shapes and domains, and draws examples."""

    target = "row"
    prediction = "row"
    outputs = "values"
    legal_outputs = ("classes", "values")
    # What one of the outputs is called, if not "class" or "output"; losses whose rows mean the same
    # share it.
    output_word = None
    # A logit of -infinity means that its class is not offered, as if its column were not there: the
    # prediction is "logits". A loss of classes that takes "finite" numbers says why it cannot.
    no_masked_class = None
    no_curvature = "its second derivatives are not given"

    @classmethod
    def domains(cls):
        return ROW_TARGETS, ROW_PREDICTIONS

    @classmethod
    def _check_definition(cls):
        super()._check_definition()
        named = isinstance(cls.outputs, tuple) and all(isinstance(o, str) for o in cls.outputs)
        if not named and cls.outputs not in cls.legal_outputs:
            raise ValueError(
                f"outputs of {cls.__qualname__} must be one of {cls.legal_outputs} or a tuple of "
                f"names, got {cls.outputs!r}"
            )

    def shaped(self, y_true, y_pred):
        """Targets, predictions, and how many numbers make a target and a prediction."""
        f = inputs.as_float_array("y_pred", y_pred)
        columns = ROW_TARGETS[self.target].columns
        y = inputs.as_float_array("y_true", y_true)
        dimensions = 1 if self.outputs == "number" else 2
        if f.ndim != dimensions:
            shape = "(n,)" if dimensions == 1 else "(n, k)"
            raise ValueError(f"y_pred must have shape {shape}, got {f.shape}")
        n, k = f.shape if dimensions == 2 else (f.size, 1)
        m = self.target_width(k)
        wanted = (n,) if columns == 1 else (n, m)
        if y.shape != wanted:
            raise ValueError(
                f"y_true must have shape {wanted} for y_pred of shape {f.shape} "
                f"({ROW_TARGETS[self.target].legal}), got {y.shape}"
            )
        if f.size == 0:
            raise ValueError("y_true and y_pred must hold at least one number, got none")
        self.check_columns(k)
        return y, f, m, k

    def target_width(self, k):
        """How many numbers make a target, for k columns of predictions."""
        columns = ROW_TARGETS[self.target].columns
        return k if columns == "k" else columns if isinstance(columns, int) else len(columns)

    def output_names(self, k):
        """What the k columns of a prediction are called.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("gaussian_nll").output_names(2), ll.get("crps_ensemble").output_names(2)
        (['mean', 'log scale'], ['member 0', 'member 1'])
        """
        if isinstance(self.outputs, tuple):
            return [name.replace("_", " ") for name in self.outputs]
        word = self.column_word()
        return [f"{word} {j}" for j in range(k)]

    @classmethod
    def column_word(cls):
        """What one of the columns of a prediction is called, where they have no names."""
        return cls.output_word or ("class" if cls.outputs == "classes" else "output")

    @classmethod
    def apart(cls):
        """Words for what keeps losses of like rows apart: what their targets mean."""
        return []

    def check_columns(self, k):
        """Raise ValueError if predictions cannot have k columns."""
        if isinstance(self.outputs, tuple) and k != len(self.outputs):
            raise ValueError(
                f"y_pred of {self.name} must have the columns {', '.join(self.outputs)}, got {k}"
            )
        if self.outputs == "classes" and k < 2:
            raise ValueError(f"y_pred must have a column for each of at least 2 classes, got {k}")
        for vector, numbers in zip(type(self).vector_specs.values(), self._vectors, strict=True):
            have, want = len(numbers), k * k if vector.square else k
            if self.vector_length(k) is not None:
                want = self.vector_length(k)
            if have != want:
                raise ValueError(
                    f"{vector.name} must hold {want} numbers for y_pred of {k} columns, got {have}"
                )

    def vector_length(self, k):
        """How many numbers the vector parameter needs, if not k (or k * k for a matrix)."""
        return None

    def _refuse(self, y, f, m, k, i):
        """Raise for row i, which a loop found to be illegal."""
        target, prediction = ROW_TARGETS[self.target], ROW_PREDICTIONS[self.prediction]
        row, wide = np.atleast_1d(y[i]).astype(float), np.atleast_1d(f[i]).astype(float)
        legal = np.isnan(row).any() or target.is_legal(row, m, k)
        name, domain, given = ("y_pred", prediction, wide) if legal else ("y_true", target, row)
        hint = domain.hint
        if legal and self.no_masked_class and (wide == -np.inf).any():
            hint = f"; no class can be left out by -inf, because {self.no_masked_class}"
        raise ValueError(
            f"{name} must be {domain.legal}, got {domain.found(given)} at index {i}{hint}"
        )

    def example(self, n, rng):
        """Random legal input: n targets and n predictions.

        Examples
        --------
        >>> import numpy as np, losslab as ll
        >>> y_true, y_pred = ll.get("cosine_distance").example(3, np.random.default_rng(0))
        >>> y_pred.shape
        (3, 4)
        """
        k = len(self.outputs) if isinstance(self.outputs, tuple) else self.example_columns()
        target = ROW_TARGETS[self.target]
        y = target.draw(n, self.target_width(k) if target.columns == "own" else k, rng)
        f = ROW_PREDICTIONS[self.prediction].draw(n, k, rng)
        return y, (f[:, 0] if self.outputs == "number" else f)

    def example_columns(self):
        """How many columns an example has: as many as its first vector parameter asks for, or 4."""
        if self.outputs == "number":
            return 1
        for vector, numbers in zip(type(self).vector_specs.values(), self._vectors, strict=True):
            return round(len(numbers) ** (0.5 if vector.square else 1.0))
        return 4
