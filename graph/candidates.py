"""Candidates: the posts that each source brings for a person, before they are scored.

The same statements find them for the refresher, which walks far and stores them, and for an answer where nothing is
stored, which walks less and has a time budget.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.client import Client
from graph.errors import TookTooLong
from graph.ranking.deadline import Budget
from graph.ranking.profiles import FALLBACK, STORED, Bounds, LiveBounds, Profile, Ranking

NEVER = -(2**63)
"""The time of a post that has none: in no window."""


@dataclass(frozen=True)
class Near:
    """Who is near to a person: what the sources walk from."""

    authors: list[list[Any]] = field(default_factory=list)
    """Lists of id, affinity, and the weight of the person's acts on their posts."""
    similar: list[list[Any]] = field(default_factory=list)
    """People of the same taste: lists of id, cosine, and the id of a post that both like, or ''."""

    def passed(self) -> dict[str, Any]:
        """As the parameter `near`: a map, for a plan is made anew for lists of another length, but not within one."""
        return {"authors": self.authors, "similar": self.similar}


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
        """The lists as the parameter `candidates` has them."""
        columns = ("source", "posts", "authors", "times", "values", "vias", "links")
        return [[found[column] for column in columns] for found in self.lists]


def vocabulary(profile: Profile, ranking: Ranking, bounds: Bounds, user: str, as_of: int) -> dict[str, Any]:
    """The parameters of the statements of this module, but for who is near."""
    return {
        **ranking.vocabulary(),
        **bounds.model_dump(by_alias=True),
        "me": user,
        "now": as_of,
        "windowDays": profile.window_days,
        "damping": ranking.affinity.damping,
        "sensitive": True,  # filtered when read
        "exclude": [],
    }


def known_authors(
    client: Client, words: Mapping[str, Any], nearest: Sequence[Any], keep: int, budget: Budget | None = None
) -> list[list[Any]]:
    """The authors that are near to a person or that they like, as Near holds them."""
    few = {**words, "nearest": nearest, "keep": keep}
    rows = client.read("candidates/authors", few, budget_ms=budget.left_ms() if budget else None)
    return [[row["author"], row["affinity"], row["history"]] for row in rows]


def find(
    client: Client, words: Mapping[str, Any], near: Near, sources: Sequence[str], budget: Budget | None = None
) -> Candidates:
    """What these sources bring. One that takes longer than what is left of a budget is missing."""
    lists: list[dict[str, Any]] = []
    missing = []
    for source in sources:
        try:
            rows = client.read(
                f"candidates/{source}",
                {**words, "near": near.passed()},
                budget_ms=budget.left_ms() if budget else None,
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
                        "posts": [row["post"] for row in found],
                        "authors": [row["author"] or "" for row in found],
                        "times": [NEVER if row["takenAt"] is None else row["takenAt"] for row in found],
                        "values": [float(row["value"]) for row in found],
                        "vias": [row["via"] or "" for row in found],
                        "links": [row["link"] or "" for row in found],
                    }
                )
    return Candidates(near, lists, tuple(missing))


def find_live(client: Client, words: Mapping[str, Any], bounds: LiveBounds, sources: Sequence[str]) -> Candidates:
    """What the sources bring for a person of whom nothing is stored: a bounded walk without GDS."""
    words = {**words, **bounds.model_dump(by_alias=True)}
    budget = Budget(bounds.budget_ms)
    near, missing = _near_live(client, words, bounds, budget)
    found = find(client, words, near, [name for name in sources if name in STORED], budget)
    return Candidates(near, found.lists, (*missing, *found.missing))


def find_popular(client: Client, words: Mapping[str, Any]) -> Candidates:
    """The popular among the newest posts: for those of whom the graph knows too little.

    It has no budget, for it looks at a fixed number of posts, and nothing would be left without it.
    """
    return find(client, words, Near(), [FALLBACK])


def _near_live(
    client: Client, words: Mapping[str, Any], bounds: LiveBounds, budget: Budget
) -> tuple[Near, tuple[str, ...]]:
    """Who is near, as far as the budget goes, and what it did not go to."""
    few = {**words, "keep": bounds.people}
    authors: list[list[Any]] = []
    similar: list[list[Any]] = []
    try:
        rows = client.read("affinity/walk", few, budget_ms=budget.left_ms())
        nearest = [[row["other"], row["score"]] for row in rows]
        authors = known_authors(client, few, nearest, 2 * bounds.people, budget)
        rows = client.read("affinity/shared", few, budget_ms=budget.left_ms())
        similar = [[row["other"], row["cosine"], row["post"]] for row in rows]
    except TookTooLong:
        return Near(authors, similar), ("who is near",)
    return Near(authors, similar), ()
