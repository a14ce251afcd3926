"""Commands that move data in and out: import, generate, export, forget, backup, restore."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from graph import backup as backups
from graph import clock
from graph.clock import Unit
from graph.connect import connect
from graph.settings import Settings, read_settings
from loaders import adapters, exporter, forgetting, generator
from loaders.files.blocks import Source
from loaders.files.folder import sources_in
from loaders.files.reading import Ids, Reading
from loaders.importer import Options, import_sources
from loaders.report import FileReport, Report
from service.commands import console
from service.commands.options import Json, User, parse_time

IMPORT_RETRY_SECONDS = 120.0
"""The time for which a batch is tried again while others change the same nodes: an import should not give up soon."""

Overwrite = Annotated[bool, typer.Option("--overwrite", help="replace what is there")]
Gz = Annotated[bool, typer.Option("--gz", help="write .csv.gz files")]


def import_(
    path: Annotated[Path, typer.Argument(help="the folder with users.csv, follows.csv, …", show_default=False)],
    adapter: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="|".join(adapters.ADAPTERS),
            help="format of PATH, if not the neutral one: see loaders/README.md",
        ),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="much faster; only for the first load of the embedded server")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check the rows without writing anything")] = False,
    create_missing: Annotated[
        bool, typer.Option("--create-missing", help="create people and posts that rows refer to but that do not exist")
    ] = False,
    max_rejects: Annotated[int | None, typer.Option(min=0, help="stop when more rows than this are rejected")] = None,
    times: Annotated[
        Unit | None, typer.Option(help="unit of times that are numbers, counted from 1970", show_default=False)
    ] = None,
    nulls: Annotated[
        str | None, typer.Option(metavar="WORDS", help="words that stand for an empty cell, as in 'NULL,\\N'")
    ] = None,
    ids: Annotated[
        Ids | None, typer.Option(help="keep ids such as 1.0 and 1E+15 as they are written, as in an export")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="file for rejected rows; default: rejects-….csv")] = None,
    as_json: Json = False,
) -> None:
    """Import files of the neutral format (see loaders/README.md). Importing them twice changes nothing.

    To resume an interrupted import, run the same command again.
    """
    if offline and dry_run:
        raise typer.BadParameter("--offline and --dry-run cannot be combined")
    if adapter is not None and (times or nulls or ids):
        raise typer.BadParameter("--times, --nulls and --ids are for the neutral format; --from knows its own")
    reading = Reading(times, frozenset(filter(None, map(str.strip, (nulls or "").split(",")))), ids)
    sources, left_alone = _sources(path, adapter, reading)  # fails before a server is started
    options = Options(rejects or _default_rejects(path), create_missing, max_rejects)
    try:
        report = _import(sources, options, offline=offline, dry=dry_run)
    except KeyboardInterrupt:
        console.note("Stopped. Run the same command again to resume.")
        raise
    report.left_alone = left_alone
    if as_json:
        console.print_json(_report_json(report))
    else:
        console.show_report(report)


def _sources(path: Path, adapter: str | None, reading: Reading) -> tuple[list[Source], list[str]]:
    return sources_in(path, reading) if adapter is None else (adapters.sources(adapter, path), [])


def _default_rejects(path: Path) -> Path:
    """The same path for the same import, so that a resumed one adds to its rejects."""
    return Path(f"rejects-{path.resolve().name.split('.')[0]}.csv")


def _import(sources: list[Source], options: Options, *, offline: bool, dry: bool) -> Report:
    from loaders.offline.bulk import import_offline
    from loaders.offline.dry_run import dry_run  # both import DuckDB, which is slow

    settings = read_settings()
    with console.Bars() as bars:
        if offline:
            return import_offline(settings, sources, options, bars)
        if dry and _has_no_graph(settings):
            return dry_run(None, sources, options, bars)
        with connect(settings, bars, patience=IMPORT_RETRY_SECONDS) as client:
            return (dry_run if dry else import_sources)(client, sources, options, bars)


def _has_no_graph(settings: Settings) -> bool:
    return settings.uri is None and not settings.home.exists()


def generate(
    out: Annotated[Path, typer.Option(help="the folder to write", show_default=False)],
    users: Annotated[int, typer.Option(help="number of people", show_default=False)],
    likes_per_user: Annotated[int, typer.Option(help="average number of likes that a person gives")] = 170,
    seed: Annotated[int, typer.Option(min=0, help="the same seed and time give the same files")] = 0,
    until: Annotated[
        int | None,
        typer.Option(parser=parse_time, metavar="TIME", help="the time of the newest data, ISO 8601; default: now"),
    ] = None,
    weeks: Annotated[float, typer.Option(help="number of weeks over which people posted")] = 12,
    celebrity: Annotated[bool, typer.Option(help="add an account that a tenth of the network follows")] = True,
    picture_vectors: Annotated[
        bool, typer.Option(help="add vectors of the pictures, which take 1.4 kB for each post")
    ] = True,
    gz: Gz = False,
) -> None:
    """Generate a network in the shape of a real one, as files of the neutral format."""
    with console.Bars() as bars:
        summary = generator.generate(
            out,
            users=users,
            likes_per_user=likes_per_user,
            seed=seed,
            until=clock.now() if until is None else until,
            weeks=weeks,
            celebrity=celebrity,
            gz=gz,
            picture_vectors=picture_vectors,
            on_progress=bars.advance,
        )
    console.show_counts({name: count for name, count in vars(summary).items() if name != "celebrity"})
    if summary.celebrity is not None:
        console.say(f"The celebrity is {summary.celebrity}. Load the network with `graphfeed import {out}`.")


def export(
    folder: Annotated[Path, typer.Argument(help="the folder to write; it must be empty", show_default=False)],
    gz: Gz = False,
) -> None:
    """Write the graph as files of the neutral format, which `graphfeed import` reads."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        counts = exporter.export(client, folder, bars, gz=gz)
    console.show_counts(counts)
    console.say(f"To import them: graphfeed import {folder} --ids as-written")


def forget(user: User, as_json: Json = False) -> None:
    """Remove a person and all their data: posts, likes, comments, follows, and what is derived from them."""
    settings = read_settings()
    with console.Bars() as bars, connect(settings, bars) as client:
        counts = forgetting.forget(client, user)
        learned = forgetting.learned(client, settings.forgotten_hours)
    if as_json:
        console.print_json(counts)
    else:
        console.say(f"Removed {user}:")
        console.show_counts(counts)
    if learned:
        console.note(learned)


def backup(
    file: Annotated[Path, typer.Argument(help="the file to write", show_default=False)], overwrite: Overwrite = False
) -> None:
    """Save the embedded server's graph as a file. The server is stopped meanwhile."""
    with console.Bars() as bars:
        backups.backup(read_settings(), file, bars, overwrite=overwrite)
    console.say(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


def restore(
    file: Annotated[Path, typer.Argument(help="a file that `graphfeed backup` wrote", show_default=False)],
    overwrite: Overwrite = False,
) -> None:
    """Load a backup into the embedded server."""
    with console.Bars() as bars:
        backups.restore(read_settings(), file, bars, overwrite=overwrite)
    console.say(f"Restored {file}.")


def _report_json(report: Report) -> dict[str, Any]:
    return {
        "files": [_file_json(file, report.is_dry) for file in report.files],
        "total": _file_json(report.total, report.is_dry),
        "rejects": str(report.rejects) if report.rejects else None,
        "leftAlone": report.left_alone,
        "notes": report.notes,
        "dryRun": report.is_dry,
        "seconds": report.seconds,
    }


def _file_json(file: FileReport, is_dry: bool) -> dict[str, Any]:
    named = {"file": file.file, "becomes": file.becomes, "rows": file.rows}
    if is_dry:
        return {**named, "importable": file.importable, "rejected": file.rejected}
    counts = {"created": file.created, "updated": file.updated, "unchanged": file.unchanged}
    return {**named, **counts, "rejected": file.rejected}


COMMANDS: dict[str, Callable[..., None]] = {
    "import": import_,
    "generate": generate,
    "export": export,
    "forget": forget,
    "backup": backup,
    "restore": restore,
}
