"""The newcomer's place of a page, on a real server: who gets it, what it says, and that it stays."""

from pathlib import Path

import pytest

from graph.client import Client
from graph.ranking.feed import Feed, feed, next_page, replay
from graph.ranking.newcomers import Newcomers
from tests.little_network import Network, asked, built, changed
from tests.support import ask

pytestmark = pytest.mark.live
AUTHORS = [f"author{number:02}" for number in range(24)]
FEW = " Few people have seen it yet."


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I picked #sun, of which 24 authors posted; of the first two, few have seen anything."""
    network = Network()
    network.pick("me", "sun")
    for author in AUTHORS:
        network.post(author, f"by {author}", hashtags=["sun"])
    network.load(client, tmp_path)
    built(client)
    ask(
        client,
        "MATCH (post:Post) WHERE NOT post.id IN $new SET post.impressions = 1000, post.impressionLikes = 9",
        new=[f"by {author}" for author in AUTHORS[:2]],
    )
    return client


def newcomers(answer: Feed) -> list[str]:
    return [item.post for item in answer.items if item.is_newcomer]


def test_the_sixth_place_is_one_with_a_reason_and_so_it_is_on_the_next_page(ready: Client) -> None:
    first = feed(ready, asked(), record=True)
    assert [item.is_newcomer for item in first.items] == [place == 5 for place in range(10)]
    item = first.items[5]
    assert item.post in ("by author00", "by author01")
    assert item.reason.text == f"You picked #sun.{FEW}"
    assert not any(FEW in other.reason.text for other in first.items if other != item)
    assert first.cursor is not None
    assert first.slate is not None
    second = next_page(ready, "me", first.cursor, record=True)
    assert len({*newcomers(first), *newcomers(second)}) <= 2
    whole = replay(ready, "me", first.slate)
    assert newcomers(whole) == newcomers(first) + newcomers(second)
    assert whole.items[5].reason == item.reason


def test_what_many_saw_or_is_of_somebody_with_many_followers_is_none(ready: Client) -> None:
    ask(ready, "MATCH (post:Post {id: 'by author00'}) SET post.impressions = 1000")
    assert all(newcomers(feed(ready, asked(seed=seed))) in ([], ["by author01"]) for seed in range(5))
    fans = "UNWIND range(1, 101) AS n CREATE (:User {id: 'fan' + n})-[:FOLLOWS]->(author)"
    ask(ready, f"MATCH (author:User {{id: 'author01'}}) {fans}")
    assert newcomers(feed(ready, asked())) == []


def test_a_profile_may_have_none(ready: Client) -> None:
    without = changed(mixing={"newcomers": Newcomers()})
    assert newcomers(feed(ready, asked(profile=without))) == []


def test_the_one_that_those_who_saw_it_like_is_tried_unless_it_is_there_already(ready: Client) -> None:
    ask(
        ready,
        "MATCH (post:Post) WHERE post.id IN ['by author00', 'by author01'] "
        "SET post.impressions = 200, post.impressionLikes = CASE post.id WHEN 'by author01' THEN 40 ELSE 0 END",
    )
    for seed in range(5):
        answer = feed(ready, asked(seed=seed))
        before = [item.post for item in answer.items[:5]]
        assert "by author01" in [*before, *newcomers(answer)]


def test_numbers_written_by_hand_do_no_harm(ready: Client) -> None:
    for value in ("many", -5, 0.5, True, [1]):
        ask(ready, "MATCH (post:Post) SET post.impressions = $value, post.impressionLikes = $value", value=value)
        assert len(feed(ready, asked()).items) == 10
