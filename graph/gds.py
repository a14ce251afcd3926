"""The procedures of the server's Graph Data Science library that may be called: all, some, or none.

A server may have the library sandboxed (`dbms.security.procedures.unrestricted`), allow only some of its procedures
(`dbms.security.procedures.allowlist`), or have a version with other ones.
"""

from dataclasses import dataclass

from graph.client import Client
from graph.errors import GdsMissing, GdsRefused

CATALOG_PROCEDURES = ("gds.graph.drop", "gds.graph.list")
PROJECT_PROCEDURE = "gds.graph.project"
AFFINITY_PROCEDURES = (*CATALOG_PROCEDURES, PROJECT_PROCEDURE, "gds.degree.stream", "gds.randomWalk.stream")
COMMUNITY_PROCEDURES = ("gds.leiden.stream",)
FASTRP_PROCEDURES = (
    *CATALOG_PROCEDURES,
    PROJECT_PROCEDURE,
    "gds.fastRP.stream",
    "gds.fastRP.stream.estimate",
    "gds.graph.project.estimate",
    "gds.debug.sysInfo",
)
RELATED_PROCEDURES = (
    *CATALOG_PROCEDURES,
    "gds.nodeSimilarity.stream",
    "gds.nodeSimilarity.stream.estimate",
    "gds.graph.project.estimate",
    "gds.debug.sysInfo",
)
TOPIC_PROCEDURES = (
    *CATALOG_PROCEDURES,
    "gds.leiden.stream",
    "gds.leiden.stream.estimate",
    "gds.graph.project.estimate",
    "gds.debug.sysInfo",
)
TUTORIAL_PROCEDURES = (*CATALOG_PROCEDURES, "gds.pageRank.stream")
PROCEDURES_BY_USE = {
    "affinity": AFFINITY_PROCEDURES,
    "communities": COMMUNITY_PROCEDURES,
    "FastRP": FASTRP_PROCEDURES,
    "related hashtags": RELATED_PROCEDURES,
    "topics": TOPIC_PROCEDURES,
    "the profile tutorial": TUTORIAL_PROCEDURES,
}
"""The procedures that each use needs. The library's functions need no permission."""
TESTED_VERSION = "2.13"
"""The GDS version that graphfeed is tested with."""


@dataclass(frozen=True)
class Gds:
    """The library of a server."""

    version: str | None
    """None if it is not installed, or may not run."""
    is_refused: bool = False
    """True if it is installed, but may not run."""
    lacks: tuple[str, ...] = ()
    """Needed procedures that may not be called, or that this version does not have."""

    @property
    def without(self) -> list[str]:
        """The uses that are not possible for lack of procedures."""
        return [part for part, needed in PROCEDURES_BY_USE.items() if not {*needed}.isdisjoint(self.lacks)]


def examine(client: Client) -> Gds:
    """Returns the server's library, with the procedures that it lacks."""
    try:
        version = str(client.read("admin/gds_version")[0]["version"])
    except GdsMissing as error:
        return Gds(None, isinstance(error, GdsRefused))
    return Gds(
        version,
        lacks=_lacking(client, tuple(dict.fromkeys(name for part in PROCEDURES_BY_USE.values() for name in part))),
    )


def require(client: Client, needed: tuple[str, ...]) -> None:
    """Returns if these procedures may be called. Raises GdsMissing."""
    client.read("admin/gds_version")
    if lacking := _lacking(client, needed):
        raise GdsMissing(lacks(lacking), remedy())


def missing(client: Client, part: str) -> str:
    """The name for `missing` of an answer that lacks a part: 'gds' without the library, else the part's own."""
    return "gds" if examine(client).version is None else part


def lacks(procedures: tuple[str, ...]) -> str:
    """A sentence that names procedures that may not be called."""
    return f"Procedures of Neo4j's Graph Data Science library are missing or not allowed: {', '.join(procedures)}."


def remedy() -> str:
    """The remedy for missing procedures."""
    return f"Add gds.* to dbms.security.procedures.allowlist in its neo4j.conf, or install GDS {TESTED_VERSION}."


def _lacking(client: Client, needed: tuple[str, ...]) -> tuple[str, ...]:
    rows = client.read("admin/procedures", {"names": list(needed)})
    there = {row["name"] for row in rows}
    return tuple(name for name in needed if name not in there)
