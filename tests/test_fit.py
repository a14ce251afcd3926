"""The fit of weights: it recovers the weights that generated likes, and keeps those that likes say nothing of."""

import numpy as np
import pytest
from numpy.random import Generator, default_rng
from scipy.optimize import approx_fprime

from graph.background.arrays import Floats
from graph.quality import fit as fits
from graph.quality.fit import Example, Examples, Loss, coefficients, fit, sample, spread, stacked, with_coefficients
from graph.ranking.profiles import FEATURES, FITTED, Ranking, profile
from graph.ranking.weights import person_weights

NEVER = FEATURES.index("never")


def default() -> Ranking:
    ranking = profile("default").ranking
    assert ranking is not None
    return ranking


def pool(rng: Generator, posts: int) -> Floats:
    """Features of a pool, each with a standard deviation of its own, as in a real network."""
    spreads = {"lists": 0.4, "factors": 0.2, "fastrp": 0.1, "pop": 1.5, "trend": 0.3, "rate": 1.0, "followed": 0.0}
    columns: dict[str, Floats] = {
        name: rng.normal(0, spreads.get(name, 0.5), posts) for name in FEATURES if name != "content"
    }
    columns |= {
        name: np.where(rng.random(posts) < share, 1.0, 0.0) for name, share in (("followed", 0.2), ("never", 0.6))
    }
    columns["content"] = np.zeros(posts)  # its weight is not fitted
    return np.column_stack([columns[name] for name in FEATURES])


def scores(ranking: Ranking, features: Floats, likes: int) -> Floats:
    """The scores that a feed ranks by."""
    weights = person_weights(ranking, likes)
    known, never = (np.array([table[name] for name in FEATURES]) for table in (weights.known, weights.never))
    found: Floats = np.where(features[:, NEVER] > 0, features @ never, features @ known)
    return found


def likers(
    ranking: Ranking, rng: Generator, people: int, posts: int = 60, likes_from: int = 5, likes_to: int = 500
) -> Examples:
    """People who each like one post of their pool, drawn by the softmax of the scores."""

    def example() -> Example:
        likes = int(rng.integers(likes_from, likes_to))
        features = pool(rng, posts)
        odds = np.exp(scores(ranking, features, likes))
        liked = np.zeros(posts, bool)
        liked[rng.choice(posts, p=odds / odds.sum())] = True
        return Example(float(np.log1p(likes)), features, liked)

    return stacked(example() for _ in range(people))


def changed(**changes: dict[str, float]) -> Ranking:
    """The ranking of `default` with other numbers in its tables."""
    ranking = default()
    tables = {name: getattr(ranking, name).model_copy(update=change) for name, change in changes.items()}
    return ranking.model_copy(update=tables)


TASTE = {
    "lists": 2.0,
    "factors": 4.0,
    "fastrp": 1.0,
    "rate": 1.4,
    "followed": 0.9,
    "pop": 0.6,
    "tag": 0.5,
    "never": -0.4,
}


@pytest.mark.long
def test_the_weights_that_generated_the_likes_are_recovered() -> None:
    truth = changed(weights=TASTE, slopes={"factors": 0.5, "rate": -0.2}, never={"pop": 0.5, "followed": 0.2})
    examples = likers(truth, default_rng(1), 3_000)
    fitted = fit(examples, default())
    factor = spread(examples, truth) / spread(examples, fitted)
    found, expected = coefficients(fitted) * factor, coefficients(truth)
    units = fits._units(examples)
    away = np.abs(found - expected) * units  # in steps of the feature's spread
    assert away.max() < 0.25
    before = np.abs(coefficients(default()) - expected) * units
    assert np.square(away).sum() < 0.1 * np.square(before).sum()


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = default_rng(2)
    loss = Loss(likers(changed(weights=TASTE), rng, 40), default())
    for _ in range(5):
        at = loss.start + rng.normal(0, 0.3, len(loss.start))
        _, gradient = loss.value_and_gradient(at)
        numeric = approx_fprime(at, lambda values: loss.value_and_gradient(values)[0], 1e-7)
        assert gradient == pytest.approx(numeric, abs=1e-5)


def test_the_scores_of_the_fit_are_those_that_feeds_are_ranked_by() -> None:
    rng = default_rng(3)
    ranking = changed(weights=TASTE, slopes={"factors": -3.0}, never={"rate": -2.0})
    for likes in (0, 3, 54, 900, 10_000):
        features = pool(rng, 30)
        example = Examples(np.log1p([likes]), np.zeros(30, np.int64), features, np.zeros(30, bool))
        ours = fits.Scores(example, ranking.log_likes).of(coefficients(ranking)) + example.rest(ranking)
        assert ours == pytest.approx(scores(ranking, features, likes), abs=1e-9)


def test_extreme_scores_do_not_overflow() -> None:
    examples = likers(default(), default_rng(4), 20)
    loss = Loss(examples, default())
    with np.errstate(all="raise", under="ignore"):
        value, gradient = loss.value_and_gradient(loss.start * 1e6)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


def test_weights_are_never_negative_and_slopes_may_be() -> None:
    truth = changed(weights={"pop": -1.0, "lists": 1.0}, slopes={"factors": -2.0})
    fitted = fit(likers(truth, default_rng(5), 1_000), default())
    assert fitted.weights.pop == 0
    assert all(getattr(fitted.weights, name) >= 0 for name in FITTED)
    assert fitted.slopes.factors < 0


def test_unfitted_weights_stay() -> None:
    fitted = fit(likers(changed(weights=TASTE), default_rng(6), 300), default())
    fixed = ("content", "recency", "affinity", "prior", "feedback")
    assert [getattr(fitted.weights, name) for name in fixed] == [getattr(default().weights, name) for name in fixed]
    tables = {"weights", "slopes", "never", "log_likes"}
    assert fitted.model_dump(exclude=tables) == default().model_dump(exclude=tables)


def test_constant_features_keep_their_weights() -> None:
    examples = likers(changed(weights=TASTE), default_rng(7), 500)
    for name in ("tag", "trend"):
        examples.features[:, FEATURES.index(name)] = 0.0
    fitted = fit(examples, default())
    factor = fitted.weights.tag / default().weights.tag
    assert fitted.weights.trend == pytest.approx(factor * default().weights.trend, rel=0.01)
    assert 0.1 < factor < 10


def test_few_people_move_weights_less_than_many() -> None:
    examples = [likers(changed(weights=TASTE), default_rng(8), people) for people in (10, 1_000)]
    moved = []
    for some in examples:
        before, after = (
            coefficients(ranking) * fits._units(examples[1]) for ranking in (default(), fit(some, default()))
        )
        moved.append(1 - before @ after / np.linalg.norm(before) / np.linalg.norm(after))  # the scale does not matter
    assert moved[0] < 0.5 * moved[1]


def test_the_fit_keeps_the_standard_deviation_of_scores() -> None:
    examples = likers(changed(weights=TASTE), default_rng(9), 500)
    assert spread(examples, fit(examples, default())) == pytest.approx(spread(examples, default()), rel=0.001)


@pytest.mark.parametrize(("least", "most"), [(0, 3), (3_000, 60_000)])
def test_it_does_so_where_people_like_less_or_more_than_those_of_the_profile(least: int, most: int) -> None:
    examples = likers(changed(weights=TASTE), default_rng(13), 500, likes_from=least, likes_to=most)
    assert spread(examples, fit(examples, default())) == pytest.approx(spread(examples, default()), rel=0.001)


def test_log_likes_are_clipped_to_percentiles_of_the_people() -> None:
    examples = likers(default(), default_rng(10), 400)
    low, high = fit(examples, default()).log_likes
    assert (low, high) == pytest.approx(np.percentile(examples.log_likes, [1, 99]), abs=1e-4)


def test_coefficients_of_a_ranking_round_trip() -> None:
    assert with_coefficients(default(), coefficients(default())) == default()


def test_a_pool_is_sampled_and_one_without_positives_or_negatives_is_left_out() -> None:
    rng = default_rng(11)
    features = pool(rng, 400)
    liked = np.arange(400) < 30
    found = sample(Example(3.0, features, liked), rng)
    assert found is not None
    assert (found.liked.sum(), (~found.liked).sum()) == (fits.MAX_POSITIVES, fits.MAX_NEGATIVES)
    assert len({*map(bytes, found.features)}) == len(found.features)
    assert sample(Example(3.0, features, np.zeros(400, bool)), rng) is None
    assert sample(Example(3.0, features, np.ones(400, bool)), rng) is None


def test_no_pools_give_no_examples() -> None:
    assert len(stacked([])) == 0
