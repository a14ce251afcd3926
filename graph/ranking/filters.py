"""The filters that keep posts out of feeds, with their words for people.

The filters themselves are in cypher/fragments/posts.cypher and in feed/ranked. explain/kept_out counts posts by the
first filter that keeps each out, under the names below; explain/why has a column for each of a filter's causes. What is
a copy of a hidden picture is found from the vectors that both return (graph/ranking/hidden.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.short_names import short


@dataclass(frozen=True)
class Filter:
    """A filter of feeds."""

    name: str
    count: Callable[[int, float], str]
    """A clause for a number of posts that it keeps out; the second argument is the days for which a post is served."""
    causes: Mapping[str, str]
    """The sentence for a single post, by the column of explain/why that is true of it: a format of the row."""


def _are(posts: int) -> str:
    return f"{posts:,} {'is' if posts == 1 else 'are'}"


def _were(posts: int) -> str:
    return f"{posts:,} {'was' if posts == 1 else 'were'}"


FILTERS = {
    one.name: one
    for one in (
        Filter("own", lambda posts, _: f"{_are(posts)} your own", {"own": "It is your own."}),
        Filter("hidden", lambda posts, _: f"you hid {posts:,}", {"hidden": "You hid it."}),
        Filter(
            "copies",
            lambda posts, _: f"{posts:,} {'has' if posts == 1 else 'have'} nearly the same picture as one that you hid",
            {"hiddenCopy": "You hid post {hiddenCopy}, whose picture is nearly the same."},
        ),
        Filter(
            "muted",
            lambda posts, _: f"{_are(posts)} of people, hashtags or words that you muted",
            {
                "mutedAuthor": "You muted its author.",
                "mutedHashtags": "You muted #{mutedHashtags[0]}.",
                "mutedWords": "You muted the word {mutedWords[0]}.",
            },
        ),
        Filter(
            "blocked",
            lambda posts, _: f"{_are(posts)} of people whom you blocked",
            {"blocked": "You blocked its author."},
        ),
        Filter(
            "closed",
            lambda posts, _: f"{posts:,} may not be shown to you",
            {
                "blockedMe": "Its author may not be shown to you.",
                "optedOut": "Its author is shown to followers only.",
                "forFollowers": "It is for followers of its author only.",
            },
        ),
        Filter(
            "sensitive",
            lambda posts, _: f"{_are(posts)} sensitive",
            {"sensitive": "It is sensitive, and you did not ask for sensitive posts."},
        ),
        Filter("liked", lambda posts, _: f"you liked {posts:,}", {"liked": "You liked it already."}),
        Filter(
            "saved",
            lambda posts, _: f"you saved, shared or want more like {posts:,}",
            {"saved": "You saved it.", "shared": "You shared it.", "moreLike": "You want more like it."},
        ),
        Filter("viewed", lambda posts, _: f"you have seen {posts:,}", {"viewed": "You have seen it."}),
        Filter(
            "served",
            lambda posts, days: f"{_were(posts)} in your feed in the last {days:g} days",
            {"served": "It was in your feed recently."},
        ),
        Filter("excluded", lambda posts, _: f"{_are(posts)} excluded", {}),  # by the request alone
    )
}
"""By name, in the order in which they are told."""
OF_CONTENT = ("hiddenCopy", "mutedHashtags", "mutedWords", "sensitive")
"""Causes that tell what a post holds, and so not of a post that the person may not see."""


def is_closed(row: Mapping[str, Any]) -> bool:
    """Returns True if the person may not see the post of a row of explain/why."""
    return any(row[cause] for cause in FILTERS["closed"].causes)


def causes(row: Mapping[str, Any]) -> list[str]:
    """Returns a sentence for each cause that a row of explain/why names, with `hiddenCopy` added."""
    if is_closed(row):
        row = {**row, **dict.fromkeys(OF_CONTENT)}
    names = {name: [short(str(each)) for each in row[name] or ()] for name in ("mutedHashtags", "mutedWords")}
    row = {**row, **names}
    return [
        sentence.format(**row) for found in FILTERS.values() for cause, sentence in found.causes.items() if row[cause]
    ]
