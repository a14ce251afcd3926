"""The fit of a profile's weights to what people liked: softmax regression on pools of candidates.

Each person's liked posts are told apart from others of the same pool. The weights are those that a feed ranks with,
with their slopes and their changes for authors who were never liked, and are drawn towards the weights of a profile:
where a network says little, its weights stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.random import Generator, default_rng
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from graph.background.arrays import Floats, Ints
from graph.background.blas import one_blas_thread
from graph.quality.holdout import Mask
from graph.ranking.profiles import FEATURES, FITTED, FittedWeights, Ranking
from graph.ranking.weights import CENTRE_LOG_LIKES

OTHERS = 200
"""Posts of a pool that a liked one is compared with."""
MAX_LIKED = 10
"""Liked posts of a person that are fitted to, drawn at random: more would tell of one person again."""
PULL = 5.0
"""The pull towards the weights before, in people: as much as if so many people wanted them."""
PULL_OF_SLOPES = 20.0
LOG_LIKES_PERCENTILES = (1, 99)
MAX_ITERATIONS = 500
MIN_SPREAD = 1e-3
"""The spread within pools from which a feature tells posts apart; below it, a weight would be free to grow."""
DIGITS = 4
"""Decimals of fitted weights."""
_WIDTH = len(FITTED)
_PLACES = [FEATURES.index(name) for name in FITTED]
_NEVER = FEATURES.index("never")
_REST = [place for place, name in enumerate(FEATURES) if name not in (*FITTED, "never")]


@dataclass(frozen=True)
class Example:
    """One person's pool, or a part of it."""

    log_likes: float
    """ln(1 + likes) of the person."""
    features: Floats
    """Posts x FEATURES."""
    liked: Mask
    """The posts that the person went on to like."""


@dataclass(frozen=True)
class Examples:
    """The examples of many people, one below the other."""

    log_likes: Floats
    """By person."""
    people: Ints
    """The person of each row, ascending."""
    features: Floats
    """Rows x FEATURES."""
    liked: Mask

    def __len__(self) -> int:
        return len(self.log_likes)

    @cached_property
    def starts(self) -> Ints:
        """The first row of each person."""
        return np.searchsorted(self.people, np.arange(len(self)))

    @property
    def fitted(self) -> Floats:
        """Rows x FITTED."""
        return self.features[:, _PLACES]

    @property
    def never(self) -> Floats:
        """1 for rows whose author was never liked."""
        return self.features[:, _NEVER]

    def rest(self, ranking: Ranking) -> Floats:
        """The parts of the score, by row, that are not fitted."""
        weights = ranking.weights.model_dump()
        parts: Floats = self.features[:, _REST] @ np.array([weights[FEATURES[place]] for place in _REST])
        return parts


def drawn(example: Example, rng: Generator) -> Example | None:
    """Some liked posts and OTHERS of the rest, at random; None if either is lacking, as nothing can be told apart."""
    liked, others = np.flatnonzero(example.liked), np.flatnonzero(~example.liked)
    if not len(liked) or not len(others):
        return None
    rows = np.concatenate(
        [
            rng.choice(liked, min(len(liked), MAX_LIKED), replace=False),
            rng.choice(others, min(len(others), OTHERS), replace=False),
        ]
    )
    return Example(example.log_likes, example.features[rows], example.liked[rows])


def gathered(examples: Iterable[Example], seed: int = 0) -> Examples:
    """What is drawn of each example, without those of which nothing can be."""
    rng = default_rng(seed)
    some = [found for example in examples if (found := drawn(example, rng)) is not None]
    sizes = [len(example.liked) for example in some]
    return Examples(
        log_likes=np.array([example.log_likes for example in some], np.float64),
        people=np.repeat(np.arange(len(some)), sizes),
        features=np.concatenate([np.zeros((0, len(FEATURES))), *(example.features for example in some)]),
        liked=np.concatenate([np.zeros(0, bool), *(example.liked for example in some)]),
    )


def fit(examples: Examples, ranking: Ranking) -> Ranking:
    """The ranking with weights, slopes and never column fitted to examples of at least one person.

    Fitted weights are scaled until scores spread in a pool as they did before: temperature and recency mean the same.
    """
    low, high = (float(each) for each in np.percentile(examples.log_likes, LOG_LIKES_PERCENTILES))
    ranking = ranking.model_copy(update={"log_likes": (round(low, DIGITS), round(high, DIGITS))})
    loss = Loss(examples, ranking)
    with one_blas_thread():
        found = minimize(
            loss.value_and_gradient,
            loss.start,
            jac=True,
            method="L-BFGS-B",
            bounds=loss.bounds,
            options={"maxiter": MAX_ITERATIONS},
        )
    fitted = with_numbers(ranking, loss.plain(found.x))
    before, after = spread(examples, ranking), spread(examples, fitted)
    return scaled(fitted, before / after) if before > 0 and after > 0 else fitted


def numbers_of(ranking: Ranking) -> Floats:
    """What is fitted, in a row: weights, slopes, never column, constant of never."""
    tables = (table.model_dump() for table in (ranking.weights, ranking.slopes, ranking.never))
    return np.array([*(table[name] for table in tables for name in FITTED), ranking.weights.never])


def with_numbers(ranking: Ranking, numbers: Floats) -> Ranking:
    """The ranking with other numbers in the order of `numbers_of`."""
    weights, slopes, never = (
        dict(zip(FITTED, map(float, numbers[first : first + _WIDTH]), strict=True))
        for first in range(0, 3 * _WIDTH, _WIDTH)
    )
    return ranking.model_copy(
        update={
            "weights": ranking.weights.model_copy(update=weights | {"never": float(numbers[-1])}),
            "slopes": FittedWeights(**slopes),
            "never": FittedWeights(**never),
        }
    )


def scaled(ranking: Ranking, factor: float) -> Ranking:
    """The ranking with what is fitted times a factor, and rounded."""
    return with_numbers(ranking, np.round(numbers_of(ranking) * factor, DIGITS))


def spread(examples: Examples, ranking: Ranking) -> float:
    """The standard deviation of the fitted part of scores among a person's other posts, averaged over people."""
    fitted = Scores(examples, ranking.log_likes).of(numbers_of(ranking))
    others = ~examples.liked
    deviations = _deviations(fitted[others], examples.people[others], len(examples))
    return float(deviations.mean()) if len(examples) else 0.0


class Scores:
    """Scores by weights that change with the person's number of likes, and for authors who were never liked.

    The numbers that they are computed from are in the order of `numbers_of`, each in a unit.
    """

    def __init__(self, examples: Examples, log_likes: tuple[float, float], units: Floats | None = None) -> None:
        units = np.ones(3 * _WIDTH + 1) if units is None else units
        self._features = examples.fitted / units[:_WIDTH]
        self._never = examples.never / units[-1]
        self._away = np.clip(examples.log_likes, *log_likes) - CENTRE_LOG_LIKES
        self._groups = 2 * examples.people + (examples.never > 0)
        """A group for each person's posts of authors whom they liked, and one for those of others."""
        rows = len(self._groups)
        self._members = csr_matrix((np.ones(rows), (self._groups, np.arange(rows))), shape=(2 * len(examples), rows))

    def of(self, numbers: Floats) -> Floats:
        """The score of each row, without the parts that are not fitted."""
        weights = np.maximum(self._weights(numbers), 0)
        scores: Floats = np.einsum("rf,rf->r", self._features, weights[self._groups]) + numbers[-1] * self._never
        return scores

    def gradient(self, numbers: Floats, by_score: Floats) -> Floats:
        """The gradient by the numbers of a function whose gradient by the scores is given."""
        by_weight = (self._members @ (self._features * by_score[:, None])) * (self._weights(numbers) > 0)
        pairs = by_weight.reshape(-1, 2, _WIDTH)
        of_people = pairs.sum(axis=1)
        return np.concatenate(
            [of_people.sum(axis=0), self._away @ of_people, pairs[:, 1].sum(axis=0), [by_score @ self._never]]
        )

    def _weights(self, numbers: Floats) -> Floats:
        """Groups x FITTED, before they are cut at 0."""
        plain, slopes, never = numbers[:-1].reshape(3, _WIDTH)
        known = plain + self._away[:, None] * slopes
        weights: Floats = np.stack([known, known + never], axis=1).reshape(-1, _WIDTH)
        return weights


class Loss:
    """The mean loss of people, plus the pull towards the weights before.

    It is a function of the numbers of `numbers_of` in units of the spread of their features, so that one pull is as
    strong for each.
    """

    def __init__(self, examples: Examples, ranking: Ranking) -> None:
        self._examples = examples
        self._units = _units(examples)
        self._scores = Scores(examples, ranking.log_likes, self._units)
        self._rest = examples.rest(ranking)
        self.start = numbers_of(ranking) * self._units
        self._pull = np.repeat([PULL, PULL_OF_SLOPES, PULL, PULL], [_WIDTH, _WIDTH, _WIDTH, 1]) / len(examples)
        liked = np.bincount(examples.people, examples.liked, len(examples))
        self._share = 1 / liked[examples.people] / len(examples)
        """The share of each liked row in the mean loss."""

    @property
    def bounds(self) -> list[tuple[float | None, float | None]]:
        """Weights are never negative; slopes, never column and constant are free."""
        return [(0.0, None)] * _WIDTH + [(None, None)] * (2 * _WIDTH + 1)

    def plain(self, numbers: Floats) -> Floats:
        """The numbers without their units, as a profile has them."""
        plain: Floats = numbers / self._units
        return plain

    def value_and_gradient(self, numbers: Floats) -> tuple[float, Floats]:
        """The loss, and its gradient by the numbers."""
        loss, by_score = self._softmax(self._scores.of(numbers) + self._rest)
        away = numbers - self.start
        gradient = self._scores.gradient(numbers, by_score) + 2 * self._pull * away
        return loss + float(self._pull @ away**2), gradient

    def _softmax(self, scores: Floats) -> tuple[float, Floats]:
        """The mean loss of each liked post against the others of its person, and its gradient by the scores."""
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
    """The unit of each number: the spread of its feature within pools; 1 for a feature that is nearly the same."""
    columns = [*examples.fitted.T, examples.never]
    spreads = [np.sqrt((_deviations(column, examples.people, len(examples)) ** 2).mean()) for column in columns]
    units = np.array([each if each > MIN_SPREAD else 1.0 for each in spreads])
    return np.concatenate([units[:-1], units[:-1], units])


def _deviations(values: Floats, people: Ints, size: int) -> Floats:
    """The standard deviation of each person's values; 0 for none."""
    number = np.maximum(np.bincount(people, minlength=size), 1)
    means = np.bincount(people, values, size) / number
    squares = np.bincount(people, (values - means[people]) ** 2, size)
    deviations: Floats = np.sqrt(squares / number)
    return deviations
