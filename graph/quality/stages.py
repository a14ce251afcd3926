"""The stages of an evaluation or a tuning: their durations and progress."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graph.background.arrays import Listen


class Stages:
    """A clock for stages, which passes their progress on as (stage, done, total)."""

    def __init__(self, advance: Callable[[str, int, int], None]) -> None:
        self._advance = advance
        self.seconds: dict[str, float] = {}
        """By stage; those of a stage that ran several times add up."""

    @contextmanager
    def timed(self, stage: str) -> Iterator[Listen]:
        """Times the block as a stage. Yields a callback for its progress."""
        began = time.monotonic()
        yield lambda done, total: self._advance(stage, done, total)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - began
