"""An import that is killed, at any moment, goes on with the same command, and ends where an uninterrupted one does."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graph import schema
from graph.client import Address, Client
from graph.embedded.server import EmbeddedServer
from graph.progress import Silent
from loaders.generator import generate
from loaders.importer import Options, import_folder
from loaders.report import Report
from tests.support import ask, everything, load, small_server

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 60,000 rows, of which each file has some that are rejected and some that come twice."""
    folder = tmp_path_factory.mktemp("network")
    generate(folder, users=500, likes_per_user=40, until=1_760_000_000_000)
    for name in ("users", "posts", "follows", "likes", "comments", "tags", "mentions"):
        path = folder / f"{name}.csv"
        lines = path.read_text().splitlines(keepends=True)
        doubled = random.Random(name).sample(lines[1:], 50)
        unknown = [line.replace(line.split(",")[0], "nobody", 1) for line in doubled[:20] if name != "users"]
        middle = len(lines) // 2
        path.write_text(
            "".join([*lines[:middle], *unknown, *doubled, "too,many,cells" + 9 * ",x" + "\n", *lines[middle:]])
        )
    return folder


class Loader:
    """`graphfeed import` in a process of its own."""

    def __init__(self, folder: Path, address: Address, cwd: Path, **environment: str) -> None:
        variables = {"URI": address.uri, "USER": address.user, "PASSWORD": address.password, **environment}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "import", str(folder), "--json"],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                **{f"GRAPHFEED_{key}": value for key, value in variables.items()},
            },
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for_rows(self, client: Client, least: int) -> bool:
        """Wait until it has noted at least so many rows; False if it ended before."""
        while self.process.poll() is None:
            if noted(client) >= least:
                return True
            time.sleep(0.02)
        return False

    def report(self) -> Any:
        out, err = self.process.communicate()
        assert self.process.returncode == 0, err
        return json.loads(out)


def noted(client: Client) -> int:
    rows = ask(client, "MATCH (progress:ImportProgress) RETURN progress.file AS file, max(progress.rows) AS rows")
    return sum(row["rows"] for row in rows)


def counts(report: Any) -> list[dict[str, int]]:
    return [{key: file[key] for key in ("file", "rows", "created", "updated", "rejected")} for file in report["files"]]


@dataclass
class Uninterrupted:
    """What an import comes to that nothing interrupts."""

    report: Report
    rejects: str
    graph: object


@pytest.fixture(scope="module")
def uninterrupted(session_client: Client, folder: Path) -> Uninterrupted:
    session_client.run_in_transactions("admin/wipe")
    schema.ensure(session_client)
    report = load(session_client, folder)
    rejects = folder / "rejects.csv"
    made = Uninterrupted(report, rejects.read_text(), everything(session_client))
    rejects.unlink()
    return made


@pytest.mark.long
def test_a_killed_loader_goes_on(
    uninterrupted: Uninterrupted, client: Client, address: Address, folder: Path, tmp_path: Path
) -> None:
    draw = random.Random()  # at other moments each time
    before, kills = 0, 0
    for _ in range(3):
        loader = Loader(folder, address, tmp_path)
        if loader.wait_for_rows(client, before + draw.randrange(1, 15_000)):
            time.sleep(draw.random() / 10)
            loader.process.send_signal(signal.SIGKILL)
            kills += 1
        loader.process.communicate()
        before = noted(client)
    assert kills
    report = Loader(folder, address, tmp_path).report()
    assert counts(report) == [
        {"file": f.file, "rows": f.rows, "created": f.created, "updated": f.updated, "rejected": f.rejected}
        for f in uninterrupted.report.files
    ]
    assert (tmp_path / report["rejects"]).read_text() == uninterrupted.rejects
    assert noted(client) == 0
    assert everything(client) == uninterrupted.graph


@pytest.mark.long
def test_a_killed_neo4j_loses_nothing_of_what_was_noted(
    uninterrupted: Uninterrupted, folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with small_server(home, heap="512m", page_cache="64m") as server:
        with Client(server.address) as own:
            schema.ensure(own)
            loader = Loader(folder, server.address, tmp_path)
            assert loader.wait_for_rows(own, random.Random().randrange(1, 30_000))
        os.kill(pid_of(server), signal.SIGKILL)
        _, err = loader.process.communicate()
        assert loader.process.returncode == 1
        assert "Repeat the import: it resumes where it stopped" in err
        assert "Traceback" not in err
        server.up()
        with Client(server.address) as own:
            report = import_folder(own, folder, Options(tmp_path / f"rejects-{folder.name}.csv"), Silent())
            assert report.files == uninterrupted.report.files
            assert everything(own) == uninterrupted.graph


def pid_of(server: EmbeddedServer) -> int:
    assert server.pid is not None
    return server.pid
