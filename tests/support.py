"""What several tests need: a server, a question in Cypher, a folder of CSV files."""

import csv
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from typer.testing import CliRunner

from graph.client import Client, Row
from graph.embedded.server import EmbeddedServer
from graph.progress import Silent
from graph.settings import read_settings
from loaders.importer import Options, import_folder
from loaders.report import Report
from service.cli import app
from service.serving import PROTOCOL

PLANS_LAST = {"dbms.cypher.min_replan_interval": "1h"}
"""Each test wipes the graph, and its statistics would have every statement planned anew."""


@contextmanager
def small_server(home: Path, conf: Mapping[str, str] | None = None, **settings: object) -> Iterator[EmbeddedServer]:
    """A running embedded server in this home, with some lines of neo4j.conf; it is stopped when the block ends."""
    given = {"home": home, "heap": "1g", "page_cache": "256m", **settings}
    server = EmbeddedServer(read_settings(**given), Silent(), {**PLANS_LAST, **(conf or {})})
    try:
        server.up()  # of one that does not answer in time, the process is there
        yield server
    finally:
        server.down()


def ask(client: Client, text: str, **parameters: Any) -> list[Row]:
    """The rows of a statement of the test's own."""
    records, _, _ = client._driver.execute_query(text, parameters)
    return [dict(record) for record in records]


def run_command(*args: str) -> str:
    """The output of a command that succeeds, run in this process, which is faster than in one of its own."""
    result = CliRunner().invoke(app, args, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def write_csv(folder: Path, **files: Sequence[Mapping[str, object]]) -> Path:
    """A folder with `NAME.csv` for each keyword, a row for each mapping; the columns are the keys of all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [*dict.fromkeys(key for row in rows for key in row)], restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def load(client: Client, folder: Path, **options: Any) -> Report:
    """Import a folder, its rejects beside it."""
    return import_folder(client, folder, Options(folder / "rejects.csv", **options), Silent())


MARKS = ("affinityAt", "changedAt", "recordedAt")
"""Properties that tell a builder what it must renew: nothing that was told, and offline imports need none."""


def everything(client: Client) -> tuple[list[Row], list[Row]]:
    """All nodes and all relationships with all their properties but marks, in an order that is always the same."""
    key = "coalesce(node.id, node.name, '')"
    nodes = ask(client, f"MATCH (node) RETURN labels(node) AS labels, properties(node) AS p ORDER BY labels, {key}")
    a, b = key.replace("node", "a"), key.replace("node", "b")
    relationships = ask(
        client,
        f"MATCH (a)-[r]->(b) RETURN type(r) AS type, {a} AS a, labels(b) AS labels, {b} AS b, properties(r) AS p "
        "ORDER BY type, a, labels, b, r.id, r.at",
    )
    for row in (*nodes, *relationships):
        for mark in MARKS:
            row["p"].pop(mark, None)
    return nodes, relationships


def calls_of(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by the name of each statement that goes over Bolt."""
    calls: list[str] = []
    execute = Client._execute

    def counted(self: Client, name: str, *rest: Any) -> Any:
        calls.append(name)
        return execute(self, name, *rest)

    monkeypatch.setattr(Client, "_execute", counted)
    return calls


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of the application, served for real on a free port of loopback while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", **PROTOCOL))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def operators(plan: Any) -> Iterator[str]:
    """The steps of a plan, each with its details."""
    yield f"{plan['operatorType']} {plan['args'].get('Details')}"
    for child in plan.get("children", []):
        yield from operators(child)
