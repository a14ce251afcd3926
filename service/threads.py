"""Threads that wait for Neo4j. They are apart from those of the framework, which read files: while Neo4j is slow or
frozen, the page, static files, `/health/live` and refusals are still answered."""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

WAITING_THREADS = 40
"""Requests of a worker that wait for Neo4j at the same time; further ones wait for a thread."""
ENDING_THREADS = 4
"""Threads that end the statements of clients who have left, which must not wait behind other requests."""

P = ParamSpec("P")
T = TypeVar("T")
_waiting: RunVar[CapacityLimiter] = RunVar("graphfeed-waiting")
_ending: RunVar[CapacityLimiter] = RunVar("graphfeed-ending")


async def run(work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Returns the result of a function that waits for Neo4j."""
    call = functools.partial(work, *args, **more)
    return await to_thread.run_sync(call, limiter=_limiter(_waiting, WAITING_THREADS))


async def run_ending(work: Callable[[], object]) -> None:
    """Calls a function that ends statements."""
    await to_thread.run_sync(work, limiter=_limiter(_ending, ENDING_THREADS))


def waiting(endpoint: Callable[P, Any]) -> Callable[P, Any]:
    """Returns the function of a route, as one that runs in these threads; one that never waits is unchanged."""
    if inspect.iscoroutinefunction(endpoint):
        return endpoint

    @functools.wraps(endpoint)
    async def in_thread(*args: P.args, **more: P.kwargs) -> Any:
        return await run(endpoint, *args, **more)

    return in_thread


async def stepwise(items: Iterator[T]) -> AsyncIterator[T]:
    """Yields the items of an iterator that waits for Neo4j with each."""
    end = object()
    while (item := await run(next, items, end)) is not end:
        yield item  # type: ignore[misc]  # it is no longer the end


def _limiter(variable: RunVar[CapacityLimiter], threads: int) -> CapacityLimiter:
    """The limiter of this event loop."""
    try:
        return variable.get()
    except LookupError:
        variable.set(limiter := CapacityLimiter(threads))
        return limiter
