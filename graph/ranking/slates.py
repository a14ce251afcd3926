"""Slates: the posts of a feed, stored in order, so that pages do not repeat posts and can be replayed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from graph import clock
from graph.client import Client, Row
from graph.errors import Expired, NotFound, SettingsError
from graph.ranking.pool import Place, Pool
from graph.ranking.profiles import FEATURES, Ranking
from graph.ranking.weights import PersonWeights

MAX_SLATE_SIZE = 300
"""The largest number of posts in a slate."""
FORMER_PARTS = ("taste", "history", "affinity", "engagement", "interest", "proof", "recency", "prior", "feedback")
"""The parts of slates of older versions, which stored them weighted and without names."""
LEARNED_FROM = ("poolPosts", "experiment", "holdout")
"""Properties of which any makes a slate one that is kept after it has expired."""
_CURSOR = re.compile(r"(?P<slate>[0-9a-f]{32})\.(?P<place>[0-9]{1,3})\.(?P<limit>[1-9][0-9]{0,5})(?P<sensitive>s?)")


@dataclass(frozen=True)
class Cursor:
    """The start of the next page of a slate."""

    slate: str
    place: int = 0
    """Its first place, from 0."""
    limit: int = 10
    """The default number of posts in a page."""
    sensitive: bool = False
    """True if sensitive posts may be shown."""

    def __str__(self) -> str:
        return f"{self.slate}.{self.place}.{self.limit}{'s' if self.sensitive else ''}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Parses a cursor written by `str`. Raises SettingsError for an invalid one."""
        found = _CURSOR.fullmatch(text)
        if not found:
            raise SettingsError(f"Invalid cursor {text[:50]!r}.", "Use the `cursor` of the previous page unchanged.")
        return cls(found["slate"], int(found["place"]), int(found["limit"]), bool(found["sensitive"]))


def create(
    client: Client,
    user: str,
    metadata: Mapping[str, Any],
    places: Sequence[Place],
    pool: Pool,
    ranking: Ranking,
    *,
    page: int,
    handed_out: int,
    later: bool = False,
    drawn: bool = True,
) -> str:
    """Stores a slate and returns its id. Its first `handed_out` places count as served, unless it is served `later`.
    `page` is the number of places in a page that it was drawn for.

    Features are stored unweighted, beside the person's weights, so that other weights can be evaluated on them. For a
    share of slates, chosen by their ids, the whole pool is stored too, if the places were `drawn` from it. A slate with
    a pool, or of an experiment, is kept for some weeks after it has expired, to learn from it.
    """
    slate, now = uuid4().hex, clock.now()
    weights = pool.person.weights
    names = FEATURES if ranking.learns else ("recency",)  # of who is not profiled, no taste is stored
    properties = {
        **metadata,
        "id": slate,
        "handedOut": handed_out,
        "servedLater": True if later else None,  # null: Neo4j stores no property
        "expiresAt": now + round(ranking.slate.days * clock.DAY_MS),
        "posts": [place.post for place in places],
        "authors": [place.author or "" for place in places],
        "sources": [place.source for place in places],
        "links": [place.led_by or "" for place in places],
        "vias": [place.via or "" for place in places],
        "scores": [place.score for place in places],
        "probabilities": [place.probability for place in places],
        "newcomers": [number for number, place in enumerate(places) if place.is_newcomer],
        "names": list(names),
        "features": _flat(places, names),
        "known": [weights.known[name] for name in names],
        "never": [weights.never[name] for name in names],
        "nameStrangers": ranking.name_strangers,
        "stayShare": ranking.feedback.stay_share_of_reasons,
    }
    if drawn and ranking.learns and int(slate, 16) < ranking.pool_share * 2**128:
        properties |= _pool_properties(pool, ranking, page)
    if not properties.keys().isdisjoint(LEARNED_FROM):
        properties["isKept"] = True
    params = {"me": user, "served": 0 if later else handed_out, "servedDays": ranking.served_days, "recordedAt": now}
    client.write("slates/create", {**params, "properties": properties})
    return slate


def _pool_properties(pool: Pool, ranking: Ranking, page: int) -> dict[str, Any]:
    """The pool of a slate, and all else that its draws depended on: see graph/quality/offpolicy.py."""
    person = pool.person
    return {
        "poolPosts": [place.post for place in pool.places],
        "poolAuthors": [place.author or "" for place in pool.places],
        "poolSources": [" ".join(place.sources) for place in pool.places],
        "poolHashtags": ["\n".join(varied) for varied in pool.varied_by(ranking)],
        "poolFeatures": _flat(pool.places),
        "poolShown": [person.shown.get(place.author, 0) if place.author else 0 for place in pool.places],
        "poolLate": sorted(person.late_sources),
        "poolLikes": person.likes,
        "poolAudiences": [number for place in pool.places for number in _audience(place)],
        "poolPage": page,
        "poolConstants": ranking.features_hash,
    }


def _audience(place: Place) -> tuple[int, int, int]:
    """The numbers of a place's audience; -1 followers stand for none."""
    found = place.audience
    return (-1, 0, 0) if found is None else (found.followers, found.impressions, found.likes)


def parts(item: Row, metadata: Row) -> dict[str, float]:
    """The parts of the score of a slate's item, by the names that the slate stores."""
    if metadata["names"] is None:
        return dict(zip(FORMER_PARTS, item["parts"], strict=True))
    names = metadata["names"]
    features = dict(zip(names, item["features"], strict=True))
    known, never = (dict(zip(names, metadata[column], strict=True)) for column in ("known", "never"))
    return PersonWeights(known, never).parts(features)


def _flat(places: Sequence[Place], names: Sequence[str] = FEATURES) -> list[float]:
    """Features of all places in one list: Neo4j cannot store a list of lists."""
    return [place.features[name] for place in places for name in names]


def hand_out(client: Client, user: str, cursor: Cursor) -> None:
    """Records that a slate was handed out up to a cursor, and counts it as served unless impressions are to do that."""
    client.write("slates/serve", {"me": user, "slate": cursor.slate, "upTo": cursor.place})


def longest_ago_first(client: Client, user: str, places: Sequence[Place], as_of: int, days: float) -> list[Place]:
    """Returns places in the order in which their posts were last served within some days before a time in epoch
    milliseconds, the longest ago first; those of the same slate by their scores. Posts that were not served come first.
    """
    params = {"me": user, "now": as_of, "servedDays": days, "posts": [place.post for place in places]}
    until = {row["post"]: row["until"] for row in client.read("slates/served", params)}
    return sorted(places, key=lambda place: until.get(place.post, 0))  # stable: places come by score


def metadata(client: Client, user: str, slate: str) -> Row:
    """The parameters, lifetime and size of a slate. Raises NotFound if the person has no such slate."""
    rows = client.read("slates/about", {"me": user, "slate": slate})
    if not rows:
        raise NotFound(f"{user} has no slate {slate!r}.", "Ask for a first page, without a cursor.")
    return rows[0]


def require_fresh(metadata: Row) -> None:
    """Raises Expired for an expired slate."""
    if metadata["expiresAt"] < clock.now():
        raise Expired("The cursor has expired.", "Ask for a first page, without a cursor.")
