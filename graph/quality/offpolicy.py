"""Off-policy evaluation: estimates the reward of a profile from slates that other profiles served.

The estimator is RIPS (McInerney et al. 2020, "Counterfactual Evaluation of Slate Recommendations with Sequential Reward
Interactions", KDD): the reward of a place depends on the posts up to it, so its importance weight is the product of the
ratios of the propensities up to it. Weights are self-normalised at each place (SNIPS: Swaminathan and Joachims 2015,
"The Self-Normalized Estimator for Counterfactual Learning", NIPS). An unseen place has the weight of the last seen one,
and the reward 0: how far people look depends on what they have seen.

An estimate covers how a profile would score and mix the candidates of these slates, not what it would retrieve.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from graph import clock
from graph.background.arrays import Floats
from graph.client import Client, Row
from graph.errors import SettingsError
from graph.quality.resampling import RESAMPLES, Interval, interval, quotients, resampled_sums
from graph.ranking.mixing import LEAST_PAGE, Candidate, probabilities
from graph.ranking.newcomers import Audience
from graph.ranking.profiles import FEATURES, MIXED, Profile
from graph.ranking.sources import FALLBACK, SOURCES
from graph.ranking.weights import PersonWeights, person_weights

REWARD_DAYS = 7.0
"""Days after a slate was made within which a like or a hide counts."""
MATURE_DAYS = 1.0
"""The least age of a slate that counts, in days: the likes and hides of younger ones are yet to come."""
LIKE_REWARD = 1.0
HIDE_REWARD = -1.0
MAX_PLACES = 10
"""The most places of a slate that an estimate covers."""
MIN_SLATES = 100
MIN_PEOPLE = 30
MIN_ESS = 50.0
"""The least effective sample size of a place: below it, a few slates dominate the estimate."""
FETCH_SLATES = 500
"""The fetch size of slates: each has thousands of numbers."""

ONE_SOURCE = "of one source, without draws"
UNSEEN = "of which nothing was seen"
OLD = "of a version that kept too little"
BLANKED = "in which somebody was forgotten"
OTHER_CONSTANTS = "whose features have other constants than the profile"


@dataclass(frozen=True)
class LoggedSlate:
    """A slate that was drawn, with all that its draws depended on, and the rewards of the places that were seen."""

    person: str
    candidates: Sequence[Candidate]
    """The pool, without scores."""
    features: Floats
    """A row for each candidate, in the order of FEATURES."""
    shown: Mapping[str, int]
    """The number of earlier impressions of each author."""
    late: Sequence[str]
    """The sources whose floors came late."""
    likes: int
    """The number of likes of the person, on which weights depend."""
    drawn: Sequence[int]
    """The indices of the candidates drawn for the places that were seen, in order."""
    probabilities: Floats
    """The propensities of these draws, under the profile that served."""
    rewards: Floats
    """The reward of each of these places."""
    page: int
    """The number of places in a page."""
    constants: str
    """A hash of the constants that features were computed with."""


@dataclass(frozen=True)
class Estimate:
    """The estimated reward of a profile: likes less hides in the first places of a slate."""

    profile: str
    places: int
    """The number of places that it covers."""
    value: float
    """The estimated mean reward of a slate."""
    interval: Interval
    logged: float
    """The observed mean reward of the same places of the same slates."""
    difference: Interval
    """The interval of `value` less `logged`, from the same resamples."""
    snips: float
    """`value` by SNIPS with one weight for a whole slate, which has a higher variance."""
    ess: tuple[float, ...]
    """The effective sample size of each place (Kish): the number of unweighted slates of equal variance."""
    slates: int
    people: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    """The number of slates left out, by reason."""


@dataclass(frozen=True)
class WeightedSlates:
    """Importance weights and rewards: slates x places."""

    people: NDArray[np.intp]
    """The index of the person of each slate."""
    seen: NDArray[np.intp]
    """The number of seen places of each slate."""
    weights: Floats
    """The product of the propensity ratios up to each place, or up to the last seen one."""
    rewards: Floats
    """0 at unseen places."""

    @cached_property
    def ess(self) -> Floats:
        """The effective sample size of each place (Kish); 0 if all weights are 0."""
        return np.nan_to_num(quotients(self.weights.sum(axis=0) ** 2, (self.weights**2).sum(axis=0)))

    def first(self, places: int) -> "WeightedSlates":
        """The first places alone."""
        return WeightedSlates(self.people, self.seen, self.weights[:, :places], self.rewards[:, :places])

    def sums(self) -> Floats:
        """Sums over the slates of each person, a row for each.

        The columns are the weighted rewards of each place, the weights of each place, the rewards, the number of
        slates, and the rewards weighted by the last place's weight.
        """
        whole = self.weights[:, -1:]
        total = self.rewards.sum(axis=1, keepdims=True)
        columns = np.hstack([self.weights * self.rewards, self.weights, total, np.ones_like(total), whole * total])
        rows = np.zeros((int(self.people.max(initial=-1)) + 1, columns.shape[1]))
        np.add.at(rows, self.people, columns)
        return rows


def estimate(
    client: Client, profile: Profile, *, places: int | None = None, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """The estimate of a profile from the slates whose pools the graph has stored.

    It covers the first `places`; by default as many as have MIN_ESS, up to MAX_PLACES. Raises SettingsError if there
    are too few slates, if the profile would hardly have drawn them, or if it draws no slates.
    """
    if profile.ranking is None:
        raise SettingsError(f"The profile {profile.name} has no slates.", "Use another profile.")
    skipped: Counter[str] = Counter()
    slates = logged_slates(client, skipped)
    return estimate_from(slates, profile, places=places, resamples=resamples, seed=seed, skipped=skipped)


@dataclass(frozen=True)
class Comparison:
    """The estimates of two profiles from the same slates."""

    chosen: Estimate
    other: Estimate
    difference: Interval
    """The interval of the value of `chosen` less that of `other`, from the same resamples."""

    @property
    def is_better(self) -> bool:
        """True if the value of `chosen` is higher: the interval of the difference is above 0."""
        return self.difference.low > 0


def compare(
    client: Client,
    profile: Profile,
    other: Profile,
    *,
    places: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """The estimates of two profiles from the slates whose pools the graph has stored.

    They cover the first `places`; by default as many as have MIN_ESS for both. Raises SettingsError as `estimate` does.
    """
    for each in (profile, other):
        if each.ranking is None:
            raise SettingsError(f"The profile {each.name} has no slates.", "Use another profile.")
    skipped: Counter[str] = Counter()
    slates = logged_slates(client, skipped)
    return compare_from(slates, profile, other, places=places, resamples=resamples, seed=seed, skipped=skipped)


def compare_from(
    slates: Iterable[LoggedSlate],
    profile: Profile,
    other: Profile,
    *,
    places: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    skipped: Counter[str] | None = None,
) -> Comparison:
    """The comparison from given slates. Adds those that do not fit both profiles to `skipped`."""
    skipped = Counter() if skipped is None else skipped
    profiles = (profile, other)
    pair = weighted_by_profile(slates, profiles, skipped)
    most = min(_places(weighted, each, places, skipped) for weighted, each in zip(pair, profiles, strict=True))
    pair = [weighted.first(most) for weighted in pair]
    rows = [weighted.sums() for weighted in pair]
    drawn = np.split(resampled_sums(np.hstack(rows), resamples=resamples, seed=seed), 2, axis=1)
    of_chosen, of_other = (
        _estimate(each.name, weighted, sums, resampled, skipped)
        for each, weighted, sums, resampled in zip(profiles, pair, rows, drawn, strict=True)
    )
    values = [_values(resampled, most)[0] for resampled in drawn]
    return Comparison(of_chosen, of_other, interval(values[0] - values[1]))


def estimate_from(
    slates: Iterable[LoggedSlate],
    profile: Profile,
    *,
    places: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    skipped: Counter[str] | None = None,
) -> Estimate:
    """The estimate from given slates. Adds those that do not fit the profile to `skipped`."""
    skipped = Counter() if skipped is None else skipped
    weighted = weighted_slates(slates, profile, skipped)
    weighted = weighted.first(_places(weighted, profile, places, skipped))
    rows = weighted.sums()
    return _estimate(profile.name, weighted, rows, resampled_sums(rows, resamples=resamples, seed=seed), skipped)


def _estimate(
    name: str, weighted: WeightedSlates, rows: Floats, resampled: Floats, skipped: Mapping[str, int]
) -> Estimate:
    """The estimate of a profile from the sums of people, and from resamples of these."""
    count = weighted.weights.shape[1]
    [value], [logged], [snips] = _values(rows.sum(axis=0, keepdims=True), count)
    values, observed, _ = _values(resampled, count)
    return Estimate(
        profile=name,
        places=count,
        value=float(value),
        interval=interval(values),
        logged=float(logged),
        difference=interval(values - observed),
        snips=float(snips),
        ess=tuple(weighted.ess.tolist()),
        slates=len(weighted.weights),
        people=len(rows),
        skipped=dict(skipped),
    )


def weighted_slates(slates: Iterable[LoggedSlate], profile: Profile, skipped: Counter[str]) -> WeightedSlates:
    """The importance weights and rewards of slates under a profile. Counts slates that do not fit it in `skipped`."""
    [weighted] = weighted_by_profile(slates, [profile], skipped)
    return weighted


def weighted_by_profile(
    slates: Iterable[LoggedSlate], profiles: Sequence[Profile], skipped: Counter[str]
) -> list[WeightedSlates]:
    """The importance weights and rewards of the same slates under each profile.

    Counts slates that do not fit all of these in `skipped`.
    """
    constants = {profile.ranking.features_hash for profile in profiles if profile.ranking is not None}
    numbers: dict[str, int] = {}
    people, places, rewards = [], [], []
    weights: list[list[Floats]] = [[] for _ in profiles]
    for slate in slates:
        if {slate.constants} != constants:
            skipped[OTHER_CONSTANTS] += 1
            continue
        seen = len(slate.drawn)
        for of_profile, profile in zip(weights, profiles, strict=True):
            ratios = np.ones(MAX_PLACES)  # after the last place seen, the product stays as it is
            ratios[:seen] = np.array(probabilities_under(slate, profile)) / slate.probabilities
            of_profile.append(np.cumprod(ratios, dtype=np.float64))
        reward = np.zeros(MAX_PLACES)
        reward[:seen] = slate.rewards
        places.append(seen)
        people.append(numbers.setdefault(slate.person, len(numbers)))
        rewards.append(reward)
    shape = (len(people), MAX_PLACES)
    whose, seen_places = (np.array(column, dtype=np.intp) for column in (people, places))
    return [WeightedSlates(whose, seen_places, np.reshape(each, shape), np.reshape(rewards, shape)) for each in weights]


def mature_before(now: int) -> int:
    """The time up to which slates count, in epoch milliseconds."""
    return now - round(MATURE_DAYS * clock.DAY_MS)


def probabilities_under(slate: LoggedSlate, profile: Profile) -> list[float]:
    """The propensity of each draw of a slate under a profile, given the draws before."""
    ranking = profile.ranking
    assert ranking is not None
    known = [source for source in SOURCES if source in {*profile.sources, FALLBACK}]
    order = sorted(known, key=lambda source: -ranking.priors[source])
    sources = [tuple(source for source in order if source in of.sources) for of in slate.candidates]
    rows = [row for row, names in enumerate(sources) if names]  # the profile would not have retrieved the others
    priors = [ranking.priors[sources[row][0]] for row in rows]
    scores = _scores(slate.features[rows], priors, person_weights(ranking, slate.likes))
    pool = [
        replace(slate.candidates[row], score=score, sources=sources[row])
        for row, score in zip(rows, scores.tolist(), strict=True)
    ]
    index = {row: number for number, row in enumerate(rows)}
    possible = [index[row] for row in takewhile(index.__contains__, slate.drawn)]
    found = probabilities(pool, ranking.mixing, possible, slate.shown, slate.late, slate.page)
    return found + [0.0] * (len(slate.drawn) - len(found))


def _scores(features: Floats, priors: Sequence[float], weights: PersonWeights) -> Floats:
    """The scores of candidates by their logged features, with other priors."""
    known, never = (np.array([of[name] for name in FEATURES]) for of in (weights.known, weights.never))
    features = features.copy()
    features[:, FEATURES.index("prior")] = np.log(priors)
    is_never = features[:, FEATURES.index("never")] != 0
    scores: Floats = np.where(is_never, features @ never, features @ known)
    return scores


def logged_slates(client: Client, skipped: Counter[str]) -> Iterator[LoggedSlate]:
    """The slates whose pools the graph has stored. Counts those that no estimate can use in `skipped`."""
    reward_ms, mature = round(REWARD_DAYS * clock.DAY_MS), mature_before(clock.now())
    learning = {"places": MAX_PLACES, "rewardMs": reward_ms, "mature": mature}
    for row in client.stream("slates/kept", {"learning": learning}, fetch=FETCH_SLATES):
        if reason := _unusable(row):
            skipped[reason] += 1
        else:
            yield _logged_slate(row)


def _unusable(row: Row) -> str | None:
    """The reason why no estimate can use a slate; None if one can."""
    if row["source"] != MIXED:
        return ONE_SOURCE
    if row["shown"] is None:
        return OLD
    if "" in row["posts"]:
        return BLANKED
    return None if row["drawn"] else UNSEEN


def _audiences(row: Row) -> list[Audience | None]:
    """The audience of each candidate; None of slates of older versions, which had no newcomers."""
    if row["audiences"] is None:
        return [None] * len(row["posts"])
    numbers = np.reshape(row["audiences"], (-1, 3)).tolist()
    return [Audience(*of) if of[0] >= 0 else None for of in numbers]


def _logged_slate(row: Row) -> LoggedSlate:
    authors, posts = row["authors"], row["posts"]
    place_of = {post: place for place, post in enumerate(posts)}
    rewards = np.zeros(len(row["drawn"]))
    rewards[row["liked"]] += LIKE_REWARD
    rewards[row["hid"]] += HIDE_REWARD
    return LoggedSlate(
        person=row["person"],
        candidates=[
            Candidate(
                post, author or None, 0.0, tuple(sources.split()), tuple(filter(None, hashtags.split("\n"))), audience
            )
            for post, author, sources, hashtags, audience in zip(
                posts, authors, row["sources"], row["hashtags"], _audiences(row), strict=True
            )
        ],
        features=np.reshape(row["features"], (len(posts), -1)),
        shown={author: times for author, times in zip(authors, row["shown"], strict=True) if author and times},
        late=row["late"],
        likes=row["likes"],
        drawn=[place_of[post] for post in row["drawn"]],
        probabilities=np.array(row["probabilities"]),
        rewards=rewards,
        page=row["page"] or LEAST_PAGE,
        constants=row["constants"],
    )


def _values(sums: Floats, places: int) -> tuple[Floats, Floats, Floats]:
    """The value by RIPS, the observed reward, and the value by SNIPS, from each row of sums."""
    values = quotients(sums[:, :places], sums[:, places : 2 * places]).sum(axis=1)
    rewards, slates, whole = sums[:, 2 * places :].T
    return values, quotients(rewards, slates), quotients(whole, sums[:, 2 * places - 1])


def _places(weighted: WeightedSlates, profile: Profile, places: int | None, skipped: Mapping[str, int]) -> int:
    """The number of places to cover: `places`, or as many as have MIN_ESS. Raises SettingsError for too few slates."""
    slates, people = len(weighted.weights), len({*weighted.people.tolist()})
    if slates < MIN_SLATES or people < MIN_PEOPLE:
        left_out = "".join(f"; {count:,} {reason}" for reason, count in skipped.items())
        raise SettingsError(
            f"Too few slates for an estimate: {slates:,} of {people:,} people, and at least {MIN_SLATES} of "
            f"{MIN_PEOPLE} people are needed{left_out}.",
            "Serve more feeds, or store the pools of more: raise ranking.pool_share of the profile that serves.",
        )
    seen = int(weighted.seen.max())
    enough = weighted.ess[:seen] >= MIN_ESS
    most = seen if enough.all() else int(np.argmin(enough))
    if most < (places or 1):
        found = weighted.ess[most] if most < seen else 0.0
        raise SettingsError(
            f"The slates are too unlike those of {profile.name}: at place {most + 1} their effective sample size is "
            f"{found:.0f}, and at least {MIN_ESS:.0f} is needed.",
            f"Ask for {most} places."
            if most
            else "Store the pools of more feeds, or choose a profile more like the one that served.",
        )
    return most if places is None else places
