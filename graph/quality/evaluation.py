"""Evaluation: how well a profile and the baselines rank posts whose likes the graph does not have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Ints, Mask
from graph.client import Client
from graph.errors import SettingsError
from graph.progress import Progress
from graph.quality import baselines, metrics
from graph.quality.baselines import BASELINES, CannotFit, Fit, ease
from graph.quality.metrics import HeldOut
from graph.quality.report import (
    FEW,
    MANY,
    About,
    ColdStart,
    Look,
    Method,
    Report,
    Table,
    cold_start,
    measured,
    people_cohorts,
    post_cohorts,
)
from graph.quality.resampling import sample
from graph.quality.served import (
    Served,
    distance_shares,
    reason_share,
    served_lists,
    served_pages,
    tutorial_lists,
)
from graph.quality.stages import Stages
from graph.quality.training import held_out_rows, read_training
from graph.ranking.feed import ANY_AGE, Request
from graph.ranking.profiles import Profile, Ranking, profile

PRODUCT = "graphfeed"
"""The name of the evaluated profile in tables."""
TUTORIAL = "tutorial"
SAMPLE_PEOPLE = 300
"""The people for whom tutorial feeds and first pages are made, which are the slowest."""


@dataclass(frozen=True)
class Likes:
    """Held-out likes."""

    pairs: Sequence[tuple[str, str]]
    """Pairs of a person and a post, by id."""
    split: str
    """A description of how they were chosen."""
    cold: frozenset[str] = frozenset()
    """The ids of the posts that have no other likes, if these are measured as cold starts."""


@dataclass(frozen=True)
class Options:
    """The options of an evaluation."""

    profile: Profile
    as_of: int
    """The time to rank at, in epoch milliseconds."""
    window_days: float | None = None
    """The maximum age of posts that are ranked; None for any."""
    people: int = 5_000
    """The most people to rank for."""
    seed: int = 0
    others: Mapping[str, Profile] = field(default_factory=dict)
    """Other profiles to measure, by the name of their row."""
    memory: int | None = None
    """The limit of memory for a baseline, in bytes; None is no limit."""
    was_tuned: bool = False
    """True if a tuning fitted the profile to likes, perhaps to held-out ones."""


def require_ranking(chosen: Profile) -> Ranking:
    """The ranking of a profile. Raises SettingsError if it makes no ranked lists."""
    if chosen.ranking is None:
        raise SettingsError(f"The profile {chosen.name} makes no lists to measure.", "Use another profile.")
    return chosen.ranking


class Evaluation:
    """An evaluation of one graph, which must have a build. Raises LeakFound if the graph has held-out likes."""

    def __init__(self, client: Client, likes: Likes, options: Options, progress: Progress) -> None:
        self._client = client
        self._likes = likes
        self._options = options
        self._stages = Stages(progress.advance)
        self._skipped: dict[str, str] = {}
        with self._stages.timed("reading") as listen:
            self._training = read_training(client, options.as_of, likes.pairs, listen)
        self._candidates = self._training.is_candidate(options.as_of, options.window_days)
        self._cold: Mask | None = None
        if likes.cold:
            self._cold = np.array([post in likes.cold for post in self._training.posts], np.bool_)
        found = held_out_rows(self._training, likes.pairs, self._candidates)
        if not len(found):
            raise SettingsError(
                "None of the held-out likes can be measured: their people or posts are not in the graph, or the posts "
                "are people's own or outside the window.",
                "Hold out other likes, or use a wider window.",
            )
        self._held_out = found.of_people(self._sample(len(found), options.people))

    @property
    def people(self) -> frozenset[str]:
        """The ids of the people whose lists are measured."""
        return frozenset(self._training.people[person] for person in self._held_out.people.tolist())

    def run(self, missing: tuple[str, ...]) -> Report:
        """Ranks, measures, and returns the report. `missing` are the parts that the build lacks."""
        training, held_out = self._training, self._held_out
        served = self._served(self._options.profile)
        others = [self._method(name, self._served(other)) for name, other in self._options.others.items()]
        methods = [self._method(PRODUCT, served), *others, *self._baselines()]
        chosen = self._sample(len(held_out), SAMPLE_PEOPLE)
        few = held_out.of_people(chosen)
        sampled = [Method(each.name, each.ranked[chosen], each.new_authors[chosen]) for each in methods]
        sampled.append(self._tutorial(few.people))
        return Report(
            self._about(missing),
            self._likes.split,
            self._table(held_out, methods),
            self._table(few, sampled),
            people_cohorts(training, held_out, methods, self._options.seed),
            post_cohorts(training, held_out, methods, self._options.seed),
            self._looks(few, Served(served.ranked[chosen], served.has_reason[chosen])),
            self._skipped,
            self._stages.seconds,
            self._cold_start(methods),
        )

    def _cold_start(self, methods: Sequence[Method]) -> ColdStart | None:
        if self._cold is None:
            return None
        training, seed = self._training, self._options.seed
        return cold_start(training, self._held_out, methods, self._candidates, self._cold, seed)

    def _table(self, held_out: HeldOut, methods: Sequence[Method]) -> Table:
        return measured(self._training, held_out, methods, int(self._candidates.sum()), self._options.seed)

    def _request(self, chosen: Profile, limit: int | None = None) -> Request:
        options = self._options
        window = ANY_AGE if options.window_days is None else options.window_days
        return Request("", chosen, limit=limit, as_of=options.as_of, window_days=window, seed=options.seed, waits=True)

    def _served(self, chosen: Profile) -> Served:
        batch = require_ranking(chosen).batch
        limit = min(batch.pool, batch.best)
        with self._stages.timed("ranked lists") as listen:
            return served_lists(
                self._client, self._training, self._held_out.people, self._request(chosen), limit, listen
            )

    def _method(self, name: str, served: Served) -> Method:
        of_cold = None
        if self._cold is not None:
            of_cold = baselines.first(
                served.ranked, self._cold[served.ranked] & (served.ranked != metrics.NO_POST), FEW
            )
        return Method(name, served.ranked, self._of_new_authors(self._held_out.people, served.ranked), of_cold)

    def _baselines(self) -> Iterator[Method]:
        people, candidates = self._held_out.people, self._candidates
        learners: dict[str, Fit] = {**BASELINES, "EASE": partial(ease, memory=self._options.memory)}
        for name, fit in learners.items():
            with self._stages.timed(name) as listen:
                try:
                    scores = fit(self._training, self._options.seed)
                except CannotFit as error:
                    self._skipped[name] = str(error)
                    continue
                lists = baselines.lists(self._training, scores, people, candidates, MANY, FEW, listen, cold=self._cold)
            yield Method(name, lists.ranked, lists.new_authors, lists.cold)

    def _tutorial(self, people: Ints) -> Method:
        request = self._request(profile("tutorial"), MANY)
        if self._options.window_days is None:  # its statements need a window
            taken_at = self._training.taken_at[self._training.taken_at != NO_TIME]
            oldest = min(int(taken_at.min(initial=request.as_of)), request.as_of)
            request = replace(request, window_days=(request.as_of - oldest) / clock.DAY_MS + 1)
        with self._stages.timed("the tutorial") as listen:
            ranked = tutorial_lists(self._client, self._training, people, request, listen)
        return Method(TUTORIAL, ranked, self._of_new_authors(people, ranked))

    def _looks(self, held_out: HeldOut, lists: Served) -> list[Look]:
        """The first places of ranked lists and of drawn pages, for the same people."""
        request = self._request(self._options.profile, FEW)
        with self._stages.timed("first pages") as listen:
            pages = served_pages(self._client, self._training, held_out.people, request, listen)
        return [self._look("ranked list", held_out, lists), self._look("page as drawn", held_out, pages)]

    def _look(self, name: str, held_out: HeldOut, served: Served) -> Look:
        recall = metrics.recall(held_out.hits(served.ranked), held_out.counts, FEW)
        means = metrics.resampled_means(recall[:, None], self._options.seed).ravel()
        return Look(
            name,
            metrics.mean(recall, means),
            distance_shares(self._training, held_out.people, served.ranked, FEW),
            reason_share(served, FEW),
        )

    def _about(self, missing: tuple[str, ...]) -> About:
        training, options = self._training, self._options
        return About(
            profile=options.profile.name,
            profile_hash=options.profile.hash,
            may_know_held_out=options.was_tuned,
            people=len(training.people),
            posts=int(self._candidates.sum()),
            likes=int(training.likes.nnz),
            held_out=len(self._held_out.posts),
            as_of=options.as_of,
            window_days=options.window_days,
            seed=options.seed,
            missing=missing,
        )

    def _of_new_authors(self, people: Ints, ranked: Ints) -> Ints:
        return baselines.of_new_authors(self._training, people, ranked, FEW)

    def _sample(self, size: int, most: int) -> Ints:
        """Ascending indices of at most `most` of `size` people, drawn by the seed."""
        return sample(np.arange(size), most, self._options.seed)
