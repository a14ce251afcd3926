"""The loop of a builder: when it builds, what it renews in between, and that failures and rivals stop nothing."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from graph import clock, leases
from graph.background import affinity, builder, watch
from graph.background.builder import Built, build
from graph.background.factors import factors
from graph.background.state import state
from graph.background.watch import why_due
from graph.client import Client
from graph.errors import Busy, DatabaseError, GdsMissing, SettingsError, Unreachable
from graph.events import Event, record
from graph.leases import leased
from graph.ranking import slates
from graph.ranking.feed import Request, feed
from graph.ranking.profiles import profile
from graph.settings import Settings
from tests.support import ask

pytestmark = pytest.mark.live
DEFAULT = profile("default")
HOUR = 3_600_000


@pytest.fixture
def network(client: Client) -> Client:
    """Twelve people who posted twice each, follow two others, and like nine posts each."""
    ask(
        client,
        "UNWIND range(0, 11) AS i CREATE (u:User {id: 'u' + i}) "
        "CREATE (u)-[:POSTED]->(:Post {id: 'p' + i, takenAt: $now - 1000, likeCount: 0}) "
        "CREATE (u)-[:POSTED]->(:Post {id: 'q' + i, takenAt: $now - 2000, likeCount: 0})",
        now=clock.now(),
    )
    ask(
        client,
        "UNWIND range(0, 11) AS i UNWIND [1, 5] AS step MATCH (a:User {id: 'u' + i}) "
        "MATCH (b:User {id: 'u' + (i + step) % 12}) CREATE (a)-[:FOLLOWS {since: 0}]->(b)",
    )
    ask(
        client,
        "UNWIND range(0, 11) AS i UNWIND range(1, 9) AS step MATCH (u:User {id: 'u' + i}) "
        "MATCH (p:Post {id: ['p', 'q'][step % 2] + (i + 5 * step) % 12}) MERGE (u)-[l:LIKED]->(p) "
        "SET l.at = $now - step * 1000",
        now=clock.now(),
    )
    return client


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Settings of a builder that looks what there is to do five times a second."""
    return settings.model_copy(update={"build_seconds": 0.2})


@contextmanager
def watching(client: Client, settings: Settings) -> Iterator[None]:
    """A builder in a thread."""
    stopped = threading.Event()
    thread = threading.Thread(target=watch.watch, args=(client, settings, DEFAULT, stopped))
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(60)
        assert not thread.is_alive()


def wait_until(is_so: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it never was so"
        time.sleep(0.05)


def act(client: Client, kind: str, user: str, person: str | None = None, post: str | None = None) -> None:
    [outcome] = record(client, [Event(f"{kind}{time.time_ns()}", kind, user, person=person, post=post)])
    assert outcome.status == "done"


def marks(client: Client) -> set[str]:
    rows = ask(client, "MATCH (n:User|Post) WHERE n.affinityAt >= 0 OR n.changedAt >= 0 RETURN n.id AS id")
    return {row["id"] for row in rows}


# --- when a whole build is due


def test_a_build_is_due_where_there_is_none_after_a_day_and_at_a_twentieth_more_likes(
    network: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MIN_NEW_LIKES", 1)
    assert why_due(network, settings, state(network)) == "there is no build yet"
    build(network, DEFAULT)
    serving = state(network)
    assert serving is not None
    assert why_due(network, settings, serving) is None
    ask(network, "MATCH (b:Build) SET b.builtAt = $at", at=clock.now() - 25 * HOUR)
    assert why_due(network, settings, state(network)) == "the last one is 25 hours old"
    patient = settings.model_copy(update={"build_hours": 48})
    assert why_due(network, patient, state(network)) is None
    liked = ask(network, "MATCH (u:User {id: 'u0'}), (p:Post) MERGE (u)-[:LIKED]->(p) RETURN count(*) AS n")[0]["n"]
    assert liked == 24
    reason = why_due(network, patient, serving)
    assert reason is not None
    assert reason.startswith(f"likes grew from {serving.likes} to ")
    assert why_due(network, patient.model_copy(update={"build_growth": 0.5}), serving) is None
    monkeypatch.setattr(watch, "MIN_NEW_LIKES", 100)
    assert why_due(network, patient, serving) is None  # a few likes are no reason, however few there were


def test_it_builds_at_once_and_renews_what_is_marked(network: Client, quick: Settings) -> None:
    with watching(network, quick):
        wait_until(lambda: state(network))
        wait_until(lambda: ask(network, "MATCH (:User {id: 'u3'})-[:AFFINITY]->() RETURN 1 AS one"))
        act(network, "follow", "u3", person="u10")
        ask(
            network, "MATCH (u:User {id: 'u1'}) CREATE (u)-[:POSTED]->(:Post {id: 'new', takenAt: $at})", at=clock.now()
        )
        for user in ("u2", "u4", "u6"):
            act(network, "like", user, post="new")
        wait_until(lambda: not marks(network))
        assert ask(network, "MATCH (:Post)-[:SIMILAR]->(:Post {id: 'new'}) RETURN count(*) > 0 AS found")[0]["found"]
        near = "MATCH (:User {id: 'u3'})-[:AFFINITY]->(:User {id: 'u10'}) RETURN count(*) AS n"
        assert ask(network, near) == [{"n": 1}]
        serving = state(network)
        assert serving is not None
        assert serving.generation == 1  # five likes more are no reason to build anew
    act(network, "follow", "u5", person="u11")
    time.sleep(0.6)
    assert marks(network) == {"u5"}


def test_the_vectors_before_go_when_nobody_reads_them_any_more(
    network: Client, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(network, DEFAULT)
    build(network, DEFAULT, only=["factors"])
    counted = "MATCH (u:User) RETURN count(u.factorsA) AS a, count(u.factorsB) AS b"
    with monkeypatch.context() as patch, watching(network, quick):
        patch.setattr(watch, "GRACE_SECONDS", 1000)
        time.sleep(1)
        assert ask(network, counted) == [{"a": 12, "b": 12}]
    monkeypatch.setattr(watch, "GRACE_SECONDS", 0.1)
    with watching(network, quick):
        wait_until(lambda: ask(network, counted) == [{"a": 0, "b": 12}])


@pytest.mark.long
def test_what_nobody_will_ask_for_any_more_goes(network: Client, quick: Settings) -> None:
    for _ in range(2):
        assert feed(network, Request("u0", limit=1), record=True).slate
    record(network, [Event("old", "pick", "u1", hashtag="sun"), Event("new", "pick", "u1", hashtag="sea")])
    long_ago = clock.now() - watch.RETENTION_MS - 1
    ask(network, "MATCH (e:Event {id: 'old'}) SET e.at = $at", at=long_ago)
    [kept, expired] = [row["id"] for row in ask(network, "MATCH (s:Slate) RETURN s.id AS id ORDER BY id")]
    ask(network, "MATCH (s:Slate {id: $id}) SET s.expiresAt = $at", id=expired, at=long_ago)
    with watching(network, quick):
        wait_until(lambda: [row["id"] for row in ask(network, "MATCH (s:Slate) RETURN s.id AS id")] == [kept])
    assert [row["id"] for row in ask(network, "MATCH (e:Event) RETURN e.id AS id")] == ["new"]
    assert slates.metadata(network, "u0", kept)


# --- rivals and failures


def test_of_two_builders_one_works_and_the_other_waits_quietly(
    network: Client, quick: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with leased(network, "build"), watching(network, quick):
        time.sleep(1)
        assert state(network) is None
    with watching(network, quick), watching(network, quick):
        wait_until(lambda: state(network))
        time.sleep(1)
    serving = state(network)
    assert serving is not None
    assert serving.generation == 1
    assert [each.message for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_a_step_that_fails_stops_no_other_and_is_tried_again(
    network: Client, quick: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[float] = []

    def failing(*_: object, **__: object) -> Built:
        tried.append(time.monotonic())
        raise ValueError("a defect") if len(tried) > 1 else SettingsError("Too little memory.", "Give more.")

    build(network, DEFAULT)
    ask(network, "MATCH (b:Build) SET b.builtAt = 0")
    act(network, "follow", "u3", person="u10")
    with monkeypatch.context() as patch:
        patch.setattr(watch, "build", failing)
        with watching(network, quick):
            wait_until(lambda: len(tried) >= 4)
            wait_until(lambda: not marks(network))
    pauses = [after - before for before, after in pairwise(tried)]
    assert pauses[0] >= 0.4
    assert pauses[1] >= 0.8
    assert pauses[2] >= 1.6
    told = [each.getMessage() for each in caplog.records if "whole build failed" in each.getMessage()]
    assert "Too little memory. Give more." in told[0]


def test_it_waits_for_neo4j(
    network: Client, quick: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read, is_away = Client.read, threading.Event()

    def reading(self: Client, name: str, *rest: object, **more: object) -> object:
        if is_away.is_set() and threading.current_thread() is not threading.main_thread():
            raise Unreachable("Neo4j does not answer.", "Is it running?")
        return read(self, name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Client, "read", reading)
    monkeypatch.setattr(watch, "RECONNECT_SECONDS", 0.1)
    is_away.set()
    with watching(network, quick):
        time.sleep(1)
        is_away.clear()
        wait_until(lambda: state(network))
    assert [each.getMessage() for each in caplog.records if "waits for Neo4j" in each.getMessage()] == [
        "The builder waits for Neo4j: Neo4j does not answer. Is it running?"
    ]


def test_a_build_that_loses_its_lease_leaves_it_to_the_other(network: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_MS", 300)

    def slow(*given: object) -> object:
        ask(network, "MATCH (l:Lease) SET l.owner = 'other', l.until = $at", at=clock.now() + 60_000)
        time.sleep(0.5)
        return factors(*given)

    monkeypatch.setattr(builder, "factors", slow)
    with pytest.raises(Busy, match="has taken over"):
        build(network, DEFAULT)
    assert state(network) is None


def test_without_gds_that_is_told_once_and_marks_stay(
    network: Client, quick: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = Client.read

    def reading(self: Client, name: str, *rest: object, **more: object) -> object:
        if name == "admin/gds_version":
            raise GdsMissing("There is no GDS.", "Install it.")
        return read(self, name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Client, "read", reading)
    act(network, "follow", "u3", person="u10")
    with watching(network, quick):
        wait_until(lambda: state(network))
        time.sleep(1)
    serving = state(network)
    assert serving is not None
    assert {"gds", "fastrp"} <= {*serving.missing}
    assert marks(network) == {"u3"}
    assert len([each for each in caplog.records if "limited to two steps" in each.getMessage()]) == 1


def test_a_failed_statement_of_affinity_does_not_end_the_loop(
    network: Client, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(network, DEFAULT)
    renew, tried = affinity.renew_marked, []

    def once(*given: object, **more: object) -> object:
        tried.append(1)
        if len(tried) == 1:
            raise DatabaseError("It failed.", "(code)")
        return renew(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(affinity, "renew_marked", once)
    act(network, "follow", "u3", person="u10")
    with watching(network, quick):
        wait_until(lambda: not marks(network))
    assert len(tried) == 2
