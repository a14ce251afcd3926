"""Explanation of one post: the reason why it is in a person's feed, or the filters that keep it out."""

from dataclasses import dataclass, replace

from graph import clock
from graph.client import Client, Row
from graph.errors import NotFound, SettingsError
from graph.pictures import Picture
from graph.ranking.feed import Item, Request, held_out, item_of
from graph.ranking.filters import causes, is_closed
from graph.ranking.hidden import hidden_copies, read_hidden
from graph.ranking.pool import Pool
from graph.ranking.profiles import MIXED, Ranking
from graph.ranking.retrieval import rank
from graph.ranking.slates import MAX_SLATE_SIZE
from graph.ranking.sources import SOURCES
from graph.ranking.why_empty import surroundings
from graph.short_names import short

MAX_CANDIDATES = 1000
"""The number of candidates, in all and per source, that are read to find a post outside the pool of a feed."""


@dataclass(frozen=True)
class Why:
    """The explanation of a post for a person."""

    post: str
    kept_out: list[str]
    """A sentence for each filter that keeps it out; empty if it may be shown."""
    rank: int | None
    """Its rank by score among the candidates, from 1; None if it is none of them."""
    candidates: int
    """The number of candidates."""
    item: Item | None
    """The post with score, parts and reason; None if it may not be shown, or is no candidate."""
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
    params = {**request.params(), "post": post, "servedDays": ranking.served_days}
    rows = client.read("explain/why", params)
    if not rows:
        surroundings(client, params)
        raise NotFound(f"The graph has no post {post!r}.", "Import it, or check the id.")
    row = {**rows[0], "sensitive": rows[0]["sensitive"] and not request.sensitive}
    row["hiddenCopy"] = _hidden_copy(client, request.user, row, ranking)
    kept_out = causes(row)
    if not is_closed(row) and (aged := _age(row, request)):
        kept_out.append(aged)
    pool, is_filled = _pool(client, request, ranking, post)
    if _is_held_out(request, pool, post):
        kept_out.append("An experiment holds it out.")
    pool, _ = held_out(pool, request, ranking)
    rank = next((number for number, place in enumerate(pool.places, 1) if place.post == post), None)
    item = item_of(client, request, pool.places[rank - 1], pool.person.weights) if rank else None
    if rank is None and not kept_out and (better := pool.copies.get(post)):
        text = f"Its picture is nearly the same as that of post {better}, which is ranked above it: it is shown once."
    elif kept_out:
        text = " ".join(kept_out)
    elif rank is None:
        text = _no_candidate(row, pool, request)
    else:
        text = _ranked(rank, pool, item, request, is_filled=is_filled)
    return Why(post, kept_out, rank, len(pool.places), item, text)


def _hidden_copy(client: Client, user: str, row: Row, ranking: Ranking) -> str | None:
    """A hidden post whose picture is nearly the same, if there is one and this is not hidden itself."""
    picture = Picture.of(row["model"], row["picture"])
    if picture is None or row["hidden"] or is_closed(row):
        return None
    return hidden_copies([picture], read_hidden(client, user, ranking.bounds))[0]


def _pool(client: Client, request: Request, ranking: Ranking, post: str) -> tuple[Pool, bool]:
    """The candidates that the feed draws from; if the post is not among them, up to MAX_CANDIDATES; and if it is not
    among these, those of the longest feed, which the newest posts fill up. True for these last."""
    page = ranking.page.at_least(min(request.page_size, MAX_SLATE_SIZE))
    quotas = dict.fromkeys(ranking.page.quotas, MAX_CANDIDATES)
    wide = ranking.page.model_copy(update={"pool": MAX_CANDIDATES, "best": MAX_CANDIDATES, "quotas": quotas})
    wanted = request.for_pool()
    reads = [(wanted, page, False), (wanted, wide, False)]
    if wanted.fills_up:
        reads.append((replace(wanted, at_least=2 * MAX_SLATE_SIZE), ranking.page.at_least(MAX_SLATE_SIZE), True))
    pool = None
    for asked, retrieval, is_filled in reads:
        pool = rank(client, asked, ranking, retrieval)
        if pool and pool.knows(post):
            return pool, is_filled
    assert pool is not None  # explain/why has found the person
    return pool, False


def _is_held_out(request: Request, pool: Pool, post: str) -> bool:
    """Returns True if a holdout holds out a post that no other source brings."""
    holdout = request.trials.holdout
    if holdout is None or not holdout.holds(request.user, post):
        return False
    return any(place.post == post and place.sources == (holdout.source,) for place in pool.all_places)


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


def _no_candidate(row: Row, pool: Pool, request: Request) -> str:
    """What is known of a post that may be shown and is no candidate. Why no source brings it is not: each reads only
    some of the posts that it could bring."""
    if pool.is_late:
        return "It is not among the posts that could be read in time."
    sources = set(request.for_pool().sources)
    if request.source_name == MIXED:
        brought, bring = "your feed's sources bring", "they bring"
    else:
        brought, bring = f'the source "{SOURCES[request.source_name].label}" brings', "it brings"
    ties = []
    if row["follows"] and sources & {"followees", "missed"}:
        ties.append("you follow its author")
    if row["myHashtags"] and sources & {"interests", "new_posts"}:
        ties.append(f"it has #{short(row['myHashtags'][0])}, which you picked or want more of")
    if not ties:
        return f"It is not among the posts that {brought}."
    known = ", and ".join(ties)
    return (
        f"{known[0].upper()}{known[1:]}, but it is not among the posts that {brought}: {bring} only some of such posts."
    )


def _ranked(rank: int, pool: Pool, item: Item | None, request: Request, *, is_filled: bool) -> str:
    if item is None:
        return "A filter of your feed keeps it out."
    summary = f"{item.reason.text} It is number {rank} of {len(pool.places)} candidates"
    if is_filled:
        summary += " of a feed so long that it is filled up with the newest posts"
    weakest = _weakest(item, pool)
    if rank <= request.page_size or weakest is None:
        return f"{summary}."
    return f"{summary}; compared with the best, its weakest part is {weakest}."


def _weakest(item: Item, pool: Pool) -> str | None:
    """The part of the score in which an item is farthest behind the best candidate; None if in none."""
    best = pool.person.weights.parts(pool.places[0].features)
    part = min(best, key=lambda part: item.parts[part] - best[part])
    return part if item.parts[part] < best[part] else None
