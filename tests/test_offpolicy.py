"""Off-policy estimates, compared with the true values of profiles for simulated people whose taste is known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import pytest

from graph.errors import SettingsError
from graph.quality import offpolicy
from graph.quality.offpolicy import (
    MAX_PLACES,
    LoggedSlate,
    compare_from,
    estimate_from,
    probabilities_under,
    weighted_slates,
)
from graph.quality.resampling import Interval, interval, interval_of, quotients, resampled_sums
from graph.ranking.mixing import Candidate, mix
from graph.ranking.newcomers import Audience
from graph.ranking.profiles import FEATURES, Profile
from graph.ranking.weights import person_weights
from tests.little_network import DEFAULT, changed, ranking

SEEN = 4
"""The most places that a simulated person sees."""
POOL = 14
LIKES = 54
"""The number of likes of each person, at which slopes add nothing."""


def named(name: str, profile: Profile) -> Profile:
    return profile.model_copy(update={"name": name})


BETTER = named("better", changed(weights={"lists": 1.1, "pop": 0.0}))
WORSE = named("worse", changed(weights={"lists": 0.6, "pop": 0.06}))
WARMER = named("warmer", changed(mixing={"temperature": 0.07}))


@dataclass(frozen=True)
class Simulated:
    """A person with a pool, and what they would do with each candidate."""

    slate: LoggedSlate
    """A slate without draws."""
    chances: tuple[float, ...]
    """The probability of a like of each candidate, once it is seen."""
    patience: float
    """The probability of seeing one place more."""


def simulated(number: int, rng: np.random.Generator) -> Simulated:
    """A person who likes posts with a high `lists` feature, and dislikes popular ones."""
    features = np.zeros((POOL, len(FEATURES)))
    features[:, FEATURES.index("lists")] = lists = rng.normal(0, 0.08, POOL)
    features[:, FEATURES.index("pop")] = popularity = rng.normal(0, 0.7, POOL)
    features[:, FEATURES.index("never")] = rng.random(POOL) < 0.5
    chances = 1 / (1 + np.exp(1.2 - 12 * lists + popularity))
    sources = rng.choice(["popular", "trending", "similar_posts"], POOL)
    candidates = [
        Candidate(
            f"{number}-{row}",
            f"author {rng.integers(9)}",
            0.0,
            (str(sources[row]),),
            (f"tag {rng.integers(3)}",),
            Audience(int(rng.integers(200)), int(rng.integers(100)), 0),
        )
        for row in range(POOL)
    ]
    slate = LoggedSlate(
        person=f"person {number}",
        candidates=candidates,
        features=features,
        shown={"author 1": 1},
        late=("popular", "trending"),
        likes=LIKES,
        drawn=[],
        probabilities=np.zeros(0),
        rewards=np.zeros(0),
        page=2,
        constants=ranking().features_hash,
    )
    return Simulated(slate, tuple(chances.tolist()), 0.8)


def scored(person: Simulated, profile: Profile) -> list[Candidate]:
    """The pool as the profile scores it, feature by feature."""
    assert profile.ranking is not None
    weights = person_weights(profile.ranking, LIKES)
    pool = []
    for of, row in zip(person.slate.candidates, person.slate.features.tolist(), strict=True):
        features = dict(zip(FEATURES, row, strict=True))
        features["prior"] = float(np.log(profile.ranking.priors[of.sources[0]]))
        pool.append(replace(of, score=sum(weights.parts(features).values())))
    return pool


def liking(person: Simulated, drawn: Sequence[int], place: int) -> float:
    """The probability of a like at a place: half after a post with the same hashtags."""
    tags = [person.slate.candidates[row].hashtags for row in drawn[: place + 1]]
    tires = place > 0 and tags[place] == tags[place - 1]
    return person.chances[drawn[place]] * (0.5 if tires else 1.0)


def served(person: Simulated, profile: Profile, rng: np.random.Generator) -> LoggedSlate:
    """A slate that the profile draws, with its rewards."""
    assert profile.ranking is not None
    seen = 1 + int(rng.binomial(SEEN - 1, person.patience))
    slate = person.slate
    pool, seed = scored(person, profile), int(rng.integers(2**40))
    draws = mix(pool, profile.ranking.mixing, seen, seed, slate.shown, slate.late, slate.page)
    drawn = [draw.index for draw in draws]
    rewards = [float(rng.random() < liking(person, drawn, place)) for place in range(seen)]
    propensities = np.array([draw.probability for draw in draws])
    return replace(slate, drawn=drawn, probabilities=propensities, rewards=np.array(rewards))


def true_value(profile: Profile, people: int = 3000, seed: int = 1) -> float:
    """The expected reward of a slate of the profile."""
    assert profile.ranking is not None
    rng = np.random.default_rng(seed)
    total = 0.0
    for number in range(people):
        person = simulated(number, rng)
        slate = served(person, profile, rng)
        total += sum(liking(person, slate.drawn, place) for place in range(len(slate.drawn)))
    return total / people


def logged(people: int, seed: int) -> list[LoggedSlate]:
    """Slates drawn by `default`, one or two per person."""
    rng = np.random.default_rng(seed)
    return [
        served(person, DEFAULT, rng)
        for person in (simulated(number, rng) for number in range(people))
        for _ in range(1 + int(rng.random() < 0.3))
    ]


def holds(interval: Interval, value: float) -> bool:
    return interval.low <= value <= interval.high


@pytest.mark.long
@pytest.mark.slow
def test_estimates_order_profiles_by_their_true_values_which_intervals_cover() -> None:
    profiles = (BETTER, DEFAULT, WORSE, WARMER)
    truth = {profile.name: true_value(profile) for profile in profiles}
    assert truth["better"] > truth["default"] + 0.03
    assert truth["worse"] < truth["default"] - 0.03
    runs = 15
    held: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for run in range(runs):
        slates = logged(300, seed=100 + run)
        found = {of.name: estimate_from(slates, of, places=SEEN, resamples=300) for of in profiles}
        held.update(name for name, of in found.items() if holds(of.interval, truth[name]))
        held.update(
            f"difference of {name}"
            for name, of in found.items()
            if holds(of.difference, truth[name] - truth["default"])
        )
        told["order"] += found["better"].value > found["default"].value > found["worse"].value
        told["better"] += found["better"].difference.low > 0
        told["wrong"] += found["better"].difference.high < 0 or found["worse"].difference.low > 0
    assert sum(held[name] for name in truth) >= 0.85 * runs * len(truth), held
    assert all(held[name] >= 0.7 * runs for name in truth), held
    assert all(held[f"difference of {name}"] >= 0.7 * runs for name in truth), held
    assert told["order"] >= 0.85 * runs, told
    assert told["wrong"] == 0


@pytest.fixture(scope="module")
def slates() -> list[LoggedSlate]:
    return logged(150, seed=7)


def test_the_estimate_of_the_profile_that_served_is_its_observed_reward(slates: list[LoggedSlate]) -> None:
    weighted = weighted_slates(slates, DEFAULT, Counter())
    assert weighted.weights == pytest.approx(np.ones((len(slates), MAX_PLACES)), abs=1e-9)
    got = sum(slate.rewards.sum() for slate in slates) / len(slates)
    found = estimate_from(slates, DEFAULT)
    assert (found.value, found.logged, found.snips) == pytest.approx((got, got, got))
    assert found.ess == pytest.approx([len(slates)] * SEEN)
    assert found.difference == pytest.approx((0, 0), abs=1e-9)
    assert (found.places, found.slates, found.people, found.skipped) == (SEEN, len(slates), 150, {})


def test_two_profiles_are_compared_on_the_same_draws(slates: list[LoggedSlate]) -> None:
    pair = compare_from(slates, BETTER, WARMER)
    for found, chosen in ((pair.chosen, BETTER), (pair.other, WARMER)):
        assert found == estimate_from(slates, chosen, places=found.places)
    assert pair.chosen.places == pair.other.places
    assert holds(pair.difference, pair.chosen.value - pair.other.value)
    apart = sum(found.interval.high - found.interval.low for found in (pair.chosen, pair.other))
    assert pair.difference.high - pair.difference.low < apart
    same = compare_from(slates, BETTER, named("the same", BETTER))
    assert same.difference == (0, 0)
    assert not same.is_better


@pytest.mark.long
def test_the_difference_of_profiles_is_seen_where_there_are_enough_slates() -> None:
    many = logged(1500, 11)
    assert compare_from(many, BETTER, WORSE).is_better
    assert not compare_from(many, WORSE, BETTER).is_better


def test_the_weight_of_a_place_is_the_product_of_ratios_up_to_it_or_to_the_last_seen_one() -> None:
    some = logged(30, seed=8)
    weighted = weighted_slates(some, BETTER, Counter())
    for row, slate in enumerate(some):
        ratios = np.array(probabilities_under(slate, BETTER)) / slate.probabilities
        for place in range(MAX_PLACES):
            assert weighted.weights[row, place] == pytest.approx(prod(ratios[: place + 1]))
        seen = len(slate.drawn)
        assert weighted.rewards[row].tolist() == [*slate.rewards, *[0.0] * (MAX_PLACES - seen)]


def test_an_estimate_equals_the_definition_of_rips(slates: list[LoggedSlate]) -> None:
    found = estimate_from(slates, BETTER, places=3)
    value = 0.0
    for place in range(3):
        weights, gains = [], []
        for slate in slates:
            under = probabilities_under(slate, BETTER)
            weight = prod(under[: place + 1]) / prod(slate.probabilities.tolist()[: place + 1])
            weights.append(weight)
            gains.append(weight * slate.rewards[place] if place < len(slate.drawn) else 0.0)
        value += sum(gains) / sum(weights)
        assert found.ess[place] == pytest.approx(sum(weights) ** 2 / sum(weight**2 for weight in weights))
    assert found.value == pytest.approx(value)


def test_propensities_under_the_same_profile_are_the_logged_ones() -> None:
    person = simulated(0, np.random.default_rng(3))
    slate = served(person, BETTER, np.random.default_rng(4))
    assert probabilities_under(slate, BETTER) == pytest.approx(slate.probabilities.tolist(), rel=1e-9)


def test_candidates_that_a_profile_does_not_retrieve_have_propensity_0() -> None:
    slate = next(of for of in logged(50, seed=5) if len(of.drawn) == SEEN)
    [source] = slate.candidates[slate.drawn[1]].sources
    without = DEFAULT.model_copy(update={"sources": tuple(name for name in DEFAULT.sources if name != source)})
    found = probabilities_under(slate, without)
    [first] = slate.candidates[slate.drawn[0]].sources
    assert found[1:] == [0.0] * (SEEN - 1)
    assert (found[0] == 0.0) == (first == source)


def test_slates_whose_features_have_other_constants_are_skipped_and_counted(slates: list[LoggedSlate]) -> None:
    other = changed(half_life_days=3.0)
    with pytest.raises(SettingsError, match=r"Too few slates .*: 0 of 0 people.*whose features have other constants"):
        estimate_from(slates, other)
    mixed = [*slates, *(replace(slate, constants="other") for slate in slates[:5])]
    found = estimate_from(mixed, DEFAULT)
    assert found.skipped == {offpolicy.OTHER_CONSTANTS: 5}
    assert found.slates == len(slates)
    assert BETTER.ranking is not None
    assert BETTER.ranking.features_hash == ranking().features_hash


def test_too_few_slates_are_refused(slates: list[LoggedSlate]) -> None:
    with pytest.raises(
        SettingsError, match=r"Too few slates for an estimate: 99 of \d+ people, and at least 100 of 30 people"
    ):
        estimate_from(slates[:99], DEFAULT)
    alone = [replace(slate, person="the same") for slate in slates]
    with pytest.raises(SettingsError, match=r"\d+ of 1 people, .*ranking\.pool_share"):
        estimate_from(alone, DEFAULT)


def test_a_profile_that_would_have_drawn_nothing_has_no_effective_slates(slates: list[LoggedSlate]) -> None:
    nothing = DEFAULT.model_copy(update={"name": "nothing", "sources": ("newest",)})
    with pytest.raises(SettingsError, match=r"unlike those of nothing: at place 1 their effective sample size is 0,"):
        estimate_from(slates, nothing)


def test_a_profile_too_unlike_the_one_that_served_is_refused_or_estimated_for_fewer_places(
    slates: list[LoggedSlate],
) -> None:
    opposite = named("opposite", changed(weights={"lists": 0.0, "pop": 3.0}))
    with pytest.raises(
        SettingsError,
        match=r"unlike those of opposite: at place 1 their effective sample size is \d+, and at least 50",
    ):
        estimate_from(slates, opposite)
    bold = named("bold", changed(weights={"lists": 0.3, "pop": 0.3}))
    found = estimate_from(slates, bold)
    assert 0 < found.places < SEEN
    assert min(found.ess) >= offpolicy.MIN_ESS
    with pytest.raises(SettingsError, match=rf"Ask for {found.places} places\."):
        estimate_from(slates, bold, places=SEEN)


# Resampling


def test_resampling_draws_whole_people() -> None:
    rows = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    sums = resampled_sums(rows, resamples=500, seed=1)
    assert sums[:, 1] == pytest.approx(10 * sums[:, 0])
    assert {*np.unique(sums[:, 0])} <= {a + b + c for a in (1, 2, 4) for b in (1, 2, 4) for c in (1, 2, 4)}
    assert sums[:, 0].mean() == pytest.approx(7, rel=0.05)
    assert (sums == resampled_sums(rows, resamples=500, seed=1)).all()


def test_the_interval_of_a_mean_is_close_to_the_normal_one() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(3, 2, 2500)
    rows = np.column_stack([values, np.ones(len(values))])
    low, high = interval_of(rows, lambda sums: quotients(sums[:, 0], sums[:, 1]))
    assert high - low == pytest.approx(2 * 1.96 * 2 / 50, rel=0.1)
    assert low < values.mean() < high


def test_without_values_there_is_no_interval() -> None:
    assert np.isnan(interval(np.array([np.nan]))).all()
    assert np.isnan(resampled_sums(np.zeros((0, 2)), resamples=3)).all()
    assert interval(np.array([1.0, np.nan, 1.0])) == (1, 1)
