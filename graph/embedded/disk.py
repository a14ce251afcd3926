"""The free space of the disk that holds the embedded server's home."""

import shutil
import threading
import time
from pathlib import Path

from graph.errors import DiskFull
from graph.memory import MB

FRESH_SECONDS = 1.0
"""The time for which a reading of the free space is cached: all writes of a second share one."""
WARNING_FACTOR = 2
"""The multiple of GRAPHFEED_MIN_DISK below which health and doctor warn; below the setting itself, writes stop."""
REMEDY = "Free some space on the disk of GRAPHFEED_HOME."


class Disk:
    """The disk that holds a folder. Thread-safe."""

    def __init__(self, folder: Path, least: int) -> None:
        """`least` is the free space, in bytes, below which writes stop."""
        self.folder = folder
        self.least = least
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._free: int | None = None

    @property
    def free(self) -> int | None:
        """The free bytes, as of at most a second ago; None if the folder does not exist."""
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH_SECONDS:
                self._free, self._read_at = self._read(), time.monotonic()
            return self._free

    def _read(self) -> int | None:
        try:
            return shutil.disk_usage(self.folder).free
        except OSError:  # there is no home yet, or it was removed
            return None

    def require_room(self) -> None:
        """Raises DiskFull if there is too little space for writes."""
        free = self.free
        if free is not None and free < self.least:
            raise DiskFull(f"Neo4j's disk is full, so nothing is written: {self._amounts(free)}", REMEDY)

    @property
    def warning(self) -> str | None:
        """A sentence on the little space left, with the remedy; None if there is enough."""
        free = self.free
        if free is None or free >= WARNING_FACTOR * self.least:
            return None
        state = "full, so nothing is written" if free < self.least else "nearly full"
        return f"Neo4j's disk is {state}: {self._amounts(free)} {REMEDY}"

    def _amounts(self, free: int) -> str:
        return f"{free // MB} MB are free, and writes stop below {self.least // MB} MB (GRAPHFEED_MIN_DISK)."
