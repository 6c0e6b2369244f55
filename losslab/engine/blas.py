"""Products of matrices by BLAS, as calls that can stand in a `losslab.engine.sequence.Sequence`.

SciPy tells the addresses of its BLAS functions; without it NumPy multiplies.
"""

import ctypes
import functools

import numpy as np

from losslab.engine import native

_FLAG = {False: np.frombuffer(b"N", np.uint8), True: np.frombuffer(b"T", np.uint8)}


# Threads that share a product of fewer multiplications wait for each other longer than they work,
# a hundred times longer where other processes want the same cores.
WORTH_SHARING = 2**25


class Gemm:
    """BLAS's function for one type of numbers, at its address.

    Attributes
    ----------
    set_threads : int
        Address of the function that sets how many threads BLAS uses and returns how many it did;
        0 if this product is large enough for several, or there is no such function.
    """

    layout = "P" * 13
    returns = False

    def __init__(self, address, set_threads):
        self.address, self.set_threads = address, set_threads


class NumpyProduct:
    """The product by NumPy, for a Python that has no SciPy or no Numba."""

    def __call__(self, a, b, c, keep):
        if keep[0]:
            c += a @ b
        else:
            np.matmul(a, b, out=c)
        return 0


def product(a, b, c, keep):
    """A call that computes ``c = a @ b``, or ``c += a @ b`` where ``keep[0]`` is 1.

    Parameters
    ----------
    a, b, c : ndarray of two dimensions
        Of one type, float64 or float32; `c` is C-contiguous, `a` and `b` are or their transposes.
    keep : ndarray of shape (1,)
        0 or 1, of the type of the others; read at each call.

    Returns
    -------
    tuple
        A function and its arguments, for `losslab.engine.sequence.Sequence`.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.engine.blas import product
    >>> from losslab.engine.sequence import Sequence
    >>> a, b, c = np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]), np.empty((2, 2))
    >>> Sequence([product(a, b, c, np.zeros(1))])()
    0
    >>> c.tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    # Without Numba nothing else has an address either.
    address = _gemm(c.dtype.name) if native.have_numba() else None
    if address is None:
        return NumpyProduct(), (a, b, c, keep)
    gemm = Gemm(address, _set_threads() if a.size * c.shape[1] < WORTH_SHARING else 0)
    # BLAS counts down columns, so it sees all transposed: c.T = b.T @ a.T.
    rows, columns = c.shape
    sizes = [np.array([n], np.int32) for n in (columns, rows, a.shape[1])]
    one = np.ones(1, c.dtype)
    right, b_turned, b_lead = _seen(b)
    left, a_turned, a_lead = _seen(a)
    c_lead = np.array([max(1, columns)], np.int32)
    flags = (_FLAG[b_turned], _FLAG[a_turned])
    return gemm, (*flags, *sizes, one, right, b_lead, left, a_lead, keep, c, c_lead)


def _seen(matrix):
    """The memory of a matrix, whether its transpose lies there, and the length of its lines."""
    turned = not matrix.flags.c_contiguous
    held = matrix.T if turned else matrix
    return held, turned, np.array([max(1, held.shape[1])], np.int32)


@functools.cache
def _gemm(dtype):
    """Address of the product for a type of numbers, or None where it is not found."""
    try:
        from scipy.linalg import cython_blas
    except ImportError:
        return None
    name = {"float64": "dgemm", "float32": "sgemm"}[dtype]
    capsule = cython_blas.__pyx_capi__[name]
    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype = ctypes.c_char_p
    api.PyCapsule_GetName.argtypes = [ctypes.py_object]
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    signature = api.PyCapsule_GetName(capsule)
    if signature is None or b"int *" not in signature.replace(b"int*", b"int *"):
        return None  # built for long integers
    return api.PyCapsule_GetPointer(capsule, signature)


@functools.cache
def _set_threads():
    """Address of OpenBLAS's function for that, or 0 where it is not found."""
    from scipy.linalg import cython_blas

    try:
        found = ctypes.CDLL(cython_blas.__file__).openblas_set_num_threads_local
    except (AttributeError, OSError):
        return 0
    return ctypes.cast(found, ctypes.c_void_p).value
