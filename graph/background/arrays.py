"""The graph as arrays: likes, hashtags of posts, and stored numbers, read once for a whole build.

Nodes are rows of arrays, in the order of their internal ids; `Nodes` translates. Each node stores the number of the
build that read it first: from then on it is *known*. A node that is deleted and created again, with the same id or even
the same internal id, is not known, so nothing that was learned from the old one is ever written to it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
Mask = npt.NDArray[np.bool_]
Vectors = npt.NDArray[np.float32]
"""A vector in each row, in the precision in which they are stored."""

MAX_LIKES_PER_PERSON = 200_000
"""Likes per person that are read, the last stored first."""
MAX_POSTS_PER_HASHTAG = 1_000_000
"""Posts per hashtag that are read, the last stored first."""
NO_TIME = np.iinfo(np.int64).min
"""The time of a post or like without a time."""
PAGE_NODES = 5_000
FETCH_ROWS = 200
"""The fetch size of results whose rows have long lists."""


@dataclass(frozen=True)
class Nodes:
    """Nodes of one label, by ascending internal id."""

    nodes: Ints
    """Internal ids."""
    ids: Sequence[str]

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, nodes: Ints) -> Ints:
        """Rows of these internal ids; -1 for unknown ones."""
        if not len(self.nodes):
            return np.full(len(nodes), -1, np.int64)
        places = np.minimum(np.searchsorted(self.nodes, nodes), len(self.nodes) - 1)
        rows: Ints = np.where(self.nodes[places] == nodes, places, -1)
        return rows


@dataclass(frozen=True)
class Network:
    """The graph as of a time, without anything later."""

    as_of: int
    known: int
    """The number of the build: nodes that became known later are not included."""
    people: Nodes
    posts: Nodes
    likes: sparse.csr_matrix
    """People x posts; each like is a 1."""
    liked_at: Ints | None
    """Time of each like, in the order of `likes.indices`; None if no like has a time."""
    taken_at: Ints
    like_count: Ints
    """The stored counters, less the likes later than `as_of`."""
    tags: sparse.csr_matrix
    """Posts x hashtags."""
    hashtags: Nodes
    author: Ints
    """The row of the author of each post, of several the one with the smallest id; -1 for none."""
    community: Ints
    """The number of the community of each person; -1 for none, and where communities are not read."""
    for_followers: Mask
    """Posts that not everybody may be shown."""
    apart: Mask
    """Posts that are sensitive, or by somebody who opted out of discovery."""
    likes_for_self: Mask
    """People whose likes count for themselves alone."""
    not_profiled: Mask
    """People from whom nothing is learned for themselves."""
    factors_likes: Floats
    """Per person, the number of likes that their stored factors were made from; NaN for none."""
    trend: Floats
    """Per post, as stored; NaN for none."""
    listed_likes: Floats
    """Per post, the number of likes that its stored arcs were made from; NaN for none."""
    changed_at: Floats
    """Per post, the time of its mark; NaN for none."""
    share: Floats
    """Per hashtag, as stored."""
    dwell: Floats
    """Per post, the usual time of a view in milliseconds, as stored; NaN for none."""

    @property
    def likes_of_people(self) -> Ints:
        """The number of likes of each person."""
        likes: Ints = np.diff(self.likes.indptr).astype(np.int64)
        return likes

    @property
    def likes_of_factors(self) -> Ints:
        """The number of likes of each person that a build knows of when it makes their factors; 0 of those whose likes
        count for themselves alone, from which it makes none."""
        return np.where(self.likes_for_self, 0, self.likes_of_people)

    @property
    def likers(self) -> Ints:
        """The row of the person of each like, in the order of `likes.indices`."""
        return np.repeat(np.arange(len(self.people)), self.likes_of_people)

    @property
    def likes_of_posts(self) -> Ints:
        """The number of likes of each post."""
        return np.bincount(self.likes.indices, minlength=len(self.posts)).astype(np.int64)


def for_everybody(network: Network) -> Network:
    """The network that all people's lists are made of: without likes that count for their person alone, and those of
    posts that not everybody may be shown."""
    counted = ~network.for_followers[network.likes.indices] & ~network.likes_for_self[network.likers]
    if counted.all():
        return network
    likes = ones_matrix(network.likers[counted], network.likes.indices[counted], network.likes.shape)
    return replace(network, likes=likes, liked_at=None if network.liked_at is None else network.liked_at[counted])


def newest(*times: Ints, until: int) -> int:
    """The newest of these times that is not after `until`; `until` if there is none."""
    found = max(int(each[each <= until].max(initial=NO_TIME)) for each in times)
    return until if found == NO_TIME else found


def places_in_groups(groups: Ints) -> Ints:
    """The place of each entry among those of its group, from 0."""
    order = np.argsort(groups, kind="stable")
    places = np.empty(len(groups), np.int64)
    places[order] = np.arange(len(groups)) - np.searchsorted(groups[order], groups[order])
    return places


Listen = Callable[[int, int], None]
"""A callback for progress: the amount done, and the total."""


def read(client: Client, as_of: int, known: int, listen: Listen = lambda done, total: None) -> Network:
    """The network as of a time, in epoch milliseconds; `known` is the number of the build, which grows with each.

    `listen` receives the progress in people.
    """
    _know(client, known)
    size = client.read("build/size")[0]
    pages_of_posts = _lists(client, "build/posts", known=known, highest=size["highest"])
    posts = _Columns((post for page in pages_of_posts for post in page["posts"]), "post")
    nodes = posts.nodes()
    likers = _lists(client, "build/people", known=known, perPerson=MAX_LIKES_PER_PERSON)
    people = _Columns(with_progress(likers, size["people"], listen), "user")
    hashtags = _Columns(_lists(client, "build/hashtags", perHashtag=MAX_POSTS_PER_HASHTAG), "hashtag")
    likes, liked_at, later = _likes(people, nodes, as_of)
    taken_at = posts.times("takenAt")
    given = people.nodes()
    return Network(
        as_of=as_of,
        known=known,
        people=given,
        posts=nodes,
        likes=likes,
        liked_at=liked_at,
        taken_at=taken_at,
        like_count=np.maximum(posts.counts("likeCount") - later, 0),
        tags=ones_matrix(*hashtags.pairs(nodes), (len(hashtags), len(nodes))).T.tocsr(),
        hashtags=hashtags.nodes(),
        author=given.rows(posts.whole("author")),
        community=np.full(len(given), -1),
        for_followers=posts.numbers("forFollowers") > 0,
        apart=posts.numbers("apart") > 0,
        likes_for_self=people.numbers("likesForSelf") > 0,
        not_profiled=people.numbers("notProfiled") > 0,
        factors_likes=people.numbers("factorsLikes"),
        trend=posts.numbers("trend"),
        listed_likes=posts.numbers("listedLikes"),
        changed_at=posts.numbers("changedAt"),
        share=hashtags.numbers("share"),
        dwell=posts.numbers("dwell"),
    )


class _Columns:
    """The rows of a stream as columns, in the order of internal ids."""

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
        """A column, NaN where it is null. Times and counts are exact below 2^53."""
        return np.array(self._numbers.get(name, []), np.float64)[self._order] if self._nodes else np.zeros(0)

    def whole(self, name: str) -> Ints:
        """A column of whole numbers from 0; -1 where it is null."""
        numbers: Ints = np.nan_to_num(self.numbers(name), nan=-1).astype(np.int64)
        return numbers

    def counts(self, name: str) -> Ints:
        """A column of counts, clipped to 0 and MAX_COUNT; 0 where it is null."""
        counts: Ints = np.clip(np.nan_to_num(self.numbers(name)), 0, MAX_COUNT).astype(np.int64)
        return counts

    def times(self, name: str) -> Ints:
        """A column of times, clipped to those that have a date; NO_TIME where it is null."""
        column = self.numbers(name)
        missing = np.isnan(column)
        whole = np.clip(np.where(missing, 0, column), clock.MIN_MS, clock.MAX_MS).astype(np.int64)
        times: Ints = np.where(missing, NO_TIME, whole)
        return times

    def pairs(self, posts: Nodes) -> tuple[Ints, Ints]:
        """A row of these nodes and a row of `posts` for each list entry whose post is in `posts`."""
        lists = [self._lists[place][0] for place in self._order]
        rows = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
        found = posts.rows(np.concatenate(lists) if lists else np.zeros(0, np.int64))
        return rows[found >= 0], found[found >= 0]

    def list_times(self, posts: Nodes) -> Ints:
        """The times of the entries of `pairs`; -1 for none."""
        lists = [self._lists[place] for place in self._order]
        if not lists:
            return np.zeros(0, np.int64)
        known = posts.rows(np.concatenate([each for each, _ in lists])) >= 0
        return np.concatenate([times for _, times in lists if times is not None])[known]


def pages(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    rows = iter(rows)
    while page := list(islice(rows, size)):
        yield page


def _know(client: Client, known: int) -> None:
    """Marks every person and post that is not known yet as known from this build on."""
    for page in pages((row["node"] for row in client.stream("build/unknown")), PAGE_NODES):
        client.write("build/know", {"rows": {"nodes": page, "known": known}})


def _lists(client: Client, name: str, **params: Any) -> Iterator[Row]:
    return client.stream(name, params, fetch=FETCH_ROWS)


def with_progress(rows: Iterable[Row], total: int, listen: Listen) -> Iterator[Row]:
    """The rows; `listen` receives their number at every thousandth."""
    for done, row in enumerate(rows):
        if done % 1_000 == 0:
            listen(done, max(total, done + 1))
        yield row


def _likes(people: _Columns, posts: Nodes, as_of: int) -> tuple[sparse.csr_matrix, Ints | None, Ints]:
    """The likes up to `as_of`, their times, and for each post the number of later likes."""
    rows, columns = people.pairs(posts)
    at = people.list_times(posts)
    later = at > as_of
    late = np.bincount(columns[later], minlength=len(posts)).astype(np.int64)
    rows, columns, at = rows[~later], columns[~later], at[~later]
    order = np.lexsort((columns, rows))
    rows, columns, at = rows[order], columns[order], at[order]
    likes = ones_matrix(rows, columns, (len(people), len(posts)))
    return likes, np.where(at == -1, NO_TIME, at) if bool((at != -1).any()) else None, late


def ones_matrix(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    """A matrix of ones with these entries, sorted by row and column."""
    order = np.lexsort((columns, rows))
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=shape[0]))))
    return sparse.csr_matrix((np.ones(len(rows), np.float32), columns[order], starts), shape=shape)
