"""Stable 64-bit hashes of ids: the same in each run and on each machine, so that samples by them stay the same."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


def keys(ids: Iterable[str]) -> Keys:
    """The key of each id: its first 64 bits of BLAKE2b. About a second for a million."""
    digests = b"".join([blake2b(text.encode(), digest_size=8).digest() for text in ids])
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def sample(person: np.uint64, posts: Keys, most: int) -> NDArray[np.bool_]:
    """A mask of `most` posts of a person, or all if there are fewer: those with the least pair keys.

    If a post is added, at most one of the others drops out.
    """
    if len(posts) <= most:
        return np.ones(len(posts), dtype=bool)
    kept = np.zeros(len(posts), dtype=bool)
    kept[np.argsort(pair_keys(person, posts), kind="stable")[:most]] = True
    return kept


def pair_keys(one: np.uint64, others: Keys) -> Keys:
    """A pseudorandom key of each pair, by the finalizer of SplitMix64 (Steele et al. 2014)."""
    mixed: Keys = _mix(others + _mix(np.array([one], dtype=np.uint64)))
    return mixed


def _mix(numbers: Keys) -> Keys:
    numbers = numbers ^ (numbers >> np.uint64(30))
    numbers *= np.uint64(0xBF58476D1CE4E5B9)
    numbers ^= numbers >> np.uint64(27)
    numbers *= np.uint64(0x94D049BB133111EB)
    numbers ^= numbers >> np.uint64(31)
    return numbers
