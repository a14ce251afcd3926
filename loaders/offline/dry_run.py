"""Dry runs: find the rows that an import would reject, without writing to the graph."""

import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from graph.client import Client
from graph.progress import Progress
from loaders.files.blocks import BLOCK_ROWS, Source
from loaders.format.neutral import BY_NAME
from loaders.importer import Options
from loaders.offline.bulk import check
from loaders.offline.staging import guarded, staged
from loaders.report import Report

KNOWN = {
    "users": "import/known_users",
    "posts": "import/known_posts",
    "comments": "import/known_comments",
    "muted_words": "export/muted_words",
}
"""The files whose rows in the graph decide which others are rejected, and the statements that read these."""

T = TypeVar("T")


def dry_run(client: Client | None, sources: Sequence[Source], options: Options, progress: Progress) -> Report:
    """Reports what an import of the sources into the client's graph would do; without a client, into an empty graph.

    The report's rows and rejects are those of the import. Raises LoadError if too many rows are rejected.
    """
    report = Report(is_dry=True)
    with (
        guarded(Path(tempfile.gettempdir())),
        tempfile.TemporaryDirectory(prefix="graphfeed-") as folder,
        staged(Path(folder), sources) as staging,
    ):
        if client is not None:
            given = {source.format.name for source in sources}
            for kind, statement in KNOWN.items():
                if kind in given or BY_NAME[kind].most is None:
                    for rows in _parts(client.stream(statement)):
                        staging.add_existing(BY_NAME[kind], rows)
        check(staging, sources, options, report, progress)
    return report


def _parts(rows: Iterator[T]) -> Iterator[list[T]]:
    while part := list(islice(rows, BLOCK_ROWS)):
        yield part
