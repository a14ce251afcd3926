"""Ablations: what each feature and source contributes, and what features that are not served would add.

All rankings are those of the twin in numpy, on one world without the held-out likes. Weights are fitted to a hold-out
of that world; without a feature, all other weights are fitted anew. Differences are paired: the same people in the same
resamples.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import default_rng
from scipy import sparse
from scipy.optimize import minimize_scalar

from graph.background.arrays import Floats, Ints, Listen, Mask
from graph.background.blas import one_blas_thread
from graph.client import Client
from graph.progress import Progress, Silent
from graph.quality.alternatives import ALTERNATIVES, Feature, follow_graph, of_everybody
from graph.quality.cold import cold_posts
from graph.quality.fit import Example, Examples, fit
from graph.quality.fit import sample as sample_of_example
from graph.quality.holdout import Targets, are_timed, hold_outs
from graph.quality.metrics import Mean, mean, ndcg, recall, resampled_means
from graph.quality.resampling import sample
from graph.quality.stages import Stages
from graph.quality.twin import PersonPool, pools
from graph.quality.world import World
from graph.ranking.profiles import FEATURES, FITTED, Profile, Ranking
from graph.ranking.weights import person_weights

MEASURES = ("recall@20", "recall@100", "ndcg@20", "discovery")
FEW, MANY = 20, 100
LEFT_OUT = (*FITTED, "never", "affinity")
"""The features whose worth is measured. The others say nothing of what people like: see the page."""
MIN_PEOPLE = 150
"""The least people to fit to, as for tuning."""
MAX_PEOPLE = 5_000
"""The most people to fit to."""
_NEVER = FEATURES.index("never")
_WEIGHT_BOUNDS = (-10.0, 10.0)
"""The bounds of the weight of an added feature, times its standard deviation."""

WHOLE = "all features and sources"
DEFAULT = "the profile, not fitted"
UNWEIGHTED = "PageRank of the author, unweighted"


@dataclass(frozen=True)
class Row:
    """The measures of a ranking, and their paired differences from those of the whole profile."""

    name: str
    measures: dict[str, Mean]
    change: dict[str, Mean]


@dataclass(frozen=True)
class Order:
    """The measures of an order of all posts that is the same for all people."""

    name: str
    recall: dict[str, Mean]
    overlap: float
    """The share of its first 100 posts that are among the 100 most liked."""
    overlap_unweighted: float
    """The share of its first 100 posts that are among the first 100 by unweighted PageRank."""
    seconds: float
    """The duration of its computation."""


@dataclass(frozen=True)
class Ablation:
    """The result of an ablation."""

    people: int
    """The number of people whose lists are measured."""
    fitted_to: int
    """The number of people whom weights were fitted to; 0 if they are too few: then the profile keeps its weights."""
    whole: Row
    """The fitted profile."""
    default: Row
    """The profile, not fitted."""
    zeroed: list[Row] = field(default_factory=list)
    """Without a feature, all other weights unchanged."""
    refitted: list[Row] = field(default_factory=list)
    """Without a feature, all other weights fitted anew."""
    sources: list[Row] = field(default_factory=list)
    """Without a source."""
    replaced: list[Row] = field(default_factory=list)
    """With another feature in place of one, all weights fitted anew."""
    added: list[Row] = field(default_factory=list)
    """With one more feature, whose weight is fitted, all other weights unchanged."""
    orders: list[Order] = field(default_factory=list)
    cold: list[Row] = field(default_factory=list)
    """Recall among cold starts, by method; differences are from the first."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Features that could not be tried, with the reason."""
    seconds: dict[str, float] = field(default_factory=dict)
    """The duration of each stage."""


@dataclass(frozen=True)
class Variant:
    """A ranking of the same candidates by other features or weights."""

    name: str
    ranking: Ranking
    replaced: Mapping[str, str] = field(default_factory=dict)
    """The alternative in place of each of these features."""
    added: Mapping[str, float] = field(default_factory=dict)
    """The weights of alternatives in addition to all features."""

    def scores(self, likes: int, features: Floats, others: Mapping[str, Floats]) -> Floats:
        """The scores of a person's candidates, from their features and the values of alternatives."""
        if self.replaced:
            features = features.copy()
            for name, other in self.replaced.items():
                features[:, FEATURES.index(name)] = others[other]
        weights = person_weights(self.ranking, likes)
        known, never = (np.array([of[name] for name in FEATURES]) for of in (weights.known, weights.never))
        scores: Floats = np.where(features[:, _NEVER] > 0, features @ never, features @ known)
        for name, weight in self.added.items():
            scores = scores + weight * others[name]
        return scores


def ablate(
    world: World,
    profile: Profile,
    held_out: Sequence[tuple[str, str]],
    *,
    comments: sparse.csr_matrix | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Ablation:
    """The ablation of a profile on held-out likes: pairs of a person and a post, by id.

    The world must not have these likes. `comments` is as `read_comments` returns it; None is no comments.
    """
    with one_blas_thread():
        return _Ablater(world, profile, held_out, comments, seed, progress or Silent()).run()


def read_comments(client: Client, world: World) -> sparse.csr_matrix:
    """The number of comments of each person on the posts of each other: people x people."""
    people = {id: row for row, id in enumerate(world.network.people.ids)}
    posts = {id: row for row, id in enumerate(world.network.posts.ids)}
    pairs = [
        (people[row["user"]], world.author[posts[row["post"]]])
        for row in client.stream("export/comments")
        if row["user"] in people and row["post"] in posts
    ]
    rows, authors = np.array(pairs, np.int64).reshape(-1, 2).T
    ones, known = np.ones(len(rows)), authors >= 0
    return sparse.csr_matrix((ones[known], (rows[known], authors[known])), shape=(len(people), len(people)))


class _Ablater:
    """One ablation."""

    def __init__(
        self,
        world: World,
        profile: Profile,
        held_out: Sequence[tuple[str, str]],
        comments: sparse.csr_matrix | None,
        seed: int,
        progress: Progress,
    ) -> None:
        assert profile.ranking is not None
        self._world = world
        self._profile = profile
        self._ranking: Ranking = profile.ranking
        self._seed = seed
        self._stages = Stages(progress.advance)
        size = len(world.network.people)
        self._comments = sparse.csr_matrix((size, size)) if comments is None else comments
        self._targets = _rows_of(world, held_out)
        self._people = np.array(sorted(self._targets), np.int64)
        self._skipped: dict[str, str] = {}
        names = list(ALTERNATIVES)
        if not are_timed(world.likes.at):
            names.remove("co_likers_in_time")
            self._skipped["co-likers in time"] = "less than half of the likes have a time"
        self._names = names

    def run(self) -> Ablation:
        """Runs all stages. Returns the result."""
        examples = self._examples()
        others = self._others(self._world, "features")
        fitted = self._ranking if examples is None else fit(examples.with_features(), self._ranking)
        whole = Variant(WHOLE, fitted)
        zeroed = [Variant(name, without_feature(fitted, name)) for name in LEFT_OUT]
        refitted, replaced, added = [], [], []
        if examples is not None:
            with self._stages.timed("fits") as listen:
                refitted = [self._refitted(examples, name) for name in LEFT_OUT]
                replaced = list(self._replaced(examples, listen))
                added = [self._added(examples, fitted, name) for name in self._names if not name.startswith("hybrid")]
        variants = [whole, Variant(DEFAULT, self._ranking), *zeroed, *refitted, *replaced, *added]
        of_variants = self._measured(fitted, variants, others)
        of_variants[1] = self._ranked(self._ranking)  # on its own candidates
        of_sources = self._without_sources(fitted)
        rows = iter(_rows([each.name for each in variants], of_variants, of_variants[0], self._seed))
        first, default = next(rows), next(rows)
        return Ablation(
            people=len(self._people),
            fitted_to=0 if examples is None else len(examples.plain),
            whole=first,
            default=default,
            zeroed=[next(rows) for _ in zeroed],
            refitted=[next(rows) for _ in refitted],
            replaced=[next(rows) for _ in replaced],
            added=[next(rows) for _ in added],
            sources=_rows(list(of_sources), list(of_sources.values()), of_variants[0], self._seed),
            orders=self._orders(),
            cold=self._cold(),
            skipped=self._skipped,
            seconds=self._stages.seconds,
        )

    # --- Weights

    def _examples(self) -> "_Examples | None":
        """The examples of a hold-out of the world; None if they are of too few people."""
        network = self._world.network
        own = self._world.author[network.likes.indices] == network.likers
        hold_out, _ = hold_outs(network, self._seed, ~own)
        targets = Targets(network, hold_out.targets)
        if len(targets.people) < MIN_PEOPLE:
            return None
        with self._stages.timed("rebuilding without likes to fit to"):
            past = self._world.without(hold_out.hidden, self._ranking)
        others = self._others(past, "features to fit")
        found = _Collected(self._seed)
        with self._stages.timed("candidates to fit to") as listen:
            people = sample(targets.people, MAX_PEOPLE, self._seed)
            for done, pool in enumerate(self._pools(past, self._ranking, people), 1):
                listen(done, len(people))
                liked = np.isin(pool.posts, targets.of(pool.person))
                if liked.any() and not liked.all():
                    found.add(pool, np.array([others[name](pool.person, pool.posts) for name in self._names]).T, liked)
        examples = found.examples(self._names)
        return examples if len(examples.plain) >= MIN_PEOPLE else None

    def _refitted(self, examples: "_Examples", name: str) -> Variant:
        """The profile without a feature, all other weights fitted anew."""
        found = fit(examples.with_features({name: None}), without_feature(self._ranking, name))
        return Variant(name, without_feature(found, name))

    def _replaced(self, examples: "_Examples", listen: Listen) -> Iterator[Variant]:
        """The profile with an alternative in place of a feature, all weights fitted anew."""
        for name, other in (
            ("factors", "hybrid"),
            ("factors", "hybrid_with_authors"),
            ("lists", "co_likers"),
            ("lists", "co_likers_in_time"),
            ("pop", "everybody"),
            ("pop", "everybody_weighted"),
        ):
            if other in self._names:
                found = fit(examples.with_features({name: other}), self._ranking)
                yield Variant(f"{other} for {name}", found, {name: other})

    def _added(self, examples: "_Examples", fitted: Ranking, name: str) -> Variant:
        """The fitted profile with one more feature."""
        return Variant(name, fitted, added={name: examples.best_weight(fitted, name)})

    # --- Lists

    def _measured(
        self, candidates: Ranking, variants: Sequence[Variant], others: Mapping[str, Feature]
    ) -> list[Floats]:
        """People x MEASURES of each variant, on the same candidates."""
        found: list[list[tuple[float, ...]]] = [[] for _ in variants]
        with self._stages.timed("orders") as listen:
            for done, pool in enumerate(self._pools(self._world, candidates, self._people), 1):
                listen(done, len(self._people))
                values = {name: others[name](pool.person, pool.posts) for name in self._names}
                measure = self._measure(pool.person)
                for rows, variant in zip(found, variants, strict=True):
                    scores = variant.scores(pool.likes, pool.features, values)
                    order = np.lexsort((self._world.post_order[pool.posts], -scores))
                    rows.append(measure(pool.posts[order]))
        return [np.array(rows).reshape(-1, len(MEASURES)) for rows in found]

    def _without_sources(self, ranking: Ranking) -> dict[str, Floats]:
        """People x MEASURES without each source that ranked lists have."""
        sources = self._profile.sources
        listed = [source for source in sources if ranking.batch.quotas.get(source)]
        return {source: self._ranked(ranking, [other for other in sources if other != source]) for source in listed}

    def _ranked(self, ranking: Ranking, sources: Sequence[str] | None = None) -> Floats:
        """People x MEASURES of a ranking, on its own candidates."""
        rows = []
        with self._stages.timed("sources") as listen:
            for done, pool in enumerate(self._pools(self._world, ranking, self._people, sources), 1):
                listen(done, len(self._people))
                rows.append(self._measure(pool.person)(pool.posts))
        return np.array(rows).reshape(-1, len(MEASURES))

    def _measure(self, person: int) -> Callable[[Ints], tuple[float, ...]]:
        """A function that returns the MEASURES of a ranking of posts for a person."""
        world, targets = self._world, self._targets[person]
        likes = world.network.likes
        known = world.author[likes.indices[likes.indptr[person] : likes.indptr[person + 1]]]

        def is_new(posts: Ints) -> Mask:
            new: Mask = (world.author[posts] >= 0) & ~np.isin(world.author[posts], known)
            return new

        counts, new = np.array([len(targets)]), targets[is_new(targets)]
        new_counts = np.array([len(new)])

        def measure(posts: Ints) -> tuple[float, ...]:
            hits = np.isin(posts[:MANY], targets)[np.newaxis]
            fresh = np.isin(posts[is_new(posts)][:FEW], new)[np.newaxis]
            return (
                recall(hits, counts, FEW).item(),
                recall(hits, counts, MANY).item(),
                ndcg(hits, counts, FEW).item(),
                recall(fresh, new_counts, FEW).item(),
            )

        return measure

    def _pools(
        self, world: World, ranking: Ranking, people: Ints, sources: Sequence[str] | None = None
    ) -> Iterator[PersonPool]:
        return pools(world, ranking, ranking.batch, people, sources=sources or self._profile.sources)

    # --- Orders of all posts, and cold starts

    def _orders(self) -> list[Order]:
        """All posts by likes, and by the PageRank of their authors, unweighted and weighted."""
        world = self._world
        found = {"most liked": (_first(world, world.network.likes_of_posts.astype(np.float64)), 0.0)}
        for name, weighted in ((UNWEIGHTED, False), ("PageRank of the author, weighted by likes and comments", True)):
            began = time.monotonic()
            ranks = of_everybody(follow_graph(world, self._comments, weighted=weighted))
            seconds = time.monotonic() - began
            found[name] = _first(world, np.where(world.author >= 0, ranks[world.author], 0.0)), seconds
        most_liked, unweighted = (found[name][0] for name in ("most liked", UNWEIGHTED))
        return [
            Order(
                name, self._measures(name, ranked), _overlap(ranked, most_liked), _overlap(ranked, unweighted), seconds
            )
            for name, (ranked, seconds) in found.items()
        ]

    def _measures(self, name: str, ranked: Ints) -> dict[str, Mean]:
        """The measures of an order of all posts, without each person's own and liked posts."""
        world, rows = self._world, []
        for person in self._people.tolist():
            likes = world.network.likes
            out = np.concatenate(
                (likes.indices[likes.indptr[person] : likes.indptr[person + 1]], world.posted.others_at(person))
            )
            head = ranked[: MANY + len(out)]
            rows.append(self._measure(person)(head[~np.isin(head, out)]))
        [row] = _rows([name], [np.array(rows).reshape(-1, len(MEASURES))], None, self._seed)
        return row.measures

    def _cold(self) -> list[Row]:
        """Recall among cold starts, by method."""
        with self._stages.timed("cold starts"):
            by_method = cold_posts(self._world, self._ranking, MAX_PEOPLE, self._seed)
        if not by_method:
            return []
        values = [each[:, np.newaxis] for each in by_method.values()]
        return _rows(list(by_method), values, values[0], self._seed, (f"recall@{FEW}",))

    def _others(self, world: World, stage: str) -> dict[str, Feature]:
        found = {}
        with self._stages.timed(stage) as listen:
            for done, name in enumerate(self._names, 1):
                found[name] = ALTERNATIVES[name](world, self._comments)
                listen(done, len(self._names))
        return found


def without_feature(ranking: Ranking, name: str) -> Ranking:
    """The ranking with all weights of a feature at 0; for `never`, also its column of changes."""
    weights = ranking.weights.model_copy(update={name: 0.0})
    if name == "never":
        zeros = dict.fromkeys(FITTED, 0.0)
        return ranking.model_copy(update={"weights": weights, "never": ranking.never.model_copy(update=zeros)})
    fitted = ("slopes", "never") if name in FITTED else ()
    tables = {table: getattr(ranking, table).model_copy(update={name: 0.0}) for table in fitted}
    return ranking.model_copy(update={"weights": weights, **tables})


@dataclass(frozen=True)
class _Examples:
    """Examples, and the values of alternatives for their rows."""

    plain: Examples
    others: Mapping[str, Floats]

    def with_features(self, replaced: Mapping[str, str | None] | None = None) -> Examples:
        """The examples with alternatives in place of features; with zeros for None."""
        if not replaced:
            return self.plain
        features = self.plain.features.copy()
        for name, other in replaced.items():
            features[:, FEATURES.index(name)] = 0.0 if other is None else self.others[other]
        return replace(self.plain, features=features)

    def best_weight(self, ranking: Ranking, name: str) -> float:
        """The weight of one more feature that minimises the softmax loss, all other weights unchanged."""
        plain = self.plain
        scores = self._scores(ranking)
        spread = float(self.others[name].std()) or 1.0
        values = self.others[name] / spread
        liked = np.flatnonzero(plain.liked)
        weights = 1 / np.bincount(plain.people, plain.liked)[plain.people[liked]]

        def loss(weight: float) -> float:
            found = scores + weight * values
            others = np.where(plain.liked, -np.inf, found)
            highest = np.maximum.reduceat(others, plain.starts)
            logs = highest + np.log(np.add.reduceat(np.exp(others - highest[plain.people]), plain.starts))
            together = np.logaddexp(found[liked], logs[plain.people[liked]])
            return float(weights @ (together - found[liked]))

        return float(minimize_scalar(loss, bounds=_WEIGHT_BOUNDS, method="bounded").x) / spread

    def _scores(self, ranking: Ranking) -> Floats:
        """The score of each row."""
        variant, scores = Variant("", ranking), []
        ends = np.append(self.plain.starts[1:], len(self.plain.people))
        for log_likes, start, end in zip(self.plain.log_likes, self.plain.starts, ends, strict=True):
            likes = round(float(np.expm1(log_likes)))
            scores.append(variant.scores(likes, self.plain.features[start:end], {}))
        return np.concatenate(scores)


class _Collected:
    """Samples of examples with the values of alternatives, collected person by person."""

    def __init__(self, seed: int) -> None:
        self._rng = default_rng(seed)
        self._samples: list[Example] = []

    def add(self, pool: PersonPool, others: Floats, liked: Mask) -> None:
        example = Example(float(np.log1p(pool.likes)), np.hstack((pool.features, others)), liked)
        if (found := sample_of_example(example, self._rng)) is not None:
            self._samples.append(found)

    def examples(self, names: Sequence[str]) -> _Examples:
        sizes = [len(example.liked) for example in self._samples]
        width = len(FEATURES) + len(names)
        features = np.concatenate([np.zeros((0, width)), *(example.features for example in self._samples)])
        plain = Examples(
            log_likes=np.array([example.log_likes for example in self._samples], np.float64),
            people=np.repeat(np.arange(len(self._samples)), sizes),
            features=features[:, : len(FEATURES)].copy(),
            liked=np.concatenate([np.zeros(0, bool), *(example.liked for example in self._samples)]),
        )
        return _Examples(plain, {name: features[:, len(FEATURES) + place] for place, name in enumerate(names)})


def _rows(
    names: Sequence[str],
    by_person: Sequence[Floats],
    whole: Floats | None,
    seed: int,
    measures: Sequence[str] = MEASURES,
) -> list[Row]:
    """A row for each name, with the differences from the whole; none if it is None. All share their resamples."""
    if not by_person:
        return []
    values = np.hstack([*by_person, *([] if whole is None else [each - whole for each in by_person])])
    resampled = resampled_means(values, seed)
    found = [mean(values[:, column], resampled[:, column]) for column in range(values.shape[1])]
    width, of_changes = len(measures), len(by_person) * len(measures)

    def named(start: int) -> dict[str, Mean]:
        return dict(zip(measures, found[start : start + width], strict=True)) if start < len(found) else {}

    starts = range(0, of_changes, width)
    return [Row(name, named(start), named(of_changes + start)) for name, start in zip(names, starts, strict=True)]


def _rows_of(world: World, held_out: Sequence[tuple[str, str]]) -> dict[int, Ints]:
    """The rows of the held-out posts of each person, by the row of the person; own posts are left out."""
    people = {id: row for row, id in enumerate(world.network.people.ids)}
    posts = {id: row for row, id in enumerate(world.network.posts.ids)}
    found: dict[int, set[int]] = {}
    for person, post in held_out:
        if person in people and post in posts and world.author[posts[post]] != people[person]:
            found.setdefault(people[person], set()).add(posts[post])
    return {person: np.array(sorted(rows), np.int64) for person, rows in found.items()}


def _overlap(one: Ints, other: Ints) -> float:
    """The share of the first MANY posts of an order that are among those of another."""
    return len(np.intersect1d(one[:MANY], other[:MANY])) / max(1, min(MANY, len(one)))


def _first(world: World, values: Floats) -> Ints:
    """All posts by a value, the largest first; ties by likes, then by id."""
    order: Ints = np.lexsort((world.post_order, -world.network.likes_of_posts, -values))
    return order
