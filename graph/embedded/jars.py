"""The embedded server's jars: locked by hash in jars.lock, downloaded once, verified before each start.

`python -m graph.embedded.jars` (or `make lock`) resolves ROOTS again and writes the lock file.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from graph.embedded import locks
from graph.errors import DownloadError
from graph.progress import Progress

if TYPE_CHECKING:
    import httpx  # loads slowly, and only downloads need it

ROOTS = (
    "org.neo4j:neo4j:5.26.30",
    "org.neo4j.client:neo4j-browser:5.24.0",
    "org.neo4j.gds:proc:2.13.9",
    "org.neo4j.gds:opengds-extension:2.13.9",
    "org.neo4j.gds:open-write-services:2.13.9",
)
LOCK_FILE = Path(__file__).with_name("jars.lock")
PARALLEL_FETCHES = 8
FETCH_ATTEMPTS = 4

# The jars that declare procedures. Only they go to plugins/: with all of GDS there, the procedure loader would load its
# libraries a second time, and fail.
_PLUGIN = re.compile(r"(alpha-proc|cypher-aggregation|opengds-extension|proc(-[a-z-]+)?)-\d[\d.]*\.jar")


@dataclass(frozen=True)
class Jar:
    """A line of the lock file."""

    coordinate: str
    """group:artifact:version[:classifier]."""
    sha256: str
    size: int
    """In bytes."""

    @property
    def filename(self) -> str:
        """artifact-version[-classifier].jar, unique in the lock file."""
        return "-".join(self.coordinate.split(":")[1:]) + ".jar"

    @property
    def path_in_repository(self) -> str:
        group, artifact, version, *_ = self.coordinate.split(":")
        return f"{group.replace('.', '/')}/{artifact}/{version}/{self.filename}"

    @property
    def is_plugin(self) -> bool:
        """True if it declares procedures, so that it must be in plugins/ too."""
        return self.coordinate.startswith("org.neo4j.gds:") and bool(_PLUGIN.fullmatch(self.filename))


@cache
def locked() -> tuple[Jar, ...]:
    """All jars of the lock file."""
    lines = LOCK_FILE.read_text(encoding="utf-8").splitlines()
    fields = (line.split() for line in lines if line and not line.startswith("#"))
    return tuple(Jar(coordinate, sha256, int(size)) for coordinate, sha256, size in fields)


def folder(cache_folder: Path) -> Path:
    """The folder of this lock file's jars; another lock file has another folder."""
    return cache_folder / f"jars-{hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()[:12]}"


def missing(where: Path) -> list[Jar]:
    """The jars that are missing from the folder, or differ from the lock file. Hashes every file."""
    with ThreadPoolExecutor() as pool:
        sound = pool.map(lambda jar: _is_sound(where / jar.filename, jar), locked())
        return [jar for jar, ok in zip(locked(), sound, strict=True) if not ok]


def ensure(cache_folder: Path, url: str | None, progress: Progress) -> Path:
    """The folder of all jars, verified. Missing or damaged jars are downloaded in parallel.

    Interrupted downloads resume. `url` is the Maven repository; None means Maven Central. Raises DownloadError.
    """
    where = folder(cache_folder)
    if where.is_dir() and not missing(where):
        return where  # without a lock, because the folder may be read-only
    with _disk_errors(where):
        where.mkdir(parents=True, exist_ok=True)
        waiting = "Waiting for another process that downloads Neo4j."
        with locks.held(where / "fetch.lock", lambda: progress.say(waiting)):
            wanted = missing(where)
            if wanted:
                _require_space(where, wanted)
                progress.say(f"Downloading Neo4j and GDS, {sum(jar.size for jar in wanted) >> 20} MB, once.")
                _fetch_all(where, wanted, url or _maven_central(), progress)
    return where


def _maven_central() -> str:
    from jgo.constants import MAVEN_CENTRAL_URL  # a slow import, needed only for downloads

    return str(MAVEN_CENTRAL_URL)


def _is_sound(path: Path, jar: Jar) -> bool:
    if not path.is_file() or path.stat().st_size != jar.size:
        return False
    return _sha256(path) == jar.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_space(where: Path, wanted: list[Jar]) -> None:
    have = sum(part.stat().st_size for part in where.glob("*.part"))
    need, free = sum(jar.size for jar in wanted) - have, shutil.disk_usage(where).free
    if free < need:
        raise DownloadError(
            f"{where} has {free >> 20} MB free, but Neo4j's jars need {need >> 20} MB.",
            "Free some space, or set GRAPHFEED_CACHE to a folder on another disk, and run the command again.",
        )


def _fetch_all(where: Path, wanted: list[Jar], url: str, progress: Progress) -> None:
    import httpx

    total = sum(jar.size for jar in wanted)
    limits = httpx.Limits(max_connections=PARALLEL_FETCHES)
    with (
        httpx.Client(base_url=url, limits=limits, timeout=60, follow_redirects=True) as http,
        ThreadPoolExecutor(PARALLEL_FETCHES) as pool,
    ):
        # The largest first, so that the last to finish is a small one.
        fetches = [pool.submit(_fetch, where, jar, http) for jar in sorted(wanted, key=lambda jar: -jar.size)]
        try:
            for done in accumulate(fetch.result() for fetch in as_completed(fetches)):
                progress.advance("Downloading Neo4j and GDS", done, total)
        finally:
            pool.shutdown(cancel_futures=True)


def _fetch(where: Path, jar: Jar, http: httpx.Client) -> int:
    """Downloads a jar. Returns its size. It is a .part file until its hash is verified."""
    import httpx

    part = where / f"{jar.filename}.part"
    for attempt in range(FETCH_ATTEMPTS):
        time.sleep(attempt)
        try:
            _append_rest(part, jar, http)
            if _is_sound(part, jar):
                part.replace(where / jar.filename)
                return jar.size
            part.unlink()  # complete, with a wrong hash: start over
            problem = "its hash is not the one in jars.lock"
        except httpx.HTTPError as error:
            problem = str(error) or type(error).__name__
    raise DownloadError(
        f"{jar.filename} could not be downloaded: {problem}.",
        "Check the network, or set GRAPHFEED_MAVEN_URL to a mirror, and run the command again: downloads resume.",
    )


def _append_rest(part: Path, jar: Jar, http: httpx.Client) -> None:
    have = part.stat().st_size if part.exists() else 0
    if have >= jar.size:
        return
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    with http.stream("GET", jar.path_in_repository, headers=headers) as response:
        response.raise_for_status()
        resumed = response.status_code == HTTPStatus.PARTIAL_CONTENT
        with part.open("ab" if resumed else "wb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)


@contextlib.contextmanager
def _disk_errors(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DownloadError(
            f"Neo4j's jars cannot be written to {where}: {error.strerror or error}.",
            "Free some space, correct the permissions, or set GRAPHFEED_CACHE to another folder.",
        ) from error


def write_lock() -> int:
    """Resolves ROOTS with jgo, downloads each jar and writes the lock file. Returns the number of jars."""
    import jgo  # as above

    jars = []
    for artifact in jgo.resolve("+".join(ROOTS)):
        path = artifact.resolve()
        parts = (artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier)
        jars.append(Jar(":".join(part for part in parts if part), _sha256(path), path.stat().st_size))
    if len({jar.filename for jar in jars}) < len(jars):
        raise DownloadError("Two of the resolved jars have the same file name.", "Remove one of them from ROOTS.")
    header = (
        "# Neo4j, its Browser and GDS: coordinate, sha256, bytes. Made by `make lock` from graph/embedded/jars.py.\n"
    )
    lines = sorted(f"{jar.coordinate} {jar.sha256} {jar.size}\n" for jar in jars)
    LOCK_FILE.write_text(header + "".join(lines), encoding="utf-8")
    return len(jars)


if __name__ == "__main__":
    print(f"{write_lock()} jars in {LOCK_FILE.name}")
