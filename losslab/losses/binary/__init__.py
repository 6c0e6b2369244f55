"""Losses of a label 0 or 1 and a logit, a score or a probability."""
