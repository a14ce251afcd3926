"""BLAS on one thread: it changes no result by a bit, and leaves the other cores to the server."""

from collections.abc import Iterator
from contextlib import contextmanager

import scipy.linalg.lapack  # noqa: F401 - only what is loaded can be limited, and scipy has a BLAS of its own
from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One thread for each BLAS of this process, until it ends. It may be nested."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield
