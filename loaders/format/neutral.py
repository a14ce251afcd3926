"""The neutral format: its files, their columns, and the records that their rows become.

A block of rows is parsed column by column, and only if that fails row by row, to find the bad rows and the reasons.
"""

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.words import MOST_MUTED
from loaders.format.cells import (
    CAPTION,
    COUNT,
    HASHTAG,
    ID,
    MARK,
    MEDIA_TYPE,
    MERGER,
    MODEL,
    MUTED_WORD,
    TEXT,
    TIME,
    TRUTH,
    VARIANT_OF,
    VECTOR,
    VISIBILITY,
    WANT,
    Kind,
    Values,
    value_of,
)

Record = dict[str, Any]
"""A row as a parameter of import statements: its keys, its place in the block, and a map of the given properties."""


@dataclass(frozen=True)
class Column:
    """A column, and the field that its value goes to."""

    name: str
    kind: Kind
    field: str
    """The key in the record, or the property's name if `is_property`."""
    is_property: bool = False
    required: bool = False
    """True if the header must name it."""
    is_key: bool = False
    """True if none of its cells may be empty."""
    nulls: frozenset[str] = frozenset()
    """Words that stand for an empty cell."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that its value goes to: a hashtag has two, its name and its spelling."""
        return self.kind.parts or (self.field,)

    def emptied(self, cell: str) -> str:
        """The cell, empty if it is one of the words for that."""
        return "" if self.nulls and cell.strip() in self.nulls else cell


@dataclass(frozen=True)
class FileFormat:
    """One file of the format, imported by the statement `import/<name>`."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The fields that identify the node or relationship of a row."""
    label: str | None = None
    """Label of the nodes that its rows create; None if they create relationships."""
    must_differ: tuple[str, str] | None = None
    """Two fields that must differ, as people cannot do this to themselves, nor a hashtag be a variant of itself."""
    verb: str = ""
    """The verb for the error when they do not differ, of what people do."""
    immutable: tuple[str, ...] = ()
    """Fields that keep the first value given for the key; rows with another value are rejected."""
    conflict_message: str = ""
    """The reason of that rejection, or of too many rows: a format of the key and the values that stay."""
    keeps_newest: bool = False
    """True if of rows with the same key one counts, as a whole: the first of those with the latest time, to which no
    time is the oldest. Else the earliest time stays, and of each property the last value given."""
    most: int | None = None
    """The most rows with different keys for each `user`; more are rejected."""
    only_if_all: tuple[str, ...] = ()
    """Fields that stay set only if all rows with the same key set them."""
    exactly_one_of: tuple[str, str] | None = None
    """Two fields of which exactly one must be given."""
    lane_by: str | None = None
    """The field by which rows are divided between writers (see loaders.importer); None if a single writer is needed."""
    lock_by: str = "id"
    """The field of the other node that a row locks; each writer takes rows in its order."""

    @property
    def statement(self) -> str:
        return f"import/{self.name}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of its records."""
        return tuple(name for column in self.columns for name in column.fields)

    @property
    def properties(self) -> tuple[str, ...]:
        """The fields that go into the record's map of properties."""
        return tuple(name for column in self.columns if column.is_property for name in column.fields)

    def check(self, record: Record) -> None:
        """Raises ValueError if the valid cells of a record do not fit together."""
        if self.exactly_one_of is not None:
            written = {**record, "hashtag": record.get("display")}
            given = [written[field] for field in self.exactly_one_of if written[field] is not None]
            if len(given) != 1:
                names = " and ".join(column.name for column in self.columns if column.field in self.exactly_one_of)
                both = f", and has both: {' and '.join(f'{value[:60]!r}' for value in given)}" if given else ""
                raise ValueError(f"needs exactly one of {names}{both}")
        if self.must_differ is not None and record[self.must_differ[0]] == record[self.must_differ[1]]:
            raise ValueError(f"people cannot {self.verb} themselves" if self.verb else "names one hashtag twice")


def _key_column(name: str, field: str | None = None, kind: Kind = ID) -> Column:
    return Column(name, kind, field or name, required=True, is_key=True)


def _optional(name: str, kind: Kind, field: str | None = None) -> Column:
    return Column(name, kind, field or name)


def _property(name: str, kind: Kind, field: str | None = None) -> Column:
    return Column(name, kind, field or name, is_property=True)


AT = _optional("at", TIME)
UNTIL = _optional("until", TIME)

FILES: tuple[FileFormat, ...] = (  # in the order of import: rows refer only to nodes of earlier files
    FileFormat(
        "users",
        (
            _key_column("id"),
            _property("username", TEXT),
            _property("full_name", TEXT, "fullName"),
            _property("opted_out", TRUTH, "optedOut"),
            _property("visibility", VISIBILITY),
            _property("not_profiled", TRUTH, "notProfiled"),
            _property("likes_for_self", TRUTH, "likesForSelf"),
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
            _property("caption", CAPTION),
            _property("image_url", TEXT, "imageUrl"),
            _optional("like_count", COUNT, "likeCount"),
            _optional("comment_count", COUNT, "commentCount"),
            _property("sensitive", TRUTH),
            _property("visibility", VISIBILITY),
        ),
        key=("id",),
        immutable=("author",),
        conflict_message="post {id} is by user {author} already",
        lane_by="id",
        lock_by="author",
        label="Post",
    ),
    FileFormat(
        "follows",
        (_key_column("follower"), _key_column("followee"), AT),
        key=("follower", "followee"),
        must_differ=("follower", "followee"),
        verb="follow",
    ),
    *(
        FileFormat(
            name, (_key_column("user"), _key_column("post"), AT), key=("user", "post"), lane_by="post", lock_by="user"
        )
        for name in ("likes", "saves", "shares", "more_like")
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
        immutable=("user", "post"),
        conflict_message="comment {id} is by user {user} on post {post} already",
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
        "picture_vectors",
        (_key_column("post"), _key_column("model", kind=MODEL), _key_column("vector", kind=VECTOR)),
        key=("post",),
        lane_by="post",
        lock_by="post",
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
        (_key_column("user"), _optional("muted_user", ID, "mutedUser"), _optional("hashtag", HASHTAG), AT, UNTIL),
        key=("user", "mutedUser", "hashtag"),
        keeps_newest=True,
        must_differ=("user", "mutedUser"),
        verb="mute",
        exactly_one_of=("mutedUser", "hashtag"),
    ),
    FileFormat(
        "muted_words",
        (_key_column("user"), _key_column("word", kind=MUTED_WORD), AT, UNTIL),
        key=("user", "word"),
        keeps_newest=True,
        most=MOST_MUTED,
        conflict_message=f"user {{user}} has {MOST_MUTED} muted words already",
    ),
    FileFormat(
        "blocks",
        (_key_column("user"), _key_column("blocked"), AT),
        key=("user", "blocked"),
        must_differ=("user", "blocked"),
        verb="block",
    ),
    FileFormat(
        "hides",
        (_key_column("user"), _key_column("post"), AT, _property("reason", TEXT)),
        key=("user", "post"),
        lane_by="post",
        lock_by="user",
    ),
    FileFormat(
        "interests",
        (_key_column("user"), _key_column("hashtag", kind=HASHTAG), AT, _optional("inferred", MARK)),
        key=("user", "hashtag"),
        only_if_all=("inferred",),
    ),
    FileFormat(
        "wants",
        (
            _key_column("user"),
            _key_column("hashtag", kind=HASHTAG),
            _key_column("how", kind=WANT),
            AT,
            UNTIL,
            _optional("topic", ID),
        ),
        key=("user", "hashtag"),
        keeps_newest=True,
    ),
    FileFormat(
        "unlearned",
        (_key_column("user"), _optional("post", ID), _optional("person", ID), AT),
        key=("user", "post", "person"),
        must_differ=("user", "person"),
        verb="unlearn",
        exactly_one_of=("post", "person"),
    ),
    FileFormat(
        "dismissed",
        (_key_column("user"), _key_column("person"), AT),
        key=("user", "person"),
        must_differ=("user", "person"),
        verb="dismiss",
    ),
    FileFormat(
        "packs",
        (
            _key_column("pack"),
            _key_column("name", kind=TEXT),
            _key_column("by"),
            _key_column("person"),
            AT,
            _optional("made_at", TIME, "madeAt"),
            _optional("left", MARK),
        ),
        key=("pack", "person"),
    ),
    FileFormat("resets", (_key_column("user"), _key_column("at", kind=TIME)), key=("user", "at")),
    *(
        FileFormat(
            name,
            (
                _key_column("hashtag", kind=HASHTAG),
                _key_column("variant_of", "variantOf", VARIANT_OF),
                AT,
                _optional("merged_by", MERGER, "mergedBy"),
            ),
            key=("hashtag", "variantOf"),
            must_differ=("hashtag", "variantOf"),
        )
        for name in ("variants", "not_variants")
    ),
)
BY_NAME = {format.name: format for format in FILES}

REFERENCES = {
    "user": ("author", "user", "follower", "followee", "mutedUser", "blocked", "by", "person"),
    "post": ("post",),
}
"""The fields of a record that name a node of another file, by the kind of node."""


@dataclass
class Records:
    """Valid rows, column by column; the nodes that they refer to may still be unknown."""

    places: Sequence[int]
    """Places of the rows in their block."""
    fields: dict[str, Values]
    """All fields of the format, also those without a column in the file."""

    def __len__(self) -> int:
        return len(self.places)

    def rows(self, format: FileFormat) -> Iterator[Record]:
        """The rows as parameters of the import statements."""
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
    """True if any cell of a column has a value."""
    return values.count(None) < len(values)


@dataclass(frozen=True)
class Reason:
    """The reason why a row of a block is rejected."""

    place: int
    """Its place in the block."""
    text: str


@dataclass
class Parsed:
    """The records of a block of rows, and the reasons of its rejected rows."""

    records: Records
    reasons: list[Reason] = field(default_factory=list)


def parse(format: FileFormat, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Parsed:
    """Parses the rows of a block into records, and reasons for the rows that are rejected."""
    try:
        return Parsed(Records(range(len(rows)), _parse_columns(format, columns, rows)))
    except ValueError:
        return _parse_rows(format, columns, rows)


def record(format: FileFormat, columns: Sequence[Column], cells: Sequence[str]) -> Record:
    """Parses the cells of a row. Raises ValueError with the reason if the row is invalid."""
    if len(cells) != len(columns):
        raise ValueError(f"has {len(cells)} cells, but the header has {len(columns)}")
    made: Record = dict.fromkeys(format.fields)
    for column, cell in zip(columns, cells, strict=True):
        _set(made, column, _value(column, cell))
    format.check(made)
    return made


def _value(column: Column, cell: str) -> Any:
    try:
        value = value_of(column.kind, column.emptied(cell))
    except ValueError as error:
        joint = " " if str(error).startswith("is ") else ": "
        raise ValueError(f"{column.name}{joint}{error}") from None
    if value is None and column.is_key:
        raise ValueError(f"{column.name} is empty")
    return value


def _set(made: Record, column: Column, value: Any) -> None:
    parts = column.kind.parts
    made.update(zip(parts, value or [None] * len(parts), strict=True) if parts else [(column.field, value)])


def _parse_columns(format: FileFormat, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> dict[str, Values]:
    """The fields of a block whose rows are all valid. Raises ValueError otherwise, without a reason."""
    size = len(columns)
    if any(len(row) != size for row in rows):
        raise ValueError
    fields: dict[str, Values] = dict.fromkeys(format.fields, [None] * len(rows))
    for column, cells in zip(columns, zip(*rows, strict=True) if rows else [()] * size, strict=True):
        values = column.kind.parse_all([*map(column.emptied, cells)] if column.nulls else cells)
        if column.is_key and None in values:
            raise ValueError
        for place, name in enumerate(column.kind.parts):
            fields[name] = [value and value[place] for value in values]
        if not column.kind.parts:
            fields[column.field] = values
    if format.must_differ and any(map(operator.eq, *(fields[name] for name in format.must_differ))):
        raise ValueError
    if format.exactly_one_of and any(
        (one is None) == (other is None)
        for one, other in zip(*(fields[name] for name in format.exactly_one_of), strict=True)
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
