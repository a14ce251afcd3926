"""The report of an evaluation: the measures of each method with intervals, and the differences from graphfeed's."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np
from pydantic.alias_generators import to_camel

from graph.background.arrays import Floats, Ints, Mask
from graph.quality import metrics
from graph.quality.ablation import Ablation
from graph.quality.metrics import HeldOut, Mean
from graph.quality.training import NO_AUTHOR, Training

FEW, MANY = 20, 100
"""The places that are measured: the first screens, and as far as people may scroll."""
MEASURES = ("recall@20", "recall@100", "ndcg@20", "mrr", "discovery", "novelty")
"""The measures of people, which have means with intervals."""
COHORTS = (0, 1, 10, 30, 100, 300)
"""The least likes of people in each cohort."""
POST_COHORTS = (0, 1, 5, 20, 100)
"""The least likes of posts in each cohort of held-out likes; the first ones are cold starts."""


@dataclass(frozen=True)
class Method:
    """The rankings of a method for the people who are measured."""

    name: str
    ranked: Ints
    """People x places."""
    new_authors: Ints
    """The same, with only authors of whom the person likes nothing."""
    cold: Ints | None = None
    """The same, with cold posts alone; None if none are held out as such."""


@dataclass(frozen=True)
class Row:
    """The measures of a method."""

    method: str
    measures: dict[str, Mean]
    coverage: float
    """The share of candidates among the first 20 of at least one person."""
    author_gini: float
    less: dict[str, Mean]
    """The first method's measures less this one's, paired by person; empty for the first."""


@dataclass(frozen=True)
class Table:
    """The measures of methods for the same people."""

    people: int
    rows: list[Row]


@dataclass(frozen=True)
class Cohort:
    """Recall at 20 of people, or the share of held-out likes found at 100, in a range of numbers of training likes."""

    likes: str
    """The range of the number of training likes, of the person or of the post, such as '10 to 29'."""
    size: int
    """The number of people or held-out likes in it."""
    recall: dict[str, Mean]
    """By method, with intervals from resamples of people."""


@dataclass(frozen=True)
class ColdRow:
    """Recall at 20 of a method for cold posts."""

    method: str
    recall: Mean
    """Among all candidates."""
    alone: Mean
    """Of the first 20 cold posts of the person's list. A list of graphfeed's has at most as many posts as its pool."""
    less: Mean | None
    """The first method's recall less this one's, paired by person; None for the first."""
    less_alone: Mean | None


@dataclass(frozen=True)
class ColdStart:
    """How well posts are ranked of which all likes are held out, beside chance."""

    posts: int
    """The cold posts."""
    chance: float
    """The mean over people of 20 / the candidates of the person, neither theirs nor liked: recall of a random order."""
    chance_alone: float
    """The same of cold candidates alone."""
    rows: list[ColdRow]


@dataclass(frozen=True)
class Look:
    """The first 20 places of ranked lists, or of first pages as drawn."""

    name: str
    recall: Mean
    distances: dict[str, float]
    """Shares of the places by distance of the author."""
    has_reason: float
    """The share of the places with a reason that names a tie of the person's."""


@dataclass(frozen=True)
class About:
    """The data and settings of an evaluation."""

    profile: str
    profile_hash: str
    may_know_held_out: bool
    """True if a tuning fitted the profile to likes, perhaps to held-out ones."""
    people: int
    """People in the graph."""
    posts: int
    likes: int
    """The number of training likes."""
    held_out: int
    """The number of held-out likes of the people who are measured."""
    as_of: int
    window_days: float | None
    """The maximum age of posts that are ranked; None for any."""
    seed: int
    missing: tuple[str, ...]
    """The parts that the build lacks, as codes of graph/ranking/missing.py."""


@dataclass
class Report:
    """The result of an evaluation."""

    about: About
    split: str
    """A description of how likes were held out."""
    table: Table
    tutorial: Table
    """The same methods and the tutorial, for a sample of these people."""
    cohorts: list[Cohort]
    """Of people."""
    cold: list[Cohort]
    """Of held-out likes, by the likes of their posts."""
    looks: list[Look]
    skipped: dict[str, str]
    """Methods that could not be measured, with the reason."""
    seconds: dict[str, float] = field(default_factory=dict)
    """The duration of each stage."""
    cold_start: ColdStart | None = None
    """If all likes of some posts were held out."""
    parts: Ablation | None = None
    """The ablation of the profile, if it was asked for."""

    def as_json(self) -> dict[str, Any]:
        """The report for JSON: names in camelCase, null for NaN; without `parts` and `coldStart` if not asked for."""
        made: dict[str, Any] = _plain(self)
        return {name: value for name, value in made.items() if name not in ("parts", "coldStart") or value is not None}


def measured(training: Training, held_out: HeldOut, methods: Sequence[Method], candidates: int, seed: int) -> Table:
    """The table of methods, each compared with the first, with `candidates` posts to rank."""
    values = [_values(training, held_out, method) for method in methods]
    resampled = np.split(metrics.resampled_means(np.hstack(values), seed), len(methods), axis=1)
    rows = []
    for method, of_people, means in zip(methods, values, resampled, strict=True):
        is_first = method is methods[0]
        less = {} if is_first else _means(values[0] - of_people, resampled[0] - means)
        rows.append(
            Row(
                method.name,
                _means(of_people, means),
                metrics.coverage(method.ranked, candidates, FEW),
                metrics.author_gini(method.ranked, training.authors, FEW),
                less,
            )
        )
    return Table(len(held_out), rows)


def cold_start(
    training: Training, held_out: HeldOut, methods: Sequence[Method], candidates: Mask, cold: Mask, seed: int
) -> ColdStart:
    """Recall at 20 for `cold` posts, among all `candidates` and alone; both are masks of posts."""
    rankings = [(each.ranked, each.cold) for each in methods]
    empty = np.full((len(held_out), FEW), metrics.NO_POST, np.int64)
    values = np.column_stack(
        [
            metrics.recall(held_out.hits(empty if ranked is None else ranked), held_out.counts, FEW)
            for pair in rankings
            for ranked in pair
        ]
    )
    resampled = metrics.resampled_means(values, seed)
    found = [metrics.mean(column, means) for column, means in zip(values.T, resampled.T, strict=True)]
    less = [
        metrics.mean(values[:, place % 2] - column, resampled[:, place % 2] - means)
        for place, (column, means) in enumerate(zip(values.T, resampled.T, strict=True))
    ]
    rows = [
        ColdRow(
            method.name,
            found[2 * place],
            found[2 * place + 1],
            less[2 * place] if place else None,
            less[2 * place + 1] if place else None,
        )
        for place, method in enumerate(methods)
    ]
    chance, alone = (_chance(training, held_out.people, mask) for mask in (candidates, candidates & cold))
    return ColdStart(int((candidates & cold).sum()), chance, alone, rows)


def people_cohorts(training: Training, held_out: HeldOut, methods: Sequence[Method], seed: int) -> list[Cohort]:
    """Recall at 20 by the number of training likes of the person."""
    recalls = {each.name: metrics.recall(held_out.hits(each.ranked), held_out.counts, FEW) for each in methods}
    return _cohorts(COHORTS, training.likes_of_people[held_out.people], np.arange(len(held_out)), recalls, seed)


def post_cohorts(training: Training, held_out: HeldOut, methods: Sequence[Method], seed: int) -> list[Cohort]:
    """The share of held-out likes among the first 100, by the number of training likes of the post."""
    found = {each.name: held_out.found(each.ranked[:, :MANY]).astype(np.float64) for each in methods}
    return _cohorts(POST_COHORTS, training.likes_of_posts[held_out.posts], held_out.places, found, seed)


def discovered(training: Training, held_out: HeldOut) -> HeldOut:
    """The held-out likes of posts whose author is new to the person: one of whom they like nothing else."""
    people, authors = held_out.people[held_out.places], training.authors[held_out.posts]
    known = np.asarray(training.likes_of_authors[people, np.maximum(authors, 0)]).ravel()
    return held_out.only((authors != NO_AUTHOR) & (known == 0))


def _chance(training: Training, people: Ints, candidates: Mask) -> float:
    """The expected recall at 20 of a random order of the candidates that each person did not post or like, averaged."""
    kept = candidates.sum() - np.asarray((training.excluded[people][:, candidates] > 0).sum(axis=1)).ravel()
    return float(np.minimum(1, FEW / np.maximum(kept, 1)).mean())


def _values(training: Training, held_out: HeldOut, method: Method) -> Floats:
    """The measures of each person: people x MEASURES."""
    hits, counts = held_out.hits(method.ranked[:, :MANY]), held_out.counts
    new = discovered(training, held_out)
    return np.column_stack(
        (
            metrics.recall(hits, counts, FEW),
            metrics.recall(hits, counts, MANY),
            metrics.ndcg(hits, counts, FEW),
            metrics.reciprocal_rank(hits, counts),
            metrics.recall(new.hits(method.new_authors), new.counts, FEW),
            metrics.novelty(method.ranked, training.likes_of_posts, len(training.people), FEW),
        )
    )


def _means(values: Floats, resampled: Floats) -> dict[str, Mean]:
    columns = zip(MEASURES, values.T, resampled.T, strict=True)
    return {name: metrics.mean(of_people, means) for name, of_people, means in columns}


def _cohorts(least: Sequence[int], likes: Ints, people: Ints, values: Mapping[str, Floats], seed: int) -> list[Cohort]:
    """The means of `values` by number of likes; empty cohorts are left out. `people` has the person of each value."""
    group = np.searchsorted(least, likes, side="right") - 1
    made = []
    for number, fewest in enumerate(least):
        inside = group == number
        if inside.any():
            most = least[number + 1] - 1 if number + 1 < len(least) else None
            columns = np.column_stack([of_all[inside] for of_all in values.values()])
            means = dict(zip(values, metrics.means(columns, people[inside], seed), strict=True))
            made.append(Cohort(_range(fewest, most), int(inside.sum()), means))
    return made


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"{least:,} or more"
    return str(least) if least == most else f"{least} to {most}"


def _plain(value: Any) -> Any:
    """A value for JSON: dataclasses as objects with camelCase names, NaN as null."""
    if is_dataclass(value):
        return {to_camel(each.name): _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
