"""A feed: what a person is shown, each post with its score, the score's parts and the reason."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import cypher
from graph import clock
from graph.client import Client, Row
from graph.errors import NotFound, SettingsError
from graph.ranking import reasons as explanation
from graph.ranking import slates
from graph.ranking.pool import Pool, rank, stored_of, with_popular
from graph.ranking.profiles import MIXED, PARTS, STORED, Profile, Ranking, profile
from graph.ranking.slates import Cursor
from graph.ranking.tutorial import source

ALL = 1_000_000
"""As `spare`: what a source brings is scored whole."""
EVER = math.inf
"""As `window_days`: every post, also one without a time, and no part of a score for being new."""


@dataclass(frozen=True)
class Request:
    """What is asked for. What is None is the profile's."""

    user: str
    profile: Profile = field(default_factory=lambda: profile("default"))
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
        """Raises SettingsError that lists the sources that the profile has."""
        name = self.source or self.profile.default_source
        known = (*self.profile.sources, MIXED)
        if name not in known:
            raise SettingsError(f"There is no source {name!r}.", f"Use one of: {', '.join(known)}.")
        return name

    @property
    def page_size(self) -> int:
        return self.profile.limit if self.limit is None else self.limit

    @property
    def window(self) -> float:
        return self.profile.window_days if self.window_days is None else self.window_days

    def vocabulary(self) -> dict[str, Any]:
        """The request as the parameters of statements."""
        words = {
            "me": self.user,
            "now": self.as_of,
            "windowDays": None if self.window == EVER else self.window,
            "historyDays": self.profile.history_days,
            "sensitive": self.sensitive,
            "exclude": list(self.exclude),
            "limit": self.page_size,
        }
        if self.profile.ranking is None:
            return words | self._tutorial_words()
        return words | self._ranking_words(self.profile.ranking)

    def _ranking_words(self, ranking: Ranking) -> dict[str, Any]:
        return {
            **ranking.vocabulary(),
            "profileHash": self.profile.hash,
            "ever": self.window > self.profile.window_days,
            "storedDays": ranking.stored_days,
            "newest": ranking.newest,
            "remembered": ranking.slate.remembered,
            "servedDays": ranking.served_days,
            "damping": ranking.affinity.damping,
            "perSource": self.profile.per_source if self.source_name == MIXED else ranking.slate.size,
            "spare": ranking.spare if self.window <= self.profile.window_days else ALL,
        }

    def _tutorial_words(self) -> dict[str, Any]:
        mixed = self.source_name == MIXED
        per_source = self.profile.per_source if mixed else self.page_size
        return {
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

    @property
    def cypher(self) -> str:
        """A statement that draws the path, to paste into Neo4j Browser."""
        steps = [[node["id"], node["label"], node["type"]] for node in self.path]
        return cypher.pasteable("explain/path", {"path": steps})


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
    probability: float | None = None
    """That it was drawn at its place, given what was drawn before; None where nothing is drawn."""


@dataclass(frozen=True)
class Feed:
    """The answer to a request, or a page of a slate."""

    user: str
    profile: str
    profile_hash: str
    """Changes with any weight or constant of the profile."""
    source: str
    as_of: int
    seed: int
    items: list[Item]
    why_empty: str | None = None
    """What to do about it, if there are no items."""
    missing: tuple[str, ...] = ()
    """What the answer had to do without: sources that took too long, or the stored candidates."""
    candidates: dict[str, int] = field(default_factory=dict)
    """How many posts of each source it was drawn from; empty for a page of a slate."""
    slate: str | None = None
    """The slate that is recorded."""
    cursor: str | None = None
    """What to ask the next page with; None at the end."""


def feed(client: Client, request: Request, *, record: bool = False) -> Feed:
    """Rank a feed: a look, unless it is recorded as shown.

    The same graph, clock, seed and profile give the same look. Raises NotFound for a person whom the graph does not
    know, SettingsError for a source that the profile does not have.
    """
    words = request.vocabulary()
    ranking = request.profile.ranking
    if ranking is not None:
        answer = _ranked(client, request, ranking, words, record)
    elif record:
        raise SettingsError(f"The profile {request.profile.name} has no slates.", "Record a feed of another profile.")
    else:
        rows = source(request.source_name).candidates(client, words)
        answer = _answer(request, [_item(row, row["parts"], row["path"]) for row in rows])
    if answer.items:
        return answer
    why = explanation.why_empty(surroundings(client, words), request.source_name, words)
    return replace(answer, why_empty=why)


def next_page(client: Client, user: str, cursor: str, *, limit: int | None = None, record: bool = False) -> Feed:
    """The page of a slate that a cursor leads to. What was muted or hidden since is not in it.

    Raises SettingsError for what is no cursor, NotFound for one of somebody else, Expired for one that is too old.
    """
    at = Cursor.parse(cursor)
    answer, end = _page(client, user, at, at.limit if limit is None else limit)
    if record and answer.items:
        slates.serve(client, user, end)
    return answer


def replay(client: Client, user: str, slate: str, *, sensitive: bool = False) -> Feed:
    """A whole slate in its order, but for what the person may not be shown any more. Raises NotFound and Expired."""
    return _page(client, user, Cursor(slate, limit=slates.MOST, sensitive=sensitive), slates.MOST)[0]


def prepare(client: Client, profile: Profile) -> None:
    """Have the server plan the statements of a feed, which takes longer than running them: no request shall wait."""
    words = Request("", profile).vocabulary()
    client.read("feed/ranked", {**words, **stored_of(STORED)})
    # A plan is for lists of about a length: a page that is drawn has so many items, one of a slate has none
    for items in ([], [["", "", 0.0, "", "", 0.0, 0.0, []]] * profile.limit * 2):
        client.read("feed/page", {**words, "slate": None, "items": items, "start": 0})


def surroundings(client: Client, words: Mapping[str, Any]) -> Row:
    """What the graph knows of a person. Raises NotFound if it does not know them."""
    rows = client.read("explain/surroundings", words)
    if not rows:
        raise NotFound(
            f"The graph has no person {words['me']!r}.", "Import them with `graphfeed import`, or check the id."
        )
    return rows[0]


def pool_for(client: Client, request: Request, ranking: Ranking, words: Mapping[str, Any]) -> Pool:
    """What the request's sources bring, and, where that is too little, what is popular."""
    mixed = request.source_name == MIXED
    pool = rank(client, words, ranking, request.profile.sources if mixed else [request.source_name])
    if mixed and len(pool.places) < 2 * request.page_size:
        return with_popular(client, words, ranking, pool)
    return pool


def _ranked(client: Client, request: Request, ranking: Ranking, words: dict[str, Any], record: bool) -> Feed:
    pool = pool_for(client, request, ranking, words)
    size = ranking.slate.size
    places = pool.mixed(ranking, size, request.seed) if request.source_name == MIXED else pool.best(size)
    # Beside a page some more, for what is hidden while we mix
    items = [place.item() for place in places[: 2 * request.page_size]]
    rows = client.read("feed/page", {**words, "slate": None, "items": items, "start": 0})
    answer = replace(_answer(request, ranked_items(rows), pool.missing), candidates=pool.candidates)
    if not record or not rows:
        return answer
    served = rows[-1]["place"] + 1
    about = {
        "asOf": request.as_of,
        "seed": request.seed,
        "profile": answer.profile,
        "profileHash": answer.profile_hash,
        "source": answer.source,
    }
    kept = {**words, "served": served, "unstored": pool.is_unstored}
    slate = slates.create(client, kept, about, places, ranking.slate)
    cursor = Cursor(slate, served, request.page_size, request.sensitive)
    return replace(answer, slate=slate, cursor=str(cursor) if served < len(places) else None)


def _answer(request: Request, items: list[Item], missing: tuple[str, ...] = ()) -> Feed:
    chosen = request.profile
    return Feed(
        request.user,
        chosen.name,
        chosen.hash,
        request.source_name,
        request.as_of,
        request.seed,
        items,
        missing=missing,
    )


def _page(client: Client, user: str, at: Cursor, limit: int) -> tuple[Feed, Cursor]:
    """A page of a slate, and where it ends."""
    words = {"me": user, "slate": at.slate, "sensitive": at.sensitive, "start": at.place, "limit": limit}
    rows = client.read("feed/page", {**words, "items": [], "exclude": []})
    about = rows[0]["about"] if rows else slates.about(client, user, at.slate)
    slates.require_fresh(about)
    end = replace(at, place=rows[-1]["place"] + 1 if len(rows) == limit else about["size"])
    answer = Feed(
        user,
        about["profile"],
        about["profileHash"],
        about["source"],
        about["asOf"],
        about["seed"],
        ranked_items(rows),
        slate=at.slate,
        cursor=str(end) if end.place < about["size"] else None,
    )
    return answer, end


def ranked_items(rows: Sequence[Row]) -> list[Item]:
    """The items that rows of feed/page make."""
    steps = ("id", "label", "type")
    return [
        _item(
            row,
            dict(zip(PARTS, row["parts"], strict=True)),
            [dict(zip(steps, step, strict=True)) for step in row["path"]],
        )
        for row in rows
    ]


def _item(row: Row, parts: dict[str, float], path: list[dict[str, str | None]]) -> Item:
    return Item(
        post=row["post"],
        author=row["author"],
        taken_at=row["takenAt"],
        image_url=row["imageUrl"],
        like_count=row["likeCount"],
        comment_count=row["commentCount"],
        source=row["source"],
        score=row["score"],
        parts=parts,
        reason=Reason(explanation.sentence(row["source"], row["facts"]), path),
        probability=row.get("probability"),
    )
