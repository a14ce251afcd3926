"""A feed: the posts that a person is shown, each with its score, the score's parts and a reason."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Literal, TypeVar

import numpy as np

from cypher.pasting import pasteable
from graph import clock
from graph.client import Client, Reader, Row
from graph.errors import DiskFull, SettingsError
from graph.ranking import reasons, slates, why_empty
from graph.ranking.experiments import TREATED, Trials
from graph.ranking.missing import DISK, NEWS, PROFILING
from graph.ranking.person import BUDGET_ERRORS, NotProfiled, require_profiled
from graph.ranking.pool import Place, Pool
from graph.ranking.profiles import MIXED, Profile, Ranking, profile
from graph.ranking.reasons import Link
from graph.ranking.retrieval import PoolRequest, rank
from graph.ranking.retrieval import prepare as prepare_pool
from graph.ranking.slates import Cursor
from graph.ranking.sources import FORMER, GENERAL, SOURCES
from graph.ranking.tutorial import tutorial_rows
from graph.ranking.weights import PersonWeights, ranks_by_nearness

T = TypeVar("T")
ANY_AGE = math.inf
"""As `window_days`: all posts, also those without a time; recency does not count."""
NOBODY = ""
"""An id that no user has."""
Served = Literal["now", "later"]
"""The time at which posts of a slate count as served: when their page is returned, or when an impression reports that
they were seen."""
PAGE_DEFAULTS: dict[str, Any] = {
    "slate": None,
    "exclude": [],
    "every": False,
    "likes": 100,
    "followees": 200,
    "nameStrangers": True,
    "stayShare": 1.0,
}
"""Defaults of the parameter `given` of feed/page."""
FEW_TIES = {"likes": 5, "followees": 10}
"""Instead of these defaults, after a read that was too expensive."""


@dataclass(frozen=True)
class Request:
    """A request for a feed. None stands for the profile's value."""

    user: str
    profile: Profile = field(default_factory=lambda: profile("default"))
    source: str | None = None
    limit: int | None = None
    as_of: int = field(default_factory=clock.now)
    """The time that counts as now, in epoch milliseconds."""
    window_days: float | None = None
    seed: int = 0
    sensitive: bool = False
    exclude: tuple[str, ...] = ()
    """Ids of posts to leave out."""
    trials: Trials = field(default_factory=Trials)
    """The experiments with this person; the profile is that of their arm."""
    waits: bool = False
    """True to wait for slow sources up to the client's statement timeout, as commands do."""
    closer: float = 0.0
    """From -1, more posts from far away, to 1, more posts of people near to the person."""
    lacks: tuple[str, ...] = ()
    """Codes of graph/ranking/missing.py for what this request lacks before it is ranked, such as its profile."""

    @property
    def source_name(self) -> str:
        """The source to read. Raises SettingsError, with the known sources, if the profile does not have it."""
        name = self.source or self.profile.default_source
        known = (*self.profile.sources, MIXED)
        if name not in known:
            raise SettingsError(f"Unknown source {name!r}.", f"Use one of: {', '.join(known)}.")
        return name

    def trying(self, trials: Trials, treatment: Profile | None) -> "Request":
        """This request within experiments, with the treatment profile if the person is treated.

        People whose treatment profile is gone, or lacks the requested source, are left out of the experiment, and so is
        whoever turns the dial `closer`: the arms are compared as they are.
        """
        if self.closer:
            return replace(self, trials=replace(trials, experiment=None))
        experiment = trials.experiment
        if experiment is None or experiment.arm(self.user) != TREATED:
            return replace(self, trials=trials)
        if treatment is None or self.source not in (None, MIXED, *treatment.sources):
            return replace(self, trials=replace(trials, experiment=None))
        return replace(self, trials=trials, profile=treatment, lacks=())

    def unprofiled(self) -> "Request":
        """This request for somebody who allows no profiling: followees' posts by time, in no experiment."""
        return replace(
            self, profile=profile("newest"), source=None, trials=Trials(), closer=0.0, lacks=(*self.lacks, PROFILING)
        )

    def as_allowed(self, work: Callable[["Request"], T]) -> T:
        """The result of work for this request, or unprofiled if the person allows no profiling."""
        try:
            return work(self)
        except NotProfiled:
            return work(self.unprofiled())

    def check(self) -> None:
        """Validates the request. Raises SettingsError if the profile lacks the source, or does not rank by nearness."""
        _ = self.source_name
        if not -1 <= self.closer <= 1:
            raise SettingsError(f"closer is {self.closer:g}.", "Give a number from -1 to 1.")
        if self.closer and not ranks_by_nearness(self.profile):
            raise SettingsError(f"The profile {self.profile.name} does not rank by nearness.", "Leave out closer.")

    @property
    def page_size(self) -> int:
        return self.profile.limit if self.limit is None else self.limit

    @property
    def window(self) -> float | None:
        """The window in days; None for any age."""
        days = self.profile.window_days if self.window_days is None else self.window_days
        return self.profile.oldest_days if days == ANY_AGE else days

    def for_pool(self) -> PoolRequest:
        """The request for the pool that the feed is drawn from."""
        mixed = self.source_name == MIXED
        return PoolRequest(
            user=self.user,
            as_of=self.as_of,
            window_days=self.window,
            sources=self.profile.sources if mixed else [self.source_name],
            sensitive=self.sensitive,
            exclude=self.exclude,
            served_days=self.profile.ranking.served_days if self.profile.ranking else 0.0,
            fills_up=mixed,
            at_least=2 * self.page_size,
            page=self.page_size,
            waits=self.waits,
            closer=self.closer,
        )

    def params(self) -> dict[str, Any]:
        """The parameters of the tutorial's statements, and of those that do not rank."""
        mixed = self.source_name == MIXED
        per_source = self.profile.per_source if mixed else self.page_size
        return {
            "me": self.user,
            "now": self.as_of,
            "windowDays": self.window,
            "historyDays": self.profile.history_days,
            "sensitive": self.sensitive,
            "exclude": list(self.exclude),
            "limit": self.page_size,
            "perSource": per_source,
            "draws": self._draws(per_source * len(self.profile.sources)) if mixed else [],
        }

    def _draws(self, count: int) -> list[float]:
        """A uniform number for each place in the pool; the posts with the lowest ones are drawn."""
        return [float(draw) for draw in np.random.default_rng(self.seed).random(count)]


@dataclass(frozen=True)
class Reason:
    """The reason why a person is shown a post."""

    text: str
    """One plain sentence."""
    path: list[dict[str, str | None]]
    """The nodes from the person to the post: `id`, `label`, and the `type` of the relationship that leads there, which
    is null for the person, and where the link is one that they may not be shown."""
    links: tuple[Link, ...] = ()
    """The names in the text that lead somewhere, in their order."""

    @property
    def cypher(self) -> str:
        """A statement that draws the path, to paste into Neo4j Browser."""
        return pasteable("explain/path", {"path": self.path})


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
    """The propensity: the probability of its draw, given the draws before; None if nothing is drawn."""
    is_newcomer: bool = False
    """True if it has the newcomer's place of its page: see graph/ranking/newcomers.py."""
    place: int | None = field(default=None, compare=False)
    """Its place in the slate, from 1, for impressions; None without a stored slate."""


@dataclass(frozen=True)
class Feed:
    """The response to a request, or a page of a slate."""

    user: str
    profile: str
    profile_hash: str
    """Changes with any weight or constant of the profile."""
    source: str
    as_of: int
    seed: int
    items: list[Item]
    why_empty: str | None = None
    """The cause, with advice, if there are no items."""
    missing: tuple[str, ...] = ()
    """Codes of graph/ranking/missing.py: parts that were not built, and sources that took too long."""
    candidates: dict[str, int] = field(default_factory=dict)
    """The number of candidates by source; empty for a page of a slate."""
    experiment: str | None = None
    """The experiment that it was served in."""
    arm: str | None = None
    """The person's arm of that."""
    slate: str | None = None
    """The id of the slate, if it was recorded."""
    cursor: str | None = None
    """The cursor of the next page; None at the end."""


def feed(client: Client, request: Request, *, record: bool = False, served: Served = "now") -> Feed:
    """Ranks a feed. With `record`, its slate is stored, and its posts count as served at the time that `served` says.

    The same graph, clock, seed and profile give the same unrecorded feed. Raises NotFound for an unknown person, and
    SettingsError for what the profile does not have, or for `served="later"` without `record`. On a full disk, no slate
    is stored, and `missing` says so.
    """
    request.check()
    if served == "later" and not record:
        raise SettingsError("An unrecorded feed has no slate for impressions.", "Record it, or serve it now.")
    return request.as_allowed(lambda allowed: _feed(client, allowed, record=record, served=served))


def _feed(client: Client, request: Request, *, record: bool, served: Served) -> Feed:
    ranking = request.profile.ranking
    if ranking is not None:
        answer = _ranked(client, request, ranking, served if record else None)
    elif record:
        raise SettingsError(f"The profile {request.profile.name} has no slates.", "Record a feed of another profile.")
    else:
        require_profiled(client, request.user)
        rows = tutorial_rows(client, request.source_name, request.params())
        answer = _answer(request, [_tutorial_item(row) for row in rows])
    if answer.items:
        return answer
    return replace(answer, why_empty=_why_empty(client, request, ranking, answer.missing))


def next_page(client: Client, user: str, cursor: str, *, limit: int | None = None, record: bool = False) -> Feed:
    """The page of a slate at a cursor, without posts that were muted or hidden since.

    With `record`, the page counts as handed out, and as served unless its slate is served later. Raises SettingsError
    for an invalid cursor, NotFound for another person's, Expired for one that is too old. On a full disk, nothing
    counts, and `missing` says so.
    """
    at = Cursor.parse(cursor)
    answer, end = _page(client, user, at, at.limit if limit is None else limit)
    if record and answer.items:
        try:
            slates.hand_out(client, user, end)
        except DiskFull:
            return replace(answer, missing=(*answer.missing, DISK))
    return answer


def replay(client: Client, user: str, slate: str, *, sensitive: bool = False) -> Feed:
    """A whole slate in order, without posts that the person may no longer be shown. Raises NotFound or Expired."""
    size = slates.MAX_SLATE_SIZE
    return _page(client, user, Cursor(slate, limit=size, sensitive=sensitive), size)[0]


def prepare(client: Client, profile: Profile) -> None:
    """Has the server plan the statements of a feed, which takes longer than running them, so that no request waits.

    Where the graph has grown much since the last call, they are planned anew, and feeds are read by the old plans
    meanwhile.
    """
    with client.planning():
        _read_for_nobody(client, profile)
    _read_for_nobody(client, profile)  # as requests do: what Neo4j keeps of a statement's text is made here


def _read_for_nobody(client: Client, profile: Profile) -> None:
    request = Request(NOBODY, profile)
    if profile.ranking is not None:
        prepare_pool(client, request.for_pool(), profile.ranking, profile.ranking.page)
    page_rows(client, NOBODY, [], limit=request.page_size, ranking=profile.ranking, as_of=request.as_of)


def _ranked(client: Client, request: Request, ranking: Ranking, recorded: Served | None) -> Feed:
    """The feed of a profile that ranks; not recorded if `recorded` is None."""
    retrieval = ranking.page.at_least(min(request.page_size, slates.MAX_SLATE_SIZE))
    wanted = request.for_pool()
    pool = rank(client, wanted, ranking, retrieval)
    is_again = pool is not None and _was_all_served(pool)
    if is_again:
        # Of far more than make a page: what was served longest ago need not be among the best by score
        pool = rank(client, replace(wanted, served_days=0.0), ranking, ranking.batch.at_least(slates.MAX_SLATE_SIZE))
    if pool is None:
        return _answer(request, [])
    mixed = request.source_name == MIXED
    pool, tried = held_out(pool, request, ranking) if mixed else (pool, {})
    if is_again and pool.places:
        pool = replace(pool, missing=(*pool.missing, NEWS))
        again = slates.longest_ago_first(client, request.user, pool.places, request.as_of, ranking.served_days)
        again = again[: slates.MAX_SLATE_SIZE]
        places = replace(pool, places=again).in_order(ranking) if mixed else again
    else:
        places = _mixed(pool, request, ranking) if mixed else pool.places
    # Two pages: some posts may be hidden, muted or deleted between ranking and this read
    shortlist = places[: 2 * request.page_size]
    weights = pool.person.weights
    rows = page_rows(
        client,
        request.user,
        shortlist,
        limit=request.page_size,
        ranking=ranking,
        as_of=request.as_of,
        sensitive=request.sensitive,
        exclude=request.exclude,
    )
    items = [ranked_item(row, shortlist[row["place"]], weights, request.as_of) for row in rows]
    answer = replace(_answer(request, items, pool.missing), candidates=pool.candidates)
    if recorded is None or not rows:
        return answer
    try:
        return _recorded(client, request, ranking, answer, pool, places, rows, tried, later=recorded == "later")
    except DiskFull:  # the caller may still read
        return replace(answer, missing=(*answer.missing, DISK))


def _mixed(pool: Pool, request: Request, ranking: Ranking) -> list[Place]:
    return pool.mixed(ranking, len(pool.places), _seed_of_draws(request), request.page_size)


def _recorded(
    client: Client,
    request: Request,
    ranking: Ranking,
    answer: Feed,
    pool: Pool,
    places: Sequence[Place],
    rows: Sequence[Row],
    tried: Mapping[str, Any],
    *,
    later: bool,
) -> Feed:
    """The answer, with the slate that is stored for it and its experiments. Raises DiskFull."""
    handed_out = rows[-1]["place"] + 1
    metadata = {
        "asOf": request.as_of,
        "seed": request.seed,
        "profile": answer.profile,
        "profileHash": answer.profile_hash,
        "source": answer.source,
        **tried,
        **({"experiment": answer.experiment, "arm": answer.arm} if answer.experiment else {}),
    }
    slate = slates.create(
        client,
        request.user,
        metadata,
        places,
        pool,
        ranking,
        page=request.page_size,
        handed_out=handed_out,
        later=later,
        drawn=NEWS not in pool.missing,
    )
    cursor = Cursor(slate, handed_out, request.page_size, request.sensitive)
    return replace(
        answer,
        items=[replace(item, place=row["place"] + 1) for item, row in zip(answer.items, rows, strict=True)],
        slate=slate,
        cursor=str(cursor) if handed_out < len(places) else None,
    )


def _was_all_served(pool: Pool) -> bool:
    """Returns True if nothing is left, no source is late, and something was served lately: it may be that alone that
    keeps posts out."""
    return not pool.places and bool(pool.person.shown) and SOURCES.keys().isdisjoint(pool.missing)


def held_out(pool: Pool, request: Request, ranking: Ranking) -> tuple[Pool, dict[str, Any]]:
    """The pool without the posts that a holdout holds out, and the properties of them that a slate keeps."""
    holdout = request.trials.holdout
    brought = [place.post for place in pool.all_places if holdout and holdout.source in place.sources]
    if holdout is None or not brought:
        return pool, {}
    held = [post for post in brought if holdout.holds(request.user, post)]
    others = [post for post in brought if post not in held]
    kept = {"holdout": holdout.name, "heldPosts": held, "openPosts": others}
    return pool.without(holdout.source, held, ranking), kept


def _seed_of_draws(request: Request) -> int:
    """The seed of a slate's draws: different for each person and time, or all slates would be drawn alike.

    Estimates from propensities need draws that are independent of what they are drawn from.
    """
    text = f"{request.seed} {request.as_of} {request.user}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def page_rows(
    client: Reader,
    user: str,
    places: Sequence[Place],
    *,
    limit: int,
    ranking: Ranking | None = None,
    as_of: int,
    sensitive: bool = False,
    exclude: Sequence[str] = (),
) -> list[Row]:
    """Rows of feed/page, with reasons, for the first `limit` places whose posts the person may be shown.

    No reason names a post of `exclude`, or one taken after `as_of`, in epoch milliseconds.
    """
    given = {**PAGE_DEFAULTS, "me": user, "asOf": as_of, "exclude": list(exclude)}
    if ranking:
        given |= {"nameStrangers": ranking.name_strangers, "stayShare": ranking.feedback.stay_share_of_reasons}
    params: dict[str, Any] = {"sensitive": sensitive, "exclude": [], "start": 0, "limit": limit}
    items = [place.item() for place in places]
    rows = _read_page(client, {**params, "given": {**given, "items": items}})
    return _with_reasons(client, {**params, "given": given}, rows)


def _read_page(client: Reader, params: Mapping[str, Any]) -> list[Row]:
    """Rows of feed/page. If that is too expensive, reasons are looked for among fewer of the person's ties."""
    try:
        return client.read("feed/page", params)
    except BUDGET_ERRORS:
        return client.read("feed/page", {**params, "given": {**params["given"], **FEW_TIES}})


def _why_empty(client: Client, request: Request, ranking: Ranking | None, missing: Sequence[str]) -> str:
    params = request.params()
    if ranking is None:
        return why_empty.of_tutorial(client, request.source_name, params)
    if request.source_name != MIXED:
        return why_empty.of_source(client, request.source_name, params, missing)
    return why_empty.of_mixed(client, {**params, "servedDays": ranking.served_days}, missing, ranking.bounds)


def _answer(request: Request, items: list[Item], missing: tuple[str, ...] = ()) -> Feed:
    experiment = request.trials.experiment if request.profile.ranking else None
    return Feed(
        request.user,
        request.profile.name,
        request.profile.hash,
        request.source_name,
        request.as_of,
        request.seed,
        items,
        missing=(*request.lacks, *missing),
        experiment=experiment.name if experiment else None,
        arm=experiment.arm(request.user) if experiment else None,
    )


def _page(client: Client, user: str, at: Cursor, limit: int) -> tuple[Feed, Cursor]:
    """A page of a slate, and the cursor of its end."""
    given = {**PAGE_DEFAULTS, "me": user, "asOf": clock.now(), "items": []}
    params = {"sensitive": at.sensitive, "exclude": [], "start": at.place, "limit": limit}
    rows = _read_page(client, {**params, "given": {**given, "slate": at.slate}})
    metadata = rows[0]["about"] if rows else slates.metadata(client, user, at.slate)
    slates.require_fresh(metadata)
    kept = ("asOf", "nameStrangers", "stayShare")  # of which slates of older versions lack some
    given |= {name: metadata[name] for name in kept if metadata.get(name) is not None}
    rows = _with_reasons(client, {**params, "start": 0, "given": given}, rows)
    end = replace(at, place=rows[-1]["place"] + 1 if len(rows) == limit else metadata["size"])
    answer = Feed(
        user,
        metadata["profile"],
        metadata["profileHash"],
        metadata["source"],
        metadata["asOf"],
        metadata["seed"],
        [_slate_item(row, metadata) for row in rows],
        experiment=metadata.get("experiment"),
        arm=metadata.get("arm"),
        slate=at.slate,
        cursor=str(end) if end.place < metadata["size"] else None,
    )
    return answer, end


def _with_reasons(client: Reader, params: Mapping[str, Any], rows: list[Row]) -> list[Row]:
    """The rows; those whose source's own reason no longer holds get all other reasons that hold."""
    lacking = [row for row in rows if not row["reasons"] and row["item"]["source"] not in GENERAL]
    if not lacking:
        return rows
    items = [{key: row["item"][key] for key in ("post", "source", "link", "via")} for row in lacking]
    given = {**params["given"], "every": True, "items": items}
    with_all = _read_page(client, {**params, "given": given, "limit": len(items)})
    others = {row["post"]: row["reasons"] for row in with_all}
    return [{**row, "reasons": row["reasons"] or others.get(row["post"], [])} for row in rows]


def item_of(reader: Reader, request: Request, place: Place, weights: PersonWeights) -> Item | None:
    """The item for a place of a pool, with the reason that holds now; None if it may not be shown any more."""
    rows = page_rows(
        reader,
        request.user,
        [place],
        limit=1,
        ranking=request.profile.ranking,
        as_of=request.as_of,
        sensitive=request.sensitive,
        exclude=request.exclude,
    )
    return ranked_item(rows[0], place, weights, request.as_of) if rows else None


def ranked_item(row: Row, place: Place, weights: PersonWeights, as_of: int) -> Item:
    """The item for a place of a pool, from its row of feed/page."""
    parts = weights.parts(place.features)
    return _item(row, place.source, place.score, parts, place.probability, place.is_newcomer, as_of)


def _slate_item(row: Row, metadata: Row) -> Item:
    """The item for a place of a stored slate, from its row of feed/page."""
    stored = row["item"]
    parts = slates.parts(stored, metadata)
    drawn = (stored["probability"], stored["newcomer"])
    item = _item(row, stored["source"], stored["score"], parts, *drawn, metadata["asOf"])
    return replace(item, place=row["place"] + 1)


def _item(
    row: Row,
    source: str,
    score: float,
    parts: dict[str, float],
    probability: float,
    is_newcomer: bool,
    as_of: int,
) -> Item:
    reason = _reason(row, source, as_of)
    return Item(
        post=row["post"],
        author=row["author"],
        taken_at=row["takenAt"],
        image_url=row["imageUrl"],
        like_count=row["likeCount"],
        comment_count=row["commentCount"],
        source=source,
        score=score,
        parts=parts,
        reason=replace(reason, text=reasons.newcomer(reason.text)) if is_newcomer else reason,
        probability=probability,
        is_newcomer=is_newcomer,
    )


def _reason(row: Row, source: str, as_of: int) -> Reason:
    """The reason of the item's source; if it no longer holds, the next one that does, or else `popular`."""
    facts = {"author": row["authorName"], "likes": row["likeCount"], "asOf": as_of}
    sentences = {name: found.sentence for name, found in SOURCES.items()} | FORMER
    order = [source, *SOURCES]
    tied = {reason["source"]: reason for reason in row["reasons"]}
    name = next((name for name in order if name in tied), source if source in GENERAL else "popular")
    tie = tied.get(name, {"facts": {}, "path": [{"id": row["post"], "label": "Post", "type": None}]})
    path = _path([{"id": row["me"], "label": "User", "type": None}, *tie["path"]])
    facts |= tie["facts"]
    return Reason(reasons.told(sentences[name], facts), path, reasons.links(facts, path))


def _path(nodes: Iterable[Row]) -> list[dict[str, str | None]]:
    """The nodes of a path, their ids as strings: one that was written by hand may be a number."""
    return [{**node, "id": None if node["id"] is None else str(node["id"])} for node in nodes]


def _tutorial_reason(row: Row) -> Reason:
    path = _path(row["path"])
    return Reason(reasons.of_tutorial(row["source"], row["facts"]), path, reasons.links(row["facts"], path))


def _tutorial_item(row: Row) -> Item:
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
        reason=_tutorial_reason(row),
    )
