"""What trends: pages of the last list that a builder made; the same list as long as somebody scrolls in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph import clock
from graph.client import Client, Row
from graph.errors import Expired, SettingsError
from graph.ranking import reasons
from graph.ranking.why_empty import surroundings
from graph.short_names import short

_NOTHING = "Nothing trends: no hashtag or community likes more than usual, or it is too early to know what is usual."
_NOTHING_OF_FOLLOWEES = "Nothing trends that people you follow posted or liked."
_CURSOR = re.compile(r"(?P<list>[0-9]{1,16})\.(?P<place>[0-9]{1,4})")


@dataclass(frozen=True)
class TrendingPost:
    """A post that trends."""

    post: str
    author: str | None
    taken_at: int | None
    image_url: str | None
    like_count: int
    comment_count: int
    text: str
    """Why it trends, in a sentence or two."""


@dataclass(frozen=True)
class TrendingPage:
    """A page of what trends."""

    items: list[TrendingPost]
    text: str
    """What the list goes by, or why it is empty, in a sentence."""
    as_of: int | None = None
    """The time of the newest like that was counted, in epoch milliseconds; None without a list."""
    by_posts: bool = False
    """True if likes have no times, so that each counted at the time of its post."""
    cursor: str | None = None
    """Where the next page starts; None after the last one."""


def trending(
    client: Client,
    user: str = "",
    *,
    limit: int = 10,
    cursor: str | None = None,
    followed: bool = False,
    sensitive: bool = False,
    exclude: Sequence[str] = (),
) -> TrendingPage:
    """A page of what trends, for a person or, without one, for anybody.

    If `followed`, only posts by people whom the person follows, or that these liked. Raises NotFound for an unknown
    person, SettingsError for a bad cursor, and Expired for one of a list that is gone.
    """
    if followed and not user:
        raise SettingsError("Nobody is named whose followees count.", "Name a person, or leave out `followed`.")
    built_at, start = (None, 0) if cursor is None else _parsed(cursor)
    about = {"list": built_at, "start": start, "limit": limit, "followed": followed}
    rows = client.read("discovery/trending", {"me": user, "sensitive": sensitive, "exclude": [*exclude], **about})
    if not rows:
        if user:
            surroundings(client, {"me": user, "now": clock.now(), "historyDays": 1})
        if cursor is not None:
            raise Expired("The cursor has expired.", "Ask for a first page, without a cursor.")
        return TrendingPage([], "Nothing has been built yet: run `graphfeed refresh`.")
    posts = [row for row in rows if row["post"] is not None]
    end = posts[-1]["place"] + 1 if len(posts) == limit else None
    return TrendingPage(
        items=[_post(row) for row in posts],
        text=_text(rows[0], is_empty=not posts and cursor is None, followed=followed),
        as_of=rows[0]["asOf"],
        by_posts=rows[0]["byPosts"],
        cursor=f"{rows[0]['list']}.{end}" if end is not None and end < rows[0]["size"] else None,
    )


def _parsed(cursor: str) -> tuple[int, int]:
    found = _CURSOR.fullmatch(cursor)
    if not found:
        raise SettingsError(f"Invalid cursor {cursor[:50]!r}.", "Use the `cursor` of the previous page unchanged.")
    return int(found["list"]), int(found["place"])


def _post(row: Row) -> TrendingPost:
    text = reasons.told(reasons.trending, {**row["facts"], "likes": row["likeCount"]})
    if row["likers"]:
        text += f" {_who(row['likers'])}, whom you follow, liked it."
    return TrendingPost(
        post=row["post"],
        author=row["author"],
        taken_at=row["takenAt"],
        image_url=row["imageUrl"],
        like_count=row["likeCount"],
        comment_count=row["commentCount"],
        text=text,
    )


def _who(names: Sequence[str]) -> str:
    """The first, and whether there are others: three names stand for three or more."""
    return reasons.sentence(short(names[0])) + ("", " and 1 other", " and others")[len(names) - 1]


def _text(row: Row, *, is_empty: bool, followed: bool) -> str:
    dated = "Likes have no times, so each counts at the time of its post" if row["byPosts"] else ""
    if is_empty:
        nothing = _NOTHING_OF_FOLLOWEES if followed else _NOTHING
        return f"{nothing} {dated}." if dated else nothing
    counted = dated or "Counted"
    return (
        f"{counted}: the two days up to {clock.shown(row['asOf'])}, beside those before; without likes between people "
        "who like each other's posts, and of who posts with the hashtag."
    )
