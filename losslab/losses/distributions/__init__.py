"""Likelihoods and scores of a forecast distribution, and divergences."""
