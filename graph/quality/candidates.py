"""Retrieval: the candidates of each source for a person, filtered and cut as in the first two stages of feed/ranked.

What is the same for all people is computed once. As in the statement, the quota of a source counts rows before the
filters, and duplicates separately.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Floats, Ints, Mask
from graph.background.content import FEW_LIKES
from graph.quality.person_ties import PersonTies
from graph.quality.ties import Ties, joined, ties
from graph.quality.world import World
from graph.ranking.profiles import Ranking, Retrieval
from graph.ranking.retrieval import PoolRequest
from graph.ranking.sources import FALLBACK, SOURCES
from graph.ranking.weights import Weights

LOOKS = 20
"""Arcs to posts that look alike that are read of a post."""

COLUMNS = {name: place for place, name in enumerate(SOURCES)}
"""The columns of `Candidates.sources`."""


@dataclass(frozen=True)
class Candidates:
    """The candidates of a person, in the order of retrieval: those within quotas first."""

    posts: Ints
    similar: Floats
    """The similarity to liked posts, from 0 to 1."""
    likers: Ints
    """The number of followees who liked each post."""
    sources: Mask
    """The sources that retrieved each post: posts x SOURCES."""

    def only(self, chosen: Ints | Mask) -> "Candidates":
        """The candidates at some indices, or of a mask."""
        return Candidates(self.posts[chosen], self.similar[chosen], self.likers[chosen], self.sources[chosen])


class Sources:
    """The sources of a request in one world."""

    def __init__(self, world: World, ranking: Ranking, retrieval: Retrieval, request: PoolRequest) -> None:
        self._world = world
        self._ranking = ranking
        self._bounds = ranking.bounds
        self._quotas = _quotas(retrieval, request.sources, is_built=world.learned.as_of is not None)
        self._pool = retrieval.pool + self._quotas[FALLBACK]
        self._months = request.months(world.learned.as_of)
        taken_at, since, now = world.network.taken_at, request.since, request.as_of
        is_there: Mask = taken_at <= now
        self._in_window: Mask = is_there if since is None else is_there & (taken_at > since)
        self._newest_first = _ranks(world.post_order, -taken_at.astype(np.float64))
        self._most_liked_first = _ranks(world.post_order, -world.like_count)
        reach = world.learned.window_from
        is_covered = since is not None and reach is not None and since >= reach
        self._similar = world.learned.similar_new if is_covered else world.learned.similar
        stored = joined(world.posted.first(self._bounds.scanned), world.recent.first(self._bounds.scanned))
        self._tagged = joined(world.tagged.first(self._bounds.scanned), world.tagged_recent.first(self._bounds.scanned))
        self._looks = world.looks.first(LOOKS)
        newest_of_authors = self._kept(stored, self._in_window).in_order(self._newest_first)
        self._posts_of_authors = newest_of_authors.first(self._bounds.posts)
        self._posts_of_friends = self._posts_of_authors.first(2)
        self._posts_of_followees = self._kept(stored, self._in_window)
        self._posts_of_seldom = self._of_seldom(stored, request)
        quota = self._quotas["interests"]
        self._posts_of_hashtags = self._of_hashtags(quota // self._bounds.interests)
        self._posts_of_wanted = self._of_hashtags(quota if len(world.more.others) else 0)
        self._new_of_hashtags = self._unliked_of_hashtags(self._quotas["new_posts"] // self._bounds.interests)
        wanted = self._quotas["new_posts"] if len(world.more.others) else 0
        self._new_of_wanted = self._unliked_of_hashtags(wanted)
        self._of_everybody = {"popular": self._popular(), "trending": self._trending(), "newest": self._newest()}
        self._tags = world.tags.first(self._bounds.hashtags)
        self._posts_per_author = world.posted.counts

    def candidates(self, own: PersonTies, weights: Weights) -> Candidates:
        """The pool of a person, given their weights for posts of known authors."""
        similar_posts, similar = self._similar_posts(own)
        liked_by, likers = self._liked_by_followees(own)
        of_sources = {**self._of_everybody, **self._own(own)}
        posts, rows = np.unique(np.concatenate((similar_posts, liked_by, *of_sources.values())), return_inverse=True)
        ends = np.cumsum([len(similar_posts), len(liked_by), *map(len, of_sources.values())])
        of_similar, of_likers, *of_each = np.split(rows, ends[:-1])
        found = Candidates(
            posts, np.zeros(len(posts)), np.zeros(len(posts), np.int64), np.zeros((len(posts), len(SOURCES)), bool)
        )
        found.similar[of_similar] = similar
        found.likers[of_likers] = likers
        for name, places in zip(of_sources, of_each, strict=True):
            found.sources[places, COLUMNS[name]] = True
        return self._cut(found, own, weights)

    def _cut(self, found: Candidates, own: PersonTies, weights: Weights) -> Candidates:
        """The pool: candidates that may be shown, those within quotas first, then by similarity and likers."""
        is_within_quota = _any(found.sources)
        if self._quotas["similar_posts"]:
            found.sources[:, COLUMNS["similar_posts"]] = found.similar > 0
        if self._quotas["liked_by_followees"]:
            found.sources[:, COLUMNS["liked_by_followees"]] = found.likers >= self._ranking.min_likers
        is_candidate = _any(found.sources) & self._in_window[found.posts] & ~np.isin(found.posts, own.seen)
        places = np.flatnonzero(is_candidate)
        for of_posts, muted in ((self._world.tags, own.muted_hashtags), (self._world.said, own.muted_words)):
            places = places[~_has_any(of_posts, found.posts[places], muted)]
        smoothing = self._ranking.smoothing
        scores = weights["lists"] * np.log(smoothing.lists + found.similar[places])
        scores += weights["proof"] * np.log(smoothing.proof + found.likers[places])
        order = np.lexsort((self._world.post_order[found.posts[places]], -scores, ~is_within_quota[places]))
        return found.only(places[order[: self._pool]])

    # Sources without quotas: they fill what the others leave of the pool

    def _similar_posts(self, own: PersonTies) -> tuple[Ints, Floats]:
        """Posts similar to the newest likes, and the summed weight of their arcs, scaled to at most 1."""
        entries, owners = self._similar.of_each(own.newest.posts)
        posts, rows = np.unique(self._similar.others[entries], return_inverse=True)
        sums = np.bincount(rows, self._similar.numbers[entries] * own.newest.weights[owners], len(posts))
        fresh = ~np.isin(posts, own.liked)
        posts, sums = posts[fresh], sums[fresh]
        largest = sums.max(initial=0.0)
        return posts, sums / largest if largest > 0 else np.zeros(len(posts))

    def _liked_by_followees(self, own: PersonTies) -> tuple[Ints, Ints]:
        """Posts that followees liked, and the number of these followees; the first likes of each count."""
        likes = self._world.likes
        entries, _ = likes.of_each(own.witnesses, self._bounds.likes_of_followee)
        posts, counts = np.unique(
            likes.others[entries[likes.at[entries] <= self._world.network.as_of]], return_counts=True
        )
        return posts, counts

    # Sources with quotas

    def _own(self, own: PersonTies) -> dict[str, Ints]:
        """The posts of the sources that depend on the person."""
        return {
            **self._with_hashtags(own),
            "friends_of_friends": self._friends_of_friends(own),
            "liked_authors": self._liked_authors(own),
            "looks_alike": self._looks_alike(own),
            "followees": self._newest_of(self._posts_of_followees, own.followees, "followees"),
            "missed": self._newest_of(self._posts_of_seldom, own.followees, "missed"),
        }

    def _newest_of(self, posts_of: Ties, authors: Ints, source: str) -> Ints:
        posts = posts_of.others_of(authors)
        return posts[np.argsort(self._newest_first[posts], kind="stable")][: self._quotas[source]]

    def _liked_authors(self, own: PersonTies) -> Ints:
        """Posts of the authors with the highest shares of liked posts, without the liked ones themselves."""
        liked = own.newest_of_authors
        entries, owners = self._world.authors.of_each(liked.posts)
        authors, rows = np.unique(self._world.authors.others[entries], return_inverse=True)
        likes = np.bincount(rows, liked.weights[owners], len(authors))
        smoothing = self._ranking.smoothing
        rates = np.log((likes + smoothing.rate_likes) / (self._posts_per_author[authors] + smoothing.rate_posts))
        best = np.lexsort((self._world.people_order[authors], -rates))[: self._bounds.authors]
        entries, owners = self._posts_of_authors.of_each(authors[best])
        posts, rates = self._posts_of_authors.others[entries], rates[best][owners]
        fresh = ~np.isin(posts, own.liked)
        posts, rates = posts[fresh], rates[fresh]
        posts = posts[np.lexsort((self._world.post_order[posts], -rates))]
        _, first = np.unique(posts, return_index=True)  # of several authors, the best counts
        return posts[np.sort(first)][: self._quotas["liked_authors"]]

    def _looks_alike(self, own: PersonTies) -> Ints:
        """The posts that look most like the newest likes, without the liked ones themselves."""
        entries, owners = self._looks.of_each(own.newest.posts)
        posts, rows = np.unique(self._looks.others[entries], return_inverse=True)
        sums = np.bincount(rows, self._looks.numbers[entries] * own.newest.weights[owners], len(posts))
        kept = ~np.isin(posts, own.liked) & self._in_window[posts] & (sums > 0)
        posts, sums = posts[kept], sums[kept]
        return posts[np.lexsort((self._world.post_order[posts], -sums))][: self._quotas["looks_alike"]]

    def _friends_of_friends(self, own: PersonTies) -> Ints:
        """Two posts of each of the nearest people by stored affinity whom the person does not follow."""
        near = self._world.affinity
        entries = near.of(own.person)
        entries = entries[~np.isin(near.others[entries], np.append(own.follows, own.person))]
        order = np.lexsort((self._world.people_order[near.others[entries]], -near.numbers[entries]))
        authors = near.others[entries[order[: self._quotas["friends_of_friends"] // 2]]]
        return self._posts_of_friends.others_of(authors)

    def _with_hashtags(self, own: PersonTies) -> dict[str, Ints]:
        """The most liked and the newest posts of the hashtags that the person wants more of, then likes most; and the
        newest of those that hardly anybody liked."""
        world, bounds = self._world, self._bounds
        shown = world.shown.others[world.shown.of(own.person, bounds.likes)]
        of_picks = np.where(world.picks.numbers[own.picks] == 1, 1.0, self._ranking.feedback.pick)
        entries, owners = self._tags.of_each(np.concatenate((own.newest.posts, shown)))
        used = self._tags.others[entries]
        counts = np.concatenate((own.newest.weights, np.ones(len(shown))))[owners]
        more = own.more[own.more_places == 0]
        of_topics = own.more[np.lexsort((world.hashtag_order[own.more], own.more_places))]
        of_topics = of_topics[~np.isin(of_topics, more)][: bounds.interests // 2]
        wanted = np.concatenate((more, of_topics))
        chosen = np.concatenate((world.picks.others[own.picks], wanted))
        weights = np.concatenate((counts, of_picks, np.full(len(wanted), self._ranking.feedback.pick)))
        hashtags, rows = np.unique(np.concatenate((used, chosen)), return_inverse=True)
        sums = np.bincount(rows, weights, len(hashtags))
        allowed = ~np.isin(hashtags, np.concatenate((own.muted_hashtags, own.less, own.dismissed)))
        hashtags, sums = hashtags[allowed], sums[allowed]
        is_wanted = np.isin(hashtags, wanted)
        best = np.lexsort((world.hashtag_order[hashtags], -sums, ~is_wanted, ~np.isin(hashtags, more)))
        best = best[: bounds.interests]
        wanted, others = hashtags[best[is_wanted[best]]], hashtags[best[~is_wanted[best]]]
        return {
            "interests": np.union1d(self._posts_of_wanted.others_of(wanted), self._posts_of_hashtags.others_of(others)),
            "new_posts": np.union1d(self._new_of_wanted.others_of(wanted), self._new_of_hashtags.others_of(others)),
        }

    # Sources that are the same for all people

    def _of_hashtags(self, most: int) -> Ties:
        """The posts of each hashtag: the most liked ones, and the newest of those that are read."""
        world = self._world
        tops = world.learned.tops
        chosen = np.isin(tops.months, self._months) & self._in_window[tops.posts]
        liked = ties(tops.sources[chosen], tops.posts[chosen], len(world.tagged))
        liked = liked.in_order(self._most_liked_first).first(most)
        newest = self._kept(self._tagged, self._in_window).in_order(self._newest_first).first(most)
        rows, posts = np.concatenate((liked.rows, newest.rows)), np.concatenate((liked.others, newest.others))
        return ties(rows, posts, len(world.tagged))

    def _unliked_of_hashtags(self, most: int) -> Ties:
        """The newest posts of each hashtag that hardly anybody liked, of those that are read."""
        there = self._kept(self._tagged, self._in_window)
        return self._kept(there, self._world.like_count < FEW_LIKES).in_order(self._newest_first).first(most)

    def _of_seldom(self, stored: Ties, request: PoolRequest) -> Ties:
        """The late posts in the window of those who post seldom, among the posts that are read of each author."""
        taken_at = self._world.network.taken_at
        since = round(request.as_of - self._ranking.seldom_days * clock.DAY_MS)
        is_late = ((taken_at > since) & (taken_at <= request.as_of)) | (taken_at == NO_TIME)
        late = self._kept(stored, is_late)
        places, rows = stored.places[is_late[stored.others]], late.rows
        is_behind = np.bincount(rows, places >= late.counts[rows], len(late)) > 0  # an older post
        is_known = (stored.counts != self._bounds.scanned) | (late.counts < stored.counts) & ~is_behind
        is_seldom = (late.counts <= self._ranking.seldom_posts) & is_known
        return self._kept(late.kept(is_seldom[late.rows]), self._in_window)

    def _popular(self) -> Ints:
        tops = self._world.learned.tops_of_all
        posts = tops.posts[np.isin(tops.months, self._months)]
        return self._best(posts[self._in_window[posts]], self._most_liked_first, "popular")

    def _trending(self) -> Ints:
        posts = self._world.learned.trending
        return posts[self._in_window[posts]][: self._quotas["trending"]]

    def _newest(self) -> Ints:
        """The newest posts; of the same time, those stored last come first, as in the index."""
        network = self._world.network
        posts = np.flatnonzero((network.taken_at != NO_TIME) & (network.taken_at <= network.as_of))
        newest_first = _ranks(-np.arange(len(network.posts)), -network.taken_at.astype(np.float64))
        posts = posts[np.argsort(newest_first[posts], kind="stable")][: 4 * self._quotas[FALLBACK]]
        return self._best(posts[~network.for_followers[posts]], newest_first, FALLBACK)

    def _best(self, posts: Ints, ranks: Ints, source: str) -> Ints:
        return posts[np.argsort(ranks[posts], kind="stable")][: self._quotas[source]]

    def _kept(self, given: Ties, posts: Mask) -> Ties:
        return given.kept(posts[given.others])


def _quotas(retrieval: Retrieval, sources: Sequence[str], *, is_built: bool) -> Mapping[str, int]:
    """The quota of each source, as in `graph.ranking.retrieval.rank`; 0 for sources that are not used."""
    quotas = {source: retrieval.quotas.get(source, 0) for source in sources}
    if len(quotas) == 1:  # a single source may fill the whole pool
        quotas = {source: max(quota, retrieval.pool) for source, quota in quotas.items()}
    if not is_built:
        quotas[FALLBACK] = retrieval.pool
    return {source: quotas.get(source, 0) for source in SOURCES}


def _ranks(ties_by: Ints, keys: Floats | Ints) -> Ints:
    """The rank of each key, the least first, ties by `ties_by`."""
    ranks = np.empty(len(keys), np.int64)
    ranks[np.lexsort((ties_by, keys))] = np.arange(len(keys))
    return ranks


def _has_any(ties: Ties, posts: Ints, others: Ints) -> Mask:
    """A mask of the posts that are tied to any of these."""
    if not len(others):
        return np.zeros(len(posts), bool)
    entries, owners = ties.of_each(posts)
    is_muted = np.isin(ties.others[entries], others)
    has_any: Mask = np.bincount(owners[is_muted], minlength=len(posts)) > 0
    return has_any


def _any(sources: Mask) -> Mask:
    """A mask of the posts that at least one source retrieved."""
    retrieved: Mask = np.asarray(sources.any(axis=1))
    return retrieved
