"""Encodes the pictures of posts that have no vector of a model yet, in several threads, and stores their vectors.

What was stored stays when the work is interrupted, and is skipped when it is repeated.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from graph import pictures
from graph.background import looks
from graph.client import Client
from graph.errors import LoadError
from graph.in_threads import in_threads
from graph.progress import Progress
from loaders.files.blocks import Reject
from loaders.images.decode import Limits, Rejected, decode
from loaders.images.encoders import Encoder
from loaders.images.fetch import Allowed, fetch
from loaders.report import RejectsFile

PAGE = 1000
"""The posts that are read from the graph at once."""
BATCH = 100
"""The vectors that are stored at once."""
TASK = "pictures"


class Pictures(Protocol):
    """Where the pictures are."""

    def find(self, post: str, url: str | None) -> str | None:
        """The name of a post's picture, from its id and address; None without one."""

    def read(self, name: str) -> bytes:
        """Its bytes. Raises Rejected."""


@dataclass(frozen=True)
class Addresses:
    """Pictures at the addresses of the posts."""

    allowed: Allowed

    def find(self, post: str, url: str | None) -> str | None:
        return url or None

    def read(self, name: str) -> bytes:
        return fetch(name, self.allowed)


@dataclass(frozen=True)
class Options:
    """Options of a run."""

    rejects: Path
    """The file for rejected pictures."""
    threads: int
    limits: Limits
    max_rejects: int | None = None
    """The most rejected pictures; with more the run stops."""


@dataclass
class Report:
    """Counts of posts. Each was either encoded, had its vector, was rejected, or is without a picture."""

    model: str
    encoded: int = 0
    had: int = 0
    """Posts that had a vector of this model, of the same address."""
    rejected: int = 0
    without: int = 0
    """Posts without a file in the folder, or without an address."""
    rejects: Path | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class _Due:
    post: str
    url: str | None
    name: str


@dataclass
class _Run:
    client: Client
    source: Pictures
    encoder: Encoder
    options: Options
    progress: Progress
    report: Report
    posts: int = 0
    """Posts that were looked at."""
    waiting: list[tuple[_Due, pictures.Vector]] = field(default_factory=list)

    def due(self) -> Iterator[_Due]:
        """The pictures that are to be encoded, in the order of their posts."""
        after, total = "", self.client.read("export/sizes")[0]["posts"]
        while page := self.client.read("pictures/page", {"after": after, "model": self.encoder.model, "limit": PAGE}):
            for row in page:
                name = self.source.find(row["post"], row["imageUrl"])
                self.posts += 1
                if not row["due"]:
                    self.report.had += 1
                elif name is None:
                    self.report.without += 1
                else:
                    yield _Due(row["post"], row["imageUrl"], name)
            after = page[-1]["post"]
            self.progress.advance(TASK, self.posts, max(total, self.posts + 1))
        self.progress.advance(TASK, self.posts, self.posts)

    def work(self, due: _Due) -> pictures.Vector | Rejected:
        """The vector of a picture, or why there is none. It runs in a thread."""
        try:
            return self.encoder.encode(decode(self.source.read(due.name), self.encoder.side, self.options.limits))
        except Rejected as rejected:
            return rejected
        except ValueError as error:
            return Rejected(f"has no vector: what the model gives {error}")

    def store(self) -> None:
        """Stores the vectors that wait, with arcs to posts that look alike; none of a picture whose address changed."""
        if not self.waiting:
            return
        rows = [
            {
                "post": due.post,
                "imageUrl": due.url,
                "vector": vector.tolist(),
                "numbers": pictures.to_bytes(vector),
            }
            for due, vector in self.waiting
        ]
        stored = self.client.write("pictures/store", {"rows": rows, "model": self.encoder.model}).rows[0]["posts"]
        looks.renew(self.client, stored)
        self.report.encoded += len(stored)
        self.report.without += len(rows) - len(stored)
        self.waiting.clear()


def run(client: Client, source: Pictures, encoder: Encoder, options: Options, progress: Progress) -> Report:
    """Encodes and stores. Pictures that cannot be go to the rejects file. Raises LoadError for too many of them."""
    began = time.monotonic()
    this = _Run(client, source, encoder, options, progress, Report(encoder.model))
    with (
        RejectsFile(options.rejects, []) as rejected,
        closing(in_threads(this.work, this.due(), options.threads)) as encoded,
    ):
        for due, made in encoded:
            if isinstance(made, Rejected):
                this.report.rejected += 1
                rejected.add(this.report.rejected, [Reject(due.name, 0, str(made), due.post)])
                _require_fewer(this, rejected)
            else:
                this.waiting.append((due, made))
                if len(this.waiting) == BATCH:
                    this.store()
        this.store()
        this.report.rejects = options.rejects if rejected.is_there else None
    this.report.seconds = time.monotonic() - began
    return this.report


def _require_fewer(this: _Run, rejected: RejectsFile) -> None:
    most = this.options.max_rejects
    if most is not None and this.report.rejected > most:
        this.store()
        raise LoadError(
            f"More than {most} pictures are rejected (--max-rejects); see {rejected.path} for the reasons.",
            "Run the command again: it goes on where it stopped.",
        )
