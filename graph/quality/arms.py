"""What people did in the arms of experiments: likes and hides of what they were shown, with intervals.

In an experiment, whoever is treated gets another profile, and what counts is what was served. In a holdout, posts of a
source are held out, and what counts are all posts that the source brought, in both arms: those that are held out may
reach people by other sources, or elsewhere. The difference of the arms is what the source adds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from graph import clock
from graph.client import Client, Row
from graph.quality.offpolicy import REWARD_DAYS
from graph.quality.resampling import RESAMPLES, Interval, interval, quotients, resampled_sums
from graph.ranking.experiments import CONTROL, HELD, OPEN, TREATED

Kind = Literal["experiment", "holdout"]
Floats = NDArray[np.float64]

PER = 1000
"""Rates are acts per so many posts."""
_COUNTS = ("slates", "impressions", "likes", "hides")


@dataclass(frozen=True)
class Rate:
    """Acts per 1,000 posts; nan without any post."""

    value: float
    interval: Interval


@dataclass(frozen=True)
class Arm:
    """What the people of an arm did, or, of a holdout, what came of the posts of an arm."""

    name: str
    people: int
    slates: int
    """0 in a holdout, whose slates are of both arms."""
    impressions: int
    """Posts that were served; in a holdout, those that the source brought."""
    likes: int
    hides: int
    likes_rate: Rate
    hides_rate: Rate


@dataclass(frozen=True)
class Result:
    """An experiment, or a holdout, as far as its slates are there."""

    name: str
    kind: Kind
    arms: list[Arm]
    likes_difference: Rate
    """Treated less control; in a holdout open less held, which is what the source adds."""
    hides_difference: Rate


def results(client: Client, *, resamples: int = RESAMPLES, seed: int = 0) -> list[Result]:
    """All experiments and holdouts that slates tell of, by name."""
    params = {"rewardMs": round(REWARD_DAYS * clock.DAY_MS)}
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
    """A figure for each of `rows`, which are sorted by arm."""
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
        Rate(float(_difference(total, act)[0]), interval(_difference(sums, act))) for act in ("likes", "hides")
    )
    return Result(name, kind, arms, likes, hides)


def _by_person(rows: Iterable[Row], arms: tuple[str, str]) -> Floats:
    """The counts of each person in both arms, side by side: in a holdout a person has posts of both."""
    of: dict[str, Floats] = {}
    for row in rows:
        if row["arm"] in arms:
            start = arms.index(row["arm"]) * len(_COUNTS)
            mine = of.setdefault(row["person"], np.zeros(2 * len(_COUNTS)))
            mine[start : start + len(_COUNTS)] += [row[count] for count in _COUNTS]
    return np.array([*of.values()]).reshape(-1, 2 * len(_COUNTS))


def _arm(name: str, rows: Iterable[Row], total: Floats, sums: Floats) -> Arm:
    slates, impressions, likes, hides = (int(count) for count in total[0])
    likes_rate, hides_rate = (
        Rate(float(_rates(total, act)[0]), interval(_rates(sums, act))) for act in ("likes", "hides")
    )
    people = len({row["person"] for row in rows if row["arm"] == name})
    return Arm(name, people, slates, impressions, likes, hides, likes_rate, hides_rate)


def _rates(sums: Floats, act: str) -> Floats:
    """Acts per 1,000 posts, from each row of sums of an arm."""
    return PER * quotients(sums[:, _COUNTS.index(act)], sums[:, _COUNTS.index("impressions")])


def _difference(sums: Floats, act: str) -> Floats:
    return _rates(sums[:, : len(_COUNTS)], act) - _rates(sums[:, len(_COUNTS) :], act)
