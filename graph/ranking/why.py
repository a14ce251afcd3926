"""Why a post is in a person's feed, or what keeps it out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graph import clock
from graph.client import Client, Row
from graph.errors import NotFound, SettingsError
from graph.ranking.feed import EVER, Item, Request, pool_for, ranked_items, surroundings
from graph.ranking.profiles import PARTS, Ranking
from graph.ranking.slates import Place

DAY = 86_400_000


@dataclass(frozen=True)
class Why:
    """What is said of a post to a person."""

    post: str
    kept_out: list[str]
    """A sentence for each filter that holds for it; none if it may be shown."""
    rank: int | None
    """Its place by score among the candidates, from 1; None if no source brings it."""
    candidates: int
    """How many there are."""
    item: Item | None
    """With its score, parts and reason; None if it may not be shown, or if no source brings it."""
    text: str
    """All of it in a sentence or two."""


def why(client: Client, request: Request, post: str) -> Why:
    """What brings a post into a person's feed, or which filter or part keeps it out, whether it is in the feed or not.

    Raises NotFound for a person or a post that the graph does not know.
    """
    ranking = request.profile.ranking
    if ranking is None:
        raise SettingsError(f"The profile {request.profile.name} explains its own posts alone.", "Use another profile.")
    words = request.vocabulary()
    rows = client.read("explain/why", {**words, "post": post})
    if not rows:
        surroundings(client, words)
        raise NotFound(f"The graph has no post {post!r}.", "Import it, or check the id.")
    kept_out = [sentence(rows[0]) for holds, sentence in _FILTERS.items() if rows[0][holds]]
    if request.sensitive and rows[0]["sensitive"]:
        kept_out.remove(_FILTERS["sensitive"](rows[0]))
    if aged := _age(rows[0], request):
        kept_out.append(aged)
    ranked, rank = _ranked(client, request, ranking, words, post)
    item = _item(client, words, ranked[rank - 1]) if rank else None
    return Why(post, kept_out, rank, len(ranked), item, _text(kept_out, rank, ranked, item, request))


def _ranked(
    client: Client, request: Request, ranking: Ranking, words: Mapping[str, Any], post: str
) -> tuple[list[Place], int | None]:
    """The candidates by score, and the number of the post among them: those that a feed draws from, if it is there."""
    ranked: list[Place] = []
    for per_source in (words["perSource"], ranking.refresh.keep):
        pool = pool_for(client, request, ranking, {**words, "perSource": per_source})
        ranked = pool.best(len(pool.places))
        for number, place in enumerate(ranked, 1):
            if place.post == post:
                return ranked, number
    return ranked, None


def _item(client: Client, words: Mapping[str, Any], place: Place) -> Item | None:
    rows = client.read("feed/page", {**words, "slate": None, "items": [place.item()], "start": 0, "limit": 1})
    return ranked_items(rows)[0] if rows else None


_FILTERS: dict[str, Callable[[Row], str]] = {
    "own": lambda row: "It is your own.",
    "hidden": lambda row: "You hid it.",
    "mutedAuthor": lambda row: "You muted its author.",
    "mutedHashtags": lambda row: f"You muted #{row['mutedHashtags'][0]}.",
    "blocked": lambda row: "You blocked its author.",
    "blockedMe": lambda row: "Its author may not be shown to you.",
    "sensitive": lambda row: "It is sensitive, and you did not ask for that.",
    "optedOut": lambda row: "Its author is shown to followers alone.",
    "liked": lambda row: "You liked it already.",
    "viewed": lambda row: "You have seen it.",
    "served": lambda row: "It was in your feed lately.",
}


def _age(row: Row, request: Request) -> str | None:
    """Why its time keeps it out, if it does."""
    taken = row["takenAt"]
    if taken is not None and taken > request.as_of:
        return f"It is of {clock.iso(taken)}, which is later than {clock.iso(request.as_of)}."
    if request.window == EVER:
        return None
    if taken is None:
        return "It has no time."
    if taken <= request.as_of - request.window * DAY:
        return f"It is of {str(clock.iso(taken))[:10]}, more than {request.window:g} days before."
    return None


def _text(kept_out: list[str], rank: int | None, ranked: list[Place], item: Item | None, request: Request) -> str:
    if kept_out:
        return " ".join(kept_out)
    if rank is None or item is None:
        return (
            "None of your sources brings it: nobody near you liked it, and its author and hashtags are none of yours."
        )
    said = f"{item.reason.text} It is number {rank} of {len(ranked)} candidates"
    weakest = _weakest(item, ranked)
    if rank <= request.page_size or weakest is None:
        return f"{said}."
    return f"{said}; what costs it most against the best is its {weakest}."


def _weakest(item: Item, ranked: list[Place]) -> str | None:
    """The part in which an item is farthest behind the best candidate."""
    best = dict(zip(PARTS, ranked[0].parts, strict=True))
    part = min(PARTS, key=lambda part: item.parts[part] - best[part])
    return part if item.parts[part] < best[part] else None
