"""The twin of cypher/feed/ranked in numpy: the same pools, features and scores, for many people and many weights.

    for pool in pools(world, ranking, ranking.batch, rows_of_people, sources=profile.sources):
        pool.posts, pool.features, pool.scores

It returns what `graph.ranking.retrieval.rank` returns at the world's time, for a request without `exclude`, without
earlier slates (`served_days=0`), without sensitive posts and without filling up (`at_least=0`, `page=0`). A change of
the statement needs the same change here and in graph/quality/candidates.py; tests/test_twin.py compares them.
Differences:

- Factors of people are the stored ones, so vectors must be of the present likes; they are folded in for those who saved
  or shared a post, or want more like one, and for those of whom not all is learned from.
- Affinity is the stored one. Without it, there is no two-step walk.
- All likes, views and hides of a person keep posts out, even beyond `bounds.seen` (graph/quality/person_ties.py).
- `bounds.likes` must not exceed `bounds.likes_of_authors`.

Where the statement takes the first ties in the order of the store, the twin takes the first ones of the world, which
was read in that order. Sums of floats may differ in the last bit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Floats, Ints, Mask, Vectors, places_in_groups
from graph.background.content import FEW_LIKES
from graph.pictures import SAME_COSINE, Picture, cosines, firsts
from graph.quality.candidates import Candidates, Sources
from graph.quality.fastrp import unit
from graph.quality.person_ties import PersonTies, person_ties
from graph.quality.world import World
from graph.ranking.folding import fold_in
from graph.ranking.hidden import hidden_copies
from graph.ranking.profiles import FEATURES, Ranking, Retrieval
from graph.ranking.retrieval import PoolRequest
from graph.ranking.sources import SOURCES
from graph.ranking.weights import PersonWeights, person_weights
from graph.validation import MAX_COUNT

COLUMNS = {name: place for place, name in enumerate(FEATURES)}
"""The columns of `PersonPool.features`."""


@dataclass(frozen=True)
class PersonPool:
    """The ranked candidates of a person."""

    person: int
    """Row of `network.people`."""
    likes: int
    """The number of all likes of the person, which the weights depend on."""
    posts: Ints
    """Rows of `network.posts`, the highest score first, ties by id."""
    features: Floats
    """Posts x FEATURES of graph/ranking/profiles.py."""
    sources: Mask
    """Posts x SOURCES of graph/ranking/sources.py."""
    scores: Floats


def pools(
    world: World,
    ranking: Ranking,
    retrieval: Retrieval,
    people: Ints,
    *,
    sources: Sequence[str],
    window_days: float | None = None,
) -> Iterator[PersonPool]:
    """The pools of people, given as rows, as of the world's time. Without `window_days`, posts may have any age."""
    request = PoolRequest("", world.network.as_of, window_days, sources)
    twin = _Twin(world, ranking, retrieval, request)
    return (twin.pool(int(person)) for person in people)


class _Twin:
    """Retrieval and ranking in one world. What is the same for all people is computed once."""

    def __init__(self, world: World, ranking: Ranking, retrieval: Retrieval, request: PoolRequest) -> None:
        self._world = world
        self._ranking = ranking
        self._best = retrieval.best
        self._each = retrieval.each if len(request.sources) > 1 else 0
        self._sources = Sources(world, ranking, retrieval, request)
        self._is_visible = ~world.sensitive & (world.network.taken_at <= world.network.as_of)
        self._people_fastrp, self._post_fastrp = unit(world.learned.people_fastrp), unit(world.learned.post_fastrp)
        self._posts_per_author = world.posted.counts
        factors = world.learned.post_factors.astype(np.float64)
        self._gram = factors.T @ factors
        self._fading = np.maximum(FEW_LIKES - _likes(world), 0) / FEW_LIKES
        self._of_posts = {
            "pop": _pop(world, ranking),
            "trend": _trend(world, ranking),
            "recency": _recency(world, ranking, request),
        }
        self._log_priors = np.log([ranking.priors.get(source, 0.0) or np.nan for source in SOURCES])
        self._last_by_name_first = np.argsort([*SOURCES])[::-1]
        shares, most = world.learned.shares, ranking.bounds.hashtags
        rarest_first = np.lexsort((world.hashtag_order, shares, shares == 0))
        self._rarest = world.tags.in_order(np.argsort(rarest_first)).first(most)
        self._tags = world.tags.first(most)
        self._counted_tags = world.tags.kept(shares[world.tags.others] > 0).first(most)

    def pool(self, person: int) -> PersonPool:
        """The pool of a person, given as a row."""
        me = person_ties(self._world, self._ranking, person)
        weights = person_weights(self._ranking, me.likes)
        found = self._shown(self._sources.candidates(me, weights.known), me)
        hid = self._hid_of_authors(found.posts, me)
        features = self._features(found, me, hid)
        scores = reduce(np.add, (features * _weights(features, weights)).T)  # in the order in which the statement adds
        best = self._cut(found, scores)
        found, features, hid, scores = found.only(best), features[best], hid[best], scores[best]
        changes = self._with_hashtags(features, found.posts, me, hid) - features
        scores += (changes * _weights(features, weights)).sum(axis=1)
        order = np.lexsort((self._world.post_order[found.posts], -scores))
        order = order[self._without_copies(found.posts[order], person)]
        features = (features + changes)[order]
        return PersonPool(person, me.likes, found.posts[order], features, found.sources[order], scores[order])

    def _shown(self, found: Candidates, me: PersonTies) -> Candidates:
        """The candidates that the filters let through: no sensitive or future posts, none of barred authors, and of
        posts and people for followers those that the person follows."""
        world, authors = self._world, self._world.author[found.posts]
        is_barred = np.isin(authors, np.append(me.barred, me.person))
        is_closed = ((authors >= 0) & world.closed_people[authors]) | world.closed_posts[found.posts]
        is_open = ~is_closed | np.isin(authors, me.follows)
        return found.only(self._is_visible[found.posts] & ~is_barred & is_open)

    def _features(self, found: Candidates, me: PersonTies, hid: Floats) -> Floats:
        """The features without those from hashtags: posts x FEATURES."""
        world, smoothing = self._world, self._ranking.smoothing
        authors = world.author[found.posts]
        has_author = authors >= 0
        of_liked, owners = world.authors.of_each(me.newest_of_authors.posts)
        liked = _sums(authors, world.authors.others[of_liked], me.newest_of_authors.weights[owners])
        posted = np.where(has_author, self._posts_per_author[authors], 0)
        near = world.affinity.of(me.person)
        affinity = _sums(authors, world.affinity.others[near], world.affinity.numbers[near])
        by_name = {
            "lists": np.log(smoothing.lists + found.similar),
            "factors": self._products(world.learned.post_factors, found.posts, me),
            "fastrp": self._post_fastrp[found.posts] @ self._people_fastrp[me.person] * me.has_fastrp,
            "rate": np.log((liked + smoothing.rate_likes) / (posted + smoothing.rate_posts)),
            "followed": np.isin(authors, me.follows),
            "proof": np.log(smoothing.proof + found.likers),
            "tag": np.zeros(len(authors)),
            "never": has_author & (liked == 0),
            "content": self._content(found.posts, me),
            "affinity": np.log(smoothing.affinity + affinity),
            "prior": self._priors(found).max(axis=1),
            "feedback": -np.log(1 + hid),
            **{name: values[found.posts] for name, values in self._of_posts.items()},
        }
        return np.stack([by_name[name] for name in FEATURES], axis=1).astype(np.float64)

    def _without_copies(self, posts: Ints, person: int) -> Ints:
        """The indices of posts that are in the pool: of those with nearly the same picture the first, and none of which
        the person hid one."""
        pictures = [self._world.pictures[post] for post in posts]
        left = np.flatnonzero([post is None for post in hidden_copies(pictures, self._hidden_pictures(person))])
        kept = [pictures[index] for index in left]
        are_first: Mask = np.array(firsts(cosines(kept, kept) >= SAME_COSINE), np.int64) == np.arange(len(left))
        return left[are_first]

    def _hidden_pictures(self, person: int) -> dict[str, Picture]:
        """The pictures that the person hid last, by their posts."""
        world, bounds = self._world, self._ranking.bounds
        hides = world.hides.of(person, bounds.stored)
        posts, at = world.hides.others[hides], world.hides.at[hides]
        newest = posts[np.lexsort((world.post_order[posts], -np.where(at == NO_TIME, 0, at)))]
        found = ((world.network.posts.ids[post], world.pictures[post]) for post in newest)
        return dict([(post, picture) for post, picture in found if picture][: bounds.hides])

    def _hid_of_authors(self, posts: Ints, me: PersonTies) -> Floats:
        """The summed weights of hides of posts by the same author, for each post."""
        entries, owners = self._world.authors.of_each(me.hidden)
        return _sums(self._world.author[posts], self._world.authors.others[entries], me.hide_weights[owners])

    def _priors(self, found: Candidates) -> Floats:
        """The logarithms of the priors of the sources that retrieved each post, -inf for others: posts x SOURCES."""
        priors: Floats = np.where(found.sources, self._log_priors, -np.inf)
        return priors

    def _products(self, of_posts: Vectors, posts: Ints, me: PersonTies) -> Floats:
        """The products of the person's factors and those of posts, summed in double precision."""
        factors = of_posts[posts].astype(np.float64)
        products: Floats = factors @ self._factors(me).astype(np.float64)
        return products

    def _content(self, posts: Ints, me: PersonTies) -> Floats:
        products: Floats = self._products(self._world.learned.post_content, posts, me) * self._fading[posts]
        return products

    def _factors(self, me: PersonTies) -> Vectors:
        """The factors of the person: those of the build, or folded in from what it does not read."""
        learned = self._world.learned
        stored: Vectors = learned.people_factors[me.person]
        if me.folded is None:
            return stored
        vectors = learned.post_factors[me.folded.posts]
        has_factors = vectors.any(axis=1)
        folded = fold_in([*vectors[has_factors]], self._gram, me.folded.weights[has_factors].tolist())
        return folded[0] if folded else np.zeros_like(stored)

    def _cut(self, found: Candidates, scores: Floats) -> Ints:
        """The indices of the best: the best few of each source first, then of all. A post counts for its best prior, of
        equal ones that of the last source by name."""
        order = np.lexsort((self._world.post_order[found.posts], -scores))
        best = self._priors(found)[:, self._last_by_name_first].argmax(axis=1)
        is_of_each = places_in_groups(best[order]) < self._each
        return order[np.argsort(~is_of_each, kind="stable")][: self._best]

    def _with_hashtags(self, features: Floats, posts: Ints, me: PersonTies, hid: Floats) -> Floats:
        """The features with `tag`, and with hides of posts with the same hashtags, and wishes, in `feedback`."""
        shares, smoothing = self._world.learned.shares, self._ranking.smoothing.tag
        feedback = self._ranking.feedback
        entries, owners = self._rarest.of_each(posts)
        hashtags = self._rarest.others[entries]
        hides, of_hides = self._tags.of_each(me.hidden)
        hid_of_hashtags = _sums(hashtags, self._tags.others[hides], me.hide_weights[of_hides])
        hid_of_hashtags += feedback.less * np.isin(hashtags, me.less)
        hid = hid + np.bincount(owners, hid_of_hashtags, len(posts))
        wanted = np.bincount(owners, feedback.more * np.isin(hashtags, me.more), len(posts))
        is_counted = shares[hashtags] > 0
        owners, hashtags = owners[is_counted], hashtags[is_counted]
        of_liked, liked = self._counted_tags.of_each(me.newest.posts)
        counts = me.newest.weights[liked]
        share, counted = shares[hashtags], _sums(hashtags, self._counted_tags.others[of_liked], counts)
        likes = np.where(np.isin(hashtags, me.dismissed), 0, counted)
        lifts = np.log((likes + smoothing * share) / (counts.sum() + smoothing) / share)
        lengths = np.sqrt(np.maximum(np.bincount(owners, minlength=len(posts)), 1))
        features = features.copy()
        features[:, COLUMNS["tag"]] = np.bincount(owners, lifts, len(posts)) / lengths
        features[:, COLUMNS["feedback"]] = np.log(1 + wanted) - np.log(1 + hid)
        return features


def _weights(features: Floats, weights: PersonWeights) -> Floats:
    """The weights of each post, by whether the person ever liked its author: posts x FEATURES."""
    known, never = (np.array([each[name] for name in FEATURES]) for each in (weights.known, weights.never))
    of_posts: Floats = np.where(features[:, [COLUMNS["never"]]] > 0, never, known)
    return of_posts


def _sums(wanted: Ints, keys: Ints, values: Floats | None = None) -> Floats:
    """The sum of the values with each of the `wanted` keys; without `values`, their number."""
    if not len(keys):
        return np.zeros(len(wanted))
    found, rows = np.unique(keys, return_inverse=True)
    sums = np.bincount(rows, values, len(found))
    places = np.minimum(np.searchsorted(found, wanted), len(found) - 1)
    found_sums: Floats = np.where(found[places] == wanted, sums[places], 0.0)
    return found_sums


def _pop(world: World, ranking: Ranking) -> Floats:
    """The feature `pop` of each post."""
    pop: Floats = np.log(ranking.smoothing.pop + _likes(world))
    return pop


def _likes(world: World) -> Ints:
    """The like count of each post; 0 for what is no count."""
    is_count = (world.like_count > 0) & (world.like_count <= MAX_COUNT)
    likes: Ints = np.where(is_count, world.like_count, 0)
    return likes


def _trend(world: World, ranking: Ranking) -> Floats:
    """The feature `trend` of each post: the stored trend, faded since the build."""
    now, learned = world.network.as_of, world.learned
    half_lives = max(0, now - (now if learned.as_of is None else learned.as_of)) / clock.DAY_MS
    trend: Floats = learned.trend * 0.5 ** (half_lives / ranking.trend_half_life_days)
    return np.log(ranking.smoothing.trend + trend)


def _recency(world: World, ranking: Ranking, request: PoolRequest) -> Floats:
    """The feature `recency` of each post; 0 without a window."""
    taken_at = world.network.taken_at
    if request.since is None:
        return np.zeros(len(taken_at))
    ages = np.where(taken_at == NO_TIME, 0, request.as_of - np.maximum(taken_at, clock.MIN_MS)).clip(0)
    return np.log(ranking.smoothing.recency + 0.5 ** (ages / clock.DAY_MS / ranking.half_life_days))
