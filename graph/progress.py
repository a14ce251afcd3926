"""Progress reports of long work, for any listener."""

import time
from collections.abc import Callable
from typing import Protocol


class Progress(Protocol):
    """A listener: the command line draws bars, tests and the service stay silent."""

    def say(self, text: str) -> None:
        """Shows a message to the person who runs the command."""

    def advance(self, task: str, done: int, total: int) -> None:
        """Reports that `done` of `total` of a task is done; it is finished when they are equal."""


class Silent:
    """A listener that does nothing."""

    def say(self, text: str) -> None:
        pass

    def advance(self, task: str, done: int, total: int) -> None:
        pass


class Forecast:
    """Passes reports on to a listener, and estimates the seconds left of the current task."""

    def __init__(self, listener: Progress, now: Callable[[], float] = time.monotonic) -> None:
        self._listener = listener
        self._now = now
        self._began: dict[str, tuple[float, int]] = {}
        self.seconds_left: float | None = None

    def say(self, text: str) -> None:
        self._listener.say(text)

    def advance(self, task: str, done: int, total: int) -> None:
        began, first = self._began.setdefault(task, (self._now(), done))
        seconds = self._now() - began
        self.seconds_left = seconds * (total - done) / (done - first) if done > first else None
        self._listener.advance(task, done, total)


def forecast(task: str, done: int, total: int, seconds_left: float | None) -> str:
    """The progress of a task for people: 'similar posts 41 %, about 2 min left'."""
    share = f"{task} {100 * done // max(total, 1)} %"
    if seconds_left is None:
        return share
    left = f"{seconds_left / 60:.0f} min" if seconds_left >= 90 else f"{seconds_left:.0f} s"
    return f"{share}, about {left} left"
