"""The graph as arrays: who liked what and which posts have which hashtags, read once for a whole build.

Nodes are rows of arrays, in the order of their internal ids; `Nodes` translates. A node is *known* from the build on
that read it first, and keeps the note of it: one that is deleted and made anew, by the same id or in the same place
of the store, lacks the note, so nothing that was learned from the old one is ever written onto it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from graph import clock
from graph.client import Client, Row
from graph.validation import MAX_COUNT

T = TypeVar("T")
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_LIKES_PER_PERSON = 200_000
"""Of one person that are read, the newest stored."""
MAX_POSTS_PER_HASHTAG = 1_000_000
"""Posts of one hashtag that are read, the newest stored."""
NO_TIME = np.iinfo(np.int64).min
"""Instead of the time of a post or like that has none."""
PAGE_NODES = 5_000
FETCH_ROWS = 200
"""Fetched at once of rows that hold long lists."""


@dataclass(frozen=True)
class Nodes:
    """Nodes of one label, by ascending internal id."""

    nodes: Ints
    """Internal ids."""
    ids: Sequence[str]

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, nodes: Ints) -> Ints:
        """Rows of these internal ids; -1 for those that are not among the nodes."""
        if not len(self.nodes):
            return np.full(len(nodes), -1, np.int64)
        places = np.minimum(np.searchsorted(self.nodes, nodes), len(self.nodes) - 1)
        rows: Ints = np.where(self.nodes[places] == nodes, places, -1)
        return rows


@dataclass(frozen=True)
class Network:
    """The graph as it was at a clock, without anything of a later time."""

    as_of: int
    known: int
    """The build that reads: what became known later is not in here."""
    people: Nodes
    posts: Nodes
    likes: sparse.csr_matrix
    """People x posts, each like a 1."""
    liked_at: Ints | None
    """Time of each like, in the order of `likes.indices`; None where no like has a time."""
    taken_at: Ints
    like_count: Ints
    """As the graph counts, less the likes that are later than the clock."""
    tags: sparse.csr_matrix
    """Posts x hashtags."""
    hashtags: Nodes
    factors_likes: Floats
    """Of people: the number of likes noted with their factors; not a number for none."""
    trend: Floats
    """Of posts, as it is stored."""
    listed_likes: Floats
    changed_at: Floats
    share: Floats
    """Of hashtags, as it is stored."""

    @property
    def likes_of_people(self) -> Ints:
        likes: Ints = np.diff(self.likes.indptr).astype(np.int64)
        return likes

    @property
    def likes_of_posts(self) -> Ints:
        return np.bincount(self.likes.indices, minlength=len(self.posts)).astype(np.int64)


Listen = Callable[[int, int], None]
"""Is told how much is done, of how much."""


def read(client: Client, as_of: int, known: int, listen: Listen = lambda done, total: None) -> Network:
    """The network at a clock, in epoch milliseconds; `known` names the build, a number that grows with each.

    `listen` is told how many of the people are read, of how many.
    """
    _know(client, known)
    size = client.read("build/size")[0]
    pages_of_posts = _lists(client, "build/posts", known=known, highest=size["highest"])
    posts = _Columns((post for page in pages_of_posts for post in page["posts"]), "post")
    nodes = posts.nodes()
    likers = _lists(client, "build/people", known=known, perPerson=MAX_LIKES_PER_PERSON)
    people = _Columns(_told(likers, size["people"], listen), "user")
    hashtags = _Columns(_lists(client, "build/hashtags", perHashtag=MAX_POSTS_PER_HASHTAG), "hashtag")
    likes, liked_at, later = _likes(people, nodes, as_of)
    taken_at = posts.times("takenAt")
    return Network(
        as_of=as_of,
        known=known,
        people=people.nodes(),
        posts=nodes,
        likes=likes,
        liked_at=liked_at,
        taken_at=taken_at,
        like_count=np.maximum(posts.counts("likeCount") - later, 0),
        tags=_matrix(*hashtags.pairs(nodes), (len(hashtags), len(nodes))).T.tocsr(),
        hashtags=hashtags.nodes(),
        factors_likes=people.numbers("factorsLikes"),
        trend=posts.numbers("trend"),
        listed_likes=posts.numbers("listedLikes"),
        changed_at=posts.numbers("changedAt"),
        share=hashtags.numbers("share"),
    )


class _Columns:
    """Rows of a stream as columns, in the order of their internal ids."""

    def __init__(self, rows: Iterable[Row], id: str) -> None:
        self._nodes: list[int] = []
        self._ids: list[str] = []
        self._lists: list[tuple[Ints, Ints | None]] = []
        self._numbers: dict[str, list[float | None]] = {}
        for row in rows:
            self._nodes.append(row.pop("node"))
            self._ids.append(row.pop(id))
            if (posts := row.pop("posts", None)) is not None:
                times = row.pop("times", None)
                self._lists.append((np.array(posts, np.int64), None if times is None else np.array(times, np.int64)))
            for name, value in row.items():
                self._numbers.setdefault(name, []).append(value)
        self._order = np.argsort(np.array(self._nodes, np.int64), kind="stable")

    def __len__(self) -> int:
        return len(self._nodes)

    def nodes(self) -> Nodes:
        return Nodes(np.array(self._nodes, np.int64)[self._order], [self._ids[place] for place in self._order])

    def numbers(self, name: str) -> Floats:
        """A column, not a number where it is null. Times and counts are whole below 2^53."""
        return np.array(self._numbers.get(name, []), np.float64)[self._order] if self._nodes else np.zeros(0)

    def counts(self, name: str) -> Ints:
        """A column of counts: 0 where it is null or below, and no more than JSON holds."""
        counts: Ints = np.clip(np.nan_to_num(self.numbers(name)), 0, MAX_COUNT).astype(np.int64)
        return counts

    def times(self, name: str) -> Ints:
        """A column of times that have a date, NO_TIME where it is null."""
        column = self.numbers(name)
        missing = np.isnan(column)
        whole = np.clip(np.where(missing, 0, column), clock.MIN_MS, clock.MAX_MS).astype(np.int64)
        times: Ints = np.where(missing, NO_TIME, whole)
        return times

    def pairs(self, posts: Nodes) -> tuple[Ints, Ints]:
        """A row of these nodes and a row of the posts for each entry of the lists whose post is known."""
        lists = [self._lists[place][0] for place in self._order]
        rows = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
        found = posts.rows(np.concatenate(lists) if lists else np.zeros(0, np.int64))
        return rows[found >= 0], found[found >= 0]

    def list_times(self, posts: Nodes) -> Ints:
        """The times that stand beside `pairs`, -1 for none."""
        lists = [self._lists[place] for place in self._order]
        if not lists:
            return np.zeros(0, np.int64)
        known = posts.rows(np.concatenate([each for each, _ in lists])) >= 0
        return np.concatenate([times for _, times in lists if times is not None])[known]


def pages(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows, at most so many at a time."""
    rows = iter(rows)
    while page := list(islice(rows, size)):
        yield page


def _know(client: Client, known: int) -> None:
    """Note of every person and post that no build has read so far that this one does."""
    for page in pages((row["node"] for row in client.stream("build/unknown")), PAGE_NODES):
        client.write("build/know", {"rows": {"nodes": page, "known": known}})


def _lists(client: Client, name: str, **params: Any) -> Iterator[Row]:
    return client.stream(name, params, fetch=FETCH_ROWS)


def _told(rows: Iterable[Row], total: int, listen: Listen) -> Iterator[Row]:
    for done, row in enumerate(rows):
        if done % 1_000 == 0:
            listen(done, max(total, done + 1))
        yield row


def _likes(people: _Columns, posts: Nodes, as_of: int) -> tuple[sparse.csr_matrix, Ints | None, Ints]:
    """The likes by the clock, the time of each, and for each post how many were left out for being later."""
    rows, columns = people.pairs(posts)
    at = people.list_times(posts)
    later = at > as_of
    late = np.bincount(columns[later], minlength=len(posts)).astype(np.int64)
    rows, columns, at = rows[~later], columns[~later], at[~later]
    order = np.lexsort((columns, rows))
    rows, columns, at = rows[order], columns[order], at[order]
    likes = _matrix(rows, columns, (len(people), len(posts)))
    return likes, np.where(at == -1, NO_TIME, at) if bool((at != -1).any()) else None, late


def _matrix(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    """A matrix of ones, its entries by row and column."""
    order = np.lexsort((columns, rows))
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=shape[0]))))
    return sparse.csr_matrix((np.ones(len(rows), np.float32), columns[order], starts), shape=shape)
