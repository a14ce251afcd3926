"""Request bodies: camelCase, ids as strings, times ISO 8601, no conversion of types."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema, create_model
from pydantic.alias_generators import to_camel

from graph import clock
from graph.events import FIELDS, KINDS, Event, Kind
from graph.validation import MAX_COUNT, MediaType, Visibility
from service.tokens import MAX_SECONDS, Can

MAX_BATCH_EVENTS = 1000


class RequestBody(BaseModel):
    """Base of all request bodies: types are not converted, and unknown fields are errors."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False, extra="forbid", strict=True)


def _parse_time(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a time must be an ISO 8601 string such as 2024-05-01T12:30:00Z")
    try:
        return clock.parse(value)
    except (ValueError, OverflowError):
        raise ValueError(f"{value[:60]!r} is not an ISO 8601 time such as 2024-05-01T12:30:00Z") from None


Time = Annotated[int, BeforeValidator(_parse_time), WithJsonSchema({"type": "string", "format": "date-time"})]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]


class Preview(RequestBody):
    """Weights to preview a feed with."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"weights": {"recency": 3, "lists": 0.5}}]})

    weights: dict[str, Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]]
    """Weights by part of the score; parts that are left out keep the profile's weights."""


class EventBody(RequestBody):
    """Something that a person does or undoes."""

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
        description="chosen by you; a later event with the same id is a replay and changes nothing",
    )
    kind: str
    user: str = Field(min_length=1, description="id of the person who does it")
    at: Time | None = Field(None, description="when they did it; default: now")

    def as_event(self) -> Event:
        """The event for the engine, with the current time if it has none."""
        fields = self.model_dump()
        return Event(**fields | {"at": clock.now() if self.at is None else self.at})


def event_model(kinds: Mapping[str, Kind]) -> type[EventBody]:
    """Returns the request model of an event of one of these kinds, with all fields that they have."""
    fields: dict[str, Any] = {
        name: (_type(name), Field(None, description=field.help + _kinds_with(kinds, name)))
        for name, field in FIELDS.items()
        if any(name in kind.fields for kind in kinds.values())
    }
    does = "; ".join(f"{kind.name}: {kind.help.rstrip('.')}" for kind in kinds.values())
    kind: Any = (Literal[tuple(kinds)], Field(description=f"kind of event. {does}"))
    return create_model("EventIn", __base__=EventBody, __doc__=EventBody.__doc__, kind=kind, **fields)


def _type(name: str) -> Any:
    field = FIELDS[name]
    if field.holds is str:
        return str | None
    if field.is_time:
        return Time | None
    return Annotated[int, Field(ge=field.least, le=min(field.most, MAX_COUNT))] | None


def _kinds_with(kinds: Mapping[str, Kind], name: str) -> str:
    """In brackets, the kinds that require a field, then those that allow it."""
    must = [kind.name for kind in kinds.values() if name in kind.targets + kind.needs]
    may = [kind.name for kind in kinds.values() if name in kind.details]
    return f" ({'; '.join(', '.join(some) for some in (must, may) if some)})"


if TYPE_CHECKING:
    EventIn = EventBody
else:
    EventIn = event_model(KINDS)


EventsIn = Annotated[
    Annotated[EventIn, Tag("event")]
    | Annotated[list[EventIn], Field(min_length=1, max_length=MAX_BATCH_EVENTS), Tag("batch")],
    Discriminator(lambda body: "batch" if isinstance(body, list) else "event"),
]
"""One event, or a batch."""


class PersonIn(RequestBody):
    """The properties of a person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"username": "ana", "fullName": "Ana B."}]})

    username: str | None = None
    full_name: str | None = None
    opted_out: bool | None = None
    """True if only their followers may be shown their posts."""
    visibility: Visibility | None = None
    """followers: as optedOut, and their posts are in no list for others."""


class PackIn(RequestBody):
    """A pack of people."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Snow in the Alps", "people": ["7", "9"]}]})

    name: str
    """1 to 100 letters."""
    people: list[str]
    """Ids of 1 to 25 people."""


class MergeIn(RequestBody):
    """The hashtag that another one becomes a variant of."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"variantOf": "bike"}]})

    variant_of: str


class PostIn(RequestBody):
    """The properties of a post."""

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
    """Id of an existing person."""
    taken_at: Time | None = None
    media_type: MediaType | None = None
    caption: str | None = None
    image_url: str | None = None
    sensitive: bool | None = None
    visibility: Visibility | None = None
    """followers: only followers of its author may be shown it."""
    like_count: Count | None = None
    """Likes that are not sent as events; without it, the counter stays."""
    comment_count: Count | None = None
    hashtags: list[str] = Field(default=[], max_length=100)
    mentions: list[str] = Field(default=[], max_length=100)
    """Ids of the people shown in it."""


class TokenIn(RequestBody):
    """A token to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user": "42", "can": "act", "seconds": 3600}]})

    user: str = Field(min_length=1)
    """Id of the person whom it is for. They need not exist yet."""
    can: Can = "read"
    """read: what the person is shown; act: also to send their events."""
    seconds: int = Field(86_400, ge=1, le=MAX_SECONDS)
    """Its validity in seconds, at most 30 days."""
