"""Ranked lists for many people, for e-mail digests and for evaluation."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from graph.client import Client
from graph.errors import DatabaseError, SettingsError, Unreachable
from graph.ranking.feed import Request
from graph.ranking.pool import Pool
from graph.ranking.retrieval import rank

log = logging.getLogger(__name__)

THREADS = 2
"""Lists ranked at the same time: two, so that the server never idles."""
FILLED = 100
"""Posts of a list that copies may not leave it without; of longer ones, what lies behind all copies is not read."""
BATCH_PEOPLE = 500
"""People per batch of lists."""


@dataclass(frozen=True)
class RankedList:
    """The best posts for a person."""

    user: str
    items: list[tuple[str, float]]
    """Ids of posts and their scores, the best first, ties by id."""
    error: str | None = None
    """The error, if ranking failed."""
    missing: tuple[str, ...] = ()
    """Codes of graph/ranking/missing.py, as of a feed."""
    sources: tuple[str, ...] = field(default=(), compare=False)
    """Of each post, the source that its reason is for."""


def everybody(client: Client) -> list[str]:
    """The ids of all people, in order."""
    return [row["user"] for row in client.stream("people/ids")]


def ranked_lists(client: Client, users: Sequence[str], request: Request, limit: int) -> Iterator[RankedList]:
    """For each person, the posts of all sources by score alone. `request.user` is ignored.

    Filtered posts are left out, and posts that the person liked or saw. Nothing is drawn, capped, or left out for a
    previous impression, and no slate is read or written. A shorter list is a prefix of a longer one. An unknown person
    gets an empty list. A list that fails is retried once after all others, then yielded with its error.
    """
    if request.profile.ranking is None:
        raise SettingsError(f"The profile {request.profile.name} makes no lists.", "Use another profile.")

    def ranked(user: str) -> RankedList:
        try:
            pool = replace(request, user=user).as_allowed(lambda allowed: _pool(client, allowed, limit))
        except Unreachable:
            raise
        except DatabaseError as error:
            log.warning("Could not rank the list of %r: %s", user, error)
            return RankedList(user, [], str(error))
        if pool is None:
            return RankedList(user, [])
        items = [(place.post, place.score) for place in pool.places]
        return RankedList(user, items, missing=pool.missing, sources=tuple(place.source for place in pool.places))

    failed = []
    with ThreadPoolExecutor(THREADS) as threads:
        for batch in _batches(users):
            for ranked_list in threads.map(ranked, batch):
                if ranked_list.error is None:
                    yield ranked_list
                else:
                    failed.append(ranked_list.user)
    yield from map(ranked, failed)


def _pool(client: Client, request: Request, limit: int) -> Pool | None:
    ranking = request.profile.ranking
    assert ranking is not None
    wanted = replace(request.for_pool(), served_days=0.0, at_least=0, page=min(limit, FILLED), limit=limit)
    return rank(client, wanted, ranking, ranking.batch)


def _batches(users: Sequence[str]) -> Iterator[Sequence[str]]:
    """Slices of the people, so that finished lists do not pile up in memory."""
    for start in range(0, len(users), BATCH_PEOPLE):
        yield users[start : start + BATCH_PEOPLE]
