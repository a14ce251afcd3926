"""How cells are read where a file alone does not tell: units of times, words for null, ids that became floats."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from graph import clock
from graph.errors import LoadError
from loaders.files.blocks import Source
from loaders.format.cells import ID, TIME, WHOLE_FLOAT, WHOLE_ID, epoch_times
from loaders.format.neutral import Column


@dataclass(frozen=True)
class Reading:
    """What whoever imports says of the files."""

    times: clock.Unit | None = None
    """The unit of times that are numbers, counted from 1970; None if numbers are errors."""
    nulls: frozenset[str] = frozenset()
    """Words that stand for an empty cell, such as NULL."""

    def __post_init__(self) -> None:
        if self.times is not None and self.times not in clock.PER_SECOND:
            raise LoadError(f"Unknown unit of times {self.times!r}.", f"Use one of {', '.join(clock.PER_SECOND)}.")

    def columns(self, columns: Iterable[Column]) -> list[Column]:
        """The columns with kinds that read cells so."""
        return [
            replace(
                column,
                kind=epoch_times(self.times) if self.times and column.kind is TIME else column.kind,
                nulls=self.nulls,
            )
            for column in columns
        ]


AS_WRITTEN = Reading()


def read_as(source: Source, reading: Reading) -> Source:
    """The source, read as told. An id column of which all cells end in .0 is read without that, and noted.

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
    mark = source.fingerprint and f"{source.fingerprint}:{reading.times}:{','.join(sorted(reading.nulls))}"
    return replace(source, columns=columns, fingerprint=mark, notes=[*source.notes, *notes])


def _require_unit(source: Source, reading: Reading) -> None:
    """Raises LoadError for times that are integers of an unknown unit."""
    for column in source.columns:
        if column.kind is TIME and column.name in source.integers and reading.times is None:
            raise LoadError(
                f"{source.file} has the times {column.name!r} as integers.",
                "Name their unit, --times s, ms, us or ns (in Python times=…), or write the column as timestamps.",
            )


def _float_ids(source: Source, columns: Sequence[Column]) -> list[int]:
    """The places of the id columns whose cells all end in .0. Cells of rows that are too short or long do not count."""
    pending = {place for place, column in enumerate(columns) if column.kind is ID}
    found: set[int] = set()
    for block in source.blocks() if pending else ():
        rows = [row for row in block.rows if len(row) == len(columns)]
        for place in sorted(pending):
            column = columns[place]
            given = filter(None, (column.emptied(row[place]).strip() for row in rows))
            if (first := next(given, None)) is None:
                continue
            if WHOLE_FLOAT.fullmatch(first) and all(map(WHOLE_FLOAT.fullmatch, given)):
                found.add(place)
            else:
                pending.remove(place)
        if not pending:
            break
    return sorted(found & pending)
