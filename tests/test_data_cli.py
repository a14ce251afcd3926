"""The commands that bring data in and out, as people use them."""

import json
from pathlib import Path

import pytest

from graph.client import Client
from graph.errors import GraphfeedError, ServerError
from graph.settings import read_settings
from tests.support import ask, everything, load, run_command, small_server, write_csv

FIXTURES = Path(__file__).parent / "fixtures"
live = [pytest.mark.live, pytest.mark.usefixtures("cli_environment")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "files",
        users=[{"id": "me", "username": "me"}, {"id": "ana", "username": "ana"}, {"id": "", "username": "x"}],
        posts=[{"id": "p", "author": "ana"}, {"id": "q", "author": "me"}],
        likes=[{"user": "me", "post": "p"}, {"user": "ana", "post": "zzz"}, {"user": "ana", "post": "q"}],
    )


@pytest.fixture
def doubled(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "doubled", users=[{"id": "me"}, {"id": "me"}])


class TestDryRun:
    pytestmark = live

    def test_it_tells_what_would_be_rejected_and_writes_nothing(self, client: Client, folder: Path) -> None:
        out = run_command("import", str(folder), "--dry-run")
        assert [line.split() for line in out.splitlines()][1:5] == [
            ["users.csv", "3", "2", "1"],
            ["posts.csv", "2", "2", "0"],
            ["likes.csv", "3", "2", "1"],
            ["total", "8", "6", "2"],
        ]
        assert "likes.csv,3,unknown post zzz" in Path("rejects-files.csv").read_text()
        assert ask(client, "MATCH (user:User) RETURN user") == []

    def test_a_row_that_comes_twice_can_be_imported_twice(self, client: Client, doubled: Path) -> None:
        out = run_command("import", str(doubled), "--dry-run")
        assert out.splitlines()[1].split() == ["users.csv", "2", "2", "0"]

    def test_it_knows_what_the_graph_holds(self, client: Client, folder: Path, tmp_path: Path) -> None:
        load(client, folder)
        again = write_csv(
            tmp_path / "more",
            posts=[{"id": "p", "author": "me"}, {"id": "r", "author": "ana"}],
            likes=[{"user": "me", "post": "q"}],
        )
        before = everything(client)
        report = json.loads(run_command("import", str(again), "--dry-run", "--json"))
        assert report["dryRun"]
        assert [(file["rows"], file["rejected"]) for file in report["files"]] == [(2, 1), (1, 0)]
        assert "posts.csv,2,post p is by user ana already" in Path(report["rejects"]).read_text()
        assert everything(client) == before

    def test_without_any_server_it_needs_none(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("GRAPHFEED_URI")
        monkeypatch.setenv("GRAPHFEED_HOME", str(tmp_path / "nowhere"))
        assert json.loads(run_command("import", str(folder), "--dry-run", "--json"))["total"]["rejected"] == 2
        assert not (tmp_path / "nowhere").exists()


class TestImport:
    pytestmark = live

    def test_it_stops_at_too_many_rejects(self, client: Client, folder: Path) -> None:
        with pytest.raises(GraphfeedError, match=r"More than 1 rows are rejected.*rejects-files\.csv for the reasons"):
            run_command("import", str(folder), "--max-rejects", "1")
        assert json.loads(run_command("import", str(folder), "--max-rejects", "2", "--json"))["total"]["rejected"] == 2

    def test_it_reads_other_formats(self, client: Client) -> None:
        out = run_command("import", str(FIXTURES / "instagram" / "current"), "--from", "instagram")
        assert "liked_posts.json (likes)" in out
        assert ask(client, "MATCH (:User)-[liked:LIKED]->(:Post) RETURN count(liked) > 0 AS some") == [{"some": True}]
        with pytest.raises(GraphfeedError, match=r"instagram"):
            run_command("import", str(FIXTURES), "--from", "myspace")


@pytest.mark.slow
def test_generate_writes_what_import_reads(tmp_path: Path) -> None:
    arguments = ("--users", "200", "--likes-per-user", "5", "--until", "2024-05-01", "--seed", "3")
    out = run_command("generate", "--out", str(tmp_path / "a"), *arguments)
    assert out.splitlines()[1].split() == ["users", "200"]
    run_command("generate", "--out", str(tmp_path / "b"), *arguments, "--gz", "--no-celebrity")
    assert (tmp_path / "b" / "likes.csv.gz").exists()
    assert json.loads(run_command("import", str(tmp_path / "a"), "--dry-run", "--json"))["total"]["rejected"] == 0
    with pytest.raises(GraphfeedError, match="100"):
        run_command("generate", "--out", str(tmp_path / "c"), "--users", "5")


class TestExportAndForget:
    pytestmark = live

    def test_what_is_exported_imports_as_it_was(self, client: Client, folder: Path, tmp_path: Path) -> None:
        load(client, folder)
        before = everything(client)
        assert "likes" in run_command("export", str(tmp_path / "out"))
        client.run_in_transactions("admin/wipe")
        run_command("import", str(tmp_path / "out"))
        assert everything(client) == before

    def test_who_is_forgotten_is_gone(self, client: Client, folder: Path) -> None:
        load(client, folder)
        run_command("forget", "ana")
        assert ask(client, "MATCH (n) WHERE n.id IS NOT NULL RETURN n.id AS id, n.likeCount AS likes ORDER BY id") == [
            {"id": "me", "likes": None},
            {"id": "q", "likes": 0},
        ]
        with pytest.raises(GraphfeedError, match="ana"):
            run_command("forget", "ana")


@pytest.mark.long
@pytest.mark.live
def test_a_backup_brings_everything_back(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one, for starts and stops of a server are slow."""
    file = tmp_path / "my graph.dump"
    monkeypatch.setenv("GRAPHFEED_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(ServerError, match=r"There is no server in .*nowhere"):
        run_command("backup", str(file))
    with small_server(tmp_path / "home", heap="512m", page_cache="64m") as server:
        monkeypatch.setenv("GRAPHFEED_HOME", str(server.home))
        monkeypatch.chdir(tmp_path)
        with Client(server.address) as client:
            run_command("import", str(folder))
            before = everything(client)
        assert "MB" in run_command("backup", file.name)
        assert server.is_alive
        with pytest.raises(ServerError, match=r"nothing/file cannot be written"):
            run_command("backup", "nothing/file")
        with pytest.raises(ServerError, match=r"my graph\.dump already exists"):
            run_command("backup", str(file))
        with pytest.raises(ServerError, match=r"has data, which the backup would replace"):
            run_command("restore", str(file))
        (tmp_path / "no.dump").write_text("nonsense")
        with pytest.raises(ServerError, match=r"could not be restored; the graph is unchanged"):
            run_command("restore", str(tmp_path / "no.dump"), "--overwrite")
        with Client(server.address) as client:
            assert everything(client) == before
            ask(client, "MATCH (user:User {id: 'me'}) SET user.username = 'other'")
        run_command("restore", str(file), "--overwrite")
        with Client(server.address) as client:
            assert everything(client) == before


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_backups_are_the_embedded_servers(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFEED_URI", "bolt://127.0.0.1:1")
    with pytest.raises(ServerError, match=r"works on the embedded server alone"):
        run_command(command, str(tmp_path / "file"))
    assert read_settings().uri is not None
