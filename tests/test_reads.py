"""What a feed's statements cost the server: plans, memory, and the vector that is folded in before them."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cypher
from graph import schema
from graph.client import PLANNING_MS, Client, Row
from graph.errors import TookTooLong
from graph.ranking.feed import PAGE_DEFAULTS, feed, prepare
from graph.ranking.folding import fold_in
from graph.ranking.person import UNTIMED_MS, read_person
from loaders.generator import generate
from tests.little_network import DAY, DEFAULT, NOW, act, asked, built, changed, lively, ranking
from tests.support import ask, load, small_server

pytestmark = pytest.mark.live
STATEMENTS = ("feed/me", "feed/ranked", "feed/page")


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """The lively network, with all that is built of it."""
    lively().load(client, tmp_path)
    prepare(client, DEFAULT)
    built(client)
    return client


# Plans

LENGTHS = (0, 1, 11, 101)
LISTS: dict[str, dict[str, Any]] = {
    "mine": {"near": {"person": "ana", "score": 0.1}, "factors": 0.1},
    "request": {"months": 202405, "exclude": "ana0"},
    "given": {"items": {"post": "ana0", "source": "similar_posts", "link": "old uma", "via": None}, "exclude": "ana0"},
}
"""The lists of parameters, which stand within maps, each with an entry."""
FACTORS = 64


def of_length(given: Mapping[str, Any], length: int) -> dict[str, Any]:
    """Parameters with so many entries in each list; a vector is there or not."""
    more = {
        outer: {**given[outer], **{name: [entry] * length for name, entry in lists.items() if name in given[outer]}}
        for outer, lists in LISTS.items()
        if outer in given
    }
    if "mine" in more:
        more["mine"] |= {"folds": length > 0, "factors": [0.1] * FACTORS if length else None}
    return {**given, **more}


def parameters(client: Client) -> dict[str, dict[str, Any]]:
    """Those that a feed gives each of its statements."""
    seen: dict[str, dict[str, Any]] = {}
    read = Client.read

    def noted(self: Client, name: str, given: Mapping[str, Any] | None = None, **more: Any) -> list[Row]:
        samples = cypher.load(name).samples
        seen.setdefault(name, {key: value for key, value in (given or {}).items() if key in samples})
        return read(self, name, given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "read", noted)
        feed(client, asked(exclude=("ana0",)))
    return seen


def plans_of(client: Client, ask_all: Callable[[], object]) -> int:
    """How many plans the server makes for what is asked; the server may have questions of its own now and then."""

    def counted() -> int:
        cached(client)
        ask_all()
        return cached(client)

    return min(counted(), counted())


def cached(client: Client) -> int:
    """How many plans the server holds, which it then forgets, and the client with it."""
    client._planned.clear()
    told = re.search(r"of (\d+) queries", ask(client, "CALL db.clearQueryCaches()")[0]["value"])
    return int(told[1]) if told else 0


def run(client: Client, text: str, runs: Iterable[Mapping[str, Any]]) -> None:
    for given in runs:
        client._driver.execute_query(text, dict(given), routing_="r")


def test_lists_of_another_length_are_planned_anew_but_for_those_within_maps(client: Client) -> None:
    """What the next test holds the statements of a feed to, so that it can fail."""
    lists = [["x"] * length for length in LENGTHS]
    alone = "MATCH (user:User) WHERE user.id IN $list RETURN user"
    within = alone.replace("$list", "$map.list")
    assert plans_of(client, lambda: run(client, alone, ({"list": some} for some in lists))) > 1
    assert plans_of(client, lambda: run(client, within, ({"map": {"list": some}} for some in lists))) == 1


@pytest.mark.long
def test_nothing_is_planned_anew_for_lists_of_another_length(ready: Client) -> None:
    given = parameters(ready)
    for outer, lists in LISTS.items():
        assert any(lists.keys() <= maps[outer].keys() for maps in given.values() if outer in maps)
    for maps in given.values():  # a list that stands alone is always empty
        assert all(value == [] for value in maps.values() if isinstance(value, list))

    def ask_all() -> None:
        for name in STATEMENTS:
            run(ready, cypher.load(name).text, [of_length(given[name], length) for length in LENGTHS])

    assert plans_of(ready, ask_all) == len(STATEMENTS)


@pytest.mark.long
def test_feeds_of_anybody_have_the_same_plans(ready: Client) -> None:
    """Of people who liked much or nothing, with a long page or a short one, in a window or none."""
    patient = changed(budget_ms=600_000)
    ways: list[dict[str, Any]] = [{}, {"limit": 50}, {"window_days": 400, "exclude": tuple("abcdefghijklm")}]

    def ask_all() -> None:
        for person in ("me", "jan"):  # a statement is compiled once more when it has run ten times
            for way in ways:
                answer = feed(ready, asked(person, profile=patient, **way))
                assert answer.missing == ()

    ask(
        ready,
        "MATCH (user:User) WHERE NOT EXISTS { (user)-[:AFFINITY]->() } AND user.id = 'jan' "
        "MATCH (other:User {id: 'tom'}) CREATE (user)-[:AFFINITY {score: 0.1}]->(other)",
    )
    assert plans_of(ready, ask_all) == len(STATEMENTS)


@pytest.mark.long
def test_a_feed_is_planned_once_for_all_before_anybody_asks(client: Client) -> None:
    ids = ("1", "42", "somebody10", "somebody of 14", "x" * 100)
    ask(
        client,
        "CREATE (ana:User {id: 'ana'})-[:POSTED]->(:Post {id: 'post', takenAt: $now}) WITH ana "
        "UNWIND $ids AS id CREATE (:User {id: id})-[:FOLLOWS]->(ana)",
        ids=ids,
        now=NOW,
    )
    cached(client)
    prepare(client, DEFAULT)
    plans = cached(client)
    prepare(client, DEFAULT)
    for person in ids:
        assert feed(client, asked(person)).items
    assert cached(client) <= plans + 1  # a question of the server's own


def test_the_first_read_with_an_id_of_another_length_may_take_as_long_as_planning_does(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets = []
    execute = Client._execute

    def noted(self: Client, name: str, given: Any, routing: Any, budget_ms: int) -> Any:
        budgets.append(budget_ms)
        return execute(self, name, given, routing, 60_000)

    monkeypatch.setattr(Client, "_execute", noted)
    monkeypatch.setattr(client, "_planned", {})
    for person in ("1", "22", "4444444", "x" * 11, "x" * 100, "x" * 101, "2", "333"):
        client.read("network/rows", {"me": person, "edges": "all", "limit": 1}, budget_ms=1)
    first = 1 + PLANNING_MS
    assert budgets == [first, first, 1, first, 1, first, 1, 1]


def test_a_read_that_is_late_is_planned_anew_only_if_the_server_was_started_since(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets = []
    execute = Client._execute

    def late(self: Client, name: str, given: Any, routing: Any, budget_ms: int) -> Any:
        if name == "network/rows":
            budgets.append(budget_ms)
            if budget_ms < PLANNING_MS:
                raise TookTooLong("It is late.", "Ask again.")
        return execute(self, name, given, routing, 60_000)

    monkeypatch.setattr(Client, "_execute", late)
    monkeypatch.setattr(client, "_planned", {})
    given = {"me": "me", "edges": "all", "limit": 1}
    client.read("network/rows", given, budget_ms=1)
    with pytest.raises(TookTooLong):
        client.read("network/rows", given, budget_ms=1)
    [plan] = client._planned
    client._planned[plan] = 0  # long before the server was started
    client.read("network/rows", given, budget_ms=1)
    assert budgets == [1 + PLANNING_MS, 1, 1, 1 + PLANNING_MS]
    assert client._planned[plan] > 0


@pytest.mark.long
def test_no_reader_waits_for_new_plans_after_an_import(tmp_path: Path) -> None:
    conf = {"dbms.cypher.min_replan_interval": "1s"}
    with small_server(tmp_path / "home", conf, heap="512m", page_cache="64m") as server, Client(server.up()) as client:
        schema.ensure(client)
        prepare(client, DEFAULT)
        generate(tmp_path / "network", users=100, likes_per_user=20, until=NOW)
        load(client, tmp_path / "network")
        log = server.home / "neo4j" / "logs" / "debug.log"

        def planned_anew() -> int:
            """The number of plans that Neo4j has found to be stale."""
            return log.read_text().count("Discarded stale query")

        time.sleep(1.5)
        before = planned_anew()
        for user in ("1", "2"):
            assert len(feed(client, asked(user, as_of=NOW)).items) == 10
        assert planned_anew() == before
        prepare(client, DEFAULT)
        assert planned_anew() == before + len(
            {"feed/me", "feed/hidden", "feed/looks", "affinity/walk", "feed/ranked", "feed/page"}
        )


# Memory

LIKES = 10_000


@pytest.fixture
def with_many_likes(client: Client) -> Client:
    """Somebody who liked 10,000 posts of 500 authors, of which each leads to 20 others; and follows 200 of them."""
    ask(client, "UNWIND range(0, 499) AS n CREATE (:User {id: 'a' + n})")
    ask(
        client,
        "UNWIND range(0, 11999) AS n MATCH (author:User {id: 'a' + n % 500}) "
        "CREATE (author)-[:POSTED]->(:Post {id: 'p' + n, takenAt: $now - n * 60000, likeCount: n % 100})",
        now=NOW,
    )
    ask(client, "CREATE (me:User {id: 'me'}) WITH me MATCH (a:User) WHERE a.id =~ 'a1?.?.' CREATE (me)-[:FOLLOWS]->(a)")
    ask(
        client,
        "MATCH (me:User {id: 'me'}) UNWIND range(0, $likes - 1) AS n MATCH (post:Post {id: 'p' + n}) "
        "CREATE (me)-[:LIKED {at: $now - n * 1000}]->(post)",
        now=NOW,
        likes=LIKES,
    )
    ask(
        client,
        "UNWIND range(0, 999) AS n MATCH (post:Post {id: 'p' + n}) UNWIND range(1, 20) AS k "
        "MATCH (other:Post {id: 'p' + (n * 7 + k * 599) % 12000}) CREATE (post)-[:SIMILAR {weight: 1.0 / k}]->(other) "
        "CREATE (post)-[:SIMILAR_NEW {weight: 1.0 / k}]->(other)",
    )
    ask(
        client,
        "CREATE (:Build {name: 'current', generation: 1, slot: 'A', builtAt: $now, asOf: $now, windowFrom: 0, "
        "missing: []})",
        now=NOW,
    )
    prepare(client, DEFAULT)
    return client


MEGABYTES = {"feed/me": 2, "feed/ranked": 25, "feed/page": 2}
"""At most, of the server's memory. One list beside a sort that has a limit would take 50 more."""


@pytest.mark.long
def test_a_feed_of_somebody_with_ten_thousand_likes_takes_little_memory(with_many_likes: Client) -> None:
    given = parameters(with_many_likes)
    for name, most in MEGABYTES.items():
        profiled = f"PROFILE {cypher.load(name).text}"
        summary = with_many_likes._driver.execute_query(profiled, given[name], routing_="r").summary
        assert summary.profile is not None
        assert 0 < summary.profile["args"]["GlobalMemory"] < most * 2**20, name
    answer = feed(with_many_likes, asked())
    assert len(answer.items) == DEFAULT.limit
    liked = "MATCH (:User {id: 'me'})-[:LIKED]->(post) WHERE post.id IN $ids RETURN post"
    assert ask(with_many_likes, liked, ids=[item.post for item in answer.items]) == []


# Folding in


def stored(client: Client, person: str) -> tuple[list[float], float]:
    """The factors of a person that the build which serves has made, and their length."""
    text = (
        "MATCH (build:Build), (user:User {id: $id}) "
        "RETURN user['factors' + build.slot] AS factors, user['factorsNorm' + build.slot] AS norm"
    )
    row = ask(client, text, id=person)[0]
    return row["factors"], row["norm"]


def folded_by_hand(client: Client, person: str) -> tuple[np.ndarray[Any, Any], float]:
    """What numpy makes of the posts that they like."""
    text = (
        "MATCH (build:Build), (:User {id: $id})-[like:LIKED]->(post) WITH build, like, post "
        "ORDER BY coalesce(like.at, $untimed) DESC, post.id LIMIT 200 "
        "WITH build, post['factors' + build.slot] AS factors WHERE factors IS NOT NULL "
        "RETURN collect(factors) AS liked, build.postGram AS gram"
    )
    row = ask(client, text, id=person, untimed=UNTIMED_MS)[0]
    found = fold_in(row["liked"], row["gram"])
    assert found is not None
    return found


@pytest.mark.long
def test_who_liked_nothing_since_the_build_has_the_vector_that_it_made(ready: Client) -> None:
    for person in ("me", "jan", "ana"):
        found = read_person(ready, person, NOW, ranking())
        assert found is not None
        assert (found.folds, found.factors, found.factors_norm) == (False, None, None)


@pytest.mark.parametrize("kind", ["like", "unlike"])
def test_who_liked_since_the_build_has_their_likes_folded_in(ready: Client, kind: str) -> None:
    before, _ = stored(ready, "me")
    if kind == "like":
        for post in ("gus0", "gus1", "hal0", "ida0"):
            act(ready, "like", post=post)
    else:
        act(ready, "unlike", post="old uma")
    found = read_person(ready, "me", NOW, ranking())
    assert found is not None
    vector, norm = folded_by_hand(ready, "me")
    assert found.folds
    assert found.factors == pytest.approx(vector.tolist(), abs=1e-6)
    assert found.factors_norm == pytest.approx(norm, rel=1e-6)
    items = {item.post: item for item in feed(ready, asked(limit=60)).items}
    checked = items.keys() & {"gus2", "gus3", "hal1", "ida1", "lea0", "lea1", "max0", "nia0"}
    assert len(checked) > 4
    for post in checked:
        text = "MATCH (build:Build), (post:Post {id: $id}) RETURN post['factors' + build.slot] AS vector"
        factors = ask(ready, text, id=post)[0]["vector"]
        weights = found.weights.never if items[post].parts["never"] else found.weights.known
        expected = weights["factors"] * float(np.dot(vector, factors))
        assert items[post].parts["factors"] == pytest.approx(expected, abs=1e-5)
    built(ready, NOW + DAY)
    again = read_person(ready, "me", NOW + DAY, ranking())
    assert again is not None
    assert not again.folds
    after, _ = stored(ready, "me")
    assert len(before) == len(after) == len(vector)


def test_a_like_since_the_build_turns_the_vector_as_a_build_would(ready: Client) -> None:
    """Vectors of two builds cannot be compared, so it is what they say of posts that must agree.

    They say it of all posts of an author's kind together: 64 numbers for so few likes leave much to where a fit began.
    """
    liked = {"gus0", "gus1", "hal0", "ida0", "ida1"}

    def said(*authors: str) -> float:
        found = {item.post: item.parts["factors"] for item in feed(ready, asked(limit=100)).items}
        return float(np.mean([found[post] for post in found.keys() - liked if post[:3] in authors]))

    def said_of_both() -> tuple[float, float]:
        return said("gus", "hal", "ida"), said("rex", "sue", "ted")

    before, _ = said_of_both()
    for post in sorted(liked):
        act(ready, "like", post=post)
    folded = said_of_both()
    built(ready, NOW)
    for alike, others in (folded, said_of_both()):
        assert alike > max(before, others)


def test_somebody_new_has_a_vector_from_their_first_like(ready: Client) -> None:
    ask(ready, "CREATE (:User {id: 'new'})")
    first = read_person(ready, "new", NOW, ranking())
    assert first is not None
    assert (first.folds, first.factors) == (True, None)
    assert {item.parts["factors"] for item in feed(ready, asked("new")).items} == {0}
    act(ready, "like", "new", post="gus0")
    then = read_person(ready, "new", NOW, ranking())
    assert then is not None
    assert then.folds
    assert then.factors == pytest.approx(folded_by_hand(ready, "new")[0].tolist(), abs=1e-6)
    assert {item.parts["factors"] for item in feed(ready, asked("new")).items} != {0}


def test_who_takes_back_all_likes_has_no_vector_either(ready: Client) -> None:
    assert {item.parts["factors"] for item in feed(ready, asked()).items} != {0}
    for row in ask(ready, "MATCH (:User {id: 'me'})-[:LIKED]->(post) RETURN post.id AS post"):
        act(ready, "unlike", post=row["post"])
    assert {item.parts["factors"] for item in feed(ready, asked()).items} == {0}


def test_who_likes_only_what_has_no_vector_has_none(ready: Client) -> None:
    ask(ready, "MATCH (yan:User {id: 'yan'}) CREATE (:User {id: 'new'}), (yan)-[:POSTED]->(:Post {id: 'newest'})")
    act(ready, "like", "new", post="newest")
    found = read_person(ready, "new", NOW, ranking())
    assert found is not None
    assert (found.folds, found.factors, found.factors_norm) == (True, None, None)
    assert {item.parts["factors"] for item in feed(ready, asked("new")).items} == {0}


SHOWN = ["p1", "p2", "p3"]
"""Posts that do not mention the person."""


def test_reasons_by_hashtags_that_all_posts_with_me_share_take_little_memory(client: Client) -> None:
    """Each of them is a tie to each hashtag, and each tie may be the reason."""
    ask(client, "CREATE (:User {id: 'me'}) WITH 1 AS one UNWIND range(1, 20) AS n CREATE (:Hashtag {name: 't' + n})")
    posts = "UNWIND range(1, 203) AS n CREATE (post:Post {id: 'p' + n, takenAt: 1}) WITH post, n MATCH (tag:Hashtag) "
    ask(client, posts + "CREATE (post)-[:TAGGED]->(tag)")
    ask(client, "MATCH (me:User), (post:Post) WHERE NOT post.id IN $shown CREATE (post)-[:MENTIONS]->(me)", shown=SHOWN)
    items = [{"post": post, "source": "interests", "link": None, "via": None, "newcomer": False} for post in SHOWN]
    given = {**PAGE_DEFAULTS, "me": "me", "items": items, "every": True, "asOf": NOW}
    params = {"given": given, "sensitive": False, "exclude": [], "limit": 3, "start": 0}
    profiled = f"PROFILE {cypher.load('feed/page').text}"
    records, summary, _ = client._driver.execute_query(profiled, params, routing_="r")
    assert [record["reasons"][0]["facts"]["count"] for record in records] == [100, 100, 100]
    assert summary.profile is not None
    assert summary.profile["args"]["GlobalMemory"] < 20 * 2**20
