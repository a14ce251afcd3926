"""The neutral format: which files there are, which columns they have, and what a cell may hold.

A file is `NAME.csv` or `NAME.csv.gz`, UTF-8, with a header line. An empty cell means "not given".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph import clock, hashtags

MAX_KEY_BYTES = 4096
"""Of an id or hashtag. Neo4j cannot index one of about 8 kB, and would refuse the whole batch that it is in."""
MAX_INTEGER = 2**63 - 1

Record = dict[str, Any]
"""A row as the import statements take it: its keys, its line, and a map of the properties that were given."""


@dataclass(frozen=True)
class Column:
    """A column and where its value goes."""

    name: str
    parse: Callable[[str], Any]
    """Makes the value of a cell that is not empty; raises ValueError with the reason why it cannot."""
    field: str
    """The key in the record, or the property's name if `is_property`."""
    is_property: bool = False
    required: bool = False
    """Whether the header must name it."""
    is_key: bool = False
    """Whether no cell of it may be empty."""


@dataclass(frozen=True)
class FileFormat:
    """One file of the format, imported by the statement `import/<name>`."""

    name: str
    columns: tuple[Column, ...]
    check: Callable[[Record], str | None] = lambda record: None
    """Why a record whose cells are right by themselves cannot be imported, or None."""
    makes_nodes: bool = False
    """Whether a row is a node; else it is a relationship."""
    may_conflict: bool = False
    """Whether a row may contradict an earlier one of the same id, so that the two must not be in one batch."""

    @property
    def statement(self) -> str:
        return f"import/{self.name}"


def _key(what: str, value: str) -> str:
    if len(value.encode()) > MAX_KEY_BYTES:
        raise ValueError(f"{what} has more than {MAX_KEY_BYTES} bytes")
    return value


def _id(cell: str) -> str:
    return _key("an id", cell.strip())


def _hashtag(cell: str) -> tuple[str, str]:
    name = _key("a hashtag", hashtags.name(cell))
    if not name:
        raise ValueError(f"{cell!r} holds no hashtag")
    return name, hashtags.display(cell)


def _time(cell: str) -> int:
    try:
        return clock.parse(cell.strip())
    except (ValueError, OverflowError):
        raise ValueError(f"{cell[:60]!r} is no ISO 8601 time such as 2024-05-01T12:30:00Z") from None


def _count(cell: str) -> int:
    digits = cell.strip().lstrip("0") or "0"
    if not digits.isdecimal() or len(digits) > len(str(MAX_INTEGER)) or int(digits) > MAX_INTEGER:
        raise ValueError(f"{cell[:60]!r} is no whole number from 0 to {MAX_INTEGER}")
    return int(digits)


def _truth(cell: str) -> bool:
    try:
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[cell.strip().lower()]
    except KeyError:
        raise ValueError(f"{cell[:60]!r} is neither true nor false") from None


def _media_type(cell: str) -> str:
    if (value := cell.strip().lower()) not in ("image", "video", "carousel"):
        raise ValueError(f"{cell[:60]!r} is none of image, video, carousel")
    return value


def _not_oneself(one: str, other: str, deed: str) -> Callable[[Record], str | None]:
    return lambda record: f"nobody can {deed} themselves" if record[one] == record[other] else None


def _one_target(record: Record) -> str | None:
    if (record["mutedUser"] is None) == (record["hashtag"] is None):
        return "give one of muted_user and hashtag"
    return _not_oneself("user", "mutedUser", "mute")(record)


def _required(name: str, field: str | None = None, parse: Callable[[str], Any] = _id) -> Column:
    return Column(name, parse, field or name, required=True, is_key=True)


def _optional(name: str, parse: Callable[[str], Any], field: str | None = None) -> Column:
    return Column(name, parse, field or name)


def _property(name: str, parse: Callable[[str], Any], field: str | None = None) -> Column:
    return Column(name, parse, field or name, is_property=True)


AT = _optional("at", _time)

FILES: tuple[FileFormat, ...] = (  # in the order of import: a row may name only what is there before it
    FileFormat(
        "users",
        (
            _required("id"),
            _property("username", str),
            _property("full_name", str, "fullName"),
            _property("opted_out", _truth, "optedOut"),
        ),
        makes_nodes=True,
    ),
    FileFormat(
        "posts",
        (
            _required("id"),
            _optional("author", _id),
            _property("taken_at", _time, "takenAt"),
            _property("media_type", _media_type, "mediaType"),
            _property("caption", str),
            _property("image_url", str, "imageUrl"),
            _optional("like_count", _count, "likeCount"),
            _optional("comment_count", _count, "commentCount"),
            _property("sensitive", _truth),
        ),
        makes_nodes=True,
        may_conflict=True,
    ),
    FileFormat(
        "follows",
        (_required("follower"), _required("followee"), AT),
        check=_not_oneself("follower", "followee", "follow"),
    ),
    FileFormat("likes", (_required("user"), _required("post"), AT)),
    FileFormat(
        "comments",
        (
            _required("id"),
            _required("user"),
            _required("post"),
            Column("at", _time, "at", is_property=True, required=True),
            Column("text", str, "text", is_property=True, required=True),
        ),
        may_conflict=True,
    ),
    FileFormat("tags", (_required("post"), _required("hashtag", parse=_hashtag))),
    FileFormat("mentions", (_required("post"), _required("user"))),
    FileFormat(
        "views",
        (
            _required("user"),
            _required("post"),
            _required("at", parse=_time),
            _property("dwell_ms", _count, "dwellMs"),
        ),
    ),
    FileFormat(
        "mutes",
        (_required("user"), _optional("muted_user", _id, "mutedUser"), _optional("hashtag", _hashtag), AT),
        check=_one_target,
    ),
    FileFormat(
        "blocks",
        (_required("user"), _required("blocked"), AT),
        check=_not_oneself("user", "blocked", "block"),
    ),
    FileFormat("hides", (_required("user"), _required("post"), AT, _property("reason", str))),
    FileFormat("interests", (_required("user"), _required("hashtag", parse=_hashtag), AT)),
)

REFERENCES = {
    "user": ("author", "user", "follower", "followee", "mutedUser", "blocked"),
    "post": ("post",),
}
"""The fields of a record that name a node of another file, by the kind of node."""


def record(columns: list[Column], cells: list[str]) -> Record:
    """The record that a row's cells make. Raises ValueError with the reason if they make none."""
    if len(cells) != len(columns):
        raise ValueError(f"has {len(cells)} cells, and the header has {len(columns)}")
    made: Record = {"properties": {}}
    for column, cell in zip(columns, cells, strict=True):
        value = _value(column, cell)
        if column.is_property:
            if value is not None:
                made["properties"][column.field] = value
        elif column.parse is _hashtag:
            made["hashtag"], made["display"] = value or (None, None)
        else:
            made[column.field] = value
    return made


def _value(column: Column, cell: str) -> Any:
    if not cell or (column.parse is not str and cell.isspace()):
        if column.is_key:
            raise ValueError(f"{column.name} is empty")
        return None
    if not cell.isascii():
        _require_utf8(column.name, cell)
    try:
        return column.parse(cell)
    except ValueError as error:
        raise ValueError(f"{column.name}: {error}") from None


def _require_utf8(name: str, cell: str) -> None:
    try:
        cell.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} is not UTF-8") from None
