"""The end of the embedded server's process: its exit code, and the last lines of its console."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from graph import clock
from graph.embedded.java import write_whole

RECENT_MS = clock.DAY_MS
"""The time for which an ending is reported after the server was started again."""
KILLED = 137
"""The exit code of a process killed by SIGKILL, as shells report it."""
STOPPED = (0, 143)
"""The exit codes of a server that was stopped on request."""
HEAP_ERRORS = ("Java heap space", "GC overhead limit exceeded")
CONSOLE_LINES = 10
"""The last lines of a console that errors show."""


@dataclass(frozen=True)
class Ending:
    """The end of a server process."""

    code: int | None
    """The exit code; None if it is unknown."""
    out_of_heap: bool
    """True if Java's heap was too small."""
    at: int
    """Epoch milliseconds."""

    @property
    def is_failure(self) -> bool:
        """True unless it was stopped on request, or with the machine, which leaves no exit code."""
        return self.out_of_heap or self.code not in (None, *STOPPED)

    @property
    def is_for_memory(self) -> bool:
        """True if it ran out of heap or was killed, as the system does when memory runs out."""
        return self.out_of_heap or self.code == KILLED

    @property
    def text(self) -> str:
        """The reason of the end, with the next step."""
        code = "exit code unknown" if self.code is None else f"exit code {self.code}"
        if self.out_of_heap:
            return f"it ran out of heap ({code}). Raise GRAPHFEED_HEAP."
        if self.code == KILLED:
            return (
                f"it was killed ({code}), as the system does when memory runs out. If so, lower GRAPHFEED_HEAP and "
                "GRAPHFEED_PAGE_CACHE, or give the machine more memory."
            )
        return f"it ended by itself ({code}). See its console and log."


class Endings:
    """The files of a home with its server's exit code and last failure."""

    def __init__(self, home: Path, console: Path) -> None:
        self.exit_file = home / "exit"
        """The file to which the shell that waits for the server writes the exit code."""
        self._console = console
        self._kept = home / "ended.json"

    def of_last_start(self) -> Ending:
        """The end of the last started server, which no longer runs."""
        code, at = None, clock.now()
        with suppress(OSError, ValueError):
            code = int(self.exit_file.read_text())
            at = round(self.exit_file.stat().st_mtime * 1000)
        return Ending(code, is_out_of_heap(self._console), at)

    def keep(self, ending: Ending) -> None:
        """Stores an ending for `recent`, which survives the next start."""
        write_whole(self._kept, json.dumps(asdict(ending)))

    def begin(self) -> None:
        """Removes the exit code of the previous start."""
        self.exit_file.unlink(missing_ok=True)

    def recent(self) -> Ending | None:
        """The last stored ending, if it is from the last day; else None."""
        with suppress(OSError, ValueError, TypeError):
            ending = Ending(**json.loads(self._kept.read_text()))
            if clock.now() - ending.at < RECENT_MS:
                return ending
        return None


def is_out_of_heap(console: Path) -> bool:
    """Returns True if the console says that Java's heap was too small."""
    return any(f"java.lang.OutOfMemoryError: {kind}" in _text(console) for kind in HEAP_ERRORS)


def last_lines(log: Path, lines: int = CONSOLE_LINES) -> str:
    """The last lines of a log or console; a note if it is empty or missing."""
    return "\n".join(_text(log).splitlines()[-lines:]) or "(it is empty)"


def _text(log: Path) -> str:
    with suppress(OSError):
        return log.read_text(errors="replace")
    return ""
