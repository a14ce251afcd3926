"""Ranking by a profile that adds up the parts of a score: from what is stored, else from a bounded walk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graph import candidates
from graph.candidates import Candidates, Near
from graph.client import Client, Row
from graph.errors import TookTooLong
from graph.ranking.mixing import Candidate, mix
from graph.ranking.profiles import PARTS, STORED, Ranking
from graph.ranking.slates import Place

NOTHING_STORED = "stored candidates"
"""What an answer lacks that was made from a bounded walk."""


@dataclass(frozen=True)
class Pool:
    """The posts that may be shown, each with its score."""

    places: list[Place] = field(default_factory=list)
    hashtags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each post."""
    shown: Mapping[str, int] = field(default_factory=Counter)
    """How many posts of each author were in the last slates."""
    missing: tuple[str, ...] = ()
    """What could not be asked."""

    @property
    def is_unstored(self) -> bool:
        return NOTHING_STORED in self.missing

    @property
    def candidates(self) -> dict[str, int]:
        """How many posts each source has in it."""
        return dict(Counter(place.source for place in self.places))

    def best(self, limit: int) -> list[Place]:
        """The places of the highest scores, ties by the id of the post."""
        return sorted(self.places, key=lambda place: (-place.score, place.post))[:limit]

    def mixed(self, ranking: Ranking, size: int, seed: int) -> list[Place]:
        """Places drawn by their scores, each with the probability of its draw."""
        pool = [
            Candidate(place.post, place.author, place.score, (place.source,), self.hashtags[place.post])
            for place in self.places
        ]
        draws = mix(pool, ranking.mixing, size, seed, self.shown)
        return [replace(self.places[draw.index], probability=draw.probability) for draw in draws]


def rank(client: Client, words: Mapping[str, Any], ranking: Ranking, sources: Sequence[str]) -> Pool:
    """The pool of what these sources bring. `words` are the parameters of feed/ranked but for the candidates.

    Never waits for GDS, and for no source longer than its budget: what is missing is told.
    """
    stored = [source for source in sources if source in STORED]
    asked = {**words, **stored_of(stored)}
    if "followees" not in sources:
        asked["newest"] = 0
    rows, missing = _read(client, asked, ranking)
    about = rows or client.read("refresh/is_stored", words)
    if not about:
        return Pool()  # of somebody whom nobody knows
    if about[0]["isStored"]:
        missing = (*(about[0]["without"] or ()), *missing)
    else:
        found = candidates.find_live(client, words, ranking.live, stored)
        rows, late = _read(client, {**asked, **passed(found)}, ranking)
        missing = (NOTHING_STORED, *found.missing, *missing, *late)
    return pool_of(rows, tuple(dict.fromkeys(missing)))


def with_popular(client: Client, words: Mapping[str, Any], ranking: Ranking, pool: Pool) -> Pool:
    """The pool, and what is popular now."""
    bounds = ranking.live.model_dump(by_alias=True)
    exclude = [*words["exclude"], *(place.post for place in pool.places)]
    asked = {**words, **bounds, "exclude": exclude, "keep": 2 * ranking.slate.size}
    found = candidates.find_popular(client, {**asked, "newest": 5 * ranking.slate.size})
    popular = pool_of(client.read("feed/ranked", {**asked, **passed(found), "newest": 0}), ())
    return replace(
        pool,
        places=[*pool.places, *popular.places],
        hashtags=popular.hashtags | pool.hashtags,
        shown=pool.shown or popular.shown,
    )


def stored_of(sources: Sequence[str]) -> dict[str, Any]:
    """The stored candidates of these sources as the parameters of feed/ranked."""
    return {"candidates": {"stored": list(sources), "lists": []}, "near": Near().passed()}


def passed(found: Candidates) -> dict[str, Any]:
    """Candidates as the parameters of feed/ranked, which then looks at no stored ones."""
    return {"candidates": {"stored": [], "lists": found.passed()}, "near": found.near.passed()}


def pool_of(rows: Sequence[Row], missing: tuple[str, ...]) -> Pool:
    """The pool that rows of feed/ranked make."""
    places, hashtags = [], {}
    for row in rows:
        for item in row["items"]:
            places.append(_place(row["source"], item))
            hashtags[item["post"]] = tuple(item["hashtags"])
    return Pool(places, hashtags, Counter(rows[0]["shown"]) if rows else Counter(), missing)


def _read(client: Client, words: Mapping[str, Any], ranking: Ranking) -> tuple[list[Row], tuple[str, ...]]:
    """The rows of feed/ranked; without the followees' posts, which are read live, if they take too long."""
    budget = ranking.live.budget_ms
    try:
        return client.read("feed/ranked", words, budget_ms=budget), ()
    except TookTooLong:
        if not words["newest"]:
            return [], tuple(words["candidates"]["stored"])
    rows, missing = _read(client, {**words, "newest": 0}, ranking)
    return rows, ("followees", *missing)


def _place(source: str, item: Row) -> Place:
    return Place(
        post=item["post"],
        author=item["author"],
        source=source,
        value=item["value"],
        via=item["via"],
        link=item["link"],
        score=item["score"],
        probability=1.0,
        parts=[item["parts"][part] for part in PARTS],
    )
