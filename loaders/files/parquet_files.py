"""Parquet files, read with pyarrow (the extra `graphfeed[parquet]`), a block of rows at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from graph.errors import LoadError
from loaders.files.blocks import (
    BLOCK_BYTES,
    BLOCK_ROWS,
    Block,
    Reject,
    Source,
    cell_of,
    columns_of,
    csv_line,
    fingerprint,
)
from loaders.format.neutral import Column, FileFormat

BATCH_ROWS = 100
"""The most rows that pyarrow reads at once: some may be much wider than the others."""


def source(path: Path, format: FileFormat) -> Source:
    """A source that reads the file. Raises LoadError if its schema is invalid or pyarrow is missing."""
    schema, rows = _shape(path)
    columns = columns_of(path, format, schema.names)
    for field in schema:
        if not _is_plain(field.type):
            raise LoadError(
                f"{path} has the column {field.name!r} of the type {field.type}.",
                "Write it as text, number, boolean or time.",
            )
    return Source(
        path.name,
        format,
        columns,
        lambda: _blocks(path, columns),
        rows,
        fingerprint(path),
        integers={field.name for field in schema if _is_integer(field.type)},
    )


def _shape(path: Path) -> tuple[Any, int]:
    """The schema, and the number of rows."""
    with _open(path) as file:
        try:
            return file.schema_arrow, file.metadata.num_rows
        except ValueError as error:
            raise _unreadable(path, error) from error


def _open(path: Path) -> Any:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise LoadError(
            f"{path} is a Parquet file, but pyarrow is not installed.", "pip install 'graphfeed[parquet]'"
        ) from None
    try:
        return parquet.ParquetFile(path)
    except (OSError, ValueError, pyarrow.ArrowException) as error:  # ValueError: names that are not UTF-8
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> LoadError:
    return LoadError(f"{path} cannot be read: {error}.", "Repair the file, or remove it.")


def _is_integer(type: Any) -> bool:
    from pyarrow import types

    return bool(types.is_integer(type))


def _is_plain(type: Any) -> bool:
    from pyarrow import types

    inner = type.value_type if types.is_dictionary(type) else type
    checks = (
        types.is_string,
        types.is_large_string,
        types.is_string_view,
        types.is_integer,
        types.is_floating,
        types.is_decimal,
        types.is_boolean,
        types.is_timestamp,
        types.is_date,
        types.is_null,
    )
    return any(check(inner) for check in checks)


def _blocks(path: Path, columns: Sequence[Column]) -> Iterator[Block]:
    import pyarrow

    with _open(path) as file:
        first, held, characters = 1, list[Block](), 0
        batch_rows = _batch_rows(file.metadata)
        try:
            for batch in file.iter_batches(batch_rows):
                held.append(_block(path.name, columns, batch, first))
                first += batch.num_rows
                characters += sum(map(len, chain.from_iterable(held[-1].rows)))
                if len(held) * batch_rows >= BLOCK_ROWS or characters >= BLOCK_BYTES:
                    yield _joined(held)
                    held, characters = [], 0
            if held:
                yield _joined(held)
        except (OSError, ValueError, pyarrow.ArrowException) as error:
            raise LoadError(
                f"{path} is damaged after row {first - 1}: {error}.",
                "Get the file again and repeat the import: it does not change rows that are in the graph already.",
            ) from error


def _batch_rows(metadata: Any) -> int:
    """The rows to read at once: few where they are wide, so that a block is not much larger than BLOCK_BYTES."""
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    widest = max((group.total_byte_size // max(1, group.num_rows) for group in groups), default=0)
    return max(1, min(BATCH_ROWS, BLOCK_BYTES // (widest + 1)))


def _joined(blocks: Sequence[Block]) -> Block:
    return Block(
        blocks[-1].position,
        [*chain.from_iterable(block.lines for block in blocks)],
        [*chain.from_iterable(block.rows for block in blocks)],
        rejects=[*chain.from_iterable(block.rejects for block in blocks)],
    )


@dataclass(frozen=True)
class _Unreadable:
    """A value that cannot be a cell."""

    reason: str
    text: str
    """The value, for the report."""


def _block(file: str, columns: Sequence[Column], batch: Any, first: int) -> Block:
    """The rows of a batch; those with a value that Python cannot hold are rejects."""
    numbers: Sequence[int] = range(first, first + batch.num_rows)
    cells = [_cells(column, array) for column, array in zip(columns, batch.columns, strict=True)]
    rows: list[Sequence[Any]] = list(zip(*cells, strict=True))
    made = Block(first + batch.num_rows - 1, numbers, rows)
    bad = {place for column in cells for place, cell in enumerate(column) if isinstance(cell, _Unreadable)}
    if bad:
        made.rejects = [_reject(file, numbers[place], rows[place]) for place in sorted(bad)]
        made.lines = [number for place, number in enumerate(numbers) if place not in bad]
        made.rows = [row for place, row in enumerate(rows) if place not in bad]
    return made


def _reject(file: str, number: int, row: Sequence[str | _Unreadable]) -> Reject:
    """The reject of a row, with its first unreadable cell as the reason."""
    reason = next(cell.reason for cell in row if isinstance(cell, _Unreadable))
    return Reject(file, number, reason, csv_line([cell if isinstance(cell, str) else cell.text for cell in row]))


def _cells(column: Column, array: Any) -> list[str | _Unreadable]:
    """The cells of a column, with an _Unreadable in place of each value that cannot be read."""
    import pyarrow

    try:
        if pyarrow.types.is_timestamp(array.type):  # all are stored in UTC, and Python has only microseconds
            array = array.cast(pyarrow.timestamp("us"), safe=array.type.unit != "ns")
        return [cell_of(column, value) for value in array.to_pylist()]
    except (ValueError, OverflowError):
        return [_cell(column, value) for value in array]


def _cell(column: Column, value: Any) -> str | _Unreadable:
    try:
        return cell_of(column, value.as_py())
    except UnicodeDecodeError:
        reason = f"{column.name} is not UTF-8"
    except OverflowError as error:
        reason = f"{column.name} holds a time outside the years 1 to 9999 ({error})"
    except ValueError as error:
        reason = str(error)
    return _Unreadable(reason, _text(value))


def _text(value: Any) -> str:
    """A value that cannot be a cell, as text: bytes that are not UTF-8 as they are, times as their number."""
    from pyarrow import types

    if types.is_dictionary(value.type):
        value = value.value
    if hasattr(value, "as_buffer"):
        return str(value.as_buffer().to_pybytes().decode("utf-8", "surrogateescape"))
    return str(value.value if types.is_temporal(value.type) else value.as_py())
