"""Random graphs with given degrees: each end of an edge is a stub, and stubs are matched.

This is the configuration model (Newman, Networks, 2nd ed., section 12.1), in rounds: the first pair only stubs of
one community or topic, the last pair all that are left. A pair that exists already goes back to the stubs.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int32]
Keys = NDArray[np.uint16]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
Packed = NDArray[np.int64]
Allowed = Callable[[Index, Index], Mask]
KeysOf = Callable[[Index], Keys]
Grown = Callable[[int], None]


def stubs(counts: NDArray[np.int64]) -> Index:
    """Each index, repeated by its count."""
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


class Pairs:
    """A growing set of unique (left, right) pairs; `grown` is called with their number after each addition."""

    def __init__(self, width: int, grown: Grown | None = None) -> None:
        self.width = width
        self._grown = grown
        self._batches: list[Packed] = []

    def __len__(self) -> int:
        return sum(len(batch) for batch in self._batches)

    def add(self, left: Index, right: Index, allowed: Allowed | None = None) -> tuple[Index, Index]:
        """Adds the pairs that are new and allowed, and returns the others."""
        packed = left.astype(np.int64) * self.width + right
        packed.sort()
        new = np.ones(len(packed), dtype=bool)
        new[1:] = packed[1:] != packed[:-1]
        for batch in self._batches:
            new &= ~contains(batch, packed)
        if allowed is not None:
            new &= allowed(*self._unpack(packed))
        self._batches.append(packed[new])
        if self._grown:
            self._grown(len(self))
        return self._unpack(packed[~new])

    def sorted(self) -> tuple[Index, Index]:
        """All pairs, ordered by left, then right."""
        packed = np.concatenate(self._batches)
        packed.sort()
        self._batches = [packed]
        return self._unpack(packed)

    def _unpack(self, packed: Packed) -> tuple[Index, Index]:
        left = packed // self.width
        return left.astype(np.int32), (packed - left * self.width).astype(np.int32)


def contains(batch: Packed, values: Packed) -> Mask:
    """For each value, True if it is in the sorted batch."""
    if not len(batch):
        return np.zeros(len(values), dtype=bool)
    place = np.searchsorted(batch, values)
    place[place == len(batch)] = 0
    found: Mask = batch[place] == values
    return found


class Matching:
    """The open stubs of both sides; each round turns some of them into pairs."""

    def __init__(self, rng: np.random.Generator, pairs: Pairs, left: Index, right: Index, allowed: Allowed) -> None:
        self.rng, self.pairs, self.left, self.right, self.allowed = rng, pairs, left, right, allowed

    def within(self, left_keys: KeysOf, right_keys: KeysOf, share: float) -> None:
        """Pairs a share of the left stubs with right stubs of the same key."""
        chosen = self.rng.random(len(self.left)) < share
        left, passed = self.left[chosen], self.left[~chosen]
        self.rng.shuffle(left)
        self.rng.shuffle(self.right)
        left_key, right_key = left_keys(left), right_keys(self.right)
        size = int(max(left_key.max(initial=0), right_key.max(initial=0))) + 1
        paired = np.minimum(np.bincount(left_key, minlength=size), np.bincount(right_key, minlength=size))
        left, left_open = _first_of_keys(left, left_key, paired)
        right, right_open = _first_of_keys(self.right, right_key, paired)
        left, right = self.pairs.add(left, right, self.allowed)
        self.left = np.concatenate([left, left_open, passed])
        self.right = np.concatenate([right, right_open])

    def anywhere(self, rounds: int) -> None:
        """Pairs all remaining stubs at random; stubs whose pair exists already may stay open."""
        for _ in range(rounds):
            self.rng.shuffle(self.left)
            self.rng.shuffle(self.right)
            size = min(len(self.left), len(self.right))
            left, right = self.pairs.add(self.left[:size], self.right[:size], self.allowed)
            self.left = np.concatenate([left, self.left[size:]])
            self.right = np.concatenate([right, self.right[size:]])


def _first_of_keys(values: Index, keys: Keys, quota: NDArray[np.int64]) -> tuple[Index, Index]:
    """The first `quota[key]` values of each key, in the order of keys, and all the others."""
    runs = np.column_stack([quota, np.bincount(keys, minlength=len(quota)) - quota])  # taken, then left, of each key
    taken = np.repeat(np.tile([True, False], len(quota)), runs.ravel())
    values = values[np.argsort(keys, kind="stable")]  # 16-bit keys: a radix sort
    return values[taken], values[~taken]


def rank_in_group(groups: Index) -> Ints:
    """For each element, the number of earlier elements in the same group."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups)) - np.searchsorted(ordered, ordered)
    return rank


def starts(ordered: Index, size: int) -> Ints:
    """The index at which each value 0 … size begins in a sorted array."""
    return np.searchsorted(ordered, np.arange(size + 1, dtype=np.int32))


class WeightedGroups:
    """Weighted elements in groups: those of group g are starts[g] … starts[g + 1] - 1."""

    def __init__(self, weights: NDArray[np.float64] | Ints, starts: Ints) -> None:
        self._ends = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
        self._starts = starts

    def any_weight(self, groups: Index) -> Mask:
        """For each group, True if it has an element to choose."""
        has: Mask = self._ends[self._starts[groups + 1]] > self._ends[self._starts[groups]]
        return has

    def choose(self, rng: np.random.Generator, groups: Index) -> Index:
        """An element of each group, by weight; the groups must have some."""
        first, last = self._starts[groups], self._starts[groups + 1]
        low, high = self._ends[first], self._ends[last]
        drawn = np.searchsorted(self._ends, low + rng.random(len(groups)) * (high - low), side="right") - 1
        return np.asarray(np.clip(drawn, first, last - 1), np.int32)
