"""Slates: what a person was shown, kept in order, so that pages do not repeat and can be given again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from graph import clock
from graph.client import Client, Row
from graph.errors import Expired, NotFound, SettingsError
from graph.ranking.profiles import PARTS, SlateSettings

DAY = 86_400_000
MOST = 300
"""Posts of a slate."""
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
            raise SettingsError(f"{text[:50]!r} is no cursor.", "Give the `cursor` of the page before as it came.")
        return cls(found["slate"], int(found["place"]), int(found["limit"]), bool(found["sensitive"]))


@dataclass(frozen=True)
class Place:
    """A place of a slate: a post and what it was drawn for."""

    post: str
    author: str | None
    source: str
    value: float
    via: str
    link: str
    score: float
    probability: float
    parts: list[float]
    """In the order of PARTS."""

    def item(self) -> list[Any]:
        """An element of the parameter `items`."""
        return [
            self.post,
            self.source,
            self.value,
            self.via,
            self.link,
            self.score,
            self.probability,
            self.parts,
        ]


def create(
    client: Client, words: dict[str, Any], about: dict[str, Any], places: Sequence[Place], settings: SlateSettings
) -> str:
    """Keep a slate of which `words["served"]` places were shown. Returns its id."""
    slate, now = uuid4().hex, clock.now()
    properties = {
        **about,
        "id": slate,
        "expiresAt": now + round(settings.days * DAY),
        "posts": [place.post for place in places],
        "authors": [place.author or "" for place in places],
        "sources": [place.source for place in places],
        "values": [place.value for place in places],
        "vias": [place.via for place in places],
        "links": [place.link for place in places],
        "scores": [place.score for place in places],
        "probabilities": [place.probability for place in places],
        "width": len(PARTS),
        "parts": [part for place in places for part in place.parts],
    }
    client.write("slates/create", {**words, "properties": properties, "recordedAt": now})
    return slate


def serve(client: Client, user: str, cursor: Cursor) -> None:
    """Note that a slate was shown up to here."""
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
