"""Losses of waiting times, some of them censored."""
