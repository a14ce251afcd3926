"""What the server's Graph Data Science library may do: all of it, a part, or nothing.

A server may have the library and not trust it (`dbms.security.procedures.unrestricted`), let only some of its
procedures be called (`dbms.security.procedures.allowlist`), or have a version with other ones.
"""

from dataclasses import dataclass

from graph.client import Client
from graph.errors import GdsMissing, GdsRefused

CATALOG_PROCEDURES = ("gds.graph.drop", "gds.graph.list")
PROJECT_PROCEDURE = "gds.graph.project"
AFFINITY_PROCEDURES = (*CATALOG_PROCEDURES, PROJECT_PROCEDURE, "gds.degree.stream", "gds.randomWalk.stream")
FASTRP_PROCEDURES = (
    *CATALOG_PROCEDURES,
    PROJECT_PROCEDURE,
    "gds.fastRP.stream",
    "gds.fastRP.stream.estimate",
    "gds.graph.project.estimate",
    "gds.debug.sysInfo",
)
TUTORIAL_PROCEDURES = (*CATALOG_PROCEDURES, "gds.pageRank.stream")
PROCEDURES_BY_USE = {
    "affinity": AFFINITY_PROCEDURES,
    "FastRP": FASTRP_PROCEDURES,
    "the profile tutorial": TUTORIAL_PROCEDURES,
}
"""What needs which procedures. Their functions come with the library."""
TESTED_VERSION = "2.13"
"""The version with which this is tested."""


@dataclass(frozen=True)
class Gds:
    """The library, as a server has it."""

    version: str | None
    """None where there is none, or it may not run."""
    is_refused: bool = False
    """The library is there, but may not run."""
    lacks: tuple[str, ...] = ()
    """Procedures that this needs and that may not be called, or that the version does not have."""

    @property
    def without(self) -> list[str]:
        """What is not to be had, for lack of procedures."""
        return [part for part, needed in PROCEDURES_BY_USE.items() if not {*needed}.isdisjoint(self.lacks)]


def examine(client: Client) -> Gds:
    """What there is of the library."""
    try:
        version = str(client.read("admin/gds_version")[0]["version"])
    except GdsMissing as error:
        return Gds(None, isinstance(error, GdsRefused))
    return Gds(
        version,
        lacks=_lacking(client, tuple(dict.fromkeys(name for part in PROCEDURES_BY_USE.values() for name in part))),
    )


def require(client: Client, needed: tuple[str, ...]) -> None:
    """Return if these procedures may be called. Raises GdsMissing, with what to do about it."""
    client.read("admin/gds_version")
    if lacking := _lacking(client, needed):
        raise GdsMissing(lacks(lacking), remedy())


def missing(client: Client, part: str) -> str:
    """What an answer does without where a part cannot be had: 'gds' where there is no library at all, else the part."""
    return "gds" if examine(client).version is None else part


def lacks(procedures: tuple[str, ...]) -> str:
    """That these may not be called, in a sentence."""
    return f"Neo4j's Graph Data Science library may not call {', '.join(procedures)}, or its version has none."


def remedy() -> str:
    """What to do about it."""
    return f"Add gds.* to dbms.security.procedures.allowlist in its neo4j.conf, or install GDS {TESTED_VERSION}."


def _lacking(client: Client, needed: tuple[str, ...]) -> tuple[str, ...]:
    rows = client.read("admin/procedures", {"names": list(needed)})
    there = {row["name"] for row in rows}
    return tuple(name for name in needed if name not in there)
