"""GDS's copies of parts of the graph, which live in the server's memory until they are dropped.

A name tells whose a projection is, for the server keeps it when its maker is killed. Those of a request begin with
REQUEST_PREFIX and live for less than a minute. Those of a builder begin with BUILD_PREFIX and may live for hours, but one builder at
a time works on a graph: what is there when it begins, with its lease, is nobody's any more.
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
"""Names that this module gives, and gave in older versions; none that a person would give."""
MAX_AGE_MINUTES = 60
"""A projection of ours that is older was left behind, unless it is a builder's."""

FOLLOWEES = {"followeesGraph": "tutorial/project_followees"}
FRIENDS_OF_FRIENDS = {"friendsGraph": "tutorial/project_friends_of_friends"}
TIES = {"tiesGraph": "affinity/project_ties"}
VECTORS = {"vectorsGraph": "build/project_vectors"}
VECTORS_BY = {"vectorsGraph": "build/project_vectors_by"}
"""Projections: the statement that makes each, by the parameter that names it in the statements that use it."""


@contextmanager
def projected(
    client: Client, projections: Mapping[str, str], params: Mapping[str, Any], prefix: str = REQUEST_PREFIX
) -> Iterator[dict[str, Any]]:
    """Hold these projections while the block runs.

    Gives the params with those parameters set to names that nobody else uses. Dropping never fails, so an error
    in the block is the one that comes out.
    """
    names = {parameter: f"{prefix}{uuid4().hex}" for parameter in projections}
    named = {**params, **names}
    try:
        for statement in projections.values():
            client.write(statement, named)  # in a cluster, on the leader: a projection is in the memory of one server
        yield named
    finally:
        if names:
            _drop(client, list(names.values()))


def drop_left_behind(client: Client, prefix: str = BUILD_PREFIX) -> list[str]:
    """Drop the projections whose makers were killed, whoever made them; their names.

    These are all of this prefix, so the caller holds the lease that lets one at a time make any, and those of requests
    that are too old. Raises GdsMissing.
    """
    # A builder's are never dropped for their age: their maker may be at work
    others = NAME_PATTERN.replace("(", f"(?!{BUILD_PREFIX.removeprefix('graphfeed-')})(", 1)
    params = {"prefix": prefix, "pattern": others, "minutes": MAX_AGE_MINUTES}
    dropped = [row["graph"] for row in client.write("affinity/drop_left_behind", params).rows]
    if dropped:
        log.info("Dropped projections that were left behind: %s", ", ".join(dropped))
    return dropped


def _drop(client: Client, names: Sequence[str]) -> None:
    try:
        with untraced():  # also for a request whose client has left, for which nothing more is asked
            client.write("affinity/drop", {"graphs": names})
    except GraphfeedError as error:
        log.warning("The projections %s are left behind: %s", names, error)
