"""Splits by time, by hash and from a file, and the sources without the held-out likes."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from graph import clock
from graph.errors import GraphfeedError, LoadError, SettingsError
from graph.progress import Silent
from loaders.evaluation.catalog import Catalog, read_catalog
from loaders.evaluation.run import clock_of
from loaders.evaluation.split import Split, by_share, of_cold_posts, of_file, without
from loaders.files.blocks import Source
from loaders.files.folder import sources_in
from tests.support import write_csv

USERS = [{"id": id} for id in ("ana", "ben", "cem", "dan")]
POSTS = [{"id": f"p{number}", "author": "ana", "taken_at": f"2024-05-0{number + 1}"} for number in range(8)]
LIKES = [{"user": user, "post": post["id"], "at": ""} for user in ("ben", "cem", "dan") for post in POSTS[:6]]


def network(folder: Path, **files: Sequence[Mapping[str, object]]) -> tuple[list[Source], Catalog]:
    given: dict[str, Any] = {"users": USERS, "posts": POSTS, "likes": LIKES, **files}
    sources, _ = sources_in(write_csv(folder, **given))
    return sources, read_catalog(sources, Silent())


def timed(count: int, **more: str) -> list[dict[str, str]]:
    """The first likes with times, later ones later."""
    times = [str(clock.iso(clock.parse("2024-05-10") + place * 1_000)) for place in range(count)]
    return [{**like, "at": at, **more} for like, at in zip(LIKES, [*times, *[""] * len(LIKES)], strict=False)]


def pairs(catalog: Catalog, split: Split) -> set[tuple[str, str]]:
    return {*catalog.pairs(split.likes)}


def rows(sources: Sequence[Source], name: str) -> list[list[str]]:
    return [
        list(row) for source in sources if source.format.name == name for block in source.blocks() for row in block.rows
    ]


def refused(error: type[GraphfeedError], catalog: Catalog, path: Path) -> str:
    with pytest.raises(error) as caught:
        of_file(catalog, path)
    assert caught.value.remedy
    return caught.value.problem


# --- The catalog


def test_a_catalog_has_what_an_import_would_create(tmp_path: Path) -> None:
    posts = [*POSTS, {"id": "p0", "author": "ana", "taken_at": ""}, {"id": "lost", "author": "nobody"}, {"id": "x"}]
    likes = [
        *timed(2),
        {"user": "ben", "post": "p1", "at": "2024-01-01"},
        {"user": "ben", "post": "lost"},
        {"user": "nobody", "post": "p1"},
        {"user": "", "post": "p1"},
    ]
    _, catalog = network(tmp_path, posts=posts, likes=likes)
    assert [*catalog.people] == ["ana", "ben", "cem", "dan"]
    assert [*catalog.posts] == [*(post["id"] for post in POSTS), "x"]
    assert catalog.authors.tolist() == [0] * 8 + [-1]
    assert len(catalog.likes) == len(LIKES)
    assert catalog.liked_at[catalog.likes_of(["ben"], ["p1"]) == catalog.likes].tolist() == [clock.parse("2024-01-01")]
    assert clock_of(catalog) == clock.parse("2024-05-10")


def test_the_clock_is_the_newest_time_and_never_later_than_now(tmp_path: Path) -> None:
    _, catalog = network(tmp_path / "a", likes=timed(3))
    assert clock_of(catalog) == clock.parse("2024-05-10") + 2_000
    future = {"user": "dan", "post": "p7", "at": "2924-01-01"}  # one wrong time makes no old network a new one
    _, catalog = network(tmp_path / "b", likes=[*timed(3), future])
    assert clock_of(catalog) == clock.parse("2024-05-10") + 2_000
    _, catalog = network(tmp_path / "c", posts=[{"id": "p1", "author": "ana"}], likes=[{"user": "ben", "post": "p1"}])
    assert abs(clock_of(catalog) - clock.now()) < clock.DAY_MS


# --- A share


def test_the_newest_likes_are_held_out_if_likes_have_times(tmp_path: Path) -> None:
    _, catalog = network(tmp_path, likes=timed(len(LIKES)))
    split = by_share(catalog, 0.2, seed=0)
    assert pairs(catalog, split) == {(like["user"], like["post"]) for like in LIKES[-4:]}
    assert split.description == "the newest 20% of likes, from 2024-05-10T00:00:14Z on"
    assert by_share(catalog, 0.2, seed=5).likes.tolist() == split.likes.tolist()


def test_likes_of_the_same_time_are_held_out_by_hash_whatever_the_order_of_the_files(tmp_path: Path) -> None:
    users = [{"id": "ana"}, *({"id": f"u{number}"} for number in range(40))]
    likes = [{"user": user["id"], "post": post["id"], "at": "2024-05-10"} for user in users[1:] for post in POSTS]
    _, one = network(tmp_path / "a", users=users, likes=likes)
    _, other = network(tmp_path / "b", users=users[::-1], posts=POSTS[::-1], likes=likes)
    chosen = pairs(one, by_share(one, 0.25, seed=0))
    assert len(chosen) == 80
    assert pairs(other, by_share(other, 0.25, seed=0)) == chosen
    assert len({person for person, _ in chosen}) > 30
    assert pairs(one, by_share(one, 0.25, seed=1)) != chosen


def test_likes_without_a_time_among_timed_ones_are_not_held_out(tmp_path: Path) -> None:
    _, catalog = network(tmp_path, likes=timed(10))
    assert pairs(catalog, by_share(catalog, 0.2, seed=0)) == {(like["user"], like["post"]) for like in LIKES[8:10]}


def test_a_hash_chooses_if_most_likes_have_no_time(tmp_path: Path) -> None:
    _, catalog = network(tmp_path, likes=timed(8))
    assert by_share(catalog, 0.3, seed=0).description == "30% of likes, by hash"


def test_the_hash_of_a_like_does_not_depend_on_others(tmp_path: Path) -> None:
    people = [f"u{number}" for number in range(40)]
    users = [{"id": "ana"}, *({"id": id} for id in people)]
    likes = [{"user": user, "post": post["id"]} for user in people for post in POSTS]
    _, all_of_them = network(tmp_path / "a", users=users, likes=likes)
    _, half = network(tmp_path / "b", users=users[::-1], likes=likes[::2])
    chosen = pairs(all_of_them, by_share(all_of_them, 0.25, seed=3))
    assert 0.15 * len(likes) < len(chosen) < 0.35 * len(likes)
    there = {(str(like["user"]), str(like["post"])) for like in likes[::2]}
    assert pairs(half, by_share(half, 0.25, seed=3)) == chosen & there
    assert pairs(all_of_them, by_share(all_of_them, 0.25, seed=4)) != chosen


def test_likes_of_own_posts_are_never_held_out(tmp_path: Path) -> None:
    own = [{"user": "ana", "post": post["id"], "at": "2024-06-01"} for post in POSTS]
    _, catalog = network(tmp_path, likes=[*timed(len(LIKES)), *own])
    assert "ana" not in {person for person, _ in pairs(catalog, by_share(catalog, 0.9, seed=0))}


@pytest.mark.parametrize("share", [0, 1, -0.1, 2, float("nan")])
def test_a_share_is_between_0_and_1(tmp_path: Path, share: float) -> None:
    _, catalog = network(tmp_path)
    with pytest.raises(SettingsError, match="cannot be held out"):
        by_share(catalog, share, seed=0)


def test_a_share_that_holds_nothing_out_is_refused(tmp_path: Path) -> None:
    _, catalog = network(tmp_path, likes=timed(2)[:2])
    with pytest.raises(SettingsError, match="holds out no like"):
        by_share(catalog, 0.1, seed=0)


@pytest.mark.parametrize("count", [0, len(LIKES)])
def test_a_share_that_leaves_nothing_to_learn_from_is_refused(tmp_path: Path, count: int) -> None:
    _, catalog = network(tmp_path, likes=timed(count))
    with pytest.raises(SettingsError, match="leaves none to learn from"):
        by_share(catalog, 1 - 1e-12, seed=0)


# --- A file


@pytest.mark.parametrize("name", ["validation.csv", "validation.csv.gz", "validation.jsonl"])
def test_the_likes_of_a_file_are_held_out(tmp_path: Path, name: str) -> None:
    _, catalog = network(tmp_path / "files")
    given = [("ben", "p6"), ("dan", "p7"), ("ben", "p6")]
    text = "user,post\n" + "".join(f"{user},{post}\n" for user, post in given)
    if name.endswith(".jsonl"):
        text = "".join(json.dumps({"user": user, "post": post}) + "\n" for user, post in given)
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    split = of_file(catalog, path)
    assert pairs(catalog, split) == {*given}
    assert split.description == f"the likes of {name}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "user,post\nu1,p6\nu2,p6\nben,p6\nu3,p6\nu4,p6\n",
            "likes.csv names people that the network does not have (4): 'u1', 'u2', 'u3'.",
        ),
        ("user,post\nben,p6\nben,q1\n", "likes.csv names posts that the network does not have (1): 'q1'."),
        (
            "user,post\nben,p6\nben,p1\ndan,p0\n",
            "The network has likes of likes.csv, too (2): 'ben' likes 'p1', 'dan' likes 'p0'.",
        ),
        ("user,post\n", "likes.csv has no likes."),
        ("user,post\nana,p6\n", "likes.csv has only likes of people's own posts."),
        ("user,post\nben,p6\nben\n", "Line 3 of likes.csv has 1 cells, but the header has 2."),
    ],
)
def test_likes_that_cannot_be_held_out_are_named_in_the_error(tmp_path: Path, text: str, problem: str) -> None:
    _, catalog = network(tmp_path / "files")
    path = tmp_path / "likes.csv"
    path.write_text(text)
    assert refused(LoadError, catalog, path) == problem


def test_a_missing_file_or_one_of_unknown_format_is_refused(tmp_path: Path) -> None:
    _, catalog = network(tmp_path / "files")
    assert refused(LoadError, catalog, tmp_path / "none.csv").startswith("There is no file")
    (tmp_path / "likes.txt").write_text("user,post\n")
    assert refused(LoadError, catalog, tmp_path / "likes.txt") == "The format of likes.txt is unknown."


# --- The sources without them


def test_rows_and_counts_that_reveal_a_held_out_like_are_not_imported(tmp_path: Path) -> None:
    ties = [{"user": "ben", "post": post, "at": "2024-05-09"} for post in ("p0", "p6")]
    sources, catalog = network(
        tmp_path,
        posts=[{**post, "like_count": 5, "comment_count": 2, "caption": "sea"} for post in POSTS],
        views=ties,
        saves=ties,
        shares=ties,
        more_like=ties,
        hides=ties,
        comments=[{"id": tie["post"], "text": "!", **tie} for tie in ties],
        likes=[*LIKES, {"user": "ben", "post": "p6", "at": ""}],
    )
    split = Split(catalog.likes_of(["ben"], ["p6"]), "")
    left = without(sources, catalog, split)
    assert ["ben", "p6", ""] not in rows(left, "likes")
    assert len(rows(left, "likes")) == len(LIKES)
    for file in ("views", "saves", "shares", "more_like"):
        assert [row[1] for row in rows(left, file)] == ["p0"]
    assert [row[0] for row in rows(left, "comments")] == ["p0"]
    assert len(rows(left, "hides")) == 2
    assert rows(left, "posts")[0] == ["p0", "ana", "2024-05-01", "", "", "sea"]


def test_line_numbers_stay_those_of_the_file(tmp_path: Path) -> None:
    sources, catalog = network(tmp_path, likes=[LIKES[0], LIKES[1], {"user": "", "post": ""}, LIKES[2]])
    left = without(sources, catalog, Split(catalog.likes_of(["ben"], ["p1"]), ""))
    [block] = next(source for source in left if source.format.name == "likes").blocks()
    assert [*block.lines] == [2, 4, 5]


def test_json_lines_are_filtered_alike(tmp_path: Path) -> None:
    network(tmp_path)
    (tmp_path / "likes.csv").unlink()
    lines = [json.dumps({"user": "ben", "post": post}) for post in ("p0", "p1", "p2")]
    (tmp_path / "likes.jsonl").write_text("\n".join(lines) + "\n")
    sources, _ = sources_in(tmp_path)
    catalog = read_catalog(sources, Silent())
    left = without(sources, catalog, Split(catalog.likes_of(["ben"], ["p1"]), ""))
    [block] = next(source for source in left if source.format.name == "likes").blocks()
    assert [*(block.texts or ())] == [lines[0], lines[2]]
    assert len(block.rows) == 2


def test_cold_posts_keep_nothing_that_anybody_did(tmp_path: Path) -> None:
    likes = [*LIKES, *({"user": "ana", "post": post["id"], "at": ""} for post in POSTS)]  # of her own posts
    views = [{"user": "dan", "post": post["id"], "at": "2024-05-10"} for post in POSTS]
    sources, catalog = network(tmp_path, likes=likes, views=views)
    split = of_cold_posts(catalog, 0.5, 0)
    cold = {POSTS[number]["id"] for number in split.cold.tolist()}
    assert 0 < len(cold) < 8
    liked = {(like["user"], like["post"]) for like in LIKES if like["post"] in cold}
    assert pairs(catalog, split) == liked
    changed = without(sources, catalog, split)
    for name in ("likes", "views"):
        assert {row[1] for row in rows(changed, name)} == {row[1] for row in rows(sources, name)} - cold
    assert len(rows(changed, "posts")) == 8
    assert split.description == f"all likes of {len(cold)} posts, 50% by hash"
    assert {*of_cold_posts(catalog, 0.5, 1).cold} != {*split.cold}


@pytest.mark.parametrize("share", [0, 1, 1.5, 1e-9])
def test_a_share_of_cold_posts_that_leaves_nothing_is_refused(tmp_path: Path, share: float) -> None:
    _, catalog = network(tmp_path)
    with pytest.raises(SettingsError):
        of_cold_posts(catalog, share, 0)
