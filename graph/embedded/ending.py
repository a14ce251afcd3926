"""Why the embedded server's process ended: its exit code, and the last lines of its console."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from graph import clock
from graph.embedded.java import write_whole

KEPT_MS = clock.DAY_MS
"""The time for which an ending is told after the server was started again."""
KILLED = 137
"""The exit code of a process that SIGKILL ended, as a shell tells it."""
STOPPED = (0, 143)
"""The exit codes of a server that was asked to stop."""
HEAP_ERRORS = ("Java heap space", "GC overhead limit exceeded")
CONSOLE_LINES = 10


@dataclass(frozen=True)
class Ending:
    """The end of a server that nobody stopped."""

    code: int | None
    """The exit code; None if it is unknown."""
    out_of_heap: bool
    """True if Java's heap was too small."""
    at: int
    """In epoch milliseconds."""

    @property
    def is_failure(self) -> bool:
        """True unless it was asked to stop, or went with the machine."""
        return self.out_of_heap or self.code not in (None, *STOPPED)

    @property
    def is_for_memory(self) -> bool:
        """True if it ended for lack of memory, or may have: the system kills what takes too much."""
        return self.out_of_heap or self.code == KILLED

    @property
    def text(self) -> str:
        """Why it ended, with the next step."""
        code = "exit code unknown" if self.code is None else f"exit code {self.code}"
        if self.out_of_heap:
            return f"it ran out of heap ({code}). Raise GRAPHFEED_HEAP."
        if self.code == KILLED:
            return (
                f"it was killed ({code}), as the system does when memory runs out. If so, lower GRAPHFEED_HEAP and "
                "GRAPHFEED_PAGE_CACHE, or give the machine more memory."
            )
        return f"it ended by itself ({code}). Its console and log tell more."


class Endings:
    """The files of a home that tell how its server ended."""

    def __init__(self, home: Path, console: Path) -> None:
        self.exit_file = home / "exit"
        """The shell that waits for the server writes its exit code here."""
        self._console = console
        self._kept = home / "ended.json"

    def of_last_start(self) -> Ending:
        """How the server ended that was started last and runs no more."""
        code, at = None, clock.now()
        with suppress(OSError, ValueError):
            code = int(self.exit_file.read_text())
            at = round(self.exit_file.stat().st_mtime * 1000)
        return Ending(code, is_out_of_heap(self._console), at)

    def keep(self, ending: Ending) -> None:
        """Keep an ending for `recent`, beyond the next start."""
        write_whole(self._kept, json.dumps(asdict(ending)))

    def begin(self) -> None:
        """Forget the exit code of the start before."""
        self.exit_file.unlink(missing_ok=True)

    def recent(self) -> Ending | None:
        """The ending that was kept within the last day; None if there was none."""
        with suppress(OSError, ValueError, TypeError):
            ending = Ending(**json.loads(self._kept.read_text()))
            if clock.now() - ending.at < KEPT_MS:
                return ending
        return None


def is_out_of_heap(console: Path) -> bool:
    """Returns True if the console says that Java's heap was too small."""
    return any(f"java.lang.OutOfMemoryError: {kind}" in _text(console) for kind in HEAP_ERRORS)


def last_lines(log: Path, lines: int = CONSOLE_LINES) -> str:
    """The last lines of a log or console."""
    return "\n".join(_text(log).splitlines()[-lines:]) or "(it is empty)"


def _text(log: Path) -> str:
    with suppress(OSError):
        return log.read_text(errors="replace")
    return ""
