"""Candidates: the posts that each source brings for a person, before they are scored.

The same statements find them for the refresher, which walks far and stores them, and for an answer where nothing is
stored, which walks less and has a time budget.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.client import Client
from graph.errors import TookTooLong
from graph.profiles import FALLBACK, Bounds, LiveBounds, Profile, Ranking

STORED = ("liked_by_followees", "friends_of_friends", "similar_taste", "interests")
"""The sources whose candidates are stored. Those of `followees` are live in each request."""


@dataclass(frozen=True)
class Near:
    """Who is near to a person: what the sources walk from."""

    authors: list[list[Any]] = field(default_factory=list)
    """Lists of id, affinity, and the weight of the person's acts on their posts."""
    similar: list[list[Any]] = field(default_factory=list)
    """People of the same taste: lists of id, cosine, and the id of a post that both like, or ''."""


@dataclass(frozen=True)
class Candidates:
    """What the sources brought."""

    near: Near
    lists: list[dict[str, Any]]
    """The properties of a (:Candidates) node each: `source`, `recent`, `asOf`, and, in order of their rank and of the
    same length, `posts`, `authors`, `times`, `values`, `vias`, `links`."""
    missing: tuple[str, ...] = ()
    """The sources that took too long."""

    def passed(self) -> list[list[Any]]:
        """The lists as the parameter `candidates`."""
        columns = ("source", "posts", "authors", "times", "values", "vias", "links")
        return [[found[column] for column in columns] for found in self.lists]


def vocabulary(profile: Profile, ranking: Ranking, bounds: Bounds, user: str, as_of: int) -> dict[str, Any]:
    """The parameters of the statements of this module, but for who is near."""
    return {
        **ranking.vocabulary(),
        **bounds.model_dump(by_alias=True),
        "me": user,
        "now": as_of,
        "profileHash": profile.hash,
        "windowDays": profile.window_days,
        "damping": ranking.affinity.damping,
        "newest": 10 * bounds.keep,
        "sensitive": False,
        "exclude": [],
    }


def known_authors(client: Client, words: Mapping[str, Any], nearest: Sequence[Any], keep: int) -> list[list[Any]]:
    """The authors that are near to a person or that they like, as Near holds them."""
    rows = client.read("candidates/authors", {**words, "nearest": nearest, "keep": keep})
    return [[row["author"], row["affinity"], row["history"]] for row in rows]


def find(
    client: Client, words: Mapping[str, Any], near: Near, sources: Sequence[str], budget_ms: int | None = None
) -> Candidates:
    """What these sources bring. One that takes longer than its budget is missing, and nothing else."""
    lists: list[dict[str, Any]] = []
    missing = []
    for source in sources:
        try:
            rows = client.read(
                f"candidates/{source}",
                {**words, "authors": near.authors, "similar": near.similar},
                budget_ms=budget_ms,
            )
        except TookTooLong:
            missing.append(source)
            continue
        for recent in (True, False):
            if found := [row for row in rows if row["recent"] is recent]:
                lists.append(
                    {
                        "source": source,
                        "recent": recent,
                        "asOf": words["now"],
                        "profileHash": words["profileHash"],
                        "posts": [row["post"] for row in found],
                        "authors": [row["author"] or "" for row in found],
                        "times": [row["takenAt"] or 0 for row in found],
                        "values": [float(row["value"]) for row in found],
                        "vias": [row["via"] or "" for row in found],
                        "links": [row["link"] or "" for row in found],
                    }
                )
    return Candidates(near, lists, tuple(missing))


def find_live(client: Client, words: Mapping[str, Any], bounds: LiveBounds, sources: Sequence[str]) -> Candidates:
    """What the sources bring for a person of whom nothing is stored: a bounded walk without GDS."""
    words = {**words, **bounds.model_dump(by_alias=True)}
    near, missing = _near_live(client, words, bounds)
    found = find(client, words, near, [name for name in sources if name in STORED], bounds.budget_ms)
    return Candidates(near, found.lists, (*missing, *found.missing))


def _near_live(client: Client, words: Mapping[str, Any], bounds: LiveBounds) -> tuple[Near, list[str]]:
    few = {**words, "keep": bounds.people}
    missing = []
    similar: list[list[Any]] = []
    nearest: list[list[Any]] = []
    try:
        rows = client.read("affinity/shared", few, budget_ms=bounds.budget_ms)
        similar = [[row["other"], row["cosine"], row["post"]] for row in rows]
    except TookTooLong:
        missing.append("similar_taste")
    try:
        nearest = [
            [row["other"], row["score"]] for row in client.read("affinity/walk", few, budget_ms=bounds.budget_ms)
        ]
    except TookTooLong:
        missing.append("affinity")
    return Near(known_authors(client, few, nearest, 2 * bounds.people), similar), missing


def find_popular(client: Client, words: Mapping[str, Any]) -> Candidates:
    """The popular among the newest posts: for those of whom the graph knows too little."""
    return find(client, words, Near(), [FALLBACK])
