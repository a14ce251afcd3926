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
SHARE_PER_PERSON = 0.1
"""The share of a person's likes in each hold-out where likes have no times."""
MAX_PER_PERSON = 10
"""The most likes of a person in each: more would tell of one person again."""
MIN_PER_PERSON = 2
"""The least, if that is no more than SMALL_SHARE of their likes; else as many as that is, but one."""
SMALL_SHARE = 0.2


@dataclass(frozen=True)
class HoldOut:
    """Two masks over the likes of a network, in the order of `likes.indices`."""

    wanted: Mask
    """The likes to find."""
    hidden: Mask
    """The likes to leave out before: these, and any later ones."""


def hold_outs(network: Network, seed: int = 0, eligible: Mask | None = None) -> tuple[HoldOut, HoldOut]:
    """Two hold-outs without a like in common: one to fit weights to, one to compare profiles on.

    Where likes have times, the newest tenth is compared on and the tenth before it is fitted to, without more than
    MAX_PER_PERSON of one person in each; else random likes of each person, which stay the same when others are added.
    Only likes of the mask `eligible` are held out.
    """
    order = _keys(network, seed)
    eligible = np.ones(len(order), bool) if eligible is None else eligible
    if _is_timed(network.liked_at):
        fitted, compared = _newest(network, order, eligible)
        return HoldOut(fitted, fitted | compared), HoldOut(compared, compared)
    fitted, compared = _of_each_person(network, order, eligible)
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


def _newest(network: Network, order: Keys, eligible: Mask) -> tuple[Mask, Mask]:
    """The likes before the newest, and the newest. Those of the same time are in the order of their keys."""
    assert network.liked_at is not None
    size = int(NEWEST_SHARE * eligible.sum())
    places = np.lexsort((order, network.liked_at))[::-1]
    places = places[eligible[places]]
    rank = _rank_of_person(rows_of_people(network)[places])
    compared = _mask(len(order), places[rank < MAX_PER_PERSON][:size])
    before = places[(rank < 2 * MAX_PER_PERSON) & ~compared[places]]
    return _mask(len(order), before[:size]), compared


def _of_each_person(network: Network, order: Keys, eligible: Mask) -> tuple[Mask, Mask]:
    """Some likes of each person by the order of their keys, and the next ones."""
    people = rows_of_people(network)
    likes = counts(network, eligible)
    few = np.clip((SMALL_SHARE * likes).astype(np.int64), 1, MIN_PER_PERSON)
    size = np.clip((SHARE_PER_PERSON * likes).astype(np.int64), few, MAX_PER_PERSON)
    size[likes < 2] = 0
    places = np.argsort(order, kind="stable")
    places = places[eligible[places]]
    rank, most = _rank_of_person(people[places]), size[people[places]]
    first, second = rank < most, (rank >= most) & (rank < 2 * most)
    return _mask(len(order), places[second]), _mask(len(order), places[first])


def _rank_of_person(people: Ints) -> Ints:
    """For each like, the number of likes of the same person before it."""
    grouped = np.argsort(people, kind="stable")
    ranks = np.empty(len(people), np.int64)
    ranks[grouped] = np.arange(len(people)) - np.searchsorted(people[grouped], people[grouped])
    return ranks


def _keys(network: Network, seed: int) -> Keys:
    """A pseudorandom key of each like."""
    people, posts = keys(network.people.ids), keys(network.posts.ids)
    return pair_keys(np.uint64(seed), people[rows_of_people(network)] + posts[network.likes.indices])


def _mask(size: int, places: Ints) -> Mask:
    mask = np.zeros(size, dtype=bool)
    mask[places] = True
    return mask
