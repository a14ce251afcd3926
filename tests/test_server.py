"""The embedded server: started, found, stopped, and what it survives. Each test has a home of its own."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from graph import memory
from graph.client import Client
from graph.connect import connect
from graph.doctor import examine
from graph.embedded import locks
from graph.embedded.server import EmbeddedServer, Ports, free_port
from graph.errors import ServerError
from graph.progress import Silent
from graph.settings import Settings, read_settings
from tests.support import ask, small_server

ROOT = Path(__file__).parents[1]


class Heard(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


def settings_of(home: Path, **given: object) -> Settings:
    return read_settings(**{"home": home, "heap": "512m", "page_cache": "64m", **given})


def test_before_the_first_start_nothing_runs_and_nothing_is_made(tmp_path: Path) -> None:
    server = EmbeddedServer(settings_of(tmp_path / "home"), Silent())
    assert (server.is_alive, server.pid, server.down()) == (False, None, False)
    assert not server.home.exists()


@pytest.mark.long
@pytest.mark.live
def test_a_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One server, for starts are slow: first start, kill -9, a port taken meanwhile, a stale pid, stop."""
    monkeypatch.setenv("GRAPHFEED_API_KEYS", "admin:0123456789abcdef")
    heard = Heard()
    settings = settings_of(tmp_path / "a home")
    server = EmbeddedServer(settings, heard)
    with small_server(settings.home, heap="512m", page_cache="64m"):
        first = server.address
        secret = settings.home / "password"
        assert (secret.stat().st_mode & 0o777, secret.read_text().isalnum()) == (
            0o600,
            True,
        )  # a '-' in front would be an option
        with connect(settings, heard) as client:
            listens = ask(
                client, "SHOW SETTINGS YIELD name, value WHERE name ENDS WITH 'listen_address' RETURN name, value"
            )
            assert {row["value"].split(":")[0] for row in listens} == {"127.0.0.1"}, listens
            ask(client, "CREATE (:User {id: 'kept'})")
            assert ask(client, "RETURN gds.version() AS version")[0]["version"].startswith("2.13")
        assert all(finding.ok for finding in examine(settings)), examine(settings)

        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until_dead(server)
        assert server.pid is None  # although the pid file is still there
        with socket.create_server(("127.0.0.1", server.ports.bolt)):
            server.up()
        assert server.address.uri != first.uri
        assert any("is in use; Bolt takes" in text for text in heard.said)
        assert any(text.startswith("Neo4j was gone: it was killed (exit code 137)") for text in heard.said)
        assert [finding.subject for finding in examine(settings) if not finding.ok] == ["memory"]  # for a day
        assert not (settings.home / "admin.args").exists()
        assert "GRAPHFEED_API_KEYS" not in psutil.Process(server.pid).environ()
        with Client(server.address) as client:
            assert ask(client, "MATCH (user:User) RETURN user.id AS id") == [{"id": "kept"}]

        mark = settings.home / "neo4j" / "initialised"
        mark.unlink()  # as if whoever started it had been interrupted before it answered
        server.up()
        assert mark.exists()  # else the next start would take the data for half made

        assert server.down()
        assert not server.is_alive
        (settings.home / "pid").write_text(str(os.getpid()))  # a stale pid that is somebody else's now
        assert server.pid is None
        assert server.down() is False


@pytest.mark.long
@pytest.mark.live
def test_two_starts_at_once_make_one_server(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    command = [sys.executable, "-m", "service.cli", "up"]
    environment = {
        **os.environ,
        "GRAPHFEED_HOME": str(tmp_path),
        "GRAPHFEED_HEAP": "512m",
        "GRAPHFEED_PAGE_CACHE": "64m",
    }
    with ThreadPoolExecutor() as pool:
        runs = [
            pool.submit(subprocess.run, command, env=environment, cwd=ROOT, capture_output=True, text=True)
            for _ in "12"
        ]
        results = [run.result() for run in runs]
    server = EmbeddedServer(settings, Silent())
    try:
        assert [result.returncode for result in results] == [0, 0], results
        assert results[0].stdout == results[1].stdout
        assert len({result.stdout.split()[2] for result in results}) == 1
    finally:
        server.down()


@pytest.mark.long
@pytest.mark.live
def test_a_start_that_fails_shows_the_servers_own_log_and_leaves_nothing_to_be_trusted(tmp_path: Path) -> None:
    server = EmbeddedServer(settings_of(tmp_path), Silent(), {"db.tx_log.rotation.size": "large"})
    with pytest.raises(ServerError, match=r"(?s)ended while it started.*console\.log:\n.*'large' is not a valid size"):
        server.up()
    assert not server.is_alive
    with small_server(tmp_path, heap="512m", page_cache="64m"):
        assert server.is_alive


@pytest.mark.long
@pytest.mark.live
@pytest.mark.parametrize("heap", ["16m", None])
def test_a_start_that_runs_out_of_heap_is_tried_again_with_more(
    heap: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    if heap is None:  # the default of a machine, if there were one so small
        monkeypatch.setattr(memory, "MIN_HEAP_MB", 16)
        monkeypatch.setattr(memory, "total_bytes", lambda: 64 << 20)
    small = EmbeddedServer(settings_of(tmp_path, heap=heap), heard)
    try:
        small.up()
        assert small.is_alive
        [told] = [text for text in heard.said if "ran out of heap" in text]
        assert told.startswith("Neo4j ran out of heap (16m) while it started, as it may after a full disk. Trying")
        assert "with 64m, which it keeps until its next start" in told
    finally:
        small.down()


@pytest.mark.long
@pytest.mark.live
def test_memory_that_is_not_set_follows_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_bytes", lambda: 3 << 30)
    with small_server(tmp_path, heap=None, page_cache=None) as server, Client(server.address) as client:
        rows = ask(client, "SHOW SETTINGS YIELD name, value WHERE name CONTAINS 'memory' RETURN name, value")
        assert all(finding.ok for finding in examine(server.settings)), examine(server.settings)
    given = {row["name"]: row["value"] for row in rows}
    assert given["server.memory.pagecache.size"] == "512.00MiB"
    assert given["dbms.memory.transaction.total.max"] == "537.60MiB"  # 70 % of a heap of 768 MB


@pytest.mark.long
@pytest.mark.live
def test_an_http_port_that_is_taken_behind_our_back_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(settings_of(tmp_path), Silent())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        first = Ports(free_port(0), taken.getsockname()[1])
        second = Ports(free_port(0), free_port(0))
        choices = iter([first, second])
        monkeypatch.setattr(server, "_choose_ports", lambda: next(choices))
        try:
            server.up()
            assert server.ports == second
            assert server.is_alive
        finally:
            server.down()


def test_too_little_space_is_told_before_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10 << 20}))
    with pytest.raises(ServerError, match=r"has 10 MB free, but Neo4j needs 300 MB"):
        EmbeddedServer(settings_of(tmp_path), Silent()).up()


def test_data_without_its_password_is_not_touched(tmp_path: Path) -> None:
    base = tmp_path / "neo4j"
    (base / "data").mkdir(parents=True)
    (base / "initialised").touch()
    with pytest.raises(ServerError, match=r"password is missing.*Restore the file"):
        EmbeddedServer(settings_of(tmp_path), Silent()).up()
    assert (base / "data").exists()


def test_what_a_first_start_left_half_made_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "neo4j" / "data").mkdir(parents=True)
    (tmp_path / "neo4j" / "data" / "half").touch()
    monkeypatch.setattr("shutil.copy", lambda *_: 1 / 0)
    heard = Heard()
    with pytest.raises(ZeroDivisionError):
        EmbeddedServer(settings_of(tmp_path), heard).up()
    assert len(list(tmp_path.glob("neo4j/data-unfinished-*/half"))) == 1
    assert "may be deleted" in heard.said[0]


def test_changed_port_settings_win_over_the_last_start(tmp_path: Path) -> None:
    taken = {"wanted": {"bolt": 7687, "http": 7474}, "taken": {"bolt": 7700, "http": 7701}}
    (tmp_path / "server.json").write_text(json.dumps(taken))
    same, changed = (EmbeddedServer(settings_of(tmp_path, bolt_port=port), Silent()) for port in (7687, 7999))
    assert same._choose_ports().bolt == 7700
    assert changed._choose_ports().bolt == 7999


def test_a_look_at_the_lock_is_not_taken_for_a_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locks.held(path):
        assert locks.is_held(path)
    with path.open() as looker:
        fcntl.flock(looker, fcntl.LOCK_SH)  # what is_held does for a moment
        assert not locks.is_held(path)


def test_a_home_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServerError, match=r"cannot be used: Not a directory.*GRAPHFEED_HOME"):
        EmbeddedServer(settings_of(tmp_path / "file" / "home"), Silent()).up()


def test_a_full_disk_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copy", full)
    with pytest.raises(ServerError, match=r"cannot be used: No space left on device.*Free some space"):
        EmbeddedServer(settings_of(tmp_path), Silent()).up()


def wait_until_dead(server: EmbeddedServer) -> None:
    end = time.monotonic() + 10
    while server.is_alive and time.monotonic() < end:
        time.sleep(0.05)
    assert not server.is_alive


def test_a_state_file_of_nonsense_is_no_harm(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    for nonsense in ("", "{", "[]", json.dumps({"bolt": 1})):
        (tmp_path / "server.json").write_text(nonsense)
        assert EmbeddedServer(settings, Silent()).ports.bolt == settings.bolt_port
