"""The fit of a profile's weights to likes: softmax regression over each person's pool of candidates.

Liked posts are positives, the other posts of the pool negatives. Fitted are the weights that a feed ranks with, their
slopes, and their changes for authors whom the person never liked. A quadratic penalty pulls them towards the weights
of the profile, so that these stay where the likes say little.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.random import Generator, default_rng
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from graph.background.arrays import Floats, Ints, Mask
from graph.background.blas import one_blas_thread
from graph.ranking.profiles import FEATURES, FITTED, FittedWeights, Ranking
from graph.ranking.weights import CENTRE_LOG_LIKES

MAX_NEGATIVES = 200
"""Negatives per person, drawn at random from the pool."""
MAX_POSITIVES = 10
"""Positives per person, drawn at random, so that nobody with many likes dominates the fit."""
PENALTY = 5.0
"""The strength of the penalty, in people: the weights of the profile count like the likes of so many."""
SLOPE_PENALTY = 20.0
"""The same for slopes."""
LOG_LIKES_PERCENTILES = (1, 99)
"""Percentiles of people, to which the logarithm of the number of likes is clipped."""
MAX_ITERATIONS = 500
MIN_SPREAD = 1e-3
"""The standard deviation of a feature within pools below which it counts as constant: its weight has no scale."""
DECIMALS = 4
"""Decimals that fitted weights are rounded to."""
_WIDTH = len(FITTED)
_PLACES = [FEATURES.index(name) for name in FITTED]
_NEVER = FEATURES.index("never")
_REST = [place for place, name in enumerate(FEATURES) if name not in (*FITTED, "never")]


@dataclass(frozen=True)
class Example:
    """One person's pool, or a sample of it."""

    log_likes: float
    """ln(1 + likes) of the person."""
    features: Floats
    """Posts x FEATURES."""
    liked: Mask
    """The positives: posts that the person went on to like."""


@dataclass(frozen=True)
class Examples:
    """The examples of many people, stacked: a row for each post."""

    log_likes: Floats
    """ln(1 + likes) of each person."""
    people: Ints
    """The index of the person of each row, ascending."""
    features: Floats
    """Rows x FEATURES."""
    liked: Mask

    def __len__(self) -> int:
        return len(self.log_likes)

    @cached_property
    def starts(self) -> Ints:
        """The index of each person's first row."""
        return np.searchsorted(self.people, np.arange(len(self)))

    @property
    def fitted(self) -> Floats:
        """The features with fitted weights: rows x FITTED."""
        return self.features[:, _PLACES]

    @property
    def never(self) -> Floats:
        """The feature `never` of each row: 1 if the person never liked the author."""
        return self.features[:, _NEVER]

    def rest(self, ranking: Ranking) -> Floats:
        """The part of each row's score whose weights are not fitted."""
        weights = ranking.weights.model_dump()
        parts: Floats = self.features[:, _REST] @ np.array([weights[FEATURES[place]] for place in _REST])
        return parts


def sample(example: Example, rng: Generator) -> Example | None:
    """At most MAX_POSITIVES and MAX_NEGATIVES rows at random; None if an example lacks positives or negatives."""
    liked, others = np.flatnonzero(example.liked), np.flatnonzero(~example.liked)
    if not len(liked) or not len(others):
        return None
    rows = np.concatenate(
        [
            rng.choice(liked, min(len(liked), MAX_POSITIVES), replace=False),
            rng.choice(others, min(len(others), MAX_NEGATIVES), replace=False),
        ]
    )
    return Example(example.log_likes, example.features[rows], example.liked[rows])


def stacked(examples: Iterable[Example], seed: int = 0) -> Examples:
    """Stacks a sample of each example, without examples that have no positive or no negative."""
    rng = default_rng(seed)
    some = [found for example in examples if (found := sample(example, rng)) is not None]
    sizes = [len(example.liked) for example in some]
    return Examples(
        log_likes=np.array([example.log_likes for example in some], np.float64),
        people=np.repeat(np.arange(len(some)), sizes),
        features=np.concatenate([np.zeros((0, len(FEATURES))), *(example.features for example in some)]),
        liked=np.concatenate([np.zeros(0, bool), *(example.liked for example in some)]),
    )


def fit(examples: Examples, ranking: Ranking, *, strength: float = 1.0) -> Ranking:
    """The ranking with its weights, slopes and `never` column fitted to examples of at least one person.

    `strength` is a multiple of the penalty. The fit is scaled so that scores have the same standard deviation within
    pools as before, for which the temperature and the unfitted weights are set. (L-BFGS-B: Byrd et al. 1995, "A Limited
    Memory Algorithm for Bound Constrained Optimization")
    """
    before = spread(examples, ranking)
    low, high = (float(each) for each in np.percentile(examples.log_likes, LOG_LIKES_PERCENTILES))
    ranking = ranking.model_copy(update={"log_likes": (round(low, DECIMALS), round(high, DECIMALS))})
    loss = Loss(examples, ranking, strength)
    with one_blas_thread():
        found = minimize(
            loss.value_and_gradient,
            loss.start,
            jac=True,
            method="L-BFGS-B",
            bounds=loss.bounds,
            options={"maxiter": MAX_ITERATIONS},
        )
    fitted = with_coefficients(ranking, loss.plain(found.x))
    after = spread(examples, fitted)
    return scaled(fitted, before / after) if before > 0 and after > 0 else fitted


def coefficients(ranking: Ranking) -> Floats:
    """The coefficients that are fitted, as one vector: weights, slopes, `never` column, the weight of `never`."""
    tables = (table.model_dump() for table in (ranking.weights, ranking.slopes, ranking.never))
    return np.array([*(table[name] for table in tables for name in FITTED), ranking.weights.never])


def with_coefficients(ranking: Ranking, values: Floats) -> Ranking:
    """The ranking with other coefficients, in the order of `coefficients`."""
    weights, slopes, never = (
        dict(zip(FITTED, map(float, values[first : first + _WIDTH]), strict=True))
        for first in range(0, 3 * _WIDTH, _WIDTH)
    )
    return ranking.model_copy(
        update={
            "weights": ranking.weights.model_copy(update=weights | {"never": float(values[-1])}),
            "slopes": FittedWeights(**slopes),
            "never": FittedWeights(**never),
        }
    )


def scaled(ranking: Ranking, factor: float) -> Ranking:
    """The ranking with its coefficients times a factor, rounded to DECIMALS."""
    return with_coefficients(ranking, np.round(coefficients(ranking) * factor, DECIMALS))


def spread(examples: Examples, ranking: Ranking) -> float:
    """The standard deviation of the fitted part of scores among a person's negatives, averaged over people."""
    fitted = Scores(examples, ranking.log_likes).of(coefficients(ranking))
    others = ~examples.liked
    deviations = _deviations(fitted[others], examples.people[others], len(examples))
    return float(deviations.mean()) if len(examples) else 0.0


class Scores:
    """Scores of all rows as a function of the coefficients, and its gradient; see graph/ranking/weights.py.

    Coefficients are in the order of `coefficients`, each times its `units`.
    """

    def __init__(self, examples: Examples, log_likes: tuple[float, float], units: Floats | None = None) -> None:
        units = np.ones(3 * _WIDTH + 1) if units is None else units
        self._features = examples.fitted / units[:_WIDTH]
        self._never = examples.never / units[-1]
        self._centred = np.clip(examples.log_likes, *log_likes) - CENTRE_LOG_LIKES
        self._groups = 2 * examples.people + (examples.never > 0)
        """The group of each row: a person has two, for posts of authors they liked and of authors they never liked."""
        rows = len(self._groups)
        self._members = csr_matrix((np.ones(rows), (self._groups, np.arange(rows))), shape=(2 * len(examples), rows))

    def of(self, values: Floats) -> Floats:
        """The fitted part of each row's score."""
        weights = np.maximum(self._weights(values), 0)
        scores: Floats = np.einsum("rf,rf->r", self._features, weights[self._groups]) + values[-1] * self._never
        return scores

    def gradient(self, values: Floats, by_score: Floats) -> Floats:
        """The gradient by the coefficients of a function, from its gradient by the scores (the chain rule)."""
        by_weight = (self._members @ (self._features * by_score[:, None])) * (self._weights(values) > 0)
        pairs = by_weight.reshape(-1, 2, _WIDTH)
        of_people = pairs.sum(axis=1)
        return np.concatenate(
            [of_people.sum(axis=0), self._centred @ of_people, pairs[:, 1].sum(axis=0), [by_score @ self._never]]
        )

    def _weights(self, values: Floats) -> Floats:
        """The weights of each group, before negative ones become 0: groups x FITTED."""
        plain, slopes, never = values[:-1].reshape(3, _WIDTH)
        known = plain + self._centred[:, None] * slopes
        weights: Floats = np.stack([known, known + never], axis=1).reshape(-1, _WIDTH)
        return weights


class Loss:
    """The softmax loss, averaged over people, plus the penalty.

    It is a function of standardised coefficients, each times the standard deviation of its feature: the penalty is
    equally strong for each. `strength` is a multiple of the penalty.
    """

    def __init__(self, examples: Examples, ranking: Ranking, strength: float = 1.0) -> None:
        self._examples = examples
        self._units = _units(examples)
        self._scores = Scores(examples, ranking.log_likes, self._units)
        self._rest = examples.rest(ranking)
        self.start = coefficients(ranking) * self._units
        strengths = np.repeat([PENALTY, SLOPE_PENALTY, PENALTY, PENALTY], [_WIDTH, _WIDTH, _WIDTH, 1])
        self._penalty = strength * strengths / len(examples)
        liked = np.bincount(examples.people, examples.liked, len(examples))
        self._share = 1 / liked[examples.people] / len(examples)
        """The share of each positive in the mean loss: those of a person share equally."""

    @property
    def bounds(self) -> list[tuple[float | None, float | None]]:
        """The bounds of the coefficients: weights are never negative, the others are free."""
        return [(0.0, None)] * _WIDTH + [(None, None)] * (2 * _WIDTH + 1)

    def plain(self, values: Floats) -> Floats:
        """The coefficients as a profile has them, no longer standardised."""
        plain: Floats = values / self._units
        return plain

    def value_and_gradient(self, values: Floats) -> tuple[float, Floats]:
        """The loss and its gradient at these coefficients."""
        loss, by_score = self._softmax(self._scores.of(values) + self._rest)
        away = values - self.start
        gradient = self._scores.gradient(values, by_score) + 2 * self._penalty * away
        return loss + float(self._penalty @ away**2), gradient

    def _softmax(self, scores: Floats) -> tuple[float, Floats]:
        """The mean softmax loss of positives against their person's negatives, and its gradient by the scores."""
        people, liked, starts = self._examples.people, self._examples.liked, self._examples.starts
        others = np.where(liked, -np.inf, scores)
        highest = np.maximum.reduceat(others, starts)
        logs = (highest + np.log(np.add.reduceat(np.exp(others - highest[people]), starts)))[people]
        together = np.logaddexp(scores, logs)
        loss = self._share[liked] @ (together - scores)[liked]
        pressure = np.add.reduceat(np.where(liked, self._share * np.exp(logs - together), 0), starts)[people]
        by_score = np.where(
            liked, self._share * np.expm1(scores - together), pressure * np.exp(np.minimum(scores - logs, 0))
        )
        return float(loss), by_score


def _units(examples: Examples) -> Floats:
    """The unit of each coefficient: its feature's standard deviation within pools; 1 if that is below MIN_SPREAD."""
    columns = [*examples.fitted.T, examples.never]
    spreads = [np.sqrt((_deviations(column, examples.people, len(examples)) ** 2).mean()) for column in columns]
    units = np.array([each if each > MIN_SPREAD else 1.0 for each in spreads])
    return np.concatenate([units[:-1], units[:-1], units])


def _deviations(values: Floats, people: Ints, size: int) -> Floats:
    """The standard deviation of each person's values; 0 without values."""
    number = np.maximum(np.bincount(people, minlength=size), 1)
    means = np.bincount(people, values, size) / number
    squares = np.bincount(people, (values - means[people]) ** 2, size)
    deviations: Floats = np.sqrt(squares / number)
    return deviations
