"""The kinds of rules for several tasks: what each is given, and the loops that run it."""
