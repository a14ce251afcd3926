"""Tuning: weights fitted to a network's own likes, which are kept if they rank better than those before.

Everything is computed from one read of the graph. The fit is made on one hold-out, and judged on another.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import numpy as np
from numpy.random import default_rng

from graph import clock
from graph.background.arrays import NO_TIME, Floats, Ints, Listen, Network
from graph.background.blas import one_blas_thread
from graph.background.store import Stopped
from graph.client import Client
from graph.errors import SettingsError
from graph.progress import Progress, Silent
from graph.quality.fit import Example, fit, gathered
from graph.quality.holdout import HoldOut, Wanted, counts, hold_outs, rows_of_people
from graph.quality.metrics import Interval, interval, ndcg, recall, resampled_means
from graph.quality.twin import PersonPool, pools
from graph.quality.world import World, read_world
from graph.ranking import kept
from graph.ranking.profiles import Profile, Ranking, profile

MIN_PEOPLE = 150
"""People that a fit needs: one on fewer did worse than what it began with."""
MAX_PEOPLE = 5_000
"""People that are fitted to, and people that profiles are compared on, at random: more would tell nothing more."""
MEASURES = ("recall@20", "recall@100", "ndcg@20")


@dataclass(frozen=True)
class Measured:
    """How a profile ranks what was held out for comparison."""

    profile: Profile
    by_person: Floats
    """People x MEASURES."""

    @property
    def means(self) -> dict[str, float]:
        """By measure; 0 if there are no people."""
        means = self.by_person.mean(axis=0) if len(self.by_person) else np.zeros(len(MEASURES))
        return dict(zip(MEASURES, map(float, means), strict=True))

    def gain(self, other: "Measured") -> float:
        """How much better this is: the change of each measure as a share of the larger value, averaged."""
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
    """The best of those that were there before; None if nothing was fitted."""
    fitted: Measured | None = None
    people: int = 0
    """The people whom it was, or would have been, fitted to."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """By stage."""

    @property
    def is_better(self) -> bool:
        """True if the fitted profile is the best."""
        return self.fitted is not None and self.profile == self.fitted.profile

    @property
    def compared(self) -> int:
        """The number of people whom profiles were compared on."""
        return 0 if self.fitted is None else len(self.fitted.by_person)

    @property
    def differences(self) -> dict[str, Interval]:
        """The fitted profile less the one before, by measure, over the same people."""
        if self.fitted is None or self.before is None or not self.compared:
            return {}
        each = self.fitted.by_person - self.before.by_person
        resampled = resampled_means(each, seed=0)
        return {name: interval(each[:, place], resampled[:, place]) for place, name in enumerate(MEASURES)}


def tune(
    client: Client,
    before: Sequence[Profile],
    *,
    seed: int = 0,
    progress: Progress | None = None,
    stopped: Event | None = None,
) -> Tuned:
    """Fit weights, and compare them with those of the profiles before; the fit is drawn to the first. Writes nothing.

    Raises SettingsError for a profile without weights, and Stopped once `stopped` is set.
    """
    with one_blas_thread():
        return _Tuner(client, before, seed, progress or Silent(), stopped or Event()).tuned()


def present(client: Client, more: Path | None = None) -> list[Profile]:
    """The profiles to compare a fit with: `default`, and the one that the last tuning chose, if that is another."""
    found = (profile("default", more), kept.find(client, kept.TUNED, more))
    return [*{each.name: each for each in found}.values()]


def keep(client: Client, tuned: Tuned) -> None:
    """Keep the best profile in the graph, as the one that `tuned` names."""
    measured = None
    if tuned.is_better and tuned.before is not None and tuned.fitted is not None:
        measured = {"people": tuned.people, "before": tuned.before.means, "after": tuned.fitted.means}
    kept.keep(client, tuned.profile, tuned.at, measured)


class _Tuner:
    """One tuning, stage by stage."""

    def __init__(
        self, client: Client, before: Sequence[Profile], seed: int, progress: Progress, stopped: Event
    ) -> None:
        self._client = client
        self._before = before
        self._base = before[0]
        self._seed = seed
        self._progress = progress
        self._stopped = stopped
        self._at = clock.now()
        self._seconds: dict[str, float] = {}
        for each in before:
            _ranking(each)

    def tuned(self) -> Tuned:
        """The result."""
        with self._timed("reading") as listen:
            world = read_world(self._client, self._at, with_build=False, listen=listen)
        world = replace(world, network=replace(world.network, as_of=_newest_time(world.network, self._at)))
        own = world.author[world.network.likes.indices] == rows_of_people(world.network)  # no list has one's own posts
        to_fit, to_compare = hold_outs(world.network, self._seed, ~own)
        if (people := int((counts(world.network, to_fit.wanted) > 0).sum())) < MIN_PEOPLE:
            return self._left(people)
        fitted, people = self._fitted(world, to_fit)
        if fitted is None:
            return self._left(people)
        *before, after = self._measured(world, to_compare, [*self._before, fitted])
        best = max(before, key=lambda each: each.gain(before[0]))  # of equal ones the first
        chosen = after if after.gain(best) > 0 else best
        return Tuned(self._at, chosen.profile, best, after, people, self._seconds)

    def _left(self, people: int) -> Tuned:
        """The result where too few people can be fitted to: the profile that was chosen last stays."""
        return Tuned(self._at, self._before[-1], people=people, seconds=self._seconds)

    def _fitted(self, world: World, hold_out: HoldOut) -> tuple[Profile | None, int]:
        """The fitted profile, or None, and the number of people who can be fitted to."""
        past = self._without(world, hold_out)
        wanted = Wanted(world.network, hold_out.wanted)

        def example(pool: PersonPool) -> Example:
            return Example(float(np.log1p(pool.likes)), pool.features, np.isin(pool.posts, wanted.of(pool.person)))

        with self._timed("pools"):
            found = self._pools(past, self._base, self._some(wanted.people))
            examples = gathered(map(example, found), self._seed)
        if len(examples) < MIN_PEOPLE:
            return None, len(examples)
        with self._timed("fit"):
            ranking = fit(examples, _ranking(self._base))
        return kept.named(self._base.model_copy(update={"ranking": ranking}), self._at), len(examples)

    def _measured(self, world: World, hold_out: HoldOut, profiles: Sequence[Profile]) -> list[Measured]:
        """How each profile ranks what is held out."""
        past = self._without(world, hold_out)
        wanted = Wanted(world.network, hold_out.wanted)
        people = self._some(wanted.people)

        def of(profile: Profile) -> Measured:
            each = [measures(pool.posts, wanted.of(pool.person)) for pool in self._pools(past, profile, people)]
            return Measured(profile, np.array(each).reshape(-1, len(MEASURES)))

        with self._timed("comparison"):
            return [of(profile) for profile in profiles]

    def _without(self, world: World, hold_out: HoldOut) -> World:
        with self._timed("rebuilding"):
            return world.without(hold_out.hidden, _ranking(self._base))

    def _pools(self, world: World, profile: Profile, people: Ints) -> Iterator[PersonPool]:
        """The pools of ranked lists of any age."""
        ranking = _ranking(profile)
        found = pools(world, ranking, ranking.batch, people, sources=profile.sources)
        for number, pool in enumerate(found, start=1):
            self._listen(f"ranking by {profile.name}", number, len(people))
            yield pool

    def _some(self, people: Ints) -> Ints:
        if len(people) <= MAX_PEOPLE:
            return people
        return np.sort(default_rng(self._seed).choice(people, MAX_PEOPLE, replace=False))

    @contextmanager
    def _timed(self, stage: str) -> Iterator[Listen]:
        began = time.monotonic()
        yield lambda done, total: self._listen(stage, done, total)
        self._seconds[stage] = self._seconds.get(stage, 0.0) + time.monotonic() - began

    def _listen(self, task: str, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise Stopped
        self._progress.advance(task, done, total)


def measures(ranked: Ints, wanted: Ints) -> tuple[float, ...]:
    """MEASURES of one ranked list, of which these posts were wanted."""
    hits, likes = np.isin(ranked[:100], wanted)[np.newaxis], np.array([len(wanted)])
    return recall(hits, likes, 20).item(), recall(hits, likes, 100).item(), ndcg(hits, likes, 20).item()


def _newest_time(network: Network, now: int) -> int:
    """The newest time of posts and likes that is not in the future, or now: what fades shall not fade for the age of a
    network."""
    times = [network.taken_at, *([] if network.liked_at is None else [network.liked_at])]
    newest = max(int(each[each <= now].max(initial=NO_TIME)) for each in times)
    return now if newest == NO_TIME else newest


def _ranking(profile: Profile) -> Ranking:
    if profile.ranking is None:
        raise SettingsError(f"The profile {profile.name} has no weights.", "Use another profile.")
    return profile.ranking
