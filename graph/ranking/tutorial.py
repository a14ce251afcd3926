"""The tutorial's sources. Each is a statement that returns candidates with score, parts and reason."""

from collections.abc import Mapping
from typing import Any

from graph.client import Client, Row
from graph.projections import FOLLOWEES, FRIENDS_OF_FRIENDS, projected

PROJECTIONS: dict[str, Mapping[str, str]] = {
    "followees": FOLLOWEES,
    "friends_of_friends": FRIENDS_OF_FRIENDS,
    "interests": {},
    "mixed": {**FOLLOWEES, **FRIENDS_OF_FRIENDS},
}
"""The GDS projections that each source needs."""


def tutorial_rows(client: Client, source: str, params: Mapping[str, Any]) -> list[Row]:
    """The rows of cypher/tutorial/<source>.cypher, best first, read on the cluster member that has the projections."""
    projections = PROJECTIONS[source]
    with projected(client, projections, params) as named:
        statement = f"tutorial/{source}"
        return client.write(statement, named).rows if projections else client.read(statement, named)
