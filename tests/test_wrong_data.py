"""Data that is wrong, as hands in Neo4j Browser and scripts write it past the import.

It is shown right or left out, once, and breaks no answer: none of its own, and none of anybody else's.
"""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from graph import doctor
from graph.background import affinity, renewal
from graph.client import Client
from graph.discovery.search import search
from graph.discovery.similar import related_hashtags, similar_posts
from graph.discovery.suggestions import suggestions
from graph.discovery.topics import topics
from graph.discovery.tops import top_of_hashtag
from graph.drawing import drawing
from graph.errors import NotFound
from graph.events import Event, record
from graph.network import interesting_topics, interests, network
from graph.ranking.batch import everybody, ranked_lists
from graph.ranking.feed import ANY_AGE, Feed, Request, feed, next_page, replay
from graph.ranking.profiles import profile
from graph.ranking.why import why
from graph.settings import read_settings
from loaders.exporter import export_person
from service.app import create_app
from tests.little_network import DAY, DEFAULT, NOW, asked, built, lively, ranking
from tests.support import ask, serving

pytestmark = pytest.mark.live
TUTORIAL = profile("tutorial")

TIMES = {
    "none": "null",
    "of the future": str(NOW + DAY),
    "of the year 9999": "253402214400000",
    "beyond all dates": "9223372036854775807",
    "before all dates": "-9223372036854775808",
    "of 1970": "0",
    "a DateTime": "datetime('2024-05-30')",
    "a date": "date('2024-05-30')",
    "a text": "'2024-05-30'",
    "seconds": str(NOW // 1000),
    "a fraction": "1716940800000.5",
    "no number": "0.0 / 0.0",
    "infinite": "1.0 / 0.0",
    "a list": "[1]",
    "a truth": "true",
}
COUNTS = {
    "a text": "'12'",
    "no text of a number": "'many'",
    "below zero": "-3",
    "a fraction": "1.5",
    "infinite": "1.0 / 0.0",
    "the largest number": "9223372036854775807",
    "no number": "0.0 / 0.0",
    "a list": "[1]",
    "a truth": "true",
}
PROPERTIES = {
    "a sensitive that is a text": "(x:Post {id: '%s'}) SET x.sensitive = 'true'",
    "an address that is a number": "(x:Post {id: '%s'}) SET x.imageUrl = 7",
    "a kind that is a number": "(x:Post {id: '%s'}) SET x.mediaType = 7",
    "a kind that is a list": "(x:Post {id: '%s'}) SET x.mediaType = ['image']",
    "a trend that is a text": "(x:Post {id: '%s'}) SET x.trend = 'up'",
    "listed likes that are a text": "(x:Post {id: '%s'}) SET x.listedLikes = 'many'",
    "similar by hand": "(x:Post {id: '%s'}), (old:Post {id: 'old uma'}) CREATE (old)-[:SIMILAR]->(x)",
    "at the top by hand": "(x:Post {id: '%s'}), (tag:Hashtag {name: 'sun'}) CREATE (tag)-[:TOP]->(x)",
    "an id that is a number": "(x:Post {id: '%s'}) SET x.id = 7",
    "no id": "(x:Post {id: '%s'}) REMOVE x.id",
    "two authors": "(x:Post {id: '%s'}), (other:User {id: 'ben'}) CREATE (other)-[:POSTED]->(x)",
    "an author twice": "(x:Post {id: '%s'})<-[:POSTED]-(author) CREATE (author)-[:POSTED]->(x)",
    "an author that is a hashtag": "(x:Post {id: '%s'}), (tag:Hashtag {name: 'sun'}) CREATE (tag)-[:POSTED]->(x)",
    "likes twice": "(x:Post {id: '%s'}), (me:User {id: 'ana'}) CREATE (me)-[:LIKED]->(x), (me)-[:LIKED]->(x)",
    "hashtags twice": "(x:Post {id: '%s'}), (t:Hashtag {name: 'sun'}) CREATE (x)-[:TAGGED]->(t), (x)-[:TAGGED]->(t)",
    "a hashtag without a name": "(x:Post {id: '%s'}) CREATE (x)-[:TAGGED]->(:Hashtag)",
    "a hashtag that is a number": "(x:Post {id: '%s'}) CREATE (x)-[:TAGGED]->(:Hashtag {name: 7, display: 7})",
    "my like at a DateTime": "(x:Post {id: '%s'}), (m:User {id: 'me'}) CREATE (m)-[:LIKED {at: datetime()}]->(x)",
    "a like of ana at a text": "(x:Post {id: '%s'}), (me:User {id: 'ana'}) CREATE (me)-[:LIKED {at: 'now'}]->(x)",
    "a hide at a text": "(x:Post {id: '%s'}), (me:User {id: 'me'}) CREATE (me)-[:HID {at: 'now', reason: 7}]->(x)",
    "a view at a list": "(x:Post {id: '%s'}), (me:User {id: 'me'}) CREATE (me)-[:VIEWED {at: [1]}]->(x)",
    "mentions twice": "(x:Post {id: '%s'}), (m:User {id: 'me'}) CREATE (x)-[:MENTIONS]->(m), (x)-[:MENTIONS]->(m)",
    "another label": "(x:Post {id: '%s'}) SET x:User",
}
OTHERS = {
    "a person without id": "(m:User {id: 'me'}) "
    "CREATE (m)-[:FOLLOWS]->(:User)-[:POSTED]->(:Post {id: 'q', takenAt: $now})",
    "a person whose id is a number": "(m:User {id: 'me'}), (dan:User {id: 'dan'}) "
    "CREATE (m)-[:FOLLOWS]->(x:User {id: 7})-[:POSTED]->(:Post {id: 'r', takenAt: $now}), (x)-[:FOLLOWS]->(dan)",
    "a name that is a number": "(x:User {id: 'ben'}) SET x.username = 7",
    "a name that is a list": "(x:User {id: 'dan'}) SET x.username = ['Dan']",
    "words that are a list": "(x:Post {id: 'old uma'}) SET x.caption = 'By hand', x.words = ['by', 'hand']",
    "a picture that is a text": "(x:Post {id: 'old uma'}) SET x.picture = 'none', x.pictureModel = 7",
    "muted words that are a text": "(x:User {id: 'ana'}) SET x.mutedWords = 'hand', x.mutedWordsAt = [1]",
    "muted words until a text": "(x:User {id: 'me'}) SET x.mutedWords = ['hand'], x.mutedWordsUntil = 'never'",
    "a share that is a text": "(x:Hashtag {name: 'sun'}) SET x.share = 'half'",
    "an optedOut that is a text": "(x:User {id: 'eva'}) SET x.optedOut = 'yes'",
    "switches that are texts": "(x:User {id: 'lou'}) SET x.notProfiled = 'no', x.likesForSelf = 'no'",
    "a visibility that is a number": "(x:Post {id: 'lea1'}) SET x.visibility = 7",
    "a reset at a text": "(x:User {id: 'kim'}) CREATE (x)-[:RESET {at: 'now'}]->(x)",
    "a follow twice": "(me:User {id: 'me'}), (x:User {id: 'ana'}) CREATE (me)-[:FOLLOWS]->(x)",
    "a follow of oneself": "(me:User {id: 'me'}) CREATE (me)-[:FOLLOWS]->(me)",
    "a follow at a text": "(me:User {id: 'me'})-[f:FOLLOWS]->(:User {id: 'ben'}) SET f.since = 'now'",
    "a follow of a post": "(me:User {id: 'me'}), (x:Post {id: 'yan0'}) CREATE (me)-[:FOLLOWS]->(x)",
    "a like of a person": "(me:User {id: 'me'}), (x:User {id: 'yan'}) CREATE (me)-[:LIKED]->(x)",
    "a like of a like": "(me:User {id: 'ana'}), (x:Hashtag {name: 'sun'}) CREATE (me)-[:LIKED]->(x)",
    "a pick at a text": "(me:User {id: 'me'})-[p:INTERESTED_IN]->() SET p.at = 'now'",
    "a want of nothing": "(me:User {id: 'me'}), (x:Hashtag {name: 'sun'}) CREATE (me)-[:WANTS {until: 'never'}]->(x)",
    "a topic that is a list": "(me:User {id: 'me'}), (x:Hashtag {name: 'sun'}) "
    "CREATE (me)-[:WANTS {how: 'more', topic: [7]}]->(x)",
    "a place that is a text": "(x:Hashtag {name: 'sun'}) CREATE (x)-[:OF_TOPIC {place: 'first'}]->(:Topic {id: 8})",
    "a muting of oneself": "(me:User {id: 'jan'}) CREATE (me)-[:MUTED]->(me)",
    "a display that is a list": "(x:Hashtag {name: 'sun'}) SET x.display = ['Sun']",
    "a topic by hand": "(x:Hashtag {name: 'sun'}) CREATE (x)-[:OF_TOPIC]->(:Topic {hashtags: 'many'}), "
    "(x)-[:OF_TOPIC {place: 'first'}]->(:Topic {id: 't', posts: 'many'}), (x)-[:OF_TOPIC {place: 1}]->(:Topic {id: 7})",
    "a topic of a post": "(x:Post {id: 'yan0'}), (me:User {id: 'me'}) CREATE (x)-[:OF_TOPIC]->(t:Topic {id: 'u'}), "
    "(me)-[:WANTS {how: 'more', at: 'now'}]->(t), (me)-[:INTERESTED_IN]->(t)",
    "a related hashtag by a number": "(x:Hashtag {name: 'sun'}) "
    "CREATE (x)-[:RELATED_TO {weight: [1], by: 7}]->(:Hashtag {name: 'sky'})<-[:TAGGED]-(:Post {id: 's', takenAt: []})",
    "a related hashtag by a list": "(x:Hashtag {name: 'sun'}) "
    "CREATE (x)-[:RELATED_TO {weight: 'much', by: ['emoji']}]->(:Hashtag {name: ''})",
    "a hashtag without display": "(x:Hashtag {name: 'sun'}) REMOVE x.display",
}


def wrongs() -> Iterator[tuple[str, str]]:
    """Each wrong, by what it is, on a post of its own where it is about a post: the posts of each source in turn."""
    posts = [
        f"{author}{number}"
        for number in range(4)
        for author in ("ana", "lea", "gus", "ola", "dan", "rex", "xia", "max", "hal", "pia", "eva", "sue")
    ]
    on_posts = {
        **{f"a time that is {name}": f"(x:Post {{id: '%s'}}) SET x.takenAt = {value}" for name, value in TIMES.items()},
        **{
            f"likes that are {name}": f"(x:Post {{id: '%s'}}) SET x.likeCount = {value}"
            for name, value in COUNTS.items()
        },
        "comments that are a text": "(x:Post {id: '%s'}) SET x.commentCount = 'many'",
        **PROPERTIES,
    }
    assert len(on_posts) <= len(posts)
    for (name, text), post in zip(on_posts.items(), posts, strict=False):
        yield name, f"MATCH {text % post}"
    for name, text in OTHERS.items():
        yield name, f"MATCH {text}"


def check(answer: Feed) -> Feed:
    """Each post once, and all of it something that JSON holds."""
    posts = [item.post for item in answer.items]
    assert len(posts) == len({*posts})
    assert all(isinstance(post, str) for post in posts)
    for item in answer.items:
        assert item.author is None or isinstance(item.author, str)
        assert math.isfinite(item.score)
        assert all(math.isfinite(part) for part in item.parts.values())
        assert min(item.like_count, item.comment_count) >= 0
        assert "None" not in item.reason.text
    return answer


def read_all(client: Client, person: str) -> None:
    """Every answer about a person."""
    for days in (None, 400, ANY_AGE):
        check(feed(client, asked(person, window_days=days, limit=60)))
    for source in DEFAULT.sources:
        check(feed(client, asked(person, source=source, window_days=ANY_AGE)))
    for as_of in (NOW - 60 * DAY, NOW + 60 * DAY):
        check(feed(client, asked(person, as_of=as_of)))
    check(feed(client, Request(person, TUTORIAL, as_of=NOW, window_days=400)))
    for source in TUTORIAL.sources:
        check(feed(client, Request(person, TUTORIAL, source=source, as_of=NOW, window_days=400)))
    recorded = check(feed(client, asked(person, window_days=ANY_AGE), record=True))
    if recorded.cursor:
        check(next_page(client, person, recorded.cursor))
    if recorded.slate:
        check(replay(client, person, recorded.slate))
    for post in ("ana0", "lea0", "yan0", "xia1"):
        if ask(client, "MATCH (p:Post {id: $post}) RETURN 1 AS one", post=post):
            why(client, asked(person), post)
    top_of_hashtag(client, "sun", asked(person, window_days=ANY_AGE))
    suggestions(client, person, as_of=NOW)
    for text in ("ana", "ben", "hand", "7"):
        json.dumps(vars(search(client, text, asked(person))))
    for post in ("ana0", "lea0", "yan0", "old uma"):
        with suppress(NotFound):  # of nobody whom they may see, or of later
            json.dumps(similar_posts(client, post, asked(person)))
    json.dumps(related_hashtags(client, "sun", asked(person)).items)
    json.dumps([interests(client, person, DEFAULT, NOW, 100), interesting_topics(client, person, DEFAULT, NOW)])
    json.dumps(topics(client, person).items)
    network(client, person, "all", 1000)
    json.dumps(vars(drawing(client, person)))
    for each in ranked_lists(client, [person], asked(person), 100):
        assert all(math.isfinite(score) for _, score in each.items)
    json.dumps([*export_person(client, person)])


def ask_the_service(client: Client, home: Path) -> None:
    """The same over HTTP, where an answer that is not of its form is a 500."""
    given = client.address
    settings = read_settings(home=home, uri=given.uri, user=given.user, password=given.password)
    with serving(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60) as api:
        for path in (
            "/v1/users/me/feed?as_of=2024-06-01&window_days=none&limit=50",
            "/v1/users/me/feed?as_of=2024-06-01&limit=5",
            "/v1/users/me/feed?as_of=2024-06-01&profile=tutorial",
            "/v1/users/me/network",
            "/v1/users/me/network/drawing",
            "/v1/users/me/network/drawing?limit=2",
            "/v1/users/me/interests",
            "/v1/users/me/filters",
            "/v1/users/me/suggestions?as_of=2024-06-01",
            "/v1/hashtags/sun/top?as_of=2024-06-01&window_days=none",
            "/v1/hashtags/sun/similar?user=me",
            "/v1/posts/lea0/similar?user=me&as_of=2024-06-01",
            "/v1/search?q=ana&user=me",
            "/v1/users/me/export",
            "/v1/users/me/bubble?post=lea0",
            "/v1/operator/slates",
            "/v1/operator/figures",
        ):
            answer = api.get(path)
            assert answer.status_code in (200, 404), (path, answer.text)
            assert "Infinity" not in answer.text
            assert "NaN" not in answer.text


@pytest.fixture
def graph(client: Client, tmp_path: Path) -> Client:
    lively().load(client, tmp_path)
    built(client)
    return client


@pytest.mark.long
def test_nothing_that_is_wrong_breaks_an_answer(graph: Client, tmp_path: Path) -> None:
    for name, text in wrongs():
        ask(graph, f"{text} RETURN 1", now=NOW - DAY)
        try:
            check(feed(graph, asked(window_days=ANY_AGE, limit=60)))
            check(feed(graph, asked(limit=60)))
        except Exception as error:
            raise AssertionError(f"{name} breaks a feed: {error}") from error
    ask_the_service(graph, tmp_path)
    for person in ("me", "ana", "ben", "jan"):
        read_all(graph, person)
    posts = [row["id"] for row in ask(graph, "MATCH (p:Post) WHERE p.id > '' RETURN p.id AS id ORDER BY id")]
    events = [
        Event(uuid4().hex, kind, "tom", NOW, post=post, text="nice" if kind == "comment" else None)
        for kind in ("like", "unlike", "comment", "view", "hide", "unhide")
        for post in posts
    ]
    assert all(outcome.status != "refused" for outcome in record(graph, events))
    done = built(graph)
    assert done.missing == ()
    ask(graph, "MATCH (post:Post) SET post.changedAt = 1")
    assert renewal.renew_marked(graph).failed == 0
    assert affinity.renew(graph, ranking()).failed == 0
    assert all(isinstance(user, str) for user in everybody(graph))
    for person in ("me", "ana", "ben", "jan"):
        read_all(graph, person)
    assert check(feed(graph, asked())).items
    ask_the_service(graph, tmp_path)


def test_doctor_counts_what_is_odd_and_says_how_to_mend_it(graph: Client) -> None:
    assert [finding.text for finding in doctor.examine_data(graph)] == ["nothing odd found"]
    for _, text in wrongs():
        ask(graph, f"{text} RETURN 1", now=NOW - DAY)
    found = doctor.examine_data(graph)
    assert not any(finding.ok for finding in found)
    assert len(found) == len(doctor.ODDITIES)
    [ids] = [
        finding.text
        for finding in found
        if finding.text.startswith("1 posts have an id") or "posts have an id that" in finding.text
    ]
    assert ids.startswith("2 posts have an id that is not a string")
    assert "SET post.id = toString(post.id)" in ids


MOVED: dict[str, Callable[[Client], Any]] = {
    "by hand": lambda client: ask(client, "MATCH (p:Post {id: 'lea0'}) SET p.takenAt = $at", at=NOW + 30 * DAY),
    "to the year 9999": lambda client: ask(client, "MATCH (p:Post {id: 'lea0'}) SET p.takenAt = 253402214400000"),
}


@pytest.mark.parametrize("way", MOVED)
def test_a_post_that_is_moved_to_the_future_is_in_no_feed_before_its_time(graph: Client, way: str) -> None:
    everything = asked(window_days=ANY_AGE, limit=200)
    assert "lea0" in [item.post for item in feed(graph, everything).items]
    MOVED[way](graph)
    assert "lea0" not in [item.post for item in feed(graph, everything).items]
    [ranked] = ranked_lists(graph, ["me"], everything, 200)
    assert "lea0" not in [post for post, _ in ranked.items]
    assert all(math.isfinite(score) for _, score in ranked.items)
    later = asked(window_days=ANY_AGE, limit=200, as_of=NOW + 31 * DAY)
    assert ("lea0" in [item.post for item in feed(graph, later).items]) == (way == "by hand")
