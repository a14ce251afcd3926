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
    """None for fewer than FEW."""
    text: str
    """Why, in a sentence."""


@dataclass(frozen=True)
class Reached:
    """How many people were shown a post."""

    post: str
    taken_at: int | None
    people: int | None
    """None for fewer than FEW, if there are any. If some cause is of fewer than FEW, this is rounded down to a multiple
    of FEW, or the largest that is told, so that no difference tells of them."""
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
        surroundings(client, {"me": user, "now": as_of, "windowDays": None, "historyDays": 1})
    return Reach(rows[0]["shownAt"], [_reached(post) for post in rows[0]["posts"]])


def _reached(row: Row) -> Reached:
    by_source = _by_source(row)
    causes = [
        Cause(source, people if people >= FEW else None, f"{_count(people)} because {_why(source)}.")
        for source, people in sorted(by_source.items(), key=lambda one: (-max(one[1], FEW - 1), one[0]))
    ]
    total = row["shown"]
    is_exact = all(cause.people is not None for cause in causes)
    told = total if is_exact else max(total - total % FEW, *by_source.values())
    if not total:
        text = "It was shown to nobody."
    elif total < FEW:
        text = f"It was shown to fewer than {FEW} people."
    else:
        text = f"It was shown to {told:,} people{'' if is_exact else ' or more'}."
    return Reached(row["post"], row["takenAt"], told if not 0 < total < FEW else None, causes, text)


def _by_source(row: Mapping[str, Any]) -> dict[str, int]:
    """Numbers that were written by hand may be none."""
    sources, people = row["sources"], row["people"]
    if not isinstance(sources, list) or not isinstance(people, list):
        return {}
    pairs = zip(sources, people, strict=False)
    return {str(source): count for source, count in pairs if isinstance(count, int) and count > 0}


def _count(people: int) -> str:
    return f"{people:,} people" if people >= FEW else f"Fewer than {FEW} people"


def _why(source: str) -> str:
    return SOURCES[source].to_author if source in SOURCES else "of something else"
