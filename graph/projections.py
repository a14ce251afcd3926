"""GDS's copies of parts of the graph, which live in the server's memory until they are dropped."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from graph.client import Client
from graph.errors import GraphfeedError

log = logging.getLogger(__name__)

FOLLOWEES = {"followeesGraph": "affinity/project_followees"}
FRIENDS_OF_FRIENDS = {"friendsGraph": "affinity/project_friends_of_friends"}
AFFINITY = {"affinityGraph": "affinity/project_affinity"}
TASTE = {"tasteGraph": "affinity/project_taste"}
"""Projections: the statement that makes each, by the parameter that names it in the statements that use it."""


@contextmanager
def projected(
    client: Client, projections: Mapping[str, str], vocabulary: Mapping[str, Any], prefix: str = "graphfeed-"
) -> Iterator[dict[str, Any]]:
    """Hold these projections while the block runs.

    Gives the vocabulary with those parameters set to names that nobody else uses. Dropping never fails, so an error
    in the block is the one that comes out.
    """
    names = {parameter: f"{prefix}{uuid4().hex}" for parameter in projections}
    named = {**vocabulary, **names}
    try:
        for statement in projections.values():
            client.write(statement, named)  # in a cluster, on the leader: a projection is in the memory of one server
        yield named
    finally:
        if names:
            _drop(client, list(names.values()))


def drop_left_behind(client: Client, prefix: str) -> None:
    """Drop the projections of this prefix, whose makers were killed: they would fill the server's memory."""
    client.write("affinity/drop_left_behind", {"prefix": prefix})


def _drop(client: Client, names: Sequence[str]) -> None:
    try:
        client.write("affinity/drop", {"graphs": names})
    except GraphfeedError as error:
        log.warning("The projections %s are left behind: %s", names, error)
