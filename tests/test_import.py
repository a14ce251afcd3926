"""Import of the neutral format: what each file makes, what a second import changes, and what is rejected and why."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from graph import clock
from graph.client import Client
from graph.errors import LoadError
from graph.progress import Silent
from graph.ranking import profiles
from graph.ranking.feed import Request, feed
from loaders import from_frames
from loaders.importer import Options, import_folder
from tests.support import ask, everything, load, write_csv

live = pytest.mark.live
PEOPLE = [{"id": "1", "username": "ana"}, {"id": "2", "username": "ben"}]


def rejects(folder: Path) -> list[tuple[str, int, str]]:
    with (folder / "rejects.csv").open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return [(row["file"], int(row["line"]), row["reason"]) for row in csv.DictReader(file)]


def full(folder: Path) -> Path:
    """A folder with every file of the format."""
    return write_csv(
        folder,
        users=[
            {"id": "1", "username": "ana", "full_name": "Ana A.", "opted_out": "true", "visibility": "Followers"},
            {"id": "2", "username": "ben", "full_name": "", "opted_out": "", "visibility": ""},
        ],
        follows=[{"follower": "1", "followee": "2", "at": "2024-01-01"}],
        posts=[
            {
                "id": "p1",
                "author": "1",
                "taken_at": "2024-01-02T03:04:05+01:00",
                "media_type": "Video",
                "caption": "a, “b”\nc",
                "image_url": "https://example.com/1.jpg",
                "like_count": "7",
                "comment_count": "3",
                "sensitive": "yes",
                "visibility": "followers",
            },
            {"id": "p2"},
        ],
        likes=[{"user": "1", "post": "p2", "at": "2024-01-03"}, {"user": "2", "post": "p1", "at": ""}],
        saves=[{"user": "1", "post": "p2", "at": "2024-01-04"}, {"user": "1", "post": "p2", "at": "2024-01-03"}],
        shares=[{"user": "1", "post": "p2", "at": "2024-01-05"}],
        more_like=[{"user": "2", "post": "p1", "at": ""}],
        comments=[{"id": "c1", "user": "2", "post": "p2", "at": "2024-01-04", "text": "so good 😀"}],
        tags=[{"post": "p2", "hashtag": " #Sunset "}, {"post": "p1", "hashtag": "ＳＵＮＳＥＴ"}],
        mentions=[{"post": "p2", "user": "2"}],
        views=[{"user": "1", "post": "p2", "at": "2024-01-05", "dwell_ms": "900"}],
        mutes=[
            {"user": "1", "muted_user": "2", "hashtag": "", "at": "2024-01-06", "until": "2024-01-10"},
            {"user": "1", "muted_user": "", "hashtag": "#Cats", "at": "", "until": ""},
        ],
        blocks=[{"user": "1", "blocked": "2", "at": "2024-01-07"}],
        hides=[{"user": "2", "post": "p1", "at": "2024-01-08", "reason": "seen"}],
        interests=[{"user": "2", "hashtag": "#Cats", "at": "2024-01-09"}],
        wants=[
            {"user": "2", "hashtag": "#Cats", "how": "less", "at": "2024-01-09", "until": "2024-01-11", "topic": "t1"},
            {"user": "2", "hashtag": "Sunset", "how": " More ", "at": "", "until": ""},
        ],
        unlearned=[
            {"user": "1", "post": "p2", "at": ""},
            {"user": "1", "post": "p2", "at": "2024-01-03"},
            {"user": "2", "person": "1", "at": "2024-01-02"},
        ],
        dismissed=[
            {"user": "1", "person": "2", "at": "2024-01-04"},
            {"user": "1", "person": "2", "at": "2024-01-03"},
            {"user": "2", "person": "1", "at": ""},
        ],
        packs=[
            {"pack": "k", "name": "Cats", "by": "1", "person": "2", "at": "2024-01-03", "made_at": "2024-01-02"},
            {"pack": "k", "name": "Cats", "by": "1", "person": "1", "left": "yes"},
        ],
        resets=[{"user": "2", "at": "2024-01-02"}],
    )


@live
def test_every_file_becomes_what_the_design_says(client: Client, tmp_path: Path) -> None:
    report = load(client, full(tmp_path))
    assert report.rejects is None
    day = 86_400_000
    jan = 1_704_067_200_000  # 2024-01-01
    assert ask(client, "MATCH (x:User) WITH x ORDER BY x.id RETURN x {.*, affinityAt: null} AS p") == [
        {
            "p": {
                "id": "1",
                "username": "ana",
                "fullName": "Ana A.",
                "optedOut": True,
                "visibility": "followers",
                "affinityAt": None,
            }
        },
        {"p": {"id": "2", "username": "ben", "affinityAt": None}},
    ]
    video = {
        "id": "p1",
        "takenAt": jan + day + 7_445_000,
        "mediaType": "video",
        "caption": "a, “b”\nc",
        "words": " a b c ",
        "imageUrl": "https://example.com/1.jpg",
        "sensitive": True,
        "visibility": "followers",
        **{"likeCount": 7, "givenLikeCount": 7, "commentCount": 3, "givenCommentCount": 3},
    }
    assert ask(client, "MATCH (x:Post) RETURN properties(x) AS p ORDER BY x.id") == [
        {"p": video},
        {"p": {"id": "p2", "likeCount": 1, "commentCount": 1}},
    ]
    assert ask(client, "MATCH (x:Hashtag) RETURN x.name AS name, x.display AS display ORDER BY name") == [
        {"name": "cats", "display": "Cats"},
        {"name": "sunset", "display": "Sunset"},
    ]
    relationships = everything(client)[1]
    assert [(row["type"], row["a"], row["b"], row["p"]) for row in relationships] == [
        ("BLOCKED", "1", "2", {"at": jan + 6 * day}),
        ("COMMENTED", "2", "p2", {"id": "c1", "at": jan + 3 * day, "text": "so good 😀"}),
        ("DISMISSED", "1", "2", {"at": jan + 2 * day}),
        ("DISMISSED", "2", "1", {}),
        ("FOLLOWS", "1", "2", {"since": jan}),
        ("HAS", "k", "2", {"at": jan + 2 * day}),
        ("HID", "2", "p1", {"at": jan + 7 * day, "reason": "seen"}),
        ("INTERESTED_IN", "2", "cats", {"at": jan + 8 * day}),
        ("LEFT", "1", "k", {"name": "Cats"}),
        ("LIKED", "1", "p2", {"at": jan + 2 * day}),
        ("LIKED", "2", "p1", {}),
        ("MADE", "1", "k", {}),
        ("MENTIONS", "p2", "2", {}),
        ("MORE_LIKE", "2", "p1", {}),
        ("MUTED", "1", "cats", {}),
        ("MUTED", "1", "2", {"at": jan + 5 * day, "until": jan + 9 * day}),
        ("POSTED", "1", "p1", {}),
        ("RESET", "2", "2", {"at": jan + day}),
        ("SAVED", "1", "p2", {"at": jan + 2 * day}),
        ("SHARED", "1", "p2", {"at": jan + 4 * day}),
        ("TAGGED", "p1", "sunset", {}),
        ("TAGGED", "p2", "sunset", {}),
        ("UNLEARNED", "1", "p2", {"at": jan + 2 * day}),
        ("UNLEARNED", "2", "1", {"at": jan + day}),
        ("VIEWED", "1", "p2", {"at": jan + 4 * day, "dwellMs": 900}),
        ("WANTS", "2", "cats", {"how": "less", "at": jan + 8 * day, "until": jan + 10 * day, "topic": "t1"}),
        ("WANTS", "2", "sunset", {"how": "more"}),
    ]


@live
def test_importing_twice_changes_nothing(client: Client, tmp_path: Path) -> None:
    first = load(client, full(tmp_path))
    graph = everything(client)
    second = load(client, tmp_path)
    assert everything(client) == graph
    assert [file.rows for file in second.files] == [file.rows for file in first.files]
    assert sum(file.created for file in second.files) == 0


@live
def test_an_empty_cell_changes_nothing_and_a_given_one_does(client: Client, tmp_path: Path) -> None:
    load(client, full(tmp_path))
    again = write_csv(
        tmp_path / "again",
        users=[{"id": "1", "username": "", "full_name": "Ana B.", "opted_out": ""}],
        likes=[{"user": "1", "post": "p2", "at": "2023-12-31"}, {"user": "2", "post": "p1", "at": "2024-02-01"}],
    )
    load(client, again)
    assert ask(client, "MATCH (x:User {id: '1'}) RETURN x {.*, affinityAt: null} AS p")[0]["p"] == {
        "id": "1",
        "username": "ana",
        "fullName": "Ana B.",
        "optedOut": True,
        "visibility": "followers",
        "affinityAt": None,
    }
    likes = ask(client, "MATCH ()-[r:LIKED]->(x) RETURN x.id AS post, r.at AS at ORDER BY post")
    assert likes == [{"post": "p1", "at": 1_706_745_600_000}, {"post": "p2", "at": 1_703_980_800_000}]


WISHED = (("more", "less"), ("", "t1"))
ENDINGS = [
    # the time and the end that are there, those of the row, and those that are there afterwards
    (("2024-01-02", "2024-02-01"), ("2024-01-03", ""), ("2024-01-03", "")),
    (("2024-01-02", ""), ("2024-01-03", "2023-01-01"), ("2024-01-03", "2023-01-01")),
    (("2024-01-02", ""), ("2024-01-02", "2024-02-01"), ("2024-01-02", "")),
    (("2024-01-02", "2024-02-01"), ("2024-01-01", ""), ("2024-01-02", "2024-02-01")),
    (("2024-01-02", "2024-02-01"), ("", ""), ("2024-01-02", "2024-02-01")),
    (("", ""), ("2024-01-02", "2024-02-01"), ("2024-01-02", "2024-02-01")),
    (("", ""), ("", "2024-02-01"), ("", "")),
]


@live
@pytest.mark.parametrize("in_one_file", [False, True])
@pytest.mark.parametrize(("there", "row", "then"), ENDINGS)
def test_of_mutes_and_wants_the_row_with_the_latest_time_counts_as_a_whole(
    client: Client,
    tmp_path: Path,
    there: tuple[str, str],
    row: tuple[str, str],
    then: tuple[str, str],
    in_one_file: bool,
) -> None:
    mutes = [{"user": "1", "hashtag": "sun", "at": at, "until": until} for at, until in (there, row)]
    wants = [{**mute, "how": how, "topic": topic} for mute, how, topic in zip(mutes, *WISHED, strict=True)]
    if in_one_file:
        folders = [write_csv(tmp_path, users=PEOPLE, mutes=mutes, wants=wants)]
    else:
        first = write_csv(tmp_path / "first", users=PEOPLE, mutes=mutes[:1], wants=wants[:1])
        folders = [first, write_csv(tmp_path / "second", mutes=mutes[1:], wants=wants[1:]), first]
    for folder in folders:
        assert load(client, folder).rejects is None
    times = {name: clock.parse(time) for name, time in zip(("at", "until"), then, strict=True) if time}
    about = {"how": "less", "topic": "t1"} if then == row else {"how": "more"}
    ties = ask(client, "MATCH ()-[tie:MUTED|WANTS]->() RETURN properties(tie) AS p ORDER BY type(tie)")
    assert [tie["p"] for tie in ties] == [times, {**about, **times}]


@live
@pytest.mark.parametrize(("given", "counter"), [("7", 9), ("8", 8), ("", 9)])
def test_a_count_given_again_replaces_the_counter_only_if_it_differs(
    client: Client, tmp_path: Path, given: str, counter: int
) -> None:
    load(client, write_csv(tmp_path, posts=[{"id": "p", "like_count": "7"}]))
    ask(client, "MATCH (post:Post) SET post.likeCount = 9")  # two likes since
    load(client, write_csv(tmp_path, posts=[{"id": "p", "like_count": given}]))
    assert ask(client, "MATCH (post:Post) RETURN post.likeCount AS count") == [{"count": counter}]


@live
def test_likes_are_counted_where_no_count_is_given(client: Client, tmp_path: Path) -> None:
    posts = [{"id": "p", "like_count": ""}, {"id": "q", "like_count": "40"}]
    likes = [{"user": user, "post": post} for user in "12" for post in "pq"]
    load(client, write_csv(tmp_path, users=PEOPLE, posts=posts, likes=likes))
    counts = ask(client, "MATCH (post:Post) RETURN post.id AS id, post.likeCount AS count ORDER BY id")
    assert counts == [{"id": "p", "count": 2}, {"id": "q", "count": 40}]


@live
def test_rows_that_name_the_unknown_are_rejected_and_the_rest_goes_in(client: Client, tmp_path: Path) -> None:
    write_csv(
        tmp_path,
        users=PEOPLE,
        posts=[{"id": "p", "author": "1"}, {"id": "q", "author": "9"}],
        follows=[{"follower": "1", "followee": "9"}, {"follower": "1", "followee": "2"}],
        likes=[{"user": "9", "post": "p"}, {"user": "1", "post": "z"}, {"user": "2", "post": "p"}],
        saves=[{"user": "1", "post": "z"}],
        shares=[{"user": "9", "post": "p"}],
        more_like=[{"user": "1", "post": "z"}],
        comments=[{"id": "c", "user": "1", "post": "z", "at": "2024-01-01", "text": "?"}],
        tags=[{"post": "z", "hashtag": "x"}],
        mentions=[{"post": "p", "user": "9"}],
        views=[{"user": "9", "post": "p", "at": "2024-01-01"}],
        mutes=[{"user": "1", "muted_user": "9"}],
        blocks=[{"user": "9", "blocked": "1"}],
        hides=[{"user": "1", "post": "z"}],
        interests=[{"user": "9", "hashtag": "x"}],
        wants=[{"user": "9", "hashtag": "x", "how": "more"}],
    )
    report = load(client, tmp_path)
    assert rejects(tmp_path) == [
        ("posts.csv", 3, "unknown user 9"),
        ("follows.csv", 2, "unknown user 9"),
        ("likes.csv", 2, "unknown user 9"),
        ("likes.csv", 3, "unknown post z"),
        ("saves.csv", 2, "unknown post z"),
        ("shares.csv", 2, "unknown user 9"),
        ("more_like.csv", 2, "unknown post z"),
        ("comments.csv", 2, "unknown post z"),
        ("tags.csv", 2, "unknown post z"),
        ("mentions.csv", 2, "unknown user 9"),
        ("views.csv", 2, "unknown user 9"),
        ("mutes.csv", 2, "unknown user 9"),
        ("blocks.csv", 2, "unknown user 9"),
        ("hides.csv", 2, "unknown post z"),
        ("interests.csv", 2, "unknown user 9"),
        ("wants.csv", 2, "unknown user 9"),
    ]
    assert [(file.file, file.rows, file.created, file.rejected) for file in report.files][:4] == [
        ("users.csv", 2, 2, 0),
        ("posts.csv", 2, 1, 1),
        ("follows.csv", 2, 1, 1),
        ("likes.csv", 3, 1, 2),
    ]


@live
def test_create_missing_makes_them(client: Client, tmp_path: Path) -> None:
    write_csv(tmp_path, follows=[{"follower": "1", "followee": "2"}], likes=[{"user": "3", "post": "p"}])
    assert load(client, tmp_path, create_missing=True).rejects is None
    assert ask(client, "MATCH (n) WHERE n.id IS NOT NULL RETURN n.id AS id, n.likeCount AS likes ORDER BY id") == [
        {"id": "1", "likes": None},
        {"id": "2", "likes": None},
        {"id": "3", "likes": None},
        {"id": "p", "likes": 1},
    ]


@live
def test_a_post_keeps_its_author_and_a_comment_its_place(client: Client, tmp_path: Path) -> None:
    comment = {"user": "1", "at": "2024-01-01", "text": "!"}
    write_csv(
        tmp_path,
        users=PEOPLE,
        posts=[{"id": "p", "author": "1"}, {"id": "q"}, {"id": "p", "author": "2"}, {"id": "q", "author": "2"}],
        comments=[{"id": "c", "post": "p", **comment}, {"id": "c", "post": "q", **comment}],
    )
    load(client, tmp_path)
    assert rejects(tmp_path) == [
        ("posts.csv", 4, "post p is by user 1 already"),
        ("comments.csv", 3, "comment c is by user 1 on post p already"),
    ]
    assert ask(client, "MATCH (a)-[:POSTED]->(x) RETURN a.id AS author, x.id AS post ORDER BY post") == [
        {"author": "1", "post": "p"},
        {"author": "2", "post": "q"},
    ]


@live
@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("users", b"id,username\n,x", 2, "id is empty"),
        ("users", b"id\n1\n\n  ", 4, "id is empty"),
        ("users", b"id,username\n5,a,b", 2, "has 3 cells, but the header has 2"),
        ("users", b"id,opted_out\n5,perhaps", 2, "opted_out: 'perhaps' is neither true nor false"),
        ("users", b"id,username\n5,\xff\xfe", 2, "username is not UTF-8"),
        ("users", b"id\n" + b"x" * 5000, 2, "id: an id has more than 4096 bytes"),
        ("users", "id\na\ue000b".encode(), 2, "id: an id has the private-use character U+E000"),
        ("users", b'id,username\n5,"never closed', 2, "is not valid CSV: unexpected end of data"),
        ("posts", b"id,taken_at\n5,yesterday", 2, "taken_at: 'yesterday' is not an ISO 8601 time such as"),
        (
            "posts",
            b"id,taken_at\n5,0001-01-01T00:00:00+14:00",
            2,
            "taken_at: '0001-01-01T00:00:00+14:00' is not an ISO",
        ),
        ("posts", b"id,like_count\n5,-1", 2, "like_count: '-1' is not a whole number from 0"),
        ("posts", b"id,like_count\n5," + b"9" * 5000, 2, "like_count: '9999"),
        ("posts", b"id,like_count\n5,1.5", 2, "like_count: '1.5' is not a whole number from 0"),
        ("posts", b"id,media_type\n5,gif", 2, "media_type: 'gif' is not one of image, video, carousel"),
        ("follows", b"follower,followee\n1,1", 2, "people cannot follow themselves"),
        ("blocks", b"user,blocked\n1,1", 2, "people cannot block themselves"),
        ("mutes", b"user,muted_user\n1,1", 2, "people cannot mute themselves"),
        ("mutes", b"user,muted_user,hashtag\n1,,", 2, "needs exactly one of muted_user and hashtag"),
        ("mutes", b"user,muted_user,hashtag\n1,2,x", 2, "needs exactly one of muted_user and hashtag"),
        ("wants", b"user,hashtag,how\n1,x,much", 2, "how: 'much' is not one of more, less, none"),
        ("wants", b"user,hashtag,how\n1,x,", 2, "how is empty"),
        ("wants", b"user,hashtag,how,until\n1,x,more,soon", 2, "until: 'soon' is not an ISO 8601 time such as"),
        ("mutes", b"user,muted_user,until\n1,2,soon", 2, "until: 'soon' is not an ISO 8601 time such as"),
        ("tags", b"post,hashtag\np,# ", 2, "hashtag: '# ' holds no hashtag"),
        ("tags", "post,hashtag\np,\u200b".encode(), 2, "hashtag: '\\u200b' holds no hashtag"),
        ("tags", "post,hashtag\np,#️⃣".encode(), 2, "hashtag: '#\ufe0f⃣' holds no hashtag"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_reason(
    client: Client, tmp_path: Path, name: str, text: bytes, line: int, reason: str
) -> None:
    (tmp_path / f"{name}.csv").write_bytes(text)
    report = load(client, tmp_path)
    [(file, where, why)] = rejects(tmp_path)
    assert (file, where) == (f"{name}.csv", line)
    assert why.startswith(reason)
    assert report.files[0].rejected == 1


@live
@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (b'"two\r\nlines"', "two\r\nlines"),
        (b'"a ""quote"""', 'a "quote"'),
        ("مرحبا 👩‍👩‍👧 é".encode(), "مرحبا 👩‍👩‍👧 é"),
        (b"nul\x00here", "nul\x00here"),
        (b"x" * 10_000_000, "x" * 10_000_000),
    ],
)
def test_any_text_is_kept_as_it_is(client: Client, tmp_path: Path, cell: bytes, value: str) -> None:
    (tmp_path / "posts.csv").write_bytes(b"\xef\xbb\xbfid,caption\r\np," + cell + b"\r\nq,after\r\n")
    assert load(client, tmp_path).rejects is None
    assert ask(client, "MATCH (post:Post) RETURN post.caption AS caption ORDER BY post.id") == [
        {"caption": value},
        {"caption": "after"},
    ]


@live
def test_a_broken_row_ends_where_its_quotes_do(client: Client, tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text('id,caption\np1,"he said "hi" to\nme, twice"\np2,ok\np3,"a" b\np4,fine\n')
    load(client, tmp_path)
    assert [(line, reason[:9]) for _, line, reason in rejects(tmp_path)] == [
        (2, "is not va"),
        (3, "is the re"),
        (5, "is not va"),
    ]
    assert ask(client, "MATCH (post:Post) RETURN post.id AS id ORDER BY id") == [{"id": "p2"}, {"id": "p4"}]


@live
def test_rows_behind_a_quote_that_is_never_closed_are_told_one_by_one(client: Client, tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text('id,caption\np1,ok\np2,"12" record"\np3,x\np4,y\n')
    report = load(client, tmp_path)
    assert [line for _, line, _ in rejects(tmp_path)] == [3, 4, 5]
    assert (report.files[0].rows, report.files[0].created, report.files[0].rejected) == (4, 1, 3)


@live
def test_a_file_that_holds_no_rejects_is_not_written_over(client: Client, tmp_path: Path) -> None:
    write_csv(tmp_path, users=PEOPLE)
    with pytest.raises(LoadError, match="exists and is not a rejects file"):
        import_folder(client, tmp_path, Options(tmp_path / "users.csv"), Silent())
    assert load(client, tmp_path).files[0].created == 2


@live
@pytest.mark.parametrize("cell", [" 7 ", "0" * 30 + "7", " " * 30 + "7"])
def test_a_count_is_read_whole(client: Client, tmp_path: Path, cell: str) -> None:
    load(client, write_csv(tmp_path, posts=[{"id": "p", "like_count": cell}]))
    assert ask(client, "MATCH (post:Post) RETURN post.likeCount AS count") == [{"count": 7}]


@live
def test_a_rejects_file_that_cannot_be_written_is_told_first(client: Client, tmp_path: Path) -> None:
    write_csv(tmp_path, users=PEOPLE)
    with pytest.raises(LoadError, match="could not be written"):
        import_folder(client, tmp_path, Options(tmp_path / "nowhere" / "rejects.csv"), Silent())
    assert ask(client, "MATCH (user:User) RETURN user") == []


@live
def test_lines_are_told_where_rows_begin_and_columns_may_stand_in_any_order(client: Client, tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text('caption,id\n"1\n2\n3",p\n"4\n5",\n')
    load(client, tmp_path)
    assert rejects(tmp_path) == [("posts.csv", 5, "id is empty")]


@live
def test_packed_files_are_read_and_a_damaged_one_says_where(client: Client, tmp_path: Path) -> None:
    whole = gzip.compress(b"id\n" + b"".join(b"%d\n" % n for n in range(50_000)))
    (tmp_path / "users.csv.gz").write_bytes(whole)
    assert load(client, tmp_path).files[0].created == 50_000
    (tmp_path / "users.csv.gz").write_bytes(whole[:-2000])
    with pytest.raises(LoadError, match=r"users\.csv\.gz is damaged after line \d+.*repeat the import"):
        load(client, tmp_path)


@live
def test_other_files_are_left_alone_and_named(client: Client, tmp_path: Path) -> None:
    write_csv(tmp_path, users=PEOPLE, validation=[{"a": "b"}])
    (tmp_path / "notes.txt").write_text("mine")
    assert load(client, tmp_path).left_alone == ["notes.txt", "validation.csv"]


@live
@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "has nothing to import.*one of users, posts, follows"),
        ({"users.csv": "id,name\n1,a"}, "unknown column 'name'.*the columns of users are id, username"),
        ({"users.csv": "username\nana"}, "lacks the column id"),
        ({"users.csv": ""}, "lacks the column id"),
        ({"users.csv": "id,id\n1,1"}, "names the column 'id' twice"),
        ({"users.csv": "id\n1", "users.csv.gz": "x"}, "holds both users.csv and users.csv.gz"),
        ({"users.csv": "id\n1", "likes.csv.gz": "x"}, "likes.csv.gz cannot be read"),
    ],
)
def test_a_folder_that_is_not_right_is_refused_before_anything_is_written(
    client: Client, tmp_path: Path, files: dict[str, str], message: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(LoadError, match=message):
        load(client, tmp_path)
    assert ask(client, "MATCH (node:User) RETURN node") == []


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    client: Any = None  # not asked
    with pytest.raises(LoadError, match="is not a folder"):
        load(client, tmp_path / "nowhere")


@live
def test_rows_that_are_equal_cost_next_to_nothing(client: Client, tmp_path: Path) -> None:
    likes = [{"user": "1", "post": "p"}] * 30_000
    posts = [{"id": "p", "author": "1"}, *[{"id": "p", "author": "2"}] * 300]
    report = load(client, write_csv(tmp_path, users=PEOPLE, posts=posts, likes=likes))
    counts = [(file.created, file.updated, file.unchanged, file.rejected) for file in report.files]
    assert counts == [(2, 0, 0, 0), (1, 0, 0, 300), (1, 0, 29_999, 0)]
    assert len(rejects(tmp_path)) == 300


@live
def test_rejects_of_any_text_are_written(client: Client, tmp_path: Path) -> None:
    captions = ["x" * 200_000, "\ud800", "nul\x00", "two\r\nlines", "y"]
    frame = pd.DataFrame({"id": [None] * 5, "caption": captions}, dtype=object)
    (tmp_path / "rejects.csv").touch()  # what a kill can leave
    report = from_frames(client, rejects=tmp_path / "rejects.csv", posts=frame)
    assert report.total.rejected == 5
    assert [line for _, line, _ in rejects(tmp_path)] == [0, 1, 2, 3, 4]


# --- what is marked for the builder


def marked(client: Client) -> set[str]:
    """Who and what is marked; that is taken back."""
    text = (
        "MATCH (x:User|Post) WHERE x.affinityAt >= 0 OR x.changedAt >= 0 "
        "REMOVE x.affinityAt, x.changedAt RETURN labels(x)[0] + x.id AS id"
    )
    return {row["id"] for row in ask(client, text)}


@live
def test_new_people_ties_and_likes_are_marked_once(client: Client, tmp_path: Path) -> None:
    people = [{"id": str(number)} for number in range(4)]
    load(client, write_csv(tmp_path / "people", users=people, posts=[{"id": "p"}, {"id": "q"}]))
    assert marked(client) == {"User0", "User1", "User2", "User3"}
    ties = write_csv(
        tmp_path / "ties",
        follows=[{"follower": "0", "followee": "1"}],
        comments=[{"id": "c", "user": "1", "post": "p", "at": "", "text": ""}],
        blocks=[{"user": "2", "blocked": "1"}],
    )
    load(client, ties)
    assert marked(client) == {"User0", "User1", "User2"}
    ask(client, "MATCH (u:User) SET u.factorsLikes = 7")
    likes = [{"user": str(number), "post": "p"} for number in range(3)] + [{"user": "0", "post": "q"}]
    load(client, write_csv(tmp_path / "likes", likes=likes))
    assert marked(client) == {"User0", "User1", "User2", "Postp"}
    assert ask(client, "MATCH (u:User) WHERE u.factorsLikes = 7 RETURN u.id AS id") == [{"id": "3"}]
    ask(client, "MATCH (p:Post {id: 'p'}) SET p.listedLikes = 3")
    for folder in ("people", "ties", "likes"):
        load(client, tmp_path / folder)
    assert marked(client) == set()


@live
def test_a_mute_is_not_evaded_by_signs_that_cannot_be_seen(client: Client, tmp_path: Path) -> None:
    taken = "2026-06-01T12:00:00Z"
    spellings = ["#war", "#wa\u200br", "#war\ufeff", "#\u2060war", "#w\u00ada\ufe0fr", "\u202ewar", "#peace"]
    folder = write_csv(
        tmp_path,
        users=[{"id": "me"}, {"id": "ana"}],
        follows=[{"follower": "me", "followee": "ana"}],
        posts=[{"id": f"p{n}", "author": "ana", "taken_at": taken} for n in range(len(spellings))],
        tags=[{"post": f"p{n}", "hashtag": spelling} for n, spelling in enumerate(spellings)],
        mutes=[{"user": "me", "hashtag": "#war"}],
    )
    assert load(client, folder).total.rejected == 0
    asked = Request("me", profiles.profile("tutorial"), as_of=clock.parse(taken))
    assert [item.post for item in feed(client, asked).items] == [f"p{len(spellings) - 1}"]
    assert ask(client, "MATCH (tag:Hashtag) RETURN count(tag) AS n") == [{"n": 2}]
