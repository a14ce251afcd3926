"""Offline import: the first load of an embedded server, through Neo4j's own bulk import while the server is stopped.

It gives the same graph as the online way (`loaders.importer`), many times faster.
"""

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from graph.backup import has_data
from graph.connect import connect
from graph.errors import LoadError
from graph.progress import Progress
from graph.server import EmbeddedServer
from graph.settings import Settings
from graph.store import Table
from loaders import tables
from loaders.importer import Options, identity, too_many_rejects
from loaders.readers import Source, collector_at_rest
from loaders.report import FileReport, RejectsFile, Report
from loaders.staging import Staging

NOTE = "report.json"


def import_offline(settings: Settings, sources: Sequence[Source], options: Options, progress: Progress) -> Report:
    """Fill an empty embedded server from these sources, whole or not at all; it runs when this returns.

    Raises LoadError if GRAPHFEED_URI names another server, or the graph has data; and ServerError.
    """
    if settings.uri is not None:
        raise LoadError(
            f"--offline works on the files of the embedded server, and GRAPHFEED_URI is {settings.uri}.",
            "Import without --offline, or unset GRAPHFEED_URI.",
        )
    server, work, report = EmbeddedServer(settings, progress), settings.home / "offline-import", Report()
    this = identity(sources, options)
    if has_data(settings, progress):
        return _finished(work, this)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    written, longest = stage(work, sources, options, report, progress)
    _note(work, this, report)
    if has_data(settings, progress):
        raise _not_empty()
    with _timed(report, "stop"), server.stopped() as store, _timed(report, "import"):
        store.fill(work, written, longest)
    report.seconds["stop"] -= report.seconds["import"]
    with _timed(report, "start"):
        server.up()
    with _timed(report, "indexes"):
        connect(settings, progress).close()
    _end(work)
    return report


def _not_empty() -> LoadError:
    return LoadError(
        "--offline is for the first load, and the graph has data.",
        "Import without --offline, which adds to it; or name an empty home with GRAPHFEED_HOME.",
    )


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
        with _timed(report, "read"), collector_at_rest():
            report.files = [staging.take(place, rejected, progress) for place in range(len(sources))]
        with _timed(report, "check"):
            staging.resolve(report.files, rejected, create_missing=options.create_missing)
        report.rejects = options.rejects if rejected.is_there else None
    if report.is_dry:
        for file in report.files:
            file.created, file.updated = file.rows - file.rejected, 0
    if options.max_rejects is not None and report.total.rejected > options.max_rejects:
        raise too_many_rejects(options)


@contextmanager
def _timed(report: Report, stage: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        report.seconds[stage] = time.monotonic() - began


# A process that ends between the import and its report would leave a full graph, and a command that refuses it. So the
# report is noted first: a graph that was empty and is full now was filled by the import that the note is of.


def _note(work: Path, this: str, report: Report) -> None:
    noted = {"import": this, "files": [asdict(file) for file in report.files], "rejects": str(report.rejects or "")}
    (work / NOTE).write_text(json.dumps(noted))


def _finished(work: Path, this: str) -> Report:
    try:
        noted = json.loads((work / NOTE).read_text())
    except (OSError, ValueError):
        raise _not_empty() from None
    if noted["import"] != this:
        raise _not_empty()
    _end(work)
    return Report(
        [FileReport(**file) for file in noted["files"]],
        rejects=Path(noted["rejects"]) if noted["rejects"] else None,
    )


def _end(work: Path) -> None:
    shutil.rmtree(work)
