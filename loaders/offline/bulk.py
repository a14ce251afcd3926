"""Offline import: the first load of an embedded server, through Neo4j's own bulk import while the server is stopped.

It gives the same graph as the online way (`loaders.importer`), many times faster. The graph is full or as empty as
before, never half. What came of the rows goes into it with them, as the notes that the online way makes: so a command
that was killed before it could report finds them when it is repeated.
"""

import csv
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from graph import clock
from graph.backup import has_data
from graph.client import Client
from graph.connect import connect
from graph.embedded import locks
from graph.embedded.server import EmbeddedServer
from graph.embedded.store import Table
from graph.errors import LoadError
from graph.progress import Progress
from graph.settings import Settings
from loaders import importer
from loaders.files.blocks import Source, gc_paused
from loaders.importer import Options
from loaders.offline import tables
from loaders.offline.staging import Staging
from loaders.report import RejectsFile, Report


def import_offline(settings: Settings, sources: Sequence[Source], options: Options, progress: Progress) -> Report:
    """Fill an empty embedded server from these sources, whole or not at all; it runs when this returns.

    Raises LoadError if GRAPHFEED_URI names another server, or the graph has data; and ServerError.
    """
    if settings.uri is not None:
        raise LoadError(
            f"--offline works on the files of the embedded server, and GRAPHFEED_URI is {settings.uri}.",
            "Import without --offline, or unset GRAPHFEED_URI.",
        )
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = "Another offline import runs here; waiting for it."
    with locks.held(settings.home / "offline-import.lock", lambda: progress.say(waiting)):
        this, report = importer.identity(sources, options), Report()
        if has_data(settings, progress):
            return _finish(settings, this, sources, options, report, progress)
        with _workplace(settings.home) as work:
            written, longest = stage(work, sources, options, report, progress)
            written.append(_notes(work, this, sources, report))
            if has_data(settings, progress):  # somebody's, who came meanwhile
                raise _not_empty()
            _fill(settings, work, written, longest, report, progress)
        return _finish(settings, this, sources, options, report, progress)


def stage(
    work: Path, sources: Sequence[Source], options: Options, report: Report, progress: Progress
) -> tuple[list[Table], int]:
    """Check all rows and write the tables of Neo4j's import; nothing touches the graph yet."""
    with closing(Staging(work, sources)) as staging:
        check(staging, sources, options, report, progress)
        with _timed(report, "write"):
            return tables.write(staging, progress)


def check(staging: Staging, sources: Sequence[Source], options: Options, report: Report, progress: Progress) -> None:
    """Complete the report by what would come of the sources' rows. Raises LoadError if too many are rejected."""
    with RejectsFile(options.rejects, [source.file for source in sources]) as rejected:
        with _timed(report, "read"), gc_paused():
            report.files = [staging.take(place, rejected, progress) for place in range(len(sources))]
        with _timed(report, "check"):
            staging.resolve(report.files, rejected, create_missing=options.create_missing)
        report.rejects = options.rejects if rejected.is_there else None
    if options.max_rejects is not None and report.total.rejected > options.max_rejects:
        raise importer.too_many_rejects(options, "nothing was written")


def _notes(work: Path, this: str, sources: Sequence[Source], report: Report) -> Table:
    """The table of what came of each source's rows in this import."""
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
    """Put the tables in the place of the empty graph; the server runs afterwards, whatever comes."""
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
    """Make the indexes, and report what the graph's notes say. Raises LoadError if it holds other data than this."""
    with _timed(report, "indexes"), connect(settings, progress) as client:
        noted = _noted(client, this, sources)
        if noted is None:
            raise _not_empty()
        report.files = noted.files
        report.rejects = options.rejects if noted.total.rejected and options.rejects.exists() else None
        client.write("import/end_progress", {"import": this, "now": clock.now()})
    return report


def _noted(client: Client, this: str, sources: Sequence[Source]) -> Report | None:
    """What came of all of the sources, if the graph has notes of just this import."""
    noted = importer.Noted(client, this)
    rows = [noted.lane(importer.name_of(place, source), importer.WHOLE) for place, source in enumerate(sources)]
    counted = [importer.counted(source, row) for source, row in zip(sources, rows, strict=True) if row]
    return Report(counted) if len(counted) == len(sources) else None


@contextmanager
def _workplace(home: Path) -> Iterator[Path]:
    """A folder for the tables, on the disk of the server; what a killed import has left there goes."""
    work = home / "offline-import"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _not_empty() -> LoadError:
    return LoadError(
        "--offline is for the first load, and the graph has data.",
        "Import without --offline, which adds to it; or name an empty home with GRAPHFEED_HOME.",
    )


@contextmanager
def _timed(report: Report, stage: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        report.seconds[stage] = time.monotonic() - began
