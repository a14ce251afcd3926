"""The neutral format: which files there are, which columns they have, and what a cell may hold.

Cells are text, whatever kind of file they come from; an empty one means "not given". A block of rows is parsed column
by column; only where something in it is not right at a glance, row by row, to find the culprit and its reason.
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph import clock, hashtags

MAX_KEY_BYTES = 4096
"""Of an id or hashtag. Neo4j cannot index one of about 8 kB, and would refuse the whole batch that it is in."""
MAX_INTEGER = 2**63 - 1
_NO_FRACTION = re.compile(r"(?<=\d)\.0+\Z")
"""What pandas writes behind a whole number of a column in which another one is missing."""

Record = dict[str, Any]
"""A row as the import statements take it: keys, the place in its block, and a map of the properties that were given."""
Values = Sequence[Any]
"""A column of parsed cells; None where nothing was given."""


@dataclass(frozen=True)
class Kind:
    """What a cell may hold."""

    parse: Callable[[str], Any]
    """Makes the value of a cell that is not empty; raises ValueError with the reason why it cannot."""
    at_a_glance: Callable[[Sequence[str]], Values | None] = lambda cells: None
    """The values of cells none of which is empty, if all are plainly right; None to have each looked at."""
    keeps_blanks: bool = False
    """Whether a cell of blanks is a value; else it is an empty one."""
    sql: str = "VARCHAR"
    """The column type that holds its values in a staging table."""

    def parse_all(self, cells: Sequence[str]) -> Values:
        """The values of a column. Raises ValueError if any cell is not right."""
        given = cells if all(cells) else [cell for cell in cells if cell]
        values = self.at_a_glance(given)
        if values is None:
            made = {cell: _value_of(self, cell) for cell in set(given)}  # of few different ones each is looked at once
            values = [made[cell] for cell in given]
        if len(given) == len(cells):
            return values
        rest = iter(values)
        return [next(rest) if cell else None for cell in cells]


def _value_of(kind: Kind, cell: str) -> Any:
    if not cell or (not kind.keeps_blanks and cell.isspace()):
        return None
    if not cell.isascii():
        _require_utf8(cell)
    return kind.parse(cell)


def _require_utf8(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("is not UTF-8") from None


def _key(what: str, value: str) -> str:
    if len(value.encode()) > MAX_KEY_BYTES:
        raise ValueError(f"{what} has more than {MAX_KEY_BYTES} bytes")
    return value


def _id(cell: str) -> str:
    return _key("an id", cell.strip())


def _plain_ids(cells: Sequence[str]) -> Values | None:
    text = "".join(cells)
    plain = text.isascii() and text.isprintable() and " " not in text
    return cells if plain and max(map(len, cells), default=0) <= MAX_KEY_BYTES else None


def _text_as_it_is(cells: Sequence[str]) -> Values:
    text = "".join(cells)
    if not text.isascii():
        _require_utf8(text)
    return cells


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


def _utc_times(cells: Sequence[str]) -> Values | None:
    """Times written as 2024-05-01T12:30:00Z, all at once: the form of most exports, and of our own."""
    text = "".join(cells)
    if len(text) != 20 * len(cells) or not text.isascii() or set(map(len, cells)) - {20}:
        return None
    signs = np.frombuffer(text.encode(), np.uint8).reshape(-1, 20)
    digits = signs[:, (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)]
    if (signs[:, (4, 7, 10, 13, 16, 19)] != np.frombuffer(b"--T::Z", np.uint8)).any() or ((digits - 48) > 9).any():
        return None
    try:
        moments = np.ascontiguousarray(signs[:, :19]).view("S19").astype("datetime64[ms]")
    except ValueError:  # the 30th of February
        return None
    first = np.datetime64("0001-01-01", "ms")
    return None if (moments < first).any() else moments.astype(np.int64).ravel().tolist()


def _count(cell: str) -> int:
    digits = _NO_FRACTION.sub("", cell.strip()).lstrip("0") or "0"
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


ID = Kind(_id, _plain_ids)
TEXT = Kind(str, _text_as_it_is, keeps_blanks=True)
HASHTAG = Kind(_hashtag)
TIME = Kind(_time, _utc_times, sql="BIGINT")
COUNT = Kind(_count, sql="BIGINT")
TRUTH = Kind(_truth, sql="BOOLEAN")
MEDIA_TYPE = Kind(_media_type)


@dataclass(frozen=True)
class Column:
    """A column and where its value goes."""

    name: str
    kind: Kind
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
    key: tuple[str, ...]
    """The fields that make a row the same as another: the same node, or the same relationship."""
    label: str | None = None
    """Of the nodes that its rows make; None if they make relationships."""
    apart: tuple[str, str] | None = None
    """Two fields that must differ, for nobody can do it to themselves."""
    deed: str = ""
    fixed: tuple[str, ...] = ()
    """Fields that keep the first value given for the key; a row with another one is rejected."""
    taken: str = ""
    """The reason then, with the key and the values that stand, as a format string."""
    either: tuple[str, str] | None = None
    """Two fields of which just one is given."""
    lane_by: str | None = None
    """The field by which rows are divided between writers (see loaders.importer); None if only one may write them."""
    lock_by: str = "id"
    """The field of the other node that a row touches, which each writer takes in order."""

    @property
    def statement(self) -> str:
        return f"import/{self.name}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that its records have; those of a hashtag are its name and its spelling."""
        return tuple(name for column in self.columns for name in _fields(column))

    @property
    def properties(self) -> tuple[str, ...]:
        """Those of the fields that go into the record's map of properties."""
        return tuple(column.field for column in self.columns if column.is_property)

    def check(self, record: Record) -> None:
        """Raise ValueError if a record whose cells are right by themselves cannot be imported."""
        if self.either is not None and (record[self.either[0]] is None) == (record[self.either[1]] is None):
            names = " and ".join(column.name for column in self.columns if column.field in self.either)
            raise ValueError(f"give one of {names}")
        if self.apart is not None and record[self.apart[0]] == record[self.apart[1]]:
            raise ValueError(f"nobody can {self.deed} themselves")


def _fields(column: Column) -> tuple[str, ...]:
    return (column.field, "display") if column.kind is HASHTAG else (column.field,)


def _key_column(name: str, field: str | None = None, kind: Kind = ID) -> Column:
    return Column(name, kind, field or name, required=True, is_key=True)


def _optional(name: str, kind: Kind, field: str | None = None) -> Column:
    return Column(name, kind, field or name)


def _property(name: str, kind: Kind, field: str | None = None) -> Column:
    return Column(name, kind, field or name, is_property=True)


AT = _optional("at", TIME)

FILES: tuple[FileFormat, ...] = (  # in the order of import: a row may name only what is there before it
    FileFormat(
        "users",
        (
            _key_column("id"),
            _property("username", TEXT),
            _property("full_name", TEXT, "fullName"),
            _property("opted_out", TRUTH, "optedOut"),
        ),
        key=("id",),
        lane_by="id",
        label="User",
    ),
    FileFormat(
        "posts",
        (
            _key_column("id"),
            _optional("author", ID),
            _property("taken_at", TIME, "takenAt"),
            _property("media_type", MEDIA_TYPE, "mediaType"),
            _property("caption", TEXT),
            _property("image_url", TEXT, "imageUrl"),
            _optional("like_count", COUNT, "likeCount"),
            _optional("comment_count", COUNT, "commentCount"),
            _property("sensitive", TRUTH),
        ),
        key=("id",),
        fixed=("author",),
        taken="post {id} is by user {author} already",
        lane_by="id",
        lock_by="author",
        label="Post",
    ),
    FileFormat(
        "follows",
        (_key_column("follower"), _key_column("followee"), AT),
        key=("follower", "followee"),
        apart=("follower", "followee"),
        deed="follow",
    ),
    FileFormat(
        "likes", (_key_column("user"), _key_column("post"), AT), key=("user", "post"), lane_by="post", lock_by="user"
    ),
    FileFormat(
        "comments",
        (
            _key_column("id"),
            _key_column("user"),
            _key_column("post"),
            Column("at", TIME, "at", is_property=True, required=True),
            Column("text", TEXT, "text", is_property=True, required=True),
        ),
        key=("id",),
        fixed=("user", "post"),
        taken="comment {id} is by user {user} on post {post} already",
    ),
    FileFormat(
        "tags",
        (_key_column("post"), _key_column("hashtag", kind=HASHTAG)),
        key=("post", "hashtag"),
        lane_by="hashtag",
        lock_by="post",
    ),
    FileFormat(
        "mentions", (_key_column("post"), _key_column("user")), key=("post", "user"), lane_by="post", lock_by="user"
    ),
    FileFormat(
        "views",
        (
            _key_column("user"),
            _key_column("post"),
            _key_column("at", kind=TIME),
            _property("dwell_ms", COUNT, "dwellMs"),
        ),
        key=("user", "post", "at"),
        lane_by="post",
        lock_by="user",
    ),
    FileFormat(
        "mutes",
        (_key_column("user"), _optional("muted_user", ID, "mutedUser"), _optional("hashtag", HASHTAG), AT),
        key=("user", "mutedUser", "hashtag"),
        apart=("user", "mutedUser"),
        deed="mute",
        either=("mutedUser", "hashtag"),
    ),
    FileFormat(
        "blocks",
        (_key_column("user"), _key_column("blocked"), AT),
        key=("user", "blocked"),
        apart=("user", "blocked"),
        deed="block",
    ),
    FileFormat(
        "hides",
        (_key_column("user"), _key_column("post"), AT, _property("reason", TEXT)),
        key=("user", "post"),
        lane_by="post",
        lock_by="user",
    ),
    FileFormat("interests", (_key_column("user"), _key_column("hashtag", kind=HASHTAG), AT), key=("user", "hashtag")),
)
BY_NAME = {format.name: format for format in FILES}

REFERENCES = {
    "user": ("author", "user", "follower", "followee", "mutedUser", "blocked"),
    "post": ("post",),
}
"""The fields of a record that name a node of another file, by the kind of node."""


@dataclass
class Records:
    """Rows that are right by themselves, column by column; what they name may still be unknown."""

    places: Sequence[int]
    """Of the rows in their block."""
    fields: dict[str, Values]
    """Every field of the format, whether the file has its column or not."""

    def __len__(self) -> int:
        return len(self.places)

    def rows(self, format: FileFormat) -> Iterator[Record]:
        """Each row as the import statements take it."""
        properties = set(format.properties)
        plain = [name for name in format.fields if name not in properties]
        keys, given = ("place", *plain), [name for name in format.properties if any_given(self.fields[name])]
        columns = zip(self.places, *(self.fields[name] for name in plain), strict=True)
        maps = zip(*(self.fields[name] for name in given), strict=True) if given else iter(() for _ in self.places)
        for values, of_map in zip(columns, maps, strict=True):
            row = dict(zip(keys, values, strict=True))
            if properties:
                pairs = zip(given, of_map, strict=True)
                row["properties"] = {name: value for name, value in pairs if value is not None}
            yield row


def any_given(values: Values) -> bool:
    """Whether a column has any value."""
    return values.count(None) < len(values)


@dataclass(frozen=True)
class Reason:
    """Why one row of a block is no record."""

    place: int
    """Its place in the block."""
    text: str


@dataclass
class Parsed:
    """What a block of rows is."""

    records: Records
    reasons: list[Reason] = field(default_factory=list)


def parse(format: FileFormat, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Parsed:
    """The records that a block's rows of cells make, and why the others make none."""
    try:
        return Parsed(Records(range(len(rows)), _parse_columns(format, columns, rows)))
    except ValueError:
        return _parse_rows(format, columns, rows)


def record(format: FileFormat, columns: Sequence[Column], cells: Sequence[str]) -> Record:
    """The fields that one row's cells make. Raises ValueError with the reason if they make none."""
    if len(cells) != len(columns):
        raise ValueError(f"has {len(cells)} cells, and the header has {len(columns)}")
    made: Record = dict.fromkeys(format.fields)
    for column, cell in zip(columns, cells, strict=True):
        _set(made, column, _value(column, cell))
    format.check(made)
    return made


def _value(column: Column, cell: str) -> Any:
    try:
        value = _value_of(column.kind, cell)
    except ValueError as error:
        joint = " " if str(error).startswith("is ") else ": "
        raise ValueError(f"{column.name}{joint}{error}") from None
    if value is None and column.is_key:
        raise ValueError(f"{column.name} is empty")
    return value


def _set(made: Record, column: Column, value: Any) -> None:
    if column.kind is HASHTAG:
        made["hashtag"], made["display"] = value or (None, None)
    else:
        made[column.field] = value


def _parse_columns(format: FileFormat, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> dict[str, Values]:
    """The fields of rows that are right, all of them; ValueError if any is not."""
    size = len(columns)
    if any(len(row) != size for row in rows):
        raise ValueError
    fields: dict[str, Values] = dict.fromkeys(format.fields, [None] * len(rows))
    for column, cells in zip(columns, zip(*rows, strict=True) if rows else [()] * size, strict=True):
        values = column.kind.parse_all(cells)
        if column.is_key and None in values:
            raise ValueError
        if column.kind is HASHTAG:
            fields["hashtag"] = [value and value[0] for value in values]
            fields["display"] = [value and value[1] for value in values]
        else:
            fields[column.field] = values
    if format.apart and any(map(operator.eq, *(fields[name] for name in format.apart))):
        raise ValueError
    if format.either and any(
        (one is None) == (other is None) for one, other in zip(*(fields[name] for name in format.either), strict=True)
    ):
        raise ValueError
    return fields


def _parse_rows(format: FileFormat, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Parsed:
    made: list[Record] = []
    places: list[int] = []
    reasons: list[Reason] = []
    for place, cells in enumerate(rows):
        try:
            made.append(record(format, columns, cells))
            places.append(place)
        except ValueError as error:
            reasons.append(Reason(place, str(error)))
    return Parsed(Records(places, {name: [row[name] for row in made] for name in format.fields}), reasons)
