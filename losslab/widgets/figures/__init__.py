"""The live figures, one file each."""
