"""Ranked lists for many people: what an e-mail digest needs, and what an evaluation reads."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from graph.client import Client
from graph.errors import SettingsError
from graph.ranking.feed import Request
from graph.ranking.pool import rank

THREADS = 2
"""So that the server always has something to do."""
BATCH = 500


@dataclass(frozen=True)
class RankedList:
    """The best posts for a person."""

    user: str
    items: list[tuple[str, float]]
    """Ids of posts and their scores, the best first, ties by id."""


def everybody(client: Client) -> list[str]:
    """The ids of all people, in order."""
    return [row["user"] for row in client.stream("people/ids")]


def ranked_lists(client: Client, users: Sequence[str], request: Request, limit: int) -> Iterator[RankedList]:
    """For each of these people, the posts of all sources by score alone; the request's own user is ignored.

    What is filtered for them is left out, and what they liked or saw. Nothing is drawn, capped, or left out for having
    been served, and no slate is read or written. A shorter list begins a longer one. People whom the graph does not
    know have no posts.
    """
    ranking = request.profile.ranking
    if ranking is None:
        raise SettingsError(f"The profile {request.profile.name} makes no lists.", "Use another profile.")
    asked = replace(request.asked(), served_days=0.0, at_least=0, limit=limit)

    def ranked(user: str) -> RankedList:
        pool = rank(client, replace(asked, user=user), ranking, ranking.batch)
        return RankedList(user, [(place.post, place.score) for place in pool.places] if pool else [])

    with ThreadPoolExecutor(THREADS) as threads:
        for some in _batches(users):
            yield from threads.map(ranked, some)


def _batches(users: Sequence[str]) -> Iterator[Sequence[str]]:
    """Some at a time, so that nobody's list waits in memory for long."""
    for start in range(0, len(users), BATCH):
        yield users[start : start + BATCH]
