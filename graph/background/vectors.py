"""Embeddings of people and posts by GDS's FastRP: nodes that are near in the graph have similar vectors.

Chen et al. 2019, "Fast and Accurate Network Embeddings via Very Sparse Random Projection", over likes, authorship and
follows, undirected.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graph import clock, gds
from graph.client import Client
from graph.errors import DatabaseError, Unreachable
from graph.projections import BUILD_PREFIX, VECTORS, VECTORS_BY, projected
from graph.ranking.profiles import VectorSettings

log = logging.getLogger(__name__)

HEAP_SHARE = 0.5
"""The share of Neo4j's maximum heap for the projection and FastRP together. Not of the free heap: garbage counts as
taken until Java collects it, and the vectors' size should not change from build to build."""
MIN_SIZE = 16
"""The least useful length of a vector."""
FETCH_ROWS = 1_000


@dataclass(frozen=True)
class Vectors:
    """A row for each person and post that has a relationship."""

    nodes: npt.NDArray[np.int64]
    """Internal ids, ascending."""
    vectors: npt.NDArray[np.float32]
    missing: tuple[str, ...] = ()
    """("gds",) without GDS, ("fastrp",) if the heap is too small; there are no rows then."""

    @property
    def size(self) -> int:
        """The length of a vector; 0 without vectors."""
        return self.vectors.shape[1] if len(self.nodes) else 0


def vectors(client: Client, settings: VectorSettings, *, as_of: int | None = None) -> Vectors:
    """The vectors of all people and posts, from the graph as of a time in epoch milliseconds, or as it is now.

    The same graph gives the same vectors. All are finite and not zero. Relationships without a time always count; likes
    that count for their person alone, or are not learned from, never. If there are such, or `as_of` is past, the
    projection takes longer.
    """
    now = clock.now()
    chooses = (as_of is not None and as_of < now) or client.read("build/leaves_out_likes")[0]["leaves"]
    params = {**settings.model_dump(by_alias=True), "now": now if as_of is None else as_of}
    try:
        gds.require(client, gds.FASTRP_PROCEDURES)
        return _embed(client, VECTORS_BY if chooses else VECTORS, params, settings.size)
    except Unreachable:
        raise
    except DatabaseError as error:  # the library is missing, or another version: the rest is built without it
        log.warning("FastRP vectors were not built: %s", error)
        return _none(gds.missing(client, "fastrp"))


def _embed(client: Client, projection: Mapping[str, str], params: Mapping[str, Any], size: int) -> Vectors:
    room = client.read("build/vectors_room")[0]
    if not room["nodes"] or not client.read("build/size")[0]["people"]:
        return _none()
    free = HEAP_SHARE * room["heap"] - room["projection"]
    if free <= 0:
        return _too_small("the graph alone needs more")
    try:
        with projected(client, projection, params, BUILD_PREFIX) as named:
            while size >= MIN_SIZE:
                try:
                    rows = client.write("build/fastrp_bytes", {**named, "size": size}).rows[0]
                    if rows["bytes"] <= free:
                        return _read(client, {**named, "size": size}, rows["nodes"])
                except DatabaseError as error:
                    if projection is VECTORS_BY and "does not exist on database" in (error.said or ""):
                        return _none()  # there were no relationships by then, and GDS makes no empty projection
                    if not _is_too_large(error):
                        raise
                log.warning("Neo4j's heap is too small for FastRP vectors of length %d; trying half the length.", size)
                size //= 2
    except DatabaseError as error:
        if not _is_too_large(error):
            raise
    return _too_small(f"even vectors of length {MIN_SIZE} need more")


def _read(client: Client, params: Mapping[str, Any], rows: int) -> Vectors:
    """The stream of vectors as a matrix, without zero vectors and those that are not finite."""
    nodes = np.zeros(rows, np.int64)
    found = np.zeros((rows, params["size"]), np.float32)
    for place, row in enumerate(client.stream("build/fastrp", params, fetch=FETCH_ROWS, leader=True)):
        nodes[place] = row["node"]
        found[place] = row["vector"]
    usable = np.flatnonzero(np.isfinite(found).all(axis=1) & found.any(axis=1))
    usable = usable[np.argsort(nodes[usable])]
    return Vectors(nodes[usable], found[usable], () if len(usable) else ("fastrp",))


def _is_too_large(error: DatabaseError) -> bool:
    """Returns True if GDS refused to begin because too little of the heap is free."""
    return "exceeds current free memory" in (error.said or "") and not isinstance(error, Unreachable)


def _too_small(why: str) -> Vectors:
    log.warning("FastRP vectors were not built, because Neo4j's heap is too small: %s. Raise GRAPHFEED_HEAP.", why)
    return _none("fastrp")


def _none(*missing: str) -> Vectors:
    return Vectors(np.zeros(0, np.int64), np.zeros((0, 0), np.float32), missing or ("fastrp",))
