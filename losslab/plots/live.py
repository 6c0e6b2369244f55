"""A loss curve that grows while a network trains, in a notebook."""

import io
import time

import numpy as np

from losslab.plots.style import role

DPI = 96


class LiveCurve:
    """Draw the losses of a training while it runs, or after it.

    While it runs: give it to `fit` as `after_epoch`. Afterwards: ``LiveCurve().figure(done.history)``.

    In a notebook one picture is drawn anew; elsewhere nothing is shown, and
    `figure` has the picture all the same.

    Parameters
    ----------
    log : bool
        Whether the losses stand on a logarithmic axis.
    seconds : float
        At least so long from one picture to the next; drawing one takes a twentieth of a second.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.training import Network, fit
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]
    >>> curve = ll.plots.LiveCurve()
    >>> done = fit(Network((1, 1)), X, y, ll.get("squared_error"), after_epoch=curve, epochs=9)
    >>> [line.get_label() for line in curve.figure(done.history).axes[0].lines]
    ['training']
    """

    def __init__(self, log=False, seconds=0.5):
        self.log, self.seconds = log, seconds
        self._handle = None
        self._drawn = -np.inf

    def __call__(self, history):
        """Draw what there is, if the last picture is old enough."""
        now = time.monotonic()
        if now - self._drawn < self.seconds:
            return
        self._show(history)
        # From the end, so that drawing takes at most a part of the time.
        self._drawn = time.monotonic()

    def close(self, history):
        """Draw the end, however old the last picture is."""
        if history.epochs:
            self._show(history)

    def figure(self, history):
        """The picture of a history, with matplotlib: losses by epoch, each with its name.

        Parameters
        ----------
        history : losslab.training.History

        Returns
        -------
        matplotlib.figure.Figure
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.0, 3.2), layout="constrained")
        axes = figure.add_subplot()
        epochs = np.arange(1, history.epochs + 1)
        for name, label in (("train_loss", "training"), ("validation_loss", "held out")):
            if name in history:
                axes.plot(epochs, history[name], label=label, **role(label))
        if self.log:
            axes.set_yscale("log")
        axes.set_xlabel("epoch")
        axes.set_ylabel("mean loss")
        axes.legend(frameon=False)
        return figure

    def _show(self, history):
        try:
            from IPython import get_ipython
            from IPython.display import Image, display
        except ImportError:
            return
        if get_ipython() is None:
            return
        drawn = io.BytesIO()
        self.figure(history).savefig(drawn, format="png", dpi=2 * DPI)
        # Twice as fine as it is wide, for screens that are.
        picture = Image(drawn.getvalue(), format="png", retina=True)
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)
