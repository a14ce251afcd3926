"""Strategies of hypothesis for small graphs, as rows of every file of the neutral format.

All rows can be imported, and no two have the same key, so that a row is a node or a relationship. What is odd about
them is what their cells hold.
"""

from pathlib import Path

from hypothesis import strategies as st

from graph import clock, hashtags, pictures
from graph.validation import WANTS
from tests.support import write_csv

Rows = list[dict[str, str]]
Files = dict[str, Rows]

PEOPLE = ("1", "ü 2", 'a "b", c', "line\r\nbreak", "مرحبا")
POSTS = ("1", "p 2", "p,3", "'p4'", "🌅", "#6")
TEXTS = st.sampled_from(
    ("", " ", "so good", 'a "quote", twice', "\r", "a\nb\r\n", "nul\x00here", "👩‍👩‍👧 é", "مرحبا", "null")
)
TEXT = TEXTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WHEN = st.integers(-62_135_596_800_000, 253_402_300_799_999).map(lambda millis: str(clock.iso(millis)))
TIME = st.just("") | WHEN
TRUTH = st.sampled_from(("", "true", "false"))
COUNT = st.just("") | st.integers(0, 2**63 - 1).map(str)
SPELLINGS = st.sampled_from(
    ("sunset", "#Sunset", " ＳＵＮＳＥＴ", "Straße", "STRASSE", "🌅", "ﬁlm", "İzmir", "a b", "ΰ")
)
WORD = st.sampled_from(("snow", "SNOW", "Sn\u00adow!", "don\u2019t", "été", "day", "rain"))
HASHTAG = (SPELLINGS | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)).filter(hashtags.name)
PERSON = st.sampled_from(PEOPLE)
POST = st.sampled_from(POSTS)
VECTORS = tuple(pictures.to_text(pictures.unit(range(first, first + pictures.SIZE))) for first in (1, -99))
TOPIC = st.sampled_from(("", "t1", "a b", "🌅"))


def rows(row: st.SearchStrategy[dict[str, str]]) -> st.SearchStrategy[Rows]:
    """Up to six such rows, no two with the same key; nobody does anything to themselves."""
    made = st.lists(row, max_size=6, unique_by=_key)
    return made.map(lambda found: [row for row in found if not _is_to_oneself(row)])


def row(**columns: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    """A row of these columns."""
    return st.fixed_dictionaries(columns)


_IN_ONE = row(pack=st.just("k 1"), name=st.just('a "b"'), by=st.just("1"), person=PERSON, at=TIME, left=TRUTH)
_MADE = {"name": st.just("c\nd"), "made_at": st.just("2024-01-01T00:00:00Z")}
PACKED = _IN_ONE | row(pack=st.just("k,2"), by=st.just("ü 2"), person=PERSON, at=TIME, **_MADE)
"""People in two packs."""
MERGER = st.sampled_from(("", "dictionary", "person"))
MERGED = row(hashtag=st.just("#Sunset"), variant_of=st.just("🌅"), at=TIME, merged_by=MERGER)
UNMERGED = row(hashtag=st.just("a b"), variant_of=st.just("🌅"), at=TIME, merged_by=MERGER)


def _key(row: dict[str, str]) -> tuple[str, ...]:
    if "id" in row:
        return (row["id"],)
    at = ("at",) if "dwell_ms" in row or {*row} == {"user", "at"} else ()  # of views and resets there are several
    named = ("user", "post", "person", "follower", "followee", "muted_user", "blocked", *at)
    return (*(row.get(name, "") for name in named), hashtags.name(row.get("hashtag", "")))


VISIBILITY = st.sampled_from(("", "public", "followers"))


def _is_to_oneself(row: dict[str, str]) -> bool:
    user = row.get("user", row.get("follower"))
    return user is not None and user in (row.get(name) for name in ("followee", "muted_user", "blocked", "person"))


def graphs(*, with_counts: bool) -> st.SearchStrategy[Files]:
    """Rows of every file; all of PEOPLE and POSTS are there, the posts with an author or without."""
    count = COUNT if with_counts else st.just("")
    people = st.tuples(
        *(row(id=st.just(id), username=TEXT, full_name=TEXT, opted_out=TRUTH, visibility=VISIBILITY) for id in PEOPLE)
    )
    about_posts = {
        "author": st.just("") | PERSON,
        "taken_at": TIME,
        "media_type": st.sampled_from(("", "image", "video", "carousel")),
        "caption": TEXT,
        "image_url": TEXT,
        "like_count": count,
        "comment_count": count,
        "sensitive": TRUTH,
        "visibility": VISIBILITY,
    }
    mute = row(user=PERSON, muted_user=PERSON, hashtag=st.just(""), at=TIME, until=TIME)
    mute |= row(user=PERSON, muted_user=st.just(""), hashtag=HASHTAG, at=TIME, until=TIME)
    return st.fixed_dictionaries(
        {
            "users": people.map(list),
            "posts": st.tuples(*(row(id=st.just(id), **about_posts) for id in POSTS)).map(list),
            "follows": rows(row(follower=PERSON, followee=PERSON, at=TIME)),
            **{name: rows(row(user=PERSON, post=POST, at=TIME)) for name in ("likes", "saves", "shares", "more_like")},
            "comments": rows(row(id=st.sampled_from("abcdef"), user=PERSON, post=POST, at=TIME, text=TEXT)),
            "tags": rows(row(post=POST, hashtag=HASHTAG)),
            "mentions": rows(row(post=POST, user=PERSON)),
            "picture_vectors": rows(row(post=POST, model=st.sampled_from(("a", "b")), vector=st.sampled_from(VECTORS))),
            "views": rows(row(user=PERSON, post=POST, at=WHEN, dwell_ms=COUNT)),
            "mutes": rows(mute),
            "muted_words": rows(row(user=PERSON, word=WORD, at=TIME, until=TIME)),
            "blocks": rows(row(user=PERSON, blocked=PERSON, at=TIME)),
            "hides": rows(row(user=PERSON, post=POST, at=TIME, reason=TEXT)),
            "interests": rows(row(user=PERSON, hashtag=HASHTAG, at=TIME, inferred=TRUTH)),
            "unlearned": rows(
                row(user=PERSON, post=POST, person=st.just(""), at=TIME)
                | row(user=PERSON, post=st.just(""), person=PERSON, at=TIME)
            ),
            "dismissed": rows(row(user=PERSON, person=PERSON, at=TIME)),
            "packs": st.lists(PACKED, max_size=6, unique_by=lambda row: (row["pack"], row["person"])),
            "resets": rows(row(user=PERSON, at=WHEN)),
            "variants": st.lists(MERGED, max_size=1),
            "not_variants": st.lists(UNMERGED, max_size=1),
            "wants": rows(
                row(user=PERSON, hashtag=HASHTAG, how=st.sampled_from(WANTS), at=TIME, until=TIME, topic=TOPIC)
            ),
        }
    )


def write(folder: Path, files: Files) -> Path:
    """A folder with those of the files that have rows."""
    return write_csv(folder, **{name: rows for name, rows in files.items() if rows})
