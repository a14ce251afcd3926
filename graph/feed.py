"""A feed: what a person is shown, each post with its score, the score's parts and the reason."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph import clock, explanation
from graph.client import Client, Row
from graph.errors import NotFound
from graph.settings import Profile, profile
from graph.sources import source


@dataclass(frozen=True)
class Request:
    """What is asked for. What is None is the profile's."""

    user: str
    profile: Profile = field(default_factory=lambda: profile("tutorial"))
    source: str | None = None
    limit: int | None = None
    as_of: int = field(default_factory=clock.now)
    """The clock of the answer, in epoch milliseconds."""
    window_days: float | None = None
    seed: int = 0
    sensitive: bool = False
    exclude: tuple[str, ...] = ()
    """Ids of posts to leave out."""

    @property
    def source_name(self) -> str:
        return self.source or self.profile.default_source

    def vocabulary(self) -> dict[str, Any]:
        """The request as the parameters of statements."""
        mixed = self.source_name == "mixed"
        limit = self.profile.limit if self.limit is None else self.limit
        per_source = self.profile.per_source if mixed else limit
        return {
            "me": self.user,
            "now": self.as_of,
            "windowDays": self.profile.window_days if self.window_days is None else self.window_days,
            "historyDays": self.profile.history_days,
            "sensitive": self.sensitive,
            "exclude": list(self.exclude),
            "limit": limit,
            "perSource": per_source,
            "draws": self._draws(per_source * len(self.profile.sources)) if mixed else [],
        }

    def _draws(self, count: int) -> list[float]:
        """One number for each place in the pool; the posts with the least are drawn: uniform, without replacement."""
        return [float(draw) for draw in np.random.default_rng(self.seed).random(count)]


@dataclass(frozen=True)
class Reason:
    """Why a person is shown a post."""

    text: str
    """One plain sentence."""
    path: list[dict[str, str | None]]
    """The nodes from the person to the post: `id`, `label`, and the `type` of the relationship that leads there, which
    is null for the person, and where the link is one that they may not be shown."""


@dataclass(frozen=True)
class Item:
    """One post of a feed."""

    post: str
    author: str | None
    taken_at: int | None
    image_url: str | None
    like_count: int
    comment_count: int
    source: str
    score: float
    parts: dict[str, float]
    reason: Reason


@dataclass(frozen=True)
class Feed:
    """The answer to a request."""

    request: Request
    items: list[Item]
    why_empty: str | None
    """What to do about it, if there are no items."""


def feed(client: Client, request: Request) -> Feed:
    """Rank a feed. Raises NotFound for a person whom the graph does not know."""
    vocabulary = request.vocabulary()
    rows = source(request.source_name).candidates(client, vocabulary)
    return Feed(request, [_item(row) for row in rows], None if rows else _why_empty(client, request, vocabulary))


def _item(row: Row) -> Item:
    return Item(
        post=row["post"],
        author=row["author"],
        taken_at=row["takenAt"],
        image_url=row["imageUrl"],
        like_count=row["likeCount"],
        comment_count=row["commentCount"],
        source=row["source"],
        score=row["score"],
        parts=row["parts"],
        reason=Reason(explanation.sentence(row["source"], row["facts"]), row["path"]),
    )


def _why_empty(client: Client, request: Request, vocabulary: dict[str, Any]) -> str:
    return explanation.why_empty(surroundings(client, vocabulary), request.source_name, vocabulary)


def surroundings(client: Client, vocabulary: dict[str, Any]) -> Row:
    """What the graph knows of a person. Raises NotFound if it does not know them."""
    rows = client.read("explain/surroundings", vocabulary)
    if not rows:
        raise NotFound(
            f"The graph has no person {vocabulary['me']!r}.", "Import them with `graphfeed import`, or check the id."
        )
    return rows[0]
