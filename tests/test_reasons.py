"""The reasons of posts: that I liked a similar one, and who liked both; or what holds where that may not be told.

Each is checked when a page is read.
"""

from collections.abc import Callable
from typing import Any

import pytest

from graph.client import Client
from graph.ranking.feed import Item, feed, next_page, prepare, replay
from graph.ranking.profiles import Profile, profile
from tests.little_network import DAY, DEFAULT, NOW, act, asked, changed, reason_of
from tests.support import ask

pytestmark = pytest.mark.live
MAY_3 = NOW - 29 * DAY
LIKED_BOTH = "Because you liked Ana's photo of 3 May; Pat liked both."
SHOWN = "shown"


@pytest.fixture
def graph(client: Client) -> Client:
    """I liked posts of ana's and bob's, which lead to a post of dot's; pat and val liked that and ana's.

    Nothing else leads there. The background has built what it would of a larger graph.
    """
    ask(
        client,
        """
        CREATE (me:User {id: 'me', username: 'Me'}), (ana:User {id: 'ana', username: 'Ana'}),
          (bob:User {id: 'bob', username: 'Bob'}), (dot:User {id: 'dot', username: 'Dot'}),
          (pat:User {id: 'pat', username: 'Pat'}), (val:User {id: 'val', username: 'Val'}),
          (first:Post {id: 'first', takenAt: $may3, mediaType: 'image'}),
          (second:Post {id: 'second', takenAt: $may3 + $day, mediaType: 'video'}),
          (shown:Post {id: 'shown', takenAt: $now - $day, likeCount: 2, commentCount: 0}),
          (ana)-[:POSTED]->(first), (bob)-[:POSTED]->(second), (dot)-[:POSTED]->(shown),
          (me)-[:LIKED {at: $now - $day}]->(first), (me)-[:LIKED {at: $now - $day}]->(second),
          (pat)-[:LIKED]->(first), (pat)-[:LIKED]->(shown), (val)-[:LIKED]->(first), (val)-[:LIKED]->(shown),
          (first)-[:SIMILAR {weight: 0.5}]->(shown), (second)-[:SIMILAR {weight: 0.3}]->(shown),
          (first)-[:SIMILAR_NEW {weight: 0.5}]->(shown), (second)-[:SIMILAR_NEW {weight: 0.3}]->(shown),
          (:Build {name: 'current', generation: 1, slot: 'A', builtAt: $now, asOf: $now, windowFrom: $now - 60 * $day,
            missing: []})
        """,
        now=NOW,
        day=DAY,
        may3=MAY_3,
    )
    prepare(client, DEFAULT)
    return client


def of(client: Client, **details: Any) -> Item:
    """The one post that I am shown."""
    [item] = feed(client, asked(limit=1, **details)).items
    assert item.post == SHOWN
    return item


def path(item: Item) -> list[tuple[str | None, str | None]]:
    return [(node["type"], node["id"]) for node in item.reason.path]


def test_it_names_what_i_liked_its_day_and_who_liked_both(graph: Client) -> None:
    item = of(graph)
    assert (item.source, item.reason.text) == ("similar_posts", LIKED_BOTH)
    assert path(item) == [(None, "me"), ("LIKED", "first"), ("SIMILAR", SHOWN)]
    rows = ask(graph, item.reason.cypher)
    assert [(row["a"]["id"], row["tie"].type, row["b"]["id"]) for row in rows] == [
        ("me", "LIKED", "first"),
        ("first", "SIMILAR", SHOWN),
    ]


def test_the_path_is_drawn_where_only_a_window_leads_there(graph: Client) -> None:
    ask(graph, "MATCH ()-[arc:SIMILAR]->() DELETE arc")
    item = of(graph)
    assert item.reason.text == LIKED_BOTH
    assert [(row["a"]["id"], row["b"]["id"]) for row in ask(graph, item.reason.cypher)] == [
        ("me", "first"),
        ("first", SHOWN),
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("SET post.mediaType = 'video'", "Ana's video of 3 May"),
        ("SET post.mediaType = 'carousel'", "Ana's album of 3 May"),
        ("REMOVE post.mediaType", "Ana's photo of 3 May"),
        ("SET post.takenAt = post.takenAt - 366 * 86400000", "Ana's photo of 3 May 2023"),
        ("REMOVE post.takenAt", "Ana's photo"),
        ("WITH post MATCH (ana)-[posted:POSTED]->(post) DELETE posted", "a photo of 3 May"),
    ],
)
def test_it_says_of_a_liked_post_what_is_known(graph: Client, change: str, text: str) -> None:
    ask(graph, f"MATCH (post:Post {{id: 'first'}}) {change}")
    assert of(graph).reason.text == f"Because you liked {text}; Pat liked both."


def test_a_followee_who_liked_both_comes_first_and_is_called_one(graph: Client) -> None:
    act(graph, "follow", person="val")
    assert of(graph).reason.text == "Because you liked Ana's photo of 3 May; Val, whom you follow, liked both."


CANNOT_BE_NAMED: dict[str, Callable[[Client, str], None]] = {
    "muted": lambda client, who: act(client, "mute", person=who),
    "blocked": lambda client, who: act(client, "block", person=who),
    "blocks me": lambda client, who: act(client, "block", who, person="me"),
    "opted out": lambda client, who: opt_out(client, who),
    "unliked what I liked": lambda client, who: act(client, "unlike", who, post="first"),
    "unliked what is shown": lambda client, who: act(client, "unlike", who, post=SHOWN),
    "is gone": lambda client, who: delete(client, who),
}
"""What keeps a person from being named."""


def opt_out(client: Client, who: str) -> None:
    ask(client, "MATCH (user:User {id: $id}) SET user.optedOut = true", id=who)


def delete(client: Client, who: str) -> None:
    ask(client, "MATCH (user:User {id: $id}) DETACH DELETE user", id=who)


@pytest.mark.parametrize("name", CANNOT_BE_NAMED)
def test_who_may_not_be_shown_to_me_is_not_named(graph: Client, name: str) -> None:
    CANNOT_BE_NAMED[name](graph, "pat")
    assert of(graph).reason.text == "Because you liked Ana's photo of 3 May; Val liked both."
    CANNOT_BE_NAMED[name](graph, "val")
    item = of(graph)
    assert (item.source, item.reason.text) == ("similar_posts", "Because you liked Ana's photo of 3 May.")


def test_a_followee_who_opted_out_of_being_shown_to_others_is_named_to_me(graph: Client) -> None:
    act(graph, "follow", person="pat")
    opt_out(graph, "pat")
    assert of(graph).reason.text == "Because you liked Ana's photo of 3 May; Pat, whom you follow, liked both."


def test_i_am_not_who_liked_both(graph: Client) -> None:
    first = feed(graph, asked(limit=1), record=True)
    act(graph, "like", post=SHOWN)
    for who in ("pat", "val"):
        act(graph, "unlike", who, post="first")
    [item] = replay(graph, "me", str(first.slate)).items
    assert item.reason.text == "Because you liked Ana's photo of 3 May."


def quiet() -> Profile:
    """A profile that names nobody whom I do not follow."""
    return changed(name_strangers=False)


def test_strangers_are_not_named_where_the_profile_says_so(graph: Client) -> None:
    assert of(graph, profile=quiet()).reason.text == "Because you liked Ana's photo of 3 May."
    act(graph, "follow", person="pat")
    expected = "Because you liked Ana's photo of 3 May; Pat, whom you follow, liked both."
    assert of(graph, profile=quiet()).reason.text == expected


def test_strangers_are_not_named_on_a_page_of_a_slate_either(graph: Client) -> None:
    first = feed(graph, asked(limit=1, profile=quiet()), record=True)
    [item] = replay(graph, "me", str(first.slate)).items
    assert item.reason.text == first.items[0].reason.text == "Because you liked Ana's photo of 3 May."


def mute_fog(client: Client) -> None:
    ask(client, "MATCH (post:Post {id: 'first'}) CREATE (post)-[:TAGGED]->(:Hashtag {name: 'fog'})")
    act(client, "mute", hashtag="fog")


CANNOT_BE_TOLD: dict[str, Callable[[Client], Any]] = {
    "hidden": lambda client: act(client, "hide", post="first"),
    "muted author": lambda client: act(client, "mute", person="ana"),
    "blocked author": lambda client: act(client, "block", person="ana"),
    "blocked by its author": lambda client: act(client, "block", "ana", person="me"),
    "muted hashtag": lambda client: mute_fog(client),
    "sensitive": lambda client: ask(client, "MATCH (post:Post {id: 'first'}) SET post.sensitive = true"),
    "author opted out": lambda client: opt_out(client, "ana"),
    "not liked any more": lambda client: act(client, "unlike", post="first"),
    "deleted": lambda client: ask(client, "MATCH (post:Post {id: 'first'}) DETACH DELETE post"),
    "not similar any more": lambda client: ask(client, "MATCH (:Post {id: 'first'})-[arc]->() DELETE arc"),
}
"""What keeps a post that I liked from being told as a reason."""
THE_NEXT = "Because you liked Bob's video of 4 May."


@pytest.mark.parametrize("name", CANNOT_BE_TOLD)
def test_where_what_i_liked_may_not_be_told_the_next_that_leads_there_is(graph: Client, name: str) -> None:
    CANNOT_BE_TOLD[name](graph)
    item = of(graph)
    assert (item.source, item.reason.text) == ("similar_posts", THE_NEXT)
    assert path(item) == [(None, "me"), ("LIKED", "second"), ("SIMILAR", SHOWN)]


@pytest.mark.parametrize("name", CANNOT_BE_TOLD)
def test_a_replay_tells_the_next_too(graph: Client, name: str) -> None:
    first = feed(graph, asked(limit=1), record=True)
    assert first.items[0].reason.text == LIKED_BOTH
    CANNOT_BE_TOLD[name](graph)
    [item] = replay(graph, "me", str(first.slate)).items
    assert item.reason.text == THE_NEXT
    assert path(item) == [(None, "me"), ("LIKED", "second"), ("SIMILAR", SHOWN)]


def test_what_was_liked_and_is_sensitive_is_told_where_that_was_asked_for(graph: Client) -> None:
    CANNOT_BE_TOLD["sensitive"](graph)
    assert of(graph, sensitive=True).reason.text == LIKED_BOTH


def test_where_none_that_leads_there_may_be_told_the_next_true_reason_is(graph: Client) -> None:
    first = feed(graph, asked(limit=1), record=True)

    def told() -> str:
        [item] = replay(graph, "me", str(first.slate)).items
        return item.reason.text

    act(graph, "hide", post="first")
    act(graph, "hide", post="second")
    assert told() == "Popular: 2 likes."
    ask(graph, "MATCH (post:Post {id: 'shown'}) CREATE (post)-[:TAGGED]->(:Hashtag {name: 'sun', display: 'Sun'})")
    act(graph, "pick", hashtag="sun")
    assert told() == "You picked #Sun."
    act(graph, "follow", person="ana")
    act(graph, "follow", "ana", person="dot")
    assert told() == "Ana, whom you follow, follows Dot."
    ask(graph, "MATCH (dot:User {id: 'dot'}) CREATE (dot)-[:POSTED]->(:Post {id: 'other', takenAt: 5})")
    act(graph, "like", post="other")
    assert told() == "You liked 1 post of Dot."
    act(graph, "follow", person="pat")
    assert told() == "Pat, whom you follow, liked this."
    act(graph, "unhide", post="second")
    assert told() == THE_NEXT
    act(graph, "follow", person="dot")
    assert told() == THE_NEXT  # what the post stood for, where it holds
    act(graph, "hide", post="second")
    assert told() == "You follow Dot."


def test_a_post_that_is_to_be_left_out_is_not_named_in_a_reason(graph: Client) -> None:
    assert of(graph).reason.text == LIKED_BOTH
    [item] = feed(graph, asked(limit=1, exclude=("first",))).items
    assert item.post == SHOWN
    assert path(item)[1] == ("LIKED", "second")


def test_somebody_whom_i_follow_since_is_not_said_to_follow_me(graph: Client) -> None:
    act(graph, "follow", person="pat")
    act(graph, "follow", "dot", person="pat")
    ask(graph, "MATCH (me:User {id: 'me'}) MATCH (dot:User {id: 'dot'}) CREATE (me)-[:AFFINITY {score: 0.1}]->(dot)")
    first = feed(graph, asked(limit=1, source="friends_of_friends"), record=True)
    assert first.items[0].reason.text == "Dot follows Pat, as you do."
    act(graph, "follow", person="dot")
    act(graph, "unfollow", person="pat")
    assert replay(graph, "me", str(first.slate)).items[0].reason.text == "You follow Dot."


def test_a_liked_post_of_a_later_day_is_no_reason(graph: Client) -> None:
    ask(graph, "MATCH (:User {id: 'me'})-[liked:LIKED]->() REMOVE liked.at")
    ask(graph, "MATCH (first:Post {id: 'first'}) SET first.takenAt = $at", at=NOW + DAY)
    assert path(of(graph))[1] == ("LIKED", "second")


@pytest.mark.parametrize(
    ("follows", "text", "between"),
    [
        ("me pat, pat dot, dot me, val me, val dot", "Pat, whom you follow, follows Dot.", ["pat"]),
        ("dot me, me pat, dot pat, val me, val dot", "Dot follows you.", []),
        ("me pat, dot pat, val me, val dot", "Dot follows Pat, as you do.", ["pat"]),
        ("val me, val dot, pat me, dot pat", "Val, who follows you, follows Dot.", ["val"]),
        ("pat me, dot pat", "Dot follows Pat, who follows you.", ["pat"]),
    ],
)
def test_whoever_is_near_is_so_by_follows_in_either_direction(
    graph: Client, follows: str, text: str, between: list[str]
) -> None:
    for pair in follows.split(", "):
        who, whom = pair.split()
        act(graph, "follow", who, person=whom)
    ask(graph, "MATCH (me:User {id: 'me'}) MATCH (dot:User {id: 'dot'}) CREATE (me)-[:AFFINITY {score: 0.1}]->(dot)")
    item = of(graph, source="friends_of_friends")
    assert item.reason.text == text
    assert path(item) == [(None, "me"), *(("FOLLOWS", who) for who in [*between, "dot"]), ("POSTED", SHOWN)]
    assert len(ask(graph, item.reason.cypher)) == len(between) + 2
    strangers = changed(DEFAULT, name_strangers=False)
    told = of(graph, source="friends_of_friends", profile=strangers).reason.text
    assert (told == text) == ("who follows you" not in text)


def test_what_nothing_but_its_likes_explains_says_so(graph: Client) -> None:
    ask(graph, "CREATE (:User {id: 'new'})")
    ask(
        graph,
        "MATCH (build:Build), (post:Post {id: 'shown'}) CREATE (build)-[:TOP {hashtag: '', month: 202405}]->(post)",
    )
    [item] = feed(graph, asked("new", source="popular")).items
    assert (item.source, item.reason.text) == ("popular", "Popular: 2 likes.")
    assert path(item) == [(None, "new"), (None, SHOWN)]
    ask(graph, "MATCH (post:Post {id: 'shown'}) CREATE (:TrendingList {builtAt: 1})-[:TRENDING {place: 0}]->(post)")
    [item] = feed(graph, asked("new", source="trending")).items
    assert (item.source, item.reason.text) == ("trending", "Trending: 2 likes.")
    ask(graph, "MATCH (post:Post {id: 'shown'}) SET post.likeCount = 1")
    [item] = feed(graph, asked("new", source="popular")).items
    assert item.reason.text == "Popular: 1 like."


def test_a_reason_among_many_likers_is_found_or_done_without(graph: Client) -> None:
    """At most 200 likers of either post are looked at, however many there are."""
    ask(
        graph,
        "MATCH (first:Post {id: 'first'}) MATCH (shown:Post {id: 'shown'}) UNWIND range(1, 500) AS n "
        "CREATE (:User {id: 'fan' + n})-[:LIKED]->(first) CREATE (:User {id: 'other fan' + n})-[:LIKED]->(shown)",
    )
    text = of(graph).reason.text
    assert text in (LIKED_BOTH, "Because you liked Ana's photo of 3 May.")


def test_the_pages_of_a_slate_check_reasons_when_they_are_read(graph: Client) -> None:
    ask(
        graph,
        "MATCH (first:Post {id: 'first'}) MATCH (pat:User {id: 'pat'}) UNWIND range(0, 5) AS n "
        "CREATE (:User {id: 'by' + n, username: 'By' + n})-[:POSTED]->"
        "(post:Post {id: 'more' + n, takenAt: $at, likeCount: 1}) "
        "CREATE (first)-[:SIMILAR {weight: 0.1}]->(post) CREATE (first)-[:SIMILAR_NEW {weight: 0.1}]->(post) "
        "CREATE (pat)-[:LIKED]->(post)",
        at=NOW - DAY,
    )
    first = feed(graph, asked(limit=3), record=True)
    assert {item.reason.text for item in first.items} == {LIKED_BOTH}
    act(graph, "block", "pat", person="me")
    page = next_page(graph, "me", str(first.cursor), limit=10)
    assert len(page.items) == 4
    others = "Because you liked Ana's photo of 3 May"
    assert all(reason_of(item) in (f"{others}.", f"{others}; Val liked both.") for item in page.items)
    act(graph, "unlike", post="first")
    page = next_page(graph, "me", str(first.cursor), limit=10)
    assert {reason_of(item) for item in page.items if item.post != SHOWN} == {"Popular: 1 like."}


def test_the_tutorial_has_reasons_of_its_own(graph: Client) -> None:
    act(graph, "follow", person="dot")
    items = feed(graph, asked(profile=profile("tutorial"), source="followees")).items
    assert [(item.post, item.reason.text) for item in items] == [(SHOWN, "You follow Dot.")]
