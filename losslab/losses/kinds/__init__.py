"""The kinds of losses: what each is given, its domains, and the loops that run it."""
