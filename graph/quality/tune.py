"""Tuning: fits the weights of a profile to the likes of a graph, and stores them if they rank better than before.

The graph is read once, and all is computed from that. Weights are fitted to one hold-out and compared on another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from graph import clock
from graph.background.arrays import Floats, Ints, Network, newest
from graph.background.blas import one_blas_thread
from graph.background.builder import PYTHON_BYTES
from graph.background.factors import FACTORS
from graph.background.memory import needed_bytes
from graph.background.store import Stopped
from graph.client import Client
from graph.errors import SettingsError
from graph.progress import Progress, Silent
from graph.quality.fit import MAX_NEGATIVES, MAX_POSITIVES, Example, fit, stacked
from graph.quality.holdout import HoldOut, Targets, hold_outs
from graph.quality.metrics import Mean, mean, ndcg, recall, resampled_means
from graph.quality.resampling import sample
from graph.quality.stages import Stages
from graph.quality.twin import PersonPool, pools
from graph.quality.world import World, read_world
from graph.ranking import stored_profiles
from graph.ranking.profiles import FEATURES, Profile, Ranking, profile

MIN_PEOPLE = 150
"""The least people to fit to, and to compare on: with fewer, fits were worse than the weights that they started from,
and a comparison is chance."""
MAX_PEOPLE = 5_000
"""The most people to fit to, and the most to compare profiles on, drawn at random: more change the results little."""
PENALTY_STRENGTHS = (1.0, 10.0)
"""Multiples of the penalty: weights are fitted with each, and the comparison takes the best fit."""
MEASURES = ("recall@20", "recall@100", "ndcg@20")
"""The measures that profiles are compared by."""


@dataclass(frozen=True)
class Measured:
    """The measures of a profile on the hold-out for comparison."""

    profile: Profile
    by_person: Floats
    """People x MEASURES."""

    @property
    def means(self) -> dict[str, float]:
        """The mean over people of each measure; 0 without people."""
        means = self.by_person.mean(axis=0) if len(self.by_person) else np.zeros(len(MEASURES))
        return dict(zip(MEASURES, map(float, means), strict=True))

    def gain(self, other: "Measured") -> float:
        """The mean relative change of the measures from `other`: differences as shares of the larger value."""
        pairs = [(mine, other.means[name]) for name, mine in self.means.items()]
        return sum((mine - theirs) / max(mine, theirs, 1e-12) for mine, theirs in pairs) / len(pairs)


@dataclass(frozen=True)
class Tuned:
    """The result of a tuning."""

    at: int
    """Epoch milliseconds."""
    profile: Profile
    """The best profile."""
    before: Measured | None = None
    """The best of the present profiles; None if nothing was fitted."""
    fitted: Measured | None = None
    people: int = 0
    """The number of people whom the profile was fitted to; if none was fitted, those with held-out likes."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """The duration of each stage."""

    @property
    def is_better(self) -> bool:
        """True if the fitted profile is the best."""
        return self.fitted is not None and self.profile == self.fitted.profile

    @property
    def compared(self) -> int:
        """The number of people on whom profiles were compared."""
        return 0 if self.fitted is None else len(self.fitted.by_person)

    @property
    def outcome(self) -> dict[str, Any]:
        """The results for metrics."""
        return {
            "isBetter": self.is_better,
            "people": self.people,
            "compared": self.compared,
            "before": self.before.means if self.before else {},
            "fitted": self.fitted.means if self.fitted else {},
            "change": {name: [found.mean, found.low, found.high] for name, found in self.differences.items()},
            "seconds": sum(self.seconds.values()),
        }

    @property
    def differences(self) -> dict[str, Mean]:
        """The fitted profile's measures less those of `before`, paired by person; empty if nothing was compared."""
        if self.fitted is None or self.before is None or not self.compared:
            return {}
        each = self.fitted.by_person - self.before.by_person
        resampled = resampled_means(each, seed=0)
        return {name: mean(each[:, place], resampled[:, place]) for place, name in enumerate(MEASURES)}


def tune(
    client: Client,
    before: Sequence[Profile],
    *,
    seed: int = 0,
    memory: int | None = None,
    progress: Progress | None = None,
    stopped: Event | None = None,
) -> Tuned:
    """Fits weights, starting from the first of the profiles `before`, and compares them with all of these.

    `memory` is the limit of this process, in bytes. Writes nothing. Raises SettingsError for a profile without weights,
    and, before the graph is read, for too little memory; Stopped once `stopped` is set.
    """
    require_memory(client, before[0], memory)
    tuner = _Tuner(before, seed, progress or Silent(), stopped or Event())
    with one_blas_thread():
        return tuner.tuned(tuner.read(client))


def tuning_bytes(people: int, posts: int, likes: int, *, vector: int) -> int:
    """An upper estimate of the bytes that a tuning needs, without the 150 MB of Python and its packages.

    `vector` is the size of FastRP vectors.
    """
    nodes = people + posts
    # Ids, times and rows as they are read, and again as arrays; then the world, and the world without a hold-out.
    world = 130 * likes + 900 * nodes
    needs = needed_bytes(people, posts, likes)
    vectors = 4 * nodes * 2 * vector  # with their sums
    rows = min(people, MAX_PEOPLE) * (MAX_POSITIVES + MAX_NEGATIVES)
    # Examples twice while they are stacked, and standardised and grouped for the fit.
    examples = 5 * 8 * len(FEATURES) * rows
    return world + max(needs.similar, needs.factors, vectors, examples) + 4 * nodes * (vector + FACTORS)


def require_memory(client: Client, profile: Profile, memory: int | None) -> None:
    """Raises SettingsError if a tuning of a profile needs more memory than the limit; None is no limit."""
    if memory is None:
        return
    vector = _ranking(profile).vectors.size
    size = client.read("build/size")[0]
    needed = PYTHON_BYTES + tuning_bytes(size["people"], size["posts"], size["likes"], vector=vector)
    if needed > memory:
        raise SettingsError(
            f"A tuning of this graph needs about {needed / 2**20:,.0f} MB of memory, but may take only "
            f"{memory / 2**20:,.0f} MB.",
            "Raise GRAPHFEED_BUILD_MEMORY, or run `graphfeed tune` on a machine with more memory.",
        )


def tune_world(world: World, before: Sequence[Profile], *, seed: int = 0, progress: Progress | None = None) -> Tuned:
    """Tunes as `tune` does, on a world that was read before, as of its time."""
    with one_blas_thread():
        return _Tuner(before, seed, progress or Silent(), Event()).tuned(world)


def compared_profiles(client: Client, more: Path | None = None) -> list[Profile]:
    """The profiles to compare a fit with: `default`, and the one that the last tuning chose, if it is another one."""
    found = (profile("default", more), stored_profiles.find(client, stored_profiles.TUNED, more))
    return [*{each.name: each for each in found}.values()]


def keep(client: Client, tuned: Tuned) -> None:
    """Stores the best profile in the graph, for the name `tuned`."""
    measured = None
    if tuned.is_better and tuned.before is not None and tuned.fitted is not None:
        measured = {"people": tuned.people, "before": tuned.before.means, "after": tuned.fitted.means}
    stored_profiles.keep(client, tuned.profile, tuned.at, measured, tuned.outcome)


class _Tuner:
    """One tuning."""

    def __init__(self, before: Sequence[Profile], seed: int, progress: Progress, stopped: Event) -> None:
        self._before = before
        self._base = before[0]
        self._seed = seed
        self._progress = progress
        self._stopped = stopped
        self._at = clock.now()
        self._stages = Stages(self._advance)
        for each in before:
            _ranking(each)

    def read(self, client: Client) -> World:
        """The graph as of its newest time."""
        with self._stages.timed("reading") as listen:
            world = read_world(client, self._at, with_build=False, listen=listen)
        return replace(world, network=replace(world.network, as_of=_clock(world.network, self._at)))

    def tuned(self, world: World) -> Tuned:
        """Runs all other stages. Returns the result."""
        own = world.author[world.network.likes.indices] == world.network.likers  # lists leave out one's own posts
        to_fit, to_compare = hold_outs(world.network, self._seed, ~own)
        people = min(len(Targets(world.network, each.targets).people) for each in (to_fit, to_compare))
        if people < MIN_PEOPLE:
            return self._unfitted(people)
        fitted, people = self._fitted(world, to_fit)
        if not fitted:
            return self._unfitted(people)
        found = self._measured(world, to_compare, [*self._before, *fitted])
        before, after = found[: len(self._before)], _best(found[len(self._before) :], found[0])
        best = _best(before, found[0])
        chosen = after if after.gain(best) > 0 else best
        return Tuned(self._at, chosen.profile, best, after, people, self._stages.seconds)

    def _unfitted(self, people: int) -> Tuned:
        """The result if there are too few people: the profile to start from, as no other one was measured."""
        return Tuned(self._at, self._base, people=people, seconds=self._stages.seconds)

    def _fitted(self, world: World, hold_out: HoldOut) -> tuple[list[Profile], int]:
        """The fitted profiles, and the number of people whom they were fitted to; no profile if these are too few."""
        past = self._without(world, hold_out)
        targets = Targets(world.network, hold_out.targets)

        def example(pool: PersonPool) -> Example:
            return Example(float(np.log1p(pool.likes)), pool.features, np.isin(pool.posts, targets.of(pool.person)))

        with self._stages.timed("pools"):
            found = self._pools(past, self._base, sample(targets.people, MAX_PEOPLE, self._seed))
            examples = stacked(map(example, found), self._seed)
        if len(examples) < MIN_PEOPLE:
            return [], len(examples)
        with self._stages.timed("fit"):
            rankings = [fit(examples, _ranking(self._base), strength=strength) for strength in PENALTY_STRENGTHS]
        named = [
            stored_profiles.named(self._base.model_copy(update={"ranking": ranking}), self._at) for ranking in rankings
        ]
        return named, len(examples)

    def _measured(self, world: World, hold_out: HoldOut, profiles: Sequence[Profile]) -> list[Measured]:
        """The measures of each profile on a hold-out."""
        past = self._without(world, hold_out)
        targets = Targets(world.network, hold_out.targets)
        people = sample(targets.people, MAX_PEOPLE, self._seed)

        def of(profile: Profile) -> Measured:
            each = [measures(pool.posts, targets.of(pool.person)) for pool in self._pools(past, profile, people)]
            return Measured(profile, np.array(each).reshape(-1, len(MEASURES)))

        with self._stages.timed("comparison"):
            return [of(profile) for profile in profiles]

    def _without(self, world: World, hold_out: HoldOut) -> World:
        """The world as it would be without the hidden likes."""
        with self._stages.timed("rebuilding"):
            return world.without(hold_out.hidden, _ranking(self._base))

    def _pools(self, world: World, profile: Profile, people: Ints) -> Iterator[PersonPool]:
        """The pools of a profile's ranked lists, of posts of any age."""
        ranking = _ranking(profile)
        found = pools(world, ranking, ranking.batch, people, sources=profile.sources)
        for number, pool in enumerate(found, start=1):
            self._advance(f"ranking by {profile.name}", number, len(people))
            yield pool

    def _advance(self, task: str, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise Stopped
        self._progress.advance(task, done, total)


def _best(found: Sequence[Measured], first: Measured) -> Measured:
    """The profile with the largest gain over `first`; of equal ones the first."""
    return max(found, key=lambda each: each.gain(first))


def measures(ranked: Ints, targets: Ints) -> tuple[float, ...]:
    """MEASURES of one ranked list, best post first, given the held-out posts."""
    hits, likes = np.isin(ranked[:100], targets)[np.newaxis], np.array([len(targets)])
    return recall(hits, likes, 20).item(), recall(hits, likes, 100).item(), ndcg(hits, likes, 20).item()


def _clock(network: Network, now: int) -> int:
    """The clock to rank at: the newest time of a post or like up to now, so that old networks have trends, too."""
    times = (network.taken_at,) if network.liked_at is None else (network.taken_at, network.liked_at)
    return newest(*times, until=now)


def _ranking(profile: Profile) -> Ranking:
    if profile.ranking is None:
        raise SettingsError(f"The profile {profile.name} has no weights.", "Use another profile.")
    return profile.ranking
