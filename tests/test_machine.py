"""The machine of the embedded server: its disk, how the server ended, who may enter its home, what Java is told."""

import json
import os
import subprocess
from collections import namedtuple
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graph import clock, growth, memory
from graph.client import Host
from graph.doctor import examine
from graph.embedded import disk, java
from graph.embedded.disk import Disk
from graph.embedded.ending import Ending
from graph.embedded.server import EmbeddedServer
from graph.errors import DiskFull, GraphfeedError, ServerError, Unreachable
from graph.health import health
from graph.progress import Silent
from graph.settings import read_settings
from service.cli import app
from tests.fake import Answer, Fake
from tests.prepared import BUILT, WITH_GDS, lag

MB = memory.MB
Usage = namedtuple("Usage", "total used free")


class Space:
    """Free space that a test sets, in MB."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.readings = 0

    def usage(self, folder: Path) -> Usage:
        self.readings += 1
        return Usage(0, 0, self.free * MB)


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> Space:
    space = Space(5000)
    monkeypatch.setattr("shutil.disk_usage", space.usage)
    monkeypatch.setattr(disk, "FRESH_SECONDS", 0)
    return space


def server_of(home: Path, **given: Any) -> EmbeddedServer:
    return EmbeddedServer(read_settings(**{"home": home, "heap": "512m", "page_cache": "64m", **given}), Silent())


def hosted(server: Host, answers: Mapping[str, Answer]) -> Fake:
    """A client of this server, whose statements are answered by what is prepared."""
    fake = Fake(answers)
    fake._host = server
    return fake


# --- the disk


@pytest.mark.long
def test_below_the_setting_nothing_is_written_and_below_twice_that_it_is_told(tmp_path: Path, space: Space) -> None:
    server = server_of(tmp_path, min_disk="500m")
    for free, warns, refuses in ((1000, False, False), (999, True, False), (500, True, False), (499, True, True)):
        space.free = free
        assert (server.disk.warning is not None) == warns
        if refuses:
            told = (
                r"disk is full, so nothing is written: 499 MB are free, .* below 500 MB \(GRAPHFEED_MIN_DISK\)\. Free"
            )
            with pytest.raises(DiskFull, match=told):
                server.require_room()
        else:
            server.require_room()
        [finding] = [found for found in examine(server.settings) if found.subject == "home"]
        assert finding.ok != warns


def test_all_writes_of_a_second_share_a_reading(tmp_path: Path, space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "FRESH_SECONDS", 1)
    now = [10.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    found = Disk(tmp_path, 500 * MB)
    for now[0] in (10.0, 10.1, 10.9, 11.0, 11.5):
        found.require_room()
    assert space.readings == 2


def test_without_a_home_there_is_nothing_to_say(tmp_path: Path) -> None:
    found = Disk(tmp_path / "none", 500 * MB)
    assert (found.free, found.warning) == (None, None)
    found.require_room()


def test_on_a_full_disk_reads_and_projections_go_on_and_writes_are_not_sent(tmp_path: Path, space: Space) -> None:
    answers: dict[str, Answer] = {"people/ids": [], "affinity/drop": [], "admin/end_request": []}
    fake = hosted(server_of(tmp_path), answers)
    space.free = 100
    fake.read("people/ids")
    fake.write("affinity/drop", {"graphs": []})
    fake.write("admin/end_request", {"requestKey": "r"})
    for name, params in (("slates/serve", {"me": "42", "slate": "s", "upTo": 3}), ("build/inherit", {"rows": {}})):
        with pytest.raises(DiskFull):
            fake.write(name, params)
    assert fake.names == [*answers]
    space.free = 5000
    fake.answers["slates/serve"] = []
    fake.write("slates/serve", {"me": "42", "slate": "s", "upTo": 3})


def test_health_tells_what_the_machine_lacks(tmp_path: Path, space: Space) -> None:
    server = server_of(tmp_path, min_disk="500m")
    space.free = 600
    server._endings.keep(Ending(3, True, clock.now()))
    build = {**BUILT, "builtAt": clock.now()}
    found = health(hosted(server, {**WITH_GDS, "build/state": [build], "build/lag": [lag()]}))
    full, ended = found.degraded
    assert full.startswith("Neo4j's disk is nearly full: 600 MB are free")
    assert ended.startswith("Neo4j ended at ")
    assert ended.endswith("it ran out of heap (exit code 3). Raise GRAPHFEED_HEAP.")


# --- how it ended


def ended_home(home: Path, code: str | None, console: str = "") -> EmbeddedServer:
    """A server that has run, and ended with this exit code and console."""
    logs = home / "neo4j" / "logs"
    logs.mkdir(parents=True)
    (home / "neo4j" / "initialised").touch()
    (home / "password").write_text("secret")
    (logs / "console.log").write_text(console)
    if code is not None:
        (home / "exit").write_text(code)
    return server_of(home)


OUT_OF_HEAP = "Terminating due to java.lang.OutOfMemoryError: Java heap space\n"


@pytest.mark.parametrize(
    ("code", "console", "says"),
    [
        ("3\n", OUT_OF_HEAP, "it ran out of heap (exit code 3). Raise GRAPHFEED_HEAP."),
        ("", OUT_OF_HEAP, "it ran out of heap (exit code unknown). Raise GRAPHFEED_HEAP."),  # the disk was full
        ("137\n", "Killed\n", "it was killed (exit code 137), as the system does when memory runs out."),
        ("1\n", "", "it ended by itself (exit code 1)."),
        ("0\n", "", None),
        ("143\n", "", None),
        (None, "", None),
    ],
)
def test_an_end_that_nobody_wanted_has_a_cause(
    tmp_path: Path, code: str | None, console: str, says: str | None
) -> None:
    server = ended_home(tmp_path / "home", code, console)
    ending = server.ending()
    assert (ending or "").startswith(says or "")
    assert (ending is None) == (says is None)
    fake = hosted(server, {"people/ids": []})
    fake.is_away = True
    with pytest.raises(Unreachable) as raised:
        fake.read("people/ids")
    assert raised.value.problem.endswith(f"does not answer{f': {ending}' if ending else '.'}")
    findings = {found.subject: found for found in examine(server.settings)}
    assert findings["neo4j"].ok == (says is None)
    assert findings["memory"].ok == ("memory" not in (says or "") and "heap" not in (says or ""))
    (tmp_path / "home" / "down").touch()  # it was stopped on purpose
    assert server.ending() is None


def test_a_start_that_was_killed_is_told_with_its_exit_code_and_what_to_do(tmp_path: Path) -> None:
    error = ended_home(tmp_path / "home", "137\n", "Killed\n")._failure()
    assert str(error).startswith("Neo4j ended while it started: it was killed (exit code 137), as the system does when")
    assert "lower GRAPHFEED_HEAP" in str(error)


def test_down_tells_how_a_server_ended_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ended_home(tmp_path / "home", "137\n")
    monkeypatch.setenv("GRAPHFEED_HOME", str(server.home))
    output = [CliRunner().invoke(app, ["down"]).stdout for _ in "12"]
    assert output[0].startswith("Neo4j was gone: it was killed (exit code 137)")
    assert output[0].endswith("It was not running.\n")
    assert output[1] == "It was not running.\n"


def test_an_end_for_memory_is_told_for_a_day(tmp_path: Path) -> None:
    server = server_of(tmp_path)
    (tmp_path / "neo4j").mkdir()
    for age, told in ((0, True), (clock.DAY_MS - 60_000, True), (clock.DAY_MS + 60_000, False)):
        server._endings.keep(Ending(137, False, clock.now() - age))
        assert (server.memory_warning() is not None) == told
    server._endings.keep(Ending(1, False, clock.now()))
    assert server.memory_warning() is None
    (tmp_path / "ended.json").write_text(json.dumps({"of": "another version"}))
    assert server.memory_warning() is None


@pytest.mark.parametrize(("spare", "larger"), [(4096, "2048m"), (2000, "1500m"), (1366, "1024m"), (1365, None)])
def test_a_start_that_ran_out_of_heap_gets_what_the_machine_can_spare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spare: int, larger: str | None
) -> None:
    server = ended_home(tmp_path / "home", "3", OUT_OF_HEAP)
    monkeypatch.setattr(memory, "available_bytes", lambda: spare * MB)
    if larger:
        assert server._more_heap("512m") == larger
    else:
        with pytest.raises(ServerError, match=r"(?s)ran out of heap \(512m\) .*console\.log:\nTerminating due to"):
            server._more_heap("512m")


# --- what a graph needs


def test_a_graph_that_has_outgrown_its_server_is_told_so(tmp_path: Path) -> None:
    settings = server_of(tmp_path).settings
    growth.require_memory(settings, growth.Size(100_000, 1_000_000, 100 * MB))
    large = growth.Size(1_005_061, 6_775_268, 1_200 * MB)
    told = r"heap 512m, needs about 1560m, page cache 64m, needs about 600m.*GRAPHFEED_HEAP and GRAPHFEED_PAGE_CACHE"
    with pytest.raises(GraphfeedError, match=told):
        growth.require_memory(settings, large)
    with pytest.raises(GraphfeedError, match=r"Raise GRAPHFEED_PAGE_CACHE, then"):
        growth.require_memory(settings, growth.Size(10, 10, 129 * MB))


# --- the home and its secrets


@pytest.mark.long
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o711])
def test_a_home_that_others_may_enter_is_closed(tmp_path: Path, mode: int) -> None:
    home = tmp_path / "home"
    server = ended_home(home, None)
    home.chmod(mode)
    [finding] = [found for found in examine(server.settings) if found.subject == "home"]
    assert not finding.ok
    with server._changing():
        pass
    assert home.stat().st_mode & 0o777 == 0o700
    [finding] = [found for found in examine(server.settings) if found.subject == "home"]
    assert finding.ok


def test_the_home_of_a_server_that_runs_is_closed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    server = ended_home(home, None)
    monkeypatch.setattr(EmbeddedServer, "_answers", True)
    monkeypatch.setattr(EmbeddedServer, "_has_panicked", lambda self: False)
    home.chmod(0o755)
    assert server.up() == server.address
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_no_home_keeps_its_mode_and_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "somebody's"
    folder.mkdir()
    (folder / "letters").touch()
    folder.chmod(0o755)
    with pytest.raises(ServerError, match=r"has mode 755: others may read it.*or set GRAPHFEED_HOME to a new folder"):
        server_of(folder).up()
    assert folder.stat().st_mode & 0o777 == 0o755
    assert os.listdir(folder) == ["letters"]


def test_java_is_told_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRAPHFEED_API_KEYS", "GRAPHFEED_PASSWORD", "AWS_SECRET_ACCESS_KEY", "NEO4J_AUTH"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Dsome=thing")
    started: list[Any] = []
    run = subprocess.run

    def noted(*args: Any, **more: Any) -> Any:
        started.append(more)
        return run(*args, **more)

    monkeypatch.setattr("subprocess.run", noted)
    [finding] = [found for found in examine(server_of(tmp_path).settings) if found.subject == "java"]
    assert (finding.ok, "version" in finding.text) == (True, True)
    assert "secret" not in started[0]["env"].values()
    told = java.environment(NEO4J_HOME="here")
    assert "secret" not in told.values()
    assert (told["PATH"], told["TZ"], told["NEO4J_HOME"]) == (os.environ["PATH"], "Asia/Tokyo", "here")
