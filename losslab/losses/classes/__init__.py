"""Losses of many classes or labels."""
