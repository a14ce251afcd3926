"""The person of a feed, with everything that ranking needs to know about them, read once before retrieval."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.client import Client, Reader, Row
from graph.errors import OutOfMemory, TookTooLong
from graph.ranking.folding import fold_in
from graph.ranking.profiles import Ranking
from graph.ranking.sources import GENERAL, SOURCES
from graph.ranking.weights import PersonWeights, person_weights

BUDGET_ERRORS = (TookTooLong, OutOfMemory)
"""Errors of a statement that is too expensive: a cheaper one is run instead."""
UNTIMED_MS = -(2**62)
"""The sort key of a like without a time: before all others."""
AFTER_ALL_MS = 2**62
"""A time after all others."""
COLD_START_LIKES = 7
"""The number of likes below which a person is in cold start: nearly all people in the fit of the weights had more."""
BEFORE_ALL_LIKES = {"at": UNTIMED_MS - 1, "id": ""}
"""A position before any like."""


class NotProfiled(Exception):
    """The person allows no profiling: only a profile that learns nothing may rank for them."""


@dataclass(frozen=True)
class Looks:
    """What a person looked at."""

    stayed: list[Row] = field(default_factory=list)
    """The posts that they looked at for long, as `post` and `at`, the newest first."""
    left: list[Row] = field(default_factory=list)
    """The posts that they left at once."""
    factors: list[list[float]] = field(default_factory=list)
    """The factors of the posts of `stayed` that have any."""


@dataclass(frozen=True)
class Person:
    """A person as ranking needs them, and the current build."""

    weights: PersonWeights
    newest: Mapping[str, Any]
    """The oldest like that is read for similar posts and hashtags, as time and id."""
    newest_of_authors: Mapping[str, Any]
    """The oldest like that is read for liked authors, as time and id."""
    build: Row | None
    """The current build; None before the first."""
    folds: bool
    """True if their likes have changed since their stored factors were built."""
    factors: list[float] | None
    """Factors folded in from their current likes, if `folds`; None if that is not possible."""
    factors_norm: float | None
    """The Euclidean norm of `factors`."""
    near: list[Row] = field(default_factory=list)
    """Their nearest people, as `person` and `score`, if stored affinity is missing or outdated."""
    shown: Mapping[str, int] = field(default_factory=Counter)
    """The number of impressions of each author in their last slates."""
    lacks_affinity: bool = False
    """True if a two-step walk replaces their affinity."""
    likes: int = 0
    """The number of their acts upon posts that count as likes: they liked, saved, shared, or want more like them."""
    has_picked: bool = False
    """True if they picked a hashtag."""
    reset_at: int | None = None
    """The time of their last reset, in epoch milliseconds: what they did until then is not learned from."""
    reset_recorded_at: int = 0
    """The wall-clock time, in epoch milliseconds, when the graph came to know of their resets; 0 if they have none."""
    stayed: list[Row] = field(default_factory=list)
    """The posts that they looked at for long, as `post` and `at`, the newest first."""
    left: list[Row] = field(default_factory=list)
    """The posts that they left at once."""
    unlearns: bool = False
    """True if they said of posts or people not to learn from them."""
    hides_pictures: bool = False
    """True if they may have hidden posts whose pictures have vectors."""
    has_affinity: bool = True
    """True if their stored affinity counts: of those who have reset, not one that is due, which may be of before."""

    @property
    def has_fastrp(self) -> bool:
        """True if their FastRP vector counts: after a reset, only one of a build that knew of it."""
        if self.reset_at is None or self.build is None:
            return self.reset_at is None
        read_at = self.build["readAt"] or 0  # builds of older versions have none
        return bool(self.reset_at < self.build["asOf"] and self.reset_recorded_at < read_at)

    @property
    def late_sources(self) -> frozenset[str]:
        """The sources whose floors come late in a block, because its first places are for the best posts: in cold start
        the general sources; otherwise all sources, but for `interests` if the person picked hashtags."""
        if self.likes < COLD_START_LIKES:
            return frozenset(GENERAL)
        return frozenset(SOURCES) - ({"interests"} if self.has_picked else set())

    def params(self) -> dict[str, Any]:
        """Parameters of feed/ranked. Lists are within maps, because Neo4j replans a statement when a list parameter
        changes length, but not when a list inside a map does."""
        slot = self.build["slot"] if self.build else "A"
        return {
            "mine": {
                "untimed": UNTIMED_MS,
                "newest": self.newest,
                "newestOfAuthors": self.newest_of_authors,
                "near": self.near,
                "hasAffinity": self.has_affinity,
                "hasFastrp": self.has_fastrp,
                "folds": self.folds,
                "factors": self.factors,
                "factorsNorm": self.factors_norm,
                "stayed": self.stayed,
                "left": self.left,
                "resetAt": self.reset_at,
                "unlearns": self.unlearns,
            },
            "vectors": {
                "factors": f"factors{slot}",
                "factorsNorm": f"factorsNorm{slot}",
                "content": f"content{slot}",
                "contentNorm": f"contentNorm{slot}",
                "fastrp": f"fastrp{slot}",
            },
            "weights": {"known": self.weights.known, "never": self.weights.never},
        }


def read_person(
    client: Reader,
    user: str,
    as_of: int,
    ranking: Ranking,
    *,
    learns: bool = True,
    closer: float = 0.0,
    budget_ms: int | None = None,
) -> Person | None:
    """The person as of a time in epoch milliseconds, with weights shifted by `closer`; None if unknown.

    Raises NotProfiled if they allow no profiling, and what is ranked `learns`.
    """
    params = _params(user, as_of, ranking)
    rows = client.read("feed/me", params, budget_ms=budget_ms)
    if not rows:
        return None
    row = rows[0]
    if row["notProfiled"] and learns:
        raise NotProfiled
    is_stored = row["hasAffinity"]
    near = (
        []
        if row["notProfiled"] or (is_stored and not row["affinityIsDue"])
        else _walk(client, user, as_of, ranking, budget_ms)
    )
    looks = _looks(client, params, ranking, budget_ms) if row["looks"] else Looks()
    folds = row["folds"] or bool(looks.stayed and row["postGram"])
    vectors = [*row["likedFactors"], *looks.factors] if folds else []
    counts = [*row["likedWeights"], *[ranking.feedback.stay] * len(looks.factors)]
    factors, norm = _folded(vectors, counts, row["postGram"])
    likes = row["likes"] + int(len(looks.stayed) * ranking.feedback.stay)
    return Person(
        weights=person_weights(ranking, likes).closer(closer),
        newest=row["oldest"] or BEFORE_ALL_LIKES,
        newest_of_authors=row["oldestOfAuthors"] or BEFORE_ALL_LIKES,
        build=row["build"],
        folds=folds,
        factors=factors,
        factors_norm=norm,
        near=near or [],
        shown=Counter(row["shown"]),
        likes=likes,
        has_picked=row["hasPicked"],
        stayed=looks.stayed,
        left=looks.left,
        reset_at=row["resetAt"],
        reset_recorded_at=max((at for at in row["resetsRecordedAt"] if at is not None), default=0),
        unlearns=row["unlearns"],
        hides_pictures=row["hidesPictures"],
        has_affinity=is_stored,
        lacks_affinity=not is_stored and row["resetAt"] is None and (near is None or bool(near)),
    )


def _params(user: str, as_of: int, ranking: Ranking) -> dict[str, Any]:
    """The parameters of feed/me and feed/looks."""
    return {
        "request": {"me": user, "servedDays": ranking.served_days},
        "now": as_of,
        "untimed": UNTIMED_MS,
        "bounds": {**ranking.bounds.params(), "slates": ranking.slate.remembered},
        "feedback": ranking.feedback.params(),
    }


def _looks(client: Reader, params: Mapping[str, Any], ranking: Ranking, budget_ms: int | None) -> Looks:
    """What the person looked at; nothing if that took too long."""
    feedback = ranking.feedback
    if not feedback.stay and not feedback.leave:
        return Looks()
    try:
        rows = client.read("feed/looks", params, budget_ms=budget_ms)
    except BUDGET_ERRORS:
        return Looks()
    row = rows[0] if rows else {"stayed": [], "left": [], "factors": []}
    stayed, factors = (row["stayed"], row["factors"]) if feedback.stay else ([], [])
    return Looks(stayed, row["left"] if feedback.leave else [], factors)


def require_profiled(client: Reader, user: str) -> None:
    """Raises NotProfiled if a person allows no profiling."""
    rows = client.read("person/profiling", {"me": user})
    if rows and rows[0]["forbidden"]:
        raise NotProfiled


def prepare(client: Client, user: str, as_of: int, ranking: Ranking) -> Person:
    """Has the server plan the statements about a person. Returns `unread_person`."""
    read_person(client, user, as_of, ranking)
    _looks(client, _params(user, as_of, ranking), ranking, None)
    _walk(client, user, as_of, ranking, None)
    return unread_person(ranking)


def unread_person(ranking: Ranking, *, closer: float = 0.0) -> Person:
    """A person about whom nothing was read, with the weights of cold start, shifted by `closer`.

    Nothing that they did is learned from, as they may have reset.
    """
    return Person(
        person_weights(ranking, 0).closer(closer),
        BEFORE_ALL_LIKES,
        BEFORE_ALL_LIKES,
        None,
        folds=False,
        factors=None,
        factors_norm=None,
        reset_at=AFTER_ALL_MS,
        unlearns=True,
        hides_pictures=True,
        has_affinity=False,
    )


def _walk(client: Reader, user: str, as_of: int, ranking: Ranking, budget_ms: int | None) -> list[Row] | None:
    """The nearest people of a person by a two-step walk; None if that took too long."""
    affinity = ranking.affinity
    params = {"request": {"me": user}, "now": as_of, "damping": affinity.damping, "keep": affinity.keep}
    try:
        rows = client.read("affinity/walk", params, budget_ms=budget_ms)
    except BUDGET_ERRORS:
        return None
    return [{"person": row["other"], "score": row["score"]} for row in rows]


def _folded(
    vectors: Sequence[Sequence[float]], weights: Sequence[float], gram: Sequence[float] | None
) -> tuple[list[float] | None, float | None]:
    folded = fold_in(vectors, gram, weights) if vectors and gram else None
    return (folded[0].tolist(), folded[1]) if folded else (None, None)
