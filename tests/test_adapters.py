"""Adapters: what rows of the neutral format come of an LDBC SNB data set and of an Instagram export."""

import csv
import json
import os
import shutil
import tarfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import clock
from graph.client import Client
from graph.errors import LoadError
from graph.progress import Silent
from graph.ranking import profiles
from graph.ranking.feed import Request, feed
from loaders.adapters import ADAPTERS, ldbc_files, sources
from loaders.adapters.instagram_entries import (
    comment,
    contact,
    hashtags_in,
    interest,
    like,
    own_post,
    profile,
    taken_at,
    topics,
    view,
)
from loaders.adapters.instagram_export import mended
from loaders.files.blocks import Reject, Source
from loaders.format import neutral
from loaders.format.neutral import FILES, REFERENCES, Record
from loaders.importer import Options, import_sources
from loaders.report import Report
from tests.support import ask, everything

live = pytest.mark.live
INSTAGRAM = Path(__file__).parent / "fixtures" / "instagram"
CURRENT, FORMER = INSTAGRAM / "current", INSTAGRAM / "former"
LIKED = "your_instagram_activity/likes/liked_posts.json"
FOLLOWING = "connections/followers_and_following/following.json"

DATA_SET = {
    "static/tag_0_0.csv": "id|name|url\n7|Salvador_Dalí|\n8|Sea|\n",
    "dynamic/person_0_0.csv": "id|firstName|lastName|gender\n1|Ana|Lima|f\n2|Ben||m\n3|Eli|Ito|m\n",
    "dynamic/person_knows_person_0_0.csv": "Person.id|Person.id|creationDate\n1|2|1277681817962\n",
    "dynamic/person_likes_post_0_0.csv": "Person.id|Post.id|creationDate\n2|10|2010-06-27T23:40:00.000+0000\n",
    "dynamic/person_hasInterest_tag_0_0.csv": "Person.id|Tag.id\n1|7\n",
    "dynamic/post_0_0.csv": "id|imageFile|creationDate|language|content|length\n"
    "10|photo10.jpg|1277681817962|||0\n11||1277681817000|en|So, “well”, a \\ text|9\n",
    "dynamic/post_hasCreator_person_0_0.csv": "Post.id|Person.id\n10|1\n11|2\n",
    "dynamic/post_hasTag_tag_0_0.csv": "Post.id|Tag.id\n10|7\n11|8\n",
    "dynamic/comment_0_0.csv": "id|creationDate|content\n20|1277681900000|first\n21|1277681901000|second\n",
    "dynamic/comment_hasCreator_person_0_0.csv": "Comment.id|Person.id\n20|2\n21|1\n",
    "dynamic/comment_replyOf_post_0_0.csv": "Comment.id|Post.id\n20|10\n",
    "dynamic/comment_replyOf_comment_0_0.csv": "Comment.id|Comment.id\n21|20\n",
    "updates/updateStream_0_0_person.csv": "1290000000000|0|1|4|Fay|Oz|f|0|1290000000000|ip|X|5|en|f@x|7;8|1,2|3,4\n",
    "updates/updateStream_0_0_forum.csv": "1290000001000|0|8|4|1|1290000001000\n"
    "1290000002000|0|4|90|Wall|1290000002000|4|\n1290000003000|0|5|4|90|1290000003000\n"
    "1290000004000|0|6|12|photo12.jpg|1290000004000|ip|X|||0|4|90|5|8;7\n1290000005000|0|2|1|12|1290000005000\n"
    "1290000006000|0|7|22|1290000006000|ip|X|deep|4|3|5|-1|21|\n1290000007000|0|3|1|22|1290000007000\n"
    "1290000008000|0|7|23|1290000008000|ip|X|deeper|6|4|5|-1|22|7\n1290000009000|0|7|24|1290000009000|ip|X|hi|2|1|5|12|-1|\n",
}


def ldbc(folder: Path, **changes: str | None) -> Path:
    """A tiny data set; a change to the table of that name, with None to leave it out."""
    for name, text in DATA_SET.items():
        path = folder / name
        text = changes.get(path.name.split("_0_0")[0] if "Stream" not in name else path.stem, text)  # type: ignore[assignment]
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    return folder


def rows(made: Sequence[Source], name: str) -> list[tuple[str, ...]]:
    """The rows of one file of the neutral format."""
    return [
        tuple(row) for source in made if source.format.name == name for block in source.blocks() for row in block.rows
    ]


def rejects(made: Sequence[Source]) -> list[tuple[str, int, str]]:
    """Where rejected elements are, and why."""
    return [(reject.file, reject.line, reject.reason) for reject in all_rejects(made)]


def all_rejects(made: Sequence[Source]) -> list[Reject]:
    return [reject for source in made for block in source.blocks() for reject in block.rejects]


def records(made: Sequence[Source], name: str) -> list[Record]:
    """The records that the rows of one file of the neutral format make; each row must make one."""
    found: list[Record] = []
    for source in made:
        if source.format.name == name:
            for block in source.blocks():
                parsed = neutral.parse(source.format, source.columns, block.rows)
                assert parsed.reasons == []
                found += parsed.records.rows(source.format)
    return found


def assert_complete(made: Sequence[Source], *before: Sequence[Source]) -> None:
    """Assert that whatever a row names has a row of its own, and that the sources are in the order of import."""
    order = [format.name for format in FILES]
    names = [source.format.name for source in made]
    assert names == sorted(names, key=order.index)
    known = {
        "user": {row["id"] for part in (made, *before) for row in records(part, "users")},
        "post": {row["id"] for part in (made, *before) for row in records(part, "posts")},
    }
    for name in set(names):
        for row in records(made, name):
            for kind, fields in REFERENCES.items():
                assert {row[field] for field in fields if row.get(field) is not None} <= known[kind], (name, row)


def copy(folder: Path, to: Path, **files: object) -> Path:
    """A copy of a fixture with a file's content replaced; `liked` and `following` are its short names."""
    shutil.copytree(folder, to)
    places = {"liked": LIKED, "following": FOLLOWING}
    for name, content in files.items():
        (to / places[name]).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return to


def test_an_unknown_adapter_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"Unknown adapter 'flickr'\. Use one of ldbc, ldbc-updates, instagram"):
        sources("flickr", tmp_path)


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_path_that_holds_nothing_is_refused_with_what_was_expected(name: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello")
    for path in (tmp_path, file, tmp_path / "missing"):
        with pytest.raises(LoadError, match=r"Name the"):
            sources(name, path)


# LDBC


def test_ldbc_persons_posts_and_what_they_did_become_rows(tmp_path: Path) -> None:
    made = sources("ldbc", ldbc(tmp_path))
    assert_complete(made)
    assert rejects(made) == []
    assert rows(made, "users") == [("1", "Ana Lima"), ("2", "Ben"), ("3", "Eli Ito")]
    assert rows(made, "posts") == [
        ("10", "1", "2010-06-27T23:36:57.962Z", "", "photo10.jpg"),
        ("11", "2", "2010-06-27T23:36:57Z", "So, “well”, a \\ text", ""),
    ]
    assert rows(made, "likes") == [("2", "10", "2010-06-27T23:40:00.000+0000")]
    assert rows(made, "tags") == [("10", "Salvador_Dalí"), ("11", "Sea")]
    assert rows(made, "interests") == [("1", "Salvador_Dalí")]
    assert [source.file for source in made][:2] == ["person_0_0.csv", "post_0_0.csv"]


def test_ldbc_people_who_know_each_other_follow_each_other_since_then(tmp_path: Path) -> None:
    since = "2010-06-27T23:36:57.962Z"
    assert rows(sources("ldbc", ldbc(tmp_path)), "follows") == [("1", "2", since), ("2", "1", since)]


def test_ldbc_a_reply_to_a_comment_belongs_to_the_post_at_the_root(tmp_path: Path) -> None:
    assert [row[:3] for row in rows(sources("ldbc", ldbc(tmp_path)), "comments")] == [
        ("20", "2", "10"),
        ("21", "1", "10"),
    ]


def test_ldbc_times_are_milliseconds_or_iso(tmp_path: Path) -> None:
    assert ldbc_files.time("1277681817962") == "2010-06-27T23:36:57.962Z"
    (like,) = records(sources("ldbc", ldbc(tmp_path)), "likes")
    assert like["at"] == 1277682000000
    broken = "Person.id|Post.id|creationDate\n2|10|99999999999999999999\n"
    (source,) = [
        source
        for source in sources("ldbc", ldbc(tmp_path / "b", person_likes_post=broken))
        if source.format.name == "likes"
    ]
    (block,) = source.blocks()
    (reason,) = neutral.parse(source.format, source.columns, block.rows).reasons
    assert "not an ISO 8601 time" in reason.text
    assert block.reject(source.file, 0, reason.text).row == "2|10|99999999999999999999"


def test_ldbc_a_comment_that_leads_to_no_post_is_rejected(tmp_path: Path) -> None:
    circle = "Comment.id|Comment.id\n21|22\n22|21\n"
    made = sources("ldbc", ldbc(tmp_path, comment_replyOf_comment=circle))
    assert [row[0] for row in rows(made, "comments")] == ["20"]
    ((file, line, reason),) = rejects(made)
    assert (file, line) == ("comment_0_0.csv", 3)
    assert "21 does not belong to a post" in reason


def test_ldbc_a_message_that_nobody_made_is_rejected(tmp_path: Path) -> None:
    made = sources("ldbc", ldbc(tmp_path, post_hasCreator_person="Post.id|Person.id\n10|1\nbroken\n"))
    assert [row[0] for row in rows(made, "posts")] == ["10"]
    assert rejects(made) == [("post_0_0.csv", 3, "has no creator in post_hasCreator_person")]


def test_ldbc_a_broken_line_is_rejected_and_the_others_come(tmp_path: Path) -> None:
    made = sources("ldbc", ldbc(tmp_path, person="id|firstName|lastName\n1|Ana|Lima\n2|Ben\n3|Eli|Ito\n"))
    assert [row[0] for row in rows(made, "users")] == ["1", "3"]
    (reject,) = all_rejects(made)
    assert reject == Reject("person_0_0.csv", 3, "has 2 cells, but the header has 3", "2|Ben")


def test_ldbc_a_tag_without_a_name_is_rejected(tmp_path: Path) -> None:
    made = sources("ldbc", ldbc(tmp_path, post_hasTag_tag="Post.id|Tag.id\n10|99\n11|8\n"))
    assert rows(made, "tags") == [("11", "Sea")]
    assert rejects(made) == [("post_hasTag_tag_0_0.csv", 2, "unknown tag 99")]


def test_ldbc_creators_may_come_in_another_order_than_the_posts(tmp_path: Path) -> None:
    made = sources("ldbc", ldbc(tmp_path, post_hasCreator_person="Post.id|Person.id\n11|2\n10|1\n"))
    assert [row[:2] for row in rows(made, "posts")] == [("10", "1"), ("11", "2")]


def test_ldbc_a_table_may_come_in_several_files(tmp_path: Path) -> None:
    folder = ldbc(tmp_path)
    (folder / "dynamic/post_10_0.csv").write_text("id|imageFile|creationDate|content\n13||1277681817962|ten\n")
    (folder / "dynamic/post_2_0.csv").write_text("id|imageFile|creationDate|content\n12||1277681817962|two\n")
    (folder / "dynamic/post_hasCreator_person_1_0.csv").write_text("Post.id|Person.id\n13|3\n12|3\n")
    made = sources("ldbc", folder)
    assert [source.file for source in made if source.format.name == "posts"] == [
        "post_0_0.csv",
        "post_2_0.csv",
        "post_10_0.csv",
    ]
    assert [row[:2] for row in rows(made, "posts")] == [("10", "1"), ("11", "2"), ("12", "3"), ("13", "3")]


@pytest.mark.parametrize("ending", ["tgz", "tar"])
def test_ldbc_an_archive_gives_what_the_folder_gives(ending: str, tmp_path: Path) -> None:
    folder, archive = ldbc(tmp_path / "sf"), tmp_path / f"sf.{ending}"
    with tarfile.open(archive, "w:gz" if ending == "tgz" else "w") as file:
        file.add(folder, "sf")
    for name in ("ldbc", "ldbc-updates"):
        packed, unpacked = sources(name, archive), sources(name, folder)
        for format in FILES:
            assert rows(packed, format.name) == rows(unpacked, format.name)
        assert [(source.file, source.size) for source in packed] == [(source.file, source.size) for source in unpacked]


def test_ldbc_reading_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    for source in sources("ldbc", ldbc(tmp_path)):
        assert [block.position for block in source.blocks()] == [source.size]


def test_ldbc_a_damaged_archive_is_told(tmp_path: Path) -> None:
    folder, archive = ldbc(tmp_path / "sf"), tmp_path / "sf.tgz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder, "sf")
    archive.write_bytes(archive.read_bytes()[:600])
    with pytest.raises(LoadError, match="damaged"):
        sources("ldbc", archive)


def test_ldbc_a_file_that_is_gone_since_it_was_found_is_told(tmp_path: Path) -> None:
    folder = ldbc(tmp_path)
    made = sources("ldbc", folder)
    (folder / "dynamic/person_0_0.csv").unlink()
    with pytest.raises(LoadError, match=r"person_0_0.csv is damaged after line 0"):
        rows(made, "users")


def test_ldbc_a_data_set_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"lacks post_hasCreator_person_0_0.csv.*CsvBasic"):
        sources("ldbc", ldbc(tmp_path, post_hasCreator_person=None))
    with pytest.raises(LoadError, match=r"lacks the column content, imageFile"):
        sources("ldbc", ldbc(tmp_path / "b", post="id|creationDate\n"))
    with pytest.raises(LoadError, match=r"person_likes_post_0_0.csv has 2 columns"):
        sources("ldbc", ldbc(tmp_path / "c", person_likes_post="Person.id|Post.id\n"))
    with pytest.raises(LoadError, match=r"two files called"):
        sources("ldbc", ldbc(ldbc(tmp_path / "d") / "other").parent)


def test_ldbc_a_change_makes_another_fingerprint(tmp_path: Path) -> None:
    folder = ldbc(tmp_path)
    before = [source.fingerprint for source in sources("ldbc", folder)]
    assert before == [source.fingerprint for source in sources("ldbc", folder)]
    assert len(set(before)) == len(before)
    (folder / "static/tag_0_0.csv").write_text("id|name|url\n7|Other|\n")
    assert not set(before) & {source.fingerprint for source in sources("ldbc", folder)}


def test_ldbc_updates_are_inserts_with_their_time(tmp_path: Path) -> None:
    folder = ldbc(tmp_path)
    made = sources("ldbc-updates", folder)
    assert_complete(made, sources("ldbc", folder))
    assert rejects(made) == []
    assert rows(made, "users") == [("4", "Fay Oz")]
    assert rows(made, "interests") == [("4", "Salvador_Dalí"), ("4", "Sea")]
    assert rows(made, "follows") == [("4", "1", "2010-11-17T13:20:01Z"), ("1", "4", "2010-11-17T13:20:01Z")]
    assert rows(made, "posts") == [("12", "4", "2010-11-17T13:20:04Z", "", "photo12.jpg")]
    assert rows(made, "tags") == [("12", "Sea"), ("12", "Salvador_Dalí")]
    assert rows(made, "likes") == [("1", "12", "2010-11-17T13:20:05Z")]


def test_ldbc_updates_reply_to_comments_of_the_data_set_and_of_their_own(tmp_path: Path) -> None:
    assert rows(sources("ldbc-updates", ldbc(tmp_path)), "comments") == [
        ("22", "3", "10", "2010-11-17T13:20:06Z", "deep"),
        ("23", "4", "10", "2010-11-17T13:20:08Z", "deeper"),
        ("24", "1", "12", "2010-11-17T13:20:09Z", "hi"),
    ]


def test_ldbc_updates_reject_what_is_no_event_once(tmp_path: Path) -> None:
    stream = "1|0|8|4|1|5\n1|0|9|x\n1|0|2|1\n\n1|0|6|12||5|ip|X|||0|4|90|5|7;66;8;77\n"
    made = sources("ldbc-updates", ldbc(tmp_path, updateStream_0_0_forum=stream))
    assert rows(made, "tags") == [("12", "Salvador_Dalí"), ("12", "Sea")]
    assert [(line, reason) for file, line, reason in rejects(made)] == [
        (2, "has the unknown kind of event '9' in its third cell: kinds are 1 to 8"),
        (3, "has 4 cells, but an event of the kind 2 has 6"),
        (4, "has the unknown kind of event '' in its third cell: kinds are 1 to 8"),
        (5, "unknown tag 66, 77"),
    ]
    nothing = sources("ldbc-updates", ldbc(tmp_path / "b", updateStream_0_0_forum="broken\n"))
    assert [line for file, line, _ in rejects(nothing) if "forum" in file] == [1]


def test_ldbc_updates_need_the_data_set_beside_them(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"lacks tag_0_0.csv"):
        sources("ldbc-updates", ldbc(tmp_path, tag=None))


# The real LDBC data


def real_ldbc() -> Path:
    return Path(os.environ["GRAPHFEED_TEST_DATA"]) / "ldbc_sf0003.tgz"


@pytest.mark.long
@pytest.mark.data
def test_the_real_ldbc_data_is_whole() -> None:
    base, updates = sources("ldbc", real_ldbc()), sources("ldbc-updates", real_ldbc())
    assert_complete(base)
    assert_complete(updates, base)
    assert rejects([*base, *updates]) == []
    counts = {format.name: (len(rows(base, format.name)), len(rows(updates, format.name))) for format in FILES}
    assert {name: count for name, count in counts.items() if any(count)} == {
        "users": (222, 28),
        "posts": (5924, 1271),
        "follows": (1650, 378),
        "likes": (759, 818),
        "comments": (2218, 1296),
        "tags": (683, 268),
        "interests": (4777, 575),
    }
    left_out = 656 + 155 + 2507  # likes of comments, forums, their members
    assert 28 + 1271 + 378 // 2 + 818 + 1296 + left_out == 6920


# Instagram


@pytest.mark.parametrize("folder", [CURRENT, FORMER], ids=lambda folder: folder.name)
def test_instagram_whatever_a_row_names_has_a_row_of_its_own(folder: Path) -> None:
    made = sources("instagram", folder)
    assert_complete(made)
    users = [row[0] for row in rows(made, "users")]
    assert len(users) == len(set(users))


def test_instagram_everybody_who_is_named_becomes_a_user_once() -> None:
    assert rows(sources("instagram", CURRENT), "users") == [
        ("mira.sol", "mira.sol", "Mira Só ☀️"),
        ("ana.lima", "ana.lima", "Ana Lima"),
        ("ben_ortiz", "ben_ortiz", ""),
        ("chloe", "chloe", ""),
        ("dev.null", "dev.null", ""),
        ("eli", "eli", ""),
        ("fay", "fay", ""),
        ("grim", "grim", ""),
        ("ivo", "ivo", "Ivo ✌"),
        ("jo.marche", "jo.marche", "Jo"),
    ]


def test_instagram_following_and_followers_become_follows() -> None:
    assert rows(sources("instagram", CURRENT), "follows") == [
        ("mira.sol", "ana.lima", "2023-04-01T10:00:00Z"),
        ("mira.sol", "ben_ortiz", "2023-05-02T11:30:00Z"),
        ("mira.sol", "chloe", "2023-06-03T09:00:00Z"),
        ("mira.sol", "dev.null", ""),
        ("ana.lima", "mira.sol", "2023-04-02T08:00:00Z"),
        ("eli", "mira.sol", "2023-07-01T07:00:00Z"),
        ("fay", "mira.sol", "2023-08-01T07:00:00Z"),
    ]


def test_instagram_blocked_accounts_become_blocks_and_followed_hashtags_interests() -> None:
    made = sources("instagram", CURRENT)
    assert rows(made, "blocks") == [("mira.sol", "grim", "2024-01-01T00:00:00Z")]
    assert rows(made, "interests")[0] == ("mira.sol", "café", "2023-02-01T00:00:00Z")


def test_instagram_topics_become_inferred_interests_but_for_followed_hashtags() -> None:
    made = sources("instagram", CURRENT)
    assert rows(made, "interests")[1:] == [("mira.sol", tag, "true") for tag in ("Food", "Drink", "VisualArts")]
    for name, made_of in {
        "R&B Music": ["RBMusic"],
        "Women's Hip-Hop: Rap": ["WomensHipHop", "Rap"],
        "हिन्दी गाने": ["हिन्दीगाने"],
    }.items():
        assert topics({"string_map_data": {"Name": {"value": name}}}) == made_of
    with pytest.raises(ValueError, match="names no topic"):
        topics({"string_map_data": {"Name": {"value": "&"}}})


def test_instagram_liked_posts_become_posts_with_their_owner_and_likes() -> None:
    made = sources("instagram", CURRENT)
    assert rows(made, "posts")[:4] == [
        ("C3-1NQzgDA5", "ana.lima", "2024-03-01T18:30:00Z", "", "Último sol 🌅 #Sunset #São_Paulo"),
        ("C4AMwSjgDA5", "ivo", "2024-03-02T07:15:00Z", "video", ""),
        ("C4DSKkTgDA5", "", "2024-03-03T12:00:00Z", "", "gone #sunset"),
        ("C4Su70TgDA5", "jo.marche", "", "", "Marché 🥕 #marché"),
    ]
    assert rows(made, "likes") == [
        ("mira.sol", "C3-1NQzgDA5", "2024-03-01T20:00:00Z"),
        ("mira.sol", "C4AMwSjgDA5", "2024-03-02T08:00:00Z"),
        ("mira.sol", "C4DSKkTgDA5", "2024-03-04T08:00:00Z"),
        ("mira.sol", "C4Su70TgDA5", "2024-03-08T08:00:00Z"),
    ]


def test_instagram_own_posts_have_an_id_that_stays_and_tags_of_their_caption() -> None:
    made = sources("instagram", CURRENT)
    assert [row for row in rows(made, "posts") if row[0].startswith("mira.sol/1")] == [
        (
            "mira.sol/1706778000",
            "mira.sol",
            "2024-02-01T09:00:00Z",
            "image",
            "Bom dia! 🇧🇷 #café #CAFÉ &#39;x#y (#manhã) a#b #2024",
            "media/posts/202402/100_1_n.jpg",
        ),
        (
            "mira.sol/1706864405",
            "mira.sol",
            "2024-02-02T09:00:05Z",
            "carousel",
            "two of them with @ana.lima",
            "media/posts/202402/100_2_n.jpg",
        ),
        (
            "mira.sol/1706864405/2",
            "mira.sol",
            "2024-02-02T09:00:05Z",
            "image",
            "",
            "media/posts/202402/100_4_n.heic",
        ),
        (
            "mira.sol/1707037200",
            "mira.sol",
            "2024-02-04T09:00:00Z",
            "video",
            "my reel #férias",
            "media/reels/202402/200_1.mp4",
        ),
    ]
    assert rows(made, "tags") == [
        ("C3-1NQzgDA5", "sunset"),
        ("C3-1NQzgDA5", "São_Paulo"),
        ("C4DSKkTgDA5", "sunset"),
        ("C4Su70TgDA5", "marché"),
        ("mira.sol/1706778000", "café"),
        ("mira.sol/1706778000", "manhã"),
        ("mira.sol/1706778000", "2024"),
        ("mira.sol/1707037200", "férias"),
    ]


def test_instagram_comments_are_on_a_post_of_the_owner_that_no_feed_shows() -> None:
    made = sources("instagram", CURRENT)
    assert [(row[1], row[2], row[4]) for row in rows(made, "comments")] == [
        ("mira.sol", "ana.lima/commented-by/mira.sol", "Que lindo! 😍"),
        ("mira.sol", "ana.lima/commented-by/mira.sol", "again"),
        ("mira.sol", "ben_ortiz/commented-by/mira.sol", ""),
        ("mira.sol", "mira.sol/commented-by/mira.sol", "my own"),
        ("mira.sol", "ivo/commented-by/mira.sol", "Schön!"),
    ]
    stand_ins = [post for post in records(made, "posts") if "/commented-by/" in post["id"]]
    assert [post["author"] for post in stand_ins] == ["ana.lima", "ben_ortiz", "mira.sol", "ivo"]
    assert all(post["properties"]["sensitive"] and "takenAt" not in post["properties"] for post in stand_ins)
    ids = [row[0] for row in rows(made, "comments")]
    assert len(set(ids)) == 5
    assert ids == [row[0] for row in rows(sources("instagram", CURRENT), "comments")]


def test_instagram_what_cannot_be_used_is_rejected_once_with_the_reason_and_the_place() -> None:
    made = sources("instagram", CURRENT)
    assert rejects(made) == [
        ("following.json", 4, "'Instagram User' is not a user name: the account may be deleted"),
        ("following.json", 5, "names no account"),
        ("followers_1.json", 3, "'__deleted__0a1b2c' is not a user name: the account may be deleted"),
        ("liked_posts.json", 4, "has no link to a post"),
        ("post_comments_1.json", 3, "does not name the owner of the post"),
        ("posts_1.json", 4, "has neither picture nor video"),
        ("posts_1.json", 5, "has no creation_timestamp"),
    ]
    assert json.loads(all_rejects(made)[1].row) == {"title": "", "string_list_data": []}


def test_instagram_the_former_layout_gives_the_same_rows() -> None:
    made = sources("instagram", FORMER)
    assert rows(made, "users")[0] == ("mira.sol", "mira.sol", "Mira Só")
    assert rows(made, "follows") == [
        ("mira.sol", "ana.lima", "2021-04-01T10:00:00Z"),
        ("eli", "mira.sol", "2021-04-03T10:00:00Z"),
    ]
    assert rows(made, "blocks") == [("mira.sol", "grim", "2021-05-01T00:00:00Z")]
    assert [row[1:4] for row in rows(made, "posts")[:4]] == [
        ("ana.lima", "2021-06-01T12:00:00Z", ""),
        ("", "2013-10-03T12:00:00Z", "video"),  # the account is gone
        ("ben_ortiz", "", ""),  # liked before its code was given out
        ("eli", "", ""),  # a code from before codes held a time
    ]
    assert rows(made, "posts")[-1][0] == "mira.sol/1622883600"
    assert rows(made, "tags") == [("mira.sol/1622883600", "mar")]
    assert [row[4] for row in rows(made, "comments")] == ["olá"]
    assert rejects(made) == [("liked_posts.json", 5, "has no link to a post")]


def test_instagram_a_zip_gives_what_the_folder_gives(tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in CURRENT.rglob("*.json"):
            file.write(path, path.relative_to(CURRENT).as_posix())
        file.writestr("__MACOSX/connections/followers_and_following/._following.json", b"\x00\x05")
    packed, unpacked = sources("instagram", archive), sources("instagram", CURRENT)
    assert [source.file for source in packed] == [source.file for source in unpacked]
    for format in FILES:
        assert rows(packed, format.name) == rows(unpacked, format.name)


def test_instagram_text_is_mended_and_other_text_left_alone() -> None:
    assert mended("caf\u00c3\u00a9 \u00f0\u009f\u0098\u0080") == "café 😀"
    for text in ("plain", "café", "😀 caf\u00c3\u00a9", "日本"):
        assert mended(text) == text


def test_instagram_hashtags_are_found_in_a_caption() -> None:
    assert hashtags_in("#a#b (#c),#d. x#e &#39; site/#f #_g # ##h #A") == ["a", "b", "c", "d", "_g", "h"]
    family, thumb = "\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd"
    for tag in ("日本", "हिंदी", "Cafe\u0301", family, f"{thumb}x", "2024"):
        assert hashtags_in(f"so #{tag}, too") == [tag]


def test_instagram_a_code_tells_when_its_post_was_made() -> None:
    assert taken_at("C3-1NQzgDA5") == "2024-03-01T18:30:00Z"
    assert taken_at("C3-1NQzgDA5" + "privatepart") == "2024-03-01T18:30:00Z"
    assert taken_at("B2") == ""


def test_instagram_a_name_that_only_the_zip_has_is_taken_from_there(tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "instagram-mira.sol-2024-05-01-AbC")
    (folder / "personal_information/personal_information/personal_information.json").unlink()
    assert rows(sources("instagram", folder), "users")[0] == ("mira.sol", "mira.sol", "")
    with pytest.raises(LoadError, match=r"does not contain the name of its owner.*instagram-NAME"):
        sources("instagram", folder.rename(tmp_path / "export"))


def test_instagram_a_time_that_is_none_is_rejected_by_the_importer(tmp_path: Path) -> None:
    link = {"title": "ana", "string_list_data": [{"href": "https://x/p/C3-1NQzgDA5/", "timestamp": "soon"}]}
    made = sources("instagram", copy(CURRENT, tmp_path / "e", liked={"likes_media_likes": [link, "what", None]}))
    assert ("mira.sol", "C3-1NQzgDA5", "soon") in rows(made, "likes")
    assert ("liked_posts.json", 2, "is not a JSON object") in rejects(made)


def test_instagram_half_an_emoji_spoils_its_own_row_alone(tmp_path: Path) -> None:
    half = {"title": "an\ud83da", "string_list_data": [{"href": "https://x/p/C3-1NQzgDA5/", "timestamp": 1}]}
    no_link = {"title": "\ud83d", "string_list_data": []}
    made = sources("instagram", copy(CURRENT, tmp_path / "e", liked={"likes_media_likes": [half, no_link]}))
    assert len(rows(made, "likes")) == 1
    (reject,) = [reject for reject in all_rejects(made) if reject.file == "liked_posts.json"]
    assert reject.row.encode() == b'{"title": "\\ud83d", "string_list_data": []}'


KEYS = ["title", "value", "href", "timestamp", "label", "dict", "label_values", "string_list_data", "string_map_data"]
KEYS += [
    "media",
    "uri",
    "creation_timestamp",
    "Comment",
    "Media Owner",
    "Time",
    "Username",
    "Name",
    "Owner",
    "Hashtags",
]
LINKS = st.sampled_from(["https://www.instagram.com/p/C3-1NQzgDA5/", "ana.lima", "#sunset", "Owner", "Hashtags", "URL"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | LINKS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_instagram_whatever_an_element_holds_it_is_understood_or_refused(element: dict[str, object]) -> None:
    for parse in (contact, interest, like, view, comment, own_post, profile):
        with suppress(ValueError):  # which becomes a reject
            parse(element)


@pytest.mark.parametrize("content", ['{"relationships_following": [', "[" * 100_000, "\x00", '"a', "{'a': 1}"])
def test_instagram_a_broken_file_is_told_by_name_and_the_others_are_read(content: str, tmp_path: Path) -> None:
    made = sources("instagram", copy(CURRENT, tmp_path / "e", following=content))
    [(_, line, reason)] = [reject for reject in rejects(made) if reject[0] == "following.json"]
    assert line == 1
    assert reason.startswith("cannot be read: ")
    assert rows(made, "likes") == rows(sources("instagram", CURRENT), "likes")
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "following.json").write_text(content)
    with pytest.raises(LoadError, match=r"following.json in .* cannot be read.*export again as JSON"):
        sources("instagram", alone)


def test_instagram_other_formats_and_layouts_are_told(tmp_path: Path) -> None:
    for name, problem in (("following.html", "an export in HTML"), ("connections.json", "before 2021")):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("{}")
        with pytest.raises(LoadError, match=problem):
            sources("instagram", tmp_path / name)


def test_instagram_exports_of_two_people_are_not_mixed(tmp_path: Path) -> None:
    copy(CURRENT, tmp_path / "one")
    other = copy(FORMER, tmp_path / "two") / "account_information/personal_information.json"
    other.write_text(other.read_text().replace("mira.sol", "somebody"))
    with pytest.raises(LoadError, match="several people"):
        sources("instagram", tmp_path)


# In a graph


def into(client: Client, name: str, path: Path, rejected: Path) -> Report:
    return import_sources(client, sources(name, path), Options(rejected), Silent())


def counts(client: Client) -> dict[str, int]:
    found = ask(client, "MATCH (node) UNWIND labels(node) AS name RETURN name, count(*) AS count")
    found += ask(client, "MATCH ()-[r]->() RETURN type(r) AS name, count(*) AS count")
    return {row["name"]: row["count"] for row in found}


@live
def test_an_instagram_export_is_imported_and_twice_changes_nothing(client: Client, tmp_path: Path) -> None:
    report = into(client, "instagram", CURRENT, tmp_path / "rejects.csv")
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        told = [(row["file"], int(row["line"]), row["reason"]) for row in csv.DictReader(file)]
    assert sorted(told) == sorted(rejects(sources("instagram", CURRENT)))
    assert report.total.rejected == len(told)
    once = everything(client)
    assert into(client, "instagram", CURRENT, tmp_path / "rejects.csv").total.created == 0
    assert everything(client) == once


@live
@pytest.mark.parametrize("sensitive", [False, True])
def test_a_feed_of_an_instagram_export_shows_what_was_liked_and_no_post_that_stands_for_others(
    client: Client, tmp_path: Path, sensitive: bool
) -> None:
    into(client, "instagram", CURRENT, tmp_path / "rejects.csv")
    for me in ("mira.sol", "fay"):
        asked = Request(
            me, profiles.profile("tutorial"), as_of=clock.parse("2024-03-05"), limit=50, sensitive=sensitive
        )
        posts = {item.post: item.reason.text for item in feed(client, asked).items}
        assert not [post for post in posts if "/commented-by/" in post]
        if me == "mira.sol":
            assert posts["C3-1NQzgDA5"] == "You follow ana.lima and liked 1 post of theirs."


@live
def test_ldbc_updates_go_into_the_graph_of_the_data_set(client: Client, tmp_path: Path) -> None:
    folder = ldbc(tmp_path / "sf")
    for name in ("ldbc", "ldbc-updates"):
        assert into(client, name, folder, tmp_path / "rejects.csv").total.rejected == 0
    once = everything(client)
    for name in ("ldbc", "ldbc-updates"):
        again = into(client, name, folder, tmp_path / "rejects.csv").total
        assert (again.created, again.updated) == (0, 0)
    assert everything(client) == once


@pytest.mark.long
@live
@pytest.mark.data
def test_the_real_ldbc_data_its_updates_and_the_same_again(client: Client, tmp_path: Path) -> None:
    assert into(client, "ldbc", real_ldbc(), tmp_path / "rejects.csv").total.rejected == 0
    base = counts(client)
    expected = {"User": 222, "Post": 5924, "FOLLOWS": 1650, "LIKED": 759, "COMMENTED": 2218, "TAGGED": 683}
    assert {name: base[name] for name in expected} == expected
    assert into(client, "ldbc-updates", real_ldbc(), tmp_path / "rejects.csv").total.rejected == 0
    after = counts(client)
    grown = {"User": 28, "Post": 1271, "FOLLOWS": 378, "LIKED": 818, "COMMENTED": 1296, "TAGGED": 268}
    assert {name: after[name] - base[name] for name in grown} == grown
    for name in ("ldbc", "ldbc-updates"):
        again = into(client, name, real_ldbc(), tmp_path / "rejects.csv").total
        assert (again.created, again.updated, again.rejected) == (0, 0, 0)
    assert counts(client) == after
