"""An empty feed names the real reason, and what it says to try brings posts."""

from typing import Any

import pytest

from graph.client import Client
from graph.ranking import why_empty
from graph.ranking.feed import ANY_AGE, Feed, feed
from graph.ranking.missing import NEWS
from graph.ranking.profiles import profile
from tests.little_network import DAY, NOW, SOURCES, act, asked, built, ranking
from tests.support import ask

pytestmark = pytest.mark.live


@pytest.fixture
def graph(client: Client) -> Client:
    """Three posts of the window by ana, whom nobody follows, and an old one."""
    ask(
        client,
        "CREATE (:User {id: 'me'}), (ana:User {id: 'ana', username: 'Ana'}) WITH ana UNWIND range(0, 2) AS n "
        "CREATE (ana)-[:POSTED]->(post:Post {id: 'p' + n, takenAt: $now - (n + 1) * $day}) "
        "CREATE (post)-[:TAGGED]->(:Hashtag {name: 'sun' + n, display: 'sun' + n})",
        now=NOW,
        day=DAY,
    )
    return client


def why(client: Client, **details: Any) -> str:
    answer = feed(client, asked(**details))
    assert answer.items == []
    return str(answer.why_empty)


def add_an_old_post(client: Client) -> None:
    ask(
        client,
        "MATCH (ana:User {id: 'ana'}) CREATE (ana)-[:POSTED]->(:Post {id: 'old', takenAt: $at})",
        at=NOW - 90 * DAY,
    )


def test_each_thing_that_keeps_posts_out_is_named_with_its_count(graph: Client) -> None:
    act(graph, "like", post="p0")
    act(graph, "hide", post="p1")
    act(graph, "mute", hashtag="sun2")
    assert why(graph) == (
        "Of the 3 posts of the last 30 days, you hid 1, you liked 1, and 1 is of people, hashtags or words that you "
        "muted: mute fewer."
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("MATCH (post:Post) CREATE (me)-[:VIEWED]->(post)", "you have seen 3"),
        ("MATCH (a:User {id: 'ana'}) CREATE (me)-[:BLOCKED]->(a)", "3 are of people whom you blocked"),
        ("MATCH (a:User {id: 'ana'}) CREATE (me)<-[:BLOCKED]-(a)", "3 may not be shown to you"),
        ("MATCH (a:User {id: 'ana'}) SET a.optedOut = true", "3 may not be shown to you"),
        ("MATCH (a:User {id: 'ana'})-[p:POSTED]->(post) CREATE (me)-[:POSTED]->(post) DELETE p", "3 are your own"),
    ],
)
def test_what_keeps_all_out(graph: Client, change: str, says: str) -> None:
    ask(graph, f"MATCH (me:User {{id: 'me'}}) WITH me {change}")
    assert why(graph) == f"Of the 3 posts of the last 30 days, {says}."
    assert why(graph, window_days=ANY_AGE) == f"Of the 3 posts, {says}."


def test_all_that_is_liked_is_said_to_be_and_what_helps_helps(graph: Client) -> None:
    for number in range(3):
        act(graph, "like", post=f"p{number}")
    told = "Of the 3 posts of the last 30 days, you liked 3"
    assert why(graph) == f"{told}."
    add_an_old_post(graph)
    assert why(graph) == f"{told}: try --window-days none."
    assert [item.post for item in feed(graph, asked(window_days=ANY_AGE)).items] == ["old"]


def test_sensitive_posts_can_be_asked_for(graph: Client) -> None:
    ask(graph, "MATCH (post:Post) SET post.sensitive = true")
    assert why(graph) == "Of the 3 posts of the last 30 days, 3 are sensitive: try --sensitive."
    assert len(feed(graph, asked(sensitive=True)).items) == 3


def test_what_was_muted_can_be_unmuted(graph: Client) -> None:
    act(graph, "mute", person="ana")
    assert (
        why(graph)
        == "Of the 3 posts of the last 30 days, 3 are of people, hashtags or words that you muted: mute fewer."
    )
    act(graph, "unmute", person="ana")
    assert len(feed(graph, asked()).items) == 3


def test_what_was_served_lately_is_said_to_have_been(graph: Client) -> None:
    assert len(feed(graph, asked(), record=True).items) == 3
    params = {**asked().params(), "servedDays": 7}
    assert why_empty.of_mixed(graph, params, (), ranking().bounds) == (
        "Of the 3 posts of the last 30 days, 3 were in your feed in the last 7 days."
    )


def test_where_all_was_served_lately_the_feed_begins_again_and_says_so(graph: Client) -> None:
    pages = [feed(graph, asked(limit=1), record=True) for _ in range(9)]
    posts = [page.items[0].post for page in pages]
    assert sorted(posts[:3]) == ["p0", "p1", "p2"]
    assert posts == posts[:3] * 3  # what was there longest ago comes first
    assert [NEWS in page.missing for page in pages] == [False] * 3 + [True] * 6


def test_what_is_to_be_left_out_is_said_to_be(graph: Client) -> None:
    assert why(graph, exclude=("p0", "p1", "p2")) == "Of the 3 posts of the last 30 days, 3 are excluded."


NOTHING_TO_BEGIN_WITH = {
    "followees": "You follow nobody: try another --source.",
    "missed": "You follow nobody: try another --source.",
    "liked_by_followees": "You follow nobody: try another --source.",
    "similar_posts": "Nothing has been built yet: run `graphfeed refresh`, or try another --source.",
    "looks_alike": "Nothing has been built yet: run `graphfeed refresh`, or try another --source.",
    "liked_authors": "You liked and saved nothing yet: try another --source.",
    "friends_of_friends": "You follow nobody, and nobody follows you: try another --source.",
    "new_posts": "You liked and saved nothing yet, picked no hashtag, and are shown in no post: try another --source.",
    "interests": "You liked and saved nothing yet, picked no hashtag, and are shown in no post: try another --source.",
    "trending": "Nothing has been built yet: run `graphfeed refresh`, or try another --source.",
    "popular": "Nothing has been built yet: run `graphfeed refresh`, or try another --source.",
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_says_what_it_lacks(graph: Client, source: str) -> None:
    assert why(graph, source=source) == NOTHING_TO_BEGIN_WITH[source]
    assert feed(graph, asked()).items


def test_a_source_whose_posts_are_all_liked_says_so(graph: Client) -> None:
    act(graph, "follow", person="ana")
    assert feed(graph, asked(source="followees")).items
    for number in range(3):
        act(graph, "like", post=f"p{number}")
    assert why(graph, source="followees") == (
        "Of the posts of the last 30 days that this source reads, there is none that you may be shown and have not "
        "liked, seen or hidden: try another --source."
    )


def test_posts_beyond_what_is_read_before_a_build_come_with_it(graph: Client) -> None:
    ask(
        graph,
        "CREATE (ben:User {id: 'ben'}) WITH ben UNWIND range(1, 300) AS n "
        "CREATE (ben)-[:POSTED]->(:Post {id: 'new' + n, takenAt: $now - n, likeCount: 0, commentCount: 0})",
        now=NOW,
    )
    act(graph, "like", user="ana", post="p0")
    act(graph, "mute", person="ben")
    assert why(graph) == (
        "Of the few posts that are read before the first build, you may be shown none: run `graphfeed refresh`."
    )
    built(graph)
    assert [item.post for item in feed(graph, asked()).items] == ["p0"]


def tutorial(graph: Client) -> Feed:
    return feed(graph, asked(profile=profile("tutorial"), source="followees"))


def test_the_tutorial_promises_more_in_a_longer_window_only_where_there_is_more(graph: Client) -> None:
    act(graph, "follow", person="ana")
    assert tutorial(graph).items
    ask(graph, "MATCH (post:Post) SET post.takenAt = post.takenAt - 20 * $day", day=DAY)
    ask(graph, "CREATE (:User {id: 'ben'})-[:POSTED]->(:Post {id: 'new', takenAt: $now})", now=NOW)
    assert tutorial(graph).why_empty == (
        "Nobody near me has an image of the last 7 days to show: try --window-days 29."
    )
    act(graph, "mute", person="ana")
    assert tutorial(graph).why_empty == (
        "People near me have no image of the last 29 days, or only such as me muted, blocked or hid, or may not see."
    )


def test_posts_for_followers_only_are_not_said_to_be_none_or_without_a_time(graph: Client) -> None:
    ask(graph, "MATCH (ana:User {id: 'ana'}) SET ana.visibility = 'followers'")
    assert why(graph) == "Among the newest posts of the last 30 days there is none that you may be shown."
    assert why(graph, source="friends_of_friends") == NOTHING_TO_BEGIN_WITH["friends_of_friends"]
