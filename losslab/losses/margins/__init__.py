"""Losses of a label 0 or 1 that depend on the margin, or nearly."""
