"""A person's network and interests, as in the first steps of the tutorial."""

from typing import Literal

from graph import clock
from graph.client import Client, Row
from graph.ranking.profiles import Profile
from graph.ranking.why_empty import surroundings

UNLIMITED_ROWS = 2**31
"""A limit that no result reaches."""
MAX_POSTS = 10_000
"""Posts that somebody liked or is shown in whose hashtags are read, and a third of the hashtags read."""
MAX_TOPICS = 20
Edges = Literal["all", "mine"]


def network(client: Client, user: str, edges: Edges = "all", limit: int = UNLIMITED_ROWS) -> list[Row]:
    """Rows srcId, dstId, srcName, dstName: the person's follows first and, unless `edges` is 'mine', the follows of
    their followees. People filtered for the person are left out.

    Raises NotFound for an unknown person.
    """
    rows = client.read("network/rows", {"me": user, "edges": edges, "limit": limit})
    if not rows:
        _require(client, user)
    return rows


def interests(
    client: Client, user: str, profile: Profile, as_of: int | None = None, limit: int = UNLIMITED_ROWS
) -> list[Row]:
    """Rows hashtag, display, weight, liked, shown, looked, kind, wish, until, examples, topic: hashtags that the person
    picked, wants more or less of, or dismissed, then those of posts that they liked or are shown in, the heaviest
    first, and of posts that they looked at for long, without muted ones.

    `kind` is picked, more, less, dismissed or inferred; `wish` the id of the topic of which they said so, None if they
    said it of the hashtag itself; `until` the end in epoch milliseconds; `examples` the ids of up to two of the posts;
    `topic` the id and name of its topic, if it has one. Only MAX_POSTS likes are read, in the order of the store.
    Raises NotFound for an unknown person.
    """
    rows = client.read("interests/hashtags", _learned(user, profile, as_of, limit))
    if not rows:
        _require(client, user)
    return rows


def interesting_topics(
    client: Client, user: str, profile: Profile, as_of: int | None = None, limit: int = MAX_TOPICS
) -> list[Row]:
    """Rows topic, name, weight, liked, how, until, examples: topics of the person's hashtags, the heaviest first.

    `weight` is the number of posts with any of its hashtags that the person liked, saved, shared, wants more like or is
    shown in, and one more for each of these hashtags that they picked or want more of, or that was inferred; `liked`
    the number of posts without those that only show them; `how` what they said of the topic itself. Hashtags that they
    muted, dismissed or want less of do not count, and muted ones are not in names. No row for an unknown person.
    """
    return client.read("interests/topics", _learned(user, profile, as_of, limit))


def _learned(user: str, profile: Profile, as_of: int | None, limit: int) -> Row:
    now = clock.now() if as_of is None else as_of
    return {"me": user, "now": now, "historyDays": profile.history_days, "limit": limit, "reach": MAX_POSTS}


def _require(client: Client, user: str) -> None:
    surroundings(client, {"me": user, "now": clock.now(), "historyDays": 0})
