"""An evaluation: what a profile serves from a graph, beside baselines, on likes that the graph does not have."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Listen
from graph.client import Client
from graph.errors import SettingsError
from graph.progress import Progress
from graph.quality import baselines, metrics
from graph.quality.baselines import BASELINES, Unfit
from graph.quality.metrics import HeldOut, Ints
from graph.quality.report import (
    FEW,
    MANY,
    About,
    Look,
    Method,
    Report,
    Table,
    measured,
    people_cohorts,
    post_cohorts,
)
from graph.quality.served import (
    Served,
    distance_shares,
    reason_share,
    served_lists,
    served_pages,
    tutorial_lists,
)
from graph.quality.training import held_out_rows, read_training
from graph.ranking.feed import ANY_AGE, Request
from graph.ranking.profiles import Profile, profile

PRODUCT = "graphfeed"
"""The name of what is served, in tables."""
TUTORIAL = "tutorial"
SAMPLE_PEOPLE = 300
"""The people for whom the tutorial's feeds and first pages are made, which takes longest."""


@dataclass(frozen=True)
class Likes:
    """The likes that are held out."""

    pairs: Sequence[tuple[str, str]]
    """Ids of a person and a post."""
    split: str
    """How they were chosen, in words."""


@dataclass(frozen=True)
class Options:
    """How to measure."""

    profile: Profile
    as_of: int
    """The clock of the evaluation, in epoch milliseconds."""
    window_days: float | None = None
    """The age of the posts that are ranked; None for any."""
    people: int = 5_000
    """The most people to rank for."""
    seed: int = 0


class Evaluation:
    """Measures one graph, which must be built and is not changed. Raises LeakFound if it knows held-out likes."""

    def __init__(self, client: Client, likes: Likes, options: Options, progress: Progress) -> None:
        self._client = client
        self._likes = likes
        self._options = options
        self._progress = progress
        self._seconds: dict[str, float] = {}
        self._skipped: dict[str, str] = {}
        with self._timed("reading") as listen:
            self._training = read_training(client, options.as_of, likes.pairs, listen)
        self._candidates = self._training.is_candidate(options.as_of, options.window_days)
        everybody = held_out_rows(self._training, likes.pairs, self._candidates)
        if not len(everybody):
            raise SettingsError(
                "No held-out like is of a person and another's post that the graph has, in the window.",
                "Hold other likes out, or take a wider window.",
            )
        self._held_out = everybody.of_people(self._sample(len(everybody), options.people))

    def run(self, missing: tuple[str, ...]) -> Report:
        """The report. `missing` names what the build had to do without."""
        training, held_out = self._training, self._held_out
        served = self._served()
        methods = [self._product(served), *self._baselines()]
        chosen = self._sample(len(held_out), SAMPLE_PEOPLE)
        few = held_out.of_people(chosen)
        sampled = [Method(each.name, each.ranked[chosen], each.new_authors[chosen]) for each in methods]
        sampled.append(self._tutorial(few.people))
        return Report(
            self._about(missing),
            self._likes.split,
            self._table(held_out, methods),
            self._table(few, sampled),
            people_cohorts(training, held_out, methods),
            post_cohorts(training, held_out, methods),
            self._looks(few, Served(served.ranked[chosen], served.has_reason[chosen])),
            self._skipped,
            self._seconds,
        )

    def _table(self, held_out: HeldOut, methods: Sequence[Method]) -> Table:
        return measured(self._training, held_out, methods, int(self._candidates.sum()), self._options.seed)

    def _request(self, chosen: Profile, limit: int | None = None) -> Request:
        options = self._options
        window = ANY_AGE if options.window_days is None else options.window_days
        return Request("", chosen, limit=limit, as_of=options.as_of, window_days=window, seed=options.seed, waits=True)

    def _served(self) -> Served:
        chosen = self._options.profile
        if chosen.ranking is None:
            raise SettingsError(f"The profile {chosen.name} makes no lists to measure.", "Use another profile.")
        limit = min(chosen.ranking.batch.pool, chosen.ranking.batch.best)
        with self._timed("ranked lists") as listen:
            return served_lists(
                self._client, self._training, self._held_out.people, self._request(chosen), limit, listen
            )

    def _product(self, served: Served) -> Method:
        return Method(PRODUCT, served.ranked, self._of_new_authors(self._held_out.people, served.ranked))

    def _baselines(self) -> Iterator[Method]:
        people, candidates = self._held_out.people, self._candidates
        for name, fit in BASELINES.items():
            with self._timed(name) as listen:
                try:
                    scores = fit(self._training, self._options.seed)
                except Unfit as error:
                    self._skipped[name] = str(error)
                    continue
                lists = baselines.lists(self._training, scores, people, candidates, MANY, FEW, listen)
            yield Method(name, lists.ranked, lists.new_authors)

    def _tutorial(self, people: Ints) -> Method:
        request = self._request(profile("tutorial"), MANY)
        if self._options.window_days is None:  # its statements take no posts without a window
            taken_at = self._training.taken_at[self._training.taken_at != NO_TIME]
            oldest = min(int(taken_at.min(initial=request.as_of)), request.as_of)
            request = replace(request, window_days=(request.as_of - oldest) / clock.DAY_MS + 1)
        with self._timed("the tutorial") as listen:
            ranked = tutorial_lists(self._client, self._training, people, request, listen)
        return Method(TUTORIAL, ranked, self._of_new_authors(people, ranked))

    def _looks(self, held_out: HeldOut, lists: Served) -> list[Look]:
        """The lists and the pages of some people."""
        request = self._request(self._options.profile, FEW)
        with self._timed("first pages") as listen:
            pages = served_pages(self._client, self._training, held_out.people, request, listen)
        return [self._look("ranked list", held_out, lists), self._look("page as drawn", held_out, pages)]

    def _look(self, name: str, held_out: HeldOut, served: Served) -> Look:
        recall = metrics.recall(held_out.hits(served.ranked), held_out.counts, FEW)
        means = metrics.resampled_means(recall[:, None], self._options.seed).ravel()
        return Look(
            name,
            metrics.interval(recall, means),
            distance_shares(self._training, held_out.people, served.ranked, FEW),
            reason_share(served, FEW),
        )

    def _about(self, missing: tuple[str, ...]) -> About:
        training, options = self._training, self._options
        return About(
            profile=options.profile.name,
            profile_hash=options.profile.hash,
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
        """Places of at most `most` of so many people, ascending: the same for the same seed."""
        if size <= most:
            return np.arange(size)
        chosen = np.random.default_rng(self._options.seed).choice(size, most, replace=False)
        return np.sort(chosen).astype(np.int64)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[Listen]:
        began = time.monotonic()
        yield lambda done, total: self._progress.advance(stage, done, total)
        self._seconds[stage] = time.monotonic() - began
