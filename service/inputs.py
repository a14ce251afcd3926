"""The shapes of what the service is sent: camelCase, ids as strings, times ISO 8601; nothing is guessed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema, create_model
from pydantic.alias_generators import to_camel

from graph import clock
from graph.events import FIELDS, KINDS, Event, Kind
from graph.validation import MAX_COUNT, MediaType

EVENTS = 1000
"""At most, in a batch."""


class Sent(BaseModel):
    """What everything that is sent has in common: nothing is guessed, and a name that means nothing is an error."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False, extra="forbid", strict=True)


def _moment(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a time is text, as ISO 8601 has it, such as 2024-05-01T12:30:00Z")
    try:
        return clock.parse(value)
    except (ValueError, OverflowError):
        raise ValueError(f"{value[:60]!r} is no ISO 8601 time, such as 2024-05-01T12:30:00Z") from None


Moment = Annotated[int, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]


class Preview(Sent):
    """Other weights for a look."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"weights": {"recency": 3, "lists": 0.5}}]})

    weights: dict[str, Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]]
    """Of the parts of a score; those that are not named keep the profile's."""


class Act(Sent):
    """Something that a person does, or undoes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": "e-1", "kind": "like", "user": "42", "post": "9871", "at": "2024-05-01T12:30:00Z"},
                {"id": "e-2", "kind": "mute", "user": "42", "hashtag": "#sunset"},
            ]
        }
    )

    id: str = Field(
        min_length=1,
        description="yours to choose: whatever comes with the same id later is a replay of this, and changes nothing",
    )
    kind: str
    user: str = Field(min_length=1, description="who does it")
    at: Moment | None = Field(None, description="when they did it; without it, now")

    def as_event(self) -> Event:
        given = self.model_dump()
        return Event(**given | {"at": clock.now() if self.at is None else self.at})


def event_in(kinds: Mapping[str, Kind]) -> type[Act]:
    """The shape of an event of one of these kinds, with every field that they have."""
    fields: dict[str, Any] = {
        name: (_type(name), Field(None, description=field.help + _whose(kinds, name)))
        for name, field in FIELDS.items()
        if any(name in kind.fields for kind in kinds.values())
    }
    does = "; ".join(f"{kind.name}: {kind.help.rstrip('.')}" for kind in kinds.values())
    kind: Any = (Literal[tuple(kinds)], Field(description=f"what they do. {does}"))
    return create_model("EventIn", __base__=Act, __doc__=Act.__doc__, kind=kind, **fields)


def _type(name: str) -> Any:
    field = FIELDS[name]
    if field.holds is str:
        return str | None
    return Annotated[int, Field(ge=field.least, le=min(field.most, MAX_COUNT))] | None


def _whose(kinds: Mapping[str, Kind], name: str) -> str:
    """The kinds that must have a field, and those that may, in brackets."""
    must = [kind.name for kind in kinds.values() if name in kind.targets + kind.needs]
    may = [kind.name for kind in kinds.values() if name in kind.details]
    return f" ({'; '.join(', '.join(some) for some in (must, may) if some)})"


if TYPE_CHECKING:
    EventIn = Act
else:
    EventIn = event_in(KINDS)


EventsIn = Annotated[
    Annotated[EventIn, Tag("event")] | Annotated[list[EventIn], Field(min_length=1, max_length=EVENTS), Tag("batch")],
    Discriminator(lambda given: "batch" if isinstance(given, list) else "event"),
]
"""One event, or a batch."""


class PersonIn(Sent):
    """What is told of a person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"username": "ana", "fullName": "Ana B."}]})

    username: str | None = None
    full_name: str | None = None
    opted_out: bool | None = None
    """Whether only those who follow them may be shown their posts."""


class PostIn(Sent):
    """What is told of a post."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "author": "7",
                    "takenAt": "2024-05-01T12:30:00Z",
                    "imageUrl": "https://photos.example/9871.jpg",
                    "hashtags": ["sunset"],
                }
            ]
        }
    )

    author: str = Field(min_length=1)
    """The id of somebody whom the graph knows."""
    taken_at: Moment | None = None
    media_type: MediaType | None = None
    caption: str | None = None
    image_url: str | None = None
    sensitive: bool | None = None
    like_count: Count | None = None
    """Likes that no event tells of; without it, the counter stays."""
    comment_count: Count | None = None
    hashtags: list[str] = Field(default=[], max_length=100)
    mentions: list[str] = Field(default=[], max_length=100)
    """Ids of the people shown in it."""
