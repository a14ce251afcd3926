"""Slates: pages that do not repeat, whatever happens between them; what was served; replays; cursors."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from graph import clock
from graph.client import Client, Row
from graph.errors import Expired, NotFound, SettingsError
from graph.events import Event, Outcome, record
from graph.ranking.feed import Feed, feed, next_page, prepare, replay
from graph.ranking.profiles import FEATURES, profile
from graph.ranking.slates import FORMER_PARTS
from service.cli import app
from tests.little_network import (
    DAY,
    DEFAULT,
    NOW,
    Network,
    act,
    asked,
    built,
    changed,
    let_trend,
    lively,
    posts_of,
    ranking,
    reason_of,
)
from tests.support import ask

pytestmark = pytest.mark.live
HOUR = DAY // 24
ALL = 100
"""As a limit: the whole slate, which is shorter."""
WIDE = changed(page={"pool": 1000, "best": 1000})
"""A profile whose pool has a place for every post."""


@pytest.fixture
def lively_graph(client: Client, tmp_path: Path) -> Client:
    """The lively network, of which nothing is built."""
    lively().load(client, tmp_path / "files")
    prepare(client, DEFAULT)
    return client


@pytest.fixture
def ready(lively_graph: Client) -> Client:
    """The lively network, with all that is built of it."""
    assert built(lively_graph).missing == ()
    return lively_graph


def recorded(client: Client, **details: Any) -> Feed:
    """A first page of mine that counts as served."""
    return feed(client, asked(**details), record=True)


def slates(client: Client) -> list[Row]:
    """All that is kept of each slate of mine, in the order of their clocks."""
    text = "MATCH (:User {id: 'me'})-[:WAS_SHOWN]->(slate:Slate) RETURN slate {.*} AS slate ORDER BY slate.asOf"
    return [row["slate"] for row in ask(client, text)]


def pages(client: Client, first: Feed, limit: int) -> list[list[str]]:
    """The posts of each page from the first to the end, each of which counts as served."""
    found = [posts_of(first)]
    cursor = first.cursor
    while cursor is not None:
        page = next_page(client, "me", cursor, limit=limit, record=True)
        found.append(posts_of(page))
        cursor = page.cursor
    return found


def test_a_recorded_feed_writes_one_slate_with_all_that_it_was_made_from(ready: Client) -> None:
    let_trend(ready, "rex", "sue", "ted")
    look = feed(ready, asked(seed=3, limit=30))
    assert (look.slate, look.cursor, slates(ready)) == (None, None, [])
    answer = recorded(ready, seed=3, limit=30)
    assert answer.items == look.items
    [slate] = slates(ready)
    assert {key: slate[key] for key in ("id", "asOf", "seed", "profile", "profileHash", "source", "served")} == {
        "id": answer.slate,
        "asOf": NOW,
        "seed": 3,
        "profile": "default",
        "profileHash": DEFAULT.hash,
        "source": "mixed",
        "served": 30,
    }
    for place, item in enumerate(look.items):
        assert (slate["posts"][place], slate["authors"][place]) == (item.post, item.author)
        assert (slate["scores"][place], slate["probabilities"][place]) == (item.score, item.probability)
        assert slate["sources"][place] == item.source
        link = next((node["id"] for node in item.reason.path if node["type"] == "LIKED"), None)
        if item.source == "similar_posts":
            assert slate["links"][place] == link
    assert len(slate["posts"]) == len({*slate["posts"]}) == len(slate["probabilities"]) > 50
    assert slate["expiresAt"] - clock.now() == pytest.approx(ranking().slate.days * DAY, abs=HOUR)


def test_a_slate_keeps_features_unweighted_under_their_names(ready: Client) -> None:
    """One list of names, one of numbers, and what each feature counted for the person: all can be weighed anew."""
    answer = recorded(ready, limit=30)
    [slate] = slates(ready)
    assert slate["names"] == [*FEATURES]
    assert len(slate["features"]) == len(FEATURES) * len(slate["posts"])
    assert all(isinstance(value, float) for value in slate["features"])
    known, never = (dict(zip(FEATURES, slate[column], strict=True)) for column in ("known", "never"))
    plain = ranking().weights.model_dump()
    assert {name: known[name] for name in ("recency", "prior", "never")} == {
        name: plain[name] for name in ("recency", "prior", "never")
    }
    assert known["lists"] != never["lists"]
    for place, item in enumerate(answer.items):
        features = dict(zip(FEATURES, slate["features"][place * len(FEATURES) :], strict=False))
        assert features["never"] in (0.0, 1.0)
        weights = never if features["never"] else known
        assert item.parts == {name: weights[name] * value for name, value in features.items()}
        assert sum(item.parts.values()) == pytest.approx(slate["scores"][place], abs=1e-9)


def test_the_whole_pool_is_kept_of_a_share_of_slates(ready: Client) -> None:
    kept = ("poolPosts", "poolAuthors", "poolSources", "poolHashtags", "poolFeatures")
    none, every = changed(pool_share=0.0), changed(pool_share=1.0)
    for number in range(5):
        recorded(ready, profile=none, as_of=NOW + number, source="liked_authors", limit=1)
    assert not any(name in slate for slate in slates(ready) for name in kept)
    look = feed(ready, asked(profile=every, limit=30, as_of=NOW + 10))
    recorded(ready, profile=every, as_of=NOW + 10)
    slate = slates(ready)[-1]
    places = dict(zip(slate["poolPosts"], range(ALL), strict=False))
    assert {*slate["posts"]} == places.keys()
    assert [*places] != slate["posts"]  # by score, not as they were drawn
    assert len(slate["poolFeatures"]) == len(places) * len(FEATURES)
    for place, post in enumerate(slate["posts"]):
        at = places[post]
        width = len(FEATURES)
        assert slate["poolAuthors"][at] == slate["authors"][place]
        assert slate["sources"][place] in slate["poolSources"][at].split()
        assert slate["poolFeatures"][at * width : (at + 1) * width] == slate["features"][place * width :][:width]
    pictured = {post: slate["poolHashtags"][places[post]] for post in places if post[:3] in ("ola", "pia", "quo")}
    assert {*pictured.values()} <= {"sun"}
    sources = {post: slate["poolSources"][at].split() for post, at in places.items()}
    assert all(item.source in sources[item.post] for item in look.items if item.post in sources)
    assert len({name for names in sources.values() for name in names}) > 4


def test_a_share_of_slates_is_about_that(ready: Client) -> None:
    half = changed(pool_share=0.5)
    for number in range(40):
        recorded(ready, profile=half, as_of=NOW + number, source="liked_authors", limit=1)
        ask(ready, "MATCH (slate:Slate) SET slate.served = 0")
    with_pool = sum("poolPosts" in slate for slate in slates(ready))
    assert 8 <= with_pool <= 32  # less likely than one in 30,000 by chance


def test_a_slate_is_as_long_as_the_pool_of_the_profile(lively_graph: Client, tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[short]\nbase = "default"\nranking.page.best = 15')
    first = recorded(lively_graph, profile=profile("short", path))
    second = next_page(lively_graph, "me", str(first.cursor))
    assert (len(first.items), len(second.items), second.cursor) == (10, 5, None)


@pytest.mark.parametrize("limit", [7, 10, ALL])
def test_the_pages_are_the_slate_in_its_order(lively_graph: Client, limit: int) -> None:
    first = recorded(lively_graph, limit=7)
    found = pages(lively_graph, first, limit)
    [slate] = slates(lively_graph)
    assert [post for page in found for post in page] == slate["posts"]
    assert all(len(page) == limit for page in found[1:-1])
    assert slate["served"] == len(slate["posts"])


def test_a_page_tells_what_the_slate_was_made_from(lively_graph: Client) -> None:
    first = recorded(lively_graph, seed=3)
    page = next_page(lively_graph, "me", str(first.cursor))
    made_from = ("user", "profile", "profile_hash", "source", "as_of", "seed", "slate")
    assert {name: getattr(page, name) for name in made_from} == {name: getattr(first, name) for name in made_from}
    assert len(page.items) == DEFAULT.limit
    assert all(reason_of(item) and item.reason.path[-1]["id"] == item.post for item in page.items)


def test_writes_between_pages_cause_no_repeat(lively_graph: Client, tmp_path: Path) -> None:
    first = recorded(lively_graph, limit=5)
    slate = slates(lively_graph)[0]["posts"]
    seen = [*slate[:5]]
    acts: list[dict[str, Any]] = [
        {"kind": "like", "post": slate[0]},
        {"kind": "hide", "post": slate[12]},
        {"kind": "mute", "person": "ben"},
        {"kind": "follow", "person": "yan"},
        {"kind": "unfollow", "person": "cem"},
        {"kind": "mute", "hashtag": "sun"},
        {"kind": "like", "post": slate[-1]},
    ]
    cursor = first.cursor
    while cursor is not None:
        if acts:
            act(lively_graph, **acts.pop(0))
            network = Network()
            network.post("ana", f"new{len(acts)}", days_ago=0)
            network.load(lively_graph, tmp_path / f"new{len(acts)}")
        if len(acts) == 3:
            built(lively_graph)
        page = next_page(lively_graph, "me", cursor, limit=5, record=True)
        seen += posts_of(page)
        cursor = page.cursor
    assert not acts
    assert len(seen) == len({*seen})
    assert [post for post in slate if post in seen] == seen
    assert slate[12] not in seen


def test_a_page_from_which_much_was_muted_is_filled_from_the_next(lively_graph: Client) -> None:
    first = recorded(lively_graph, limit=5)
    slate = slates(lively_graph)[0]["posts"]
    for post in slate[5:9]:
        act(lively_graph, "hide", post=post)
    page = next_page(lively_graph, "me", str(first.cursor), limit=5)
    assert posts_of(page) == slate[9:14]
    assert posts_of(next_page(lively_graph, "me", str(page.cursor), limit=5)) == slate[14:19]


def test_the_end_of_a_slate_has_no_cursor(lively_graph: Client) -> None:
    assert recorded(lively_graph, source="followees").cursor is not None
    assert recorded(lively_graph, source="interests", limit=12).cursor is None
    first = recorded(lively_graph, source="friends_of_friends", limit=5)
    for person in ("dan", "eva", "fay"):
        act(lively_graph, "mute", person=person)
    last = next_page(lively_graph, "me", str(first.cursor), record=True)
    assert (last.items, last.cursor) == ([], None)


def test_what_was_served_is_not_in_the_next_first_page_until_some_days_after(lively_graph: Client) -> None:
    served = {*posts_of(recorded(lively_graph))}
    kept_away = round(ranking().served_days * DAY)

    def looked_at(as_of: int) -> set[str]:
        return {*posts_of(feed(lively_graph, asked(limit=ALL, as_of=as_of, profile=WIDE)))}

    for as_of in (NOW, NOW + HOUR, NOW + kept_away - 1):
        assert len(looked_at(as_of)) > 40
        assert not served & looked_at(as_of)
    assert served <= looked_at(NOW + kept_away)
    assert served <= looked_at(NOW - 1)  # what is recorded at a later clock does not count yet


def test_two_recorded_feeds_at_the_same_time_share_no_post(ready: Client) -> None:
    assert not {*posts_of(recorded(ready))} & {*posts_of(recorded(ready))}


def test_only_pages_that_were_returned_count_as_served(lively_graph: Client) -> None:
    first = recorded(lively_graph, limit=5)
    slate = slates(lively_graph)[0]["posts"]

    def served() -> list[str]:
        there = {*posts_of(feed(lively_graph, asked(limit=ALL, profile=WIDE)))}
        return [post for post in slate if post not in there]

    assert served() == slate[:5]
    page = next_page(lively_graph, "me", str(first.cursor), limit=5)
    assert served() == slate[:5]  # that was a look
    assert next_page(lively_graph, "me", str(first.cursor), limit=5, record=True) == page
    assert served() == slate[:10]
    next_page(lively_graph, "me", str(first.cursor), limit=2, record=True)
    assert served() == slate[:10]  # back to a page before takes nothing back
    replay(lively_graph, "me", str(first.slate))
    assert served() == slate[:10]


# Served later


def impress(client: Client, slate: str | None, place: int, user: str = "me") -> Outcome:
    """What comes of telling that a slate was seen up to a place."""
    [outcome] = record(client, [Event(uuid4().hex, "impression", user, slate=slate, place=place)])
    return outcome


def served(client: Client) -> list[str]:
    """What the one slate there is has that no new feed has."""
    there = {*posts_of(feed(client, asked(limit=ALL, profile=WIDE)))}
    return [post for post in slates(client)[0]["posts"] if post not in there]


def test_what_is_served_later_counts_as_far_as_impressions_tell(lively_graph: Client) -> None:
    first = feed(lively_graph, asked(limit=5), record=True, served="later")
    assert [item.place for item in first.items] == [1, 2, 3, 4, 5]
    posts = slates(lively_graph)[0]["posts"]
    assert (posts_of(first), served(lively_graph)) == (posts[:5], [])
    assert impress(lively_graph, first.slate, 3).status == "done"
    assert served(lively_graph) == posts[:3]
    for again in (3, 2, 1):
        assert impress(lively_graph, first.slate, again).status == "unchanged"
    assert served(lively_graph) == posts[:3]
    assert slates(lively_graph)[0]["served"] == 3


def test_pages_of_what_is_served_later_count_as_nothing_until_then(lively_graph: Client) -> None:
    first = feed(lively_graph, asked(limit=5), record=True, served="later")
    second = next_page(lively_graph, "me", str(first.cursor), record=True)
    posts = slates(lively_graph)[0]["posts"]
    assert (posts_of(second), [item.place for item in second.items]) == (posts[5:10], [6, 7, 8, 9, 10])
    assert served(lively_graph) == []
    beyond = impress(lively_graph, first.slate, 11)
    assert isinstance(beyond.error, SettingsError)
    assert str(beyond.error).startswith(f"Place 11 of the slate '{first.slate}' was not handed out: its pages reach")
    assert str(beyond.error).endswith("place 10. Use the `place` of an item that was shown.")
    look = next_page(lively_graph, "me", str(second.cursor))  # which hands nothing out
    assert look.items[0].place == 11
    assert impress(lively_graph, first.slate, 11).status == "refused"
    assert served(lively_graph) == []
    assert impress(lively_graph, first.slate, 10).status == "done"
    assert served(lively_graph) == posts[:10]


def test_the_place_of_an_item_counts_what_was_left_out_before_it(lively_graph: Client) -> None:
    first = feed(lively_graph, asked(limit=5), record=True, served="later")
    posts = slates(lively_graph)[0]["posts"]
    act(lively_graph, "hide", post=posts[6])
    second = next_page(lively_graph, "me", str(first.cursor), record=True)
    assert [item.place for item in second.items] == [6, 8, 9, 10, 11]
    assert impress(lively_graph, first.slate, 11).status == "done"
    assert slates(lively_graph)[0]["served"] == 11


def test_of_what_is_served_at_once_impressions_change_nothing(lively_graph: Client) -> None:
    first = recorded(lively_graph, limit=5)
    assert impress(lively_graph, first.slate, 4).status == "unchanged"
    assert slates(lively_graph)[0]["served"] == slates(lively_graph)[0]["handedOut"] == 5
    ask(lively_graph, "MATCH (slate:Slate) REMOVE slate.handedOut")  # as a version before impressions wrote it
    assert impress(lively_graph, first.slate, 5).status == "unchanged"
    assert impress(lively_graph, first.slate, 6).status == "refused"
    next_page(lively_graph, "me", str(first.cursor), record=True)
    assert slates(lively_graph)[0]["served"] == slates(lively_graph)[0]["handedOut"] == 10


def test_an_impression_of_no_slate_of_mine_or_of_an_expired_one_is_refused(lively_graph: Client) -> None:
    first = feed(lively_graph, asked(limit=5), record=True, served="later")
    for slate, user in (("none", "me"), (first.slate, "ana")):
        outcome = impress(lively_graph, slate, 1, user)
        assert isinstance(outcome.error, NotFound)
        assert outcome.problem == f"{user} has no slate {slate!r}."
    age(lively_graph, first.slate, 0.01)
    outcome = impress(lively_graph, first.slate, 1)
    assert isinstance(outcome.error, Expired)
    assert outcome.problem == f"The slate '{first.slate}' has expired."
    assert slates(lively_graph)[0]["served"] == 0


def test_an_impression_of_a_slate_without_an_end_is_of_none(lively_graph: Client) -> None:
    slate = str(feed(lively_graph, asked("me", limit=5), record=True, served="later").slate)
    ask(lively_graph, "MATCH (slate:Slate {id: $id}) REMOVE slate.expiresAt", id=slate)  # as where it is being deleted
    assert isinstance(impress(lively_graph, slate, 2).error, NotFound)


def test_impressions_at_the_same_time_leave_the_farthest(lively_graph: Client) -> None:
    first = feed(lively_graph, asked(limit=10), record=True, served="later")
    with ThreadPoolExecutor(5) as threads:
        told = list(threads.map(lambda place: impress(lively_graph, first.slate, place), [7, 2, 9, 4, 10, 1, 3, 8]))
    assert {outcome.status for outcome in told} <= {"done", "unchanged"}
    assert slates(lively_graph)[0]["served"] == 10


def test_a_view_says_nothing_about_serving(lively_graph: Client) -> None:
    first = feed(lively_graph, asked(limit=5), record=True, served="later")
    act(lively_graph, "view", post=first.items[4].post)
    assert slates(lively_graph)[0]["served"] == 0
    assert served(lively_graph) == [first.items[4].post]  # which was seen


def test_what_was_not_seen_yet_does_not_stand_for_the_last_slates(three_authors: Client) -> None:
    record_of(three_authors, "ana", NOW - HOUR)
    before = chances(three_authors)
    for number in range(ranking().slate.remembered):
        feed(three_authors, asked(limit=2, as_of=NOW - 10 + number), record=True, served="later")
    assert chances(three_authors) == before


def test_a_look_cannot_be_served_later(lively_graph: Client) -> None:
    with pytest.raises(SettingsError, match="An unrecorded feed has no slate"):
        feed(lively_graph, asked(), served="later")
    assert slates(lively_graph) == []
    assert {item.place for item in feed(lively_graph, asked()).items} == {None}


@pytest.mark.usefixtures("cli_environment")
def test_the_command_line_serves_later(lively_graph: Client) -> None:
    first = run("feed", "me", "--as-of", "2024-06-01", "--limit", "3", "--record", "--served", "later")
    run("feed", "me", "--cursor", first["cursor"], "--record")
    assert slates(lively_graph)[0]["served"] == 0
    told = CliRunner().invoke(app, ["impression", "me", first["slate"], "--place", "5"], catch_exceptions=False)
    assert told.stdout == f"me saw slate {first['slate']} up to place 5.\n"
    assert slates(lively_graph)[0]["served"] == 5


def test_an_empty_feed_records_no_slate(client: Client) -> None:
    ask(client, "CREATE (:User {id: 'me'})")
    answer = recorded(client)
    assert (answer.items, answer.slate, answer.cursor) == ([], None, None)
    assert slates(client) == []


def test_a_replay_gives_the_stored_order_again(lively_graph: Client) -> None:
    first = recorded(lively_graph)
    slate = slates(lively_graph)[0]
    for _ in range(2):
        again = replay(lively_graph, "me", str(first.slate))
        assert posts_of(again) == slate["posts"]
        assert [item.probability for item in again.items] == slate["probabilities"]
        assert again.items[:10] == first.items
        assert (again.slate, again.cursor, again.as_of, again.seed) == (first.slate, None, NOW, 0)


def test_a_replay_leaves_out_what_was_muted_since_and_keeps_what_was_liked(lively_graph: Client) -> None:
    first = recorded(lively_graph)
    slate = slates(lively_graph)[0]["posts"]
    act(lively_graph, "mute", person="lea")
    act(lively_graph, "like", post=slate[1])
    kept = [post for post in slate if not post.startswith("lea")]
    assert posts_of(replay(lively_graph, "me", str(first.slate))) == kept
    act(lively_graph, "unmute", person="lea")
    assert posts_of(replay(lively_graph, "me", str(first.slate))) == slate


def test_a_reason_that_holds_no_more_is_not_given(lively_graph: Client) -> None:
    first = recorded(lively_graph, source="friends_of_friends")
    [reason] = {reason_of(item) for item in first.items if item.author == "dan"}
    assert reason == "Ana, whom you follow, follows Dan."
    act(lively_graph, "unfollow", person="ana")
    items = replay(lively_graph, "me", str(first.slate)).items
    assert {reason_of(item) for item in items if item.author == "dan"} == {"New, and open to everybody."}
    assert {reason_of(item) for item in items if item.author == "eva"} == {"Ben, whom you follow, follows Eva."}


# Slates of other versions


def keep(client: Client, **properties: Any) -> str:
    """A slate of mine with these properties, written as another version would have; its id."""
    about = {
        "id": "0" * 31 + "1",
        "asOf": NOW,
        "seed": 5,
        "profile": "default",
        "profileHash": "abcdefabcdef",
        "source": "mixed",
        "expiresAt": clock.now() + DAY,
        "served": 2,
    }
    text = "MATCH (me:User {id: 'me'}) CREATE (me)-[:WAS_SHOWN]->(slate:Slate) SET slate = $slate RETURN slate.id AS id"
    return str(ask(client, text, slate={**about, **properties})[0]["id"])


OLD = [
    # post, author, source, value, via, link
    ("lea0", "lea", "similar_taste", 0.25, "jan", "old uma"),
    ("ana0", "ana", "followees", 0.0, "", ""),
    ("dan0", "dan", "friends_of_friends", 0.5, "ana", ""),
    ("gus0", "gus", "liked_by_followees", 2.0, "ana", ""),
    ("ola0", "ola", "interests", 1.0, "sun", ""),
    ("xia0", "xia", "popular", 99.0, "", ""),
    ("max0", "max", "similar_taste", 0.125, "kim", "old vic"),
]
"""Places of a slate as the version before features wrote it."""


def keep_old(client: Client) -> str:
    """A slate of the version before features: its parts are weighted and have no names."""
    width = len(FORMER_PARTS)
    return keep(
        client,
        posts=[place[0] for place in OLD],
        authors=[place[1] for place in OLD],
        sources=[place[2] for place in OLD],
        values=[place[3] for place in OLD],
        vias=[place[4] for place in OLD],
        links=[place[5] for place in OLD],
        scores=[-1.0 - number for number in range(len(OLD))],
        probabilities=[0.5 / (1 + number) for number in range(len(OLD))],
        width=width,
        parts=[float(10 * place + part) for place in range(len(OLD)) for part in range(width)],
    )


def test_a_slate_of_the_version_before_features_pages_and_replays(lively_graph: Client) -> None:
    slate = keep_old(lively_graph)
    whole = replay(lively_graph, "me", slate)
    assert posts_of(whole) == [place[0] for place in OLD]
    assert (whole.slate, whole.as_of, whole.seed, whole.profile_hash) == (slate, NOW, 5, "abcdefabcdef")
    for number, item in enumerate(whole.items):
        assert (item.source, item.author) == (OLD[number][2], OLD[number][1])
        assert item.parts == {name: 10.0 * number + part for part, name in enumerate(FORMER_PARTS)}
        assert (item.score, item.probability) == (-1.0 - number, 0.5 / (1 + number))
    page = next_page(lively_graph, "me", f"{slate}.2.3", record=True)
    assert page.items == whole.items[2:5]
    assert page.cursor == f"{slate}.5.3"
    assert next_page(lively_graph, "me", str(page.cursor), record=True).items == whole.items[5:]
    assert slates(lively_graph)[0]["served"] == len(OLD)
    there = {*posts_of(feed(lively_graph, asked(limit=ALL, profile=WIDE)))}
    assert not there & {*posts_of(whole)}


def test_reasons_of_the_version_before_features_are_told_while_they_hold(lively_graph: Client) -> None:
    slate = keep_old(lively_graph)

    def told() -> dict[str, str]:
        return {item.post: reason_of(item) for item in replay(lively_graph, "me", slate).items}

    assert told() == {
        "lea0": "Jan, who likes what you like, liked this.",
        "ana0": "You follow Ana.",
        "dan0": "Ana, whom you follow, follows Dan.",
        "gus0": "Ana and 1 other, whom you follow, liked this.",
        "ola0": "You picked #sun.",
        "xia0": "Popular: 99 likes.",
        "max0": "Kim, who likes what you like, liked this.",
    }
    lea, *_ = replay(lively_graph, "me", slate).items
    steps = [(node["type"], node["id"]) for node in lea.reason.path]
    assert steps == [(None, "me"), ("LIKED", "old uma"), ("LIKED", "jan"), ("LIKED", "lea0")]
    rows = ask(lively_graph, lea.reason.cypher)
    assert [(row["a"]["id"], row["b"]["id"]) for row in rows] == [
        ("me", "old uma"),
        ("old uma", "jan"),
        ("jan", "lea0"),
    ]
    act(lively_graph, "mute", person="jan")
    act(lively_graph, "hide", post="old vic")
    after = told()
    assert (after["lea0"], after["max0"]) == ("Popular: 3 likes.", "Popular: 3 likes.")
    assert after["ana0"] == "You follow Ana."


@pytest.mark.parametrize("kind", ["unlike mine", "unlike theirs", "block", "opt out", "gone"])
def test_a_person_of_a_reason_of_before_features_is_checked(lively_graph: Client, kind: str) -> None:
    slate = keep_old(lively_graph)
    match kind:
        case "unlike mine":
            act(lively_graph, "unlike", post="old uma")
        case "unlike theirs":
            act(lively_graph, "unlike", "jan", post="lea0")
        case "block":
            act(lively_graph, "block", "jan", person="me")
        case "opt out":
            ask(lively_graph, "MATCH (jan:User {id: 'jan'}) SET jan.optedOut = true")
        case _:
            ask(lively_graph, "MATCH (jan:User {id: 'jan'}) DETACH DELETE jan")
    lea, *rest = replay(lively_graph, "me", slate).items
    assert lea.reason.text.startswith("Popular: ")
    assert "Jan" not in str(lea)
    assert rest[-1].reason.text == "Kim, who likes what you like, liked this."


@pytest.mark.parametrize("change", ["one less", "one more", "another order"])
def test_a_slate_of_other_features_pages_and_replays_under_its_own_names(ready: Client, change: str) -> None:
    """As a version before or after this one wrote it."""
    first = recorded(ready, limit=5)
    [slate] = slates(ready)
    rows = [slate["features"][at : at + len(FEATURES)] for at in range(0, len(slate["features"]), len(FEATURES))]
    names = {
        "one less": [name for name in FEATURES if name != "tag"],
        "one more": [*FEATURES[:3], "novelty", *FEATURES[3:]],
        "another order": [*reversed(FEATURES)],
    }[change]
    tables = [dict(zip(FEATURES, row, strict=True)) | {"novelty": 0.5} for row in rows]
    counted = {
        column: dict(zip(FEATURES, slate[column], strict=True)) | {"novelty": 3.0} for column in ("known", "never")
    }
    ask(
        ready,
        "MATCH (slate:Slate {id: $id}) SET slate += $changes",
        id=slate["id"],
        changes={
            "names": names,
            "features": [table[name] for table in tables for name in names],
            **{column: [weights[name] for name in names] for column, weights in counted.items()},
        },
    )
    whole = replay(ready, "me", str(first.slate))
    assert posts_of(whole) == slate["posts"]
    for item, table in zip(whole.items, tables, strict=True):
        weights = counted["never" if table["never"] else "known"]
        assert item.parts == {name: weights[name] * table[name] for name in names}
    page = next_page(ready, "me", str(first.cursor))
    assert page.items == whole.items[5:10]


def test_a_slate_without_a_name_for_a_source_of_today_tells_what_holds(lively_graph: Client) -> None:
    """As a version after this one may write it."""
    first = recorded(lively_graph, source="followees", limit=5)
    ask(lively_graph, "MATCH (slate:Slate) SET slate.sources = [source IN slate.sources | 'looks_alike']")
    items = replay(lively_graph, "me", str(first.slate)).items
    assert {reason_of(item) for item in items} == {"You follow Ana.", "You follow Ben.", "You follow Cem."}
    assert {item.source for item in items} == {"looks_alike"}


def test_what_is_no_cursor_is_an_error_that_says_so(lively_graph: Client) -> None:
    slate = str(recorded(lively_graph).slate)
    ends = ("", ".", ".5", ".-1.5", ".1000.5", ".5.0", ".5.5x", ".5.5 ", ".٥.5", ".5.5.5")
    for cursor in ("", "x", "7", ".5.5", f" {slate}.5.5", slate[1:] + ".5.5", *(slate + end for end in ends)):
        with pytest.raises(SettingsError, match="Invalid cursor"):
            next_page(lively_graph, "me", cursor)


def test_the_cursor_of_somebody_else_is_an_error_that_tells_nothing(lively_graph: Client) -> None:
    first = recorded(lively_graph)
    for user in ("ana", "nobody"):
        with pytest.raises(NotFound, match=f"{user} has no slate"):
            next_page(lively_graph, user, str(first.cursor), record=True)
        with pytest.raises(NotFound, match=f"{user} has no slate"):
            replay(lively_graph, user, str(first.slate))
    with pytest.raises(NotFound, match="me has no slate 'nonsense'"):
        replay(lively_graph, "me", "nonsense")


def age(client: Client, slate: str | None, days: float) -> None:
    """Have a slate expire so many days ago."""
    text = "MATCH (slate:Slate {id: $slate}) SET slate.expiresAt = $at"
    ask(client, text, slate=slate, at=clock.now() - round(days * DAY))


def test_an_expired_cursor_is_an_error_that_says_what_to_do(lively_graph: Client) -> None:
    first = recorded(lively_graph)
    age(lively_graph, first.slate, 0.01)
    with pytest.raises(Expired, match=r"has expired\. Ask for a first page"):
        next_page(lively_graph, "me", str(first.cursor), record=True)
    with pytest.raises(Expired):
        replay(lively_graph, "me", str(first.slate))
    assert slates(lively_graph)[0]["served"] == 10
    assert not {*posts_of(first)} & {*posts_of(feed(lively_graph, asked(limit=ALL)))}  # it counts all the same


def test_slates_that_expired_long_ago_go_when_the_next_is_made(lively_graph: Client) -> None:
    old, recent, good = (recorded(lively_graph, limit=2) for _ in range(3))
    somebody_else = feed(lively_graph, asked("ana"), record=True)
    served_days = ranking().served_days
    age(lively_graph, old.slate, served_days + 0.1)
    age(lively_graph, somebody_else.slate, served_days + 0.1)
    age(lively_graph, recent.slate, served_days - 0.1)
    last = recorded(lively_graph, limit=2)
    assert {slate["id"] for slate in slates(lively_graph)} == {recent.slate, good.slate, last.slate}
    assert ask(lively_graph, "MATCH (slate:Slate {id: $id}) RETURN slate", id=somebody_else.slate)


AUTHORS = {author: [f"{author}{number}" for number in range(4)] for author in ("ana", "ben", "cem")}


@pytest.fixture
def three_authors(client: Client, tmp_path: Path) -> Client:
    """I follow ana, ben and cem, who have four posts each, all of which score alike."""
    network = Network()
    for author, posts in AUTHORS.items():
        network.follow("me", author)
        network.post(author, *posts)
    network.load(client, tmp_path / "files")
    return client


def chances(client: Client) -> dict[str | None, float | None]:
    """For each author, the probability of a given post of theirs to be drawn first, from looks with some seeds."""
    firsts = [feed(client, asked(limit=1, seed=seed)).items[0] for seed in range(8)]
    return {first.author: first.probability for first in firsts}


def record_of(client: Client, author: str, as_of: int) -> None:
    """Have me be served one post of this author."""
    others = [post for other, posts in AUTHORS.items() for post in posts if other != author]
    [item] = recorded(client, limit=1, exclude=tuple(others), as_of=as_of).items
    assert item.author == author


def test_an_author_of_the_last_slates_is_drawn_less(three_authors: Client) -> None:
    assert chances(three_authors) == pytest.approx(dict.fromkeys(AUTHORS, 1 / 12))
    record_of(three_authors, "ana", NOW)
    decay = ranking().mixing.author_decay
    total = 4 + 4 + 3 * decay
    after = chances(three_authors)
    assert after["ben"] == after["cem"] == pytest.approx(1 / total)
    assert after.get("ana", decay / total) == pytest.approx(decay / total)


def test_only_the_last_slates_count_for_their_authors(three_authors: Client) -> None:
    record_of(three_authors, "ana", NOW - HOUR)
    remembered = ranking().slate.remembered
    for number in range(remembered):
        record_of(three_authors, "ben", NOW - remembered + number)
    total = 3 + 4 + (4 - remembered) * ranking().mixing.author_decay ** remembered
    assert chances(three_authors)["ana"] == pytest.approx(1 / total)


def test_an_author_of_one_page_is_drawn_less_on_the_next(three_authors: Client) -> None:
    first = recorded(three_authors, limit=3)
    items = [*first.items, *next_page(three_authors, "me", str(first.cursor), limit=6).items]
    mixing = ranking().mixing
    for place, item in enumerate(items[1:], 1):
        before = [item.author for item in items[:place]]
        # Nobody comes twice in a row, nor more often than the limit while another may come
        posts = {author: before.count(author) for author in AUTHORS if author != before[-1]}
        most = max(mixing.author_limit - 1, min(posts.values()))
        weights = {author: mixing.author_decay**count for author, count in posts.items() if count <= most}
        total = sum((4 - posts[author]) * weight for author, weight in weights.items())
        assert item.probability == pytest.approx(weights[str(item.author)] / total)


def test_sensitive_posts_that_were_asked_for_stay_on_the_next_pages(lively_graph: Client) -> None:
    ask(lively_graph, "MATCH (post:Post) WHERE post.id =~ '.*[12]' SET post.sensitive = true")

    def sensitive(found: Sequence[Sequence[str]]) -> list[int]:
        return [sum(post[-1] in "12" for post in page) for page in found]

    assert sum(sensitive(pages(lively_graph, recorded(lively_graph, limit=5), 10))) == 0
    ask(lively_graph, "MATCH (slate:Slate) DETACH DELETE slate")
    found = pages(lively_graph, recorded(lively_graph, limit=5, sensitive=True), 10)
    assert min(sensitive(found[1:-1])) > 0
    assert sum(map(len, found)) == len(slates(lively_graph)[0]["posts"])


def test_the_tutorials_profile_has_no_slates(lively_graph: Client) -> None:
    with pytest.raises(SettingsError, match="tutorial has no slates"):
        recorded(lively_graph, profile=profile("tutorial"))


def test_a_recorded_feed_of_one_source_has_pages_in_the_order_of_their_scores(lively_graph: Client) -> None:
    first = recorded(lively_graph, source="liked_authors", limit=5)
    found = [*first.items, *next_page(lively_graph, "me", str(first.cursor)).items]
    assert len(found) == 10  # the limit of the first page is that of the next
    found += next_page(lively_graph, "me", str(first.cursor), limit=50).items[5:]
    assert len(found) == 12
    assert [item.post for item in found] == [item.post for item in sorted(found, key=lambda i: (-i.score, i.post))]
    assert {item.probability for item in found} == {1}


@pytest.mark.usefixtures("cli_environment")
def test_the_command_line_records_pages_and_replays(lively_graph: Client) -> None:
    first = run("feed", "me", "--as-of", "2024-06-01", "--limit", "3", "--record")
    assert first["profileHash"] == DEFAULT.hash
    second = run("feed", "me", "--cursor", first["cursor"], "--limit", "3")
    third = run("feed", "me", "--cursor", second["cursor"], "--limit", "3", "--record")
    again = run("replay", "me", first["slate"])
    found = [item["post"] for page in (first, second, third) for item in page["items"]]
    assert found == [item["post"] for item in again["items"]][:9]
    assert {page["slate"] for page in (first, second, third, again)} == {slates(lively_graph)[0]["id"]}
    assert again["cursor"] is None
    assert slates(lively_graph)[0]["served"] == 9
    look = run("feed", "me", "--as-of", "2024-06-01")
    assert (look["slate"], look["cursor"]) == (None, None)
    assert not {*found} & {item["post"] for item in look["items"]}


def run(*args: str) -> Mapping[str, Any]:
    """What a command prints as JSON."""
    result = CliRunner().invoke(app, [*args, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    answer: Mapping[str, Any] = json.loads(result.stdout)
    return answer
