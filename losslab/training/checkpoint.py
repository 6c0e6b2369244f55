"""Checkpoints: all that training needs to go on as if it had never stopped, in one file."""

import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from losslab.contract.messages import shortened

VERSION = 1


def save(path, settings, arrays):
    """Write arrays and settings in one step, so that nobody ever finds half of it.

    Parameters
    ----------
    path : str or path-like
        An ``.npz`` file of NumPy; it holds no code.
    settings : dict
        What must be the same when training goes on: names and plain values.
    arrays : dict of str to ndarray
    """
    path = Path(path)
    words = json.dumps({"version": VERSION, **settings}, sort_keys=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, settings=np.array(words), **arrays)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def check_folder(path):
    """Refuse a path that no checkpoint can be written to, before anything was computed.

    Raises
    ------
    FileNotFoundError, TypeError
        If its folder does not exist, or it is no path.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"checkpoint must be a path, got {shortened(path)}")
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"checkpoint must be in a folder that exists, got {folder}")


def load(path, settings):
    """The arrays of a checkpoint.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is of training with other settings; the message says which.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"resume must be a checkpoint, there is no file {path}")
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile):
        arrays = {}  # text, pictures, a single array
    if "settings" not in arrays:
        raise ValueError(f"{path} is not a checkpoint of losslab")
    held = json.loads(arrays.pop("settings").item())
    wanted = json.loads(json.dumps({"version": VERSION, **settings}))
    for name, value in wanted.items():
        if name in ("data", "start") and held.get(name) != value:
            what = {"data": "data (X, y, sample_weight or validation)", "start": "first weights"}
            raise ValueError(f"{path} cannot be gone on with: it was made with other {what[name]}")
        if held.get(name) != value:
            raise ValueError(
                f"{path} cannot be gone on with: its {name} is {held.get(name)!r}, not {value!r}"
            )
    return arrays


def digest(*arrays):
    """A short name for the numbers in arrays.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.training.checkpoint import digest
    >>> digest(np.zeros(2)) == digest(np.zeros(2)), digest(np.zeros(2)) == digest(np.ones(2))
    (True, False)
    """
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.shape} {array.dtype}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:16]
