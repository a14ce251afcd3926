"""A person's network and interests: the first steps of the tutorial."""

from typing import Literal

from graph import clock
from graph.client import Client, Row
from graph.ranking.profiles import Profile
from graph.ranking.why_empty import surroundings

UNLIMITED_ROWS = 2**31
MAX_POSTS = 10_000
"""Posts that somebody liked or is shown in of which the hashtags are read, and three times as many of these."""
Edges = Literal["all", "mine"]


def network(client: Client, user: str, edges: Edges = "all", limit: int = UNLIMITED_ROWS) -> list[Row]:
    """Rows srcId, dstId, srcName, dstName: everyone whom the person follows and, unless `edges` is 'mine', everyone
    whom those follow, the person's own follows first. People filtered for the person are left out.

    Raises NotFound for a person whom the graph does not know.
    """
    rows = client.read("network/rows", {"me": user, "edges": edges, "limit": limit})
    if not rows:
        _require(client, user)
    return rows


def interests(
    client: Client, user: str, profile: Profile, as_of: int | None = None, limit: int = UNLIMITED_ROWS
) -> list[Row]:
    """Rows hashtag, display, weight, liked, shown: the hashtags of posts that the person liked or is shown in, the
    dearest first; muted ones are left out. Of somebody with more than MAX_POSTS likes, of those that the store gives first.
    Raises NotFound for a person whom the graph does not know.
    """
    now = clock.now() if as_of is None else as_of
    params = {"me": user, "now": now, "historyDays": profile.history_days, "limit": limit, "reach": MAX_POSTS}
    rows = client.read("interests/hashtags", params)
    if not rows:
        _require(client, user)
    return rows


def _require(client: Client, user: str) -> None:
    surroundings(client, {"me": user, "now": clock.now(), "historyDays": 0})
