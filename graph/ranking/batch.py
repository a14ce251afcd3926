"""Ranked lists for many people: what an e-mail digest needs, and what an evaluation reads."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from graph.candidates import Candidates
from graph.client import Client
from graph.errors import SettingsError
from graph.ranking.feed import ALL, Request
from graph.ranking.pool import passed, pool_of, stored_of
from graph.ranking.profiles import STORED
from graph.refresher import BATCH, THREADS, Refresher, refresher


@dataclass(frozen=True)
class RankedList:
    """The best posts for a person."""

    user: str
    items: list[tuple[str, float]]
    """Ids of posts and their scores, the best first, ties by id."""


def everybody(client: Client) -> list[str]:
    """The ids of all people, in order."""
    return [row["user"] for row in client.read("refresh/ids")]


def ranked_lists(client: Client, users: Sequence[str], request: Request, limit: int) -> Iterator[RankedList]:
    """For each of these people, the posts of all sources by score alone, as `request` says, whoever asks there.

    What is filtered for them is left out, and what they liked or saw. Nothing is drawn, capped, or left out for having
    been served, and no slate is read or written. What is stale or not stored is computed, so that the lists are the
    same after a refresh and with nothing stored. People whom the graph does not know have no posts.
    """
    ranking = request.profile.ranking
    if ranking is None:
        raise SettingsError(f"The profile {request.profile.name} makes no lists.", "Use another profile.")
    words = {
        **request.vocabulary(),
        "perSource": limit,
        "newest": ranking.refresh.keep,
        "servedDays": 0.0,
        "spare": ALL,
        **stored_of(STORED),
        "profileHash": request.profile.hash,
    }
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(THREADS))
        worker: Refresher | None = None
        for start in range(0, len(users), BATCH):
            batch = list(users[start : start + BATCH])
            fresh = {row["user"] for row in client.read("refresh/fresh", {**words, "users": batch})}
            computed: dict[str, Candidates] = {}
            if missing := [user for user in batch if user not in fresh]:
                worker = worker or stack.enter_context(refresher(client, request.profile, ranking))
                computed = dict(worker.compute(missing, request.as_of, with_reasons=False))
            yield from threads.map(
                lambda user, found: _read(client, words, user, found, limit), batch, map(computed.get, batch)
            )


def _read(client: Client, words: Mapping[str, Any], user: str, found: Candidates | None, limit: int) -> RankedList:
    rows = client.read("feed/ranked", {**words, **(passed(found) if found else {}), "me": user})
    return RankedList(user, [(place.post, place.score) for place in pool_of(rows, ()).best(limit)])
