"""Trending: hashtags, and posts within communities, that more people like of late than is usual for them.

Time is cut into periods of two days, counted back from the newest like. In each, a person counts once for a hashtag,
however many of its posts they like, and the less the longer before the end of the period that was. The surprise of the
newest period is its excess over the mean of those before it, in standard deviations. Neither likes between two people
who like each other's posts count, nor, for a hashtag, those of who posts with it: a circle of friends, or of accounts
made for it, makes nothing trend. Where likes have no times, each counts at that of its post, and none the less for it:
else the last post before the end of the newest period would win, of which there is one in no other period.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from graph import clock
from graph.background.arrays import NO_TIME, Floats, Ints, Mask, Network, newest, ones_matrix, places_in_groups

PERIOD_MS = 2 * clock.DAY_MS
PERIODS = 15
"""The newest period and those before it, with which it is compared."""
LEAST_PERIODS = 4
"""Of a network that covers fewer, it is not known what is usual."""
HALF_LIFE_MS = clock.DAY_MS
LEAST_SURPRISE = 2.5
LEAST_LIKERS = 5
LEAST_AUTHORS = 2
"""The number of authors by whose posts a hashtag trends: the success of one is that of a post."""
LEAST_OF_POST = 2
LEAST_SHARE = 0.2
"""The least likers of a post of a hashtag that trends; and their least number, divided by that of the most liked one:
the others are not why it trends."""
MOST_POSTS = 200
MOST_OF_TOPIC = 20
MOST_HASHTAGS = 20
"""Of a post with more hashtags, the rarest count."""
HASHTAGS_OF_COMMUNITY = 3
PAIRS = 4_000_000
"""The number of pairs of a liker and a hashtag that are counted at a time."""


@dataclass(frozen=True)
class Entry:
    """A post that trends, and why: by a hashtag, or within a community."""

    post: int
    """Its row."""
    likers: int
    """The people who liked it in the newest period."""
    now: int
    """The people who in the newest period liked posts with the hashtag, or this post within the community."""
    usual: float
    """Their mean number in the periods before: of the hashtag, or of the community's most liked post."""
    hashtag: int | None = None
    """The row of the hashtag; None if it trends within a community."""
    about: tuple[int, ...] = ()
    """The hashtags that the community likes more than others do, the most telling first, as rows."""


@dataclass(frozen=True)
class Trending:
    """What trends, the most surprising first."""

    as_of: int
    """The end of the newest period, in epoch milliseconds: the time of the newest like."""
    by_posts: bool
    """True if no like has a time, so that each counts at the time of its post."""
    entries: list[Entry]
    """Each with another post, at most MOST_POSTS."""


@dataclass(frozen=True)
class _Topic:
    """A hashtag, or a community, with its posts, the best first."""

    surprise: float
    entries: list[Entry]


def trending(network: Network) -> Trending:
    """What trends in a network as of its time. Nothing does in one that is too young to know what is usual."""
    network = replace(network, tags=_rarest(network.tags))
    likes = _Likes.of(network)
    topics = [*_hashtags(network, likes), *_communities(network, likes)] if likes.periods >= LEAST_PERIODS else []
    topics.sort(key=lambda topic: (-topic.surprise, topic.entries[0].post))
    return Trending(likes.as_of, likes.by_posts, [*_in_turns(topics)][:MOST_POSTS])


def _in_turns(topics: list[_Topic]) -> Iterator[Entry]:
    """The best post of each topic, then the second of each, and so on; each post once."""
    taken = set[int]()
    turns = [iter(topic.entries) for topic in topics]
    while turns:
        going = []
        for turn in turns:
            entry = next((entry for entry in turn if entry.post not in taken), None)
            if entry is not None:
                taken.add(entry.post)
                going.append(turn)
                yield entry
        turns = going


@dataclass(frozen=True)
class _Likes:
    """The likes of the newest periods that count."""

    as_of: int
    by_posts: bool
    periods: int
    """The number of periods that the network covers, at most PERIODS."""
    posts_of_all: int
    likers: Ints
    posts: Ints
    ages: Ints
    """The number of periods before the newest one."""
    weights: Floats
    """.5^(time to the end of the period / HALF_LIFE_MS); 1 if `by_posts`."""

    @classmethod
    def of(cls, network: Network) -> "_Likes":
        at = network.liked_at if network.liked_at is not None else network.taken_at[network.likes.indices]
        timed = (at != NO_TIME) & (at <= network.as_of)
        as_of = newest(at[timed], until=network.as_of)
        oldest = _oldest(at[timed], as_of)
        kept = np.flatnonzero(timed & (at > as_of - PERIODS * PERIOD_MS))
        kept = kept[~network.apart[network.likes.indices[kept]] & ~_is_mutual(network, kept)]
        before_end, by_posts = as_of - at[kept], network.liked_at is None
        return cls(
            as_of=as_of,
            by_posts=by_posts,
            periods=min(PERIODS, (as_of - oldest) // PERIOD_MS),
            posts_of_all=len(network.posts),
            likers=network.likers[kept],
            posts=network.likes.indices[kept].astype(np.int64),
            ages=before_end // PERIOD_MS,
            weights=np.ones(len(kept)) if by_posts else np.exp2(-(before_end % PERIOD_MS) / HALF_LIFE_MS),
        )

    def of_age(self, age: int) -> Ints:
        """The places of the likes of a period."""
        return np.flatnonzero(self.ages == age)

    @cached_property
    def growth(self) -> float:
        """The number of likers of the newest period divided by its mean before; 1 if that is less: what all hashtags
        gain is not unusual."""
        people = [len(np.unique(self.likers[self.of_age(age)])) for age in range(self.periods)]
        return float(max(1.0, people[0] / max(float(np.mean(people[1:])), 1.0)))

    @cached_property
    def likers_of_posts(self) -> Ints:
        """The likers of each post in the newest period."""
        return np.bincount(self.posts[self.of_age(0)], minlength=self.posts_of_all)

    @cached_property
    def faded_of_posts(self) -> Floats:
        """The sum of their weights."""
        now = self.of_age(0)
        return np.bincount(self.posts[now], self.weights[now], self.posts_of_all).astype(np.float64)


def _oldest(at: Ints, as_of: int) -> int:
    """The time from which there are likes, without the first hundredth, or the first few: their times may be wrong."""
    few = max(LEAST_LIKERS, len(at) // 100)
    return int(np.partition(at, few)[few]) if len(at) > few else as_of


def _is_mutual(network: Network, likes: Ints) -> Mask:
    """A mask of the likes between two people who both like posts of the other, and of one's own posts."""
    likers, authors = network.likers[likes], network.author[network.likes.indices[likes]]
    size = len(network.people)
    known = authors >= 0
    pairs = np.unique(likers[known] * size + authors[known])
    mutual: Mask = known & np.isin(authors * size + likers, pairs)
    return mutual


def surprise(faded: Floats, growth: float) -> Floats:
    """By how many standard deviations the first column exceeds `growth` times the mean of the others.

    The variance is that of a Poisson count, or of the other columns if it is more; one is added, so that few are not
    much where there were none.
    """
    usual = faded[:, 1:].mean(axis=1) * growth
    variance = np.maximum(usual, faded[:, 1:].var(axis=1, ddof=1))
    excess: Floats = (faded[:, 0] - usual) / np.sqrt(1 + variance)
    return excess


def _hashtags(network: Network, likes: _Likes) -> Iterator[_Topic]:
    """The hashtags that trend."""
    tags = network.tags
    used = np.unique(tags[np.unique(likes.posts[likes.of_age(0)])].indices)
    people, faded = _likers_of_hashtags(network, tags, likes, used, periods=1)
    used = used[people[:, 0] >= LEAST_LIKERS]
    people, faded = _likers_of_hashtags(network, tags, likes, used, likes.periods)
    excess = surprise(faded, likes.growth)
    posts_of = tags.tocsc()
    for place in np.flatnonzero(excess >= LEAST_SURPRISE):
        hashtag = int(used[place])
        posts = posts_of.indices[posts_of.indptr[hashtag] : posts_of.indptr[hashtag + 1]]
        posts = posts[likes.likers_of_posts[posts] > 0]
        if len(np.unique(network.author[posts])) < LEAST_AUTHORS:
            continue
        least = max(LEAST_OF_POST, LEAST_SHARE * likes.likers_of_posts[posts].max())
        posts = posts[likes.likers_of_posts[posts] >= least]
        best = posts[np.lexsort((posts, -likes.faded_of_posts[posts]))][:MOST_OF_TOPIC]
        now, usual = int(people[place, 0]), float(people[place, 1:].mean())
        entries = [Entry(post, int(likes.likers_of_posts[post]), now, usual, hashtag) for post in best.tolist()]
        if entries:
            yield _Topic(float(excess[place]), entries)


def _rarest(tags: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rarest hashtags of each post, at most MOST_HASHTAGS."""
    of_each = np.diff(tags.indptr)
    if of_each.max(initial=0) <= MOST_HASHTAGS:
        return tags
    posts = np.repeat(np.arange(tags.shape[0]), of_each)
    uses = np.bincount(tags.indices, minlength=tags.shape[1])
    order = np.lexsort((tags.indices, uses[tags.indices], posts))
    order = order[places_in_groups(posts[order]) < MOST_HASHTAGS]
    return ones_matrix(posts[order], tags.indices[order], tags.shape)


def _likers_of_hashtags(
    network: Network, tags: sparse.csr_matrix, likes: _Likes, hashtags: Ints, periods: int
) -> tuple[Ints, Floats]:
    """The number of likers of each of these hashtags in each of the newest periods, and the sum of their weights.

    Without those who post with it: a circle of accounts that like each other's posts with it does not count.
    """
    tags = tags[:, hashtags]
    posters = _posters(network, tags)
    people, faded = np.zeros((len(hashtags), periods), np.int64), np.zeros((len(hashtags), periods))
    for age in range(periods):
        for some in _parts(tags, likes, likes.of_age(age)):
            likers, found, weights = _tagged(tags, likes, some)
            others = ~np.isin(likers * len(hashtags) + found, posters)
            likers, found, weights = likers[others], found[others], weights[others]
            order = np.lexsort((-weights, found, likers))
            likers, found, weights = likers[order], found[order], weights[order]
            first = np.ones(len(order), bool)  # a person's newest like of a post with the hashtag
            first[1:] = (likers[1:] != likers[:-1]) | (found[1:] != found[:-1])
            people[:, age] += np.bincount(found[first], minlength=len(hashtags))
            faded[:, age] += np.bincount(found[first], weights[first], len(hashtags))
    return people, faded


def _posters(network: Network, tags: sparse.csr_matrix) -> Ints:
    """The pairs of a person and a hashtag that they post with, as person * number of hashtags + hashtag."""
    authors = network.author[np.repeat(np.arange(tags.shape[0]), np.diff(tags.indptr))]
    known = authors >= 0
    pairs: Ints = np.unique(authors[known] * tags.shape[1] + tags.indices[known])
    return pairs


def _parts(tags: sparse.csr_matrix, likes: _Likes, chosen: Ints) -> Iterator[Ints]:
    """These likes in parts with about PAIRS hashtags each; all of a person are in one part."""
    chosen = chosen[np.argsort(likes.likers[chosen], kind="stable")]
    pairs = np.cumsum(np.diff(tags.indptr)[likes.posts[chosen]])
    begins = np.searchsorted(likes.likers[chosen], likes.likers[chosen])  # of each like's person
    part = (pairs[begins] // PAIRS) if len(chosen) else pairs
    yield from np.split(chosen, np.flatnonzero(np.diff(part)) + 1)


def _tagged(tags: sparse.csr_matrix, likes: _Likes, chosen: Ints) -> tuple[Ints, Ints, Floats]:
    """The liker, the hashtag and the weight, for each hashtag of the post of each of these likes."""
    starts, counts = tags.indptr[likes.posts[chosen]], np.diff(tags.indptr)[likes.posts[chosen]]
    places = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    of_each = np.repeat(chosen, counts)
    return likes.likers[of_each], tags.indices[places].astype(np.int64), likes.weights[of_each]


def _communities(network: Network, likes: _Likes) -> Iterator[_Topic]:
    """The communities with posts that are liked by more of them than their most liked posts before."""
    known = network.community >= 0
    names, of_people = np.unique(np.where(known, network.community, -1), return_inverse=True)
    best = np.zeros((len(names), likes.periods))
    most = np.zeros((len(names), likes.periods), np.int64)
    for age in range(1, likes.periods):
        communities, _, people, faded = _likers_by_community(network, likes, of_people, age)
        np.maximum.at(best[:, age], communities, faded)
        np.maximum.at(most[:, age], communities, people)
    communities, posts, people, faded = _likers_by_community(network, likes, of_people, 0)
    chosen = (people >= LEAST_LIKERS) & (names[communities] >= 0)
    communities, posts, people, faded = communities[chosen], posts[chosen], people[chosen], faded[chosen]
    excess = surprise(np.column_stack((faded, best[communities, 1:])), likes.growth)
    usual = most[:, 1:].mean(axis=1)
    there = excess >= LEAST_SURPRISE
    about = _hashtags_of(network, likes, of_people, np.unique(communities[there]))
    for community, told in about.items():
        places = np.flatnonzero(there & (communities == community))
        places = places[np.lexsort((posts[places], -excess[places]))][:MOST_OF_TOPIC]
        entries = [
            Entry(post, int(likes.likers_of_posts[post]), now, float(usual[community]), about=told)
            for post, now in zip(posts[places].tolist(), people[places].tolist(), strict=True)
        ]
        yield _Topic(float(excess[places[0]]), entries)


def _likers_by_community(network: Network, likes: _Likes, of_people: Ints, age: int) -> tuple[Ints, Ints, Ints, Floats]:
    """Community, post, the number of likers, and the sum of their weights, for the pairs with likes in a period."""
    chosen = likes.of_age(age)
    size = len(network.posts)
    pairs, places = np.unique(of_people[likes.likers[chosen]] * size + likes.posts[chosen], return_inverse=True)
    people = np.bincount(places, minlength=len(pairs))
    faded = np.bincount(places, likes.weights[chosen], len(pairs)).astype(np.float64)
    return pairs // size, pairs % size, people, faded


def _hashtags_of(network: Network, likes: _Likes, of_people: Ints, communities: Ints) -> dict[int, tuple[int, ...]]:
    """For each of these communities, the hashtags of posts that they like more often than all do, as rows."""
    shape = (int(of_people.max(initial=0)) + 1, len(network.posts))
    liked = sparse.csr_matrix((np.ones(len(likes.posts)), (of_people[likes.likers], likes.posts)), shape)
    counts = (liked @ network.tags).tocsr()
    shares = np.asarray(counts.sum(axis=0)).ravel() / max(counts.sum(), 1.0)
    found = {}
    for community in communities.tolist():
        row = slice(counts.indptr[community], counts.indptr[community + 1])
        hashtags, often = counts.indices[row], counts.data[row]
        telling = often * np.log(often / often.sum() / shares[hashtags])
        order = np.lexsort((hashtags, -telling))
        kept = [place for place in order if telling[place] > 0 and often[place] >= LEAST_LIKERS]
        found[community] = tuple(hashtags[kept[:HASHTAGS_OF_COMMUNITY]].tolist())
    return found
