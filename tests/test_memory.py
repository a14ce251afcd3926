"""Memory is what the machine or a cgroup has, whichever is less, and its shares leave room for others."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from graph import memory
from graph.doctor import examine
from graph.settings import read_settings

MB, GB = 1 << 20, 1 << 30
NO_LIMIT = 9223372036854771712
"""As version 1 writes it."""


def machine(
    monkeypatch: pytest.MonkeyPatch, root: Path, files: Mapping[str, object], total: int = 24 * GB, free: int = 20 * GB
) -> None:
    """Have us run on a machine with so many bytes and these files under its root."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{content}\n")
    monkeypatch.setattr(memory, "ROOT", root)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=total, available=free))


def test_without_cgroups_it_is_the_machines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, tmp_path, {})
    assert (memory.total_bytes(), memory.available_bytes()) == (24 * GB, 20 * GB)


@pytest.mark.parametrize(
    ("files", "total", "free"),
    [
        pytest.param(
            {
                "proc/self/cgroup": "0::/",
                "sys/fs/cgroup/memory.max": 2 * GB,
                "sys/fs/cgroup/memory.current": GB,
                "sys/fs/cgroup/memory.stat": f"anon {GB // 2}\ninactive_file {GB // 4}",
            },
            2 * GB,
            GB + GB // 4,
            id="version 2, a container",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "0::/user.slice/work.scope",
                "sys/fs/cgroup/user.slice/memory.max": 4 * GB,
                "sys/fs/cgroup/user.slice/memory.current": 3 * GB,
                "sys/fs/cgroup/user.slice/work.scope/memory.max": "max",
                "sys/fs/cgroup/user.slice/work.scope/memory.high": 8 * GB,
                "sys/fs/cgroup/user.slice/work.scope/memory.current": GB,
            },
            4 * GB,
            GB,
            id="version 2, a limit further out",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": "max", "sys/fs/cgroup/memory.current": GB},
            24 * GB,
            20 * GB,
            id="version 2, no limit",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "11:cpu,cpuacct:/docker/ab\n4:memory:/docker/ab\n0::/docker/ab",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": 3 * GB,
                "sys/fs/cgroup/memory/memory.usage_in_bytes": 2 * GB,
                "sys/fs/cgroup/memory/memory.stat": f"inactive_file 7\ntotal_inactive_file {GB}",
            },
            3 * GB,
            2 * GB,
            id="version 1, a container that knows the path of the host",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "4:memory:/work",
                "sys/fs/cgroup/memory/work/memory.limit_in_bytes": NO_LIMIT,
                "sys/fs/cgroup/memory/work/memory.usage_in_bytes": GB,
                "sys/fs/cgroup/memory/memory.limit_in_bytes": NO_LIMIT,
            },
            24 * GB,
            20 * GB,
            id="version 1, no limit",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": 99 * GB, "sys/fs/cgroup/memory.current": 0},
            24 * GB,
            20 * GB,
            id="a limit beyond the machine",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": GB, "sys/fs/cgroup/memory.current": GB + MB},
            GB,
            0,
            id="a limit that is exceeded",
        ),
    ],
)
def test_the_smaller_of_machine_and_cgroup(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: Mapping[str, object], total: int, free: int
) -> None:
    machine(monkeypatch, tmp_path, files)
    assert (memory.total_bytes(), memory.available_bytes()) == (total, free)


def test_on_this_machine_something_is_free() -> None:
    assert 0 < memory.available_bytes() < memory.total_bytes() <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("gigabytes", "heap", "page_cache"),
    [(0.25, 512, 64), (2, 512, 341), (4, 1024, 682), (24, 6144, 4096), (64, 8192, 10922)],
)
def test_shares_grow_with_the_machine_within_bounds(gigabytes: float, heap: int, page_cache: int) -> None:
    total = int(gigabytes * GB)
    assert (memory.heap_mb(total), memory.page_cache_mb(total)) == (heap, page_cache)


@pytest.mark.parametrize("gigabytes", [2, 3, 4, 8, 16, 24, 64, 256])
def test_more_than_half_of_the_machine_is_left_to_others(gigabytes: int) -> None:
    total = gigabytes * GB
    assert (memory.heap_mb(total) + memory.page_cache_mb(total)) * MB < total / 2


def test_what_is_set_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, tmp_path, {}, total=8 * GB, free=6 * GB)
    unset, given = read_settings(), read_settings(heap="1g", page_cache="96m", build_memory="1500m")
    assert (memory.heap(unset), memory.page_cache(unset), memory.build_bytes(unset)) == ("2048m", "1365m", 3 * GB)
    assert (memory.heap(given), memory.page_cache(given), memory.build_bytes(given)) == ("1g", "96m", 1500 * MB)


@pytest.mark.parametrize(("size", "count"), [("64k", 64 << 10), ("512M", 512 << 20), ("2g", 2 << 30), ("08G", 8 << 30)])
def test_sizes_have_units(size: str, count: int) -> None:
    assert memory.bytes_of(size) == count


@pytest.mark.slow
def test_doctor_tells_the_memory_and_when_it_is_more_than_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, tmp_path, {}, total=4 * GB)
    found = {
        finding.ok: finding.text
        for heap in (None, "4g")
        for finding in examine(read_settings(home=tmp_path, heap=heap))
        if finding.subject == "memory"
    }
    assert found[True] == "heap 1024m, page cache 682m of 4096m"
    assert "more than the machine has" in found[False]
