"""Explanation of one post: the reason why it is in a person's feed, or the filters that keep it out."""

from dataclasses import dataclass

from graph import clock
from graph.background.looks import SAME_COSINE
from graph.client import Client, Row
from graph.errors import NotFound, SettingsError
from graph.ranking.feed import Item, Request, held_out, item_of
from graph.ranking.filters import causes
from graph.ranking.pool import Pool, rank
from graph.ranking.profiles import Ranking
from graph.ranking.why_empty import surroundings

MAX_CANDIDATES = 1000
"""The number of candidates, in all and per source, that are read to find a post outside the pool of a feed."""


@dataclass(frozen=True)
class Why:
    """The explanation of a post for a person."""

    post: str
    kept_out: list[str]
    """A sentence for each filter that keeps it out; empty if it may be shown."""
    rank: int | None
    """Its rank by score among the candidates, from 1; None if no source retrieves it."""
    candidates: int
    """The number of candidates."""
    item: Item | None
    """The post with score, parts and reason; None if it may not be shown, or if no source retrieves it."""
    text: str
    """A summary in a sentence or two."""


def why(client: Client, request: Request, post: str) -> Why:
    """Explains a post for a person, in the feed or not: its rank and reason, or the filters that keep it out.

    Raises NotFound for an unknown person or post.
    """
    return request.as_allowed(lambda allowed: _why(client, allowed, post))


def _why(client: Client, request: Request, post: str) -> Why:
    ranking = request.profile.ranking
    if ranking is None:
        raise SettingsError(
            f"The profile {request.profile.name} explains only the posts of its feeds.", "Use another profile."
        )
    params = {**request.params(), "post": post, "servedDays": ranking.served_days, "sameCosine": SAME_COSINE}
    rows = client.read("explain/why", params)
    if not rows:
        surroundings(client, params)
        raise NotFound(f"The graph has no post {post!r}.", "Import it, or check the id.")
    kept_out = causes({**rows[0], "sensitive": rows[0]["sensitive"] and not request.sensitive})
    if aged := _age(rows[0], request):
        kept_out.append(aged)
    pool = _pool(client, request, ranking, post)
    if _is_held_out(request, pool, post):
        kept_out.append("An experiment holds it out.")
    pool, _ = held_out(pool, request, ranking)
    rank = next((number for number, place in enumerate(pool.places, 1) if place.post == post), None)
    item = item_of(client, request, pool.places[rank - 1], pool.person.weights) if rank else None
    if rank is None and not kept_out and (better := pool.copies.get(post)):
        text = f"Its picture is nearly the same as that of post {better}, which is ranked above it: it is shown once."
    else:
        text = _text(kept_out, rank, pool, item, request)
    return Why(post, kept_out, rank, len(pool.places), item, text)


def _pool(client: Client, request: Request, ranking: Ranking, post: str) -> Pool:
    """The candidates that a feed draws from; if the post is not among them, up to MAX_CANDIDATES."""
    pool = None
    wide = {
        "pool": MAX_CANDIDATES,
        "best": MAX_CANDIDATES,
        "quotas": dict.fromkeys(ranking.page.quotas, MAX_CANDIDATES),
    }
    for retrieval in (ranking.page, ranking.page.model_copy(update=wide)):
        pool = rank(client, request.for_pool(), ranking, retrieval)
        if pool and (post in pool.copies or any(place.post == post for place in pool.places)):
            break
    assert pool is not None  # explain/why has found the person
    return pool


def _is_held_out(request: Request, pool: Pool, post: str) -> bool:
    """Returns True if a holdout holds out a post that no other source brings."""
    holdout = request.trials.holdout
    if holdout is None or not holdout.holds(request.user, post):
        return False
    return any(place.post == post and place.sources == (holdout.source,) for place in pool.places)


def _age(row: Row, request: Request) -> str | None:
    """A sentence if its time keeps it out, else None."""
    taken = row["takenAt"]
    if taken is not None and taken > request.as_of:
        return f"It is from {clock.shown(taken)}, later than {clock.iso(request.as_of)}."
    if request.window is None:
        return None
    if taken is None:
        return "It has no time."
    if taken <= request.as_of - request.window * clock.DAY_MS:
        day, today = clock.shown(taken)[:10], clock.shown(request.as_of)[:10]
        return f"It is from {day}, more than {request.window:g} days before {today}."
    return None


def _text(kept_out: list[str], rank: int | None, pool: Pool, item: Item | None, request: Request) -> str:
    if kept_out:
        return " ".join(kept_out)
    if rank is None or item is None:
        return "No source suggests it: nobody near you liked it, and you follow neither its author nor its hashtags."
    summary = f"{item.reason.text} It is number {rank} of {len(pool.places)} candidates"
    weakest = _weakest(item, pool)
    if rank <= request.page_size or weakest is None:
        return f"{summary}."
    return f"{summary}; compared with the best, its weakest part is {weakest}."


def _weakest(item: Item, pool: Pool) -> str | None:
    """The part of the score in which an item is farthest behind the best candidate; None if in none."""
    best = pool.person.weights.parts(pool.places[0].features)
    part = min(best, key=lambda part: item.parts[part] - best[part])
    return part if item.parts[part] < best[part] else None
