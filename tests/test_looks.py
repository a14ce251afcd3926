"""How long people look at posts: staying is a weak like, leaving at once a weak hide, against the usual time."""

import math
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from graph.background.arrays import Nodes
from graph.background.dwell import PRIOR_VIEWS, usual_dwells
from graph.client import Client
from graph.events import Event, record
from graph.network import interests
from graph.ranking.feed import feed
from graph.ranking.pool import Pool
from graph.ranking.retrieval import rank
from tests.little_network import DEFAULT, NOW, act, asked, built, changed, ranking, reason_of, sea_and_snow
from tests.support import ask, load, write_csv

ANY_AGE = float("inf")


def test_the_usual_time_of_a_post_is_drawn_to_that_of_all() -> None:
    posts = Nodes(np.array([3, 5, 9]), ["a", "b", "c"])
    rows = [
        {"node": 3, "views": 1, "logs": math.log(100)},
        {"node": 5, "views": 1000, "logs": 1000 * math.log(9000)},
        {"node": 7, "views": 5, "logs": 5.0},  # which the build does not know
    ]
    usual, of_each = usual_dwells(rows, posts)
    assert usual is not None
    assert usual == pytest.approx(math.exp((math.log(100) + 1000 * math.log(9000)) / 1001))
    assert of_each[0] == pytest.approx(math.exp((math.log(100) + PRIOR_VIEWS * math.log(usual)) / (1 + PRIOR_VIEWS)))
    assert of_each[1] == pytest.approx(9000, rel=1e-3)
    assert math.isnan(of_each[2])
    assert usual_dwells([], posts)[0] is None


pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """Fans like and look at posts of ana, of the sea, and of ben, of snow, for 4 s; at cem's post for 400 ms."""
    network = sea_and_snow()
    network.post("cem", "short", days_ago=2, hashtags=["fun"])
    network.person("me")
    network.load(client, tmp_path)
    views = [
        {"user": f"{fan}{number}", "post": post, "at": "2024-05-20", "dwell_ms": 400 if post == "short" else 4000}
        for fan in ("ana", "ben")
        for number in range(5)
        for post in (f"old {fan}", f"{fan}1", f"{fan}2", "short")
    ]
    load(client, write_csv(tmp_path / "views", views=views))
    built(client)
    return client


def look(client: Client, post: str, dwell_ms: int | None, user: str = "me", at: int = NOW) -> None:
    [outcome] = record(client, [Event(uuid4().hex, "view", user, at, post=post, dwell_ms=dwell_ms)])
    assert outcome.status == "done"


def pool(client: Client) -> Pool:
    found = rank(client, asked().for_pool(), ranking(), ranking().page)
    assert found is not None
    return found


def features(client: Client, post: str) -> dict[str, float]:
    return dict(next(place.features for place in pool(client).places if place.post == post))


def test_who_stays_and_never_likes_gets_what_they_look_at(ready: Client) -> None:
    before = features(ready, "ana1")
    look(ready, "old ana", 9000)
    found = next(place for place in pool(ready).places if place.post == "ana1")
    assert {"similar_posts", "liked_authors", "interests"} <= {*found.sources}
    for name in ("lists", "factors", "rate", "tag"):
        assert found.features[name] > before[name], name
    assert (before["never"], found.features["never"]) == (1, 0)
    said = {
        source: {item.post: reason_of(item) for item in feed(ready, asked(source=source, window_days=ANY_AGE)).items}
        for source in ("similar_posts", "liked_authors", "interests")
    }
    assert said["similar_posts"]["ana1"].startswith("Because you looked long at Ana's photo of 22 February; ")
    assert said["liked_authors"]["ana1"] == "You looked long at 1 post of Ana."
    assert said["interests"]["ana1"] == "You looked long at a post with #sea."
    [sea] = interests(ready, "me", DEFAULT, as_of=NOW)
    assert (sea["hashtag"], sea["liked"], sea["looked"], sea["examples"]) == ("sea", 0, 1, ["old ana"])


def test_the_longest_look_counts_once(ready: Client) -> None:
    look(ready, "old ana", 9000)
    once = pool(ready).places
    for minute, dwell in enumerate((50, 9500, None), 1):
        look(ready, "old ana", dwell, at=NOW - minute * 60_000)
    assert pool(ready).places == once


def test_many_looks_are_few_likes(ready: Client) -> None:
    ask(
        ready,
        "MATCH (me:User {id: 'me'}) UNWIND range(1, 30) AS n "
        "CREATE (me)-[:VIEWED {at: $now - n, dwellMs: 9000}]->(:Post {id: 'seen' + n})",
        now=NOW,
    )
    person = pool(ready).person
    assert (person.likes, len(person.stayed), person.folds) == (9, 30, True)


@pytest.mark.parametrize("dwell", [None, 2000, 0])
def test_a_look_of_no_known_or_no_telling_time_is_no_like(ready: Client, dwell: int | None) -> None:
    before = features(ready, "ana1")
    look(ready, "old ana", dwell)
    after = features(ready, "ana1")
    assert {**after, "feedback": 0} == {**before, "feedback": 0}
    assert (after["feedback"] < 0) == (dwell == 0)


def test_who_leaves_at_once_sees_less_of_the_author_and_the_hashtag(ready: Client) -> None:
    look(ready, "old ben", 200)
    assert features(ready, "ben1")["feedback"] == pytest.approx(-math.log(1 + 2 * 0.3))
    assert features(ready, "ana1")["feedback"] == 0
    look(ready, "old ben", 9000, at=NOW - 1)  # they came back
    assert features(ready, "ben1")["feedback"] == 0


def test_of_a_short_post_a_short_look_is_usual(ready: Client) -> None:
    before = features(ready, "ana1")
    look(ready, "short", 700)  # a fifth of what is usual of all, but as much as others look at it
    assert features(ready, "ana1") == before
    assert not pool(ready).person.left


def test_of_a_short_post_that_very_many_viewed_the_usual_time_is_its_own(ready: Client) -> None:
    assert ask(ready, "MATCH (post:Post {id: 'short'}) RETURN post.dwell < 1500 AS short") == [{"short": True}]
    look(ready, "short", 9000)
    assert [stay["post"] for stay in pool(ready).person.stayed] == ["short"]


def test_an_act_says_more_than_a_look(ready: Client) -> None:
    for post, kind in (("old ana", "like"), ("ana2", "save"), ("ben2", "hide")):
        look(ready, post, 9000 if kind == "hide" else 100)
        act(ready, kind, post=post)
    person = pool(ready).person
    assert (person.stayed, person.left) == ([], [])


def test_a_look_at_my_own_post_is_no_like(ready: Client) -> None:
    ask(ready, "MATCH (me:User {id: 'me'}), (post:Post {id: 'old ana'}) CREATE (me)-[:POSTED]->(post)")
    look(ready, "old ana", 9000)
    assert pool(ready).person.stayed == []


def test_the_reason_follows_the_share_of_the_usual_time(ready: Client) -> None:
    half, none = changed(feedback={"stay_share": 0.5}), changed(feedback={"stay": 0.0})
    look(ready, "old ana", 2500)
    for profile, told in ((half, True), (DEFAULT, False), (none, False)):
        shown = feed(ready, asked(profile=profile, source="similar_posts", window_days=ANY_AGE))
        assert any("looked long" in reason_of(item) for item in shown.items) is told, profile.name


def test_who_viewed_very_much_is_told_of_the_look_too(ready: Client) -> None:
    look(ready, "old ana", 9000)
    ask(
        ready,
        "MATCH (me:User {id: 'me'}) CREATE (other:Post {id: 'other'}) "
        "WITH me, other UNWIND range(1, 10001) AS n CREATE (me)-[:VIEWED {at: n}]->(other)",
    )
    ask(ready, "MATCH (:User {id: 'me'})-[look:VIEWED]->(post:Post {id: 'old ana'}) DELETE look")
    look(ready, "old ana", 9000)  # which the store gives first again
    [said] = [
        reason_of(item) for item in feed(ready, asked(source="similar_posts", limit=1, window_days=ANY_AGE)).items
    ]
    assert said.startswith("Because you looked long at Ana's photo")


def test_it_is_not_learned_from_what_i_unlearn_or_did_before_a_reset(ready: Client) -> None:
    before = pool(ready)
    look(ready, "old ana", 9000)
    look(ready, "old ben", 100)
    act(ready, "unlearn", post="old ana")
    act(ready, "unlearn", post="old ben")
    person = pool(ready).person
    assert (person.likes, person.stayed, person.left) == (before.person.likes, [], [])
    act(ready, "learn", post="old ana")
    assert [stay["post"] for stay in pool(ready).person.stayed] == ["old ana"]
    act(ready, "reset")
    assert pool(ready).person.stayed == []


def test_a_profile_may_count_none_of_it(ready: Client) -> None:
    nothing = changed(feedback={"stay": 0.0, "leave": 0.0})
    assert nothing.ranking is not None
    look(ready, "old ana", 9000)
    look(ready, "old ben", 100)
    found = rank(ready, asked(profile=nothing).for_pool(), nothing.ranking, nothing.ranking.page)
    assert found is not None
    assert (found.person.stayed, found.person.left, found.person.likes) == ([], [], 0)


@pytest.mark.parametrize("value", ["long", -5, 0, [1], True])
def test_a_usual_time_written_by_hand_does_no_harm(ready: Client, value: object) -> None:
    ask(ready, "MATCH (post:Post {id: 'old ana'}) SET post.dwell = $value", value=value)
    ask(ready, "MATCH (:User {id: 'me'}), (post:Post {id: 'old ben'}) SET post.dwell = $value", value=value)
    look(ready, "old ana", 9000)
    assert feed(ready, asked()).items
    assert [(row["hashtag"], row["looked"]) for row in interests(ready, "me", DEFAULT, as_of=NOW)] == [("sea", 1)]
