"""Losses of a number and its prediction."""
