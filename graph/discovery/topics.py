"""Topics: hashtags that belong together, which a build has found and named."""

from dataclasses import dataclass

from graph import clock
from graph.background.state import state
from graph.client import Client, Row
from graph.ranking.missing import NO_BUILD
from graph.ranking.why_empty import surroundings

LISTED = 100
MAX_LISTED = 1_000
NEEDS = ("gds", "related", "topics")
"""Codes in `missing` of a build that could not make topics."""


@dataclass(frozen=True)
class Topics:
    """Topics, and why there are none."""

    items: list[Row]
    """Rows topic, name, hashtags, posts; those with the most posts first."""
    missing: tuple[str, ...]
    """Codes of graph/ranking/missing.py, if no build has made topics yet."""


def topics(client: Client, user: str = "", limit: int = LISTED) -> Topics:
    """The topics of the last build, each named by its three most typical hashtags, without those that a person muted;
    without a user (''), by those of everybody. Raises NotFound for an unknown person."""
    rows = client.read("discovery/topics", {"me": user, "limit": limit})
    if rows:
        return Topics(rows, ())
    if user:
        surroundings(client, {"me": user, "now": clock.now(), "historyDays": 0})
    build = state(client)
    return Topics([], (NO_BUILD,) if build is None else tuple(code for code in NEEDS if code in build.missing))
