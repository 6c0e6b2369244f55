"""What the live figures share: their losses, the answers to their questions, their pictures."""

import types
from collections.abc import Mapping

import anywidget
import numpy as np
import traitlets

from losslab.contract.definition import Definition
from losslab.contract.messages import shortened
from losslab.losses.kinds.loss import Loss
from losslab.widgets.manifest import describe, is_built_in
from losslab.widgets.parts import assets, fallback
from losslab.widgets.parts.heights import presets_bar, stacked
from losslab.widgets.programs import run


def losses_to_json(losses, widget):
    """Losses as the page gets them; those that are not built in carry their description.

    Those with vector parameters carry their numbers as the kernels take them.
    """
    return [
        {"name": loss.name, "parameters": dict(loss.parameters)}
        | ({} if is_built_in(type(loss)) else {"spec": describe(loss)})
        | ({"vectors": [v.tolist() for v in loss._vectors]} if loss._vectors else {})
        for loss in losses
    ]


def losses_from_json(entries, widget):
    """The way back: what the reader set up in the page, as losses."""
    return [widget.loss(entry["name"], entry["parameters"]) for entry in entries]


MOST_PRESETS, LONGEST_NAME = 6, 22  # letters, of which two names fit side by side on a phone


def presets_to_json(presets, widget):
    """Named situations, their values as each trait goes to the page."""

    def packed(name, value):
        return widget.trait_metadata(name, "to_json", lambda v, w: v)(value, widget)

    return [
        {"name": name, "values": {trait: packed(trait, v) for trait, v in values.items()}}
        for name, values in presets.items()
    ]


class Figure(anywidget.AnyWidget):
    """Base of the live figures; use those of `losslab.widgets`."""

    figure = traitlets.Unicode().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    losses = traitlets.Any().tag(sync=True, to_json=losses_to_json, from_json=losses_from_json)
    shelf = traitlets.Unicode().tag(sync=True)  # the room of what it shows
    # What the figure can be set to by a button: traits by name, as {"One far point": {"points": …}}.
    presets = traitlets.Any().tag(sync=True, to_json=presets_to_json)
    _losslab = traitlets.Unicode().tag(sync=True)
    settable = ()  # traits that the page sets
    shelves = (Loss.shelf,)  # where that may stand
    kinds = ("pointwise",)  # what it may be
    # What the page asks about a loss besides its loops: functions of the loss and what is given.
    questions = types.MappingProxyType({})

    # A property, so that importing this module needs no built files; making a figure does.
    @property
    def _esm(self):
        return assets.stub()

    def __init__(self, figure, losses, alt, arguments, presets=None):
        if alt is not None and not isinstance(alt, str):
            raise TypeError(f"alt must be a string that describes the figure, got {shortened(alt)}")
        version = assets.version()
        # All is checked and set before the page hears of it.
        self.losses = losses
        self.set_up(*arguments)
        self.presets = {} if presets is None else presets
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
        if isinstance(given, str | Definition):
            given = [given]
        noun, nouns = self.noun(), self.plural()
        try:
            losses = [self.find(item)() if isinstance(item, str) else item for item in given]
        except TypeError:
            raise TypeError(
                f"{nouns} must be a list of names or {nouns}, got {shortened(proposal['value'])}"
            ) from None
        if not losses:
            raise ValueError(f"{nouns} must name at least one {noun}, got an empty list")
        for loss in losses:
            if getattr(loss, "shelf", None) not in self.shelves:
                raise TypeError(
                    f"{nouns} must hold names or {nouns} such as {self.shelves[0].example()}, "
                    f"got {shortened(loss)}"
                )
            if loss.kind not in self.kinds:
                raise ValueError(
                    f"{nouns} of {type(self).__name__} must be {' or '.join(self.kinds)}, "
                    f"but {loss.name!r} is {loss.kind}"
                )
        self.check_losses(losses)
        self.shelf = losses[0].shelf.room
        return losses

    @traitlets.validate("presets")
    def _check_presets(self, proposal):
        presets = proposal["value"]
        if not isinstance(presets, Mapping):
            raise TypeError(f"presets must map names to traits, got {shortened(presets)}")
        if len(presets) > MOST_PRESETS:
            raise ValueError(f"presets must be at most {MOST_PRESETS}, got {len(presets)}")
        checked = {}
        for name, values in presets.items():
            if not (isinstance(name, str) and 0 < len(name) <= LONGEST_NAME):
                raise ValueError(
                    f"presets must have names of 1 to {LONGEST_NAME} letters, got {shortened(name)}"
                )
            if not isinstance(values, Mapping) or not values:
                raise TypeError(f"presets[{name!r}] must hold traits, got {shortened(values)}")
            if unknown := [trait for trait in values if trait not in self.settable]:
                raise ValueError(
                    f"presets[{name!r}] must set some of {[*self.settable]}, got {unknown[0]!r}"
                )
            checked[name] = self._tried(name, values)
        return checked

    def _tried(self, name, values):
        """The values as the figure takes them, or an error that names the preset."""
        before = {}
        try:
            for trait, value in values.items():
                before[trait] = getattr(self, trait)
                setattr(self, trait, value)
            return {trait: getattr(self, trait) for trait in values}
        except (TypeError, ValueError, traitlets.TraitError) as error:
            raise ValueError(f"presets[{name!r}]: {error}") from None
        finally:
            for trait, value in reversed(before.items()):
                setattr(self, trait, value)

    @classmethod
    def noun(cls):
        """What it shows, in its messages: "loss"."""
        return " or ".join(shelf.noun for shelf in cls.shelves)

    @classmethod
    def plural(cls):
        """What it shows several of: "losses"."""
        return " or ".join(shelf.plural for shelf in cls.shelves)

    def find(self, name):
        """The class under a name on the first of the figure's shelves that knows it."""
        for shelf in self.shelves[:-1]:
            try:
                return shelf.find(name)
            except ValueError:
                continue
        return self.shelves[-1].find(name)

    def check_losses(self, losses):
        """Raise ValueError if the figure does not take these losses."""
        raise NotImplementedError

    def loss(self, name, parameters):
        """A loss by name, also one that only this figure knows."""
        for known in self.losses or ():
            if known.name == name:
                return type(known)(**parameters)
        return self.find(name)(**parameters)

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
            return {"type": "assets", "shelves": assets.shelves()}, [code]
        if content["type"] in ("kernels", "data"):
            return self._built(content["type"], content["name"])
        reply = {"type": "run", "key": content["key"], "id": content["id"]}
        try:
            arrays = [np.frombuffer(buffer, dtype=np.float64) for buffer in buffers]
            given = dict(zip(content["arrays"], arrays, strict=True)) | content["numbers"]
            loss = self.loss(content["name"], content["parameters"])
            question = content["question"]
            answer = self.questions.get(question)
            answers = answer(loss, **given) if answer else run(loss, question, **given)
            back = [np.asarray(answer, dtype=np.float64).tobytes() for answer in answers.values()]
            return reply | {"answers": [*answers]}, back
        except Exception as error:  # a reader's own loss may raise anything
            return reply | {"error": f"{type(error).__name__}: {error}"}, []

    @staticmethod
    def _built(kind, name):
        reply = {"type": kind, "name": name}
        try:
            return reply, [assets.kernels(name) if kind == "kernels" else assets.data(name)]
        except (ValueError, FileNotFoundError) as error:
            return reply | {"error": str(error)}, []

    # Pictures ------------------------------------------------------------------------------

    def describe(self):
        """A sentence for readers who do not see the figure."""
        raise NotImplementedError

    def scene(self):
        """The figure as plain data, for `fallback` to draw."""
        raise NotImplementedError

    def heights(self):
        """What the live figure takes, for `fallback.to_html` to keep free: a sum of `heights`."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        view = data["application/vnd.jupyter.widget-view+json"]
        scene = self.scene()
        heights = stacked(presets_bar([*self.presets]), self.heights())
        data["text/html"] = fallback.to_html(scene, self.alt, self.figure, heights, view)
        png = fallback.to_png(scene)
        if png is not None:
            data["image/png"] = png
        return data, metadata
