"""The rankings of a profile for the people who are measured: ranked lists, first pages as drawn, tutorial feeds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph.background.arrays import Ints, Listen, Mask
from graph.client import Client
from graph.errors import DatabaseError
from graph.quality.metrics import NO_POST
from graph.quality.training import NO_AUTHOR, Training
from graph.ranking.batch import ranked_lists
from graph.ranking.feed import Request, feed
from graph.ranking.sources import GENERAL

DISTANCES = ("followee", "friend of friend", "farther")
"""The distance of a post's author from a person, by follows. Posts without an author are farther."""
FARTHER = 2


@dataclass(frozen=True)
class Served:
    """Rankings, with a mask of the places whose reason names a tie of the person's: people x places."""

    ranked: Ints
    has_reason: Mask


def served_lists(
    client: Client, training: Training, people: Ints, request: Request, limit: int, listen: Listen
) -> Served:
    """The ranked lists of these people, of `limit` places. Raises DatabaseError if one fails."""
    rows = []
    listen(0, len(people))
    for done, found in enumerate(ranked_lists(client, _ids(training, people), request, limit), 1):
        if found.error is not None:
            raise DatabaseError(f"The ranked list of {found.user!r} failed: {found.error}", "Try again.")
        has_reason = [source not in GENERAL for source in found.sources]
        rows.append((training.row_of_person[found.user], [post for post, _ in found.items], has_reason))
        listen(done, len(people))
    order = {person: place for place, person in enumerate(people.tolist())}
    rows.sort(key=lambda row: order[row[0]])
    return _served(training, [(posts, has_reason) for _, posts, has_reason in rows], limit)


def served_pages(client: Client, training: Training, people: Ints, request: Request, listen: Listen) -> Served:
    """The first pages of these people, as drawn. Records nothing."""
    pages = []
    for done, user in enumerate(_ids(training, people)):
        listen(done, len(people))
        items = feed(client, replace(request, user=user)).items
        pages.append(([item.post for item in items], [item.reason.path[-1]["type"] is not None for item in items]))
    listen(len(people), len(people))
    return _served(training, pages, request.page_size)


def tutorial_lists(client: Client, training: Training, people: Ints, request: Request, listen: Listen) -> Ints:
    """The feeds of the profile `tutorial` for these people, without posts that they liked.

    They are short: the profile draws from the best ten posts of each of its three sources.
    """
    found = []
    for done, (person, user) in enumerate(zip(people, _ids(training, people), strict=True)):
        listen(done, len(people))
        liked = {training.posts[post] for post in training.excluded[int(person)].indices}
        found.append([item.post for item in feed(client, replace(request, user=user)).items if item.post not in liked])
    listen(len(people), len(people))
    return rows_of(training, found, request.page_size)


def rows_of(training: Training, lists: Sequence[Sequence[str]], size: int) -> Ints:
    """Rankings of `size` places from lists of ids."""
    ranked = np.full((len(lists), size), NO_POST, np.int64)
    for line, posts in zip(ranked, lists, strict=True):
        line[: len(posts)] = [training.row_of_post[post] for post in posts]
    return ranked


def distance_shares(training: Training, people: Ints, ranked: Ints, k: int) -> dict[str, float]:
    """The shares of the first `k` places by distance of the author, over all people."""
    counts = np.zeros(len(DISTANCES))
    for person, posts in zip(people.tolist(), ranked[:, :k], strict=True):
        authors = training.authors[posts[posts != NO_POST]]
        counts += np.bincount(_distances(training, person)[authors], minlength=len(DISTANCES))
    return dict(zip(DISTANCES, (counts / max(counts.sum(), 1)).tolist(), strict=True))


def reason_share(served: Served, k: int) -> float:
    """The share of the first `k` places with a reason that names a tie of the person's, over all people."""
    there = served.ranked[:, :k] != NO_POST
    return float(served.has_reason[:, :k][there].mean()) if there.any() else 0.0


def _distances(training: Training, person: int) -> Ints:
    """The index in DISTANCES of each author; NO_AUTHOR is the last entry."""
    distances = np.full(len(training.people) + 1, FARTHER, np.int64)
    followees = training.follows[person].indices
    distances[training.follows[followees].indices] = 1
    distances[followees] = 0
    distances[NO_AUTHOR] = FARTHER
    return distances


def _ids(training: Training, people: Ints) -> list[str]:
    return [training.people[person] for person in people.tolist()]


def _served(training: Training, lists: Iterable[tuple[Sequence[str], Sequence[bool]]], size: int) -> Served:
    """Rankings from lists of ids, each with the mask of its reasons."""
    pairs = list(lists)
    reasons = np.zeros((len(pairs), size), np.bool_)
    for line, (_, has_reason) in zip(reasons, pairs, strict=True):
        line[: len(has_reason)] = has_reason
    return Served(rows_of(training, [posts for posts, _ in pairs], size), reasons)
