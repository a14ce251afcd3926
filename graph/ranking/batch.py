"""Ranked lists for many people: what an e-mail digest needs, and what an evaluation reads."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from graph.client import Client
from graph.errors import DatabaseError, SettingsError, Unreachable
from graph.ranking.feed import Request
from graph.ranking.pool import rank

log = logging.getLogger(__name__)

THREADS = 2
"""So that the server always has something to do."""
BATCH_PEOPLE = 500


@dataclass(frozen=True)
class RankedList:
    """The best posts for a person."""

    user: str
    items: list[tuple[str, float]]
    """Ids of posts and their scores, the best first, ties by id."""
    error: str | None = None
    """Why there is no list; None if there is one."""


def everybody(client: Client) -> list[str]:
    """The ids of all people, in order."""
    return [row["user"] for row in client.stream("people/ids")]


def ranked_lists(client: Client, users: Sequence[str], request: Request, limit: int) -> Iterator[RankedList]:
    """For each of these people, the posts of all sources by score alone; the request's own user is ignored.

    What is filtered for them is left out, and what they liked or saw. Nothing is drawn, capped, or left out for having
    been served, and no slate is read or written. A shorter list begins a longer one. People whom the graph does not
    know have no posts. Somebody whose list fails stops nobody: they come last, once more, and then with the error.
    """
    ranking = request.profile.ranking
    if ranking is None:
        raise SettingsError(f"The profile {request.profile.name} makes no lists.", "Use another profile.")
    asked = replace(request.asked(), served_days=0.0, at_least=0, limit=limit)

    def ranked(user: str) -> RankedList:
        try:
            pool = rank(client, replace(asked, user=user), ranking, ranking.batch)
        except Unreachable:
            raise
        except DatabaseError as error:
            log.warning("The list of %r failed: %s", user, error)
            return RankedList(user, [], str(error))
        return RankedList(user, [(place.post, place.score) for place in pool.places] if pool else [])

    failed = []
    with ThreadPoolExecutor(THREADS) as threads:
        for some in _batches(users):
            for found in threads.map(ranked, some):
                if found.error is None:
                    yield found
                else:
                    failed.append(found.user)
    yield from map(ranked, failed)


def _batches(users: Sequence[str]) -> Iterator[Sequence[str]]:
    """Some at a time, so that nobody's list waits in memory for long."""
    for start in range(0, len(users), BATCH_PEOPLE):
        yield users[start : start + BATCH_PEOPLE]
