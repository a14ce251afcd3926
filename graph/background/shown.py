"""How many people posts were shown to, in all and by each source, and how many of these like them.

From the slates that were served of late, and the views that clients told of.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.background.arrays import Ints, Nodes
from graph.client import Row

SHOWN_DAYS = 7
"""The days that count: slates are kept at least as long."""
VIEWS = 1_000
"""The views of a post that are read: of more, it is no newcomer by far."""
VIEWED = ""
"""Stands for a source where somebody viewed a post."""
PAIRS = 4_000_000
"""Pairs of a post and a person that are held before those that come twice are dropped."""


@dataclass(frozen=True)
class Shown:
    """The numbers of one post."""

    people: int
    """The number of people to whom it was shown."""
    by_source: dict[str, int]
    """Their number by source; one who was shown it by several sources counts for each. In the order of the names."""
    impressions: int
    """The number of people to whom it was shown or who viewed it."""
    likes: int
    """The number of these who like it."""


def shown(
    rows: Iterable[Row], views: Iterable[Row], people: Nodes, posts: Nodes, likes: sparse.csr_matrix
) -> dict[int, Shown]:
    """The numbers of each post that was shown or viewed, by its row.

    `rows` are of build/shown, `views` of build/viewed, and `likes` is people x posts.
    """
    counter = _Counter(len(people))
    places = {id: row for row, id in enumerate(posts.ids)}
    for row in rows:
        [person] = people.rows(np.array([row["node"]], np.int64)).tolist()
        if person >= 0:
            known = [(places[post], str(source)) for post, source in _pairs(row) if post in places]
            counter.add(person, known)
    for row in views:
        [post] = posts.rows(np.array([row["node"]], np.int64)).tolist()
        if post >= 0:
            viewers = people.rows(np.array(row["people"], np.int64))
            counter.add_of(post, VIEWED, viewers[viewers >= 0].tolist())
    return counter.result(likes)


def _pairs(row: Row) -> Iterator[tuple[str, str]]:
    return zip(row["posts"] or [], row["sources"] or [], strict=False)  # lists that were written by hand may differ


class _Counter:
    """Distinct pairs of a post's source and a person, as numbers."""

    def __init__(self, people: int) -> None:
        self._people = max(people, 1)
        self._sources: dict[tuple[int, str], int] = {}
        self._new = array("q")
        self._known: Ints = np.zeros(0, np.int64)

    def add(self, person: int, shown: Iterable[tuple[int, str]]) -> None:
        for post, source in shown:
            self.add_of(post, source, [person])

    def add_of(self, post: int, source: str, people: Iterable[int]) -> None:
        first = self._sources.setdefault((post, source), len(self._sources)) * self._people
        self._new.extend(first + person for person in people)
        if len(self._new) >= PAIRS:
            self._merge()

    def _merge(self) -> None:
        self._known = np.union1d(self._known, np.frombuffer(self._new, np.int64))
        self._new = array("q")

    def result(self, likes: sparse.csr_matrix) -> dict[int, Shown]:
        self._merge()
        sources, people = self._known // self._people, self._known % self._people
        of_each = np.bincount(sources, minlength=len(self._sources)).tolist()
        posts = np.array([post for post, _ in self._sources], np.int64)[sources]
        served = np.array([source != VIEWED for _, source in self._sources], bool)[sources]
        shown_to = dict(zip(*_counted(posts[served], people[served]), strict=True))
        pairs = np.unique(posts * self._people + people)
        posts, people = pairs // self._people, pairs % self._people
        liked = np.asarray(likes[people, posts]).ravel() > 0 if len(pairs) else np.zeros(0, bool)
        liked_by = dict(zip(*_counted(posts[liked], people[liked]), strict=True))
        by_source: dict[int, dict[str, int]] = {}
        for (post, source), number in sorted(self._sources.items()):
            by_source.setdefault(post, {}).update({source: of_each[number]} if source != VIEWED else {})
        return {
            post: Shown(shown_to.get(post, 0), by_source[post], impressions, liked_by.get(post, 0))
            for post, impressions in zip(*_counted(posts, people), strict=True)
        }


def _counted(posts: Ints, people: Ints) -> tuple[list[int], list[int]]:
    """The posts, and the number of distinct people of each."""
    pairs = np.unique(np.stack((posts, people)), axis=1)
    found, counts = np.unique(pairs[0], return_counts=True)
    return found.tolist(), counts.tolist()
