"""An evaluation: what a profile serves from a graph, beside baselines, on likes that the graph does not have."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from graph.background.arrays import Listen
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
from graph.ranking.profiles import Profile

PRODUCT = "graphfeed"
"""The name of what is served, in tables."""
TUTORIAL = "tutorial"
SAMPLE_PEOPLE = 300
"""The people for whom the tutorial's feeds and first pages are made, which takes longest."""


@dataclass(frozen=True)
class Likes:
    """The likes that are held out, and when."""

    pairs: Sequence[tuple[str, str]]
    """Ids of a person and a post."""
    split: str
    """How they were chosen, in words."""
    as_of: int
    """The clock of the evaluation, in epoch milliseconds."""
    oldest: int
    """The time of the oldest post."""


class Evaluation:
    """Measures one graph, which must be built and is not changed. Raises LeakFound if it knows held-out likes."""

    def __init__(
        self, client: Client, likes: Likes, chosen: Profile, *, people: int, seed: int, progress: Progress
    ) -> None:
        self._client = client
        self._likes = likes
        self._chosen = chosen
        self._seed = seed
        self._progress = progress
        self._seconds: dict[str, float] = {}
        self._skipped: dict[str, str] = {}
        with self._timed("reading") as listen:
            self._training = read_training(client, likes.as_of, likes.pairs, listen)
        everybody = held_out_rows(self._training, likes.pairs)
        if not len(everybody):
            raise SettingsError(
                "No held-out like is of a person and another's post that the graph has.", "Hold other likes out."
            )
        self._held_out = everybody.of_people(self._sample(len(everybody), people))

    def run(self, missing: tuple[str, ...]) -> Report:
        """The report. `missing` names what the build had to do without."""
        training, held_out = self._training, self._held_out
        served = self._served()
        methods = [self._product(served), *self._baselines()]
        chosen = self._sample(len(held_out), SAMPLE_PEOPLE)
        few = held_out.of_people(chosen)
        with self._timed("the tutorial") as listen:
            likes = self._likes
            tutorial = tutorial_lists(
                self._client, training, few.people, likes.as_of, likes.oldest, self._seed, MANY, listen
            )
        sampled = [Method(each.name, each.ranked[chosen], each.new_authors[chosen]) for each in methods]
        sampled.append(Method(TUTORIAL, tutorial, self._of_new_authors(few.people, tutorial)))
        return Report(
            self._about(missing),
            self._likes.split,
            measured(training, held_out, methods, self._seed),
            measured(training, few, sampled, self._seed),
            people_cohorts(training, held_out, methods),
            post_cohorts(training, held_out, methods),
            self._looks(few, Served(served.ranked[chosen], served.has_reason[chosen])),
            self._skipped,
            self._seconds,
        )

    def _served(self) -> Served:
        with self._timed("ranked lists") as listen:
            return served_lists(
                self._client, self._training, self._held_out.people, self._chosen, self._likes.as_of, listen
            )

    def _product(self, served: Served) -> Method:
        return Method(PRODUCT, served.ranked, self._of_new_authors(self._held_out.people, served.ranked))

    def _baselines(self) -> Iterator[Method]:
        for name, fit in BASELINES.items():
            with self._timed(name) as listen:
                try:
                    scores = fit(self._training, self._seed)
                except Unfit as error:
                    self._skipped[name] = str(error)
                    continue
                lists = baselines.lists(self._training, scores, self._held_out.people, MANY, FEW, listen)
            yield Method(name, lists.ranked, lists.new_authors)

    def _looks(self, held_out: HeldOut, lists: Served) -> list[Look]:
        """The lists and the pages of some people."""
        with self._timed("first pages") as listen:
            pages = served_pages(
                self._client,
                self._training,
                held_out.people,
                self._chosen,
                self._likes.as_of,
                self._seed,
                FEW,
                listen,
            )
        return [self._look("ranked list", held_out, lists), self._look("page as drawn", held_out, pages)]

    def _look(self, name: str, held_out: HeldOut, served: Served) -> Look:
        recall = metrics.recall(held_out.hits(served.ranked), held_out.counts, FEW)
        return Look(
            name,
            metrics.interval(recall, metrics.resampled_means(recall[:, None], self._seed).ravel()),
            distance_shares(self._training, held_out.people, served.ranked, FEW),
            reason_share(served, FEW),
        )

    def _about(self, missing: tuple[str, ...]) -> About:
        training = self._training
        return About(
            self._chosen.name,
            self._chosen.hash,
            len(training.people),
            len(training.posts),
            int(training.likes.nnz),
            len(self._held_out.posts),
            self._likes.as_of,
            self._seed,
            missing,
        )

    def _of_new_authors(self, people: Ints, ranked: Ints) -> Ints:
        return baselines.of_new_authors(self._training, people, ranked, FEW)

    def _sample(self, size: int, most: int) -> Ints:
        """Places of at most `most` of so many people, ascending: the same for the same seed."""
        if size <= most:
            return np.arange(size)
        return np.sort(np.random.default_rng(self._seed).choice(size, most, replace=False)).astype(np.int64)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[Listen]:
        began = time.monotonic()
        yield lambda done, total: self._progress.advance(stage, done, total)
        self._seconds[stage] = time.monotonic() - began
