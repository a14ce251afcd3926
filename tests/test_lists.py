"""Ranked lists for many people: the same after another build, by score alone, and nothing is written."""

import json
import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graph import clock
from graph.background import builder
from graph.background.builder import build
from graph.background.state import state
from graph.client import Client
from graph.errors import GraphfeedError, SettingsError
from graph.events import Event, record
from graph.ranking.batch import RankedList, everybody, ranked_lists
from graph.ranking.feed import ANY_AGE, Request, feed
from graph.ranking.profiles import profile
from service.cli import app
from tests.support import ask, everything, load, write_csv

pytestmark = pytest.mark.live
NOW, DAY = clock.parse("2024-06-01"), 86_400_000
DEFAULT = profile("default")

Lists = dict[str, list[tuple[str, float]]]


def at(millis: int) -> str:
    return str(clock.iso(millis))


def rows_of_a_network(people: int = 16, seed: int = 5) -> dict[str, list[dict[str, str]]]:
    """Everybody posted three times, lately, long ago and without a time, and is tied to some; some filter some."""
    rng = random.Random(seed)
    ids = [f"u{number:02}" for number in range(people)]
    times = {id: (at(NOW - rng.randrange(1, 20 * DAY)), at(NOW - 100 * DAY), "") for id in ids}
    posts = [
        {"id": f"{id}{letter}", "author": id, "taken_at": time, "sensitive": rng.choice(("", "", "", "", "true"))}
        for id in ids
        for letter, time in zip("abc", times[id], strict=True)
    ]
    posts += [{"id": f"nobody{letter}", "author": "", "taken_at": at(NOW - DAY)} for letter in "ab"]
    all_posts = [post["id"] for post in posts]

    def some(count: int, **columns: Iterable[str]) -> list[dict[str, str]]:
        pools = {name: list(pool) for name, pool in columns.items()}
        drawn = ({name: rng.choice(pool) for name, pool in pools.items()} for _ in range(count))
        unique = {tuple(row.values()): row for row in drawn if len(set(row.values())) == len(row)}
        return list(unique.values())

    return {
        "users": [{"id": id, "opted_out": "true" if id in ids[-2:] else ""} for id in ids],
        "posts": posts,
        "follows": some(4 * people, follower=ids, followee=ids),
        "likes": some(8 * people, user=ids, post=all_posts),
        "comments": [
            {"id": str(number), "at": "", "text": "", **row}
            for number, row in enumerate(some(people, user=ids, post=all_posts))
        ],
        "tags": some(3 * people, post=all_posts, hashtag=("sun", "sea", "sky", "sand")),
        "mentions": some(people // 2, post=all_posts, user=ids),
        "views": [row | {"at": at(NOW - DAY)} for row in some(people, user=ids, post=all_posts)],
        "mutes": [{"user": row["user"], "muted_user": "", "hashtag": row["tag"]} for row in some(4, user=ids, tag="ab")]
        + [{"user": row["user"], "muted_user": row["who"], "hashtag": ""} for row in some(people, user=ids, who=ids)],
        "blocks": some(people // 2, user=ids, blocked=ids),
        "hides": some(people, user=ids, post=all_posts),
        "interests": some(people // 2, user=ids, hashtag=("sun", "sea", "sky", "sand")),
    }


@pytest.fixture
def network(client: Client, tmp_path: Path) -> Client:
    assert load(client, write_csv(tmp_path / "files", **rows_of_a_network())).rejects is None
    return client


@pytest.fixture
def small(client: Client) -> Client:
    """me follows ana, who follows ben; me, cem and dan like the same, and cem more; two of the posts have no time."""
    ask(client, "UNWIND ['me', 'ana', 'ben', 'cem', 'dan'] AS id CREATE (:User {id: id})")
    posts = {"ana": ("a1", "a2", "a3"), "ben": ("b1", "b2"), "cem": ("c1",), "dan": ("d1", "d2")}
    for author, ids in posts.items():
        ask(
            client,
            "MATCH (author:User {id: $author}) UNWIND range(1, size($ids)) AS age "
            "CREATE (author)-[:POSTED]->(:Post {id: $ids[age - 1], takenAt: $now - age * 86400000, likeCount: 0})",
            author=author,
            ids=ids,
            now=NOW,
        )
    ask(client, "MATCH (post:Post) WHERE post.id IN ['a3', 'd2'] REMOVE post.takenAt")
    acts = [("me", "follow", "ana"), ("ana", "follow", "ben"), ("cem", "like", "d2"), ("cem", "like", "b2")]
    acts += [(user, "like", "d1") for user in ("me", "cem", "dan")]
    record(client, [event(f"{n}", user, kind, target) for n, (user, kind, target) in enumerate(acts)])
    return client


def event(id: str, user: str, kind: str, target: str, at: int = NOW - DAY) -> Event:
    name = "person" if kind in ("follow", "mute", "block") else "hashtag" if kind == "pick" else "post"
    return Event(id, kind, user, at, **{name: target})  # type: ignore[arg-type]  # an id


def lists(client: Client, users: Sequence[str] | None = None, limit: int = 100, **details: Any) -> Lists:
    """The list of each of these people, or of everybody."""
    request = Request("", **{"as_of": NOW, **details})
    found = list(ranked_lists(client, everybody(client) if users is None else users, request, limit))
    assert all(isinstance(one, RankedList) for one in found)
    assert users is None or [one.user for one in found] == list(users)
    return {one.user: one.items for one in found}


def mine(client: Client, **details: Any) -> list[str]:
    """The posts of my list, in their order."""
    return [post for post, _ in lists(client, ["me"], **details)["me"]]


def assert_same(found: Lists, expected: Lists) -> None:
    """The same posts in the same order, with the same scores but for rounding."""
    assert found.keys() == expected.keys()
    for user, items in found.items():
        assert [post for post, _ in items] == [post for post, _ in expected[user]], user
        assert [score for _, score in items] == pytest.approx([score for _, score in expected[user]], abs=1e-9)


# --- with a build or without


def test_lists_are_the_same_after_another_build(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "GRACE_SECONDS", 0)  # no request reads in between
    make_where_somebody_near_posted_lately(client)
    windows = (None, 7.0, 60.0, ANY_AGE)
    for _ in range(2):
        build(client, DEFAULT, as_of=NOW)
        found = [lists(client, window_days=days) for days in windows]
        assert all(sum(map(len, every.values())) > 100 for every in found)
        build(client, DEFAULT, as_of=NOW)
        for days, expected in zip(windows, found, strict=True):
            assert_same(lists(client, window_days=days), expected)
        ask(client, "MATCH (n) WHERE n:User OR n:Post SET n.factorsA = null, n.factorsB = null, n.fastrpA = null")


def test_lists_are_those_of_the_feeds_by_score(client: Client) -> None:
    make_where_somebody_near_posted_lately(client)
    build(client, DEFAULT, as_of=NOW)
    undated = {row["id"] for row in ask(client, "MATCH (post:Post) WHERE post.takenAt IS NULL RETURN post.id AS id")}
    for days in (None, 7.0, 60.0, ANY_AGE):
        for user, items in lists(client, window_days=days).items():
            scores = dict(items)
            shown = feed(client, Request(user, as_of=NOW, window_days=days, limit=60)).items
            # The newest fill up feeds, and are dated
            assert scores.keys() - undated <= {item.post for item in shown}
            for item in shown:  # where sources bring more, a post may stand under one of a higher prior
                assert item.score == pytest.approx(scores.get(item.post, item.score), abs=math.log(1.05 / 0.8))


def make_where_somebody_near_posted_lately(client: Client, people: int = 12) -> None:
    """A network in which each source has something of the last week for everybody."""
    rng = random.Random(3)
    ids = [f"u{number:02}" for number in range(people)]
    posts = [f"{id}{letter}" for id in ids for letter in "abcd"]
    ages = {"a": 1, "b": 2, "c": 40, "d": None}
    ask(client, "UNWIND $ids AS id CREATE (:User {id: id})", ids=ids)
    ask(
        client,
        "UNWIND $rows AS row MATCH (author:User {id: row[1]}) "
        "CREATE (author)-[:POSTED]->(:Post {id: row[0], takenAt: $now - row[2] * 86400000, likeCount: 0})",
        rows=[[post, post[:-1], ages[post[-1]]] for post in posts],
        now=NOW,
    )
    acts = [(a, "follow", b) for a in ids for b in rng.sample(ids, 3) if a != b]
    acts += [(a, "like", post) for a in ids for post in rng.sample(posts, 8)]
    acts += [(a, "pick", rng.choice(("sun", "sea"))) for a in ids]
    assert all(o.status == "done" for o in record(client, [event(f"{n}", *act) for n, act in enumerate(acts)]))
    tags = [[post, rng.choice(("sun", "sea"))] for post in posts]
    ask(
        client,
        "UNWIND $tags AS tag MATCH (post:Post {id: tag[0]}), (hashtag:Hashtag {name: tag[1]}) "
        "CREATE (post)-[:TAGGED]->(hashtag)",
        tags=tags,
    )


def test_a_list_of_before_the_build_holds_nothing_of_after_its_own_clock(small: Client) -> None:
    later = NOW + 5 * DAY
    ask(
        small,
        "MATCH (a:User {id: 'ana'}) CREATE (a)-[:POSTED]->(:Post {id: 'a4', takenAt: $at, likeCount: 9})",
        at=later,
    )
    record(small, [event(f"l{n}", who, "like", "a4", later) for n, who in enumerate(("ana", "ben", "cem", "dan"))])
    record(small, [event("mine", "me", "like", "a1", later), event("follow", "me", "follow", "dan", later)])
    build(small, DEFAULT, as_of=NOW + 10 * DAY)
    for window_days in (None, ANY_AGE):
        before = mine(small, window_days=window_days)
        assert "a4" not in before
        assert "a1" in before  # which I have not liked yet
        after = mine(small, window_days=window_days, as_of=NOW + 10 * DAY)
        assert "a4" in after
        assert "a1" not in after


@pytest.mark.parametrize("is_built", [False, True])
def test_what_i_do_shows_in_my_next_list(small: Client, is_built: bool) -> None:
    if is_built:
        build(small, DEFAULT, as_of=NOW)
        ask(small, "MATCH ()-[top:TOP|TRENDING]->(:Post {id: 'c1'}) DELETE top")
        assert "c1" not in mine(small)
    assert "b1" in mine(small)
    record(small, [event("e1", "me", "follow", "cem"), event("e2", "me", "like", "b1")])
    found = mine(small)
    assert "c1" in found
    assert "b1" not in found
    record(small, [event("e3", "me", "unlike", "b1"), event("e4", "me", "mute", "cem")])
    found = mine(small)
    assert "c1" not in found
    assert "b1" in found


def test_nothing_is_written(network: Client) -> None:
    build(network, DEFAULT, as_of=NOW)
    before = everything(network)
    lists(network, window_days=ANY_AGE)
    assert everything(network) == before
    assert ask(network, "CALL gds.graph.list() YIELD graphName RETURN graphName") == []


# --- what is in them


@pytest.mark.parametrize("is_built", [False, True])
def test_nothing_that_i_liked_or_saw_and_nothing_filtered_is_in_them(network: Client, is_built: bool) -> None:
    if is_built:
        build(network, DEFAULT, as_of=NOW)
    for sensitive, window_days in ((False, ANY_AGE), (True, None)):
        found = lists(network, sensitive=sensitive, exclude=("u01a", "u02b"), window_days=window_days)
        pairs = [[user, post] for user, items in found.items() for post, _ in items]
        assert len({tuple(pair) for pair in pairs}) == len(pairs) > 50
        wrong = ask(
            network,
            "UNWIND $pairs AS pair MATCH (me:User {id: pair[0]}), (post:Post {id: pair[1]}) "
            "OPTIONAL MATCH (author)-[:POSTED]->(post) WITH me, post, author "
            "WHERE EXISTS { (me)-[:LIKED|VIEWED|HID|POSTED]->(post) } OR EXISTS { (me)-[:MUTED|BLOCKED]->(author) } "
            "OR EXISTS { (me)<-[:BLOCKED]-(author) } OR EXISTS { (me)-[:MUTED]->()<-[:TAGGED]-(post) } "
            "OR (author.optedOut AND NOT EXISTS { (me)-[:FOLLOWS]->(author) }) OR post.id IN ['u01a', 'u02b'] "
            "OR (post.sensitive AND NOT $sensitive) OR (post.takenAt IS NULL AND NOT $ever) RETURN me.id, post.id",
            pairs=pairs,
            sensitive=sensitive,
            ever=window_days == ANY_AGE,
        )
        assert wrong == []


def test_the_best_are_first_and_equals_are_by_id(client: Client) -> None:
    ask(
        client,
        "CREATE (me:User {id: 'me'})-[:FOLLOWS]->(ana:User {id: 'ana'}) WITH ana UNWIND ['b', 'c', 'a', 'best'] AS id "
        "CREATE (ana)-[:POSTED]->(:Post {id: id, takenAt: $now, likeCount: CASE id WHEN 'best' THEN 9 ELSE 0 END})",
        now=NOW - DAY,
    )
    for window_days in (None, ANY_AGE):
        [best, *equals] = lists(client, ["me"], window_days=window_days)["me"]
        assert best[0] == "best"
        assert [post for post, _ in equals] == ["a", "b", "c"]
        assert len({score for _, score in equals}) == 1
        assert best[1] > equals[0][1]
    assert mine(client, limit=2) == ["best", "a"]


def test_lists_are_in_the_order_of_the_scores(network: Client) -> None:
    build(network, DEFAULT, as_of=NOW)
    for items in lists(network, window_days=ANY_AGE).values():
        assert items == sorted(items, key=lambda item: (-item[1], item[0]))


@pytest.mark.parametrize("is_built", [False, True])
def test_a_shorter_list_is_the_beginning_of_a_longer_one(network: Client, is_built: bool) -> None:
    if is_built:
        build(network, DEFAULT, as_of=NOW)
    for window_days in (None, 7.0, ANY_AGE):
        long = lists(network, window_days=window_days)
        for limit in (1, 3, 20):
            short = lists(network, limit=limit, window_days=window_days)
            assert_same(short, {user: items[:limit] for user, items in long.items()})
        assert max(len(items) for items in long.values()) > 3


@pytest.mark.parametrize("is_built", [False, True])
def test_the_longest_list_is_the_pool(small: Client, is_built: bool) -> None:
    assert DEFAULT.ranking is not None
    pool = DEFAULT.ranking.batch.pool
    ask(
        small,
        "UNWIND range(1, 40) AS author CREATE (user:User {id: 'x' + author}) WITH user, author "
        "MATCH (me:User {id: 'me'}) CREATE (me)-[:FOLLOWS]->(user) WITH user, author UNWIND range(1, 30) AS n "
        "CREATE (user)-[:POSTED]->(:Post {id: 'x' + author + '-' + n, takenAt: $now - n * 3600000, likeCount: n})",
        now=NOW,
    )
    ask(
        small,
        "MATCH (post:Post) WHERE post.id STARTS WITH 'x' CREATE (:User {id: 'fan of ' + post.id})-[:LIKED]->(post)",
    )
    if is_built:
        build(small, DEFAULT, as_of=NOW)
    for window_days in (None, ANY_AGE):
        longest = lists(small, ["me"], limit=10_000, window_days=window_days)["me"]
        assert len(longest) <= pool
        if not is_built:
            assert len(longest) == pool  # the newest stand in for what is not built
        for limit in (1, 57, len(longest) - 1, len(longest), len(longest) + 1):
            assert lists(small, ["me"], limit=limit, window_days=window_days)["me"] == longest[:limit]


def test_what_was_served_stays_in_them(small: Client) -> None:
    before = mine(small)
    served = {item.post for item in feed(small, Request("me", as_of=NOW), record=True).items}
    assert served & set(before)
    assert mine(small) == before


def test_an_author_may_have_all_places(small: Client) -> None:
    ask(
        small,
        "MATCH (ana:User {id: 'ana'}) UNWIND range(10, 69) AS n "
        "CREATE (ana)-[:POSTED]->(:Post {id: 'a' + n, takenAt: $now - n * 3600000, likeCount: 50})",
        now=NOW,
    )
    assert len([post for post in mine(small) if post.startswith("a")]) == 62


def test_posts_without_a_time_are_in_them_only_if_the_window_is_none(small: Client) -> None:
    assert not {"a3", "d2"} & set(mine(small))
    assert not {"a3", "d2"} & set(mine(small, window_days=1e4))
    assert {"a3", "d2"} <= set(mine(small, window_days=ANY_AGE))


def test_without_a_window_scores_do_not_depend_on_the_clock(small: Client) -> None:
    found = lists(small, window_days=ANY_AGE)
    assert found["me"]
    assert_same(lists(small, window_days=ANY_AGE, as_of=NOW + 1000 * DAY), found)
    assert lists(small, window_days=1e4, as_of=NOW + 1000 * DAY) != lists(small, window_days=1e4)


def test_people_whom_nobody_knows_have_empty_lists_in_their_place(small: Client) -> None:
    found = lists(small, ["nobody", "me", "ana", "no one"])
    assert (found["nobody"], found["no one"]) == ([], [])
    assert found["me"] == lists(small, ["me"])["me"]
    assert lists(small, []) == {}


def test_a_graph_without_people_or_posts_has_no_lists(client: Client) -> None:
    assert lists(client) == {}
    ask(client, "CREATE (:User {id: 'me'})")
    assert lists(client, window_days=ANY_AGE) == {"me": []}


def test_the_tutorials_profile_makes_no_lists(small: Client) -> None:
    with pytest.raises(SettingsError, match="The profile tutorial makes no lists"):
        lists(small, profile=profile("tutorial"))


# --- the command


def feeds(out: Path, *args: str, build: str | None = "--no-build") -> list[dict[str, Any]]:
    """What `graphfeed feeds` writes, without a build if nothing else is said."""
    said = [build] if build else []
    done = CliRunner().invoke(app, ["feeds", "--out", str(out), *args, *said], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert f"{len(found)} lists in " in done.stdout
    assert (build == "--no-build") == ("of them have no build yet" in done.stderr)
    return found


def as_written(found: Lists) -> list[dict[str, Any]]:
    return [
        {"user": user, "items": [{"post": post, "score": score} for post, score in items]}
        for user, items in found.items()
    ]


@pytest.mark.usefixtures("cli_environment")
def test_the_command_writes_a_line_for_each_person(small: Client, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    every = ("--users", "all", "--as-of", "2024-06-01", "--window-days", "none")
    found = feeds(out, *every, "--limit", "2")
    assert found == as_written(lists(small, limit=2, window_days=ANY_AGE))
    assert [line["user"] for line in found] == ["ana", "ben", "cem", "dan", "me"]
    assert max(len(line["items"]) for line in found) == 2
    (tmp_path / "users.txt").write_text("me\nMüller 🌅\nana\n\nme\n", encoding="utf-8")
    found = feeds(out, "--users", "users.txt", "--as-of", "2024-06-01", "--window-days", "7")
    assert found == as_written(lists(small, ["me", "Müller 🌅", "ana"], window_days=7))
    assert "Müller 🌅" in out.read_text(encoding="utf-8")


@pytest.mark.usefixtures("cli_environment")
def test_the_command_asks_whether_to_build_where_there_is_no_build(small: Client, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    every = ("--users", "all", "--as-of", "2024-06-01")
    with pytest.raises(SettingsError, match="There is no build yet, so lists would lack what is learned from likes"):
        feeds(out, *every, build=None)
    assert not out.exists()
    assert state(small) is None
    found = feeds(out, *every, build="--build")
    assert state(small) is not None
    assert found == as_written(lists(small))
    assert feeds(out, *every, build=None) == found


@pytest.mark.usefixtures("cli_environment")
def test_the_command_refuses_more_than_a_list_has(
    small: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, mine = tmp_path / "out.jsonl", tmp_path / "mine.toml"
    mine.write_text('[short]\nbase = "default"\nranking.batch.pool = 450', encoding="utf-8")
    monkeypatch.setenv("GRAPHFEED_PROFILES", str(mine))
    with pytest.raises(SettingsError, match="A list by the profile short has at most 450 posts"):
        feeds(out, "--users", "all", "--limit", "451", "--profile", "short")
    assert not out.exists()


@pytest.mark.usefixtures("cli_environment")
def test_the_command_ranks_by_the_profile_that_it_is_given(
    small: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "profiles.toml"
    mine.write_text('[fresh]\nbase = "default"\nranking.weights.recency = 20\n')
    monkeypatch.setenv("GRAPHFEED_PROFILES", str(mine))
    fresh = feeds(tmp_path / "out", "--users", "all", "--as-of", "2024-06-01", "--profile", "fresh")
    assert fresh == as_written(lists(small, profile=profile("fresh", mine)))
    assert fresh != feeds(tmp_path / "out", "--users", "all", "--as-of", "2024-06-01")


@pytest.mark.usefixtures("cli_environment")
@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--users", "no-file"], "The people in no-file cannot be read"),
        (["--users", "all", "--profile", "best"], "Unknown profile 'best'"),
        (["--users", "all", "--profile", "tutorial"], "makes no lists"),
        (["--users", "all", "--out", "no-folder/out"], "There is no folder no-folder"),
    ],
)
def test_the_command_says_what_is_wrong_and_leaves_no_file(
    client: Client, tmp_path: Path, args: list[str], says: str
) -> None:
    with pytest.raises(GraphfeedError, match=says):
        feeds(tmp_path / "out", *args)
    assert not any(tmp_path.glob("out*"))
