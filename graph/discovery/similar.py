"""What is similar to a post or a hashtag, each with what makes it so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graph.background.state import EMOJI, LIKES, state
from graph.client import Client, Row
from graph.discovery.found_hashtag import find_hashtag
from graph.errors import NotFound
from graph.pictures import SAME_COSINE
from graph.ranking.feed import Request
from graph.ranking.missing import NO_BUILD
from graph.ranking.why_empty import surroundings
from graph.short_names import short

BOUNDS = {
    "arcs": 100,
    "related": 20,
    "likers": 200,
    "liked": 50,
    "fans": 40,
    "hashtags": 100,
    "rare": 1_000,
    "rarest": 5,
    "posts": 100,
    "examples": 2,
}
"""What is read: arcs, and the heaviest of a hashtag; likes of each post, or posts of each of two hashtags; posts of
each whose likes are read, and likes of each of these; hashtags of a post, of which those on so many posts are rare; the
rarest of these, and posts of each; and posts as examples."""
MAX_RELATED = 10
"""Related hashtags of one, as many as a build stores."""
RELATED_NEEDS = ("gds", "related")
"""Codes in `missing` of a build that could not relate hashtags."""


class By(StrEnum):
    """What makes posts similar: who likes them, or their pictures."""

    LIKES = "likes"
    PICTURE = "picture"


@dataclass(frozen=True)
class RelatedHashtags:
    """The hashtags related to one."""

    hashtag: Row
    """Its name and display."""
    items: list[Row]
    """Rows hashtag, display, weight, why, examples; the nearest first."""
    missing: tuple[str, ...]
    """Codes of graph/ranking/missing.py, if no build has related hashtags yet."""


def similar_posts(client: Client, post: str, request: Request, by: By = By.LIKES) -> list[Row]:
    """Posts similar to one, the most similar first: rows post, author, takenAt, imageUrl, likeCount, commentCount, why.

    They are those that the last build found to be liked by the same people, of any age. A post of which builds know
    nothing yet has those that share its rare hashtags. By picture, they are those that look alike, ten at most. What is
    filtered for the request's user is left out, and neither named nor counted; without a user (''), what not everybody
    may be shown. Raises NotFound for an unknown person, and for a post that is unknown or may not be shown.
    """
    params = {**request.params(), "post": post, "similar": BOUNDS}
    found = client.read("discovery/post", params)
    if not found:
        if request.user:
            surroundings(client, params)
        raise NotFound(f"The graph has no post {post[:60]!r} to show.", "Check the id.")
    if by is By.PICTURE:
        return [_with(row, _looks_alike(row["weight"])) for row in client.read("discovery/posts_alike", params)]
    if found[0]["hasArcs"]:
        return [_with(row, _liked_by_both(row)) for row in client.read("discovery/similar_posts", params)]
    rows = client.read("discovery/posts_with_rare_hashtags", params)
    return [_with(row, f"Both have {_tags(row['hashtags'])}.") for row in rows]


def related_hashtags(client: Client, hashtag: str, request: Request) -> RelatedHashtags:
    """The hashtags that the last build found to be used or liked by the same people as one, and emoji for it, without
    those that the request's user muted. The examples are posts that they may be shown; without a user (''), everybody.
    Raises NotFound for an unknown hashtag or person."""
    limit = min(request.page_size, MAX_RELATED)
    found = find_hashtag(client, hashtag)
    params = {**request.params(), "hashtag": found.name, "limit": limit, "similar": BOUNDS}
    rows = client.read("discovery/related_hashtags", params)
    if not rows and request.user:
        surroundings(client, params)
    named = found.require()
    about = {"hashtag", "display", "weight", "examples"}
    items = [{**{name: row[name] for name in about}, "why": _why_related(named, row)} for row in rows]
    return RelatedHashtags(named, items, () if items else _lacking(client))


def _lacking(client: Client) -> tuple[str, ...]:
    build = state(client)
    return (NO_BUILD,) if build is None else tuple(code for code in RELATED_NEEDS if code in build.missing)


def _with(row: Row, why: str) -> Row:
    told = ("post", "author", "takenAt", "imageUrl", "likeCount", "commentCount")
    return {**{name: row[name] for name in told}, "why": why}


def _looks_alike(cosine: float) -> str:
    return f"It {'is nearly the same picture' if cosine >= SAME_COSINE else 'looks alike'}: {100 * cosine:.0f} %."


def _liked_by_both(facts: Mapping[str, Any]) -> str:
    """The number of people who liked both posts, which is a lower bound if not all likes were read."""
    if not facts["likers"]:
        return "The same people like both."
    liker = short(str(facts["liker"])) if facts["liker"] else ""
    among = f", {liker} among them" if liker and facts["likers"] > 1 else ""
    if liker and facts["likers"] == 1 and not facts["isCut"]:
        return f"{liker}, whom you follow, liked both."
    return f"{_people(facts['likers'], is_cut=facts['isCut'])} liked both{among}."


def _why_related(given: Row, row: Row) -> str:
    """Of an emoji and its name that; then the number of people who use both, or who like posts of both if more do."""
    if row["fans"] > row["people"]:
        counted = _counted(row["fans"], ("likes", "like"), is_cut=row["isCutOfFans"]) + " posts of both."
    elif row["people"]:
        counted = _used_by_both(row)
    else:
        counted = {LIKES: "The same people like posts of both.", EMOJI: ""}.get(row["by"], "The same people use both.")
    if row["by"] != EMOJI:
        return counted
    ends = [(given["name"], given["display"]), (row["hashtag"], row["display"])]
    sign, word = sorted(ends, key=lambda end: any(map(str.isalpha, end[0])))
    return f"{sign[1]} is an emoji for {word[1]}. {counted}".rstrip()


def _used_by_both(row: Row) -> str:
    posts = "post" if len(row["examples"]) == 1 else "posts"
    counted = _counted(row["people"], ("uses", "use"), is_cut=row["isCut"])
    return f"{counted} both, as in {posts} {' and '.join(row['examples'])}."


def _counted(count: int, verbs: tuple[str, str], *, is_cut: bool) -> str:
    """A number of people, and what they do: a verb for one, and for several."""
    return f"{_people(count, is_cut=is_cut)} {verbs[count > 1 or is_cut]}"


def _people(count: int, *, is_cut: bool) -> str:
    number = f"{'At least ' if is_cut else ''}{count:,}"
    return f"{number} {'person' if count == 1 else 'people'}"


def _tags(names: Sequence[str]) -> str:
    return " and ".join(f"#{name}" for name in names)
