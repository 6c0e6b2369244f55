"""What is said of names that are not known: read only when one is asked for."""
