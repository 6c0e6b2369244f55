"""Losses of ordered answers."""
