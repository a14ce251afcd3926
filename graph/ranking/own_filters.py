"""What a person keeps out of their own feeds: whom and what they muted, whom they blocked, what they hid."""

from dataclasses import dataclass

from graph import clock
from graph.client import Client, Row
from graph.ranking.why_empty import surroundings

LISTED = 100
MAX_LISTED = 1000
MAX_READ = 10_000
"""The mutes, blocks and hides of a person that are read, of each kind the first ones in the store."""


@dataclass(frozen=True)
class OwnFilters:
    """The latest of each kind first, those without a time last."""

    muted: list[Row]
    """Rows person, username, fullName, hashtag, display, word, at, until: of a person, a hashtag or a word. `until` is
    the end, None for good; a mute that is over is no row."""
    blocked: list[Row]
    """Rows person, username, fullName, at. A name is None if the person may not be named to who blocked them."""
    hidden: list[Row]
    """Rows post, at, reason, one of the event `hide` or 'report'."""


def own_filters(client: Client, user: str, limit: int = LISTED) -> OwnFilters:
    """Returns up to `limit` of each kind. Raises NotFound for an unknown person."""
    now = clock.now()
    rows = client.read("person/filters", {"me": user, "now": now, "reach": MAX_READ, "limit": limit})
    if not rows:
        surroundings(client, {"me": user, "now": now, "historyDays": 0})
    muted, blocked, hidden = (
        [row for row in rows if row["kind"] == kind][:limit] for kind in ("mute", "block", "hide")
    )
    return OwnFilters(muted, blocked, hidden)
