"""Tops: the most liked posts of all and of each hashtag, by month and of all time."""

from dataclasses import dataclass

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Floats, Ints, Network

TREND_HALF_LIFE_DAYS = 90
ALL_TIME = 0
"""The month of tops of all time."""


@dataclass(frozen=True)
class Bounds:
    """The number of posts kept: what a request reads of one month, or of all time, and some spare."""

    of_all_time: int = 200
    of_month: int = 100
    of_hashtag: int = 30
    of_hashtag_and_month: int = 20
    of_hashtags: int = 2_000_000
    """Of all hashtags together: hashtags with the most posts come first, the rest have none."""


BOUNDS = Bounds()


@dataclass(frozen=True)
class Tops:
    """Rows of posts, by the row of a hashtag and by month (yyyymm in UTC; 0 for all time)."""

    sources: Ints
    """Rows of hashtags; all 0 in the tops of all posts."""
    months: Ints
    posts: Ints


def of_all(network: Network, bounds: Bounds = BOUNDS) -> Tops:
    """The most liked posts of all, each with a like at least, by month and of all time."""
    posts = np.flatnonzero((network.like_count > 0) & _is_there(network))
    return _tops(network, np.zeros(len(posts), np.int64), posts, bounds.of_all_time, bounds.of_month)


def of_hashtags(network: Network, bounds: Bounds = BOUNDS) -> Tops:
    """The most liked posts of each hashtag, by month and of all time; ties go to the newer post."""
    tags = network.tags.tocoo()
    posts, hashtags = tags.row.astype(np.int64), tags.col.astype(np.int64)
    there = _is_there(network)[posts]
    posts, hashtags = posts[there], hashtags[there]
    tops = _tops(network, hashtags, posts, bounds.of_hashtag, bounds.of_hashtag_and_month)
    tops_of_each = np.bincount(tops.sources, minlength=len(network.hashtags))
    most_used = np.lexsort((np.arange(len(network.hashtags)), -np.bincount(hashtags, minlength=len(network.hashtags))))
    kept = np.zeros(len(network.hashtags), bool)
    kept[most_used] = np.cumsum(tops_of_each[most_used]) <= bounds.of_hashtags
    chosen = kept[tops.sources]
    return Tops(tops.sources[chosen], tops.months[chosen], tops.posts[chosen])


def faded_likes(network: Network, half_life_days: float) -> Floats:
    """For each post, the sum over its likes of .5^(age / half-life) at `as_of`; likes without a time count 0."""
    if network.liked_at is None:
        return np.zeros(len(network.posts))
    timed = network.liked_at != NO_TIME
    age_days = (network.as_of - network.liked_at[timed]) / clock.DAY_MS
    weights = np.exp2(-age_days / half_life_days)
    return np.bincount(network.likes.indices[timed], weights, len(network.posts)).astype(np.float64)


def shares(network: Network) -> Floats:
    """The share of each hashtag in all taggings of posts that were taken by `as_of`, or have no time."""
    taggings = np.bincount(network.tags[_is_there(network)].indices, minlength=len(network.hashtags))
    return taggings / max(int(taggings.sum()), 1)


def months_of(times: Ints) -> Ints:
    """The month of each time in UTC, as the number yyyymm."""
    months = times.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    return (1970 + months // 12) * 100 + months % 12 + 1


def _is_there(network: Network) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A mask of the posts that everybody may be shown, and were taken by `as_of`, or have no time."""
    return (network.taken_at <= network.as_of) & ~network.for_followers


def _tops(network: Network, sources: Ints, posts: Ints, of_all_time: int, of_month: int) -> Tops:
    """The best posts of each source among these pairs, of all time and of each month."""
    newest_first = -network.taken_at[posts].astype(np.float64)  # the negative of NO_TIME does not fit an integer
    order = np.lexsort((_order_of_ids(network, posts), newest_first, -network.like_count[posts]))
    sources, posts = sources[order], posts[order]
    dated = network.taken_at[posts] != NO_TIME
    months = np.zeros(len(posts), np.int64)
    months[dated] = months_of(network.taken_at[posts][dated])
    best = _first(sources, np.zeros(len(posts), np.int64), of_all_time)
    monthly = _first(sources[dated], months[dated], of_month)
    return Tops(
        np.concatenate((sources[best], sources[dated][monthly])),
        np.concatenate((np.full(len(best), ALL_TIME), months[dated][monthly])),
        np.concatenate((posts[best], posts[dated][monthly])),
    )


def _first(groups: Ints, subgroups: Ints, number: int) -> Ints:
    """The indices of the first `number` entries of each group and subgroup, in the order of the entries."""
    order = np.lexsort((np.arange(len(groups)), subgroups, groups))
    ordered = np.stack((groups[order], subgroups[order]))
    begins = np.ones(len(order), bool)  # of each group, in this order
    begins[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    starts = np.flatnonzero(begins)
    lengths = np.diff(np.append(starts, len(order)))
    places = np.arange(len(order)) - np.repeat(starts, lengths)
    return np.sort(order[places < number])


def _order_of_ids(network: Network, posts: Ints) -> Ints:
    """The rank of each post by its id."""
    chosen = np.unique(posts)
    ids = np.array([network.posts.ids[post] for post in chosen], object)
    places = np.zeros(len(chosen), np.int64)
    places[np.argsort(ids, kind="stable")] = np.arange(len(chosen))
    return places[np.searchsorted(chosen, posts)]
