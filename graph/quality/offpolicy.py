"""What another profile would have got, from slates that were served: their draws are weighed by how much likelier the
other profile would have made them.

The estimate is RIPS (McInerney et al. 2020, "Counterfactual Evaluation of Slate Recommendations with Sequential Reward
Interactions", KDD): what comes of a place depends on the posts up to there, so it is weighed by the product of the
ratios of the probabilities up to there, and self-normalised at each place (SNIPS: Swaminathan and Joachims 2015, "The
Self-Normalized Estimator for Counterfactual Learning", NIPS). A place that was not seen has the weight of the last that
was, and the reward 0: how far somebody looks depends on what they have seen.

It tells how another profile would have weighed and mixed the same candidates, not what it would have retrieved.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from graph import clock
from graph.client import Client, Row
from graph.errors import SettingsError
from graph.quality.resampling import RESAMPLES, Interval, interval, quotients, resampled_sums
from graph.ranking.mixing import Candidate, probabilities
from graph.ranking.profiles import FEATURES, MIXED, Profile
from graph.ranking.sources import FALLBACK, SOURCES
from graph.ranking.weights import PersonWeights, person_weights

Floats = NDArray[np.float64]

REWARD_DAYS = 7.0
"""A like or a hide counts so long after the slate was made."""
LIKE_REWARD = 1.0
HIDE_REWARD = -1.0
MAX_PLACES = 10
"""The first places of a slate, of which an estimate may tell."""
MIN_SLATES = 100
MIN_PEOPLE = 30
MIN_ESS = 50.0
"""The least effective sample size of a place: beyond, few slates tell nearly all."""
FETCH = 500
"""Slates held in memory at once while they are read: each has thousands of numbers."""

ONE_SOURCE = "of one source, without draws"
UNSEEN = "of which nothing was seen"
OLD = "of a version that kept too little"
BLANKED = "in which somebody was forgotten"
OTHER_CONSTANTS = "whose features have other constants than the profile"


@dataclass(frozen=True)
class KeptSlate:
    """A slate that was drawn, all that its draws depended on, and what came of the places that were seen."""

    person: str
    candidates: Sequence[Candidate]
    """The pool. Scores are of no profile."""
    features: Floats
    """A row for each candidate, in the order of FEATURES."""
    shown: Mapping[str, int]
    """The number of impressions of each author before."""
    late: Sequence[str]
    """The sources whose floors came late."""
    likes: int
    """Of the person, on which weights depend."""
    drawn: Sequence[int]
    """The candidates of the places that were seen, in order."""
    probabilities: Floats
    """The propensities of these draws."""
    rewards: Floats
    """What came of each of these places."""
    constants: str
    """The hash of the constants that features were computed with."""


@dataclass(frozen=True)
class Estimate:
    """What the first places of a slate are worth by a profile: likes less hides, a slate."""

    profile: str
    places: int
    """The first places that it tells of."""
    value: float
    """By the profile, estimated."""
    interval: Interval
    logged: float
    """What the same places of the same slates did get."""
    difference: Interval
    """The interval of `value` less `logged`, which vary together."""
    snips: float
    """The same as `value`, estimated with one weight for all places of a slate: it varies more."""
    ess: tuple[float, ...]
    """The effective sample size (Kish) of each place: how many unweighted slates would tell as much."""
    slates: int
    people: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    """The number of slates that were left out, by the reason."""


@dataclass(frozen=True)
class Weighed:
    """Slates as rows, with the first places as columns."""

    people: NDArray[np.intp]
    """The number of the person of each slate."""
    seen: NDArray[np.intp]
    """The number of places that were seen of each slate."""
    weights: Floats
    """The product of the ratios up to each place, or to the last that was seen."""
    rewards: Floats
    """0 where nothing was seen."""

    @cached_property
    def ess(self) -> Floats:
        """Kish's effective sample size of each place."""
        return quotients(self.weights.sum(axis=0) ** 2, (self.weights**2).sum(axis=0))

    def first(self, places: int) -> "Weighed":
        return Weighed(self.people, self.seen, self.weights[:, :places], self.rewards[:, :places])

    def sums(self) -> Floats:
        """A row for each person: of each place the weighted rewards, and the weights; then the rewards; the number of
        slates; the rewards weighted by the last place's weight."""
        whole = self.weights[:, -1:]
        total = self.rewards.sum(axis=1, keepdims=True)
        columns = np.hstack([self.weights * self.rewards, self.weights, total, np.ones_like(total), whole * total])
        rows = np.zeros((int(self.people.max(initial=-1)) + 1, columns.shape[1]))
        np.add.at(rows, self.people, columns)
        return rows


def estimate(
    client: Client, profile: Profile, *, places: int | None = None, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """What a profile would have got from the slates of the graph whose pool was kept.

    It tells of as many first places as the slates can tell of, up to MAX_PLACES, or of `places`. Raises SettingsError
    if there are too few slates, if they are too unlike what the profile would have drawn, or for a profile that weighs
    nothing.
    """
    if profile.ranking is None:
        raise SettingsError(f"The profile {profile.name} has no slates.", "Use another profile.")
    skipped: Counter[str] = Counter()
    slates = kept_slates(client, skipped)
    return estimate_from(slates, profile, places=places, resamples=resamples, seed=seed, skipped=skipped)


def estimate_from(
    slates: Iterable[KeptSlate],
    profile: Profile,
    *,
    places: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    skipped: Counter[str] | None = None,
) -> Estimate:
    """`estimate` of given slates; those that the profile cannot be weighed by are counted in `skipped`, too."""
    skipped = Counter() if skipped is None else skipped
    weighed = weigh(slates, profile, skipped)
    weighed = weighed.first(_places(weighed, profile, places, skipped))
    count = weighed.weights.shape[1]
    rows = weighed.sums()
    [value], [logged], [snips] = _figures(rows.sum(axis=0, keepdims=True), count)
    values, observed, _ = _figures(resampled_sums(rows, resamples=resamples, seed=seed), count)
    return Estimate(
        profile=profile.name,
        places=count,
        value=float(value),
        interval=interval(values),
        logged=float(logged),
        difference=interval(values - observed),
        snips=float(snips),
        ess=tuple(weighed.ess.tolist()),
        slates=len(weighed.weights),
        people=len(rows),
        skipped=dict(skipped),
    )


def weigh(slates: Iterable[KeptSlate], profile: Profile, skipped: Counter[str]) -> Weighed:
    """The weights and rewards of slates under a profile."""
    assert profile.ranking is not None
    numbers: dict[str, int] = {}
    people, places, weights, rewards = [], [], [], []
    for slate in slates:
        if slate.constants != profile.ranking.features_hash:
            skipped[OTHER_CONSTANTS] += 1
            continue
        seen = len(slate.drawn)
        ratios = np.ones(MAX_PLACES)  # after the last place seen, the product stays as it is
        ratios[:seen] = np.array(probabilities_under(slate, profile)) / slate.probabilities
        reward = np.zeros(MAX_PLACES)
        reward[:seen] = slate.rewards
        places.append(seen)
        people.append(numbers.setdefault(slate.person, len(numbers)))
        weights.append(np.cumprod(ratios))
        rewards.append(reward)
    shape = (len(people), MAX_PLACES)
    whose, seen_places = (np.array(column, dtype=np.intp) for column in (people, places))
    return Weighed(whose, seen_places, np.reshape(weights, shape), np.reshape(rewards, shape))


def probabilities_under(slate: KeptSlate, profile: Profile) -> list[float]:
    """The probability of each draw of a slate under a profile, given the draws before."""
    ranking = profile.ranking
    assert ranking is not None
    known = [source for source in SOURCES if source in {*profile.sources, FALLBACK}]
    order = sorted(known, key=lambda source: -ranking.priors[source])
    sources = [tuple(source for source in order if source in of.sources) for of in slate.candidates]
    rows = [row for row, names in enumerate(sources) if names]  # others the profile would not have retrieved
    priors = [ranking.priors[sources[row][0]] for row in rows]
    scores = _scores(slate.features[rows], priors, person_weights(ranking, slate.likes))
    pool = [
        replace(slate.candidates[row], score=score, sources=sources[row])
        for row, score in zip(rows, scores.tolist(), strict=True)
    ]
    index = {row: number for number, row in enumerate(rows)}
    possible = [index[row] for row in takewhile(index.__contains__, slate.drawn)]
    found = probabilities(pool, ranking.mixing, possible, slate.shown, slate.late)
    return found + [0.0] * (len(slate.drawn) - len(found))


def _scores(features: Floats, priors: Sequence[float], weights: PersonWeights) -> Floats:
    """The scores of candidates, of which all features but the prior are as they were."""
    known, never = (np.array([of[name] for name in FEATURES]) for of in (weights.known, weights.never))
    features = features.copy()
    features[:, FEATURES.index("prior")] = np.log(priors)
    is_never = features[:, FEATURES.index("never")] != 0
    scores: Floats = np.where(is_never, features @ never, features @ known)
    return scores


def kept_slates(client: Client, skipped: Counter[str]) -> Iterator[KeptSlate]:
    """The slates of the graph that can be learned from; others are counted in `skipped`."""
    learning = {"places": MAX_PLACES, "rewardMs": round(REWARD_DAYS * clock.DAY_MS)}
    for row in client.stream("slates/kept", {"learning": learning}, fetch=FETCH):
        if reason := _unusable(row):
            skipped[reason] += 1
        else:
            yield _kept(row)


def _unusable(row: Row) -> str | None:
    """The reason why a slate cannot be learned from, if it cannot."""
    if row["source"] != MIXED:
        return ONE_SOURCE
    if row["shown"] is None:
        return OLD
    if "" in row["posts"]:
        return BLANKED
    return None if row["drawn"] else UNSEEN


def _kept(row: Row) -> KeptSlate:
    authors, posts = row["authors"], row["posts"]
    place_of = {post: place for place, post in enumerate(posts)}
    rewards = np.zeros(len(row["drawn"]))
    rewards[row["liked"]] += LIKE_REWARD
    rewards[row["hid"]] += HIDE_REWARD
    return KeptSlate(
        person=row["person"],
        candidates=[
            Candidate(post, author or None, 0.0, tuple(sources.split()), tuple(filter(None, hashtags.split("\n"))))
            for post, author, sources, hashtags in zip(posts, authors, row["sources"], row["hashtags"], strict=True)
        ],
        features=np.reshape(row["features"], (len(posts), -1)),
        shown={author: times for author, times in zip(authors, row["shown"], strict=True) if author and times},
        late=row["late"],
        likes=row["likes"],
        drawn=[place_of[post] for post in row["drawn"]],
        probabilities=np.array(row["probabilities"]),
        rewards=rewards,
        constants=row["constants"],
    )


def _figures(sums: Floats, places: int) -> tuple[Floats, Floats, Floats]:
    """The value by the profile, what was got, and the value by SNIPS, from each row of sums."""
    values = quotients(sums[:, :places], sums[:, places : 2 * places]).sum(axis=1)
    rewards, slates, whole = sums[:, 2 * places :].T
    return values, quotients(rewards, slates), quotients(whole, sums[:, 2 * places - 1])


def _places(weighed: Weighed, profile: Profile, asked: int | None, skipped: Mapping[str, int]) -> int:
    """The first places that the slates can tell of. Raises SettingsError."""
    slates, people = len(weighed.weights), len({*weighed.people.tolist()})
    if slates < MIN_SLATES or people < MIN_PEOPLE:
        left_out = "".join(f"; {count:,} {reason}" for reason, count in skipped.items())
        raise SettingsError(
            f"There are {slates:,} slates of {people:,} people to learn from, and it takes {MIN_SLATES} slates of "
            f"{MIN_PEOPLE} people{left_out}.",
            "Serve more feeds, or keep the pools of more of them: ranking.pool_share of the profile that serves.",
        )
    seen = int(weighed.seen.max())
    enough = weighed.ess[:seen] >= MIN_ESS
    most = seen if enough.all() else int(np.argmin(enough))
    if most < (asked or 1):
        found = weighed.ess[most] if most < seen else 0.0
        raise SettingsError(
            f"The slates tell too little of {profile.name}: at place {most + 1} they count as {found:.0f}, and it "
            f"takes {MIN_ESS:.0f}.",
            f"Ask for {most} places."
            if most
            else "Keep the pools of more feeds, or ask for a profile that is nearer to the one that served.",
        )
    return most if asked is None else asked
