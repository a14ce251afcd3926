"""The report of an evaluation: measures of each method with intervals, and differences from what is served."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np
from pydantic.alias_generators import to_camel

from graph.quality import metrics
from graph.quality.metrics import Floats, HeldOut, Interval, Ints
from graph.quality.training import NOBODY, Training

FEW, MANY = 20, 100
"""The places that are measured: a first screen or two, and all that one may scroll through."""
MEASURES = ("recall@20", "recall@100", "ndcg@20", "mrr", "discovery", "novelty")
"""Measures of people, whose means have intervals."""
COHORTS = (0, 1, 10, 30, 100, 300)
"""The least likes of the people of each cohort."""
POST_COHORTS = (0, 1, 5, 20, 100)
"""The least likes of the held-out posts of each group; the first ones are cold."""


@dataclass(frozen=True)
class Method:
    """What one method ranks for the people who are measured."""

    name: str
    ranked: Ints
    new_authors: Ints
    """The first of authors of whom the person likes nothing."""


@dataclass(frozen=True)
class Row:
    """The measures of a method."""

    method: str
    measures: dict[str, Interval]
    coverage: float
    """The share of all posts that are among the first 20 of anybody."""
    author_gini: float
    less: dict[str, Interval]
    """By how much the first method's measures are higher, of the same people; empty for the first."""


@dataclass(frozen=True)
class Table:
    """Methods that ranked for the same people."""

    people: int
    rows: list[Row]


@dataclass(frozen=True)
class Cohort:
    """Recall at 20 of people, or the share of held-out likes found at 100, by the number of likes for learning."""

    likes: str
    size: int
    """People, or held-out likes."""
    recall: dict[str, float]
    """By method."""


@dataclass(frozen=True)
class Look:
    """The first 20 places of ranked lists or of pages."""

    name: str
    recall: Interval
    distances: dict[str, float]
    """Shares of the places, by how far their authors are."""
    has_reason: float
    """The share of the places whose reason is a tie of the person's."""


@dataclass(frozen=True)
class About:
    """What was measured."""

    profile: str
    profile_hash: str
    people: int
    """People in the graph."""
    posts: int
    likes: int
    """Likes for learning."""
    held_out: int
    """Held-out likes of the people who are measured."""
    as_of: int
    window_days: float | None
    """The age of posts that are ranked; None for any."""
    seed: int
    missing: tuple[str, ...]
    """Parts that the build had to do without."""


@dataclass
class Report:
    """All that an evaluation found."""

    about: About
    split: str
    """How likes were held out, in words."""
    table: Table
    tutorial: Table
    """The same methods and the tutorial, for some of these people."""
    cohorts: list[Cohort]
    cold: list[Cohort]
    looks: list[Look]
    skipped: dict[str, str]
    """Methods that could not be measured, and why."""
    seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Everything, with null for what has no value."""
        made: dict[str, Any] = _plain(self)
        return made


def measured(training: Training, held_out: HeldOut, methods: Sequence[Method], candidates: int, seed: int) -> Table:
    """The table of these methods, which rank so many posts; the others are compared with the first."""
    values = [_values(training, held_out, method) for method in methods]
    resampled = np.split(metrics.resampled_means(np.hstack(values), seed), len(methods), axis=1)
    rows = []
    for method, of_people, means in zip(methods, values, resampled, strict=True):
        is_first = method is methods[0]
        less = {} if is_first else _intervals(values[0] - of_people, resampled[0] - means)
        rows.append(
            Row(
                method.name,
                _intervals(of_people, means),
                metrics.coverage(method.ranked, candidates, FEW),
                metrics.author_gini(method.ranked, training.authors, FEW),
                less,
            )
        )
    return Table(len(held_out), rows)


def people_cohorts(training: Training, held_out: HeldOut, methods: Sequence[Method]) -> list[Cohort]:
    """Recall at 20 by how much people like."""
    recalls = {each.name: metrics.recall(held_out.hits(each.ranked), held_out.counts, FEW) for each in methods}
    return _cohorts(COHORTS, training.likes_of_people[held_out.people], recalls)


def post_cohorts(training: Training, held_out: HeldOut, methods: Sequence[Method]) -> list[Cohort]:
    """The share of held-out likes that are among the first 100, by how much their posts are liked."""
    found = {each.name: held_out.found(each.ranked[:, :MANY]).astype(np.float64) for each in methods}
    return _cohorts(POST_COHORTS, training.likes_of_posts[held_out.posts], found)


def discovered(training: Training, held_out: HeldOut) -> HeldOut:
    """The held-out likes of posts of authors of whom their person likes nothing."""
    people, authors = held_out.people[held_out.places], training.authors[held_out.posts]
    known = np.asarray(training.likes_of_authors[people, np.maximum(authors, 0)]).ravel()
    return held_out.only((authors != NOBODY) & (known == 0))


def _values(training: Training, held_out: HeldOut, method: Method) -> Floats:
    """A line for each person, a column for each of MEASURES."""
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


def _intervals(values: Floats, resampled: Floats) -> dict[str, Interval]:
    columns = zip(MEASURES, values.T, resampled.T, strict=True)
    return {name: metrics.interval(of_people, means) for name, of_people, means in columns}


def _cohorts(least: Sequence[int], likes: Ints, values: Mapping[str, Floats]) -> list[Cohort]:
    """Means of the values by these numbers of likes; groups without anybody are left out."""
    group = np.searchsorted(least, likes, side="right") - 1
    made = []
    for number, fewest in enumerate(least):
        inside = group == number
        if inside.any():
            most = least[number + 1] - 1 if number + 1 < len(least) else None
            means = {name: float(np.nanmean(of_all[inside])) for name, of_all in values.items()}
            made.append(Cohort(_range(fewest, most), int(inside.sum()), means))
    return made


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"{least:,} or more"
    return str(least) if least == most else f"{least} to {most}"


def _plain(value: Any) -> Any:
    """A value as JSON has it: names in camelCase, and null for NaN."""
    if is_dataclass(value):
        return {to_camel(each.name): _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
