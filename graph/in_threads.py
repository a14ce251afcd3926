"""Work in threads, a bounded number of items ahead of whoever takes the results."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AHEAD = 2
"""The items that wait for each thread."""

T = TypeVar("T")
R = TypeVar("R")


def in_threads(work: Callable[[T], R], items: Iterable[T], threads: int) -> Generator[tuple[T, R], None, None]:
    """Each item with its result, in their order; a few are worked on ahead. Once it is closed, no other is begun."""
    pending: deque[tuple[T, Future[R]]] = deque()
    with ThreadPoolExecutor(threads) as workers:
        try:
            for item in items:
                pending.append((item, workers.submit(work, item)))
                if len(pending) > AHEAD * threads:
                    first, future = pending.popleft()
                    yield first, future.result()
            while pending:
                first, future = pending.popleft()
                yield first, future.result()
        finally:
            workers.shutdown(wait=False, cancel_futures=True)
