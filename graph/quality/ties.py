"""Relationships of one type as arrays, the ones of a node in the order in which the store gives them."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from graph.background.arrays import Floats, Ints

T = TypeVar("T", bound=np.generic)
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ties:
    """For each row, the other nodes, with a time or a number each."""

    starts: Ints
    """The first entry of each row, and the number of all entries."""
    others: Ints
    """Rows of the other nodes."""
    at: Ints
    """Times in epoch milliseconds, NO_TIME for none; empty if ties of this type have none."""
    numbers: Floats
    """Weights or scores; empty if ties of this type have none."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def counts(self) -> Ints:
        """The number of entries of each row."""
        return np.diff(self.starts)

    @property
    def rows(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(len(self)), self.counts)

    def of(self, row: int, most: int | None = None) -> Ints:
        """The first `most` entries of a row, as places in `others`; all if None."""
        start, end = self.starts[row], self.starts[row + 1]
        return np.arange(start, end if most is None else min(end, start + most))

    def others_at(self, row: int) -> Ints:
        """The other nodes of a row."""
        return self.others[self.starts[row] : self.starts[row + 1]]

    def of_each(self, rows: Ints, most: int | None = None) -> tuple[Ints, Ints]:
        """The first `most` entries of each of these rows, one row after the other, and which of `rows` each is of."""
        starts, counts = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        if most is not None:
            counts = np.minimum(counts, most)
        ends = np.cumsum(counts)
        owners = np.repeat(np.arange(len(rows)), counts)
        return np.arange(ends[-1] if len(rows) else 0) + (starts - ends + counts)[owners], owners

    def first(self, most: int) -> "Ties":
        """The first `most` entries of each row."""
        return self.kept(self.places < most)

    @property
    def places(self) -> Ints:
        """The place of each entry in its row, from 0."""
        return np.arange(len(self.others)) - np.repeat(self.starts[:-1], self.counts)

    def kept(self, mask: Mask) -> "Ties":
        """The entries of a mask."""
        counts = np.bincount(self.rows[mask], minlength=len(self))
        return Ties(_starts(counts), self.others[mask], _chosen(self.at, mask), _chosen(self.numbers, mask))

    def in_order(self, ranks: Ints) -> "Ties":
        """The entries of each row by the rank of the other node, the least first."""
        order = np.lexsort((ranks[self.others], self.rows))
        return Ties(self.starts, self.others[order], _chosen(self.at, order), _chosen(self.numbers, order))

    def others_of(self, rows: Ints, most: int | None = None) -> Ints:
        """The other nodes of the first `most` entries of each of these rows, one row after the other."""
        return self.others[self.of_each(rows, most)[0]]

    def turned(self, rows: int) -> "Ties":
        """The same ties by their other nodes, of which there are `rows`."""
        return ties(self.others, self.rows, rows, at=self.at, numbers=self.numbers)


NO_TIMES: Ints = np.zeros(0, np.int64)
NO_NUMBERS: Floats = np.zeros(0)


def ties(rows: Ints, others: Ints, count: int, *, at: Ints = NO_TIMES, numbers: Floats = NO_NUMBERS) -> Ties:
    """Ties from entries in any order; the ones of a row keep theirs. `count` is the number of rows."""
    order = np.argsort(rows, kind="stable")
    starts = _starts(np.bincount(rows, minlength=count))
    return Ties(starts, others[order], _chosen(at, order), _chosen(numbers, order))


def no_ties(count: int) -> Ties:
    """No ties of `count` rows."""
    return ties(NO_TIMES, NO_TIMES, count)


def _starts(counts: Ints) -> Ints:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))


def _chosen(values: NDArray[T], entries: NDArray[np.generic]) -> NDArray[T]:
    """The values of these entries, given as a mask or as places; ties without values have none."""
    return values[entries] if len(values) else values
