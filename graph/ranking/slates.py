"""Slates: what a person is shown, kept in order, so that pages do not repeat and can be given again."""

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
"""Posts of a slate."""
FORMER_PARTS = ("taste", "history", "affinity", "engagement", "interest", "proof", "recency", "prior", "feedback")
"""The parts of slates that an older version made, which held them weighted and without their names."""
LEARNED_FROM = ("poolPosts", "experiment", "holdout")
"""Properties of which any makes a slate one that is kept after it has expired."""
_CURSOR = re.compile(r"(?P<slate>[0-9a-f]{32})\.(?P<place>[0-9]{1,3})\.(?P<limit>[1-9][0-9]{0,5})(?P<sensitive>s?)")


@dataclass(frozen=True)
class Cursor:
    """Where the next page of a slate begins."""

    slate: str
    place: int = 0
    limit: int = 10
    """Posts of a page, unless another number is asked for."""
    sensitive: bool = False
    """Whether sensitive posts were asked for."""

    def __str__(self) -> str:
        return f"{self.slate}.{self.place}.{self.limit}{'s' if self.sensitive else ''}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The cursor that `str` wrote. Raises SettingsError."""
        found = _CURSOR.fullmatch(text)
        if not found:
            raise SettingsError(
                f"{text[:50]!r} is not a valid cursor.", "Give the `cursor` of the page before as it came."
            )
        return cls(found["slate"], int(found["place"]), int(found["limit"]), bool(found["sensitive"]))


def create(
    client: Client,
    user: str,
    about: Mapping[str, Any],
    places: Sequence[Place],
    pool: Pool,
    ranking: Ranking,
    *,
    handed_out: int,
    later: bool = False,
) -> str:
    """Keep a slate of which `handed_out` places are given away, which count as served, or later. Returns its id.

    Features are kept unweighted beside the person's weights, so that what was learned can be weighed anew. Of a share
    of slates, which their ids draw, the whole pool is kept, too. A slate with a pool, or of an experiment, stays for
    some weeks after it has expired, with what it takes to learn from it.
    """
    slate, now = uuid4().hex, clock.now()
    weights = pool.person.weights
    properties = {
        **about,
        "id": slate,
        "handedOut": handed_out,
        "servedLater": True if later else None,  # null is none
        "expiresAt": now + round(ranking.slate.days * clock.DAY_MS),
        "posts": [place.post for place in places],
        "authors": [place.author or "" for place in places],
        "sources": [place.source for place in places],
        "links": [place.link or "" for place in places],
        "vias": [place.via or "" for place in places],
        "scores": [place.score for place in places],
        "probabilities": [place.probability for place in places],
        "names": list(FEATURES),
        "features": _flat(places),
        "known": [weights.known[name] for name in FEATURES],
        "never": [weights.never[name] for name in FEATURES],
        "nameStrangers": ranking.name_strangers,
    }
    if int(slate, 16) < ranking.pool_share * 2**128:
        properties |= _pool_properties(pool, ranking)
    if not properties.keys().isdisjoint(LEARNED_FROM):
        properties["isKept"] = True
    params = {"me": user, "served": 0 if later else handed_out, "servedDays": ranking.served_days, "recordedAt": now}
    client.write("slates/create", {**params, "properties": properties})
    return slate


def _pool_properties(pool: Pool, ranking: Ranking) -> dict[str, Any]:
    """The pool of a slate, and all else that its draws depended on: see graph/quality/offpolicy.py."""
    person = pool.person
    return {
        "poolPosts": [place.post for place in pool.places],
        "poolAuthors": [place.author or "" for place in pool.places],
        "poolSources": [" ".join(place.sources) for place in pool.places],
        "poolHashtags": ["\n".join(place.hashtags) for place in pool.places],
        "poolFeatures": _flat(pool.places),
        "poolShown": [person.shown.get(place.author, 0) if place.author else 0 for place in pool.places],
        "poolLate": sorted(person.late_sources),
        "poolLikes": person.likes,
        "poolConstants": ranking.features_hash,
    }


def parts(item: Row, about: Row) -> dict[str, float]:
    """The parts of the score of a slate's item, under the names that its slate has for them."""
    if about["names"] is None:
        return dict(zip(FORMER_PARTS, item["parts"], strict=True))
    names = about["names"]
    features = dict(zip(names, item["features"], strict=True))
    known, never = (dict(zip(names, about[column], strict=True)) for column in ("known", "never"))
    return PersonWeights(known, never).parts(features)


def _flat(places: Sequence[Place]) -> list[float]:
    """The features of all places in one list, for Neo4j keeps no list of lists."""
    return [place.features[name] for place in places for name in FEATURES]


def hand_out(client: Client, user: str, cursor: Cursor) -> None:
    """Note that a slate was handed out up to here, which counts as served unless impressions tell that later."""
    client.write("slates/serve", {"me": user, "slate": cursor.slate, "upTo": cursor.place})


def about(client: Client, user: str, slate: str) -> Row:
    """What a slate was made from. Raises NotFound if the person has no such slate."""
    rows = client.read("slates/about", {"me": user, "slate": slate})
    if not rows:
        raise NotFound(f"{user} has no slate {slate!r}.", "Ask for a first page, without a cursor.")
    return rows[0]


def require_fresh(about: Row) -> None:
    """Return if a slate is still good. Raises Expired."""
    if about["expiresAt"] < clock.now():
        raise Expired("The cursor has expired.", "Ask for a first page, without a cursor.")
