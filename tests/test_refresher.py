"""The refresher: what it stores and for whom, and that neither rivals nor losses nor kills leave half of anything."""

import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy.stats import spearmanr
from typer.testing import CliRunner

from graph import clock, leases, refresher
from graph.affinity import affinity
from graph.candidates import Candidates
from graph.client import Address, Client
from graph.errors import Busy, GdsMissing, GraphfeedError, NotFound
from graph.events import Event, record
from graph.ranking import slates
from graph.ranking.feed import Request, feed
from graph.ranking.profiles import STORED, Profile, Ranking, profile
from graph.refresher import ALL, STALE, Background, Refresher, refresh
from loaders.forgetting import forget
from loaders.generator import generate
from service.cli import app
from tests.support import ask, load

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[1]
NOW, HOUR, DAY = clock.parse("2024-06-01"), 3_600_000, 86_400_000
DEFAULT = profile("default")


def ranking_of(profile: Profile) -> Ranking:
    assert profile.ranking is not None
    return profile.ranking


AFFINITY = ranking_of(DEFAULT).affinity
PATIENT = AFFINITY.model_copy(update={"walks": 1000, "steps": 40})
"""More and longer walks than by default: after so many steps, no more than 0.2 % of a walk is left."""
FEW = DEFAULT.model_copy(
    update={
        "ranking": ranking_of(DEFAULT).model_copy(
            update={
                "affinity": AFFINITY.model_copy(update={"keep": 4}),
                "refresh": ranking_of(DEFAULT).refresh.model_copy(update={"keep": 4}),
            }
        )
    }
)
"""A profile that keeps four of everything."""


@dataclass(frozen=True)
class Network:
    """A small network beside the graph that holds it."""

    author: dict[str, str]
    """Of each post."""
    follows: set[tuple[str, str]]
    likes: set[tuple[str, str]]
    comments: list[tuple[str, str]]

    @property
    def people(self) -> list[str]:
        return sorted(set(self.author.values()))

    @property
    def ties(self) -> Any:
        """The undirected graph of who is tied to whom, and how strongly."""
        acts = Counter(frozenset((user, self.author[post])) for user, post in self.likes)
        acts.update({pair: 2 * count for pair, count in self._commented().items()})
        ties = nx.Graph()
        ties.add_nodes_from(self.people)
        for a, b in self.follows:
            ties.add_edge(a, b, weight=1 + math.log(1 + acts[frozenset((a, b))]))
        return ties

    def _commented(self) -> Counter[frozenset[str]]:
        return Counter(frozenset((user, self.author[post])) for user, post in self.comments)

    def liked(self, user: str) -> set[str]:
        return {post for liker, post in self.likes if liker == user}

    @property
    def most_liked(self) -> str:
        return max(sorted(self.author), key=lambda post: sum(liked == post for _, liked in self.likes))


def draw(people: int = 20, seed: int = 7) -> Network:
    """A network in which some are tied to many and all to a few, to one of them most; everybody posted twice."""
    rng = random.Random(seed)
    ids = [f"u{number:02}" for number in range(people)]
    author = {f"{id}{letter}": id for id in ids for letter in "ab"}
    popular = [*ids, *ids[: people // 4] * 3]
    follows = {(a, b) for a in ids for b in rng.choices(popular, k=3) if a != b}
    drawn = [(rng.choice(ids), rng.choice(sorted(author))) for _ in range(8 * people)]
    likes = {(user, post) for user, post in drawn if author[post] != user}
    favourites = {a: b for a, b in sorted(follows)}
    comments = [(user, f"{favourite}a") for user, favourite in favourites.items() for _ in range(12)]
    return Network(author, follows, likes, comments)


def create(client: Client, network: Network) -> Network:
    ask(client, "UNWIND $ids AS id CREATE (:User {id: id})", ids=network.people)
    posts = [
        {
            "id": post,
            "takenAt": NOW - (1 + 2 * number) * DAY,
            "likeCount": sum(liked == post for _, liked in network.likes),
        }
        for number, post in enumerate(network.author)
    ]
    ask(client, "UNWIND $posts AS post CREATE (one:Post) SET one = post", posts=posts)
    ties = {
        "POSTED": [(author, post) for post, author in network.author.items()],
        "FOLLOWS": sorted(network.follows),
        "LIKED": sorted(network.likes),
        "COMMENTED": network.comments,
    }
    for type, pairs in ties.items():
        ask(
            client,
            f"UNWIND $pairs AS pair MATCH (a:User {{id: pair[0]}}) MATCH (b:User|Post {{id: pair[1]}}) "
            f"CREATE (a)-[:{type}]->(b)",
            pairs=pairs,
        )
    return network


@pytest.fixture
def network(client: Client) -> Network:
    return create(client, draw())


@pytest.fixture
def little(client: Client) -> Network:
    """For tests of who is refreshed and when, not with what."""
    return create(client, draw(people=6))


# --- what is stored, as it is compared

Stored = dict[str, Any]


def stored(client: Client) -> dict[str, Stored]:
    """What is stored for each person: authors and people of the same taste with their scores, and the lists."""
    rows = ask(
        client,
        "MATCH (me:User) RETURN me.id AS me, "
        "COLLECT { MATCH (me)-[n:AFFINITY]->(a) RETURN [a.id, n.score, n.history] } AS authors, "
        "COLLECT { MATCH (me)-[n:SIMILAR_TASTE]->(o) RETURN [o.id, n.score] } AS similar, "
        "COLLECT { MATCH (me)-[:HAS_CANDIDATES]->(list:Candidates) RETURN properties(list) } AS lists",
    )
    return {row["me"]: shape(row["authors"], row["similar"], row["lists"]) for row in rows}


def computed(found: Candidates) -> Stored:
    """The same of what was computed."""
    return shape(found.near.authors, [one[:2] for one in found.near.similar], found.lists)


def shape(authors: Sequence[Any], similar: Sequence[Any], lists: Sequence[Any]) -> Stored:
    in_order = sorted(lists, key=lambda found: (found["source"], found["recent"]))
    return {"authors": sorted(authors), "similar": sorted(similar), "lists": in_order}


def stale(client: Client) -> set[str]:
    return {row["id"] for row in ask(client, "MATCH (u:User) WHERE u.staleSince IS NOT NULL RETURN u.id AS id")}


def refreshed(client: Client) -> set[str]:
    """The people who have lists."""
    return {row["id"] for row in ask(client, "MATCH (u:User)-[:HAS_CANDIDATES]->() RETURN DISTINCT u.id AS id")}


def projections(client: Client) -> list[str]:
    return [row["name"] for row in ask(client, "CALL gds.graph.list() YIELD graphName RETURN graphName AS name")]


def holding(client: Client, profile: Profile = DEFAULT) -> AbstractContextManager[Refresher]:
    """A refresher that holds its projections."""
    return refresher.refresher(client, profile, ranking_of(profile))


def before_storing(monkeypatch: pytest.MonkeyPatch, deed: Callable[[str], object]) -> None:
    """Has something happen to each person after their lists are computed and before they are stored."""
    compute = Refresher.compute

    def watched(self: Refresher, *args: Any, **options: Any) -> Iterator[tuple[str, Candidates]]:
        for user, found in compute(self, *args, **options):
            deed(user)
            yield user, found

    monkeypatch.setattr(Refresher, "compute", watched)


def once(deed: Callable[[], object]) -> Callable[[str], None]:
    """Does something the first time only."""
    waiting = [deed]

    def do(_: str) -> None:
        if waiting:
            waiting.pop()()

    return do


# --- affinity and taste, against the slow and obvious


def walked(ties: Any, start: str, damping: float, steps: int) -> dict[str, float]:
    """The chance that a walk that ends with 1 - damping at each node ends at each other, cut after some steps."""
    people = list(ties)
    arcs = nx.to_numpy_array(ties, people)
    arcs /= arcs.sum(axis=1, keepdims=True)
    at = np.array([float(one == start) for one in people])
    total = np.zeros(len(people))
    for step in range(1, steps):
        at = at @ arcs
        total += (1 - damping) * damping**step * at
    return {one: float(score) for one, score in zip(people, total, strict=True) if one != start and score}


def error_of(score: float, walks: int) -> float:
    """Five standard deviations of the mean of what walks count, each of which counts less than a half."""
    return 5 * math.sqrt(0.5 * score / walks) + 0.002


def test_affinity_is_personalized_pagerank_within_the_error_of_sampling(client: Client, network: Network) -> None:
    with affinity(client, PATIENT) as near:
        nearest = near.nearest(network.people)
    for person in network.people:
        expected = nx.pagerank(network.ties, alpha=0.85, personalization={person: 1}, weight="weight", tol=1e-12)
        found = {other: score for other, score in nearest[person]}
        assert person not in found
        for other in network.people:
            if other != person:
                assert abs(found.get(other, 0) - expected[other]) < error_of(expected[other], PATIENT.walks)


def test_affinity_by_default_is_that_of_walks_that_are_cut_and_orders_people_alike(
    client: Client, network: Network
) -> None:
    with affinity(client, AFFINITY) as near:
        nearest = near.nearest(network.people)
    alike = []
    for person in network.people:
        cut = walked(network.ties, person, AFFINITY.damping, AFFINITY.steps)
        full = nx.pagerank(network.ties, alpha=0.85, personalization={person: 1}, weight="weight")
        found = {other: score for other, score in nearest[person]}
        assert nearest[person] == sorted(nearest[person], key=lambda one: (-one[1], one[0]))
        assert found.keys() <= cut.keys()
        for other, score in cut.items():
            assert abs(found.get(other, 0) - score) < error_of(score, AFFINITY.walks)
        others = sorted(cut)
        alike.append(spearmanr([found.get(one, 0) for one in others], [full[one] for one in others]).statistic)
    assert np.mean(alike) > 0.9


def cosines(network: Network) -> dict[str, dict[str, float]]:
    """By brute force, of those who have a like in common."""
    found: dict[str, dict[str, float]] = {}
    for a, b in combinations(network.people, 2):
        mine, theirs = network.liked(a), network.liked(b)
        if mine & theirs:
            cosine = len(mine & theirs) / math.sqrt(len(mine) * len(theirs))
            found.setdefault(a, {})[b] = found.setdefault(b, {})[a] = cosine
    return found


def test_taste_is_the_cosine_of_likes(client: Client, network: Network) -> None:
    with affinity(client, AFFINITY) as near:
        similar = near.similar(network.people)
    expected = cosines(network)
    assert similar.keys() == expected.keys()
    for person, found in similar.items():
        assert dict(found) == pytest.approx(expected[person])
        assert found == sorted(found, key=lambda one: (-one[1], one[0]))


def test_of_more_the_best_are_kept(client: Client, network: Network) -> None:
    refresh(client, FEW, ALL, as_of=NOW)
    expected = cosines(network)
    sizes = Counter[str]()
    for person, found in stored(client).items():
        best = sorted(expected[person].values(), reverse=True)[:4]
        assert sorted((score for _, score in found["similar"]), reverse=True) == pytest.approx(best)
        sizes["authors"] = max(sizes["authors"], len(found["authors"]))
        assert len({(one["source"], one["recent"]) for one in found["lists"]}) == len(found["lists"])
        for one in found["lists"]:
            assert one["source"] in STORED
            columns = [one[name] for name in ("posts", "times", "values", "vias", "links")]
            assert len({len(column) for column in columns}) == 1
            sizes["posts"] = max(sizes["posts"], len(one["posts"]))
    assert sizes == {"authors": 4, "posts": 4}
    assert (AFFINITY.keep, ranking_of(DEFAULT).refresh.keep) == (200, 200)


# --- what is computed is what is stored, and always the same


def test_what_is_stored_is_what_is_computed(client: Client, network: Network) -> None:
    with holding(client) as worker:
        expected = {user: computed(found) for user, found in worker.compute(network.people, NOW)}
    assert refresh(client, DEFAULT, ALL, as_of=NOW).people == len(network.people)
    assert stored(client) == expected
    assert {one["asOf"] for found in expected.values() for one in found["lists"]} == {NOW}
    assert {one["source"] for found in expected.values() for one in found["lists"]} == set(STORED) - {"interests"}


def test_the_batch_that_a_person_is_in_changes_nothing(
    client: Client, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(client) as worker:
        together = dict(worker.compute(network.people, NOW))
    with holding(client) as worker:
        again = dict(worker.compute(network.people[::-1], NOW))
        alone = dict(one for person in network.people[:5] for one in worker.compute([person], NOW))
    assert again == together
    assert alone == {person: together[person] for person in network.people[:5]}
    monkeypatch.setattr(refresher, "BATCH", 7)
    refresh(client, DEFAULT, ALL, as_of=NOW)
    assert stored(client) == {user: computed(found) for user, found in together.items()}


# --- who is refreshed


def test_all_the_stale_or_those_who_are_named_are_refreshed(client: Client, little: Network) -> None:
    assert refresh(client, DEFAULT).people == 0
    assert refresh(client, DEFAULT, ["u01", "u02"]).people == 2
    assert refreshed(client) == {"u01", "u02"}
    record(client, [Event("e", "pick", "u03", hashtag="sun")])
    assert refresh(client, DEFAULT, STALE).people == 1
    assert refreshed(client) == {"u01", "u02", "u03"}
    assert refresh(client, DEFAULT, ALL).people == len(little.people)
    assert refreshed(client) == set(little.people)
    with pytest.raises(NotFound, match="no person 'nobody'"):
        refresh(client, DEFAULT, ["u01", "nobody"])


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("follow", {"person": "u01"}),
        ("like", {"post": "u01a"}),
        ("comment", {"post": "u01a"}),
        ("hide", {"post": "u01a"}),
        ("pick", {"hashtag": "sun"}),
        ("view", {"post": "u01a", "dwell_ms": 20_000}),
    ],
)
def test_an_act_and_its_undoing_make_stale_who_does_it_and_nobody_else(
    client: Client, kind: str, target: dict[str, Any]
) -> None:
    ask(client, "UNWIND ['u00', 'u01', 'u02'] AS id CREATE (:User {id: id})-[:POSTED]->(:Post {id: id + 'a'})")
    undone = [f"un{kind}"] if kind not in ("comment", "view") else []
    for act in (kind, *undone):
        [outcome] = record(client, [Event(act, act, "u00", **target)])
        assert outcome.status == "done"
        assert stale(client) == {"u00"}
        assert refresh(client, DEFAULT, STALE).people == 1
        assert stale(client) == set()


@pytest.mark.parametrize(
    ("kind", "target"),
    [("mute", {"person": "u01"}), ("mute", {"hashtag": "sun"}), ("block", {"person": "u01"})],
)
def test_who_mutes_or_blocks_no_more_is_stale_for_what_was_left_out_comes_back(
    client: Client, kind: str, target: dict[str, Any]
) -> None:
    ask(client, "UNWIND ['u00', 'u01'] AS id CREATE (:User {id: id}) MERGE (:Hashtag {name: 'sun'})")
    record(client, [Event("1", kind, "u00", **target)])
    refresh(client, DEFAULT, ALL)
    record(client, [Event("2", f"un{kind}", "u00", **target)])
    assert stale(client) == {"u00"}


def test_who_acts_while_they_are_refreshed_stays_stale(
    client: Client, little: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(client, [Event(person, "pick", person, hashtag="sun") for person in ("u00", "u01", "u02")])
    deeds = {"u00": "u01", "u03": "u04"}

    def act(person: str) -> None:
        if other := deeds.pop(person, None):
            record(client, [Event(f"{who} meanwhile", "pick", who, hashtag="sea") for who in (person, other)])

    with monkeypatch.context() as patch:
        before_storing(patch, act)
        refresh(client, DEFAULT, STALE)
        assert stale(client) == {"u00", "u01"}
        refresh(client, DEFAULT, ALL)  # those who were not stale before, too
        assert stale(client) == {"u03", "u04"}
    assert refresh(client, DEFAULT, STALE).people == 2
    assert stale(client) == set()


# --- odd graphs


def test_an_empty_graph_has_nobody_to_refresh(client: Client) -> None:
    for whom in (ALL, STALE):
        assert refresh(client, DEFAULT, whom).people == 0


def test_people_without_ties_or_likes_are_refreshed(client: Client, little: Network) -> None:
    ask(client, "CREATE (:User {id: 'alone', staleSince: 1}), (:User {id: 'likes'}), (:User {id: 'follows'})")
    ask(client, "MATCH (u:User {id: 'likes'}), (p:Post {id: $p}) CREATE (u)-[:LIKED]->(p)", p=little.most_liked)
    ask(client, "MATCH (u:User {id: 'follows'}), (o:User {id: 'u01'}) CREATE (u)-[:FOLLOWS]->(o)")
    assert refresh(client, DEFAULT, ALL, as_of=NOW).people == len(little.people) + 3
    found = stored(client)
    assert found["alone"] == {"authors": [], "similar": [], "lists": []}
    assert found["likes"]["similar"]
    assert found["follows"]["authors"]
    assert {one["source"] for one in found["likes"]["lists"]} == {"similar_taste"}
    assert {one["source"] for one in found["follows"]["lists"]} == {"friends_of_friends"}
    assert stale(client) == set()


def test_who_joined_since_the_projection_gets_a_list_among_others(client: Client, little: Network) -> None:
    with holding(client) as worker:
        expected = {user: computed(found) for user, found in worker.compute(["u02", "u03"], NOW)}
        ask(
            client,
            "MATCH (a:User {id: 'u00'}), (p:Post {id: $p}) CREATE (new:User {id: 'new'})-[:FOLLOWS]->(a), "
            "(new)-[:LIKED]->(p)",
            p=little.most_liked,
        )
        found = {user: computed(one) for user, one in worker.compute(["new", "u02", "newer", "u03"], NOW)}
    assert {person: found[person] for person in expected} == expected
    assert {one["source"] for one in found["new"]["lists"]} == {"friends_of_friends", "similar_taste"}
    assert found["newer"] == {"authors": [], "similar": [], "lists": []}


def test_who_is_forgotten_meanwhile_does_not_come_back_and_stops_nobody(
    client: Client, little: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresher, "BATCH", 2)
    before_storing(monkeypatch, once(lambda: [forget(client, person) for person in ("u01", "u05")]))
    refresh(client, DEFAULT, ALL, as_of=NOW)
    assert refreshed(client) == set(little.people) - {"u01", "u05"}
    assert {row["id"] for row in ask(client, "MATCH (u:User) RETURN u.id AS id")} == refreshed(client)


# --- GDS


def drop_projections(client: Client) -> None:
    for name in projections(client):
        ask(client, "CALL gds.graph.drop($name)", name=name)


def test_a_lost_projection_is_made_anew(
    client: Client, little: Network, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refresh(client, DEFAULT, ALL, as_of=NOW)
    expected = stored(client)
    ask(client, "MATCH (list:Candidates) DETACH DELETE list")
    monkeypatch.setattr(refresher, "BATCH", 2)
    before_storing(monkeypatch, once(lambda: drop_projections(client)))
    assert refresh(client, DEFAULT, ALL, as_of=NOW).people == len(little.people)
    assert "projecting anew" in caplog.text
    assert stored(client) == expected
    assert projections(client) == []


def test_projections_are_dropped_also_after_an_error(
    client: Client, little: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []

    def fail(_: str) -> None:
        held.extend(projections(client))
        raise ValueError("on purpose")

    refresh(client, DEFAULT, ["u01"])
    assert projections(client) == []
    before_storing(monkeypatch, fail)
    with pytest.raises(ValueError, match="on purpose"):
        refresh(client, DEFAULT, ["u01"])
    assert len(held) == 2
    assert projections(client) == []
    assert ask(client, "MATCH (lease:Lease) RETURN lease") == []


@pytest.fixture
def no_gds(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> Any:
        raise GdsMissing("Neo4j runs without GDS.", "Install it.")

    monkeypatch.setattr(refresher, "affinity", missing)


@pytest.mark.usefixtures("no_gds")
def test_without_gds_a_walk_does(client: Client, little: Network) -> None:
    assert refresh(client, DEFAULT, ALL, as_of=NOW).missing == ("gds",)
    expected = cosines(little)
    for person, found in stored(client).items():
        assert dict(found["similar"]) == pytest.approx(expected.get(person, {}))
        followees = {b for a, b in little.follows if a == person}
        assert followees <= {author for author, score, _ in found["authors"] if score > 0}
    assert refreshed(client) == set(little.people)


# --- several refreshers


def hold_lease(client: Client, owner: str, until: int) -> None:
    ask(
        client,
        "MERGE (lease:Lease {name: 'refresh'}) SET lease.owner = $owner, lease.until = $until",
        owner=owner,
        until=until,
    )


def test_while_one_is_at_work_however_long_another_is_told_so(
    client: Client, little: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE_MS", 500)
    told: list[str] = []

    def come_late() -> None:
        time.sleep(1)
        with pytest.raises(Busy) as caught:
            refresh(client, DEFAULT, ALL)
        told.append(caught.value.problem)

    before_storing(monkeypatch, once(come_late))
    assert refresh(client, DEFAULT, ALL).people == len(little.people)
    assert told == ["Another is at work on 'refresh'."]
    assert refresh(client, DEFAULT, ["u01"]).people == 1


def test_the_lease_of_one_who_died_is_taken_over_when_it_has_run_out(client: Client, little: Network) -> None:
    hold_lease(client, "dead", clock.now() + 60_000)
    with pytest.raises(Busy, match="if it was killed, try again in 60 s"):
        refresh(client, DEFAULT, ALL)
    hold_lease(client, "dead", clock.now() - 1)
    assert refresh(client, DEFAULT, ALL).people == len(little.people)
    assert ask(client, "MATCH (lease:Lease) RETURN lease") == []


def test_who_has_lost_the_lease_stops_and_leaves_it_to_the_other(
    client: Client, little: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresher, "BATCH", 2)
    monkeypatch.setattr(leases, "LEASE_MS", 300)

    def lose() -> None:
        hold_lease(client, "other", clock.now() + 60_000)
        time.sleep(0.5)

    before_storing(monkeypatch, once(lose))
    with pytest.raises(Busy, match="has taken over"):
        refresh(client, DEFAULT, ALL)
    assert refreshed(client) == {"u00", "u01"}
    [lease] = ask(client, "MATCH (lease:Lease) RETURN lease.owner AS owner")
    assert lease["owner"] == "other"


# --- killed


def start(address: Address, folder: Path, *args: str) -> subprocess.Popen[str]:
    """`graphfeed refresh` in a process of its own."""
    variables = {"URI": address.uri, "USER": address.user, "PASSWORD": address.password, "HOME": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "service.cli", "refresh", *args],
        env={**os.environ, "PYTHONPATH": str(ROOT), **{f"GRAPHFEED_{key}": value for key, value in variables.items()}},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def number_stored(client: Client, as_of: int) -> int:
    rows = ask(client, "MATCH (u:User)-[:HAS_CANDIDATES]->({asOf: $at}) RETURN count(DISTINCT u) AS n", at=as_of)
    return int(rows[0]["n"])


@pytest.mark.usefixtures("cli_environment")
def test_a_killed_refresher_leaves_each_persons_lists_as_they_were_or_as_they_are(
    client: Client, address: Address, tmp_path: Path
) -> None:
    generate(tmp_path / "network", users=100, likes_per_user=10, until=NOW)
    load(client, tmp_path / "network")
    refresh(client, DEFAULT, ALL, as_of=NOW)
    old = stored(client)
    command = ("--all", "--as-of", str(clock.iso(NOW + HOUR)))
    process = start(address, tmp_path, *command)
    enough = random.Random().randrange(1, 60)  # another moment each time
    while process.poll() is None and number_stored(client, NOW + HOUR) < enough:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    _, err = process.communicate()
    assert process.returncode == -signal.SIGKILL, err
    half = stored(client)
    with pytest.raises(Busy, match="Another is at work on 'refresh'"):
        run(*command)
    hold_lease(client, "killed", clock.now() - 1)  # as it is a minute later
    assert run(*command).stdout.startswith("Refreshed 100 people in ")
    new = stored(client)
    assert all(one["asOf"] == NOW + HOUR for found in new.values() for one in found["lists"])
    kept = {person for person, found in half.items() if found == old[person] and found["lists"] != new[person]["lists"]}
    assert all(half[person] == new[person] for person in half.keys() - kept)
    mixed = "MATCH (u:User)-[:HAS_CANDIDATES]->(list) WHERE coalesce(list.asOf <> u.storedAsOf, true) RETURN u.id"
    assert ask(client, mixed) == []
    assert 0 < len(kept) <= 100 - enough
    assert ask(client, "CALL gds.graph.list() YIELD graphName RETURN graphName") == []  # also of the killed one


# --- in the background


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    return is_so()


def test_a_refresh_that_is_stopped_ends_after_the_person_that_it_is_at(client: Client, little: Network) -> None:
    stopped = threading.Event()
    stopped.set()
    assert refresh(client, DEFAULT, ALL, stopped=stopped).people == 0
    compute, seen = Refresher.compute, []

    def stopping(self: Refresher, users: Sequence[str], as_of: int) -> Iterator[tuple[str, Candidates]]:
        for user, found in compute(self, users, as_of):
            seen.append(user)
            stopped.set()
            yield user, found

    stopped.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Refresher, "compute", stopping)
        assert refresh(client, DEFAULT, ALL, stopped=stopped).people == 1
    assert len(seen) == 1


def test_in_the_background_the_stale_are_refreshed_until_it_is_stopped(client: Client, little: Network) -> None:
    background = Background(client, DEFAULT, every_seconds=0.2)
    background.start()
    try:
        for number in range(2):
            record(client, [Event(f"e{number}", "pick", f"u0{number}", hashtag="sun")])
            assert wait_until(lambda: stale(client) == set())
            assert f"u0{number}" in refreshed(client)
        hold_lease(client, "other", clock.now() + 60_000)  # it waits for others, and does not end for that
        record(client, [Event("e2", "pick", "u02", hashtag="sun")])
        time.sleep(0.5)
        assert stale(client) == {"u02"}
        ask(client, "MATCH (lease:Lease) DELETE lease")
        assert wait_until(lambda: stale(client) == set())
    finally:
        background.stop()
    record(client, [Event("e3", "pick", "u03", hashtag="sun")])
    time.sleep(0.6)
    assert stale(client) == {"u03"}
    assert projections(client) == []


def test_what_nobody_will_ask_for_any_more_goes(client: Client, little: Network) -> None:
    for _ in range(2):
        assert feed(client, Request("u00", as_of=NOW, limit=1), record=True).slate
    record(client, [Event("old", "pick", "u01", hashtag="sun"), Event("new", "pick", "u01", hashtag="sea")])
    long_ago = clock.now() - refresher.KEPT_MS - 1
    ask(client, "MATCH (e:Event {id: 'old'}) SET e.at = $at", at=long_ago)
    [kept, expired] = [row["id"] for row in ask(client, "MATCH (s:Slate) RETURN s.id AS id ORDER BY id")]
    ask(client, "MATCH (s:Slate {id: $id}) SET s.expiresAt = $at", id=expired, at=long_ago)
    refresh(client, DEFAULT, STALE)
    assert [row["id"] for row in ask(client, "MATCH (e:Event) RETURN e.id AS id")] == ["new"]
    assert [row["id"] for row in ask(client, "MATCH (s:Slate) RETURN s.id AS id")] == [kept]
    assert slates.about(client, "u00", kept)


# --- the command


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["refresh", *args], catch_exceptions=False)


@pytest.mark.usefixtures("cli_environment")
def test_the_command_says_how_many_and_how_fast(client: Client, little: Network) -> None:
    assert run().stdout.startswith("Refreshed 0 people in ")
    assert refreshed(client) == set()
    assert run("--user", "u01", "--user", "u02").stdout.startswith("Refreshed 2 people in ")
    assert refreshed(client) == {"u01", "u02"}
    record(client, [Event("e", "pick", "u03", hashtag="sun")])
    assert run("--stale").stdout.startswith("Refreshed 1 people in ")
    done = run("--all", "--as-of", "2024-06-01")
    assert done.stdout.startswith(f"Refreshed {len(little.people)} people in ")
    assert done.stdout.endswith(" a second.\n")
    assert done.stderr == ""
    assert number_stored(client, NOW) == len(little.people)


@pytest.mark.usefixtures("cli_environment", "no_gds")
def test_the_command_says_that_gds_is_missing(client: Client, little: Network) -> None:
    assert "Without GDS, who is near is what a walk of two steps sees" in run("--all").stderr


@pytest.mark.usefixtures("cli_environment")
@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--all", "--stale"], "Of --stale, --all and --user, one says who"),
        (["--all", "--user", "u01"], "one says who"),
        (["--stale", "--user", "u01"], "one says who"),
        (["--user", "nobody"], "The graph has no person 'nobody'"),
        (["--profile", "best"], "There is no profile 'best'"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(client: Client, args: list[str], says: str) -> None:
    with pytest.raises(GraphfeedError, match=says):
        run(*args)
