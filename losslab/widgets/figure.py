"""What the live figures share: their losses, the answers to their questions, their pictures."""

import numbers

import anywidget
import numpy as np
import traitlets

import losslab as ll
from losslab.engine.curves import batch_curve, curve, row_curve
from losslab.losses.contract import Loss
from losslab.losses.messages import shortened
from losslab.losses.row_domains import ROW_TARGETS
from losslab.widgets import assets, fallback
from losslab.widgets.manifest import axis_of, describe, is_built_in


def losses_to_json(losses, widget):
    """Losses as the page gets them; those that are not built in carry their description.

    Those with a vector parameter carry its numbers as the kernels take them.
    """
    return [
        {"name": loss.name, "parameters": dict(loss.parameters)}
        | ({} if is_built_in(type(loss)) else {"spec": describe(loss)})
        | ({} if type(loss).vector_spec is None else {"numbers": loss._vector.tolist()})
        for loss in losses
    ]


def losses_from_json(entries, widget):
    """The way back: what the reader set up in the page, as losses."""
    return [widget.loss(entry["name"], entry["parameters"]) for entry in entries]


class Figure(anywidget.AnyWidget):
    """Base of the live figures; use those of `losslab.widgets`."""

    figure = traitlets.Unicode().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    losses = traitlets.Any().tag(sync=True, to_json=losses_to_json, from_json=losses_from_json)
    _losslab = traitlets.Unicode().tag(sync=True)
    kind = "pointwise"  # of the losses it takes

    # A property, so that importing this module needs no built files; making a figure does.
    @property
    def _esm(self):
        return assets.stub()

    def __init__(self, figure, losses, alt, arguments):
        if alt is not None and not isinstance(alt, str):
            raise TypeError(f"alt must be a string that describes the figure, got {shortened(alt)}")
        version = assets.version()
        # All is checked and set before the page hears of it.
        self.losses = losses
        self.set_up(*arguments)
        self.alt = alt or self.describe()
        super().__init__(figure=figure, _losslab=version)
        self.on_msg(self._on_message)

    def set_up(self, *arguments):
        """Check and set the traits of one kind of figure."""
        raise NotImplementedError

    def __repr__(self):
        inside = ", ".join(repr(loss) for loss in self.losses)
        return f"{type(self).__name__}({inside})"

    @traitlets.validate("losses")
    def _check_losses(self, proposal):
        given = proposal["value"]
        if isinstance(given, str | Loss):
            given = [given]
        try:
            losses = [ll.get(item) if isinstance(item, str) else item for item in given]
        except TypeError:
            raise TypeError(
                f"losses must be a list of names or losses, got {shortened(proposal['value'])}"
            ) from None
        if not losses:
            raise ValueError("losses must name at least one loss, got an empty list")
        for loss in losses:
            if not isinstance(loss, Loss):
                raise TypeError(
                    f"losses must hold names or losses such as ll.get('huber'), got {shortened(loss)}"
                )
            if loss.kind != self.kind:
                raise ValueError(
                    f"losses of {type(self).__name__} must be {self.kind}, but {loss.name!r} "
                    f"is {loss.kind}"
                )
        self._check_axis(losses)
        return losses

    def _check_axis(self, losses):
        """Refuse losses that cannot be drawn over one horizontal axis."""
        first = losses[0]
        compatible = {"residual", "prediction"}
        for loss in losses[1:]:
            axes = {axis_of(type(first)), axis_of(type(loss))}
            if len(axes) > 1 and axes != compatible:
                raise ValueError(
                    f"losses of one figure must share a target: {first.name!r} is a loss of "
                    f"{first.prediction!r} and {loss.name!r} one of {loss.prediction!r}; "
                    "draw them in two figures"
                )

    def loss(self, name, parameters):
        """A loss by name, also one that only this figure knows."""
        for known in self.losses or ():
            if known.name == name:
                return type(known)(**parameters)
        return ll.get(name, **parameters)

    # Questions from the page ---------------------------------------------------------------

    def _on_message(self, _, content, buffers):
        reply, back = self.answer(content, buffers)
        self.send(reply, back)

    def answer(self, content, buffers):
        """Reply to a question of the page, with the buffers that belong to it.

        An error is part of the reply: the figure shows it to the reader.
        """
        if content["type"] == "assets":
            code = assets.read("losslab-runtime.js")
            return {"type": "assets", "losses": assets.losses()}, [code]
        if content["type"] == "kernels":
            return self._kernels(content["module"])
        reply = {"type": content["type"], "key": content["key"], "id": content["id"]}
        columns = [np.frombuffer(buffer, dtype=np.float64) for buffer in buffers]
        try:
            loss = self.loss(content["name"], content["parameters"])
            if content["type"] == "curve":
                return reply, [row.tobytes() for row in curve(loss, *columns)]
            if content["type"] == "rows":
                return reply, self._rows(loss, *columns, content["k"])
            if content["type"] == "batch":
                return reply, self._batches(loss, *columns, content["n"], content["k"])
            if content["type"] == "plane":
                fit = self._plane(loss, *columns, content["ridge"])
                return reply | {"intercept": fit.intercept}, [fit.coefficients.tobytes()]
            return reply | self._fit(loss, *columns, content["start"]), []
        except Exception as error:  # a reader's own loss may raise anything
            return reply | {"error": f"{type(error).__name__}: {error}"}, []

    @staticmethod
    def _kernels(module):
        reply = {"type": "kernels", "module": module}
        try:
            return reply, [assets.kernels(module)]
        except (ValueError, FileNotFoundError) as error:
            return reply | {"error": str(error)}, []

    @staticmethod
    def _fit(loss, x, y, start):
        from losslab.training import fit_line

        fit = fit_line(x, y, loss, start=tuple(start))
        names = ("intercept", "slope", "value", "gradient_norm")
        return {name: float(getattr(fit, name)) for name in names}

    @staticmethod
    def _rows(loss, y, f, k):
        n = f.size // k
        targets = y if ROW_TARGETS[loss.target].columns == 1 else y.reshape(n, -1)
        return [column.tobytes() for column in row_curve(loss, targets, f.reshape(n, k))]

    @staticmethod
    def _batches(loss, y, f, n, k):
        targets = y if ROW_TARGETS[loss.target].columns == 1 else y.reshape(n, -1)
        predictions = f.reshape(-1, n) if loss.outputs == "number" else f.reshape(-1, n, k)
        return [column.tobytes() for column in batch_curve(loss, targets, predictions)]

    @staticmethod
    def _plane(loss, x, y, ridge):
        from losslab.training import fit_classifier

        return fit_classifier(x.reshape(y.size, -1), y, loss, ridge=ridge)

    # Pictures ------------------------------------------------------------------------------

    def describe(self):
        """A sentence for readers who do not see the figure."""
        raise NotImplementedError

    def scene(self):
        """The figure as plain data, for `fallback` to draw."""
        raise NotImplementedError

    def heights(self):
        """What the live figure takes, for `fallback.to_html` to keep free.

        The numbers are those of frontend/src/style.css; a browser test compares the two.
        """
        raise NotImplementedError

    def slider_rows(self, more=0):
        """Height of the sliders, in a wide and in a narrow column: at most four at once."""
        counts = [len(loss.parameter_specs) for loss in self.losses]
        visible, menu = sum(counts), 0
        if visible > 4:
            visible, menu = next(count for count in counts if count), 36
        if visible == 0:
            return more, more
        return 12 + 44 * -(-visible // 2) + menu + more, 12 + 66 * visible + menu + more

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        view = data["application/vnd.jupyter.widget-view+json"]
        scene = self.scene()
        data["text/html"] = fallback.to_html(scene, self.alt, self.figure, self.heights(), view)
        png = fallback.to_png(scene)
        if png is not None:
            data["image/png"] = png
        return data, metadata


def as_number(name, value, legal="a finite number"):
    """A float, or an error that names the argument."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {legal}, got {shortened(value)}")
    if not np.isfinite(value):
        raise ValueError(f"{name} must be {legal}, got {shortened(value)}")
    return float(value)


def as_column(name, values):
    """Numbers in one dimension, as an array; whether they are finite is `require_finite`."""
    try:
        column = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers, got {shortened(values)}") from None
    if column.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got shape {column.shape}")
    return column


def require_finite(name, column):
    bad = np.flatnonzero(~np.isfinite(column))
    if bad.size:
        raise ValueError(f"{name} must be finite, got {column[bad[0]]} at position {bad[0]}")


def join(words):
    """`a, b and c`."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
