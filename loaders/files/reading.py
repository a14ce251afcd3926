"""Options of reading cells that a file itself does not give: units of times, words for null, ids that became floats."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, get_args

from graph import clock
from graph.errors import LoadError
from graph.short_names import short
from loaders.files.blocks import Block, Source
from loaders.format.cells import ID, TIME, WHOLE_FLOAT, WHOLE_ID, WRITTEN_ID, Kind, epoch_times
from loaders.format.neutral import REFERENCES, Column

Ids = Literal["as-written"]


@dataclass(frozen=True)
class Reading:
    """The options of reading a user's files."""

    times: clock.Unit | None = None
    """The unit of times that are numbers, counted from 1970; None if numbers are errors."""
    nulls: frozenset[str] = frozenset()
    """Words that stand for an empty cell, such as NULL."""
    ids: Ids | None = None
    """as-written if ids stay as they are, also where they look like floats or rounded numbers."""

    def __post_init__(self) -> None:
        if self.times is not None and self.times not in clock.PER_SECOND:
            raise LoadError(f"Unknown unit of times {self.times!r}.", f"Use one of {', '.join(clock.PER_SECOND)}.")
        if self.ids not in (None, *get_args(Ids)):
            raise LoadError(f"Unknown way {self.ids!r} to read ids.", f"Use {get_args(Ids)[0]}, or none.")

    def columns(self, columns: Iterable[Column]) -> list[Column]:
        """The columns with kinds that read cells so."""
        return [replace(column, kind=self._kind(column), nulls=self.nulls) for column in columns]

    def _kind(self, column: Column) -> Kind:
        if self.times and column.kind is TIME:
            return epoch_times(self.times)
        return WRITTEN_ID if self.ids and column.kind is ID else column.kind


AS_WRITTEN = Reading()


def read_as(source: Source, reading: Reading) -> Source:
    """The source, read with these options. An id column whose cells all end in .0 is read without that, with a note.

    Looks at the cells of the id columns until one of each does not end so, which is the first one of most files.
    """
    _require_unit(source, reading)
    columns = reading.columns(source.columns)
    floats = _float_ids(source, columns)
    notes = [
        f"{source.file}: all of {columns[place].name} ends in .0, as whole numbers do that were stored as floats; "
        "its ids are read without it (1.0 as 1)."
        for place in floats
    ]
    for place in floats:
        columns[place] = replace(columns[place], kind=WHOLE_ID)
    nulls = ",".join(sorted(reading.nulls))
    mark = source.fingerprint and f"{source.fingerprint}:{reading.times}:{nulls}:{reading.ids}"
    return replace(source, columns=columns, fingerprint=mark, notes=[*source.notes, *notes])


def with_notes(sources: Sequence[Source]) -> list[Source]:
    """The sources, with a note where a column was read as whole numbers, and the ids that it refers to were not; and
    where hashtags stand in captions alone."""
    nodes = {source.format.label.lower(): source for source in sources if source.format.label}
    have_tags = any(source.format.name == "tags" for source in sources)
    return [
        replace(
            source,
            notes=[*source.notes, *_mismatches(source, nodes), *(() if have_tags else _hashtags_of_captions(source))],
        )
        for source in sources
    ]


def _hashtags_of_captions(source: Source) -> Iterator[str]:
    """A note if captions of the first posts have hashtags: users of networks write them there, and the format does not
    read them from there."""
    places = [place for place, column in enumerate(source.columns) if column.name == "caption"]
    for block in islice(source.blocks(), 1) if places else ():
        rows = (row for row in block.rows if len(row) == len(source.columns))
        found = (_HASHTAG.search(row[place]) for row in rows for place in places)
        if hashtag := next(filter(None, found), None):
            yield (
                f"{source.file}: captions have hashtags, such as {short(hashtag[0])}, which are not read from there: "
                "write them to the file tags (post, hashtag)."
            )


def _mismatches(source: Source, nodes: Mapping[str, Source]) -> Iterator[str]:
    option = "--ids as-written" if source.origin == "files" else "ids='as-written'"
    for column in source.columns:
        kinds = (kind for kind, fields in REFERENCES.items() if column.field in fields)
        if column.kind is WHOLE_ID and (node := nodes.get(next(kinds, ""))) and _has_other_ids(node):
            yield (
                f"{source.file}: {column.name} is read as whole numbers, but the ids of {node.file} are not, as "
                f"some are different: if they are the same ids, import with {option}."
            )


def _has_other_ids(source: Source) -> bool:
    """Returns True if the first id of people or posts stays as it is written and is no whole number."""
    [place] = [place for place, column in enumerate(source.columns) if column.name == "id"]
    start = _starts(source.blocks(), source.columns, [place])
    return source.columns[place].kind is ID and start.get(place, _ID_OF_NUMBER) is not _ID_OF_NUMBER


def _require_unit(source: Source, reading: Reading) -> None:
    """Raises LoadError for times that are integers of an unknown unit."""
    for column in source.columns:
        if column.kind is TIME and column.name in source.integers and reading.times is None:
            raise LoadError(
                f"{source.file} has the times {column.name!r} as integers.",
                "Name their unit, --times s, ms, us or ns (in Python times=…), or write the column as timestamps.",
            )


def _float_ids(source: Source, columns: Sequence[Column]) -> list[int]:
    """The places of the id columns whose cells all end in .0, or do so in some files and have no fraction in others.

    So do the parts of one table: a column became one of floats only where a value is missing. Cells of rows that are
    too short or long do not count.
    """
    files = source.files or [source.blocks]
    places = [place for place, column in enumerate(columns) if column.kind is ID]
    starts = [_starts(blocks(), columns, places) for blocks in files]
    found = {place for place in places if any(start.get(place) is _ID_OF_FLOAT for start in starts)}
    found = {place for place in found if all(start.get(place, _ID_OF_FLOAT) is not None for start in starts)}
    for blocks, start in zip(files, starts, strict=True) if found else ():
        for block in blocks():
            rows = [row for row in block.rows if len(row) == len(columns)]
            for place in sorted(found):
                form = start.get(place, _ID_OF_FLOAT)
                if form is None or not all(map(form.fullmatch, _given(columns[place], rows, place))):
                    found.remove(place)
            if not found:
                break
    return sorted(found)


_HASHTAG = re.compile(r"(?<![\w&/#])#[^\W\d_]\w*")
_ID_OF_FLOAT, _ID_OF_NUMBER = WHOLE_FLOAT, re.compile(r"-?[0-9]+")


def _starts(
    blocks: Iterator[Block], columns: Sequence[Column], places: Sequence[int]
) -> dict[int, re.Pattern[str] | None]:
    """The form of the first cell of each column that has one, by its place; None for another text than a number."""
    found: dict[int, re.Pattern[str] | None] = {}
    for block in blocks if places else ():
        rows = [row for row in block.rows if len(row) == len(columns)]
        for place in places:
            if place not in found and (first := next(_given(columns[place], rows, place), None)) is not None:
                forms = (form for form in (_ID_OF_FLOAT, _ID_OF_NUMBER) if form.fullmatch(first))
                found[place] = next(forms, None)
        if len(found) == len(places):
            break
    return found


def _given(column: Column, rows: Iterable[Sequence[str]], place: int) -> Iterator[str]:
    """The cells of a column that are not empty, without blanks around them."""
    return filter(None, (column.emptied(row[place]).strip() for row in rows))
