"""The usual time of a view of a post, against which a feed tells that somebody stayed, or left at once."""

import math
from collections.abc import Iterable

import numpy as np

from graph.background.arrays import Floats, Nodes
from graph.client import Row

PRIOR_VIEWS = 10
"""The number of views of usual length that each post is taken to have besides its own: few tell little."""


def usual_dwells(rows: Iterable[Row], posts: Nodes) -> tuple[float | None, Floats]:
    """The usual time of a view, in milliseconds, of all posts (None without views) and of each (NaN without views).

    Rows are of build/dwells. The usual time is a geometric mean, as times of views are about lognormal: of a post, that
    of its views and of PRIOR_VIEWS of the usual time of all.
    """
    views, logs = np.zeros(len(posts)), np.zeros(len(posts))
    for row in rows:
        [place] = posts.rows(np.array([row["node"]], np.int64))
        if place >= 0:
            views[place], logs[place] = row["views"], row["logs"]
    if not views.any():
        return None, np.full(len(posts), np.nan)
    mean = logs.sum() / views.sum()
    means = (logs + PRIOR_VIEWS * mean) / (views + PRIOR_VIEWS)
    return math.exp(mean), np.where(views > 0, np.exp(means), np.nan)
