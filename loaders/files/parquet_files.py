"""Parquet files, read with pyarrow (the extra `graphfeed[parquet]`), a batch of rows at a time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from graph.errors import LoadError
from loaders.files.blocks import BLOCK_ROWS, Block, Reject, Source, cell, columns_of, csv_line, fingerprint
from loaders.format.neutral import FileFormat


def source(path: Path, format: FileFormat) -> Source:
    """A source that reads the file. Raises LoadError if its schema is invalid or pyarrow is missing."""
    with _open(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    columns = columns_of(path, format, schema.names)
    for field in schema:
        if not _is_plain(field.type):
            raise LoadError(
                f"{path} has the column {field.name!r} of the type {field.type}.",
                "Write it as text, number, boolean or time.",
            )
    return Source(path.name, format, columns, lambda: _blocks(path), rows, fingerprint(path))


def _open(path: Path) -> Any:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise LoadError(
            f"{path} is a Parquet file, and pyarrow is not installed.", "pip install 'graphfeed[parquet]'"
        ) from None
    try:
        return parquet.ParquetFile(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise LoadError(f"{path} cannot be read: {error}.", "Repair the file, or move it away.") from error


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


def _blocks(path: Path) -> Iterator[Block]:
    import pyarrow

    with _open(path) as file:
        first = 1
        try:
            for batch in file.iter_batches(BLOCK_ROWS):
                yield _block(path.name, batch, first)
                first += batch.num_rows
        except (OSError, pyarrow.ArrowException) as error:
            raise LoadError(
                f"{path} is damaged after row {first - 1}: {error}.",
                "Get the file again and repeat the import: it does not change rows that are in the graph already.",
            ) from error


def _block(file: str, batch: Any, first: int) -> Block:
    """The rows of a batch; those with a value that Python cannot hold are rejects."""
    numbers: Sequence[int] = range(first, first + batch.num_rows)
    rows: list[Sequence[Any]] = list(zip(*(_cells(column) for column in batch.columns), strict=True))
    made = Block(first + batch.num_rows - 1, numbers, rows)
    if any(isinstance(value, ValueError) for row in rows for value in row):
        bad = [next((value for value in row if isinstance(value, ValueError)), None) for row in rows]
        made.rejects = [
            Reject(file, number, f"a cell {error}", csv_line([str(value) for value in row]))
            for number, row, error in zip(numbers, rows, bad, strict=True)
            if error
        ]
        made.lines = [number for number, error in zip(numbers, bad, strict=True) if not error]
        made.rows = [row for row, error in zip(rows, bad, strict=True) if not error]
    return made


def _cells(column: Any) -> list[str | ValueError]:
    """The cells of a column, with a ValueError in place of each value that cannot be read."""
    import pyarrow

    if pyarrow.types.is_timestamp(column.type):  # all are stored in UTC, and Python has only microseconds
        column = column.cast(pyarrow.timestamp("us"), safe=False)
    try:
        return [cell(value) for value in column.to_pylist()]
    except (ValueError, OverflowError):
        return [_cell(value) for value in column]


def _cell(value: Any) -> str | ValueError:
    try:
        return cell(value.as_py())
    except UnicodeDecodeError:
        return ValueError("is not UTF-8")
    except OverflowError as error:
        return ValueError(f"holds a time outside the years 1 to 9999 ({error})")
    except ValueError as error:
        return error
