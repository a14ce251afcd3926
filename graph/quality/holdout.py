"""Hold-outs: likes that are hidden while learning, and used as the targets of a fit or a comparison."""

from dataclasses import dataclass

import numpy as np

from graph.background.arrays import NO_TIME, Ints, Mask, Network, places_in_groups
from graph.background.keys import Keys, keys, pair_keys

NEWEST_SHARE = 0.1
"""The share of all likes in each hold-out, if likes have times."""
TIMED_SHARE = 0.5
"""The share of likes with a time from which hold-outs go by time."""
SHARE_PER_PERSON = 0.1
"""The share of a person's likes in each hold-out, if likes have no times."""
MAX_PER_PERSON = 10
"""The most likes of a person in each hold-out without times, so that nobody dominates it."""
MAX_WEIGHT = MAX_PER_PERSON / SHARE_PER_PERSON
"""The most likes that those of one person count as in a share of all likes, so that no bulk of likes fills it."""
MIN_PER_PERSON = 2
"""The least likes of a person in each hold-out without times, unless it is more than SMALL_SHARE of their likes: then
that share, and at least one."""
SMALL_SHARE = 0.2


@dataclass(frozen=True)
class HoldOut:
    """Masks of the likes of a network, in the order of `likes.indices`."""

    targets: Mask
    """The held-out likes."""
    hidden: Mask
    """The likes to learn without: the targets and, if hold-outs go by time, all later likes."""


def hold_outs(network: Network, seed: int = 0, eligible: Mask | None = None) -> tuple[HoldOut, HoldOut]:
    """Two disjoint hold-outs: one to fit weights to, and one to compare profiles on.

    If likes have times, the newest tenth is compared on, and the tenth before it fitted to. Else likes of each person
    are drawn at random; those of a person do not depend on others'. `eligible` is a mask of the likes that may be held
    out; None is all but those of people who are not profiled.
    """
    order = _keys(network, seed)
    is_profiled = ~network.not_profiled[network.likers]
    eligible = is_profiled if eligible is None else eligible & is_profiled
    if network.liked_at is not None and are_timed(network.liked_at):
        newest, two = _newest(network, order, eligible)
        return HoldOut(two & ~newest & eligible, two), HoldOut(newest & eligible, newest)
    fitted, compared = _of_each_person(network, order, eligible)
    return HoldOut(fitted, fitted), HoldOut(compared, compared)


def counts(network: Network, likes: Mask) -> Ints:
    """The number of likes of each person within a mask of likes."""
    return np.bincount(network.likers[likes], minlength=len(network.people)).astype(np.int64)


def are_timed(liked_at: Ints) -> bool:
    """Returns True if at least TIMED_SHARE of these likes have a time."""
    return len(liked_at) > 0 and float((liked_at != NO_TIME).mean()) >= TIMED_SHARE


class Targets:
    """The posts of held-out likes, by person."""

    def __init__(self, network: Network, targets: Mask) -> None:
        self._posts = network.likes.indices[targets]
        self._starts = np.searchsorted(network.likers[targets], np.arange(len(network.people) + 1))
        self.people = np.flatnonzero(np.diff(self._starts))
        """The rows of people with held-out likes."""

    def of(self, person: int) -> Ints:
        """The rows of the posts of a person, given as a row."""
        posts: Ints = self._posts[self._starts[person] : self._starts[person + 1]]
        return posts


def _newest(network: Network, order: Keys, eligible: Mask) -> tuple[Mask, Mask]:
    """Masks of the newest share of likes, and of twice that; of the same time, by their keys.

    Shares are of eligible likes, but others as new are in the masks, too.
    """
    assert network.liked_at is not None
    each = np.minimum(1, MAX_WEIGHT / np.maximum(counts(network, eligible), 1))
    weights = np.where(eligible, each[network.likers], 0)
    places = np.lexsort((order, network.liked_at))[::-1]
    places = places[network.liked_at[places] != NO_TIME]
    newer, share = np.cumsum(weights[places]), NEWEST_SHARE * weights.sum()
    newest, two = (_mask(len(order), places[newer <= most]) for most in (share, 2 * share))
    return newest, two


def _of_each_person(network: Network, order: Keys, eligible: Mask) -> tuple[Mask, Mask]:
    """Masks of the second and the first likes of each person, in the order of their keys."""
    people = network.likers
    likes = counts(network, eligible)
    few = np.clip((SMALL_SHARE * likes).astype(np.int64), 1, MIN_PER_PERSON)
    size = np.clip((SHARE_PER_PERSON * likes).astype(np.int64), few, MAX_PER_PERSON)
    size[likes < 2] = 0
    places = np.argsort(order, kind="stable")
    places = places[eligible[places]]
    rank, most = places_in_groups(people[places]), size[people[places]]
    first, second = rank < most, (rank >= most) & (rank < 2 * most)
    return _mask(len(order), places[second]), _mask(len(order), places[first])


def _keys(network: Network, seed: int) -> Keys:
    """A pseudorandom key for each like."""
    people, posts = keys(network.people.ids), keys(network.posts.ids)
    return pair_keys(np.uint64(seed), people[network.likers] + posts[network.likes.indices])


def _mask(size: int, places: Ints) -> Mask:
    mask = np.zeros(size, dtype=bool)
    mask[places] = True
    return mask
