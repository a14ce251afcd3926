"""The free space of the disk that holds the embedded server's home."""

import shutil
import threading
import time
from pathlib import Path

from graph.errors import DiskFull
from graph.memory import MB

FRESH_SECONDS = 1.0
"""The age from which the free space is read again: all writes of a second share a reading."""
WARNING_FACTOR = 2
"""The multiple of GRAPHFEED_MIN_DISK below which health and doctor warn; below the setting, nothing is written."""
REMEDY = "Free some space on the disk of GRAPHFEED_HOME."


class Disk:
    """The disk of a folder. Thread-safe."""

    def __init__(self, folder: Path, least: int) -> None:
        """`least` is the free space, in bytes, that writes leave."""
        self.folder = folder
        self.least = least
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._free: int | None = None

    @property
    def free(self) -> int | None:
        """Bytes that are free, as read within the last second; None if the folder does not exist."""
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH_SECONDS:
                self._free, self._read_at = self._read(), time.monotonic()
            return self._free

    def _read(self) -> int | None:
        try:
            return shutil.disk_usage(self.folder).free
        except OSError:  # there is no home yet, or no more
            return None

    def require_room(self) -> None:
        """Return if there is space for writes. Raises DiskFull."""
        free = self.free
        if free is not None and free < self.least:
            raise DiskFull(f"Neo4j's disk is full, so nothing is written: {self._told(free)}", REMEDY)

    @property
    def warning(self) -> str | None:
        """A sentence on how little space is left, and the remedy; None if there is enough."""
        free = self.free
        if free is None or free >= WARNING_FACTOR * self.least:
            return None
        state = "full, so nothing is written" if free < self.least else "nearly full"
        return f"Neo4j's disk is {state}: {self._told(free)} {REMEDY}"

    def _told(self, free: int) -> str:
        return f"{free // MB} MB are free, and writes stop below {self.least // MB} MB (GRAPHFEED_MIN_DISK)."
