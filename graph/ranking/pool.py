"""The pool: the candidates of a person, ranked, each picture once."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from graph.pictures import SAME_COSINE, Picture, cosines, firsts
from graph.ranking.hidden import hidden_copies
from graph.ranking.mixing import Candidate, Draw, in_order, mix
from graph.ranking.newcomers import Audience
from graph.ranking.person import Person
from graph.ranking.profiles import Ranking
from graph.ranking.sources import GENERAL, SOURCES

LOOKS_ALIKE = "looks_alike"
ALIKE_COSINE = 0.7
"""Pictures at this look alike to who sees them on one page: a picture and its middle are, cropped to 60 %."""
PAIR = "\x1f"
"""How names of pairs that look alike begin: no hashtag does."""


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
        return in_order_of_score([*self.places, *self.left_out])

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
        is_left_out = post in self.copies or post in self.hidden_copies
        return is_left_out or any(place.post == post for place in self.places)

    def without_copies(self, hidden: Mapping[str, Picture]) -> "Pool":
        """The pool with each picture once, and without those that the person hid: of posts whose pictures are nearly
        the same, the best stays."""
        pictures = [place.picture for place in self.places]
        if not any(pictures):
            return self
        found = zip(self.places, hidden_copies(pictures, hidden), strict=True)
        hides = {place.post: post for place, post in found if post is not None}
        places = [place for place in self.places if place.post not in hides]
        pictures = [place.picture for place in places]
        best = [places[first] for first in firsts(cosines(pictures, pictures) >= SAME_COSINE)]
        copies = {place.post: one.post for place, one in zip(places, best, strict=True) if place is not one}
        return replace(
            self,
            places=[place for place in places if place.post not in copies],
            copies=copies,
            left_out=[place for place in places if place.post in copies],
            hidden_copies={**self.hidden_copies, **hides},
        )

    def with_places(self, places: Iterable[Place]) -> "Pool":
        """The pool with other candidates, copies among them."""
        return replace(self, places=in_order_of_score(places), copies={}, left_out=())

    def without(self, source: str, posts: Collection[str], ranking: Ranking) -> "Pool":
        """The candidates as if a source had not brought some posts: those that no other source brought are left out,
        and a copy of one of them may take its place."""
        places = [_without(place, source, ranking) if place.post in posts else place for place in self.all_places]
        return self.with_places(place for place in places if place is not None).without_copies({})

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


def joined(places: Iterable[Place], others: Iterable[Place]) -> list[Place]:
    """The places with those of others whose posts they lack, best first: a larger pool may have been cut earlier."""
    return in_order_of_score({place.post: place for place in (*others, *places)}.values())


def in_order_of_score(places: Iterable[Place]) -> list[Place]:
    """The highest score first, ties by the id of the post."""
    return sorted(places, key=lambda place: (-place.score, place.post))
