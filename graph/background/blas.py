"""BLAS on one thread: results are the same to the bit, and the other cores are left to the server."""

from collections.abc import Iterator
from contextlib import contextmanager

import scipy.linalg.lapack  # noqa: F401 - only a loaded BLAS can be limited, and scipy has its own
from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limits each BLAS of this process to one thread within the block. It may be nested."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield
