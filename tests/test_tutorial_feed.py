"""The tutorial's feed: its draw, its filters, its reasons, and what it says when it is empty."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph import clock
from graph.client import Client
from graph.errors import NotFound, SettingsError
from graph.network import interests, network
from graph.ranking.feed import Request, feed
from graph.ranking.profiles import profile
from tests.support import ask, calls_of, load, write_csv

pytestmark = pytest.mark.live
NOW = clock.parse("2024-06-01")


def asked(user: str, **details: Any) -> Request:
    """A request with the tutorial's profile."""
    return Request(user, profile("tutorial"), **details)


def people(*ids: str) -> list[dict[str, str]]:
    return [{"id": id, "username": id} for id in ids]


@pytest.fixture
def small(client: Client, tmp_path: Path) -> Client:
    """me follows ana and cem, who follow ben; me liked two of ben's old posts, one of them #sunset."""
    write_csv(
        tmp_path,
        users=people("me", "ana", "ben", "cem", "dan"),
        follows=[
            {"follower": "me", "followee": "ana"},
            {"follower": "me", "followee": "cem"},
            {"follower": "ana", "followee": "ben"},
            {"follower": "cem", "followee": "ben"},
        ],
        posts=[
            {"id": "a1", "author": "ana", "taken_at": "2024-05-31", "like_count": "9"},
            {"id": "b1", "author": "ben", "taken_at": "2024-05-30", "like_count": "4"},
            {"id": "old1", "author": "ben", "taken_at": "2023-01-01", "like_count": "5"},
            {"id": "old2", "author": "ben", "taken_at": "2023-01-02", "like_count": "5"},
            {"id": "sun", "author": "dan", "taken_at": "2022-01-01", "like_count": "50"},
        ],
        likes=[{"user": "me", "post": "old1"}, {"user": "me", "post": "old2"}],
        tags=[{"post": "old1", "hashtag": "#Sunset"}, {"post": "sun", "hashtag": "sunset"}],
    )
    assert load(client, tmp_path).rejects is None
    return client


def shown(client: Client, **details: Any) -> dict[str, str]:
    """Posts of my whole mix, each with its reason."""
    return {item.post: item.reason.text for item in feed(client, asked("me", as_of=NOW, limit=30, **details)).items}


def test_each_source_says_why_in_a_sentence(small: Client) -> None:
    assert shown(small) == {
        "a1": "You follow ana.",
        "b1": "ana and 1 other, whom you follow, follow ben, and you liked 2 posts of theirs.",
        "sun": "You liked 1 post with #Sunset; this is its most popular image.",
    }


def test_each_reason_is_a_path_of_the_graph(small: Client) -> None:
    for item in feed(small, asked("me", as_of=NOW, limit=30)).items:
        path = item.reason.path
        assert (path[0]["id"], path[0]["type"]) == ("me", None)
        assert path[-1]["id"] == item.post
        for before, after in pairwise(path):
            assert are_related(small, before, after)


def are_related(client: Client, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> bool:
    rows = ask(
        client,
        "MATCH (a)-[r]-(b) WHERE coalesce(a.id, a.name) = $a AND coalesce(b.id, b.name) = $b AND type(r) = $type "
        "AND $la IN labels(a) AND $lb IN labels(b) RETURN r",
        a=before["id"],
        b=after["id"],
        la=before["label"],
        lb=after["label"],
        type=after["type"],
    )
    return bool(rows)


@pytest.mark.parametrize(
    ("act", "gone"),
    [
        ("MATCH (me:User {id: 'me'}), (x:User {id: 'ana'}) CREATE (me)-[:MUTED]->(x)", {"a1"}),
        ("MATCH (me:User {id: 'me'}), (x:User {id: 'ben'}) CREATE (me)-[:BLOCKED]->(x)", {"b1"}),
        ("MATCH (me:User {id: 'me'}), (x:User {id: 'ben'}) CREATE (x)-[:BLOCKED]->(me)", {"b1"}),
        ("MATCH (me:User {id: 'me'}), (x:Hashtag {name: 'sunset'}) CREATE (me)-[:MUTED]->(x)", {"sun"}),
        ("MATCH (me:User {id: 'me'}), (x:Post {id: 'a1'}) CREATE (me)-[:HID]->(x)", {"a1"}),
        ("MATCH (x:Post {id: 'b1'}) SET x.sensitive = true", {"b1"}),
        ("MATCH (x:User {id: 'ben'}) SET x.optedOut = true", {"b1"}),
        ("MATCH (x:User {id: 'ana'}) SET x.optedOut = true", set()),  # I follow ana
        ("MATCH (:User {id: 'dan'})-[r:POSTED]->(x) DELETE r", set()),  # a post of nobody can be recommended
        ("MATCH (x:Post {id: 'a1'}) SET x.mediaType = 'video'", {"a1"}),
    ],
)
def test_what_is_filtered_for_me_is_not_shown(small: Client, act: str, gone: set[str]) -> None:
    before = shown(small).keys()
    ask(small, act)
    assert before - shown(small).keys() == gone


def test_a_muted_person_is_in_no_reason_and_no_network(small: Client) -> None:
    ask(small, "MATCH (me:User {id: 'me'}) MATCH (x:User) WHERE x.id IN ['ana', 'cem'] CREATE (me)-[:MUTED]->(x)")
    found = feed(small, asked("me", as_of=NOW, source="friends_of_friends")).items
    assert [item.reason.text for item in found] == ["You do not follow ben, but you liked 2 posts of theirs."]
    assert [(node["id"], node["type"]) for node in found[0].reason.path] == [
        ("me", None),
        ("ben", None),
        ("b1", "POSTED"),
    ]
    assert network(small, "me") == []


def test_excluded_posts_are_left_out_and_sensitive_ones_come_when_asked_for(small: Client) -> None:
    ask(small, "MATCH (x:Post {id: 'b1'}) SET x.sensitive = true")
    assert shown(small, exclude=("a1",)).keys() == {"sun"}
    assert shown(small, sensitive=True).keys() == {"a1", "b1", "sun"}


@pytest.mark.parametrize("seed", range(4))
def test_the_draw_takes_the_posts_whose_numbers_are_least(small: Client, seed: int) -> None:
    pool = sorted(feed(small, asked("me", as_of=NOW, limit=30)).items, key=lambda item: (item.source, -item.score))
    numbers = np.random.default_rng(seed).random(30)[: len(pool)]
    drawn = [pool[place].post for place in np.argsort(numbers)]
    for limit in (1, 2, 30):
        items = feed(small, asked("me", as_of=NOW, limit=limit, seed=seed)).items
        assert [item.post for item in items] == drawn[:limit]


def test_the_number_of_bolt_calls_does_not_grow_with_the_feed(small: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    feed(small, asked("me", as_of=NOW))
    assert calls == [
        "person/profiling",
        "tutorial/project_followees",
        "tutorial/project_friends_of_friends",
        "tutorial/mixed",
        "affinity/drop",
    ]


def test_projections_are_dropped_even_when_ranking_fails(small: Client) -> None:
    with pytest.raises(Exception, match="not a valid value"):
        feed(small, asked("me", as_of=NOW, limit=-1))
    assert ask(small, "CALL gds.graph.list() YIELD graphName RETURN graphName") == []


@pytest.mark.parametrize(
    ("details", "says"),
    [
        ({"as_of": clock.parse("2030-01-01")}, "The newest post is from 2024-05-31"),
        ({"as_of": clock.parse("2030-01-01")}, "try --as-of 2024-05-31T00:00:00Z"),
        ({"as_of": clock.parse("2001-01-01")}, "The oldest post is from 2022-01-01"),
        ({"user": "dan"}, "dan follows nobody"),
        ({"user": "ana"}, "People near ana have no image of the last 29 days"),
        ({"user": "ana", "source": "interests"}, "ana liked nothing in the 365 days before 2024-06-01"),
        ({"user": "ana", "source": "friends_of_friends"}, "so no friend of a friend counts"),
    ],
)
def test_an_empty_feed_says_why(small: Client, details: dict[str, Any], says: str) -> None:
    ask(small, "MATCH (x:User {id: 'ben'})-[r:POSTED]->(:Post {id: 'b1'}) DELETE r")
    answer = feed(small, asked(**{"user": "me", "source": "followees", "as_of": NOW, **details}))
    assert answer.items == []
    assert says in str(answer.why_empty)


def test_an_empty_graph_says_so(client: Client) -> None:
    ask(client, "CREATE (:User {id: 'me'})")
    assert feed(client, asked("me")).why_empty == "There are no posts: import some with `graphfeed import`."


def test_the_tip_of_an_empty_feed_helps(small: Client) -> None:
    why = str(feed(small, asked("me", source="followees", as_of=clock.parse("2030-01-01"))).why_empty)
    tip = clock.parse(why.split("--as-of ")[1].rstrip("."))
    assert feed(small, asked("me", source="followees", as_of=tip)).items


@pytest.mark.parametrize("source", ["followees", "friends_of_friends", "interests", "mixed"])
def test_an_unknown_person_is_an_error(small: Client, source: str) -> None:
    with pytest.raises(NotFound, match="no person 'nobody'"):
        feed(small, asked("nobody", source=source))


def test_unknown_people_have_no_network_and_no_interests(small: Client) -> None:
    with pytest.raises(NotFound):
        network(small, "nobody")
    with pytest.raises(NotFound):
        interests(small, "nobody", profile("tutorial"))


def test_an_unknown_source_or_profile_lists_those_there_are(small: Client) -> None:
    with pytest.raises(SettingsError, match="followees, friends_of_friends, interests, mixed"):
        feed(small, asked("me", source="best"))
    with pytest.raises(SettingsError, match="tutorial"):
        profile("best")
