"""`graphfeed refresh`, and what other commands say where there is no build."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graph import clock, schema
from graph.background import affinity
from graph.background.state import LEASE, STAGES, state
from graph.client import Address, Client
from graph.errors import GdsMissing, GraphfeedError, SettingsError
from graph.leases import leased
from loaders.forgetting import forget, learned
from service.cli import app
from service.commands.build import Stage
from tests.support import ask, small_server

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("cli_environment")]
ROOT = Path(__file__).parents[1]
HOUR = 3_600_000


@pytest.fixture
def network(client: Client) -> Client:
    """Twenty people who follow three others and like half of the posts."""
    ask(client, "UNWIND range(0, 19) AS i CREATE (:User {id: 'u' + i})-[:POSTED]->(:Post {id: 'p' + i, likeCount: 0})")
    ask(
        client,
        "UNWIND range(0, 19) AS i UNWIND range(0, 19) AS j WITH i, j WHERE (i / 10 + i + 3 * j) % 2 = 0 "
        "MATCH (u:User {id: 'u' + i}), (p:Post {id: 'p' + j}) CREATE (u)-[:LIKED]->(p)",
    )
    ask(
        client,
        "UNWIND range(0, 19) AS i UNWIND [1, 4, 7] AS step MATCH (a:User {id: 'u' + i}) "
        "MATCH (b:User {id: 'u' + (i + step) % 20}) CREATE (a)-[:FOLLOWS]->(b)",
    )
    return client


def run(*args: str) -> Any:
    return CliRunner().invoke(app, list(args), catch_exceptions=False)


def near(client: Client) -> set[str]:
    """The people whose affinity is stored."""
    return {row["id"] for row in ask(client, "MATCH (u:User)-[:AFFINITY]->() RETURN DISTINCT u.id AS id")}


def test_alone_and_with_all_it_builds_everything_and_says_what(network: Client) -> None:
    for number, args in enumerate([[], ["--all"]], 1):
        done = run("refresh", *args)
        assert done.stdout.startswith(f"Built generation {number} in ")
        for stage in STAGES:
            assert f"{stage} " in done.stdout
        assert "Missing: no trend: likes have no times." in done.stderr
    assert len(near(network)) == 20


def test_stages_by_themselves(network: Client) -> None:
    with pytest.raises(SettingsError, match="no build yet"):
        run("refresh", "--only", "factors")
    run("refresh")
    done = run("refresh", "--only", "tops", "--only", "trend")
    assert "tops " in done.stdout
    assert "lists" not in done.stdout
    assert tuple(Stage) == STAGES


def test_affinity_of_some_people(network: Client) -> None:
    assert run("refresh", "--user", "u1", "--user", "u2").stdout == "Renewed the affinity of 2 people.\n"
    assert near(network) == {"u1", "u2"}
    assert state(network) is None
    with leased(network, "build"), pytest.raises(GraphfeedError, match="Another builder is at work"):
        run("refresh", "--user", "u1")


def test_a_build_of_the_past(network: Client) -> None:
    done = run("refresh", "--as-of", "2020-01-01")
    assert "--as-of does not apply to affinity, which was built from current follows." in done.stderr
    serving = state(network)
    assert serving is not None
    assert serving.as_of == clock.parse("2020-01-01")


def test_stale_is_accepted_and_does_nothing(network: Client) -> None:
    done = run("refresh", "--stale")
    assert done.stdout.startswith("--stale is no longer needed")
    assert state(network) is None


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--all", "--user", "u1"], "--all, --user, --only and --watch exclude each other"),
        (["--only", "tops", "--user", "u1"], "exclude each other"),
        (["--watch", "--all"], "exclude each other"),
        (["--user", "nobody"], "The graph has no person 'nobody'"),
        (["--user", "u1", "--as-of", "2020-01-01"], "--as-of cannot be combined with --watch or --user"),
        (["--only", "affinity", "--as-of", "2020-01-01"], "--as-of does not apply to affinity"),
        (["--profile", "best"], "Unknown profile 'best'"),
        (["--profile", "tutorial"], "The profile tutorial has nothing to build"),
    ],
)
def test_it_refuses_what_makes_no_sense(network: Client, args: list[str], says: str) -> None:
    with pytest.raises(GraphfeedError, match=says):
        run("refresh", *args)


def test_too_little_memory_is_said_first(network: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFEED_BUILD_MEMORY", "1m")
    with pytest.raises(SettingsError, match=r"needs about .* may take only 1 MB"):
        run("refresh")


def test_it_says_that_gds_is_missing(network: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Client.read

    def reading(self: Client, name: str, *rest: Any, **more: Any) -> Any:
        if name == "admin/gds_version":
            raise GdsMissing("There is no GDS.", "Install it.")
        return read(self, name, *rest, **more)

    monkeypatch.setattr(Client, "read", reading)
    assert "Missing: no GDS: no FastRP vectors, and affinity is limited to two steps." in run("refresh").stderr
    assert "Missing: no GDS" in run("refresh", "--user", "u1").stderr


def test_people_that_fail_are_counted(network: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(affinity, "renew", lambda *_, **__: affinity.Renewed(people=1, failed=2))
    done = run("refresh", "--user", "u1")
    assert done.stdout == "Renewed the affinity of 1 person.\n"
    assert done.stderr == "2 failed; the builder will retry them.\n"


def test_watching_in_the_foreground_it_builds_and_ends_when_told(
    network: Client, address: Address, tmp_path: Path
) -> None:
    home = str(tmp_path / "home")
    with watching(URI=address.uri, USER=address.user, PASSWORD=address.password, HOME=home) as process:
        wait_until(lambda: state(network) is not None, process)
        log = ended(process)
    assert "Building, because there is no build yet." in log


@pytest.mark.long
def test_watching_in_the_foreground_it_restarts_an_embedded_server_that_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("URI", "USER", "PASSWORD"):
        monkeypatch.delenv(f"GRAPHFEED_{name}", raising=False)
    with small_server(tmp_path / "home", heap="512m", page_cache="64m") as server:
        with Client(server.address) as client:
            schema.ensure(client)
        with watching(HOME=str(server.settings.home), HEAP="512m", PAGE_CACHE="64m") as process:
            died = server.pid
            assert died is not None
            assert process.stderr is not None
            while "Building whenever" not in process.stderr.readline():
                assert process.poll() is None
            os.kill(died, signal.SIGKILL)
            wait_until(lambda: server.pid not in (None, died), process)
            server.up()  # waits until it answers
            log = ended(process)
    assert "Neo4j has died; restarting it" in log


@contextmanager
def watching(**settings: str) -> Iterator[subprocess.Popen[str]]:
    """A process of `graphfeed refresh --watch` with these settings."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "refresh", "--watch"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **{f"GRAPHFEED_{name}": value for name, value in settings.items()}},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 90
    while not is_so():
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.1)


def ended(process: subprocess.Popen[str]) -> str:
    """The log of a process that is told to end, and does so well."""
    process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert "Traceback" not in log
    return log


# --- where there is no build


def test_feeds_ask_for_a_build(network: Client, tmp_path: Path) -> None:
    out = tmp_path / "lists.jsonl"
    args = ("feeds", "--users", "all", "--out", str(out), "--window-days", "none")
    with pytest.raises(SettingsError, match=r"There is no build yet.*Run `graphfeed refresh`"):
        run(*args)
    assert not out.exists()
    assert run(*args, "--no-build").stdout == f"20 lists in {out}.\n"
    assert state(network) is None
    assert "Built generation 1 in" in run(*args, "--build").stdout
    assert run(*args).stdout == f"20 lists in {out}.\n"
    assert "Built" not in run(*args, "--build").stdout


def test_forgetting_says_when_what_was_learned_goes(network: Client) -> None:
    assert run("forget", "u0").stderr == ""
    run("refresh")
    ask(network, "MATCH (b:Build) SET b.builtAt = $at", at=clock.parse("2100-01-01"))
    told = "The results learned from their likes are removed with the next build, by 2100-01-02T00:00:00Z."
    assert told in run("forget", "u1").stderr
    assert told in run("forget", "u2", "--json").stderr
    ask(network, "MATCH (b:Build) SET b.builtAt = 0")
    assert learned(network, 24) == (
        "The results learned from their likes are removed with the next build, which is due: run `graphfeed refresh`."
    )
    assert str(learned(network, None)).endswith(
        "with the next build: run `graphfeed refresh`, unless a builder runs elsewhere (GRAPHFEED_BUILDER is off here)."
    )


def test_forgetting_reckons_with_a_builder_that_may_have_read_the_likes(network: Client) -> None:
    day = "The results learned from their likes are removed with the next build, by "
    for _ in range(2):  # in the first build, and in a later one
        with leased(network, LEASE) as lost:
            assert (learned(network, 24) is None) == (state(network) is None)
            rows = {"stage": "factors", "done": 0, "total": 1, "left": None}
            network.write("build/tell", {"lease": LEASE, "owner": lost.owner, "rows": rows})
            ask(network, "MATCH (b:Build) SET b.builtAt = 0")
            told = learned(network, 24)
            assert told is not None
            by = clock.parse(told.removeprefix(day).removesuffix("."))
            assert by == pytest.approx(clock.now() + 24 * 3_600_000, abs=120_000)
        run("refresh")


def test_forgetting_never_waits_for_a_builder_and_takes_what_was_built_along(network: Client) -> None:
    run("refresh")
    assert ask(network, "MATCH (:Post {id: 'p3'})-[s:SIMILAR]-() RETURN count(s) > 0 AS found") == [{"found": True}]
    with leased(network, "build"):
        removed = forget(network, "u3")
    assert removed["derived"] > 0
    assert ask(network, "MATCH (n {id: 'p3'}) RETURN n") == []
