"""The composition of recent slates: which sources their posts come from, and from how far away."""

from collections import Counter
from dataclasses import dataclass

from graph import clock
from graph.client import Client
from graph.ranking.bubble import FOLLOWEES, TWO_STEPS

MAX_SLATES = 100
"""The number of slates that are read, the newest."""
MAX_PLACES = 20
"""The number of places of each, the first."""


@dataclass(frozen=True)
class Part:
    """The posts of a source, by how far away their authors are from the people who were shown them."""

    source: str
    posts: int
    followees: int
    """Of authors whom the person follows."""
    two_steps: int
    """Of authors whom these follow."""
    farther: int
    """Of all others, and posts without an author."""


@dataclass(frozen=True)
class Composition:
    """Where the posts come from that were handed out of recent slates."""

    slates: int
    since: int | None
    """The time of the oldest of these slates, in epoch milliseconds; None if there is none."""
    parts: tuple[Part, ...]
    """One for each source, that with the most posts first."""


def composition(client: Client, hours: float) -> Composition:
    """The composition of the slates of the last hours: of the newest 100, and the first 20 places of each."""
    since = clock.now() - round(hours * clock.DAY_MS / 24)
    rows = client.read("slates/composition", {"since": since, "limit": MAX_SLATES, "upTo": MAX_PLACES})
    by_source: dict[str, Counter[int]] = {}
    for row in rows:
        by_source.setdefault(row["source"] or "", Counter())[row["steps"]] += row["posts"]
    parts = (_part(source, count) for source, count in by_source.items())
    slates, oldest = (rows[0]["slates"], rows[0]["oldest"]) if rows else (0, None)
    return Composition(slates, oldest, tuple(sorted(parts, key=lambda part: (-part.posts, part.source))))


def _part(source: str, count: Counter[int]) -> Part:
    near = count[FOLLOWEES] + count[TWO_STEPS]
    return Part(source, count.total(), count[FOLLOWEES], count[TWO_STEPS], count.total() - near)
