"""Affinity: who is near to a person, and whose taste is like theirs, as GDS sees the whole graph.

Affinity is personalized PageRank (Page et al. 1999) from the person over undirected follows, which weigh
1 + ln(1 + likes + 2 comments) between the two, estimated by random walks with restarts (Avrachenkov et al. 2007, "Monte
Carlo methods in PageRank computation"). Taste is the cosine of what two people liked.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from graph.client import Client
from graph.errors import DatabaseError, GdsMissing, ProjectionLost, Unreachable
from graph.projections import AFFINITY, TASTE, projected
from graph.ranking.profiles import AffinitySettings

Nearest = dict[str, list[list[Any]]]
"""For each person, lists of an id and a number, the nearest first."""


class Affinity:
    """Answers for batches of people from projections of the whole graph, which it holds."""

    def __init__(self, client: Client, settings: AffinitySettings, names: Mapping[str, Any]) -> None:
        self._client = client
        self._words = {**settings.model_dump(by_alias=True), **names}

    def nearest(self, users: Sequence[str]) -> Nearest:
        """The people nearest to each of these."""
        return self._ask("affinity/nearest", users)

    def similar(self, users: Sequence[str]) -> Nearest:
        """The people whose likes are most like those of each of these."""
        return self._ask("affinity/similar", users)

    def _ask(self, statement: str, users: Sequence[str]) -> Nearest:
        """The answers for a batch. Of people whom the projection does not know there are none.

        GDS refuses a whole batch for one such person, who joined since it was made: so it is halved until they stand
        alone. Raises ProjectionLost if GDS does not hold the projection any more.
        """
        try:
            rows = self._client.write(statement, {**self._words, "users": list(users)}).rows
            return {row["user"]: row["nearest"] for row in rows}
        except (Unreachable, GdsMissing):
            raise
        except DatabaseError as error:
            if "does not exist on database" in error.problem:
                raise ProjectionLost("GDS has lost a projection.", "Was Neo4j started again? Try once more.") from error
            if "do not exist in the in-memory graph" not in error.problem:
                raise
            if len(users) == 1:
                return {}
            half = len(users) // 2
            return self._ask(statement, users[:half]) | self._ask(statement, users[half:])


@contextmanager
def affinity(client: Client, settings: AffinitySettings, prefix: str = "graphfeed-") -> Iterator[Affinity]:
    """Hold the projections of the whole graph while the block runs. Raises GdsMissing where there is no GDS."""
    words = {"commentWeight": settings.comment_weight}
    with projected(client, {**AFFINITY, **TASTE}, words, prefix) as names:
        yield Affinity(client, settings, names)
