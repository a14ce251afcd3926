"""How well feeds are served now."""

from dataclasses import dataclass

from graph import clock
from graph.client import Client
from graph.errors import GdsMissing, GdsRefused

LATE_SECONDS = 600
"""A refresh that lags so far behind is told as a lack."""


@dataclass(frozen=True)
class Health:
    """What of a full answer is lacking."""

    gds: str | None
    """The version of the Graph Data Science library; None where there is none."""
    stale: int
    """People who acted since they were refreshed."""
    lag_seconds: float
    """How long the one of them has waited who has waited longest."""
    gds_refused: bool = False
    """Whether the library is there, but may not run."""

    @property
    def degraded(self) -> list[str]:
        """A sentence for each lack."""
        lacks = []
        if self.gds_refused:
            lacks.append(
                "Neo4j has the Graph Data Science library, and may not run it: affinity is what a short walk sees. Set "
                "dbms.security.procedures.unrestricted=gds.* in its neo4j.conf, and start it again."
            )
        elif self.gds is None:
            lacks.append("Neo4j runs without the Graph Data Science library: affinity is what a short walk sees.")
        if self.lag_seconds > LATE_SECONDS:
            lacks.append(f"Stored candidates are stale: {self.stale} people wait, one for {self.lag_seconds:.0f} s.")
        return lacks


def health(client: Client) -> Health:
    """How it is now. Raises Unreachable if Neo4j does not answer."""
    lag = client.read("refresh/lag")[0]
    waits = 0.0 if lag["since"] is None else max(0.0, (clock.now() - lag["since"]) / 1000)
    gds, refused = _gds(client)
    return Health(gds, lag["stale"], waits, refused)


def _gds(client: Client) -> tuple[str | None, bool]:
    """The version of the library, if it may run, and whether it is there and may not."""
    try:
        return str(client.read("admin/gds_version")[0]["version"]), False
    except GdsMissing as error:
        return None, isinstance(error, GdsRefused)
