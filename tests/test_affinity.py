"""Affinity: close to the slow and obvious, whole for each person, and held up by nobody."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy.stats import spearmanr

from graph import clock, schema
from graph.background import affinity
from graph.background.affinity import Renewed, renew, renew_marked
from graph.client import Client
from graph.errors import DatabaseError, GdsRefused, NotFound, ProjectionLost
from graph.ranking.profiles import Ranking
from tests.little_network import ranking
from tests.small_ties import Network, create, draw
from tests.support import ask, small_server

pytestmark = pytest.mark.live
RANKING = ranking()
AFFINITY = RANKING.affinity


def with_affinity(**constants: int) -> Ranking:
    return RANKING.model_copy(update={"affinity": AFFINITY.model_copy(update=constants)})


PATIENT = with_affinity(walks=3000, steps=30)
"""More and longer walks than by default."""


@pytest.fixture
def network(client: Client) -> Network:
    return create(client, draw())


def stored(client: Client) -> dict[str, dict[str, float]]:
    rows = ask(
        client, "MATCH (me:User)-[near:AFFINITY]->(other) RETURN me.id AS me, other.id AS other, near.score AS score"
    )
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row["me"], {})[row["other"]] = row["score"]
    return found


def mark(client: Client, *users: str, at: int | None = None) -> None:
    ask(
        client,
        "MATCH (user:User) WHERE user.id IN $users SET user.affinityAt = $at",
        users=users,
        at=at or clock.now() - 1,
    )


def marks(client: Client) -> dict[str, int]:
    rows = ask(
        client, "MATCH (user:User) WHERE user.affinityAt IS NOT NULL RETURN user.id AS id, user.affinityAt AS at"
    )
    return {row["id"]: row["at"] for row in rows}


def when(
    monkeypatch: pytest.MonkeyPatch, statement: str, deed: Callable[[Mapping[str, Any]], object], *, times: int = 10**6
) -> list[Mapping[str, Any]]:
    """Has something happen, a few times, before a statement is run; gives what it was run with."""
    calls: list[Mapping[str, Any]] = []
    write = Client.write

    def watched(self: Client, name: str, params: Mapping[str, Any] | None = None) -> Any:
        if name == statement:
            calls.append(params or {})
            if len(calls) <= times:
                deed(params or {})
        return write(self, name, params)

    monkeypatch.setattr(Client, "write", watched)
    return calls


def failing_with(error: Exception) -> Callable[[Mapping[str, Any]], None]:
    def fail(_: Mapping[str, Any]) -> None:
        raise error

    return fail


def exact(network: Network, person: str) -> dict[str, float]:
    return dict(nx.pagerank(network.ties, alpha=0.85, personalization={person: 1}, weight="weight", tol=1e-12))


# --- what is stored


def test_affinity_is_personalized_pagerank_within_the_error_of_sampling(client: Client, network: Network) -> None:
    assert renew(client, PATIENT) == Renewed(people=20)
    for person, found in stored(client).items():
        assert person not in found
        for other, expected in exact(network, person).items():
            if other != person:
                error = 5 * math.sqrt(0.5 * expected / PATIENT.affinity.walks) + 0.002
                assert abs(found.get(other, 0) - expected) < error


def test_affinity_by_default_orders_people_alike(client: Client, network: Network) -> None:
    renew(client, RANKING)
    alike = []
    for person, found in stored(client).items():
        expected = exact(network, person)
        others = sorted(expected.keys() - {person})
        alike.append(spearmanr([found.get(one, 0) for one in others], [expected[one] for one in others]).statistic)
    assert np.mean(alike) > 0.95


def test_of_more_the_best_are_kept(client: Client, network: Network) -> None:
    renew(client, RANKING)
    whole = stored(client)
    renew(client, with_affinity(keep=4))
    for person, found in stored(client).items():
        best = sorted(whole[person].items(), key=lambda one: -one[1])[:4]
        assert found == dict(best)


def test_the_batch_that_a_person_is_in_changes_nothing(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew(client, RANKING)
    together = stored(client)
    monkeypatch.setattr(affinity, "WALK_PEOPLE", 7)
    monkeypatch.setattr(affinity, "WEIGHING_PEOPLE", 3)
    monkeypatch.setattr(affinity, "KNOWN_PEOPLE", 5)
    ask(client, "MATCH ()-[near:AFFINITY]->() DELETE near")
    renew(client, RANKING, network.people[::-1])
    assert stored(client) == together


def test_a_tie_follows_what_is_done_and_undone(client: Client, network: Network) -> None:
    renew(client, RANKING)
    ask(client, "MATCH (:User {id: 'u03'})-[act:LIKED|COMMENTED]-() DELETE act")
    ask(client, "MATCH (:User {id: 'u03'})-[:POSTED]->()<-[act:LIKED|COMMENTED]-() DELETE act")
    renew(client, RANKING, ["u03"])
    ties = ask(client, "MATCH (:User {id: 'u03'})-[follows:FOLLOWS]-() RETURN DISTINCT coalesce(follows.tie, 1) AS tie")
    assert ties == [{"tie": 1.0}]


def test_somebody_who_is_tied_to_nobody_is_near_to_nobody(client: Client, network: Network) -> None:
    renew(client, RANKING)
    ask(client, "MATCH (:User {id: 'u03'})-[follows:FOLLOWS]-() DELETE follows")
    assert renew(client, RANKING, ["u03"]) == Renewed(people=1)
    assert "u03" not in stored(client)


def test_whom_the_graph_does_not_hold_is_named(client: Client, network: Network) -> None:
    with pytest.raises(NotFound, match="no person 'nobody'"):
        renew(client, RANKING, ["u01", "nobody"])
    assert renew(client, RANKING, []) == Renewed()


def test_it_stops_between_batches(client: Client, network: Network) -> None:
    stopped = Event()
    stopped.set()
    assert renew(client, RANKING, stopped=stopped).people == 0


def test_nothing_is_written_for_or_about_somebody_made_anew_meanwhile(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_anew(_: Mapping[str, Any]) -> None:
        ask(client, "MATCH (user:User {id: 'u03'}) DETACH DELETE user")
        ask(client, "CREATE (:User {id: 'u03'})")

    when(monkeypatch, "affinity/store", make_anew, times=1)
    assert renew(client, RANKING).people == 19
    found = stored(client)
    assert "u03" not in found
    assert all("u03" not in near for near in found.values())


# --- marks


def test_marked_people_are_renewed_in_the_order_of_their_marks_and_are_marked_no_more(
    client: Client, network: Network
) -> None:
    now = clock.now()
    for age, user in enumerate(["u05", "u02", "u09"]):
        mark(client, user, at=now - 1000 + age)
    assert renew_marked(client, RANKING, most=2) == Renewed(people=2)
    assert stored(client).keys() == {"u05", "u02"}
    assert marks(client).keys() == {"u09"}
    assert renew_marked(client, RANKING, most=2) == Renewed(people=1)
    assert renew_marked(client, RANKING, most=2) == Renewed()
    assert marks(client) == {}


def test_whoever_is_marked_again_meanwhile_stays_marked(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(client, "u05", "u02")
    again = clock.now() + 5
    when(monkeypatch, "affinity/store", lambda _: mark(client, "u02", at=again))
    renew(client, RANKING)
    assert marks(client) == {"u02": again}


def test_one_who_fails_stops_nobody_and_waits_longer_each_time(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = ask(client, "MATCH (user:User {id: 'u05'}) RETURN id(user) AS node")[0]["node"]

    def refuse(params: Mapping[str, Any]) -> None:
        if node in params["rows"]["nodes"]:
            raise DatabaseError("Too much.", "Less.")

    when(monkeypatch, "affinity/walks", refuse)
    mark(client, *network.people)
    assert renew_marked(client, RANKING) == Renewed(people=19, failed=1)
    assert renew_marked(client, RANKING) == Renewed()
    for minutes in (1, 2, 4):
        pause = marks(client)["u05"] - clock.now()
        assert (minutes - 0.9) * 60_000 < pause <= minutes * 60_000
        mark(client, "u05")  # they act again, or the pause is over
        assert renew_marked(client, RANKING) == Renewed(failed=1)
    monkeypatch.undo()
    mark(client, "u05")
    assert renew_marked(client, RANKING) == Renewed(people=1)
    assert ask(client, "MATCH (user:User) RETURN max(user.affinityFailures) AS failures") == [{"failures": None}]


def test_what_cannot_be_stored_for_one_is_stored_for_the_others(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = ask(client, "MATCH (user:User {id: 'u05'}) RETURN id(user) AS node")[0]["node"]

    def refuse(params: Mapping[str, Any]) -> None:
        if node in [person["node"] for person in params["rows"]["people"]]:
            raise DatabaseError("Too much.", "Less.")

    when(monkeypatch, "affinity/store", refuse)
    assert renew(client, RANKING) == Renewed(people=19, failed=1)
    assert marks(client).keys() == {"u05"}


def test_of_somebody_who_joined_since_the_projection_a_short_walk_tells(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    strength = Client.stream

    def without_u05(self: Client, name: str, *rest: Any, **options: Any) -> Any:
        rows = strength(self, name, *rest, **options)
        return (row for row in rows if name != "affinity/strength" or row["node"] != node)

    node = ask(client, "MATCH (user:User {id: 'u05'}) RETURN id(user) AS node")[0]["node"]
    monkeypatch.setattr(Client, "stream", without_u05)
    assert renew(client, RANKING) == Renewed(people=20)
    params = {"request": {"me": "u05"}, "now": clock.now(), "damping": 0.85, "keep": 200}
    assert stored(client)["u05"] == {row["other"]: row["score"] for row in client.read("affinity/walk", params)}


def test_people_whom_gds_does_not_know_are_told_apart_by_halves(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget_u05(params: Mapping[str, Any]) -> None:
        gone = "MATCH (user:User {id: 'u05'}) WITH user, id(user) AS node DETACH DELETE user"
        ask(client, gone)
        ask(client, "UNWIND range(1, 30) AS number CREATE (:User {id: 'new' + number})")

    calls = when(monkeypatch, "affinity/walks", forget_u05, times=1)
    assert renew(client, RANKING).people == 19
    assert len(calls) in (1, 9, 10)  # by where a new person got the place of the old one
    assert "u05" not in stored(client)


def test_somebody_whose_ties_go_after_the_projection_is_near_to_nobody(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a person who is being forgotten, which takes many transactions."""

    def untie_u05(params: Mapping[str, Any]) -> None:
        ask(client, "MATCH (:User {id: 'u05'})-[follows:FOLLOWS]-() DELETE follows")

    when(monkeypatch, "affinity/walks", untie_u05, times=1)
    assert renew(client, RANKING) == Renewed(people=20)
    assert "u05" not in stored(client)


def test_a_projection_that_is_lost_is_made_anew(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(params: Mapping[str, Any]) -> None:
        client.write("affinity/drop", {"graphs": [params["tiesGraph"]]})

    calls = when(monkeypatch, "affinity/walks", lose, times=2)
    assert renew(client, RANKING).people == 20
    assert len(calls) == 3
    when(monkeypatch, "affinity/walks", lose)
    with pytest.raises(ProjectionLost):
        renew(client, RANKING)
    assert ask(client, "CALL gds.graph.list() YIELD graphName RETURN graphName") == []


def test_where_gds_may_not_project_nothing_is_stored_and_that_is_told(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(client, "u05")
    when(monkeypatch, "affinity/project_ties", failing_with(GdsRefused("It may not run.", "Allow it.")))
    assert renew(client, RANKING) == renew_marked(client, RANKING) == Renewed(missing=("affinity",))
    assert stored(client) == {}
    assert marks(client).keys() == {"u05"}


# --- large graphs


@pytest.mark.long
def test_twenty_thousand_people_need_little_memory(tmp_path: Path) -> None:
    conf = {"dbms.memory.transaction.total.max": "200m"}
    with small_server(tmp_path / "home", conf) as server, Client(server.address) as client:
        schema.ensure(client)
        people = "UNWIND range($from, $from + 4999) AS n CREATE (u:User {id: toString(n)}) "
        for start in range(0, 20_000, 5_000):
            ask(client, people + "CREATE (u)-[:POSTED]->(:Post {id: toString(n)})", **{"from": start})
        client.read("admin/replan")  # what was planned for an empty graph reads all people to find one
        ties = (
            "UNWIND range($from, $from + 4999) AS n MATCH (me:User {id: toString(n)}) UNWIND range(1, 15) AS k "
            "WITH me, toString((n * 7 + k * k * 131) % 20000) AS id MATCH (other:User {id: id})-[:POSTED]->(post) "
            "CREATE (me)-[:FOLLOWS]->(other), (me)-[:LIKED]->(post)"
        )
        for start in range(0, 20_000, 5_000):
            ask(client, ties, **{"from": start})
        # Whom everybody likes
        ask(client, "MATCH (u:User) WHERE u.id <> '1' MATCH (p:Post {id: '1'}) MERGE (u)-[:LIKED]->(p)")
        some = ["1", *(str(number) for number in range(100, 20_000, 100))]
        assert renew(client, RANKING, some) == Renewed(people=200)
        assert ask(client, "MATCH ()-[f:FOLLOWS]->() WHERE f.tie > 1 RETURN count(f) > 2000 AS many") == [
            {"many": True}
        ]
