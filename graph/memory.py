"""Memory of this machine, or of our cgroup if that has less; and the shares for Neo4j and for builds."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

import psutil

from graph.settings import Settings

ROOT = Path("/")
"""The parent of /proc and /sys; tests have another."""
MB = 1 << 20
LIMITS = ("memory.max", "memory.high", "memory.limit_in_bytes")
"""Files of a cgroup: the first two of version 2, the last of version 1."""
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}

# Neo4j gets a quarter of the memory as heap, Java's own default, and a sixth as page cache. With Java's other needs,
# that is about half of the machine; the other half is for the service, the builder, and the system's file cache. The
# page cache is the smaller of the two because it only saves copies: pages that it lacks are mostly in the file cache,
# whereas a statement or a projection for which the heap is too small fails.
HEAP_SHARE, PAGE_CACHE_SHARE = 1 / 4, 1 / 6
MIN_HEAP_MB = 512
"""A quarter of 2 GB. With less, Neo4j and GDS start, but have little room for a graph."""
MAX_HEAP_MB = 8192
"""No statement of ours needs more, and garbage collection pauses grow with the heap."""
MIN_PAGE_CACHE_MB = 64
BUILD_SHARE = 1 / 2
"""The share of the free memory that a build may take: Neo4j may still grow, and other processes need some too."""


def total_bytes() -> int:
    """Memory of the machine, or the limit of our cgroup if that is smaller."""
    return min([int(psutil.virtual_memory().total), *(limit for _, limit in _limits())])


def available_bytes() -> int:
    """Memory that can be allocated now without swapping, within the limits of our cgroups."""
    free = min([int(psutil.virtual_memory().available), *(limit - _used(cgroup) for cgroup, limit in _limits())])
    return max(free, 0)


def heap_mb(total: int) -> int:
    """The embedded server's default heap on a machine with `total` bytes of memory."""
    return min(max(int(total * HEAP_SHARE) // MB, MIN_HEAP_MB), MAX_HEAP_MB)


def page_cache_mb(total: int) -> int:
    """The embedded server's default page cache on a machine with `total` bytes of memory."""
    return max(int(total * PAGE_CACHE_SHARE) // MB, MIN_PAGE_CACHE_MB)


def heap(settings: Settings) -> str:
    """The embedded server's heap, as Java's -Xmx takes it: GRAPHFEED_HEAP, or a share of the memory."""
    return settings.heap or f"{heap_mb(total_bytes())}m"


def page_cache(settings: Settings) -> str:
    """The embedded server's page cache, as neo4j.conf takes it: GRAPHFEED_PAGE_CACHE, or a share of the memory."""
    return settings.page_cache or f"{page_cache_mb(total_bytes())}m"


def build_bytes(settings: Settings) -> int:
    """Memory that a build may take: GRAPHFEED_BUILD_MEMORY, or half of the memory that is free now."""
    return bytes_of(settings.build_memory) if settings.build_memory else int(available_bytes() * BUILD_SHARE)


def bytes_of(size: str) -> int:
    """The bytes of a size such as `512m`."""
    return int(size[:-1]) * UNITS[size[-1].lower()]


def _limits() -> Iterator[tuple[Path, int]]:
    """Each cgroup that limits us, and its limit in bytes; in version 1, no limit is a number larger than any memory."""
    for cgroup in _cgroups():
        for name in LIMITS:
            if (limit := _number(cgroup / name)) is not None:
                yield cgroup, limit


def _cgroups() -> Iterator[Path]:
    """The folders of our cgroups, the innermost first: the limit of each applies. Some may not exist."""
    try:
        lines = (ROOT / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # only Linux has cgroups
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        mount = ROOT / "sys/fs/cgroup" / ("memory" if controllers else "")  # version 2 has no controllers here
        # In a container the path may be the host's while only our own cgroup is mounted: the path does not exist
        # then, and the last folder, the mount itself, is our cgroup.
        inside = PurePosixPath(path.lstrip("/"))
        yield from (mount / folder for folder in (inside, *inside.parents))


def _used(cgroup: Path) -> int:
    """Bytes that a cgroup uses, without reclaimable file pages."""
    used = _number(cgroup / "memory.current") or _number(cgroup / "memory.usage_in_bytes") or 0
    statistics: dict[str, str] = {}
    with suppress(OSError):
        statistics = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
    # Version 1 has separate totals that include child cgroups; in version 2 all numbers are such totals
    return used - int(statistics.get("total_inactive_file", statistics.get("inactive_file", "0")))


def _number(file: Path) -> int | None:
    """The number in a file; None if the file does not exist, or has `max`."""
    with suppress(OSError, ValueError):
        return int(file.read_text())
    return None
