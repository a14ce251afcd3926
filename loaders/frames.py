"""Import of DataFrames, as notebooks hold them."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph.client import Client
from graph.connect import connect
from graph.errors import LoadError
from graph.progress import Silent
from graph.settings import read_settings
from loaders.files.blocks import BLOCK_ROWS, Source, rows_source
from loaders.format.neutral import BY_NAME
from loaders.importer import Options, import_sources
from loaders.report import Report


def from_frames(
    client: Client | None = None,
    *,
    rejects: Path | None = None,
    create_missing: bool = False,
    max_rejects: int | None = None,
    **frames: Any,
) -> Report:
    """Import pandas DataFrames, each under the name of a file of the format: `from_frames(users=…, follows=…)`.

    Their columns are those of the format. Missing values (None, NaN, NaT) are not given; numbers, truths and times may
    be of any type that has them. The `line` of a rejected row is its place in its frame, from 0. Without a client, the
    Neo4j of the settings is used. Raises LoadError for unknown names and columns, before anything is written.
    """
    if unknown := frames.keys() - BY_NAME.keys():
        raise LoadError(f"There is no file {min(unknown)!r} in the format.", f"Use one of {', '.join(BY_NAME)}.")
    sources = [frame_source(name, frames[name]) for name in BY_NAME if name in frames]
    options = Options(rejects or Path(time.strftime("rejects-%Y%m%d-%H%M%S.csv")), create_missing, max_rejects)
    if client is not None:
        return import_sources(client, sources, options, Silent())
    with connect(read_settings(), Silent()) as own:
        return import_sources(own, sources, options, Silent())


def frame_source(name: str, frame: Any) -> Source:
    """The source that a DataFrame is. Raises LoadError if it is none."""
    if not (hasattr(frame, "columns") and hasattr(frame, "iloc")):
        raise LoadError(f"{name} is a {type(frame).__name__}, and no DataFrame.", "Wrap it: pandas.DataFrame(…).")
    return rows_source(name, name, [str(column) for column in frame.columns], lambda: _rows(frame), size=len(frame))


def _rows(frame: Any) -> Iterator[tuple[int, tuple[object, ...]]]:
    for start in range(0, len(frame), BLOCK_ROWS):
        part = frame.iloc[start : start + BLOCK_ROWS]
        columns = [part.iloc[:, place].tolist() for place in range(part.shape[1])]
        yield from enumerate(zip(*columns, strict=True), start)
