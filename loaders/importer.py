"""Online import: sources of the neutral format go into a live graph, in batches; doing it twice changes nothing.

The rows of a batch are divided between two writers so that neither ever waits for the other in a circle. Each notes, in
the very transaction that writes its rows, how far it has come: an import that was cut off, by whatever, goes on there.
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
from graph.errors import LoadError, Unreachable
from graph.progress import Progress
from loaders.files.blocks import Block, Reject, Source
from loaders.files.folder import sources_in
from loaders.format import neutral
from loaders.format.neutral import REFERENCES, FileFormat, Record
from loaders.report import FileReport, RejectsFile, Report

LANES = 2
LANE_ROWS = 10_000
"""At most, in one transaction."""
WHOLE = -1
"""The lane under which the count of a finished file is noted."""


@dataclass(frozen=True)
class Options:
    """How to import."""

    rejects: Path
    """Where rejected rows go."""
    create_missing: bool = False
    """Whether people and posts that rows name and nobody has are made, bare; else such rows are rejected."""
    max_rejects: int | None = None
    """The import stops when there are more."""


@dataclass(frozen=True)
class Batch:
    """Some records of a block, and what of the block is rejected already."""

    block: Block
    records: list[Record]
    rejects: list[Reject]


def import_folder(client: Client, folder: Path, options: Options, progress: Progress) -> Report:
    """Import the folder's files of the format.

    Every header is checked before anything is written. A row that cannot be imported goes to the rejects file, and the
    import goes on. Raises LoadError; what was imported by then stays, and the same import again goes on from there.
    """
    sources, left_alone = sources_in(folder)
    report = import_sources(client, sources, options, progress)
    report.left_alone = left_alone
    return report


def import_sources(client: Client, sources: Sequence[Source], options: Options, progress: Progress) -> Report:
    """Import sources in their order, which must be that of the format's files. Raises LoadError, as `import_folder`."""
    began = time.monotonic()
    this = identity(sources, options)
    noted = Noted(client, this)
    report = Report()
    with (
        RejectsFile(options.rejects, [source.file for source in sources], resumed=bool(noted)) as rejected,
        ThreadPoolExecutor(LANES) as writers,
    ):
        if rejected.was_lost and noted.has_rejects:
            progress.say(f"{options.rejects} is gone: what was rejected before the import broke off is not told again.")
        for place, source in enumerate(sources):
            file = _File(client, this, name_of(place, source), source, options, rejected)
            try:
                report.files.append(file.load(noted, writers, progress, report.total.rejected))
            except Unreachable as error:
                again = "The same import again goes on where this one stopped."
                raise Unreachable(error.problem, f"{error.remedy} {again}") from error
        report.rejects = options.rejects if rejected.is_there else None
    client.write("import/end_progress", {"import": this, "now": clock.now()})
    report.seconds["import"] = time.monotonic() - began
    return report


def too_many_rejects(options: Options, written: str) -> LoadError:
    """What is raised when there are more rejects than `max_rejects`; `written` tells how the graph is now."""
    return LoadError(
        f"More than {options.max_rejects} rows are rejected (--max-rejects); {options.rejects} has them, with reasons.",
        f"Mend them and import again: {written}.",
    )


def name_of(place: int, source: Source) -> str:
    """What the notes call a source: several may have the same file."""
    return f"{place} {source.file}"


def identity(sources: Sequence[Source], options: Options) -> str:
    """The same for the same import again, so that it can go on; of a source that cannot tell, it is new each time."""
    parts = [source.fingerprint or uuid.uuid4().hex for source in sources]
    return hashlib.sha256(":".join([*parts, str(options.create_missing), str(LANE_ROWS)]).encode()).hexdigest()


class Noted:
    """What the graph knows of an import that was cut off."""

    def __init__(self, client: Client, identity: str) -> None:
        rows = client.read("import/progress", {"import": identity})
        self._rows = {(row["file"], row["lane"]): row for row in rows}

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def has_rejects(self) -> bool:
        return any(row["rejected"] for row in self._rows.values())

    def lane(self, file: str, lane: int) -> Row | None:
        """What is noted of a lane of a file: how many batches are written, and what came of their rows."""
        return self._rows.get((file, lane))


def _empty(source: Source) -> FileReport:
    return FileReport(source.file, source.format.name)


def counted(source: Source, row: dict[str, Any]) -> FileReport:
    """What the note of a lane, or of a whole file, says."""
    counts = _empty(source)
    for name in counts.counts:
        setattr(counts, name, row[name])
    return counts


class _Lane:
    """One of the writers of a file."""

    def __init__(self, number: int, source: Source, noted: Row | None) -> None:
        self.number = number
        self.written: int = noted["batches"] if noted else 0
        self.counts = counted(source, noted) if noted else _empty(source)
        self.batches = 0
        """Given to this lane, in this run; those that an earlier run has written are passed over."""

    def is_next(self) -> bool:
        """Count another batch; whether it is still to be written."""
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
        """The rows that the reader rejected."""

    def load(self, noted: Noted, writers: ThreadPoolExecutor, progress: Progress, rejected_before: int) -> FileReport:
        """What came of the rows. While a batch is written, the next one is read."""
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
            raise too_many_rejects(self._options, "what is in the graph already stays, and is no harm")

    def _write(self, lane: _Lane, rows: list[Record], block: Block) -> None:
        """Write a lane's rows of a batch, and note it, in one transaction."""

        def work(transaction: Transaction) -> FileReport:
            counts, rejects = self._write_rows(transaction, rows, block)
            self._rejected.add((self._name, lane.number, lane.batches), rejects)
            counts.add(lane.counts)
            return self._note(transaction, lane.number, lane.batches, counts)

        lane.counts = self._client.transaction(self._format.statement, work)

    def _note(self, transaction: Transaction, lane: int, batches: int, counts: FileReport) -> FileReport:
        """Note what came of the rows so far; if that is noted already, for only the answer got lost, it stands."""
        vocabulary = {
            "import": self._identity,
            "file": self._name,
            "lane": lane,
            "progress": {**counts.counts, "batches": batches, "at": clock.now()},
        }
        return counted(self._source, transaction.run("import/record_progress", vocabulary).rows[0])

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
            written = transaction.run(self._format.statement, {"rows": part, "recordedAt": clock.now()})
            result = written.rows[0]
            if result["rows"] != len(part):
                raise LoadError(
                    f"People or posts that rows of {file} name were deleted meanwhile.", "Repeat the import."
                )
            counts.created += written.nodes_created if self._format.label else written.relationships_created
            counts.updated += result["updated"]
            for row in result.get("taken", []):
                reason = self._format.taken.format(**row)
                problems += [(place, reason) for place in (row["place"], *equals[row["place"]])]
        counts.rejected = len(problems)
        return counts, [block.reject(file, place, reason) for place, reason in sorted(problems)]


def _finish(pending: list[Future[None]]) -> None:
    for future in pending:
        future.result()


def _batches(source: Source, size: int) -> Iterator[Batch]:
    """The source's rows in batches of at most `size` records. Their number is always the same for the same source."""
    for block in source.blocks():
        parsed = neutral.parse(source.format, source.columns, block.rows)
        reasons = [block.reject(source.file, reason.place, reason.text) for reason in parsed.reasons]
        rejects = sorted([*block.rejects, *reasons], key=lambda reject: reject.line)
        records = list(parsed.records.rows(source.format))
        yield Batch(block, records[:size], rejects)
        for start in range(size, len(records), size):
            yield Batch(block, records[start : start + size], [])


def _divide(format: FileFormat, records: list[Record], lanes: int) -> list[list[Record]]:
    """The records of each lane: no two lanes meet at a node that `lane_by` names."""
    if lanes == 1 or format.lane_by is None:
        return [records]
    divided: list[list[Record]] = [[] for _ in range(lanes)]
    for record in records:
        divided[zlib.crc32(record[format.lane_by].encode()) % lanes].append(record)
    return divided


def _rounds(format: FileFormat, rows: list[Record]) -> tuple[list[list[Record]], dict[int, list[int]]]:
    """The rows such that none meets another of its key: the first of each key, the second of each, and so on.

    One that equals the one before it of its key changes nothing more, and is left out; the second answer gives the
    places of such rows, by the place of the row that they equal.

    In a round they stand in the order of the nodes that `lock_by` names. All writers take these in the same order, and
    share no others; so none can hold what another wants while it waits for what that one holds: there is no deadlock.
    (A post that gets its author by a later row comes out of this order; the server tells, and the driver tries again.)
    """
    seen: defaultdict[tuple[object, ...], int] = defaultdict(int)
    rounds: list[list[Record]] = []
    spellings: dict[str, str] = {}
    last: dict[tuple[object, ...], Record] = {}
    equals: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        key = tuple([row[field] for field in format.key])
        before = last.get(key)
        if before is not None and all(before[name] == row[name] for name in row if name not in ("place", "display")):
            equals[before["place"]].append(row["place"])
            continue
        last[key] = row
        if seen[key] == len(rounds):
            rounds.append([])
        rounds[seen[key]].append(row)
        seen[key] += 1
        if "display" in row:  # people see the first spelling, whatever the order in which rows are written
            row["display"] = spellings.setdefault(row["hashtag"], row["display"])
    if format.lane_by:
        for part in rounds:
            part.sort(key=lambda row: row[format.lock_by] or "")
    return rounds, equals


def _unknown(transaction: Transaction, rows: list[Record]) -> dict[str, set[str]]:
    """The ids that rows name and the graph lacks, by the kind of node that they should be."""
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
    """The rows that name nothing unknown; and the places of the others, each with the reason."""
    if not any(unknown.values()):
        return rows, []
    kept: list[Record] = []
    problems: list[tuple[int, str]] = []
    for row in rows:
        names = (
            f"no {kind} {row[field]}"
            for kind, ids in unknown.items()
            for field in REFERENCES[kind]
            if row.get(field) in ids
        )
        if problem := next(names, None):
            problems.append((row["place"], problem))
        else:
            kept.append(row)
    return kept, problems
