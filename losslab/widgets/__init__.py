"""The live figures: curves of losses, single rows and batches of predictions, means over data, models
fitted and forecasts made under them.

They run in JupyterLab, Notebook 7 and the static pages of the book, and leave a picture where no
script runs.
"""

from losslab.widgets.batch_explorer import BatchExplorer
from losslab.widgets.bowl_explorer import BowlExplorer
from losslab.widgets.count_explorer import CountExplorer
from losslab.widgets.fit_explorer import FitExplorer
from losslab.widgets.loss_explorer import LossExplorer
from losslab.widgets.margin_explorer import MarginExplorer
from losslab.widgets.row_explorer import RowExplorer
from losslab.widgets.score_explorer import ScoreExplorer
from losslab.widgets.simplex_explorer import SimplexExplorer

__all__ = [
    "BatchExplorer",
    "BowlExplorer",
    "CountExplorer",
    "FitExplorer",
    "LossExplorer",
    "MarginExplorer",
    "RowExplorer",
    "ScoreExplorer",
    "SimplexExplorer",
]
