"""The report of an import: counts of the rows of each file, and the file of rejected rows."""

import csv
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from threading import Lock
from typing import IO

from graph.errors import LoadError
from loaders.files.blocks import Reject, Source

REJECTS_HEADER = ("file", "line", "reason", "row")
_WORDS = r"NULL|null|\\\\?N|nan|NaN|None|NaT|NA|N/A|<NA>|#N/A|undefined"
_NULL = re.compile(rf"^unknown (?:user|post) ({_WORDS})$|: '({_WORDS})' is |, and has both: .*'({_WORDS})'")
"""Matches reasons that name a word for null in place of a value."""
SORTED_BYTES = 1 << 26
"""Size above which a file of rejects is not sorted."""


@dataclass
class FileReport:
    """Counts of the rows of a file. Each row is either created, updated, unchanged or rejected."""

    file: str
    becomes: str = ""
    """The file of the format that they are rows of: a file of another format may hold rows of several."""
    rows: int = 0
    created: int = 0
    """Rows that created a node or a relationship."""
    updated: int = 0
    """Rows that changed an existing one."""
    rejected: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The counts by name, without `unchanged`, which follows from them."""
        return {"rows": self.rows, "created": self.created, "updated": self.updated, "rejected": self.rejected}

    @property
    def unchanged(self) -> int:
        """Rows that changed nothing."""
        return self.rows - self.created - self.updated - self.rejected

    @property
    def importable(self) -> int:
        """Rows that are not rejected, for dry runs, which know no more."""
        return self.rows - self.rejected

    def add(self, other: "FileReport") -> None:
        """Adds the counts of another report."""
        self.rows += other.rows
        self.created += other.created
        self.updated += other.updated
        self.rejected += other.rejected


@dataclass
class Report:
    """The report of an import."""

    files: list[FileReport] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    """Names of files in the folder that are not of the format."""
    rejects: Path | None = None
    """The file of rejected rows; None if none was rejected."""
    is_dry: bool = False
    """True for a dry run, which knows only rows, rejected and importable."""
    notes: list[str] = field(default_factory=list)
    """Notes on cells that were read differently from how they are written, and advice on rejected rows."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Duration of each stage."""

    @property
    def total(self) -> FileReport:
        """The sum of all files."""
        total = FileReport("total")
        for file in self.files:
            total.add(file)
        return total

    def tell(self, sources: Collection[Source], rejected: "RejectsFile") -> None:
        """Adds the notes that need all rows to be read."""
        self.notes = [note for source in sources for note in source.notes]
        origin = next((source.origin for source in sources), "files")
        if (words := rejected.null_words) and origin != "adapter":
            listed, count = ", ".join(words), sum(words.values())
            option = f"--nulls '{','.join(words)}'" if origin == "files" else f"nulls={[*words]}"
            self.notes.append(
                f"{count:,} {'row is' if count == 1 else 'rows are'} rejected for cells that hold {listed}: if that "
                f"means no value, import with {option}."
            )


class RejectsFile(AbstractContextManager["RejectsFile"]):
    """A CSV file of rejected rows (file, line, reason, row), created with the first one.

    It is sorted at the end, if the disk has room for that. A resumed import finds some of its rejects again, which are
    not written twice.
    """

    def __init__(self, path: Path, files: list[str], *, resumed: bool = False) -> None:
        self.path = path
        self._order = {file: place for place, file in reversed(list(enumerate(files)))}
        self._order_of_parts = {_letters(file): place for file, place in self._order.items()}
        self._file: IO[str] | None = None
        self._found: Counter[tuple[str, str, str]] = Counter()
        self._batches: set[object] = set()
        self.null_words: Counter[str] = Counter()
        """Words for null that rows were rejected for, with the number of these rows."""
        self._lock = Lock()
        if path.exists() and not _is_rejects(path):
            raise LoadError(f"{path} exists and is not a rejects file.", "Name another file with --rejects.")
        if not os.access(path.parent, os.W_OK):
            raise LoadError(f"The rejects file {path} could not be written.", "Name another file with --rejects.")
        self.was_lost = resumed and not path.exists()
        """True if an import is resumed whose rejects file is missing."""
        if resumed and path.exists():
            self._resume()
        else:
            path.unlink(missing_ok=True)  # left by an earlier import

    @property
    def is_there(self) -> bool:
        return self._file is not None

    def add(self, batch: object, rejects: Iterable[Reject]) -> None:
        """Writes rejected rows, unless those of the batch were written before."""
        with self._lock:
            if batch in self._batches:
                return
            self._batches.add(batch)
            with self._written():
                for reject in rejects:
                    self._add(reject)
                if self._file is not None:
                    self._file.flush()  # before their transaction is committed

    def _add(self, reject: Reject) -> None:
        if word := _NULL.search(reject.reason):
            self.null_words[(word[1] or word[2] or word[3]).replace("\\\\", "\\")] += 1
        key = (reject.file, str(reject.line), _writable(reject.reason))
        if self._found[key]:
            self._found[key] -= 1
        else:
            csv.writer(self._open()).writerow((*key, _writable(reject.row)))

    def _open(self) -> IO[str]:
        if self._file is None:
            self._file = _open_rejects(self.path, "w")
            csv.writer(self._file).writerow(REJECTS_HEADER)
        return self._file

    def _resume(self) -> None:
        """Continues the file of an interrupted import, without a last row that was cut off."""
        rows = _rows(self.path)
        self._found.update((file, line, reason) for file, line, reason, _ in rows)
        with self._written():
            self._rewrite(rows)
            self._file = _open_rejects(self.path, "a")

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Raises LoadError where the block cannot write the file."""
        try:
            yield
        except OSError as error:
            raise LoadError(
                f"The rejects file {self.path} could not be written: {error.strerror}.",
                "Free some disk space and repeat the import: it resumes where it stopped.",
            ) from error

    def _rewrite(self, rows: list[list[str]]) -> None:
        """Replaces the file by one of these rows, or leaves it as it is."""
        temporary = self.path.with_name(f"{self.path.name}.new")
        try:
            with _open_rejects(temporary, "w") as file:
                csv.writer(file).writerows([REJECTS_HEADER, *rows])
            temporary.replace(self.path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def __exit__(self, *_: object) -> None:
        if self._file is None:
            return
        with self._written():
            self._file.close()
        with suppress(OSError):  # sorting needs the room twice: on a full disk the rows stay as they are
            self._sort()

    def _sort(self) -> None:
        if self.path.stat().st_size <= SORTED_BYTES:
            rows = _rows(self.path)
            self._rewrite(sorted(rows, key=lambda row: (self._place(row[0]), int(row[1]))))

    def _place(self, file: str) -> tuple[int, str]:
        """The place of a file among the sources, and then of a part in its source, whose name begins alike."""
        if (place := self._order.get(file)) is not None:
            return place, ""
        return self._order_of_parts.get(_letters(file), 0), file


def _letters(file: str) -> str:
    """The letters that a file's name begins with."""
    return "".join(takewhile(str.isalpha, file))


def _open_rejects(path: Path, mode: str) -> IO[str]:
    return path.open(mode, encoding="utf-8", errors="surrogateescape", newline="")


def _is_rejects(path: Path) -> bool:
    if not path.is_file():
        return False
    if not path.stat().st_size:  # left by an import that was killed before it wrote a row
        return True
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().strip() == ",".join(REJECTS_HEADER)


def _writable(text: str) -> str:
    """The text, with bytes that are not UTF-8 unchanged, and lone surrogates escaped."""
    try:
        text.encode(errors="surrogateescape")
        return text
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()


def _rows(path: Path) -> list[list[str]]:
    """The rows of a rejects file, without a last row that was cut off."""
    rows: list[list[str]] = []
    with _open_rejects(path, "r") as file:
        reader = csv.reader(file, strict=True)
        try:
            for row in reader:
                rows.append(row)
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                raise
    return [row for row in rows[1:] if len(row) == len(REJECTS_HEADER)]
