"""Results of experiments: the likes and hides in each arm, as rates with intervals.

The arms of an experiment are people: the treated get another profile, and the posts that were served count. The arms
of a holdout are posts that a source retrieved, and all of these count: a held-out post may still reach the person by
another source, or elsewhere. The difference between the arms is what the source adds.

Slates younger than MATURE_DAYS (graph/quality/offpolicy.py) are left out: people have had little time to act on them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np

from graph import clock
from graph.background.arrays import Floats
from graph.client import Client, Row
from graph.quality.offpolicy import REWARD_DAYS, mature_before
from graph.quality.resampling import RESAMPLES, Interval, interval, quotients, resampled_sums
from graph.ranking.experiments import CONTROL, HELD, OPEN, TREATED

Kind = Literal["experiment", "holdout"]

RATE_POSTS = 1000
"""The number of posts that rates are for."""
_COUNTS = ("slates", "impressions", "likes", "hides")


@dataclass(frozen=True)
class Rate:
    """Likes or hides per 1,000 posts, with the interval; nan without posts."""

    value: float
    interval: Interval


@dataclass(frozen=True)
class Arm:
    """The counts and rates of an arm."""

    name: str
    people: int
    slates: int
    """0 in a holdout: a slate has posts of both arms."""
    impressions: int
    """The posts that were served, each once for a person; in a holdout, the posts that the source retrieved."""
    likes: int
    hides: int
    likes_rate: Rate
    hides_rate: Rate


@dataclass(frozen=True)
class Result:
    """The result of an experiment or a holdout, from its stored slates."""

    name: str
    kind: Kind
    arms: list[Arm]
    likes_difference: Rate
    """Treated less control; in a holdout open less held: what the source adds."""
    hides_difference: Rate


def results(client: Client, *, resamples: int = RESAMPLES, seed: int = 0) -> list[Result]:
    """The results of all experiments, then of all holdouts, that have slates, each sorted by name."""
    params = {"rewardMs": round(REWARD_DAYS * clock.DAY_MS), "mature": mature_before(clock.now())}
    tables: dict[Kind, list[Row]] = {
        "experiment": list(client.stream("experiments/people", params)),
        "holdout": list(client.stream("experiments/posts", params)),
    }
    return [
        _result(kind, name, list(rows), resamples, seed)
        for kind, table in tables.items()
        for name, rows in groupby(table, key=lambda row: str(row["experiment"]))
    ]


def _result(kind: Kind, name: str, rows: list[Row], resamples: int, seed: int) -> Result:
    """The result from `rows`, the counts of a person in an arm each."""
    first, second = (TREATED, CONTROL) if kind == "experiment" else (OPEN, HELD)
    counts = _by_person(rows, (first, second))
    sums = resampled_sums(counts, resamples=resamples, seed=seed)
    total = counts.sum(axis=0, keepdims=True)
    width = len(_COUNTS)
    arms = [
        _arm(arm, rows, total[:, start : start + width], sums[:, start : start + width])
        for arm, start in ((first, 0), (second, width))
    ]
    likes, hides = (
        Rate(float(_difference(total, column)[0]), interval(_difference(sums, column))) for column in ("likes", "hides")
    )
    return Result(name, kind, arms, likes, hides)


def _by_person(rows: Iterable[Row], arms: tuple[str, str]) -> Floats:
    """The counts of each person in both arms, side by side: people x (2 * len(_COUNTS)).

    In a holdout, a person has posts of both arms.
    """
    by_person: dict[str, Floats] = {}
    for row in rows:
        if row["arm"] in arms:
            start = arms.index(row["arm"]) * len(_COUNTS)
            counts = by_person.setdefault(row["person"], np.zeros(2 * len(_COUNTS)))
            counts[start : start + len(_COUNTS)] += [row[count] for count in _COUNTS]
    return np.array([*by_person.values()]).reshape(-1, 2 * len(_COUNTS))


def _arm(name: str, rows: Iterable[Row], total: Floats, sums: Floats) -> Arm:
    slates, impressions, likes, hides = (int(count) for count in total[0])
    likes_rate, hides_rate = (
        Rate(float(_rates(total, column)[0]), interval(_rates(sums, column))) for column in ("likes", "hides")
    )
    people = len({row["person"] for row in rows if row["arm"] == name})
    return Arm(name, people, slates, impressions, likes, hides, likes_rate, hides_rate)


def _rates(sums: Floats, column: str) -> Floats:
    """The rates of likes or hides per 1,000 posts, from rows of sums of an arm."""
    return RATE_POSTS * quotients(sums[:, _COUNTS.index(column)], sums[:, _COUNTS.index("impressions")])


def _difference(sums: Floats, column: str) -> Floats:
    return _rates(sums[:, : len(_COUNTS)], column) - _rates(sums[:, len(_COUNTS) :], column)
