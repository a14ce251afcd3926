"""Retrieval and scoring: the pool of candidates for a person, from one read of the graph."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph import clock
from graph.client import Client, Reader, Row
from graph.pictures import Picture
from graph.ranking import person as people
from graph.ranking.hidden import read_hidden
from graph.ranking.missing import AFFINITY, BUILT_LATER, NO_BUILD
from graph.ranking.newcomers import Audience, Newcomers
from graph.ranking.person import BUDGET_ERRORS, Person, read_person, require_profiled, unread_person
from graph.ranking.pool import Place, Pool, joined
from graph.ranking.profiles import FEATURES, Ranking, Retrieval
from graph.ranking.sources import FALLBACK, SOURCES

READS_PAST_COPIES = 3
"""The most reads of more candidates where those that were read are copies of one another, or of what somebody hid."""
MAX_MONTHS = 24
"""The latest months of a window that are read one by one; a wider window also reads the top of all time."""


@dataclass(frozen=True)
class PoolRequest:
    """A request for a pool, without the profile."""

    user: str
    as_of: int
    window_days: float | None
    """None for any age."""
    sources: Sequence[str]
    sensitive: bool = False
    exclude: Sequence[str] = ()
    served_days: float = 0.0
    fills_up: bool = True
    """True if the newest posts replace a missing build, and fill up a pool that is too small."""
    at_least: int = 0
    """The least number of candidates; a smaller pool is read again with larger quotas."""
    page: int = 0
    """The number of places that a page needs: where copies leave fewer, those behind them are read, too."""
    limit: int = 1000
    """The most candidates."""
    waits: bool = False
    """True to wait for slow statements up to the client's timeout, rather than the profile's budget."""
    closer: float = 0.0
    """From -1, posts from far away, to 1, posts of people near to the person."""

    @property
    def since(self) -> int | None:
        """The start of the window, exclusive, in epoch milliseconds; None for any age."""
        return None if self.window_days is None else round(self.as_of - self.window_days * clock.DAY_MS)

    def months(self, built: int | None = None) -> list[int]:
        """The months whose most liked posts are read, the latest first, as 202405; 0 is all time.

        `built` is the time of the build in epoch milliseconds: the top of all time may have no post of before `as_of`
        if that is earlier.
        """
        if self.since is None and (built is None or built <= self.as_of):
            return [0]
        found = [clock.month(self.as_of)]
        first = 0 if self.since is None else clock.month(self.since)
        while found[-1] > first:
            if len(found) == MAX_MONTHS:
                return [*found, 0]
            found.append(found[-1] - 1 if found[-1] % 100 > 1 else found[-1] - 89)
        return found


def rank(client: Reader, request: PoolRequest, ranking: Ranking, retrieval: Retrieval) -> Pool | None:
    """The pool; None for an unknown person. Never waits for GDS, or longer than the budget: the profile's, or the
    client's if `request.waits`. Raises NotProfiled if the person allows no profiling and the ranking learns.
    """
    reads = _Reads(client, request, ranking, retrieval)
    quotas = {source: retrieval.quotas.get(source, 0) for source in request.sources}
    if len(quotas) == 1:  # a single source may fill the whole pool
        quotas = {source: max(quota, retrieval.pool) for source, quota in quotas.items()}
    learns = ranking.learns or tuple(request.sources) != ("followees",)
    try:
        person = reads.person(learns=learns)
    except BUDGET_ERRORS:
        if learns:
            require_profiled(client, request.user)
        person = unread_person(ranking, closer=request.closer)
        return Pool(person, *reads.fewer(reads.params(person, quotas))).without_copies(reads.hidden(person))
    if person is None:
        return None
    hidden = reads.hidden(person)
    if person.build is None and request.fills_up:
        quotas[FALLBACK] = retrieval.pool
    places, late = reads.places(person, quotas)
    if request.fills_up and len(places) < min(request.at_least, retrieval.best):
        quotas = {} if late else _wide(quotas, retrieval)
        quotas[FALLBACK] = retrieval.pool
        places, late = _filled_up(reads, person, quotas, places, late)
    pool = Pool(person, places, (*_missing(person, request), *late)).without_copies(hidden)
    if not late:
        pool = _past_copies(reads, pool, quotas, hidden)
    return replace(pool, places=pool.places[: min(request.limit, retrieval.best)])


def _wide(quotas: Mapping[str, int], retrieval: Retrieval) -> dict[str, int]:
    """Larger quotas, for reads beyond the first."""
    return {source: max(quota, retrieval.pool // 2) for source, quota in quotas.items()}


def _filled_up(
    reads: "_Reads", person: Person, quotas: Mapping[str, int], places: list[Place], late: tuple[str, ...]
) -> tuple[list[Place], tuple[str, ...]]:
    """Places that are too few, with those that larger quotas bring, and the sources that took too long."""
    try:
        more, later = reads.places(person, quotas)
    except BUDGET_ERRORS:
        if not places and not late:
            raise
        return places, late
    is_less = bool(late or later)  # than the first read, so what that knows of a post goes first
    all_places = joined(places, more) if is_less else joined(more, places)
    return all_places[: reads.retrieval.best], late or (() if places else later)


def _past_copies(reads: "_Reads", pool: Pool, quotas: Mapping[str, int], hidden: Mapping[str, Picture]) -> Pool:
    """The pool with what lies behind posts that are left out for their pictures, where these leave too few others."""
    room, quotas = reads.retrieval.pool, _wide(quotas, reads.retrieval)
    for _ in range(READS_PAST_COPIES):
        copies = {*pool.copies, *pool.hidden_copies}
        if not copies or len(pool.places) >= reads.request.page:
            break
        try:
            more, late = reads.places(pool.person, quotas, exclude=sorted(copies), best=room)
        except BUDGET_ERRORS:
            break
        if late or {place.post for place in more} <= {place.post for place in pool.places}:
            break
        pool = pool.with_places(joined(more, pool.all_places)).without_copies(hidden)
    return pool


@dataclass(frozen=True)
class _Reads:
    """The reads of a request."""

    client: Reader
    request: PoolRequest
    ranking: Ranking
    retrieval: Retrieval

    @property
    def budget_ms(self) -> int | None:
        """The budget of a statement in milliseconds; None for the client's."""
        return None if self.request.waits else self.ranking.budget_ms

    def person(self, *, learns: bool) -> Person | None:
        request = self.request
        return read_person(
            self.client,
            request.user,
            request.as_of,
            self.ranking,
            learns=learns,
            closer=request.closer,
            budget_ms=self.budget_ms,
        )

    def hidden(self, person: Person) -> Mapping[str, Picture]:
        """The pictures that the person hid; none if that took too long."""
        if not person.hides_pictures:
            return {}
        try:
            return read_hidden(self.client, self.request.user, self.ranking.bounds, budget_ms=self.budget_ms)
        except BUDGET_ERRORS:
            return {}

    def places(
        self, person: Person, quotas: Mapping[str, int], *, exclude: Sequence[str] = (), best: int = 0
    ) -> tuple[list[Place], tuple[str, ...]]:
        """The places, at least `best` if there are so many, and the names of the sources that took too long."""
        params = self.params(person, quotas, exclude=exclude, best=best)
        try:
            return self._ranked(params, self.budget_ms), ()
        except BUDGET_ERRORS:
            return self.fewer(params)

    def fewer(self, params: Mapping[str, Any]) -> tuple[list[Place], tuple[str, ...]]:
        """The places of the cheap sources, with lower bounds, and the names of the sources left out. If these take too
        long as well, only the newest posts, with the client's budget: they are few, and the feed would be empty without
        them."""
        wanted = [source for source, quota in params["quotas"].items() if quota]
        whole = ("pool", "best", "each")
        few = {name: max(1, bound // 20) for name, bound in params["bounds"].items() if name not in whole}
        cheap = {source: quota if SOURCES[source].is_cheap else 0 for source, quota in params["quotas"].items()}
        late = tuple(source for source in wanted if not SOURCES[source].is_cheap)
        params = {**params, "bounds": params["bounds"] | few, "quotas": cheap}
        try:
            return self._ranked(params, self.budget_ms), late
        except BUDGET_ERRORS:
            late = tuple(source for source in wanted if source != FALLBACK)
        if not self.request.fills_up:
            return [], late
        newest = {source: params["bounds"]["pool"] if source == FALLBACK else 0 for source in cheap}
        one = {name: 1 for name in few if name != "seen"}
        params |= {"bounds": params["bounds"] | one, "quotas": newest}
        return self._ranked(params, None), late

    def params(
        self, person: Person, quotas: Mapping[str, int], *, exclude: Sequence[str] = (), best: int = 0
    ) -> dict[str, Any]:
        """The parameters of feed/ranked."""
        request = replace(self.request, exclude=[*self.request.exclude, *exclude])
        retrieval = self.retrieval.at_least(best)
        return ranked_params(request, self.ranking, retrieval, person, quotas)

    def _ranked(self, params: Mapping[str, Any], budget_ms: int | None) -> list[Place]:
        return _places(self.client.read("feed/ranked", params, budget_ms=budget_ms), self.ranking)


def prepare(client: Client, request: PoolRequest, ranking: Ranking, retrieval: Retrieval) -> None:
    """Has the server plan the statements of `rank`, for a person who need not exist."""
    nobody = people.prepare(client, request.user, request.as_of, ranking)
    read_hidden(client, request.user, ranking.bounds)
    client.read("feed/ranked", ranked_params(request, ranking, retrieval, nobody, {}))


def ranked_params(
    request: PoolRequest, ranking: Ranking, retrieval: Retrieval, person: Person, quotas: Mapping[str, int]
) -> dict[str, Any]:
    """The parameters of feed/ranked."""
    built = person.build["asOf"] if person.build else request.as_of
    half_lives = max(0, request.as_of - built) / clock.DAY_MS / ranking.trend_half_life_days
    return {
        **person.params(),
        "now": request.as_of,
        "request": {
            "me": request.user,
            "since": request.since,
            "months": request.months(built),
            "sensitive": request.sensitive,
            "exclude": list(request.exclude),
            "servedDays": request.served_days,
            "minLikers": ranking.min_likers,
            "seldomPosts": ranking.seldom_posts,
            "seldomSince": round(request.as_of - ranking.seldom_days * clock.DAY_MS),
            "trendFading": 0.5**half_lives,
            "newArcs": _reads_new_arcs(request, person),
            "limit": 2 * request.limit,  # some may be copies of others
        },
        "bounds": {
            **ranking.bounds.params(),
            "pool": retrieval.pool + quotas.get(FALLBACK, 0),  # so that the newest posts push out no others
            "best": retrieval.best,
            "each": retrieval.each if len(request.sources) > 1 else 0,
        },
        "quotas": {source: quotas.get(source, 0) for source in SOURCES},
        "priors": ranking.priors,
        "smoothing": ranking.smoothing.params(),
        "feedback": ranking.feedback.params(),
        "halfLifeDays": ranking.half_life_days,
    }


def _places(rows: Sequence[Row], ranking: Ranking) -> list[Place]:
    order = sorted(SOURCES, key=lambda source: -ranking.priors.get(source, 0.0))  # stable: ties as in the table
    # A number that somebody wrote by hand may make a score infinite or none
    return [_place(row, order, ranking.mixing.newcomers) for row in rows if math.isfinite(row["score"])]


def _place(row: Row, order: Sequence[str], newcomers: Newcomers) -> Place:
    sources = tuple(source for source in order if source in row["sources"])
    return Place(
        post=row["post"],
        author=row["author"],
        sources=sources,
        source=sources[0],
        score=row["score"],
        features={name: row["features"][name] for name in FEATURES},
        hashtags=tuple(row["hashtags"]),
        link=row["link"],
        look=row["look"],
        via=row["liker"],
        picture=Picture.of(row["model"], row["picture"]),
        audience=_audience(row, newcomers),
    )


def _audience(row: Row, newcomers: Newcomers) -> Audience | None:
    """None for a post without an author, whose followers nobody knows, and for one that many must have seen."""
    if row["author"] is None or newcomers.is_known(row["likes"] or 0):
        return None
    impressions = max(row["impressions"] or 0, 0)
    return Audience(row["followers"], impressions, min(max(row["impressionLikes"] or 0, 0), impressions))


def _reads_new_arcs(request: PoolRequest, person: Person) -> bool:
    """True if SIMILAR_NEW covers the window. SIMILAR leads to posts of any age, few of them in the window."""
    covered_from = person.build["windowFrom"] if person.build else None
    return request.since is not None and covered_from is not None and request.since >= covered_from


def _missing(person: Person, request: PoolRequest) -> tuple[str, ...]:
    build = person.build
    if build is None:
        return (NO_BUILD,)
    missing = list(build["missing"] or ())
    if request.as_of < build["asOf"]:
        missing.append(BUILT_LATER)
    if person.lacks_affinity and {"gds", AFFINITY}.isdisjoint(missing):
        missing.append(AFFINITY)
    return tuple(missing)
