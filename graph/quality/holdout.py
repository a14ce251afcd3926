"""Hold-outs: likes that a model does not see, and that it is then asked to find."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.background.arrays import NO_TIME, Ints, Network
from graph.background.keys import Keys, keys, pair_keys

Mask = npt.NDArray[np.bool_]

NEWEST_SHARE = 0.1
"""The share of all likes in each hold-out where likes have times."""
TIMED_SHARE = 0.5
"""Likes count as timed if at least this share of them has a time."""
LIKES_PER_PERSON = 2
"""The likes per person in each hold-out where likes have no times."""
SHARE_PER_PERSON = 0.2
"""The largest share of a person's likes in each hold-out, unless that is less than one like."""


@dataclass(frozen=True)
class HoldOut:
    """Two masks over the likes of a network, in the order of `likes.indices`."""

    wanted: Mask
    """The likes to find."""
    hidden: Mask
    """The likes to leave out before: these, and any later ones."""


def hold_outs(network: Network, seed: int = 0) -> tuple[HoldOut, HoldOut]:
    """Two hold-outs without a like in common: one to fit weights to, one to compare profiles on.

    Where likes have times, the newest tenth is compared on and the tenth before it is fitted to; else random likes of
    each person, which stay the same when others are added.
    """
    order = _keys(network, seed)
    if _is_timed(network.liked_at):
        fitted, compared = _newest(network.liked_at, order)
        return HoldOut(fitted, fitted | compared), HoldOut(compared, compared)
    fitted, compared = _of_each_person(network, order)
    return HoldOut(fitted, fitted), HoldOut(compared, compared)


def rows_of_people(network: Network) -> Ints:
    """The row of the person of each like, in the order of `likes.indices`."""
    return np.repeat(np.arange(len(network.people)), network.likes_of_people)


def counts(network: Network, wanted: Mask) -> Ints:
    """The number of likes in the mask for each person."""
    return np.bincount(rows_of_people(network)[wanted], minlength=len(network.people)).astype(np.int64)


class Wanted:
    """The posts to find, by person."""

    def __init__(self, network: Network, wanted: Mask) -> None:
        self._posts = network.likes.indices[wanted]
        self._starts = np.searchsorted(rows_of_people(network)[wanted], np.arange(len(network.people) + 1))
        self.people = np.flatnonzero(np.diff(self._starts))
        """The rows of people with posts to find."""

    def of(self, person: int) -> Ints:
        """The rows of the posts that a person, given as a row, liked."""
        posts: Ints = self._posts[self._starts[person] : self._starts[person + 1]]
        return posts


def _is_timed(liked_at: Ints | None) -> bool:
    return liked_at is not None and float((liked_at != NO_TIME).mean()) >= TIMED_SHARE


def _newest(liked_at: Ints | None, order: Keys) -> tuple[Mask, Mask]:
    """The likes before the newest, and the newest. Those of the same time are in the order of their keys."""
    assert liked_at is not None
    size = int(NEWEST_SHARE * len(order))
    places = np.lexsort((order, liked_at))[::-1]
    return _mask(len(order), places[size : 2 * size]), _mask(len(order), places[:size])


def _of_each_person(network: Network, order: Keys) -> tuple[Mask, Mask]:
    """Some likes of each person by the order of their keys, and the next ones."""
    likes = network.likes_of_people
    size = np.clip((SHARE_PER_PERSON * likes).astype(np.int64), 1, LIKES_PER_PERSON)
    size[likes < 2] = 0
    people = rows_of_people(network)
    places = np.lexsort((order, people))
    rank = np.arange(len(order)) - network.likes.indptr[people]  # `people` ascends, so it is that of `places`, too
    first, second = rank < size[people], (rank >= size[people]) & (rank < 2 * size[people])
    return _mask(len(order), places[second]), _mask(len(order), places[first])


def _keys(network: Network, seed: int) -> Keys:
    """A pseudorandom key of each like."""
    people, posts = keys(network.people.ids), keys(network.posts.ids)
    return pair_keys(np.uint64(seed), people[rows_of_people(network)] + posts[network.likes.indices])


def _mask(size: int, places: Ints) -> Mask:
    mask = np.zeros(size, dtype=bool)
    mask[places] = True
    return mask
