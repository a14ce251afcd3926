"""Sources from the rows and rejects of adapters, with their place in the original file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from loaders.files.blocks import BLOCK_ROWS, Block, Reject, Source, columns_of
from loaders.format.cells import TIME, TIME_OF_ADAPTER
from loaders.format.neutral import BY_NAME


@dataclass(frozen=True)
class Row:
    """A row of the neutral format; empty cells have no value."""

    line: int
    """The line of the original file, or the number of the element of its list, from 1."""
    cells: Sequence[str]
    text: str
    """The original line or element, for the report of rejected rows."""
    position: int = 0
    """The part of the original file that is read."""


def source(
    file: str,
    name: str,
    columns: Sequence[str],
    items: Callable[[], Iterable[Row | Reject]],
    *,
    size: int = 1,
    fingerprint: str | None = None,
) -> Source:
    """A source for the format's file `name` from rows and rejects, in bounded memory if `items` is lazy.

    If several sources come from the same original `file`, only one of them may have its rejects.
    """
    format = BY_NAME[name]
    mark = fingerprint and f"{fingerprint}:{name}:{file}"
    known = [
        replace(column, kind=TIME_OF_ADAPTER) if column.kind is TIME else column
        for column in columns_of(file, format, columns)
    ]
    return Source(file, format, known, lambda: _blocks(items()), size, mark, origin="adapter")


def _blocks(items: Iterable[Row | Reject]) -> Iterator[Block]:
    items, position = iter(items), 0
    while part := list(islice(items, BLOCK_ROWS)):
        rows = [item for item in part if isinstance(item, Row)]
        rejects = [item for item in part if isinstance(item, Reject)]
        position = rows[-1].position if rows else position
        yield Block(
            position,
            lines=[row.line for row in rows],
            rows=[row.cells for row in rows],
            texts=[row.text for row in rows],
            rejects=rejects,
        )
