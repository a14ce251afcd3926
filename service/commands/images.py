"""The command `images`, which makes vectors of pictures."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graph.connect import connect
from graph.memory import bytes_of
from graph.settings import read_settings
from loaders.images.decode import Limits
from loaders.images.folder import Folder
from service.commands import console
from service.commands.options import Json

if TYPE_CHECKING:
    from loaders.images.run import Report

FETCHES = 4
"""Threads for each processor if pictures are fetched: most of them wait."""


def images(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="the folder with the pictures", show_default=False)
    ] = None,
    urls: Annotated[bool, typer.Option("--urls", help="fetch them from the addresses of the posts instead")] = False,
    model: Annotated[
        str | None, typer.Option(help="an ONNX file, or `descriptor`; default: EfficientNet-Lite0", show_default=False)
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, max=256, help="threads; default: as many as processors", show_default=False)
    ] = None,
    max_rejects: Annotated[
        int | None, typer.Option(min=0, help="stop when more pictures than this are rejected")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="file for rejected pictures; default: rejects-….csv")] = None,
    as_json: Json = False,
) -> None:
    """Make vectors of posts' pictures, which tell what is alike. Posts that have theirs are skipped.

    To resume an interrupted run, run the same command again. It needs graphfeed[images]; see docs/pictures.md.
    """
    if (folder is None) != urls:
        raise typer.BadParameter("name either the folder with the pictures, or --urls")
    from loaders.images.encoders import encoder  # slow to import
    from loaders.images.fetch import allowed
    from loaders.images.run import Addresses, Options, run

    settings = read_settings()
    limits = Limits(bytes_of(settings.picture_bytes), settings.picture_pixels)
    files = None if folder is None else Folder(folder, limits)
    source = files or Addresses(allowed(settings))
    chosen, note = encoder(model, settings.cache)
    if note:
        console.note(note)
    options = Options(rejects or _default_rejects(folder), threads or _threads(urls), limits, max_rejects)
    try:
        with console.Bars() as bars, connect(settings, bars) as client:
            report = run(client, source, chosen, options, bars)
    except KeyboardInterrupt:
        console.note("Stopped. Run the same command again to resume.")
        raise
    rest, named = files.rest() if files else (0, [])
    if as_json:
        console.print_json({**_json(report), "filesWithoutPost": rest})
        return
    _show(report)
    if rest:
        console.say(f"Files that belong to no post: {rest:,}, such as {', '.join(named)}")


def _threads(urls: bool) -> int:
    return (os.cpu_count() or 1) * (FETCHES if urls else 1)


def _default_rejects(folder: Path | None) -> Path:
    """The same path for the same folder, as for imports."""
    return Path("rejects-urls.csv" if folder is None else f"rejects-{folder.resolve().name.split('.')[0]}.csv")


def _json(report: "Report") -> dict[str, Any]:
    return {**vars(report), "rejects": str(report.rejects) if report.rejects else None}


def _show(report: "Report") -> None:
    counts = {"encoded": report.encoded, "had their vector": report.had, "rejected": report.rejected}
    console.show_table(("posts", "count"), [(name, f"{count:,}") for name, count in counts.items()])
    pace = f", {report.encoded / report.seconds:.0f} a second" if report.encoded else ""
    console.say(f"Model {report.model}, {report.seconds:.1f} s{pace}")
    if report.without:
        console.say(f"Posts without a picture there: {report.without:,}")
    if report.rejects:
        console.say(f"Rejected pictures, each with the reason: {report.rejects}")


COMMANDS: dict[str, Callable[..., None]] = {"images": images}
