"""GDS projections: copies of parts of the graph in the server's memory, which last until they are dropped.

The name says who owns it, because a projection outlives a process that is killed. Projections of requests begin with
REQUEST_PREFIX and last less than a minute. Projections of builders begin with BUILD_PREFIX and may last for hours; but
only one builder works on a graph at a time, so those that it finds when it has the lease are orphans.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from graph.client import Client
from graph.errors import GraphfeedError
from graph.tracing import untraced

log = logging.getLogger(__name__)

REQUEST_PREFIX = "graphfeed-request-"
BUILD_PREFIX = "graphfeed-build-"
NAME_PATTERN = r"graphfeed-([a-z]+-)?[0-9a-f]{32}"
"""The names of this module's projections, and of older versions'. Nobody would choose one by hand."""
MAX_AGE_MINUTES = 60
"""The age from which a request's projection counts as an orphan."""

FOLLOWEES = {"followeesGraph": "tutorial/project_followees"}
FRIENDS_OF_FRIENDS = {"friendsGraph": "tutorial/project_friends_of_friends"}
TIES = {"tiesGraph": "affinity/project_ties"}
VECTORS = {"vectorsGraph": "build/project_vectors"}
VECTORS_BY = {"vectorsGraph": "build/project_vectors_by"}
USES = {"usesGraph": "build/project_uses"}
TASTES = {"tastesGraph": "build/project_tastes"}
RELATED = {"relatedGraph": "build/project_related"}
"""Projections: the statement that creates each, by the parameter for its name in the statements that use it."""


@contextmanager
def projected(
    client: Client, projections: Mapping[str, str], params: Mapping[str, Any], prefix: str = REQUEST_PREFIX
) -> Iterator[dict[str, Any]]:
    """Creates these projections for the block, and drops them after it.

    Yields `params` with the names of the projections, which are unique. Dropping never raises, so an error in the block
    is not hidden.
    """
    names = {parameter: f"{prefix}{uuid4().hex}" for parameter in projections}
    named = {**params, **names}
    try:
        for statement in projections.values():
            client.write(
                statement, named
            )  # as a write, for the leader of a cluster: projections are in the memory of one member
        yield named
    finally:
        if names:
            _drop(client, list(names.values()))


def drop_left_behind(client: Client, prefix: str = BUILD_PREFIX) -> list[str]:
    """Drops orphaned projections of killed processes. Returns their names.

    These are all with this prefix, so the caller must hold the lease of builders, and those of requests older than
    MAX_AGE_MINUTES. Raises GdsMissing.
    """
    # A builder's are never dropped for their age: the builder may be at work
    others = NAME_PATTERN.replace("(", f"(?!{BUILD_PREFIX.removeprefix('graphfeed-')})(", 1)
    params = {"prefix": prefix, "pattern": others, "minutes": MAX_AGE_MINUTES}
    dropped = [row["graph"] for row in client.write("affinity/drop_left_behind", params).rows]
    if dropped:
        log.info("Dropped orphaned GDS projections: %s", ", ".join(dropped))
    return dropped


def _drop(client: Client, names: Sequence[str]) -> None:
    try:
        with untraced():  # a request whose client has left may run no more statements of its own
            client.write("affinity/drop", {"graphs": names})
    except GraphfeedError as error:
        log.warning("GDS projections %s could not be dropped: %s", names, error)
