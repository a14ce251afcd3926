"""Offline import: the first load of an embedded server, by Neo4j's bulk import while the server is stopped.

It gives the same graph as the online import (`loaders.importer`), many times faster, and loads everything or nothing.
The counts of the rows are written into the graph with them, like the progress of an online import: a command that was
killed before it could report finds them when it is repeated.
"""

import csv
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from graph import clock
from graph.backup import has_data
from graph.client import Client
from graph.connect import connect
from graph.embedded import home, locks
from graph.embedded.server import EmbeddedServer
from graph.embedded.store import Table
from graph.errors import LoadError
from graph.hashtag_meaning import merges
from graph.progress import Progress
from graph.settings import Settings
from loaders import importer
from loaders.files.blocks import Source, gc_paused
from loaders.importer import Options
from loaders.offline import tables
from loaders.offline.staging import Staging, guarded, staged
from loaders.report import RejectsFile, Report


def import_offline(settings: Settings, sources: Sequence[Source], options: Options, progress: Progress) -> Report:
    """Loads sources into an empty embedded server, everything or nothing, and starts the server.

    Raises LoadError if GRAPHFEED_URI names another server, or the graph has data; and ServerError.
    """
    if settings.uri is not None:
        raise LoadError(
            f"--offline imports into the embedded server, but GRAPHFEED_URI is set to {settings.uri}.",
            "Import without --offline, or unset GRAPHFEED_URI.",
        )
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if said := home.close(settings.home):
        progress.say(said)
    waiting = "Another offline import is running; waiting for it."
    with locks.held(settings.home / "offline-import.lock", lambda: progress.say(waiting)):
        this, report = importer.identity(sources, options), Report()
        if has_data(settings, progress):
            return _finish(settings, this, sources, options, report, progress)
        with _workplace(settings.home) as work:
            written, longest = stage(work, sources, options, report, progress)
            with guarded(work):
                written.append(_notes(work, this, sources, report))
            if has_data(settings, progress):  # written by somebody meanwhile
                raise _not_empty()
            _fill(settings, work, written, longest, report, progress)
        return _finish(settings, this, sources, options, report, progress)


def stage(
    work: Path, sources: Sequence[Source], options: Options, report: Report, progress: Progress
) -> tuple[list[Table], int]:
    """Checks all rows and writes the tables for Neo4j's import, without touching the graph."""
    with staged(work, sources) as staging:
        check(staging, sources, options, report, progress)
        with _timed(report, "write"):
            return tables.write(staging, progress)


def check(staging: Staging, sources: Sequence[Source], options: Options, report: Report, progress: Progress) -> None:
    """Completes the report with the counts of the sources' rows. Raises LoadError if too many are rejected."""
    with RejectsFile(options.rejects, [source.file for source in sources]) as rejected:
        with _timed(report, "read"), gc_paused():
            report.files = [staging.take(place, rejected, progress) for place in range(len(sources))]
        with _timed(report, "check"):
            staging.resolve(report.files, rejected, create_missing=options.create_missing)
        report.rejects = options.rejects if rejected.is_there else None
        report.tell(sources, rejected)
    if options.max_rejects is not None and report.total.rejected > options.max_rejects:
        raise importer.too_many_rejects(options, "nothing was written")


def _notes(work: Path, this: str, sources: Sequence[Source], report: Report) -> Table:
    """The table with the counts of each source's rows, as records of the import's progress."""
    names = ("import", "file", "lane:long", "batches:long", "at:long")
    with (work / "notes.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*names, *(f"{name}:long" for name in report.total.counts)])
        for place, (source, counts) in enumerate(zip(sources, report.files, strict=True)):
            name = importer.name_of(place, source)
            writer.writerow([this, name, importer.WHOLE, 1, clock.now(), *counts.counts.values()])
    return Table("notes.csv", "ImportProgress", is_nodes=True)


def _fill(
    settings: Settings, work: Path, written: Sequence[Table], longest: int, report: Report, progress: Progress
) -> None:
    """Replaces the empty graph by the tables. The server is started afterwards, also on errors."""
    server = EmbeddedServer(settings, progress)
    began = time.monotonic()
    try:
        with server.stopped() as store:
            report.seconds["stop"] = time.monotonic() - began
            with _timed(report, "import"):
                store.fill(work, written, longest)
    finally:
        with _timed(report, "start"):
            server.up()


def _finish(
    settings: Settings, this: str, sources: Sequence[Source], options: Options, report: Report, progress: Progress
) -> Report:
    """Creates the indexes, and reports the recorded counts. Raises LoadError if the graph holds other data."""
    with _timed(report, "indexes"), connect(settings, progress) as client:
        noted = _noted(client, this, sources)
        if noted is None:
            raise _not_empty()
        report.files = noted.files
        report.rejects = options.rejects if noted.total.rejected and options.rejects.exists() else None
        merges.complete(client)
        client.write("import/end_progress", {"import": this, "now": clock.now()})
    return report


def _noted(client: Client, this: str, sources: Sequence[Source]) -> Report | None:
    """The recorded counts of all sources; None if the graph has no records of this import."""
    noted = importer.SavedProgress(client, this)
    rows = [noted.lane(importer.name_of(place, source), importer.WHOLE) for place, source in enumerate(sources)]
    counted = [importer.counted(source, row) for source, row in zip(sources, rows, strict=True) if row]
    return Report(counted) if len(counted) == len(sources) else None


@contextmanager
def _workplace(home: Path) -> Iterator[Path]:
    """A folder for the tables on the server's disk, without the files of a killed import."""
    work = home / "offline-import"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _not_empty() -> LoadError:
    return LoadError(
        "--offline needs an empty graph, and this one has data.",
        "Import without --offline to add to it, or set GRAPHFEED_HOME to an empty folder.",
    )


@contextmanager
def _timed(report: Report, stage: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        report.seconds[stage] = time.monotonic() - began
