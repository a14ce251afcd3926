"""Time budgets: how long an answer may take, whatever it asks."""

import time

from graph.errors import TookTooLong


class Budget:
    """What is left of some milliseconds."""

    def __init__(self, milliseconds: int) -> None:
        self._end = time.monotonic() + milliseconds / 1000

    def left_ms(self) -> int:
        """The milliseconds that are left. Raises TookTooLong if there are none."""
        left = round((self._end - time.monotonic()) * 1000)
        if left <= 0:
            raise TookTooLong("An answer took longer than its budget.", "Ask again, or raise the budget.")
        return left
