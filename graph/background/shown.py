"""How many people posts were shown to of late, in all and by each source, from the slates that were served."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from graph.background.arrays import Ints, Nodes
from graph.client import Row

SHOWN_DAYS = 7
"""The days that count: slates are kept at least as long."""
PAIRS = 4_000_000
"""Pairs of a post and a person that are held before those that come twice are dropped."""


@dataclass(frozen=True)
class Shown:
    """The numbers of one post."""

    people: int
    """The number of people to whom it was shown."""
    by_source: dict[str, int]
    """Their number by source; one who was shown it by several sources counts for each. In the order of the names."""


def shown(rows: Iterable[Row], people: Nodes, posts: Nodes) -> dict[int, Shown]:
    """The numbers of each post that was shown, by its row, from the rows of build/shown."""
    counter = _Counter(len(people))
    places = {id: row for row, id in enumerate(posts.ids)}
    for row in rows:
        [person] = people.rows(np.array([row["node"]], np.int64)).tolist()
        if person >= 0:
            known = [(places[post], str(source)) for post, source in _pairs(row) if post in places]
            counter.add(person, known)
    return counter.result()


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
        for one in shown:
            number = self._sources.setdefault(one, len(self._sources))
            self._new.append(number * self._people + person)
        if len(self._new) >= PAIRS:
            self._merge()

    def _merge(self) -> None:
        self._known = np.union1d(self._known, np.frombuffer(self._new, np.int64))
        self._new = array("q")

    def result(self) -> dict[int, Shown]:
        self._merge()
        sources, people = self._known // self._people, self._known % self._people
        of_each = np.bincount(sources, minlength=len(self._sources))
        posts = np.array([post for post, _ in self._sources], np.int64)
        pairs = np.unique(posts[sources] * self._people + people) if len(sources) else sources
        rows, totals = np.unique(pairs // self._people, return_counts=True)
        by_source: dict[int, dict[str, int]] = {row: {} for row in rows.tolist()}
        for (post, source), number in sorted(self._sources.items()):
            by_source[post][source] = int(of_each[number])
        return {row: Shown(total, by_source[row]) for row, total in zip(rows.tolist(), totals.tolist(), strict=True)}
