"""Backup and restore of the embedded server's graph: one file in the format of `neo4j-admin database dump`."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.connect import connect
from graph.embedded.server import EmbeddedServer
from graph.errors import ServerError
from graph.progress import Progress
from graph.settings import Settings


def backup(settings: Settings, file: Path, progress: Progress, *, overwrite: bool = False) -> None:
    """Dumps the graph into this file, atomically; the server is stopped meanwhile, and started again if it ran before.

    Raises ServerError, also if the file exists, unless `overwrite`.
    """
    server, file = _embedded(settings, progress, "backup"), file.absolute()
    if not server.has_run:
        raise ServerError(f"There is no server in {server.home}.", "Set GRAPHFEED_HOME to the server's folder.")
    if file.exists() and not overwrite:
        raise ServerError(f"{file} already exists.", "Name another file, or replace it with --overwrite.")
    ran = server.is_alive
    server.up()  # a server that was killed repairs its store when it starts, and only a sound one can be dumped
    try:
        with _folder_beside(file) as folder:
            with server.stopped() as store:
                dump = store.save(folder)
            dump.replace(file)
    finally:
        if ran:
            server.up()


@contextmanager
def _folder_beside(file: Path) -> Iterator[Path]:
    """A temporary folder on the same disk as the file, so that the dump can be renamed to it atomically."""
    try:
        folder = tempfile.mkdtemp(prefix=".graphfeed-", dir=file.parent)
    except OSError as error:
        raise ServerError(
            f"{file} cannot be written: {error.strerror}.", "Name a file in a folder that you may write to."
        ) from error
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def restore(settings: Settings, file: Path, progress: Progress, *, overwrite: bool = False) -> None:
    """Replaces the graph by a backup; the server runs afterwards. Raises ServerError and leaves the graph unchanged.

    A graph that has data is replaced only with `overwrite`.
    """
    server = _embedded(settings, progress, "restore")
    if not file.is_file():
        raise ServerError(f"There is no file {file}.", "Name a file that `graphfeed backup` has written.")
    if not overwrite and has_data(settings, progress):
        raise ServerError(
            f"The graph in {settings.home} has data, which the backup would replace.",
            "Back it up, then restore with --overwrite; or restore into another GRAPHFEED_HOME.",
        )
    server.up()
    try:
        with server.stopped() as store:
            store.put_back(file)
    finally:
        server.up()
    connect(settings, progress).close()  # a backup may have an older schema


def has_data(settings: Settings, progress: Progress) -> bool:
    """Returns True if the graph has data. Starts its server if need be."""
    with connect(settings, progress) as client:
        return bool(client.read("admin/has_data")[0]["hasData"])


def _embedded(settings: Settings, progress: Progress, command: str) -> EmbeddedServer:
    if settings.uri is not None:
        raise ServerError(
            f"`graphfeed {command}` works on the embedded server alone, and GRAPHFEED_URI is {settings.uri}.",
            "Use that server's own tools, or unset GRAPHFEED_URI; `graphfeed export` works with any server.",
        )
    return EmbeddedServer(settings, progress)
