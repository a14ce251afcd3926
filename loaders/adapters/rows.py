"""What adapters give: rows of the neutral format with the place that they come from, and what made none, as sources."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from loaders.files.blocks import BLOCK_ROWS, Block, Reject, Source, columns_of
from loaders.format.neutral import BY_NAME


@dataclass(frozen=True)
class Row:
    """Cells of a row of the neutral format; an empty one is not given."""

    line: int
    """Where it comes from: the line of the original file, or the element of its list, from 1."""
    cells: Sequence[str]
    text: str
    """The line or element as it was: what a report of rejected rows quotes."""
    position: int = 0
    """How much of the original file is read."""


def source(
    file: str,
    name: str,
    columns: Sequence[str],
    items: Callable[[], Iterable[Row | Reject]],
    *,
    size: int = 1,
    fingerprint: str | None = None,
) -> Source:
    """A source of the format's file `name` from rows and rejects, in bounded memory if `items` is.

    Several sources may come from the same original `file`; then just one of them gives its rejects.
    """
    format = BY_NAME[name]
    mark = fingerprint and f"{fingerprint}:{name}:{file}"
    return Source(file, format, columns_of(file, format, columns), lambda: _blocks(items()), size, mark)


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
