"""Relationships of one type as arrays: an adjacency list in compressed rows, in the order of the store."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.background.arrays import Floats, Ints, Mask

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Ties:
    """The relationships of each row to other nodes, with a time or a number each."""

    starts: Ints
    """The entries of row i are those from starts[i] to starts[i + 1]."""
    others: Ints
    """Rows of the other nodes."""
    at: Ints
    """Times in epoch milliseconds, NO_TIME for none; empty for a type without times."""
    numbers: Floats
    """Weights or scores; empty for a type without them."""

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
        """The indices of the first `most` entries of a row; of all if None."""
        start, end = self.starts[row], self.starts[row + 1]
        return np.arange(start, end if most is None else min(end, start + most))

    def others_at(self, row: int) -> Ints:
        """The other nodes of a row."""
        return self.others[self.starts[row] : self.starts[row + 1]]

    def of_each(self, rows: Ints, most: int | None = None) -> tuple[Ints, Ints]:
        """The indices of the first `most` entries of some rows, row by row, and the index in `rows` of each."""
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
        """The entries of each row sorted by the rank of the other node, the least first."""
        order = np.lexsort((ranks[self.others], self.rows))
        return Ties(self.starts, self.others[order], _chosen(self.at, order), _chosen(self.numbers, order))

    def others_of(self, rows: Ints, most: int | None = None) -> Ints:
        """The other nodes of the first `most` entries of some rows, row by row."""
        return self.others[self.of_each(rows, most)[0]]

    def matrix(self, columns: int) -> sparse.csr_matrix:
        """The numbers, rows x other nodes."""
        return sparse.csr_matrix((self.numbers, (self.rows, self.others)), shape=(len(self), columns))

    def turned(self, rows: int) -> "Ties":
        """The transposed ties: by their other nodes, of which there are `rows`."""
        return ties(self.others, self.rows, rows, at=self.at, numbers=self.numbers)


NO_TIMES: Ints = np.zeros(0, np.int64)
NO_NUMBERS: Floats = np.zeros(0)


def ties(rows: Ints, others: Ints, count: int, *, at: Ints = NO_TIMES, numbers: Floats = NO_NUMBERS) -> Ties:
    """Ties of `count` rows from entries in any order, which the entries of a row keep."""
    order = np.argsort(rows, kind="stable")
    starts = _starts(np.bincount(rows, minlength=count))
    return Ties(starts, others[order], _chosen(at, order), _chosen(numbers, order))


def joined(first: Ties, then: Ties) -> Ties:
    """The other nodes of each row in either, each once: those of `first` before those of `then`. Without times and
    numbers."""
    rows, others = np.concatenate((first.rows, then.rows)), np.concatenate((first.others, then.others))
    _, once = np.unique(np.stack((rows, others)), axis=1, return_index=True)
    once.sort()
    return ties(rows[once], others[once], len(first))


def no_ties(count: int) -> Ties:
    """Empty ties of `count` rows."""
    return ties(NO_TIMES, NO_TIMES, count)


def _starts(counts: Ints) -> Ints:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))


def _chosen(values: NDArray[T], entries: NDArray[np.generic]) -> NDArray[T]:
    """The values of some entries, given as a mask or as indices; empty if there are no values."""
    return values[entries] if len(values) else values
