"""Retrieval and scoring: the pool of candidates for a person, from one read of the graph."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from graph import clock
from graph.client import Client, Reader, Row
from graph.pictures import SAME_COSINE, Picture, cosines, firsts
from graph.ranking import person as people
from graph.ranking.hidden import hidden_copies, read_hidden
from graph.ranking.missing import AFFINITY, BUILT_LATER, NO_BUILD
from graph.ranking.mixing import Candidate, Draw, in_order, mix
from graph.ranking.newcomers import Audience, Newcomers
from graph.ranking.person import BUDGET_ERRORS, Person, read_person, require_profiled, unread_person
from graph.ranking.profiles import FEATURES, Ranking, Retrieval
from graph.ranking.sources import FALLBACK, GENERAL, SOURCES

LOOKS_ALIKE = "looks_alike"
ALIKE_COSINE = 0.7
"""Pictures at this look alike to who sees them on one page: a picture and its middle are, cropped to 60 %."""
PAIR = "\x1f"
"""How names of pairs that look alike begin: no hashtag does."""
READS_PAST_COPIES = 3
"""The most reads of more candidates where those that were read are copies of one another, or of what somebody hid."""
MAX_MONTHS = 24
"""The latest months of a window that are read one by one; a wider window also reads the top of all time."""


@dataclass(frozen=True)
class Place:
    """A candidate with its score and features, and the facts for its reason."""

    post: str
    author: str | None
    sources: tuple[str, ...]
    """The sources that retrieved it, the one of the highest prior first."""
    source: str
    """The source that its reason is for."""
    score: float
    features: Mapping[str, float]
    hashtags: tuple[str, ...]
    link: str | None
    """The liked post that it is most similar to, by id."""
    via: str | None
    """A followee who liked it, by id."""
    look: str | None = None
    """The liked post whose picture it looks like most, by id."""
    picture: Picture | None = None
    audience: Audience | None = None
    """How many people have seen it and its author; None without an author."""
    probability: float = 1.0
    """The propensity: the probability of its draw; 1 if it was not drawn."""
    is_newcomer: bool = False
    """True if it has the newcomer's place of its page."""

    @property
    def led_by(self) -> str | None:
        """The liked post that its reason is about, by id."""
        return self.look if self.source == LOOKS_ALIKE else self.link

    def item(self) -> dict[str, Any]:
        """The item for the parameters of feed/page."""
        return {
            "post": self.post,
            "source": self.source,
            "link": self.led_by,
            "via": self.via,
            "newcomer": self.is_newcomer,
        }


@dataclass(frozen=True)
class Pool:
    """The candidates of a person."""

    person: Person
    places: list[Place] = field(default_factory=list)
    """The highest score first, ties by the id of the post."""
    missing: tuple[str, ...] = ()
    """Parts that are not built, and sources that took too long, as codes of graph/ranking/missing.py."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """Posts that are left out, each with the place's post that has nearly the same picture and a higher score."""
    left_out: Sequence[Place] = ()
    """The candidates that are such copies."""
    hidden_copies: Mapping[str, str] = field(default_factory=dict)
    """Posts that are left out, each with the post that the person hid and that has nearly the same picture."""

    @property
    def all_places(self) -> list[Place]:
        """The places and those of copies, the highest score first."""
        return _in_order([*self.places, *self.left_out])

    @property
    def is_late(self) -> bool:
        """True if a source took too long: another read may bring what this one lacks."""
        return not SOURCES.keys().isdisjoint(self.missing)

    @property
    def candidates(self) -> dict[str, int]:
        """The number of candidates by source."""
        return dict(Counter(place.source for place in self.places))

    def mixed(self, ranking: Ranking, size: int, seed: int, page: int) -> list[Place]:
        """Places drawn by their scores, each with its propensity; `page` is the number of places in a page.

        A place drawn for a general source, such as `popular`, keeps its own source: a source of the person's own, if
        one retrieved it too, gives the better reason.
        """
        draws = mix(
            self._to_mix(ranking), ranking.mixing, size, seed, self.person.shown, self.person.late_sources, page
        )
        return [self._drawn(draw) for draw in draws]

    def in_order(self, ranking: Ranking) -> list[Place]:
        """The places in their order, but for those that would be too close to another of the same author."""
        return [self.places[index] for index in in_order(self._to_mix(ranking), ranking.mixing)]

    def knows(self, post: str) -> bool:
        """True of a candidate, also of one that is left out for its picture."""
        return any(place.post == post for place in self.places) or post in {**self.copies, **self.hidden_copies}

    def without(self, source: str, posts: Collection[str], ranking: Ranking) -> "Pool":
        """The candidates as if a source had not brought some posts: those that no other source brought are left out,
        and a copy of one of them may take its place."""
        places = [_without(place, source, ranking) if place.post in posts else place for place in self.all_places]
        left = _in_order(place for place in places if place is not None)
        return _without_copies(replace(self, places=left, copies={}, left_out=()), {})

    def varied_by(self, ranking: Ranking) -> list[tuple[str, ...]]:
        """What neighbours of each place in a slate should not share: its hashtags and, if the profile counts looks, a
        name for each pair of places that look alike."""
        varied = [place.hashtags for place in self.places]
        pictures = [place.picture for place in self.places]
        if not ranking.mixing.looks or not any(pictures):
            return varied
        pairs = np.argwhere(np.triu(cosines(pictures, pictures) >= ALIKE_COSINE, 1)).tolist()
        for number, pair in enumerate(pairs):
            for place in pair:
                varied[place] = (*varied[place], f"{PAIR}{number}")
        return varied

    def _to_mix(self, ranking: Ranking) -> list[Candidate]:
        return [
            Candidate(place.post, place.author, place.score, place.sources, varied, place.audience)
            for place, varied in zip(self.places, self.varied_by(ranking), strict=True)
        ]

    def _drawn(self, draw: Draw) -> Place:
        place = self.places[draw.index]
        source = place.source if draw.source is None or draw.source in GENERAL else draw.source
        return replace(place, probability=draw.probability, source=source, is_newcomer=draw.is_newcomer)


def _without(place: Place, source: str, ranking: Ranking) -> Place | None:
    """A candidate without one of its sources, with the prior of the others; None if it has no other."""
    sources = tuple(other for other in place.sources if other != source)
    if not sources:
        return None
    prior = math.log(ranking.priors[sources[0]])
    gain = ranking.weights.prior * (prior - place.features["prior"])
    features = {**place.features, "prior": prior}
    return replace(place, sources=sources, source=sources[0], score=place.score + gain, features=features)


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
    quotas = {source: retrieval.quotas.get(source, 0) for source in request.sources}
    if len(quotas) == 1:  # a single source may fill the whole pool
        quotas = {source: max(quota, retrieval.pool) for source, quota in quotas.items()}
    learns = ranking.learns or tuple(request.sources) != ("followees",)
    try:
        person = read_person(
            client,
            request.user,
            request.as_of,
            ranking,
            learns=learns,
            closer=request.closer,
            budget_ms=_budget_ms(request, ranking),
        )
    except BUDGET_ERRORS:
        if learns:
            require_profiled(client, request.user)
        person = unread_person(ranking, closer=request.closer)
        params = ranked_params(request, ranking, retrieval, person, quotas)
        hidden = _hidden(client, request, ranking, person)
        return _without_copies(Pool(person, *_read_less(client, request, ranking, params)), hidden)
    if person is None:
        return None
    missing, hidden = _missing(person, request), _hidden(client, request, ranking, person)
    if person.build is None and request.fills_up:
        quotas[FALLBACK] = retrieval.pool
    places, late = _read(client, request, ranking, retrieval, person, quotas)
    if request.fills_up and len(places) < min(request.at_least, retrieval.best):
        wide = {} if late else {source: max(quota, retrieval.pool // 2) for source, quota in quotas.items()}
        quotas = {**wide, FALLBACK: retrieval.pool}
        try:
            more, later = _read(client, request, ranking, retrieval, person, quotas)
        except BUDGET_ERRORS:
            if not places and not late:
                raise
        else:
            is_less = bool(late or later)  # than the first read, so what that knows of a post goes first
            late = late or (() if places else later)
            places = _joined(places, more) if is_less else _joined(more, places)
            places = places[: retrieval.best]
    pool = _without_copies(Pool(person, places, (*missing, *late)), hidden)
    if not late:
        pool = _past_copies(client, request, ranking, retrieval, pool, quotas, hidden)
    return replace(pool, places=pool.places[: min(request.limit, retrieval.best)])


def _past_copies(
    client: Reader,
    request: PoolRequest,
    ranking: Ranking,
    retrieval: Retrieval,
    pool: Pool,
    quotas: Mapping[str, int],
    hidden: Mapping[str, Picture],
) -> Pool:
    """The pool with what lies behind posts that are left out for their pictures, where too few others are left."""
    retrieval = retrieval.model_copy(update={"best": max(retrieval.best, retrieval.pool)})
    quotas = {source: max(quota, retrieval.pool // 2) for source, quota in quotas.items()}
    for _ in range(READS_PAST_COPIES):
        known = {*pool.copies, *pool.hidden_copies}
        if not known or len(pool.places) >= request.page:
            break
        others = replace(request, exclude=[*request.exclude, *sorted(known)])
        try:
            more, late = _read(client, others, ranking, retrieval, pool.person, quotas)
        except BUDGET_ERRORS:
            break
        if late or {place.post for place in more} <= {place.post for place in pool.places}:
            break
        pool = _without_copies(replace(pool, places=_joined(more, pool.all_places)), hidden)
    return pool


def _hidden(client: Reader, request: PoolRequest, ranking: Ranking, person: Person) -> Mapping[str, Picture]:
    """The pictures that the person hid; none if that took too long."""
    if not person.hides_pictures:
        return {}
    try:
        return read_hidden(client, request.user, ranking.bounds, budget_ms=_budget_ms(request, ranking))
    except BUDGET_ERRORS:
        return {}


def _without_copies(pool: Pool, hidden: Mapping[str, Picture]) -> Pool:
    """The pool with each picture once, and without those that the person hid: of posts whose pictures are nearly the
    same, the best stays."""
    pictures = [place.picture for place in pool.places]
    if not any(pictures):
        return pool
    found = zip(pool.places, hidden_copies(pictures, hidden), strict=True)
    hides = {place.post: post for place, post in found if post is not None}
    places = [place for place in pool.places if place.post not in hides]
    pictures = [place.picture for place in places]
    best = [places[first] for first in firsts(cosines(pictures, pictures) >= SAME_COSINE)]
    copies = {place.post: one.post for place, one in zip(places, best, strict=True) if place is not one}
    return replace(
        pool,
        places=[place for place in places if place.post not in copies],
        copies=copies,
        left_out=[place for place in places if place.post in copies],
        hidden_copies={**pool.hidden_copies, **hides},
    )


def _joined(places: Iterable[Place], others: Iterable[Place]) -> list[Place]:
    """The places with those of others whose posts they lack, best first: a larger pool may have been cut earlier."""
    return _in_order({place.post: place for place in (*others, *places)}.values())


def _in_order(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (-place.score, place.post))


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


def _read(
    client: Reader,
    request: PoolRequest,
    ranking: Ranking,
    retrieval: Retrieval,
    person: Person,
    quotas: Mapping[str, int],
) -> tuple[list[Place], tuple[str, ...]]:
    """The places, and the names of the sources that took too long."""
    params = ranked_params(request, ranking, retrieval, person, quotas)
    try:
        return _places(client.read("feed/ranked", params, budget_ms=_budget_ms(request, ranking)), ranking), ()
    except BUDGET_ERRORS:
        return _read_less(client, request, ranking, params)


def _read_less(
    client: Reader, request: PoolRequest, ranking: Ranking, params: Mapping[str, Any]
) -> tuple[list[Place], tuple[str, ...]]:
    """The places of the cheap sources, with lower bounds, and the names of the sources left out. If these take too long
    as well, only the newest posts, with the client's budget: they are few, and the feed would be empty without them."""
    wanted = [source for source, quota in params["quotas"].items() if quota]
    few = {
        name: max(1, bound // 20) for name, bound in params["bounds"].items() if name not in ("pool", "best", "each")
    }
    cheap = {source: quota if SOURCES[source].is_cheap else 0 for source, quota in params["quotas"].items()}
    late = tuple(source for source in wanted if not SOURCES[source].is_cheap)
    params = {**params, "bounds": params["bounds"] | few, "quotas": cheap}
    try:
        return _places(client.read("feed/ranked", params, budget_ms=_budget_ms(request, ranking)), ranking), late
    except BUDGET_ERRORS:
        late = tuple(source for source in wanted if source != FALLBACK)
    if not request.fills_up:
        return [], late
    newest = {source: params["bounds"]["pool"] if source == FALLBACK else 0 for source in cheap}
    one = {name: 1 for name in few if name != "seen"}
    params |= {"bounds": params["bounds"] | one, "quotas": newest}
    return _places(client.read("feed/ranked", params), ranking), late


def _budget_ms(request: PoolRequest, ranking: Ranking) -> int | None:
    """The budget of a statement in milliseconds; None for the client's."""
    return None if request.waits else ranking.budget_ms


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
