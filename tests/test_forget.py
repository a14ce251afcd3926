"""Forgetting a person: what goes, what stays, and that no interruption or rival makes a counter wrong."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from graph import clock, hashtags, schema
from graph.background.builder import build
from graph.client import Client, Row, Transaction, Written
from graph.errors import GraphfeedError, NotFound
from graph.events import Event, record
from graph.ranking.feed import Request, feed
from graph.ranking.profiles import profile
from loaders import forgetting
from loaders.forgetting import forget
from tests.small_graphs import PEOPLE, Files, graphs, write
from tests.support import ask, everything, load, write_csv

pytestmark = pytest.mark.live
NAMES = ("author", "user", "follower", "followee", "muted_user", "blocked", "person", "by")


def without(files: Files, person: str) -> Files:
    """The rows that name neither the person nor their posts."""
    posts = {row["id"] for row in files["posts"] if row["author"] == person}

    def stays(row: dict[str, str]) -> bool:
        return person not in (row.get(name) for name in NAMES) and row.get("post") not in posts

    kept = {name: [row for row in rows if stays(row)] for name, rows in files.items()}
    return kept | {"users": [row for row in kept["users"] if row["id"] != person]}


def spelled(files: Files, spellings: dict[str, str]) -> Files:
    """The rows with each hashtag in the spelling that stands."""
    for row in (row for rows in files.values() for row in rows if row.get("hashtag")):
        row["hashtag"] = spellings[hashtags.name(row["hashtag"])]
    return files


def number_of_hashtags(client: Client) -> int:
    return int(ask(client, "MATCH (hashtag:Hashtag) RETURN count(*) AS number")[0]["number"])


def wipe(client: Client) -> None:
    client.run_in_transactions("admin/wipe")
    schema.ensure(client)


@pytest.mark.long
@given(files=graphs(with_counts=False))
@settings(max_examples=25, deadline=None)
def test_what_is_left_is_the_graph_of_the_rows_that_do_not_name_them(session_client: Client, files: Files) -> None:
    client, person = session_client, PEOPLE[0]
    wipe(client)
    with TemporaryDirectory() as name:
        assert load(client, write(Path(name) / "all", files)).rejects is None
        names = ask(client, "MATCH (hashtag:Hashtag) RETURN hashtag.name AS name, hashtag.display AS display")
        rest = spelled(without(files, person), {row["name"]: row["display"] for row in names})
        removed = forget(client, person)
        # No row would tell of a pack that nobody else was in or left
        ask(client, "MATCH (pack:Pack) WHERE NOT EXISTS { (pack)-[:HAS|LEFT]-() } DETACH DELETE pack")
        left = everything(client)
        expected = {name: len(files[name]) - len(rest[name]) for name in files}
        expected["hashtags"] = len(names) - number_of_hashtags(client)
        assert removed == {name: count for name, count in expected.items() if count}
        wipe(client)
        assert load(client, write(Path(name) / "rest", rest)).rejects is None
        assert left == everything(client)


def test_nobody_is_forgotten_who_is_not_there(client: Client, tmp_path: Path) -> None:
    load(client, write_csv(tmp_path, users=[{"id": "1"}]))
    with pytest.raises(NotFound, match="The graph has no person '2'"):
        forget(client, "2")
    assert forget(client, "1") == {"users": 1}
    with pytest.raises(NotFound):
        forget(client, "1")


def test_counts_that_were_given_go_down_by_what_goes_but_never_below_zero(client: Client, tmp_path: Path) -> None:
    posts = [{"id": "p", "like_count": "7", "comment_count": "9"}, {"id": "q", "like_count": "0", "comment_count": "1"}]
    write_csv(
        tmp_path,
        users=[{"id": "1"}, {"id": "2"}],
        posts=posts,
        likes=[{"user": user, "post": post} for user in "12" for post in "pq"],
        comments=[
            {"id": f"{user}{post}{n}", "user": user, "post": post, "at": "", "text": ""}
            for user in "12"
            for post in "pq"
            for n in range(3)
        ],
    )
    load(client, tmp_path)
    assert forget(client, "1") == {"users": 1, "likes": 2, "comments": 6}
    assert counters(client) == {"p": (6, 6), "q": (0, 0)}


def counters(client: Client) -> dict[str, tuple[int, int]]:
    rows = ask(client, "MATCH (p:Post) RETURN p.id AS id, p.likeCount AS likes, p.commentCount AS comments")
    return {row["id"]: (row["likes"], row["comments"]) for row in rows}


def test_what_is_derived_goes_with_them(client: Client, tmp_path: Path) -> None:
    load(client, write_csv(tmp_path, users=[{"id": "1"}, {"id": "2"}], posts=[{"id": "p", "author": "1"}, {"id": "q"}]))
    rest = "MATCH (a:User {id: '2'}), (q:Post {id: 'q'}) MERGE (a)-[:POSTED]->(q)"
    ask(client, rest)
    ask(
        client,
        "MATCH (a:User {id: '1'})-[:POSTED]->(p), (b:User {id: '2'})-[:POSTED]->(q) CREATE (a)-[:AFFINITY]->(b), "
        "(b)-[:AFFINITY]->(a), (b)-[:SIMILAR_TASTE]->(a), (p)-[:SIMILAR]->(q), (q)-[:SIMILAR]->(p)",
    )
    assert forget(client, "1") == {"users": 1, "posts": 1, "derived": 5}
    assert ask(client, "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS r, b.id AS b") == [
        {"a": "2", "r": "POSTED", "b": "q"}
    ]


# --- large, interrupted, at the same time


@pytest.fixture
def celebrity(client: Client, tmp_path: Path) -> Client:
    """A client of a graph in which everybody has to do with 'star'."""
    people = [f"u{n}" for n in range(12)]
    likes = [{"user": "star", "post": f"p{n}"} for n in range(12)]
    write_csv(
        tmp_path,
        users=[{"id": id} for id in ["star", *people]],
        posts=[{"id": f"p{n}", "author": people[n], "like_count": "5" if n % 2 else ""} for n in range(12)]
        + [{"id": f"s{n}", "author": "star", "like_count": ""} for n in range(5)],
        follows=[{"follower": id, "followee": "star"} for id in people]
        + [{"follower": "star", "followee": id} for id in people[:7]],
        likes=[*likes, *({"user": id, "post": post} for id in people for post in ("p0", "p1", "s0", "s1"))],
        saves=[{"user": id, "post": post} for id in ("star", "u1") for post in ("p0", "s0")],
        shares=[{"user": id, "post": post} for id in ("star", "u1") for post in ("p0", "s0", "s1")],
        more_like=[{"user": id, "post": "s1"} for id in ("star", "u1")],
        comments=[
            {"id": f"{id}{post}{n}", "user": id, "post": post, "at": "", "text": ""}
            for n in range(2)
            for id in ("star", "u1")
            for post in ("p0", "p1", "p2", "s0")
        ],
        tags=[{"post": post, "hashtag": f"tag{n}"} for post in ("p0", "s0", "s1") for n in range(3)]
        + [{"post": "s2", "hashtag": f"own{n}"} for n in range(7)],
        mentions=[{"post": post, "user": id} for post in ("p0", "s0") for id in ("star", "u1")],
        views=[{"user": id, "post": post, "at": "2024-01-01"} for id in ("star", "u1") for post in ("p0", "s0")],
        mutes=[
            {"user": "star", "muted_user": "u1", "hashtag": ""},
            {"user": "star", "muted_user": "", "hashtag": "own0"},
        ],
        blocks=[{"user": "u1", "blocked": "star"}],
        hides=[{"user": id, "post": post} for id in ("star", "u1") for post in ("p0", "s0")],
        interests=[{"user": "star", "hashtag": tag} for tag in ("own0", "alone", "tag0")],
        wants=[
            {"user": "star", "hashtag": tag, "how": "less", "topic": topic}
            for tag, topic in (("own1", ""), ("unwanted", "t1"), ("tag0", "t1"))
        ],
        unlearned=[{"user": "star", "person": "u1"}, {"user": "u1", "person": "star"}]
        + [{"user": id, "post": post} for id in ("star", "u1") for post in ("p0", "s0")],
        dismissed=[{"user": "star", "person": "u1"}, {"user": "u1", "person": "star"}],
        packs=[
            {"pack": "stars", "name": "x", "by": "star", "person": "u1"},
            {"pack": "others", "name": "x", "by": "u1", "person": "star"},
        ],
        resets=[{"user": "star", "at": f"2024-01-0{day}"} for day in (1, 2)],
    )
    assert load(client, tmp_path).rejects is None
    return client


LEFT = {
    # likes of all twelve on p0 and p1, and 5 given on every other one less star's
    "p0": (12, 2),
    "p1": (4, 2),
    "p2": (0, 2),
    **{f"p{n}": (4 if n % 2 else 0, 0) for n in range(3, 12)},
}


def assert_forgotten(client: Client) -> None:
    nodes, relationships = everything(client)
    assert "star" not in str((nodes, relationships))
    assert counters(client) == LEFT
    assert {row["p"]["name"] for row in nodes if row["labels"] == ["Hashtag"]} == {"tag0", "tag1", "tag2"}
    kinds = [row["type"] for row in relationships]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "POSTED": 12,
        "LIKED": 24,
        "COMMENTED": 6,
        "TAGGED": 3,
        "MENTIONS": 1,
        "VIEWED": 1,
        "HID": 1,
        "SAVED": 1,
        "SHARED": 1,
        "UNLEARNED": 1,
        "MADE": 1,
    }


def in_batches_of(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for steps in ("STEPS", "LAST_STEPS"):
        monkeypatch.setattr(forgetting, steps, dict.fromkeys(getattr(forgetting, steps), size))


Watch = Callable[[str, Row], None]


def watch_writes(client: Client, monkeypatch: pytest.MonkeyPatch, watch: Watch) -> None:
    """Calls `watch` with each statement's name and first row once its transaction has ended."""
    write = client.write

    def watched(name: str, params: Any = None) -> Written:
        written = write(name, params)
        watch(name, written.rows[0])
        return written

    monkeypatch.setattr(client, "write", watched)


def test_a_celebrity_goes_in_small_transactions(celebrity: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    watch_writes(celebrity, monkeypatch, lambda name, row: sizes.append(sum(row.values()) - row.get("hashtags", 0)))
    in_batches_of(5, monkeypatch)
    assert forget(celebrity, "star") == {
        **{"users": 1, "posts": 5, "follows": 19, "likes": 36, "saves": 3, "shares": 5, "more_like": 2, "comments": 10},
        **{"tags": 13, "mentions": 3, "views": 3},
        **{"mutes": 2, "blocks": 1, "hides": 3, "interests": 3, "wants": 3, "unlearned": 5},
        **{"dismissed": 2, "packs": 2, "resets": 2, "hashtags": 9},
    }
    assert max(sizes) == 5
    assert_forgotten(celebrity)


def test_interrupted_anywhere_the_same_command_completes_it(celebrity: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed, left = 0, 0

    def die(name: str, row: Row) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt

    watch_writes(celebrity, monkeypatch, die)
    in_batches_of(3, monkeypatch)
    while ask(celebrity, "MATCH (star:User {id: 'star'}) RETURN star"):
        allowed += 1
        left = allowed
        try:
            forget(celebrity, "star")
        except KeyboardInterrupt:
            assert_counters_hold(celebrity)
    assert allowed > 8
    assert_forgotten(celebrity)


def assert_counters_hold(client: Client) -> None:
    """Of the posts of others, where no count was given."""
    wrong = ask(
        client,
        "MATCH (p:Post) WHERE p.givenLikeCount IS NULL AND NOT EXISTS { (:User {id: 'star'})-[:POSTED]->(p) } "
        "AND p.likeCount <> COUNT { (p)<-[:LIKED]-() } OR p.commentCount < COUNT { (p)<-[:COMMENTED]-() } RETURN p.id",
    )
    assert wrong == []


def test_two_at_once_take_nothing_back_twice(celebrity: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    in_batches_of(2, monkeypatch)

    def run(_: int) -> None:
        with suppress(NotFound):  # the other one was faster
            forget(celebrity, "star")

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(run, range(3)))
    assert_forgotten(celebrity)


def test_people_who_liked_the_same_are_forgotten_at_the_same_time(client: Client, tmp_path: Path) -> None:
    people = [f"u{n}" for n in range(40)]
    write_csv(
        tmp_path,
        users=[{"id": id} for id in [*people, "last"]],
        posts=[{"id": "p", "like_count": "100"}, {"id": "q", "like_count": ""}],
        likes=[{"user": id, "post": post} for id in [*people, "last"] for post in "pq"],
    )
    load(client, tmp_path)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda id: forget(client, id), people))
    assert counters(client) == {"p": (60, 0), "q": (1, 0)}


def test_nothing_that_is_derived_tells_of_them_any_more(client: Client, tmp_path: Path) -> None:
    names = ("anders", "ben")
    posts = [{"id": f"{name}-{n}", "author": name, "taken_at": "2024-05-31"} for name in names for n in range(9)]
    liked = {"me": "anders-1", "ben": "anders-2", "anders": "ben-2"}
    write_csv(
        tmp_path,
        users=[{"id": name} for name in ("me", *names)],
        follows=[{"follower": "me", "followee": "ben"}, {"follower": "ben", "followee": "anders"}],
        posts=posts,
        likes=[{"user": user, "post": post} for user, post in liked.items()] + [{"user": "ben", "post": "anders-1"}],
    )
    load(client, tmp_path)
    now = clock.parse("2024-06-01")
    build(client, profile("default"), as_of=now)
    record(client, [Event("e", "like", "anders", post="ben-1")])
    for user in ("me", *names):
        assert feed(client, Request(user, as_of=now), record=True).slate
    assert "anders" in str(everything(client))
    assert forget(client, "anders")["derived"] > 0
    assert "anders" not in str(everything(client))
    assert feed(client, Request("me", as_of=now + 8 * 86_400_000)).items


# --- while others work


@contextmanager
def repeated(*works: Callable[[], object]) -> Iterator[list[Exception]]:
    """Does each work again and again in a thread of its own while the block runs. Yields what they raised."""
    raised: list[Exception] = []
    done = threading.Event()

    def repeat(work: Callable[[], object]) -> None:
        while not done.is_set():
            try:
                work()
            except GraphfeedError as error:
                raised.append(error)

    with ThreadPoolExecutor(len(works)) as threads:
        for work in works:
            threads.submit(repeat, work)
        try:
            yield raised
        finally:
            done.set()


def slates(client: Client) -> int:
    return int(ask(client, "MATCH (slate:Slate) RETURN count(*) AS number")[0]["number"])


@pytest.mark.long
def test_forgetting_ends_while_a_builder_builds_and_others_make_slates(client: Client, tmp_path: Path) -> None:
    people = [f"u{n}" for n in range(20)]
    posts = [{"id": f"star-{n}", "author": "star", "taken_at": "2024-05-31"} for n in range(40)]
    write_csv(
        tmp_path,
        users=[{"id": id} for id in ["star", *people]],
        posts=posts + [{"id": f"{id}-{n}", "author": id, "taken_at": "2024-05-31"} for id in people for n in range(3)],
        follows=[{"follower": id, "followee": "star"} for id in people],
        likes=[{"user": id, "post": f"star-{n}"} for place, id in enumerate(people) for n in range(place % 7, 40, 7)],
    )
    load(client, tmp_path)
    now = clock.parse("2024-06-01")
    build(client, profile("default"), as_of=now)
    readers = itertools.cycle(people)

    def read() -> None:
        feed(client, Request(next(readers), as_of=now), record=True)

    with repeated(lambda: build(client, profile("default"), as_of=now), read, read) as raised:
        until = time.monotonic() + 60
        while not ask(client, "MATCH (slate:Slate) WHERE 'star' IN slate.authors RETURN slate LIMIT 1"):
            assert time.monotonic() < until
        began = time.monotonic()
        removed = forget(client, "star")
        took = time.monotonic() - began
        made = slates(client)
        while slates(client) < made + 4:  # they went on
            assert time.monotonic() < began + 120
    assert [str(error) for error in raised] == []
    assert (removed["posts"], removed["derived"] > 0) == (40, True)
    assert took < 30
    assert "star" not in str(everything(client))


def slate_of_b(lists: dict[str, list[str]]) -> Row:
    """The parameters of slates/create for a slate of b with these lists."""
    now = clock.now()
    properties = {"id": "s", "asOf": 0, "expiresAt": now, **lists}
    return {"me": "b", "served": 1, "servedDays": 7, "recordedAt": now, "properties": properties}


def test_a_slate_is_stored_without_those_who_were_forgotten_while_it_was_made(client: Client, tmp_path: Path) -> None:
    load(client, write_csv(tmp_path, users=[{"id": "a"}, {"id": "b"}], posts=[{"id": "p", "author": "a"}]))
    lists = {
        "posts": ["gone", "p"],
        "links": ["p", "gone"],
        "poolPosts": ["p", "gone"],
        "heldPosts": ["gone"],
        "authors": ["left", "a"],
        "vias": ["", "left"],
        "poolAuthors": ["a", "left"],
    }
    assert client.write("slates/create", slate_of_b(lists)).rows == [{"slate": "s"}]
    [slate] = ask(client, "MATCH (slate:Slate) RETURN properties(slate) AS properties")
    assert {name: slate["properties"][name] for name in lists} == {
        "posts": ["", "p"],
        "links": ["p", ""],
        "poolPosts": ["p", ""],
        "heldPosts": [""],
        "authors": ["", "a"],
        "vias": ["", ""],
        "poolAuthors": ["a", ""],
    }


def test_slates_that_are_being_stored_are_waited_for(client: Client, tmp_path: Path) -> None:
    load(client, write_csv(tmp_path, users=[{"id": "a"}, {"id": "b"}], posts=[{"id": "p", "author": "a"}]))
    read, stored = threading.Event(), threading.Event()

    def store(transaction: Transaction) -> None:
        lists = {"posts": ["p"], "links": [""], "authors": ["a"], "vias": [""]}
        transaction.run("slates/create", slate_of_b(lists))
        read.set()
        assert not stored.wait(2)  # who forgets is not through before this ends

    def forget_a() -> None:
        forget(client, "a")
        stored.set()

    with ThreadPoolExecutor(2) as threads:
        storing = threads.submit(client.transaction, "slates/create", store)
        assert read.wait(60)
        forgetting = threads.submit(forget_a)
        storing.result()
        forgetting.result()
    [slate] = ask(client, "MATCH (slate:Slate) RETURN slate.posts AS posts, slate.authors AS authors")
    assert slate == {"posts": [""], "authors": [""]}


def test_slates_are_blanked_in_pages(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(client, write_csv(tmp_path, users=[{"id": "a"}, {"id": "b"}], posts=[{"id": "p", "author": "a"}]))
    ask(
        client,
        "MATCH (b:User {id: 'b'}) UNWIND range(1, 25) AS n CREATE (b)-[:WAS_SHOWN]->(:Slate {id: toString(n), "
        "posts: CASE n % 3 WHEN 0 THEN ['p', 'q'] ELSE ['q'] END, "
        "authors: CASE n % 3 WHEN 0 THEN ['a', ''] ELSE [''] END, "
        "poolPosts: ['q'], heldPosts: CASE n WHEN 25 THEN ['p'] ELSE [] END})",
    )
    monkeypatch.setattr(forgetting, "SLATES", 2)
    monkeypatch.setattr(forgetting, "TIES", 7)
    assert forget(client, "a") == {"users": 1, "posts": 1, "derived": 9}
    kept = ask(
        client, "MATCH (slate:Slate) RETURN slate.posts AS posts, slate.authors AS authors, slate.heldPosts AS held"
    )
    assert [row["posts"] for row in kept].count(["", "q"]) == 8
    assert not any("p" in row["posts"] or "a" in row["authors"] or "p" in row["held"] for row in kept)
