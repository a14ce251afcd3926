"""Online import: writes sources of the neutral format to a live graph, in batches. It is idempotent.

The rows of a batch are divided between two writers such that they cannot deadlock. Each writer records its progress in
the transaction that writes the rows, so an interrupted import resumes where it stopped.
"""

import hashlib
import time
import uuid
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph import clock
from graph.client import Client, Row, Transaction
from graph.errors import DiskFull, LoadError, Unreachable
from graph.hashtag_meaning import merges
from graph.progress import Progress
from loaders.files.blocks import Block, Reject, Source
from loaders.files.folder import sources_in
from loaders.files.reading import AS_WRITTEN, Reading
from loaders.format import neutral
from loaders.format.cells import HASHTAG, SPELLINGS
from loaders.format.neutral import REFERENCES, FileFormat, Record
from loaders.report import FileReport, RejectsFile, Report

LANES = 2
LANE_ROWS = 10_000
"""The most rows in a transaction."""
UNCOMPARED = {"place", *SPELLINGS.values()}
"""Fields in which equal rows may differ."""
WHOLE = -1
"""The lane of the record of a finished file."""


@dataclass(frozen=True)
class Options:
    """Options of an import."""

    rejects: Path
    """The file for rejected rows."""
    create_missing: bool = False
    """True to create unknown people and posts that rows refer to, without properties; else such rows are rejected."""
    max_rejects: int | None = None
    """The most rejected rows; with more the import stops."""


@dataclass(frozen=True)
class Batch:
    """Some records of a block, and the rows of the block that are rejected already."""

    block: Block
    records: list[Record]
    rejects: list[Reject]


def import_folder(
    client: Client, folder: Path, options: Options, progress: Progress, reading: Reading = AS_WRITTEN
) -> Report:
    """Imports the folder's files of the format.

    Checks all headers before it writes anything. Rows that cannot be imported go to the rejects file. Raises LoadError;
    the rows imported until then stay, and the same import resumes from there.
    """
    sources, left_alone = sources_in(folder, reading)
    report = import_sources(client, sources, options, progress)
    report.left_alone = left_alone
    return report


def import_sources(client: Client, sources: Sequence[Source], options: Options, progress: Progress) -> Report:
    """Imports sources, which must be in the order of the format's files. Raises LoadError like `import_folder`."""
    began = time.monotonic()
    this = identity(sources, options)
    noted = SavedProgress(client, this)
    report = Report()
    with (
        RejectsFile(options.rejects, [source.file for source in sources], resumed=bool(noted)) as rejected,
        ThreadPoolExecutor(LANES) as writers,
    ):
        if rejected.was_lost and noted.has_rejects:
            progress.say(f"{options.rejects} is missing: rows rejected before the interruption are not reported again.")
        for place, source in enumerate(sources):
            file = _File(client, this, name_of(place, source), source, options, rejected)
            try:
                report.files.append(file.load(noted, writers, progress, report.total.rejected))
            except (Unreachable, DiskFull) as error:
                again = "Repeat the import: it resumes where it stopped."
                raise type(error)(error.problem, f"{error.remedy} {again}", error.said) from error
        report.rejects = options.rejects if rejected.is_there else None
    if any(_has_hashtags(source.format) for source in sources):
        merges.complete(client)
    client.write("import/end_progress", {"import": this, "now": clock.now()})
    report.tell(sources, rejected)
    report.seconds["import"] = time.monotonic() - began
    return report


def too_many_rejects(options: Options, written: str) -> LoadError:
    """The error for more rejects than `max_rejects`; `written` says what was written to the graph."""
    return LoadError(
        f"More than {options.max_rejects} rows are rejected (--max-rejects); see {options.rejects} for the reasons.",
        f"Repair these rows and import again: {written}.",
    )


def name_of(place: int, source: Source) -> str:
    """The name of a source in the records of progress: several sources may have the same file."""
    return f"{place} {source.file}"


def identity(sources: Sequence[Source], options: Options) -> str:
    """A hash that is equal when the import is repeated, to resume it; a new one if a source has no fingerprint."""
    parts = [source.fingerprint or uuid.uuid4().hex for source in sources]
    return hashlib.sha256(":".join([*parts, str(options.create_missing), str(LANE_ROWS)]).encode()).hexdigest()


class SavedProgress:
    """The progress of an interrupted import, as recorded in the graph."""

    def __init__(self, client: Client, identity: str) -> None:
        rows = client.read("import/progress", {"import": identity})
        self._rows = {(row["file"], row["lane"]): row for row in rows}

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def has_rejects(self) -> bool:
        return any(row["rejected"] for row in self._rows.values())

    def lane(self, file: str, lane: int) -> Row | None:
        """The record of a lane of a file: the number of batches written, and the counts of their rows."""
        return self._rows.get((file, lane))


def _has_hashtags(format: FileFormat) -> bool:
    return HASHTAG in {column.kind for column in format.columns}


def _empty(source: Source) -> FileReport:
    return FileReport(source.file, source.format.name)


def counted(source: Source, row: dict[str, Any]) -> FileReport:
    """The counts in the record of a lane or a whole file."""
    counts = _empty(source)
    for name in counts.counts:
        setattr(counts, name, row[name])
    return counts


class _Lane:
    """A writer of a file."""

    def __init__(self, number: int, source: Source, noted: Row | None) -> None:
        self.number = number
        self.written: int = noted["batches"] if noted else 0
        self.counts = counted(source, noted) if noted else _empty(source)
        self.batches = 0
        """Batches given to this lane in this run; those that an earlier run wrote are skipped."""

    def is_next(self) -> bool:
        """Counts another batch. Returns whether it is still to be written."""
        self.batches += 1
        return self.batches > self.written


class _File:
    """The import of one source."""

    def __init__(
        self, client: Client, identity: str, name: str, source: Source, options: Options, rejected: RejectsFile
    ) -> None:
        self._client = client
        self._identity = identity
        self._name = name
        self._source = source
        self._format = source.format
        self._options = options
        self._rejected = rejected
        self._found = _empty(source)
        """Counts of the rows that were rejected when read."""

    def load(
        self, noted: SavedProgress, writers: ThreadPoolExecutor, progress: Progress, rejected_before: int
    ) -> FileReport:
        """Imports the rows, and returns their counts. Reads a batch while the one before is written."""
        file, size = self._source.file, self._source.size
        if done := noted.lane(self._name, WHOLE):
            return counted(self._source, done)
        numbers = range(LANES if self._format.lane_by else 1)
        lanes = [_Lane(number, self._source, noted.lane(self._name, number)) for number in numbers]
        pending: list[Future[None]] = []
        progress.advance(file, 0, size)
        for number, batch in enumerate(_batches(self._source, LANE_ROWS * len(lanes))):
            self._found.rows += len(batch.rejects)
            self._found.rejected += len(batch.rejects)
            self._rejected.add((self._name, number), batch.rejects)
            divided = _divide(self._format, batch.records, len(lanes))
            _finish(pending)
            self._stop_at_too_many(lanes, rejected_before)
            todo = [(lane, rows) for lane, rows in zip(lanes, divided, strict=True) if lane.is_next() and rows]
            pending = [writers.submit(self._write, lane, rows, batch.block) for lane, rows in todo]
            progress.advance(file, min(batch.block.position, size - 1), size)
        _finish(pending)
        self._stop_at_too_many(lanes, rejected_before)
        self._client.transaction("import/record_progress", lambda tx: self._note(tx, WHOLE, 1, self._total(lanes)))
        progress.advance(file, size, size)
        return self._total(lanes)

    def _total(self, lanes: Sequence[_Lane]) -> FileReport:
        total = _empty(self._source)
        for counts in (self._found, *(lane.counts for lane in lanes)):
            total.add(counts)
        return total

    def _stop_at_too_many(self, lanes: Sequence[_Lane], rejected_before: int) -> None:
        most = self._options.max_rejects
        if most is not None and rejected_before + self._total(lanes).rejected > most:
            raise too_many_rejects(
                self._options, "the rows written so far stay in the graph, and are not written twice"
            )

    def _write(self, lane: _Lane, rows: list[Record], block: Block) -> None:
        """Writes a lane's rows of a batch and records the progress, in one transaction."""

        def work(transaction: Transaction) -> FileReport:
            counts, rejects = self._write_rows(transaction, rows, block)
            self._rejected.add((self._name, lane.number, lane.batches), rejects)
            counts.add(lane.counts)
            return self._note(transaction, lane.number, lane.batches, counts)

        lane.counts = self._client.transaction(self._format.statement, work)
        if _has_hashtags(self._format):
            merges.tidy(self._client)

    def _note(self, transaction: Transaction, lane: int, batches: int, counts: FileReport) -> FileReport:
        """Records the counts so far. A record that a lost transaction wrote already stays."""
        params = {
            "import": self._identity,
            "file": self._name,
            "lane": lane,
            "progress": {**counts.counts, "batches": batches, "at": clock.now()},
        }
        return counted(self._source, transaction.run("import/record_progress", params).rows[0])

    def _write_rows(
        self, transaction: Transaction, rows: list[Record], block: Block
    ) -> tuple[FileReport, list[Reject]]:
        counts, file = _empty(self._source), self._source.file
        counts.rows = len(rows)
        unknown = _unknown(transaction, rows)
        if self._options.create_missing:
            for kind, ids in unknown.items():
                transaction.run(f"import/missing_{kind}s", {"ids": sorted(ids)})
            problems: list[tuple[int, str]] = []
        else:
            rows, problems = _without_unknown(rows, unknown)
        rounds, equals = _rounds(self._format, rows)
        for part in rounds:
            params = {"rows": part, "recordedAt": clock.now(), "most": self._format.most}
            written = transaction.run(self._format.statement, params)
            result = written.rows[0]
            if result["rows"] != len(part):
                raise LoadError(
                    f"People or posts that rows of {file} refer to were deleted during the import.", "Repeat it."
                )
            made = written.nodes_created if self._format.label else written.relationships_created
            counts.created += result.get("created", made)
            counts.updated += result["updated"]
            for row in result.get("taken", []):
                reason = self._format.conflict_message.format(**row)
                problems += [(place, reason) for place in (row["place"], *equals[row["place"]])]
        counts.rejected = len(problems)
        return counts, [block.reject(file, place, reason) for place, reason in sorted(problems)]


def _finish(pending: list[Future[None]]) -> None:
    for future in pending:
        future.result()


def _batches(source: Source, size: int) -> Iterator[Batch]:
    """The source's rows in batches of at most `size` records, always the same for the same source."""
    for block in source.blocks():
        parsed = neutral.parse(source.format, source.columns, block.rows)
        reasons = [block.reject(source.file, reason.place, reason.text) for reason in parsed.reasons]
        rejects = sorted([*block.rejects, *reasons], key=lambda reject: reject.line)
        records = list(parsed.records.rows(source.format))
        yield Batch(block, records[:size], rejects)
        for start in range(size, len(records), size):
            yield Batch(block, records[start : start + size], [])


def _divide(format: FileFormat, records: list[Record], lanes: int) -> list[list[Record]]:
    """The records of each lane; no two lanes have a node of `lane_by` in common."""
    if lanes == 1 or format.lane_by is None:
        return [records]
    divided: list[list[Record]] = [[] for _ in range(lanes)]
    for record in records:
        divided[zlib.crc32(record[format.lane_by].encode()) % lanes].append(record)
    return divided


def _rounds(format: FileFormat, rows: list[Record]) -> tuple[list[list[Record]], dict[int, list[int]]]:
    """Rounds of rows with different keys: the first row of each key, then the second of each, and so on.

    A row that equals the one before of its key is left out. The second result has the places of such rows, by the place
    of the row that they equal.

    The rows of a round are sorted by the node of `lock_by`. All writers lock these nodes in the same order and have no
    other nodes in common, so they cannot deadlock. (The author that a later row gives to a post is out of this order:
    the server detects the deadlock, and the driver retries.)
    """
    seen: defaultdict[tuple[object, ...], int] = defaultdict(int)
    rounds: list[list[Record]] = []
    spellings: dict[str, str] = {}
    last: dict[tuple[object, ...], Record] = {}
    equals: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        key = tuple([row[field] for field in format.key])
        before = last.get(key)
        if before is not None and all(before[name] == row[name] for name in row if name not in UNCOMPARED):
            equals[before["place"]].append(row["place"])
            continue
        last[key] = row
        if seen[key] == len(rounds):
            rounds.append([])
        rounds[seen[key]].append(row)
        seen[key] += 1
        for name, display in SPELLINGS.items():  # the first one is kept, in whatever order rows are written
            if display in row:
                row[display] = spellings.setdefault(row[name], row[display])
    if format.lane_by:
        for part in rounds:
            part.sort(key=lambda row: row[format.lock_by] or "")
    return rounds, equals


def _unknown(transaction: Transaction, rows: list[Record]) -> dict[str, set[str]]:
    """Ids in the rows that the graph lacks, by the kind of node."""
    named = {
        kind: {row[field] for field in fields if rows and field in rows[0] for row in rows if row[field] is not None}
        for kind, fields in REFERENCES.items()
    }
    return {
        kind: {row["id"] for row in transaction.run(f"import/unknown_{kind}s", {"ids": sorted(ids)}).rows}
        for kind, ids in named.items()
        if ids
    }


def _without_unknown(rows: list[Record], unknown: dict[str, set[str]]) -> tuple[list[Record], list[tuple[int, str]]]:
    """The rows without unknown ids, and the places of the others with the reasons."""
    if not any(unknown.values()):
        return rows, []
    kept: list[Record] = []
    problems: list[tuple[int, str]] = []
    for row in rows:
        names = (
            f"unknown {kind} {row[field]}"
            for kind, ids in unknown.items()
            for field in REFERENCES[kind]
            if row.get(field) in ids
        )
        if problem := next(names, None):
            problems.append((row["place"], problem))
        else:
            kept.append(row)
    return kept, problems
