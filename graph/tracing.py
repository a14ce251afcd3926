"""Traces: the statements and bookmarks of one request, with the id that names it in logs and in Neo4j."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4


@dataclass(frozen=True)
class Call:
    """A statement that a request ran."""

    statement: str
    """Its name below cypher/."""
    began: float
    """Its start, by time.perf_counter."""
    seconds: float
    rows: int
    parameters: Mapping[str, Any] | None = None
    """The parameters that it ran with, if the trace keeps them."""


@dataclass
class Trace:
    """The record of one request: its id, statements and bookmarks."""

    request: str
    """The id of the request, also in the metadata of SHOW TRANSACTIONS. Its client may have chosen that of another."""
    after: tuple[str, ...] = ()
    """Bookmarks of writes that its reads must see, on any cluster member."""
    calls: list[Call] = field(default_factory=list)
    bookmarks: Any = None
    """Bookmark manager of this request, set on first use."""
    key: str = field(default_factory=lambda: uuid4().hex)
    """An id that no client chooses, by which the transactions of this request alone are found."""
    is_over: bool = False
    """True once the client has left: no more statements are run."""
    keeps_parameters: bool = False
    """True if its calls have their parameters."""


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """The trace of the current request; None outside one."""
    return _current.get()


@contextmanager
def traced(trace: Trace) -> Iterator[Trace]:
    """Traces the statements of the block, also of threads that run with a copy of its context."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


@contextmanager
def untraced() -> Iterator[None]:
    """Runs the block outside any request's trace."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)
