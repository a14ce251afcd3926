"""The pool: the posts that a person may be shown, each with its score, from one read of the graph."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graph import clock
from graph.client import Client, Row
from graph.ranking import person as people
from graph.ranking.missing import AFFINITY, BUILT_LATER, NO_BUILD
from graph.ranking.mixing import Candidate, Draw, mix
from graph.ranking.person import TOO_MUCH, Person, read_person, unread_person
from graph.ranking.profiles import FEATURES, Ranking, Retrieval
from graph.ranking.sources import FALLBACK, GENERAL, SOURCES

DAY = 86_400_000
MAX_MONTHS = 24
"""Of a window whose most liked posts are read month by month; a wider one reads those of all time beside these."""
CHEAP = ("followees", "popular", "newest")
"""The sources that are asked when all together took too long."""


@dataclass(frozen=True)
class Place:
    """A post with its score, and what the score and the reason are made of."""

    post: str
    author: str | None
    sources: tuple[str, ...]
    """Those that bring it, the one of the highest prior first."""
    source: str
    """The one that it stands for."""
    score: float
    features: Mapping[str, float]
    hashtags: tuple[str, ...]
    link: str | None
    """The liked post that it is most similar to."""
    via: str | None
    """A followee who liked it."""
    probability: float = 1.0

    def item(self) -> dict[str, Any]:
        """What feed/page needs to know of it."""
        return {"post": self.post, "source": self.source, "link": self.link, "via": self.via}


@dataclass(frozen=True)
class Pool:
    """The posts that may be shown to a person."""

    person: Person
    places: list[Place] = field(default_factory=list)
    """The highest score first, ties by the id of the post."""
    missing: tuple[str, ...] = ()
    """What could not be asked, or is not built, as codes of graph/ranking/missing.py."""

    @property
    def candidates(self) -> dict[str, int]:
        """How many posts each source has in it."""
        return dict(Counter(place.source for place in self.places))

    def mixed(self, ranking: Ranking, size: int, seed: int) -> list[Place]:
        """Places drawn by their scores, each with the probability of its draw.

        A place drawn for a source of everybody's, such as `popular`, stands for one of the person's own if that brings
        it, too: then it is the truer reason.
        """
        pool = [
            Candidate(place.post, place.author, place.score, place.sources, place.hashtags) for place in self.places
        ]
        draws = mix(pool, ranking.mixing, size, seed, self.person.shown, self.person.late_sources)
        return [self._drawn(draw) for draw in draws]

    def _drawn(self, draw: Draw) -> Place:
        place = self.places[draw.index]
        source = place.source if draw.source is None or draw.source in GENERAL else draw.source
        return replace(place, probability=draw.probability, source=source)


@dataclass(frozen=True)
class Asked:
    """What is asked of the graph, beside the person."""

    user: str
    as_of: int
    window_days: float | None
    """None is any age."""
    sources: Sequence[str]
    sensitive: bool = False
    exclude: Sequence[str] = ()
    served_days: float = 0.0
    fills_up: bool = True
    """Whether the newest posts stand in for what is not built, and fill up what is short."""
    at_least: int = 0
    """Fewer posts than these are short."""
    limit: int = 1000
    waits: bool = False
    """Whether what is late is waited for, as long as the client's statements may take, rather than left out."""

    @property
    def since(self) -> int | None:
        """Posts of the window are later than this, in epoch milliseconds."""
        return None if self.window_days is None else round(self.as_of - self.window_days * DAY)

    @property
    def months(self) -> list[int]:
        """The months that the window touches, the latest first, as 202405; 0 is all time."""
        if self.since is None:
            return [0]
        found = [clock.month(self.as_of)]
        first = clock.month(self.since)
        while found[-1] > first:
            if len(found) == MAX_MONTHS:
                return [*found, 0]
            found.append(found[-1] - 1 if found[-1] % 100 > 1 else found[-1] - 89)
        return found


def rank(client: Client, asked: Asked, ranking: Ranking, retrieval: Retrieval) -> Pool | None:
    """The pool; None for a person whom the graph does not know. Never waits for GDS, nor longer than the budget: the
    profile's, or, where `asked` waits, the client's.
    """
    quotas = {source: retrieval.quotas.get(source, 0) for source in asked.sources}
    if len(quotas) == 1:  # nobody shares the pool with a source that is asked alone
        quotas = {source: max(quota, retrieval.pool) for source, quota in quotas.items()}
    try:
        person = read_person(client, asked.user, asked.as_of, ranking, budget_ms=_budget_ms(asked, ranking))
    except TOO_MUCH:
        person = unread_person(ranking)
        return Pool(person, *_read_less(client, asked, ranking, params(asked, ranking, retrieval, person, quotas)))
    if person is None:
        return None
    missing = _missing(person, asked)
    if person.build is None and asked.fills_up:
        quotas[FALLBACK] = retrieval.pool
    places, late = _read(client, asked, ranking, retrieval, person, quotas)
    if asked.fills_up and len(places) < min(asked.at_least, retrieval.best) and not late:
        wide = {source: max(quota, retrieval.pool // 2) for source, quota in quotas.items()}
        more, later = _read(client, asked, ranking, retrieval, person, {**wide, FALLBACK: retrieval.pool})
        places, late = (places, late) if later and places else (more, later)
    return Pool(person, places, (*missing, *late))


def prepare(client: Client, asked: Asked, ranking: Ranking, retrieval: Retrieval) -> None:
    """Have the server plan what `rank` reads, of a person whom the graph need not know."""
    nobody = people.prepare(client, asked.user, asked.as_of, ranking)
    client.read("feed/ranked", params(asked, ranking, retrieval, nobody, {}))


def params(
    asked: Asked, ranking: Ranking, retrieval: Retrieval, person: Person, quotas: Mapping[str, int]
) -> dict[str, Any]:
    """The parameters of feed/ranked."""
    built = person.build["asOf"] if person.build else asked.as_of
    half_lives = max(0, asked.as_of - built) / DAY / ranking.trend_half_life_days
    return {
        **person.params(),
        "now": asked.as_of,
        "request": {
            "me": asked.user,
            "since": asked.since,
            "months": asked.months,
            "sensitive": asked.sensitive,
            "exclude": list(asked.exclude),
            "servedDays": asked.served_days,
            "minLikers": ranking.min_likers,
            "trendFading": 0.5**half_lives,
            "newArcs": _reads_new_arcs(asked, person),
            "limit": asked.limit,
        },
        "bounds": {
            **ranking.bounds.params(),
            "pool": retrieval.pool,
            "best": retrieval.best,
            "each": retrieval.each if len(asked.sources) > 1 else 0,
        },
        "quotas": {source: quotas.get(source, 0) for source in SOURCES},
        "priors": ranking.priors,
        "smoothing": ranking.smoothing.params(),
        "feedback": ranking.feedback.params(),
        "halfLifeDays": ranking.half_life_days,
    }


def _read(
    client: Client, asked: Asked, ranking: Ranking, retrieval: Retrieval, person: Person, quotas: Mapping[str, int]
) -> tuple[list[Place], tuple[str, ...]]:
    """The places, and the sources that took too long."""
    given = params(asked, ranking, retrieval, person, quotas)
    try:
        return _places(client.read("feed/ranked", given, budget_ms=_budget_ms(asked, ranking)), ranking), ()
    except TOO_MUCH:
        return _read_less(client, asked, ranking, given)


def _read_less(
    client: Client, asked: Asked, ranking: Ranking, given: Mapping[str, Any]
) -> tuple[list[Place], tuple[str, ...]]:
    """The places of the cheap sources, which then read less, and the other sources; if even these are late, the newest
    posts alone, with the budget of any statement: they are few, and nothing would be left without them."""
    wanted = [source for source, quota in given["quotas"].items() if quota]
    few = {name: max(1, bound // 20) for name, bound in given["bounds"].items() if name not in ("pool", "best", "each")}
    cheap = {source: quota if source in CHEAP else 0 for source, quota in given["quotas"].items()}
    late = tuple(source for source in wanted if source not in CHEAP)
    given = {**given, "bounds": given["bounds"] | few, "quotas": cheap}
    try:
        return _places(client.read("feed/ranked", given, budget_ms=_budget_ms(asked, ranking)), ranking), late
    except TOO_MUCH:
        late = tuple(source for source in wanted if source != FALLBACK)
    if not asked.fills_up:
        return [], late
    newest = {source: given["bounds"]["pool"] if source == FALLBACK else 0 for source in cheap}
    one = {name: 1 for name in few if name != "seen"}
    given |= {"bounds": given["bounds"] | one, "quotas": newest}
    return _places(client.read("feed/ranked", given), ranking), late


def _budget_ms(asked: Asked, ranking: Ranking) -> int | None:
    """What a statement may take; None for what the client gives each."""
    return None if asked.waits else ranking.budget_ms


def _places(rows: Sequence[Row], ranking: Ranking) -> list[Place]:
    order = sorted(SOURCES, key=lambda source: -ranking.priors.get(source, 0.0))  # stable: ties as in the table
    return [_place(row, order) for row in rows]


def _place(row: Row, order: Sequence[str]) -> Place:
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
        via=row["liker"],
    )


def _reads_new_arcs(asked: Asked, person: Person) -> bool:
    """Whether the arcs to new posts alone reach all of the window; those to posts of any age reach little of it."""
    reach = person.build["windowFrom"] if person.build else None
    return asked.since is not None and reach is not None and asked.since >= reach


def _missing(person: Person, asked: Asked) -> tuple[str, ...]:
    build = person.build
    if build is None:
        return (NO_BUILD,)
    lacks = list(build["missing"] or ())
    if asked.as_of < build["asOf"]:
        lacks.append(BUILT_LATER)
    if person.lacks_affinity and {"gds", AFFINITY}.isdisjoint(lacks):
        lacks.append(AFFINITY)
    return tuple(lacks)
