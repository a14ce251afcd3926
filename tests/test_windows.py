"""Windows and clocks: feeds of old data, of a time before and after a build, and of networks without times."""

import math
from pathlib import Path
from typing import Any

import pytest

from graph.client import Client
from graph.ranking.feed import ANY_AGE, Feed, feed, prepare
from graph.ranking.profiles import FEATURES
from tests.little_network import (
    DAY,
    DEFAULT,
    LIVELY,
    NOW,
    SOURCES,
    Network,
    act,
    asked,
    built,
    changed,
    lively,
    posts_of,
    ranking,
    reason_of,
)
from tests.support import ask, calls_of

pytestmark = pytest.mark.live
YEAR = 365 * DAY
ALL = 200
"""As a limit: every post that there is."""
WIDE = changed(page={"pool": 1000, "best": 1000})
TIED = {*LIVELY} - {"trending", "popular"}


@pytest.fixture
def unbuilt(client: Client, tmp_path: Path) -> Client:
    """The lively network, of which nothing is built."""
    lively().load(client, tmp_path)
    prepare(client, DEFAULT)
    return client


def seen(client: Client, **details: Any) -> Feed:
    """Every post that may be shown to me."""
    return feed(client, asked(**{"profile": WIDE, "limit": ALL, **details}))


def brought(client: Client, **details: Any) -> dict[str, set[str]]:
    """What each source brings me."""
    return {source: {*posts_of(seen(client, source=source, **details))} for source in SOURCES}


def test_old_data_has_the_feed_of_its_time_with_a_window(unbuilt: Client) -> None:
    """As when a network's last post is years old, and it is built today."""
    built(unbuilt, as_of=NOW + 5 * YEAR)
    answer = seen(unbuilt)
    assert answer.missing == ("built_later",)
    found = brought(unbuilt)
    assert all(found[source] for source in TIED)
    assert all(post.startswith(("lea", "max", "nia")) for post in found["similar_posts"])
    old = [item for item in answer.items if item.taken_at is None or item.taken_at <= NOW - 30 * DAY]
    assert old == []
    assert seen(unbuilt, as_of=NOW + 5 * YEAR).items == []
    assert "The newest post is from 2024-05-31" in str(seen(unbuilt, as_of=NOW + 5 * YEAR).why_empty)
    every = seen(unbuilt, as_of=NOW + 5 * YEAR, window_days=ANY_AGE)
    assert every.missing == ()
    assert {*posts_of(every)} > {"lea0", "ana0", "xia0"}


def test_a_feed_of_before_at_and_after_the_build(unbuilt: Client) -> None:
    built(unbuilt)
    assert seen(unbuilt, as_of=NOW - 1).missing == ("built_later",)
    assert seen(unbuilt).missing == ()
    assert seen(unbuilt, as_of=NOW + DAY).missing == ()
    for days in (-2, 0, 10):
        answer = seen(unbuilt, as_of=NOW + days * DAY)
        there = ask(
            unbuilt,
            "MATCH (post:Post) WHERE $since < post.takenAt <= $now "
            "AND NOT EXISTS { (:User {id: 'me'})-[:LIKED]->(post) } RETURN collect(post.id) AS posts",
            since=NOW + (days - 30) * DAY,
            now=NOW + days * DAY,
        )[0]["posts"]
        assert {*posts_of(answer)} == {*there}
        assert all(brought(unbuilt, as_of=NOW + days * DAY)[source] for source in TIED), days


def test_before_the_first_build_it_is_told(unbuilt: Client) -> None:
    for as_of in (NOW - DAY, NOW, NOW + DAY):
        assert seen(unbuilt, as_of=as_of).missing == ("build",)
    assert seen(unbuilt, window_days=ANY_AGE).missing == ("build",)


def test_what_is_later_than_the_clock_has_no_influence(unbuilt: Client) -> None:
    """Posts, likes, follows, picks and views of after the clock, after a build that knows them."""
    built(unbuilt)
    clock = NOW + DAY
    before = {way: seen(unbuilt, as_of=clock, **details) for way, details in WAYS.items()}
    ask(unbuilt, LATER, at=clock + 1)
    for way, details in WAYS.items():
        assert seen(unbuilt, as_of=clock, **details) == before[way]
    ask(unbuilt, MY_LATER_LIKES, at=clock + 1)
    for way, details in WAYS.items():
        assert but_for_factors(seen(unbuilt, as_of=clock, **details)) == but_for_factors(before[way])
    assert brought(unbuilt, as_of=clock + DAY)["followees"] >= {"xia0", "ana0", "later"}
    ask(unbuilt, "MATCH (:User {id: 'me'})-[near:AFFINITY]->() DELETE near")
    by_a_walk = seen(unbuilt, as_of=clock, source="friends_of_friends")
    assert by_a_walk.missing == ("affinity",)
    assert {item.author for item in by_a_walk.items} == {"dan", "eva", "fay"}
    after = seen(unbuilt, as_of=clock + DAY, source="friends_of_friends")
    assert {item.author for item in after.items} == {"dan", "eva", "fay", "quo"}


def test_posts_of_after_the_clock_take_no_places(unbuilt: Client) -> None:
    built(unbuilt)
    before = brought(unbuilt, window_days=ANY_AGE)
    ask(
        unbuilt,
        "MATCH (author:User) WHERE EXISTS { (author)-[:POSTED]->() } UNWIND range(1, 25) AS number "
        "CREATE (author)-[:POSTED]->(:Post {id: author.id + ' later ' + number, takenAt: $at, likeCount: 1000})",
        at=NOW + DAY,
    )
    assert brought(unbuilt, window_days=ANY_AGE) == before


def but_for_factors(answer: Feed) -> dict[str, tuple[str, dict[str, float]]]:
    """Of each post its reason and parts, but for the factors: those of other likes than now are folded in anew. By what
    is expected of new posts, which is made of factors, other ones may come as new.
    """
    return {
        item.post: (
            reason_of(item).replace("; hardly anybody liked this one yet", ""),
            {name: part for name, part in item.parts.items() if name not in ("factors", "content")},
        )
        for item in answer.items
    }


WAYS: dict[str, dict[str, Any]] = {
    "in a window": {},
    "of any age": {"window_days": ANY_AGE},
    **{source: {"source": source} for source in SOURCES},
}
LATER = """
MATCH (me:User {id: 'me'}), (ana:User {id: 'ana'}), (xia:User {id: 'xia'}), (quo:User {id: 'quo'}),
  (yan1:Post {id: 'yan1'}), (rex0:Post {id: 'rex0'}), (ben:User {id: 'ben'})
CREATE (new:User {id: 'newcomer'})-[:POSTED]->(later:Post {id: 'later', takenAt: $at, likeCount: 1000}),
  (me)-[:FOLLOWS {since: $at}]->(xia), (me)-[:FOLLOWS {since: $at}]->(new), (xia)-[:FOLLOWS {since: $at}]->(quo),
  (me)-[:VIEWED {at: $at}]->(rex0),
  (ana)-[:LIKED {at: $at}]->(yan1), (ben)-[:LIKED {at: $at}]->(yan1),
  (yan1)-[:TAGGED]->(fog:Hashtag {name: 'fog', display: 'Fog', share: 0.1}), (me)-[:INTERESTED_IN {at: $at}]->(fog)
"""
MY_LATER_LIKES = """
MATCH (me:User {id: 'me'}), (yan0:Post {id: 'yan0'}), (lea0:Post {id: 'lea0'})
CREATE (me)-[:LIKED {at: $at}]->(yan0), (me)-[:LIKED {at: $at}]->(lea0),
  (:Post {id: 'liked later'})<-[:LIKED {at: $at}]-(me)
"""


def test_the_likes_of_a_post_that_are_told_are_those_of_now(unbuilt: Client) -> None:
    """Popularity is a counter, which knows no time: it is the one thing that a clock does not cut."""
    before = {item.post: item.parts for item in seen(unbuilt, as_of=NOW - 1).items}
    act(unbuilt, "like", "tom", post="lea0", at=NOW)
    after = {item.post: item.parts for item in seen(unbuilt, as_of=NOW - 1).items}
    assert {name for name in FEATURES if after["lea0"][name] != before["lea0"][name]} <= {"pop"}


def test_a_network_without_times_of_likes(client: Client, tmp_path: Path) -> None:
    network = lively()
    for rows in network._rows.values():
        for row in rows:
            row.pop("at", None)
    network.load(client, tmp_path)
    prepare(client, DEFAULT)
    assert built(client).missing == ("trend",)
    for as_of in (NOW - DAY, NOW, NOW + DAY):
        answer = seen(client, as_of=as_of)
        assert answer.missing == (("trend", "built_later") if as_of < NOW else ("trend",))
        found = brought(client, as_of=as_of)
        assert all(found[source] for source in TIED)
        assert found["trending"] == set()
        trend = {item.parts["trend"] for item in answer.items}
        assert len(trend) == 1  # of nothing but what is added to it
    assert seen(client).items[0].reason.text


def test_a_post_without_a_time_is_in_windows_of_any_age_alone(client: Client, tmp_path: Path) -> None:
    network = lively()
    for author in ("ana", "uma", "lea", "gus", "ola", "dan", "xia"):
        network.post(author, f"{author} timeless", days_ago=None, hashtags=["sun"], like_count=50)
    for peer in ("jan", "kim", "lou"):
        network.like(peer, "lea timeless")
    for fan in ("ana", "ben"):
        network.like(fan, "gus timeless")
    network.load(client, tmp_path)
    prepare(client, DEFAULT)
    for build in (False, True):
        if build:
            built(client)
        for days in (1, 30, 100_000):
            assert not any("timeless" in post for post in posts_of(seen(client, window_days=days)))
        found = {post for post in posts_of(seen(client, window_days=ANY_AGE)) if "timeless" in post}
        assert found == {f"{author} timeless" for author in ("ana", "uma", "lea", "gus", "ola", "dan", "xia")}
        timeless = [item for item in seen(client, window_days=ANY_AGE).items if item.taken_at is None]
        assert {item.parts["recency"] for item in timeless} == {0}


def test_a_post_moved_to_the_future_is_in_no_feed_before_its_time(unbuilt: Client, tmp_path: Path) -> None:
    """It was built when it was of the past: it is in lists, tops, and what rises."""
    built(unbuilt)
    moved = {"ana0", "gus0", "lea0", "ola0", "dan0", "uma0", "rex0", "xia0"}
    there = {*posts_of(seen(unbuilt))}
    assert there >= moved
    network = Network()
    for post in moved:
        network.post(post[:3], post, days_ago=-5)
    network.load(unbuilt, tmp_path / "moved")
    for details in WAYS.values():
        for as_of in (NOW, NOW + 5 * DAY - 1):
            assert not moved & {*posts_of(seen(unbuilt, as_of=as_of, **details))}
    assert {*posts_of(seen(unbuilt, as_of=NOW + 5 * DAY))} >= moved
    built(unbuilt, as_of=NOW + DAY)
    for details in WAYS.values():
        assert not moved & {*posts_of(seen(unbuilt, as_of=NOW + DAY, **details))}


def test_a_window_reads_the_tops_of_its_months(client: Client, tmp_path: Path) -> None:
    """The most liked of a window are not among the most liked of all time, which are older."""
    network = Network()
    for number in range(300):
        network.post(f"old{number}", f"old{number}", days_ago=300 + number / 10, hashtags=["sun"], like_count=1000)
    for number in range(15):
        network.post(f"new{number}", f"new{number}", days_ago=1 + number, hashtags=["sun"], like_count=10 + number)
    network.pick("me", "sun")
    network.load(client, tmp_path)
    prepare(client, DEFAULT)
    built(client)
    assert {*posts_of(seen(client, source="popular"))} == {f"new{number}" for number in range(15)}
    few = changed(page={"pool": 10})  # the most liked of the window, not those of the highest scores
    popular = posts_of(feed(client, asked(source="popular", profile=few)))
    assert len(popular) == 10
    assert {*popular} == {f"new{number}" for number in range(5, 15)}
    assert {post[:3] for post in posts_of(feed(client, asked(source="interests")))} == {"new"}
    ages = {item.taken_at for item in feed(client, asked(source="popular", window_days=ANY_AGE)).items}
    assert max(age for age in ages if age is not None) < NOW - 299 * DAY


def test_a_window_reads_arcs_to_what_is_new_and_any_age_reads_the_largest(client: Client, tmp_path: Path) -> None:
    """Twenty arcs lead to old posts, and would leave nothing of a window."""
    network = Network()
    network.post("uma", "seed", days_ago=400)
    old, new = [f"old{number}" for number in range(25)], [f"new{number}" for number in range(5)]
    for post in old:
        network.post(f"by {post}", post, days_ago=300)
    for post in new:
        network.post(f"by {post}", post, days_ago=3)
    for fan in range(12):
        network.like(f"fan{fan}", "seed", *old, *(new if fan < 3 else []))
    network.like("me", "seed")
    network.load(client, tmp_path)
    prepare(client, DEFAULT)
    built(client)
    assert {*posts_of(seen(client, source="similar_posts"))} == {*new}
    assert len(posts_of(seen(client, source="similar_posts", window_days=ANY_AGE))) == 20
    assert {*posts_of(seen(client, source="similar_posts", window_days=ANY_AGE))} <= {*old}
    wider = seen(client, source="similar_posts", window_days=350)  # wider than what SIMILAR_NEW leads to
    assert {*posts_of(wider)} <= {*old}


def test_the_trend_fades_from_the_build_to_the_clock(unbuilt: Client) -> None:
    built(unbuilt)
    smoothing, half_life = ranking().smoothing.trend, ranking().trend_half_life_days
    trend = ask(unbuilt, "MATCH (post:Post {id: 'rex0'}) RETURN post.trend AS trend")[0]["trend"]
    assert trend == pytest.approx(2 * 0.5 ** (0.1 / half_life))
    for days in (0, 9, 25):
        parts = {item.post: item.parts for item in seen(unbuilt, as_of=NOW + days * DAY).items}
        expected = math.log(smoothing + trend * 0.5 ** (days / half_life))
        assert parts["rex0"]["trend"] == pytest.approx(ranking().weights.trend * expected)


def test_a_feed_of_any_age_needs_no_more_calls(unbuilt: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    built(unbuilt)
    calls = calls_of(monkeypatch)
    feed(unbuilt, asked(window_days=ANY_AGE))
    feed(unbuilt, asked(window_days=3000))
    assert calls == ["feed/me", "feed/ranked", "feed/page"] * 2
