"""The kinds of penalties: what each is given, and the loops that run it."""
