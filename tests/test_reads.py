"""What a feed's statements cost the server: plans, memory, and the vector that is folded in before them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cypher
from graph.client import Client, Row
from graph.ranking.feed import feed, prepare, replay
from graph.ranking.folding import fold_in
from graph.ranking.person import UNTIMED, read_person
from tests.little_network import DAY, DEFAULT, NOW, act, asked, built, lively, ranking
from tests.support import ask

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


def plans_of(client: Client, name: str, runs: Sequence[Mapping[str, Any]]) -> int:
    """How many plans the server makes for a statement that it is asked with these parameters."""
    ask(client, "CALL db.clearQueryCaches()")
    for given in runs:
        client._driver.execute_query(cypher.load(name).text, dict(given), routing_="r")
    told = ask(client, "CALL db.clearQueryCaches()")[0]["value"]
    return int(re.search(r"of (\d+) queries", told)[1])  # type: ignore[index]


@pytest.mark.parametrize("name", STATEMENTS)
def test_nothing_is_planned_anew_for_lists_of_another_length(ready: Client, name: str) -> None:
    given = parameters(ready)[name]
    same = plans_of(ready, name, [of_length(given, 1)] * len(LENGTHS))
    assert plans_of(ready, name, [of_length(given, length) for length in LENGTHS]) == same
    for outer, lists in LISTS.items():
        for inner in lists if outer in given else ():
            assert inner in given[outer] or (outer, inner) == ("given", "exclude")
    alone = [value for value in given.values() if isinstance(value, list)]
    assert all(value == [] for value in alone)  # their length is always the same


def test_a_list_that_stands_alone_would_be_planned_anew(ready: Client) -> None:
    """So that the test above can fail."""
    given = parameters(ready)["feed/page"]
    same = plans_of(ready, "feed/page", [given] * len(LENGTHS))
    others = [{**given, "exclude": ["ana0"] * length} for length in LENGTHS]
    assert plans_of(ready, "feed/page", others) > same


@pytest.mark.parametrize("name", STATEMENTS)
def test_feeds_and_replays_of_anybody_have_one_plan(ready: Client, name: str) -> None:
    """Of people who liked much or nothing, with a long page or a short one, in a window or none."""
    ways: list[dict[str, Any]] = [{}, {"limit": 50}, {"window_days": 400}, {"exclude": tuple("abcdefghijklm")}]
    people = ("me", "jan", "xia", "ana")
    seen: list[dict[str, Any]] = []
    read = Client.read

    def noted(self: Client, asked_for: str, given: Mapping[str, Any] | None = None, **more: Any) -> list[Row]:
        if asked_for == name:
            samples = cypher.load(name).samples
            seen.append({key: value for key, value in (given or {}).items() if key in samples})
        return read(self, asked_for, given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "read", noted)
        for person in people:
            for way in ways:
                answer = feed(ready, asked(person, **way), record=True)
                if answer.slate:
                    replay(ready, person, answer.slate)
    assert len(seen) >= len(people) * len(ways)
    shapes = {str(sorted((key, type(value).__name__) for key, value in given.items())) for given in seen}
    assert plans_of(ready, name, seen) <= len(shapes) * plans_of(ready, name, seen[:1] * len(seen))


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
        "CREATE (:Build {name: 'current', generation: 1, slot: 'A', builtAt: $now, asOf: $now, windowFrom: 0, missing: []})",
        now=NOW,
    )
    prepare(client, DEFAULT)
    return client


MEGABYTES = {"feed/me": 6, "feed/ranked": 20, "feed/page": 6}
"""At most, of the server's memory. One list beside a sort that has a limit would take 50 more."""


def test_a_feed_of_somebody_with_ten_thousand_likes_takes_little_memory(with_many_likes: Client) -> None:
    given = parameters(with_many_likes)
    for name, most in MEGABYTES.items():
        profiled = f"PROFILE {cypher.load(name).text}"
        summary = with_many_likes._driver.execute_query(profiled, given[name], routing_="r").summary
        assert summary.profile is not None
        print(name, summary.profile["args"]["GlobalMemory"] / 2**20)
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
    row = ask(client, text, id=person, untimed=UNTIMED)[0]
    found = fold_in(row["liked"], row["gram"])
    assert found is not None
    return found


def cosine(a: Any, b: Any) -> float:
    a, b = np.asarray(a, float), np.asarray(b, float)
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


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
    told = {item.post: item.parts["factors"] for item in feed(ready, asked(limit=60)).items}
    known = found.weights.known["factors"]
    for post in ("ana1", "gus2", "lea2"):
        factors = ask(ready, "MATCH (b:Build), (p:Post {id: $id}) RETURN p['factors' + b.slot] AS vector", id=post)[0][
            "vector"
        ]
        if post in told and factors is not None:
            weight = known if post == "gus2" else found.weights.never["factors"]
            assert told[post] == pytest.approx(weight * float(np.dot(vector, factors)), abs=1e-5)
    built(ready, NOW + DAY)
    again = read_person(ready, "me", NOW + DAY, ranking())
    assert again is not None
    assert not again.folds
    after, _ = stored(ready, "me")
    assert len(before) == len(after) == len(vector)


def test_a_like_since_the_build_turns_the_vector_as_a_build_would(ready: Client) -> None:
    """Vectors of two builds cannot be compared, so it is what they say of posts that must agree."""
    posts = ("gus2", "hal1", "ida2", "lea0", "max1", "rex0", "sue1")

    def said() -> dict[str, float]:
        found = {item.post: item.parts["factors"] for item in feed(ready, asked(limit=100)).items}
        return {post: found[post] for post in posts if post in found}

    before = said()
    for post in ("gus0", "gus1", "hal0", "ida0", "ida1"):
        act(ready, "like", post=post)
    folded = said()
    built(ready, NOW)
    made = said()
    for post in folded.keys() & made.keys() & {"gus2", "hal1", "ida2"}:
        assert folded[post] > before.get(post, 0.0)
        assert made[post] > before.get(post, 0.0)
    shared = sorted(folded.keys() & made.keys())
    assert cosine([folded[post] for post in shared], [made[post] for post in shared]) > 0.9


def test_somebody_new_has_a_vector_from_their_first_like(ready: Client) -> None:
    ask(ready, "CREATE (:User {id: 'new'})")
    first = read_person(ready, "new", NOW, ranking())
    assert first is not None
    assert (first.folds, first.factors) == (False, None)
    assert {item.parts["factors"] for item in feed(ready, asked("new")).items} == {0}
    act(ready, "like", "new", post="gus0")
    then = read_person(ready, "new", NOW, ranking())
    assert then is not None
    assert then.folds
    assert then.factors == pytest.approx(folded_by_hand(ready, "new")[0].tolist(), abs=1e-6)
    assert {item.parts["factors"] for item in feed(ready, asked("new")).items} != {0}


def test_who_likes_only_what_has_no_vector_has_none(ready: Client) -> None:
    ask(ready, "MATCH (yan:User {id: 'yan'}) CREATE (:User {id: 'new'}), (yan)-[:POSTED]->(:Post {id: 'newest'})")
    act(ready, "like", "new", post="newest")
    found = read_person(ready, "new", NOW, ranking())
    assert found is not None
    assert (found.folds, found.factors, found.factors_norm) == (True, None, None)
    assert {item.parts["factors"] for item in feed(ready, asked("new")).items} == {0}
