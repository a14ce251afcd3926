"""Import of pandas DataFrames."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph.client import Client
from graph.clock import Unit
from graph.connect import connect
from graph.errors import LoadError
from graph.progress import Silent
from graph.settings import read_settings
from loaders.files.blocks import BLOCK_ROWS, Source, rows_source
from loaders.files.reading import AS_WRITTEN, Ids, Reading, read_as, with_notes
from loaders.format.cells import TIME, TIME_OF_FRAME
from loaders.format.neutral import BY_NAME
from loaders.importer import Options, import_sources
from loaders.report import Report


def from_frames(
    client: Client | None = None,
    *,
    rejects: Path | None = None,
    create_missing: bool = False,
    max_rejects: int | None = None,
    times: Unit | None = None,
    nulls: Iterable[str] = (),
    ids: Ids | None = None,
    **frames: Any,
) -> Report:
    """Imports pandas DataFrames, each under the name of a file of the format: `from_frames(users=…, follows=…)`.

    Their columns are those of the format. None, NaN and NaT are empty cells; numbers, booleans and times may be of any
    type. `times` is the unit of times that are numbers, s, ms, us or ns since 1970; `nulls` are words that stand for an
    empty cell; `ids="as-written"` keeps ids such as 1.0 as they are. The `line` of a rejected row is its place in the
    frame, from 0. Without a client, the Neo4j of the settings is used. Raises LoadError for unknown names, columns and
    units, before anything is written.
    """
    if unknown := frames.keys() - BY_NAME.keys():
        raise LoadError(f"The format has no file {min(unknown)!r}.", f"Use one of {', '.join(BY_NAME)}.")
    reading = Reading(times, frozenset(nulls), ids)
    sources = with_notes([frame_source(name, frames[name], reading) for name in BY_NAME if name in frames])
    options = Options(rejects or Path(time.strftime("rejects-%Y%m%d-%H%M%S.csv")), create_missing, max_rejects)
    if client is not None:
        return import_sources(client, sources, options, Silent())
    with connect(read_settings(), Silent()) as own:
        return import_sources(own, sources, options, Silent())


def frame_source(name: str, frame: Any, reading: Reading = AS_WRITTEN) -> Source:
    """A source that reads a DataFrame. Raises LoadError for anything else."""
    if not (hasattr(frame, "columns") and hasattr(frame, "iloc")):
        raise LoadError(f"{name} is a {type(frame).__name__}, not a DataFrame.", "Wrap it: pandas.DataFrame(…).")
    columns = [str(column) for column in frame.columns]
    integers = {column for column, type in zip(columns, frame.dtypes, strict=True) if getattr(type, "kind", "") in "iu"}
    source = rows_source(name, name, columns, lambda: _rows(frame), size=len(frame), integers=integers)
    made = read_as(source, reading)
    kinds = [replace(column, kind=TIME_OF_FRAME) if column.kind is TIME else column for column in made.columns]
    return replace(made, columns=kinds, origin="frames")


def _rows(frame: Any) -> Iterator[tuple[int, tuple[object, ...]]]:
    for start in range(0, len(frame), BLOCK_ROWS):
        part = frame.iloc[start : start + BLOCK_ROWS]
        columns = [part.iloc[:, place].tolist() for place in range(part.shape[1])]
        yield from enumerate(zip(*columns, strict=True), start)
