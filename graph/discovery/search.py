"""Search for people by their names, and for posts by the words of their captions, ranked for the person who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph import hashtags
from graph.client import Client, Row
from graph.discovery.search_text import Kind, SearchText, search_text
from graph.ranking.feed import Request
from graph.ranking.why_empty import surroundings
from graph.short_names import short

BOUNDS = {"hits": 500, "followees": 1_000, "seen": 10_000, "named": 200, "followers": 10_000}
"""What is read: hits of an index; people I follow, and people near to me, whose names are compared beside these; people
of whom it is told that I follow them; those, and follows of each, who are told to follow somebody; and the number of
followers from which more do not count."""


@dataclass(frozen=True)
class Found:
    """What a search found, the best first."""

    people: list[Row]
    """Rows user, username, fullName, why: a phrase, or None."""
    posts: list[Row]
    """Rows post, author, takenAt, imageUrl, likeCount, commentCount, caption: of a long one, the beginning."""


def search(client: Client, text: str, request: Request, kind: Kind | None = None) -> Found:
    """People and posts that match a text, of each kind at most the request's limit; only one kind if it is given, or if
    the text begins with its sign, @ or #.

    A word matches in any case and with any accents. All must match, in either name of a person; the last one matches
    also as a beginning. Of a word that is a hashtag, the spellings that are merged with it are found in captions, too.
    People: a username that is just the text comes first, then whom the user follows, who is near to them, and who has
    more followers. Posts: by the index's score (BM25), of about equal ones the newest first. What is filtered for the
    user is left out; without a user (''), what not everybody may be shown. Raises SettingsError for a text without
    words, one that is too long, and an unknown kind; NotFound for an unknown person.
    """
    asked = search_text(text, kind)
    params = {**request.params(), "search": _forms(asked)}
    people = client.read("discovery/people", params) if "people" in asked.kinds else []
    posts: list[Row] = []
    if "posts" in asked.kinds:
        all_spellings = search_text(text, kind, _spellings(client, asked.words))
        posts = client.read("discovery/posts", {**params, "search": _forms(all_spellings)})
    if not people and not posts and request.user:
        surroundings(client, params)
    return Found([_person(row) for row in people], posts)


def _forms(asked: SearchText) -> Row:
    return {**BOUNDS, "query": asked.query, "pattern": asked.pattern, "username": asked.username}


def _spellings(client: Client, words: Sequence[str]) -> dict[str, list[str]]:
    """Of words that are hashtags, the other spellings of these."""
    names = {word: hashtags.name(word) for word in words}
    rows = client.read("discovery/spellings", {"names": sorted({*names.values()})})
    found = {row["name"]: row["spellings"] for row in rows}
    return {word: found[name] for word, name in names.items() if found.get(name)}


def _person(row: Row) -> Row:
    return {**{name: row[name] for name in ("user", "username", "fullName")}, "why": _why(row)}


def _why(facts: Mapping[str, Any]) -> str | None:
    """The reason for a person's place, as a phrase."""
    if facts["followed"]:
        return "you follow them"
    if not facts["vias"]:
        return None
    via = short(str(facts["via"]))
    if facts["vias"] == 1:
        return f"followed by {via}, whom you follow"
    more = f"{'at least ' if facts['isCut'] else ''}{facts['vias'] - 1:,}"
    return f"followed by {via} and {more} more whom you follow"
