"""The author's view: how many people posts were shown to, and why, as numbers that tell of nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.client import Client, Row
from graph.ranking.sources import SOURCES
from graph.ranking.why_empty import surroundings

FEW = 5
"""Fewer people than these are not told by number."""
MAX_POSTS = 10_000
"""Posts of a person that are read."""


@dataclass(frozen=True)
class Cause:
    """How many people were shown a post by one source."""

    source: str
    people: int | None
    """Rounded down to a multiple of FEW; None for fewer than FEW."""
    text: str
    """Why, in a sentence."""


@dataclass(frozen=True)
class Reached:
    """How many people were shown a post."""

    post: str
    taken_at: int | None
    people: int | None
    """Rounded down to a multiple of FEW, as those of the causes are, so that no difference tells of few; None for fewer
    than FEW, if there are any."""
    causes: list[Cause]
    """The most frequent first."""
    text: str
    """It in a sentence."""


@dataclass(frozen=True)
class Reach:
    """The newest posts of a person, and whom they reached."""

    shown_at: int | None
    """The end of the seven days that were counted, in epoch milliseconds; None before the first build."""
    items: list[Reached]


def reach(client: Client, user: str, as_of: int, limit: int = 10) -> Reach:
    """How many people the newest posts of a person were shown to. Raises NotFound for an unknown person."""
    rows = client.read("discovery/reach", {"me": user, "now": as_of, "reach": MAX_POSTS, "limit": limit})
    if not rows:
        surroundings(client, {"me": user, "now": as_of, "historyDays": 1})
    return Reach(rows[0]["shownAt"], [_reached(post) for post in rows[0]["posts"]])


def _reached(row: Row) -> Reached:
    by_source = _by_source(row)
    told = {source: _told(people) for source, people in by_source.items()}
    causes = [
        Cause(source, people, f"{_count(people).capitalize()} because {_why(source)}.")
        for source, people in sorted(told.items(), key=lambda one: (-(one[1] or 0), one[0]))
    ]
    total = row["shown"]
    text = f"It was shown to {_count(_told(total)) if total > 0 else 'nobody'}."
    return Reached(row["post"], row["takenAt"], _told(total) if total > 0 else 0, causes, text)


def _told(people: int) -> int | None:
    return people - people % FEW or None


def _by_source(row: Mapping[str, Any]) -> dict[str, int]:
    """Numbers that were written by hand may be none."""
    sources, people = row["sources"], row["people"]
    if not isinstance(sources, list) or not isinstance(people, list):
        return {}
    pairs = zip(sources, people, strict=False)
    return {str(source): count for source, count in pairs if isinstance(count, int) and count > 0}


def _count(told: int | None) -> str:
    return f"fewer than {FEW} people" if told is None else f"{told:,} people or more"


def _why(source: str) -> str:
    return SOURCES[source].to_author if source in SOURCES else "of something else"
