"""Memory of this machine, or of the cgroup that we are in if it has less; and the shares of it that we take."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

import psutil

from graph.settings import Settings

ROOT = Path("/")
"""Of proc and sys; tests have another."""
MB = 1 << 20
LIMITS = ("memory.max", "memory.high", "memory.limit_in_bytes")
"""Files of a cgroup: the first two of version 2, the last of version 1."""
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}

# Neo4j gets a quarter of the memory as heap, which is what Java would take by itself, and a sixth as page cache. With
# what Java wants besides, that is about half of the machine; the other half is for the service, the builder, and the
# system's own cache of files. The page cache is the smaller of the two because it only spares copies: what it does not
# hold is mostly in the system's cache, whereas a statement or a projection for which the heap is too small fails.
HEAP_SHARE, PAGE_CACHE_SHARE = 1 / 4, 1 / 6
MIN_HEAP_MB = 512
"""A quarter of 2 GB. With less, Neo4j and GDS start, but have little left for a graph."""
MAX_HEAP_MB = 8192
"""No statement of ours needs more, and pauses for garbage grow with the heap."""
MIN_PAGE_CACHE_MB = 64
BUILD_SHARE = 1 / 2
"""Of what is free when a build begins: Neo4j has seldom grown into its share by then, and others live here too."""


def total_bytes() -> int:
    """Memory of the machine, or the limit of a cgroup that we are in, whichever is smaller."""
    return min([int(psutil.virtual_memory().total), *(limit for _, limit in _limits())])


def available_bytes() -> int:
    """Memory that could be had now without swapping, from the machine and within the limits of the cgroups."""
    free = min([int(psutil.virtual_memory().available), *(limit - _used(cgroup) for cgroup, limit in _limits())])
    return max(free, 0)


def heap_mb(total: int) -> int:
    """The embedded server's heap on a machine of so many bytes."""
    return min(max(int(total * HEAP_SHARE) // MB, MIN_HEAP_MB), MAX_HEAP_MB)


def page_cache_mb(total: int) -> int:
    """The embedded server's page cache on a machine of so many bytes."""
    return max(int(total * PAGE_CACHE_SHARE) // MB, MIN_PAGE_CACHE_MB)


def heap(settings: Settings) -> str:
    """The embedded server's heap as Java reads it: what is set, or what the memory of the machine suggests."""
    return settings.heap or f"{heap_mb(total_bytes())}m"


def page_cache(settings: Settings) -> str:
    """The embedded server's page cache as Neo4j reads it: what is set, or what the memory of the machine suggests."""
    return settings.page_cache or f"{page_cache_mb(total_bytes())}m"


def build_bytes(settings: Settings) -> int:
    """Memory that a build which begins now may take: what is set, or half of what is free."""
    return bytes_of(settings.build_memory) if settings.build_memory else int(available_bytes() * BUILD_SHARE)


def bytes_of(size: str) -> int:
    """The bytes of a size such as `512m`, as settings give it."""
    return int(size[:-1]) * UNITS[size[-1].lower()]


def _limits() -> Iterator[tuple[Path, int]]:
    """Each cgroup that limits us, and its limit in bytes; version 1 calls no limit a number beyond all memory."""
    for cgroup in _cgroups():
        for name in LIMITS:
            if (limit := _number(cgroup / name)) is not None:
                yield cgroup, limit


def _cgroups() -> Iterator[Path]:
    """The folders of our cgroups, from the innermost outward: a limit of any of them holds. Some may not be there."""
    try:
        lines = (ROOT / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # there are none but on Linux
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        mount = ROOT / "sys/fs/cgroup" / ("memory" if controllers else "")  # version 2 has no controllers here
        # In a container the path may be the host's, where what is mounted is our own cgroup alone: the path is then
        # not there, and the last folder, the mount itself, is the one.
        inside = PurePosixPath(path.lstrip("/"))
        yield from (mount / folder for folder in (inside, *inside.parents))


def _used(cgroup: Path) -> int:
    """Bytes that a cgroup uses, without pages of files that it gives back when somebody needs memory."""
    used = _number(cgroup / "memory.current") or _number(cgroup / "memory.usage_in_bytes") or 0
    statistics: dict[str, str] = {}
    with suppress(OSError):
        statistics = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
    # Version 1 counts the cgroups within apart, but for its totals; version 2 has totals alone
    return used - int(statistics.get("total_inactive_file", statistics.get("inactive_file", "0")))


def _number(file: Path) -> int | None:
    """What the file holds; None if there is no such file, or it says `max`."""
    with suppress(OSError, ValueError):
        return int(file.read_text())
    return None
