"""Fetching the server's jars: in parallel, resumed, verified; from a repository of the test's own on loopback."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph.embedded import jars
from graph.errors import DownloadError
from graph.progress import Silent

FILES = {f"org.example:part-{n}:1.0": bytes([n]) * (50_000 * n) for n in range(1, 6)}


class Repository(ThreadingHTTPServer):
    """Serves FILES in Maven's layout, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.spoiled: set[str] = set()
        self.broken: set[str] = set()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        name, wanted = self.path.rsplit("/", 1)[1], self.headers.get("Range")
        self.server.asked.append((name, wanted))
        content = next(data for coordinate, data in FILES.items() if filename(coordinate) == name)
        if name in self.server.broken:
            self.send_error(503)
            return
        if name in self.server.spoiled:
            content = b"?" * len(content)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:])

    def log_message(self, format: str, *args: object) -> None:
        pass


def filename(coordinate: str) -> str:
    return "-".join(coordinate.split(":")[1:]) + ".jar"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    lock = tmp_path / "jars.lock"
    lines = (f"{name} {hashlib.sha256(data).hexdigest()} {len(data)}\n" for name, data in FILES.items())
    lock.write_text("# a comment\n" + "".join(lines))
    monkeypatch.setattr(jars, "LOCK_FILE", lock)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    jars.locked.cache_clear()
    with Repository() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
    jars.locked.cache_clear()


def ensure(repository: Repository, tmp_path: Path) -> Path:
    return jars.ensure(tmp_path / "cache", repository.url, Silent())


def test_all_jars_are_fetched_once_into_one_flat_folder(repository: Repository, tmp_path: Path) -> None:
    where = ensure(repository, tmp_path)
    assert {path.name: path.read_bytes() for path in where.glob("*.jar")} == {
        filename(name): data for name, data in FILES.items()
    }
    assert len(repository.asked) == len(FILES)
    assert ensure(repository, tmp_path) == where
    assert len(repository.asked) == len(FILES)


def test_a_fetch_that_was_cut_off_goes_on_where_it_stopped(repository: Repository, tmp_path: Path) -> None:
    where = jars.folder(tmp_path / "cache")
    where.mkdir(parents=True)
    (where / "part-3-1.0.jar.part").write_bytes(FILES["org.example:part-3:1.0"][:1000])
    ensure(repository, tmp_path)
    assert ("part-3-1.0.jar", "bytes=1000-") in repository.asked
    assert jars.missing(where) == []


@pytest.mark.parametrize("damage", [b"", b"short", b"\x00" * 100_000])
def test_a_damaged_jar_is_fetched_again(repository: Repository, tmp_path: Path, damage: bytes) -> None:
    where = ensure(repository, tmp_path)
    (where / "part-2-1.0.jar").write_bytes(damage)
    repository.asked.clear()
    ensure(repository, tmp_path)
    assert repository.asked == [("part-2-1.0.jar", None)]
    assert jars.missing(where) == []


def test_a_damaged_beginning_is_not_trusted(repository: Repository, tmp_path: Path) -> None:
    where = jars.folder(tmp_path / "cache")
    where.mkdir(parents=True)
    (where / "part-3-1.0.jar.part").write_bytes(b"?" * 1000)
    ensure(repository, tmp_path)
    assert jars.missing(where) == []


def test_a_jar_that_is_not_the_locked_one_never_gets_its_name(repository: Repository, tmp_path: Path) -> None:
    repository.spoiled.add("part-4-1.0.jar")
    with pytest.raises(DownloadError, match=r"part-4-1\.0\.jar could not be downloaded: its hash is not the one"):
        ensure(repository, tmp_path)
    assert not (jars.folder(tmp_path / "cache") / "part-4-1.0.jar").exists()
    repository.spoiled.clear()
    assert jars.missing(ensure(repository, tmp_path)) == []


def test_a_repository_that_fails_is_tried_again_and_then_named(repository: Repository, tmp_path: Path) -> None:
    repository.broken.add("part-1-1.0.jar")
    with pytest.raises(DownloadError, match=r"503.*GRAPHFEED_MAVEN_URL.*downloads resume"):
        ensure(repository, tmp_path)
    assert repository.asked.count(("part-1-1.0.jar", None)) == jars.FETCH_ATTEMPTS


def test_no_network_is_a_clear_error(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="Check the network"):
        jars.ensure(tmp_path / "cache", "http://127.0.0.1:9", Silent())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="macOS has no disk that is always full")
def test_a_disk_that_fills_up_is_a_clear_error_and_nothing_half_made_is_trusted(
    repository: Repository, tmp_path: Path
) -> None:
    where = jars.folder(tmp_path / "cache")
    where.mkdir(parents=True)
    (where / "part-5-1.0.jar.part").symlink_to("/dev/full")  # each write to it fails as on a full disk
    with pytest.raises(DownloadError, match=r"cannot be written.*No space left on device.*Free some space"):
        ensure(repository, tmp_path)
    assert not (where / "part-5-1.0.jar").exists()


def test_too_little_space_is_told_before_anything_is_fetched(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(DownloadError, match=r"0 MB free.*GRAPHFEED_CACHE"):
        ensure(repository, tmp_path)
    assert repository.asked == []


def test_two_at_once_fetch_each_jar_once(repository: Repository, tmp_path: Path) -> None:
    threads = [threading.Thread(target=ensure, args=(repository, tmp_path)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(repository.asked) == len(FILES)


def test_the_lock_file_names_each_jar_once_and_the_plugins_are_those_with_procedures() -> None:
    locked = jars.locked()
    assert len({jar.filename for jar in locked}) == len(locked) > 300
    assert {coordinate for coordinate in jars.ROOTS} <= {jar.coordinate for jar in locked}
    plugins = {jar.coordinate.split(":")[1] for jar in locked if jar.is_plugin}
    assert {"proc", "opengds-extension", "cypher-aggregation", "proc-centrality"} <= plugins
    assert len(plugins) < 20
