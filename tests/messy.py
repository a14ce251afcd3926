"""Folders of rows as bad as rows get: doubled, contradicting, naming nobody, in every spelling; the same by seed."""

import random
from pathlib import Path

from tests.support import write_csv

SPELLINGS = (
    "sunset",
    "#Sunset",
    " SUNSET ",
    "ＳＵＮＳＥＴ",
    "straße",
    "STRASSE",
    "🌅",
    "#",
    "bike",
    "Bike",
    "bi\u200bke",
    "\u2060Bike\ufeff",
    "❤",
    "❤️",
    "\u200b",
    "#️⃣",
    "1️⃣",
)
TEXTS = (
    "",
    "so good",
    'a "quote", twice',
    "two\r\nlines",
    "مرحبا",
    "👩‍👩‍👧 é",
    "nul\x00here",
    " blanks ",
    "\\",
    "-",
    "null",
    "NULL",
    "\0long:" + "0" * 32,
    '",\n"' * 500,
    "é" * 1_000,
    "é" * 1_001,
)
TIMES = (
    "",
    "2024-01-01",
    "2024-01-02T03:04:05Z",
    "2023-05-06T07:08:09.123Z",
    "2024-03-01T00:00:00+02:00",
    "20240501T123000Z",
    "yesterday",
    "1764061512345",
    "1612122501230.0",
    "-1.5",
    "20240501",
    "20240501123000Z",
    "2024-05-01+02:00",
    "1.76406E+12",
    "9" * 30,
    "NULL",
    "\\N",
)
MOSTLY_TIMES = (*TIMES[:6], "tomorrow")
STRANGERS = ("nobody", "", "7.0", "1.23457E+15", "NULL")
COUNTS = ("", "", "0", "7", "12", "-3", "3.0", "1.5", "1.2E+5", "NULL")
TRUTHS = ("", "true", "false", "1", "no", "maybe", "1.0", "0.0", "NULL")
WANTS = ("more", "more", " Less", "less", "NONE", "", "much", "NULL")
KINDS = ("", "image", "Video", "carousel", "gif")


def messy(folder: Path, seed: int, *, rows: int = 60, people: int = 8, posts: int = 12) -> Path:
    """A folder with every file of the format; a tenth or more of its rows cannot be imported."""
    draw = random.Random(seed)

    def user() -> str:
        return draw.choice(
            [*(f"u{n}" for n in range(people)), "u1", "u 2", "ünï", "nobody", "", "7.0", "1.23457E+15", "NULL"]
        )

    def post() -> str:
        return draw.choice([*(f"p{n}" for n in range(posts)), "p1", "nothing"])

    def some(*values: str) -> str:
        return draw.choice(values)

    ids = [f"u{n}" for n in range(people)] + ["u 2", "ünï", "7.0"]
    return write_csv(
        folder,
        users=[
            {
                "id": identity,
                "username": some(*TEXTS),
                "full_name": some(*TEXTS),
                "opted_out": some(*TRUTHS),
            }
            for identity in ids + [user() for _ in range(rows // 4)]
        ],
        posts=[
            {
                "id": identity,
                "author": user(),
                "taken_at": some(*TIMES),
                "media_type": some(*KINDS),
                "caption": some(*TEXTS),
                "image_url": some("", "https://example.com/1.jpg"),
                "like_count": some(*COUNTS),
                "comment_count": some(*COUNTS),
                "sensitive": some(*TRUTHS),
            }
            for identity in [f"p{n}" for n in range(posts)] + [post() for _ in range(rows)]
        ],
        follows=[{"follower": user(), "followee": user(), "at": some(*TIMES)} for _ in range(rows)],
        likes=[{"user": user(), "post": post(), "at": some(*TIMES)} for _ in range(2 * rows)],
        **{
            name: [{"user": user(), "post": post(), "at": some(*TIMES)} for _ in range(rows)]
            for name in ("saves", "shares", "more_like")
        },
        comments=[
            {
                "id": f"c{draw.randrange(rows)}",
                "user": user(),
                "post": post(),
                "at": some(*TIMES),
                "text": some(*TEXTS),
            }
            for _ in range(rows)
        ],
        tags=[{"post": post(), "hashtag": some(*SPELLINGS)} for _ in range(rows)],
        mentions=[{"post": post(), "user": user()} for _ in range(rows)],
        views=[{"user": user(), "post": post(), "at": some(*TIMES), "dwell_ms": some(*COUNTS)} for _ in range(rows)],
        mutes=[
            {
                "user": user(),
                "muted_user": some("", user()),
                "hashtag": some("", *SPELLINGS),
                "at": some(*TIMES),
                "until": some(*MOSTLY_TIMES),
            }
            for _ in range(rows)
        ]
        + [
            {
                "user": some("u1", "u2"),
                "muted_user": some("u3", "u4"),
                "hashtag": "",
                "at": some(*MOSTLY_TIMES),
                "until": some(*MOSTLY_TIMES),
            }
            for _ in range(rows // 2)
        ],
        blocks=[{"user": user(), "blocked": user(), "at": some(*TIMES)} for _ in range(rows)],
        hides=[{"user": user(), "post": post(), "at": some(*TIMES), "reason": some(*TEXTS)} for _ in range(rows)],
        interests=[{"user": user(), "hashtag": some(*SPELLINGS), "at": some(*TIMES)} for _ in range(rows)],
        wants=[
            {
                "user": some("u1", "u2", user()),
                "hashtag": some(*SPELLINGS),
                "how": some(*WANTS),
                "at": some(*MOSTLY_TIMES),
                "until": some(*MOSTLY_TIMES),
                "topic": some("", "", "t1", "7.0", "NULL"),
            }
            for _ in range(2 * rows)
        ],
        **{
            name: [
                {
                    "hashtag": some(*SPELLINGS),
                    "variant_of": some(*SPELLINGS),
                    "at": some(*MOSTLY_TIMES),
                    "merged_by": some("", "", "person", "Dictionary", "nobody"),
                }
                for _ in range(rows // 2)
            ]
            for name in ("variants", "not_variants")
        },
    )
