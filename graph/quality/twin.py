"""The twin of cypher/feed/ranked in numpy: the same pools, features and scores, for many people and many weights.

for pool in pools(world, ranking, ranking.batch, people, sources=profile.sources):
    pool.posts, pool.features @ weights
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.background.arrays import Floats, Ints
from graph.quality.world import World
from graph.ranking.profiles import Ranking, Retrieval


@dataclass(frozen=True)
class PersonPool:
    """The candidates of a person."""

    person: int
    """Row of `network.people`."""
    likes: int
    """The number of posts that they liked, which their weights depend on."""
    posts: Ints
    """Rows of `network.posts`: the highest score first, ties by id."""
    features: Floats
    """Posts x FEATURES of graph/ranking/profiles.py."""
    sources: NDArray[np.bool_]
    """Posts x SOURCES of graph/ranking/sources.py."""
    scores: Floats


def pools(
    world: World,
    ranking: Ranking,
    retrieval: Retrieval,
    people: Ints,
    *,
    sources: Sequence[str],
    window_days: float | None = None,
) -> Iterator[PersonPool]:
    """The pool of each of these people, given as rows, as of the world's time; None is a window of any age."""
    raise NotImplementedError  # the next commit
