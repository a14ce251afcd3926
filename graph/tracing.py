"""What one request asked of Neo4j, kept beside it, so that logs, metrics and Neo4j itself tell the same story."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A statement that was run."""

    statement: str
    """Its name below cypher/."""
    seconds: float
    rows: int


@dataclass
class Trace:
    """One request's."""

    request: str
    """Its id, which names its transactions in SHOW TRANSACTIONS."""
    after: tuple[str, ...] = ()
    """Bookmarks of writes that its reads must see, whichever member of a cluster answers."""
    calls: list[Call] = field(default_factory=list)
    bookmarks: Any = None
    """The client's own, of this request."""
    is_over: bool = False
    """Nobody waits for it: nothing more is asked."""


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """The trace of the request that this thread works for."""
    return _current.get()


@contextmanager
def traced(trace: Trace) -> Iterator[Trace]:
    """Note what is asked while the block runs, also by the threads that it runs work in with its context."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


@contextmanager
def untraced() -> Iterator[None]:
    """Do what the block does for nobody's request."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)
