"""Builds for all: right, no more than changed, onto nothing that was made anew, and whole wherever they are killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from graph import clock
from graph.background import builder, renewal, store
from graph.background.builder import Built, build
from graph.background.marked import shortlist
from graph.background.renewal import Renewed, renew_marked
from graph.background.state import SHARED_STAGES, STAGES, State, state, work
from graph.client import Address, Client
from graph.errors import Busy, GraphfeedError, SettingsError
from graph.health import health
from graph.leases import leased
from graph.ranking.feed import ANY_AGE, Request, feed
from graph.ranking.profiles import profile
from tests.little_network import act
from tests.support import ask

pytestmark = pytest.mark.live
NOW, DAY = clock.parse("2024-06-01"), 86_400_000
DEFAULT = profile("default")
ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two builds follow each other at once: no request reads in between."""
    monkeypatch.setattr(builder, "GRACE_SECONDS", 0)


def create(client: Client, *, people: int = 14, posts: int = 20, timed: bool = True, seed: int = 3) -> None:
    """People of two tastes who like posts of theirs, some of the other, in the weeks before NOW."""
    rng = random.Random(seed)
    ask(client, "UNWIND range(0, $n - 1) AS i CREATE (:User {id: 'u' + i})", n=people)
    rows = [
        {"post": f"p{i}", "author": f"u{i % people}", "at": NOW - (1 + 9 * i) * DAY, "hashtag": ("sun", "sea")[i % 2]}
        for i in range(posts)
    ]
    ask(
        client,
        "UNWIND $rows AS row MATCH (u:User {id: row.author}) MERGE (h:Hashtag {name: row.hashtag}) "
        "CREATE (u)-[:POSTED]->(:Post {id: row.post, takenAt: row.at, likeCount: 0})-[:TAGGED]->(h)",
        rows=rows,
    )
    for person in range(people):
        chosen = [post for post in range(posts) if rng.random() < (0.7 if post % 2 == person % 2 else 0.1)]
        for post in chosen:
            like(client, f"u{person}", f"p{post}", NOW - rng.randrange(1, 100 * DAY) if timed else None)


def like(client: Client, user: str, post: str, at: int | None = None) -> None:
    ask(
        client,
        "MATCH (u:User {id: $user}) MATCH (p:Post {id: $post}) MERGE (u)-[l:LIKED]->(p) "
        "SET l.at = $at, p.likeCount = p.likeCount + 1",
        user=user,
        post=post,
        at=at,
    )


def arcs(client: Client, type: str = "SIMILAR") -> dict[str, dict[str, float]]:
    """The arcs of each post that has any."""
    rows = ask(client, f"MATCH (a:Post)-[s:{type}]->(b) RETURN a.id AS a, b.id AS b, s.weight AS weight")
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row["a"], {})[row["b"]] = row["weight"]
    return found


def vectors(client: Client, kind: str = "factors") -> dict[str, tuple[float, ...]]:
    """The vectors that serve, by label and id."""
    rows = ask(
        client,
        "MATCH (b:Build) MATCH (n:User|Post) WHERE n[$kind + b.slot] IS NOT NULL "
        "RETURN labels(n)[0] + n.id AS id, n[$kind + b.slot] AS vector",
        kind=kind,
    )
    return {row["id"]: tuple(row["vector"]) for row in rows}


def run(client: Client, **given: Any) -> Built:
    return build(client, DEFAULT, **{"only": STAGES, "as_of": NOW, **given})


def serving(client: Client) -> State:
    found = state(client)
    assert found is not None
    return found


def liked_by(client: Client) -> dict[str, set[str]]:
    rows = ask(client, "MATCH (p:Post) RETURN p.id AS post, [(p)<-[:LIKED]-(u) | u.id] AS likers")
    return {row["post"]: set(row["likers"]) for row in rows}


def slow_arcs(client: Client, keep: int = 20) -> dict[str, dict[str, float]]:
    """The arcs by their definition, with dense matrices of all posts."""
    likers = liked_by(client)
    degree = {user: sum(user in each for each in likers.values()) for each in likers.values() for user in each}
    q = {post: sum(degree[user] ** -0.5 for user in each) for post, each in likers.items()}
    found: dict[str, dict[str, float]] = {}
    for post, mine in likers.items():
        shares = {
            other: sum(degree[user] ** -0.5 for user in mine & likers[other]) / (q[post] * q[other]) ** 0.5
            for other in likers
            if other != post and mine & likers[other]
        }
        near = sorted(shares, key=lambda other: -shares[other])[:100]
        if len(mine) < 3 or not near:
            continue
        common = np.array([[len(likers[a] & likers[b]) for b in near] for a in near], float)
        weights = np.linalg.solve(common + 30 * np.eye(len(near)), [len(likers[a] & mine) for a in near])
        for other, weight in zip(near, weights, strict=True):
            if weight > 1e-6:
                found.setdefault(other, {})[post] = float(weight)
    return {post: dict(sorted(each.items(), key=lambda arc: -arc[1])[:keep]) for post, each in found.items()}


@pytest.mark.long
def test_arcs_are_those_of_the_definition(client: Client) -> None:
    create(client)
    run(client)
    expected = slow_arcs(client)
    assert arcs(client).keys() == expected.keys()
    for post, each in arcs(client).items():
        assert each == pytest.approx(expected[post], rel=1e-5)


def test_arcs_to_newer_posts_lead_to_those_of_twice_the_window(client: Client) -> None:
    create(client)
    run(client)
    targets = {other for each in arcs(client, "SIMILAR_NEW").values() for other in each}
    assert targets == {f"p{i}" for i in range(7)}  # 1 to 55 days old, counted from the newest; the next is 64
    assert serving(client).window_from == NOW - DAY - 60 * DAY


def test_the_build_says_what_it_is(client: Client) -> None:
    create(client)
    assert state(client) is None
    built = run(client)
    found = serving(client)
    assert (found.generation, found.slot, found.as_of, found.missing) == (1, "A", NOW, built.missing)
    assert found.likes == ask(client, "MATCH ()-[l:LIKED]->() RETURN count(l) AS n")[0]["n"]
    assert found.factors_size == 64
    assert work(client) is None
    gram = np.array(ask(client, "MATCH (b:Build) RETURN b.postGram AS g")[0]["g"]).reshape(64, 64)
    of_posts = np.array([vector for id, vector in vectors(client).items() if id.startswith("Post")])
    assert gram == pytest.approx(of_posts.T @ of_posts, abs=1e-4)
    rows = ask(client, "MATCH (u:User) RETURN u.factorsLikes AS noted, COUNT { (u)-[:LIKED]->() } AS likes")
    assert all(row["noted"] == row["likes"] for row in rows)


def test_a_second_build_writes_nothing_but_vectors(client: Client) -> None:
    create(client)
    assert run(client).written.keys() > {"arcs", "trend", "tops", "listedLikes", "factorsLikes"}
    before = arcs(client), arcs(client, "SIMILAR_NEW")
    assert run(client).written.keys() <= {"factors", "content", "fastrp", "affinity", "trending"}
    assert before == (arcs(client), arcs(client, "SIMILAR_NEW"))
    assert (serving(client).generation, serving(client).slot) == (2, "B")


def test_one_more_like_rewrites_the_posts_whose_arcs_it_changes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, people=8)
    ask(client, "UNWIND range(0, 5) AS i CREATE (:User {id: 'v' + i})")
    ask(client, "UNWIND range(0, 5) AS i CREATE (:Post {id: 'q' + i, takenAt: 0, likeCount: 0})")
    for i in range(6):  # a second island, which the first knows nothing of
        for j in range(i):
            like(client, f"v{i}", f"q{j}")
    run(client)
    rewritten: list[int] = []
    write = Client.write

    def spied(self: Client, name: str, params: Any = None) -> Any:
        if name == "build/similar":
            rewritten.extend(row["node"] for row in params["rows"]["posts"])
        return write(self, name, params)

    monkeypatch.setattr(Client, "write", spied)
    like(client, "v0", "q4")
    run(client)
    ids = {row["id"] for row in ask(client, "MATCH (p:Post) WHERE id(p) IN $nodes RETURN p.id AS id", nodes=rewritten)}
    assert ids
    assert all(id.startswith("q") for id in ids)
    expected = slow_arcs(client)
    assert {post: pytest.approx(each, rel=2e-3) for post, each in expected.items()} == arcs(client)


@pytest.mark.long
@pytest.mark.parametrize("stage", SHARED_STAGES)
def test_a_stage_by_itself_leaves_the_rest_as_it_was(client: Client, stage: str) -> None:
    create(client)
    run(client)
    before = arcs(client), vectors(client), vectors(client, "fastrp"), serving(client).missing
    built = run(client, only=[stage])
    assert (arcs(client), vectors(client), vectors(client, "fastrp"), serving(client).missing) == before
    assert set(built.seconds) == {"reading", stage}
    assert built.generation == (2 if stage in builder.VECTOR_KINDS else 1)


@pytest.mark.long
def test_some_stages_need_a_build_and_each_stage_is_known(client: Client) -> None:
    create(client)
    with pytest.raises(SettingsError, match="no build yet"):
        run(client, only=["lists"])
    with pytest.raises(SettingsError, match="no stage 'list'"):
        run(client, only=["list"])


@pytest.mark.long
def test_too_little_memory_is_said_before_anything_is_read(client: Client) -> None:
    create(client)
    with pytest.raises(SettingsError, match="GRAPHFEED_BUILD_MEMORY") as raised:
        run(client, memory=2**20)
    assert "may take only 1 MB" in str(raised.value)
    assert ask(client, "MATCH (n) WHERE n.knownSince IS NOT NULL RETURN n") == []
    assert not run(client, memory=2**33).stopped


@pytest.mark.long
def test_one_builder_works_at_a_time_and_is_told_to_stop(client: Client) -> None:
    create(client)
    with leased(client, "build"), pytest.raises(Busy):
        run(client)
    stopped = Event()
    stopped.set()
    assert run(client, stopped=stopped).stopped
    assert state(client) is None


# Clocks


@pytest.mark.long
def test_a_build_of_the_past_knows_nothing_later(client: Client) -> None:
    create(client)
    ask(client, "MATCH (p:Post {id: 'p0'}) CREATE (p)-[:TAGGED]->(:Hashtag {name: 'late'})")
    then = NOW - 50 * DAY
    run(client, as_of=then)
    of_the_past = arcs(client), trends(client), tops(client)
    ask(client, "MATCH ()-[l:LIKED]->(p) WHERE l.at > $then DELETE l SET p.likeCount = p.likeCount - 1", then=then)
    run(client, as_of=then)
    assert of_the_past == (arcs(client), trends(client), tops(client))
    assert "p0" not in {post for _, _, post in tops(client)}
    assert shares(client) == {"sun": 0.5, "sea": 0.5, "late": 0.0}
    assert serving(client).as_of == then


def shares(client: Client) -> dict[str, float]:
    return {row["n"]: row["s"] for row in ask(client, "MATCH (h:Hashtag) RETURN h.name AS n, h.share AS s")}


def trends(client: Client) -> dict[str, float]:
    return {row["id"]: row["t"] for row in ask(client, "MATCH (p:Post) RETURN p.id AS id, p.trend AS t")}


def tops(client: Client) -> set[tuple[str, int, str]]:
    rows = ask(
        client, "MATCH (a:Build|Hashtag)-[t:TOP]->(p) RETURN coalesce(a.name, '') AS of, t.month AS month, p.id AS post"
    )
    return {(row["of"], row["month"], row["post"]) for row in rows}


@pytest.mark.long
def test_trend_fades_by_half_in_ninety_days(client: Client) -> None:
    create(client)
    run(client)
    rows = ask(client, "MATCH (p:Post) RETURN p.id AS id, [(p)<-[l:LIKED]-() | l.at] AS times")
    for row in rows:
        expected = sum(0.5 ** ((NOW - at) / (90 * DAY)) for at in row["times"])
        assert (trends(client)[row["id"]] or 0) == pytest.approx(expected)


def test_tops_are_the_most_liked_of_each_month_in_utc(client: Client) -> None:
    create(client)
    borders = {"last": "2023-12-31T23:59:59.999Z", "first": "2024-01-01T00:00:00Z"}
    for id, taken_at in borders.items():
        at = clock.parse(taken_at)
        ask(client, "CREATE (:Post {id: $id, takenAt: $at, likeCount: 9})", id=id, at=at)
    ask(client, "CREATE (:Post {id: 'undated', likeCount: 99})")
    run(client)
    found = tops(client)
    assert {("current", 202312, "last"), ("current", 202401, "first"), ("current", 0, "undated")} <= found
    assert {month for of, month, post in found if post == "undated"} == {0}
    assert {of for of, _, _ in found} == {"current", "sun", "sea"}
    assert shares(client) == {"sun": 0.5, "sea": 0.5}


def test_tops_that_the_index_does_not_find_are_replaced(client: Client) -> None:
    create(client)
    run(client)
    whole = "MATCH ()-[top:TOP]->() RETURN count(top.hashtag) AS tops, count(*) AS of"
    before = ask(client, whole)
    ask(client, "MATCH ()-[top:TOP]->() SET top.hashtag = null")  # an older version wrote none
    ask(client, "MATCH (h:Hashtag {name: 'sun'}), (p:Post {id: 'p0'}) CREATE (h)-[:TOP {month: 199901}]->(p)")
    run(client)
    assert ask(client, whole) == before
    assert "tops" not in run(client).written


# Networks that lack something


def test_likes_without_times_have_no_trend(client: Client) -> None:
    create(client, timed=False)
    assert "trend" in run(client).missing
    assert set(trends(client).values()) == {None}
    assert arcs(client)


NETWORKS = {
    "nothing at all": [],
    "one person": ["CREATE (:User {id: '1'})"],
    "one post": ["CREATE (:User {id: '1'})-[:POSTED]->(:Post {id: '1', takenAt: 0})"],
    "no likes": ["UNWIND range(0, 5) AS i CREATE (:User {id: '' + i})-[:POSTED]->(:Post {id: '' + i, takenAt: 1})"],
    "no authors": [
        "UNWIND range(0, 5) AS i CREATE (:User {id: '' + i}) CREATE (:Post {id: '' + i, likeCount: i})",
        "MATCH (u:User), (p:Post) WHERE u.id < p.id CREATE (u)-[:LIKED]->(p)",
    ],
    "everybody likes the same": [
        "UNWIND range(0, 5) AS i CREATE (:User {id: '' + i})-[:POSTED]->(:Post {id: '' + i, likeCount: 6})",
        "MATCH (u:User), (p:Post) CREATE (u)-[:LIKED]->(p)",
    ],
}


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_that_lacks_something_is_built(client: Client, network: str) -> None:
    for text in NETWORKS[network]:
        ask(client, text)
    built = run(client)
    has_likes = ask(client, "MATCH ()-[l:LIKED]->() RETURN count(l) AS n")[0]["n"] > 0
    assert ("lists" in built.missing, "factors" in built.missing) == (not has_likes, not has_likes)
    assert bool(arcs(client)) == has_likes
    assert ("Post" in {id[:4] for id in vectors(client)}) == has_likes
    assert serving(client).missing == built.missing


# Deletion while it works


def remake(client: Client) -> None:
    """Delete a post and a person and make them anew: by the same ids, and in the same places of the store."""
    old = [("Post", "p1"), ("User", "u1")]
    places = [ask(client, f"MATCH (n:{label} {{id: $id}}) RETURN id(n) AS at", id=id)[0]["at"] for label, id in old]
    for label, id in old:
        ask(client, f"MATCH (n:{label} {{id: $id}}) DETACH DELETE n", id=id)
    for _ in range(20):  # the store gives a place away again after a second or so
        ask(client, "UNWIND range(1, 3000) AS i CREATE (:Filler)")
        if len(ask(client, "MATCH (n:Filler) WHERE id(n) IN $places RETURN n", places=places)) == 2:
            break
        time.sleep(0.3)
    for place, (label, id) in zip(places, old, strict=True):
        text = (
            f"MATCH (n:Filler) WHERE id(n) = $place REMOVE n:Filler SET n:{label}, n.id = $id, n.made = 'anew' RETURN n"
        )
        assert ask(client, text, place=place, id=id)
    client._driver.execute_query("MATCH (n:Filler) DELETE n")


@pytest.mark.long
@pytest.mark.parametrize("at", ["build/similar", "build/numbers", "build/vectors", "build/switch"])
def test_nothing_is_written_onto_what_was_made_anew(client: Client, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    create(client)
    done: list[str] = []

    def once(name: str) -> None:
        if name == at and not done:
            done.append(name)
            remake(client)

    before_write(monkeypatch, once)
    run(client, only=SHARED_STAGES)
    assert done
    rows = ask(client, "MATCH (n {made: 'anew'}) RETURN keys(n) AS keys, COUNT { (n)--() } AS ties")
    noted = {"knownSince"}  # affinity, which comes last, reads people anew
    assert [({*row["keys"]} - noted, row["ties"]) for row in rows] == [({"id", "made"}, 0)] * 2
    run(client)
    assert ask(client, "MATCH (n {made: 'anew'}) WHERE n.knownSince IS NULL RETURN n") == []


@pytest.mark.long
@pytest.mark.parametrize("at", ["build/remove_vectors", "build/vectors", "build/switch"])
def test_a_builder_that_lost_its_lease_unnoticed_writes_no_vectors_and_switches_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    create(client)
    run(client)
    before = view(client)
    ask(client, "MATCH (p:Post) SET p.fastrpB = [1.0]")  # left by a build that was killed

    def take_over() -> None:
        ask(client, "MATCH (lease:Lease) SET lease.owner = 'other'")

    with monkeypatch.context() as patch:
        before_write(patch, at_write(at, take_over))
        with pytest.raises(Busy, match="Another builder has taken over"):
            run(client)
    assert view(client) == before
    assert in_slot(client, "B") == {"build/remove_vectors": 20, "build/vectors": 0, "build/switch": 34}[at]
    assert ask(client, "MATCH (lease:Lease) RETURN lease.owner AS owner") == [{"owner": "other"}]


def in_slot(client: Client, slot: str) -> int:
    """How many people and posts have vectors in a slot."""
    text = "MATCH (n) WHERE n['factors' + $slot] IS NOT NULL OR n['fastrp' + $slot] IS NOT NULL RETURN count(n) AS n"
    number: int = ask(client, text, slot=slot)[0]["n"]
    return number


@pytest.mark.long
def test_who_unlikes_and_likes_during_a_build_has_new_factors_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client)
    run(client)
    mine = {post for post, likers in liked_by(client).items() if "u0" in likers}
    first, other = sorted(liked_by(client).keys() - mine)[:2]
    act(client, "like", "u0", post=first)  # so that the build has a number to note
    with monkeypatch.context() as patch:

        def act_once(name: str) -> None:
            if name == "build/similar" and not done:
                done.append(name)
                act(client, "unlike", "u0", post=min(mine))
                act(client, "like", "u0", post=other)

        done: list[str] = []
        before_write(patch, act_once)
        run(client)
    assert done
    [me] = ask(client, "MATCH (u:User {id: 'u0'}) RETURN u.factorsLikes AS of, COUNT { (u)-[:LIKED]->() } AS likes")
    assert me["likes"] == len(mine) + 1
    assert me["of"] != me["likes"]
    run(client)
    assert ask(client, "MATCH (u:User {id: 'u0'}) RETURN u.factorsLikes AS of") == [{"of": len(mine) + 1}]


def at_write(name: str, work: Callable[[], None]) -> Callable[[str], None]:
    """Something to be done at each write of this name."""

    def at(written: str) -> None:
        if written == name:
            work()

    return at


def before_write(monkeypatch: pytest.MonkeyPatch, work: Callable[[str], None]) -> None:
    """Have something done before each write of a build."""
    write, transaction = Client.write, Client.transaction

    def written(self: Client, name: str, *rest: Any) -> Any:
        if name.startswith("build/") and name != "build/tell":
            work(name)
        return write(self, name, *rest)

    def transacted(self: Client, name: str, *rest: Any) -> Any:
        work(name)
        return transaction(self, name, *rest)

    monkeypatch.setattr(Client, "write", written)
    monkeypatch.setattr(Client, "transaction", transacted)


# Kills


class Killed(Exception):
    """Instead of the end of the process."""


def view(client: Client) -> dict[str, Any]:
    """What a request reads of a build."""
    return {
        "generation": serving(client).generation,
        "vectors": vectors(client),
        "fastrp": vectors(client, "fastrp"),
        "arcs": arcs(client),
        "new arcs": arcs(client, "SIMILAR_NEW"),
        "tops": tops(client),
        "trends": trends(client),
        "shares": shares(client),
        "feed": {
            (user, item.post): item.parts["fastrp"]
            for user in ("u0", "u1")
            for item in feed(client, Request(user, DEFAULT, as_of=NOW, window_days=ANY_AGE)).items
        },
    }


def check_whole(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    """Vectors are of one generation, in feeds too, and what each node has by itself is as it was or as it will be."""
    generation = before if now["generation"] == before["generation"] else after
    assert (now["vectors"], now["fastrp"]) == (generation["vectors"], generation["fastrp"])
    for kind in ("arcs", "new arcs"):
        for post, each in now[kind].items():
            assert each in (before[kind].get(post), after[kind].get(post))
    for kind in ("trends", "shares"):
        for node, number in now[kind].items():
            assert number in (before[kind].get(node), after[kind].get(node))
    assert now["tops"] <= before["tops"] | after["tops"]
    compared = now["feed"].keys() & generation["feed"].keys()
    assert compared
    assert {post: now["feed"][post] for post in compared} == {post: generation["feed"][post] for post in compared}


@pytest.mark.long
def test_killed_at_any_write_it_leaves_what_serves_whole(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE_ARCS", 100)
    monkeypatch.setattr(store, "PAGE_VECTORS", 10)
    create(client)
    run(client)
    grow(client)
    before = view(client)
    writes = deadly = 0

    def die(name: str) -> None:
        nonlocal writes
        writes += 1
        if writes == deadly:
            raise Killed

    before_write(monkeypatch, die)
    seen: list[dict[str, Any]] = []
    for number in range(1, 200):
        writes, deadly = 0, number
        try:
            run(client)
        except Killed:
            seen.append(view(client))
            if seen[-1]["generation"] != before["generation"]:
                break
        else:
            break
    deadly = 0
    run(client)
    after = view(client)
    assert len(seen) > 10
    for now in seen:
        check_whole(now, before, {**after, "generation": now["generation"]})
    assert arcs(client) == {post: pytest.approx(each, rel=2e-3) for post, each in slow_arcs(client).items()}


def grow(client: Client) -> None:
    for person in range(14):
        like(client, f"u{person}", f"p{(3 * person) % 20}", NOW - DAY)


BUILDER = """
import sys
from graph.background.builder import build
from graph.client import Address, Client
from graph.ranking.profiles import profile
with Client(Address(*sys.argv[1:4])) as client:
    print("at work", flush=True)
    build(client, profile("default"), as_of=int(sys.argv[4]))
    print("done", flush=True)
"""


@pytest.mark.long
@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.5])
def test_a_killed_process_leaves_what_serves_whole(
    client: Client, address: Address, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    create(client)
    run(client)
    grow(client)
    before = view(client)
    given = [sys.executable, "-c", BUILDER, address.uri, address.user, address.password, str(NOW)]
    process = subprocess.Popen(given, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    now = view(client)
    time.sleep(1)  # until Neo4j has noticed, too
    ask(client, "MATCH (lease:Lease) DELETE lease")  # as if a minute had passed
    run(client)
    assert ask(client, "CALL gds.graph.list() YIELD graphName RETURN graphName") == []
    check_whole(now, before, {**view(client), "generation": now["generation"]})


# Between two builds


def mark(client: Client, *posts: str, at: int = 1) -> None:
    ask(client, "UNWIND $posts AS id MATCH (p:Post {id: id}) SET p.changedAt = $at", posts=posts, at=at)


@pytest.mark.long
def test_a_marked_post_is_renewed_as_a_build_would(client: Client) -> None:
    create(client)
    run(client)
    ask(client, "CREATE (:Post {id: 'new', takenAt: $at, likeCount: 0})", at=NOW - DAY)
    for person in (0, 2, 4, 6):
        like(client, f"u{person}", "new", NOW)
    ask(client, "MATCH (u:User {id: 'u1'}) MATCH (p:Post {id: 'new'}) CREATE (u)-[:POSTED]->(p)")
    mark(client, "new")
    assert renew_marked(client) == Renewed(posts=1)
    into = {post: each["new"] for post, each in arcs(client).items() if "new" in each}
    recent = {post: each["new"] for post, each in arcs(client, "SIMILAR_NEW").items() if "new" in each}
    stored = ask(client, "MATCH (p:Post {id: 'new'}) RETURN p.changedAt AS mark, p.listedLikes AS likes")
    assert stored == [{"mark": None, "likes": 4}]
    assert into
    assert into == recent
    assert vectors(client)["Postnew"]
    assert vectors(client, "fastrp")["Postnew"] == vectors(client, "fastrp")["Useru1"]
    run(client)
    assert into == {post: each["new"] for post, each in arcs(client).items() if "new" in each}


@pytest.mark.long
def test_the_mark_of_a_post_whose_likes_are_all_taken_back_goes(client: Client) -> None:
    create(client)
    run(client)
    ask(client, "CREATE (:Post {id: 'alone', takenAt: $at, likeCount: 0})", at=NOW - DAY)
    mark(client, "alone")
    assert renew_marked(client) == Renewed(posts=1)
    assert ask(client, "MATCH (p:Post) WHERE p.changedAt IS NOT NULL RETURN p.id AS id") == []
    mark(client, "alone")
    run(client)
    assert ask(client, "MATCH (p:Post) WHERE p.changedAt IS NOT NULL RETURN p.id AS id") == []


def test_a_mark_that_stays_is_tried_once_at_a_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create(client)
    run(client)
    mark(client, "p0", "p1")
    before_write(monkeypatch, at_write("build/arcs_into", lambda: mark(client, "p0", at=1)))
    assert renew_marked(client) == Renewed(posts=2)


@pytest.mark.long
def test_a_renewal_writes_nothing_onto_what_was_made_anew(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create(client)
    run(client)
    mark(client, "p3")
    found: list[int] = []

    def after(*given: Any) -> Any:
        listed = shortlist(*given)
        found.append(ask(client, "MATCH (p:Post {id: 'p1'})-[s:SIMILAR]->({id: 'p3'}) RETURN count(s) AS n")[0]["n"])
        remake(client)
        return listed

    monkeypatch.setattr(renewal, "shortlist", after)
    assert renew_marked(client) == Renewed(posts=1)
    assert found == [1]  # or nothing would be written in any case
    rows = ask(client, "MATCH (n {made: 'anew'}) RETURN keys(n) AS keys, COUNT { (n)--() } AS ties")
    assert [({*row["keys"]}, row["ties"]) for row in rows] == [({"id", "made"}, 0)] * 2


@pytest.mark.long
def test_a_source_keeps_its_largest_arcs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create(client, people=30, posts=44)
    run(client)
    grow(client)
    for person in range(0, 30, 2):
        like(client, f"u{person}", "p42", NOW)
    mark(client, "p42")
    renew_marked(client)
    assert max(len(each) for each in arcs(client).values()) == 20
    assert any("p42" in each for each in arcs(client).values())


@pytest.mark.long
def test_a_post_that_fails_waits_longer_each_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create(client)
    run(client)
    mark(client, "p0", at=1)
    mark(client, "p1", "p2", at=2)
    node = ask(client, "MATCH (p:Post {id: 'p0'}) RETURN id(p) AS node")[0]["node"]

    def fail(name: str) -> None:
        raise GraphfeedError("It fails.", "Try again.")

    write = Client.write

    def written(self: Client, name: str, params: Any = None) -> Any:
        if name == "build/arcs_into" and params["rows"]["node"] == node:
            fail(name)
        return write(self, name, params)

    monkeypatch.setattr(Client, "write", written)
    assert renew_marked(client) == Renewed(posts=2, failed=1)
    assert renew_marked(client) == Renewed()
    for minutes in (1, 2, 4):
        [row] = ask(client, "MATCH (p:Post) WHERE p.changedAt IS NOT NULL RETURN p.id AS id, p.changedAt AS at")
        assert row["id"] == "p0"
        assert (minutes - 0.9) * 60_000 < row["at"] - clock.now() <= minutes * 60_000
        assert health(client).failing == 1
        mark(client, "p0", at=1)  # the pause is over
        assert renew_marked(client) == Renewed(failed=1)
    monkeypatch.setattr(Client, "write", write)
    mark(client, "p0", at=1)
    assert renew_marked(client) == Renewed(posts=1)
    assert ask(client, "MATCH (p:Post) RETURN max(p.changeFailures) AS failures") == [{"failures": None}]
    assert health(client).failing == 0


@pytest.mark.long
def test_a_post_that_is_marked_meanwhile_stays_marked(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create(client)
    run(client)
    mark(client, "p0")
    before_write(monkeypatch, at_write("build/arcs_into", lambda: mark(client, "p0", at=clock.now() + DAY)))
    renew_marked(client)
    assert ask(client, "MATCH (p:Post) WHERE p.changedAt > 1 RETURN p.id AS id") == [{"id": "p0"}]


def test_a_build_takes_the_marks_of_the_posts_that_it_lists(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create(client)
    run(client)
    mark(client, "p0", "p2")
    before_write(monkeypatch, at_write("build/unmark", lambda: mark(client, "p2", at=2)))
    run(client)
    assert ask(client, "MATCH (p:Post) WHERE p.changedAt IS NOT NULL RETURN p.id AS id") == [{"id": "p2"}]


def test_before_the_first_build_nothing_is_renewed(client: Client) -> None:
    create(client)
    mark(client, "p0")
    assert renew_marked(client) == Renewed()
