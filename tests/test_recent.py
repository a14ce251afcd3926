"""The newest posts of people and hashtags come, in whatever order an import stored them."""

import random
from pathlib import Path
from typing import Any

import pytest

from graph.background.recent import renew
from graph.client import Client
from graph.ranking.feed import feed
from graph.ranking.profiles import profile
from tests.little_network import NOW, Network, asked, built, posts_of, ranking
from tests.support import ask

pytestmark = pytest.mark.live
SCANNED = ranking().bounds.scanned
POSTS = 4 * SCANNED
NEWEST = [f"p{number:03}" for number in range(SCANNED)]


@pytest.fixture
def stored(client: Client, tmp_path: Path) -> Client:
    """Ana posted twice a day, with the same hashtag, stored in a random order; ben follows her, cem picked it."""
    network = Network()
    numbers = list(range(POSTS))
    random.Random(4).shuffle(numbers)
    for number in numbers:
        network.post("ana", f"p{number:03}", days_ago=number / 2, hashtags=["sea"])
    network.follow("ben", "ana")
    network.pick("cem", "sea")
    network.load(client, tmp_path)
    return client


def newest_of(client: Client, user: str, source: str, **details: Any) -> list[str]:
    return posts_of(feed(client, asked(user, source=source, window_days=float("inf"), **details)))


def test_the_newest_posts_of_whom_one_follows_come_after_a_build(stored: Client) -> None:
    built(stored)
    answer = feed(stored, asked("ben", profile=profile("newest"), limit=20))
    assert posts_of(answer) == NEWEST[:20]
    assert {item.reason.text for item in answer.items} == {"You follow Ana."}
    assert {*newest_of(stored, "ben", "followees", limit=30)} == {*NEWEST[:30]}


def test_the_newest_posts_with_a_hashtag_come_after_a_build(stored: Client) -> None:
    built(stored)
    assert newest_of(stored, "cem", "new_posts", limit=1) == NEWEST[:1]


def test_only_those_are_tied_of_whom_a_read_would_miss_some(stored: Client) -> None:
    assert renew(stored, NOW, SCANNED) == 2
    assert tied(stored) == {"ana": {*NEWEST}, "sea": {*NEWEST}}
    assert renew(stored, NOW, SCANNED) == 0
    assert renew(stored, NOW, POSTS) == 2  # all are read
    assert tied(stored) == {}


def test_ties_are_of_the_time_of_a_build_and_of_what_is_there(stored: Client) -> None:
    ask(stored, "MATCH (post:Post) WHERE post.id < 'p010' SET post.takenAt = $later", later=NOW + 1)
    ask(stored, "MATCH (post:Post) WHERE 'p010' <= post.id < 'p020' SET post.takenAt = null")
    renew(stored, NOW, SCANNED)
    there = [f"p{number:03}" for number in range(20, 20 + SCANNED)]
    assert tied(stored) == {"ana": {*there}, "sea": {*there}}
    ask(stored, "MATCH (post:Post {id: 'p020'}) DETACH DELETE post")
    ask(stored, "MATCH (:User)-[posted:POSTED]->(:Post {id: 'p021'}) DELETE posted")
    ask(stored, "MATCH (:Hashtag)<-[tagged:TAGGED]-(:Post {id: 'p022'}) DELETE tagged")
    found = newest_of(stored, "ben", "followees", limit=30)
    assert {"p020", "p021"}.isdisjoint(found)
    assert "p022" in found
    assert "p022" not in newest_of(stored, "cem", "new_posts", limit=3)


def tied(client: Client) -> dict[str, set[str]]:
    """The posts to which each person and hashtag is tied."""
    query = "MATCH (node)-[:RECENT]->(post) RETURN coalesce(node.id, node.name) AS node, collect(post.id) AS posts"
    return {row["node"]: {*row["posts"]} for row in ask(client, query)}
