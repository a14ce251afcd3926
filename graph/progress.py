"""How long work tells what it is doing, without knowing who listens."""

from typing import Protocol


class Progress(Protocol):
    """Somebody who listens: the command line draws bars, tests and the service stay silent."""

    def say(self, text: str) -> None:
        """Note something that a person should know."""

    def advance(self, task: str, done: int, total: int) -> None:
        """`task` has come to `done` of `total`; equal means that it is finished."""


class Silent:
    """Nobody listens."""

    def say(self, text: str) -> None:
        pass

    def advance(self, task: str, done: int, total: int) -> None:
        pass
