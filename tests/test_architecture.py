"""The house: which way imports go, and who may speak to what."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ["cypher", "graph", "loaders", "service"]  # each may import those before it
ALONE = {
    "neo4j": {"graph/client.py"},
    "jgo": {"graph/embedded/jars.py"},
    "py2neo": {"loaders/notebook.py"},
    "duckdb": {"loaders/offline/staging.py"},
    "implicit": {"graph/background/factors.py"},
    "pyarrow": {"loaders/files/parquet_files.py"},
}
LOADERS_IN_SERVICE = {
    "service/cli.py",
    "service/commands/data.py",
    "service/commands/images.py",
    "service/commands/console.py",
    "service/commands/quality.py",
    "service/changes.py",
}
FILES = [path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")]


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, however deep in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_downward_and_through_the_right_doors(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    layer = LAYERS.index(name.split("/")[0])
    for module in imported(path):
        package = module.split(".")[0]
        if package in LAYERS:
            assert LAYERS.index(package) <= layer, f"{name} imports {module}"
        if package in ALONE:
            assert name in ALONE[package], f"{name} imports {module}"
        if package == "loaders" and name.startswith("service/"):
            assert name in LOADERS_IN_SERVICE, f"{name} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_query_text_outside_the_cypher_folder(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.split()
            assert not {"MATCH", "MERGE", "UNWIND", "RETURN"} & set(words) or path.parent.name == "cypher", node.value


def test_every_package_is_typed() -> None:
    assert all((ROOT / layer / "py.typed").is_file() for layer in LAYERS)
