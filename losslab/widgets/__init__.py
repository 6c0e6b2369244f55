"""The live figures: curves of losses, single rows and batches of predictions, means over data, models
fitted, networks trained and forecasts made under them, optimisers racing down; penalties of weights, and
rules that weigh losses and gradients.

They run in JupyterLab, Notebook 7 and the static pages of the book, and leave a picture where no
script runs.
"""

from losslab.widgets.figures.batch_explorer import BatchExplorer
from losslab.widgets.figures.bowl_explorer import BowlExplorer
from losslab.widgets.figures.count_explorer import CountExplorer
from losslab.widgets.figures.direction_explorer import DirectionExplorer
from losslab.widgets.figures.divergence_explorer import DivergenceExplorer
from losslab.widgets.figures.ensemble_explorer import EnsembleExplorer
from losslab.widgets.figures.fit_explorer import FitExplorer
from losslab.widgets.figures.gradient_explorer import GradientExplorer
from losslab.widgets.figures.grid_explorer import GridExplorer
from losslab.widgets.figures.landscape_explorer import LandscapeExplorer
from losslab.widgets.figures.loss_explorer import LossExplorer
from losslab.widgets.figures.margin_explorer import MarginExplorer
from losslab.widgets.figures.pit_explorer import PitExplorer
from losslab.widgets.figures.row_explorer import RowExplorer
from losslab.widgets.figures.saturation_explorer import SaturationExplorer
from losslab.widgets.figures.score_explorer import ScoreExplorer
from losslab.widgets.figures.shrink_explorer import ShrinkExplorer
from losslab.widgets.figures.simplex_explorer import SimplexExplorer
from losslab.widgets.figures.threshold_explorer import ThresholdExplorer
from losslab.widgets.figures.training_monitor import TrainingMonitor
from losslab.widgets.figures.weights_explorer import WeightsExplorer

__all__ = [
    "BatchExplorer",
    "BowlExplorer",
    "CountExplorer",
    "DirectionExplorer",
    "DivergenceExplorer",
    "EnsembleExplorer",
    "FitExplorer",
    "GradientExplorer",
    "GridExplorer",
    "LandscapeExplorer",
    "LossExplorer",
    "MarginExplorer",
    "PitExplorer",
    "RowExplorer",
    "SaturationExplorer",
    "ScoreExplorer",
    "ShrinkExplorer",
    "SimplexExplorer",
    "ThresholdExplorer",
    "TrainingMonitor",
    "WeightsExplorer",
]
