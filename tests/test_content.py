"""What is expected of posts that hardly anybody liked yet: computed, stored, at once for new posts, and ranked by."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from graph.background.content import FEW_LIKES, cold_posts, content, expected, expected_of_one
from graph.background.factors import factors
from graph.background.renewal import renew_marked
from graph.client import Client
from graph.entities import Post, put_post
from graph.quality.cold import with_looks
from graph.quality.world import World
from graph.ranking.feed import feed
from graph.ranking.pool import Place
from graph.ranking.retrieval import PoolRequest, rank
from tests.little_network import DEFAULT, NOW, Network, act, asked, built, ranking, reason_of, sea_and_snow
from tests.support import ask
from tests.worlds import Drawn

HARDLY = "hardly anybody liked this one yet."


def drawn() -> World:
    """Six people, of whom the even like #0 by person 6, and the odd #1 by person 7; posts 8 and 9 have no likes."""
    likes = [(person, post) for person in range(6) for post in range(8) if (person - post) % 2 == 0]
    authors = [6 + post % 2 for post in range(10)]
    return Drawn(people=8, authors=authors, likes=likes, tags=[(post, post % 2) for post in range(10)]).world()


def test_a_cold_post_is_expected_to_be_liked_as_those_of_its_author_and_hashtags() -> None:
    network = drawn().network
    found = factors(network.likes)
    assert [*cold_posts(network)] == [8, 9]
    vectors = expected(content(network, found.posts), network, cold_posts(network))
    products = found.people[:6] @ vectors.T
    assert (products.argmax(axis=1) == np.arange(6) % 2).all()


def test_a_cold_post_is_expected_to_be_liked_as_those_that_look_like_it() -> None:
    likes = [(person, post) for person in range(6) for post in range(8) if (person - post) % 2 == 0]
    network = Drawn(people=6, authors=[-1] * 10, likes=likes).world().network
    learned, cold = factors(network.likes), cold_posts(network)
    parts = content(network, learned.posts)
    looks = csr_matrix([[0.8 * (post >= 8 and post % 2 == other % 2) for other in range(10)] for post in range(10)])
    plain = expected(parts, network, cold)
    beside = with_looks(plain, cold, looks, parts, network, learned.posts)
    assert ((learned.people @ beside.T).argmax(axis=1) == np.arange(6) % 2).all()
    closed = replace(network, for_followers=np.ones(10, bool))
    assert (with_looks(plain, cold, looks, parts, closed, learned.posts) == plain).all()


def test_posts_for_followers_count_for_nothing_and_are_given_nothing() -> None:
    network = drawn().network
    found = factors(network.likes)
    closed = replace(network, for_followers=np.arange(10) % 2 == 1)
    parts = content(closed, found.posts)
    assert not parts.authors[7].any()
    assert not parts.hashtags[1].any()
    assert parts.authors[6].any()
    assert [*cold_posts(closed)] == [8]


def test_of_an_author_who_is_not_profiled_nothing_is_kept() -> None:
    network = drawn().network
    found = factors(network.likes)
    parts = content(replace(network, not_profiled=np.arange(8) == 6), found.posts)
    assert not parts.authors[6].any()
    assert parts.authors[7].any()


def test_without_likes_hashtags_or_authors_nothing_is_expected() -> None:
    network = Drawn(people=2, authors=[-1, -1], likes=[]).world().network
    vectors = expected(content(network, factors(network.likes).posts), network, np.arange(2))
    assert not vectors.any()


def test_one_post_is_expected_what_a_build_expects_of_it() -> None:
    network = drawn().network
    parts = content(network, factors(network.likes).posts)
    [vector] = expected(parts, network, np.array([8]))
    of_one = expected_of_one(parts.mean, parts.authors[6], [parts.hashtags[0]])
    assert of_one == pytest.approx(vector, abs=1e-6)
    assert expected_of_one(parts.mean, None, []) == pytest.approx(parts.mean, abs=1e-6)


# --- On a server


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """Ana posts of the sea and ben of snow; each has five fans. Built."""
    network = sea_and_snow()
    network.person("cem")
    network.load(client, tmp_path / "files")
    built(client)
    return client


def vector_of(client: Client, post: str) -> list[float] | None:
    [row] = ask(
        client,
        "MATCH (build:Build {name: 'current'}) MATCH (post:Post {id: $post}) RETURN post['content' + build.slot] AS it",
        post=post,
    )
    found: list[float] | None = row["it"]
    return found


def places(client: Client, user: str) -> dict[str, Place]:
    request = PoolRequest(user, NOW, None, DEFAULT.sources, waits=True)
    pool = rank(client, request, ranking(), ranking().page)
    assert pool is not None
    return {place.post: place for place in pool.places}


def put(client: Client, post: str, author: str, **details: Any) -> None:
    put_post(client, post, Post(author, NOW - 1, **details))


@pytest.mark.live
def test_a_new_post_gets_what_is_expected_of_it_at_once(ready: Client) -> None:
    put(ready, "new", "cem", hashtags=["sea"])
    assert vector_of(ready, "new") is None
    assert renew_marked(ready).posts == 1
    assert renew_marked(ready).posts == 0
    fan, other = places(ready, "ana0")["new"], places(ready, "ben0").get("new")
    assert fan.features["content"] > 0.01
    assert {"interests", "new_posts"} <= {*fan.sources}
    assert other is None  # who likes snow has nothing to do with it
    before = vector_of(ready, "new")
    built(ready)
    after = vector_of(ready, "new")
    assert before is not None
    assert after is not None
    assert np.dot(before, after) > 0.9 * np.linalg.norm(before) * np.linalg.norm(after)


@pytest.mark.live
def test_its_reason_tells_that_it_is_new_until_it_is_liked(ready: Client) -> None:
    put(ready, "new", "cem", hashtags=["sea"])
    renew_marked(ready)

    def reason() -> str:
        return {item.post: reason_of(item) for item in feed(ready, asked("ana0", source="new_posts")).items}["new"]

    assert reason() == f"You liked posts with #sea; {HARDLY}"
    for number in (1, 2):
        act(ready, "like", f"ana{number}", post="new")
        assert HARDLY in reason()
    act(ready, "like", "ana3", post="new")
    assert "new" not in {item.post for item in feed(ready, asked("ana0", source="new_posts")).items}
    assert {item.post: item for item in feed(ready, asked("ana0", source="interests")).items}["new"]


@pytest.mark.live
def test_it_fades_with_the_first_likes(ready: Client) -> None:
    put(ready, "new", "cem", hashtags=["sea"])
    renew_marked(ready)
    found = []
    for number in range(1, FEW_LIKES + 2):
        found.append(places(ready, "ana0")["new"].features["content"])
        act(ready, "like", f"ana{number}", post="new")
    assert found == pytest.approx([found[0] * left / FEW_LIKES for left in range(FEW_LIKES, -1, -1)], abs=1e-6)


@pytest.mark.live
def test_what_gets_other_hashtags_is_renewed(ready: Client) -> None:
    put(ready, "new", "cem", hashtags=["sea"])
    renew_marked(ready)
    of_sea = vector_of(ready, "new")
    put(ready, "new", "cem", hashtags=["snow"])
    assert renew_marked(ready).posts == 1
    assert vector_of(ready, "new") != of_sea


@pytest.mark.live
def test_old_and_private_posts_and_those_before_a_build_are_not_marked_or_given_anything(
    ready: Client, tmp_path: Path
) -> None:
    old = Network()
    old.post("cem", "old", days_ago=300, hashtags=["sea"])
    old.load(ready, tmp_path / "old")
    assert renew_marked(ready).posts == 0
    put(ready, "private", "cem", hashtags=["sea"], visibility="followers")
    assert renew_marked(ready).posts == 1
    assert vector_of(ready, "private") is None
    ask(ready, "MATCH (build:Build) DETACH DELETE build")
    put(ready, "first", "cem", hashtags=["sea"])
    assert ask(ready, "MATCH (post:Post) WHERE post.changedAt IS NOT NULL RETURN post.id AS id") == []


@pytest.mark.live
def test_who_forbids_profiling_has_no_part(ready: Client) -> None:
    def part() -> object:
        return ask(ready, "MATCH (one:User {id: 'ana'}) RETURN one.contentA AS part")[0]["part"]

    assert part() is not None
    act(ready, "forbid", "ana", use="profiling")
    assert part() is None
    built(ready)
    [row] = ask(ready, "MATCH (one:User {id: 'ana'}) RETURN coalesce(one.contentA, one.contentB) AS part")
    assert row["part"] is None
