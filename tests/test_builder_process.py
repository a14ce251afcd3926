"""The builder as a process beside the service: it is started, started anew, and ends with whoever started it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from graph import schema
from graph.background.state import state
from graph.client import Client
from graph.embedded.server import EmbeddedServer, free_port
from graph.settings import Settings, read_settings
from service import builder
from service.app import create_app
from service.builder import Supervisor, environment
from tests.support import ask, serving, small_server

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
NUMERICAL = {"scipy", "implicit", "threadpoolctl"}
SLEEPER = [sys.executable, "-c", "import sys; sys.stdin.read()"]
STUBBORN = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with small_server(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture
def network(server: EmbeddedServer) -> Iterator[Client]:
    """Thirty people who like each other's posts."""
    with Client(server.address) as client:
        client.run_in_transactions("admin/wipe")
        schema.ensure(client)
        people = "UNWIND range(0, 29) AS i CREATE (:User {id: 'u' + i})-[:POSTED]->(:Post {id: 'p' + i, likeCount: 0})"
        ask(client, people)
        ask(client, "MATCH (u:User), (p:Post) WHERE rand() < 0.5 CREATE (u)-[:LIKED]->(p)")
        yield client


@contextmanager
def service(server: EmbeddedServer, *args: str, **variables: str) -> Iterator[psutil.Popen]:
    """`graphfeed serve` on an embedded server's home."""
    given = {"HOME": str(server.home), "BUILD_SECONDS": "0.2", **variables}
    process = psutil.Popen(
        [sys.executable, "-m", "service.cli", "serve", "--port", str(free_port(0)), *args],
        env={**os.environ, "PYTHONPATH": str(ROOT), **{f"GRAPHFEED_{name}": value for name, value in given.items()}},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.is_running():
            process.terminate()
        process.wait(60)


def builders(process: psutil.Process) -> list[psutil.Process]:
    """The builders among the children of a process."""
    found = []
    for child in process.children():
        try:
            if "service.builder" in child.cmdline():
                found.append(child)
        except psutil.NoSuchProcess:
            pass
    return found


def wait_until(is_so: Callable[[], object], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it never was so"
        time.sleep(0.05)


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


# --- the process


@pytest.mark.long
@pytest.mark.live
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_builds_and_ends_with_its_parent_even_if_that_is_killed(
    server: EmbeddedServer, network: Client, workers: str, how: signal.Signals
) -> None:
    with service(server, "--workers", workers) as process:
        wait_until(lambda: state(network))
        [child] = builders(process)
        assert child.nice() == builder.NICENESS
        process.send_signal(how)
        wait_until(lambda: is_gone(child), seconds=60)
    ask(network, "MATCH (lease:Lease) DELETE lease")


@pytest.mark.long
@pytest.mark.live
def test_killed_in_the_midst_of_a_build_the_next_one_goes_on(server: EmbeddedServer, network: Client) -> None:
    # Of so small a network, each stage is over in a moment
    leased = "MATCH (lease:Lease) WHERE lease.stage IN ['reading', 'lists', 'factors'] RETURN count(*) > 0 AS found"
    with service(server) as process:
        wait_until(lambda: ask(network, leased)[0]["found"])
        [first] = builders(process)
        first.kill()
        wait_until(lambda: is_gone(first))
        assert state(network) is None
        ask(network, "MATCH (lease:Lease) DELETE lease")  # as if a minute had passed
        wait_until(lambda: state(network))
        [second] = builders(process)
        assert second.pid != first.pid


@pytest.mark.live
def test_told_so_the_service_starts_none_and_feeds_come_without(server: EmbeddedServer, network: Client) -> None:
    with service(server, BUILDER="off") as process:
        time.sleep(5)
        assert process.is_running()
        assert builders(process) == []
        assert state(network) is None


@pytest.mark.long
@pytest.mark.live
def test_an_application_that_somebody_else_hosts_starts_none(server: EmbeddedServer, network: Client) -> None:
    threads = threading.active_count()
    with serving(create_app(server.settings)):
        assert builders(psutil.Process()) == []
    assert threading.active_count() <= threads + 1
    assert state(network) is None


# --- its supervisor, without a server


def test_what_died_is_started_again_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "MIN_RESTART_SECONDS", 0.2)
    supervisor = Supervisor(SLEEPER, dict(os.environ))
    supervisor.start()
    wait_until(lambda: supervisor.process)
    first = supervisor.process
    assert first is not None
    first.kill()
    wait_until(lambda: supervisor.process is not first)
    second = supervisor.process
    assert second is not None
    assert second.poll() is None
    supervisor.stop()
    assert second.poll() == 0
    time.sleep(0.5)
    assert supervisor.process is second


def test_what_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "SHUTDOWN_SECONDS", 0.2)
    supervisor = Supervisor(STUBBORN, dict(os.environ))
    supervisor.start()
    wait_until(lambda: supervisor.process)
    supervisor.stop()
    assert supervisor.process is not None
    assert supervisor.process.poll() == -signal.SIGKILL


def test_its_environment_gives_the_settings_as_they_are_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRAPHFEED_URI", "bolt://elsewhere:1")
    monkeypatch.setenv("GRAPHFEED_API_KEYS", "read:0123456789abcdef")
    given = read_settings(home=tmp_path, uri=None, password="secret", build_hours=3, builder=False)
    passed = environment(given)
    assert "GRAPHFEED_URI" not in passed
    assert "GRAPHFEED_API_KEYS" not in passed
    assert passed["OPENBLAS_NUM_THREADS"] == "1"
    for name in [name for name in os.environ if name.startswith("GRAPHFEED_")]:
        monkeypatch.delenv(name)
    for name, value in passed.items():
        monkeypatch.setenv(name, value)
    assert same(read_settings(), given)


def same(one: Settings, other: Settings) -> bool:
    return one.model_dump(exclude=builder.WITHHELD_SETTINGS) == other.model_dump(exclude=builder.WITHHELD_SETTINGS)


@pytest.mark.long
@pytest.mark.parametrize("module", ["service.app", "service.serving", "service.cli"])
def test_workers_and_commands_load_no_numerical_library_but_numpy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}} & {NUMERICAL!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
