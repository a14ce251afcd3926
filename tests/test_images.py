"""`graphfeed images`: from files and addresses to vectors in the graph, and what is left out."""

import csv
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph import pictures
from graph.client import Client
from graph.errors import LoadError
from graph.progress import Silent
from loaders.images import encoders
from loaders.images.decode import Limits
from loaders.images.descriptor import Descriptor
from loaders.images.folder import Folder
from loaders.images.run import Options, Report, run
from tests.photographs import copy, encoded, photograph
from tests.support import ask, load, run_command, write_csv
from tests.test_hostile_pictures import REFUSED, plain

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("cli_environment")]
PHOTOS = {"a": "coffee.png", "b": "chelsea.png", "c": "rocket.jpg", "d": "motorcycle_left.png"}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    encoders.efficientnet_file(made := tmp_path_factory.mktemp("cache"))
    return made


@pytest.fixture(autouse=True)
def cached(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFEED_CACHE", str(cache))


def posts(client: Client, folder: Path, **urls: str) -> None:
    load(client, write_csv(folder, users=[{"id": "1"}], posts=[
        {"id": id, "author": "1", "image_url": url} for id, url in urls.items()]))  # fmt: skip


def photos(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for post, name in PHOTOS.items():
        (folder / f"{post}{Path(name).suffix}").write_bytes(photograph(name).read_bytes())
    (folder / "mirrored.png").write_bytes(copy("coffee.png", "mirrored"))
    return folder


def stored(client: Client) -> dict[str, str]:
    rows = ask(client, "MATCH (p:Post) WHERE p.picture IS NOT NULL AND size(p.picture) = 256 "
               "RETURN p.id AS id, p.pictureModel AS model")  # fmt: skip
    return {row["id"]: row["model"] for row in rows}


def images(*args: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run_command("images", *map(str, args), "--json"))
    return found


def test_pictures_of_a_folder_become_vectors_once(client: Client, tmp_path: Path) -> None:
    posts(client, tmp_path / "in", **dict.fromkeys([*PHOTOS, "none"], ""), m="https://h.example/x/mirrored.png")
    folder = photos(tmp_path / "photos")
    (folder / "rest.jpg").write_bytes(b"")
    first = images(folder, "--threads", 2)
    assert (first["encoded"], first["had"], first["rejected"], first["without"]) == (5, 0, 0, 1)
    assert (first["filesWithoutPost"], first["rejects"], first["model"]) == (1, None, "efficientnet-lite0")
    assert stored(client) == dict.fromkeys([*PHOTOS, "m"], "efficientnet-lite0")
    again = images(folder)
    assert (again["encoded"], again["had"], again["without"], again["filesWithoutPost"]) == (0, 5, 1, 1)
    rows = ask(client, "MATCH (p:Post) WHERE p.id IN ['a', 'b', 'm'] RETURN p.picture AS vector ORDER BY p.id")
    coffee, cat, mirrored = (np.array(row["vector"]) for row in rows)
    assert coffee @ mirrored > 0.95 > 0.5 > coffee @ cat


def test_another_model_and_another_address_are_due_again(client: Client, tmp_path: Path) -> None:
    urls = {post: f"https://h.example/{post}.jpg" for post in "abcd"}
    posts(client, tmp_path / "in", **urls)
    folder = photos(tmp_path / "photos")
    assert images(folder, "--model", "descriptor")["encoded"] == 4
    assert images(folder, "--model", "descriptor")["had"] == 4
    posts(client, tmp_path / "more", a=urls["a"], b="https://h.example/other.jpg")
    assert stored(client).keys() == {"a", "c", "d"}
    assert images(folder, "--model", "descriptor")["encoded"] == 1
    assert images(folder)["encoded"] == 4
    assert set(stored(client).values()) == {"efficientnet-lite0"}


def test_a_hostile_folder_gives_rejects_and_stores_nothing(client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    names = [name.replace(" ", "") for name in REFUSED]
    for name, (data, _) in zip(names, REFUSED.values(), strict=True):
        (folder / f"{name}.jpg").write_bytes(data)
    (folder / "out.jpg").symlink_to("/etc/hostname")
    posts(client, tmp_path / "in", **dict.fromkeys([*names, "out"], ""))
    out = run_command("images", str(folder), "--threads", "3", "--rejects", "bad.csv")
    assert "Rejected pictures, each with the reason: bad.csv" in out
    with Path("bad.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["row"]: row for row in csv.DictReader(file)}
    reasons = dict(zip(names, [reason for _, reason in REFUSED.values()], strict=True))
    assert rows.keys() == {*names, "out"}
    assert all(rows[name]["reason"].startswith(reason) for name, reason in reasons.items())
    assert rows["svg"]["file"] == "svg.jpg"
    assert rows["out"]["reason"] == "is a link out of the folder"
    assert stored(client) == {}


class Flaky(Descriptor):
    """Is interrupted at the fifth picture, and has no vector of black ones."""

    def __init__(self, most: int) -> None:
        self.left = most

    def encode(self, pixels: Any) -> pictures.Vector:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        if not pixels.any():
            raise ValueError("holds only zeros")
        return super().encode(pixels)


@pytest.fixture
def many(client: Client, tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        colour = tuple(np.random.default_rng(number).integers(256, size=3).tolist()) if number % 50 else (0, 0, 0)
        (folder / f"p{number}.png").write_bytes(encoded(plain(colour=colour), "PNG"))
    posts(client, tmp_path / "in", **{f"p{number}": "" for number in range(300)})
    return folder


def ran(client: Client, folder: Path, most: int, **options: Any) -> Report:
    given = Options(folder.with_name("rejects.csv"), 2, Limits(), **options)
    return run(client, Folder(folder, Limits()), Flaky(most), given, Silent())


def test_an_interrupted_run_keeps_what_it_stored_and_goes_on(client: Client, many: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        ran(client, many, 250)
    assert len(stored(client)) == 200
    report = ran(client, many, 1000)
    assert (report.had, report.encoded, report.rejected) == (200, 94, 6)
    with pytest.raises(LoadError, match=r"More than 2 pictures are rejected \(--max-rejects\)"):
        ran(client, many, 1000, max_rejects=2)
    assert "has no vector: what the model gives holds only zeros" in many.with_name("rejects.csv").read_text()


def test_a_vector_of_an_address_that_changed_meanwhile_is_not_stored(client: Client, tmp_path: Path) -> None:
    posts(client, tmp_path / "in", a="https://h.example/a.jpg")

    class Changing(Descriptor):
        def encode(self, pixels: Any) -> pictures.Vector:
            ask(client, "MATCH (p:Post) SET p.imageUrl = 'https://h.example/b.jpg'")
            return super().encode(pixels)

    given = Options(tmp_path / "rejects.csv", 1, Limits())
    report = run(client, Folder(photos(tmp_path / "photos"), Limits()), Changing(), given, Silent())
    assert (report.encoded, report.without) == (0, 1)
    assert stored(client) == {}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Quiet, directory=str(photos(tmp_path / "served")))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def test_pictures_are_fetched_from_the_hosts_that_are_named(
    client: Client, tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts(client, tmp_path / "in", a=f"{server}/a.png", c=f"{server}/c.jpg", x=f"{server}/none.jpg", none="",
          out="http://10.0.0.1/x.jpg", page="/pictures/x.svg")  # fmt: skip
    with pytest.raises(Exception, match="Name them in GRAPHFEED_PICTURE_HOSTS"):
        run_command("images", "--urls")
    monkeypatch.setenv("GRAPHFEED_PICTURE_HOSTS", f"{server.removeprefix('http://')},*")
    monkeypatch.setenv("GRAPHFEED_PICTURE_SCHEMES", "https,http")
    inside = images("--urls")
    assert (inside["encoded"], inside["rejected"], inside["without"]) == (0, 5, 1)
    monkeypatch.setenv("GRAPHFEED_PICTURE_NETWORKS", "127.0.0.1/32")
    report = images("--urls")
    assert (report["encoded"], report["rejected"], report["rejects"]) == (2, 3, "rejects-urls.csv")
    assert stored(client).keys() == {"a", "c"}
    told = Path("rejects-urls.csv").read_text()
    for reason in ("the server answered 404", "inside the network", "of the scheme 'none'"):
        assert reason in told


def test_the_command_wants_a_folder_or_addresses(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from service.cli import app

    for args in ([], [str(tmp_path), "--urls"]):
        assert CliRunner().invoke(app, ["images", *args]).exit_code == 2
