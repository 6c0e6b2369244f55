"""Real data that ships inside packages: no download, no network."""

from losslab.datasets.bundled import Dataset, available, load

__all__ = ["Dataset", "available", "load"]
