"""Import of a folder in the neutral format into a live graph, in batches; doing it twice changes nothing."""

import csv
import io
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from graph.client import Client
from graph.errors import LoadError
from graph.progress import Progress
from loaders import readers
from loaders.neutral import REFERENCES, Record
from loaders.readers import Reject, Source

REJECTS_HEADER = ("file", "line", "reason", "row")
BATCH_ROWS = 10_000
BATCH_CHARACTERS = 4_000_000  # long captions make short batches, so that each fits in the server's memory


@dataclass
class FileReport:
    """What came of one file."""

    file: str
    rows: int = 0
    created: int = 0
    """Rows that made a node or a relationship that was not there."""
    rejected: int = 0


@dataclass
class Report:
    """What came of an import."""

    files: list[FileReport] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    """Names of other things in the folder."""
    rejects: Path | None = None
    """The file of rejected rows; None if there are none."""
    seconds: float = 0.0


class RejectsFile(AbstractContextManager["RejectsFile"]):
    """A CSV of rejected rows (file, line, reason, row), made when the first one comes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None
        if path.exists() and not _is_rejects(path):
            raise LoadError(f"{path} is there, and no rejects file.", "Name another with --rejects.")
        if not os.access(path.parent, os.W_OK):
            raise LoadError(f"The rejects file {path} could not be written.", "Name another with --rejects.")
        path.unlink(missing_ok=True)  # of an earlier import

    @property
    def is_there(self) -> bool:
        return self._file is not None

    def add(self, reject: Reject) -> None:
        """Write one row, as it was."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
            csv.writer(self._file).writerow(REJECTS_HEADER)
        row = io.StringIO()
        csv.writer(row, lineterminator="").writerow(reject.cells)
        csv.writer(self._file).writerow((reject.file, reject.line, reject.reason, row.getvalue()))

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()


def _is_rejects(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().strip() == ",".join(REJECTS_HEADER)


@dataclass
class Batch:
    """Rows that go into the graph in one transaction."""

    records: list[Record] = field(default_factory=list)
    cells: dict[int, list[str]] = field(default_factory=dict)
    """The row as it was, by its line."""
    rejects: list[Reject] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    characters: int = 0
    position: int = 0
    """How many bytes of the file are read."""

    @property
    def is_full(self) -> bool:
        return len(self.cells) + len(self.rejects) >= BATCH_ROWS or self.characters >= BATCH_CHARACTERS

    def add(self, result: Record | Reject, cells: list[str]) -> None:
        self.characters += sum(map(len, cells))
        if isinstance(result, Reject):
            self.rejects.append(result)
            return
        self.records.append(result)
        self.cells[result["line"]] = cells
        self.ids.add(result.get("id", ""))


def import_folder(
    client: Client, folder: Path, rejects: Path, progress: Progress, *, create_missing: bool = False
) -> Report:
    """Import the folder's files; a row that cannot be imported goes to the file `rejects`, and the import goes on.

    With `create_missing` a row may name people and posts that exist nowhere yet; they are made, bare.
    Every header is checked before anything is written. Raises LoadError; what was imported by then stays, and the
    same import again completes it.
    """
    began = time.monotonic()
    sources, left_alone = readers.find(folder)
    report = Report(left_alone=left_alone)
    with RejectsFile(rejects) as rejected:
        for source in sources:
            report.files.append(_import_file(client, source, rejected, progress, create_missing))
        report.rejects = rejects if rejected.is_there else None
    report.seconds = time.monotonic() - began
    return report


def _import_file(
    client: Client, source: Source, rejected: RejectsFile, progress: Progress, create_missing: bool
) -> FileReport:
    report = FileReport(source.path.name)
    size = source.path.stat().st_size
    progress.advance(source.path.name, 0, size)
    for batch in _batches(source):
        report.rows += len(batch.cells) + len(batch.rejects)
        report.created += _write(client, batch, source, create_missing)
        for reject in sorted(batch.rejects, key=lambda reject: reject.line):
            rejected.add(reject)
        report.rejected += len(batch.rejects)
        progress.advance(source.path.name, batch.position, size)
    progress.advance(source.path.name, size, size)
    return report


def _write(client: Client, batch: Batch, source: Source, create_missing: bool) -> int:
    """Write the batch's rows, add those that cannot be to its rejects, and give how many made something."""
    file, format = source.path.name, source.format
    unknown = _unknown(client, batch)
    if create_missing:
        for kind, ids in unknown.items():
            client.write(f"import/missing_{kind}s", {"ids": sorted(ids)})
    else:
        _reject_unknown(batch, unknown, file)
    written = client.write(format.statement, {"rows": batch.records})
    for row in written.rows:
        batch.rejects.append(Reject(file, row["line"], row["problem"], batch.cells[row["line"]]))
    return written.nodes_created if format.makes_nodes else written.relationships_created


def _batches(source: Source) -> Iterator[Batch]:
    """The file's rows in batches; where rows may conflict, an id stands in a batch once, and so meets what is there."""
    batch = Batch()
    for cells, result, position in source.rows():
        meets = source.format.may_conflict and isinstance(result, dict) and result["id"] in batch.ids
        if batch.is_full or meets:
            yield batch
            batch = Batch()
        batch.position = position
        batch.add(result, cells)
    yield batch


def _unknown(client: Client, batch: Batch) -> dict[str, set[str]]:
    """The ids that the batch's rows name and the graph lacks, by the kind of node that they should be."""
    named = {
        kind: {row[field] for row in batch.records for field in fields if row.get(field)}
        for kind, fields in REFERENCES.items()
    }
    return {
        kind: {row["id"] for row in client.read(f"import/unknown_{kind}s", {"ids": sorted(ids)})}
        for kind, ids in named.items()
        if ids
    }


def _reject_unknown(batch: Batch, unknown: dict[str, set[str]], file: str) -> None:
    """Move the rows that name what is unknown to the batch's rejects."""
    kept = []
    for row in batch.records:
        names = (
            f"no {kind} {row[field]}"
            for kind, ids in unknown.items()
            for field in REFERENCES[kind]
            if row.get(field) in ids
        )
        if problem := next(names, None):
            batch.rejects.append(Reject(file, row["line"], problem, batch.cells[row["line"]]))
        else:
            kept.append(row)
    batch.records = kept
