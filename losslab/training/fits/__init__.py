"""Fits of lines, planes and linear models: each goes down to the bottom in one call."""
