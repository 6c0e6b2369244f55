"""Landscapes: the loss as a function of the weights, how it is curved, and how noisy its slope is.

Everything here takes an objective (`losslab.training.Objective`), whatever model stands behind it.
"""
