"""The contract that each source keeps, with nothing stored and after a refresh.

All tests of a way share one graph. The checkerboard in it is only read; of the rest, each test has a part of its own.
"""

import math
from itertools import pairwise
from typing import Any

import pytest

from graph import schema
from graph.client import Client
from graph.errors import NotFound
from graph.ranking.feed import Feed, Item, feed
from tests.little_network import SOURCES, Network, act, asked, posts_of, refreshed
from tests.support import ask

pytestmark = pytest.mark.live
each_source = pytest.mark.parametrize("source", SOURCES)

PEOPLE = 12
FILTERED = (
    *("liked", "viewed", "hidden", "muted_person", "muted_hashtag", "blocked", "blocked_me"),
    *("sensitive", "opted_out", "excluded", "served", "deleted"),
)
"""Posts that are brought to me until the day on which each gets what its name says."""
WITHHELD = {
    "followees": {"post7"},
    "friends_of_friends": {"post9"},
    "interests": {"post7", "post9"},
    "liked_by_followees": {"post7", "post9"},
    "similar_taste": {"post7", "post9"},
}
"""What sources have of my side of the checkerboard."""


@pytest.fixture(scope="module", params=["live", "stored"])
def graph(session_client: Client, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Client:
    """The graph of a way: the checkerboard, and for each source the posts that are filtered."""
    session_client.run_in_transactions("admin/wipe")
    schema.ensure(session_client)
    network = Network()
    draw_checkerboard(network)
    for source in SOURCES:
        draw_filtered(network, source)
    network.load(session_client, tmp_path_factory.mktemp("graph"))
    if request.param == "stored":
        assert refreshed(session_client).missing == ()
    return session_client


def draw_checkerboard(network: Network) -> None:
    """Person i follows, and likes the post of, each j != i of the same parity; each side has a hashtag.

    I am person1. I do not follow person9, did not like post7 and post9, and know a little of the even side. The posts
    are as popular as each other, and where those of my side tie with others, they come last.
    """
    for i in range(PEOPLE):
        network.post(f"person{i}", f"post{i}", hashtags=[["even", "odd"][i % 2]], like_count=5)
        others = [j for j in range(i % 2, PEOPLE, 2) if j != i]
        network.follow(f"person{i}", *(f"person{j}" for j in others if (i, j) != (1, 9)))
        network.like(f"person{i}", *(f"post{j}" for j in others if i != 1 or j not in (7, 9)))
    network.follow("person1", "person0", "person2")
    network.like("person1", "post0")


def draw_filtered(network: Network, source: str) -> None:
    """Posts that a source brings to me, each of an author of its own, but for one that is mine."""
    me, one, two = who("me", source), who("one", source), who("two", source)
    authors = {what: who(f"by {what}", source) for what in (*FILTERED, "plain", "opted_out_followed")} | {"own": me}
    posts = [who(what, source) for what in authors]
    network.person(me)
    for what, author in authors.items():
        network.post(author, who(what, source), hashtags=[who("tag", source), who(f"tag {what}", source)])
    network.post(who("by seed", source), who("seed", source), hashtags=[who("tag", source)])
    match source:
        case "followees":
            network.follow(me, *(author for author in authors.values() if author != me))
        case "friends_of_friends":
            network.follow(me, one)
            network.follow(one, *authors.values())
        case "interests":
            network.like(me, who("seed", source))
        case "liked_by_followees":
            network.follow(me, one, two)
            network.like(one, *posts)
            network.like(two, *posts)
        case "similar_taste":
            for person in (me, one, two):
                network.like(person, who("seed", source))
            network.like(one, *posts)
    if source not in ("followees", "friends_of_friends"):
        network.follow(me, authors["opted_out_followed"])


def filter_all(client: Client, source: str) -> None:
    """Do to each post what its name says."""
    me = who("me", source)
    for kind, what in (("like", "liked"), ("view", "viewed"), ("hide", "hidden")):
        act(client, kind, me, post=who(what, source))
    act(client, "mute", me, person=who("by muted_person", source))
    act(client, "mute", me, hashtag=who("tag muted_hashtag", source))
    act(client, "block", me, person=who("by blocked", source))
    act(client, "block", who("by blocked_me", source), person=me)
    ask(client, "MATCH (post:Post {id: $post}) SET post.sensitive = true", post=who("sensitive", source))
    ask(client, "MATCH (post:Post {id: $post}) DETACH DELETE post", post=who("deleted", source))
    for what in ("opted_out", "opted_out_followed"):
        ask(client, "MATCH (who:User {id: $id}) SET who.optedOut = true", id=who(f"by {what}", source))
    others = tuple(who(what, source) for what in (*FILTERED, "plain", "opted_out_followed") if what != "served")
    answer = feed(client, asked(me, source=source, exclude=others), record=True)
    assert posts_of(answer) == [who("served", source)]


def who(what: str, source: str) -> str:
    return f"{what} of {source}"


def board(client: Client, source: str, **details: Any) -> Feed:
    """What a source brings me of the checkerboard."""
    return feed(client, asked("person1", source=source, **details))


def shown(client: Client, source: str, **details: Any) -> set[str]:
    """What a source brings me of the posts that are filtered, by what their names say."""
    exclude = (who("excluded", source),) if details.pop("excluding", False) else ()
    answer = feed(client, asked(who("me", source), source=source, limit=100, exclude=exclude, **details))
    return {post.removesuffix(f" of {source}") for post in posts_of(answer)}


@each_source
def test_what_is_filtered_for_me_is_never_shown(graph: Client, source: str) -> None:
    brought = shown(graph, source)
    assert brought == {*FILTERED, "plain", "opted_out_followed"}
    filter_all(graph, source)
    # Whom I follow may opt out of being shown to others
    kept = {
        "followees": {"plain", "opted_out", "opted_out_followed"},
        "friends_of_friends": {"plain"},
    }.get(source, {"plain", "opted_out_followed"})
    assert shown(graph, source, excluding=True) == kept
    assert shown(graph, source, excluding=True, sensitive=True) == kept | {"sensitive"}
    refreshed(graph, [who("me", source)])
    assert shown(graph, source, excluding=True) == kept


@pytest.mark.parametrize("source", WITHHELD)
def test_the_withheld_post_of_my_side_is_above_all_of_the_other(graph: Client, source: str) -> None:
    posts = posts_of(board(graph, source))
    withheld = WITHHELD[source]
    assert {*posts[: len(withheld)]} == withheld
    rest = [int(post.removeprefix("post")) for post in posts[len(withheld) :]]
    assert rest
    assert not any(number % 2 for number in rest)


@each_source
def test_the_limit_is_respected_and_more_than_there_is_gives_what_there_is(graph: Client, source: str) -> None:
    there_is = posts_of(board(graph, source, limit=1000))
    assert len(there_is) < PEOPLE
    for limit in range(1, len(there_is) + 2):
        assert posts_of(board(graph, source, limit=limit)) == there_is[:limit]


@each_source
def test_the_same_question_has_the_same_answer(graph: Client, source: str) -> None:
    assert board(graph, source) == board(graph, source)


@each_source
def test_the_parts_are_numbers_that_add_up_to_the_score(graph: Client, source: str) -> None:
    items = board(graph, source).items
    for item in items:
        assert all(map(math.isfinite, item.parts.values()))
        assert sum(item.parts.values()) == pytest.approx(item.score, abs=1e-9)
    assert [item.score for item in items] == sorted((item.score for item in items), reverse=True)


@each_source
def test_an_unknown_person_is_an_error(graph: Client, source: str) -> None:
    with pytest.raises(NotFound, match="no person 'nobody'"):
        feed(graph, asked("nobody", source=source))


@each_source
def test_each_reason_is_a_sentence_and_a_path_of_the_graph(graph: Client, source: str) -> None:
    for item in board(graph, source).items:
        path = [(node["label"], node["id"]) for node in item.reason.path]
        assert (path[0], path[-1]) == (("User", "person1"), ("Post", item.post))
        assert item.source == source
        assert item.reason.text == sentence(item)
        assert len(path) > 2
        assert related(graph, item) == [node["type"] for node in item.reason.path[1:]]


def sentence(item: Item) -> str:
    """What the reason must say, from its path."""
    names = [str(node["id"]).capitalize() for node in item.reason.path]
    match item.source:
        case "followees":
            return f"You follow {names[1]}."
        case "friends_of_friends":
            return f"{names[1]}, whom you follow, follows {names[2]}."
        case "liked_by_followees":
            others = {"post7": "2 others", "post9": "3 others"}.get(item.post, "1 other")
            return f"{names[1]} and {others}, whom you follow, liked this."
        case "similar_taste":
            return f"{names[2]}, who likes what you like, liked this."
        case _:
            return f"It is about #{item.reason.path[2]['id']}, one of your interests."


def related(client: Client, item: Item) -> list[str | None]:
    """The type of the tie of each two nodes on a path that follow each other."""
    types: list[str | None] = []
    for before, after in pairwise(item.reason.path):
        rows = ask(
            client,
            "MATCH (a)-[tie]-(b) WHERE coalesce(a.id, a.name) = $a AND $la IN labels(a) AND type(tie) = $type "
            "AND coalesce(b.id, b.name) = $b AND $lb IN labels(b) RETURN DISTINCT type(tie) AS type",
            **{"a": before["id"], "la": before["label"], "b": after["id"], "lb": after["label"], "type": after["type"]},
        )
        types += [row["type"] for row in rows]
    return types


@each_source
def test_the_cypher_of_a_reason_draws_its_path(graph: Client, source: str) -> None:
    for item in board(graph, source).items:
        rows = ask(graph, item.reason.cypher)
        drawn = [(named(row["a"]), row["tie"].type, named(row["b"])) for row in rows]
        path = item.reason.path
        assert drawn == [(before["id"], after["type"], after["id"]) for before, after in pairwise(path)]


def named(node: Any) -> str:
    return str(node.get("id", node.get("name")))
