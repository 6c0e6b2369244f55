"""The kinds of what weighs samples by their losses, and the loops that run it."""
