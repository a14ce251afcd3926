"""Locks between processes (flock), which the kernel releases when their holder ends or is killed."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Holds the lock of this file, which is created if need be; `on_wait` is called if another process has it.

    Yields its descriptor: a child process that inherits it holds the lock too, until it ends.
    """
    descriptor = _open(path)
    try:
        if not _try(descriptor, fcntl.LOCK_EX):
            on_wait()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Returns True if a process holds the lock of this file. Concurrent calls do not disturb each other."""
    if not path.exists():
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


@contextmanager
def for_child(path: Path) -> Iterator[int]:
    """Takes a lock for a child process. Yields the descriptor to pass on; the child holds the lock until it ends."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
