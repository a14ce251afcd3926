"""Who asks for a feed, as far as the ranking needs to know them: read once, before the candidates are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.client import Client, Row
from graph.errors import OutOfMemory, TookTooLong
from graph.ranking.folding import fold_in
from graph.ranking.profiles import Ranking
from graph.ranking.sources import GENERAL, SOURCES
from graph.ranking.weights import PersonWeights, person_weights

BUDGET_ERRORS = (TookTooLong, OutOfMemory)
"""Errors of a statement that less is asked of then."""
UNTIMED_MS = -(2**62)
"""Stands for the time of a like that has none, where likes are sorted: before all others."""
COLD_START_LIKES = 7
"""With fewer, a person is new, and hardly any of those to whom the weights were fitted has fewer."""
BEFORE_ALL_LIKES = {"at": UNTIMED_MS - 1, "id": ""}
"""Older than any like."""


@dataclass(frozen=True)
class Person:
    """What the graph knows of a person, and what the background has built."""

    weights: PersonWeights
    newest: Mapping[str, Any]
    """The oldest of their newest likes, as its time and id."""
    newest_of_authors: Mapping[str, Any]
    build: Row | None
    """What the background built last; None before it has built anything."""
    folds: bool
    """Whether their likes are others than those that their stored factors were made from."""
    factors: list[float] | None
    """Then, these folded in; None if there is nothing to go by."""
    factors_norm: float | None
    near: list[Row] = field(default_factory=list)
    """People near to them, as `person` and `score`, where affinity is not stored, or older than what they did."""
    shown: Mapping[str, int] = field(default_factory=Counter)
    """How many posts of each author were in their last slates."""
    lacks_affinity: bool = False
    """Whether a short walk stands in for their affinity."""
    likes: int = 0
    """How many posts they liked."""
    has_picked: bool = False
    """Whether they picked a hashtag."""

    @property
    def late_sources(self) -> frozenset[str]:
        """The sources that have their floor later in a slate, for its first places are the best ones': those of
        everybody's; and for somebody who is known by what they liked, all but hashtags that they picked."""
        if self.likes < COLD_START_LIKES:
            return frozenset(GENERAL)
        return frozenset(SOURCES) - ({"interests"} if self.has_picked else set())

    def params(self) -> dict[str, Any]:
        """Parameters of feed/ranked. Lists stand within maps: Neo4j plans a statement anew for a list of another
        length, but not for one within a map."""
        slot = self.build["slot"] if self.build else "A"
        return {
            "mine": {
                "untimed": UNTIMED_MS,
                "newest": self.newest,
                "newestOfAuthors": self.newest_of_authors,
                "near": self.near,
                "folds": self.folds,
                "factors": self.factors,
                "factorsNorm": self.factors_norm,
            },
            "vectors": {"factors": f"factors{slot}", "factorsNorm": f"factorsNorm{slot}", "fastrp": f"fastrp{slot}"},
            "weights": {"known": self.weights.known, "never": self.weights.never},
        }


def read_person(
    client: Client, user: str, as_of: int, ranking: Ranking, *, budget_ms: int | None = None
) -> Person | None:
    """The person at a clock in epoch milliseconds; None if the graph does not know them."""
    bounds = {**ranking.bounds.params(), "slates": ranking.slate.remembered}
    request = {"me": user, "servedDays": ranking.served_days}
    params = {"request": request, "now": as_of, "untimed": UNTIMED_MS, "bounds": bounds}
    rows = client.read("feed/me", params, budget_ms=budget_ms)
    if not rows:
        return None
    row = rows[0]
    is_stored = row["hasAffinity"]
    near = [] if is_stored and not row["affinityIsDue"] else _walk(client, user, as_of, ranking, budget_ms)
    factors, norm = _folded(row["likedFactors"], row["postGram"])
    return Person(
        weights=person_weights(ranking, row["likes"]),
        newest=row["oldest"] or BEFORE_ALL_LIKES,
        newest_of_authors=row["oldestOfAuthors"] or BEFORE_ALL_LIKES,
        build=row["build"],
        folds=row["folds"],
        factors=factors,
        factors_norm=norm,
        near=near or [],
        shown=Counter(row["shown"]),
        likes=row["likes"],
        has_picked=row["hasPicked"],
        lacks_affinity=not is_stored and (near is None or bool(near)),
    )


def prepare(client: Client, user: str, as_of: int, ranking: Ranking) -> Person:
    """Somebody of whom nothing is known, once the server has planned what is read of a person."""
    read_person(client, user, as_of, ranking)
    _walk(client, user, as_of, ranking, None)
    return unread_person(ranking)


def unread_person(ranking: Ranking) -> Person:
    """Somebody of whom nothing could be read in time."""
    return Person(
        person_weights(ranking, 0),
        BEFORE_ALL_LIKES,
        BEFORE_ALL_LIKES,
        None,
        folds=False,
        factors=None,
        factors_norm=None,
    )


def _walk(client: Client, user: str, as_of: int, ranking: Ranking, budget_ms: int | None) -> list[Row] | None:
    """The people near to a person whose affinity is not stored, as two steps see them; None if that took too long."""
    affinity = ranking.affinity
    params = {"request": {"me": user}, "now": as_of, "damping": affinity.damping, "keep": affinity.keep}
    try:
        rows = client.read("affinity/walk", params, budget_ms=budget_ms)
    except BUDGET_ERRORS:
        return None
    return [{"person": row["other"], "score": row["score"]} for row in rows]


def _folded(
    vectors: Sequence[Sequence[float]], gram: Sequence[float] | None
) -> tuple[list[float] | None, float | None]:
    folded = fold_in(vectors, gram) if vectors and gram else None
    return (folded[0].tolist(), folded[1]) if folded else (None, None)
