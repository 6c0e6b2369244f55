"""Losses of counts and of positive amounts."""
