"""The store of a stopped embedded server: bulk import, dump and load, each atomic."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.embedded.java import Admin, write_whole
from graph.progress import Progress

DATABASE = "neo4j"
_ID_TYPE = "--id-type=string"
_STAGE = re.compile(r"\((\d)/(\d)\) ")
_PERCENT = re.compile(r"(\d+)%")


@dataclass(frozen=True)
class Table:
    """A CSV file, with header, for `neo4j-admin database import`."""

    file: str
    """The file's name in the folder of tables."""
    name: str
    """The label of its nodes, or the type of its relationships."""
    is_nodes: bool
    multiline: bool = False
    """True if a cell has a line break; such files take longer."""


class _Heard:
    """Parses the import's progress: four stages, each in percent."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._before = 0
        self._total = 400

    def line(self, text: str) -> None:
        if stage := _STAGE.match(text):
            self._before, self._total = 100 * (int(stage[1]) - 1), 100 * int(stage[2])
        elif percent := _PERCENT.search(text):
            self._progress.advance("Importing into Neo4j", self._before + int(percent[1]), self._total)


class Store:
    """The store of a stopped server, from `EmbeddedServer.stopped`."""

    def __init__(self, base: Path, admin: Admin, progress: Progress) -> None:
        self._data = base / "data"
        self._aside = base / "replaced"
        self._mark = base / "replacing.json"
        self._admin = admin
        self._progress = progress

    def fill(self, folder: Path, tables: Sequence[Table], longest: int) -> None:
        """Replaces the graph by the folder's tables, whose longest cell has `longest` bytes. Raises ServerError."""
        nodes = [f"--nodes={table.name}={table.file}" for table in tables if table.is_nodes]
        relationships = [f"--relationships={table.name}={table.file}" for table in tables if not table.is_nodes]
        options = [_ID_TYPE, f"--read-buffer-size={max(4 << 20, 2 * longest + 1024)}"]
        if broken := [table.file for table in tables if table.multiline]:
            options += ["--multiline-fields-format=v2", f"--multiline-fields={','.join(broken)}"]
        report = f"--report-file={self._aside.with_name('import.report')}"
        with self._replacing():
            heard = _Heard(self._progress)
            self._admin.run(
                ["database", "import", "full", DATABASE, *options, report, *nodes, *relationships],
                "Neo4j's import failed; the graph is unchanged.",
                folder=folder,
                on_line=heard.line,
            )

    def save(self, folder: Path) -> Path:
        """Dumps the store into a file in this folder. Returns its path. Raises ServerError."""
        self._admin.run(
            ["database", "dump", DATABASE, f"--to-path={folder}", "--overwrite-destination=true"],
            "The graph could not be dumped.",
        )
        return folder / f"{DATABASE}.dump"

    def put_back(self, dump: Path) -> None:
        """Replaces the graph by a dump. Raises ServerError for an invalid dump, and leaves the graph unchanged."""
        with self._replacing(), dump.open("rb") as file:
            self._admin.run(
                ["database", "load", DATABASE, "--from-stdin", "--overwrite-destination=true"],
                f"{dump} could not be restored; the graph is unchanged.",
                input=file,
            )

    @property
    def _folders(self) -> list[Path]:
        return [self._data / kind / DATABASE for kind in ("databases", "transactions")]

    @contextmanager
    def _replacing(self) -> Iterator[None]:
        """Sets the store aside while the block creates another. It is restored if the block fails, or is killed."""
        self.recover()
        self._aside.mkdir()
        write_whole(self._mark, json.dumps([str(folder) for folder in self._folders if folder.exists()]))
        try:
            for folder in self._folders:
                if folder.exists():
                    folder.rename(self._put_aside(folder))
            yield
        except BaseException:
            self._take_back()
            raise
        self._mark.unlink()  # commits the new store
        shutil.rmtree(self._aside)

    def _put_aside(self, folder: Path) -> Path:
        return self._aside / folder.parent.name

    def recover(self) -> None:
        """Restores the store that was set aside by a replacement that was killed."""
        if self._mark.exists():
            self._progress.say("A bulk import or restore was interrupted; the graph is as it was before.")
            self._take_back()
        shutil.rmtree(self._aside, ignore_errors=True)

    def _take_back(self) -> None:
        had = json.loads(self._mark.read_text())
        for folder in self._folders:
            aside = self._put_aside(folder)
            if aside.exists() or str(folder) not in had:
                shutil.rmtree(folder, ignore_errors=True)
            if aside.exists():
                aside.rename(folder)
        self._mark.unlink()
        shutil.rmtree(self._aside, ignore_errors=True)
