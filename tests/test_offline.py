"""The offline way gives what the online way gives: the same graph, the same counts, the same rejects."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from graph.backup import has_data
from graph.client import Client
from graph.connect import connect
from graph.errors import LoadError, ServerError
from graph.progress import Silent
from graph.settings import Settings, read_settings
from loaders.files.folder import sources_in
from loaders.files.reading import AS_WRITTEN, Reading
from loaders.importer import Options, import_folder
from loaders.offline.bulk import check, import_offline
from loaders.offline.staging import Staging
from loaders.report import Report
from tests.messy import messy
from tests.support import ask, everything, load, small_server, write_csv

live = pytest.mark.live
ROOT = Path(__file__).parents[1]


def rejects(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return list(csv.reader(file))


def checked(folder: Path, work: Path, reading: Reading = AS_WRITTEN, **options: bool) -> Report:
    """What staging makes of a folder, without any server."""
    work.mkdir()
    sources, _ = sources_in(folder, reading)
    report = Report()
    with closing(Staging(work, sources)) as staging:
        check(staging, sources, Options(work / "rejects.csv", **options), report, Silent())
    return report


@live
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("create_missing", [False, True])
def test_both_ways_count_and_reject_the_same_rows(
    client: Client, tmp_path: Path, seed: int, create_missing: bool
) -> None:
    folder = messy(tmp_path / "rows", seed)
    online = load(client, folder, create_missing=create_missing)
    staged = checked(folder, tmp_path / "work", create_missing=create_missing)
    assert staged.files == online.files
    assert rejects(tmp_path / "work" / "rejects.csv") == rejects(folder / "rejects.csv")
    assert all(file.unchanged >= 0 for file in online.files)
    assert min(online.total.created, online.total.updated, online.total.unchanged, online.total.rejected) > 0


def as_json_lines(folder: Path) -> None:
    """Rewrites the CSV files of a folder, each cell that looks like one as a number."""
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            lines = [json.dumps(row).replace('"1764061512345"', "1764061512345") for row in csv.DictReader(file)]
        lines = [line.replace('"3.0"', "3.0").replace('"7.0"', "7.0") for line in lines]
        path.with_suffix(".jsonl").write_text("\n".join(lines), encoding="utf-8")
        path.unlink()


def as_parts(folder: Path) -> None:
    """Divides the CSV files of a folder into folders of parts, the second of which has its columns reversed."""
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        path.unlink()
        path.mkdir()
        write_csv(path, **{"part-00000": rows[:20], "part-00001": [dict(reversed(row.items())) for row in rows[20:]]})
        (path / "_SUCCESS").touch()


@live
@pytest.mark.parametrize("write", [as_json_lines, as_parts])
@pytest.mark.parametrize("reading", [AS_WRITTEN, Reading("ms", frozenset({"NULL", "\\N"}))])
def test_both_ways_read_other_files_alike(
    client: Client, tmp_path: Path, write: Callable[[Path], None], reading: Reading
) -> None:
    folder = messy(tmp_path / "rows", 7)
    write(folder)
    online = import_folder(client, folder, Options(tmp_path / "online.csv"), Silent(), reading)
    staged = checked(folder, tmp_path / "work", reading)
    assert staged.files == online.files
    assert staged.notes == online.notes
    assert rejects(tmp_path / "work" / "rejects.csv") == rejects(tmp_path / "online.csv")


@pytest.mark.long
@live
def test_both_ways_make_the_same_graph(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what comes before and after: refusals, a failure, an end before the report. In one, for starts are slow."""
    folder, work = messy(tmp_path / "rows", 99, rows=400, people=40, posts=80), tmp_path / "work"
    work.mkdir()
    online = load(client, folder)
    sources, _ = sources_in(folder)
    options = Options(work / "rejects.csv")
    with small_server(tmp_path / "it's, home", heap="512m", page_cache="64m") as server:
        settings = server.settings
        with pytest.raises(LoadError, match=r"More than 5 rows are rejected"):
            import_offline(settings, sources, Options(work / "rejects.csv", max_rejects=5), Silent())

        with monkeypatch.context() as patch:
            patch.setattr("graph.embedded.store._ID_TYPE", "--id-type=nonsense")
            with pytest.raises(ServerError, match=r"(?s)import failed; the graph is unchanged.*nonsense"):
                import_offline(settings, sources, options, Silent())
        assert not has_data(settings, Silent())

        kill_in_the_midst_of_neo4js_import(folder, settings, work)

        with monkeypatch.context() as patch:
            patch.setattr("loaders.offline.bulk._finish", lambda *_: ended())
            with pytest.raises(KeyboardInterrupt):  # full, and nobody was told
                import_offline(settings, sources, options, Silent())
        report = import_offline(settings, sources, options, Silent())
        assert report.files == online.files
        assert rejects(work / "rejects.csv") == rejects(folder / "rejects.csv")
        with connect(settings, Silent()) as offline_client:
            assert everything(offline_client) == everything(client)
            indexes = "SHOW INDEXES YIELD name, state RETURN name, state ORDER BY name"
            assert ask(offline_client, indexes) == ask(client, indexes)
            assert {index["state"] for index in ask(offline_client, indexes)} == {"ONLINE"}

        with pytest.raises(LoadError, match=r"needs an empty graph, and this one has data.*without --offline"):
            import_offline(settings, sources, options, Silent())


def ended() -> None:
    raise KeyboardInterrupt


def kill_in_the_midst_of_neo4js_import(folder: Path, settings: Settings, cwd: Path) -> None:
    """Kill the loader, not the tool that it runs, which goes on alone: what comes after must wait for it."""
    environment = {"GRAPHFEED_HOME": str(settings.home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "service.cli", "import", str(folder), "--offline"]
    loader = subprocess.Popen(command, env={**os.environ, **environment}, cwd=cwd)
    mark = settings.home / "neo4j" / "replacing.json"
    while not mark.exists():
        assert loader.poll() is None
        time.sleep(0.005)
    loader.kill()
    loader.wait()
    assert mark.exists()
    assert not has_data(settings, Silent())
    assert not mark.exists()


def test_offline_is_refused_through_a_uri(tmp_path: Path) -> None:
    settings = read_settings(uri="bolt://127.0.0.1:1", home=tmp_path)
    with pytest.raises(LoadError, match=r"imports into the embedded server, but GRAPHFEED_URI is set to bolt"):
        import_offline(settings, [], Options(tmp_path / "rejects.csv"), Silent())
