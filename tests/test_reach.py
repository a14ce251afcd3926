"""The author's view: to how many people posts were shown, and why; never to whom."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.background import shown as module
from graph.background.arrays import Nodes, ones_matrix
from graph.background.shown import Shown, shown
from graph.client import Client
from graph.discovery.reach import Reached, reach
from graph.errors import NotFound
from graph.ranking.sources import SOURCES
from tests.little_network import DAY, NOW, Network, act, built
from tests.support import ask

pytestmark = pytest.mark.live
POSTS = Nodes(np.array([10, 11]), ["a", "b"])
PEOPLE = Nodes(np.array([1, 2, 3]), ["u1", "u2", "u3"])


@pytest.mark.parametrize("held", [1, 4_000_000])
def test_people_count_once_in_all_and_once_by_each_source(monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    monkeypatch.setattr(module, "PAIRS", held)
    rows: list[dict[str, Any]] = [
        {"node": 1, "posts": ["a", "b"], "sources": ["followees", "popular"]},
        {"node": 1, "posts": ["a"], "sources": ["followees"]},
        {"node": 1, "posts": ["a"], "sources": ["interests"]},
        {"node": 3, "posts": ["a", "gone"], "sources": ["followees", "popular"]},
        {"node": 9, "posts": ["b"], "sources": ["popular"]},  # who came meanwhile
        {"node": 2, "posts": None, "sources": ["popular"]},
    ]
    views: list[dict[str, Any]] = [
        {"node": 11, "people": [1, 2, 9]},
        {"node": 12, "people": [1]},  # which came meanwhile
    ]
    likes = ones_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), (3, 2))  # u1 likes a, u2 both
    assert shown(rows, views, PEOPLE, POSTS, likes) == {
        0: Shown(2, {"followees": 2, "interests": 1}, impressions=2, likes=1),
        1: Shown(1, {"popular": 1}, impressions=2, likes=1),
    }
    assert shown([], views, PEOPLE, POSTS, likes) == {1: Shown(0, {}, impressions=2, likes=1)}
    assert shown([], [], PEOPLE, POSTS, likes) == {}


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """Ana's three posts: `seen` was shown to nine people, `rare` to three, `unseen` to nobody."""
    network = Network()
    network.post("ana", "seen", days_ago=1)
    network.post("ana", "rare", days_ago=2)
    network.post("ana", "unseen", days_ago=3)
    network.person("new", *(f"reader{number}" for number in range(9)))
    network.load(client, tmp_path)
    for number in range(9):
        serve(client, f"reader{number}", ["seen"], "followees" if number < 7 else "popular")
    for number in range(3):
        serve(client, f"reader{number}", ["seen", "rare"], "similar_posts" if number else "followees")
    return client


def serve(client: Client, user: str, posts: list[str], source: str, at: int = NOW - DAY, served: int = 9) -> None:
    ask(
        client,
        "MATCH (me:User {id: $user}) CREATE (me)-[:WAS_SHOWN]->(:Slate {id: randomUUID(), asOf: $at, served: $served, "
        "posts: $posts, sources: [post IN $posts | $source]})",
        user=user,
        posts=posts,
        source=source,
        at=at,
        served=served,
    )


def told(client: Client) -> dict[str, Reached]:
    return {item.post: item for item in reach(client, "ana", NOW).items}


def test_the_numbers_are_those_of_people_and_few_are_not_told(ready: Client) -> None:
    assert reach(ready, "ana", NOW).shown_at is None
    built(ready)
    found = told(ready)
    assert [*found] == ["seen", "rare", "unseen"]
    assert (found["seen"].people, found["seen"].text) == (5, "It was shown to 5 people or more.")  # of 9
    assert [(cause.people, cause.text) for cause in found["seen"].causes] == [
        (5, "5 people or more because they follow you."),
        (None, "Fewer than 5 people because it is liked a lot."),
        (None, "Fewer than 5 people because they liked similar posts."),
    ]
    assert (found["rare"].people, found["rare"].text) == (None, "It was shown to fewer than 5 people.")
    assert (found["unseen"].people, found["unseen"].causes) == (0, [])
    assert found["unseen"].text == "It was shown to nobody."
    assert "reader" not in str(found)


@pytest.mark.parametrize(("people", "expected"), [(4, None), (5, 5), (9, 5), (10, 10), (13, 10)])
def test_numbers_are_rounded_down_so_that_no_difference_tells_of_few(
    ready: Client, people: int, expected: int | None
) -> None:
    ask(ready, "CREATE (:Build {name: 'current', shownAt: 1})")
    ask(
        ready,
        "MATCH (post:Post {id: 'seen'}) "
        "SET post.shown = $people, post.shownBy = ['followees'], post.shownTo = [$people]",
        people=people,
    )
    found = told(ready)["seen"]
    assert (found.people, found.causes[0].people) == (expected, expected)


def test_only_what_was_served_of_late_counts_and_what_is_gone_is_counted_no_more(ready: Client) -> None:
    for number in range(9):
        serve(ready, f"reader{number}", ["unseen"], "newest", served=0)
        serve(ready, f"reader{number}", ["unseen"], "newest", at=NOW - 8 * DAY)
        serve(ready, f"reader{number}", ["unseen"], "newest", at=NOW + 1)
    built(ready)
    assert told(ready)["unseen"].people == 0
    assert built(ready).written.get("shown") is None
    ask(ready, "MATCH (slate:Slate) DETACH DELETE slate")
    assert built(ready).written["shown"] == 2
    assert told(ready)["seen"].people == 0
    assert ask(ready, "MATCH (post:Post) WHERE post.shown IS NOT NULL RETURN post") == []


def test_impressions_are_those_of_slates_and_views_and_stay_when_these_are_gone(ready: Client) -> None:
    for user, at in (("reader0", NOW), ("new", NOW), ("ana", NOW + 1)):
        act(ready, "view", user, at, post="rare")
    for user in ("reader1", "new", "ana"):
        act(ready, "like", user, post="rare")
    built(ready)
    counts = (
        "MATCH (post:Post) WHERE post.impressions > 0 "
        "RETURN post.id AS post, post.impressions AS all, post.impressionLikes AS likes ORDER BY post"
    )
    before = ask(ready, counts)
    assert before == [{"post": "rare", "all": 4, "likes": 2}, {"post": "seen", "all": 9, "likes": 0}]
    ask(ready, "MATCH (slate:Slate) DETACH DELETE slate")
    built(ready)
    assert ask(ready, counts) == before
    assert built(ready).written.get("shown") is None


def test_each_source_has_a_clause_for_the_author_and_others_have_one_too(ready: Client) -> None:
    for source in (*SOURCES, "rising", "of my own"):
        for number in range(6):
            serve(ready, f"reader{number}", ["unseen"], source)
    built(ready)
    texts = {cause.source: cause.text for cause in told(ready)["unseen"].causes}
    assert texts.keys() == {*SOURCES, "rising", "of my own"}
    assert texts["rising"] == "5 people or more because of something else."
    assert len(set(texts.values())) == len(SOURCES) + 1


def test_an_unknown_person_is_an_error_and_who_posts_nothing_has_nothing(ready: Client) -> None:
    built(ready)
    assert reach(ready, "new", NOW).items == []
    with pytest.raises(NotFound, match="nobody"):
        reach(ready, "nobody", NOW)


@pytest.mark.parametrize("value", ["many", -1, [1], ["x", "y"], True])
def test_values_written_by_hand_do_no_harm(ready: Client, value: Any) -> None:
    built(ready)
    ask(ready, "MATCH (post:Post) SET post.shown = $value, post.shownBy = $value, post.shownTo = $value", value=value)
    ask(ready, "MATCH (slate:Slate) SET slate.posts = $value, slate.sources = $value", value=value)
    assert len(reach(ready, "ana", NOW).items) == 3
    built(ready)
    assert len(reach(ready, "ana", NOW).items) == 3
